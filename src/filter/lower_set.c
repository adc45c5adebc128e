/*
 * lower_set.c - is a field one of many values?
 *
 * 'host a or host b or ...' asks the same of one field again and again.  Here the values are sorted,
 * and each word of the field is loaded once: a switch by ranges for the first word, behind each of its
 * cases one for the second, and so on.  What a switch becomes, a tree of comparisons or a
 * chain, is src/ir's business.  Everything is linear after the sorting.
 *
 * Prefixes of addresses either nest or are disjoint, so a key that a shorter one covers
 * comes behind it in the order, and is left out.  Ranges of ports may overlap; they are
 * merged.
 */
#include "filter/lower.h"

#include <stdlib.h>
#include <string.h>

void key_add(struct lower *c, struct key_set *set, const struct key *key)
{
	if (set->count == set->size) {
		size_t size = set->size ? set->size * 2 : 8;
		struct key *keys = arena_alloc_array(c->arena, size, sizeof *keys);

		if (!keys) {
			c->no_memory = true;
			return;
		}
		if (set->count)
			memcpy(keys, set->keys, set->count * sizeof *keys);
		set->keys = keys;
		set->size = size;
	}
	set->keys[set->count++] = *key;
}

void key_add_range(struct lower *c, struct key_set *set, uint32_t low, uint32_t high)
{
	struct key key = { .low = low, .high = high };

	key_add(c, set, &key);
}

static uint32_t key_low(const struct key *key, uint32_t level)
{
	return level < key->depth ? key->word[level] : key->low;
}

static int compare_keys(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;

	for (uint32_t level = 0;; level++) {
		uint32_t x = key_low(a, level), y = key_low(b, level);

		if (x != y)
			return x < y ? -1 : 1;
		if (level == a->depth || level == b->depth)
			break;
	}
	if (a->depth != b->depth) /* a range of this word covers what goes deeper */
		return a->depth < b->depth ? -1 : 1;
	return a->high > b->high ? -1 : a->high < b->high;
}

/* The switch of one word under construction. */
struct cases {
	struct ir_range *ranges;
	uint32_t count;
	uint64_t next; /* the first value that no range has yet */
};

static void add_case(struct cases *cases, uint32_t low, uint32_t high, struct ways w,
		     struct ir_block *to)
{
	if (low > cases->next)
		cases->ranges[cases->count++] =
			(struct ir_range){ .low = cases->next, .high = low - 1, .to = w.no };
	cases->ranges[cases->count++] = (struct ir_range){ .low = low, .high = high, .to = to };
	cases->next = (uint64_t)high + 1;
}

/* Is @value in @r?  Leaves off where it is not, unless that is @no. */
static void lower_case(struct lower *c, struct ir_value *value, const struct ir_range *r,
		       struct ir_block *no)
{
	struct ways one = { r->to, no ? no : ir_build_block(&c->b) }, above;

	if (r->low == r->high) {
		lower_compare(c, IR_EQ, value, (uint32_t)r->low, one);
	} else {
		above = need(c, one.no);
		lower_compare(c, IR_GE, value, (uint32_t)r->low, above);
		begin(c, above.yes);
		lower_compare(c, IR_LE, value, (uint32_t)r->high, one);
	}
	if (!no)
		begin(c, one.no);
}

/* One test after the other: what later passes find easier to decide than a switch. */
static void lower_row(struct lower *c, struct ir_value *value, const struct cases *cases,
		      struct ways w)
{
	uint32_t last = cases->count;

	while (last > 0 && cases->ranges[last - 1].to == w.no)
		last--;
	if (last == 0)
		ir_build_jump(&c->b, w.no);
	for (uint32_t i = 0; i < last; i++)
		if (cases->ranges[i].to != w.no)
			lower_case(c, value, &cases->ranges[i], i + 1 == last ? w.no : NULL);
}

static void end_switch(struct lower *c, struct ir_value *value, struct cases *cases, struct ways w)
{
	enum { ROW = 2 * 4 + 1 }; /* ranges; every second is a case */
	struct ir_range *r = cases->ranges;

	if (cases->next <= UINT32_MAX)
		r[cases->count++] =
			(struct ir_range){ .low = cases->next, .high = UINT32_MAX, .to = w.no };
	if (cases->count <= ROW)
		lower_row(c, value, cases, w);
	else
		ir_build_switch(&c->b, value, r, cases->count);
}

/* How many of the @count keys have the first key's word at @level and go deeper. */
static size_t same_word(const struct key *keys, size_t count, uint32_t level)
{
	size_t n = 1;

	while (n < count && keys[n].depth > level && keys[n].word[level] == keys[0].word[level])
		n++;
	return n;
}

static void lower_level(struct lower *c, const struct key *keys, size_t count, uint32_t level,
			const struct field *field, struct ways w);

struct deeper {
	const struct key *keys;
	size_t count;
	struct ir_block *block;
};

/* The first @count keys' words at @level as cases; those that go deeper are left in @deeper. */
static size_t make_cases(struct lower *c, const struct key *keys, size_t count, uint32_t level,
			 struct cases *cases, struct deeper *deeper, struct ways w)
{
	size_t deeper_count = 0;

	for (size_t i = 0; i < count;) {
		const struct key *key = &keys[i];
		uint32_t low = key_low(key, level);

		if (key->depth == level) {
			if (key->high >= cases->next)
				add_case(cases, low > cases->next ? low : (uint32_t)cases->next,
					 key->high, w, w.yes);
			i++;
			continue;
		}
		size_t n = same_word(key, count - i, level);

		if (low >= cases->next) {
			struct ir_block *block = ir_build_block(&c->b);

			deeper[deeper_count++] = (struct deeper){ key, n, block };
			add_case(cases, low, low, w, block);
		}
		i += n;
	}
	return deeper_count;
}

/* The least number of leading bytes of a word, of @bytes, that tell the cases from each other: 'net
 * 10.20' is asked of two. */
static unsigned int telling_bytes(const struct cases *cases, unsigned int bytes)
{
	uint64_t bits = 0;
	unsigned int least = bytes;

	for (uint32_t i = 0; i < cases->count; i++)
		bits |= cases->ranges[i].low | (cases->ranges[i].high + 1);
	while (least % 2 == 0 && !(bits & ((UINT64_C(1) << (8 * (bytes - least / 2))) - 1)))
		least /= 2;
	return least;
}

/* Let the cases be of the first @telling bytes of @bytes. */
static void shorten(struct cases *cases, unsigned int telling, unsigned int bytes)
{
	unsigned int shift = 8 * (bytes - telling);

	for (uint32_t i = 0; i < cases->count; i++) {
		cases->ranges[i].low >>= shift;
		cases->ranges[i].high >>= shift;
	}
	cases->next >>= shift;
}

static void lower_level(struct lower *c, const struct key *keys, size_t count, uint32_t level,
			const struct field *field, struct ways w)
{
	unsigned int bytes = field->bytes[level], telling;
	struct cases cases = { .ranges = arena_alloc_array(c->arena, 2 * count + 1,
							   sizeof *cases.ranges) };
	struct deeper *deeper = arena_alloc_array(c->arena, count, sizeof *deeper);
	size_t deeper_count;

	if (!cases.ranges || !deeper) {
		c->no_memory = true;
		ir_build_jump(&c->b, w.no);
		return;
	}
	deeper_count = make_cases(c, keys, count, level, &cases, deeper, w);
	telling = telling_bytes(&cases, bytes);
	shorten(&cases, telling, bytes);
	end_switch(c, lower_load(c, field->at, field->offset[level], telling), &cases, w);
	for (size_t i = 0; i < deeper_count; i++) {
		begin(c, deeper[i].block);
		lower_level(c, deeper[i].keys, deeper[i].count, level + 1, field, w);
	}
}

void lower_in_set(struct lower *c, struct key_set *set, const struct field *field, struct ways w)
{
	if (set->count == 0) {
		ir_build_jump(&c->b, w.no);
		return;
	}
	qsort(set->keys, set->count, sizeof *set->keys, compare_keys);
	lower_level(c, set->keys, set->count, 0, field, w);
}
