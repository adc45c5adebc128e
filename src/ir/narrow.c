/*
 * narrow.c - load no more of a field than is looked at.
 *
 * Needs: fold.  Keeps: blocks, results.  Breaks: use counts.  Works under options.drop_traps: a load that is
 * narrower may be within the packet where the other was not.
 *
 * (word & 0xffff) is the half word two bytes further on, and (word & 0xffff0000) == 0x0a140000 is
 * a question to the half word at the beginning: the mask is free.  So a network of 8 or 16 bits
 * costs no more than a host.
 */
#include "ir/ir_pass.h"

enum { NEAR = 1 << 30 }; /* offsets below do not wrap */

/* One or two whole bytes within a load. */
struct window {
	unsigned int shift; /* bits behind them */
	unsigned int bytes;
};

/* @v is some whole bytes of a packet load, all else being masked out. */
static bool find_window(const struct ir_value *v, struct window *ret)
{
	const struct ir_value *load = v->args[0];
	uint64_t mask;

	if (v->op != IR_AND || !ir_is_const(v->args[1]) || load->op != IR_PACKET ||
	    (uint64_t)load->imm >= NEAR)
		return false;
	mask = (uint64_t)v->args[1]->imm;
	for (ret->bytes = 1; ret->bytes <= 2; ret->bytes++)
		for (ret->shift = 0; ret->shift + 8 * ret->bytes <= 8u * load->bytes;
		     ret->shift += 8)
			if (mask == (UINT64_MAX >> (64 - 8 * ret->bytes)) << ret->shift)
				return true;
	return false;
}

/* What a load of @window of @load is. */
static struct ir_value narrower(const struct ir_value *load, const struct window *window)
{
	struct ir_value v = *load;

	v.imm += load->bytes - window->shift / 8 - window->bytes;
	v.bytes = (uint8_t)window->bytes;
	return v;
}

static bool narrow_value(struct ir_value *v)
{
	struct window window;
	struct ir_value load;

	if (!find_window(v, &window) || window.shift != 0)
		return false;
	load = narrower(v->args[0], &window);
	v->op = IR_PACKET;
	v->bytes = load.bytes;
	v->imm = load.imm;
	v->args[0] = load.args[0];
	v->args[1] = NULL;
	return true;
}

static bool narrow_branch(struct ir_fn *fn, struct ir_block *b)
{
	struct window window;
	struct ir_value load;
	uint64_t c;

	if (b->end != IR_END_BRANCH || b->cond != IR_EQ || !ir_is_const(b->operands[1]) ||
	    !find_window(b->operands[0], &window))
		return false;
	c = (uint64_t)b->operands[1]->imm;
	if (c & ~(uint64_t)b->operands[0]->args[1]->imm)
		return false; /* never equal: others see to it */
	load = narrower(b->operands[0]->args[0], &window);
	b->operands[0] = ir_append(fn, b, &load);
	b->operands[1] = ir_const(fn, load.type, c >> window.shift);
	return true;
}

bool ir_narrow(struct ir_fn *fn, const struct ir_options *options)
{
	bool changed = false;

	if (!options->drop_traps)
		return false;
	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next)
			changed |= narrow_value(v);
		changed |= narrow_branch(fn, b);
	}
	return changed;
}
