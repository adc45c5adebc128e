/*
 * script.h - the language of tracing scripts: bpftrace's, as of its release 0.26, and what older
 * releases spelt differently where that is unambiguous.
 *
 *	script_import(&source, &arena, &diag);
 *	script_parse(&source, &options, &arena, &diag, &script);
 *	script_check(script, &options, &arena, &diag);
 *
 * makes a tree of a text, and then a tree in which every name is resolved and every expression
 * has a type.  The way through the folder:
 *
 *	lex.c, parse*.c, attach.c, preprocess.c   text to tree
 *	macro.c                                   calls of macros to their bodies
 *	expand.c                                  attach points to the places that they stand for
 *	check*.c, fold.c                          names, types, what is allowed where
 *	types.c, kernel.c, cdef.c, included.c     types: the kernel's, the script's, those of headers
 *	print.c, fmt.c                            the tree as text; the script, formatted
 *	table.c and the .def files                what the language has
 */
#ifndef WAGGLE_SCRIPT_SCRIPT_H
#define WAGGLE_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"

struct catalog;
struct headers;
struct kernel;
struct script;

enum {
	SCRIPT_MOST_BYTES = 4 << 20,
	SCRIPT_MOST_NESTING = 200,      /* of expressions, blocks and types within each other */
	SCRIPT_MOST_EXPANSIONS = 10000, /* of macros, all together */
	SCRIPT_MOST_UNROLL = 100,
	SCRIPT_MOST_STRLEN = 65536, /* bytes of a string, its NUL included */
};

/* What stands on the command line behind '--': '--name=value', or '--name'. */
struct script_named {
	const char *name;
	const char *value; /* NULL: none was given */
};

struct script_options {
	const char *const *params; /* $1, $2 ... */
	size_t param_count;
	const struct script_named *named;
	size_t named_count;
	struct kernel *kernel; /* whose types are meant; NULL: none are known */
	struct headers *
		headers; /* what reads those that the script includes, and nothing added to it; NULL: none */
	struct catalog *catalog; /* where probes can attach; NULL: every place is taken to exist */
	uint32_t pid;            /* -p: whose files '*' stands for; 0: none */
	bool unsafe;             /* functions that change the system are allowed */
	/* The value of a variable of the environment, as getenv gives it; NULL: there are none. */
	const char *(*environment)(const char *name);
};

/* Put what @source imports behind its text, if it does: that is then in @arena.  0, or -EINVAL with the errors in
 * @diag, whose source must be @source; or -ENOMEM. */
int script_import(struct source *source, struct arena *arena, struct diag *diag);

/* Parse @source, which must live as long as the result.  Returns 0 with *ret_script, in @arena; -EINVAL
 * with the errors in @diag, which may not be NULL; or -ENOMEM.  When nothing but attach points is wrong,
 * *ret_script is set with -EINVAL too: what stands in the probes can be checked all the same. */
int script_parse(const struct source *source, const struct script_options *options,
		 struct arena *arena, struct diag *diag, struct script **ret_script);

/* Replace the calls of macros, and every attach point by the places that it stands for: wildcards are
 * matched, missing places reported or left out as config says.  A probe whose places do not agree about
 * the types of what it asks for becomes several.  0, -EINVAL or -ENOMEM, as above; nothing when it was done
 * before. */
int script_expand(struct script *script, const struct script_options *options, struct arena *arena,
		  struct diag *diag);

/* script_expand; then resolve names and find out all types.  0, -EINVAL or -ENOMEM, as above.
 * Warnings go to @diag too. */
int script_check(struct script *script, const struct script_options *options, struct arena *arena,
		 struct diag *diag);

/* Append the tree, a node to each line; once checked, with types. */
void script_print(const struct script *script, struct strbuf *out);

/* Append the named parameters that the script asks for with getopt, a line to each: what '-- --help' shows.  False:
 * it asks for none. */
bool script_describe_named(struct script *script, struct strbuf *out);

/* Append the tokens, one to each line. */
void script_print_tokens(const struct script *script, struct strbuf *out);

/* Append the types of variables and maps, and which probes there are, after script_check. */
void script_print_types(const struct script *script, struct strbuf *out);

/* Append the script in the usual layout: comments are kept, and the tree stays as it is.  Formatting
 * the result again changes nothing. */
void script_format(const struct script *script, struct strbuf *out);

#endif
