/*
 * cbpf_prepare.c - a function as classic BPF can express it, or the reason why it cannot.
 */
#include "ir/cbpf_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ir/ir_pass.h"
#include "ir/known.h"

static bool is_known_op(const struct ir_value *v)
{
	switch (v->op) {
	case IR_PHI:
	case IR_PACKET:
	case IR_PACKET_LEN:
	case IR_EXTENSION:
	case IR_COPY:
	case IR_NEG: return true;
	default: return cbpf_alu_op(v->op, false) != CBPF_OP_COUNT;
	}
}

static void check_value(struct cbpf_writer *e, const struct ir_value *v)
{
	if (!is_known_op(v))
		cbpf_refuse(e, v->span, "has no operation '%s'", ir_ops[v->op].text);
	else if (v->type != IR_I32)
		cbpf_refuse(e, v->span, "has values of 32 bits only, and this is of type %s",
			    ir_type_name(v->type));
	else if ((v->op == IR_DIV || v->op == IR_MOD) && !ir_is_const(v->args[1]))
		cbpf_refuse(e, v->span,
			    "ends the program when a divisor is 0, which is not wanted here");
	else if (v->op == IR_EXTENSION && !cbpf_find_ext(CBPF_EXT_OFFSET + cbpf_imm_of(v)))
		cbpf_refuse(e, v->span, "has no extension %" PRId64, v->imm);
}

static void check(struct cbpf_writer *e)
{
	if (e->fn->has_loops)
		cbpf_refuse(e, e->fn->entry->span, "has no loops");
	for (const struct ir_block *b = e->fn->entry; b; b = b->next) {
		for (const struct ir_value *v = b->first; v; v = v->next)
			check_value(e, v);
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			if (b->operands[i]->type != IR_I32)
				cbpf_refuse(e, b->span, "compares 32 bits only");
	}
}

/* Signed comparisons are unsigned ones of numbers with the sign bit exchanged. */
static void make_unsigned(struct cbpf_writer *e, struct ir_block *b)
{
	static const enum ir_cond others[] = {
		[IR_SLT] = IR_LT, [IR_SLE] = IR_LE, [IR_SGT] = IR_GT, [IR_SGE] = IR_GE
	};
	struct ir_value *sign = ir_const(e->fn, IR_I32, (uint64_t)1 << 31);

	if (b->end != IR_END_BRANCH || b->cond < IR_SLT || b->cond > IR_SGE)
		return;
	b->cond = others[b->cond];
	for (unsigned int i = 0; i < 2; i++) {
		struct ir_value *v = b->operands[i];

		if (ir_is_const(v))
			b->operands[i] = ir_const(e->fn, IR_I32, (uint64_t)v->imm ^ 1u << 31);
		else
			b->operands[i] = ir_append(e->fn, b,
						   &(struct ir_value){ .op = IR_XOR,
								       .type = IR_I32,
								       .args = { v, sign },
								       .span = v->span });
	}
}

/* The left operand of a comparison is never a constant alone on its side. */
static void make_constant_right(struct ir_block *b)
{
	struct ir_value *x = b->operands[0];

	if (b->end != IR_END_BRANCH || !ir_is_const(x) || ir_is_const(b->operands[1]))
		return;
	b->operands[0] = b->operands[1];
	b->operands[1] = x;
	b->cond = ir_conds[b->cond].swapped;
}

void cbpf_prepare(struct cbpf_writer *e)
{
	struct ir_options options = { .target = IR_TARGET_CBPF, .drop_traps = e->drop_traps };

	ir_lower_switch(e->fn, &options);
	if (!e->fn->failed)
		ir_split_edges(e->fn);
	for (struct ir_block *b = e->fn->entry; b && !e->fn->failed; b = b->next) {
		make_constant_right(b);
		make_unsigned(e, b);
	}
	ir_layout(e->fn, &options);
	if (e->fn->failed)
		e->err = -ENOMEM;
	else
		check(e);
}
