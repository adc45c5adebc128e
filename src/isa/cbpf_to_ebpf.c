/*
 * cbpf_to_ebpf.c - a classic program as an eBPF program.
 *
 *	         SKB                       MEM
 *	r0       A                         A
 *	r1       -                         the packet
 *	r2, r3   r2 a temporary            r2 the packet's length, r3 a temporary
 *	r6       the context               -
 *	r7       X                         X
 *	r8       A, while r0 is in use     -
 *	r10      scratch cell i is the word at r10 - 4 - 4 * i
 *
 * All arithmetic and all comparisons are those on low halves, which leave the upper halves zero.
 *
 * One pass writes the instructions; jumps keep the number of the classic instruction they lead
 * to until all places are known.  A conditional jump spans at most 255 classic instructions and
 * so always fits the 16 bits of an offset; 'ja' may not, and then becomes 'gotol'.
 *
 * Linux refuses eBPF programs with instructions that cannot be reached, while classic ones may
 * have them; they are left out.
 */
#include "isa/cbpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

enum {
	REG_A = 0,
	REG_MEM_PACKET = 1,
	REG_MEM_LEN = 2,
	REG_SKB_TMP = 2,
	REG_MEM_TMP = 3,
	REG_SKB_CTX = 6,
	REG_X = 7,
	REG_SKB_SAVED = 8,

	PROLOGUE_INSNS = 3,
	MOST_PER_INSN = 9, /* MEM's 'ld [x + k]' takes the most */
	FUNC_PRANDOM = 7,  /* BPF_FUNC_get_prandom_u32 */
	FUNC_CPU = 8,      /* BPF_FUNC_get_smp_processor_id */
};
static_assert(255 * MOST_PER_INSN <= INT16_MAX, "conditional jumps fit");

struct conversion {
	const struct cbpf_prog *prog;
	enum cbpf_target target;
	struct diag *diag;
	bool failed;

	struct insn *out;
	size_t out_count;
	uint16_t *jumps;  /* of each instruction written: 1 + the classic one it leads to, or 0 */
	uint32_t *starts; /* of each classic instruction: where its translation begins */
	bool *reached;    /* of each classic instruction: control can get there */
};

struct operands {
	uint8_t dst, src;
	int16_t off;
	int32_t imm;
};

/* Write operation @op.  An immediate of zero leaves the one that selects the operation. */
static void emit(struct conversion *c, enum isa_op op, struct operands operands)
{
	struct insn insn = isa_encode(op);

	insn.dst = (uint8_t)(operands.dst & 0xf);
	insn.src = (uint8_t)(operands.src & 0xf);
	insn.off = operands.off;
	if (operands.imm)
		insn.imm = operands.imm;
	c->out[c->out_count++] = insn;
}

#define EMIT(c, op, ...) emit(c, op, (struct operands){ __VA_ARGS__ })

/* As EMIT, for a jump to classic instruction @to. */
static void emit_jump(struct conversion *c, enum isa_op op, struct operands operands, size_t to)
{
	c->reached[to] = true;
	c->jumps[c->out_count] = (uint16_t)(to + 1);
	emit(c, op, operands);
}

static void emit_reject(struct conversion *c)
{
	EMIT(c, ISA_MOV32_IMM, .dst = REG_A);
	EMIT(c, ISA_EXIT);
}

PRINTF_LIKE(3, 4)
static void unsupported(struct conversion *c, size_t at, const char *format, ...)
{
	struct span span = c->prog->spans ? c->prog->spans[at] : SPAN_NONE;
	struct strbuf insn = { 0 }, why = { 0 };
	va_list args;

	c->failed = true;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	cbpf_disasm_insn(&c->prog->insns[at], at, &insn);
	diag_error(c->diag, span, "instruction %zu, '%s': %s", at, strbuf_text(&insn),
		   strbuf_text(&why));
	strbuf_release(&insn);
	strbuf_release(&why);
}

/*
 * Loads from MEM's packet
 */

static enum isa_op load_op(unsigned int bytes)
{
	return bytes == 1 ? ISA_LDX_B : bytes == 2 ? ISA_LDX_H : ISA_LDX_W;
}

/* Network order to the machine's. */
static void emit_order(struct conversion *c, uint8_t reg, unsigned int bytes)
{
	if (bytes > 1)
		EMIT(c, bytes == 2 ? ISA_BE16 : ISA_BE32, .dst = reg);
}

/* reg = the @bytes at constant @k. */
static void emit_mem_abs(struct conversion *c, uint8_t reg, uint32_t k, unsigned int bytes)
{
	uint8_t base = REG_MEM_PACKET;

	if (k > INT32_MAX - bytes) { /* beyond any packet */
		emit_reject(c);
		return;
	}
	EMIT(c, ISA_JGE64_IMM, .dst = REG_MEM_LEN, .off = 2, .imm = (int32_t)(k + bytes));
	emit_reject(c);
	if (k > INT16_MAX) {
		base = REG_MEM_TMP;
		EMIT(c, ISA_MOV64_REG, .dst = base, .src = REG_MEM_PACKET);
		EMIT(c, ISA_ADD64_IMM, .dst = base, .imm = (int32_t)k);
		k = 0;
	}
	EMIT(c, load_op(bytes), .dst = reg, .src = base, .off = (int16_t)k);
	emit_order(c, reg, bytes);
}

/* A = the @bytes at X + k.  The sum has 32 bits, and its bounds are compared in 64. */
static void emit_mem_ind(struct conversion *c, uint32_t k, unsigned int bytes)
{
	EMIT(c, ISA_MOV32_REG, .dst = REG_MEM_TMP, .src = REG_X);
	if (k)
		EMIT(c, ISA_ADD32_IMM, .dst = REG_MEM_TMP, .imm = (int32_t)k);
	EMIT(c, ISA_ADD64_IMM, .dst = REG_MEM_TMP, .imm = (int32_t)bytes);
	EMIT(c, ISA_JLE64_REG, .dst = REG_MEM_TMP, .src = REG_MEM_LEN, .off = 2);
	emit_reject(c);
	EMIT(c, ISA_ADD64_REG, .dst = REG_MEM_TMP, .src = REG_MEM_PACKET);
	EMIT(c, load_op(bytes), .dst = REG_A, .src = REG_MEM_TMP, .off = (int16_t) - (int)bytes);
	emit_order(c, REG_A, bytes);
}

/*
 * Loads from SKB's packet and context
 */

/* A = the @bytes at constant @k; ends the program with 0 when they are not there. */
static void emit_skb_abs(struct conversion *c, uint32_t k, unsigned int bytes)
{
	EMIT(c,
	     bytes == 1 ? ISA_LD_ABS_B :
	     bytes == 2 ? ISA_LD_ABS_H :
			  ISA_LD_ABS_W,
	     .imm = (int32_t)k);
}

static void emit_skb_ind(struct conversion *c, uint32_t k, unsigned int bytes)
{
	EMIT(c,
	     bytes == 1 ? ISA_LD_IND_B :
	     bytes == 2 ? ISA_LD_IND_H :
			  ISA_LD_IND_W,
	     .src = REG_X, .imm = (int32_t)k);
}

/* X = 4 * (the byte at k & 15).  The packet instructions only load into r0, which is A. */
static void emit_skb_msh(struct conversion *c, uint32_t k)
{
	EMIT(c, ISA_MOV64_REG, .dst = REG_SKB_SAVED, .src = REG_A);
	emit_skb_abs(c, k, 1);
	EMIT(c, ISA_MOV64_REG, .dst = REG_X, .src = REG_A);
	EMIT(c, ISA_MOV64_REG, .dst = REG_A, .src = REG_SKB_SAVED);
}

#define EMIT_FIELD(c, reg, field)                            \
	EMIT(c, ISA_LDX_W, .dst = (reg), .src = REG_SKB_CTX, \
	     .off = offsetof(struct __sk_buff, field))

static void emit_skb_ext(struct conversion *c, size_t at, const struct cbpf_ext_info *info)
{
	switch (info->ext) {
	case CBPF_EXT_PROTOCOL:
		EMIT_FIELD(c, REG_A, protocol);
		EMIT(c, ISA_BE16, .dst = REG_A);
		break;
	case CBPF_EXT_VLAN_TPID:
		EMIT_FIELD(c, REG_A, vlan_proto);
		EMIT(c, ISA_BE16, .dst = REG_A);
		break;
	case CBPF_EXT_IFINDEX: /* 0 without a device, and then the program ends with A */
		EMIT_FIELD(c, REG_SKB_TMP, ifindex);
		EMIT(c, ISA_JNE32_IMM, .dst = REG_SKB_TMP, .off = 1);
		EMIT(c, ISA_EXIT);
		EMIT(c, ISA_MOV32_REG, .dst = REG_A, .src = REG_SKB_TMP);
		break;
	case CBPF_EXT_PKTTYPE: EMIT_FIELD(c, REG_A, pkt_type); break;
	case CBPF_EXT_MARK: EMIT_FIELD(c, REG_A, mark); break;
	case CBPF_EXT_QUEUE: EMIT_FIELD(c, REG_A, queue_mapping); break;
	case CBPF_EXT_RXHASH: EMIT_FIELD(c, REG_A, hash); break;
	case CBPF_EXT_VLAN_TCI: EMIT_FIELD(c, REG_A, vlan_tci); break;
	case CBPF_EXT_VLAN_PRESENT: EMIT_FIELD(c, REG_A, vlan_present); break;
	case CBPF_EXT_CPU: EMIT(c, ISA_CALL, .imm = FUNC_CPU); break;
	case CBPF_EXT_RANDOM: EMIT(c, ISA_CALL, .imm = FUNC_PRANDOM); break;
	case CBPF_EXT_XOR_X: EMIT(c, ISA_XOR32_REG, .dst = REG_A, .src = REG_X); break;
	case CBPF_EXT_NLATTR:
	case CBPF_EXT_NLATTR_NEST:
	case CBPF_EXT_HATYPE:
	case CBPF_EXT_PAY_OFFSET:
		unsupported(c, at, "an eBPF socket filter cannot ask for '%s', %s", info->pcap_word,
			    info->meaning);
	}
}

/*
 * Both targets
 */

static void convert_abs(struct conversion *c, size_t at, unsigned int bytes)
{
	uint32_t k = c->prog->insns[at].k;
	const struct cbpf_ext_info *ext = cbpf_find_ext(k);

	if (c->target == CBPF_TARGET_SKB && ext)
		emit_skb_ext(c, at, ext);
	else if (c->target == CBPF_TARGET_SKB)
		emit_skb_abs(c, k, bytes);
	else if (ext && ext->ext == CBPF_EXT_XOR_X)
		EMIT(c, ISA_XOR32_REG, .dst = REG_A, .src = REG_X);
	else if (ext)
		unsupported(c, at, "a piece of memory has no '%s', %s", ext->pcap_word,
			    ext->meaning);
	else if (k >= CBPF_LINK_OFFSET)
		unsupported(c, at, "where the headers of a piece of memory begin is not known");
	else
		emit_mem_abs(c, REG_A, k, bytes);
}

static void convert_ind(struct conversion *c, uint32_t k, unsigned int bytes)
{
	if (c->target == CBPF_TARGET_SKB)
		emit_skb_ind(c, k, bytes);
	else
		emit_mem_ind(c, k, bytes);
}

static void convert_msh(struct conversion *c, size_t at)
{
	uint32_t k = c->prog->insns[at].k;

	if (c->target == CBPF_TARGET_SKB)
		emit_skb_msh(c, k);
	else if (k >= CBPF_LINK_OFFSET)
		unsupported(c, at, "where the headers of a piece of memory begin is not known");
	else
		emit_mem_abs(c, REG_X, k, 1);
	EMIT(c, ISA_AND32_IMM, .dst = REG_X, .imm = 0xf);
	EMIT(c, ISA_LSH32_IMM, .dst = REG_X, .imm = 2);
}

static void convert_len(struct conversion *c, uint8_t reg)
{
	if (c->target == CBPF_TARGET_SKB)
		EMIT_FIELD(c, reg, len);
	else
		EMIT(c, ISA_MOV32_REG, .dst = reg, .src = REG_MEM_LEN);
}

/* A conditional jump; @op and @not_op are the condition and its opposite, the same when it has
 * none. */
static void convert_jump(struct conversion *c, size_t at, enum isa_op op, enum isa_op not_op,
			 struct operands operands)
{
	const struct cbpf_insn *insn = &c->prog->insns[at];
	size_t if_true = at + 1 + insn->jt, if_false = at + 1 + insn->jf;

	if (if_true == if_false) {
		if (insn->jt)
			emit_jump(c, ISA_JA, (struct operands){ 0 }, if_true);
		c->reached[if_true] = true;
		return;
	}
	if (!insn->jt && op != not_op) {
		emit_jump(c, not_op, operands, if_false);
		c->reached[if_true] = true;
		return;
	}
	emit_jump(c, op, operands, if_true);
	if (insn->jf)
		emit_jump(c, ISA_JA, (struct operands){ 0 }, if_false);
	c->reached[if_false] = true;
}

static int16_t cell_offset(uint32_t cell)
{
	return (int16_t)(-4 - 4 * (int)cell);
}

static void emit_load_cell(struct conversion *c, uint8_t reg, uint32_t cell)
{
	EMIT(c, ISA_LDX_W, .dst = reg, .src = ISA_REG_FP, .off = cell_offset(cell));
}

static void emit_store_cell(struct conversion *c, uint8_t reg, uint32_t cell)
{
	EMIT(c, ISA_STX_W, .dst = ISA_REG_FP, .src = reg, .off = cell_offset(cell));
}

/* A division by X = 0 rejects. */
static void emit_divisor_check(struct conversion *c)
{
	EMIT(c, ISA_JNE32_IMM, .dst = REG_X, .off = 2);
	emit_reject(c);
}

static bool falls_through(enum cbpf_op op)
{
	return op != CBPF_RET_K && op != CBPF_RET_A && op != CBPF_JA &&
	       cbpf_ops[op].form != CBPF_FORM_JUMP_IMM && cbpf_ops[op].form != CBPF_FORM_JUMP_X;
}

static void convert_insn(struct conversion *c, size_t at)
{
	const uint32_t k = c->prog->insns[at].k;
	enum cbpf_op op = (enum cbpf_op)cbpf_decode(c->prog->insns[at].code);

	if (falls_through(op))
		c->reached[at + 1] = true;
	switch (op) {
	case CBPF_LD_ABS_W: convert_abs(c, at, 4); break;
	case CBPF_LD_ABS_H: convert_abs(c, at, 2); break;
	case CBPF_LD_ABS_B: convert_abs(c, at, 1); break;
	case CBPF_LD_IND_W: convert_ind(c, k, 4); break;
	case CBPF_LD_IND_H: convert_ind(c, k, 2); break;
	case CBPF_LD_IND_B: convert_ind(c, k, 1); break;
	case CBPF_LDX_MSH: convert_msh(c, at); break;
	case CBPF_LD_LEN: convert_len(c, REG_A); break;
	case CBPF_LDX_LEN: convert_len(c, REG_X); break;
	case CBPF_LD_IMM: EMIT(c, ISA_MOV32_IMM, .dst = REG_A, .imm = (int32_t)k); break;
	case CBPF_LDX_IMM: EMIT(c, ISA_MOV32_IMM, .dst = REG_X, .imm = (int32_t)k); break;
	case CBPF_LD_MEM: emit_load_cell(c, REG_A, k); break;
	case CBPF_LDX_MEM: emit_load_cell(c, REG_X, k); break;
	case CBPF_ST: emit_store_cell(c, REG_A, k); break;
	case CBPF_STX: emit_store_cell(c, REG_X, k); break;
	case CBPF_NEG: EMIT(c, ISA_NEG32, .dst = REG_A); break;
	case CBPF_TAX: EMIT(c, ISA_MOV32_REG, .dst = REG_X, .src = REG_A); break;
	case CBPF_TXA: EMIT(c, ISA_MOV32_REG, .dst = REG_A, .src = REG_X); break;
	case CBPF_JA: emit_jump(c, ISA_JA, (struct operands){ 0 }, at + 1 + k); break;
	case CBPF_RET_K: EMIT(c, ISA_MOV32_IMM, .dst = REG_A, .imm = (int32_t)k); /* fall through */
	case CBPF_RET_A:
		EMIT(c, ISA_EXIT);
		break;
/* clang-format off */
#define CBPF_OP(name, code, form, word, radix)
#define CBPF_ALU(name, code, word, radix, value) \
	case CBPF_##name##_K: \
		EMIT(c, ISA_##name##32_IMM, .dst = REG_A, .imm = (int32_t)k); \
		break; \
	case CBPF_##name##_X: \
		if (CBPF_##name##_X == CBPF_DIV_X || CBPF_##name##_X == CBPF_MOD_X) \
			emit_divisor_check(c); \
		EMIT(c, ISA_##name##32_REG, .dst = REG_A, .src = REG_X); \
		break;
#define CBPF_JMP(name, code, word, negated, ebpf_not, condition) \
	case CBPF_##name##_K: \
		convert_jump(c, at, ISA_##name##32_IMM, ISA_##ebpf_not##32_IMM, \
			     (struct operands){ .dst = REG_A, .imm = (int32_t)k }); \
		break; \
	case CBPF_##name##_X: \
		convert_jump(c, at, ISA_##name##32_REG, ISA_##ebpf_not##32_REG, \
			     (struct operands){ .dst = REG_A, .src = REG_X }); \
		break;
#include "isa/cbpf.def"
	/* clang-format on */
	case CBPF_OP_COUNT: break;
	}
}

/* Give every jump its offset, now that all places are known. */
static void place_jumps(struct conversion *c)
{
	for (size_t i = 0; i < c->out_count; i++) {
		int64_t off;

		if (!c->jumps[i])
			continue;
		off = (int64_t)c->starts[c->jumps[i] - 1] - (int64_t)i - 1;
		if (off <= INT16_MAX) {
			c->out[i].off = (int16_t)off;
			continue;
		}
		assert(c->out[i].code == isa_ops[ISA_JA].code);
		c->out[i] = isa_encode(ISA_JA32);
		c->out[i].imm = (int32_t)off;
	}
}

static int conversion_alloc(struct conversion *c, struct arena *arena)
{
	size_t most = PROLOGUE_INSNS + c->prog->count * MOST_PER_INSN;

	c->out = arena_alloc_array(arena, most, sizeof *c->out);
	c->jumps = arena_alloc_array(arena, most, sizeof *c->jumps);
	c->starts = arena_alloc_array(arena, c->prog->count, sizeof *c->starts);
	c->reached = arena_alloc_array(arena, c->prog->count, sizeof *c->reached);
	return c->out && c->jumps && c->starts && c->reached ? 0 : -ENOMEM;
}

int cbpf_to_ebpf(const struct cbpf_prog *prog, enum cbpf_target target, struct arena *arena,
		 struct diag *diag, struct cbpf_ebpf *ret_ebpf)
{
	struct conversion c = { .prog = prog, .target = target, .diag = diag };
	struct arena scratch = { 0 };
	int err = conversion_alloc(&c, &scratch);

	if (err)
		goto release;
	if (target == CBPF_TARGET_SKB)
		EMIT(&c, ISA_MOV64_REG, .dst = REG_SKB_CTX, .src = 1);
	EMIT(&c, ISA_MOV32_IMM, .dst = REG_A);
	EMIT(&c, ISA_MOV32_IMM, .dst = REG_X);
	c.reached[0] = true;
	for (size_t i = 0; i < prog->count; i++) {
		c.starts[i] = (uint32_t)c.out_count;
		if (c.reached[i])
			convert_insn(&c, i);
	}
	err = c.failed ? -ENOTSUP : 0;
	if (err)
		goto release;
	place_jumps(&c);
	ret_ebpf->insns = arena_alloc_array(arena, c.out_count, sizeof *c.out);
	if (!ret_ebpf->insns) {
		err = -ENOMEM;
		goto release;
	}
	memcpy(ret_ebpf->insns, c.out, c.out_count * sizeof *c.out);
	ret_ebpf->count = c.out_count;

release:
	arena_release(&scratch);
	return err;
}
