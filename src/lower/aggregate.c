/*
 * aggregate.c - count(), sum() and their kin: values that each CPU keeps for itself, so that nothing
 * need be atomic.
 *
 * A new entry begins with the value that one event makes; in place there is an addition or comparison.
 * Histograms have a map element for each bucket, which is found without loops.
 */
#include "lower/lowering.h"

#include <linux/bpf.h>

#include "base/bits.h"

/* --- where the value is ---------------------------------------------------------------------- */

/* Go on if @pointer is not NULL; it never is, but the verifier does not know. */
static void must_be(struct lowering *l, struct ir_value *pointer)
{
	struct ir_block *next = ir_build_block(&l->b), *missing = ir_build_block(&l->b);

	ir_build_branch(&l->b, IR_EQ, pointer, lower_const(l, IR_PTR, 0), missing, next);
	ir_build_at(&l->b, missing);
	lower_return(l, NULL);
	ir_build_return(&l->b, lower_const(l, IR_I32, 0)); /* cannot be reached */
	ir_build_at(&l->b, next);
}

/* Element 0 of per-CPU array @map. */
static struct ir_value *first_element(struct lowering *l, uint32_t map)
{
	struct place key = lower_memory(l, 4, false);
	struct ir_value *base;

	ir_build_store(&l->b, key.base, key.offset, 4, lower_const(l, IR_I32, 0));
	base = lower_call(l, IR_PTR, HELPER_MAP_LOOKUP, ir_build_imm(&l->b, IR_MAP, IR_PTR, map),
			  lower_place_address(l, key), NULL, NULL, NULL);
	must_be(l, base);
	return base;
}

/* Where @t is, which has no key.  That of the array that many share is remembered. */
static struct ir_value *percpu_base(struct lowering *l, const struct table *t)
{
	if (t->out.map != l->percpu)
		return first_element(l, t->out.map);
	if (l->f->cache.values[CACHED_PERCPU])
		return l->f->cache.values[CACHED_PERCPU];
	return lower_cache(l->f, CACHED_PERCPU, first_element(l, l->percpu));
}

/* --- values ---------------------------------------------------------------------------------- */

/* *(u64 *)(place + offset) += by */
static void add_to(struct lowering *l, struct place place, uint32_t offset, struct ir_value *by)
{
	struct ir_value *old =
		ir_build_load(&l->b, IR_I64, place.base, place.offset + (int32_t)offset, 8);

	ir_build_store(&l->b, place.base, place.offset + (int32_t)offset, 8,
		       ir_build_op2(&l->b, IR_ADD, old, by));
}

static void set_to(struct lowering *l, struct place place, uint32_t offset, struct ir_value *value)
{
	ir_build_store(&l->b, place.base, place.offset + (int32_t)offset, 8, value);
}

/* The smaller or larger one stays; there is none as long as the u64 behind it is 0. */
static void keep_better(struct lowering *l, struct place place, bool is_min, bool is_signed,
			struct ir_value *x)
{
	struct ir_block *compare = ir_build_block(&l->b), *set = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	struct ir_value *is_set, *old;
	enum ir_cond cond = is_min ? (is_signed ? IR_SLT : IR_LT) : (is_signed ? IR_SGT : IR_GT);

	is_set = ir_build_load(&l->b, IR_I64, place.base, place.offset + 8, 8);
	ir_build_branch(&l->b, IR_EQ, is_set, lower_const(l, IR_I64, 0), set, compare);
	ir_build_at(&l->b, compare);
	old = ir_build_load(&l->b, IR_I64, place.base, place.offset, 8);
	ir_build_branch(&l->b, cond, lower_aside(l, x), old, set, done);
	ir_build_at(&l->b, set);
	set_to(l, place, 0, x);
	set_to(l, place, 8, lower_const(l, IR_I64, 1));
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

/* One more event with the value @x, in place. */
static void add_value(struct lowering *l, const struct table *t, struct place place,
		      struct ir_value *x)
{
	const struct type *type = t->map->value;
	struct ir_value *one = lower_const(l, IR_I64, 1);

	switch (type->kind) {
	case TYPE_COUNT: add_to(l, place, 0, one); break;
	case TYPE_SUM: add_to(l, place, 0, x); break;
	case TYPE_MIN:
	case TYPE_MAX: keep_better(l, place, type->kind == TYPE_MIN, type->is_signed, x); break;
	case TYPE_AVG:
	case TYPE_STATS:
		add_to(l, place, 0, x);
		add_to(l, place, 8, one);
		break;
	default: add_to(l, place, 0, one); break; /* a bucket */
	}
}

/* What the first event makes. */
static void first_value(struct lowering *l, const struct table *t, struct place place,
			struct ir_value *x)
{
	struct ir_value *one = lower_const(l, IR_I64, 1);

	switch (t->map->value->kind) {
	case TYPE_SUM: set_to(l, place, 0, x); break;
	case TYPE_MIN:
	case TYPE_MAX:
	case TYPE_AVG:
	case TYPE_STATS:
		set_to(l, place, 0, x);
		set_to(l, place, 8, one);
		break;
	default: set_to(l, place, 0, one); break;
	}
}

/* --- buckets --------------------------------------------------------------------------------- */

/* Set @var to the bucket of @x and go to @done. */
static void finish_bucket(struct lowering *l, uint32_t var, struct ir_value *bucket,
			  struct ir_block *done)
{
	ir_build_set(&l->b, var, bucket);
	ir_build_jump(&l->b, done);
}

/* How many bits x (below 2^63) has: 0 for 0, 1 + log2(x) for others.  Without branches: all bits below the
 * highest one of 2x + 1 are set, and each of the 64 numbers that come of that, times BITS_FACTOR, has
 * other six bits at its top (Leiserson, Prokop, Randall, "Using de Bruijn Sequences to Index a 1 in a
 * Computer Word", 1998). */
static const uint64_t BITS_FACTOR = 0x03f79d71b4cb0a89;

static uint32_t bits_map(struct lowering *l)
{
	uint8_t *table;

	if (l->bits != BUNDLE_NONE)
		return l->bits;
	table = lower_alloc(l, 1, 64);
	for (unsigned int k = 0; table && k < 64; k++)
		table[((UINT64_MAX >> (63 - k)) * BITS_FACTOR) >> 58] = (uint8_t)k;
	l->bits = lower_add_map(l, (struct bundle_map){ .name = "bits",
							.type = BPF_MAP_TYPE_ARRAY,
							.key_size = 4,
							.value_size = 64,
							.max_entries = 1,
							.flags = BPF_F_RDONLY_PROG,
							.data = table,
							.data_len = 64,
							.is_frozen = true });
	return l->bits;
}

static struct ir_value *bits_of(struct lowering *l, struct ir_value *x)
{
	struct ir_value *one = lower_const(l, IR_I64, 1);

	x = ir_build_op2(&l->b, IR_OR, ir_build_op2(&l->b, IR_SHL, x, one), one);
	for (unsigned int by = 1; by <= 32; by *= 2)
		x = ir_build_op2(&l->b, IR_OR, x,
				 ir_build_op2(&l->b, IR_SHR, x, lower_const(l, IR_I64, by)));
	x = ir_build_op2(&l->b, IR_MUL, x, lower_const(l, IR_I64, BITS_FACTOR));
	x = ir_build_op2(&l->b, IR_SHR, x, lower_const(l, IR_I64, 58));
	x = ir_build_op2(&l->b, IR_PTR_ADD, lower_map_value(l, bits_map(l), 0), x);
	return ir_build_load(&l->b, IR_I64, x, 0, 1);
}

/* Numbers below 2^k have buckets of their own; above them, the k bits behind the first one and its place
 * say which: see shape.h. */
static struct ir_value *hist_bucket(struct lowering *l, const struct shape *shape,
				    struct ir_value *x, bool is_signed)
{
	struct ir_block *negative = ir_build_block(&l->b), *other = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	uint32_t var = ir_build_var(&l->b, IR_I64), k = shape->bits;
	struct ir_value *one = lower_const(l, IR_I64, 1), *bits, *shift;

	x = lower_aside(l, x);
	if (is_signed)
		ir_build_branch(&l->b, IR_SLT, x, lower_const(l, IR_I64, 0), negative, other);
	else
		ir_build_jump(&l->b, other);
	ir_build_at(&l->b, negative);
	finish_bucket(l, var, lower_const(l, IR_I64, 0), done);
	ir_build_at(&l->b, other);
	if (k == 0) {
		finish_bucket(l, var, ir_build_op2(&l->b, IR_ADD, bits_of(l, x), one), done);
	} else {
		struct ir_block *small = ir_build_block(&l->b), *large = ir_build_block(&l->b);
		struct ir_value *bucket;

		ir_build_branch(&l->b, IR_LT, x, lower_const(l, IR_I64, 1ull << k), small, large);
		ir_build_at(&l->b, small);
		finish_bucket(l, var, ir_build_op2(&l->b, IR_ADD, x, one), done);
		ir_build_at(&l->b, large);
		bits = bits_of(l, x);
		shift = ir_build_op2(&l->b, IR_SUB, bits, lower_const(l, IR_I64, k + 1));
		bucket = ir_build_op2(&l->b, IR_SHL, shift, lower_const(l, IR_I64, k));
		bucket = ir_build_op2(&l->b, IR_ADD, bucket, ir_build_op2(&l->b, IR_SHR, x, shift));
		finish_bucket(l, var, ir_build_op2(&l->b, IR_ADD, bucket, one), done);
	}
	ir_build_at(&l->b, done);
	return ir_build_get(&l->b, var);
}

static struct ir_value *lhist_bucket(struct lowering *l, const struct shape *shape,
				     struct ir_value *x, bool is_signed)
{
	struct ir_block *below = ir_build_block(&l->b), *other = ir_build_block(&l->b);
	struct ir_block *above = ir_build_block(&l->b), *inside = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	uint32_t var = ir_build_var(&l->b, IR_I64);
	struct ir_value *min = lower_const(l, IR_I64, (uint64_t)shape->min), *by;

	x = lower_aside(l, x);
	ir_build_branch(&l->b, is_signed ? IR_SLT : IR_LT, x, min, below, other);
	ir_build_at(&l->b, below);
	finish_bucket(l, var, lower_const(l, IR_I64, 0), done);
	ir_build_at(&l->b, other);
	ir_build_branch(&l->b, is_signed ? IR_SGE : IR_GE, x,
			lower_const(l, IR_I64, (uint64_t)shape->max), above, inside);
	ir_build_at(&l->b, above);
	finish_bucket(l, var, lower_const(l, IR_I64, shape->buckets - 1), done);
	ir_build_at(&l->b, inside);
	by = shape->min ? ir_build_op2(&l->b, IR_SUB, x, min) : x;
	by = ir_build_op2(&l->b, IR_DIV, by, lower_const(l, IR_I64, shape->step));
	finish_bucket(l, var, ir_build_op2(&l->b, IR_ADD, by, lower_const(l, IR_I64, 1)), done);
	ir_build_at(&l->b, done);
	return ir_build_get(&l->b, var);
}

/* The shape of the buckets, which all assignments must agree on. */
static const struct shape *bucket_shape(struct lowering *l, struct table *t,
					const struct expr *call)
{
	const struct shape *shape = lower_shape(l, t->map->value, call), *first;
	struct bundle_map *map = &l->maps[t->out.map];

	if (!t->value_from)
		t->value_from = call;
	first = lower_shape(l, t->map->value, t->value_from);
	if (first->buckets != shape->buckets || first->bits != shape->bits ||
	    first->min != shape->min || first->max != shape->max || first->step != shape->step ||
	    first->series != shape->series) {
		lower_refuse(l, call->span, "'%s' has other buckets elsewhere", t->map->name);
		diag_hint(l->diag, "use the same numbers everywhere, or another map");
	}
	if (!t->key)
		map->max_entries = shape->buckets;
	map->value_size = shape->size;
	return shape;
}

/* --- series ---------------------------------------------------------------------------------- */

/* An element that is left from an earlier round is begun anew. */
static void begin_epoch(struct lowering *l, struct place place, struct ir_value *epoch)
{
	struct ir_block *begin = ir_build_block(&l->b), *go_on = ir_build_block(&l->b);
	struct ir_value *old = ir_build_load(&l->b, IR_I64, place.base, place.offset, 8);
	struct ir_value *zero = lower_const(l, IR_I64, 0);

	ir_build_branch(&l->b, IR_EQ, old, epoch, go_on, begin);
	ir_build_at(&l->b, begin);
	set_to(l, place, 0, epoch);
	set_to(l, place, 8, zero);
	set_to(l, place, 16, zero);
	ir_build_jump(&l->b, go_on);
	ir_build_at(&l->b, go_on);
}

static void add_to_epoch(struct lowering *l, const struct shape *shape, struct place place,
			 struct ir_value *x, struct ir_value *now)
{
	struct place value = place_at(place, 8);

	switch (shape->series) {
	case SERIES_LAST:
		set_to(l, value, 0, x);
		set_to(l, value, 8, now);
		break;
	case SERIES_AVG:
	case SERIES_SUM:
		add_to(l, value, 0, x);
		add_to(l, value, 8, lower_const(l, IR_I64, 1));
		break;
	case SERIES_MIN:
	case SERIES_MAX:
		keep_better(l, value, shape->series == SERIES_MIN, shape->is_signed, x);
		break;
	}
}

static void first_of_epoch(struct lowering *l, const struct shape *shape, struct place place,
			   struct ir_value *x, struct ir_value *now, struct ir_value *epoch)
{
	set_to(l, place, 0, epoch);
	set_to(l, place, 8, x);
	set_to(l, place, 16, shape->series == SERIES_LAST ? now : lower_const(l, IR_I64, 1));
}

/* --- assignments ----------------------------------------------------------------------------- */

/* One value of a bucket, and how it is added to what is there. */
struct occurrence {
	const struct shape *shape; /* of buckets; else NULL */
	struct ir_value *x;
	struct ir_value *now, *epoch; /* of series */
};

static void add_event(struct lowering *l, const struct table *t, const struct occurrence *event,
		      struct place place)
{
	if (event->epoch) {
		begin_epoch(l, place, event->epoch);
		add_to_epoch(l, event->shape, place, event->x, event->now);
	} else {
		add_value(l, t, place, event->x);
	}
}

static void make_entry(struct lowering *l, struct table *t, const struct occurrence *event,
		       struct ir_value *key)
{
	struct place place;

	if (l->maps[t->out.map].value_size == 8 && t->map->value->kind != TYPE_SUM) {
		lower_insert(l, t, key, lower_one(l));
		return;
	}
	place = lower_memory(l, l->maps[t->out.map].value_size, false);
	if (event->epoch)
		first_of_epoch(l, event->shape, place, event->x, event->now, event->epoch);
	else
		first_value(l, t, place, event->x);
	lower_insert(l, t, key, lower_place_address(l, place));
}

/* In a hash: add to what is there, or make it. */
static void add_by_key(struct lowering *l, struct table *t, const struct occurrence *event,
		       struct ir_value *key)
{
	struct ir_block *there = ir_build_block(&l->b), *missing = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	struct ir_value *found = lower_lookup(l, t, key);

	ir_build_branch(&l->b, IR_NE, found, lower_const(l, IR_PTR, 0), there, missing);
	ir_build_at(&l->b, there);
	add_event(l, t, event, (struct place){ .base = found, .align = 8 });
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, missing);
	make_entry(l, t, event, key);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

/* In an array with an element for each bucket. */
static void add_by_bucket(struct lowering *l, struct table *t, const struct occurrence *event,
			  struct ir_value *bucket)
{
	struct place key = lower_memory(l, 4, false);
	struct ir_value *found;

	ir_build_store(&l->b, key.base, key.offset, 4,
		       ir_build_op1(&l->b, IR_TRUNC, IR_I32, bucket));
	found = lower_lookup(l, t, lower_place_address(l, key));
	must_be(l, found);
	add_event(l, t, event, (struct place){ .base = found, .align = 8 });
}

static void add_global(struct lowering *l, struct table *t, const struct occurrence *event)
{
	struct place place = { .base = percpu_base(l, t), .align = 8 };

	place.offset = (int32_t)t->out.offset;
	add_value(l, t, place, event->x);
	if (t->map->value->kind == TYPE_SUM)
		ir_build_store(&l->b, place.base, t->out.set_offset, 8, lower_const(l, IR_I64, 1));
}

static struct ir_value *bucket_of(struct lowering *l, struct table *t, const struct expr *call,
				  struct occurrence *event)
{
	bool is_signed = call->args->type->kind != TYPE_INT || call->args->type->is_signed;

	event->shape = bucket_shape(l, t, call);
	switch (t->map->value->kind) {
	case TYPE_HIST: return hist_bucket(l, event->shape, event->x, is_signed);
	case TYPE_LHIST: return lhist_bucket(l, event->shape, event->x, is_signed);
	default: break;
	}
	event->now = lower_call(l, IR_I64, HELPER_KTIME_GET_TAI_NS, NULL, NULL, NULL, NULL, NULL);
	event->epoch =
		ir_build_op2(&l->b, IR_DIV, event->now, lower_const(l, IR_I64, event->shape->step));
	return ir_build_op2(&l->b, IR_MOD, event->epoch,
			    lower_const(l, IR_I64, event->shape->buckets));
}

void lower_aggregate(struct lowering *l, const struct expr *target, const struct expr *call)
{
	struct table *t = lower_table(l, target->kind == EXPR_MAP ? target->map : target->a->map);
	struct occurrence event = { 0 };
	struct ir_value *key = NULL, *bucket = NULL;

	if (!t->value_from)
		t->value_from = call;
	if (call->args)
		event.x = lower_expr_as(l, call->args, type_int(8, true));
	if (t->key)
		key = lower_key(l, t, target->args, target->arg_count);
	if (t->has_buckets)
		bucket = bucket_of(l, t, call, &event);
	if (!t->key) {
		if (bucket)
			add_by_bucket(l, t, &event, bucket);
		else
			add_global(l, t, &event);
		return;
	}
	if (bucket)
		ir_build_store(&l->b, key, t->bucket_offset, 8, bucket);
	add_by_key(l, t, &event, key);
}

/* --- reading --------------------------------------------------------------------------------- */

/* What one CPU has, taken into the variables: total or best, and count or 'is set'. */
static void take_in(struct lowering *l, const struct type *type, struct place place,
		    const uint32_t vars[2])
{
	struct ir_value *x = ir_build_load(&l->b, IR_I64, place.base, place.offset, 8), *count;
	struct ir_block *compare, *set, *done;
	enum ir_cond cond;

	if (type->kind != TYPE_MIN && type->kind != TYPE_MAX) {
		ir_build_set(&l->b, vars[0],
			     ir_build_op2(&l->b, IR_ADD, ir_build_get(&l->b, vars[0]), x));
		if (type->kind != TYPE_AVG)
			return;
		count = ir_build_load(&l->b, IR_I64, place.base, place.offset + 8, 8);
		ir_build_set(&l->b, vars[1],
			     ir_build_op2(&l->b, IR_ADD, ir_build_get(&l->b, vars[1]), count));
		return;
	}
	compare = ir_build_block(&l->b);
	set = ir_build_block(&l->b);
	done = ir_build_block(&l->b);
	cond = type->kind == TYPE_MIN ? (type->is_signed ? IR_SLT : IR_LT) :
					(type->is_signed ? IR_SGT : IR_GT);
	count = ir_build_load(&l->b, IR_I64, place.base, place.offset + 8, 8);
	ir_build_branch(&l->b, IR_NE, count, lower_const(l, IR_I64, 0), compare, done);
	ir_build_at(&l->b, compare);
	{
		struct ir_block *better = ir_build_block(&l->b);

		ir_build_branch(&l->b, IR_EQ, ir_build_get(&l->b, vars[1]),
				lower_const(l, IR_I64, 0), set, better);
		ir_build_at(&l->b, better);
		ir_build_branch(&l->b, cond, x, ir_build_get(&l->b, vars[0]), set, done);
	}
	ir_build_at(&l->b, set);
	ir_build_set(&l->b, vars[0], x);
	ir_build_set(&l->b, vars[1], lower_const(l, IR_I64, 1));
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

/* Over all CPUs: a loop that ends after as many rounds as there are CPUs. */
struct value lower_aggregate_read(struct lowering *l, struct table *t, struct ir_value *key)
{
	const struct type *type = t->map->value;
	struct ir_block *loop = ir_build_block(&l->b), *body = ir_build_block(&l->b);
	struct ir_block *next = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	uint32_t cpu_var = ir_build_var(&l->b, IR_I32);
	uint32_t vars[2] = { ir_build_var(&l->b, IR_I64), ir_build_var(&l->b, IR_I64) };
	struct ir_value *cpu, *found, *result;
	struct place place = { .align = 8 };

	if (!key) {
		struct place zero = lower_memory(l, 4, false);

		ir_build_store(&l->b, zero.base, zero.offset, 4, lower_const(l, IR_I32, 0));
		key = lower_place_address(l, zero);
		place.offset = (int32_t)t->out.offset;
	}
	for (unsigned int i = 0; i < 2; i++)
		ir_build_set(&l->b, vars[i], lower_const(l, IR_I64, 0));
	ir_build_set(&l->b, cpu_var, lower_const(l, IR_I32, 0));
	ir_build_jump(&l->b, loop);
	ir_build_at(&l->b, loop);
	cpu = ir_build_get(&l->b, cpu_var);
	found = lower_call(l, IR_PTR, HELPER_MAP_LOOKUP_PERCPU,
			   ir_build_imm(&l->b, IR_MAP, IR_PTR, t->out.map), key, cpu, NULL, NULL);
	ir_build_branch(&l->b, IR_EQ, found, lower_const(l, IR_PTR, 0), done, body);
	ir_build_at(&l->b, body);
	place.base = found;
	take_in(l, type, place, vars);
	ir_build_jump(&l->b, next);
	ir_build_at(&l->b, next);
	cpu = ir_build_op2(&l->b, IR_ADD, ir_build_get(&l->b, cpu_var), lower_const(l, IR_I32, 1));
	ir_build_set(&l->b, cpu_var, cpu);
	ir_build_branch(&l->b, IR_LT, cpu, lower_const(l, IR_I32, l->options->cpus), loop, done);
	ir_build_at(&l->b, done);
	result = ir_build_get(&l->b, vars[0]);
	if (type->kind == TYPE_AVG)
		result = lower_quotient(l, type->is_signed ? IR_SDIV : IR_DIV, result,
					ir_build_get(&l->b, vars[1]));
	return value_reg(type_int(8, type->kind == TYPE_COUNT || type->is_signed), result);
}
