/*
 * named.h - named parameters: what getopt() asks for, and what '-- --name=value' gave.
 */
#ifndef WAGGLE_SCRIPT_NAMED_H
#define WAGGLE_SCRIPT_NAMED_H

#include "script/check.h"

/* The type of a call of getopt, whose arguments are checked; and its value. */
const struct type *check_getopt(struct checker *c, struct expr *e);

/* Parameters that were given and that nothing asks for are errors.  After check. */
void check_named_used(struct checker *c);

#endif
