/*
 * included.c - what the script's '#include's bring.
 *
 * Most scripts include headers of the kernel for types that its BTF has, and has as this kernel is: so that
 * is asked first, and no compiler runs if it knows all names.  Other headers are asked before it: a
 * program's 'struct node' is not the kernel's.
 */
#include <errno.h>
#include <inttypes.h>

#include "header/header.h"
#include "script/check.h"
#include "script/kernel.h"
#include "script/parse.h"

static const struct item *last_include(const struct script *script)
{
	const struct item *last = NULL;

	for (const struct item *item = script->items; item; item = item->next)
		if (item->kind == ITEM_INCLUDE)
			last = item;
	return last;
}

int included_collect(struct script *script, const struct script_options *options)
{
	const struct item *last = last_include(script);
	struct headers *headers = options->headers;
	struct strbuf line = { 0 };
	int err = 0;

	if (!headers)
		return 0;
	/* what the script defines before may be meant for the header */
	for (const struct item *item = script->items; last && item && !err; item = item->next) {
		strbuf_reset(&line);
		if (item->kind == ITEM_INCLUDE)
			strbuf_printf(&line, "#include %s", item->text);
		else if (item->kind == ITEM_DEFINE && !item->c_macro->has_params)
			strbuf_printf(&line, "#define %s %s", item->c_macro->name,
				      item->c_macro->text);
		if (line.len > 0)
			err = headers_add(headers, strbuf_text(&line), item->span);
		if (item == last)
			break;
	}
	if (line.failed)
		err = -ENOMEM;
	strbuf_release(&line);
	if (!err && headers_exist(headers)) {
		script->types.headers = headers;
		err = headers_set_words(headers, script->source->text, script->source->len);
	}
	return err;
}

bool included_is_first(const struct checker *c)
{
	return c->types->headers && !headers_are_kernels(c->types->headers);
}

/* The script's own headers must be right, whoever else has a type of that name; it may do without them where
 * there is no compiler. */
static void report_wrong(struct checker *c)
{
	const int err = headers_read(c->types->headers);

	if (err && err != -ENOENT && included_is_first(c))
		(void)included_report(c);
}

const struct type *included_find(struct checker *c, enum c_tag tag, const char *name)
{
	if (!c->types->headers)
		return NULL;
	report_wrong(c);
	return kernel_find_in_headers(c->types, tag, name);
}

/* The number that the text of a constant stands for, as the language's own parser has it. */
static struct expr *parse_value(struct checker *c, const struct header_value *value,
				struct span span)
{
	const char *text = value->is_negative ? arena_printf(c->arena, "-%" PRIu64, -value->bits) :
						arena_printf(c->arena, "%" PRIu64, value->bits);

	if (!text)
		c->no_memory = true;
	return text ? parse_text(c->script, c->arena, c->diag, text, span) : NULL;
}

struct expr *included_constant(struct checker *c, const char *name, struct span span)
{
	struct header_value value;
	const char *text;

	if (!c->types->headers)
		return NULL;
	report_wrong(c);
	if (headers_value(c->types->headers, name, &value))
		return parse_value(c, &value, span);
	text = headers_macro(c->types->headers, name);
	return text && text[0] == '"' ? parse_text(c->script, c->arena, c->diag, text, span) : NULL;
}

bool included_has_failed(const struct checker *c)
{
	return c->types->headers && headers_diag(c->types->headers)->error_count > 0;
}

bool included_report(struct checker *c)
{
	if (!included_has_failed(c))
		return false;
	if (c->diag && !c->has_said_included)
		diag_add_all(c->diag, headers_diag(c->types->headers), SPAN_NONE);
	c->has_said_included |= c->diag != NULL;
	return true;
}
