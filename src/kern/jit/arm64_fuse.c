/*
 * arm64_fuse.c - several instructions of BPF as one of the processor's.
 *
 * BPF has two operands where arm64 has three, no shifted operands, no bit fields, no indexed
 * addresses and no pairs, so compilers spell these out.  Here they are read back, from a few
 * patterns of instructions that are sure to run one after the other.  Registers that only carried a value
 * between them are not written at all when they are not wanted afterwards.
 *
 * Most patterns may begin with a move, which names the register that the value comes from.  Blind
 * programs keep their constants out of all but the first of these patterns.
 */
#include "kern/jit/arm64_mem.h"

/* The beginning of a pattern: the value of r@src (of its low half, zero-extended, if 'low') is on
 * its way into r@dst; @n instructions did that so far. */
struct start {
	unsigned int dst;
	unsigned int src;
	bool low;
	uint32_t n;
};

static const struct insn *insn_at(const struct trans *t, uint32_t n)
{
	return &t->prog->insns[t->pc + n];
}

/* The operation of the instruction @n on, or ISA_EXIT where others can come in between. */
static enum isa_op op_at(const struct trans *t, uint32_t n)
{
	return arm64_straight(t, n) ? (enum isa_op)t->prog->ops[t->pc + n] : ISA_EXIT;
}

static struct start start_of(const struct trans *t)
{
	const enum isa_op op = op_at(t, 0);

	if (op == ISA_MOV64_REG || op == ISA_MOV32_REG)
		return (struct start){ t->insn->dst, t->insn->src, op == ISA_MOV32_REG, 1 };
	return (struct start){ t->insn->dst, t->insn->dst, false, 0 };
}

static bool in(enum isa_op op, enum isa_op one, enum isa_op other)
{
	return op == one || op == other;
}

/* ---- Bit fields ---- */

/* Shifted up, then down: a field of the source. */
static uint32_t fuse_shifts(struct trans *t, struct start s)
{
	const enum isa_op up = op_at(t, s.n), down = op_at(t, s.n + 1);
	const bool x = isa_ops[up].is64;
	const uint32_t width = x ? 64 : 32;
	uint32_t a, b;

	if (!in(up, ISA_LSH64_IMM, ISA_LSH32_IMM) || insn_at(t, s.n)->dst != s.dst ||
	    insn_at(t, s.n + 1)->dst != s.dst ||
	    !(x ? in(down, ISA_RSH64_IMM, ISA_ARSH64_IMM) :
		  in(down, ISA_RSH32_IMM, ISA_ARSH32_IMM)))
		return 0;
	a = (uint32_t)insn_at(t, s.n)->imm & (width - 1);
	b = (uint32_t)insn_at(t, s.n + 1)->imm & (width - 1);
	if (s.low && x && a < 32)
		return 0; /* the field has bits of the upper half, which the move made zero */
	emit(t, a64_opb(in(down, ISA_RSH64_IMM, ISA_RSH32_IMM) ? A64_UBFM : A64_SBFM, x,
			arm64_reg_of[s.dst], arm64_reg_of[s.src], (b - a) & (width - 1),
			width - 1 - a));
	return s.n + 2;
}

/* Shifted down, then all but low bits cleared. */
static uint32_t fuse_mask(struct trans *t, struct start s)
{
	const enum isa_op down = op_at(t, s.n), and = op_at(t, s.n + 1);
	const bool x = down == ISA_RSH64_IMM && !s.low;
	const uint32_t last = x ? 63 : 31;
	uint32_t by, ones, mask;

	if (!in(down, ISA_RSH64_IMM, ISA_RSH32_IMM) || !in(and, ISA_AND64_IMM, ISA_AND32_IMM) ||
	    insn_at(t, s.n)->dst != s.dst || insn_at(t, s.n + 1)->dst != s.dst)
		return 0;
	by = (uint32_t)insn_at(t, s.n)->imm & (down == ISA_RSH64_IMM ? 63 : 31);
	mask = (uint32_t)insn_at(t, s.n + 1)->imm;
	if (by > last || !mask || (mask & (mask + 1)) || mask > INT32_MAX)
		return 0;
	ones = (uint32_t)__builtin_popcount(mask);
	emit(t, a64_opb(A64_UBFM, x, arm64_reg_of[s.dst], arm64_reg_of[s.src], by,
			by + ones - 1 < last ? by + ones - 1 : last));
	return s.n + 2;
}

/* The low half shifted up. */
static uint32_t fuse_low_shift(struct trans *t, struct start s)
{
	uint32_t by;

	if (!s.low || op_at(t, s.n) != ISA_LSH64_IMM || insn_at(t, s.n)->dst != s.dst)
		return 0;
	by = (uint32_t)insn_at(t, s.n)->imm & 63;
	emit(t, a64_opb(A64_UBFM, true, arm64_reg_of[s.dst], arm64_reg_of[s.src], (0 - by) & 63,
			by < 32 ? 31 : 63 - by));
	return s.n + 1;
}

/* ---- Tests of bits ---- */

static bool wanted_after_jump(const struct trans *t, unsigned int reg, uint32_t n)
{
	int64_t to = 0;

	(void)isa_jump_target(op_at(t, n), insn_at(t, n), t->pc + n, &to);
	return arm64_wanted(t, reg, n) || t->live[to] >> reg & 1;
}

/* Some bits, compared with zero, and wanted for nothing else. */
static uint32_t fuse_test(struct trans *t, struct start s)
{
	const enum isa_op and = op_at(t, s.n), jmp = op_at(t, s.n + 1);
	const struct insn *insn = insn_at(t, s.n + 1);
	const bool not_zero = in(jmp, ISA_JNE64_IMM, ISA_JNE32_IMM);
	uint64_t mask;
	int64_t to = 0;

	if (!in(and, ISA_AND64_IMM, ISA_AND32_IMM) ||
	    !(not_zero || in(jmp, ISA_JEQ64_IMM, ISA_JEQ32_IMM)) || insn_at(t, s.n)->dst != s.dst ||
	    insn->dst != s.dst || insn->imm || wanted_after_jump(t, s.dst, s.n + 1))
		return 0;
	mask = (uint64_t)insn_at(t, s.n)->imm;
	if (s.low || and == ISA_AND32_IMM || !isa_ops[jmp].is64)
		mask = (uint32_t)mask;
	(void)isa_jump_target(jmp, insn, t->pc + s.n + 1, &to);
	arm64_jmp_mask(t, mask > UINT32_MAX, arm64_reg_of[s.src], mask, not_zero, (label)to);
	return s.n + 2;
}

/* ---- Addresses ---- */

/* A 64-bit operand: r@reg, extended, shifted left. */
struct index {
	unsigned int reg;
	enum a64_extend extend;
	uint32_t by;
};

/* Is the instruction @n on an access of just the address in r@reg, whose value is not wanted
 * by anything else?  And may the index be shifted @by in it? */
static bool ends_in_access(const struct trans *t, uint32_t n, unsigned int reg, uint32_t by)
{
	const enum isa_op op = op_at(t, n);
	const struct insn *insn = insn_at(t, n);
	const enum isa_form form = isa_ops[op].form;
	const bool load = form == ISA_FORM_LDX || form == ISA_FORM_LDXS;

	if (!load && form != ISA_FORM_ST && form != ISA_FORM_STX)
		return false;
	if (insn->off || t->prog->options.guarded || (by && 1u << by != isa_ops[op].access_bytes))
		return false;
	if (load)
		return insn->src == reg && (insn->dst == reg || !arm64_wanted(t, reg, n));
	return insn->dst == reg && !(form == ISA_FORM_STX && insn->src == reg) &&
	       !arm64_wanted(t, reg, n);
}

/* The access @n on, at base + index. */
static void access_indexed(struct trans *t, uint32_t n, uint32_t base, struct index index)
{
	const enum isa_op op = op_at(t, n);
	const struct insn *insn = insn_at(t, n);
	const enum isa_form form = isa_ops[op].form;
	const uint32_t size = (uint32_t)__builtin_ctz(isa_ops[op].access_bytes);
	enum a64_mem mem = A64_STR;
	uint32_t rt;

	if (form == ISA_FORM_LDX || form == ISA_FORM_LDXS) {
		mem = form == ISA_FORM_LDX ? A64_LDR : A64_LDRS;
		rt = arm64_reg_of[insn->dst];
	} else {
		rt = arm64_stored(t, op, insn, REG_CONST);
	}
	emit(t, a64_mem_index(mem, size, rt, base, arm64_reg_of[index.reg], index.extend,
			      index.by != 0));
}

/* r@dst += index at the instruction @n on, perhaps only for an access. */
static uint32_t add_index(struct trans *t, uint32_t n, struct index index)
{
	const unsigned int dst = insn_at(t, n)->dst;
	const uint32_t rd = arm64_reg_of[dst];

	if (ends_in_access(t, n + 1, dst, index.by)) {
		access_indexed(t, n + 1, rd, index);
		return n + 2;
	}
	emit(t, a64_add_index(rd, rd, arm64_reg_of[index.reg], index.extend, index.by));
	return n + 1;
}

/* An index, moved or shifted or both, added to something and then not wanted any more. */
static uint32_t fuse_index(struct trans *t, struct start s)
{
	struct index index = { s.src, s.low ? A64_UXTW : A64_UXTX, 0 };
	uint32_t n = s.n;

	if (!n && op_at(t, 0) == ISA_MOVSX64_32) {
		index = (struct index){ t->insn->src, A64_SXTW, 0 };
		n = 1;
	}
	if (op_at(t, n) == ISA_LSH64_IMM && insn_at(t, n)->dst == s.dst) {
		index.by = (uint32_t)insn_at(t, n)->imm & 63;
		n++;
	}
	if (!n || index.reg == ISA_REG_FP || op_at(t, n) != ISA_ADD64_REG ||
	    insn_at(t, n)->src != s.dst || insn_at(t, n)->dst == s.dst ||
	    (index.extend != A64_UXTX && index.by > 4) || arm64_wanted(t, s.dst, n))
		return 0;
	return add_index(t, n, index);
}

/* A sum that is only an address. */
static uint32_t fuse_address(struct trans *t, struct start s)
{
	const struct insn *add = insn_at(t, s.n);
	struct index index = { add->src, A64_UXTX, 0 };

	if (s.low || s.src == ISA_REG_FP || op_at(t, s.n) != ISA_ADD64_REG || add->dst != s.dst ||
	    add->src == ISA_REG_FP || !ends_in_access(t, s.n + 1, s.dst, 0))
		return 0;
	if (add->src == s.dst)
		index.reg = s.src;
	access_indexed(t, s.n + 1, arm64_reg_of[s.src], index);
	return s.n + 2;
}

/* ---- Operands ---- */

/* How arm64 names the operation of @op, of form ALU_REG, on a shifted operand. */
static bool shifted_op(enum isa_op op, enum a64_ops *ret_op)
{
	switch (op) {
	case ISA_ADD64_REG:
	case ISA_ADD32_REG: *ret_op = A64_ADD; return true;
	case ISA_SUB64_REG:
	case ISA_SUB32_REG: *ret_op = A64_SUB; return true;
	case ISA_OR64_REG:
	case ISA_OR32_REG: *ret_op = A64_ORR; return true;
	case ISA_AND64_REG:
	case ISA_AND32_REG: *ret_op = A64_AND; return true;
	case ISA_XOR64_REG:
	case ISA_XOR32_REG: *ret_op = A64_EOR; return true;
	default: return false;
	}
}

static bool shift_of(enum isa_op op, enum a64_shift *ret_shift)
{
	switch (op) {
	case ISA_LSH64_IMM:
	case ISA_LSH32_IMM: *ret_shift = A64_LSL; return true;
	case ISA_RSH64_IMM:
	case ISA_RSH32_IMM: *ret_shift = A64_LSR; return true;
	case ISA_ARSH64_IMM:
	case ISA_ARSH32_IMM: *ret_shift = A64_ASR; return true;
	default: return false;
	}
}

/* An operand that is shifted and then not wanted any more. */
static uint32_t fuse_shifted(struct trans *t, struct start s)
{
	const enum isa_op op = op_at(t, s.n + 1);
	const struct insn *insn = insn_at(t, s.n + 1);
	const bool x = isa_ops[op].is64;
	enum a64_ops ops;
	enum a64_shift shift;

	if (!shift_of(op_at(t, s.n), &shift) || !shifted_op(op, &ops) ||
	    isa_ops[op_at(t, s.n)].is64 != x || insn_at(t, s.n)->dst != s.dst ||
	    insn->src != s.dst || insn->dst == s.dst || (s.low && x) ||
	    arm64_wanted(t, s.dst, s.n + 1))
		return 0;
	emit(t,
	     a64_ops(ops, x, arm64_reg_of[insn->dst], arm64_reg_of[insn->dst], arm64_reg_of[s.src],
		     shift, (uint32_t)insn_at(t, s.n)->imm & (x ? 63 : 31)));
	return s.n + 2;
}

/* The two parts of a rotation: shifts of one value in opposite directions, the first of a copy, the
 * second in place or of another copy, put together by 'or'. */
static uint32_t fuse_rotation(struct trans *t, struct start s)
{
	const enum isa_op first = op_at(t, 1);
	const bool x = isa_ops[first].is64;
	struct start s2 = { s.src, s.src, false, 2 };
	enum isa_op second = op_at(t, 2);
	uint32_t right, left;

	if (s.n != 1 || insn_at(t, 1)->dst != s.dst || s.dst == s.src || (s.low && x))
		return 0;
	if (second == ISA_MOV64_REG || (second == ISA_MOV32_REG && !x)) {
		s2 = (struct start){ insn_at(t, 2)->dst, insn_at(t, 2)->src, false, 3 };
		second = op_at(t, 3);
	}
	if (!(x ? in(first, ISA_LSH64_IMM, ISA_RSH64_IMM) :
		  in(first, ISA_LSH32_IMM, ISA_RSH32_IMM)) ||
	    !(x ? in(second, ISA_LSH64_IMM, ISA_RSH64_IMM) :
		  in(second, ISA_LSH32_IMM, ISA_RSH32_IMM)) ||
	    first == second || s2.src != s.src || s2.dst == s.dst ||
	    insn_at(t, s2.n)->dst != s2.dst ||
	    op_at(t, s2.n + 1) != (x ? ISA_OR64_REG : ISA_OR32_REG) ||
	    insn_at(t, s2.n + 1)->dst != s2.dst || insn_at(t, s2.n + 1)->src != s.dst ||
	    arm64_wanted(t, s.dst, s2.n + 1))
		return 0;
	right = (uint32_t)insn_at(t, in(first, ISA_RSH64_IMM, ISA_RSH32_IMM) ? 1 : s2.n)->imm;
	left = (uint32_t)insn_at(t, in(first, ISA_RSH64_IMM, ISA_RSH32_IMM) ? s2.n : 1)->imm;
	if (right + left != (x ? 64 : 32) || !right || !left)
		return 0;
	emit(t, a64_ror(x, arm64_reg_of[s2.dst], arm64_reg_of[s.src], right));
	return s2.n + 2;
}

/* Does @op look only at the low half of what it is given? */
static bool reads_low(enum isa_op op)
{
	if (isa_ops[op].form == ISA_FORM_ENDIAN)
		return op != ISA_LE64 && op != ISA_BE64 && op != ISA_BSWAP64;
	return !isa_ops[op].is64;
}

/* A move, then an operation on the copy: three operands. */
static uint32_t fuse_move(struct trans *t, struct start s)
{
	const enum isa_op op = op_at(t, s.n);
	const enum isa_form form = isa_ops[op].form;
	const struct insn *insn = insn_at(t, s.n);
	const uint32_t rd = arm64_reg_of[s.dst];
	uint32_t rn;

	if (!s.n || insn->dst != s.dst || (s.low && !reads_low(op)) || s.src == ISA_REG_FP)
		return 0;
	rn = arm64_reg_of[s.src];
	switch (form) {
	case ISA_FORM_ALU_IMM:
		if (in(op, ISA_MOV64_IMM, ISA_MOV32_IMM))
			return 0;
		arm64_alu_imm(t, op, rd, rn, insn->imm);
		return 2;
	case ISA_FORM_ALU_REG:
		if (in(op, ISA_MOV64_REG, ISA_MOV32_REG))
			return 0;
		arm64_alu_reg(t, op, rd, rn,
			      insn->src == s.dst ? rn : arm64_use(t, insn->src, REG_TMP));
		return 2;
	case ISA_FORM_NEG:
	case ISA_FORM_ENDIAN: arm64_unary(t, op, rd, rn); return 2;
	default: return 0;
	}
}

/* The address of something in the frame. */
static uint32_t fuse_frame(struct trans *t, struct start s)
{
	const enum isa_op op = op_at(t, s.n);
	const struct insn *insn = insn_at(t, s.n);

	if (s.n != 1 || s.low || s.src != ISA_REG_FP || insn->dst != s.dst ||
	    !in(op, ISA_ADD64_IMM, ISA_SUB64_IMM))
		return 0;
	arm64_add(t, true, arm64_reg_of[s.dst], REG_FRAME,
		  ISA_STACK_BYTES +
			  (op == ISA_ADD64_IMM ? (int64_t)insn->imm : -(int64_t)insn->imm));
	return 2;
}

/* A product that is added to (or subtracted from) something, and then not wanted any more. */
static uint32_t fuse_product(struct trans *t)
{
	const enum isa_op op = op_at(t, 0), sum = op_at(t, 1);
	const struct insn *mul = t->insn, *add = insn_at(t, 1);
	const bool x = op == ISA_MUL64_REG;

	if (!in(op, ISA_MUL64_REG, ISA_MUL32_REG) || mul->src == ISA_REG_FP ||
	    !(x ? in(sum, ISA_ADD64_REG, ISA_SUB64_REG) : in(sum, ISA_ADD32_REG, ISA_SUB32_REG)) ||
	    add->src != mul->dst || add->dst == mul->dst || arm64_wanted(t, mul->dst, 1))
		return 0;
	emit(t, a64_op4(in(sum, ISA_ADD64_REG, ISA_ADD32_REG) ? A64_MADD : A64_MSUB, x,
			arm64_reg_of[add->dst], arm64_reg_of[mul->dst], arm64_reg_of[mul->src],
			arm64_reg_of[add->dst]));
	return 2;
}

/* ---- Memory ---- */

/* A big-endian half word: its upper bits are zero already. */
static uint32_t fuse_swapped_load(struct trans *t)
{
	if (op_at(t, 0) != ISA_LDX_H || !in(op_at(t, 1), ISA_BE16, ISA_BSWAP16) ||
	    insn_at(t, 1)->dst != t->insn->dst)
		return 0;
	arm64_load(t, ISA_LDX_H, t->insn);
	emit(t, a64_rev16(arm64_reg_of[t->insn->dst], arm64_reg_of[t->insn->dst]));
	return 2;
}

/* Are the instruction and the next one two loads or two stores of @bytes each, side by side? */
static bool is_pair(const struct trans *t, int32_t bytes)
{
	const enum isa_op op = op_at(t, 0), op2 = op_at(t, 1);
	const enum isa_form form = isa_ops[op].form, form2 = isa_ops[op2].form;
	const struct insn *insn = t->insn, *insn2 = insn_at(t, 1);

	if (isa_ops[op].access_bytes != bytes || isa_ops[op2].access_bytes != bytes ||
	    (insn2->off - insn->off != bytes && insn->off - insn2->off != bytes))
		return false;
	if (form == ISA_FORM_LDX)
		return form2 == ISA_FORM_LDX && insn->src == insn2->src && insn->dst != insn->src &&
		       insn->dst != insn2->dst;
	return (form == ISA_FORM_ST || form == ISA_FORM_STX) &&
	       (form2 == ISA_FORM_ST || form2 == ISA_FORM_STX) && insn->dst == insn2->dst;
}

/* Two registers from or to memory side by side. */
static uint32_t fuse_pair(struct trans *t)
{
	const enum isa_op op = op_at(t, 0), op2 = op_at(t, 1);
	const struct insn *insn = t->insn, *insn2 = insn_at(t, 1);
	const bool load = isa_ops[op].form == ISA_FORM_LDX, x = isa_ops[op].access_bytes == 8;
	unsigned int base;
	bool up;
	int32_t low;
	uint32_t rt, rt2;

	if (!is_pair(t, x ? 8 : 4))
		return 0;
	base = load ? insn->src : insn->dst;
	up = insn->off < insn2->off;
	low = (up ? insn->off : insn2->off) + (base == ISA_REG_FP ? ISA_STACK_BYTES : 0);
	if (!a64_pair_fits(x, low) || !arm64_unchecked(t, base, insn->off, x ? 3 : 2) ||
	    !arm64_unchecked(t, base, insn2->off, x ? 3 : 2))
		return 0;
	rt = load ? arm64_reg_of[insn->dst] : arm64_stored(t, op, insn, REG_CONST);
	rt2 = load ? arm64_reg_of[insn2->dst] : arm64_stored(t, op2, insn2, REG_ADDRESS);
	emit(t, a64_pair(load ? A64_LDP : A64_STP, x, up ? rt : rt2, up ? rt2 : rt,
			 arm64_reg_of[base], low));
	return 2;
}

/* Patterns that begin with arithmetic, those that cover most first. */
static uint32_t fuse_alu(struct trans *t)
{
	const struct start s = start_of(t);
	uint32_t n = 0;

	if (t->prog->options.blind)
		return fuse_move(t, s);
	if (s.src == ISA_REG_FP)
		return fuse_frame(t, s);
	n = fuse_rotation(t, s);
	n = n ? n : fuse_shifts(t, s);
	n = n ? n : fuse_mask(t, s);
	n = n ? n : fuse_test(t, s);
	n = n ? n : fuse_index(t, s);
	n = n ? n : fuse_low_shift(t, s);
	n = n ? n : fuse_shifted(t, s);
	n = n ? n : fuse_address(t, s);
	n = n ? n : fuse_move(t, s);
	return n ? n : fuse_product(t);
}

uint32_t arm64_fuse(struct trans *t)
{
	uint32_t n;

	switch (isa_ops[op_at(t, 0)].form) {
	case ISA_FORM_ALU_IMM:
	case ISA_FORM_ALU_REG:
	case ISA_FORM_MOVSX: return fuse_alu(t);
	case ISA_FORM_LDX: n = fuse_swapped_load(t); return n ? n : fuse_pair(t);
	case ISA_FORM_ST:
	case ISA_FORM_STX: return t->prog->options.blind ? 0 : fuse_pair(t);
	default: return 0;
	}
}
