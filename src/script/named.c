/*
 * named.c - named parameters.
 */
#include "script/named.h"

#include <string.h>

#include "base/nearest.h"
#include "script/tree.h"

static const struct script_named *find_given(const struct script_options *options, const char *name)
{
	const struct script_named *found = NULL;

	for (size_t i = 0; i < options->named_count; i++)
		if (!strcmp(options->named[i].name, name))
			found = &options->named[i]; /* the last wins */
	return found;
}

/* --- values ---------------------------------------------------------------------------------- */

static bool read_bool(const char *text, uint64_t *ret)
{
	if (!text || !strcmp(text, "true") || !strcmp(text, "1"))
		*ret = 1;
	else if (!strcmp(text, "false") || !strcmp(text, "0"))
		*ret = 0;
	else
		return false;
	return true;
}

static bool read_int(const char *text, uint64_t *ret)
{
	const bool is_negative = text && *text == '-';

	if (!text || lex_number(text + is_negative, strlen(text + is_negative), ret) != 0)
		return false;
	*ret = is_negative ? -*ret : *ret;
	return true;
}

static const struct type *set_number(struct expr *e, uint64_t number, const struct type *type)
{
	e->is_constant = true;
	e->value = number;
	return type;
}

static const struct type *set_text(struct checker *c, struct expr *e, const char *text)
{
	e->is_constant = true;
	e->text = text;
	e->text_len = strlen(text);
	return type_string(c->types, (uint32_t)e->text_len + 1);
}

static const struct type *refuse_value(struct checker *c, const struct expr *e,
				       const struct script_named *given, const char *wanted)
{
	diag_error(c->diag, e->span, "'--%s' is %s, and '%s' was given", given->name, wanted,
		   given->value ? given->value : "");
	return none();
}

const struct type *check_getopt(struct checker *c, struct expr *e)
{
	const struct expr *otherwise = e->args->next;
	const struct script_named *given = e->args->text ? find_given(c->options, e->args->text) :
							   NULL;
	uint64_t number = 0;

	if (!otherwise || otherwise->type->kind == TYPE_BOOL) {
		if (otherwise)
			(void)constant_value(otherwise, &number);
		if (given && !read_bool(given->value, &number))
			return refuse_value(c, e, given, "'true' or 'false'");
		return set_number(e, number, type_plain(TYPE_BOOL));
	}
	if (is_none(otherwise->type))
		return none();
	if (!otherwise->is_constant ||
	    !(type_is_int(otherwise->type) || otherwise->type->kind == TYPE_STRING)) {
		diag_error(c->diag, otherwise->span,
			   "'getopt' takes a number, a string or a bool that is known beforehand");
		return none();
	}
	if (otherwise->type->kind == TYPE_STRING)
		return set_text(c, e, given ? given->value ? given->value : "" : otherwise->text);
	(void)constant_value(otherwise, &number);
	if (given && !read_int(given->value, &number))
		return refuse_value(c, e, given, "a number");
	return set_number(e, number, type_int(8, true));
}

/* --- all of a script ------------------------------------------------------------------------- */

static bool is_getopt(const struct expr *e)
{
	return e->kind == EXPR_CALL && !strcmp(e->name, "getopt") && e->args &&
	       e->args->kind == EXPR_STRING;
}

static void visit_script(struct script *script, tree_visit_fn *visit, void *data)
{
	for (struct item *item = script->items; item; item = item->next) {
		if (item->kind == ITEM_PROBE) {
			tree_visit_expr(item->probe->predicate, visit, data);
			tree_visit_block(item->probe->body, visit, data);
		} else if (item->kind == ITEM_FN) {
			tree_visit_block(item->fn->body, visit, data);
		} else if (item->kind == ITEM_MACRO) {
			tree_visit_block(item->macro->body, visit, data);
		}
	}
}

struct asking {
	const char *name;
	bool is_asked;
	struct nearest search;
};

static bool look_for(void *data, struct expr *e)
{
	struct asking *asking = data;

	if (is_getopt(e)) {
		asking->is_asked |= !strcmp(e->args->text, asking->name);
		nearest_offer(&asking->search, e->args->text);
	}
	return true;
}

void check_named_used(struct checker *c)
{
	for (size_t i = 0; i < c->options->named_count; i++) {
		const char *name = c->options->named[i].name;
		struct asking asking = { .name = name, .search = nearest_begin(name) };

		visit_script(c->script, look_for, &asking);
		if (asking.is_asked)
			continue;
		diag_error(c->diag, SPAN_NONE, "the script has no parameter '--%s'", name);
		if (asking.search.best)
			diag_hint(c->diag, "did you mean '--%s'?", asking.search.best);
		else
			diag_hint(c->diag, "'-- --help' lists those that it has");
	}
}

/* A line for each parameter. */
struct describing {
	struct strbuf *out;
	bool has_any;
};

static void describe_default(const struct expr *otherwise, struct strbuf *out)
{
	switch (otherwise->kind) {
	case EXPR_STRING: strbuf_printf(out, "=%s", otherwise->text); break;
	case EXPR_INT: strbuf_printf(out, "=%llu", (unsigned long long)otherwise->number); break;
	case EXPR_BOOL: strbuf_puts(out, otherwise->number ? "=true" : "=false"); break;
	default: strbuf_puts(out, "=..."); break;
	}
}

static bool describe(void *data, struct expr *e)
{
	struct describing *d = data;
	const struct expr *help;

	if (!is_getopt(e))
		return true;
	strbuf_printf(d->out, "  --%s", e->args->text);
	if (e->args->next)
		describe_default(e->args->next, d->out);
	help = e->args->next ? e->args->next->next : NULL;
	if (help && help->kind == EXPR_STRING) {
		strbuf_pad(d->out, 28);
		strbuf_printf(d->out, " %s", help->text);
	}
	strbuf_putc(d->out, '\n');
	d->has_any = true;
	return true;
}

bool script_describe_named(struct script *script, struct strbuf *out)
{
	struct describing d = { .out = out };

	visit_script(script, describe, &d);
	return d.has_any;
}
