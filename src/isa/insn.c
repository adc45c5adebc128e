/*
 * insn.c - decoding: from an instruction to the row of op.def that it stands for.
 *
 * The opcode byte selects a switch case, the rows that share the opcode are tried in turn.
 * Both are made from op.def by the compiler, so there is nothing to initialise.
 */
#include "isa/insn.h"

#include "base/bits.h"
#include "base/strbuf.h"

#define SEL_NONE 0
#define SEL_OFF  ISA_FIELD_OFF
#define SEL_IMM  ISA_FIELD_IMM
#define SEL_SRC  ISA_FIELD_SRC
#define D        ISA_FIELD_DST
#define S        ISA_FIELD_SRC
#define O        ISA_FIELD_OFF
#define I        ISA_FIELD_IMM

const struct isa_op_info isa_ops[ISA_OP_COUNT] = {
#define OP(name_, code_, sel_, value_, uses_, form_, group_, text_, bytes_, is64_) \
	[ISA_##name_] = {                                                          \
		.name = #name_,                                                    \
		.code = (code_),                                                   \
		.sel = SEL_##sel_,                                                 \
		.uses = (uses_),                                                   \
		.form = ISA_FORM_##form_,                                          \
		.group = ISA_GROUP_##group_,                                       \
		.sel_value = (value_),                                             \
		.text = (text_),                                                   \
		.access_bytes = (bytes_),                                          \
		.is64 = (is64_),                                                   \
	},
#include "isa/op.def"
};

#undef D
#undef S
#undef O
#undef I

/* Opcode to row.  Rows with a selector of zero (or none) stand at [code], the one row or the last
 * of several with another selector at [256 + code]; 0 means none, row n is stored as n + 1. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint8_t row_of[512] = {
#define OP(name_, code_, sel_, value_, ...) [((value_) ? 256 : 0) + (code_)] = ISA_##name_ + 1,
#include "isa/op.def"
};
#pragma GCC diagnostic pop
static_assert(ISA_OP_COUNT < UINT8_MAX, "row_of has bytes");

/* Among rows that share an opcode, the one whose selecting field holds @value, or -1. */
static int select_row(uint8_t code, int32_t value)
{
#define KEY(code, value) ((uint32_t)(code) << 16 | (uint16_t)(value))
	if (value < 0 || value > UINT16_MAX)
		return -1;
	switch (KEY(code, value)) {
/* clang-format off */
#define OP(name_, code_, sel_, value_, ...) case KEY(code_, value_): return ISA_##name_;
#include "isa/op.def"
		/* clang-format on */
	default: return -1;
	}
#undef KEY
}

static int32_t field_value(const struct insn *insn, uint8_t field)
{
	switch (field) {
	case ISA_FIELD_OFF: return insn->off;
	case ISA_FIELD_IMM: return insn->imm;
	case ISA_FIELD_SRC: return insn->src;
	default: return 0;
	}
}

static int find_row(const struct insn *insn)
{
	unsigned int row = row_of[insn->code];
	int32_t value;

	if (!row)
		row = row_of[256 + insn->code];
	if (!row)
		return ISA_ERROR_OPCODE;
	value = field_value(insn, isa_ops[row - 1].sel);
	if (value == isa_ops[row - 1].sel_value)
		return (int)row - 1;
	row = (unsigned int)select_row(insn->code, value) + 1;
	return row ? (int)row - 1 : ISA_ERROR_SELECTOR;
}

/* The fields of @insn that are not zero. */
static uint8_t fields_set(const struct insn *insn)
{
	return (uint8_t)((insn->dst ? ISA_FIELD_DST : 0) | (insn->src ? ISA_FIELD_SRC : 0) |
			 (insn->off ? ISA_FIELD_OFF : 0) | (insn->imm ? ISA_FIELD_IMM : 0));
}

static bool wide_is_whole(const struct insn *insn, size_t count)
{
	return count >= 2 && !insn[1].code && !insn[1].dst && !insn[1].src && !insn[1].off;
}

int isa_decode(const struct insn *insn, size_t count)
{
	const struct isa_op_info *info;
	int op;

	if (!count)
		return ISA_ERROR_WIDE;
	op = find_row(insn);
	if (op < 0)
		return op;
	info = &isa_ops[op];
	if (fields_set(insn) & ~(info->uses | info->sel))
		return ISA_ERROR_RESERVED;
	if (insn->dst >= ISA_REGS || ((info->uses & ISA_FIELD_SRC) && insn->src >= ISA_REGS))
		return ISA_ERROR_REGISTER;
	if (info->form == ISA_FORM_LDDW && !wide_is_whole(insn, count))
		return ISA_ERROR_WIDE;
	return op;
}

static const char *field_name(uint8_t fields)
{
	if (fields & ISA_FIELD_DST)
		return "dst";
	if (fields & ISA_FIELD_SRC)
		return "src";
	return fields & ISA_FIELD_OFF ? "off" : "imm";
}

/* Some row with the opcode of @insn, which has one. */
static const struct isa_op_info *any_row(const struct insn *insn)
{
	unsigned int row = row_of[insn->code];

	return &isa_ops[(row ? row : row_of[256 + insn->code]) - 1];
}

void isa_decode_explain(const struct insn *insn, int error, struct strbuf *out)
{
	const struct isa_op_info *info;
	uint8_t sel;

	switch ((enum isa_error)error) {
	case ISA_ERROR_OPCODE: strbuf_printf(out, "unknown opcode 0x%02x", insn->code); break;
	case ISA_ERROR_SELECTOR:
		sel = any_row(insn)->sel;
		strbuf_printf(out, "opcode 0x%02x has no operation with %s = %d", insn->code,
			      field_name(sel), field_value(insn, sel));
		break;
	case ISA_ERROR_RESERVED:
		info = &isa_ops[find_row(insn)];
		strbuf_printf(out, "reserved field '%s' is not zero",
			      field_name((uint8_t)(fields_set(insn) & ~(info->uses | info->sel))));
		break;
	case ISA_ERROR_REGISTER:
		strbuf_printf(out, "there is no register r%d",
			      insn->dst >= ISA_REGS ? insn->dst : insn->src);
		break;
	case ISA_ERROR_WIDE:
		strbuf_puts(out, "the second half of the wide load is missing or malformed");
		break;
	}
}

struct insn isa_encode(enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	struct insn insn = { .code = info->code };

	switch (info->sel) {
	case ISA_FIELD_OFF: insn.off = (int16_t)info->sel_value; break;
	case ISA_FIELD_IMM: insn.imm = info->sel_value; break;
	case ISA_FIELD_SRC: insn.src = (uint8_t)(info->sel_value & 0xf); break;
	default: break;
	}
	return insn;
}

/* clang-format off */
const struct isa_number_range isa_number_ranges[ISA_NUMBERS] = {
	{ "opcode", 0,         UINT8_MAX  },
	{ "dst",    0,         15         },
	{ "src",    0,         15         },
	{ "off",    INT16_MIN, INT16_MAX  },
	{ "imm",    INT32_MIN, UINT32_MAX },
};
/* clang-format on */

struct insn isa_from_numbers(const int64_t numbers[ISA_NUMBERS])
{
	return (struct insn){
		.code = (uint8_t)numbers[0],
		.dst = (uint8_t)(numbers[1] & 0xf),
		.src = (uint8_t)(numbers[2] & 0xf),
		.off = (int16_t)numbers[3],
		.imm = (int32_t)numbers[4],
	};
}

bool isa_jump_target(enum isa_op op, const struct insn *insn, size_t at, int64_t *ret_to)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG:
	case ISA_FORM_JA:
	case ISA_FORM_MAY_GOTO: *ret_to = (int64_t)at + 1 + insn->off; return true;
	case ISA_FORM_JA32: *ret_to = (int64_t)at + 1 + insn->imm; return true;
	default: return false;
	}
}

enum isa_fetch isa_atomic_fetch(enum isa_op op)
{
	static const uint8_t fetches[ISA_OP_COUNT] = {
#define ATOMIC_OP(name, imm, fetch, text, value) \
	[ISA_ATOMIC32_##name] = ISA_FETCH_##fetch, [ISA_ATOMIC64_##name] = ISA_FETCH_##fetch,
#include "isa/atomic.def"
	};

	return (enum isa_fetch)fetches[op];
}

enum {
	CALL_ARGS = 0x3e,    /* r1 to r5 */
	CALL_CLOBBERS = 0x3f /* r0 to r5 */
};

uint16_t isa_reads(enum isa_op op, const struct insn *insn)
{
	const uint16_t dst = (uint16_t)(1u << insn->dst), src = (uint16_t)(1u << insn->src);

	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM: return op == ISA_MOV64_IMM || op == ISA_MOV32_IMM ? 0 : dst;
	case ISA_FORM_ALU_REG: return op == ISA_MOV64_REG || op == ISA_MOV32_REG ? src : dst | src;
	case ISA_FORM_NEG:
	case ISA_FORM_ENDIAN:
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JAX:
	case ISA_FORM_ST: return dst;
	case ISA_FORM_CALLX: return dst | CALL_ARGS;
	case ISA_FORM_MOVSX:
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ: return src;
	case ISA_FORM_JMP_REG:
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: return dst | src;
	case ISA_FORM_ATOMIC: return (uint16_t)(dst | src | (isa_atomic_fetch(op) == ISA_FETCH_R0));
	case ISA_FORM_CALL: return CALL_ARGS;
	case ISA_FORM_EXIT: return 1;
	case ISA_FORM_LD_ABS: return 1u << 6; /* the packet's context, by convention in r6 */
	case ISA_FORM_LD_IND: return src | 1u << 6;
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
	case ISA_FORM_MAY_GOTO:
	case ISA_FORM_LDDW: return 0;
	}
	return 0;
}

uint16_t isa_writes(enum isa_op op, const struct insn *insn)
{
	const uint16_t dst = (uint16_t)(1u << insn->dst), src = (uint16_t)(1u << insn->src);

	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM:
	case ISA_FORM_ALU_REG:
	case ISA_FORM_NEG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_ENDIAN:
	case ISA_FORM_LDDW:
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ: return dst;
	case ISA_FORM_ATOMIC:
		switch (isa_atomic_fetch(op)) {
		case ISA_FETCH_NONE: return 0;
		case ISA_FETCH_SRC: return src;
		case ISA_FETCH_R0: return 1;
		}
		return 0;
	case ISA_FORM_CALL:
	case ISA_FORM_CALLX:
	case ISA_FORM_LD_ABS:
	case ISA_FORM_LD_IND: return CALL_CLOBBERS;
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG:
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
	case ISA_FORM_JAX:
	case ISA_FORM_MAY_GOTO:
	case ISA_FORM_EXIT:
	case ISA_FORM_ST:
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: return 0;
	}
	return 0;
}
