/*
 * call.c - functions: those of the language that give a value, and the script's own, which are put where
 * they are called.
 */
#include "lower/bytes.h"

#include <string.h>

enum { MOST_INLINED = 16 }; /* calls of functions within each other */

/* --- the script's own ------------------------------------------------------------------------ */

static const struct fn *find_fn(const struct lowering *l, const char *name)
{
	for (const struct fn *fn = l->script->fns; fn; fn = fn->next)
		if (!strcmp(fn->name, name))
			return fn;
	return NULL;
}

/* The values first: one of them may be a call of the same function. */
static void bind_params(struct lowering *l, const struct fn *fn, const struct expr *args)
{
	struct value *values;
	uint32_t count = 0, i = 0;

	for (const struct fn_param *p = fn->params; p; p = p->next)
		count++;
	values = lower_alloc(l, count, sizeof *values);
	for (const struct expr *arg = args; values && arg && i < count; arg = arg->next, i++)
		values[i] = lower_expr(l, arg, NULL);
	i = 0;
	for (const struct fn_param *p = fn->params; values && p; p = p->next, i++)
		if (p->variable)
			lower_set_variable(l, lower_binding(l, p->variable), values[i]);
}

/* Its body is put where it is called; what it returns is a variable. */
static struct value call_fn(struct lowering *l, const struct expr *e, const struct fn *fn)
{
	struct lower_fn *f = l->f;
	struct returning around = f->returning;
	struct looping *loop = f->loop;
	struct binding *result = NULL;
	struct cache cache;

	if (f->inlined == MOST_INLINED) {
		lower_refuse(l, e->span, "'%s' calls itself, or calls are too deep", fn->name);
		return lower_nothing(l, e->type);
	}
	bind_params(l, fn, e->args);
	if (e->type->kind != TYPE_VOID) {
		result = lower_bind(l, NULL, e->type, false);
		lower_set_variable(l, result, lower_nothing(l, e->type));
	}
	cache = f->cache;
	f->returning = (struct returning){ ir_build_block(&l->b), result };
	f->loop = NULL;
	f->inlined++;
	(void)lower_block(l, fn->body, NULL);
	ir_build_jump(&l->b, f->returning.block);
	ir_build_at(&l->b, f->returning.block);
	f->cache = cache;
	f->inlined--;
	f->loop = loop;
	f->returning = around;
	return result ? lower_variable(l, result) : (struct value){ .type = e->type };
}

/* --- addresses ------------------------------------------------------------------------------- */

static struct value change_space(struct lowering *l, const struct expr *e)
{
	struct value value = lower_expr(l, e->args, NULL);

	value = value_reg(value.type, lower_scalar(l, value));
	value.type = e->type;
	return value;
}

/* Errors stand at the end of the address space: the last 4,095 addresses. */
static struct value is_err(struct lowering *l, const struct expr *e)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct ir_value *p = lower_expr_as(l, e->args, type_int(8, false));

	ir_build_branch(&l->b, IR_GE, p, lower_const(l, IR_I64, (uint64_t)-4095), yes, no);
	return value_reg(e->type, lower_bool(l, yes, no));
}

static struct value container_of(struct lowering *l, const struct expr *e)
{
	struct ir_value *p = lower_expr_as(l, e->args, type_int(8, false));
	const char *name = e->args->next->next->name;
	struct field field;

	if (!e->type->of || !name || !type_find_field(l->types, e->type->of, name, &field)) {
		lower_refuse(l, e->span, "the struct has no such field");
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, lower_address(l, p, -(int64_t)field.offset));
}

/* --- all ------------------------------------------------------------------------------------- */

static struct value bswap(struct lowering *l, const struct expr *e)
{
	struct ir_value *x = lower_expr_as(l, e->args, e->type);

	return value_reg(e->type, x->type == IR_I8 ? x : ir_build_op1(&l->b, IR_BSWAP, x->type, x));
}

static struct value macaddr(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct place place = want ? *want : lower_memory(l, 8, false);
	struct value value;

	if (type_is_int(e->args->type)) /* an address */
		value = value_reg(type_pointer(l->types, e->type, SPACE_NONE),
				  lower_expr_as(l, e->args, type_int(8, false)));
	else
		value = lower_expr(l, e->args, NULL);
	if (value.type->kind == TYPE_POINTER)
		value = lower_pointed(l, value, e->type, 0);
	value.type = e->type;
	lower_store(l, value, e->type, place);
	return value_memory(e->type, place);
}

static struct value retyped(struct lowering *l, const struct expr *e, const struct expr *arg)
{
	return value_reg(e->type, lower_expr_as(l, arg, e->type));
}

/* Builtins that take arguments are functions too. */
static bool as_builtin(const struct expr *e, struct expr *copy)
{
	uint64_t number;
	const struct builtin *builtin = builtin_find(e->name, &number);

	*copy = *e;
	copy->builtin = builtin;
	return builtin != NULL;
}

struct value lower_function(struct lowering *l, const struct expr *e, const struct place *want)
{
	const struct fn *fn = e->func ? NULL : find_fn(l, e->name);
	struct value value;
	struct expr copy;

	if (fn)
		return call_fn(l, e, fn);
	if (!e->func) {
		lower_refuse(l, e->span, "'%s' cannot be compiled yet", e->name);
		return lower_nothing(l, e->type);
	}
	switch (e->func->id) {
	case FUNC_DELETE:
	case FUNC_HAS_KEY:
	case FUNC_FIND: return lower_map_call(l, e);
	case FUNC_STRFTIME: return retyped(l, e, e->args->next);
	case FUNC_CGROUP_PATH:
	case FUNC_KSYM: return retyped(l, e, e->args);
	case FUNC_KPTR:
	case FUNC_UPTR: return change_space(l, e);
	case FUNC_BSWAP: return bswap(l, e);
	case FUNC_MACADDR: return macaddr(l, e, want);
	case FUNC_REG: return lower_register(l, e);
	case FUNC_IS_ERR: return is_err(l, e);
	case FUNC_CONTAINER_OF: return container_of(l, e);
	case FUNC_STATIC_ASSERT: return (struct value){ .type = e->type };
	case FUNC_PID:
	case FUNC_TID:
	case FUNC_NSECS:
		if (as_builtin(e, &copy))
			return lower_builtin(l, &copy, want);
		break;
	case FUNC_COMM:
		if (!e->args && as_builtin(e, &copy))
			return lower_builtin(l, &copy, want);
		break;
	case FUNC_PPID:
	case FUNC_PCOMM:
	case FUNC_LEADER_TID:
	case FUNC_LEADER_COMM: return lower_task_value(l, e, e->args, want);
	case FUNC_KSTACK: return lower_stack(l, e, false, want);
	case FUNC_USTACK:
	case FUNC_DW_USTACK: return lower_stack(l, e, true, want);
	case FUNC_LEN:
		if (e->args->kind == EXPR_MAP)
			break;
		return lower_stack_len(l, e, e->args);
	default:
		if (lower_string_call(l, e, want, &value))
			return value;
		break;
	}
	if (lower_system(l, e, want, &value))
		return value;
	lower_refuse(l, e->span, "'%s' cannot be compiled yet", e->name);
	return lower_nothing(l, e->type);
}
