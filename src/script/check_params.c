/*
 * check_params.c - what functions are called with: the arguments that their rows ask for, and formats.
 */
#include <string.h>

#include "base/chars.h"
#include "script/check.h"

/* --- formats --------------------------------------------------------------------------------- */

/* What a conversion takes: 'd' a number, 'p' a number or pointer, 's' anything, 'r' bytes. */
static bool takes(char conversion, const struct type *type)
{
	if (is_none(type))
		return true;
	switch (conversion) {
	case 's': return type->kind != TYPE_VOID && type_class(type) != CLASS_NOTHING;
	case 'r':
		return type->kind == TYPE_BUFFER || type->kind == TYPE_STRING ||
		       type->kind == TYPE_ARRAY;
	default:
		return type_class(type) == CLASS_SCALAR || type_is_castable_aggregate(type) ||
		       type->kind == TYPE_KSYM || type->kind == TYPE_USYM;
	}
}

/* The conversion at @text, behind '%': its letter, with *ret_len; 0 when it is none. */
static char read_conversion(const char *text, size_t *ret_len)
{
	size_t i = strspn(text, "-+ #0");

	while (char_is_digit(text[i]))
		i++;
	if (text[i] == '.')
		for (i++; char_is_digit(text[i]);)
			i++;
	if (text[i] == 'r') {
		*ret_len = i + 1 + (text[i + 1] == 'x' || text[i + 1] == 'h');
		return 'r';
	}
	if (text[i] == 'g' && text[i + 1] == 'r') {
		*ret_len = i + 2;
		return 'd';
	}
	while (text[i] && strchr("hljztL", text[i]))
		i++;
	*ret_len = i + 1;
	return text[i];
}

static void refuse_argument(struct checker *c, const struct expr *arg, char conversion)
{
	diag_error(c->diag, arg->span, "'%%%c' does not go with '%s'", conversion,
		   check_name(c, arg->type));
	if (arg->type->kind == TYPE_STRING)
		diag_hint(c->diag, "a string is shown with '%%s'");
	else if (arg->type->kind == TYPE_FLOAT)
		diag_hint(c->diag, "a floating-point number is shown with '%%f' or '%%g'");
	else if (conversion == 'r')
		diag_hint(c->diag, "'%%r' shows bytes: buf(pointer, length)");
	else
		diag_hint(c->diag, "'%%s' shows every value");
}

/* What '%f' shows: an integer, or a division.  That is done outside, as the kernel has no floating point numbers:
 * it becomes the tuple of what is to be divided. */
static void make_ratio(struct checker *c, struct expr *e)
{
	if (e->kind == EXPR_BINARY && e->op == OP_DIV) {
		e->kind = EXPR_TUPLE;
		e->is_ratio = true;
		e->args = e->a;
		e->args->next = e->b;
		e->arg_count = 2;
		e->a = e->b = NULL;
	}
	if (!e->is_ratio) {
		if (e->type->kind != TYPE_FLOAT && !takes('d', e->type))
			refuse_argument(c, e, 'f');
		return;
	}
	make_ratio(c, e->args);
	make_ratio(c, e->args->next);
	(void)check_expr(c, e);
}

/* @format is the format, its arguments follow it in the list. */
static void check_format(struct checker *c, struct expr *call, struct expr *format)
{
	struct expr *arg = format->next;
	uint32_t wanted = 0, given = 0;

	for (struct expr *a = arg; a; a = a->next, given++)
		(void)check_expr(c, a);
	for (size_t i = 0; i < format->text_len; i++) {
		size_t len;
		char conversion;

		if (format->text[i] != '%')
			continue;
		if (format->text[i + 1] == '%') {
			i++;
			continue;
		}
		conversion = read_conversion(format->text + i + 1, &len);
		if (!conversion || !strchr("diuoxXcspreEfFgGaA", conversion)) {
			diag_error(c->diag, format->span, "the format has no conversion '%%%.*s'",
				   (int)(conversion ? len : 0), format->text + i + 1);
			diag_hint(c->diag,
				  "there are %%d %%u %%x %%o %%c %%p %%s %%r %%f, and %%%% "
				  "for '%%'");
			return;
		}
		wanted++;
		if (arg) {
			if (strchr("eEfFgGaA", conversion))
				make_ratio(c, arg);
			else if (!takes(conversion, arg->type))
				refuse_argument(c, arg, conversion);
			arg = arg->next;
		}
		i += len;
	}
	if (wanted != given)
		diag_error(c->diag, call->span,
			   "the format of '%s' takes %u value%s, and %u %s given", call->name,
			   wanted, wanted == 1 ? "" : "s", given, given == 1 ? "is" : "are");
}

/* --- arguments ------------------------------------------------------------------------------- */

bool check_refuse_param(struct checker *c, const struct func *func, struct span span,
			const char *what)
{
	diag_error(c->diag, span, "'%s' takes %s here", func->name, what);
	diag_hint(c->diag, "as in: %s", func->usage);
	return false;
}

/* Does a session do it, which writes the whole value?  Programs delete what is not kept on each CPU. */
static bool clears(const struct func *func, const struct type *value)
{
	return func->id == FUNC_CLEAR || func->id == FUNC_ZERO ||
	       (func->id == FUNC_DELETE && type_class(value) == CLASS_AGGREGATE);
}

/* A map alone: its key is not asked for. */
bool check_map_param(struct checker *c, const struct func *func, struct expr *arg, bool or_index)
{
	if (arg->kind == EXPR_INDEX && or_index && arg->a->kind == EXPR_MAP) {
		(void)check_expr(c, arg);
		return true;
	}
	if (arg->kind != EXPR_MAP)
		return check_refuse_param(c, func, arg->span, "a map");
	arg->map = check_map(c, arg->name, arg->span);
	arg->type = arg->map && arg->map->value ? arg->map->value : none();
	if (arg->map && clears(func, arg->type))
		arg->map->is_cleared = true;
	return true;
}

static bool check_text_param(struct checker *c, const struct func *func, struct expr *arg,
			     bool is_literal_needed)
{
	const struct type *type = check_expr(c, arg);

	if (is_none(type))
		return true;
	if (type->kind == TYPE_PROBE && arg->is_constant)
		arg->type = type = type_string(c->types, (uint32_t)arg->text_len + 1);
	if (type->kind != TYPE_STRING) {
		(void)check_refuse_param(c, func, arg->span, "a string");
		if (c->diag && type->kind == TYPE_POINTER)
			diag_hint(c->diag, "str() reads the string that a pointer points at");
		return false;
	}
	if (is_literal_needed && !arg->is_constant)
		return check_refuse_param(c, func, arg->span, "a string that is known beforehand");
	return true;
}

static bool check_word(struct checker *c, const struct func *func, struct expr *arg)
{
	struct strbuf words = { 0 };

	if (arg->kind == EXPR_NAME && func_takes_word(func->id, arg->name))
		return true;
	func_list_words(func->id, &words);
	diag_error(c->diag, arg->span, "'%s' takes one of %s here", func->name,
		   strbuf_text(&words));
	strbuf_release(&words);
	return false;
}

static bool check_scalar(struct checker *c, const struct func *func, struct expr *arg, char kind)
{
	const struct type *type = check_expr(c, arg);
	uint64_t value;

	if (is_none(type))
		return true;
	switch (kind) {
	case 'i':
	case 'I':
		if (!type_is_int(type) && !type_is_castable_aggregate(type) &&
		    type->kind != TYPE_POINTER)
			return check_refuse_param(c, func, arg->span, "an integer");
		if (kind == 'I' && !constant_value(arg, &value))
			return check_refuse_param(c, func, arg->span,
						  "a number that is known beforehand");
		return true;
	case 'p':
		if (type_class(type) != CLASS_SCALAR && type->kind != TYPE_ARRAY &&
		    type->kind != TYPE_STRING)
			return check_refuse_param(c, func, arg->span, "an address");
		return true;
	case 'c': check_condition(c, arg, "a condition"); return true;
	default: return true;
	}
}

/* The key behind a map. */
static void check_key_param(struct checker *c, struct expr *map_arg, struct expr *arg)
{
	const struct type *key = check_expr(c, arg);

	if (map_arg->kind == EXPR_MAP && map_arg->map)
		check_map_key(c, map_arg->map, key, arg->span);
}

static bool check_var_param(struct checker *c, const struct func *func, struct expr *map_arg,
			    struct expr *arg)
{
	struct variable *v = arg->kind == EXPR_VAR ? find_variable(c, arg->name) : NULL;

	if (!v)
		return check_refuse_param(c, func, arg->span,
					  "a variable declared before with 'let'");
	arg->var = v;
	v->is_used = true;
	if (is_none(v->type) && map_arg->map && map_arg->map->value) {
		v->type = map_arg->map->value;
		c->changed = true;
	}
	arg->type = v->type;
	return true;
}

static bool check_param(struct checker *c, struct expr *e, struct expr *arg, char kind)
{
	const struct func *func = e->func;

	switch (kind) {
	case 'm': return check_map_param(c, func, arg, false);
	case 'M': return check_map_param(c, func, arg, true);
	case 'k': check_key_param(c, e->args, arg); return true;
	case 'v': return check_var_param(c, func, e->args, arg);
	case 's': return check_text_param(c, func, arg, false);
	case 'S': return check_text_param(c, func, arg, true);
	case 'w': return check_word(c, func, arg);
	case 'n': return true;
	case 'x':
		/* a map alone stands for all of it */
		if (arg->kind == EXPR_MAP)
			return check_map_param(c, func, arg, false);
		(void)check_expr(c, arg);
		return true;
	default: return check_scalar(c, func, arg, kind);
	}
}

static bool refuse_count(struct checker *c, const struct expr *e)
{
	struct expr *second = e->args ? e->args->next : NULL;

	diag_error(c->diag, e->span, "'%s' does not take %u argument%s", e->name, e->arg_count,
		   e->arg_count == 1 ? "" : "s");
	if (e->func->id == FUNC_DELETE && second)
		diag_hint(c->diag, "one key at a time: delete(@map, key); delete(@map, key); ...");
	else
		diag_hint(c->diag, "as in: %s", e->func->usage);
	return false;
}

/* By the letters of func.def. */
bool check_params(struct checker *c, struct expr *e)
{
	const char *p = e->func->params;
	struct expr *arg = e->args;
	bool optional = false, good = true;

	if (p[0] == 'f') {
		if (!arg)
			return refuse_count(c, e);
		if (!check_text_param(c, e->func, arg, true))
			return false;
		if (arg->is_constant)
			check_format(c, e, arg);
		return true;
	}
	for (; *p; p++) {
		if (*p == '?') {
			optional = true;
			continue;
		}
		if (!arg)
			return optional ? good : refuse_count(c, e);
		/* a number may stand in the place of a mode */
		if (*p == 'w' &&
		    !(arg->kind == EXPR_NAME && func_takes_word(e->func->id, arg->name)) &&
		    p[1] == 'I' && arg->kind != EXPR_NAME)
			continue;
		good &= check_param(c, e, arg, *p);
		arg = arg->next;
	}
	return arg ? refuse_count(c, e) : good;
}
