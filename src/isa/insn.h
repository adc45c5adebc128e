/*
 * insn.h - eBPF instructions: their encoding and the operations they stand for.
 *
 * The source of every fact is RFC 9669 ("BPF Instruction Set Architecture") and, for what Linux
 * added since (may_goto, addr_space_cast, load-acquire, store-release, indirect jumps and
 * calls), kernel/bpf/verifier.c and include/uapi/linux/bpf.h of Linux 6.18.
 *
 * A program is an array of struct insn in the machine's byte order (Waggle runs on
 * little-endian machines).  A wide load (form LDDW) takes two slots; jump offsets and
 * instruction numbers count slots.
 */
#ifndef WAGGLE_ISA_INSN_H
#define WAGGLE_ISA_INSN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct insn {
	uint8_t code;
	uint8_t dst : 4;
	uint8_t src : 4;
	int16_t off;
	int32_t imm;
};
static_assert(sizeof(struct insn) == 8, "the ABI fixes the size of an instruction");

enum {
	ISA_REGS = 11,            /* r0 to r10 */
	ISA_REG_FP = 10,          /* the frame pointer, read-only */
	ISA_STACK_BYTES = 512,    /* of each frame, below r10 */
	ISA_FRAMES = 8,           /* of bpf-to-bpf calls, the first one included */
	ISA_TAIL_CALLS = 33,      /* in one run; the 34th fails */
	ISA_MOST_INSNS = 1000000, /* slots in a program: Linux's limit for CAP_BPF */
};

/* Every operation: ISA_ADD64_IMM, ISA_LDX_W, ISA_EXIT ... */
enum isa_op {
#define OP(name, ...) ISA_##name,
#include "isa/op.def"
	ISA_OP_COUNT,
};

/* The shape of an operation's operands; one printer and one parser each. */
enum isa_form {
	ISA_FORM_ALU_IMM,   /* r1 += 5 */
	ISA_FORM_ALU_REG,   /* r1 += r2, w1 += w2 */
	ISA_FORM_NEG,       /* r1 = -r1 */
	ISA_FORM_MOVSX,     /* r1 = (s8)r2 */
	ISA_FORM_ADDR_CAST, /* r1 = addr_space_cast(r2, 0, 1) */
	ISA_FORM_ENDIAN,    /* r1 = be16 r1, r1 = bswap64 r1 */
	ISA_FORM_JMP_IMM,   /* if r1 s> 3 goto pc+2 */
	ISA_FORM_JMP_REG,   /* if w1 == w2 goto pc-4 */
	ISA_FORM_JA,        /* goto pc+2 */
	ISA_FORM_JA32,      /* gotol pc+70000 */
	ISA_FORM_JAX,       /* gotox r1 */
	ISA_FORM_MAY_GOTO,  /* may_goto pc+2 */
	ISA_FORM_CALL,      /* call bpf_ktime_get_ns#5, call pc+4, call kernel-function#77 */
	ISA_FORM_CALLX,     /* callx r1 */
	ISA_FORM_EXIT,      /* exit */
	ISA_FORM_LDDW,      /* r1 = 0x1122334455667788 ll, r1 = map[fd:3], ... */
	ISA_FORM_LDX,       /* r1 = *(u32 *)(r2 +4) */
	ISA_FORM_LDXS,      /* r1 = *(s32 *)(r2 +4) */
	ISA_FORM_ST,        /* *(u8 *)(r1 +4) = 7 */
	ISA_FORM_STX,       /* *(u8 *)(r1 +4) = r2 */
	ISA_FORM_LOAD_ACQ,  /* r1 = load_acquire((u64 *)(r2 +0)) */
	ISA_FORM_STORE_REL, /* store_release((u64 *)(r1 +0), r2) */
	ISA_FORM_ATOMIC,    /* lock *(u64 *)(r1 +0) += r2, r2 = atomic64_xchg((u64 *)(r1 +0), r2) */
	ISA_FORM_LD_ABS,    /* r0 = *(u16 *)skb[12] */
	ISA_FORM_LD_IND,    /* r0 = *(u16 *)skb[r7 + 12] */
};

/* The conformance groups of RFC 9669, section 2.4. */
enum isa_group {
	ISA_GROUP_BASE32,
	ISA_GROUP_BASE64,
	ISA_GROUP_DIVMUL32,
	ISA_GROUP_DIVMUL64,
	ISA_GROUP_ATOMIC32,
	ISA_GROUP_ATOMIC64,
	ISA_GROUP_PACKET,
	ISA_GROUP_EXT, /* added by Linux after the RFC */
};

/* The fields of an instruction, as sets. */
enum isa_field {
	ISA_FIELD_DST = 1,
	ISA_FIELD_SRC = 2,
	ISA_FIELD_OFF = 4,
	ISA_FIELD_IMM = 8,
};

/* A row of op.def. */
struct isa_op_info {
	const char *name; /* "ADD64_IMM" */
	uint8_t code;     /* the opcode byte */
	uint8_t sel;      /* one enum isa_field, or 0: tells rows of one opcode apart */
	uint8_t uses;     /* set of enum isa_field: the rest must be zero */
	enum isa_form form;
	enum isa_group group;
	int32_t sel_value;
	const char *text;     /* the sign or word: "+=", "s>", "u32", "fetch_add", "be16" */
	uint8_t access_bytes; /* of memory touched: 1, 2, 4, 8, or 0 */
	bool is64;            /* works on whole registers (else on their low halves) */
};

extern const struct isa_op_info isa_ops[ISA_OP_COUNT];

/* Why an instruction is no operation; isa_decode_error_text says it in words. */
enum isa_error {
	ISA_ERROR_OPCODE = -1,   /* no operation has this opcode */
	ISA_ERROR_SELECTOR = -2, /* the opcode is known, the field that completes it is not */
	ISA_ERROR_RESERVED = -3, /* a field without meaning here is not zero */
	ISA_ERROR_REGISTER = -4, /* no such register */
	ISA_ERROR_WIDE = -5,     /* the second slot of a wide load is missing or not all zero */
};

/* The operation of the instruction at @insn, of which @count slots are readable (0 is an
 * error too), or a negative enum isa_error.  Checks all that can be told from the
 * instruction alone: registers exist, reserved fields are zero, the second slot is there. */
int isa_decode(const struct insn *insn, size_t count);

/* What is wrong with @insn, for the negative @error isa_decode gave: "unknown opcode 0xff". */
void isa_decode_explain(const struct insn *insn, int error, struct strbuf *out);

/* An instruction of operation @op with its selecting field set and all others zero. */
struct insn isa_encode(enum isa_op op);

/* The fields in the order in which texts give them as numbers, and what each holds. */
enum { ISA_NUMBERS = 5 };
struct isa_number_range {
	const char *name; /* "opcode", "dst", "src", "off", "imm" */
	int64_t least;
	int64_t most; /* of imm, as an unsigned number */
};
extern const struct isa_number_range isa_number_ranges[ISA_NUMBERS];

/* The instruction with these @numbers, each within its range: maybe an invalid one. */
struct insn isa_from_numbers(const int64_t numbers[ISA_NUMBERS]);

/* Slots that @op takes: 2 for wide loads, else 1. */
static inline size_t isa_slots(enum isa_op op)
{
	return isa_ops[op].form == ISA_FORM_LDDW ? 2 : 1;
}

/* The 64-bit immediate of the wide load at @insn (two slots). */
static inline uint64_t isa_wide_imm(const struct insn *insn)
{
	return (uint64_t)(uint32_t)insn[1].imm << 32 | (uint32_t)insn[0].imm;
}

/* Does control continue elsewhere than (or besides) the next instruction?  On true sets *ret_to
 * to the slot that a jump at slot @at leads to; calls and exit are no jumps. */
bool isa_jump_target(enum isa_op op, const struct insn *insn, size_t at, int64_t *ret_to);

/* Which register receives what memory held before an atomic operation. */
enum isa_fetch {
	ISA_FETCH_NONE,
	ISA_FETCH_SRC, /* the source register */
	ISA_FETCH_R0,  /* r0, which is also compared with it */
};

/* What @op (of form ATOMIC) fetches. */
enum isa_fetch isa_atomic_fetch(enum isa_op op);

/* Registers read and written by an instruction, as bit sets (bit n for rn).  A helper or kernel
 * call reads r1-r5 and writes r0-r5; a local call likewise; exit reads r0. */
uint16_t isa_reads(enum isa_op op, const struct insn *insn);
uint16_t isa_writes(enum isa_op op, const struct insn *insn);

/* The value of a two-operand arithmetic operation (forms ALU_IMM and ALU_REG) on constants: @d
 * and @s are whole registers (an immediate sign-extended), the result a whole register. */
uint64_t isa_fold_alu(enum isa_op op, uint64_t d, uint64_t s);

/* The truth of a condition (forms JMP_IMM and JMP_REG) on constants, as above. */
bool isa_fold_jmp(enum isa_op op, uint64_t d, uint64_t s);

/* The value of a one-operand operation (forms NEG, MOVSX and ENDIAN). */
uint64_t isa_fold_unary(enum isa_op op, uint64_t s);

#endif
