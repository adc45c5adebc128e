/*
 * minimise.h - make a failing program small.
 */
#ifndef WAGGLE_FUZZ_MINIMISE_H
#define WAGGLE_FUZZ_MINIMISE_H

#include "generate.h"

/* Delete instructions that are not to be kept, mending jumps and calls over them, as long as @fails
 * still says true of what is left. */
void fuzz_minimise(struct fuzz_prog *prog, bool (*fails)(void *arg, const struct fuzz_prog *prog),
		   void *arg);

#endif
