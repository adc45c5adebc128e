/*
 * vm.c - the machine as a library.
 */
#include "waggle/vm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "embed/image.h"
#include "kern/helper/helper.h"
#include "lib/public.h"

struct waggle_vm {
	struct program_options options;
	uint64_t insns, time_ns;
	struct vm_helper *helpers; /* NULL: those of Linux alone */
	uint32_t helper_count;
	struct arena names; /* of helpers */
	void *user;
	void (*trace)(void *data, const char *text, size_t len);
	void *trace_data;

	/* Of the program that is loaded, or NULL. */
	char *data;
	struct image *image;
	struct program *program;
	struct program_run *run;

	struct strbuf error;
};

/* --- Errors --- */

/* What @diag holds becomes the machine's error.  Returns @err. */
static int fail(struct waggle_vm *vm, struct diag *diag, int err)
{
	strbuf_reset(&vm->error);
	if (err && !diag->error_count)
		diag_error(diag, SPAN_NONE, "%s", strerror(-err));
	if (err)
		diag_render(diag, &vm->error);
	diag_release(diag);
	return err;
}

static int fail_because(struct waggle_vm *vm, int err, const char *reason)
{
	struct diag diag = { 0 };

	diag_error(&diag, SPAN_NONE, "%s", reason);
	return fail(vm, &diag, err);
}

static int check_unloaded(struct waggle_vm *vm)
{
	if (!vm->program)
		return 0;
	return fail_because(vm, -EBUSY, "settings cannot change while a program is loaded");
}

static int check_loaded(struct waggle_vm *vm)
{
	return vm->program ? 0 : fail_because(vm, -ENOENT, "no program is loaded");
}

WAGGLE_PUBLIC const char *waggle_vm_error(const struct waggle_vm *vm)
{
	return strbuf_text(&vm->error);
}

/* --- Machines and their settings --- */

WAGGLE_PUBLIC struct waggle_vm *waggle_vm_new(void)
{
	return calloc(1, sizeof(struct waggle_vm));
}

WAGGLE_PUBLIC void waggle_vm_free(struct waggle_vm *vm)
{
	if (!vm)
		return;
	waggle_vm_unload(vm);
	free(vm->helpers);
	arena_release(&vm->names);
	strbuf_release(&vm->error);
	free(vm);
}

WAGGLE_PUBLIC int waggle_vm_set_guarded(struct waggle_vm *vm, bool guarded)
{
	int err = check_unloaded(vm);

	if (!err)
		vm->options.vm.guarded = guarded;
	return err;
}

WAGGLE_PUBLIC int waggle_vm_set_limits(struct waggle_vm *vm, uint64_t insns, uint64_t time_ns)
{
	int err = check_unloaded(vm);

	if (err)
		return err;
	vm->insns = insns;
	vm->time_ns = time_ns;
	vm->options.vm.limited = insns || time_ns;
	return 0;
}

WAGGLE_PUBLIC int waggle_vm_set_engine(struct waggle_vm *vm, enum waggle_vm_engine engine)
{
	int err = check_unloaded(vm);

	if (err)
		return err;
	switch (engine) {
	case WAGGLE_VM_BEST: vm->options.engine = PROGRAM_ENGINE_BEST; return 0;
	case WAGGLE_VM_INTERPRETER: vm->options.engine = PROGRAM_ENGINE_INTERPRETER; return 0;
	case WAGGLE_VM_JIT: vm->options.engine = PROGRAM_ENGINE_JIT; return 0;
	}
	return fail_because(vm, -EINVAL, "there is no such engine");
}

/* Make the table of helpers the machine's own, with room for @id. */
static int own_helpers(struct waggle_vm *vm, uint32_t id)
{
	uint32_t count = vm->helpers ? vm->helper_count : helper_table_count;
	struct vm_helper *helpers;

	if (id >= count)
		count = id + 1;
	if (vm->helpers && count == vm->helper_count)
		return 0;
	helpers = calloc(count, sizeof *helpers);
	if (!helpers)
		return -ENOMEM;
	memcpy(helpers, vm->helpers ? vm->helpers : helper_table,
	       (vm->helpers ? vm->helper_count : helper_table_count) * sizeof *helpers);
	free(vm->helpers);
	vm->helpers = helpers;
	vm->helper_count = count;
	return 0;
}

WAGGLE_PUBLIC int waggle_vm_add_helper(struct waggle_vm *vm, uint32_t id, const char *name,
				       waggle_vm_helper *helper)
{
	int err = check_unloaded(vm);
	char *copy;

	if (err)
		return err;
	if (id >= WAGGLE_VM_MOST_HELPERS)
		return fail_because(vm, -EINVAL, "the id of a helper is at most 65535");
	copy = arena_strndup(&vm->names, name, strlen(name));
	if (!copy || own_helpers(vm, id))
		return fail_because(vm, -ENOMEM, "there is not enough memory for another helper");
	/* struct waggle_vm_call is what struct vm_run is called outside: pointers to structs all
	 * look alike (C11, 6.2.5), so the calls do as well. */
	vm->helpers[id] =
		(struct vm_helper){ copy, (vm_helper_fn *)(void (*)(void))helper, VM_HELPER_CALL };
	return 0;
}

WAGGLE_PUBLIC void waggle_vm_set_user(struct waggle_vm *vm, void *user)
{
	vm->user = user;
	if (vm->run)
		program_run_set_user(vm->run, user);
}

WAGGLE_PUBLIC void waggle_vm_set_trace(struct waggle_vm *vm,
				       void (*trace)(void *data, const char *text, size_t len),
				       void *data)
{
	vm->trace = trace;
	vm->trace_data = data;
	if (vm->run)
		program_run_set_trace(vm->run, trace, data);
}

/* --- Programs --- */

WAGGLE_PUBLIC void waggle_vm_unload(struct waggle_vm *vm)
{
	program_run_free(vm->run);
	program_free(vm->program);
	image_free(vm->image);
	free(vm->data);
	vm->run = NULL;
	vm->program = NULL;
	vm->image = NULL;
	vm->data = NULL;
}

static int make_run(struct waggle_vm *vm, struct diag *diag)
{
	int err = program_run_new(vm->program, diag, &vm->run);

	if (err)
		return err;
	vm_run_set_limits(program_run_vm(vm->run), vm->insns, vm->time_ns);
	program_run_set_user(vm->run, vm->user);
	program_run_set_trace(vm->run, vm->trace, vm->trace_data);
	return 0;
}

/* Load vm->data; what was made so far stays in @vm on errors. */
static int load(struct waggle_vm *vm, size_t size, const char *entry, struct diag *diag)
{
	int err = image_read(&(struct image_request){ .data = vm->data,
						      .len = size,
						      .entry = entry,
						      .helpers = vm->helpers,
						      .helper_count = vm->helper_count },
			     diag, &vm->image);

	if (err)
		return err;
	diag->source = NULL; /* what comes now is about instructions, not about text */
	vm->options.helpers = vm->helpers;
	vm->options.helper_count = vm->helper_count;
	err = program_new(&vm->image->spec, &vm->options, diag, &vm->program);
	return err ? err : make_run(vm, diag);
}

WAGGLE_PUBLIC int waggle_vm_load(struct waggle_vm *vm, const void *data, size_t size,
				 const char *entry)
{
	struct source source = { .name = "<program>", .len = size };
	struct diag diag = { 0 };
	int err;

	waggle_vm_unload(vm);
	if (size > FILE_MOST_BYTES)
		return fail_because(vm, -E2BIG, "a program has at most 256 MiB");
	vm->data = malloc(size + 1);
	if (!vm->data)
		return fail_because(vm, -ENOMEM, "there is not enough memory for the program");
	if (size)
		memcpy(vm->data, data, size);
	vm->data[size] = '\0';
	source.text = vm->data;
	if (image_guess(vm->data, size) == IMAGE_TEXT)
		diag.source = &source;
	err = load(vm, size, entry, &diag);
	(void)fail(vm, &diag, err);
	if (err)
		waggle_vm_unload(vm);
	return err;
}

WAGGLE_PUBLIC int waggle_vm_add_memory(struct waggle_vm *vm, void *start, size_t size,
				       bool writable)
{
	int err = check_loaded(vm);

	if (!err && program_run_add_memory(vm->run, start, size, writable))
		err = fail_because(vm, -ENOSPC,
				   "the program has as much memory as it can have: "
				   "pieces that touch can be given as one");
	return err;
}

WAGGLE_PUBLIC void waggle_vm_clear_memory(struct waggle_vm *vm)
{
	if (vm->run)
		program_run_clear_memory(vm->run);
}

WAGGLE_PUBLIC int waggle_vm_run(struct waggle_vm *vm, const uint64_t args[5], uint64_t *ret_r0)
{
	struct diag diag = { 0 };
	int err = check_loaded(vm);

	if (err)
		return err;
	err = program_run(vm->run, args, ret_r0);
	if (!err)
		return 0;
	vm_run_explain(program_run_vm(vm->run), &diag);
	return fail(vm, &diag, err);
}

WAGGLE_PUBLIC int waggle_vm_run_on(struct waggle_vm *vm, void *memory, size_t size,
				   uint64_t *ret_r0)
{
	const uint64_t args[5] = { (uintptr_t)memory, size };
	int err = check_loaded(vm);

	if (err)
		return err;
	program_run_lend_memory(vm->run, memory, size);
	err = waggle_vm_run(vm, args, ret_r0);
	program_run_lend_memory(vm->run, NULL, 0);
	return err;
}

WAGGLE_PUBLIC bool waggle_vm_is_native(const struct waggle_vm *vm)
{
	return vm->program && program_native_bytes(vm->program);
}

/* --- Maps --- */

static struct map *find_map(struct waggle_vm *vm, const char *name)
{
	for (size_t i = 0; vm->program && i < program_map_count(vm->program); i++)
		if (!strcmp(vm->image->spec.maps[i].spec.name, name))
			return program_map(vm->program, i);
	return NULL;
}

static int fail_map(struct waggle_vm *vm, const char *name)
{
	struct diag diag = { 0 };

	diag_error(&diag, SPAN_NONE, "the program has no map '%s'", name);
	return fail(vm, &diag, -ENOENT);
}

WAGGLE_PUBLIC int waggle_vm_map_info(struct waggle_vm *vm, const char *name,
				     struct waggle_vm_map *ret_info)
{
	const struct map *map = find_map(vm, name);

	if (!map)
		return fail_map(vm, name);
	*ret_info = (struct waggle_vm_map){ map->key_size, map->value_size, map->max_entries };
	return 0;
}

WAGGLE_PUBLIC void *waggle_vm_map_lookup(struct waggle_vm *vm, const char *name, const void *key)
{
	struct map *map = find_map(vm, name);

	return map ? map->ops->lookup(map, key) : NULL;
}

/* @err of an operation on map @name, in words. */
static int map_result(struct waggle_vm *vm, const char *name, int err)
{
	struct diag diag = { 0 };

	if (err)
		diag_error(&diag, SPAN_NONE, "map '%s': %s", name, strerror(-err));
	return fail(vm, &diag, err);
}

WAGGLE_PUBLIC int waggle_vm_map_update(struct waggle_vm *vm, const char *name, const void *key,
				       const void *value)
{
	struct map *map = find_map(vm, name);

	if (!map)
		return fail_map(vm, name);
	return map_result(vm, name, map->ops->update(map, key, value, MAP_ANY));
}

WAGGLE_PUBLIC int waggle_vm_map_delete(struct waggle_vm *vm, const char *name, const void *key)
{
	struct map *map = find_map(vm, name);

	if (!map)
		return fail_map(vm, name);
	return map_result(vm, name, map->ops->remove(map, key));
}

WAGGLE_PUBLIC int waggle_vm_map_next_key(struct waggle_vm *vm, const char *name, const void *key,
					 void *ret_next)
{
	struct map *map = find_map(vm, name);

	return map ? map->ops->next_key(map, key, ret_next) : fail_map(vm, name);
}

/* --- For helpers --- */

static struct vm_run *run_of(const struct waggle_vm_call *call)
{
	return (struct vm_run *)(uintptr_t)call;
}

WAGGLE_PUBLIC void *waggle_vm_user(const struct waggle_vm_call *call)
{
	return program_user(run_of(call));
}

WAGGLE_PUBLIC bool waggle_vm_may_access(struct waggle_vm_call *call, uint64_t address,
					uint64_t size, bool write)
{
	return vm_check_access(run_of(call), address, size, write);
}

WAGGLE_PUBLIC void waggle_vm_fault(struct waggle_vm_call *call, const char *reason)
{
	vm_helper_fault(run_of(call), reason);
}
