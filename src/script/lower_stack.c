/*
 * lower_stack.c - stacks: the kernel keeps them, and programs have their numbers.
 *
 * Every depth has a map of its own: stacks that differ further down than is asked for are the same then.  What
 * the kernel answers is kept as it is; a negative number is the error, of which -EEXIST says that
 * another stack has the place.
 */
#include "script/lower_bytes.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

enum {
	HELPER_GET_STACKID = 27,
	HELPER_GET_STACK = 67,
	DEFAULT_DEPTH = 127, /* the kernel's default for kernel.perf_event_max_stack */
	MOST_DEPTH = 1024,
	MOST_STACKS = 16384, /* of one depth */
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

/* What @e, a builtin or a call of it, asks for. */
static struct stack_ask stack_asked(const struct lowering *l, const struct expr *e)
{
	struct stack_ask ask = { .depth = DEFAULT_DEPTH };

	(void)parse_mode(l->config.stack_mode, &ask.mode);
	if (!e || e->kind != EXPR_CALL)
		return ask;
	for (const struct expr *arg = e->args; arg; arg = arg->next)
		if (arg->kind == EXPR_NAME && !arg->is_constant)
			(void)parse_mode(arg->name, &ask.mode);
		else if (arg->is_constant)
			ask.depth = arg->value < MOST_DEPTH ? (uint32_t)arg->value : MOST_DEPTH;
	if (!ask.depth)
		ask.depth = 1;
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
	return e->func && (e->func->id == FUNC_KSTACK || e->func->id == FUNC_USTACK ||
			   e->func->id == FUNC_DW_USTACK);
}

/* A variable's stack is of the only depth there is, if there is one. */
static uint32_t only_map(struct lowering *l, uint32_t depth)
{
	uint32_t found = BUNDLE_NONE;

	for (uint32_t i = 0; i < l->map_count; i++) {
		if (l->maps[i].type != BPF_MAP_TYPE_STACK_TRACE)
			continue;
		if (found != BUNDLE_NONE)
			return stack_map(l, depth);
		found = i;
	}
	return found == BUNDLE_NONE ? stack_map(l, depth) : found;
}

void lower_stack_shape(struct lowering *l, struct shape *shape, const struct expr *from)
{
	struct stack_ask ask = stack_asked(l, is_stack(from) ? from : NULL);

	shape->stack = ask.mode;
	shape->is_signed = true;
	shape->map = is_stack(from) ? stack_map(l, ask.depth) : only_map(l, ask.depth);
	shape->depth = l->map_count ? l->maps[shape->map].value_size / 8 : ask.depth;
}

struct value lower_stack(struct lowering *l, const struct expr *e, bool is_user,
			 const struct place *want)
{
	struct stack_ask ask = stack_asked(l, e);
	struct ir_value *map = ir_build_imm(&l->b, IR_MAP, IR_PTR, stack_map(l, ask.depth));
	struct ir_value *id = lower_call(l, IR_I64, HELPER_GET_STACKID, lower_context(l), map,
					 lower_const(l, IR_I64, is_user ? BPF_F_USER_STACK : 0),
					 NULL, NULL);
	struct ir_value *process;
	struct place to;

	if (!is_user)
		return value_reg(e->type, id);
	to = want ? *want : lower_memory(l, lower_size(l, e->type), false);
	process = lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL);
	ir_build_store(&l->b, to.base, to.offset, 8, id);
	ir_build_store(&l->b, to.base, to.offset + 8, 8,
		       ir_build_op2(&l->b, IR_SHR, process, lower_const(l, IR_I64, 32)));
	return value_memory(e->type, to);
}

struct value lower_stack_len(struct lowering *l, const struct expr *e, const struct expr *stack)
{
	struct stack_ask ask = stack_asked(l, is_stack(stack) ? stack : NULL);
	bool is_user = stack->type->kind == TYPE_USTACK;
	struct place to = lower_memory(l, 8 * ask.depth, false);
	struct ir_block *failed = ir_build_block(&l->b), *join = ir_build_block(&l->b);
	uint32_t len = ir_build_var(&l->b, IR_I64);
	struct ir_value *bytes;

	if (!is_stack(stack))
		lower_refuse(l, stack->span,
			     "the length of a stack is known where it is taken: "
			     "len(%s)",
			     is_user ? "ustack" : "kstack");
	bytes = lower_call(l, IR_I64, HELPER_GET_STACK, lower_context(l),
			   lower_place_address(l, to), lower_const(l, IR_I32, 8 * ask.depth),
			   lower_const(l, IR_I64, is_user ? BPF_F_USER_STACK : 0), NULL);
	ir_build_set(&l->b, len, ir_build_op2(&l->b, IR_SHR, bytes, lower_const(l, IR_I64, 3)));
	ir_build_branch(&l->b, IR_SLT, bytes, lower_const(l, IR_I64, 0), failed, join);
	ir_build_at(&l->b, failed);
	ir_build_set(&l->b, len, lower_const(l, IR_I64, 0));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return value_reg(e->type, ir_build_get(&l->b, len));
}
