/*
 * types.c - putting an object's types right.
 */
#include "load/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum {
	COMMON_BYTES = 12, /* of a type: name, info, size or type */
	ROW_BYTES = 12,    /* of a section's variable, as of a struct's member */
	PARAM_BYTES = 8,
	KIND_SHIFT = 24,
	LINKAGE_STATIC = 0,
	LINKAGE_GLOBAL = 1,
	LINKAGE_EXTERN = 2,
};

/* A type where it stands in types->data, to be written to. */
struct at {
	uint32_t id;
	struct btf_type type;
	uint8_t *bytes;
};

static bool find_at(const struct types *types, uint32_t id, struct at *ret_at)
{
	ret_at->id = id;
	if (!btf_type(types->btf, id, &ret_at->type) || !id)
		return false;
	ret_at->bytes = types->data + (ret_at->type.rest - types->data) - COMMON_BYTES;
	return true;
}

static uint8_t *row_of(const struct at *at, uint32_t i)
{
	return at->bytes + COMMON_BYTES + (size_t)i * ROW_BYTES;
}

static void put_size(const struct at *at, uint32_t size)
{
	store_le32(at->bytes + 8, size);
}

static int by_offset(const void *a, const void *b)
{
	const uint32_t x = load_le32((const uint8_t *)a + 4), y = load_le32((const uint8_t *)b + 4);

	return x < y ? -1 : x > y;
}

/* --- sections that the object has ------------------------------------------------------------- */

static void place_variables(const struct object *object, const struct types *types,
			    const struct at *section)
{
	const uint64_t size = object_section_size(object, section->type.name);
	struct btf_placed placed;
	struct btf_type var;
	uint64_t offset, bytes;

	if (size && size <= INT32_MAX)
		put_size(section, (uint32_t)size);
	for (uint32_t i = 0; i < section->type.count; i++) {
		if (!btf_placed(&section->type, i, &placed) ||
		    !btf_type(types->btf, placed.type, &var) ||
		    !object_symbol(object, section->type.name, var.name, &offset, &bytes))
			continue;
		store_le32(row_of(section, i) + 4, (uint32_t)offset);
		if (!placed.size && bytes)
			store_le32(row_of(section, i) + 8, (uint32_t)bytes);
	}
	qsort(row_of(section, 0), section->type.count, ROW_BYTES, by_offset);
}

/* --- .kconfig --------------------------------------------------------------------------------- */

/* An own layout, by the variables' sizes. */
static int lay_out_configs(struct types *types, const struct at *section)
{
	uint32_t end = 0;

	types->configs = calloc(section->type.count + 1, sizeof *types->configs);
	if (!types->configs)
		return -ENOMEM;
	for (uint32_t i = 0; i < section->type.count; i++) {
		struct btf_placed placed;
		struct at var;
		int64_t size;

		if (!btf_placed(&section->type, i, &placed) || !find_at(types, placed.type, &var) ||
		    var.type.kind != BTF_VAR)
			return -EINVAL;
		size = btf_size(types->btf, var.type.type);
		if (size <= 0 || size > 4096)
			return -EINVAL;
		end = (uint32_t)align_up(end, 8);
		store_le32(var.bytes + COMMON_BYTES, LINKAGE_GLOBAL);
		store_le32(row_of(section, i) + 4, end);
		store_le32(row_of(section, i) + 8, (uint32_t)size);
		types->configs[types->config_count++] =
			(struct types_config){ var.type.name, var.type.type, end, (uint32_t)size };
		end += (uint32_t)size;
	}
	put_size(section, end);
	types->config_bytes = end;
	types->config_section = section->id;
	return 0;
}

/* --- .ksyms ----------------------------------------------------------------------------------- */

static uint32_t find_int(const struct types *types)
{
	struct btf_type type;

	for (uint32_t id = 1; btf_type(types->btf, id, &type); id++)
		if (type.kind == BTF_INT && type.size == sizeof(uint32_t))
			return id;
	return 0;
}

/* Kernels want the parameters of functions to have names; which, does not matter. */
static void name_params(const struct types *types, const struct at *func)
{
	struct btf_param param;
	struct at proto;

	if (!find_at(types, func->type.type, &proto))
		return;
	for (uint32_t i = 0; i < proto.type.count; i++)
		if (btf_param(types->btf, &proto.type, i, &param) && param.type && !*param.name)
			store_le32(proto.bytes + COMMON_BYTES + (size_t)i * PARAM_BYTES,
				   load_le32(func->bytes));
}

/* What is declared becomes what kernels take: functions of this object, variables that are a number each; and
 * the section that holds functions, which kernels do not know, a struct of as many numbers. */
static int hide_declarations(struct types *types, const struct at *section)
{
	const uint32_t number = find_int(types);

	if (!number)
		return section->type.count ? -EINVAL : 0;
	for (uint32_t i = 0; i < section->type.count; i++) {
		struct btf_placed placed;
		struct at declared;

		if (!btf_placed(&section->type, i, &placed) ||
		    !find_at(types, placed.type, &declared))
			return -EINVAL;
		if (declared.type.kind == BTF_FUNC) {
			name_params(types, &declared);
			store_le32(declared.bytes + 4, (uint32_t)BTF_FUNC << KIND_SHIFT);
		} else {
			store_le32(declared.bytes + COMMON_BYTES, LINKAGE_GLOBAL);
			store_le32(declared.bytes + 8, number);
		}
		store_le32(row_of(section, i), 0);
		store_le32(row_of(section, i) + 4, number);
		store_le32(row_of(section, i) + 8, i * 32);
	}
	store_le32(section->bytes, 0);
	store_le32(section->bytes + 4, (uint32_t)BTF_STRUCT << KIND_SHIFT | section->type.count);
	put_size(section, section->type.count * (uint32_t)sizeof(uint32_t));
	return 0;
}

/* --- all of them ------------------------------------------------------------------------------ */

static int fix_section(const struct object *object, struct types *types, const struct at *section)
{
	if (!strcmp(section->type.name, ".kconfig"))
		return lay_out_configs(types, section);
	if (!strcmp(section->type.name, ".ksyms"))
		return hide_declarations(types, section);
	place_variables(object, types, section);
	return 0;
}

/* Functions for this object alone are verified where they are called, as static ones are. */
static void hide_function(const struct object *object, const struct at *func)
{
	if ((load_le32(func->bytes + 4) & 0xffff) == LINKAGE_GLOBAL &&
	    object_is_hidden(object, func->type.name))
		store_le32(func->bytes + 4, (uint32_t)BTF_FUNC << KIND_SHIFT | LINKAGE_STATIC);
}

static int fix_all(const struct object *object, struct types *types)
{
	struct at at;
	int err = 0;

	for (uint32_t id = 1; !err && find_at(types, id, &at); id++) {
		if (at.type.kind == BTF_DATASEC)
			err = fix_section(object, types, &at);
		else if (at.type.kind == BTF_FUNC)
			hide_function(object, &at);
	}
	return err;
}

int types_make(const struct object *object, struct diag *diag, struct types *ret_types)
{
	struct types *types = ret_types;
	size_t size;
	const uint8_t *data = object_bytes(object, ".BTF", &size);
	int err;

	*types = (struct types){ 0 };
	if (!data)
		return 0;
	types->data = malloc(size);
	if (!types->data)
		return -ENOMEM;
	memcpy(types->data, data, size);
	types->size = size;
	err = btf_parse(types->data, size, diag, &types->btf);
	if (err)
		return err;
	err = fix_all(object, types);
	if (err == -EINVAL)
		diag_error(
			diag, SPAN_NONE,
			"the object's types (.BTF) do not describe its variables as compilers do");
	return err;
}

void types_release(struct types *types)
{
	btf_free(types->btf);
	free(types->configs);
	free(types->data);
}
