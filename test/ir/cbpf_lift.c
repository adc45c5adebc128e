/*
 * cbpf_lift.c - A, X and M[] become variables of a builder, which finds their phis.
 */
#include "cbpf_lift.h"

#include <string.h>

#include "ir/ir_build.h"
#include "isa/cbpf.h"

struct lift {
	struct ir_builder b;
	const struct cbpf_insn *insns;
	size_t count;
	struct ir_block **blocks; /* of each instruction that begins one */
	uint32_t a, x, cells[CBPF_CELLS];
};

static struct ir_value *get(struct lift *l, uint32_t var)
{
	return ir_build_get(&l->b, var);
}

static void set(struct lift *l, uint32_t var, struct ir_value *v)
{
	ir_build_set(&l->b, var, v);
}

static struct ir_value *constant(struct lift *l, uint32_t k)
{
	return ir_const(l->b.fn, IR_I32, k);
}

static struct ir_value *binary(struct lift *l, enum ir_op op, struct ir_value *x,
			       struct ir_value *y)
{
	return ir_build_op2(&l->b, op, x, y);
}

static struct ir_value *header_len(struct lift *l, uint32_t k)
{
	struct ir_value *v = ir_build_packet(&l->b, NULL, k, 1);

	v = binary(l, IR_AND, v, constant(l, 0xf));
	return binary(l, IR_SHL, v, constant(l, 2));
}

static struct ir_value *load(struct lift *l, uint32_t k, unsigned int bytes)
{
	if (k >= CBPF_EXT_OFFSET)
		return ir_build_imm(&l->b, IR_EXTENSION, IR_I32, k - CBPF_EXT_OFFSET);
	return ir_build_packet(&l->b, NULL, k, bytes);
}

static bool lift_alu(struct lift *l, enum cbpf_op op, uint32_t k)
{
	struct ir_value *a = get(l, l->a);

	switch (op) {
#define ALU(name, ir)                                                                           \
	case CBPF_##name##_K: set(l, l->a, binary(l, IR_##ir, a, constant(l, k))); return true; \
	case CBPF_##name##_X: set(l, l->a, binary(l, IR_##ir, a, get(l, l->x))); return true
		ALU(ADD, ADD);
		ALU(SUB, SUB);
		ALU(MUL, MUL);
		ALU(DIV, DIV_OR_END);
		ALU(MOD, MOD_OR_END);
		ALU(AND, AND);
		ALU(OR, OR);
		ALU(XOR, XOR);
		ALU(LSH, SHL);
		ALU(RSH, SHR);
#undef ALU
	case CBPF_NEG: set(l, l->a, ir_build_op1(&l->b, IR_NEG, IR_I32, a)); return true;
	default: return false;
	}
}

static bool lift_load(struct lift *l, enum cbpf_op op, uint32_t k)
{
	struct ir_builder *b = &l->b;

	switch (op) {
	case CBPF_LD_IMM: set(l, l->a, constant(l, k)); return true;
	case CBPF_LD_ABS_W: set(l, l->a, load(l, k, 4)); return true;
	case CBPF_LD_ABS_H: set(l, l->a, load(l, k, 2)); return true;
	case CBPF_LD_ABS_B: set(l, l->a, load(l, k, 1)); return true;
	case CBPF_LD_IND_W: set(l, l->a, ir_build_packet(b, get(l, l->x), k, 4)); return true;
	case CBPF_LD_IND_H: set(l, l->a, ir_build_packet(b, get(l, l->x), k, 2)); return true;
	case CBPF_LD_IND_B: set(l, l->a, ir_build_packet(b, get(l, l->x), k, 1)); return true;
	case CBPF_LD_MEM: set(l, l->a, get(l, l->cells[k])); return true;
	case CBPF_LD_LEN: set(l, l->a, ir_build_imm(b, IR_PACKET_LEN, IR_I32, 0)); return true;
	case CBPF_LDX_IMM: set(l, l->x, constant(l, k)); return true;
	case CBPF_LDX_MEM: set(l, l->x, get(l, l->cells[k])); return true;
	case CBPF_LDX_LEN: set(l, l->x, ir_build_imm(b, IR_PACKET_LEN, IR_I32, 0)); return true;
	case CBPF_LDX_MSH: set(l, l->x, header_len(l, k)); return true;
	case CBPF_ST: set(l, l->cells[k], get(l, l->a)); return true;
	case CBPF_STX: set(l, l->cells[k], get(l, l->x)); return true;
	case CBPF_TAX: set(l, l->x, get(l, l->a)); return true;
	case CBPF_TXA: set(l, l->a, get(l, l->x)); return true;
	default: return false;
	}
}

static void lift_branch(struct lift *l, enum cbpf_op op, size_t at)
{
	const struct cbpf_insn *insn = &l->insns[at];
	struct ir_value *a = get(l, l->a), *b;
	enum ir_cond cond = IR_EQ;
	bool is_x = false;

	switch (op) {
	case CBPF_JEQ_X: is_x = true; break;
	case CBPF_JGT_X: is_x = true; /* fall through */
	case CBPF_JGT_K: cond = IR_GT; break;
	case CBPF_JGE_X: is_x = true; /* fall through */
	case CBPF_JGE_K: cond = IR_GE; break;
	case CBPF_JSET_X: is_x = true; /* fall through */
	case CBPF_JSET_K: cond = IR_SET; break;
	default: break;
	}
	b = is_x ? get(l, l->x) : constant(l, insn->k);
	ir_build_branch(&l->b, cond, a, b, l->blocks[at + 1 + insn->jt],
			l->blocks[at + 1 + insn->jf]);
}

static bool is_branch(enum cbpf_op op)
{
	return cbpf_ops[op].form == CBPF_FORM_JUMP_IMM || cbpf_ops[op].form == CBPF_FORM_JUMP_X;
}

static void lift_insn(struct lift *l, size_t at)
{
	enum cbpf_op op = (enum cbpf_op)cbpf_decode(l->insns[at].code);
	uint32_t k = l->insns[at].k;

	if (lift_load(l, op, k) || lift_alu(l, op, k))
		return;
	if (op == CBPF_RET_K)
		ir_build_return(&l->b, constant(l, k));
	else if (op == CBPF_RET_A)
		ir_build_return(&l->b, get(l, l->a));
	else if (op == CBPF_JA)
		ir_build_jump(&l->b, l->blocks[at + 1 + k]);
	else
		lift_branch(l, op, at);
}

static void begin_block(struct lift *l, size_t at)
{
	if (at < l->count && !l->blocks[at])
		l->blocks[at] = ir_build_block(&l->b);
}

static void find_blocks(struct lift *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct cbpf_insn *insn = &l->insns[i];
		enum cbpf_op op = (enum cbpf_op)cbpf_decode(insn->code);

		if (op == CBPF_JA)
			begin_block(l, i + 1 + insn->k);
		if (is_branch(op)) {
			begin_block(l, i + 1 + insn->jt);
			begin_block(l, i + 1 + insn->jf);
		}
	}
}

struct ir_fn *cbpf_lift(const struct cbpf_insn *insns, size_t count, struct arena *arena)
{
	struct lift l = { .insns = insns, .count = count };
	struct ir_fn *fn = ir_fn_new(arena, "filter");

	ir_build_begin(&l.b, fn);
	l.a = ir_build_var(&l.b, IR_I32);
	l.x = ir_build_var(&l.b, IR_I32);
	for (unsigned int i = 0; i < CBPF_CELLS; i++)
		l.cells[i] = ir_build_var(&l.b, IR_I32);
	l.blocks = arena_alloc_array(arena, count + 1, sizeof(struct ir_block *));
	find_blocks(&l);
	for (size_t i = 0; i < count; i++) {
		if (l.blocks[i] && l.b.block)
			ir_build_jump(&l.b, l.blocks[i]);
		if (l.blocks[i])
			ir_build_at(&l.b, l.blocks[i]);
		if (l.b.block)
			lift_insn(&l, i);
	}
	return ir_build_finish(&l.b, NULL) ? NULL : fn;
}
