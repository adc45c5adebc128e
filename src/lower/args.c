/*
 * args.c - what the probe gives: arguments, return values, registers, the task.
 */
#include "lower/lowering.h"

#include <string.h>

#include "base/bits.h"
#include "probe/features.h"

/* --- registers ------------------------------------------------------------------------------- */

/* struct pt_regs of the machine that this runs on. */
struct reg {
	const char *name;
	uint16_t offset;
};

/* clang-format off */
#if defined(__x86_64__)
static const struct reg regs[] = {
	{ "r15", 0 },   { "r14", 8 },   { "r13", 16 },  { "r12", 24 },  { "bp", 32 },  { "bx", 40 },
	{ "r11", 48 },  { "r10", 56 },  { "r9", 64 },   { "r8", 72 },   { "ax", 80 },  { "cx", 88 },
	{ "dx", 96 },   { "si", 104 },  { "di", 112 },  { "orig_ax", 120 }, { "ip", 128 },
	{ "pc", 128 },  { "cs", 136 },  { "flags", 144 }, { "sp", 152 }, { "ss", 160 },
};
static const char *const arg_regs[] = { "di", "si", "dx", "cx", "r8", "r9" };
static const char *const syscall_regs[] = { "di", "si", "dx", "r10", "r8", "r9" };
static const char *const result_regs[] = { "ax", "dx" };
static const char pc_reg[] = "ip";
static const char number_reg[] = "orig_ax";
static const struct {
	const char *field; /* of struct thread_info */
	uint32_t bit;
} compat = { "status", 1 << 1 }; /* TS_COMPAT */
enum { STACK_ARGS = 8 }; /* from the stack pointer to the arguments that have no register */
#else
static const struct reg regs[] = {
	{ "r0", 0 },    { "r1", 8 },    { "r2", 16 },   { "r3", 24 },   { "r4", 32 },   { "r5", 40 },
	{ "r6", 48 },   { "r7", 56 },   { "r8", 64 },   { "r9", 72 },   { "r10", 80 },  { "r11", 88 },
	{ "r12", 96 },  { "r13", 104 }, { "r14", 112 }, { "r15", 120 }, { "r16", 128 }, { "r17", 136 },
	{ "r18", 144 }, { "r19", 152 }, { "r20", 160 }, { "r21", 168 }, { "r22", 176 }, { "r23", 184 },
	{ "r24", 192 }, { "r25", 200 }, { "r26", 208 }, { "r27", 216 }, { "r28", 224 }, { "r29", 232 },
	{ "r30", 240 }, { "sp", 248 },  { "pc", 256 },  { "ip", 256 },  { "pstate", 264 },
	{ "orig_x0", 272 }, { "syscallno", 280 },
};
static const char *const arg_regs[] = { "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7" };
static const char *const syscall_regs[] = { "orig_x0", "r1", "r2", "r3", "r4", "r5" };
static const char *const result_regs[] = { "r0", "r1" };
static const char pc_reg[] = "pc";
static const char number_reg[] = "syscallno";
static const struct {
	const char *field; /* of struct thread_info */
	uint32_t bit;
} compat = { "flags", 1 << 22 }; /* TIF_32BIT */
enum { STACK_ARGS = 0 };
#endif
/* clang-format on */

int lower_reg_offset(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(regs); i++)
		if (!strcmp(regs[i].name, name))
			return regs[i].offset;
	return -1;
}

static const struct type *u64(void)
{
	return type_int(8, false);
}

static struct ir_value *context_u64(struct lowering *l, int64_t offset)
{
	return ir_build_context(&l->b, IR_I64, offset, 8);
}

/* --- memory of the machine ------------------------------------------------------------------- */

enum space lower_default_space(const struct lowering *l)
{
	return l->group->provider->gives & GIVES_USER ? SPACE_USER : SPACE_KERNEL;
}

/* Register @name of where the probe is. */
static struct ir_value *reg_value(struct lowering *l, const char *name)
{
	return context_u64(l, lower_reg_offset(name));
}

struct value lower_register(struct lowering *l, const struct expr *e)
{
	const char *name = e->args->text;

	if (l->group->context != CONTEXT_REGS) {
		lower_refuse(l, e->span, "there are no registers in a %s",
			     l->group->provider->name);
		return lower_nothing(l, e->type);
	}
	if (lower_reg_offset(name) < 0) {
		struct strbuf names = { 0 };

		lower_refuse(l, e->args->span, "there is no register '%s'", name);
		for (size_t i = 0; i < ARRAY_LEN(regs); i++)
			strbuf_printf(&names, "%s%s", i ? " " : "", regs[i].name);
		diag_hint(l->diag, "registers are %s", strbuf_text(&names));
		strbuf_release(&names);
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, reg_value(l, name));
}

/* --- arguments ------------------------------------------------------------------------------- */

/* Where word @n is of what a function was called with, one that is not in a register. */
static struct ir_value *on_stack(struct lowering *l, uint64_t n)
{
	return lower_address(l, reg_value(l, "sp"),
			     STACK_ARGS + 8 * (int64_t)(n - ARRAY_LEN(arg_regs)));
}

/* Word @n of what a function was called with. */
static struct ir_value *called_with(struct lowering *l, uint64_t n)
{
	if (n < ARRAY_LEN(arg_regs))
		return reg_value(l, arg_regs[n]);
	return lower_read(l, lower_default_space(l), u64(), on_stack(l, n));
}

/* A value of a program in its memory. */
static struct value in_user_memory(const struct type *type, struct ir_value *address)
{
	return (struct value){ .type = type, .at = AT_POINTED, .ir = address, .space = SPACE_USER };
}

/* A value of more than a word in registers that follow each other: brought together in memory. */
static struct value from_registers(struct lowering *l, const struct type *type,
				   const char *const *names)
{
	const uint32_t bytes = lower_size(l, type);
	const struct place place = lower_memory(l, bytes, false);

	for (uint32_t i = 0; 8 * i < bytes; i++)
		ir_build_store(&l->b, place.base, place.offset + 8 * (int32_t)i, 8,
			       reg_value(l, names[i]));
	return value_memory(type, place);
}

/* An argument of a program's function, of which DWARF says where it is. */
static struct value user_argument(struct lowering *l, const struct expr *e)
{
	const uint32_t word = e->field->offset / 8;
	const struct type *type = e->type;

	if (e->field->is_address)
		return in_user_memory(type, called_with(l, word));
	if (lower_is_scalar(type) && type->kind != TYPE_FLOAT)
		return value_reg(type, lower_convert(l, called_with(l, word), u64(), type));
	if (word < ARRAY_LEN(arg_regs))
		return from_registers(l, type, arg_regs + word);
	return in_user_memory(type, on_stack(l, word));
}

struct value lower_arg(struct lowering *l, const struct expr *e)
{
	uint64_t n = e->number;

	if (l->group->provider->id == PROVIDER_USDT)
		return lower_usdt_arg(l, e);
	switch (l->group->context) {
	case CONTEXT_ARGS:
	case CONTEXT_TYPED: return value_reg(e->type, context_u64(l, (int64_t)(8 * n)));
	case CONTEXT_REGS: break;
	default:
		lower_refuse(l, e->span, "'arg%llu' cannot be known here", (unsigned long long)n);
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, called_with(l, n));
}

/* An argument in ctx[i]: a pointer that the verifier knows, or a number of its width. */
static struct value typed_argument(struct lowering *l, const struct type *type, uint32_t offset)
{
	bool is_known = l->group->context == CONTEXT_TYPED || l->group->context == CONTEXT_ITER;
	struct value value;

	if (is_known && type->kind == TYPE_POINTER && type->of && type_is_compound(type->of)) {
		value = value_reg(type, ir_build_context(&l->b, IR_PTR, offset, 8));
		value.is_typed = true;
		return value;
	}
	return value_reg(type, lower_convert(l, context_u64(l, offset), u64(), type));
}

/* What the registers were that sys_enter and sys_exit hand to us. */
static struct ir_value *saved_register(struct lowering *l, const char *name,
				       const struct type *type)
{
	struct value value = { .type = type,
			       .at = AT_POINTED,
			       .offset = lower_reg_offset(name),
			       .space = SPACE_KERNEL };

	value.is_typed = l->group->out.btf_id != 0;
	value.ir = ir_build_context(&l->b, value.is_typed ? IR_PTR : IR_I64, 0, 8);
	return lower_scalar(l, value);
}

struct ir_value *lower_syscall_number(struct lowering *l)
{
	if (!l->group->is_exit)
		return context_u64(l, 8);
	return saved_register(l, number_reg, u64());
}

static struct value syscall_argument(struct lowering *l, const struct expr *e)
{
	uint32_t number = (e->field->offset - 16) / 8;
	struct ir_value *x;

	if (!strcmp(e->name, "__syscall_nr")) {
		x = lower_syscall_number(l);
	} else if (l->group->is_exit) { /* 'ret' */
		x = context_u64(l, 8);
	} else if (number < ARRAY_LEN(syscall_regs)) {
		return value_reg(e->type, saved_register(l, syscall_regs[number], e->type));
	} else {
		lower_refuse(l, e->span, "a system call has no argument '%s'", e->name);
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, lower_convert(l, x, u64(), e->type));
}

static struct value record_field(struct lowering *l, const struct expr *e)
{
	const struct type *type = e->type;
	uint32_t bytes = lower_size(l, type);
	struct value value = {
		.type = type,
		.at = AT_POINTED, /* loads work there; helpers do not take it */
		.offset = (int32_t)e->field->offset,
		.space = SPACE_KERNEL,
		.is_typed = true,
	};

	if (lower_is_scalar(type))
		return value_reg(type, ir_build_context(&l->b, lower_ir_type(type),
							e->field->offset, bytes));
	value.ir = lower_context(l);
	return value;
}

/* What lies behind the record: the u32 in it says where, and how long it is. */
static struct value behind_record(struct lowering *l, const struct expr *e)
{
	struct ir_value *at = ir_build_context(&l->b, IR_I64, e->field->offset, 4), *address;
	uint32_t from = e->field->is_rel_loc ? e->field->offset + 4 : 0;

	at = ir_build_op2(&l->b, IR_AND, at, lower_const(l, IR_I64, 0xffff));
	address = ir_build_op2(&l->b, IR_PTR_ADD, lower_context(l), at);
	address = lower_address(l, ir_build_op1(&l->b, IR_CAST, IR_I64, address), from);
	if (e->type->kind == TYPE_POINTER)
		return value_reg(e->type, address);
	return (struct value){ .type = e->type,
			       .at = AT_POINTED,
			       .ir = address,
			       .space = SPACE_KERNEL,
			       .is_ended = true };
}

struct value lower_args_field(struct lowering *l, const struct expr *e)
{
	if (!e->field)
		return lower_nothing(l, e->type);
	switch (l->group->context) {
	case CONTEXT_RECORD:
		return e->field->is_data_loc || e->field->is_rel_loc ? behind_record(l, e) :
								       record_field(l, e);
	case CONTEXT_SYSCALL: return syscall_argument(l, e);
	case CONTEXT_REGS: return user_argument(l, e);
	case CONTEXT_ARGS:
	case CONTEXT_TYPED:
	case CONTEXT_ITER: return typed_argument(l, e->type, e->field->offset);
	default: break;
	}
	lower_refuse(l, e->span, "'%s' cannot be known here", e->name);
	return lower_nothing(l, e->type);
}

/* --- the task -------------------------------------------------------------------------------- */

struct value lower_current_task(struct lowering *l, const struct type *type)
{
	struct ir_value *task = l->f->cache.values[CACHED_TASK];
	struct value value;

	if (!task)
		task = lower_cache(l->f, CACHED_TASK,
				   lower_call(l, IR_PTR, HELPER_CURRENT_TASK_BTF, NULL, NULL, NULL,
					      NULL, NULL));
	value = value_reg(type, task);
	value.is_typed = true;
	return value;
}

/* The task of the moment, by what kernels before 5.11 have too if this may be one. */
static struct value some_current_task(struct lowering *l, const struct type *type)
{
	if (lower_has(l, FEATURE_RDONLY_CAST))
		return lower_current_task(l, type);
	return value_reg(type,
			 lower_call(l, IR_I64, HELPER_CURRENT_TASK, NULL, NULL, NULL, NULL, NULL));
}

void lower_test_compat(struct lowering *l, struct ir_block *other)
{
	const struct type *task = kernel_find(l->types, TAG_STRUCT, "task_struct");
	struct field info, field;
	struct ir_block *next;
	struct value value;

	if (!task || !type_find_field(l->types, task, "thread_info", &info) ||
	    !type_find_field(l->types, info.type, compat.field, &field))
		return;
	value = some_current_task(l, type_pointer(l->types, task, SPACE_KERNEL));
	value = lower_pointed(l, value, type_int(4, false), (int32_t)(info.offset + field.offset));
	next = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_SET, lower_scalar(l, value), lower_const(l, IR_I32, compat.bit),
			other, next);
	ir_build_at(&l->b, next);
}

/* The pointer to the kernel's struct task_struct, or NULL after an error. */
static const struct type *task_type(struct lowering *l, const struct expr *e)
{
	const struct type *task = kernel_find(l->types, TAG_STRUCT, "task_struct");

	if (task)
		return type_pointer(l->types, task, SPACE_KERNEL);
	lower_refuse(l, e->span, "'%s' needs the types of the kernel (BTF), which are not there",
		     e->name);
	return NULL;
}

/* Field @name of the struct that @pointer points at. */
static struct value member(struct lowering *l, struct value pointer, const char *name,
			   const struct expr *e)
{
	const struct type *of = pointer.type->of;
	struct field field;
	struct value value;

	if (!type_find_field(l->types, of, name, &field)) {
		lower_refuse(l, e->span, "'%s' of this kernel has no field '%s'",
			     type_name(l->arena, of), name);
		return lower_nothing(l, pointer.type);
	}
	value = lower_pointed(l, pointer, field.type, (int32_t)field.offset);
	if (field.type->kind == TYPE_POINTER && value.is_typed) {
		value.ir = ir_build_load(&l->b, IR_PTR, value.ir, value.offset, 8);
		value.at = AT_REG;
		value.offset = 0;
	}
	return value;
}

struct value lower_task_value(struct lowering *l, const struct expr *e, const struct expr *task,
			      const struct place *want)
{
	const struct type *type = task_type(l, e);
	struct value value;
	bool is_parent = !strcmp(e->name, "ppid") || !strcmp(e->name, "pcomm");

	if (!type)
		return lower_nothing(l, e->type);
	if (task) {
		value = lower_expr(l, task, NULL);
		value.type = type;
	} else {
		value = lower_current_task(l, type);
	}
	value = member(l, value, is_parent ? "real_parent" : "group_leader", e);
	if (e->type->kind == TYPE_STRING) {
		value = member(l, value, "comm", e);
		value.type = e->type;
		if (want) {
			lower_store(l, value, e->type, *want);
			return value_memory(e->type, *want);
		}
		return value;
	}
	value = member(l, value, is_parent ? "tgid" : "pid", e);
	return value_reg(e->type, lower_scalar_as(l, value, e->type));
}

/* --- the rest -------------------------------------------------------------------------------- */

static struct value retval(struct lowering *l, const struct expr *e)
{
	if (l->group->context == CONTEXT_REGS && e->field && e->field->is_address)
		return in_user_memory(e->type, reg_value(l, result_regs[0]));
	if (l->group->context == CONTEXT_REGS && !lower_is_scalar(e->type))
		return from_registers(l, e->type, result_regs);
	if (l->group->context == CONTEXT_REGS)
		return value_reg(e->type,
				 lower_convert(l, reg_value(l, result_regs[0]), u64(), e->type));
	if (l->group->context == CONTEXT_TYPED) /* behind the arguments */
		return typed_argument(l, e->type, l->group->args_bytes);
	lower_refuse(l, e->span, "'retval' cannot be known here");
	return lower_nothing(l, e->type);
}

/* The address of the function; of user functions with the process. */
struct ir_value *lower_probe_address(struct lowering *l)
{
	if (l->group->provider->id == PROVIDER_UPROBE || l->group->provider->id == PROVIDER_USDT)
		return reg_value(l, pc_reg);
	return lower_call(l, IR_I64, HELPER_FUNC_IP, lower_context(l), NULL, NULL, NULL, NULL);
}

static struct value func(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct place place;
	struct ir_value *address = lower_probe_address(l), *ids;

	if (e->type->kind != TYPE_USYM)
		return value_reg(e->type, address);
	place = want ? *want : lower_memory(l, 16, false);
	ids = lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL);
	ir_build_store(&l->b, place.base, place.offset, 8, address);
	ir_build_store(&l->b, place.base, place.offset + 8, 8,
		       ir_build_op2(&l->b, IR_SHR, ids, lower_const(l, IR_I64, 32)));
	return value_memory(e->type, place);
}

static struct value usermode(struct lowering *l, const struct expr *e)
{
	struct ir_block *yes, *no;
	struct ir_value *x;

	if (l->group->context != CONTEXT_REGS) {
		lower_refuse(l, e->span, "'usermode' cannot be known in a %s",
			     l->group->provider->name);
		return lower_nothing(l, e->type);
	}
	yes = ir_build_block(&l->b);
	no = ir_build_block(&l->b);
#if defined(__x86_64__)
	x = reg_value(l, "cs"); /* privilege level 3 */
	ir_build_branch(&l->b, IR_SET, x, lower_const(l, IR_I64, 3), yes, no);
#else
	x = reg_value(l, "pstate"); /* exception level 0 */
	ir_build_branch(&l->b, IR_SET, x, lower_const(l, IR_I64, 0xf), no, yes);
#endif
	return value_reg(e->type, lower_bool(l, yes, no));
}

/* The number of the attach point's name: known, if there is only one; else by its cookie. */
static struct ir_value *probe_number(struct lowering *l)
{
	struct ir_value *cookie = l->f->cache.values[CACHED_COOKIE];

	if (l->group->name)
		return l->group->name;
	if (l->group->out.attach_count == 1)
		return lower_const(l, IR_I32, l->group->first_name);
	if (!cookie)
		cookie = lower_cache(l->f, CACHED_COOKIE,
				     lower_call(l, IR_I64, HELPER_ATTACH_COOKIE, lower_context(l),
						NULL, NULL, NULL, NULL));
	return ir_build_op1(&l->b, IR_TRUNC, IR_I32, cookie);
}

static struct value text(const struct expr *e, const char *text)
{
	return (struct value){
		.type = e->type, .at = AT_TEXT, .text = text, .text_len = strlen(text)
	};
}

struct value lower_probe_value(struct lowering *l, const struct expr *e, const struct place *want)
{
	switch (e->builtin->id) {
	case BUILTIN_CTX:
	case BUILTIN_ARGS:
		return value_reg(e->type, ir_build_op1(&l->b, IR_CAST, IR_I64, lower_context(l)));
	case BUILTIN_RETVAL: return retval(l, e);
	case BUILTIN_FUNC: return func(l, e, want);
	case BUILTIN_CURTASK:
		if (e->type->kind == TYPE_POINTER)
			return lower_current_task(l, e->type);
		return value_reg(e->type, lower_call(l, IR_I64, HELPER_CURRENT_TASK, NULL, NULL,
						     NULL, NULL, NULL));
	case BUILTIN_USERMODE: return usermode(l, e);
	case BUILTIN_PROBETYPE: return text(e, l->group->provider->name);
	default: return value_reg(e->type, probe_number(l));
	}
}
