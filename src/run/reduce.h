/*
 * reduce.h - from the values of all CPUs to one.
 */
#ifndef WAGGLE_RUN_REDUCE_H
#define WAGGLE_RUN_REDUCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle/shape.h"
#include "out/out.h"

/* Are its values spread over several elements of a map? */
bool reduce_has_buckets(const struct shape *shape);

/* Bytes of a reduced value, as out.h says. */
size_t reduce_bytes(const struct shape *shape);

/* Reduce @cpus values of @shape, @stride bytes apart, into reduce_bytes() at @ret_value.  False when none of
 * them was ever set, as far as the values themselves can tell. */
bool reduce_value(const struct shape *shape, const uint8_t *values, uint32_t cpus, size_t stride,
		  uint8_t *ret_value);

/* Two elements turn out to be of one key: take @other, a reduced value, into @value.  Aggregates and counters
 * (@is_percpu) add up; of what else there is one is as good as the other. */
void reduce_merge(const struct shape *shape, bool is_percpu, const uint8_t *other, uint8_t *value);

/* Add element @bucket of the shapes that have buckets to the value.  @points holds what TSERIES still has to
 * know besides; it has room for shape->buckets, zeroed before the first. */
struct reduce_point {
	uint64_t epoch;
	uint64_t weight; /* how many values; SERIES_LAST: when it was set; 0: there is none */
	int64_t value;   /* their sum, least, greatest or last */
};
void reduce_add_bucket(const struct shape *shape, uint32_t bucket, const uint8_t *values,
		       uint32_t cpus, size_t stride, uint8_t *value, struct reduce_point *points);
/* TSERIES: from points to struct out_point [buckets], oldest first. */
void reduce_finish_series(const struct shape *shape, const struct reduce_point *points,
			  struct out_point *ret_points);

#endif
