/*
 * lower.c - from a checked script to a bundle: settings, the kernel maps that programs share, and the order
 * of things.
 */
#include "lower/lowering.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "probe/features.h"
#include "script/config.h"
#include "script/tree.h"

enum { PAGE_BYTES = 4096 };

/* --- errors and memory ----------------------------------------------------------------------- */

void lower_refuse(struct lowering *l, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_verror(l->diag, span, format, args);
	va_end(args);
	l->err = -ENOTSUP;
}

struct value lower_nothing(struct lowering *l, const struct type *type)
{
	struct place place;

	if (type->kind == TYPE_VOID || type->kind == TYPE_NONE)
		return (struct value){ .type = type };
	if (lower_is_scalar(type))
		return value_reg(type, ir_const(l->b.fn, lower_ir_type(type), 0));
	place = lower_memory(l, lower_size(l, type), false);
	lower_zero(l, place, lower_size(l, type));
	return value_memory(type, place);
}

void *lower_alloc(struct lowering *l, size_t count, size_t size)
{
	void *memory = arena_alloc_array(l->arena, count ? count : 1, size);

	l->no_memory |= !memory;
	return memory;
}

void *lower_grow(struct lowering *l, void *array, uint32_t count, uint32_t *size, size_t each)
{
	uint32_t larger = *size ? 2 * *size : 8;
	void *memory;

	if (count < *size)
		return array;
	memory = lower_alloc(l, larger, each);
	if (!memory)
		return NULL;
	if (count)
		memcpy(memory, array, count * each);
	*size = larger;
	return memory;
}

uint32_t lower_kfunc(struct lowering *l, const char *name)
{
	return kernel_find_id(l->types->kernel, BTF_FUNC, name);
}

bool lower_has(const struct lowering *l, unsigned int feature)
{
	if (l->options->for_object && feature == FEATURE_RDONLY_CAST)
		return false;
	return !l->options->features || feature_has(l->options->features, (enum feature)feature);
}

/* --- kernel maps ----------------------------------------------------------------------------- */

uint32_t lower_add_map(struct lowering *l, struct bundle_map map)
{
	struct bundle_map *maps =
		lower_grow(l, l->maps, l->map_count, &l->map_size, sizeof *l->maps);

	if (!maps)
		return 0;
	l->maps = maps;
	l->maps[l->map_count] = map;
	return l->map_count++;
}

/* An array of one element; its size is known at the end. */
static uint32_t array_map(struct lowering *l, uint32_t *number, const char *name, uint32_t flags)
{
	if (*number == BUNDLE_NONE)
		*number = lower_add_map(l, (struct bundle_map){ .name = name,
								.type = BPF_MAP_TYPE_ARRAY,
								.key_size = 4,
								.max_entries = 1,
								.flags = flags,
								.is_frozen = flags != 0 });
	return *number;
}

/* The array of counters.  Its first number is 1: what new entries begin with, near to where it is counted
 * that there is no room for one. */
static void make_counters(struct lowering *l)
{
	static const uint64_t one = 1;

	if (l->counters != BUNDLE_NONE)
		return;
	(void)array_map(l, &l->counters, "counters", 0);
	l->maps[l->counters].data = &one;
	l->maps[l->counters].data_len = sizeof one;
	l->counter_bytes = sizeof one;
}

uint32_t lower_counter(struct lowering *l)
{
	uint32_t offset;

	make_counters(l);
	offset = l->counter_bytes;
	l->counter_bytes += 8;
	return offset;
}

struct ir_value *lower_one(struct lowering *l)
{
	make_counters(l);
	return lower_map_value(l, l->counters, 0);
}

uint32_t lower_lost_counter(struct lowering *l)
{
	if (l->lost_offset == BUNDLE_NONE)
		l->lost_offset = lower_counter(l);
	return l->lost_offset;
}

uint32_t lower_parameter(struct lowering *l, uint32_t *offset)
{
	(void)array_map(l, &l->parameters, "parameters", BPF_F_RDONLY_PROG);
	if (*offset == BUNDLE_NONE) {
		*offset = l->parameter_bytes;
		l->parameter_bytes += 8;
	}
	return *offset;
}

static uint32_t ring(struct lowering *l, uint32_t *number, const char *name, uint32_t bytes)
{
	if (*number == BUNDLE_NONE)
		*number = lower_add_map(l, (struct bundle_map){ .name = name,
								.type = BPF_MAP_TYPE_RINGBUF,
								.max_entries = bytes });
	return *number;
}

uint32_t lower_data_ring(struct lowering *l)
{
	return ring(l, &l->data_ring, "data", (uint32_t)l->config.bundle.ring_bytes);
}

uint32_t lower_control_ring(struct lowering *l)
{
	return ring(l, &l->control_ring, "control", 16 * PAGE_BYTES);
}

struct ir_value *lower_map_value(struct lowering *l, uint32_t map, uint32_t offset)
{
	return ir_build_imm(&l->b, IR_MAP_VALUE, IR_PTR, ir_pair(map, offset));
}

struct ir_value *lower_unknown_zero(struct lowering *l)
{
	if (l->unknown_offset == BUNDLE_NONE)
		l->unknown_offset = lower_counter(l);
	return lower_map_value(l, l->counters, l->unknown_offset);
}

struct ir_value *lower_zeroes(struct lowering *l, uint32_t bytes)
{
	if (bytes > l->zero_bytes)
		l->zero_bytes = bytes;
	return lower_map_value(l, array_map(l, &l->zeroes, "zeroes", BPF_F_RDONLY_PROG), 0);
}

uint32_t lower_name(struct lowering *l, const char *name)
{
	const char **names;

	for (uint32_t i = 0; i < l->name_count; i++)
		if (!strcmp(l->names[i], name))
			return i;
	names = lower_grow(l, l->names, l->name_count, &l->name_size, sizeof *l->names);
	if (!names)
		return 0;
	l->names = names;
	l->names[l->name_count] = name;
	return l->name_count++;
}

/* What was not known when they were made. */
static void finish_maps(struct lowering *l)
{
	const struct {
		uint32_t map, bytes;
	} sizes[] = {
		{ l->globals, l->globals_bytes },         { l->percpu, l->percpu_bytes },
		{ l->counters, l->counter_bytes },        { l->parameters, l->parameter_bytes },
		{ l->zeroes, (l->zero_bytes + 7) & ~7u },
	};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		if (sizes[i].map != BUNDLE_NONE)
			l->maps[sizes[i].map].value_size = sizes[i].bytes;
}

/* --- settings -------------------------------------------------------------------------------- */

static void read_config(struct lowering *l)
{
	const struct script *script = l->script;

	l->config = (struct lower_config){
		.max_map_keys = config_number(script, CONFIG_ID_MAX_MAP_KEYS),
		.max_strlen = (uint32_t)config_number(script, CONFIG_ID_MAX_STRLEN),
		.on_stack_limit = (uint32_t)config_number(script, CONFIG_ID_ON_STACK_LIMIT),
		.stack_mode = config_text(script, CONFIG_ID_STACK_MODE),
	};
	config_fill(script, &l->config.bundle);
}

/* --- what the script uses -------------------------------------------------------------------- */

static bool sends_data(const struct expr *call)
{
	switch (call->func->id) {
	case FUNC_EXIT:
	case FUNC_ASSERT: return false;
	case FUNC_DELETE: return call->args->map && call->args->map->is_cleared;
	default: return call->func->flags & FUNC_IS_ASYNC;
	}
}

static bool is_data(void *data, struct expr *e)
{
	struct lowering *l = data;

	if (e->kind == EXPR_CALL && e->func && sends_data(e))
		l->has_data = true;
	return !l->has_data;
}

static void find_data(struct lowering *l)
{
	for (const struct probe *probe = l->script->probes; probe; probe = probe->next)
		tree_visit_block(probe->body, is_data, l);
	for (const struct fn *fn = l->script->fns; fn; fn = fn->next)
		tree_visit_block(fn->body, is_data, l);
}

/* --- the bundle ------------------------------------------------------------------------------ */

static const struct bundle_table *finish_tables(struct lowering *l)
{
	struct bundle_table *tables = lower_alloc(l, l->table_count, sizeof *tables);

	for (uint32_t i = 0; tables && i < l->table_count; i++) {
		const struct table *t = &l->tables[i];

		tables[i] = t->out;
		if (t->key)
			tables[i].key = lower_shape(l, t->map->key, t->key_from);
		tables[i].value = lower_shape(l, t->map->value, t->value_from);
	}
	return tables;
}

static struct bundle *finish(struct lowering *l)
{
	struct bundle *bundle = lower_alloc(l, 1, sizeof *bundle);

	finish_maps(l);
	if (!bundle)
		return NULL;
	*bundle = (struct bundle){
		.source = l->script->source,
		.tables = finish_tables(l),
		.table_count = l->table_count,
		.maps = l->maps,
		.map_count = l->map_count,
		.progs = l->progs,
		.prog_count = l->prog_count,
		.actions = l->actions,
		.action_count = l->action_count,
		.checks = l->checks,
		.check_count = l->check_count,
		.names = l->names,
		.name_count = l->name_count,
		.data_ring = l->data_ring,
		.control_ring = l->control_ring,
		.counters = l->counters,
		.lost_offset = l->lost_offset,
		.parameters = l->parameters,
		.cpid_offset = l->cpid_offset,
		.start_offset = l->start_offset,
		.config = l->config.bundle,
	};
	return bundle;
}

int script_lower(struct script *script, const struct script_options *script_options,
		 const struct lower_options *options, struct arena *arena, struct diag *diag,
		 struct bundle **ret_bundle)
{
	struct lowering l = {
		.script = script,
		.script_options = script_options,
		.options = options,
		.arena = arena,
		.diag = diag,
		.types = &script->types,
		.globals = BUNDLE_NONE,
		.percpu = BUNDLE_NONE,
		.counters = BUNDLE_NONE,
		.parameters = BUNDLE_NONE,
		.zeroes = BUNDLE_NONE,
		.data_ring = BUNDLE_NONE,
		.control_ring = BUNDLE_NONE,
		.bits = BUNDLE_NONE,
		.lost_offset = BUNDLE_NONE,
		.cpid_offset = BUNDLE_NONE,
		.start_offset = BUNDLE_NONE,
		.unknown_offset = BUNDLE_NONE,
	};
	struct bundle *bundle;
	int err;

	read_config(&l);
	find_data(&l);
	err = lower_tables(&l);
	for (const struct probe *probe = script->probes; probe && !err; probe = probe->next)
		err = lower_probe(&l, probe);
	if (!err && l.err)
		err = l.err;
	bundle = err ? NULL : finish(&l);
	if (l.no_memory || l.types->no_memory)
		return -ENOMEM;
	if (!err)
		*ret_bundle = bundle;
	return err;
}
