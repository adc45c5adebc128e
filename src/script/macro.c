/*
 * macro.c - calls of macros become their bodies.
 *
 * The body is copied.  A parameter 'x' is replaced by a copy of its argument; '$x' and '@x' by the
 * variable and the map that were given.  Variables that the body sets itself get names that nobody
 * can write, so that they are not the caller's ("hygiene"); maps that are not parameters are
 * refused.
 */
#include <errno.h>
#include <string.h>

#include "base/nearest.h"
#include "script/check.h"
#include "script/script.h"

struct expansion {
	struct expansion *outer;
	struct macro *macro; /* NULL: outside of macros */
	struct expr *args;
	unsigned int number;
	struct span span; /* of the call */
};

struct expander {
	struct script *script;
	struct arena *arena;
	struct diag *diag;
	unsigned int count;
	unsigned int depth;
	bool failed;
	bool no_memory;
};

static struct expr *copy_expr(struct expander *x, const struct expansion *in, const struct expr *e);
static struct block *copy_block(struct expander *x, const struct expansion *in,
				const struct block *block);

static void *copy(struct expander *x, const void *from, size_t size)
{
	void *to = arena_alloc(x->arena, size);

	if (!to)
		x->no_memory = true;
	else
		memcpy(to, from, size);
	return to;
}

/* The argument for the parameter @name of kind @kind, or NULL. */
static const struct expr *find_arg(const struct expansion *in, enum macro_param_kind kind,
				   const char *name)
{
	const struct expr *arg = in->args;

	if (!in->macro)
		return NULL;
	for (const struct macro_param *p = in->macro->params; p && arg;
	     p = p->next, arg = arg->next)
		if (p->kind == kind && !strcmp(p->name, name))
			return arg;
	return NULL;
}

/* --- types ----------------------------------------------------------------------------------- */

static struct type_name *copy_type_name(struct expander *x, const struct expansion *in,
					const struct type_name *name)
{
	struct type_name *to;
	const struct expr *arg;

	if (!name)
		return NULL;
	if (name->kind == TYPE_NAME_PLAIN) {
		arg = find_arg(in, MACRO_TYPE, name->name);
		if (arg && arg->type_name)
			return copy_type_name(x, in->outer, arg->type_name);
	}
	to = copy(x, name, sizeof *to);
	if (!to)
		return NULL;
	to->inner = copy_type_name(x, in, name->inner);
	to->count = copy_expr(x, in, name->count);
	to->expr = copy_expr(x, in, name->expr);
	return to;
}

/* --- calls ----------------------------------------------------------------------------------- */

static bool fits(const struct macro_param *param, const struct expr *arg)
{
	switch (param->kind) {
	case MACRO_VAR: return arg->kind == EXPR_VAR;
	case MACRO_MAP: return arg->kind == EXPR_MAP;
	case MACRO_TYPE: return arg->kind == EXPR_TYPE;
	case MACRO_EXPR: return arg->kind != EXPR_TYPE;
	}
	return false;
}

static bool signature_fits(const struct macro *macro, const struct expr *args)
{
	const struct macro_param *param = macro->params;

	for (; param && args; param = param->next, args = args->next)
		if (!fits(param, args))
			return false;
	return !param && !args;
}

static struct macro *find_macro(struct expander *x, const char *name, const struct expr *args,
				bool *ret_is_known)
{
	*ret_is_known = false;
	for (struct macro *m = x->script->macros; m; m = m->next) {
		if (strcmp(m->name, name) != 0)
			continue;
		*ret_is_known = true;
		if (signature_fits(m, args))
			return m;
	}
	return NULL;
}

static struct expr *fail(struct expander *x, const struct expr *e)
{
	struct expr *bad = expr_new(x->arena, EXPR_BAD, e->span);

	x->failed = true;
	if (!bad)
		x->no_memory = true;
	return bad;
}

static void describe(struct expander *x, const char *name)
{
	for (const struct macro *m = x->script->macros; m; m = m->next) {
		struct strbuf text = { 0 };

		if (strcmp(m->name, name) != 0)
			continue;
		for (const struct macro_param *p = m->params; p; p = p->next)
			strbuf_printf(&text, "%s%s%s%s", p == m->params ? "" : ", ",
				      p->kind == MACRO_TYPE ? "typeof(" : "", p->name,
				      p->kind == MACRO_TYPE ? ")" : "");
		diag_hint(x->diag, "it takes: %s(%s)", name, strbuf_text(&text));
		strbuf_release(&text);
	}
}

/* The body of @macro in the place of @call, whose arguments were copied already. */
static struct expr *expand(struct expander *x, const struct expansion *in, struct macro *macro,
			   const struct expr *call)
{
	struct expansion inner = { .outer = NULL,
				   .macro = macro,
				   .args = call->args,
				   .number = ++x->count,
				   .span = call->span };
	struct expansion outside = { 0 };
	struct expr *e;

	(void)in;
	if (macro->is_expanding) {
		diag_error(x->diag, call->span, "macro '%s' calls itself", macro->name);
		return fail(x, call);
	}
	if (x->count > SCRIPT_MOST_EXPANSIONS) {
		diag_error(x->diag, call->span, "more than %d macros are expanded",
			   SCRIPT_MOST_EXPANSIONS);
		return fail(x, call);
	}
	e = expr_new(x->arena, EXPR_BLOCK, call->span);
	if (!e) {
		x->no_memory = true;
		return NULL;
	}
	inner.outer = &outside;
	macro->is_expanding = true;
	e->block = copy_block(x, &inner, macro->body);
	macro->is_expanding = false;
	return e;
}

static struct expr *copy_args(struct expander *x, const struct expansion *in,
			      const struct expr *args)
{
	struct expr *first = NULL, **tail = &first;

	for (; args; args = args->next) {
		*tail = copy_expr(x, in, args);
		if (!*tail)
			return first;
		tail = &(*tail)->next;
		*tail = NULL;
	}
	return first;
}

/* --- expressions ----------------------------------------------------------------------------- */

static struct expr *replace(struct expander *x, const struct expr *arg, const struct expr *e)
{
	struct expansion outside = { 0 };
	struct expr *to = copy_expr(x, &outside, arg);

	if (to) {
		to->next = NULL;
		to->label = e->label;
		to->label_span = e->label_span;
	}
	return to;
}

static struct expr *copy_var(struct expander *x, const struct expansion *in, const struct expr *e)
{
	const struct expr *arg = find_arg(in, MACRO_VAR, e->name);
	struct expr *to;

	if (arg)
		return replace(x, arg, e);
	to = copy(x, e, sizeof *to);
	if (to && in->macro) {
		to->name = arena_printf(x->arena, "%s#%u", e->name, in->number);
		x->no_memory |= !to->name;
	}
	return to && to->name ? to : NULL;
}

static struct expr *copy_map(struct expander *x, const struct expansion *in, const struct expr *e)
{
	const struct expr *arg = find_arg(in, MACRO_MAP, e->name);

	if (arg)
		return replace(x, arg, e);
	if (in->macro) {
		diag_error(x->diag, e->span, "a macro sees only the maps that it is given");
		diag_hint(x->diag, "make it a parameter: macro %s(%s)", in->macro->name, e->name);
		return fail(x, e);
	}
	return copy(x, e, sizeof *e);
}

static struct expr *copy_parts(struct expander *x, const struct expansion *in, const struct expr *e)
{
	struct expr *to = copy(x, e, sizeof *to);

	if (!to)
		return NULL;
	to->next = NULL;
	to->a = copy_expr(x, in, e->a);
	to->b = copy_expr(x, in, e->b);
	to->c = copy_expr(x, in, e->c);
	to->args = copy_args(x, in, e->args);
	to->type_name = copy_type_name(x, in, e->type_name);
	to->block = copy_block(x, in, e->block);
	to->other = copy_block(x, in, e->other);
	return to;
}

static struct expr *copy_named(struct expander *x, const struct expansion *in, const struct expr *e)
{
	const struct expr *arg = e->kind == EXPR_NAME ? find_arg(in, MACRO_EXPR, e->name) : NULL;
	struct macro *macro;
	struct expr *to;
	bool is_known;

	if (arg)
		return replace(x, arg, e);
	to = copy_parts(x, in, e);
	if (!to)
		return NULL;
	macro = find_macro(x, e->name, to->args, &is_known);
	if (macro)
		return expand(x, in, macro, to);
	if (is_known) {
		diag_error(x->diag, e->span, "macro '%s' does not take these arguments", e->name);
		describe(x, e->name);
		return fail(x, e);
	}
	return to;
}

static struct expr *copy_expr(struct expander *x, const struct expansion *in, const struct expr *e)
{
	enum { MOST_DEPTH = 8 * SCRIPT_MOST_NESTING };
	struct expr *to;

	if (!e || x->no_memory)
		return NULL;
	if (x->depth > MOST_DEPTH) {
		if (!x->failed)
			diag_error(x->diag, e->span, "macros make this nested too deep");
		return fail(x, e);
	}
	x->depth++;
	switch (e->kind) {
	case EXPR_VAR: to = copy_var(x, in, e); break;
	case EXPR_MAP: to = copy_map(x, in, e); break;
	case EXPR_NAME:
	case EXPR_CALL: to = copy_named(x, in, e); break;
	default: to = copy_parts(x, in, e); break;
	}
	x->depth--;
	if (to)
		to->next = NULL;
	return to;
}

/* --- statements ------------------------------------------------------------------------------ */

static struct stmt *copy_stmt(struct expander *x, const struct expansion *in, const struct stmt *s)
{
	struct stmt *to = copy(x, s, sizeof *to);

	if (!to)
		return NULL;
	to->next = NULL;
	to->target = copy_expr(x, in, s->target);
	to->value = copy_expr(x, in, s->value);
	to->end = copy_expr(x, in, s->end);
	to->type_name = copy_type_name(x, in, s->type_name);
	to->block = copy_block(x, in, s->block);
	return to;
}

static struct block *copy_block(struct expander *x, const struct expansion *in,
				const struct block *block)
{
	struct block *to;
	struct stmt **tail;

	if (!block)
		return NULL;
	to = copy(x, block, sizeof *to);
	if (!to)
		return NULL;
	to->first = NULL;
	tail = &to->first;
	for (const struct stmt *s = block->first; s && !x->no_memory; s = s->next) {
		*tail = copy_stmt(x, in, s);
		if (*tail)
			tail = &(*tail)->next;
	}
	to->value = copy_expr(x, in, block->value);
	return to;
}

struct probe *copy_probe(struct script *script, struct arena *arena, const struct probe *probe)
{
	struct expander x = { .script = script, .arena = arena };
	const struct expansion outside = { 0 };
	struct probe *to = copy(&x, probe, sizeof *to);

	if (!to)
		return NULL;
	to->predicate = copy_expr(&x, &outside, probe->predicate);
	to->body = copy_block(&x, &outside, probe->body);
	return x.no_memory ? NULL : to;
}

int expand_macros(struct script *script, struct arena *arena, struct diag *diag)
{
	struct expander x = { .script = script, .arena = arena, .diag = diag };
	const struct expansion outside = { 0 };

	if (!script->macros)
		return 0;
	for (struct probe *probe = script->probes; probe; probe = probe->next) {
		probe->predicate = copy_expr(&x, &outside, probe->predicate);
		probe->body = copy_block(&x, &outside, probe->body);
	}
	for (struct fn *fn = script->fns; fn; fn = fn->next)
		fn->body = copy_block(&x, &outside, fn->body);
	return x.no_memory ? -ENOMEM : x.failed ? -EINVAL : 0;
}
