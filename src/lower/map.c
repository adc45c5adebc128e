/*
 * map.c - tables: which kernel map each is kept in, their keys, and plain values.
 *
 * Values without keys share one array, whose elements need no lookup: their address is in the
 * instruction.  Those that are counted on each CPU (aggregate.c) share one per-CPU array.  What is
 * cleared from outside, where an element can only be written as a whole, has an array of its own.
 */
#include "lower/lowering.h"

#include <ctype.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"

enum { MOST_NAME = 15 }; /* of a kernel map */

/* --- which map ------------------------------------------------------------------------------- */

static bool has_buckets(const struct type *type)
{
	return type->kind == TYPE_HIST || type->kind == TYPE_LHIST || type->kind == TYPE_TSERIES;
}

/* "@x" as the kernel allows it. */
static const char *map_name(struct lowering *l, const char *name)
{
	char text[MOST_NAME + 1] = "at";
	size_t len = name[1] ? 0 : 2;

	for (const char *p = name + 1; *p && len < MOST_NAME; p++)
		text[len++] = (char)(isalnum((unsigned char)*p) ? *p : '_');
	return arena_strndup(l->arena, text, len);
}

static uint32_t add_array(struct lowering *l, const char *name, bool is_percpu)
{
	return lower_add_map(l, (struct bundle_map){ .name = name,
						     .type = is_percpu ? BPF_MAP_TYPE_PERCPU_ARRAY :
									 BPF_MAP_TYPE_ARRAY,
						     .key_size = 4,
						     .max_entries = 1 });
}

/* Its value, and behind it whether it is set, from offset *bytes of @map on. */
static void place_in(struct table *t, uint32_t map, uint32_t *bytes)
{
	t->out.map = map;
	t->out.offset = *bytes;
	*bytes += (t->value->size + 7) & ~7u;
	if (t->out.is_percpu && t->map->value->kind != TYPE_COUNT &&
	    t->map->value->kind != TYPE_SUM)
		return;
	t->out.set_offset = *bytes;
	*bytes += 8;
}

static void place_global(struct lowering *l, struct table *t)
{
	bool is_percpu = type_class(t->map->value) == CLASS_AGGREGATE;
	uint32_t *map = is_percpu ? &l->percpu : &l->globals;
	uint32_t own_bytes = 0;

	t->out.is_percpu = is_percpu;
	if (t->map->is_cleared) {
		place_in(t, add_array(l, map_name(l, t->map->name), is_percpu), &own_bytes);
		l->maps[t->out.map].value_size = own_bytes;
		return;
	}
	if (*map == BUNDLE_NONE)
		*map = add_array(l, is_percpu ? "percpu" : "globals", is_percpu);
	place_in(t, *map, is_percpu ? &l->percpu_bytes : &l->globals_bytes);
}

static uint32_t hash_type(const struct map_kind *kind, bool is_percpu)
{
	bool is_lru = kind && kind->is_lru;

	if (is_percpu)
		return is_lru ? BPF_MAP_TYPE_LRU_PERCPU_HASH : BPF_MAP_TYPE_PERCPU_HASH;
	return is_lru ? BPF_MAP_TYPE_LRU_HASH : BPF_MAP_TYPE_HASH;
}

static void make_hash(struct lowering *l, struct table *t)
{
	const struct map_kind *kind = t->map->decl ? t->map->decl->kind : NULL;
	uint64_t keys = t->map->max_keys ? t->map->max_keys : l->config.max_map_keys;

	t->out.is_percpu = type_class(t->map->value) == CLASS_AGGREGATE ||
			   (kind && kind->is_percpu);
	t->key_bytes = t->key->size;
	if (t->has_buckets) {
		t->bucket_offset = (uint32_t)align_up(t->key->size, 8);
		t->key_bytes = t->bucket_offset + 8;
	}
	t->out.map = lower_add_map(
		l, (struct bundle_map){ .name = map_name(l, t->map->name),
					.type = hash_type(kind, t->out.is_percpu),
					.key_size = t->key_bytes,
					.value_size = t->value->size,
					.max_entries = keys > UINT32_MAX ? UINT32_MAX :
									   (uint32_t)keys });
}

/* How many elements is known when the first value is seen. */
static void make_buckets(struct lowering *l, struct table *t)
{
	t->out.is_percpu = true;
	t->key_bytes = 4;
	t->out.map = lower_add_map(l, (struct bundle_map){ .name = map_name(l, t->map->name),
							   .type = BPF_MAP_TYPE_PERCPU_ARRAY,
							   .key_size = 4,
							   .value_size = t->value->size,
							   .max_entries = 1 });
}

int lower_tables(struct lowering *l)
{
	struct table *t;

	for (struct map *map = l->script->maps; map; map = map->next)
		l->table_count++;
	t = l->tables = lower_alloc(l, l->table_count, sizeof *l->tables);
	if (!t)
		return -1;
	for (struct map *map = l->script->maps; map; map = map->next, t++) {
		if (!map->value)
			map->value = type_int(8, true);
		*t = (struct table){
			.map = map,
			.has_buckets = has_buckets(map->value),
			.value = lower_shape(l, map->value, NULL),
			.out = { .name = map->name,
				 .map = BUNDLE_NONE,
				 .set_offset = BUNDLE_NONE,
				 .full_offset = BUNDLE_NONE },
		};
		if (map->key && map->key->kind != TYPE_VOID) {
			t->key = lower_shape(l, map->key, NULL);
			make_hash(l, t);
		} else if (t->has_buckets) {
			make_buckets(l, t);
		} else {
			place_global(l, t);
		}
	}
	return 0;
}

struct table *lower_table(struct lowering *l, const struct map *map)
{
	for (uint32_t i = 0; i < l->table_count; i++)
		if (l->tables[i].map == map)
			return &l->tables[i];
	return &l->tables[0];
}

/* --- keys ------------------------------------------------------------------------------------ */

/* One expression that is in memory as the key must be is the key. */
static struct ir_value *single_key(struct lowering *l, struct table *t, const struct expr *arg,
				   struct place place)
{
	const struct type *type = t->map->key;
	struct value value;

	if (!t->has_buckets && !lower_is_scalar(type) && type_equal(arg->type, type) &&
	    !arg->is_constant) {
		value = lower_expr(l, arg, &place);
		if (value.at == AT_MEMORY && type_equal(value.type, type))
			return lower_address(l, value.ir, value.offset);
		lower_store(l, value, type, place);
	} else {
		lower_expr_into(l, arg, type, place);
	}
	return lower_place_address(l, place);
}

/* Several expressions are a tuple. */
static void tuple_key(struct lowering *l, struct table *t, const struct expr *args,
		      struct place place)
{
	struct expr tuple = { .kind = EXPR_TUPLE, .type = t->map->key };

	tuple.span = args->span;
	memcpy(&tuple.args, &args, sizeof args); /* read only */
	lower_expr_into(l, &tuple, t->map->key, place);
}

/* Remember @args: the shape of the key is made of it. */
static void note_key(struct lowering *l, struct table *t, const struct expr *args, uint32_t count)
{
	struct expr *tuple;

	if (t->key_from)
		return;
	if (count == 1) {
		t->key_from = args;
		return;
	}
	tuple = lower_alloc(l, 1, sizeof *tuple);
	if (!tuple)
		return;
	tuple->kind = EXPR_TUPLE;
	memcpy(&tuple->args, &args, sizeof args);
	t->key_from = tuple;
}

struct ir_value *lower_key(struct lowering *l, struct table *t, const struct expr *args,
			   uint32_t count)
{
	struct place place;

	if (!t->key)
		return NULL;
	note_key(l, t, args, count);
	place = lower_memory(l, t->key_bytes + (t->map->key->kind == TYPE_STRING), false);
	place.has_room = t->map->key->kind == TYPE_STRING;
	if (t->bucket_offset > t->key->size)
		lower_zero(l, place_at(place, t->bucket_offset - 8), 8);
	if (count == 1)
		return single_key(l, t, args, place);
	tuple_key(l, t, args, place);
	return lower_place_address(l, place);
}

static struct ir_value *map_of(struct lowering *l, const struct table *t)
{
	return ir_build_imm(&l->b, IR_MAP, IR_PTR, t->out.map);
}

struct ir_value *lower_lookup(struct lowering *l, const struct table *t, struct ir_value *key)
{
	return lower_call(l, IR_PTR, HELPER_MAP_LOOKUP, map_of(l, t), key, NULL, NULL, NULL);
}

void lower_count(struct lowering *l, uint32_t offset)
{
	(void)ir_build_atomic(&l->b, IR_ATOMIC_ADD, IR_VOID, lower_map_value(l, l->counters, 0),
			      offset, 8, lower_const(l, IR_I64, 1));
}

void lower_count_error(struct lowering *l, const char *helper)
{
	struct bundle_check *checks =
		lower_grow(l, l->checks, l->check_count, &l->check_size, sizeof *l->checks);

	if (!checks)
		return;
	l->checks = checks;
	l->checks[l->check_count] = (struct bundle_check){ .span = l->b.span,
							   .helper = helper,
							   .offset = lower_counter(l) };
	lower_count(l, l->checks[l->check_count++].offset);
}

void lower_check_result(struct lowering *l, struct ir_value *result, const char *helper)
{
	struct ir_block *bad, *done;

	if (!l->options->count_errors)
		return;
	bad = ir_build_block(&l->b);
	done = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_SLT, result, lower_const(l, IR_I64, 0), bad, done);
	ir_build_at(&l->b, bad);
	lower_count_error(l, helper);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

void lower_update(struct lowering *l, struct table *t, struct ir_value *key, struct ir_value *value,
		  uint64_t flags)
{
	struct ir_block *full = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	struct ir_value *result = lower_call(l, IR_I64, HELPER_MAP_UPDATE, map_of(l, t), key, value,
					     lower_const(l, IR_I64, flags), NULL);

	if (t->out.full_offset == BUNDLE_NONE)
		t->out.full_offset = lower_counter(l);
	ir_build_branch(&l->b, IR_NE, result, lower_const(l, IR_I64, 0), full, done);
	ir_build_at(&l->b, full);
	lower_count(l, t->out.full_offset);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

void lower_insert(struct lowering *l, struct table *t, struct ir_value *key, struct ir_value *value)
{
	struct ir_value *result = lower_call(l, IR_I64, HELPER_MAP_UPDATE, map_of(l, t), key, value,
					     lower_const(l, IR_I64, BPF_ANY), NULL);

	if (t->out.full_offset == BUNDLE_NONE)
		t->out.full_offset = lower_counter(l);
	result = ir_build_op1(&l->b, IR_TRUNC, IR_I32, result);
	result = ir_build_op2(&l->b, IR_SHR, result, lower_const(l, IR_I32, 31));
	(void)ir_build_atomic(&l->b, IR_ATOMIC_ADD, IR_VOID, lower_map_value(l, l->counters, 0),
			      t->out.full_offset, 8, ir_build_op1(&l->b, IR_ZEXT, IR_I64, result));
}

/* --- plain values ---------------------------------------------------------------------------- */

struct place lower_global(struct lowering *l, const struct table *t)
{
	return (struct place){ .base = lower_map_value(l, t->out.map, 0),
			       .offset = (int32_t)t->out.offset,
			       .align = 8,
			       .is_padded = true };
}

static void mark_set(struct lowering *l, const struct table *t, struct place place)
{
	ir_build_store(&l->b, place.base, t->out.set_offset, 8, lower_const(l, IR_I64, 1));
}

/* Where the map and its key stand in '@x' and '@x[k]'. */
static struct table *target_table(struct lowering *l, const struct expr *e)
{
	return lower_table(l, e->kind == EXPR_MAP ? e->map : e->a->map);
}

static struct ir_value *target_key(struct lowering *l, struct table *t, const struct expr *e)
{
	return e->kind == EXPR_MAP ? NULL : lower_key(l, t, e->args, e->arg_count);
}

/* What a lookup found, or zero. */
static struct value found_or_zero(struct lowering *l, const struct type *type,
				  struct ir_value *found)
{
	struct ir_block *yes = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	bool is_scalar = lower_is_scalar(type);
	uint32_t var = ir_build_var(&l->b, is_scalar ? lower_ir_type(type) : IR_PTR);

	if (is_scalar)
		ir_build_set(&l->b, var, lower_const(l, lower_ir_type(type), 0));
	else
		ir_build_set(&l->b, var, lower_zeroes(l, lower_size(l, type)));
	ir_build_branch(&l->b, IR_NE, found, lower_const(l, IR_PTR, 0), yes, done);
	ir_build_at(&l->b, yes);
	ir_build_set(&l->b, var,
		     is_scalar ?
			     lower_scalar(l, value_memory(type, (struct place){ .base = found })) :
			     found);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	if (is_scalar)
		return value_reg(type, ir_build_get(&l->b, var));
	return value_memory(type, (struct place){ .base = ir_build_get(&l->b, var), .align = 8 });
}

struct value lower_map_read(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct table *t = target_table(l, e);
	const struct type *type = t->map->value;
	struct ir_value *key = target_key(l, t, e);
	struct value value;

	(void)want;
	if (type_class(type) == CLASS_AGGREGATE) {
		if (type_is_castable_aggregate(type))
			return lower_aggregate_read(l, t, key);
		lower_refuse(l, e->span, "a program cannot read the value '%s'",
			     type_name(l->arena, type));
		return lower_nothing(l, type_int(8, true));
	}
	if (t->key)
		return found_or_zero(l, type, lower_lookup(l, t, key));
	value = value_memory(type, lower_global(l, t));
	return lower_is_scalar(type) ? value_reg(type, lower_scalar(l, value)) : value;
}

static bool is_adding(enum op op, const struct type *type)
{
	return (op == OP_ADD || op == OP_SUB) && lower_is_scalar(type) &&
	       (lower_ir_type(type) == IR_I64 || lower_ir_type(type) == IR_I32);
}

/* 'place op= y' where the value is.  Additions are atomic.  The new value. */
static struct ir_value *change(struct lowering *l, const struct type *type, struct place place,
			       enum op op, struct ir_value *y, bool is_used)
{
	struct ir_value *old, *next;
	const struct type *wide = type_int(8, type->is_signed);
	uint32_t bytes = lower_size(l, type);

	if (is_adding(op, type)) {
		struct ir_value *by = lower_convert(l, y, wide, type);

		if (op == OP_SUB)
			by = ir_is_const(by) ? lower_const(l, by->type, -(uint64_t)by->imm) :
					       ir_build_op1(&l->b, IR_NEG, by->type, by);
		old = ir_build_atomic(&l->b, IR_ATOMIC_ADD, is_used ? by->type : IR_VOID,
				      place.base, place.offset, bytes, by);
		return is_used ? ir_build_op2(&l->b, IR_ADD, old, by) : NULL;
	}
	old = lower_scalar_as(l, value_memory(type, place), wide);
	next = lower_convert(l, lower_arithmetic(l, op, type->is_signed, old, y), wide, type);
	ir_build_store(&l->b, place.base, place.offset, bytes, next);
	return next;
}

/* '@x op= y', '@x[k] op= y': its new value, if @is_used. */
static struct ir_value *change_entry(struct lowering *l, const struct expr *target, enum op op,
				     struct ir_value *y, bool is_used)
{
	struct table *t = target_table(l, target);
	const struct type *type = t->map->value, *wide = type_int(8, type->is_signed);
	struct ir_block *yes, *no, *done;
	struct ir_value *key, *found, *next;
	uint32_t var;

	if (!t->key) {
		struct place place = lower_global(l, t);

		next = change(l, type, place, op, y, is_used);
		mark_set(l, t, place);
		return next;
	}
	key = target_key(l, t, target);
	var = ir_build_var(&l->b, lower_ir_type(type));
	yes = ir_build_block(&l->b);
	no = ir_build_block(&l->b);
	done = ir_build_block(&l->b);
	found = lower_lookup(l, t, key);
	ir_build_branch(&l->b, IR_NE, found, lower_const(l, IR_PTR, 0), yes, no);
	ir_build_at(&l->b, yes);
	next = change(l, type, (struct place){ .base = found, .align = 8 }, op, y, is_used);
	if (is_used)
		ir_build_set(&l->b, var, next);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, no);
	next = op == OP_ADD ?
		       y :
		       lower_arithmetic(l, op, type->is_signed, lower_const(l, IR_I64, 0), y);
	next = lower_convert(l, next, wide, type);
	if (is_used)
		ir_build_set(&l->b, var, next);
	if (ir_is_const(next) && next->imm == 1 && lower_size(l, type) == 8) {
		lower_insert(l, t, key, lower_one(l));
	} else {
		struct place place = lower_memory(l, lower_size(l, type), false);

		ir_build_store(&l->b, place.base, place.offset, lower_size(l, type), next);
		lower_insert(l, t, key, lower_place_address(l, place));
	}
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	return is_used ? ir_build_get(&l->b, var) : NULL;
}

static uint64_t step_size(const struct type *type)
{
	return type->kind == TYPE_POINTER && type->of->size ? type->of->size : 1;
}

struct value lower_map_step(struct lowering *l, const struct expr *e, bool is_used)
{
	const struct type *type = target_table(l, e->a)->map->value;
	struct ir_value *by = lower_const(l, IR_I64, step_size(type));
	struct ir_value *next = change_entry(l, e->a, e->op, by, is_used);

	if (!is_used)
		return (struct value){ .type = type_plain(TYPE_VOID) };
	if (!e->is_prefix) {
		by = lower_const(l, next->type, step_size(type));
		next = ir_build_op2(&l->b, e->op == OP_SUB ? IR_ADD : IR_SUB, next, by);
	}
	return value_reg(type, next);
}

static bool is_value_call(const struct expr *e)
{
	return e->kind == EXPR_CALL && e->func && e->func->flags & FUNC_IS_VALUE;
}

void lower_map_assign(struct lowering *l, const struct stmt *s)
{
	struct table *t = target_table(l, s->target);
	const struct type *type = t->map->value;
	struct value value;
	struct ir_value *key;

	if (is_value_call(s->value)) {
		lower_aggregate(l, s->target, s->value);
		return;
	}
	if (type_class(type) == CLASS_AGGREGATE) {
		lower_refuse(l, s->span, "'%s' has values of the type '%s', which are not assigned",
			     t->map->name, type_name(l->arena, type));
		return;
	}
	if (s->op != OP_NONE) {
		(void)change_entry(l, s->target, s->op,
				   lower_expr_as(l, s->value, type_int(8, type->is_signed)), false);
		return;
	}
	if (!t->value_from)
		t->value_from = s->value;
	if (lower_is_scalar(type))
		value = value_reg(type, lower_expr_as(l, s->value, type));
	else
		value = lower_expr(l, s->value, NULL);
	/* At once: a register would have to be kept over the calls of the key. */
	if (t->key && lower_is_scalar(type))
		value = lower_in_memory(l, value, type);
	if (!t->key) {
		struct place place = lower_global(l, t);

		lower_store(l, value, type, place);
		mark_set(l, t, place);
		return;
	}
	key = target_key(l, t, s->target);
	value = lower_in_memory(l, value, type);
	lower_update(l, t, key, lower_address(l, value.ir, value.offset), BPF_ANY);
}

/* --- delete, has_key, find ------------------------------------------------------------------- */

static struct value result_is_zero(struct lowering *l, struct ir_value *result, enum ir_cond cond)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);

	ir_build_branch(&l->b, cond, result, lower_const(l, result->type, 0), yes, no);
	return value_reg(type_plain(TYPE_BOOL), lower_bool(l, yes, no));
}

/* What other CPUs have a program cannot reset without disturbing them: the session does, and the program goes on,
 * not knowing whether there was anything. */
static struct value delete_global(struct lowering *l, const struct expr *e, const struct table *t)
{
	struct ir_value *was_set;
	struct place place;

	if (t->out.is_percpu) {
		lower_clear(l, e);
		return value_reg(type_plain(TYPE_BOOL), lower_const(l, IR_I8, 1));
	}
	place = lower_global(l, t);
	was_set = ir_build_load(&l->b, IR_I64, place.base, t->out.set_offset, 8);
	lower_zero(l, place, lower_size(l, t->map->value));
	ir_build_store(&l->b, place.base, t->out.set_offset, 8, lower_const(l, IR_I64, 0));
	return result_is_zero(l, was_set, IR_NE);
}

/* 0, or a negative errno */
static struct ir_value *delete_key(struct lowering *l, const struct table *t, struct ir_value *key)
{
	return lower_call(l, IR_I64, HELPER_MAP_DELETE, map_of(l, t), key, NULL, NULL, NULL);
}

/* One element for each bucket.  The results' bits are joined by 'and': of negative numbers that is a negative
 * one, so 0 says that some bucket was there. */
static struct ir_value *delete_buckets(struct lowering *l, const struct table *t,
				       struct ir_value *key)
{
	const struct expr *from = t->value_from ? t->value_from : t->map->set_by;
	const struct shape *shape = lower_shape(l, t->map->value, from);
	struct ir_block *loop = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	uint32_t bucket_var = ir_build_var(&l->b, IR_I64), all_var = ir_build_var(&l->b, IR_I64);
	struct ir_value *bucket, *all;

	ir_build_set(&l->b, bucket_var, lower_const(l, IR_I64, 0));
	ir_build_set(&l->b, all_var, lower_const(l, IR_I64, UINT64_MAX));
	ir_build_jump(&l->b, loop);
	ir_build_at(&l->b, loop);
	bucket = ir_build_get(&l->b, bucket_var);
	ir_build_store(&l->b, key, t->bucket_offset, 8, bucket);
	all = ir_build_op2(&l->b, IR_AND, ir_build_get(&l->b, all_var), delete_key(l, t, key));
	ir_build_set(&l->b, all_var, all);
	bucket = ir_build_op2(&l->b, IR_ADD, bucket, lower_const(l, IR_I64, 1));
	ir_build_set(&l->b, bucket_var, bucket);
	ir_build_branch(&l->b, IR_LT, bucket, lower_const(l, IR_I64, shape->buckets), loop, done);
	ir_build_at(&l->b, done);
	return ir_build_get(&l->b, all_var);
}

static struct value delete_entry(struct lowering *l, const struct expr *e)
{
	const struct expr *target = e->args, *key_arg = e->args->next;
	struct table *t = target_table(l, target);
	struct ir_value *key;

	if (!t->key)
		return delete_global(l, e, t);
	if (!key_arg && target->kind == EXPR_MAP) {
		lower_refuse(l, e->span, "'delete' needs to know which key of '%s'", t->map->name);
		diag_hint(l->diag, "clear(%s) removes all", t->map->name);
		return lower_nothing(l, type_plain(TYPE_BOOL));
	}
	key = key_arg ? lower_key(l, t, key_arg, 1) : target_key(l, t, target);
	return result_is_zero(l, t->has_buckets ? delete_buckets(l, t, key) : delete_key(l, t, key),
			      IR_EQ);
}

/* Entries of histograms are found by their buckets, of which any may be missing. */
static struct ir_value *find_entry(struct lowering *l, const struct expr *e)
{
	struct table *t = lower_table(l, e->args->map);

	if (!t->key || t->has_buckets) {
		lower_refuse(l, e->span, "'%s' has no keys that can be asked for", t->map->name);
		return lower_const(l, IR_PTR, 0);
	}
	return lower_lookup(l, t, lower_key(l, t, e->args->next, 1));
}

static struct value find(struct lowering *l, const struct expr *e)
{
	struct table *t = lower_table(l, e->args->map);
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct ir_block *set = ir_build_block(&l->b);
	struct ir_value *found = find_entry(l, e);
	struct place place = { .base = found, .align = 8 };

	ir_build_branch(&l->b, IR_NE, found, lower_const(l, IR_PTR, 0), set, no);
	ir_build_at(&l->b, set);
	if (type_class(t->map->value) == CLASS_AGGREGATE)
		lower_refuse(l, e->span, "'find' gives plain values only");
	else
		lower_set_variable(l, lower_binding(l, e->args->next->next->var),
				   value_memory(t->map->value, place));
	ir_build_jump(&l->b, yes);
	return value_reg(e->type, lower_bool(l, yes, no));
}

struct value lower_map_call(struct lowering *l, const struct expr *e)
{
	switch (e->func->id) {
	case FUNC_DELETE: return delete_entry(l, e);
	case FUNC_HAS_KEY: return result_is_zero(l, find_entry(l, e), IR_NE);
	case FUNC_FIND: return find(l, e);
	default: break;
	}
	lower_refuse(l, e->span, "'%s' cannot be compiled yet", e->name);
	return lower_nothing(l, e->type);
}
