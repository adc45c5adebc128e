/*
 * image.c - telling the forms of programs apart, and reading each.
 */
#include "embed/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "isa/asm.h"
#include "isa/bytes.h"
#include "isa/cbpf.h"
#include "kern/helper/helper.h"
#include "object/object.h"

struct whole_image {
	struct image image; /* what others see of it */
	struct arena arena;
	struct object *object;
};

/* --- Telling forms apart --- */

/* The first character at or after @p that is neither blank nor in a comment. */
static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end) {
		if (*p == ' ' || (*p >= '\t' && *p <= '\r')) {
			p++;
		} else if (*p == '#' || *p == ';' || (*p == '/' && end - p > 1 && p[1] == '/')) {
			while (p < end && *p != '\n')
				p++;
		} else if (*p == '/' && end - p > 1 && p[1] == '*') {
			for (p += 2; p < end && !(p[-1] == '*' && *p == '/'); p++)
				;
			p += p < end;
		} else {
			break;
		}
	}
	return p;
}

/* Bytes in hex have no letters beyond f, and assembler has some in every statement, or one of
 * '=', ':' and '.'. */
static bool is_statement(const char *p, const char *end)
{
	for (; p < end && *p != '\n' && *p != '#'; p++) {
		if (strchr("=:.(", *p))
			return true;
		if ((*p >= 'g' && *p <= 'z' && *p != 'x') || (*p >= 'G' && *p <= 'W'))
			return true;
	}
	return false;
}

enum image_form image_guess(const char *data, size_t len)
{
	const char *end = data + len, *first = skip_blanks(data, end);

	if (object_is_elf(data, len))
		return IMAGE_OBJECT;
	if (isa_bytes_shape(data, len) == ISA_SHAPE_HEX && first < end && is_statement(first, end))
		return IMAGE_TEXT;
	return IMAGE_NUMBERS;
}

/* --- Reading each --- */

static int read_text(struct whole_image *whole, const struct image_request *request,
		     struct diag *diag)
{
	struct program_code *code = &whole->image.spec.code;
	struct insn *insns;
	int err = isa_asm(request->data, request->len, &isa_linux_names, &whole->arena, diag,
			  &insns, &code->insn_count);

	if (!err)
		code->insns = insns;
	return err;
}

/* Classic programs run as the eBPF that does the same on a packet in memory. */
static int read_classic(struct whole_image *whole, const struct cbpf_prog *classic,
			struct diag *diag)
{
	struct cbpf_ebpf converted;
	int err = cbpf_check(classic, diag);

	if (!err)
		err = cbpf_to_ebpf(classic, CBPF_TARGET_MEM, &whole->arena, diag, &converted);
	if (err)
		return err;
	whole->image.form = IMAGE_CLASSIC;
	whole->image.spec.code =
		(struct program_code){ .insns = converted.insns, .insn_count = converted.count };
	return 0;
}

static int read_numbers(struct whole_image *whole, const struct image_request *request,
			struct diag *diag)
{
	const struct source source = { .text = request->data, .len = request->len };
	struct isa_program program;
	int err = isa_bytes_read(&source, ISA_SET_ANY, &whole->arena, diag, &program);

	if (err)
		return err;
	if (program.is_classic)
		return read_classic(whole, &program.classic, diag);
	whole->image.spec.code =
		(struct program_code){ .insns = program.insns, .insn_count = program.count };
	return 0;
}

/* Programs name helpers of the host's own as functions that they declare and do not define. */
static int32_t helper_by_name(void *data, const char *name)
{
	const struct image_request *request = data;

	for (uint32_t i = 0; i < request->helper_count; i++)
		if (request->helpers[i].name && !strcmp(request->helpers[i].name, name))
			return (int32_t)i;
	return -1;
}

/* For object_resolver. */
static int call_helper(void *data, const struct object_extern *symbol, struct insn *insn)
{
	const int32_t id = helper_by_name(data, symbol->name);

	if (id < 0)
		return -ENOENT;
	insn->src = 0;
	insn->imm = id;
	return 0;
}

static int link_entry(struct whole_image *whole, const struct image_request *request, size_t entry,
		      struct diag *diag, struct program_code *ret_code)
{
	struct image_request own = *request;
	struct object_linked linked;
	int err;

	if (!own.helpers) {
		own.helpers = helper_table;
		own.helper_count = helper_table_count;
	}
	err = object_link(whole->object, entry,
			  &(struct object_resolver){ .call = call_helper, .data = &own }, diag,
			  &linked);
	if (!err)
		*ret_code = (struct program_code){ linked.insns, linked.insn_count };
	return err;
}

static int copy_maps(struct whole_image *whole)
{
	const struct object *object = whole->object;
	struct program_map *maps =
		arena_alloc_array(&whole->arena, object->map_count + 1, sizeof *maps);
	struct program_pointer *pointers =
		arena_alloc_array(&whole->arena, object->pointer_count + 1, sizeof *pointers);

	if (!maps || !pointers)
		return -ENOMEM;
	for (size_t i = 0; i < object->map_count; i++) {
		const struct object_map *map = &object->maps[i];

		maps[i] = (struct program_map){
			.spec = { .name = map->name,
				  .type = map->type,
				  .key_size = map->key_size,
				  .value_size = map->value_size,
				  .max_entries = map->max_entries,
				  .flags = map->flags },
			.data = map->data,
			.data_len = map->data_len,
		};
	}
	for (size_t i = 0; i < object->pointer_count; i++) {
		const struct object_pointer *pointer = &object->pointers[i];

		pointers[i] = (struct program_pointer){ pointer->map, pointer->target,
							pointer->offset, pointer->target_offset };
	}
	whole->image.spec.maps = maps;
	whole->image.spec.map_count = object->map_count;
	whole->image.spec.pointers = pointers;
	whole->image.spec.pointer_count = object->pointer_count;
	return 0;
}

/* Link the programs that prog arrays hold, each once. */
static int link_targets(struct whole_image *whole, const struct image_request *request,
			struct diag *diag)
{
	const struct object *object = whole->object;
	struct program_spec *spec = &whole->image.spec;
	struct program_slot *slots =
		arena_alloc_array(&whole->arena, object->slot_count + 1, sizeof *slots);
	struct program_code *targets =
		arena_alloc_array(&whole->arena, object->entry_count + 1, sizeof *targets);
	uint32_t *numbers = /* of targets, from 1, by entry */
		arena_alloc_array(&whole->arena, object->entry_count + 1, sizeof *numbers);
	int err;

	if (!slots || !targets || !numbers)
		return -ENOMEM;
	for (size_t i = 0; i < object->slot_count; i++) {
		const struct object_slot *slot = &object->slots[i];

		if (!numbers[slot->target]) {
			err = link_entry(whole, request, slot->target, diag,
					 &targets[spec->target_count]);
			if (err)
				return err;
			numbers[slot->target] = (uint32_t)++spec->target_count;
		}
		slots[i] =
			(struct program_slot){ slot->map, slot->index, numbers[slot->target] - 1 };
	}
	spec->targets = targets;
	spec->slots = slots;
	spec->slot_count = object->slot_count;
	return 0;
}

static int refuse_inner_maps(const struct object *object, struct diag *diag)
{
	for (size_t i = 0; i < object->slot_count; i++) {
		const struct object_map *map = &object->maps[object->slots[i].map];

		if (!map->inner)
			continue;
		diag_error(diag, SPAN_NONE, "map '%s' holds maps, which are not supported here",
			   map->name);
		diag_hint(diag, "'waggle run' loads it into the kernel");
		return -EINVAL;
	}
	return 0;
}

static int read_object(struct whole_image *whole, const struct image_request *request,
		       struct diag *diag)
{
	int entry, err = object_read(request->data, request->len, diag, &whole->object);

	if (err)
		return err;
	if (whole->object->wants_core)
		diag_warning(diag, SPAN_NONE,
			     "the object asks for offsets of the running kernel (CO-RE), which are "
			     "not put in: it uses those of the kernel it was compiled for");
	err = refuse_inner_maps(whole->object, diag);
	if (err)
		return err;
	entry = object_find_entry(whole->object, request->entry, diag);
	if (entry < 0)
		return entry;
	whole->image.entry = whole->object->entries[entry].name;
	whole->image.section = whole->object->entries[entry].section;
	err = link_entry(whole, request, (size_t)entry, diag, &whole->image.spec.code);
	if (!err)
		err = copy_maps(whole);
	if (!err)
		err = link_targets(whole, request, diag);
	return err;
}

static int read_form(struct whole_image *whole, const struct image_request *request,
		     struct diag *diag)
{
	if (whole->image.form != IMAGE_OBJECT && request->entry) {
		diag_error(diag, SPAN_NONE, "only ELF objects have entries to choose from");
		return -EINVAL;
	}
	switch (whole->image.form) {
	case IMAGE_OBJECT: return read_object(whole, request, diag);
	case IMAGE_CLASSIC:
	case IMAGE_NUMBERS: return read_numbers(whole, request, diag);
	case IMAGE_TEXT: return read_text(whole, request, diag);
	}
	return -EINVAL;
}

int image_read(const struct image_request *request, struct diag *diag, struct image **ret_image)
{
	struct whole_image *whole = calloc(1, sizeof *whole);
	int err;

	if (!whole)
		return -ENOMEM;
	whole->image.form = image_guess(request->data, request->len);
	err = read_form(whole, request, diag);
	if (err) {
		image_free(&whole->image);
		return err;
	}
	*ret_image = &whole->image;
	return 0;
}

void image_free(struct image *image)
{
	struct whole_image *whole = (struct whole_image *)image;

	if (!whole)
		return;
	object_free(whole->object);
	arena_release(&whole->arena);
	free(whole);
}
