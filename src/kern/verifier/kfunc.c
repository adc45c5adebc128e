/*
 * kfunc.c - calls of kernel functions.
 */
#include "kern/verifier/call.h"

int v_kfunc(struct verifier *v, uint32_t *ret_next)
{
	(void)ret_next;
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
			"kernel functions are not known to this verifier");
}
