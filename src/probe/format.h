/*
 * format.h - reading the 'format' file of a tracepoint: what its record holds.
 */
#ifndef WAGGLE_PROBE_FORMAT_H
#define WAGGLE_PROBE_FORMAT_H

#include "base/arena.h"
#include "probe/catalog.h"

/* Read @text, whose strings are copied to @arena.  'syscall' and 'is_exit' are left to the caller, who
 * knows the name.  0; -EINVAL: this is no format; -ENOMEM. */
int format_parse(const char *text, struct arena *arena, struct catalog_format *ret_format);

#endif
