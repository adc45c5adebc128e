/*
 * inspect.h - what 'waggle map', 'waggle prog' and 'waggle link' share: the kernel's objects, whoever made
 * them.
 */
#ifndef WAGGLE_CMD_INSPECT_H
#define WAGGLE_CMD_INSPECT_H

#include "base/json.h"
#include "base/strbuf.h"
#include "btf/btf.h"
#include "cmd/command.h"
#include "sys/bpf.h"

/* A command at work. */
struct inspect {
	const struct command_args *args;
	const struct sys *sys;
	struct diag diag;
	struct btf *kernel; /* names of types; NULL: they are shown as numbers */
	bool is_json;
	struct strbuf out;
	struct json json; /* of out; an array that rows are added to */
	char word[64];
};

void inspect_begin(struct inspect *in, const struct command_args *args, bool is_json);
/* Write everything out and release it: the exit status that @err means. */
int inspect_end(struct inspect *in, int err);

/* The name of number @number in the kernel's enum @name, without its @prefix and in lower case; "type 77"
 * when it is not known.  Good until the next call. */
const char *inspect_word(struct inspect *in, const char *name, const char *prefix, uint32_t number);

/* Call @show for each object of @kind with a descriptor of it, in the order of ids; those that end meanwhile are left
 * out. */
typedef int inspect_fn(struct inspect *in, int fd);
int inspect_each(struct inspect *in, enum sys_kind kind, inspect_fn *show);

/* The same for the one that the operand says, by its id, its name (@name_of gives it for a descriptor), or a path where it is
 * pinned; all of that name. */
typedef int inspect_name_fn(struct inspect *in, int fd, char ret_name[static 64]);
int inspect_one(struct inspect *in, enum sys_kind kind, inspect_name_fn *name_of, inspect_fn *show);

#endif
