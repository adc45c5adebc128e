/*
 * elf.c - ELF objects of any bytes: they are read or refused, and what links runs guarded.
 */
#include "embed/image.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MOST_MAP_BYTES = 1 << 20, /* larger maps are right, and slow to make */
	MOST_INSNS = 10000,
};

static bool are_small(const struct program_spec *spec)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < spec->map_count; i++) {
		const struct map_spec *map = &spec->maps[i].spec;

		if (map->key_size > MOST_MAP_BYTES || map->value_size > MOST_MAP_BYTES)
			return false;
		bytes += ((uint64_t)map->key_size + map->value_size + 16) * map->max_entries;
		if (bytes > MOST_MAP_BYTES)
			return false;
	}
	return true;
}

static void run(const struct image *image)
{
	const struct program_options options = {
		.vm = { .guarded = true, .limited = true },
		.engine = PROGRAM_ENGINE_INTERPRETER,
	};
	const uint64_t args[5] = { 0 };
	struct program_run *run = NULL;
	struct program *program;
	uint64_t r0;

	if (!are_small(&image->spec) || program_new(&image->spec, &options, NULL, &program))
		return;
	if (!program_run_new(program, NULL, &run)) {
		vm_run_set_limits(program_run_vm(run), MOST_INSNS, 0);
		(void)program_run(run, args, &r0);
	}
	program_run_free(run);
	program_free(program);
}

static void try_entry(const char *data, size_t size, const char *entry)
{
	struct diag diag = { 0 };
	struct image *image;

	if (!image_read(&(struct image_request){ .data = data, .len = size, .entry = entry }, &diag,
			&image)) {
		run(image);
		image_free(image);
	}
	diag_release(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1); /* so that a read beyond the end is found */
	struct object *object;

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	copy[size] = '\0';
	if (object_is_elf(copy, size) && !object_read(copy, size, NULL, &object)) {
		for (size_t i = 0; i < object->entry_count && i < 8; i++)
			try_entry(copy, size, object->entries[i].name);
		object_free(object);
	}
	free(copy);
	return 0;
}
