/*
 * reduce.c - from the values of all CPUs to one.
 */
#include "run/reduce.h"

#include <string.h>

#include "base/bits.h"

bool reduce_has_buckets(const struct shape *shape)
{
	return shape->kind == SHAPE_HIST || shape->kind == SHAPE_LHIST ||
	       shape->kind == SHAPE_TSERIES;
}

size_t reduce_bytes(const struct shape *shape)
{
	switch (shape->kind) {
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX: return 8;
	case SHAPE_AVG:
	case SHAPE_STATS: return 16;
	case SHAPE_HIST:
	case SHAPE_LHIST: return (size_t)shape->buckets * 8;
	case SHAPE_TSERIES: return shape->buckets * sizeof(struct out_point);
	case SHAPE_INT:
	case SHAPE_BOOL:
	case SHAPE_ENUM:
	case SHAPE_FLOAT:
	case SHAPE_POINTER:
	case SHAPE_STRING:
	case SHAPE_BUFFER:
	case SHAPE_INET:
	case SHAPE_MAC:
	case SHAPE_ARRAY:
	case SHAPE_TUPLE:
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION:
	case SHAPE_KSTACK:
	case SHAPE_USTACK:
	case SHAPE_KSYM:
	case SHAPE_USYM:
	case SHAPE_TIMESTAMP:
	case SHAPE_CGROUP_PATH:
	case SHAPE_USERNAME:
	case SHAPE_PROBE: break;
	}
	return shape->size;
}

static bool is_less(const struct shape *shape, uint64_t a, uint64_t b)
{
	return shape->is_signed ? (int64_t)a < (int64_t)b : a < b;
}

/* The sum of the u64 at @offset of each value. */
static uint64_t sum(const uint8_t *values, uint32_t cpus, size_t stride, size_t offset)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < cpus; i++)
		total += load_u64(values + i * stride + offset);
	return total;
}

/* MIN, MAX: of those that are set. */
static bool reduce_extreme(const struct shape *shape, const uint8_t *values, uint32_t cpus,
			   size_t stride, uint8_t *ret_value)
{
	bool is_set = false;
	uint64_t best = 0;

	for (uint32_t i = 0; i < cpus; i++) {
		uint64_t value = load_u64(values + i * stride);

		if (!load_u64(values + i * stride + 8))
			continue;
		if (!is_set || (shape->kind == SHAPE_MIN ? is_less(shape, value, best) :
							   is_less(shape, best, value)))
			best = value;
		is_set = true;
	}
	store_u64(ret_value, best);
	return is_set;
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Values that are no aggregates add up where they are numbers; of others the first that is not empty counts. */
static bool reduce_plain(const struct shape *shape, const uint8_t *values, uint32_t cpus,
			 size_t stride, uint8_t *ret_value)
{
	const uint8_t *first = values;

	if (shape->kind == SHAPE_INT && shape->size <= 8 && cpus > 1) {
		uint64_t total = 0, value;

		for (uint32_t i = 0; i < cpus; i++) {
			value = 0;
			memcpy(&value, values + i * stride, shape->size);
			total += value;
		}
		memcpy(ret_value, &total, shape->size);
		return total != 0;
	}
	for (uint32_t i = 0; i < cpus && is_zero(first, shape->size); i++)
		first = values + i * stride;
	memcpy(ret_value, first, shape->size);
	return !is_zero(first, shape->size);
}

bool reduce_value(const struct shape *shape, const uint8_t *values, uint32_t cpus, size_t stride,
		  uint8_t *ret_value)
{
	if (shape->kind == SHAPE_COUNT || shape->kind == SHAPE_SUM) {
		store_u64(ret_value, sum(values, cpus, stride, 0));
		return load_u64(ret_value) != 0;
	}
	if (shape->kind == SHAPE_MIN || shape->kind == SHAPE_MAX)
		return reduce_extreme(shape, values, cpus, stride, ret_value);
	if (shape->kind == SHAPE_AVG || shape->kind == SHAPE_STATS) {
		store_u64(ret_value, sum(values, cpus, stride, 0));
		store_u64(ret_value + 8, sum(values, cpus, stride, 8));
		return load_u64(ret_value + 8) != 0;
	}
	return reduce_plain(shape, values, cpus, stride, ret_value);
}

void reduce_merge(const struct shape *shape, bool is_percpu, const uint8_t *other, uint8_t *value)
{
	enum { STRIDE = 16 };
	uint8_t both[2 * STRIDE] = { 0 };
	size_t bytes = reduce_bytes(shape);

	if (bytes > STRIDE || (shape->kind < SHAPE_COUNT && !is_percpu))
		return;
	memcpy(both, value, bytes);
	memcpy(both + STRIDE, other, bytes);
	if (shape->kind == SHAPE_MIN || shape->kind == SHAPE_MAX) { /* both are set */
		store_u64(both + 8, 1);
		store_u64(both + STRIDE + 8, 1);
	}
	(void)reduce_value(shape, both, 2, STRIDE, value);
}

/* --- series ----------------------------------------------------------------------------------- */

static int64_t merge_values(const struct shape *shape, const struct reduce_point *a,
			    const struct reduce_point *b)
{
	uint64_t x = (uint64_t)a->value, y = (uint64_t)b->value;

	switch (shape->series) {
	case SERIES_LAST: return a->weight > b->weight ? a->value : b->value;
	case SERIES_AVG:
	case SERIES_SUM: return (int64_t)(x + y);
	case SERIES_MIN: return is_less(shape, x, y) ? a->value : b->value;
	case SERIES_MAX: return is_less(shape, x, y) ? b->value : a->value;
	}
	return 0;
}

/* One bucket serves an epoch after the other; on some CPUs there may still be an old one. */
static void merge_point(const struct shape *shape, const struct reduce_point *with,
			struct reduce_point *point)
{
	if (with->weight == 0 || (point->weight != 0 && with->epoch < point->epoch))
		return;
	if (point->weight == 0 || with->epoch > point->epoch) {
		*point = *with;
		return;
	}
	point->value = merge_values(shape, point, with);
	if (shape->series != SERIES_LAST)
		point->weight += with->weight;
	else if (with->weight > point->weight)
		point->weight = with->weight;
}

void reduce_add_bucket(const struct shape *shape, uint32_t bucket, const uint8_t *values,
		       uint32_t cpus, size_t stride, uint8_t *value, struct reduce_point *points)
{
	if (bucket >= shape->buckets)
		return;
	if (shape->kind != SHAPE_TSERIES) {
		store_u64(value + (size_t)bucket * 8,
			  load_u64(value + (size_t)bucket * 8) + sum(values, cpus, stride, 0));
		return;
	}
	for (uint32_t i = 0; i < cpus; i++) {
		const uint8_t *at = values + i * stride;
		const struct reduce_point with = { load_u64(at), load_u64(at + 16),
						   (int64_t)load_u64(at + 8) };

		merge_point(shape, &with, &points[bucket]);
	}
}

static int64_t point_value(const struct shape *shape, const struct reduce_point *p)
{
	if (shape->series != SERIES_AVG)
		return p->value;
	return shape->is_signed ? p->value / (int64_t)p->weight :
				  (int64_t)((uint64_t)p->value / p->weight);
}

void reduce_finish_series(const struct shape *shape, const struct reduce_point *points,
			  struct out_point *ret_points)
{
	uint64_t newest = 0, first;

	for (uint32_t i = 0; i < shape->buckets; i++)
		if (points[i].weight && points[i].epoch > newest)
			newest = points[i].epoch;
	first = newest >= shape->buckets ? newest - shape->buckets + 1 : 0;
	for (uint32_t i = 0; i < shape->buckets; i++)
		ret_points[i] = (struct out_point){ .epoch = first + i };
	for (uint32_t i = 0; i < shape->buckets; i++) {
		const struct reduce_point *p = &points[i];

		if (!p->weight || p->epoch < first)
			continue;
		ret_points[p->epoch - first].is_set = true;
		ret_points[p->epoch - first].value = point_value(shape, p);
	}
}
