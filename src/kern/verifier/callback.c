/*
 * callback.c - functions of the program that a helper calls.
 *
 * A helper may call its callback any number of times.  So at the call two paths go on: one into the callback,
 * which when it returns comes to the call again; one behind the call, as after the last round.  When the call is
 * reached with a state within one it was reached with before, rounds do nothing new, and the path ends (prune.c).
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "kern/verifier/call.h"

static void set_args(const struct v_helper_call *call, const struct frame *caller,
		     struct frame *callee)
{
	if (call->id == ABI_HELPER_loop) {
		reg_set_unknown(&callee->regs[1]);
		callee->regs[2] = caller->regs[3];
		return;
	}
	callee->regs[1] = caller->regs[1];
	reg_set_pointer(&callee->regs[2], REG_MAP_KEY, 0);
	callee->regs[2].map = call->map;
	reg_set_pointer(&callee->regs[3], REG_MAP_VALUE, 0);
	callee->regs[3].map = call->map;
	callee->regs[4] = caller->regs[3];
}

int v_call_back(struct verifier *v, const struct v_helper_call *call)
{
	struct frame *caller = state_frame(v->cur), *callee;
	struct state *s;
	int err;

	if (call->id == ABI_HELPER_loop) {
		err = v_need_precise(v, 1);
		if (err)
			return err;
		if (caller->callback_depth >= v_regs(v)[1].range.umax) {
			caller->callback_depth = 0;
			return 0;
		}
	}
	if (v->funcs[call->func].is_global)
		return v_refuse(v, VERIFIER_RULE_CALLBACK, VERIFIER_NOWHERE,
				"callback function not static");
	v->funcs[call->func].is_callback = true;
	s = v_push(v, v->funcs[call->func].start, v->insn);
	if (!s)
		return v->out->err;
	err = v_push_frame(v, s, (uint32_t)call->func, (int32_t)v->insn);
	if (err)
		return err;
	callee = state_frame(s);
	set_args(call, s->frames[s->depth - 1], callee);
	callee->in_callback = true;
	callee->callback_min = 0;
	callee->callback_max = 1;
	s->callback_depth++;
	s->frames[s->depth - 1]->callback_depth++;
	caller->callback_depth = 0;
	return 0;
}

int v_callback_return(struct verifier *v, uint32_t *ret_next)
{
	struct state *s = v->cur, *last;
	struct frame *callee = state_frame(s);
	const struct reg *r0 = &callee->regs[0];
	int err;

	if (r0->type != REG_SCALAR)
		return v_refuse(v, VERIFIER_RULE_UNINIT, 0, "R0 not a scalar value");
	err = v_need_precise(v, 0);
	if (err)
		return err;
	if (r0->range.smin < callee->callback_min || r0->range.smax > callee->callback_max)
		return v_refuse(
			v, VERIFIER_RULE_RESULT, 0,
			"At callback return the register R0 has smin=%lld smax=%lld should have been in [%d, %d]",
			(long long)r0->range.smin, (long long)r0->range.smax, callee->callback_min,
			callee->callback_max);
	*ret_next = (uint32_t)callee->callsite;
	frame_free(callee);
	s->frames[s->depth--] = NULL;
	last = v_last_visit(v, s->parent, *ret_next);
	if (last)
		(void)v_widen(v, last, s);
	return 0;
}
