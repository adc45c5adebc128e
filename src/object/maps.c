/*
 * maps.c - the maps that an object defines, in each of the ways there are.
 *
 *  - ".maps": a variable per map, whose type says all.  The macros __uint and __type of libbpf put
 *    numbers into the lengths of arrays, and types behind pointers:
 *
 *	struct {
 *		int (*type)[BPF_MAP_TYPE_HASH];	// __uint(type, BPF_MAP_TYPE_HASH)
 *		__u32 *key;			// __type(key, __u32)
 *	} counts SEC(".maps");
 *
 *  - "maps": struct bpf_map_def, five numbers, as it was before BTF.
 *  - ".data", ".rodata", ".bss" and those that begin so: global variables, as an array of one.
 */
#include "object/elf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "btf/btf.h"

enum {
	TYPE_ARRAY = 2, /* BPF_MAP_TYPE_ARRAY */
	TYPE_PROG_ARRAY = 3,
	TYPE_ARRAY_OF_MAPS = 12,
	TYPE_HASH_OF_MAPS = 13,
	LEGACY_BYTES = 20, /* of the five numbers; the struct may be longer */
	SLOT_BYTES = 8,    /* of a pointer in the initial values of a map */
};

/* Where a map was defined, beside object.maps. */
struct place {
	uint32_t section;
	uint64_t offset;
	uint64_t size;
	uint64_t values; /* offset of its initial values from the map's, or 0: it has none */
};

struct finder {
	struct elf *elf;
	struct btf *btf;
	struct place *places;
};

/* One definition of a .maps variable, being read. */
struct def {
	const char *name;
	struct object_map *map;
	struct place *place;
	bool is_inner; /* what the maps in a map are like */
};

static int add_map(struct finder *finder, const struct object_map *map, const struct place *place)
{
	struct object *object = &finder->elf->object;

	if (object->map_count == OBJECT_MOST_MAPS) {
		diag_error(finder->elf->diag, SPAN_NONE, "the object defines more than %d maps",
			   OBJECT_MOST_MAPS);
		return -EINVAL;
	}
	finder->places[object->map_count] = *place;
	object->maps[object->map_count++] = *map;
	return 0;
}

/* --- .maps --- */

static int refuse_field(struct finder *finder, const struct def *def, const char *field,
			const char *reason)
{
	diag_error(finder->elf->diag, SPAN_NONE, "map '%s': its field '%s' %s", def->name, field,
		   reason);
	diag_hint(finder->elf->diag, "define maps with __uint and __type of <bpf/bpf_helpers.h>");
	return -EINVAL;
}

/* The number that __uint hid: the length of the array that @id points to. */
static bool hidden_number(const struct btf *btf, uint32_t id, uint32_t *ret_number)
{
	struct btf_array array;
	struct btf_type type;

	if (!btf_type(btf, btf_strip(btf, id), &type) || type.kind != BTF_PTR)
		return false;
	if (!btf_type(btf, btf_strip(btf, type.type), &type) || !btf_array(&type, &array))
		return false;
	*ret_number = array.count;
	return true;
}

/* The size of the type that __type hid, and its id. */
static bool hidden_size(const struct btf *btf, uint32_t id, uint32_t *ret_size, uint32_t *ret_id)
{
	struct btf_type type;
	int64_t size;

	if (!btf_type(btf, btf_strip(btf, id), &type) || type.kind != BTF_PTR)
		return false;
	size = btf_size(btf, type.type);
	if (size <= 0)
		return false;
	*ret_size = (uint32_t)size;
	*ret_id = type.type;
	return true;
}

/* Numbers that do not go into a map as they are. */
struct loose {
	uint32_t pinning;
	uint32_t extra;
};

/* The fields with numbers, and where they go. */
static bool number_field(struct object_map *map, struct loose *loose, const char *name,
			 uint32_t **ret_place)
{
	const struct {
		const char *name;
		uint32_t *place;
	} fields[] = {
		/* clang-format off */
		{ "type",        &map->type        },
		{ "key_size",    &map->key_size    },
		{ "value_size",  &map->value_size  },
		{ "max_entries", &map->max_entries },
		{ "map_flags",   &map->flags       },
		{ "pinning",     &loose->pinning   },
		{ "numa_node",   &map->numa_node   },
		{ "map_extra",   &loose->extra     },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i].name, name))
			continue;
		*ret_place = fields[i].place;
		return true;
	}
	return false;
}

static int refuse_unknown_field(struct finder *finder, const struct def *def, const char *field)
{
	static const char *const known[] = { "type",       "key",         "value",     "key_size",
					     "value_size", "max_entries", "map_flags", "values",
					     "pinning",    "numa_node",   "map_extra" };
	struct nearest search = nearest_begin(field);

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		nearest_offer(&search, known[i]);
	diag_error(finder->elf->diag, SPAN_NONE, "map '%s': no map has a field '%s'", def->name,
		   field);
	if (search.best)
		diag_hint(finder->elf->diag, "did you mean '%s'?", search.best);
	return -EINVAL;
}

static int read_values(struct finder *finder, struct def *def, const struct btf_member *member);

static int read_field(struct finder *finder, struct def *def, const struct btf_member *member)
{
	struct object_map *map = def->map;
	struct loose loose = { 0 };
	uint32_t *number;

	if (number_field(map, &loose, member->name, &number)) {
		if (!hidden_number(finder->btf, member->type, number))
			return refuse_field(finder, def, member->name, "is no number");
		map->is_pinned |= loose.pinning == 1;
		map->extra |= loose.extra;
		return 0;
	}
	if (!strcmp(member->name, "key")) {
		if (hidden_size(finder->btf, member->type, &map->key_size, &map->key_type))
			return 0;
		return refuse_field(finder, def, member->name, "is no type with a size");
	}
	if (!strcmp(member->name, "value")) {
		if (hidden_size(finder->btf, member->type, &map->value_size, &map->value_type))
			return 0;
		return refuse_field(finder, def, member->name, "is no type with a size");
	}
	if (!strcmp(member->name, "values"))
		return read_values(finder, def, member);
	return refuse_unknown_field(finder, def, member->name);
}

/* The sizes that may be left out, as they are fixed. */
static void default_sizes(struct object_map *map)
{
	if (map->type != TYPE_PROG_ARRAY && map->type != TYPE_ARRAY_OF_MAPS &&
	    map->type != TYPE_HASH_OF_MAPS)
		return;
	map->key_size = map->key_size ? map->key_size : sizeof(uint32_t);
	map->value_size = map->value_size ? map->value_size : sizeof(uint32_t);
}

static int read_struct(struct finder *finder, struct def *def, const struct btf_type *type)
{
	struct btf_member member;
	int err = 0;

	for (uint32_t i = 0; i < type->count && !err; i++) {
		(void)btf_member(finder->btf, type, i, &member);
		err = read_field(finder, def, &member);
	}
	default_sizes(def->map);
	return err;
}

/* 'values' is an array of pointers, to functions or to what inner maps are like: structs as the outer
 * one. */
static int read_values(struct finder *finder, struct def *def, const struct btf_member *member)
{
	struct object_map *inner;
	struct btf_array array;
	struct btf_type type;
	struct def inner_def = { .name = def->name, .place = def->place };

	if (!btf_type(finder->btf, btf_strip(finder->btf, member->type), &type) ||
	    !btf_array(&type, &array) ||
	    !btf_type(finder->btf, btf_strip(finder->btf, array.type), &type) ||
	    type.kind != BTF_PTR)
		return refuse_field(finder, def, member->name, "is no array of pointers");
	def->place->values = member->bit_offset / 8;
	if (!btf_type(finder->btf, btf_strip(finder->btf, type.type), &type) ||
	    type.kind != BTF_STRUCT)
		return 0;
	if (def->is_inner)
		return refuse_field(finder, def, member->name, "nests maps more than once");
	inner = arena_alloc(&finder->elf->arena, sizeof *inner);
	if (!inner)
		return -ENOMEM;
	*inner = (struct object_map){ .name = def->name };
	inner_def.map = inner;
	inner_def.is_inner = true;
	def->map->inner = inner;
	return read_struct(finder, &inner_def, &type);
}

/* Where variable @name of @section stands.  Compilers leave offsets and sizes in BTF to the linker, so
 * the symbols are asked first. */
static void place_variable(const struct elf *elf, const char *name, struct place *place)
{
	for (size_t i = 0; i < elf->symbol_count; i++) {
		const struct elf_symbol *symbol = &elf->symbols[i];

		if (symbol->section != place->section || symbol->type == ELF_SYMBOL_SECTION ||
		    strcmp(symbol->name, name))
			continue;
		place->offset = symbol->value;
		place->size = symbol->size;
		return;
	}
}

/* The map that variable @placed of section @section defines. */
static int read_definition(struct finder *finder, uint32_t section, const struct btf_placed *placed)
{
	struct object_map map = { 0 };
	struct place place = { .section = section, .offset = placed->offset, .size = placed->size };
	struct def def = { .map = &map, .place = &place };
	struct btf_type var, type;
	int err;

	if (!btf_type(finder->btf, placed->type, &var) || var.kind != BTF_VAR ||
	    !btf_type(finder->btf, btf_strip(finder->btf, var.type), &type) ||
	    type.kind != BTF_STRUCT) {
		diag_error(finder->elf->diag, SPAN_NONE,
			   "section '.maps' holds a variable that is no struct and so no map");
		return -EINVAL;
	}
	def.name = map.name = var.name;
	place_variable(finder->elf, var.name, &place);
	err = read_struct(finder, &def, &type);
	if (err)
		return err;
	return add_map(finder, &map, &place);
}

static int read_definitions(struct finder *finder, uint32_t section)
{
	struct btf_type datasec;
	struct btf_placed placed;
	int err;

	if (!finder->elf->btf_data) {
		diag_error(finder->elf->diag, SPAN_NONE,
			   "section '.maps' cannot be read: the object has no type information");
		diag_hint(finder->elf->diag, "compile it with: clang -g -O2 -target bpf -c");
		return -EINVAL;
	}
	if (!finder->btf) {
		err = btf_parse(finder->elf->btf_data, finder->elf->btf_len, finder->elf->diag,
				&finder->btf);
		if (err)
			return err;
	}
	if (!btf_type(finder->btf, btf_find(finder->btf, BTF_DATASEC, ".maps"), &datasec) ||
	    datasec.kind != BTF_DATASEC) {
		diag_error(finder->elf->diag, SPAN_NONE,
			   "the type information does not describe section '.maps'");
		return -EINVAL;
	}
	for (uint32_t i = 0; i < datasec.count; i++) {
		(void)btf_placed(&datasec, i, &placed);
		err = read_definition(finder, section, &placed);
		if (err)
			return err;
	}
	return 0;
}

/* --- maps: struct bpf_map_def --- */

static bool defines_legacy_map(const struct elf *elf, size_t symbol, uint32_t section)
{
	const struct elf_symbol *s = &elf->symbols[symbol];

	return s->section == section && (s->type == ELF_SYMBOL_OBJECT || s->global) && *s->name;
}

static int read_legacy_map(struct finder *finder, const struct elf_symbol *symbol)
{
	const struct elf_section *section = &finder->elf->sections[symbol->section];
	const uint8_t *p;
	const struct place place = {
		.section = symbol->section,
		.offset = symbol->value,
		.size = symbol->size ? symbol->size : LEGACY_BYTES,
	};

	if (!section->data || symbol->value > section->size ||
	    section->size - symbol->value < LEGACY_BYTES) {
		diag_error(finder->elf->diag, SPAN_NONE,
			   "map '%s' is cut off: a definition has %d bytes", symbol->name,
			   LEGACY_BYTES);
		return -EINVAL;
	}
	p = section->data + symbol->value;
	return add_map(finder,
		       &(struct object_map){ .name = symbol->name,
					     .type = load_le32(p),
					     .key_size = load_le32(p + 4),
					     .value_size = load_le32(p + 8),
					     .max_entries = load_le32(p + 12),
					     .flags = load_le32(p + 16) },
		       &place);
}

static int read_legacy_maps(struct finder *finder, uint32_t section)
{
	int err = 0;

	for (size_t i = 0; i < finder->elf->symbol_count && !err; i++)
		if (defines_legacy_map(finder->elf, i, section))
			err = read_legacy_map(finder, &finder->elf->symbols[i]);
	return err;
}

/* --- Global variables --- */

static int read_variables(struct finder *finder, uint32_t number)
{
	struct elf_section *section = &finder->elf->sections[number];
	const struct place place = { .section = number, .size = section->size };

	if (!section->size)
		return 0;
	if (section->size > INT32_MAX) {
		diag_error(finder->elf->diag, SPAN_NONE,
			   "section '%s' has %llu bytes, and variables may have 2 GiB",
			   section->name, (unsigned long long)section->size);
		return -EINVAL;
	}
	section->map = (uint32_t)finder->elf->object.map_count;
	return add_map(finder,
		       &(struct object_map){
			       .name = section->name,
			       .type = TYPE_ARRAY,
			       .key_size = sizeof(uint32_t),
			       .value_size = (uint32_t)section->size,
			       .max_entries = 1,
			       .flags = OBJECT_MAP_MMAPABLE |
					(section->writable ? 0u : (uint32_t)OBJECT_MAP_RDONLY),
			       .data = section->data,
			       .data_len = section->data ? section->size : 0,
		       },
		       &place);
}

static int read_section_maps(struct finder *finder, uint32_t number)
{
	switch (finder->elf->sections[number].role) {
	case ELF_ROLE_MAPS: return read_definitions(finder, number);
	case ELF_ROLE_LEGACY_MAPS: return read_legacy_maps(finder, number);
	case ELF_ROLE_DATA: return read_variables(finder, number);
	case ELF_ROLE_CODE:
	case ELF_ROLE_OTHER: break;
	}
	return 0;
}

int elf_find_maps(struct elf *elf)
{
	struct finder finder = { .elf = elf };
	int err = 0;

	elf->object.maps =
		arena_alloc_array(&elf->arena, OBJECT_MOST_MAPS, sizeof *elf->object.maps);
	finder.places = arena_alloc_array(&elf->arena, OBJECT_MOST_MAPS, sizeof *finder.places);
	if (!elf->object.maps || !finder.places)
		return -ENOMEM;
	for (uint32_t i = 1; i < elf->section_count && !err; i++)
		err = read_section_maps(&finder, i);
	/* Names of maps belong to the types, which are in the file's bytes. */
	btf_free(finder.btf);
	elf->places = finder.places;
	return err;
}

int64_t elf_map_at(const struct elf *elf, uint32_t section, uint64_t offset)
{
	for (size_t i = 0; i < elf->object.map_count; i++) {
		const struct place *place = &elf->places[i];

		if (place->section == section && offset - place->offset < place->size)
			return (int64_t)i;
	}
	return -1;
}

/* --- Pointers in data --- */

/* Where @symbol leads, with @addend more, as a place in a map. */
static int find_target(struct elf *elf, const struct elf_symbol *symbol, uint64_t addend,
		       struct object_pointer *pointer)
{
	const struct elf_section *section = &elf->sections[symbol->section];

	if (section->role != ELF_ROLE_DATA) {
		diag_error(elf->diag, SPAN_NONE,
			   "a variable is initialized with the address of '%s', which is %s",
			   symbol->name,
			   section->role == ELF_ROLE_CODE ? "a function" : "no variable");
		diag_hint(elf->diag, "assign it in the program instead");
		return -EINVAL;
	}
	pointer->target = section->map;
	pointer->target_offset = symbol->value + addend;
	if (!section->size || pointer->target_offset > section->size) {
		diag_error(elf->diag, SPAN_NONE,
			   "a variable is initialized with an address beyond the end of '%s'",
			   section->name);
		return -EINVAL;
	}
	return 0;
}

static int read_pointer(struct elf *elf, const struct elf_section *section,
			const struct elf_reloc *reloc)
{
	struct object_pointer *pointer = &elf->object.pointers[elf->object.pointer_count];

	if (reloc->type != ELF_RELOC_ABS64 && reloc->type != ELF_RELOC_64_64)
		return 0; /* offsets for debuggers */
	if (!section->data || reloc->offset > section->size || section->size - reloc->offset < 8) {
		diag_error(elf->diag, SPAN_NONE, "a relocation of '%s' lies beyond its end",
			   section->name);
		return -EINVAL;
	}
	pointer->map = section->map;
	pointer->offset = reloc->offset;
	elf->object.pointer_count++;
	return find_target(elf, &elf->symbols[reloc->symbol],
			   load_le64(section->data + reloc->offset), pointer);
}

/* The program, or the map, that @symbol is: an initial value of map @map. */
static int find_entry(struct elf *elf, int64_t map, const struct elf_symbol *symbol,
		      uint32_t *ret_entry)
{
	const int64_t func = elf_func_at(elf, symbol->section, symbol->value / sizeof(struct insn));
	const int64_t entry = func < 0 ? -1 : elf_entry_of(elf, (uint32_t)func);

	if (entry < 0) {
		diag_error(elf->diag, SPAN_NONE, "map '%s' holds '%s', which is no program",
			   elf->object.maps[map].name, symbol->name);
		return -EINVAL;
	}
	*ret_entry = (uint32_t)entry;
	return 0;
}

static int find_map(struct elf *elf, int64_t map, const struct elf_symbol *symbol,
		    uint32_t *ret_map)
{
	const int64_t found = elf_map_at(elf, symbol->section, symbol->value);

	if (found < 0) {
		diag_error(elf->diag, SPAN_NONE, "map '%s' holds '%s', which is no map",
			   elf->object.maps[map].name, symbol->name);
		return -EINVAL;
	}
	*ret_map = (uint32_t)found;
	return 0;
}

/* An initial value of a map: the address of a program or map, at a place in its definition. */
static int read_slot(struct elf *elf, uint32_t section, const struct elf_reloc *reloc)
{
	struct object_slot *slot = &elf->object.slots[elf->object.slot_count];
	const struct elf_symbol *symbol = &elf->symbols[reloc->symbol];
	const int64_t map = elf_map_at(elf, section, reloc->offset);
	const struct place *place = map < 0 ? NULL : &elf->places[map];
	int err;

	if (!place || !place->values || reloc->offset < place->offset + place->values) {
		diag_error(elf->diag, SPAN_NONE, "section '.maps' has an address outside 'values'");
		return -EINVAL;
	}
	err = elf->object.maps[map].inner ? find_map(elf, map, symbol, &slot->target) :
					    find_entry(elf, map, symbol, &slot->target);
	if (err)
		return err;
	slot->map = (uint32_t)map;
	slot->index = (uint32_t)((reloc->offset - place->offset - place->values) / SLOT_BYTES);
	elf->object.slot_count++;
	return 0;
}

static size_t count_relocs(const struct elf *elf, enum elf_role role)
{
	size_t count = 0;

	for (size_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].role == role)
			count += elf->sections[i].reloc_count;
	return count;
}

int elf_find_pointers(struct elf *elf)
{
	struct object *object = &elf->object;
	int err = 0;

	object->pointers = arena_alloc_array(&elf->arena, count_relocs(elf, ELF_ROLE_DATA) + 1,
					     sizeof *object->pointers);
	object->slots = arena_alloc_array(&elf->arena, count_relocs(elf, ELF_ROLE_MAPS) + 1,
					  sizeof *object->slots);
	if (!object->pointers || !object->slots)
		return -ENOMEM;
	for (uint32_t i = 1; i < elf->section_count; i++) {
		const struct elf_section *section = &elf->sections[i];

		for (size_t j = 0; j < section->reloc_count && !err; j++) {
			if (section->role == ELF_ROLE_DATA)
				err = read_pointer(elf, section, &section->relocs[j]);
			else if (section->role == ELF_ROLE_MAPS)
				err = read_slot(elf, i, &section->relocs[j]);
		}
	}
	return err;
}
