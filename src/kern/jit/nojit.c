/*
 * nojit.c - where there is no JIT for the processor: programs are interpreted.
 */
#include "kern/jit/jit.h"

#include <errno.h>

int jit_compile(struct vm_prog *prog, struct diag *diag)
{
	(void)prog;
	diag_error(diag, SPAN_NONE, "there is no JIT for this processor");
	diag_hint(diag, "the program still runs, slower, on the interpreter");
	return -ENOTSUP;
}

const void *jit_code(const struct vm_prog *prog, size_t *ret_bytes)
{
	(void)prog;
	(void)ret_bytes;
	return NULL;
}
