/*
 * asm_assign.c - the assembler's instructions that begin with a register: 'r1 += 5', 'r1 = ...'.
 *
 * Which operation a text means is looked up in op.def by form, width and word, so that a new
 * arithmetic operation, condition, access size or atomic is understood without a line here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "isa/asm_parse.h"

/* The register that the text must repeat: 'r1 = -r1'. */
static bool parse_same(struct asm_parser *p, const struct asm_reg *dst, const char *what)
{
	uint8_t number;

	if (!asm_parse_peer(p, dst, &number))
		return false;
	if (number == dst->number)
		return true;
	(void)asm_fail(p, asm_span(p, &p->taken),
		       "%s works in place: expected '%c%u', found '%c%u'", what,
		       asm_reg_letter(dst->is64), dst->number, asm_reg_letter(dst->is64), number);
	diag_hint(p->diag, "move first: '%c%u = %c%u'", asm_reg_letter(dst->is64), dst->number,
		  asm_reg_letter(dst->is64), number);
	return false;
}

/* --- arithmetic ---------------------------------------------------------------------------- */

/* Linux refuses these, although the instruction set defines them. */
static void warn_of_constant(struct asm_parser *p, enum isa_op op, int32_t imm, struct span span)
{
	const int bits = isa_ops[op].is64 ? 64 : 32;

	switch (op) {
	case ISA_LSH64_IMM:
	case ISA_RSH64_IMM:
	case ISA_ARSH64_IMM:
	case ISA_LSH32_IMM:
	case ISA_RSH32_IMM:
	case ISA_ARSH32_IMM:
		if (imm >= 0 && imm < bits)
			return;
		diag_warning(p->diag, span,
			     "a shift by %d of %d bits: only the low %d bits of the count matter",
			     imm, bits, bits == 64 ? 6 : 5);
		break;
	case ISA_DIV64_IMM:
	case ISA_DIV32_IMM:
	case ISA_SDIV64_IMM:
	case ISA_SDIV32_IMM:
	case ISA_MOD64_IMM:
	case ISA_MOD32_IMM:
	case ISA_SMOD64_IMM:
	case ISA_SMOD32_IMM:
		if (imm)
			return;
		diag_warning(p->diag, span, "division by zero");
		break;
	default: return;
	}
	diag_hint(p->diag, "Linux does not load a program that contains this");
}

/* "r1 += 5", "w1 s>>= w2": from the operator on. */
static bool parse_alu(struct asm_parser *p, const struct asm_reg *dst)
{
	int reg_op = asm_find_op(ISA_FORM_ALU_REG, dst->is64, &p->token);
	int imm_op = asm_find_op(ISA_FORM_ALU_IMM, dst->is64, &p->token);
	struct asm_value value;
	struct insn insn;
	uint8_t src;

	if (reg_op < 0 || imm_op < 0)
		return asm_fail_expected(p, "an operator such as '=' or '+='");
	asm_take(p);
	if (asm_next_is_reg(p)) {
		if (!asm_parse_peer(p, dst, &src))
			return false;
		insn = asm_encode(reg_op, dst->number, src);
		return asm_emit_one(p, insn);
	}
	if (!asm_next_is_value(p))
		return asm_fail_operand(p);
	insn = asm_encode(imm_op, dst->number, 0);
	if (!asm_parse_value(p, &value) || !asm_fit_immediate(p, dst, &value, &insn.imm))
		return false;
	warn_of_constant(p, (enum isa_op)imm_op, insn.imm, value.span);
	return asm_emit_one(p, insn);
}

/* --- what may stand after 'r1 =' ----------------------------------------------------------- */

static bool emit_wide(struct asm_parser *p, enum isa_op op, uint8_t dst, int32_t low, int32_t high)
{
	struct insn insns[2] = { asm_encode((int)op, dst, 0), { .imm = high } };

	insns[0].imm = low;
	return asm_emit(p, insns, ARRAY_LEN(insns));
}

static bool need_whole(struct asm_parser *p, const struct asm_reg *dst)
{
	if (dst->is64)
		return true;
	return asm_fail(p, dst->span, "this fills a whole register: r%u, not w%u", dst->number,
			dst->number);
}

static bool fit_mov(struct asm_parser *p, const struct asm_reg *dst, const struct asm_value *value,
		    int32_t *ret_imm)
{
	char text[ASM_COPY_BYTES];

	if (!dst->is64)
		return asm_value_imm32(p, value, ret_imm);
	if (asm_value_extended(p, value, ret_imm))
		return true;
	diag_hint(p->diag, "a wide load takes 64 bits: 'r%u = %s ll'", dst->number,
		  asm_copy_span(p, value->span, text));
	return false;
}

/* "5", "0x1122334455667788 ll".  The kernel prints wide loads without the 'll'. */
static bool parse_number(struct asm_parser *p, const struct asm_reg *dst)
{
	const int wide_code = isa_ops[ISA_LDDW].code;
	struct asm_value value;
	struct insn insn = asm_encode(dst->is64 ? ISA_MOV64_IMM : ISA_MOV32_IMM, dst->number, 0);
	uint64_t bits;

	if (!asm_parse_value(p, &value))
		return false;
	if (!asm_take_if(p, "ll") && p->given_code != wide_code)
		return fit_mov(p, dst, &value, &insn.imm) && asm_emit_one(p, insn);
	if (!need_whole(p, dst))
		return false;
	if (!asm_value_within(&value, INT64_MIN, UINT64_MAX))
		return asm_fail(p, value.span, "the number does not fit in 64 bits");
	bits = asm_value_bits(&value);
	return emit_wide(p, ISA_LDDW, dst->number, (int32_t)(uint32_t)bits,
			 (int32_t)(uint32_t)(bits >> 32));
}

/* "-r1" */
static bool next_is_negation(const struct asm_parser *p)
{
	struct asm_lexer ahead = p->lexer;
	struct asm_token token;
	struct asm_reg reg;

	if (!asm_next_is(p, "-"))
		return false;
	token = asm_lex(&ahead);
	return asm_token_is_reg(&token, &reg);
}

static bool parse_negation(struct asm_parser *p, const struct asm_reg *dst)
{
	int op = asm_find_op(ISA_FORM_NEG, dst->is64, &p->token);

	asm_take(p);
	return parse_same(p, dst, "negation") && asm_emit_one(p, asm_encode(op, dst->number, 0));
}

/* "(s8)r2" */
static bool parse_sign_extension(struct asm_parser *p, const struct asm_reg *dst)
{
	struct insn insn;
	uint8_t src;
	int op;

	asm_take(p);
	op = asm_find_op(ISA_FORM_MOVSX, dst->is64, &p->token);
	if (op < 0)
		return asm_fail_expected(p, dst->is64 ? "'s8', 's16' or 's32'" : "'s8' or 's16'");
	asm_take(p);
	if (!asm_expect(p, ")") || !asm_parse_peer(p, dst, &src))
		return false;
	insn = asm_encode(op, dst->number, src);
	return asm_emit_one(p, insn);
}

/* "skb[12]", "skb[r7 + 12]", "skb[r7]" */
static bool parse_packet_load(struct asm_parser *p, const struct asm_reg *dst,
			      const struct asm_place *place)
{
	int abs_op = asm_find_op(ISA_FORM_LD_ABS, true, &place->type);
	int ind_op = asm_find_op(ISA_FORM_LD_IND, true, &place->type);
	struct insn insn;
	struct asm_value value = { 0 };
	uint8_t src;

	if (abs_op < 0 || ind_op < 0)
		return asm_fail(p, asm_span(p, &place->type),
				"packet loads are of 'u8', 'u16' or 'u32'");
	if (dst->number != 0 || !dst->is64)
		return asm_fail(p, dst->span, "packet loads go to r0, not %c%u",
				asm_reg_letter(dst->is64), dst->number);
	asm_take(p);
	if (!asm_expect(p, "["))
		return false;
	insn = asm_encode(abs_op, 0, 0);
	if (!asm_next_is_reg(p))
		return asm_parse_imm32(p, &insn.imm) && asm_expect(p, "]") && asm_emit_one(p, insn);
	if (!asm_parse_whole_reg(p, "an index", &src))
		return false;
	insn = asm_encode(ind_op, 0, src);
	if (asm_next_is(p, "-") || asm_take_if(p, "+")) {
		if (!asm_parse_value(p, &value) || !asm_value_imm32(p, &value, &insn.imm))
			return false;
	}
	return asm_expect(p, "]") && asm_emit_one(p, insn);
}

/* "*(u32 *)(r2 +4)", "*(u16 *)skb[12]" */
static bool parse_load(struct asm_parser *p, const struct asm_reg *dst)
{
	struct asm_place place = { 0 };
	struct insn insn;
	int op;

	asm_take(p);
	if (!asm_parse_type(p, &place))
		return false;
	if (asm_next_is(p, "skb"))
		return parse_packet_load(p, dst, &place);
	op = asm_find_op(place.is_signed ? ISA_FORM_LDXS : ISA_FORM_LDX, true, &place.type);
	if (op < 0)
		return asm_fail(p, asm_span(p, &place.type),
				"there is no load of type 's64': write 'u64'");
	if (!dst->is64 && (place.is_signed || place.bytes == 8))
		return need_whole(p, dst);
	if (!asm_expect(p, "(") || !asm_parse_address(p, &place) || !asm_expect(p, ")"))
		return false;
	insn = asm_encode(op, dst->number, place.reg);
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* "be16 r1" */
static bool parse_endian(struct asm_parser *p, const struct asm_reg *dst, int op)
{
	asm_take(p);
	return need_whole(p, dst) && parse_same(p, dst, "a byte swap") &&
	       asm_emit_one(p, asm_encode(op, dst->number, 0));
}

/* "addr_space_cast(r2, 0, 1)" */
static bool parse_addr_space_cast(struct asm_parser *p, const struct asm_reg *dst)
{
	struct insn insn;
	struct asm_value spaces[2] = { 0 };
	uint8_t src;

	if (!need_whole(p, dst) || !asm_expect(p, "(") || !asm_parse_peer(p, dst, &src))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		if (!asm_expect(p, ",") || !asm_parse_value(p, &spaces[i]))
			return false;
		if (!asm_value_within(&spaces[i], 0, UINT16_MAX))
			return asm_fail(p, spaces[i].span,
					"address spaces are numbers from 0 to %d", UINT16_MAX);
	}
	insn = asm_encode(ISA_ADDR_CAST, dst->number, src);
	insn.imm = (int32_t)(uint32_t)(spaces[0].magnitude << 16 | spaces[1].magnitude);
	return asm_expect(p, ")") && asm_emit_one(p, insn);
}

/* "load_acquire((u64 *)(r2 +0))" */
static bool parse_load_acquire(struct asm_parser *p, const struct asm_reg *dst)
{
	struct asm_place place = { 0 };
	struct insn insn;
	int op;

	if (!asm_expect(p, "(") || !asm_parse_place(p, &place) || !asm_expect(p, ")"))
		return false;
	op = asm_find_op(ISA_FORM_LOAD_ACQ, true, &place.type);
	if (op < 0)
		return asm_fail(p, asm_span(p, &place.type), "this load is of an unsigned type");
	if (!dst->is64 && place.bytes == 8)
		return need_whole(p, dst);
	insn = asm_encode(op, dst->number, place.reg);
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* " hi=5", or nothing: the second slot's immediate where it ought to be zero. */
static bool parse_high(struct asm_parser *p, int32_t *ret_high)
{
	*ret_high = 0;
	if (!asm_take_if(p, "hi"))
		return true;
	return asm_expect(p, "=") && asm_parse_imm32(p, ret_high);
}

/* "map[fd:3]", "map[fd:3][0]+8", "map[idx:3]" */
static bool parse_map(struct asm_parser *p, const struct asm_reg *dst)
{
	struct span start = asm_span(p, &p->taken);
	bool is_index, is_id;
	int32_t low, high;

	if (!need_whole(p, dst) || !asm_expect(p, "["))
		return false;
	is_index = asm_next_is(p, "idx");
	is_id = asm_next_is(p, "id");
	if (!is_index && !is_id && !asm_next_is(p, "fd"))
		return asm_fail_expected(p, "'fd' or 'idx'");
	asm_take(p);
	if (!asm_expect(p, ":") || !asm_parse_imm32(p, &low) || !asm_expect(p, "]"))
		return false;
	if (is_id) {
		(void)asm_fail(p, asm_span_since(p, start),
			       "instructions name maps by descriptor or index, not by id");
		diag_hint(p->diag, "an id is of a loaded map: open it, and write 'map[fd:N]'");
		return false;
	}
	if (!asm_take_if(p, "["))
		return parse_high(p, &high) &&
		       emit_wide(p, is_index ? ISA_LD_MAP_IDX : ISA_LD_MAP_FD, dst->number, low,
				 high);
	if (p->token.kind != ASM_NUMBER || p->token.number != 0)
		return asm_fail_expected(p, "'0'");
	asm_take(p);
	if (!asm_expect(p, "]") || !asm_expect(p, "+") || !asm_parse_imm32(p, &high))
		return false;
	return emit_wide(p, is_index ? ISA_LD_MAP_IDX_VALUE : ISA_LD_MAP_VALUE, dst->number, low,
			 high);
}

/* "btf_id[7]", "btf_id[7, fd:4]" */
static bool parse_btf_id(struct asm_parser *p, const struct asm_reg *dst)
{
	int32_t low, high = 0;

	if (!need_whole(p, dst) || !asm_expect(p, "[") || !asm_parse_imm32(p, &low))
		return false;
	if (asm_take_if(p, ",") &&
	    (!asm_expect(p, "fd") || !asm_expect(p, ":") || !asm_parse_imm32(p, &high)))
		return false;
	return asm_expect(p, "]") && emit_wide(p, ISA_LD_BTF_ID, dst->number, low, high);
}

/* "subprog[pc+3]", "subprog[callback]" */
static bool parse_subprog(struct asm_parser *p, const struct asm_reg *dst)
{
	struct insn insn = { 0 };
	int32_t high;

	return need_whole(p, dst) && asm_expect(p, "[") &&
	       asm_parse_target(p, ISA_FIELD_IMM, &insn) && asm_expect(p, "]") &&
	       parse_high(p, &high) && emit_wide(p, ISA_LD_FUNC, dst->number, insn.imm, high);
}

/* --- atomics ------------------------------------------------------------------------------- */

/* What clang calls the atomics that have no C assignment. */
static const struct {
	const char *name;
	enum isa_op op;
} clang_atomics[] = {
	/* clang-format off */
	{ "xchg_64",      ISA_ATOMIC64_XCHG },
	{ "xchg32_32",    ISA_ATOMIC32_XCHG },
	{ "cmpxchg_64",   ISA_ATOMIC64_CMPXCHG },
	{ "cmpxchg32_32", ISA_ATOMIC32_CMPXCHG },
	/* clang-format on */
};

/* The operation that fetches, when @word is 'atomic64_xchg' or the like; else -1.  The kernel's
 * 'atomic_' is of 32 bits.  Clang's has the width of its type: parse_atomic_place sees to that. */
static int find_atomic(const struct asm_token *word, bool *ret_has_type)
{
	static const struct {
		const char *text;
		bool is64;
	} prefixes[] = { { "atomic_", false }, { "atomic64_", true } };

	*ret_has_type = true;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct asm_token tail = *word;
		size_t len = strlen(prefixes[i].text);
		int op;

		if (word->len <= len || memcmp(word->text, prefixes[i].text, len) != 0)
			continue;
		tail.text += len;
		tail.len -= len;
		op = asm_find_op(ISA_FORM_ATOMIC, prefixes[i].is64, &tail);
		return op >= 0 && isa_atomic_fetch((enum isa_op)op) != ISA_FETCH_NONE ? op : -1;
	}
	*ret_has_type = false;
	for (size_t i = 0; i < ARRAY_LEN(clang_atomics); i++)
		if (asm_token_is(word, clang_atomics[i].name))
			return (int)clang_atomics[i].op;
	return -1;
}

/* The operation like @op32 of 64 bits. */
static int widen_atomic(int op32)
{
	struct asm_token text = { .kind = ASM_NAME, .text = isa_ops[op32].text };

	text.len = strlen(text.text);
	return asm_find_op(ISA_FORM_ATOMIC, true, &text);
}

/* "(u64 *)(r1 +0)" for @*op, which becomes the one of that width. */
static bool parse_atomic_place(struct asm_parser *p, int *op, struct asm_place *ret_place)
{
	bool is64 = isa_ops[*op].is64;

	if (!asm_parse_place(p, ret_place))
		return false;
	if (ret_place->is_signed || ret_place->bytes != (is64 ? 8 : 4)) {
		if (ret_place->is_signed || is64 || ret_place->bytes != 8)
			return asm_fail(p, asm_span(p, &ret_place->type),
					"this atomic is of type '%s'", is64 ? "u64" : "u32");
		*op = widen_atomic(*op);
	}
	return true;
}

/* "atomic64_fetch_add((u64 *)(r1 +0), r2)", "cmpxchg_64(r1 + 0, r0, r2)": after the word. */
static bool parse_atomic(struct asm_parser *p, const struct asm_reg *dst, int op, bool has_type)
{
	struct asm_place place = { 0 };
	struct insn insn;
	uint8_t src, compared, fetched;

	if (!asm_expect(p, "("))
		return false;
	if (has_type ? !parse_atomic_place(p, &op, &place) : !asm_parse_address(p, &place))
		return false;
	if (!dst->is64 && isa_ops[op].is64)
		return need_whole(p, dst);
	if (isa_atomic_fetch((enum isa_op)op) == ISA_FETCH_R0) {
		if (!asm_expect(p, ",") ||
		    !asm_parse_data_reg(p, isa_ops[op].access_bytes, &compared))
			return false;
		if (compared != 0)
			return asm_fail(p, asm_span(p, &p->taken), "the comparison is with r0");
	}
	if (!asm_expect(p, ",") || !asm_parse_data_reg(p, isa_ops[op].access_bytes, &src) ||
	    !asm_expect(p, ")"))
		return false;
	fetched = isa_atomic_fetch((enum isa_op)op) == ISA_FETCH_R0 ? 0 : src;
	if (dst->number != fetched)
		return asm_fail(p, dst->span, "this atomic leaves the old value in r%u, not in r%u",
				fetched, dst->number);
	insn = asm_encode(op, place.reg, src);
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* --- the assignment ------------------------------------------------------------------------ */

/* Right-hand sides that begin with a word of their own. */
static const struct {
	const char *word;
	bool (*parse)(struct asm_parser *p, const struct asm_reg *dst);
} right_sides[] = {
	/* clang-format off */
	{ "addr_space_cast", parse_addr_space_cast },
	{ "load_acquire",    parse_load_acquire },
	{ "map",             parse_map },
	{ "btf_id",          parse_btf_id },
	{ "subprog",         parse_subprog },
	/* clang-format on */
};

static bool fail_right_side(struct asm_parser *p)
{
	char word[ASM_COPY_BYTES];
	struct nearest search;

	(void)asm_fail_expected(p, "a register, a number or a load");
	if (p->token.kind != ASM_NAME || !asm_wants_hint(p))
		return false;
	search = nearest_begin(asm_copy_token(p, &p->token, word));
	for (size_t i = 0; i < ARRAY_LEN(right_sides); i++)
		nearest_offer(&search, right_sides[i].word);
	for (int op = 0; op < ISA_OP_COUNT; op++)
		if (isa_ops[op].form == ISA_FORM_ENDIAN)
			nearest_offer(&search, isa_ops[op].text);
	isa_symbols_offer(&p->symbols, false, &search);
	asm_hint_nearest(p, &search);
	return false;
}

static bool parse_word(struct asm_parser *p, const struct asm_reg *dst)
{
	bool has_type;
	int op;

	for (size_t i = 0; i < ARRAY_LEN(right_sides); i++)
		if (asm_take_if(p, right_sides[i].word))
			return right_sides[i].parse(p, dst);
	op = asm_find_op(ISA_FORM_ENDIAN, true, &p->token);
	if (op >= 0)
		return parse_endian(p, dst, op);
	op = find_atomic(&p->token, &has_type);
	if (op < 0)
		return fail_right_side(p);
	asm_take(p);
	return parse_atomic(p, dst, op, has_type);
}

/* After 'r1 ='. */
static bool parse_right_side(struct asm_parser *p, const struct asm_reg *dst)
{
	if (next_is_negation(p))
		return parse_negation(p, dst);
	if (asm_next_is_value(p))
		return parse_number(p, dst);
	if (asm_next_is(p, "("))
		return parse_sign_extension(p, dst);
	if (asm_next_is(p, "*"))
		return parse_load(p, dst);
	return parse_word(p, dst);
}

/* Does 'r1 = ' begin a mov of a register? */
static bool next_is_mov(const struct asm_parser *p)
{
	struct asm_lexer ahead = p->lexer;
	struct asm_token token = asm_lex(&ahead);
	struct asm_reg reg;

	return asm_token_is_reg(&token, &reg);
}

bool asm_parse_assignment(struct asm_parser *p)
{
	struct asm_reg dst;

	if (!asm_parse_reg(p, &dst))
		return false;
	if (!asm_next_is(p, "=") || next_is_mov(p))
		return parse_alu(p, &dst);
	asm_take(p);
	return parse_right_side(p, &dst);
}

bool asm_is_right_side(const struct asm_token *token)
{
	bool has_type;

	for (size_t i = 0; i < ARRAY_LEN(right_sides); i++)
		if (asm_token_is(token, right_sides[i].word))
			return true;
	return asm_find_op(ISA_FORM_ENDIAN, true, token) >= 0 || find_atomic(token, &has_type) >= 0;
}
