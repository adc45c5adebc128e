/*
 * prog.c - one program on every engine, each with data and maps of its own.
 */
#include "prog.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "hostbpf.h"
#include "kern/helper/helper.h"
#include "kern/jit/jit.h"
#include "kern/vm/prog.h"
#include "object/object.h"

const char *const engine_names[ENGINES] = {
	[ENGINE_KERNEL] = "kernel",
	[ENGINE_JIT] = "jit",
	[ENGINE_JIT_GUARDED] = "jit-guarded",
	[ENGINE_INTERPRETER] = "interpreter",
	[ENGINE_INTERPRETER_GUARDED] = "interpreter-guarded",
	[ENGINE_NATIVE] = "native",
};

enum { HARDWARE_RUNS = 100 };

static const uint64_t no_args[5];
static const uint8_t packet[64]; /* programs do not look at it */

/* Time that this thread has spent running: the kernel's clock for test runs, too, stands still
 * while others run. */
static uint64_t spent_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* ------------------------------------------------------------------ maps */

static struct map_spec data_spec(const struct bench_native *native)
{
	return (struct map_spec){
		.name = "data",
		.type = MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = (uint32_t)native->data_bytes,
		.max_entries = 1,
		.flags = MAP_F_MMAPABLE,
	};
}

static bool has_table(const struct bench_prog *prog)
{
	return prog->native->spec->type != 0;
}

static int make_maps(struct bench_prog *prog, struct diag *diag)
{
	const struct map_spec spec = data_spec(prog->native);
	int err = map_new(&spec, diag, &prog->maps[BENCH_MAP_DATA]);

	if (err || !has_table(prog))
		return err;
	err = map_new(prog->native->spec, diag, &prog->maps[BENCH_MAP_TABLE]);
	if (err)
		return err;
	err = map_new(prog->native->spec, diag, &prog->native_table);
	if (!err)
		err = map_new(prog->native->spec, diag, &prog->table);
	*prog->native->table = prog->native_table;
	return err;
}

/* The data that @engine works on. */
static void *data_of(struct bench_prog *prog, enum engine engine)
{
	switch (engine) {
	case ENGINE_KERNEL: return prog->kernel_data;
	case ENGINE_NATIVE: return prog->native->data;
	default: return prog->maps[BENCH_MAP_DATA]->values;
	}
}

/* Where elements are copied to. */
struct copying {
	struct map *to; /* NULL: to the kernel's */
	int map_fd;
};

static bool copy_element(void *arg, const void *key, void *value)
{
	const struct copying *copying = arg;

	if (copying->to)
		return !copying->to->ops->update(copying->to, key, value, MAP_ANY);
	return !hostbpf_map_update(copying->map_fd, key, value);
}

static void copy_table(struct map *from, struct map *to, int map_fd)
{
	struct copying copying = { to, map_fd };

	if (from)
		(void)from->ops->each(from, copy_element, &copying);
}

/* The data and table that @engine works on, as setup() left them. */
static void reset_state(struct bench_prog *prog, enum engine engine)
{
	struct map *table = engine == ENGINE_KERNEL ? NULL :
			    engine == ENGINE_NATIVE ? prog->native_table :
						      prog->maps[BENCH_MAP_TABLE];

	memcpy(data_of(prog, engine), prog->data, prog->native->data_bytes);
	copy_table(prog->table, table, prog->map_fds[BENCH_MAP_TABLE]);
}

/* Keep what setup() made natively, and give it to our engines. */
static int keep_state(struct bench_prog *prog)
{
	prog->data = malloc(prog->native->data_bytes);
	if (!prog->data)
		return -ENOMEM;
	memcpy(prog->data, prog->native->data, prog->native->data_bytes);
	copy_table(prog->native_table, prog->table, -1);
	reset_state(prog, ENGINE_INTERPRETER);
	return 0;
}

/* The kernel's maps; false when it does not make them. */
static bool make_kernel_maps(struct bench_prog *prog)
{
	for (size_t i = 0; i < BENCH_MAPS; i++) {
		if (!prog->maps[i])
			continue;
		prog->map_fds[i] = hostbpf_map_new(prog->maps[i]);
		if (prog->map_fds[i] < 0)
			return false;
	}
	prog->kernel_data = hostbpf_map(prog->map_fds[BENCH_MAP_DATA], prog->native->data_bytes);
	if (!prog->kernel_data)
		return false;
	reset_state(prog, ENGINE_KERNEL);
	return true;
}

/* --------------------------------------------------------------- loading */

static int resolve(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		   uint64_t *ret_address)
{
	const struct bench_prog *prog = data;
	struct map *map = (uint32_t)insn[0].imm < BENCH_MAPS ? prog->maps[insn[0].imm] : NULL;

	if (!map) {
		diag_error(diag, SPAN_NONE, "'%s' has no map %d", prog->name, insn[0].imm);
		return -EINVAL;
	}
	*ret_address = op == ISA_LD_MAP_IDX ?
			       (uint64_t)(uintptr_t)map :
			       (uint64_t)(uintptr_t)map->values + (uint32_t)insn[1].imm;
	return 0;
}

static const struct vm_options options[ENGINES] = {
	[ENGINE_JIT_GUARDED] = { .guarded = true },
	[ENGINE_INTERPRETER_GUARDED] = { .guarded = true },
};

static bool is_jit(enum engine engine)
{
	return engine == ENGINE_JIT || engine == ENGINE_JIT_GUARDED;
}

static bool is_ours(enum engine engine)
{
	return engine != ENGINE_KERNEL && engine != ENGINE_NATIVE;
}

static int make_progs(struct bench_prog *prog, struct diag *diag)
{
	for (enum engine e = 0; e < ENGINES; e++) {
		int err;

		if (!is_ours(e))
			continue;
		err = vm_prog_new(prog->insns, prog->insn_count, &prog->host, &options[e], diag,
				  &prog->progs[e]);
		if (err)
			return err;
		if (!is_jit(e) || !jit_compile(prog->progs[e], NULL))
			continue;
		vm_prog_free(prog->progs[e]);
		prog->progs[e] = NULL;
	}
	return 0;
}

static int add_regions(struct bench_prog *prog)
{
	int err = 0;

	for (size_t i = 0; i < BENCH_MAPS && !err; i++) {
		void *start;
		size_t bytes;

		if (!prog->maps[i])
			continue;
		prog->maps[i]->ops->extent(prog->maps[i], &start, &bytes);
		err = vm_run_add_region(prog->run, &(struct vm_region){ (uint64_t)(uintptr_t)start,
									bytes, true });
	}
	return err;
}

static int load_kernel(struct bench_prog *prog, struct diag *diag)
{
	if (hostbpf_missing() || !make_kernel_maps(prog))
		return 0;
	prog->prog_fd =
		hostbpf_load(HOSTBPF_PACKET, prog->insns, prog->insn_count, prog->map_fds, diag);
	return prog->prog_fd < 0 ? prog->prog_fd : 0;
}

/* The number in enum bench_map of map @index of @object. */
static int32_t number_of(const struct object *object, int32_t index)
{
	return strcmp(object->maps[index].name, "table") ? BENCH_MAP_DATA : BENCH_MAP_TABLE;
}

/* A copy of the @count instructions at @insns, with our numbers of maps. */
static int take_insns(struct bench_prog *prog, const struct object *object,
		      const struct insn *insns, size_t count)
{
	prog->insns = malloc(count * sizeof *insns);
	if (!prog->insns)
		return -ENOMEM;
	prog->insn_count = count;
	memcpy(prog->insns, insns, count * sizeof *insns);
	for (size_t i = 0; i < count; i++) {
		const int op = isa_decode(&insns[i], count - i);

		if (op == ISA_LD_MAP_IDX || op == ISA_LD_MAP_IDX_VALUE)
			prog->insns[i].imm = number_of(object, insns[i].imm);
		if (op >= 0)
			i += isa_slots((enum isa_op)op) - 1;
	}
	return 0;
}

static int read_object(struct bench_prog *prog, const char *path, struct diag *diag)
{
	struct object *object = NULL;
	struct object_linked linked;
	char *file;
	size_t len;
	int err = file_read(path, diag, &file, &len);

	if (err)
		return err;
	err = object_read(file, len, diag, &object);
	if (!err)
		err = object_link(object, 0, NULL, diag, &linked);
	if (!err)
		err = take_insns(prog, object, linked.insns, linked.insn_count);
	object_free(object);
	free(file);
	return err;
}

/* The program that does nothing. */
static int make_empty(struct bench_prog *prog)
{
	prog->insn_count = 2;
	prog->insns = calloc(prog->insn_count, sizeof *prog->insns);
	if (!prog->insns)
		return -ENOMEM;
	prog->insns[0] = isa_encode(ISA_MOV64_IMM);
	prog->insns[1] = isa_encode(ISA_EXIT);
	return 0;
}

int bench_prog_load(const char *name, const char *path, const struct bench_native *native,
		    struct diag *diag, struct bench_prog *ret_prog)
{
	struct bench_prog *prog = ret_prog;
	int err;

	*prog = (struct bench_prog){
		.name = name, .native = native, .map_fds = { -1, -1 }, .prog_fd = -1
	};
	prog->host = (struct vm_host){
		.helpers = helper_table,
		.helper_count = helper_table_count,
		.resolve = resolve,
		.resolve_data = prog,
	};
	err = path ? read_object(prog, path, diag) : make_empty(prog);
	if (!err)
		err = make_maps(prog, diag);
	if (err)
		return err;
	native->setup();
	prog->run = vm_run_new();
	if (!prog->run)
		return -ENOMEM;
	prog->env = (struct helper_env){ .maps = prog->maps, .map_count = BENCH_MAPS };
	vm_run_set_data(prog->run, &prog->env);
	err = keep_state(prog);
	if (!err)
		err = add_regions(prog);
	if (!err)
		err = make_progs(prog, diag);
	return err ? err : load_kernel(prog, diag);
}

void bench_prog_release(struct bench_prog *prog)
{
	for (enum engine e = 0; e < ENGINES; e++)
		vm_prog_free(prog->progs[e]);
	for (size_t i = 0; i < BENCH_MAPS; i++) {
		map_put(prog->maps[i]);
		if (prog->map_fds[i] >= 0)
			(void)close(prog->map_fds[i]);
	}
	if (prog->prog_fd >= 0)
		(void)close(prog->prog_fd);
	map_put(prog->native_table);
	map_put(prog->table);
	vm_run_free(prog->run);
	free(prog->data);
	free(prog->insns);
}

/* --------------------------------------------------------------- running */

bool bench_prog_runs_on(const struct bench_prog *prog, enum engine engine)
{
	switch (engine) {
	case ENGINE_KERNEL: return prog->prog_fd >= 0;
	case ENGINE_NATIVE: return true;
	default: return prog->progs[engine] != NULL;
	}
}

/* Run once.  Returns 0 and the low half of r0. */
static int run_once(struct bench_prog *prog, enum engine engine, uint32_t *ret_r0)
{
	uint64_t r0 = 0;
	int err = 0;

	if (engine == ENGINE_KERNEL)
		return hostbpf_run(prog->prog_fd, packet, sizeof packet, 1, ret_r0, NULL);
	if (engine == ENGINE_NATIVE)
		r0 = prog->native->run();
	else if (is_jit(engine))
		err = vm_native(prog->progs[engine], prog->run, no_args, &r0);
	else
		err = vm_interpret(prog->progs[engine], prog->run, no_args, &r0);
	*ret_r0 = (uint32_t)r0;
	return err;
}

double bench_prog_time(struct bench_prog *prog, enum engine engine, uint32_t repeat)
{
	const struct vm_prog *ours = prog->progs[engine];
	uint32_t (*const native)(void) = prog->native->run;
	uint64_t start, r0;
	uint32_t half, ns;

	if (engine == ENGINE_KERNEL) {
		if (hostbpf_run(prog->prog_fd, packet, sizeof packet, repeat, &half, &ns))
			return -1;
		return ns;
	}
	start = spent_ns();
	if (engine == ENGINE_NATIVE)
		for (uint32_t i = 0; i < repeat; i++)
			(void)native();
	else if (is_jit(engine))
		for (uint32_t i = 0; i < repeat; i++)
			(void)vm_native(ours, prog->run, no_args, &r0);
	else
		for (uint32_t i = 0; i < repeat; i++)
			(void)vm_interpret(ours, prog->run, no_args, &r0);
	return (double)(spent_ns() - start) / repeat;
}

/* -------------------------------------------------------------- checking */

struct comparison {
	struct bench_prog *prog;
	enum engine engine;
	bool same;
};

static bool same_element(void *arg, const void *key, void *value)
{
	struct comparison *c = arg;
	struct map *table = c->prog->maps[BENCH_MAP_TABLE];
	const uint32_t bytes = table->value_size;
	uint8_t other[64];

	if (c->engine == ENGINE_KERNEL) {
		c->same = !hostbpf_map_lookup(c->prog->map_fds[BENCH_MAP_TABLE], key, other) &&
			  !memcmp(value, other, bytes);
	} else {
		const void *ours = table->ops->lookup(table, key);

		c->same = ours && !memcmp(value, ours, bytes);
	}
	return c->same;
}

static bool same_table(struct bench_prog *prog, enum engine engine)
{
	struct comparison c = { prog, engine, true };

	if (has_table(prog) && prog->native->spec->value_size <= 64)
		(void)prog->native_table->ops->each(prog->native_table, same_element, &c);
	return c.same;
}

static int check_one(struct bench_prog *prog, enum engine engine, struct diag *diag)
{
	const size_t bytes = prog->native->data_bytes;
	uint32_t expected, r0;
	int err;

	reset_state(prog, ENGINE_NATIVE);
	reset_state(prog, engine);
	(void)run_once(prog, ENGINE_NATIVE, &expected);
	err = run_once(prog, engine, &r0);
	if (err)
		diag_error(diag, SPAN_NONE, "%s: %s does not run it", prog->name,
			   engine_names[engine]);
	else if (r0 != expected)
		diag_error(diag, SPAN_NONE, "%s: %s returns 0x%x, native 0x%x", prog->name,
			   engine_names[engine], r0, expected);
	else if (memcmp(data_of(prog, engine), prog->native->data, bytes))
		diag_error(diag, SPAN_NONE, "%s: %s leaves other data behind", prog->name,
			   engine_names[engine]);
	else if (!same_table(prog, engine))
		diag_error(diag, SPAN_NONE, "%s: %s leaves another table behind", prog->name,
			   engine_names[engine]);
	else
		return 0;
	return -EPROTO;
}

int bench_prog_check(struct bench_prog *prog, struct diag *diag)
{
	for (enum engine e = 0; e < ENGINES; e++) {
		int err;

		if (e == ENGINE_NATIVE || !bench_prog_runs_on(prog, e))
			continue;
		err = check_one(prog, e, diag);
		if (err)
			return err;
	}
	return 0;
}

/* -------------------------------------------------------------- counting */

/* Slots that a run of @insns enters, by the budget of a limited run; 0 on failure. */
static uint64_t slots_entered(struct bench_prog *prog, const struct insn *insns, size_t count)
{
	const struct vm_options limited = { .limited = true };
	struct vm_prog *counted;
	uint64_t r0, slots = 0;

	if (vm_prog_new(insns, count, &prog->host, &limited, NULL, &counted))
		return 0;
	vm_run_set_limits(prog->run, INT64_MAX, 0);
	memcpy(data_of(prog, ENGINE_INTERPRETER), prog->data, prog->native->data_bytes);
	if (!vm_interpret(counted, prog->run, no_args, &r0))
		slots = prog->run->insns_granted - (uint64_t)prog->run->budget;
	vm_run_set_limits(prog->run, 0, 0);
	vm_prog_free(counted);
	return slots;
}

static bool is_wide(const struct bench_prog *prog, size_t at)
{
	const int op = isa_decode(&prog->insns[at], prog->insn_count - at);

	return op >= 0 && isa_slots((enum isa_op)op) == 2;
}

/* The program with a 'goto +0' after each wide load; @where[i] is where its slot i went. */
static struct insn *pad_wide(const struct bench_prog *prog, size_t *where, size_t *ret_count)
{
	struct insn *padded = calloc(prog->insn_count * 2, sizeof *padded);
	size_t to = 0;

	for (size_t i = 0; padded && i < prog->insn_count; i++) {
		where[i] = to;
		padded[to++] = prog->insns[i];
		if (!is_wide(prog, i))
			continue;
		where[++i] = to;
		padded[to++] = prog->insns[i];
		padded[to++] = isa_encode(ISA_JA);
	}
	*ret_count = to;
	return padded;
}

static void mend_jumps(const struct bench_prog *prog, const size_t *where, struct insn *padded)
{
	for (size_t i = 0; i < prog->insn_count; i++) {
		const int op = isa_decode(&prog->insns[i], prog->insn_count - i);
		struct insn *insn = &padded[where[i]];
		int64_t to;

		if (op < 0)
			continue;
		if (op == ISA_CALL_LOCAL)
			to = (int64_t)i + 1 + prog->insns[i].imm;
		else if (!isa_jump_target((enum isa_op)op, &prog->insns[i], i, &to))
			continue;
		to = (int64_t)where[to] - (int64_t)where[i] - 1;
		if (isa_ops[op].uses & ISA_FIELD_OFF)
			insn->off = (int16_t)to;
		else
			insn->imm = (int32_t)to;
	}
}

/* The budget counts slots, so wide loads twice.  Padding each with one slot more tells how many
 * were run. */
uint64_t bench_prog_executed(struct bench_prog *prog)
{
	size_t *where = calloc(prog->insn_count, sizeof *where);
	const uint64_t slots = slots_entered(prog, prog->insns, prog->insn_count);
	uint64_t padded_slots = 0;
	struct insn *padded = NULL;
	size_t count;

	if (where)
		padded = pad_wide(prog, where, &count);
	if (padded) {
		mend_jumps(prog, where, padded);
		padded_slots = slots_entered(prog, padded, count);
	}
	free(padded);
	free(where);
	return slots && padded_slots ? slots - (padded_slots - slots) : 0;
}

static int open_counter(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

double bench_prog_hardware_insns(struct bench_prog *prog)
{
	const int fd = open_counter();
	uint64_t count = 0;
	ssize_t got;

	if (fd < 0)
		return -1;
	(void)ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	(void)bench_prog_time(prog, ENGINE_JIT, HARDWARE_RUNS);
	(void)ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	got = read(fd, &count, sizeof count);
	(void)close(fd);
	return got == sizeof count ? (double)count / HARDWARE_RUNS : -1;
}
