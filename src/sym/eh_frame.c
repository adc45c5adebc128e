/*
 * eh_frame.c - reading .eh_frame into rows (unwind.h).
 *
 * The section (Linux Standard Base, and section 6.4 of DWARF) is a list of entries: a CIE says what
 * functions have in common, each FDE describes one by a small program.  The program moves on through the
 * function's addresses, and between these it changes where the CFA and saved registers are.  A row is made
 * wherever it moves on.
 */
#include "sym/unwind.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum {
	MOST_REMEMBERED = 16,
	MOST_ROWS = 1 << 26,

	/* how pointers are written */
	PE_OMIT = 0xff,
	PE_FORM = 0x0f,
	PE_ULEB = 0x01,
	PE_U2 = 0x02,
	PE_U4 = 0x03,
	PE_U8 = 0x04,
	PE_SLEB = 0x09,
	PE_S2 = 0x0a,
	PE_S4 = 0x0b,
	PE_S8 = 0x0c,
	PE_BASE = 0x70,
	PE_PCREL = 0x10,
	PE_INDIRECT = 0x80,
};

/* The registers of a machine as DWARF numbers them. */
struct machine {
	uint16_t elf;
	uint8_t sp, fp, ra;
};

static const struct machine machines[] = {
	{ EM_X86_64, 7, 6, 16 },
	{ EM_AARCH64, 31, 29, 30 },
};

/* Bytes between two places; after a failure it is empty. */
struct cursor {
	const uint8_t *p;
	const uint8_t *end;
	bool failed;
};

struct cie {
	uint64_t code_align;
	int64_t data_align;
	uint8_t encoding; /* of addresses in FDEs */
	bool has_augmentation;
	bool is_signal;
	const uint8_t *program;
	const uint8_t *program_end;
};

/* Where the CFA and what was saved are, at one address. */
struct state {
	uint64_t cfa_register;
	int64_t cfa_offset;
	enum unwind_rule expression; /* UNWIND_UNKNOWN: the CFA is register + offset */
	bool is_expression;
	bool is_end;
	int16_t fp;
	int16_t ra;
	bool is_odd; /* says what a row cannot */
};

struct builder {
	const struct unwind_section *section;
	const struct machine *machine;
	struct unwind_row *rows;
	uint64_t *addresses; /* of rows, until the base is known */
	size_t count;
	size_t room;
	int err;
};

/* --- bytes ------------------------------------------------------------------------------------ */

static bool need(struct cursor *in, size_t bytes)
{
	if (in->failed || (size_t)(in->end - in->p) < bytes) {
		in->failed = true;
		in->p = in->end;
		return false;
	}
	return true;
}

static uint8_t take_u8(struct cursor *in)
{
	return need(in, 1) ? *in->p++ : 0;
}

static uint64_t take_bytes(struct cursor *in, size_t bytes)
{
	uint64_t value = 0;

	if (!need(in, bytes))
		return 0;
	for (size_t i = 0; i < bytes; i++)
		value |= (uint64_t)in->p[i] << (8 * i);
	in->p += bytes;
	return value;
}

static void skip(struct cursor *in, uint64_t bytes)
{
	if (need(in, bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes))
		in->p += bytes;
}

static uint64_t take_uleb(struct cursor *in)
{
	uint64_t value = 0;
	uint8_t byte;

	for (unsigned int shift = 0;; shift += 7) {
		byte = take_u8(in);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
}

static int64_t take_sleb(struct cursor *in)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = take_u8(in);
		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (shift < 64 && byte & 0x40)
		value |= ~UINT64_C(0) << shift;
	return (int64_t)value;
}

/* A pointer that is written as @encoding says, which is at its place in the file. */
static uint64_t take_pointer(struct cursor *in, const struct unwind_section *section,
			     uint8_t encoding, bool is_length)
{
	const uint64_t here = section->address + (uint64_t)(in->p - section->data);
	uint64_t value = 0;

	switch (encoding & PE_FORM) {
	case PE_ULEB: value = take_uleb(in); break;
	case PE_U2: value = take_bytes(in, 2); break;
	case PE_U4: value = take_bytes(in, 4); break;
	case 0:
	case PE_U8:
	case PE_S8: value = take_bytes(in, 8); break;
	case PE_SLEB: value = (uint64_t)take_sleb(in); break;
	case PE_S2: value = (uint64_t)(int16_t)take_bytes(in, 2); break;
	case PE_S4: value = (uint64_t)(int32_t)take_bytes(in, 4); break;
	default: in->failed = true; break;
	}
	if (is_length)
		return value;
	if (encoding & PE_INDIRECT || (encoding & PE_BASE && (encoding & PE_BASE) != PE_PCREL))
		in->failed = true;
	return encoding & PE_PCREL ? here + value : value;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void add_row(struct builder *to, uint64_t address, struct unwind_row row)
{
	if (to->count == to->room) {
		const size_t room = to->room ? to->room * 2 : 1024;
		struct unwind_row *rows = reallocarray(to->rows, room, sizeof *rows);
		uint64_t *addresses;

		if (rows)
			to->rows = rows;
		addresses = rows ? reallocarray(to->addresses, room, sizeof *addresses) : NULL;
		if (!addresses || room > MOST_ROWS) {
			to->err = -ENOMEM;
			return;
		}
		to->addresses = addresses;
		to->room = room;
	}
	to->addresses[to->count] = address;
	to->rows[to->count++] = row;
}

static struct unwind_row row_of(const struct builder *to, const struct state *state)
{
	struct unwind_row row = { .rule = UNWIND_UNKNOWN, .fp = state->fp, .ra = state->ra };

	if (state->is_end) {
		row.rule = UNWIND_END;
		return row;
	}
	if (state->is_odd || state->cfa_offset >= UNWIND_MOST_CFA ||
	    state->cfa_offset < -UNWIND_MOST_CFA)
		return row;
	if (state->is_expression)
		row.rule = state->expression;
	else if (state->cfa_register == to->machine->sp)
		row.rule = UNWIND_SP;
	else if (state->cfa_register == to->machine->fp)
		row.rule = UNWIND_FP;
	row.cfa = (uint32_t)state->cfa_offset & 0xffffff;
	return row;
}

/* --- programs --------------------------------------------------------------------------------- */

static void saved_at(const struct builder *to, struct state *state, uint64_t number, int64_t offset)
{
	const int64_t words = offset / 8;
	int16_t *place;

	if (number != to->machine->fp && number != to->machine->ra)
		return;
	place = number == to->machine->fp ? &state->fp : &state->ra;
	if (offset % 8 || words <= UNWIND_FRAME || words > INT16_MAX)
		state->is_odd = true;
	else
		*place = (int16_t)words;
}

static void restored(const struct builder *to, struct state *state, const struct state *initial,
		     uint64_t number)
{
	if (number == to->machine->fp)
		state->fp = initial->fp;
	if (number == to->machine->ra)
		state->ra = initial->ra;
}

/* The CFA as an expression: those that compilers and linkers make. */
static void cfa_expression(const struct builder *to, struct state *state, struct cursor *in)
{
	/* sp + 8 + ((ip & 15) >= n) * 8, with n at byte 6 as 0x30 + n */
	static const uint8_t plt[] = { 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0, 0x2a, 0x33, 0x24, 0x22 };
	const uint64_t len = take_uleb(in);
	struct cursor code = { .p = in->p, .end = in->p };
	int64_t offset;
	uint8_t op;

	skip(in, len);
	if (in->failed)
		return;
	code.end = in->p;
	state->is_expression = true;
	state->expression = UNWIND_UNKNOWN;
	if (len == sizeof plt && !memcmp(code.p, plt, 6) && !memcmp(code.p + 7, plt + 7, 4) &&
	    code.p[6] >= 0x30 && code.p[6] < 0x40 && to->machine->elf == EM_X86_64) {
		state->expression = UNWIND_PLT;
		state->cfa_offset = code.p[6] - 0x30;
		return;
	}
	op = take_u8(&code); /* DW_OP_breg<fp> offset, DW_OP_deref */
	offset = take_sleb(&code);
	if (op == 0x70 + to->machine->fp && take_u8(&code) == 0x06 && code.p == code.end &&
	    !code.failed) {
		state->expression = UNWIND_FP_LOAD;
		state->cfa_offset = offset;
	}
}

/* A register that is saved where an expression says: "DW_OP_breg<fp> 0" of fp itself is known. */
static void saved_expression(const struct builder *to, struct state *state, struct cursor *in)
{
	const uint64_t number = take_uleb(in), len = take_uleb(in);
	const uint8_t *code = in->p;

	skip(in, len);
	if (in->failed || (number != to->machine->fp && number != to->machine->ra))
		return;
	if (number == to->machine->fp && len == 2 && code[0] == 0x70 + to->machine->fp && !code[1])
		state->fp = UNWIND_FRAME;
	else
		state->is_odd = true;
}

/* Numbers of damaged files may overflow. */
static int64_t scaled(uint64_t value, int64_t scale)
{
	return (int64_t)(value * (uint64_t)scale);
}

static void set_cfa(struct state *state, uint64_t number, int64_t offset)
{
	state->cfa_register = number;
	state->cfa_offset = offset;
	state->is_expression = false;
}

/* What one program runs on. */
struct run {
	struct builder *to;
	const struct cie *cie;
	struct state state, initial;
	struct state remembered[MOST_REMEMBERED];
	size_t remembered_count;
	uint64_t address;
	bool has_rows; /* it is that of an FDE */
};

static void move_on(struct run *run, uint64_t delta)
{
	if (run->has_rows && delta)
		add_row(run->to, run->address, row_of(run->to, &run->state));
	run->address += delta * run->cie->code_align;
}

/* Operations by their number; the two upper bits of some say it all. */
enum {
	OP_ADVANCE = 0x40,
	OP_OFFSET = 0x80,
	OP_RESTORE = 0xc0,
	OP_NOP = 0x00,
	OP_SET_LOC = 0x01,
	OP_ADVANCE_1 = 0x02,
	OP_ADVANCE_2 = 0x03,
	OP_ADVANCE_4 = 0x04,
	OP_OFFSET_EXTENDED = 0x05,
	OP_RESTORE_EXTENDED = 0x06,
	OP_UNDEFINED = 0x07,
	OP_SAME_VALUE = 0x08,
	OP_REGISTER = 0x09,
	OP_REMEMBER = 0x0a,
	OP_RECALL = 0x0b,
	OP_DEF_CFA = 0x0c,
	OP_DEF_CFA_REGISTER = 0x0d,
	OP_DEF_CFA_OFFSET = 0x0e,
	OP_DEF_CFA_EXPRESSION = 0x0f,
	OP_EXPRESSION = 0x10,
	OP_OFFSET_SIGNED = 0x11,
	OP_DEF_CFA_SIGNED = 0x12,
	OP_DEF_CFA_OFFSET_SIGNED = 0x13,
	OP_VAL_OFFSET = 0x14,
	OP_VAL_OFFSET_SIGNED = 0x15,
	OP_VAL_EXPRESSION = 0x16,
	OP_NEGATE_RA_STATE = 0x2d, /* arm64: whether return addresses are signed */
	OP_ARGS_SIZE = 0x2e,
	OP_NEGATIVE_OFFSET = 0x2f,
};

static void remember(struct run *run)
{
	if (run->remembered_count < MOST_REMEMBERED)
		run->remembered[run->remembered_count] = run->state;
	run->remembered_count++;
}

static void recall(struct run *run, struct cursor *in)
{
	if (!run->remembered_count || run->remembered_count > MOST_REMEMBERED)
		in->failed = true;
	else
		run->state = run->remembered[--run->remembered_count];
}

/* Is it one of the two registers that rows tell about?  Then this is more than they can tell. */
static void odd_register(struct run *run, uint64_t number)
{
	if (number == run->to->machine->fp || number == run->to->machine->ra)
		run->state.is_odd = true;
}

static void undefined(struct run *run, uint64_t number)
{
	if (number == run->to->machine->ra)
		run->state.is_end = true;
}

static void same_value(struct run *run, uint64_t number)
{
	if (number == run->to->machine->fp)
		run->state.fp = UNWIND_SAME;
	if (number == run->to->machine->ra)
		run->state.ra = UNWIND_SAME;
}

static void run_extended(struct run *run, struct cursor *in, uint8_t op)
{
	const int64_t scale = run->cie->data_align;
	struct state *state = &run->state;
	uint64_t number;

	switch (op) {
	case OP_NOP:
	case OP_NEGATE_RA_STATE: break;
	case OP_SET_LOC:
		number = take_pointer(in, run->to->section, run->cie->encoding, false);
		if (number > run->address)
			move_on(run, 1);
		run->address = number;
		break;
	case OP_ADVANCE_1: move_on(run, take_u8(in)); break;
	case OP_ADVANCE_2: move_on(run, take_bytes(in, 2)); break;
	case OP_ADVANCE_4: move_on(run, take_bytes(in, 4)); break;
	case OP_OFFSET_EXTENDED:
		number = take_uleb(in);
		saved_at(run->to, state, number, scaled(take_uleb(in), scale));
		break;
	case OP_OFFSET_SIGNED:
		number = take_uleb(in);
		saved_at(run->to, state, number, scaled((uint64_t)take_sleb(in), scale));
		break;
	case OP_NEGATIVE_OFFSET:
		number = take_uleb(in);
		saved_at(run->to, state, number, scaled(0 - take_uleb(in), scale));
		break;
	case OP_RESTORE_EXTENDED: restored(run->to, state, &run->initial, take_uleb(in)); break;
	case OP_UNDEFINED: undefined(run, take_uleb(in)); break;
	case OP_SAME_VALUE: same_value(run, take_uleb(in)); break;
	case OP_REGISTER:
		odd_register(run, take_uleb(in));
		(void)take_uleb(in);
		break;
	case OP_REMEMBER: remember(run); break;
	case OP_RECALL: recall(run, in); break;
	case OP_DEF_CFA:
		number = take_uleb(in);
		set_cfa(state, number, (int64_t)take_uleb(in));
		break;
	case OP_DEF_CFA_SIGNED:
		number = take_uleb(in);
		set_cfa(state, number, scaled((uint64_t)take_sleb(in), scale));
		break;
	case OP_DEF_CFA_REGISTER: set_cfa(state, take_uleb(in), state->cfa_offset); break;
	case OP_DEF_CFA_OFFSET: state->cfa_offset = (int64_t)take_uleb(in); break;
	case OP_DEF_CFA_OFFSET_SIGNED:
		state->cfa_offset = scaled((uint64_t)take_sleb(in), scale);
		break;
	case OP_DEF_CFA_EXPRESSION: cfa_expression(run->to, state, in); break;
	case OP_EXPRESSION: saved_expression(run->to, state, in); break;
	case OP_VAL_OFFSET:
	case OP_VAL_OFFSET_SIGNED:
		odd_register(run, take_uleb(in));
		(void)take_uleb(in);
		break;
	case OP_VAL_EXPRESSION:
		odd_register(run, take_uleb(in));
		skip(in, take_uleb(in));
		break;
	case OP_ARGS_SIZE: (void)take_uleb(in); break;
	default: in->failed = true; break;
	}
}

static bool run_program(struct run *run, const uint8_t *program, const uint8_t *end)
{
	struct cursor in = { .p = program, .end = end };

	while (in.p < in.end && !in.failed && !run->to->err) {
		const uint8_t op = take_u8(&in), low = op & 0x3f;

		switch (op & 0xc0) {
		case OP_ADVANCE: move_on(run, low); break;
		case OP_OFFSET:
			saved_at(run->to, &run->state, low,
				 scaled(take_uleb(&in), run->cie->data_align));
			break;
		case OP_RESTORE: restored(run->to, &run->state, &run->initial, low); break;
		default: run_extended(run, &in, op); break;
		}
	}
	return !in.failed;
}

/* --- entries ---------------------------------------------------------------------------------- */

/* An entry's bytes behind its length; false at the end of the section. */
static bool next_entry(struct cursor *in, struct cursor *ret_entry)
{
	uint64_t len = in->end - in->p >= 4 ? take_bytes(in, 4) : 0;

	if (len == UINT32_MAX)
		len = take_bytes(in, 8);
	if (in->failed || !len || len > (uint64_t)(in->end - in->p))
		return false;
	*ret_entry = (struct cursor){ .p = in->p, .end = in->p + len };
	in->p += len;
	return true;
}

/* Letters of the augmentation, behind the 'z' that says how long their data are. */
static void read_augmentation(struct cie *cie, const char *letters, struct cursor *in,
			      const struct unwind_section *section)
{
	const uint64_t len = take_uleb(in);
	const uint8_t *end;

	if (!need(in, len > SIZE_MAX ? SIZE_MAX : (size_t)len))
		return;
	end = in->p + len;
	cie->has_augmentation = true;
	for (; *letters; letters++) {
		switch (*letters) {
		case 'R': cie->encoding = take_u8(in); break;
		case 'P': {
			const uint8_t encoding = take_u8(in);

			(void)take_pointer(in, section, encoding & PE_FORM, true);
			break;
		}
		case 'L': (void)take_u8(in); break;
		case 'S': cie->is_signal = true; break;
		default: break; /* 'B', 'G': without data */
		}
	}
	in->p = end;
}

static bool read_cie(const struct unwind_section *section, struct cursor *in, struct cie *ret_cie)
{
	struct cie *cie = ret_cie;
	const char *letters;
	uint8_t version;

	*cie = (struct cie){ 0 };
	if (take_bytes(in, 4) != 0)
		return false;
	version = take_u8(in);
	letters = (const char *)in->p;
	if (!memchr(letters, 0, (size_t)(in->end - in->p)))
		return false;
	skip(in, strlen(letters) + 1);
	if (version == 4)
		skip(in, 2); /* sizes of addresses and segments */
	cie->code_align = take_uleb(in);
	cie->data_align = take_sleb(in);
	if (version == 1)
		(void)take_u8(in); /* which register has the return address: we know */
	else
		(void)take_uleb(in);
	if (*letters == 'z')
		read_augmentation(cie, letters + 1, in, section);
	else if (*letters)
		return false;
	cie->program = in->p;
	cie->program_end = in->end;
	return !in->failed && cie->encoding != PE_OMIT;
}

static void read_fde(struct builder *to, const struct cie *cie, struct cursor *in)
{
	struct run run = { .to = to, .cie = cie };
	uint64_t begin, length;

	begin = take_pointer(in, to->section, cie->encoding, false);
	length = take_pointer(in, to->section, cie->encoding, true);
	if (cie->has_augmentation)
		skip(in, take_uleb(in));
	if (in->failed || !length || length > UINT32_MAX || begin > UINT64_MAX - length)
		return;
	run.state = (struct state){ .fp = UNWIND_SAME, .ra = UNWIND_SAME };
	run.address = begin;
	if (!run_program(&run, cie->program, cie->program_end))
		return;
	run.initial = run.state;
	run.has_rows = true;
	run.address = begin;
	if (cie->is_signal)
		add_row(to, begin, (struct unwind_row){ .rule = UNWIND_SIGNAL });
	else if (run_program(&run, in->p, in->end) && run.address < begin + length)
		add_row(to, run.address, row_of(to, &run.state));
	if (!to->err)
		add_row(to, begin + length, (struct unwind_row){ .rule = UNWIND_UNKNOWN });
}

static void read_entries(struct builder *to)
{
	const struct unwind_section *section = to->section;
	struct cursor in = { .p = section->data, .end = section->data + section->len }, entry;
	const uint8_t *cie_at = NULL;
	struct cie cie = { 0 };
	bool is_good = false;

	while (!to->err && next_entry(&in, &entry)) {
		const uint8_t *here = entry.p;
		const uint64_t back = take_bytes(&entry, 4);
		struct cursor at, cie_entry;

		if (entry.failed || !back || back > (uint64_t)(here - section->data))
			continue; /* a CIE, read when it is needed */
		if (here - back != cie_at) {
			cie_at = here - back;
			at = (struct cursor){ .p = cie_at, .end = section->data + section->len };
			is_good = next_entry(&at, &cie_entry) &&
				  read_cie(section, &cie_entry, &cie);
		}
		if (is_good)
			read_fde(to, &cie, &entry);
	}
}

/* --- the table -------------------------------------------------------------------------------- */

/* At one address the end of a function comes before the beginning of the next. */
static int compare(const void *a, const void *b)
{
	const struct unwind_row *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return (one->rule != UNWIND_UNKNOWN) - (other->rule != UNWIND_UNKNOWN);
}

static bool is_same(const struct unwind_row *one, const struct unwind_row *other)
{
	return one->rule == other->rule && one->cfa == other->cfa && one->fp == other->fp &&
	       one->ra == other->ra;
}

/* Keep the last row of each address, and those that change something. */
static size_t compact(struct unwind_row *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && rows[i + 1].address == rows[i].address)
			continue;
		if (kept && is_same(&rows[kept - 1], &rows[i]))
			continue;
		rows[kept++] = rows[i];
	}
	return kept;
}

static void finish(struct builder *to, struct unwind_table *table)
{
	size_t count = 0;
	struct unwind_row *fitted;

	table->base = UINT64_MAX;
	for (size_t i = 0; i < to->count; i++)
		if (to->addresses[i] < table->base)
			table->base = to->addresses[i];
	for (size_t i = 0; i < to->count; i++) {
		if (to->addresses[i] - table->base > UINT32_MAX)
			continue;
		to->rows[count] = to->rows[i];
		to->rows[count++].address = (uint32_t)(to->addresses[i] - table->base);
	}
	if (count)
		qsort(to->rows, count, sizeof *to->rows, compare);
	table->count = compact(to->rows, count);
	fitted = reallocarray(to->rows, table->count ? table->count : 1, sizeof *fitted);
	table->rows = fitted ? fitted : to->rows;
}

int unwind_build(const struct unwind_section *section, struct unwind_table *ret_table)
{
	struct builder to = { .section = section };

	for (size_t i = 0; i < ARRAY_LEN(machines); i++)
		if (machines[i].elf == section->machine)
			to.machine = &machines[i];
	if (!to.machine)
		return -ENOTSUP;
	read_entries(&to);
	if (to.err) {
		free(to.rows);
		free(to.addresses);
		return to.err;
	}
	*ret_table = (struct unwind_table){ 0 };
	finish(&to, ret_table);
	free(to.addresses);
	return 0;
}
