/*
 * asm_statement.c - the assembler's statements but for those that begin with a register: jumps,
 * calls, stores, directives.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "isa/asm_parse.h"
#include "isa/cbpf.h"

/* --- jumps ------------------------------------------------------------------------------- */

/* The number in a comparison.  The kernel prints all of them as 32 unsigned bits. */
static bool parse_compared(struct asm_parser *p, const struct asm_reg *reg, int32_t *ret_imm)
{
	struct asm_value value;

	if (!asm_next_is_value(p))
		return asm_fail_operand(p);
	if (!asm_parse_value(p, &value))
		return false;
	if (p->given_code >= 0 && asm_value_within(&value, 0, UINT32_MAX))
		return asm_value_imm32(p, &value, ret_imm);
	return asm_fit_immediate(p, reg, &value, ret_imm);
}

/* "if r1 s> 3 goto pc+2": after the 'if'. */
static bool parse_if(struct asm_parser *p)
{
	struct asm_reg dst;
	struct insn insn;
	int reg_op, imm_op;
	uint8_t src;

	if (!asm_parse_reg(p, &dst))
		return false;
	reg_op = asm_find_op(ISA_FORM_JMP_REG, dst.is64, &p->token);
	imm_op = asm_find_op(ISA_FORM_JMP_IMM, dst.is64, &p->token);
	if (reg_op < 0 || imm_op < 0)
		return asm_fail_expected(p, "a comparison such as '==' or 's>'");
	asm_take(p);
	if (asm_next_is_reg(p)) {
		if (!asm_parse_peer(p, &dst, &src))
			return false;
		insn = asm_encode(reg_op, dst.number, src);
	} else {
		insn = asm_encode(imm_op, dst.number, 0);
		if (!parse_compared(p, &dst, &insn.imm))
			return false;
	}
	return asm_expect(p, "goto") && asm_parse_target(p, ISA_FIELD_OFF, &insn) &&
	       asm_emit_one(p, insn);
}

static bool parse_jump(struct asm_parser *p, int op, enum isa_field field)
{
	struct insn insn = asm_encode(op, 0, 0);

	return asm_parse_target(p, field, &insn) && asm_emit_one(p, insn);
}

/* "gotox r1", "callx r1" */
static bool parse_indirect(struct asm_parser *p, int op)
{
	uint8_t reg;

	return asm_parse_whole_reg(p, "an address", &reg) &&
	       asm_emit_one(p, asm_encode(op, reg, 0));
}

/* --- calls ------------------------------------------------------------------------------- */

/* "kernel-function#77", "kernel-function#77 module[2]": from the '-' on. */
static bool parse_kernel_call(struct asm_parser *p)
{
	struct insn insn = asm_encode(ISA_CALL_KFUNC, 0, 0);
	struct asm_value module;

	asm_take(p);
	if (!asm_expect(p, "function") || !asm_expect(p, "#") || !asm_parse_imm32(p, &insn.imm))
		return false;
	if (!asm_take_if(p, "module"))
		return asm_emit_one(p, insn);
	if (!asm_expect(p, "[") || !asm_parse_value(p, &module))
		return false;
	if (!asm_value_within(&module, INT16_MIN, INT16_MAX))
		return asm_fail(p, module.span, "the module does not fit in 16 bits (%d to %d)",
				INT16_MIN, INT16_MAX);
	insn.off = (int16_t)(uint16_t)asm_value_bits(&module);
	return asm_expect(p, "]") && asm_emit_one(p, insn);
}

static int find_helper(const struct asm_parser *p, const struct asm_token *word)
{
	return p->names && p->names->helper_id ? p->names->helper_id(word->text, word->len) : -1;
}

static const char *helper_name(const struct asm_parser *p, int32_t id)
{
	return p->names && p->names->helper_name ? p->names->helper_name((uint32_t)id) : NULL;
}

/* There is neither a label nor a helper of this name. */
static bool fail_callee(struct asm_parser *p, const struct asm_token *word)
{
	char name[ASM_COPY_BYTES], alternative[ASM_COPY_BYTES + 8];
	struct nearest search;
	const char *helper;

	(void)asm_fail(p, asm_span(p, word), "there is no label and no helper '%s'",
		       asm_copy_token(p, word, name));
	if (!asm_wants_hint(p))
		return false;
	(void)snprintf(alternative, sizeof alternative, "%s%s",
		       strncmp(name, "bpf_", 4) == 0 ? "" : "bpf_", name);
	search = nearest_begin(alternative);
	for (uint32_t id = 0; p->names && id < p->names->helper_end; id++) {
		helper = helper_name(p, (int32_t)id);
		if (helper)
			nearest_offer(&search, helper);
	}
	nearest_reword(&search, name);
	isa_symbols_offer(&p->symbols, true, &search);
	asm_hint_nearest(p, &search);
	return false;
}

/* "bpf_ktime_get_ns#5", from the '#' on.  The number decides where the name is unknown.  Where
 * they differ, the text is a dump of a loaded program, whose calls the kernel has replaced by
 * distances: those are no helper's number. */
static bool parse_callee_number(struct asm_parser *p, const struct asm_token *word, int32_t *ret_id)
{
	int named = find_helper(p, word);
	char name[ASM_COPY_BYTES];
	const char *other;
	int32_t id;

	asm_take(p);
	if (!asm_parse_imm32(p, &id))
		return false;
	other = helper_name(p, id);
	*ret_id = id;
	if (asm_token_is(word, "unknown") || named == id)
		return true;
	(void)asm_copy_token(p, word, name);
	if (other && strcmp(other, name) == 0) /* by a caller that names and does not find */
		return true;
	if (named < 0 && p->names && p->names->helper_id)
		return fail_callee(p, word);
	if (named < 0)
		return true;
	if (other)
		return asm_fail(p, asm_span(p, &p->taken), "'%s' is number %d, and %d is '%s'",
				name, named, id, other);
	diag_warning(p->diag, asm_span(p, &p->taken), "'%s' is number %d: %d is not used", name,
		     named, id);
	*ret_id = named;
	return true;
}

/* "bpf_ktime_get_ns", "bpf_ktime_get_ns#5", "unknown#999", "func" */
static bool parse_named_call(struct asm_parser *p)
{
	struct asm_token word = p->token;
	struct insn insn = asm_encode(ISA_CALL, 0, 0);
	const struct isa_symbol *label;

	asm_take(p);
	if (asm_token_is(&word, "kernel") && asm_next_is(p, "-"))
		return parse_kernel_call(p);
	if (asm_next_is(p, "#"))
		return parse_callee_number(p, &word, &insn.imm) && asm_emit_one(p, insn);
	label = isa_symbols_find(&p->symbols, word.text, word.len);
	if (label && label->is_label)
		return asm_add_fixup(p, label, asm_span(p, &word), ISA_FIELD_IMM) &&
		       asm_emit_one(p, asm_encode(ISA_CALL_LOCAL, 0, 0));
	insn.imm = find_helper(p, &word);
	return insn.imm >= 0 ? asm_emit_one(p, insn) : fail_callee(p, &word);
}

static bool parse_call(struct asm_parser *p)
{
	struct insn insn = asm_encode(ISA_CALL, 0, 0);

	if (asm_next_is(p, "pc") || asm_next_is(p, "+") || asm_next_is(p, "-"))
		return parse_jump(p, ISA_CALL_LOCAL, ISA_FIELD_IMM);
	if (asm_next_is_value(p))
		return asm_parse_imm32(p, &insn.imm) && asm_emit_one(p, insn);
	if (p->token.kind == ASM_NAME && !asm_next_is_reg(p))
		return parse_named_call(p);
	(void)asm_fail_expected(p, "a function's name or number");
	if (asm_next_is_reg(p))
		diag_hint(p->diag, "a call to an address in a register is 'callx'");
	return false;
}

/* --- memory ------------------------------------------------------------------------------ */

/* "*(u32 *)(r1 +4) = 5": after the star. */
static bool parse_store(struct asm_parser *p)
{
	struct asm_place place = { 0 };
	struct asm_reg whole = { .is64 = true }, low = { .is64 = false };
	struct asm_value value;
	struct insn insn;
	int reg_op, imm_op;
	uint8_t src;

	if (!asm_parse_place(p, &place))
		return false;
	reg_op = asm_find_op(ISA_FORM_STX, true, &place.type);
	imm_op = asm_find_op(ISA_FORM_ST, true, &place.type);
	if (reg_op < 0 || imm_op < 0)
		return asm_fail(p, asm_span(p, &place.type),
				"stores are of unsigned types: u8, u16, u32 or u64");
	if (!asm_expect(p, "="))
		return false;
	if (asm_next_is_reg(p)) {
		if (!asm_parse_data_reg(p, place.bytes, &src))
			return false;
		insn = asm_encode(reg_op, place.reg, src);
	} else {
		if (!asm_next_is_value(p))
			return asm_fail_operand(p);
		insn = asm_encode(imm_op, place.reg, 0);
		if (!asm_parse_value(p, &value) ||
		    !asm_fit_immediate(p, place.bytes == 8 ? &whole : &low, &value, &insn.imm))
			return false;
	}
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* "lock *(u64 *)(r1 +0) += r2": after the 'lock'. */
static bool parse_lock(struct asm_parser *p)
{
	struct asm_place place = { 0 };
	struct insn insn;
	uint8_t src;
	int op;

	if (!asm_expect(p, "*") || !asm_parse_place(p, &place))
		return false;
	if (place.is_signed || place.bytes < 4)
		return asm_fail(p, asm_span(p, &place.type), "atomics are of type 'u32' or 'u64'");
	op = asm_find_op(ISA_FORM_ATOMIC, place.bytes == 8, &p->token);
	if (op < 0 || p->token.kind != ASM_SIGN)
		return asm_fail_expected(p, "'+=', '|=', '&=' or '^='");
	asm_take(p);
	if (!asm_parse_data_reg(p, place.bytes, &src))
		return false;
	insn = asm_encode(op, place.reg, src);
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* "store_release((u64 *)(r1 +0), r2)": after the word. */
static bool parse_store_release(struct asm_parser *p)
{
	struct asm_place place = { 0 };
	struct insn insn;
	uint8_t src;
	int op;

	if (!asm_expect(p, "(") || !asm_parse_place(p, &place) || !asm_expect(p, ",") ||
	    !asm_parse_data_reg(p, place.bytes, &src) || !asm_expect(p, ")"))
		return false;
	op = asm_find_op(ISA_FORM_STORE_REL, true, &place.type);
	if (op < 0)
		return asm_fail(p, asm_span(p, &place.type),
				"stores are of unsigned types: u8, u16, u32 or u64");
	insn = asm_encode(op, place.reg, src);
	insn.off = place.off;
	return asm_emit_one(p, insn);
}

/* --- directives -------------------------------------------------------------------------- */

/* ".equ KEY, 0x1234": after the word. */
static bool parse_equ(struct asm_parser *p)
{
	struct asm_token name = p->token;
	struct isa_symbol *symbol;
	struct asm_value value;
	char text[ASM_COPY_BYTES];

	if (name.kind != ASM_NAME || asm_is_reserved(&name))
		return asm_fail_expected(p, "a name that is no word of the language");
	asm_take(p);
	(void)asm_take_if(p, ",");
	if (!asm_parse_value(p, &value))
		return false;
	if (isa_symbols_find(&p->symbols, name.text, name.len))
		return asm_fail(p, asm_span(p, &name), "'%s' is defined already",
				asm_copy_token(p, &name, text));
	symbol = isa_symbols_add(&p->symbols, name.text, name.len);
	if (!symbol)
		return asm_fail_memory(p);
	symbol->span = asm_span(p, &name);
	symbol->value = value.magnitude;
	symbol->negative = value.negative;
	return true;
}

/* ".insn 0xff 0 0 -1 5": after the word. */
static bool parse_insn(struct asm_parser *p)
{
	int64_t numbers[ISA_NUMBERS];

	for (size_t i = 0; i < ISA_NUMBERS; i++) {
		const struct isa_number_range *range = &isa_number_ranges[i];
		struct asm_value value;

		if (i > 0)
			(void)asm_take_if(p, ",");
		if (!asm_next_is_value(p)) {
			(void)asm_fail_expected(p, "a number");
			diag_hint(p->diag, "the fields are: .insn opcode dst src off imm");
			return false;
		}
		if (!asm_parse_value(p, &value))
			return false;
		if (!asm_value_within(&value, range->least, (uint64_t)range->most))
			return asm_fail(p, value.span, "%s is from %" PRId64 " to %" PRId64,
					range->name, range->least, range->most);
		numbers[i] = (int64_t)asm_value_bits(&value);
	}
	return asm_emit_one(p, isa_from_numbers(numbers));
}

/* --- the statement ----------------------------------------------------------------------- */

/* Statements that begin with a word (or sign) that is no operation's of op.def. */
static const struct {
	const char *word;
	bool (*parse)(struct asm_parser *p);
} statements[] = {
	/* clang-format off */
	{ "if",            parse_if },
	{ "*",             parse_store },
	{ "lock",          parse_lock },
	{ "store_release", parse_store_release },
	{ ".equ",          parse_equ },
	{ ".insn",         parse_insn },
	/* clang-format on */
};

/* Does the text of @form begin with its operation's word? */
static bool begins_with_word(enum isa_form form)
{
	switch (form) {
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
	case ISA_FORM_JAX:
	case ISA_FORM_MAY_GOTO:
	case ISA_FORM_CALL:
	case ISA_FORM_CALLX:
	case ISA_FORM_EXIT: return true;
	default: return false;
	}
}

static int find_word_op(const struct asm_token *token)
{
	for (int op = 0; op < ISA_OP_COUNT; op++)
		if (begins_with_word(isa_ops[op].form) && asm_token_is(token, isa_ops[op].text))
			return op;
	return -1;
}

/* An instruction of @op: after its word. */
static bool parse_word_op(struct asm_parser *p, int op)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_JA:
	case ISA_FORM_MAY_GOTO: return parse_jump(p, op, ISA_FIELD_OFF);
	case ISA_FORM_JA32: return parse_jump(p, op, ISA_FIELD_IMM);
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: return parse_indirect(p, op);
	case ISA_FORM_CALL: return parse_call(p);
	default: return asm_emit_one(p, asm_encode(op, 0, 0));
	}
}

static bool next_is_classic(const struct asm_parser *p)
{
	const char *text = p->token.text;

	return cbpf_is_text(&(struct source){ .text = text, .len = (size_t)(p->lexer.end - text) });
}

static bool fail_statement(struct asm_parser *p)
{
	char word[ASM_COPY_BYTES];
	struct nearest search;

	(void)asm_fail_expected(p, "an instruction");
	if (p->token.kind != ASM_NAME || !asm_wants_hint(p))
		return false;
	if (next_is_classic(p)) {
		diag_hint(p->diag, "this is an instruction of classic BPF: waggle asm --classic");
		return false;
	}
	search = nearest_begin(asm_copy_token(p, &p->token, word));
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		nearest_offer(&search, statements[i].word);
	for (int op = 0; op < ISA_OP_COUNT; op++)
		if (begins_with_word(isa_ops[op].form))
			nearest_offer(&search, isa_ops[op].text);
	if (search.best)
		asm_hint_nearest(p, &search);
	else
		diag_hint(p->diag, "instructions look like 'r1 += r2', 'r1 = *(u32 *)(r2 +4)', "
				   "'if r1 > 3 goto +2'; registers are r0 to r10");
	return false;
}

bool asm_parse_statement(struct asm_parser *p)
{
	int op;

	if (asm_next_is_reg(p))
		return asm_parse_assignment(p);
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		if (asm_take_if(p, statements[i].word))
			return statements[i].parse(p);
	op = find_word_op(&p->token);
	if (op < 0)
		return fail_statement(p);
	asm_take(p);
	return parse_word_op(p, op);
}

bool asm_is_reserved(const struct asm_token *token)
{
	struct asm_reg reg;

	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		if (asm_token_is(token, statements[i].word))
			return true;
	return asm_token_is_reg(token, &reg) || asm_token_is(token, "pc") ||
	       find_word_op(token) >= 0 || asm_is_right_side(token);
}
