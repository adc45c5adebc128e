/*
 * check.h - the inside of the checker: its state, and what its files share.
 *
 * A script is gone through again and again until no variable and no map gets another type, and then
 * once more: only that last time are there messages.  The type of what cannot be known, or is wrong and
 * was reported, is TYPE_NONE; it goes with everything, so that one mistake makes one message.
 */
#ifndef WAGGLE_SCRIPT_CHECK_H
#define WAGGLE_SCRIPT_CHECK_H

#include "script/ast.h"
#include "script/script.h"

/* Variables of one block; those of the blocks around it are visible too. */
struct scope {
	struct scope *outer;
	struct variable *variables;
};

/* The variables that a place in the tree made: kept from round to round. */
struct checker {
	struct script *script;
	const struct script_options *options;
	struct arena *arena;
	struct diag *diag; /* NULL: no messages in this round */
	struct diag *real_diag;
	struct types *types;
	struct probe *probe; /* or NULL: in a 'fn' */
	const struct fn *fn;
	struct scope *scope;
	unsigned int gives; /* by all attach points of the probe: enum probe_gives */
	unsigned int loops; /* around this place */
	bool changed;       /* a type in this round */
	bool no_memory;
	bool has_said_included; /* included_report: once is enough */
	uint32_t max_strlen;
};

/* --- check.c --------------------------------------------------------------------------------- */

void check_block(struct checker *c, struct block *block);
/* Its value's type; void when it has none. */
const struct type *check_block_value(struct checker *c, struct block *block);
struct map *check_map(struct checker *c, const char *name, struct span span);
/* Let the map have this key or value too: types grow, or do not fit. */
void check_map_key(struct checker *c, struct map *map, const struct type *key, struct span span);
void check_map_value(struct checker *c, struct map *map, const struct type *value,
		     const struct expr *e);
/* Can a value of type @from stand where a @to is wanted? */
bool fits_type(struct checker *c, const struct type *to, const struct type *from);
/* The type that holds both; NULL when there is none.  @b_literal: that one can still become unsigned. */
const struct type *check_merge(struct checker *c, const struct type *a, const struct type *b);
const struct type *none(void);
bool is_none(const struct type *type);
const char *check_name(struct checker *c, const struct type *type); /* for messages */

/* --- check_expr.c ---------------------------------------------------------------------------- */

/* Find out the type of @e, and write it there. */
const struct type *check_expr(struct checker *c, struct expr *e);
/* ... which must be one that can be true or false. */
/* Refuse @e, whose field is one that cannot be read, if so. */
void check_lack(struct checker *c, const struct expr *e);
void check_condition(struct checker *c, struct expr *e, const char *what);
const struct type *check_key(struct checker *c, struct expr *args, uint32_t count);
bool is_literal(const struct expr *e);
struct variable *find_variable(struct checker *c, const char *name);

/* --- check_builtin.c ------------------------------------------------------------------------- */

/* What a row of builtin.def or func.def says it gives. */
const struct type *check_row_type(struct checker *c, enum value_type value, bool is_signed);
const struct type *check_builtin(struct checker *c, struct expr *e, const struct builtin *builtin,
				 uint64_t number);
void check_unknown_name(struct checker *c, const struct expr *e, bool is_call);
/* Do all attach points of the probe give what @name needs (enum probe_gives)?  False: they do not, which was said. */
bool check_is_given(struct checker *c, struct span span, const char *name, unsigned int needs);
/* Let @e be this text, which is known. */
void check_set_text(struct expr *e, const char *text);

/* --- check_params.c -------------------------------------------------------------------------- */

/* Check the arguments of the call @e against its function's row; false: they are wrong, which was said. */
bool check_params(struct checker *c, struct expr *e);
/* Say that the argument at @span is not what @func wants there, @what; returns false. */
bool check_refuse_param(struct checker *c, const struct func *func, struct span span,
			const char *what);
/* Is @arg a map that @func can take whole; or, if @or_index, an entry of one? */
bool check_map_param(struct checker *c, const struct func *func, struct expr *arg, bool or_index);

/* --- check_call.c ---------------------------------------------------------------------------- */

const struct type *check_call(struct checker *c, struct expr *e);

/* --- cdef.c ---------------------------------------------------------------------------------- */

/* The type that is written; none after an error. */
const struct type *resolve_type(struct checker *c, struct type_name *name);
/* The same without a message. */
const struct type *resolve_type_quietly(struct checker *c, struct type_name *name);
/* The struct, union or enum @name: the script's, else the kernel's; NULL without a message. */
const struct type *find_tagged(struct checker *c, enum c_tag tag, const char *name);
/* A typedef, or one of the language's words; NULL without a message. */
const struct type *find_plain_type(struct checker *c, const char *name);
/* Is @name a constant: of '#define', or of an enum?  An expression that stands for it, or NULL. */
struct expr *find_constant(struct checker *c, const char *name, struct span span);

/* --- included.c ------------------------------------------------------------------------------ */

/* Give options->headers what the script includes: before all else.  -ENOMEM or 0. */
int included_collect(struct script *script, const struct script_options *options);
/* Do its headers come before the kernel's BTF? */
bool included_is_first(const struct checker *c);
/* What they have of that name, or NULL; the first question lets a compiler read them. */
const struct type *included_find(struct checker *c, enum c_tag tag, const char *name);
struct expr *included_constant(struct checker *c, const char *name, struct span span);
/* Were they asked for something and could not be read? */
bool included_has_failed(const struct checker *c);
/* Say why.  False: they could be read, or nobody asked. */
bool included_report(struct checker *c);

/* --- fold.c ---------------------------------------------------------------------------------- */

/* Its operands are known: let @e have a value, if it can. */
void fold(struct expr *e);
/* The value of @e as a number, if it is known. */
bool constant_value(const struct expr *e, uint64_t *ret);

/* --- macro.c --------------------------------------------------------------------------------- */

/* Replace calls of macros in the whole script.  0, -EINVAL, -ENOMEM. */
int expand_macros(struct script *script, struct arena *arena, struct diag *diag);
/* A copy of @probe with a tree of its own, once macros are expanded; its attach points are the same.  NULL
 * when memory is short. */
struct probe *copy_probe(struct script *script, struct arena *arena, const struct probe *probe);

#endif
