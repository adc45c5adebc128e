/*
 * programs.c - the programs of an object that the user names.
 */
#include "cmd/programs.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"

int programs_read(const struct command_args *args, const char *option, struct diag *diag,
		  const char *ret_names[static PROGRAMS_MOST + 1])
{
	const char *name;

	for (size_t i = 0; (name = args_value_at(args, option, i)); i++) {
		if (i == PROGRAMS_MOST) {
			diag_error(diag, SPAN_NONE, "--%s can be given %d times", option,
				   PROGRAMS_MOST);
			return -EINVAL;
		}
		ret_names[i] = name;
	}
	return 0;
}

static bool has_program(const struct object *object, const char *name)
{
	for (size_t i = 0; i < object->entry_count; i++)
		if (!strcmp(object->entries[i].name, name))
			return true;
	return false;
}

static int refuse(const struct object *object, const char *name, const char *hint,
		  struct diag *diag)
{
	struct nearest search = nearest_begin(name);

	for (size_t i = 0; i < object->entry_count; i++)
		nearest_offer(&search, object->entries[i].name);
	diag_error(diag, SPAN_NONE, "the object has no program '%s'", name);
	if (search.best)
		diag_hint(diag, "did you mean '%s'?", search.best);
	else if (hint)
		diag_hint(diag, "%s", hint);
	return -ENOENT;
}

int programs_check(const struct object *object, const char *const *names, const char *hint,
		   struct diag *diag)
{
	for (; *names; names++)
		if (!has_program(object, *names))
			return refuse(object, *names, hint, diag);
	return 0;
}
