/*
 * print.c - functions as text; parse.c reads it.
 */
#include "ir/ir.h"

#include <inttypes.h>

static void print_number(uint64_t number, struct strbuf *out)
{
	strbuf_printf(out, number > 9 ? "0x%" PRIx64 : "%" PRIu64, number);
}

static void print_operand(const struct ir_value *value, enum ir_type expected, struct strbuf *out)
{
	if (!value) {
		strbuf_puts(out, " ?");
	} else if (ir_is_const(value)) {
		strbuf_putc(out, ' ');
		print_number((uint64_t)value->imm, out);
		if (value->type != expected)
			strbuf_printf(out, ":%s", ir_type_name(value->type));
	} else {
		strbuf_printf(out, " v%u", value->id);
	}
}

static void print_phi(const struct ir_value *value, struct strbuf *out)
{
	for (uint32_t i = 0; i < value->list_count; i++) {
		strbuf_printf(out, "%s b%u", i ? "," : "", value->block->preds[i].from->id);
		print_operand(value->list[i], value->type, out);
	}
}

static void print_place(const struct ir_value *value, struct strbuf *out)
{
	if (ir_ops[value->op].shape == IR_SHAPE_PAIR) {
		strbuf_printf(out, " %u %u", (uint32_t)value->imm,
			      (uint32_t)((uint64_t)value->imm >> 32));
		return;
	}
	strbuf_printf(out, " %" PRId64, value->imm);
	if (ir_ops[value->op].shape == IR_SHAPE_MEM)
		strbuf_printf(out, " %u", value->bytes);
}

void ir_print_value(const struct ir_value *value, struct strbuf *out)
{
	const struct ir_op_info *info = &ir_ops[value->op];
	uint32_t i = 0;

	if (value->type != IR_VOID)
		strbuf_printf(out, "v%u: %s = ", value->id, ir_type_name(value->type));
	strbuf_puts(out, info->text);
	if (value->op == IR_PHI) {
		print_phi(value, out);
		return;
	}
	if (info->shape == IR_SHAPE_MEM && info->args) { /* address first, then displacement */
		if (value->args[0])
			print_operand(value->args[0], ir_operand_type(value, 0), out);
		i = 1;
	}
	if (info->shape != IR_SHAPE_NONE)
		print_place(value, out);
	if (info->args == IR_ARGS_LIST)
		for (i = 0; i < value->list_count; i++)
			print_operand(value->list[i], ir_operand_type(value, i), out);
	else
		for (; i < info->args; i++)
			print_operand(value->args[i], ir_operand_type(value, i), out);
}

static void print_switch(const struct ir_block *b, struct strbuf *out)
{
	strbuf_puts(out, "switch");
	print_operand(b->operands[0], IR_I32, out);
	for (uint32_t i = 0; i < b->range_count; i++) {
		const struct ir_range *range = &b->ranges[i];

		strbuf_puts(out, "\n\t\t");
		print_number(range->low, out);
		if (range->high != range->low) {
			strbuf_puts(out, "..");
			print_number(range->high, out);
		}
		strbuf_printf(out, " b%u", range->to->id);
	}
}

static void print_end(const struct ir_block *b, struct strbuf *out)
{
	enum ir_type type = IR_I32;

	switch (b->end) {
	case IR_END_NONE: strbuf_puts(out, "?"); break;
	case IR_END_JUMP: strbuf_printf(out, "jump b%u", b->to[0]->id); break;
	case IR_END_BRANCH:
		strbuf_puts(out, "branch");
		print_operand(b->operands[0], type, out);
		strbuf_printf(out, " %s", ir_conds[b->cond].text);
		if (!ir_is_const(b->operands[0]))
			type = b->operands[0]->type;
		print_operand(b->operands[1], type, out);
		strbuf_printf(out, " b%u b%u", b->to[0]->id, b->to[1]->id);
		break;
	case IR_END_SWITCH: print_switch(b, out); break;
	case IR_END_RETURN:
		strbuf_puts(out, "return");
		print_operand(b->operands[0], type, out);
		break;
	}
}

void ir_print_block(const struct ir_block *block, struct strbuf *out)
{
	strbuf_printf(out, "b%u:\n", block->id);
	for (const struct ir_value *v = block->first; v; v = v->next) {
		strbuf_putc(out, '\t');
		ir_print_value(v, out);
		strbuf_putc(out, '\n');
	}
	strbuf_putc(out, '\t');
	print_end(block, out);
	strbuf_putc(out, '\n');
}

void ir_print(const struct ir_fn *fn, struct strbuf *out)
{
	strbuf_printf(out, "fn %s\n", fn->name);
	for (const struct ir_block *b = fn->entry; b; b = b->next)
		ir_print_block(b, out);
}
