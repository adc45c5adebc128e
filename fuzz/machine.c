/*
 * machine.c - the engines under one roof, with the two maps of generate.h.
 *
 * Programs of this machine and the kernel's find their maps by the same indexes.  Ours are resolved
 * to addresses when a vm_prog is made; one is made for each set of options, when first needed.
 */
#include "machine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "hostbpf.h"
#include "kern/jit/jit.h"
#include "kern/map/kinds.h"

enum {
	MAPS = 2,
	OPTION_SETS = 8,
	MOST_INSNS = 4 << 20,
	MOST_SHOWN = 16, /* words of memory in a comparison */
};
static const uint64_t MOST_NS = 20u * 1000000000ull; /* so that the clock is looked at */

/* clang-format off */
const struct fuzz_engine fuzz_engines[FUZZ_ENGINES] = {
	{ "interpreter",         FUZZ_INTERPRETER, { 0 } },
	{ "interpreter-guarded", FUZZ_INTERPRETER, { .guarded = true } },
	{ "interpreter-limited", FUZZ_INTERPRETER, { .limited = true } },
	{ "interpreter-both",    FUZZ_INTERPRETER, { .guarded = true, .limited = true, .blind = true } },
	{ "jit",                 FUZZ_JIT,         { 0 } },
	{ "jit-guarded",         FUZZ_JIT,         { .guarded = true } },
	{ "jit-limited",         FUZZ_JIT,         { .limited = true } },
	{ "jit-blind",           FUZZ_JIT,         { .blind = true } },
	{ "jit-both",            FUZZ_JIT,         { .guarded = true, .limited = true, .blind = true } },
	{ "kernel",              FUZZ_KERNEL,      { 0 } },
};
/* clang-format on */

struct fuzz_machine {
	struct vm_host host;
	struct vm_run *run;
	struct map *maps[MAPS];
	bool kernel;
	int map_fds[MAPS];
	uint8_t *kernel_values[MAPS];

	const struct insn *insns;
	size_t count;
	struct vm_prog *progs[OPTION_SETS]; /* of the present program */
	uint8_t memory[FUZZ_MEMORY_BYTES];  /* first contents of its maps */
	uint8_t table[FUZZ_TABLE_ENTRIES * FUZZ_TABLE_VALUE];
};

static const struct map_spec specs[MAPS] = {
	{ .name = "memory",
	  .type = MAP_TYPE_ARRAY,
	  .key_size = 4,
	  .value_size = FUZZ_MEMORY_BYTES,
	  .max_entries = 1,
	  .flags = MAP_F_MMAPABLE },
	{ .name = "table",
	  .type = MAP_TYPE_ARRAY,
	  .key_size = 4,
	  .value_size = FUZZ_TABLE_VALUE,
	  .max_entries = FUZZ_TABLE_ENTRIES,
	  .flags = MAP_F_MMAPABLE },
};

static int resolve(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		   uint64_t *ret_address)
{
	struct fuzz_machine *machine = data;
	const uint32_t index = (uint32_t)insn[0].imm, offset = (uint32_t)insn[1].imm;

	if (index < MAPS && op == ISA_LD_MAP_IDX && !offset) {
		*ret_address = (uint64_t)(uintptr_t)machine->maps[index];
		return 0;
	}
	if (index < MAPS && op == ISA_LD_MAP_IDX_VALUE && offset < specs[index].value_size) {
		*ret_address = (uint64_t)(uintptr_t)machine->maps[index]->values + offset;
		return 0;
	}
	diag_error(diag, SPAN_NONE, "it loads the address of a map that is not there");
	return -EINVAL;
}

static uint64_t lookup(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct vm_run *run)
{
	struct fuzz_machine *machine = vm_run_data(run);

	(void)r3, (void)r4, (void)r5;
	for (size_t i = 0; i < MAPS; i++) {
		struct map *map = machine->maps[i];

		if (r1 != (uint64_t)(uintptr_t)map)
			continue;
		if (!vm_check_access(run, r2, map->key_size, false))
			return 0;
		return (uint64_t)(uintptr_t)map->ops->lookup(map, (const void *)(uintptr_t)r2);
	}
	vm_helper_fault(run, "that is no map");
	return 0;
}

static const struct vm_helper helpers[FUZZ_HELPERS] = {
	[FUZZ_HELPER_LOOKUP] = { "bpf_map_lookup_elem", lookup, VM_HELPER_MAP_LOOKUP },
};

static bool make_maps(struct fuzz_machine *machine)
{
	for (size_t i = 0; i < MAPS; i++) {
		const struct map_spec *spec = &specs[i];

		if (map_new(spec, NULL, &machine->maps[i]))
			return false;
		if (vm_run_add_region(
			    machine->run,
			    &(struct vm_region){ (uint64_t)(uintptr_t)machine->maps[i]->values,
						 (uint64_t)spec->value_size * spec->max_entries,
						 true }))
			return false;
		if (!machine->kernel)
			continue;
		machine->map_fds[i] = hostbpf_map_new(machine->maps[i]);
		if (machine->map_fds[i] < 0)
			return false;
		machine->kernel_values[i] =
			hostbpf_map(machine->map_fds[i], spec->value_size * spec->max_entries);
		if (!machine->kernel_values[i])
			return false;
	}
	return true;
}

struct fuzz_machine *fuzz_machine_new(bool kernel)
{
	struct fuzz_machine *machine = calloc(1, sizeof *machine);

	if (!machine)
		return NULL;
	machine->kernel = kernel;
	machine->host = (struct vm_host){
		.helpers = helpers,
		.helper_count = FUZZ_HELPERS,
		.resolve = resolve,
		.resolve_data = machine,
	};
	machine->run = vm_run_new();
	if (machine->run && make_maps(machine)) {
		vm_run_set_data(machine->run, machine);
		fuzz_machine_limit(machine, MOST_INSNS);
		return machine;
	}
	fuzz_machine_free(machine);
	return NULL;
}

static void forget_progs(struct fuzz_machine *machine)
{
	for (size_t i = 0; i < OPTION_SETS; i++) {
		vm_prog_free(machine->progs[i]);
		machine->progs[i] = NULL;
	}
}

/* The mappings and descriptors of the kernel's maps last as long as the process. */
void fuzz_machine_free(struct fuzz_machine *machine)
{
	if (!machine)
		return;
	forget_progs(machine);
	for (size_t i = 0; i < MAPS; i++)
		map_put(machine->maps[i]);
	vm_run_free(machine->run);
	free(machine);
}

void fuzz_machine_limit(struct fuzz_machine *machine, uint64_t insns)
{
	vm_run_set_limits(machine->run, insns, MOST_NS);
}

void fuzz_machine_load(struct fuzz_machine *machine, const struct insn *insns, size_t count,
		       uint64_t seed)
{
	forget_progs(machine);
	machine->insns = insns;
	machine->count = count;
	fuzz_generate_memory(seed, machine->memory, sizeof machine->memory);
	fuzz_generate_memory(seed + 1, machine->table, sizeof machine->table);
}

static void fill(struct fuzz_machine *machine, uint8_t *memory, uint8_t *table)
{
	memcpy(memory, machine->memory, sizeof machine->memory);
	memcpy(table, machine->table, sizeof machine->table);
}

static void collect(struct fuzz_outcome *outcome, const uint8_t *memory, const uint8_t *table)
{
	memcpy(outcome->memory, memory, sizeof outcome->memory);
	memcpy(outcome->table, table, sizeof outcome->table);
}

static int run_kernel(struct fuzz_machine *machine, struct diag *diag, struct fuzz_outcome *outcome)
{
	uint32_t r0;
	int fd, err;

	if (!machine->kernel)
		return -ENOTSUP;
	fd = hostbpf_load(HOSTBPF_SYSCALL, machine->insns, machine->count, machine->map_fds, diag);
	if (fd < 0)
		return -EINVAL;
	fill(machine, machine->kernel_values[0], machine->kernel_values[1]);
	err = hostbpf_run(fd, NULL, 0, 1, &r0, NULL);
	(void)close(fd);
	if (err)
		return err;
	outcome->half = true;
	outcome->r0 = r0;
	collect(outcome, machine->kernel_values[0], machine->kernel_values[1]);
	return 0;
}

/* The present program with @options: made once. */
static int prog_for(struct fuzz_machine *machine, const struct vm_options *options,
		    struct diag *diag, struct vm_prog **ret_prog)
{
	struct vm_prog **prog =
		&machine->progs[options->guarded + 2 * options->limited + 4 * options->blind];
	int err = 0;

	if (!*prog)
		err = vm_prog_new(machine->insns, machine->count, &machine->host, options, diag,
				  prog);
	*ret_prog = *prog;
	return err;
}

static int run_own(struct fuzz_machine *machine, const struct fuzz_engine *engine,
		   struct diag *diag, struct fuzz_outcome *outcome)
{
	static const uint64_t args[5] = { 0 };
	const struct vm_fault *fault = vm_run_fault(machine->run);
	struct vm_prog *prog;
	int err;

	if (prog_for(machine, &engine->options, diag, &prog))
		return -EINVAL;
	if (engine->kind == FUZZ_JIT) {
		err = jit_compile(prog, diag);
		if (err)
			return err;
	}
	fill(machine, machine->maps[0]->values, machine->maps[1]->values);
	if (engine->kind == FUZZ_JIT)
		outcome->err = vm_native(prog, machine->run, args, &outcome->r0);
	else
		outcome->err = vm_interpret(prog, machine->run, args, &outcome->r0);
	if (outcome->err) {
		outcome->fault = fault->kind;
		outcome->fault_pc = fault->pc;
		outcome->fault_address = fault->kind == VM_FAULT_ACCESS ? fault->address : 0;
	}
	collect(outcome, machine->maps[0]->values, machine->maps[1]->values);
	return 0;
}

int fuzz_machine_run(struct fuzz_machine *machine, const struct fuzz_engine *engine,
		     struct diag *diag, struct fuzz_outcome *ret_outcome)
{
	ret_outcome->err = 0;
	ret_outcome->r0 = 0;
	ret_outcome->fault = VM_FAULT_NONE;
	ret_outcome->fault_pc = 0;
	ret_outcome->fault_address = 0;
	ret_outcome->half = false;
	if (engine->kind == FUZZ_KERNEL)
		return run_kernel(machine, diag, ret_outcome);
	return run_own(machine, engine, diag, ret_outcome);
}

bool fuzz_outcome_equal(const struct fuzz_outcome *a, const struct fuzz_outcome *b)
{
	const uint64_t known = a->half || b->half ? UINT32_MAX : UINT64_MAX;

	return a->err == b->err && a->fault == b->fault && a->fault_pc == b->fault_pc &&
	       a->fault_address == b->fault_address && (a->r0 & known) == (b->r0 & known) &&
	       !memcmp(a->memory, b->memory, sizeof a->memory) &&
	       !memcmp(a->table, b->table, sizeof a->table);
}

/* FNV-1a: enough to see which memories are alike. */
static uint32_t digest(const uint8_t *bytes, size_t count)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ bytes[i]) * 16777619;
	return hash;
}

void fuzz_outcome_print(const struct fuzz_outcome *outcome, struct strbuf *out)
{
	static const char *const faults[] = {
		[VM_FAULT_NONE] = "none",     [VM_FAULT_ACCESS] = "access",
		[VM_FAULT_ALIGN] = "align",   [VM_FAULT_INSNS] = "insns",
		[VM_FAULT_TIME] = "time",     [VM_FAULT_FRAMES] = "frames",
		[VM_FAULT_HELPER] = "helper",
	};

	if (outcome->err)
		strbuf_printf(out, "fault: %s at slot %u, address 0x%" PRIx64,
			      faults[outcome->fault], outcome->fault_pc, outcome->fault_address);
	else
		strbuf_printf(out, "r0 = 0x%" PRIx64, outcome->r0);
	strbuf_printf(out, ", memory %08x, table %08x",
		      digest(outcome->memory, sizeof outcome->memory),
		      digest(outcome->table, sizeof outcome->table));
}

void fuzz_outcome_compare(const struct fuzz_outcome *a, const struct fuzz_outcome *b,
			  struct strbuf *out)
{
	unsigned int shown = 0;

	for (size_t i = 0; i < FUZZ_MEMORY_BYTES && shown < MOST_SHOWN; i += 8) {
		const uint64_t in_a = load_u64(a->memory + i), in_b = load_u64(b->memory + i);

		if (in_a == in_b)
			continue;
		strbuf_printf(out, "memory %4zu: 0x%016" PRIx64 " and 0x%016" PRIx64 "\n", i, in_a,
			      in_b);
		shown++;
	}
}
