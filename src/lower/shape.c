/*
 * shape.c - from types to shapes: how values lie in memory.
 *
 * Here, and not by type->size, it is decided how many bytes a value takes.  Parts of tuples and records
 * are at their natural alignment.
 */
#include "lower/bytes.h"

#include <string.h>

#include "base/bits.h"

bool lower_is_scalar(const struct type *type)
{
	switch (type->kind) {
	case TYPE_BOOL:
	case TYPE_ENUM:
	case TYPE_POINTER:
	case TYPE_KSTACK:
	case TYPE_KSYM:
	case TYPE_TIMESTAMP:
	case TYPE_CGROUP_PATH:
	case TYPE_USERNAME:
	case TYPE_PROBE: return true;
	case TYPE_INT:
	case TYPE_FLOAT: return type->size <= 8;
	default: return false;
	}
}

/* Kinds whose size the kind alone says. */
static uint32_t plain_size(const struct type *type)
{
	switch (type->kind) {
	case TYPE_BOOL: return 1;
	case TYPE_INT:
	case TYPE_ENUM: return type->size ? type->size : 4;
	case TYPE_USERNAME:
	case TYPE_PROBE: return 4;
	case TYPE_USTACK:
	case TYPE_USYM: return 16;
	case TYPE_INET: return 20;
	case TYPE_MAC: return 6;
	case TYPE_BUFFER: return type->size + 4;
	case TYPE_FLOAT:
	case TYPE_STRING:
	case TYPE_ARRAY:
	case TYPE_STRUCT:
	case TYPE_UNION: return type->size;
	default: return 8;
	}
}

static uint32_t plain_align(const struct type *type)
{
	switch (type->kind) {
	case TYPE_STRING:
	case TYPE_MAC: return 1;
	case TYPE_BUFFER:
	case TYPE_INET: return 4;
	case TYPE_ARRAY: return plain_align(type->of);
	case TYPE_STRUCT:
	case TYPE_UNION: return 8;
	default: return plain_size(type) < 8 ? plain_size(type) : 8;
	}
}

enum ir_type lower_ir_type(const struct type *type)
{
	switch (plain_size(type)) {
	case 1: return IR_I8;
	case 2: return IR_I16;
	case 4: return IR_I32;
	default: return IR_I64;
	}
}

static enum shape_kind shape_kind(const struct type *type)
{
	switch (type->kind) {
	case TYPE_BOOL: return SHAPE_BOOL;
	case TYPE_ENUM: return SHAPE_ENUM;
	case TYPE_FLOAT: return SHAPE_FLOAT;
	case TYPE_POINTER: return SHAPE_POINTER;
	case TYPE_STRING: return SHAPE_STRING;
	case TYPE_BUFFER: return SHAPE_BUFFER;
	case TYPE_INET: return SHAPE_INET;
	case TYPE_MAC: return SHAPE_MAC;
	case TYPE_ARRAY: return SHAPE_ARRAY;
	case TYPE_TUPLE: return SHAPE_TUPLE;
	case TYPE_RECORD: return SHAPE_RECORD;
	case TYPE_STRUCT: return SHAPE_STRUCT;
	case TYPE_UNION: return SHAPE_UNION;
	case TYPE_KSTACK: return SHAPE_KSTACK;
	case TYPE_USTACK: return SHAPE_USTACK;
	case TYPE_KSYM: return SHAPE_KSYM;
	case TYPE_USYM: return SHAPE_USYM;
	case TYPE_TIMESTAMP: return SHAPE_TIMESTAMP;
	case TYPE_CGROUP_PATH: return SHAPE_CGROUP_PATH;
	case TYPE_USERNAME: return SHAPE_USERNAME;
	case TYPE_PROBE: return SHAPE_PROBE;
	case TYPE_COUNT: return SHAPE_COUNT;
	case TYPE_SUM: return SHAPE_SUM;
	case TYPE_MIN: return SHAPE_MIN;
	case TYPE_MAX: return SHAPE_MAX;
	case TYPE_AVG: return SHAPE_AVG;
	case TYPE_STATS: return SHAPE_STATS;
	case TYPE_HIST: return SHAPE_HIST;
	case TYPE_LHIST: return SHAPE_LHIST;
	case TYPE_TSERIES: return SHAPE_TSERIES;
	default: return SHAPE_INT;
	}
}

/* --- shapes with parts ----------------------------------------------------------------------- */

struct shape *lower_tuple_shape(struct lowering *l, uint32_t count, uint32_t at,
				const struct type *const *types, const struct expr *const *from)
{
	struct shape *shape = lower_alloc(l, 1, sizeof *shape);
	struct shape_field *fields = lower_alloc(l, count, sizeof *fields);

	if (!shape || !fields)
		return NULL;
	*shape =
		(struct shape){ .kind = SHAPE_TUPLE, .align = 1, .fields = fields, .count = count };
	for (uint32_t i = 0; i < count; i++) {
		const struct shape *part = lower_shape(l, types[i], from ? from[i] : NULL);

		at = (uint32_t)align_up(at, part->align);
		fields[i] = (struct shape_field){ .name = "", .shape = part, .offset = at };
		at += part->size;
		if (part->align > shape->align)
			shape->align = part->align;
	}
	shape->size = (uint32_t)align_up(at, shape->align);
	return shape;
}

/* What made part @i of @from, or NULL. */
static const struct expr *part_from(const struct expr *from, const struct type *type, uint32_t i)
{
	const struct expr *arg;

	if (!from || (from->kind != EXPR_TUPLE && from->kind != EXPR_RECORD))
		return NULL;
	for (arg = from->args; arg; arg = arg->next)
		if (type->kind == TYPE_RECORD ?
			    arg->label && !strcmp(arg->label, type->fields[i].name) :
			    i-- == 0)
			return arg;
	return NULL;
}

static const struct shape *tuple_shape(struct lowering *l, const struct type *type,
				       const struct expr *from)
{
	uint32_t count = type->field_count;
	const struct type **types = lower_alloc(l, count, sizeof *types);
	const struct expr **parts = lower_alloc(l, count, sizeof *parts);
	struct shape_field *fields;
	struct shape *shape;

	for (uint32_t i = 0; types && parts && i < count; i++) {
		types[i] = type->fields[i].type;
		parts[i] = part_from(from, type, i);
	}
	shape = types && parts ? lower_tuple_shape(l, count, 0, types, parts) : NULL;
	fields = shape ? lower_alloc(l, count, sizeof *fields) : NULL;
	if (!fields || type->kind == TYPE_TUPLE)
		return shape;
	shape->kind = SHAPE_RECORD;
	memcpy(fields, shape->fields, count * sizeof *fields);
	for (uint32_t i = 0; i < count; i++)
		fields[i].name = type->fields[i].name;
	shape->fields = fields;
	return shape;
}

/* The script's own enum that @type is, or NULL. */
static const struct c_def *enum_def(const struct lowering *l, const struct type *type)
{
	for (const struct item *item = l->script->items; item; item = item->next)
		if (item->kind == ITEM_C && item->c_def->tag == TAG_ENUM && item->c_def->type &&
		    type_equal(item->c_def->type, type))
			return item->c_def;
	return NULL;
}

static void enumerators_of_def(struct lowering *l, const struct c_def *def, struct shape *shape)
{
	struct shape_enumerator *values;
	uint32_t count = 0;
	uint64_t value = 0;

	for (const struct c_enumerator *e = def->enumerators; e; e = e->next)
		count++;
	values = lower_alloc(l, count, sizeof *values);
	if (!values)
		return;
	shape->enumerators = values;
	for (const struct c_enumerator *e = def->enumerators; e; e = e->next, value++) {
		if (e->value && e->value->is_constant)
			value = e->value->value;
		values[shape->count++] = (struct shape_enumerator){ e->name, value };
	}
}

static void enumerators(struct lowering *l, const struct type *type, struct shape *shape)
{
	const struct c_def *def = enum_def(l, type);
	struct btf_enumerator *from = NULL;
	struct shape_enumerator *values;
	uint32_t count;

	if (def) {
		enumerators_of_def(l, def, shape);
		return;
	}
	count = kernel_enumerators(l->types, type, &from);
	values = lower_alloc(l, count, sizeof *values);
	for (uint32_t i = 0; values && i < count; i++)
		values[i] = (struct shape_enumerator){ from[i].name, from[i].value };
	shape->enumerators = values;
	shape->count = values ? count : 0;
}

enum { MOST_STRUCT_DEPTH = 8 }; /* of structs within each other that are shown */

static struct shape *new_shape(struct lowering *l, const struct type *type)
{
	struct shape *shape = lower_alloc(l, 1, sizeof *shape);

	if (shape)
		*shape = (struct shape){ .kind = shape_kind(type),
					 .size = plain_size(type),
					 .align = plain_align(type),
					 .is_signed = type->is_signed,
					 .name = type->name && type->name[0] ? type->name : NULL };
	return shape;
}

static const struct shape *part_shape(struct lowering *l, const struct type *type,
				      const struct expr *from, int depth);

static void struct_fields(struct lowering *l, const struct type *type, struct shape *shape,
			  int depth)
{
	uint32_t count;
	const struct field *from = type_fields(l->types, type, &count);
	struct shape_field *fields = lower_alloc(l, count, sizeof *fields);

	if (!fields || depth == MOST_STRUCT_DEPTH)
		return;
	shape->fields = fields;
	for (uint32_t i = 0; i < count; i++) {
		const struct type *of = from[i].type;

		if (type_class(of) == CLASS_NOTHING)
			continue;
		fields[shape->count++] = (struct shape_field){
			.name = from[i].name,
			.shape = part_shape(l, of, NULL, depth + 1),
			.offset = from[i].offset,
			.bit_offset = from[i].bit_offset,
			.bit_count = from[i].bit_count,
		};
	}
}

static bool is_text(const struct type *type)
{
	return type->kind == TYPE_ARRAY && type->of->kind == TYPE_INT && type->of->size == 1 &&
	       type->of->is_signed && type->count;
}

/* --- what only the expression says ----------------------------------------------------------- */

static const struct expr *call_of(const struct expr *from, enum func_id func)
{
	return from && from->kind == EXPR_CALL && from->func && from->func->id == func ? from :
											 NULL;
}

static uint64_t argument(const struct expr *call, uint32_t i, uint64_t otherwise)
{
	const struct expr *arg = call->args;

	while (arg && i--)
		arg = arg->next;
	return arg && arg->is_constant ? arg->value : otherwise;
}

static void hist_shape(struct shape *shape, const struct expr *call)
{
	uint32_t bits = (uint32_t)argument(call, 1, 0), whole = 1u << bits;

	shape->bits = bits;
	/* negative; 0 to 2^(bits+1) - 1; then 2^bits for each power up to 2^63 */
	shape->buckets = 1 + 2 * whole + (63 - bits) * whole;
}

static void lhist_shape(struct shape *shape, const struct expr *call)
{
	shape->min = (int64_t)argument(call, 1, 0);
	shape->max = (int64_t)argument(call, 2, 1);
	shape->step = argument(call, 3, 1);
	shape->buckets = 2 + (uint32_t)(((uint64_t)(shape->max - shape->min) + shape->step - 1) /
					shape->step);
}

static void tseries_shape(struct shape *shape, const struct expr *call)
{
	static const struct {
		const char *text;
		enum shape_series series;
	} words[] = {
		{ "avg", SERIES_AVG },
		{ "sum", SERIES_SUM },
		{ "min", SERIES_MIN },
		{ "max", SERIES_MAX },
	};
	const struct expr *arg = call->args->next->next->next;

	shape->size = 24;
	shape->step = argument(call, 1, 1);
	shape->buckets = (uint32_t)argument(call, 2, 1);
	shape->series = SERIES_LAST;
	shape->clock = CLOCK_TAI_TIME; /* epochs begin where the clock on the wall is round */
	shape->is_signed = call->args->type->kind != TYPE_INT || call->args->type->is_signed;
	for (size_t i = 0; arg && arg->text && i < ARRAY_LEN(words); i++)
		if (!strcmp(arg->text, words[i].text))
			shape->series = words[i].series;
}

/* The clock of a time that strftime shows. */
static enum shape_clock time_clock(const struct expr *e)
{
	const struct expr *word = call_of(e, FUNC_NSECS) ? e->args : NULL;

	if (!word || !word->name)
		return CLOCK_BOOT;
	return !strcmp(word->name, "monotonic") ? CLOCK_MONO :
	       !strcmp(word->name, "tai")       ? CLOCK_TAI_TIME :
	       !strcmp(word->name, "sw_tai")    ? CLOCK_TAI_TIME :
						  CLOCK_BOOT;
}

static void details(struct lowering *l, struct shape *shape, const struct type *type,
		    const struct expr *from)
{
	const struct expr *call;

	switch (shape->kind) {
	case SHAPE_HIST:
		call = call_of(from, FUNC_HIST);
		shape->size = 8;
		if (call)
			hist_shape(shape, call);
		break;
	case SHAPE_LHIST:
		call = call_of(from, FUNC_LHIST);
		shape->size = 8;
		if (call)
			lhist_shape(shape, call);
		break;
	case SHAPE_TSERIES:
		call = call_of(from, FUNC_TSERIES);
		if (call)
			tseries_shape(shape, call);
		break;
	case SHAPE_TIMESTAMP:
		call = call_of(from, FUNC_STRFTIME);
		shape->text = call ? call->args->text : "%H:%M:%S";
		shape->clock = call ? time_clock(call->args->next) : CLOCK_BOOT;
		break;
	case SHAPE_CGROUP_PATH:
		call = call_of(from, FUNC_CGROUP_PATH);
		shape->text = call && call->args->next ? call->args->next->text : NULL;
		break;
	case SHAPE_COUNT: shape->is_signed = true; break;
	case SHAPE_KSTACK:
	case SHAPE_USTACK: lower_stack_shape(l, shape, type); break;
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
	case SHAPE_STATS: shape->size = 16; break;
	default: break;
	}
}

static const struct shape *part_shape(struct lowering *l, const struct type *type,
				      const struct expr *from, int depth)
{
	struct shape *shape;

	if (type->kind == TYPE_TUPLE || type->kind == TYPE_RECORD)
		return tuple_shape(l, type, from);
	shape = new_shape(l, type);
	if (!shape)
		return NULL;
	if (is_text(type) && depth) {
		shape->kind = SHAPE_STRING;
	} else if (type->kind == TYPE_ARRAY) {
		shape->of = part_shape(l, type->of, NULL, depth + 1);
		shape->count = type->count;
	} else if (type->kind == TYPE_ENUM) {
		enumerators(l, type, shape);
	} else if (type_is_compound(type)) {
		struct_fields(l, type, shape, depth);
	} else {
		details(l, shape, type, from);
	}
	return shape;
}

const struct shape *lower_shape(struct lowering *l, const struct type *type,
				const struct expr *from)
{
	static const struct shape none = { .kind = SHAPE_INT, .size = 8, .align = 8 };
	const struct shape *shape = part_shape(l, type, from, 0);

	return shape ? shape : &none;
}

uint32_t lower_size(struct lowering *l, const struct type *type)
{
	if (type->kind == TYPE_TUPLE || type->kind == TYPE_RECORD)
		return lower_shape(l, type, NULL)->size;
	return plain_size(type);
}
