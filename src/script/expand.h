/*
 * expand.h - the inside of expanding: its state, and what its files share.
 */
#ifndef WAGGLE_SCRIPT_EXPAND_H
#define WAGGLE_SCRIPT_EXPAND_H

#include "script/ast.h"
#include "script/script.h"

enum { TAKEN_BUCKETS = 256 };

/* A place that the probe at work has already. */
struct taken {
	struct taken *next;
	const char *name;
	bool is_instead; /* of a function that is not there */
};

/* An attach point of a list that stands for nothing here. */
struct missing {
	struct missing *next;
	const struct attach *written;
};

struct expanding {
	struct script *script;
	const struct script_options *options;
	struct arena *arena;
	struct diag *diag;
	struct probe *probe;          /* at work */
	const struct attach *written; /* of those in the script, the one at work */
	struct attach **tail;         /* of the new list */
	bool is_list;                 /* there are several in the script */
	bool is_lenient;         /* functions may be missing as long as one of the list is there */
	struct missing *missing; /* so far */
	bool uses_argn;
	bool is_instead; /* what is found now serves instead of what was written */
	struct taken *taken[TAKEN_BUCKETS];
	uint64_t total, most; /* of all probes: config max_probes */
	bool no_memory;
};

/* Let the probe at work have @attach too.  False: that is one too many, or memory is short. */
bool expand_add(struct expanding *x, const struct attach *attach);

/* A catalog_found_fn for @data, a struct expanding: the attach point at work stands for this. */
bool expand_found(void *data, const char *target, const char *space, const char *name);

/* expand_function.c: functions of the kernel; expand_user.c: those of programs, and USDT probes.  How many were found;
 * 0 or -ENOENT when there are none, with the reason in @diag if it is known; or another negative errno. */
int expand_function(struct expanding *x, struct diag *diag);
int expand_user(struct expanding *x, struct diag *diag);
/* Are arguments of both, USDT probes, at the same places? */
bool expand_usdt_agree(const struct attach *a, const struct attach *b);

#endif
