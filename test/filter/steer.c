/*
 * steer.c - a machine for classic BPF that knows where its accumulator came from.
 *
 * Deliberately written from the numbers of the opcodes and not from isa's tables: it is part of the
 * oracle, and counts for both sides alike.
 */
#include "steer.h"

enum {
	MOST_STEPS = 20000,
	CELLS = 16,
};

/* The field in the accumulator, as far as it is known. */
struct origin {
	bool known;
	uint32_t at;
	uint32_t bytes;
	uint32_t mask;
};

struct machine {
	const struct packet *packet;
	struct packet *change; /* the same, if it may be changed; else NULL */
	struct random_source *random;
	uint32_t a, x, cells[CELLS];
	struct origin origin;
	uint32_t set; /* cells that were stored to, as bits */
	bool trapped, unset, ended;
};

static void write_field(struct packet *p, const struct origin *o, uint32_t value, uint32_t bits)
{
	for (uint32_t i = 0; i < o->bytes; i++) {
		uint32_t shift = (o->bytes - 1 - i) * 8;
		uint8_t *byte = &p->data[o->at + i];

		*byte = (uint8_t)((*byte & ~(bits >> shift)) | (value >> shift & bits >> shift));
	}
}

static uint32_t load_field(struct machine *m, uint32_t at, uint32_t bytes)
{
	const struct packet *p = m->packet;
	uint32_t value = 0;

	if (at > p->len || p->len - at < bytes) {
		m->trapped = m->ended = true;
		return 0;
	}
	for (uint32_t i = 0; i < bytes; i++)
		value = value << 8 | p->data[at + i];
	return value;
}

static uint32_t load_cell(struct machine *m, uint32_t cell)
{
	if (!(m->set >> cell % CELLS & 1))
		m->unset = true;
	return m->cells[cell % CELLS];
}

static void store_cell(struct machine *m, uint32_t cell, uint32_t value)
{
	m->set |= 1u << cell % CELLS;
	m->cells[cell % CELLS] = value;
}

static void load_a(struct machine *m, const struct cbpf_insn *in)
{
	uint32_t bytes = (in->code & 0x18) == 0x10 ? 1 : (in->code & 0x18) == 0x08 ? 2 : 4;

	m->origin.known = false;
	switch (in->code & 0xe0) {
	case 0x00: m->a = in->k; break;
	case 0x60: m->a = load_cell(m, in->k); break;
	case 0x80: m->a = m->packet->len; break;
	default:
		m->origin = (struct origin){ true, in->k, bytes, UINT32_MAX };
		if ((in->code & 0xe0) == 0x40)
			m->origin.at += m->x;
		m->a = load_field(m, m->origin.at, bytes);
		break;
	}
}

static void load_x(struct machine *m, const struct cbpf_insn *in)
{
	switch (in->code & 0xe0) {
	case 0x00: m->x = in->k; break;
	case 0x60: m->x = load_cell(m, in->k); break;
	case 0x80: m->x = m->packet->len; break;
	default: m->x = (load_field(m, in->k, 1) & 0xf) << 2; break;
	}
}

static void compute(struct machine *m, const struct cbpf_insn *in)
{
	uint32_t operand = in->code & 8 ? m->x : in->k, op = in->code & 0xf0;

	if (op == 0x50)
		m->origin.mask &= operand;
	else
		m->origin.known = false;
	if ((op == 0x30 || op == 0x90) && !operand) {
		m->ended = true;
		return;
	}
	switch (op) {
	case 0x00: m->a += operand; break;
	case 0x10: m->a -= operand; break;
	case 0x20: m->a *= operand; break;
	case 0x30: m->a /= operand; break;
	case 0x40: m->a |= operand; break;
	case 0x50: m->a &= operand; break;
	case 0x60: m->a = operand < 32 ? m->a << operand : 0; break;
	case 0x70: m->a = operand < 32 ? m->a >> operand : 0; break;
	case 0x80: m->a = 0 - m->a; break;
	case 0x90: m->a %= operand; break;
	default: m->a ^= operand; break;
	}
}

/* Let the field in A be what the jump looks for, or almost. */
static void change_field(struct machine *m, const struct cbpf_insn *in)
{
	uint32_t want = in->k, bits = m->origin.mask;

	if (one_in(m->random, 6))
		want = one_in(m->random, 2) ? want + pick(m->random, 3) - 1 :
					      want ^ 1u << pick(m->random, 8);
	if ((in->code & 0xf0) == 0x40)
		bits = want = in->k;
	write_field(m->change, &m->origin, want, bits);
	m->a = load_field(m, m->origin.at, m->origin.bytes) & m->origin.mask;
}

/* By how many instructions to go on, besides the one. */
static size_t jump(struct machine *m, const struct cbpf_insn *in)
{
	uint32_t operand = in->code & 8 ? m->x : in->k;
	bool yes = true;

	if ((in->code & 0xf0) == 0)
		return (size_t)(int32_t)in->k; /* also back */
	if (m->change && m->origin.known && one_in(m->random, 2))
		change_field(m, in);
	switch (in->code & 0xf0) {
	case 0x10: yes = m->a == operand; break;
	case 0x20: yes = m->a > operand; break;
	case 0x30: yes = m->a >= operand; break;
	case 0x40: yes = (m->a & operand) != 0; break;
	default: break;
	}
	return yes ? in->jt : in->jf;
}

static void move(struct machine *m, const struct cbpf_insn *in)
{
	m->origin.known = false;
	if (in->code & 0x80)
		m->a = m->x;
	else
		m->x = m->a;
}

static struct steered run(struct machine *m, const struct cbpf_insn *insns, size_t count)
{
	struct steered ret = { 0 };

	for (size_t pc = 0; pc < count && !m->ended && ret.steps < MOST_STEPS; pc++) {
		const struct cbpf_insn *in = &insns[pc];

		ret.steps++;
		switch (in->code & 7) {
		case 0: load_a(m, in); break;
		case 1: load_x(m, in); break;
		case 2: store_cell(m, in->k, m->a); break;
		case 3: store_cell(m, in->k, m->x); break;
		case 4: compute(m, in); break;
		case 5: pc += jump(m, in); break;
		case 6:
			ret.result = in->code & 0x10 ? m->a : in->k;
			m->ended = true;
			break;
		default: move(m, in); break;
		}
	}
	ret.trapped = m->trapped;
	ret.unset = m->unset;
	return ret;
}

struct steered steer_run(const struct cbpf_insn *insns, size_t count, const struct packet *p)
{
	struct machine m = { .packet = p };

	return run(&m, insns, count);
}

struct steered steer_change(const struct cbpf_insn *insns, size_t count, struct packet *p,
			    struct random_source *r)
{
	struct machine m = { .packet = p, .change = p, .random = r };

	return run(&m, insns, count);
}
