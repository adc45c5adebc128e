/*
 * programs.h - what the commands that take objects share: the programs that the user names.
 */
#ifndef WAGGLE_CMD_PROGRAMS_H
#define WAGGLE_CMD_PROGRAMS_H

#include "cmd/command.h"
#include "object/object.h"

enum { PROGRAMS_MOST = 64 };

/* The values of @option, which can be given several times, NULL behind the last.  0, or -EINVAL. */
int programs_read(const struct command_args *args, const char *option, struct diag *diag,
		  const char *ret_names[static PROGRAMS_MOST + 1]);

/* Are all of @names programs of @object?  0; or -ENOENT with the nearest name in @diag, or else @hint, which may be
 * NULL. */
int programs_check(const struct object *object, const char *const *names, const char *hint,
		   struct diag *diag);

#endif
