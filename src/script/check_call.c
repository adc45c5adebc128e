/*
 * check_call.c - builtins and functions: what they take, and what they give.
 */
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/nearest.h"
#include "probe/catalog.h"
#include "script/check.h"
#include "script/config.h"
#include "script/kernel.h"
#include "script/named.h"
#include "script/place.h"

/* --- types of rows --------------------------------------------------------------------------- */

static const struct type *value_type(struct checker *c, enum value_type value, bool is_signed)
{
	const struct type *task;

	switch (value) {
	case VALUE_VOID: return type_plain(TYPE_VOID);
	case VALUE_BOOL: return type_plain(TYPE_BOOL);
	case VALUE_UINT8: return type_int(1, false);
	case VALUE_UINT32: return type_int(4, false);
	case VALUE_UINT64: return type_int(8, false);
	case VALUE_INT64: return type_int(8, true);
	case VALUE_STRING: return type_string(c->types, c->max_strlen);
	case VALUE_COMM: return type_string(c->types, 16);
	case VALUE_TASK:
		task = find_tagged(c, TAG_STRUCT, "task_struct");
		return task ? type_pointer(c->types, task, SPACE_KERNEL) : type_int(8, false);
	case VALUE_INET: return type_inet(c->types, 16);
	case VALUE_MAC: return type_plain(TYPE_MAC);
	case VALUE_KSTACK: return type_plain(TYPE_KSTACK);
	case VALUE_USTACK: return type_plain(TYPE_USTACK);
	case VALUE_KSYM: return type_plain(TYPE_KSYM);
	case VALUE_USYM: return type_plain(TYPE_USYM);
	case VALUE_TIMESTAMP: return type_plain(TYPE_TIMESTAMP);
	case VALUE_CGROUP_PATH: return type_plain(TYPE_CGROUP_PATH);
	case VALUE_USERNAME: return type_plain(TYPE_USERNAME);
	case VALUE_PROBE: return type_plain(TYPE_PROBE);
	case VALUE_COUNT: return type_plain(TYPE_COUNT);
	case VALUE_SUM: return type_aggregate(c->types, TYPE_SUM, is_signed);
	case VALUE_MIN: return type_aggregate(c->types, TYPE_MIN, is_signed);
	case VALUE_MAX: return type_aggregate(c->types, TYPE_MAX, is_signed);
	case VALUE_AVG: return type_aggregate(c->types, TYPE_AVG, is_signed);
	case VALUE_STATS: return type_aggregate(c->types, TYPE_STATS, is_signed);
	case VALUE_HIST: return type_plain(TYPE_HIST);
	case VALUE_LHIST: return type_plain(TYPE_LHIST);
	case VALUE_TSERIES: return type_plain(TYPE_TSERIES);
	case VALUE_SPECIAL: break;
	}
	return none();
}

/* --- names that nobody knows ----------------------------------------------------------------- */

void check_unknown_name(struct checker *c, const struct expr *e, bool is_call)
{
	struct nearest search = nearest_begin(e->name);
	const struct func *func = is_call ? NULL : func_find(e->name);

	if (!c->diag)
		return;
	if (func) {
		diag_error(c->diag, e->span, "'%s' is a function and needs its arguments", e->name);
		diag_hint(c->diag, "as in: %s", func->usage);
		return;
	}
	if (!strncmp(e->name, "sarg", 4) && char_is_digit(e->name[4])) {
		diag_error(c->diag, e->span, "'%s' was removed in bpftrace 0.25", e->name);
		diag_hint(c->diag,
			  "on x86-64, arguments on the stack are at *(uint64 *)(reg(\"sp\") + "
			  "8 * (n + 1))");
		return;
	}
	diag_error(c->diag, e->name_span, "unknown %s '%s'", is_call ? "function" : "name",
		   e->name);
	table_offer_names(&search, is_call);
	for (const struct macro *m = c->script->macros; m; m = m->next)
		nearest_offer(&search, m->name);
	if (!is_call)
		for (struct scope *scope = c->scope; scope; scope = scope->outer)
			for (struct variable *v = scope->variables; v; v = v->next)
				if (!strcmp(v->name + 1, e->name))
					search.best = v->name;
	if (search.best)
		diag_hint(c->diag, "did you mean '%s'?", search.best);
	if (!included_has_failed(c) && !search.best && !is_call)
		diag_hint(c->diag,
			  "variables begin with '$', maps with '@', and text stands in quotes");
	if (!is_call)
		(void)included_report(c);
}

/* --- builtins -------------------------------------------------------------------------------- */

/* The attach point that does not give what is needed. */
static const struct attach *lacking(const struct checker *c, unsigned int needs)
{
	for (const struct attach *a = c->probe ? c->probe->attaches : NULL; a; a = a->next)
		if (!(a->provider->gives & needs))
			return a;
	return NULL;
}

static void list_givers(struct checker *c, unsigned int needs)
{
	struct strbuf names = { 0 };

	for (size_t i = 0; provider_at(i); i++)
		if (provider_at(i)->gives & needs)
			strbuf_printf(&names, "%s%s", names.len ? ", " : "", provider_at(i)->name);
	diag_hint(c->diag, "probes that have it: %s", strbuf_text(&names));
	strbuf_release(&names);
}

static bool is_given(struct checker *c, struct span span, const char *name, unsigned int needs)
{
	const struct attach *attach = needs ? lacking(c, needs) : NULL;

	if (needs && c->fn) {
		diag_error(c->diag, span, "a function does not know '%s'", name);
		diag_hint(c->diag, "make it a parameter: fn %s($x : uint64)", c->fn->name);
		return false;
	}
	if (!attach)
		return true;
	if (!c->diag)
		return false;
	diag_error(c->diag, span, "'%s' does not exist in a %s", name, attach->provider->name);
	if (needs == GIVES_ARGS && attach->provider->id == PROVIDER_KPROBE)
		diag_hint(c->diag, "a kprobe has arg0, arg1 ...; with names there is fentry:%s",
			  attach->name ? attach->name : "function");
	else if (needs == GIVES_RETVAL && (attach->provider->gives & GIVES_ARGN))
		diag_hint(c->diag, "what a function returned is known when it returns: a %s",
			  attach->provider->id == PROVIDER_KPROBE ? "kretprobe" : "uretprobe");
	else
		list_givers(c, needs);
	return false;
}

static const struct type *check_args(struct checker *c)
{
	struct attach *attach = c->probe ? c->probe->attaches : NULL;
	const struct type *type = attach ? place_args(c, attach) : NULL;

	return type ? type_pointer(c->types, type, SPACE_BPF) : none();
}

static const struct type *check_retval(struct checker *c, struct expr *e)
{
	if (!c->probe)
		return type_int(8, false);
	e->field = place_result(c, c->probe->attaches);
	if (!e->field)
		return place_retval(c, c->probe->attaches);
	check_lack(c, e);
	return e->field->type;
}

static const struct type *check_ctx(struct checker *c)
{
	const struct attach *attach = c->probe ? c->probe->attaches : NULL;
	const struct type *type;

	if (!attach || attach->provider->id != PROVIDER_ITER)
		return type_pointer(c->types, type_plain(TYPE_VOID), SPACE_BPF);
	type = place_ctx(c, attach);
	return type ? type : none();
}

static void set_text(struct expr *e, const char *text)
{
	e->is_constant = true;
	e->text = text;
	e->text_len = strlen(text);
}

/* The name of the attach point: known beforehand when there is one. */
static const struct type *check_probe_name(struct checker *c, struct expr *e)
{
	const struct attach *attach = c->probe ? c->probe->attaches : NULL;

	if (attach && !attach->next && attach->full_name)
		set_text(e, attach->full_name);
	return type_plain(TYPE_PROBE);
}

/* All attach points of a probe are of one provider. */
static const struct type *check_probe_type(struct checker *c, struct expr *e)
{
	if (!c->probe || !c->probe->attaches)
		return type_string(c->types, c->max_strlen);
	set_text(e, c->probe->attaches->provider->name);
	return type_string(c->types, (uint32_t)e->text_len + 1);
}

const struct type *check_builtin(struct checker *c, struct expr *e, const struct builtin *builtin,
				 uint64_t number)
{
	e->builtin = builtin;
	if (builtin->id == BUILTIN_ARGN)
		e->number = number;
	if (!is_given(c, e->span, e->name, builtin->needs))
		return none();
	switch (builtin->id) {
	case BUILTIN_ARGS: return check_args(c);
	case BUILTIN_RETVAL: return check_retval(c, e);
	case BUILTIN_CTX: return check_ctx(c);
	case BUILTIN_PROBE: return check_probe_name(c, e);
	case BUILTIN_PROBETYPE: return check_probe_type(c, e);
	case BUILTIN_FUNC: return type_plain(c->gives & GIVES_USER ? TYPE_USYM : TYPE_KSYM);
	default: return value_type(c, builtin->type, false);
	}
}

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

static bool refuse_param(struct checker *c, const struct func *func, struct span span,
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
static bool check_map_param(struct checker *c, const struct func *func, struct expr *arg,
			    bool or_index)
{
	if (arg->kind == EXPR_INDEX && or_index && arg->a->kind == EXPR_MAP) {
		(void)check_expr(c, arg);
		return true;
	}
	if (arg->kind != EXPR_MAP)
		return refuse_param(c, func, arg->span, "a map");
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
		(void)refuse_param(c, func, arg->span, "a string");
		if (c->diag && type->kind == TYPE_POINTER)
			diag_hint(c->diag, "str() reads the string that a pointer points at");
		return false;
	}
	if (is_literal_needed && !arg->is_constant)
		return refuse_param(c, func, arg->span, "a string that is known beforehand");
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
			return refuse_param(c, func, arg->span, "an integer");
		if (kind == 'I' && !constant_value(arg, &value))
			return refuse_param(c, func, arg->span,
					    "a number that is known beforehand");
		return true;
	case 'p':
		if (type_class(type) != CLASS_SCALAR && type->kind != TYPE_ARRAY &&
		    type->kind != TYPE_STRING)
			return refuse_param(c, func, arg->span, "an address");
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
		return refuse_param(c, func, arg->span, "a variable declared before with 'let'");
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
static bool check_params(struct checker *c, struct expr *e)
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

/* --- functions with rules of their own ------------------------------------------------------- */

/* 'print(@a, @b)': people mean both. */
static bool check_print(struct checker *c, struct expr *e)
{
	struct expr *second = e->args ? e->args->next : NULL;

	if (!second)
		return true;
	if (e->args->kind == EXPR_MAP && second->kind == EXPR_MAP) {
		diag_error(c->diag, second->span, "'print' shows one map at a time");
		diag_hint(c->diag, "did you mean 'print(%s); print(%s);'?", e->args->name,
			  second->name);
		(void)check_map_param(c, e->func, e->args, false);
		(void)check_map_param(c, e->func, second, false);
		return false;
	}
	if (e->args->kind != EXPR_MAP) {
		diag_error(c->diag, second->span, "only of a whole map can there be a top");
		diag_hint(c->diag, "several values at once are a tuple: print((a, b))");
		return false;
	}
	return true;
}

/* 'print(@a, top, divisor, "-key")'. */
static void check_order(struct checker *c, const struct expr *order)
{
	static const char *const orders[] = { "key", "-key", "value", "-value" };

	if (!order || !order->is_constant)
		return;
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (!strcmp(orders[i], order->text))
			return;
	diag_error(c->diag, order->span, "a map is sorted by \"key\" or \"value\"");
	diag_hint(c->diag, "\"-key\" and \"-value\" are the other way round");
}

/* 'str($1)' is the parameter as text, whatever it looks like, and 'str($1 + n)' without what is in front; NULL:
 * @e is none of these. */
static const char *parameter_text(const struct checker *c, const struct expr *e)
{
	uint64_t skipped = 0;
	const char *text;

	if (e->kind == EXPR_BINARY && e->op == OP_ADD && e->b->kind == EXPR_INT) {
		skipped = e->b->number;
		e = e->a;
	}
	if (e->kind != EXPR_PARAM)
		return NULL;
	text = e->number <= c->options->param_count ? c->options->params[e->number - 1] : "";
	return text + (skipped < strlen(text) ? skipped : strlen(text));
}

static const struct type *check_parameter_str(struct checker *c, struct expr *e, const char *text)
{
	struct expr *length = e->args->next;
	uint64_t most = UINT64_MAX;

	if (length) {
		(void)check_expr(c, length);
		if (!constant_value(length, &most))
			(void)refuse_param(c, e->func, length->span,
					   "a number that is known beforehand");
	}
	set_text(e, text);
	if (most < e->text_len) {
		e->text = arena_strndup(c->arena, text, most);
		e->text_len = most;
		c->no_memory |= !e->text;
	}
	return type_string(c->types, (uint32_t)e->text_len + 1);
}

static const struct type *check_str(struct checker *c, struct expr *e)
{
	const struct type *from = e->args->type;
	uint64_t size;

	if (e->args->next && constant_value(e->args->next, &size)) {
		if (size < 1 || size > SCRIPT_MOST_STRLEN) {
			diag_error(c->diag, e->args->next->span, "a length is from 1 to %d",
				   SCRIPT_MOST_STRLEN);
			return none();
		}
		return type_string(c->types, (uint32_t)size + 1);
	}
	if (from->kind == TYPE_STRING && from->size)
		return from;
	if (!is_none(from) && type_class(from) != CLASS_SCALAR && from->kind != TYPE_ARRAY &&
	    from->kind != TYPE_BUFFER) {
		(void)refuse_param(c, e->func, e->args->span, "a pointer");
		return none();
	}
	return type_string(c->types, c->max_strlen);
}

static const struct type *check_buf(struct checker *c, struct expr *e)
{
	const struct type *from = e->args->type;
	uint64_t size;

	if (!e->args->next) {
		if (from->kind == TYPE_ARRAY || from->kind == TYPE_STRING)
			return type_buffer(c->types, from->size);
		if (!is_none(from))
			(void)refuse_param(c, e->func, e->args->span,
					   "an array, or a pointer and a length");
		return none();
	}
	if (constant_value(e->args->next, &size) && size <= 1 << 20)
		return type_buffer(c->types, (uint32_t)size);
	return type_buffer(c->types, c->max_strlen);
}

static const struct type *check_pointer_space(struct checker *c, struct expr *e, enum space space)
{
	const struct type *type = e->args->type;

	return type->kind == TYPE_POINTER ? type_pointer(c->types, type->of, space) : type;
}

static const struct type *check_type_question(struct expr *e, bool answer)
{
	e->is_constant = true;
	e->value = answer;
	return type_plain(TYPE_BOOL);
}

/* 'lhist(n, min, max, step)': at most 1,000 buckets between. */
static void check_lhist(struct checker *c, struct expr *e)
{
	struct expr *least = e->args->next, *most = least->next, *step = most->next;
	uint64_t a, b, s;

	if (!constant_value(least, &a) || !constant_value(most, &b) || !constant_value(step, &s))
		return;
	if ((int64_t)s <= 0)
		diag_error(c->diag, step->span, "the step must be more than 0");
	else if ((int64_t)b <= (int64_t)a)
		diag_error(c->diag, most->span, "the greatest value must be above the least");
	else if ((b - a) / s > 1000)
		diag_error(c->diag, step->span,
			   "these are %llu buckets, the most is 1000: take a "
			   "larger step",
			   (unsigned long long)((b - a) / s));
}

static void check_hist(struct checker *c, struct expr *e)
{
	uint64_t bits;

	if (e->args->next && constant_value(e->args->next, &bits) && bits > 5)
		diag_error(c->diag, e->args->next->span, "the bits of 'hist' are from 0 to 5");
}

/* 'fail("...")': wherever it is not left out, the script is wrong. */
static void check_fail(struct checker *c, const struct expr *e)
{
	diag_error(c->diag, e->span, "%s", e->args->text ? e->args->text : "this must not be used");
}

/* 'uaddr("x")' points at an integer as wide as the variable. */
static const struct type *check_uaddr(struct checker *c, const struct expr *e)
{
	const struct attach *attach = c->probe ? c->probe->attaches : NULL;
	struct catalog_symbol symbol = { 0 };
	uint32_t size = 8;

	if (attach && attach->target && c->types->catalog && e->args->text &&
	    !catalog_user_symbol(c->types->catalog, attach->target, e->args->text, c->types->pid,
				 NULL, &symbol) &&
	    (symbol.size == 1 || symbol.size == 2 || symbol.size == 4))
		size = (uint32_t)symbol.size;
	return type_pointer(c->types, type_int(size, false), SPACE_USER);
}

static const struct type *special(struct checker *c, struct expr *e)
{
	const struct type *type = e->args ? e->args->type : none();

	if (!type)
		type = none();
	switch (e->func->id) {
	case FUNC_STR: return check_str(c, e);
	case FUNC_BUF: return check_buf(c, e);
	case FUNC_GETOPT: return check_getopt(c, e);
	case FUNC_KPTR: return check_pointer_space(c, e, SPACE_KERNEL);
	case FUNC_UPTR: return check_pointer_space(c, e, SPACE_USER);
	case FUNC_BSWAP:
		return type->kind == TYPE_INT ? type_int(type->size, false) : type_int(8, false);
	case FUNC_PTON:
		return type_array(c->types, type_int(1, false),
				  e->args->text && strchr(e->args->text, ':') ? 16 : 4);
	case FUNC_UADDR: return check_uaddr(c, e);
	case FUNC_CONTAINER_OF:
		type = e->args->next->type;
		return is_none(type) ? type : type_pointer(c->types, type, SPACE_KERNEL);
	default: return none();
	}
}

/* 'has_field(args, name)': is there one of that name? */
static const struct type *check_has_field(struct checker *c, struct expr *e)
{
	const struct expr *name = e->args->next;
	const char *text = name->kind == EXPR_STRING ? name->text : name->name;
	const struct type *type = e->args->type->kind == TYPE_POINTER ? e->args->type->of :
									e->args->type;
	struct field field;

	if ((name->kind != EXPR_STRING && name->kind != EXPR_NAME) || !text) {
		(void)refuse_param(c, e->func, name->span, "the name of a field");
		return none();
	}
	if (is_none(type))
		return check_type_question(e, false);
	if (!type_is_compound(type) && type->kind != TYPE_RECORD) {
		(void)refuse_param(c, e->func, e->args->span, "a value with fields");
		return none();
	}
	return check_type_question(e, type_find_field(c->types, type, text, &field));
}

/* Six bytes, or where they are. */
static void check_macaddr(struct checker *c, struct expr *e)
{
	const struct type *type = e->args->type;

	switch (type->kind) {
	case TYPE_NONE:
	case TYPE_INT:
	case TYPE_POINTER:
	case TYPE_MAC: return;
	case TYPE_ARRAY:
	case TYPE_STRING:
		if (type->size >= 6 && !e->args->is_constant)
			return;
		break;
	default: break;
	}
	(void)refuse_param(c, e->func, e->args->span, "an array of 6 bytes, or its address");
}

/* Of a call of kstack, ustack or dw_ustack, whose words and numbers were checked. */
static const struct type *stack_type(struct checker *c, enum type_kind kind, const struct expr *e)
{
	const char *mode = "";
	uint64_t frames = 0, value;

	for (const struct expr *arg = e->args; arg; arg = arg->next)
		if (constant_value(arg, &value))
			frames = value < UINT32_MAX ? value : UINT32_MAX;
		else if (arg->kind == EXPR_NAME)
			mode = arg->name;
	if (e->func->id == FUNC_DW_USTACK)
		return type_unwound(c->types, (uint32_t)frames, mode);
	return frames || mode[0] ? type_stack(c->types, kind, (uint32_t)frames, mode) :
				   type_plain(kind);
}

static const struct type *call_result(struct checker *c, struct expr *e)
{
	const struct type *type = e->args ? e->args->type : NULL;

	switch (e->func->id) {
	case FUNC_PRINT:
		if (e->arg_count == 4)
			check_order(c, e->args->next->next->next);
		break;
	case FUNC_LHIST: check_lhist(c, e); break;
	case FUNC_HIST: check_hist(c, e); break;
	case FUNC_MACADDR: check_macaddr(c, e); break;
	case FUNC_TSERIES:
		(void)config_allows(c->script, CONFIG_ID_UNSTABLE_TSERIES, e->span, "'tseries'",
				    c->diag);
		break;
	case FUNC_KSTACK: return stack_type(c, TYPE_KSTACK, e);
	case FUNC_USTACK: return stack_type(c, TYPE_USTACK, e);
	case FUNC_DW_USTACK:
		(void)config_allows(c->script, CONFIG_ID_UNSTABLE_DW_USTACK, e->span, "'dw_ustack'",
				    c->diag);
		return stack_type(c, TYPE_USTACK, e);
	case FUNC_FAIL: check_fail(c, e); break;
	case FUNC_IS_STR: return check_type_question(e, type->kind == TYPE_STRING);
	case FUNC_IS_PTR: return check_type_question(e, type->kind == TYPE_POINTER);
	case FUNC_IS_ARRAY: return check_type_question(e, type->kind == TYPE_ARRAY);
	case FUNC_IS_INTEGER: return check_type_question(e, type->kind == TYPE_INT);
	case FUNC_IS_UNSIGNED:
		return check_type_question(e, type->kind == TYPE_INT && !type->is_signed);
	case FUNC_HAS_FIELD: return check_has_field(c, e);
	case FUNC_IS_LITERAL: return check_type_question(e, is_literal(e->args));
	case FUNC_STATIC_ASSERT: {
		uint64_t value;

		if (constant_value(e->args, &value) && !value)
			diag_error(c->diag, e->span, "%s",
				   e->args->next ? e->args->next->text :
						   "the assertion does not hold");
		break;
	}
	case FUNC_EXIT:
		if (c->loops)
			diag_error(c->diag, e->span, "'exit' is not allowed in loops");
		break;
	case FUNC_REG: (void)is_given(c, e->span, "reg()", GIVES_REGS); break;
	case FUNC_OVERRIDE: (void)is_given(c, e->span, "override()", GIVES_OVERRIDE); break;
	default: break;
	}
	if (e->func->result == VALUE_SPECIAL)
		return special(c, e);
	/* literals count as signed, values as they are */
	return value_type(c, e->func->result, type && (type->kind != TYPE_INT || type->is_signed));
}

static void check_fn_arg(struct checker *c, const struct fn *fn, const struct fn_param *param,
			 struct expr *arg)
{
	const struct type *given = check_expr(c, arg), *wanted = resolve_type(c, param->type_name);

	if (!fits_type(c, wanted, given))
		diag_error(c->diag, arg->span, "'%s' of '%s' is '%s', and this is '%s'",
			   param->name, fn->name, check_name(c, wanted), check_name(c, given));
}

static const struct type *check_fn_call(struct checker *c, struct expr *e, struct fn *fn)
{
	const struct fn_param *param = fn->params;
	uint32_t count = 0;

	for (const struct fn_param *p = fn->params; p; p = p->next)
		count++;
	for (struct expr *arg = e->args; arg; arg = arg->next) {
		if (param)
			check_fn_arg(c, fn, param, arg);
		else
			(void)check_expr(c, arg);
		param = param ? param->next : NULL;
	}
	if (e->arg_count != count)
		diag_error(c->diag, e->span, "'%s' takes %u argument%s, and %u %s given", fn->name,
			   count, count == 1 ? "" : "s", e->arg_count,
			   e->arg_count == 1 ? "is" : "are");
	if (fn == c->fn)
		diag_error(c->diag, e->span, "'%s' calls itself: programs of BPF cannot", fn->name);
	return fn->type_name ? resolve_type(c, fn->type_name) : type_plain(TYPE_VOID);
}

const struct type *check_call(struct checker *c, struct expr *e)
{
	uint64_t number = 0;
	const struct builtin *builtin = builtin_find(e->name, &number);

	if (builtin && e->arg_count == 0)
		return check_builtin(c, e, builtin, number);
	e->func = func_find(e->name);
	if (!e->func) {
		for (struct fn *fn = c->script->fns; fn; fn = fn->next)
			if (!strcmp(fn->name, e->name))
				return check_fn_call(c, e, fn);
		if (builtin) {
			diag_error(c->diag, e->span, "'%s' takes no arguments", e->name);
			return none();
		}
		check_unknown_name(c, e, true);
		for (struct expr *arg = e->args; arg; arg = arg->next)
			if (arg->kind != EXPR_MAP)
				(void)check_expr(c, arg);
		return none();
	}
	if (e->func->flags & FUNC_IS_UNSAFE && !c->options->unsafe) {
		diag_error(c->diag, e->span, "'%s' changes the system, which is not allowed",
			   e->name);
		diag_hint(c->diag, "with --unsafe it is");
	}
	if (e->func->id == FUNC_STR && e->args && parameter_text(c, e->args))
		return check_parameter_str(c, e, parameter_text(c, e->args));
	if (e->func->id == FUNC_PRINT && !check_print(c, e))
		return type_plain(TYPE_VOID);
	if (!check_params(c, e))
		return e->func->result == VALUE_SPECIAL ? none() :
							  value_type(c, e->func->result, true);
	return call_result(c, e);
}
