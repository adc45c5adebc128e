/*
 * sym.c - what names of addresses are read from, of any bytes: the first says as what to take the
 * others.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <elf.h>

#include "base/arena.h"
#include "base/bits.h"
#include "sym/demangle.h"
#include "sym/kallsyms.h"
#include "sym/perfmap.h"
#include "sym/space.h"
#include "sym/unwind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void try_name(const char *text, size_t len)
{
	struct strbuf out = { 0 };
	const bool good = demangle(text, &out);

	(void)len;
	must(good || !out.len);
	strbuf_release(&out);
}

static void try_kallsyms(const char *text, size_t len)
{
	struct kallsyms table = { 0 };

	must(kallsyms_add(&table, text, len) == 0);
	kallsyms_finish(&table);
	for (size_t i = 0; i < table.count; i++) {
		const char *name = kallsyms_text(&table, table.symbols[i].name);

		must(i == 0 || table.symbols[i - 1].address <= table.symbols[i].address);
		must(kallsyms_at(&table, table.symbols[i].address) != NULL);
		must(kallsyms_named(&table, name) != NULL);
	}
	kallsyms_release(&table);
}

static void try_maps(const char *text, size_t len)
{
	struct arena arena = { 0 };
	struct intern names = { .arena = &arena };
	struct space *space = space_new();

	must(space && space_add_maps(space, &names, text, len) == 0);
	for (size_t i = 0; i < space->count; i++) {
		const struct mapping *mapping = &space->mappings[i];

		must(mapping->start < mapping->end);
		must(i == 0 || mapping[-1].end <= mapping->start);
		must(space_at(space, mapping->start) == mapping);
	}
	space_put(space);
	intern_release(&names);
	arena_release(&arena);
}

static void try_perfmap(const char *text, size_t len)
{
	struct arena arena = { 0 };
	struct perfmap map = { 0 };

	must(perfmap_add(&map, text, len, &arena) == 0);
	for (size_t i = 0; i < map.count; i++)
		(void)perfmap_at(&map, map.symbols[i].address);
	perfmap_release(&map);
	arena_release(&arena);
}

static void try_frames(const char *text, size_t len)
{
	const struct unwind_section section = {
		.data = (const uint8_t *)text,
		.len = len,
		.address = 0x1000,
		.machine = len & 1 ? EM_AARCH64 : EM_X86_64,
	};
	const struct unwind_stack stack = { section.data, len, 0x7000 };
	struct unwind_table table;

	if (unwind_build(&section, &table))
		return;
	for (size_t i = 0; i < table.count; i++) {
		struct unwind_registers registers = { 0x1000, 0x7000, 0x7008, 0x1000 };

		must(i == 0 || table.rows[i - 1].address < table.rows[i].address);
		must(unwind_find(&table, table.base + table.rows[i].address) == &table.rows[i]);
		(void)unwind_step(&table.rows[i], &stack, section.machine, &registers);
	}
	unwind_release(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const char *text, size_t len) = {
		try_name, try_kallsyms, try_maps, try_perfmap, try_frames,
	};
	char *copy;

	if (size < 1 || size > 1 << 16)
		return 0;
	copy = malloc(size); /* of its exact size, so that a read beyond the end is found */
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	copy[size - 1] = '\0';
	tries[data[0] % ARRAY_LEN(tries)](copy, size - 1);
	free(copy);
	return 0;
}
