/*
 * prog.c - probes: which programs they become, and where these attach.
 *
 * Attach points of one probe share a program where the kernel allows it: when their programs are of one
 * type and get their arguments in one way.
 *
 * A tracepoint of the kernel can be had in two ways: as a record by a perf event, or raw.  The raw way costs a
 * fraction, at each event and when it is attached and detached; so it is taken where nobody asks for
 * the record.  The tracepoints of single system calls do not exist at all: they are made of
 * sys_enter and sys_exit by a test of the number.
 */
#include "lower/bytes.h"

#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "script/tree.h"
#include "sys/bpf.h"

enum {
	MOST_NAME = 15,
	MOST_SYSCALLS = 1024,
	BRANCHY_WAYS =
		8, /* decisions of a probe with loops from which on the verifier may get lost */
};

/* --- functions of the program ---------------------------------------------------------------- */

struct ir_fn *lower_add_fn(struct lowering *l, const char *name, uint32_t *ret_number)
{
	struct ir_fn *fn = ir_fn_new(l->arena, name);
	struct ir_fn **fns = lower_grow(l, l->fns, l->fn_count, &l->fn_size, sizeof *l->fns);

	if (!fn || !fns) {
		l->no_memory = true;
		return NULL;
	}
	l->fns = fns;
	*ret_number = l->fn_count;
	l->fns[l->fn_count++] = fn;
	return fn;
}

/* What follows is dominated by the current block, which becomes the prelude. */
static void begin_prelude(struct lowering *l)
{
	l->f->prelude = l->b.block;
	l->f->prelude_next = ir_build_block(&l->b);
	ir_build_at(&l->b, l->f->prelude_next);
}

void lower_fn_begin(struct lowering *l, struct lower_fn *f, struct ir_fn *fn)
{
	f->fn = fn;
	f->scratch.map = BUNDLE_NONE;
	l->f = f;
	ir_build_begin(&l->b, fn);
	begin_prelude(l);
}

int lower_fn_end(struct lowering *l)
{
	int err;

	lower_finish_prelude(l);
	err = ir_build_finish(&l->b, l->diag);
	if (err == -ENOMEM)
		l->no_memory = true;
	return err;
}

struct ir_value *lower_context(struct lowering *l)
{
	struct lower_fn *f = l->f;

	if (f->context)
		return f->context;
	f->context = ir_value_new(
		f->fn, &(struct ir_value){ .op = IR_PARAM, .type = IR_PTR, .span = SPAN_NONE });
	if (!f->fn->failed)
		ir_insert(f->fn->entry, f->fn->entry->first, f->context);
	return f->context;
}

/* --- what a probe uses ----------------------------------------------------------------------- */

/* Does @e ask for something of the context? */
static bool find_context(void *data, struct expr *e)
{
	bool *found = data;

	*found |= e->builtin && (e->builtin->id == BUILTIN_ARGS || e->builtin->id == BUILTIN_CTX ||
				 e->builtin->id == BUILTIN_ARGN);
	return !*found;
}

/* comm(pid) calls what programs of raw tracepoints may not. */
static bool find_other_task(void *data, struct expr *e)
{
	bool *found = data;

	*found |= e->kind == EXPR_CALL && e->func && e->func->id == FUNC_COMM && e->args;
	return !*found;
}

static bool find_raw_context(void *data, struct expr *e)
{
	bool *found = data;

	*found |= e->builtin && e->builtin->id == BUILTIN_CTX;
	return !*found;
}

static bool find_uaddr(void *data, struct expr *e)
{
	bool *found = data;

	*found |= e->func && e->func->id == FUNC_UADDR;
	return !*found;
}

static bool count_way(void *data, struct expr *e)
{
	uint32_t *ways = data;

	*ways += e->kind == EXPR_IF || e->kind == EXPR_TERNARY ||
		 (e->kind == EXPR_BINARY && e->type && e->type->kind == TYPE_BOOL);
	return true;
}

static void count_loop(void *data, struct stmt *s)
{
	uint32_t *loops = data;

	*loops += s->kind == STMT_WHILE || s->kind == STMT_FOR_RANGE || s->kind == STMT_FOR_MAP;
}

static bool is_branchy(const struct probe *probe)
{
	uint32_t ways = 0, loops = 0;

	tree_visit_expr(probe->predicate, count_way, &ways);
	tree_visit_block(probe->body, count_way, &ways);
	tree_visit_stmts(probe->body, count_loop, &loops);
	return ways >= BRANCHY_WAYS && loops;
}

static bool probe_has(const struct probe *probe, tree_visit_fn *find)
{
	bool found = false;

	tree_visit_expr(probe->predicate, find, &found);
	tree_visit_block(probe->body, find, &found);
	return found;
}

/* --- attach points --------------------------------------------------------------------------- */

static uint64_t unit_ns(const char *unit)
{
	return !unit               ? 1 :
	       !strcmp(unit, "s")  ? 1000000000 :
	       !strcmp(unit, "ms") ? 1000000 :
	       !strcmp(unit, "us") ? 1000 :
				     1;
}

static void fill_timer(struct bundle_attach *out, const struct attach *a)
{
	if (a->unit && !strcmp(a->unit, "hz"))
		out->frequency = a->number;
	else
		out->period = a->number * unit_ns(a->unit);
}

static void fill_attach(struct bundle_attach *out, const struct attach *a)
{
	*out = (struct bundle_attach){
		.name = a->full_name ? a->full_name : a->text,
		.span = a->span,
		.target = a->target,
		.space = a->space,
		.event = a->name,
		.offset = a->offset,
		.stands_for = 1,
		.is_optional = a->is_optional,
		.is_quiet = a->is_quiet,
	};
	if (a->is_address)
		out->address = a->number;
	switch (a->provider->id) {
	case PROVIDER_BEGIN: out->kind = ATTACH_BEGIN; break;
	case PROVIDER_END: out->kind = ATTACH_END; break;
	case PROVIDER_SELF: out->kind = ATTACH_SIGNAL; break;
	case PROVIDER_TEST: out->kind = ATTACH_TEST; break;
	case PROVIDER_BENCH: out->kind = ATTACH_BENCH; break;
	case PROVIDER_KPROBE: out->kind = ATTACH_KPROBE; break;
	case PROVIDER_KRETPROBE: out->kind = ATTACH_KRETPROBE; break;
	case PROVIDER_FENTRY: out->kind = ATTACH_FENTRY; break;
	case PROVIDER_FEXIT: out->kind = ATTACH_FEXIT; break;
	case PROVIDER_TRACEPOINT: out->kind = ATTACH_TRACEPOINT; break;
	case PROVIDER_RAWTRACEPOINT: out->kind = ATTACH_RAW_TRACEPOINT; break;
	case PROVIDER_UPROBE: out->kind = ATTACH_UPROBE; break;
	case PROVIDER_URETPROBE: out->kind = ATTACH_URETPROBE; break;
	case PROVIDER_USDT: out->kind = ATTACH_USDT; break;
	case PROVIDER_PROFILE:
		out->kind = ATTACH_PROFILE;
		fill_timer(out, a);
		break;
	case PROVIDER_INTERVAL:
		out->kind = ATTACH_INTERVAL;
		fill_timer(out, a);
		break;
	case PROVIDER_SOFTWARE:
	case PROVIDER_HARDWARE:
		out->kind = a->provider->id == PROVIDER_SOFTWARE ? ATTACH_SOFTWARE :
								   ATTACH_HARDWARE;
		out->period = a->number;
		break;
	case PROVIDER_WATCHPOINT:
		out->kind = ATTACH_WATCHPOINT;
		out->address = a->number;
		out->length = a->len;
		out->mode = a->mode;
		break;
	case PROVIDER_ITER:
		out->kind = ATTACH_ITER;
		out->pin = a->name;
		out->event = NULL;
		break;
	case PROVIDER_COUNT: break;
	}
}

/* --- kinds of programs ----------------------------------------------------------------------- */

/* Is @a the tracepoint of a system call?  It becomes a test of the number in sys_enter or sys_exit: what
 * the probe asks for must be known there too. */
static bool is_syscall(struct lowering *l, const struct probe *probe, const struct attach *a,
		       const struct catalog_format **ret_format)
{
	struct catalog *catalog = l->script_options->catalog;

	return catalog && !l->options->for_object && a->target && a->name &&
	       !strcmp(a->target, "syscalls") && !probe->uses_all_args &&
	       !probe_has(probe, find_raw_context) &&
	       catalog_format(catalog, a->target, a->name, ret_format) == 0 &&
	       (*ret_format)->syscall >= 0 && (*ret_format)->syscall < MOST_SYSCALLS;
}

static void classify_tracepoint(struct lowering *l, const struct probe *probe,
				const struct attach *a, struct prog_group *g)
{
	const struct catalog_format *format;

	g->out.type = BPF_PROG_TYPE_TRACEPOINT;
	g->context = CONTEXT_RECORD;
	if (is_syscall(l, probe, a, &format)) {
		g->context = CONTEXT_SYSCALL;
		g->is_exit = format->is_exit;
		g->out.btf_id =
			kernel_find_id(l->types->kernel, BTF_TYPEDEF,
				       g->is_exit ? "btf_trace_sys_exit" : "btf_trace_sys_enter");
		g->out.type = g->out.btf_id ? BPF_PROG_TYPE_TRACING : BPF_PROG_TYPE_RAW_TRACEPOINT;
		g->out.expected_attach_type = g->out.btf_id ? BPF_TRACE_RAW_TP : 0;
	} else if (!probe_has(probe, find_context) && !probe_has(probe, find_other_task)) {
		g->out.type = BPF_PROG_TYPE_RAW_TRACEPOINT;
		g->context = CONTEXT_ARGS;
	}
}

/* Bytes of the arguments of the kernel's function that @a is. */
static uint32_t args_bytes(struct lowering *l, const struct attach *a)
{
	const struct type *args, *result;

	return kernel_find_function(l->types, a->target, a->name, 0, &args, &result) ? args->size :
										       0;
}

/* The program that serves @a: its type, and what its context is. */
static void classify(struct lowering *l, const struct probe *probe, const struct attach *a,
		     struct prog_group *g)
{
	const char *btf_name = NULL;

	g->provider = a->provider;
	g->context = CONTEXT_NONE;
	switch (a->provider->id) {
	case PROVIDER_BEGIN:
	case PROVIDER_END:
	case PROVIDER_SELF:
	case PROVIDER_TEST:
	case PROVIDER_BENCH: g->out.type = BPF_PROG_TYPE_RAW_TRACEPOINT; break;
	case PROVIDER_KPROBE:
	case PROVIDER_KRETPROBE:
	case PROVIDER_UPROBE:
	case PROVIDER_URETPROBE:
	case PROVIDER_USDT:
		g->out.type = BPF_PROG_TYPE_KPROBE;
		g->context = CONTEXT_REGS;
		break;
	case PROVIDER_FENTRY:
	case PROVIDER_FEXIT:
		g->args_bytes = args_bytes(l, a);
		g->out.type = BPF_PROG_TYPE_TRACING;
		g->out.expected_attach_type =
			a->provider->id == PROVIDER_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT;
		g->context = CONTEXT_TYPED;
		g->out.btf_id = kernel_find_function_id(l->types->kernel, a->target, a->name);
		g->out.btf_module = a->target && strcmp(a->target, "vmlinux") != 0 ? a->target :
										     NULL;
		btf_name = a->name;
		break;
	case PROVIDER_TRACEPOINT: classify_tracepoint(l, probe, a, g); break;
	case PROVIDER_RAWTRACEPOINT:
		g->out.type = BPF_PROG_TYPE_RAW_TRACEPOINT;
		g->context = CONTEXT_ARGS;
		break;
	case PROVIDER_PROFILE:
	case PROVIDER_INTERVAL:
	case PROVIDER_SOFTWARE:
	case PROVIDER_HARDWARE:
	case PROVIDER_WATCHPOINT:
		g->out.type = BPF_PROG_TYPE_PERF_EVENT;
		g->context = CONTEXT_REGS;
		break;
	case PROVIDER_ITER:
		g->out.type = BPF_PROG_TYPE_TRACING;
		g->out.expected_attach_type = BPF_TRACE_ITER;
		g->context = CONTEXT_ITER;
		btf_name = arena_printf(l->arena, "bpf_iter_%s", a->target);
		if (btf_name)
			g->out.btf_id = kernel_find_id(l->types->kernel, BTF_FUNC, btf_name);
		break;
	case PROVIDER_COUNT: break;
	}
	if (btf_name && !g->out.btf_id)
		lower_refuse(l, a->span, "the kernel's types (BTF) have no function '%s'",
			     btf_name);
}

/* Which of several it is a program asks by the cookie, which raw tracepoints have had since 6.10 only. */
static bool can_share(struct lowering *l, const struct prog_group *a, const struct prog_group *b)
{
	if (l->options->for_object)
		return false;
	if (a->out.type == BPF_PROG_TYPE_RAW_TRACEPOINT && a->context == CONTEXT_ARGS &&
	    !lower_has(l, FEATURE_RAW_COOKIE))
		return false;
	if (probe_has(a->probe, find_uaddr)) /* how far its place is from another is known then */
		return false;
	return a->provider == b->provider && a->out.type == b->out.type &&
	       a->context == b->context && a->out.btf_id == b->out.btf_id &&
	       (!a->out.btf_id || a->context == CONTEXT_SYSCALL) && a->is_exit == b->is_exit;
}

/* --- making ---------------------------------------------------------------------------------- */

static const char *prog_name(struct lowering *l, const struct attach *a)
{
	const char *parts[2] = { a->provider->name, a->name };
	char text[MOST_NAME + 1];
	size_t len = 0;

	for (int i = 0; i < 2; i++)
		for (const char *p = parts[i]; p && *p && len < MOST_NAME; p++) {
			if (i && p == parts[i])
				text[len++] = '_';
			if (len < MOST_NAME)
				text[len++] = (char)(isalnum((unsigned char)*p) ? *p : '_');
		}
	return arena_strndup(l->arena, text, len);
}

/* --- system calls ---------------------------------------------------------------------------- */

static uint32_t count_syscalls(const struct prog_group *g, uint32_t *ret_end)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < MOST_SYSCALLS; i++)
		if (g->syscalls[i]) {
			count++;
			*ret_end = i + 1;
		}
	return count;
}

/* The names of the system calls that are asked for, by their numbers: an array that never changes. */
static uint32_t syscall_map(struct lowering *l, const struct prog_group *g, uint32_t end)
{
	uint32_t *names = lower_alloc(l, end, sizeof *names);

	for (uint32_t i = 0; names && i < end; i++)
		names[i] = (uint32_t)g->syscalls[i];
	return lower_add_map(l, (struct bundle_map){ .name = "syscalls",
						     .type = BPF_MAP_TYPE_ARRAY,
						     .key_size = 4,
						     .value_size = (end * 4 + 7) & ~7u,
						     .max_entries = 1,
						     .flags = BPF_F_RDONLY_PROG,
						     .data = names,
						     .data_len = end * 4,
						     .is_frozen = true });
}

/* Go on for system calls that are asked for; others end in @other. */
static void test_syscall(struct lowering *l, struct ir_block *other)
{
	struct prog_group *g = l->group;
	struct ir_value *number = lower_syscall_number(l), *name;
	struct ir_block *next = ir_build_block(&l->b), *known;
	uint32_t end = 0;

	if (count_syscalls(g, &end) == 1) {
		ir_build_branch(&l->b, IR_EQ, number, lower_const(l, IR_I64, end - 1), next, other);
		ir_build_at(&l->b, next);
		return;
	}
	known = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_LT, number, lower_const(l, IR_I64, end), known, other);
	ir_build_at(&l->b, known);
	number = ir_build_op2(&l->b, IR_SHL, number, lower_const(l, IR_I64, 2));
	number = ir_build_op2(&l->b, IR_PTR_ADD, lower_map_value(l, syscall_map(l, g, end), 0),
			      number);
	name = ir_build_load(&l->b, IR_I32, number, 0, 4);
	ir_build_branch(&l->b, IR_NE, name, lower_const(l, IR_I32, 0), next, other);
	ir_build_at(&l->b, next);
	g->name = ir_build_op2(&l->b, IR_SUB, name, lower_const(l, IR_I32, 1));
}

/* Probes that are not attached to one process. */
static bool filters_by_process(enum provider_id provider)
{
	switch (provider) {
	case PROVIDER_KPROBE:
	case PROVIDER_KRETPROBE:
	case PROVIDER_FENTRY:
	case PROVIDER_FEXIT:
	case PROVIDER_TRACEPOINT:
	case PROVIDER_RAWTRACEPOINT: return true;
	default: return false;
	}
}

/* -p and --cgroup: what the kernel cannot filter by itself. */
static void test_process(struct lowering *l, struct ir_block *other)
{
	struct ir_block *next;
	struct ir_value *x;

	if (l->options->pid && filters_by_process(l->group->provider->id)) {
		next = ir_build_block(&l->b);
		x = lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL);
		x = ir_build_op2(&l->b, IR_SHR, lower_cache(l->f, CACHED_PID_TGID, x),
				 lower_const(l, IR_I64, 32));
		ir_build_branch(&l->b, IR_EQ, x, lower_const(l, IR_I64, l->options->pid), next,
				other);
		ir_build_at(&l->b, next);
	}
	if (l->options->cgroup && l->group->context != CONTEXT_NONE &&
	    l->group->context != CONTEXT_ITER && l->group->provider->id != PROVIDER_INTERVAL) {
		next = ir_build_block(&l->b);
		x = lower_call(l, IR_I64, HELPER_ANCESTOR_CGROUP_ID,
			       lower_const(l, IR_I64, l->options->cgroup_level), NULL, NULL, NULL,
			       NULL);
		ir_build_branch(&l->b, IR_EQ, x, lower_const(l, IR_I64, l->options->cgroup), next,
				other);
		ir_build_at(&l->b, next);
	}
}

static bool is_pointer_member(const struct field *field)
{
	const struct type *type = field->type;

	if (type->kind == TYPE_POINTER)
		return true;
	/* __bpf_md_ptr: a union of a pointer and a number */
	return type->kind == TYPE_UNION && type->size == 8;
}

/* Behind its last object an iterator calls once more, without one. */
static void test_iterator(struct lowering *l, struct ir_block *other)
{
	const struct type *type = kernel_find(l->types, TAG_STRUCT,
					      arena_printf(l->arena, "bpf_iter__%s",
							   l->group->out.attaches[0].target));
	const struct field *fields;
	uint32_t count;

	if (!type)
		return;
	fields = type_fields(l->types, type, &count);
	for (uint32_t i = 0; i < count; i++) {
		struct ir_block *next;

		if (!strcmp(fields[i].name, "meta") || !is_pointer_member(&fields[i]))
			continue;
		next = ir_build_block(&l->b);
		ir_build_branch(&l->b, IR_NE, ir_build_context(&l->b, IR_PTR, fields[i].offset, 8),
				lower_const(l, IR_PTR, 0), next, other);
		ir_build_at(&l->b, next);
	}
}

/* The predicate comes first: most events go no further. */
static void lower_body(struct lowering *l)
{
	const struct probe *probe = l->group->probe;
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	uint32_t mark = lower_mark(l);

	lower_mark_measured(probe);
	test_process(l, no);
	if (l->group->context == CONTEXT_SYSCALL) {
		test_syscall(l, no);
		lower_test_compat(l, no);
	}
	if (l->group->context == CONTEXT_ITER)
		test_iterator(l, no);
	if (probe->predicate) {
		l->f->in_chain = true;
		lower_condition(l, probe->predicate, yes, no);
		l->f->in_chain = false;
		lower_release(l, mark);
	} else {
		ir_build_jump(&l->b, yes);
	}
	ir_build_at(&l->b, no);
	ir_build_return(&l->b, lower_const(l, IR_I32, 0));
	ir_build_at(&l->b, yes);
	lower_finish_prelude(l);
	begin_prelude(l);
	(void)lower_block(l, probe->body, NULL);
	ir_build_return(&l->b, lower_const(l, IR_I32, 0));
}

static void trace(const struct lowering *l, const char *stage)
{
	for (uint32_t i = 0; l->options->trace && i < l->fn_count; i++)
		l->options->trace(l->options->trace_data, stage, l->fns[i]);
}

/* How many arguments @fn asks for. */
static uint32_t count_params(const struct ir_fn *fn)
{
	uint32_t count = 0;

	for (const struct ir_block *b = fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			if (v->op == IR_PARAM && v->imm >= count)
				count = (uint32_t)v->imm + 1;
	return count;
}

/* Which instructions the loader has to fit. */
static int place_fits(struct lowering *l, const struct ir_ebpf *ebpf, struct bundle_prog *out)
{
	struct bundle_fit *fits;
	uint32_t count = 0;

	for (size_t i = 0; i < ebpf->count; i++)
		count += ebpf->relocs[i] != 0;
	fits = lower_alloc(l, count, sizeof *fits);
	if (!fits)
		return -ENOMEM;
	out->fits = fits;
	out->fit_count = count;
	for (uint32_t i = 0; i < ebpf->count; i++) {
		if (!ebpf->relocs[i])
			continue;
		*fits = l->fits[ebpf->relocs[i] - 1];
		fits++->insn = i;
	}
	return 0;
}

/* The functions of the program, optimised, as instructions. */
static int emit(struct lowering *l, struct bundle_prog *out)
{
	struct ir_options passes = { .target = IR_TARGET_EBPF };
	struct ir_ebpf_options options = { .packet = IR_PACKET_NONE, .map_op = ISA_LD_MAP_FD };
	struct bundle_sub *subs;
	struct ir_ebpf ebpf;
	int err = 0;

	trace(l, "start");
	for (uint32_t i = 0; i < l->fn_count && !err; i++) {
		l->fns[i]->map_count = l->map_count;
		err = ir_optimize(l->fns[i], &passes);
	}
	if (err)
		return err;
	trace(l, "end");
	/* What programs of raw tracepoints return goes nowhere. */
	options.ignores_zero = l->group->context == CONTEXT_ARGS ||
			       l->group->context == CONTEXT_SYSCALL;
	err = ir_emit_ebpf_program(l->fns, l->fn_count, &options, l->diag, &ebpf);
	if (err)
		return err;
	subs = lower_alloc(l, l->fn_count, sizeof *subs);
	if (!subs)
		return -ENOMEM;
	out->sub_count = 0;
	for (uint32_t i = 0; i < l->fn_count; i++)
		if (ebpf.starts[i] != UINT32_MAX)
			subs[out->sub_count++] =
				(struct bundle_sub){ .name = l->fns[i]->name,
						     .insn = ebpf.starts[i],
						     .arg_count = i ? count_params(l->fns[i]) : 1 };
	out->insns = ebpf.insns;
	out->insn_count = (uint32_t)ebpf.count;
	out->spans = ebpf.spans;
	out->subs = subs;
	return place_fits(l, &ebpf, out);
}

static int add_prog(struct lowering *l, const struct bundle_prog *prog)
{
	struct bundle_prog *progs =
		lower_grow(l, l->progs, l->prog_count, &l->prog_size, sizeof *l->progs);

	if (!progs)
		return -ENOMEM;
	l->progs = progs;
	l->progs[l->prog_count++] = *prog;
	return 0;
}

static int lower_group(struct lowering *l, struct prog_group *g)
{
	struct lower_fn f = { 0 };
	struct ir_fn *fn;
	uint32_t number;
	int err;

	l->group = g;
	l->fns = NULL;
	l->fn_count = l->fn_size = 0;
	l->fits = NULL;
	l->fit_count = l->fit_size = 0;
	fn = lower_add_fn(l, g->out.name, &number);
	if (!fn)
		return -ENOMEM;
	lower_fn_begin(l, &f, fn);
	lower_body(l);
	err = lower_fn_end(l);
	if (l->err) /* reported; others may be wrong too */
		return 0;
	if (!err)
		err = emit(l, &g->out);
	return err ? err : add_prog(l, &g->out);
}

/* One attach point of sys_enter or sys_exit stands for all. */
static void add_syscall(struct lowering *l, struct prog_group *g, struct bundle_attach *out,
			const struct attach *a)
{
	const struct catalog_format *format;
	uint32_t name = lower_name(l, out->name);

	if (!g->syscalls)
		g->syscalls = lower_alloc(l, MOST_SYSCALLS, sizeof *g->syscalls);
	if (g->syscalls &&
	    catalog_format(l->script_options->catalog, a->target, a->name, &format) == 0)
		g->syscalls[format->syscall] = (int64_t)name + 1;
	out->kind = ATTACH_RAW_TRACEPOINT;
	out->target = NULL;
	out->event = g->is_exit ? "sys_exit" : "sys_enter";
}

/* Programs for many functions are loaded otherwise. */
static void choose_multi(struct lowering *l, struct prog_group *g)
{
	const struct bundle_attach *first = &g->out.attaches[0];
	bool is_kernel = first->kind == ATTACH_KPROBE || first->kind == ATTACH_KRETPROBE;
	bool is_user = first->kind == ATTACH_UPROBE || first->kind == ATTACH_URETPROBE ||
		       first->kind == ATTACH_USDT;

	if (g->out.attach_count < 2 || (!is_kernel && !is_user))
		return;
	for (uint32_t i = 0; i < g->out.attach_count; i++) {
		const struct bundle_attach *a = &g->out.attaches[i];

		if (is_kernel && (a->offset || !a->event))
			return;
	}
	if (is_kernel && lower_has(l, FEATURE_KPROBE_MULTI))
		g->out.expected_attach_type = BPF_TRACE_KPROBE_MULTI;
	if (is_user && lower_has(l, FEATURE_UPROBE_MULTI))
		g->out.expected_attach_type = SYS_TRACE_UPROBE_MULTI;
}

/* The attach points that can share a program with the first that is left, which are taken. */
static int make_group(struct lowering *l, const struct probe *probe, bool *taken,
		      uint32_t attach_count)
{
	struct bundle_attach *attaches = lower_alloc(l, attach_count, sizeof *attaches), *out;
	struct prog_group group = { .probe = probe, .is_branchy = is_branchy(probe) };
	uint32_t i = 0, count = 0;

	if (!attaches)
		return -ENOMEM;
	for (const struct attach *a = probe->attaches; a; a = a->next, i++) {
		struct prog_group other = { .probe = probe, .is_branchy = group.is_branchy };

		if (taken[i])
			continue;
		classify(l, probe, a, &other);
		if (count && !can_share(l, &group, &other))
			continue;
		taken[i] = true;
		out = &attaches[count];
		fill_attach(out, a);
		if (a->provider->id == PROVIDER_TRACEPOINT && other.context == CONTEXT_ARGS)
			out->kind = ATTACH_RAW_TRACEPOINT;
		out->cookie = lower_name(l, out->name);
		if (count == 0) {
			group = other;
			group.first = a;
			group.first_name = (uint32_t)out->cookie;
			group.out.name = prog_name(l, a);
		}
		if (group.context == CONTEXT_SYSCALL) {
			add_syscall(l, &group, out, a);
			attaches[0].stands_for = ++group.served;
			count = 1;
		} else {
			count++;
		}
	}
	group.out.attaches = attaches;
	group.out.attach_count = count;
	choose_multi(l, &group);
	return lower_group(l, &group);
}

int lower_probe(struct lowering *l, const struct probe *probe)
{
	uint32_t count = 0;
	bool *taken;
	int err = 0;

	for (const struct attach *a = probe->attaches; a; a = a->next)
		count++;
	taken = lower_alloc(l, count, sizeof *taken);
	if (!taken)
		return -ENOMEM;
	for (uint32_t i = 0; i < count && !err && !probe->is_missing; i++)
		if (!taken[i])
			err = make_group(l, probe, taken, count);
	return err;
}
