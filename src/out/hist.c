/*
 * hist.c - histograms: the bounds of their buckets, and their drawing as bars.
 *
 * The bounds of a HIST that are powers of two or parts of them are written with K, M, G, T, P and E
 * for 2^10 ...; those of a LHIST with K and M when its step is a multiple of 1024.
 */
#include <limits.h>

#include "base/bits.h"
#include "out/internal.h"

enum {
	HIST_LABEL_COLUMNS = 16,
	HIST_BAR_COLUMNS = 52,
};

__extension__ typedef unsigned __int128 uint128;

struct bound {
	uint128 value;  /* HIST */
	int64_t linear; /* LHIST */
	char text[24];
	bool is_plain; /* neither divided nor abbreviated */
};

/* The upper bound of bucket @index, which is the lower one of the next.  Bucket 0 is below 0; then
 * comes one for each of 0 .. 2n-1, with n = 2^bits; then n for each power of two. */
static struct bound hist_bound(const struct shape *shape, uint32_t index)
{
	uint32_t n = 1u << shape->bits;
	struct bound bound = { .value = index, .is_plain = true };
	uint32_t power, part = n + (index & (n - 1));

	if (index <= 2 * n) {
		snprintf(bound.text, sizeof bound.text, "%u", index);
		return bound;
	}
	power = (index >> shape->bits) - 1;
	bound.is_plain = false;
	bound.value = (uint128)part << power;
	snprintf(bound.text, sizeof bound.text, power < 10 ? "%u" : "%u%c", part << power % 10,
		 " KMGTPE"[power / 10 % 7]);
	return bound;
}

static struct bound lhist_bound(const struct shape *shape, uint32_t index)
{
	enum { KILO = 1 << 10, MEGA = 1 << 20 };
	int64_t value = (int64_t)((uint64_t)shape->min + index * shape->step);
	struct bound bound = { .is_plain = shape->step % KILO != 0 };

	if (value > shape->max) /* the last step is a shorter one */
		value = shape->max;
	bound.linear = value;

	if (bound.is_plain || value == 0 || value % KILO)
		snprintf(bound.text, sizeof bound.text, "%lld", (long long)value);
	else if (value % MEGA)
		snprintf(bound.text, sizeof bound.text, "%lldK", (long long)(value / KILO));
	else
		snprintf(bound.text, sizeof bound.text, "%lldM", (long long)(value / MEGA));
	return bound;
}

/* Is bucket @index the one for 'max' and above?  Only the last of a LHIST has no upper bound. */
static bool is_open_above(const struct shape *shape, uint32_t index)
{
	return shape->kind == SHAPE_LHIST && index + 1 == shape->buckets;
}

static void fill_bucket(const struct shape *shape, uint32_t index, struct bucket *bucket)
{
	bool is_linear = shape->kind == SHAPE_LHIST;
	struct bound (*bound)(const struct shape *, uint32_t) = is_linear ? lhist_bound :
									    hist_bound;
	struct bound low = { .is_plain = false }, high = low;

	bucket->has_min = index > 0;
	bucket->is_signed = is_linear || index == 0;
	bucket->has_max = !is_open_above(shape, index);
	if (bucket->has_min) {
		low = bound(shape, index - 1);
		bucket->min = is_linear ? low.linear : (int64_t)low.value;
	}
	if (bucket->has_max) {
		high = bound(shape, index);
		bucket->max = is_linear ? (uint64_t)high.linear : (uint64_t)high.value;
	}
	if (!bucket->has_min)
		snprintf(bucket->label, sizeof bucket->label, "(..., %s)", high.text);
	else if (!bucket->has_max)
		snprintf(bucket->label, sizeof bucket->label, "[%s, ...)", low.text);
	else if (low.is_plain && high.is_plain && (uint64_t)bucket->min + 1 == bucket->max)
		snprintf(bucket->label, sizeof bucket->label, "[%s]", low.text);
	else
		snprintf(bucket->label, sizeof bucket->label, "[%s, %s)", low.text, high.text);
}

void hist_walk(const struct shape *shape, const uint64_t *counts, uint64_t divisor,
	       void (*visit)(void *data, const struct bucket *bucket), void *data)
{
	uint32_t first = 0, end = shape->buckets;

	while (first < end && !counts[first])
		first++;
	while (end > first && !counts[end - 1])
		end--;
	for (uint32_t i = first; i < end; i++) {
		struct bucket bucket = { 0 };

		fill_bucket(shape, i, &bucket);
		/* Of equal steps, what is in them is not divided: as bpftrace does it. */
		bucket.count = counts[i];
		if (divisor > 1 && shape->kind == SHAPE_HIST)
			bucket.count /= divisor;
		visit(data, &bucket);
	}
}

uint64_t hist_total(const struct shape *shape, const uint64_t *counts)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < shape->buckets; i++)
		total += counts[i];
	return total;
}

struct bars {
	struct strbuf *text;
	uint64_t most;
};

static void find_most(void *data, const struct bucket *bucket)
{
	struct bars *bars = data;

	if (bucket->count > bars->most)
		bars->most = bucket->count;
}

static void draw_bar(void *data, const struct bucket *bucket)
{
	struct bars *bars = data;
	int columns = 0;
	char bar[HIST_BAR_COLUMNS];

	/* In float, as bpftrace computes it: other rounding shows in the last column. */
	if (bars->most)
		columns = (int)((float)bucket->count / (float)bars->most * HIST_BAR_COLUMNS);
	memset(bar, ' ', sizeof bar);
	memset(bar, '@', (size_t)columns);
	strbuf_printf(bars->text, "%-*s%8llu |%.*s|\n", HIST_LABEL_COLUMNS, bucket->label,
		      (unsigned long long)bucket->count, HIST_BAR_COLUMNS, bar);
}

void text_hist(const struct shape *shape, const uint64_t *counts, uint64_t divisor,
	       struct strbuf *ret_text)
{
	struct bars bars = { .text = ret_text };

	hist_walk(shape, counts, divisor, find_most, &bars);
	hist_walk(shape, counts, divisor, draw_bar, &bars);
}
