/*
 * system.c - functions that reach further: other tasks, symbols, sockets, packets, user memory.
 */
#include "lower/lowering.h"

#include <linux/bpf.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/bits.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "sym/sym.h"

enum { MOST_PRINTK_ARGS = 3, MOST_WRITTEN = 1024 };

/* --- signals --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int number;
} signals[] = {
	/* clang-format off */
	{ "HUP", SIGHUP },       { "INT", SIGINT },   { "QUIT", SIGQUIT },   { "ILL", SIGILL },
	{ "TRAP", SIGTRAP },     { "ABRT", SIGABRT }, { "BUS", SIGBUS },     { "FPE", SIGFPE },
	{ "KILL", SIGKILL },     { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV },   { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE },     { "ALRM", SIGALRM }, { "TERM", SIGTERM },   { "CHLD", SIGCHLD },
	{ "CONT", SIGCONT },     { "STOP", SIGSTOP }, { "TSTP", SIGTSTP },   { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU },     { "URG", SIGURG },   { "XCPU", SIGXCPU },   { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH }, { "IO", SIGIO },
	{ "PWR", SIGPWR },       { "SYS", SIGSYS },
	/* clang-format on */
};

/* "KILL" or "SIGKILL", in any case; 0: none. */
static int signal_number(const char *name)
{
	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (!strcasecmp(signals[i].name, name))
			return signals[i].number;
	return 0;
}

static struct value send_signal(struct lowering *l, const struct expr *e, int64_t helper)
{
	const struct expr *arg = e->args;
	struct ir_value *number;

	if (arg->type->kind == TYPE_STRING) {
		int known = arg->is_constant ? signal_number(arg->text) : 0;

		if (!known)
			lower_refuse(l, arg->span, "there is no signal '%s'",
				     arg->is_constant ? arg->text : "?");
		number = lower_const(l, IR_I64, (uint64_t)known);
	} else {
		number = lower_expr_as(l, arg, type_int(8, true));
	}
	(void)lower_call(l, IR_I64, helper, number, NULL, NULL, NULL, NULL);
	return lower_nothing(l, e->type);
}

static struct value override(struct lowering *l, const struct expr *e)
{
	struct ir_value *result = lower_expr_as(l, e->args, type_int(8, true));

	(void)lower_call(l, IR_I64, HELPER_OVERRIDE_RETURN, lower_context(l), result, NULL, NULL,
			 NULL);
	return lower_nothing(l, e->type);
}

/* --- tasks and groups ------------------------------------------------------------------------ */

static struct value cgroup_id(struct lowering *l, const struct expr *e)
{
	struct stat st;

	if (stat(e->args->text, &st) != 0) {
		lower_refuse(l, e->args->span, "there is no cgroup '%s'", e->args->text);
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, lower_const(l, IR_I64, st.st_ino));
}

/* comm(pid): the task is looked up, and may be gone. */
static struct value comm_of(struct lowering *l, const struct expr *e, const struct place *want)
{
	uint32_t find = lower_kfunc(l, "bpf_task_from_pid"),
		 put = lower_kfunc(l, "bpf_task_release");
	const struct type *type = kernel_find(l->types, TAG_STRUCT, "task_struct");
	struct ir_block *found = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	struct place place = want ? *want : lower_memory(l, 16, false);
	struct ir_value *pid, *task;
	struct field field;

	if (l->group->out.type != BPF_PROG_TYPE_TRACEPOINT &&
	    l->group->out.type != BPF_PROG_TYPE_TRACING &&
	    l->group->out.type != BPF_PROG_TYPE_PERF_EVENT) {
		lower_refuse(l, e->span, "other tasks cannot be looked up in a %s",
			     l->group->provider->name);
		diag_hint(l->diag, "in tracepoints, timers, fentry, fexit and iterators they can");
		return lower_nothing(l, e->type);
	}
	if (!find || !put || !type || !type_find_field(l->types, type, "comm", &field)) {
		lower_refuse(l, e->span, "this kernel does not find tasks by their ids");
		diag_hint(l->diag, "Linux 6.2 and later do");
		return lower_nothing(l, e->type);
	}
	pid = lower_expr_as(l, e->args, type_int(4, true));
	lower_zero(l, place, 16);
	task = ir_build_kfunc(&l->b, IR_PTR, find, &pid, 1);
	ir_build_branch(&l->b, IR_NE, task, lower_const(l, IR_PTR, 0), found, done);
	ir_build_at(&l->b, found);
	lower_copy(l, place, task, (int32_t)field.offset, 16, 8);
	(void)ir_build_kfunc(&l->b, IR_VOID, put, &task, 1);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	return value_memory(e->type, place);
}

/* --- symbols --------------------------------------------------------------------------------- */

static struct value kernel_address(struct lowering *l, const struct expr *e)
{
	struct sym *sym = sym_new(&(struct sym_options){ .sys = &sys_linux });
	uint64_t address = sym ? sym_kernel_address(sym, e->args->text) : 0;

	sym_free(sym);
	if (!address)
		lower_refuse(l, e->args->span, "the kernel has no symbol '%s', or does not show it",
			     e->args->text);
	return value_reg(e->type, lower_const(l, IR_I64, address));
}

/* The probe's place, as symbols count. */
static int place_of_probe(struct lowering *l, const struct attach *a, uint64_t *ret_address)
{
	struct catalog_symbol function = { 0 };
	int err = 0;

	if (a->is_address)
		function.address = a->number;
	else
		err = catalog_user_symbol(l->script_options->catalog, a->target, a->name,
					  l->script_options->pid, l->diag, &function);
	*ret_address = function.address + a->offset;
	return err;
}

/* A program is loaded as a whole: a symbol is as far from the probe there as it is in the file. */
static struct value user_address(struct lowering *l, const struct expr *e)
{
	const struct prog_group *g = l->group;
	const enum provider_id provider = g->provider->id;
	struct catalog_symbol symbol;
	uint64_t place;

	if (provider != PROVIDER_UPROBE && provider != PROVIDER_URETPROBE) {
		lower_refuse(l, e->span, "'uaddr' is known in uprobes and uretprobes only");
		return lower_nothing(l, e->type);
	}
	if (g->out.attach_count != 1) {
		lower_refuse(l, e->span, "'uaddr' in a function needs a probe of one place");
		return lower_nothing(l, e->type);
	}
	if (!l->script_options->catalog ||
	    catalog_user_symbol(l->script_options->catalog, g->first->target, e->args->text,
				l->script_options->pid, NULL, &symbol) ||
	    place_of_probe(l, g->first, &place)) {
		lower_refuse(l, e->args->span, "'%s' has no function or variable '%s'",
			     g->first->target, e->args->text);
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, ir_build_op2(&l->b, IR_ADD, lower_probe_address(l),
					       lower_const(l, IR_I64, symbol.address - place)));
}

/* The kernel's own variables: their types say where each CPU has its copy. */
static struct value percpu_address(struct lowering *l, const struct expr *e)
{
	uint32_t id = kernel_find_id(l->types->kernel, BTF_VAR, e->args->text);
	struct ir_value *variable, *cpu, *address;

	if (!id) {
		lower_refuse(l, e->args->span, "the kernel has no variable '%s' of each CPU",
			     e->args->text);
		return lower_nothing(l, e->type);
	}
	cpu = e->args->next ? lower_expr_as(l, e->args->next, type_int(4, false)) :
			      lower_call(l, IR_I64, HELPER_CPU, NULL, NULL, NULL, NULL, NULL);
	variable = ir_build_imm(&l->b, IR_KERNEL_VAR, IR_PTR, id);
	address = lower_call(l, IR_PTR, HELPER_PER_CPU_PTR, variable, cpu, NULL, NULL, NULL);
	return value_reg(e->type, ir_build_op1(&l->b, IR_CAST, IR_I64, address));
}

static struct value usym(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct ir_value *address = lower_expr_as(l, e->args, type_int(8, false)), *ids;
	struct place place = want ? *want : lower_memory(l, 16, false);

	ids = lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL);
	ir_build_store(&l->b, place.base, place.offset, 8, address);
	ir_build_store(&l->b, place.base, place.offset + 8, 8,
		       ir_build_op2(&l->b, IR_SHR, ids, lower_const(l, IR_I64, 32)));
	return value_memory(e->type, place);
}

/* --- sockets, user memory, the kernel's log -------------------------------------------------- */

static struct value socket_cookie(struct lowering *l, const struct expr *e)
{
	struct value sock = lower_expr(l, e->args, NULL);

	if (sock.at != AT_REG || !sock.is_typed || l->group->context != CONTEXT_TYPED) {
		lower_refuse(l, e->span,
			     "the cookie of a socket is known of an argument of fentry "
			     "and fexit only");
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type, lower_call(l, IR_I64, HELPER_SOCKET_COOKIE, sock.ir, NULL, NULL,
					     NULL, NULL));
}

static struct value write_user(struct lowering *l, const struct expr *e)
{
	struct ir_value *to = lower_expr_as(l, e->args, type_int(8, false)), *result;
	const struct expr *source = e->args->next, *length = source->next;
	struct value value;
	struct ir_block *yes, *no;

	if (!length->is_constant || length->value < 1 || length->value > MOST_WRITTEN) {
		lower_refuse(l, length->span,
			     "how much is written must be known beforehand, and at "
			     "most %d bytes",
			     MOST_WRITTEN);
		return lower_nothing(l, e->type);
	}
	value = lower_expr(l, source, NULL);
	if (lower_size(l, value.type) < length->value) {
		lower_refuse(l, source->span, "this has %u bytes only", lower_size(l, value.type));
		return lower_nothing(l, e->type);
	}
	value = lower_in_memory(l, value, value.type);
	result = lower_call(l, IR_I64, HELPER_PROBE_WRITE_USER, to,
			    lower_address(l, value.ir, value.offset),
			    lower_const(l, IR_I64, length->value), NULL, NULL);
	yes = ir_build_block(&l->b);
	no = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_EQ, result, lower_const(l, IR_I64, 0), yes, no);
	return value_reg(e->type, lower_bool(l, yes, no));
}

/* A value for bpf_trace_printk: a number, or the address of bytes. */
static struct ir_value *printk_value(struct lowering *l, const struct expr *arg)
{
	struct value value = lower_expr(l, arg, NULL);

	if (lower_is_scalar(value.type))
		return lower_scalar_as(l, value, type_int(8, value.type->is_signed));
	value = lower_in_memory(l, value, value.type);
	return lower_address(l, value.ir, value.offset);
}

static struct value debugf(struct lowering *l, const struct expr *e)
{
	const struct expr *format = e->args;
	struct ir_value *args[5] = { NULL };
	struct value text = { .at = AT_TEXT, .text = format->text, .text_len = format->text_len };
	uint32_t count = 0;

	if (e->arg_count > 1 + MOST_PRINTK_ARGS) {
		lower_refuse(l, e->span, "'debugf' takes at most %d values", MOST_PRINTK_ARGS);
		return lower_nothing(l, e->type);
	}
	text.type = type_string(l->types, (uint32_t)format->text_len + 1);
	text = lower_in_memory(l, text, text.type);
	args[0] = lower_address(l, text.ir, text.offset);
	args[1] = lower_const(l, IR_I64, format->text_len + 1);
	for (const struct expr *arg = format->next; arg; arg = arg->next)
		args[2 + count++] = printk_value(l, arg);
	(void)lower_call(l, IR_I64, HELPER_TRACE_PRINTK, args[0], args[1], args[2], args[3],
			 args[4]);
	return lower_nothing(l, e->type);
}

/* --- how many keys --------------------------------------------------------------------------- */

/* bpf_for_each_map_elem returns how many there were; what it calls has nothing to do. */
static struct value count_keys(struct lowering *l, const struct expr *e)
{
	struct table *t = lower_table(l, e->args->map);
	struct ir_builder around = l->b;
	struct lower_fn *outer = l->f, inner = { 0 };
	struct ir_fn *fn;
	uint32_t number;

	if (!t->key || !lower_has(l, FEATURE_FOR_EACH)) {
		lower_refuse(l, e->span,
			     t->key ? "this kernel has no bpf_for_each_map_elem (Linux 5.13)" :
				      "'%s' has no keys to count",
			     t->map->name);
		return lower_nothing(l, e->type);
	}
	fn = lower_add_fn(l, "each", &number);
	if (!fn)
		return lower_nothing(l, e->type);
	memset(&l->b, 0, sizeof l->b);
	lower_fn_begin(l, &inner, fn);
	ir_build_return(&l->b, lower_const(l, IR_I64, 0));
	(void)lower_fn_end(l);
	l->b = around;
	l->f = outer;
	return value_reg(e->type,
			 lower_call(l, IR_I64, HELPER_FOR_EACH_MAP_ELEM,
				    ir_build_imm(&l->b, IR_MAP, IR_PTR, t->out.map),
				    ir_build_imm(&l->b, IR_FUNCTION, IR_PTR, number),
				    lower_const(l, IR_I64, 0), lower_const(l, IR_I64, 0), NULL));
}

/* --- packets --------------------------------------------------------------------------------- */

static struct value member(struct lowering *l, struct value pointer, const char *name)
{
	struct field field;

	if (!type_find_field(l->types, pointer.type->of, name, &field))
		return lower_nothing(l, type_int(8, false));
	return lower_pointed(l, pointer, field.type, (int32_t)field.offset);
}

/* A record of the time, the length and the bytes, which are read from where the packet begins. */
static struct value skboutput(struct lowering *l, const struct expr *e)
{
	const struct expr *path = e->args, *skb = path->next, *length = skb->next;
	struct value pointer = lower_expr(l, skb, NULL);
	const struct type *u64 = type_int(8, false);
	struct ir_value *data, *bytes, *address;
	struct place place;
	uint32_t most = MOST_PACKET;

	if (pointer.type->kind != TYPE_POINTER || !type_is_compound(pointer.type->of)) {
		lower_refuse(l, skb->span, "this is no pointer to a packet: (struct sk_buff *)x");
		return lower_nothing(l, e->type);
	}
	data = lower_scalar_as(l, member(l, pointer, "data"), u64);
	bytes = lower_expr_as(l, length, u64);
	address = ir_build_op2(&l->b, IR_ADD, data, lower_expr_as(l, length->next, u64));
	place = lower_memory(l, SKB_HEAD_BYTES + most, false);
	{
		struct ir_block *less = ir_build_block(&l->b), *done = ir_build_block(&l->b);
		uint32_t var = ir_build_var(&l->b, IR_I64);

		ir_build_set(&l->b, var, lower_const(l, IR_I64, most));
		bytes = ir_build_op1(&l->b, IR_HIDE, IR_I64, bytes);
		ir_build_branch(&l->b, IR_LE, bytes, lower_const(l, IR_I64, most), less, done);
		ir_build_at(&l->b, less);
		ir_build_set(&l->b, var, bytes);
		ir_build_jump(&l->b, done);
		ir_build_at(&l->b, done);
		bytes = ir_build_get(&l->b, var);
	}
	(void)lower_call(l, IR_I64, HELPER_PROBE_READ_KERNEL,
			 lower_place_address(l, place_at(place, SKB_HEAD_BYTES)), bytes, address,
			 NULL, NULL);
	lower_send_packet(l, e, path->text, place, bytes);
	return value_reg(e->type, ir_build_op1(&l->b, IR_TRUNC, lower_ir_type(e->type), bytes));
}

/* --- all ------------------------------------------------------------------------------------- */

bool lower_system(struct lowering *l, const struct expr *e, const struct place *want,
		  struct value *ret_value)
{
	switch (e->func->id) {
	case FUNC_SIGNAL: *ret_value = send_signal(l, e, HELPER_SEND_SIGNAL); return true;
	case FUNC_SIGNAL_THREAD:
		*ret_value = send_signal(l, e, HELPER_SEND_SIGNAL_THREAD);
		return true;
	case FUNC_OVERRIDE: *ret_value = override(l, e); return true;
	case FUNC_CGROUPID: *ret_value = cgroup_id(l, e); return true;
	case FUNC_COMM: *ret_value = comm_of(l, e, want); return true;
	case FUNC_KADDR: *ret_value = kernel_address(l, e); return true;
	case FUNC_UADDR: *ret_value = user_address(l, e); return true;
	case FUNC_PERCPU_KADDR: *ret_value = percpu_address(l, e); return true;
	case FUNC_USYM: *ret_value = usym(l, e, want); return true;
	case FUNC_SOCKET_COOKIE: *ret_value = socket_cookie(l, e); return true;
	case FUNC_WRITE_USER: *ret_value = write_user(l, e); return true;
	case FUNC_DEBUGF: *ret_value = debugf(l, e); return true;
	case FUNC_SKBOUTPUT: *ret_value = skboutput(l, e); return true;
	case FUNC_LEN:
		if (e->args->kind != EXPR_MAP)
			return false;
		*ret_value = count_keys(l, e);
		return true;
	default: return false;
	}
}
