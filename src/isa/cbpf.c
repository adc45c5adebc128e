/*
 * cbpf.c - classic BPF's tables, and the check that a program keeps Linux's rules.
 *
 * The check has three parts, each needing the one before: every instruction by itself, the
 * program's end, and the scratch cells.  The last must accept and refuse exactly what Linux does,
 * which is less precise than it could be: see check_cells.
 */
#include "isa/cbpf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

#define RADIX_DEC false
#define RADIX_HEX true

const struct cbpf_op_info cbpf_ops[CBPF_OP_COUNT] = {
#define CBPF_OP(name_, code_, form_, word_, radix_) \
	[CBPF_##name_] = {                          \
		.name = #name_,                     \
		.word = (word_),                    \
		.code = (code_),                    \
		.form = CBPF_FORM_##form_,          \
		.is_hex = RADIX_##radix_,           \
	},
#include "isa/cbpf.def"
};

/* clang-format off */
const struct cbpf_ext_info cbpf_exts[CBPF_EXT_COUNT] = {
#define CBPF_EXT(name_, offset_, word_, other_, pcap_, meaning_) \
	{ CBPF_EXT_##name_, word_, other_, pcap_, meaning_ },
#include "isa/cbpf_ext.def"
};
/* clang-format on */

int cbpf_decode(uint16_t code)
{
	switch (code) {
/* clang-format off */
#define CBPF_OP(name, code_, ...) case (code_): return CBPF_##name;
#include "isa/cbpf.def"
	default: return -1;
		/* clang-format on */
	}
}

const struct cbpf_ext_info *cbpf_find_ext(uint32_t k)
{
	if (k < CBPF_EXT_OFFSET)
		return NULL;
	for (size_t i = 0; i < CBPF_EXT_COUNT; i++)
		if (cbpf_exts[i].ext == k - CBPF_EXT_OFFSET)
			return &cbpf_exts[i];
	return NULL;
}

struct cbpf_insn cbpf_canonical(struct cbpf_insn insn)
{
	int op = cbpf_decode(insn.code);

	if (op < 0)
		return insn;
	switch (cbpf_ops[op].form) {
	case CBPF_FORM_NONE:
	case CBPF_FORM_A:
	case CBPF_FORM_X:
	case CBPF_FORM_LEN: return (struct cbpf_insn){ .code = insn.code };
	case CBPF_FORM_IMM:
	case CBPF_FORM_ABS:
	case CBPF_FORM_IND:
	case CBPF_FORM_MSH:
	case CBPF_FORM_MEM:
	case CBPF_FORM_JUMP: return (struct cbpf_insn){ .code = insn.code, .k = insn.k };
	case CBPF_FORM_JUMP_X: insn.k = 0; return insn;
	case CBPF_FORM_JUMP_IMM: return insn;
	}
	return insn;
}

struct check {
	const struct cbpf_prog *prog;
	struct diag *diag;
	bool failed;
};

/* Instruction @at breaks a rule: @format says why. */
PRINTF_LIKE(3, 4)
static void refuse(struct check *check, size_t at, const char *format, ...)
{
	struct span span = check->prog->spans ? check->prog->spans[at] : SPAN_NONE;
	struct strbuf insn = { 0 }, why = { 0 };
	va_list args;

	check->failed = true;
	if (!check->diag)
		return;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	cbpf_disasm_insn(&check->prog->insns[at], at, &insn);
	diag_error(check->diag, span, "instruction %zu, '%s': %s", at, strbuf_text(&insn),
		   strbuf_text(&why));
	strbuf_release(&insn);
	strbuf_release(&why);
}

/* May instruction @at jump over @skip others? */
static void check_jump(struct check *check, size_t at, uint32_t skip, const char *when)
{
	if (skip < check->prog->count - at - 1)
		return;
	if (skip > INT32_MAX) {
		refuse(check, at, "it jumps backwards");
		diag_hint(check->diag,
			  "Linux takes forward jumps only, so that every program ends");
		return;
	}
	refuse(check, at, "%sit jumps to instruction %zu, but the last one is %zu", when,
	       at + 1 + skip, check->prog->count - 1);
}

static void check_constant(struct check *check, size_t at, enum cbpf_op op)
{
	uint32_t k = check->prog->insns[at].k;

	switch (op) {
	case CBPF_DIV_K:
	case CBPF_MOD_K:
		if (!k)
			refuse(check, at, "it divides by zero");
		break;
	case CBPF_LSH_K:
	case CBPF_RSH_K:
		if (k >= 32)
			refuse(check, at, "A has 32 bits, so the count must be at most 31");
		break;
	default: break;
	}
}

static void check_insn(struct check *check, size_t at)
{
	const struct cbpf_insn *insn = &check->prog->insns[at];
	int op = cbpf_decode(insn->code);

	if (op < 0) {
		refuse(check, at, "no operation has the opcode 0x%x", insn->code);
		return;
	}
	switch (cbpf_ops[op].form) {
	case CBPF_FORM_IMM: check_constant(check, at, (enum cbpf_op)op); break;
	case CBPF_FORM_ABS:
		if (insn->k >= CBPF_EXT_OFFSET && !cbpf_find_ext(insn->k)) {
			refuse(check, at, "no extension of Linux has this offset");
			diag_hint(check->diag, "they are at -4096, -4092, ... to -4036");
		}
		break;
	case CBPF_FORM_MEM:
		if (insn->k >= CBPF_CELLS)
			refuse(check, at, "the scratch cells are M[0] to M[%d]", CBPF_CELLS - 1);
		break;
	case CBPF_FORM_JUMP: check_jump(check, at, insn->k, ""); break;
	case CBPF_FORM_JUMP_IMM:
	case CBPF_FORM_JUMP_X:
		check_jump(check, at, insn->jt, "if true, ");
		check_jump(check, at, insn->jf, "if false, ");
		break;
	case CBPF_FORM_NONE:
	case CBPF_FORM_A:
	case CBPF_FORM_X:
	case CBPF_FORM_IND:
	case CBPF_FORM_MSH:
	case CBPF_FORM_LEN: break;
	}
}

static void check_end(struct check *check)
{
	size_t last = check->prog->count - 1;
	int op = cbpf_decode(check->prog->insns[last].code);

	if (op == CBPF_RET_K || op == CBPF_RET_A)
		return;
	refuse(check, last, "the last instruction must be a 'ret'");
}

/*
 * Is every scratch cell written before it is read?
 *
 * One pass suffices, because jumps only go forward: stored[i] is the set of cells that every
 * jump to i agrees on, 'now' the set on the path that falls through.  Nothing falls through a
 * jump, so 'now' becomes all cells.  It ought to become all cells after a 'ret' too, but Linux
 * (check_load_and_stores) does not do that and so refuses a few valid programs; we must as well.
 */
static int check_cells(struct check *check)
{
	const struct cbpf_insn *insns = check->prog->insns;
	size_t count = check->prog->count;
	uint16_t *stored = malloc(count * sizeof *stored);
	uint16_t now = 0;

	if (!stored)
		return -ENOMEM;
	memset(stored, 0xff, count * sizeof *stored);
	for (size_t i = 0; i < count; i++) {
		const struct cbpf_insn *insn = &insns[i];
		int op = cbpf_decode(insn->code);

		now &= stored[i];
		switch (cbpf_ops[op].form) {
		case CBPF_FORM_MEM:
			if (op == CBPF_ST || op == CBPF_STX) {
				now |= (uint16_t)(1u << insn->k);
			} else if (!(now & 1u << insn->k)) {
				refuse(check, i,
				       "there is a way here on which M[%u] is not stored to",
				       insn->k);
				now |= (uint16_t)(1u << insn->k); /* once is enough */
			}
			break;
		case CBPF_FORM_JUMP:
			stored[i + 1 + insn->k] &= now;
			now = UINT16_MAX;
			break;
		case CBPF_FORM_JUMP_IMM:
		case CBPF_FORM_JUMP_X:
			stored[i + 1 + insn->jt] &= now;
			stored[i + 1 + insn->jf] &= now;
			now = UINT16_MAX;
			break;
		default: break;
		}
	}
	free(stored);
	return 0;
}

int cbpf_check(const struct cbpf_prog *prog, struct diag *diag)
{
	struct check check = { .prog = prog, .diag = diag };
	int err = 0;

	if (!prog->count) {
		diag_error(diag, SPAN_NONE, "the program is empty: it needs at least a 'ret'");
		return -EINVAL;
	}
	if (prog->count > CBPF_MOST_INSNS) {
		diag_error(diag, SPAN_NONE, "the program has %zu instructions, Linux takes %d",
			   prog->count, CBPF_MOST_INSNS);
		return -EINVAL;
	}
	for (size_t i = 0; i < prog->count; i++)
		check_insn(&check, i);
	check_end(&check);
	if (!check.failed)
		err = check_cells(&check);
	return err ? err : check.failed ? -EINVAL : 0;
}
