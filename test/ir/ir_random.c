/*
 * ir_random.c - making random functions through the builder, and interpreting functions.
 */
#include "ir_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/ir_build.h"

uint32_t random_below(struct random *r, uint32_t n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((r->state >> 33) % n);
}

enum { MOST_BLOCKS = 14, VARIABLES = 2, LOADS = 6 };

struct generator {
	struct random *r;
	struct ir_builder b;
	struct ir_block *blocks[MOST_BLOCKS];
	unsigned int block_count;
	uint32_t vars[VARIABLES];
	struct ir_value *recent[4]; /* of this block */
	unsigned int recent_count;
};

static uint32_t below(struct generator *g, uint32_t n)
{
	return random_below(g->r, n);
}

static struct ir_value *constant(struct generator *g)
{
	static const uint32_t interesting[] = { 0,          1,         2,      3,      4,
						6,          17,        0x80,   0xff,   0x100,
						0x7f,       0x800,     0xff00, 0xffff, 0x80000000,
						0xffffffff, 0xfffffff0 };

	if (below(g, 3))
		return ir_const(g->b.fn, IR_I32, below(g, 8));
	return ir_const(g->b.fn, IR_I32, interesting[below(g, 17)]);
}

static struct ir_value *load(struct generator *g, struct ir_value *base)
{
	static const unsigned int bytes[] = { 1, 1, 2, 4 };

	return ir_build_packet(&g->b, base, below(g, LOADS) * 2, bytes[below(g, 4)]);
}

static struct ir_value *leaf(struct generator *g)
{
	switch (below(g, 8)) {
	case 0: return constant(g);
	case 1: return ir_build_get(&g->b, g->vars[below(g, VARIABLES)]);
	case 2: return ir_build_imm(&g->b, IR_PACKET_LEN, IR_I32, 0);
	case 3:
	case 4:
		if (g->recent_count)
			return g->recent[below(g, g->recent_count)];
		return load(g, NULL);
	default: return load(g, NULL);
	}
}

static struct ir_value *operation(struct generator *g)
{
	static const enum ir_op ops[] = { IR_ADD, IR_SUB, IR_MUL,        IR_AND,       IR_OR,
					  IR_XOR, IR_SHL, IR_SHR,        IR_AND,       IR_ADD,
					  IR_SHR, IR_AND, IR_DIV_OR_END, IR_MOD_OR_END };
	struct ir_value *a = leaf(g);

	switch (below(g, 8)) {
	case 0: return ir_build_op1(&g->b, IR_NEG, IR_I32, a);
	case 1: {
		struct ir_value *small =
			ir_build_op2(&g->b, IR_AND, a, ir_const(g->b.fn, IR_I32, 7));

		return load(g, small);
	}
	case 2: /* the idiom of header lengths */
		a = ir_build_packet(&g->b, NULL, below(g, 3), 1);
		a = ir_build_op2(&g->b, IR_AND, a, ir_const(g->b.fn, IR_I32, 0xf));
		a = ir_build_op2(&g->b, IR_MUL, a, ir_const(g->b.fn, IR_I32, 4));
		return load(g, a);
	default:
		return ir_build_op2(&g->b, ops[below(g, 14)], a,
				    below(g, 2) ? constant(g) : leaf(g));
	}
}

static void fill_block(struct generator *g)
{
	g->recent_count = 0;
	for (uint32_t n = below(g, 4); n > 0; n--) {
		struct ir_value *v = operation(g);

		if (g->recent_count < 4)
			g->recent[g->recent_count++] = v;
		if (!below(g, 4))
			ir_build_set(&g->b, g->vars[below(g, VARIABLES)], v);
	}
	if (!below(g, 4))
		ir_build_set(&g->b, g->vars[below(g, VARIABLES)], constant(g));
}

static struct ir_block *later(struct generator *g, unsigned int i)
{
	unsigned int left = g->block_count - i - 1;

	return g->blocks[i + 1 + below(g, left > 3 && below(g, 2) ? 3 : left)];
}

static void end_switch(struct generator *g, unsigned int i)
{
	struct ir_range ranges[12];
	uint32_t count = below(g, 10) + 2;
	uint64_t low = 0;

	for (uint32_t k = 0; k < count; k++) {
		ranges[k].low = low;
		ranges[k].high = k == count - 1 ? UINT32_MAX :
						  low + (below(g, 2) ? 0 : below(g, 9));
		ranges[k].to = later(g, i);
		low = ranges[k].high + 1;
	}
	ir_build_switch(&g->b, leaf(g), ranges, count);
}

static void end_block(struct generator *g, unsigned int i)
{
	struct ir_value *a, *b;

	if (i + 2 >= g->block_count || !below(g, 12)) {
		ir_build_return(&g->b, below(g, 3) ? constant(g) : leaf(g));
		return;
	}
	switch (below(g, 10)) {
	case 0: ir_build_jump(&g->b, later(g, i)); break;
	case 1: end_switch(g, i); break;
	default:
		a = below(g, 3) ? load(g, NULL) : leaf(g);
		if (!below(g, 3))
			a = ir_build_op2(&g->b, IR_AND, a, constant(g));
		b = below(g, 5) ? constant(g) : leaf(g);
		ir_build_branch(&g->b, (enum ir_cond)below(g, IR_COND_COUNT), a, b, later(g, i),
				later(g, i));
		break;
	}
}

static void finish(struct ir_builder *b, struct diag *diag)
{
	struct strbuf text = { 0 };

	if (!ir_build_finish(b, diag)) {
		diag_release(diag);
		return;
	}
	diag_render(diag, &text);
	ir_print(b->fn, &text);
	printf("a random function is wrong:\n%s", strbuf_text(&text));
	exit(1);
}

struct ir_fn *random_filter(struct random *r, struct arena *arena)
{
	struct generator g = { .r = r };
	struct ir_fn *fn = ir_fn_new(arena, "random");
	struct diag diag = { 0 };

	ir_build_begin(&g.b, fn);
	g.block_count = 2 + below(&g, MOST_BLOCKS - 1);
	g.blocks[0] = fn->entry;
	for (unsigned int i = 1; i < g.block_count; i++)
		g.blocks[i] = ir_build_block(&g.b);
	for (unsigned int i = 0; i < VARIABLES; i++)
		g.vars[i] = ir_build_var(&g.b, IR_I32);
	for (unsigned int i = 0; i < g.block_count; i++) {
		ir_build_at(&g.b, g.blocks[i]);
		fill_block(&g);
		end_block(&g, i);
	}
	finish(&g.b, &diag);
	return fn;
}

/*
 * Programs
 */

enum { SLOTS = 2, SLOT_BYTES = 32, WIDE_VARIABLES = 12 };

struct program {
	struct random *r;
	struct ir_builder b;
	uint32_t vars[WIDE_VARIABLES]; /* of type types[i % 4] */
	struct ir_value *slots[SLOTS];
	unsigned int depth;
};

static const enum ir_type types[] = { IR_I64, IR_I32, IR_I16, IR_I8 };

static uint32_t pick(struct program *p, uint32_t n)
{
	return random_below(p->r, n);
}

static struct ir_value *wide_constant(struct program *p, enum ir_type type)
{
	uint64_t value = pick(p, 3) ? pick(p, 9) :
				      (uint64_t)pick(p, UINT32_MAX) << 32 | pick(p, 99);

	return ir_const(p->b.fn, type, pick(p, 3) ? value : 0 - value);
}

/* A value of @type: a constant, or a variable, brought to the type. */
static struct ir_value *wide_value(struct program *p, enum ir_type type)
{
	unsigned int i = pick(p, WIDE_VARIABLES);
	enum ir_type has = types[i % 4];
	struct ir_value *v;

	if (!pick(p, 6))
		return wide_constant(p, type);
	v = ir_build_get(&p->b, p->vars[i]);
	if (ir_type_bits(has) == ir_type_bits(type))
		return v;
	if (ir_type_bits(has) > ir_type_bits(type))
		return ir_build_op1(&p->b, IR_TRUNC, type, v);
	return ir_build_op1(&p->b, pick(p, 2) ? IR_ZEXT : IR_SEXT, type, v);
}

static struct ir_value *wide_memory(struct program *p, enum ir_type type)
{
	unsigned int bytes = ir_type_bits(type) / 8, bits;
	struct ir_value *ptr = p->slots[pick(p, SLOTS)];
	int64_t at = pick(p, SLOT_BYTES / 8) * 8;

	if (!pick(p, 3)) {
		bits = pick(p, 2) * 8;
		ptr = ir_build_op2(&p->b, IR_PTR_ADD, ptr, ir_const(p->b.fn, IR_I64, bits));
		at = at % 16;
	}
	switch (bytes >= 4 ? pick(p, 6) : 4 + pick(p, 2)) {
	case 0:
		return ir_build_atomic(&p->b, IR_ATOMIC_ADD, type, ptr, at, bytes,
				       wide_value(p, type));
	case 1:
		return ir_build_atomic(&p->b, IR_ATOMIC_XCHG, type, ptr, at, bytes,
				       wide_value(p, type));
	case 2:
		return ir_build_cmpxchg(&p->b, type, ptr, at, wide_value(p, type),
					wide_value(p, type));
	case 3:
		ir_build_atomic(&p->b, IR_ATOMIC_ADD, IR_VOID, ptr, at, bytes, wide_value(p, type));
		return wide_value(p, type);
	case 4:
		ir_build_store(&p->b, ptr, at, bytes, wide_value(p, type));
		return wide_value(p, type);
	default: return ir_build_load(&p->b, type, ptr, at, bytes);
	}
}

static struct ir_value *wide_operation(struct program *p, enum ir_type type)
{
	static const enum ir_op ops[] = { IR_ADD, IR_SUB, IR_MUL, IR_DIV, IR_MOD, IR_SDIV, IR_SMOD,
					  IR_AND, IR_OR,  IR_XOR, IR_SHL, IR_SHR, IR_SAR,  IR_SUB };

	switch (pick(p, 12)) {
	case 0: return ir_build_op1(&p->b, IR_NEG, type, wide_value(p, type));
	case 1:
		if (type != IR_I8)
			return ir_build_op1(&p->b, IR_BSWAP, type, wide_value(p, type));
		return wide_value(p, type);
	case 2:
		return ir_build_select(&p->b, wide_value(p, types[pick(p, 4)]), wide_value(p, type),
				       wide_value(p, type));
	case 3: return wide_memory(p, type);
	case 4: return ir_build_op1(&p->b, IR_HIDE, type, wide_value(p, type));
	default: {
		struct ir_value *x = wide_value(p, type);

		return ir_build_op2(&p->b, ops[pick(p, 14)], x, wide_value(p, type));
	}
	}
}

static void statements(struct program *p, unsigned int count);

static void statement_if(struct program *p)
{
	struct ir_block *yes = ir_build_block(&p->b), *no = ir_build_block(&p->b);
	struct ir_block *join = ir_build_block(&p->b);
	enum ir_type type = types[pick(p, 4)];
	struct ir_value *x = wide_value(p, type);

	ir_build_branch(&p->b, (enum ir_cond)pick(p, IR_COND_COUNT), x, wide_value(p, type), yes,
			no);
	ir_build_at(&p->b, yes);
	statements(p, 3);
	ir_build_jump(&p->b, join);
	ir_build_at(&p->b, no);
	statements(p, 2);
	ir_build_jump(&p->b, join);
	ir_build_at(&p->b, join);
}

/* A loop of a few rounds, in which variables change places. */
static void statement_loop(struct program *p)
{
	struct ir_block *head = ir_build_block(&p->b), *body = ir_build_block(&p->b);
	struct ir_block *exit = ir_build_block(&p->b);
	uint32_t counter = ir_build_var(&p->b, IR_I32);
	struct ir_value *i, *x, *y;

	ir_build_set(&p->b, counter, ir_const(p->b.fn, IR_I32, 0));
	ir_build_jump(&p->b, head);
	ir_build_at(&p->b, head);
	i = ir_build_get(&p->b, counter);
	ir_build_branch(&p->b, IR_LT, i, ir_const(p->b.fn, IR_I32, 1 + pick(p, 4)), body, exit);
	ir_build_at(&p->b, body);
	statements(p, 3);
	x = ir_build_get(&p->b, p->vars[0]);
	y = ir_build_get(&p->b, p->vars[4]);
	ir_build_set(&p->b, p->vars[0], y);
	ir_build_set(&p->b, p->vars[4], x);
	i = ir_build_op2(&p->b, IR_ADD, ir_build_get(&p->b, counter), ir_const(p->b.fn, IR_I32, 1));
	ir_build_set(&p->b, counter, i);
	ir_build_jump(&p->b, head);
	ir_build_at(&p->b, exit);
}

static struct ir_value *new_slot(struct program *p)
{
	struct ir_value *slot = ir_build_imm(&p->b, IR_SLOT, IR_PTR, SLOT_BYTES);

	for (int64_t at = 0; at < SLOT_BYTES; at += 8)
		ir_build_store(&p->b, slot, at, 8, wide_constant(p, IR_I64));
	return slot;
}

static void statements(struct program *p, unsigned int count)
{
	struct ir_value *slots[SLOTS];

	memcpy(slots, p->slots, sizeof slots);
	p->depth++;
	if (!pick(p, 3)) /* those before are at rest for a while */
		p->slots[pick(p, SLOTS)] = new_slot(p);
	while (count--) {
		unsigned int kind = p->depth > 3 ? 9 : pick(p, 10), i = pick(p, WIDE_VARIABLES);

		if (kind == 0)
			statement_loop(p);
		else if (kind < 3)
			statement_if(p);
		else
			ir_build_set(&p->b, p->vars[i], wide_operation(p, types[i % 4]));
	}
	p->depth--;
	memcpy(p->slots, slots, sizeof slots);
}

struct ir_fn *random_program(struct random *r, struct arena *arena)
{
	struct program p = { .r = r };
	struct ir_fn *fn = ir_fn_new(arena, "random");
	struct diag diag = { 0 };
	struct ir_value *sum, *v;

	ir_build_begin(&p.b, fn);
	for (unsigned int i = 0; i < SLOTS; i++)
		p.slots[i] = new_slot(&p);
	for (unsigned int i = 0; i < WIDE_VARIABLES; i++) {
		p.vars[i] = ir_build_var(&p.b, types[i % 4]);
		v = ir_build_packet(&p.b, NULL, i, 1);
		if (types[i % 4] == IR_I64)
			v = ir_build_op1(&p.b, IR_ZEXT, IR_I64, v);
		else if (types[i % 4] != IR_I32)
			v = ir_build_op1(&p.b, IR_TRUNC, types[i % 4], v);
		ir_build_set(&p.b, p.vars[i], v);
	}
	statements(&p, 8);
	sum = wide_value(&p, IR_I64);
	for (unsigned int i = 0; i < WIDE_VARIABLES; i++) {
		v = ir_build_get(&p.b, p.vars[i]);
		if (types[i % 4] != IR_I64)
			v = ir_build_op1(&p.b, IR_ZEXT, IR_I64, v);
		sum = ir_build_op2(&p.b, IR_ADD,
				   ir_build_op2(&p.b, IR_MUL, sum, ir_const(fn, IR_I64, 31)), v);
	}
	ir_build_return(&p.b, sum);
	finish(&p.b, &diag);
	return fn;
}

/*
 * Meaning
 */

struct machine {
	const uint8_t *packet;
	uint32_t len;
	uint64_t *values;
	uint8_t *memory; /* of slots: their values are offsets */
	bool trapped;
};

static uint64_t value_of(const struct machine *m, const struct ir_value *v)
{
	return ir_is_const(v) ? (uint64_t)v->imm : m->values[v->id];
}

static uint64_t packet_load(struct machine *m, const struct ir_value *v)
{
	uint32_t at = (uint32_t)v->imm + (v->args[0] ? (uint32_t)value_of(m, v->args[0]) : 0);
	uint64_t value = 0;

	if (at > INT32_MAX || (uint64_t)at + v->bytes > m->len) {
		m->trapped = true;
		return 0;
	}
	for (unsigned int i = 0; i < v->bytes; i++)
		value = value << 8 | m->packet[at + i];
	return value;
}

static uint64_t load_memory(const struct machine *m, uint64_t at, unsigned int bytes)
{
	uint64_t value = 0;

	memcpy(&value, m->memory + at, bytes);
	return value;
}

/* Give slots their places. */
static void place_slots(struct machine *m, const struct ir_fn *fn)
{
	uint64_t used = 0;

	for (const struct ir_block *b = fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			if (v->op == IR_SLOT) {
				m->values[v->id] = used;
				used += (uint64_t)v->imm;
			}
	m->memory = calloc(1, used + 1);
}

static uint64_t compute_memory(struct machine *m, const struct ir_value *v)
{
	uint64_t at, old, value;

	at = value_of(m, v->args[0]) + (uint64_t)v->imm;
	old = load_memory(m, at, v->bytes);
	if (v->op == IR_LOAD)
		return old;
	value = value_of(m, v->args[1]);
	if (v->op == IR_ATOMIC_ADD)
		value += old;
	if (v->op == IR_ATOMIC_CMPXCHG)
		value = value == old ? value_of(m, v->args[2]) : old;
	memcpy(m->memory + at, &value, v->bytes);
	return old;
}

static uint64_t compute(struct machine *m, const struct ir_value *v)
{
	uint64_t a, b = 0;

	switch (v->op) {
	case IR_PACKET: return packet_load(m, v);
	case IR_PACKET_LEN: return m->len;
	case IR_EXTENSION: return (uint64_t)v->imm * 3;
	case IR_SLOT: return m->values[v->id];
	case IR_LOAD:
	case IR_STORE:
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG:
	case IR_ATOMIC_CMPXCHG: return compute_memory(m, v);
	case IR_SELECT: return value_of(m, v->args[value_of(m, v->args[0]) ? 1 : 2]);
	default: break;
	}
	a = value_of(m, v->args[0]);
	if (v->op == IR_HIDE)
		return a;
	if (v->op == IR_ZEXT || v->op == IR_SEXT || v->op == IR_TRUNC)
		return ir_fold_cast(v->op, v->type, v->args[0]->type, a);
	if (ir_ops[v->op].args > 1)
		b = value_of(m, v->args[1]);
	if (!b && (v->op == IR_DIV_OR_END || v->op == IR_MOD_OR_END)) {
		m->trapped = true;
		return 0;
	}
	return ir_fold_op(v->op, v->type, a, b);
}

/* Phis take their values at once. */
static void enter(struct machine *m, const struct ir_block *b, uint32_t slot)
{
	uint64_t news[64];
	unsigned int n = 0;

	for (struct ir_value *v = b->first; v && v->op == IR_PHI && n < 64; v = v->next)
		news[n++] = value_of(m, v->list[slot]);
	n = 0;
	for (struct ir_value *v = b->first; v && v->op == IR_PHI && n < 64; v = v->next)
		m->values[v->id] = news[n++];
}

static uint32_t choose(const struct machine *m, const struct ir_block *b)
{
	uint64_t a = value_of(m, b->operands[0]);

	if (b->end == IR_END_BRANCH)
		return ir_fold_cond(b->cond, b->operands[0]->type, a, value_of(m, b->operands[1])) ?
			       0 :
			       1;
	for (uint32_t i = 0; i < b->range_count; i++)
		if (a >= b->ranges[i].low && a <= b->ranges[i].high)
			return i;
	abort();
}

struct ir_outcome ir_interpret(const struct ir_fn *fn, const uint8_t *packet, uint32_t len)
{
	struct machine m = {
		.packet = packet,
		.len = len,
		.values = calloc(fn->value_count + 1, sizeof(uint64_t)),
	};
	const struct ir_block *b = fn->entry;
	struct ir_outcome outcome = { 0 };

	place_slots(&m, fn);
	for (;;) {
		uint32_t out, slot;

		for (struct ir_value *v = b->first; v && !m.trapped; v = v->next)
			if (v->op != IR_PHI)
				m.values[v->id] = compute(&m, v);
		if (m.trapped)
			break;
		if (b->end == IR_END_RETURN) {
			outcome.result = value_of(&m, b->operands[0]);
			break;
		}
		outcome.branches += b->end != IR_END_JUMP;
		out = b->end == IR_END_JUMP ? 0 : choose(&m, b);
		slot = ir_succ_slot(b, out);
		b = ir_succ(b, out);
		enter(&m, b, slot);
	}
	free(m.values);
	free(m.memory);
	outcome.trapped = m.trapped;
	return outcome;
}
