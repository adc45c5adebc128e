/*
 * check_call.c - functions: the rules that some have of their own, and what they give.
 */
#include <string.h>

#include "base/bits.h"
#include "probe/catalog.h"
#include "script/check.h"
#include "script/named.h"
#include "script/config.h"

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
			(void)check_refuse_param(c, e->func, length->span,
						 "a number that is known beforehand");
	}
	check_set_text(e, text);
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
		(void)check_refuse_param(c, e->func, e->args->span, "a pointer");
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
			(void)check_refuse_param(c, e->func, e->args->span,
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
		(void)check_refuse_param(c, e->func, name->span, "the name of a field");
		return none();
	}
	if (is_none(type))
		return check_type_question(e, false);
	if (!type_is_compound(type) && type->kind != TYPE_RECORD) {
		(void)check_refuse_param(c, e->func, e->args->span, "a value with fields");
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
	(void)check_refuse_param(c, e->func, e->args->span, "an array of 6 bytes, or its address");
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
	case FUNC_REG: (void)check_is_given(c, e->span, "reg()", GIVES_REGS); break;
	case FUNC_OVERRIDE: (void)check_is_given(c, e->span, "override()", GIVES_OVERRIDE); break;
	default: break;
	}
	if (e->func->result == VALUE_SPECIAL)
		return special(c, e);
	/* literals count as signed, values as they are */
	return check_row_type(c, e->func->result,
			      type && (type->kind != TYPE_INT || type->is_signed));
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
							  check_row_type(c, e->func->result, true);
	return call_result(c, e);
}
