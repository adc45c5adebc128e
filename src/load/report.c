/*
 * report.c - showing records and maps.
 */
#include "load/report.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/json.h"
#include "btf/show.h"
#include "sys/bpf.h"
#include "base/cpus.h"

enum { VALUE_ALIGN = 8 };

/* --- the types of records --------------------------------------------------------------------- */

/* Perf events round a record up so that it ends at 4 bytes beyond a multiple of 8. */
static size_t padding_of(const struct loaded_map *map)
{
	return map->def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ? 7 : 0;
}

/* Of the structs that are @len bytes long, or up to @padding less, the only one (named so). */
static uint32_t only_struct(const struct btf *btf, size_t len, size_t padding, const char *part)
{
	struct btf_type type;
	uint32_t found = 0;

	for (uint32_t id = 1; btf_type(btf, id, &type); id++) {
		if (type.kind != BTF_STRUCT || type.size > len || type.size + padding < len ||
		    !*type.name || !strstr(type.name, part))
			continue;
		if (found)
			return 0;
		found = id;
	}
	return found;
}

/* What the user says that records of @map are; 0: nothing. */
static uint32_t told_type(const struct report_options *options, const struct loaded_map *map)
{
	const size_t len = strlen(map->name);
	const char *name;

	for (const char *const *told = options->types; told && *told; told++) {
		if (strncmp(*told, map->name, len) != 0 || (*told)[len] != '=')
			continue;
		name = *told + len + 1;
		if (!strncmp(name, "struct ", 7))
			name += 7;
		return btf_find(options->loaded->types, BTF_STRUCT, name);
	}
	return 0;
}

static uint32_t find_type(const struct report_options *options, const struct loaded_map *map,
			  size_t len)
{
	const struct btf *btf = options->loaded->types;
	uint32_t id;

	if (!btf)
		return 0;
	id = told_type(options, map);
	if (!id)
		id = only_struct(btf, len, padding_of(map), "event");
	return id ? id : only_struct(btf, len, padding_of(map), "");
}

/* Most records are as the one before. */
static uint32_t type_of_record(const struct report_options *options, const struct loaded_map *map,
			       size_t len, struct report_type *last)
{
	if (last->map != map || last->len != len)
		*last = (struct report_type){ map, len, find_type(options, map, len) };
	return last->type;
}

/* --- values ----------------------------------------------------------------------------------- */

static uint64_t number_of(const uint8_t *bytes, size_t size)
{
	switch (size) {
	case 1: return *bytes;
	case 2: return load_u16(bytes);
	case 4: return load_u32(bytes);
	default: return load_u64(bytes);
	}
}

static bool is_number(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* A value by its type, or as a number, or as bytes. */
static void text_value(const struct btf *btf, uint32_t type, const uint8_t *bytes, size_t size,
		       struct strbuf *out)
{
	if (btf && type) {
		btf_show(btf, type, bytes, size, out);
	} else if (is_number(size)) {
		strbuf_printf(out, "%llu", (unsigned long long)number_of(bytes, size));
	} else {
		for (size_t i = 0; i < size; i++)
			strbuf_printf(out, "%s%02x", i ? " " : "", bytes[i]);
	}
}

static void json_value(const struct btf *btf, uint32_t type, const uint8_t *bytes, size_t size,
		       struct json *json, const char *name)
{
	if (btf && type) {
		btf_show_json(btf, type, bytes, size, json, name);
	} else if (is_number(size)) {
		json_unsigned(json, name, number_of(bytes, size));
	} else {
		json_array(json, name);
		for (size_t i = 0; i < size; i++)
			json_unsigned(json, NULL, bytes[i]);
		json_end(json);
	}
}

void report_record(const struct report_options *options, const struct loaded_map *map,
		   const void *bytes, size_t len, struct report_type *last, struct strbuf *out)
{
	const uint32_t type = type_of_record(options, map, len, last);
	struct json json = { .out = out };

	if (options->is_json) {
		json_object(&json, NULL);
		json_string(&json, "map", map->name);
		json_value(options->loaded->types, type, bytes, len, &json, "record");
		json_end(&json);
		return;
	}
	strbuf_printf(out, "%s: ", map->name);
	text_value(options->loaded->types, type, bytes, len, out);
	strbuf_puts(out, "\n");
}

/* --- maps ------------------------------------------------------------------------------------- */

bool report_has_elements(const struct loaded_map *map)
{
	if (map->def->flags & OBJECT_MAP_RDONLY)
		return false;
	switch (map->def->type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_LPM_TRIE: return true;
	default: return false;
	}
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Does it hold variables?  Then its only element needs no number, and is shown though it be zero. */
static bool has_variables(const struct report_options *options, const struct object_map *def)
{
	struct btf_type type;

	return options->loaded->types && btf_type(options->loaded->types, def->value_type, &type) &&
	       type.kind == BTF_DATASEC;
}

/* An element, while it is shown. */
struct element {
	const struct report_options *options;
	const struct loaded_map *map;
	const uint8_t *key;
	const uint8_t *values; /* one, or one for each CPU */
	size_t stride;
	unsigned int count; /* of values */
};

static void text_element(const struct element *e, struct strbuf *out)
{
	const struct object_map *def = e->map->def;
	const struct btf *btf = e->options->loaded->types;

	if (has_variables(e->options, def)) {
		strbuf_printf(out, "%s ", e->map->name);
	} else {
		strbuf_printf(out, "%s[", e->map->name);
		text_value(btf, def->key_type, e->key, def->key_size, out);
		strbuf_puts(out, "] = ");
	}
	for (unsigned int i = 0; i < e->count; i++) {
		if (e->count > 1)
			strbuf_printf(out, "%scpu%u: ", i ? ", " : "", i);
		text_value(btf, def->value_type, e->values + i * e->stride, def->value_size, out);
	}
	strbuf_puts(out, "\n");
}

static void json_element(const struct element *e, struct strbuf *out)
{
	const struct object_map *def = e->map->def;
	const struct btf *btf = e->options->loaded->types;
	struct json json = { .out = out };

	json_object(&json, NULL);
	json_string(&json, "map", e->map->name);
	json_value(btf, def->key_type, e->key, def->key_size, &json, "key");
	if (e->count > 1)
		json_array(&json, "values");
	for (unsigned int i = 0; i < e->count; i++)
		json_value(btf, def->value_type, e->values + i * e->stride, def->value_size, &json,
			   e->count > 1 ? NULL : "value");
	if (e->count > 1)
		json_end(&json);
	json_end(&json);
}

/* Elements of arrays that were never written are zero, and not shown. */
static void show_element(const struct element *e, struct strbuf *out)
{
	if (!has_variables(e->options, e->map->def) && is_array(e->map->def->type) &&
	    is_zero(e->values, e->stride * e->count))
		return;
	if (e->options->is_json)
		json_element(e, out);
	else
		text_element(e, out);
}

static int walk(struct element *e, uint8_t *key, uint8_t *next, uint8_t *values, struct strbuf *out)
{
	const struct sys *sys = e->options->sys;
	const int fd = e->map->fd;
	uint64_t left =
		(uint64_t)e->map->max_entries * 2; /* it changes meanwhile: no walk for ever */
	int err = sys_map_next_key(sys, fd, NULL, next);

	for (; !err && left; left--) {
		memcpy(key, next, e->map->def->key_size);
		err = sys_map_lookup(sys, fd, key, values);
		if (!err)
			show_element(e, out);
		if (err && err != -ENOENT)
			return err;
		err = sys_map_next_key(sys, fd, key, next);
	}
	return err == -ENOENT ? 0 : err;
}

int report_map(const struct report_options *options, const struct loaded_map *map,
	       struct strbuf *out)
{
	const unsigned int cpus =
		sys_map_is_percpu(map->def->type) ? (unsigned int)cpus_possible() : 1;
	struct element e = {
		.options = options,
		.map = map,
		.stride = cpus > 1 ? align_up(map->def->value_size, VALUE_ALIGN) :
				     map->def->value_size,
		.count = cpus,
	};
	const size_t value_bytes = align_up(map->def->value_size, VALUE_ALIGN) * cpus;
	uint8_t *memory = calloc(1, 2 * (size_t)map->def->key_size + value_bytes);
	uint8_t *values;
	int err;

	if (!memory)
		return -ENOMEM;
	values = memory + 2 * (size_t)map->def->key_size;
	e.key = memory;
	e.values = values;
	err = walk(&e, memory, memory + map->def->key_size, values, out);
	free(memory);
	return err;
}
