/*
 * program.c - putting a program together.
 *
 * The order is that of needs: maps first, since instructions hold their addresses; then the
 * programs; then the prog arrays and pointers that hold addresses of those.
 */
#include "kern/prog/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "kern/helper/helper.h"
#include "kern/jit/jit.h"
#include "kern/vm/prog.h"

struct program {
	struct map **maps;
	size_t map_count;
	struct vm_prog *main;
	struct vm_prog **targets;
	size_t target_count;
	struct vm_host host;
};

struct program_run {
	const struct program *program;
	struct vm_run *vm;
	struct helper_env env;
};

/* --- What the machine asks while a program is made --- */

static int refuse_load(struct diag *diag, const char *reason)
{
	diag_error(diag, SPAN_NONE, "%s", reason);
	return -EINVAL;
}

static int value_address(struct map *map, uint32_t offset, struct diag *diag, uint64_t *ret_address)
{
	if (map->type != MAP_TYPE_ARRAY || map->max_entries != 1)
		return refuse_load(diag, "only values of arrays with one element can be loaded");
	if (offset >= map->value_size)
		return refuse_load(diag, "a load of a value goes beyond its end");
	*ret_address = (uintptr_t)map->values + offset;
	return 0;
}

static int resolve(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		   uint64_t *ret_address)
{
	const struct program *program = data;
	const uint32_t number = (uint32_t)insn->imm;

	if (op == ISA_LD_BTF_ID)
		return refuse_load(diag, "the kernel's variables are only to be had in the kernel");
	if (number >= program->map_count) {
		diag_error(diag, SPAN_NONE, "the program loads map %u, and it has %zu", number,
			   program->map_count);
		diag_hint(diag, "run the ELF object that it comes from: that has the maps");
		return -EINVAL;
	}
	if (op == ISA_LD_MAP_VALUE || op == ISA_LD_MAP_IDX_VALUE)
		return value_address(program->maps[number], (uint32_t)insn[1].imm, diag,
				     ret_address);
	*ret_address = (uintptr_t)program->maps[number];
	return 0;
}

static const struct vm_prog *tail_target(struct vm_run *run, uint64_t value, uint32_t index)
{
	const struct map *map = (const struct map *)(uintptr_t)value;

	return helper_is_map(run, value) && map->type == MAP_TYPE_PROG_ARRAY ?
		       prog_array_get(map, index) :
		       NULL;
}

/* --- Making --- */

static int make_maps(struct program *program, const struct program_spec *spec, struct diag *diag)
{
	int err;

	program->maps = calloc(spec->map_count + 1, sizeof(struct map *));
	if (!program->maps)
		return -ENOMEM;
	for (size_t i = 0; i < spec->map_count; i++) {
		const struct program_map *map = &spec->maps[i];

		if (map->map) {
			program->maps[program->map_count++] = map_get(map->map);
			continue;
		}
		err = map_new(&map->spec, diag, &program->maps[i]);
		if (err)
			return err;
		program->map_count++;
		if (map->data && program->maps[i]->values)
			memcpy(program->maps[i]->values, map->data, map->data_len);
	}
	return 0;
}

static int make_prog(struct program *program, const struct program_code *code,
		     const struct program_options *options, struct diag *diag,
		     struct vm_prog **ret_prog)
{
	int err = vm_prog_new(code->insns, code->insn_count, &program->host, &options->vm, diag,
			      ret_prog);

	if (err || options->engine == PROGRAM_ENGINE_INTERPRETER)
		return err;
	err = jit_compile(*ret_prog, options->engine == PROGRAM_ENGINE_JIT ? diag : NULL);
	return err == -ENOTSUP && options->engine == PROGRAM_ENGINE_BEST ? 0 : err;
}

static int make_progs(struct program *program, const struct program_spec *spec,
		      const struct program_options *options, struct diag *diag)
{
	int err = make_prog(program, &spec->code, options, diag, &program->main);

	program->targets = calloc(spec->target_count + 1, sizeof(struct vm_prog *));
	if (!program->targets)
		return -ENOMEM;
	program->target_count = spec->target_count;
	for (size_t i = 0; i < spec->target_count && !err; i++)
		err = make_prog(program, &spec->targets[i], options, diag, &program->targets[i]);
	return err;
}

static int fill_slots(struct program *program, const struct program_spec *spec, struct diag *diag)
{
	for (size_t i = 0; i < spec->slot_count; i++) {
		const struct program_slot *slot = &spec->slots[i];

		if (!prog_array_set(program->maps[slot->map], slot->index,
				    program->targets[slot->target]))
			continue;
		diag_error(diag, SPAN_NONE, "map '%s' has %u entries, and entry %u is to be set",
			   spec->maps[slot->map].spec.name, program->maps[slot->map]->max_entries,
			   slot->index);
		return -E2BIG;
	}
	return 0;
}

static void fill_pointers(struct program *program, const struct program_spec *spec)
{
	for (size_t i = 0; i < spec->pointer_count; i++) {
		const struct program_pointer *pointer = &spec->pointers[i];
		const uint8_t *target = program->maps[pointer->target]->values;

		store_u64(program->maps[pointer->map]->values + pointer->offset,
			  (uintptr_t)target + pointer->target_offset);
	}
}

int program_new(const struct program_spec *spec, const struct program_options *options,
		struct diag *diag, struct program **ret_program)
{
	struct program *program = calloc(1, sizeof *program);
	int err;

	if (!program)
		return -ENOMEM;
	program->host = (struct vm_host){
		.helpers = options->helpers ? options->helpers : helper_table,
		.helper_count = options->helpers ? options->helper_count : helper_table_count,
		.resolve = resolve,
		.resolve_data = program,
		.tail_target = tail_target,
	};
	err = make_maps(program, spec, diag);
	if (!err)
		err = make_progs(program, spec, options, diag);
	if (!err)
		err = fill_slots(program, spec, diag);
	if (err) {
		program_free(program);
		return err;
	}
	fill_pointers(program, spec);
	*ret_program = program;
	return 0;
}

void program_free(struct program *program)
{
	if (!program)
		return;
	vm_prog_free(program->main);
	for (size_t i = 0; i < program->target_count; i++)
		vm_prog_free(program->targets[i]);
	for (size_t i = 0; i < program->map_count; i++)
		map_put(program->maps[i]);
	free(program->targets);
	free(program->maps);
	free(program);
}

size_t program_insn_count(const struct program *program)
{
	return vm_prog_insn_count(program->main);
}

size_t program_native_bytes(const struct program *program)
{
	return program->main->native_bytes;
}

size_t program_map_count(const struct program *program)
{
	return program->map_count;
}

struct map *program_map(const struct program *program, size_t i)
{
	return program->maps[i];
}

const struct vm_prog *program_code_of(const struct program *program)
{
	return program->main;
}

/* --- Running --- */

static int add_region(struct program_run *run, const void *start, size_t bytes, bool writable)
{
	return vm_run_add_region(run->vm, &(struct vm_region){ .start = (uintptr_t)start,
							       .bytes = bytes,
							       .writable = writable });
}

/* The regions that every run has: lent memory as number 0, which stands for the copies of keys until
 * some is lent; those copies; the values of all maps. */
static int add_own_regions(struct program_run *run)
{
	int err = add_region(run, run->env.keys, sizeof run->env.keys, true);

	if (!err)
		err = add_region(run, run->env.keys, sizeof run->env.keys, true);
	for (size_t i = 0; i < run->program->map_count && !err; i++) {
		const struct map *map = run->program->maps[i];
		void *start;
		size_t bytes;

		map->ops->extent(map, &start, &bytes);
		err = add_region(run, start, bytes, !(map->flags & MAP_F_RDONLY_PROG));
	}
	return err;
}

int program_run_new(const struct program *program, struct diag *diag, struct program_run **ret_run)
{
	struct program_run *run = calloc(1, sizeof *run);
	int err = -ENOMEM;

	if (!run)
		return -ENOMEM;
	run->program = program;
	run->env.maps = program->maps;
	run->env.map_count = program->map_count;
	run->vm = vm_run_new();
	if (!run->vm)
		goto free_run;
	vm_run_set_data(run->vm, &run->env);
	if (program->main->options.guarded) {
		err = add_own_regions(run);
		if (err) {
			diag_error(diag, SPAN_NONE, "a guarded program has at most %d maps",
				   VM_MOST_REGIONS - 3);
			goto free_run;
		}
	}
	*ret_run = run;
	return 0;

free_run:
	program_run_free(run);
	return err;
}

void program_run_free(struct program_run *run)
{
	if (!run)
		return;
	vm_run_free(run->vm);
	free(run);
}

int program_run_add_memory(struct program_run *run, void *start, size_t bytes, bool writable)
{
	return add_region(run, start, bytes, writable);
}

void program_run_lend_memory(struct program_run *run, void *start, size_t bytes)
{
	if (run->program->main->options.guarded)
		vm_run_set_region(run->vm, 0,
				  &(struct vm_region){ .start = (uintptr_t)start,
						       .bytes = bytes,
						       .writable = true });
}

void program_run_clear_memory(struct program_run *run)
{
	vm_run_clear_regions(run->vm);
	if (run->program->main->options.guarded)
		(void)add_own_regions(run); /* they fitted before */
}

void program_run_set_trace(struct program_run *run,
			   void (*trace)(void *data, const char *text, size_t len), void *data)
{
	run->env.trace = trace;
	run->env.trace_data = data;
}

void program_run_set_user(struct program_run *run, void *user)
{
	run->env.user = user;
}

void *program_user(const struct vm_run *run)
{
	const struct helper_env *env = vm_run_data(run);

	return env->user;
}

struct vm_run *program_run_vm(struct program_run *run)
{
	return run->vm;
}

int program_run(struct program_run *run, const uint64_t args[5], uint64_t *ret_r0)
{
	run->env.keys_used = 0;
	if (run->program->main->native)
		return vm_native(run->program->main, run->vm, args, ret_r0);
	return vm_interpret(run->program->main, run->vm, args, ret_r0);
}
