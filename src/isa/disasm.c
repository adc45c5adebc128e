/*
 * disasm.c - from instructions to text: one printer per form of op.def.
 *
 * The text must tell apart whatever isa_decode tells apart, and every field that has a meaning:
 * test/isa/test_text.c assembles it again and compares bytes.
 */
#include "isa/disasm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* What a printer works on. */
struct printer {
	const struct insn *insns;
	size_t count;
	size_t at; /* the slot of the instruction being printed */
	const struct isa_names *names;
	const uint8_t *is_target; /* per slot: has a label; or NULL without labels */
	struct strbuf *out;
};

static char reg_letter(const struct isa_op_info *info)
{
	return info->is64 ? 'r' : 'w';
}

/* "pc+8", or the label of a target when it has one. */
static void print_target(struct printer *p, int32_t distance)
{
	int64_t to = (int64_t)p->at + 1 + distance;

	if (p->is_target && to >= 0 && (uint64_t)to < p->count && p->is_target[to])
		strbuf_printf(p->out, "L%" PRId64, to);
	else
		strbuf_printf(p->out, "pc%+d", distance);
}

/* "*(u32 *)(r1 +4)" without its star. */
static void print_place(struct printer *p, const struct isa_op_info *info, unsigned int reg)
{
	strbuf_printf(p->out, "(%s *)(r%u %+d)", info->text, reg, p->insns[p->at].off);
}

/* The immediate of a comparison: its value in hex, signed where the comparison extends the sign. */
static void print_compared(struct printer *p, const struct isa_op_info *info, int32_t imm)
{
	if (info->is64 && imm < 0)
		strbuf_printf(p->out, "-0x%x", 0u - (uint32_t)imm);
	else
		strbuf_printf(p->out, "0x%x", (uint32_t)imm);
}

static void print_jump(struct printer *p, const struct isa_op_info *info, const struct insn *insn)
{
	strbuf_printf(p->out, "if %c%u %s ", reg_letter(info), insn->dst, info->text);
	if (info->form == ISA_FORM_JMP_REG)
		strbuf_printf(p->out, "%c%u", reg_letter(info), insn->src);
	else
		print_compared(p, info, insn->imm);
	strbuf_puts(p->out, " goto ");
	print_target(p, insn->off);
}

static void print_call(struct printer *p, enum isa_op op, const struct insn *insn)
{
	const char *name = NULL;

	switch (op) {
	case ISA_CALL_LOCAL:
		strbuf_puts(p->out, "call ");
		print_target(p, insn->imm);
		return;
	case ISA_CALL_KFUNC:
		strbuf_printf(p->out, "call kernel-function#%d", insn->imm);
		if (insn->off)
			strbuf_printf(p->out, " module[%d]", insn->off);
		return;
	default:
		if (p->names && p->names->helper_name)
			name = p->names->helper_name((uint32_t)insn->imm);
		strbuf_printf(p->out, "call %s#%d", name ? name : "unknown", insn->imm);
	}
}

/* The second slot's immediate, where it has no meaning but is there. */
static void print_high(struct printer *p, int32_t high)
{
	if (high)
		strbuf_printf(p->out, " hi=%d", high);
}

static void print_wide(struct printer *p, enum isa_op op, const struct insn *insn)
{
	const char *text = isa_ops[op].text;
	int32_t high = insn[1].imm;

	strbuf_printf(p->out, "r%u = ", insn->dst);
	switch (op) {
	case ISA_LD_MAP_FD:
	case ISA_LD_MAP_IDX:
		strbuf_printf(p->out, "%s%d]", text, insn->imm);
		print_high(p, high);
		break;
	case ISA_LD_MAP_VALUE:
	case ISA_LD_MAP_IDX_VALUE:
		strbuf_printf(p->out, "%s%d][0]+%u", text, insn->imm, (uint32_t)high);
		break;
	case ISA_LD_BTF_ID:
		strbuf_printf(p->out, "%s%d", text, insn->imm);
		if (high)
			strbuf_printf(p->out, ", fd:%d", high);
		strbuf_putc(p->out, ']');
		break;
	case ISA_LD_FUNC:
		strbuf_puts(p->out, text);
		print_target(p, insn->imm);
		strbuf_putc(p->out, ']');
		print_high(p, high);
		break;
	default: strbuf_printf(p->out, "0x%" PRIx64 " ll", isa_wide_imm(insn));
	}
}

static void print_atomic(struct printer *p, enum isa_op op, const struct insn *insn)
{
	const struct isa_op_info *info = &isa_ops[op];
	const char *type = info->is64 ? "u64" : "u32", *width = info->is64 ? "64" : "";
	enum isa_fetch fetch = isa_atomic_fetch(op);

	if (fetch == ISA_FETCH_NONE) {
		strbuf_printf(p->out, "lock *(%s *)(r%u %+d) %s r%u", type, insn->dst, insn->off,
			      info->text, insn->src);
		return;
	}
	strbuf_printf(p->out, "r%u = atomic%s_%s((%s *)(r%u %+d), %sr%u)",
		      fetch == ISA_FETCH_R0 ? 0 : insn->src, width, info->text, type, insn->dst,
		      insn->off, fetch == ISA_FETCH_R0 ? "r0, " : "", insn->src);
}

/* Forms with a register on the left of '='. */
static void print_assignment(struct printer *p, enum isa_op op, const struct insn *insn)
{
	const struct isa_op_info *info = &isa_ops[op];
	const char r = reg_letter(info);

	strbuf_printf(p->out, "%c%u = ", r, insn->dst);
	switch (info->form) {
	case ISA_FORM_NEG: strbuf_printf(p->out, "-%c%u", r, insn->dst); break;
	case ISA_FORM_MOVSX: strbuf_printf(p->out, "(%s)%c%u", info->text, r, insn->src); break;
	case ISA_FORM_ENDIAN: strbuf_printf(p->out, "%s r%u", info->text, insn->dst); break;
	case ISA_FORM_ADDR_CAST:
		strbuf_printf(p->out, "addr_space_cast(r%u, %u, %u)", insn->src,
			      (uint32_t)insn->imm >> 16, insn->imm & UINT16_MAX);
		break;
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
		strbuf_putc(p->out, '*');
		print_place(p, info, insn->src);
		break;
	case ISA_FORM_LOAD_ACQ:
		strbuf_puts(p->out, "load_acquire(");
		print_place(p, info, insn->src);
		strbuf_putc(p->out, ')');
		break;
	default: break;
	}
}

/* Forms that write memory. */
static void print_store(struct printer *p, enum isa_op op, const struct insn *insn)
{
	const struct isa_op_info *info = &isa_ops[op];
	bool release = info->form == ISA_FORM_STORE_REL;

	strbuf_puts(p->out, release ? "store_release(" : "*");
	print_place(p, info, insn->dst);
	if (info->form == ISA_FORM_ST)
		strbuf_printf(p->out, " = %d", insn->imm);
	else
		strbuf_printf(p->out, release ? ", r%u)" : " = r%u", insn->src);
}

static void print_op(struct printer *p, enum isa_op op)
{
	const struct insn *insn = &p->insns[p->at];
	const struct isa_op_info *info = &isa_ops[op];
	const char r = reg_letter(info);

	switch (info->form) {
	case ISA_FORM_ALU_IMM:
		strbuf_printf(p->out, "%c%u %s %d", r, insn->dst, info->text, insn->imm);
		break;
	case ISA_FORM_ALU_REG:
		strbuf_printf(p->out, "%c%u %s %c%u", r, insn->dst, info->text, r, insn->src);
		break;
	case ISA_FORM_NEG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ENDIAN:
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ: print_assignment(p, op, insn); break;
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG: print_jump(p, info, insn); break;
	case ISA_FORM_JA:
	case ISA_FORM_MAY_GOTO:
		strbuf_printf(p->out, "%s ", info->text);
		print_target(p, insn->off);
		break;
	case ISA_FORM_JA32:
		strbuf_printf(p->out, "%s ", info->text);
		print_target(p, insn->imm);
		break;
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: strbuf_printf(p->out, "%s r%u", info->text, insn->dst); break;
	case ISA_FORM_CALL: print_call(p, op, insn); break;
	case ISA_FORM_EXIT: strbuf_puts(p->out, info->text); break;
	case ISA_FORM_LDDW: print_wide(p, op, insn); break;
	case ISA_FORM_ST:
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: print_store(p, op, insn); break;
	case ISA_FORM_ATOMIC: print_atomic(p, op, insn); break;
	case ISA_FORM_LD_ABS:
		strbuf_printf(p->out, "r0 = *(%s *)skb[%d]", info->text, insn->imm);
		break;
	case ISA_FORM_LD_IND:
		strbuf_printf(p->out, "r0 = *(%s *)skb[r%u + %d]", info->text, insn->src,
			      insn->imm);
		break;
	}
}

static void print_raw(struct printer *p, int error)
{
	const struct insn *insn = &p->insns[p->at];

	strbuf_printf(p->out, ".insn 0x%02x %u %u %d %d ; invalid: ", insn->code, insn->dst,
		      insn->src, insn->off, insn->imm);
	isa_decode_explain(insn, error, p->out);
}

static size_t print_insn(struct printer *p)
{
	int op = isa_decode(p->insns + p->at, p->count - p->at);

	if (op < 0) {
		print_raw(p, op);
		return 1;
	}
	print_op(p, (enum isa_op)op);
	return isa_slots((enum isa_op)op);
}

size_t isa_disasm_insn(const struct insn *insns, size_t count, size_t at,
		       const struct isa_names *names, struct strbuf *out)
{
	struct printer p = { .insns = insns, .count = count, .at = at, .names = names, .out = out };

	return print_insn(&p);
}

/* The slot that the instruction at @at names as a jump's, a call's or a pointer's target. */
static bool named_target(enum isa_op op, const struct insn *insn, size_t at, int64_t *ret_to)
{
	if (op == ISA_CALL_LOCAL || op == ISA_LD_FUNC) {
		*ret_to = (int64_t)at + 1 + insn->imm;
		return true;
	}
	return isa_jump_target(op, insn, at, ret_to);
}

/* Per slot: does an instruction begin here, and is it a target?  In this order, one after the
 * other, because a target inside a wide load can have no label. */
enum {
	SLOT_BEGINS = 1,
	SLOT_IS_TARGET = 2,
};

static uint8_t *find_targets(const struct insn *insns, size_t count)
{
	uint8_t *slots = calloc(count + 1, 1);
	int64_t to;

	if (!slots)
		return NULL;
	for (size_t at = 0; at < count;) {
		int op = isa_decode(insns + at, count - at);

		slots[at] |= SLOT_BEGINS;
		if (op >= 0 && named_target((enum isa_op)op, insns + at, at, &to) && to >= 0 &&
		    (uint64_t)to < count)
			slots[to] |= SLOT_IS_TARGET;
		at += op < 0 ? 1 : isa_slots((enum isa_op)op);
	}
	for (size_t at = 0; at < count; at++)
		slots[at] = slots[at] == (SLOT_BEGINS | SLOT_IS_TARGET);
	return slots;
}

static void print_bytes(const struct insn *insns, size_t slots, struct strbuf *out)
{
	const uint8_t *bytes = (const uint8_t *)insns;

	strbuf_puts(out, " ;");
	for (size_t i = 0; i < slots * sizeof *insns; i++)
		strbuf_printf(out, " %02x", bytes[i]);
}

/* One line, with the label before it; the slots it takes. */
static size_t print_line(struct printer *p, const struct isa_disasm_options *options)
{
	enum { BYTES_COLUMN = 44 };
	size_t slots;

	if (p->is_target && p->is_target[p->at])
		strbuf_printf(p->out, "L%zu:\n", p->at);
	if (options->numbers)
		strbuf_printf(p->out, "%4zu: (%02x) ", p->at, p->insns[p->at].code);
	else if (options->labels)
		strbuf_putc(p->out, '\t');
	slots = print_insn(p);
	if (options->bytes) {
		strbuf_pad(p->out, BYTES_COLUMN);
		print_bytes(p->insns + p->at, slots, p->out);
	}
	strbuf_putc(p->out, '\n');
	return slots;
}

int isa_disasm(const struct insn *insns, size_t count, const struct isa_disasm_options *options,
	       struct strbuf *out)
{
	static const struct isa_disasm_options plain;
	struct printer p = { .insns = insns, .count = count, .out = out };
	uint8_t *targets = NULL;

	if (!options)
		options = &plain;
	if (options->labels) {
		targets = find_targets(insns, count);
		if (!targets)
			return -ENOMEM;
	}
	p.names = options->names;
	p.is_target = targets;
	while (p.at < count && !out->failed)
		p.at += print_line(&p, options);
	free(targets);
	return out->failed ? -ENOMEM : 0;
}
