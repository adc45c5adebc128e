/*
 * stack.c - stacks: the kernel keeps them, and programs have their numbers.
 *
 * Every depth has a map of its own: stacks that differ further down than is asked for are the same then.  What
 * the kernel answers is kept as it is; a negative number is the error, of which -EEXIST says that
 * another stack has the place.
 *
 * Such a number does not say how long its stack is.  For variables that are asked, the length is kept in a variable
 * beside them, set where the stack is taken.
 */
#include "lower/bytes.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "script/tree.h"

enum {
	HELPER_GET_STACKID = 27,
	HELPER_GET_STACK = 67,
	DEFAULT_DEPTH = 127, /* the kernel's default for kernel.perf_event_max_stack */
	MOST_DEPTH = 1024,
	MOST_STACKS = 16384, /* of one depth */
	FRAMES_OF_RAW = 2,
};

struct stack_ask {
	uint32_t depth;
	enum shape_stack_mode mode;
};

static bool parse_mode(const char *word, enum shape_stack_mode *ret_mode)
{
	static const char *const words[] = {
		[STACK_BPFTRACE] = "bpftrace",
		[STACK_PERF] = "perf",
		[STACK_RAW] = "raw",
		[STACK_BUILD_ID] = "build_id",
	};

	for (unsigned int i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(word, words[i])) {
			*ret_mode = (enum shape_stack_mode)i;
			return true;
		}
	return false;
}

/* What stacks of this type are. */
static struct stack_ask stack_asked(const struct lowering *l, const struct type *type)
{
	struct stack_ask ask = { .depth = DEFAULT_DEPTH };

	(void)parse_mode(l->config.stack_mode, &ask.mode);
	if (type->name)
		(void)parse_mode(type->name, &ask.mode);
	if (type->count)
		ask.depth = type->count < MOST_DEPTH ? type->count : MOST_DEPTH;
	return ask;
}

static uint32_t stack_map(struct lowering *l, uint32_t depth)
{
	for (uint32_t i = 0; i < l->map_count; i++)
		if (l->maps[i].type == BPF_MAP_TYPE_STACK_TRACE &&
		    l->maps[i].value_size == 8 * depth)
			return i;
	return lower_add_map(
		l, (struct bundle_map){ .name = arena_printf(l->arena, "stacks_%u", depth),
					.type = BPF_MAP_TYPE_STACK_TRACE,
					.key_size = 4,
					.value_size = 8 * depth,
					.max_entries = MOST_STACKS });
}

static bool is_stack(const struct expr *e)
{
	if (!e)
		return false;
	if (e->builtin)
		return e->builtin->id == BUILTIN_KSTACK || e->builtin->id == BUILTIN_USTACK;
	return e->func && (e->func->id == FUNC_KSTACK || e->func->id == FUNC_USTACK);
}

void lower_stack_shape(struct lowering *l, struct shape *shape, const struct type *type)
{
	struct stack_ask ask = stack_asked(l, type);

	shape->stack = ask.mode;
	shape->is_signed = true;
	shape->map = type->is_unwound ? BUNDLE_NONE : stack_map(l, ask.depth);
	shape->depth = ask.depth;
}

/* Above a tracepoint that is served as a raw one are the program itself and its caller, bpf_trace_run. */
static struct ir_value *stack_flags(struct lowering *l, bool is_user)
{
	const struct prog_group *g = l->group;
	bool is_raw = g && g->provider->id == PROVIDER_TRACEPOINT && g->context != CONTEXT_RECORD;

	return lower_const(l, IR_I64, is_user ? BPF_F_USER_STACK : is_raw ? FRAMES_OF_RAW : 0);
}

struct value lower_stack(struct lowering *l, const struct expr *e, bool is_user,
			 const struct place *want)
{
	struct stack_ask ask = stack_asked(l, e->type);
	struct ir_value *map, *id, *process;
	struct place to;

	if (e->type->is_unwound) {
		to = want ? *want : lower_memory(l, lower_size(l, e->type), false);
		lower_unwound(l, e, ask.depth, to);
		return value_memory(e->type, to);
	}
	map = ir_build_imm(&l->b, IR_MAP, IR_PTR, stack_map(l, ask.depth));
	id = lower_call(l, IR_I64, HELPER_GET_STACKID, lower_context(l), map,
			stack_flags(l, is_user), NULL, NULL);
	if (!is_user)
		return value_reg(e->type, id);
	to = want ? *want : lower_memory(l, lower_size(l, e->type), false);
	process = lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL);
	ir_build_store(&l->b, to.base, to.offset, 8, id);
	ir_build_store(&l->b, to.base, to.offset + 8, 8,
		       ir_build_op2(&l->b, IR_SHR, process, lower_const(l, IR_I64, 32)));
	return value_memory(e->type, to);
}

/* --- lengths --------------------------------------------------------------------------------- */

static bool mark_asked(void *data, struct expr *e)
{
	(void)data;
	if (e->kind == EXPR_CALL && e->func && e->func->id == FUNC_LEN &&
	    e->args->kind == EXPR_VAR && e->args->var)
		e->args->var->is_measured = true;
	return true;
}

/* $a = $b: to know the length of $a takes that of $b. */
static void mark_source(void *data, struct stmt *s)
{
	bool *is_more = data;

	if ((s->kind != STMT_ASSIGN && s->kind != STMT_LET) || !s->value ||
	    s->target->kind != EXPR_VAR || s->value->kind != EXPR_VAR)
		return;
	if (s->target->var && s->target->var->is_measured && !s->value->var->is_measured)
		*is_more = s->value->var->is_measured = true;
}

void lower_mark_measured(const struct probe *probe)
{
	bool is_more;

	tree_visit_block(probe->body, mark_asked, NULL);
	do {
		is_more = false;
		tree_visit_stmts(probe->body, mark_source, &is_more);
	} while (is_more);
}

/* Take the stack that @stack asks for, for its length only. */
static struct ir_value *length_taken(struct lowering *l, const struct expr *stack)
{
	struct stack_ask ask = stack_asked(l, stack->type);
	bool is_user = stack->type->kind == TYPE_USTACK;
	struct place to = lower_memory(l, 8 * ask.depth, false);
	struct ir_block *failed = ir_build_block(&l->b), *join = ir_build_block(&l->b);
	uint32_t len = ir_build_var(&l->b, IR_I64);
	struct ir_value *bytes;

	bytes = lower_call(l, IR_I64, HELPER_GET_STACK, lower_context(l),
			   lower_place_address(l, to), lower_const(l, IR_I32, 8 * ask.depth),
			   stack_flags(l, is_user), NULL);
	ir_build_set(&l->b, len, ir_build_op2(&l->b, IR_SHR, bytes, lower_const(l, IR_I64, 3)));
	ir_build_branch(&l->b, IR_SLT, bytes, lower_const(l, IR_I64, 0), failed, join);
	ir_build_at(&l->b, failed);
	ir_build_set(&l->b, len, lower_const(l, IR_I64, 0));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return ir_build_get(&l->b, len);
}

/* The length of the stack @e, which is taken here or in a variable that is measured. */
static struct ir_value *length_of(struct lowering *l, const struct expr *e)
{
	const struct binding *binding = e->kind == EXPR_VAR ? lower_binding(l, e->var) : NULL;

	if (e->type->is_unwound)
		lower_refuse(
			l, e->span,
			"'dw_ustack' is unwound outside of the kernel: programs cannot know its length");
	else if (is_stack(e))
		return length_taken(l, e);
	else if (binding && binding->length)
		return ir_build_get(&l->b, binding->length->var);
	else
		lower_refuse(l, e->span,
			     "the length of a stack is known where it is taken: "
			     "len(%s)",
			     e->type->kind == TYPE_USTACK ? "ustack" : "kstack");
	return lower_const(l, IR_I64, 0);
}

void lower_set_length(struct lowering *l, struct binding *binding, const struct expr *e)
{
	ir_build_set(&l->b, binding->length->var, length_of(l, e));
}

struct value lower_stack_len(struct lowering *l, const struct expr *e, const struct expr *stack)
{
	return value_reg(e->type, length_of(l, stack));
}
