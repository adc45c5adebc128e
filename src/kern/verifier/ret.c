/*
 * ret.c - what a program may return.
 */
#include "kern/verifier/internal.h"

static int check_range(struct verifier *v, int64_t least, int64_t most)
{
	const struct reg *r0 = &v_regs(v)[0];
	char name[64];
	int err;

	if (r0->type != REG_SCALAR)
		return v_refuse(v, VERIFIER_RULE_RESULT, 0,
				"At program exit the register R0 is not a known value (%s)",
				reg_type_name(r0, name, sizeof name));
	err = v_need_precise(v, 0);
	if (err)
		return err;
	if (r0->range.smin >= least && r0->range.smax <= most)
		return 0;
	return v_refuse(
		v, VERIFIER_RULE_RESULT, 0,
		"At program exit the register R0 has smin=%lld smax=%lld should have been in [%lld, %lld]",
		(long long)r0->range.smin, (long long)r0->range.smax, (long long)least,
		(long long)most);
}

int v_check_result(struct verifier *v)
{
	const struct frame *frame = state_frame(v->cur);
	const struct reg *r0 = &v_regs(v)[0];
	char name[64];
	int err;

	if (frame->func && v_global_is_void(v, frame->func))
		return 0;
	err = v_need_read(v, 0);
	if (err)
		return err;
	if (frame->func) {
		if (r0->type == REG_SCALAR)
			return 0;
		return v_refuse(v, VERIFIER_RULE_RESULT, 0,
				"At subprogram exit the register R0 is not a scalar value (%s)",
				reg_type_name(r0, name, sizeof name));
	}
	return v->row->ret_checked ? check_range(v, v->row->ret_min, v->row->ret_max) : 0;
}
