/*
 * place.h - what the places give that probes attach to: the types of 'args', 'retval' and 'ctx'.
 *
 * Each is found out when it is first asked for, and kept in the attach point.
 */
#ifndef WAGGLE_SCRIPT_PLACE_H
#define WAGGLE_SCRIPT_PLACE_H

#include "script/check.h"

/* Of functions and raw tracepoints, whose types are those of the kernel: fill in @attach->args and
 * @attach->retval, of programs' functions @attach->result; NULL where they are not known. */
void place_typed(struct types *types, struct attach *attach);

/* The struct of the arguments of @attach, for the probe that is checked; its fields that the probe does not
 * name may have the type none.  NULL when nothing is known about them. */
const struct type *place_args(struct checker *c, struct attach *attach);

/* What the function of @attach returned. */
const struct type *place_retval(struct checker *c, struct attach *attach);

/* The same of programs' functions, where it is the same at all places of the probe that @attaches is the list of; NULL:
 * a number, then. */
const struct field *place_result(struct checker *c, struct attach *attaches);

/* The context of an iterator: a pointer; or NULL. */
const struct type *place_ctx(struct checker *c, const struct attach *attach);

#endif
