/*
 * object.c - what an object offers: its functions, and those of them that programs begin with.
 */
#include "object/elf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

static const uint8_t elf_magic[] = { 0x7f, 'E', 'L', 'F' };

bool object_is_elf(const void *data, size_t len)
{
	return len >= sizeof elf_magic && !memcmp(data, elf_magic, sizeof elf_magic);
}

static bool is_code(const struct elf *elf, uint32_t section)
{
	return elf->sections[section].role == ELF_ROLE_CODE && elf->sections[section].size;
}

static int by_place(const void *a, const void *b)
{
	const struct object_func *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int add_func(struct elf *elf, const struct elf_symbol *symbol)
{
	const uint64_t size = elf->sections[symbol->section].size;

	if (symbol->value % sizeof(struct insn) || symbol->size % sizeof(struct insn) ||
	    !symbol->size || symbol->value > size || symbol->size > size - symbol->value) {
		diag_error(elf->diag, SPAN_NONE,
			   "function '%s' (%llu bytes at %llu) does not fit section '%s' (%llu)",
			   symbol->name, (unsigned long long)symbol->size,
			   (unsigned long long)symbol->value, elf->sections[symbol->section].name,
			   (unsigned long long)size);
		return -EINVAL;
	}
	elf->funcs[elf->func_count++] = (struct object_func){
		.name = symbol->name,
		.section = symbol->section,
		.start = symbol->value / sizeof(struct insn),
		.count = symbol->size / sizeof(struct insn),
		.global = symbol->global,
	};
	return 0;
}

/* Assemblers leave symbols out; then the whole section is one function. */
static void add_nameless(struct elf *elf, uint32_t section)
{
	for (size_t i = 0; i < elf->func_count; i++)
		if (elf->funcs[i].section == section)
			return;
	elf->funcs[elf->func_count++] = (struct object_func){
		.name = elf->sections[section].name,
		.section = section,
		.count = elf->sections[section].size / sizeof(struct insn),
		.global = true,
	};
}

/* Two names for one place are one function. */
static void drop_doubles(struct elf *elf)
{
	size_t kept = 0;

	for (size_t i = 0; i < elf->func_count; i++)
		if (!kept || by_place(&elf->funcs[kept - 1], &elf->funcs[i]))
			elf->funcs[kept++] = elf->funcs[i];
	elf->func_count = kept;
}

static int find_funcs(struct elf *elf)
{
	int err;

	elf->funcs = arena_alloc_array(&elf->arena, elf->symbol_count + elf->section_count,
				       sizeof *elf->funcs);
	if (!elf->funcs)
		return -ENOMEM;
	for (size_t i = 0; i < elf->symbol_count; i++) {
		const struct elf_symbol *symbol = &elf->symbols[i];

		if (symbol->type != ELF_SYMBOL_FUNC || !is_code(elf, symbol->section))
			continue;
		err = add_func(elf, symbol);
		if (err)
			return err;
	}
	for (uint32_t i = 1; i < elf->section_count; i++)
		if (is_code(elf, i))
			add_nameless(elf, i);
	qsort(elf->funcs, elf->func_count, sizeof *elf->funcs, by_place);
	drop_doubles(elf);
	return 0;
}

int64_t elf_func_at(const struct elf *elf, uint32_t section, uint64_t start)
{
	const struct object_func key = { .section = section, .start = start };
	const struct object_func *found =
		elf->func_count ? bsearch(&key, elf->funcs, elf->func_count, sizeof key, by_place) :
				  NULL;

	return found ? found - elf->funcs : -1;
}

int64_t elf_entry_of(const struct elf *elf, uint32_t func)
{
	for (size_t i = 0; i < elf->object.entry_count; i++)
		if (elf->entry_funcs[i] == func)
			return (int64_t)i;
	return -1;
}

static bool is_text(const struct elf *elf, const struct object_func *func)
{
	return !strcmp(elf->sections[func->section].name, ".text");
}

static size_t count_funcs(const struct elf *elf, bool in_text, bool global_only)
{
	size_t count = 0;

	for (size_t i = 0; i < elf->func_count; i++)
		count += is_text(elf, &elf->funcs[i]) == in_text &&
			 (elf->funcs[i].global || !global_only);
	return count;
}

/* Programs are the global functions of the sections that are for programs; when none is global, all
 * of them. */
static int find_entries(struct elf *elf)
{
	const bool in_text = !count_funcs(elf, false, false);
	const bool global_only = count_funcs(elf, in_text, true) > 0;
	struct object *object = &elf->object;

	object->entries =
		arena_alloc_array(&elf->arena, elf->func_count + 1, sizeof *object->entries);
	elf->entry_funcs =
		arena_alloc_array(&elf->arena, elf->func_count + 1, sizeof *elf->entry_funcs);
	if (!object->entries || !elf->entry_funcs)
		return -ENOMEM;
	for (size_t i = 0; i < elf->func_count; i++) {
		const struct object_func *func = &elf->funcs[i];

		if (is_text(elf, func) != in_text || (global_only && !func->global))
			continue;
		elf->entry_funcs[object->entry_count] = (uint32_t)i;
		object->entries[object->entry_count++] = (struct object_entry){
			.name = func->name,
			.section = elf->sections[func->section].name,
		};
	}
	return 0;
}

int object_read(const void *data, size_t len, struct diag *diag, struct object **ret_object)
{
	struct elf *elf = calloc(1, sizeof *elf);
	int err;

	if (!elf)
		return -ENOMEM;
	elf->diag = diag;
	err = elf_read(elf, data, len);
	if (!err)
		err = elf_find_maps(elf);
	if (!err)
		err = find_funcs(elf);
	if (!err)
		err = find_entries(elf);
	if (!err)
		err = elf_find_pointers(elf);
	elf->diag = NULL;
	if (err) {
		object_free(&elf->object);
		return err;
	}
	*ret_object = &elf->object;
	return 0;
}

void object_free(struct object *object)
{
	struct elf *elf = (struct elf *)object;

	if (!elf)
		return;
	elf_release(elf);
	arena_release(&elf->arena);
	free(elf);
}

static int say_entries(const struct object *object, const char *name, struct diag *diag)
{
	struct nearest search = nearest_begin(name ? name : "");
	struct strbuf list = { 0 };

	for (size_t i = 0; i < object->entry_count; i++) {
		const struct object_entry *entry = &object->entries[i];

		nearest_offer(&search, entry->name);
		nearest_offer(&search, entry->section);
		strbuf_printf(&list, "%s'%s' (%s)", i ? ", " : "", entry->section, entry->name);
	}
	if (!object->entry_count)
		diag_error(diag, SPAN_NONE, "the object has no program: no section holds code");
	else if (name)
		diag_error(diag, SPAN_NONE, "the object has no program '%s'", name);
	else
		diag_error(diag, SPAN_NONE, "the object has %zu programs, and one can be run",
			   object->entry_count);
	if (name && search.best)
		diag_hint(diag, "did you mean '%s'?", search.best);
	if (object->entry_count)
		diag_hint(diag, "choose one with --entry, by its section or name: %s",
			  strbuf_text(&list));
	strbuf_release(&list);
	return -ENOENT;
}

int object_find_entry(const struct object *object, const char *name, struct diag *diag)
{
	if (!name && object->entry_count == 1)
		return 0;
	for (size_t i = 0; i < object->entry_count && name; i++)
		if (!strcmp(object->entries[i].name, name))
			return (int)i;
	for (size_t i = 0; i < object->entry_count && name; i++)
		if (!strcmp(object->entries[i].section, name))
			return (int)i;
	return say_entries(object, name, diag);
}

static const struct elf_section *find_section(const struct elf *elf, const char *name)
{
	for (size_t i = 1; i < elf->section_count; i++)
		if (!strcmp(elf->sections[i].name, name))
			return &elf->sections[i];
	return NULL;
}

const uint8_t *object_bytes(const struct object *object, const char *name, size_t *ret_size)
{
	const struct elf_section *section = find_section((const struct elf *)object, name);

	*ret_size = section && section->data ? section->size : 0;
	return *ret_size ? section->data : NULL;
}

uint64_t object_section_size(const struct object *object, const char *name)
{
	const struct elf_section *section = find_section((const struct elf *)object, name);

	return section ? section->size : 0;
}

bool object_symbol(const struct object *object, const char *section, const char *name,
		   uint64_t *ret_offset, uint64_t *ret_size)
{
	const struct elf *elf = (const struct elf *)object;

	for (size_t i = 0; i < elf->symbol_count; i++) {
		const struct elf_symbol *symbol = &elf->symbols[i];

		if (!symbol->section || strcmp(symbol->name, name) ||
		    strcmp(elf->sections[symbol->section].name, section))
			continue;
		*ret_offset = symbol->value;
		*ret_size = symbol->size;
		return true;
	}
	return false;
}

bool object_is_hidden(const struct object *object, const char *name)
{
	const struct elf *elf = (const struct elf *)object;

	for (size_t i = 0; i < elf->symbol_count; i++)
		if (elf->symbols[i].hidden && !strcmp(elf->symbols[i].name, name))
			return true;
	return false;
}

bool object_is_weak(const struct object *object, const char *name)
{
	const struct elf *elf = (const struct elf *)object;

	for (size_t i = 0; i < elf->symbol_count; i++)
		if (elf->symbols[i].weak && !strcmp(elf->symbols[i].name, name))
			return true;
	return false;
}
