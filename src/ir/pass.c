/*
 * pass.c - the order of passes.
 */
#include "ir/ir_pass.h"

#include <errno.h>

const struct ir_pass ir_passes[] = {
	{NULL, NULL},
};

int ir_optimize(struct ir_fn *fn, const struct ir_options *options)
{
	(void)options;
	return fn->failed ? -ENOMEM : 0;
}
