/*
 * load.h - the programs of a bundle, given to the kernel.
 */
#ifndef WAGGLE_RUN_LOAD_H
#define WAGGLE_RUN_LOAD_H

#include "base/diag.h"
#include "bundle/bundle.h"
#include "run/maps.h"

/* Load @prog with the descriptors of @maps in its instructions.  Returns its descriptor, or a negative errno
 * with the reason in @diag, at the place in the script that the kernel does not like. */
int run_load(const struct run_maps *maps, const struct bundle_prog *prog, struct diag *diag);

#endif
