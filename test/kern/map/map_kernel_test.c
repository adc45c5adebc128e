/*
 * map_kernel_test.c - our maps and the kernel's answer alike.
 *
 * The oracle is bpf(2): the same random operations go to a map of ours and to one of the kernel's, and
 * every result, errno and value must agree.  Where bpf(2) is not to be had the test is skipped.
 *
 * What is not compared: the order in which hash maps are walked (the kernel's seed is random), which
 * element an LRU map gives up, and 'yes' of bloom filters.
 */
#include "both.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmocka_all.h"
#include "base/bits.h"

enum { MOST_KEY = 64, MOST_VALUE = 4096, OPERATIONS = 6000, MOST_BATCH = 16 };

struct pair {
	struct both_map theirs, ours;
	const struct map_spec *spec;
	uint32_t random;
	char what[80];
};

static uint32_t next_random(struct pair *pair)
{
	pair->random ^= pair->random << 13;
	pair->random ^= pair->random >> 17;
	pair->random ^= pair->random << 5;
	return pair->random;
}

/* One of few keys, so that operations meet; now and then one that is beyond or odd. */
static void random_key(struct pair *pair, uint8_t key[MOST_KEY])
{
	uint32_t number = next_random(pair) % (pair->spec->max_entries * 2);

	memset(key, 0, MOST_KEY);
	if (pair->spec->type != MAP_TYPE_LPM_TRIE) {
		memcpy(key, &number, pair->spec->key_size < 4 ? pair->spec->key_size : 4);
		return;
	}
	store_u32(key, next_random(pair) % (pair->spec->key_size * 8 - 28));
	for (uint32_t i = 4; i < pair->spec->key_size; i++)
		key[i] = (uint8_t)(next_random(pair) & 0x81);
}

static void random_value(struct pair *pair, uint8_t value[MOST_VALUE])
{
	memset(value, (int)(next_random(pair) % 64), MOST_VALUE);
	/* Per-CPU values: what is beyond value_size is not kept. */
	for (size_t i = pair->spec->value_size; i < align_up(pair->spec->value_size, 8); i++)
		for (size_t at = i; at < MOST_VALUE; at += align_up(pair->spec->value_size, 8))
			value[at] = 0;
}

/* Values that mean something: interface 1, queues; or descriptors that are none. */
static void meaningful_value(struct pair *pair, uint8_t value[MOST_VALUE])
{
	const bool sometimes = next_random(pair) % 3;

	switch (pair->spec->type) {
	case MAP_TYPE_DEVMAP:
	case MAP_TYPE_DEVMAP_HASH: store_u64(value, sometimes); break;
	case MAP_TYPE_CPUMAP: store_u64(value, sometimes ? 64 : 20000); break;
	case MAP_TYPE_PROG_ARRAY:
	case MAP_TYPE_PERF_EVENT_ARRAY:
	case MAP_TYPE_CGROUP_ARRAY:
	case MAP_TYPE_XSKMAP:
	case MAP_TYPE_SOCKMAP:
	case MAP_TYPE_SOCKHASH: store_u64(value, 7777); break;
	default: break;
	}
}

static const void *key_or_none(const struct pair *pair, const uint8_t *key)
{
	return pair->spec->key_size ? key : NULL;
}

static void same(const struct pair *pair, const char *operation, int ours, int theirs)
{
	if (ours == theirs)
		return;
	print_error("%s: %s: ours %d, the kernel's %d\n", pair->what, operation, ours, theirs);
	fail();
}

static void same_lookup(struct pair *pair, const uint8_t *key, bool take, uint64_t flags)
{
	uint8_t theirs[MOST_VALUE] = { 0 }, ours[MOST_VALUE] = { 0 };
	const void *at = key_or_none(pair, key);
	const bool is_bloom = pair->spec->type == MAP_TYPE_BLOOM_FILTER;
	int (*const theirs_fn)(struct both_map *, const void *, void *, uint64_t) =
		take ? both_host.take : both_host.lookup;
	int (*const ours_fn)(struct both_map *, const void *, void *, uint64_t) =
		take ? both_ours.take : both_ours.lookup;
	int their_err, our_err;

	if (is_bloom) {
		random_value(pair, theirs);
		memcpy(ours, theirs, sizeof ours);
	}
	their_err = theirs_fn(&pair->theirs, at, theirs, flags);
	our_err = ours_fn(&pair->ours, at, ours, flags);
	if (is_bloom && (our_err == 0 || our_err == -ENOENT) &&
	    (their_err == 0 || their_err == -ENOENT))
		return;
	same(pair, take ? "take" : "lookup", our_err, their_err);
	if (!their_err && !is_bloom)
		assert_memory_equal(ours, theirs, map_value_bytes(pair->ours.view.map));
}

static bool is_ordered(const struct pair *pair)
{
	return pair->spec->type == MAP_TYPE_LPM_TRIE || pair->spec->type == MAP_TYPE_ARRAY ||
	       pair->spec->type == MAP_TYPE_PERCPU_ARRAY;
}

static void same_next(struct pair *pair, const uint8_t *key)
{
	uint8_t theirs[MOST_KEY] = { 0 }, ours[MOST_KEY] = { 0 };
	int their_err, our_err;

	if (!is_ordered(pair) && pair->spec->key_size)
		return;
	their_err = both_host.next_key(&pair->theirs, key, theirs);
	our_err = both_ours.next_key(&pair->ours, key, ours);
	same(pair, "next_key", our_err, their_err);
	assert_memory_equal(ours, theirs, pair->spec->key_size);
}

/* A batch of updates or deletions: the same result and the same number done. */
static void same_write_batch(struct pair *pair, enum map_batches kind)
{
	static uint8_t keys[MOST_BATCH * MOST_KEY], values[MOST_BATCH * MOST_VALUE];
	uint32_t count = next_random(pair) % MOST_BATCH, our_count, their_count;
	struct map_batch batch = { .keys = keys, .values = values, .count = count };
	uint8_t key[MOST_KEY], value[MOST_VALUE];
	int our_err, their_err;

	batch.elem_flags = next_random(pair) % 8 ? 0 : next_random(pair) % 6;
	for (uint32_t i = 0; i < count; i++) {
		random_key(pair, key);
		memcpy(keys + i * pair->spec->key_size, key, pair->spec->key_size);
		random_value(pair, value);
		memcpy(values + i * map_value_bytes(pair->ours.view.map), value,
		       map_value_bytes(pair->ours.view.map));
	}
	their_err = both_host.batch(&pair->theirs, kind, &batch);
	their_count = batch.count;
	batch.count = count;
	our_err = both_ours.batch(&pair->ours, kind, &batch);
	our_count = batch.count;
	same(pair, kind == MAP_BATCH_UPDATE ? "update batch" : "delete batch", our_err, their_err);
	if (their_err != -EINVAL && their_err != -MAP_ENOTSUPP)
		same(pair, "count of batch", (int)our_count, (int)their_count);
}

/* Read all by batches of @size; how many there were.  Ordered maps are compared by element. */
static uint32_t read_all(struct both_map *map, const struct both_kernel *kernel,
			 enum map_batches kind, uint8_t *keys, int *ret_err)
{
	static uint8_t values[256 * MOST_VALUE];
	uint8_t resume[MOST_KEY];
	struct map_batch batch = { .out = resume, .values = values };
	uint32_t total = 0;
	int err;

	do {
		batch.keys = keys + (size_t)total * MOST_KEY;
		batch.count = 40;
		err = kernel->batch(map, kind, &batch);
		if (!err || err == -ENOENT)
			total += batch.count;
		batch.in = resume;
	} while (!err && total < 4000);
	*ret_err = err;
	return total;
}

static void same_read_batch(struct pair *pair, enum map_batches kind)
{
	static uint8_t our_keys[4100 * MOST_KEY], their_keys[4100 * MOST_KEY];
	int our_err, their_err;
	uint32_t theirs = read_all(&pair->theirs, &both_host, kind, their_keys, &their_err);
	uint32_t ours = read_all(&pair->ours, &both_ours, kind, our_keys, &our_err);

	same(pair, "batch read", our_err, their_err);
	same(pair, "elements of batch", (int)ours, (int)theirs);
	if (is_ordered(pair) && ours)
		assert_memory_equal(our_keys, their_keys, pair->spec->key_size);
}

static void same_update(struct pair *pair, const uint8_t *key, uint64_t flags)
{
	uint8_t value[MOST_VALUE];

	random_value(pair, value);
	meaningful_value(pair, value);
	same(pair, "update", both_ours.update(&pair->ours, key_or_none(pair, key), value, flags),
	     both_host.update(&pair->theirs, key_or_none(pair, key), value, flags));
	if (pair->spec->type == MAP_TYPE_BLOOM_FILTER && flags == 0)
		assert_int_equal(both_ours.lookup(&pair->ours, NULL, value, 0), 0);
}

static uint64_t random_flags(struct pair *pair)
{
	static const uint64_t odd[] = { 3, 4, 5, 8, 1ull << 40, UINT64_MAX };

	if (next_random(pair) % 16 == 0)
		return odd[next_random(pair) % ARRAY_LEN(odd)];
	return next_random(pair) % 8 < 5 ? 0 : next_random(pair) % 3;
}

static void step(struct pair *pair)
{
	uint8_t key[MOST_KEY];

	random_key(pair, key);
	switch (next_random(pair) % 16) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4: same_update(pair, key, random_flags(pair)); break;
	case 5:
	case 6:
		same(pair, "delete", both_ours.remove(&pair->ours, key_or_none(pair, key)),
		     both_host.remove(&pair->theirs, key_or_none(pair, key)));
		break;
	case 7: same_lookup(pair, key, true, next_random(pair) % 16 ? 0 : 4); break;
	case 8: same_next(pair, next_random(pair) % 16 ? key : NULL); break;
	case 9: same_write_batch(pair, MAP_BATCH_UPDATE); break;
	case 10:
		if (next_random(pair) % 4 == 0)
			same_write_batch(pair, MAP_BATCH_DELETE);
		break;
	case 11:
		if (next_random(pair) % 16 == 0)
			same_read_batch(pair, MAP_BATCH_LOOKUP);
		else if (next_random(pair) % 64 == 0)
			same_read_batch(pair, MAP_BATCH_TAKE);
		break;
	default: same_lookup(pair, key, false, random_flags(pair) & 4); break;
	}
}

/* How many keys a walk finds; they are the kernel's own if lookups agree on each. */
static int walk(struct pair *pair, const struct both_kernel *kernel, struct both_map *map)
{
	uint8_t key[MOST_KEY], next[MOST_KEY];
	int err = kernel->next_key(map, NULL, key), count = 0;

	for (; !err; count++) {
		same_lookup(pair, key, false, 0);
		err = kernel->next_key(map, key, next);
		memcpy(key, next, sizeof key);
	}
	return count;
}

static void compare(const struct map_spec *spec, uint32_t seed)
{
	struct pair pair = { .spec = spec, .random = seed };

	(void)snprintf(pair.what, sizeof pair.what, "%s of %u + %u bytes, %u entries, seed %u",
		       map_type_name(spec->type), spec->key_size, spec->value_size,
		       spec->max_entries, seed);
	assert_int_equal(both_host.create(spec, NULL, &pair.theirs), 0);
	assert_int_equal(both_ours.create(spec, NULL, &pair.ours), 0);
	for (int i = 0; i < OPERATIONS; i++)
		step(&pair);
	if (spec->key_size)
		same(&pair, "elements", walk(&pair, &both_ours, &pair.ours),
		     walk(&pair, &both_host, &pair.theirs));
	same(&pair, "freeze", both_ours.freeze(&pair.ours), both_host.freeze(&pair.theirs));
	same(&pair, "freeze again", both_ours.freeze(&pair.ours), both_host.freeze(&pair.theirs));
	for (int i = 0; i < 50; i++)
		step(&pair);
	both_host.close(&pair.theirs);
	both_ours.close(&pair.ours);
}

static void random_operations(void **state)
{
	static const struct {
		uint32_t type, key_size, value_size, max_entries, flags;
	} rows[] = {
		/* clang-format off */
		{ MAP_TYPE_HASH,         4,  8,  1,   0 },
		{ MAP_TYPE_HASH,         4,  8,  50,  0 },
		{ MAP_TYPE_HASH,         1,  1,  300, 0 },
		{ MAP_TYPE_HASH,         8,  16, 200, 0 },
		{ MAP_TYPE_HASH,         13, 33, 77,  MAP_F_NO_PREALLOC },
		{ MAP_TYPE_HASH,         64, 64, 500, MAP_F_ZERO_SEED },
		{ MAP_TYPE_HASH,         4,  8,  20,  MAP_F_RDONLY },
		{ MAP_TYPE_HASH,         4,  8,  20,  MAP_F_WRONLY },
		{ MAP_TYPE_ARRAY,        4,  8,  1,   0 },
		{ MAP_TYPE_ARRAY,        4,  5,  100, 0 },
		{ MAP_TYPE_ARRAY,        4,  64, 33,  0 },
		{ MAP_TYPE_ARRAY,        4,  64, 33,  MAP_F_RDONLY_PROG },
		{ MAP_TYPE_PERCPU_ARRAY, 4,  8,  10,  0 },
		{ MAP_TYPE_PERCPU_ARRAY, 4,  13, 10,  0 },
		{ MAP_TYPE_PERCPU_HASH,  4,  8,  10,  0 },
		{ MAP_TYPE_PERCPU_HASH,  9,  13, 30,  0 },
		{ MAP_TYPE_LPM_TRIE,     5,  4,  20,  MAP_F_NO_PREALLOC },
		{ MAP_TYPE_LPM_TRIE,     8,  8,  30,  MAP_F_NO_PREALLOC },
		{ MAP_TYPE_LPM_TRIE,     8,  8,  300, MAP_F_NO_PREALLOC },
		{ MAP_TYPE_LPM_TRIE,     20, 3,  100, MAP_F_NO_PREALLOC },
		{ MAP_TYPE_QUEUE,        0,  8,  5,   0 },
		{ MAP_TYPE_QUEUE,        0,  3,  1,   0 },
		{ MAP_TYPE_STACK,        0,  8,  5,   0 },
		{ MAP_TYPE_STACK,        0,  17, 40,  0 },
		{ MAP_TYPE_BLOOM_FILTER, 0,  8,  40,  0 },
		{ MAP_TYPE_PROG_ARRAY,   4,  4,  5,   0 },
		{ MAP_TYPE_CGROUP_ARRAY, 4,  4,  5,   0 },
		{ MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 5, 0 },
		{ MAP_TYPE_STACK_TRACE,  4,  80, 5,   0 },
		{ MAP_TYPE_DEVMAP,       4,  4,  5,   0 },
		{ MAP_TYPE_DEVMAP,       4,  8,  5,   0 },
		{ MAP_TYPE_DEVMAP_HASH,  4,  4,  5,   0 },
		{ MAP_TYPE_CPUMAP,       4,  4,  5,   0 },
		{ MAP_TYPE_XSKMAP,       4,  4,  5,   0 },
		{ MAP_TYPE_SOCKMAP,      4,  4,  5,   0 },
		{ MAP_TYPE_SOCKMAP,      4,  8,  5,   0 },
		{ MAP_TYPE_SOCKHASH,     4,  4,  5,   0 },
		{ MAP_TYPE_RINGBUF,      0,  0,  4096, 0 },
		{ MAP_TYPE_USER_RINGBUF, 0,  0,  4096, 0 },
		{ MAP_TYPE_ARENA,        0,  0,  1,   MAP_F_MMAPABLE },
		/* clang-format on */
	};

	(void)state;
	if (both_host_missing())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct map_spec spec = {
			.type = rows[i].type,
			.key_size = rows[i].key_size,
			.value_size = rows[i].value_size,
			.max_entries = rows[i].max_entries,
			.flags = rows[i].flags,
		};

		for (uint32_t seed = 1; seed <= 3; seed++)
			compare(&spec, seed * 977 + (uint32_t)i);
	}
}

/* Whether a map is made at all: every type with sizes and flags around the limits. */
static void random_creation(void **state)
{
	static const uint32_t sizes[] = { 0,       1,       3,        4,         5,       8,
					  12,      260,     261,      512,       32768,   32769,
					  4194024, 4194025, 4194200,  4194251,   4194252, 4194304,
					  4194305, INT_MAX, 1u << 31, UINT32_MAX };
	static const uint32_t counts[] = { 0, 1, 2, 3, 5, 4096, 8192 };
	struct pair pair = { .random = 4711 };

	(void)state;
	if (both_host_missing())
		skip();
	for (int i = 0; i < 4000; i++) {
		struct map_spec spec = {
			.type = 1 + next_random(&pair) % (MAP_TYPE_COUNT + 1),
			.key_size = next_random(&pair) % 3 ? 4 : sizes[next_random(&pair) % 14],
			.value_size = next_random(&pair) % 3 ?
					      4 :
					      sizes[next_random(&pair) % ARRAY_LEN(sizes)],
			.max_entries = counts[next_random(&pair) % ARRAY_LEN(counts)],
			.flags = next_random(&pair) % 2 ? 0 : 1u << next_random(&pair) % 20,
			.extra = next_random(&pair) % 8 ? 0 : next_random(&pair) % 20,
		};
		struct both_map ours = { 0 }, theirs = { 0 };
		int our_err, their_err;

		if (next_random(&pair) % 4 == 0)
			spec.flags |= 1u << next_random(&pair) % 13;
		spec.flags &= ~(1u << 16); /* BPF_F_TOKEN_FD is the descriptors' business */
		if (next_random(&pair) % 8 == 0)
			spec.numa_node = next_random(&pair) % 2 ? 0 : 4096;
		if (spec.value_size > 512) /* the kernel clears all of it */
			spec.max_entries &= 1;
		if (!map_type_name(spec.type))
			continue;
		if (spec.type == MAP_TYPE_CPUMAP) /* its limit is the kernel's NR_CPUS */
			spec.max_entries %= 64;
		our_err = both_ours.create(&spec, NULL, &ours);
		their_err = both_host.create(&spec, NULL, &theirs);
		if (!our_err)
			both_ours.close(&ours);
		if (!their_err)
			both_host.close(&theirs);
		if (our_err == their_err || their_err == -ENOMEM)
			continue;
		print_error("%s: key %u, value %u, entries %u, flags 0x%x, extra %llu, node %u: "
			    "ours %d, the kernel's %d\n",
			    map_type_name(spec.type), spec.key_size, spec.value_size,
			    spec.max_entries, spec.flags, (unsigned long long)spec.extra,
			    spec.numa_node, our_err, their_err);
		fail();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations),
		cmocka_unit_test(random_creation),
	};

	return cmocka_run_group_tests_name("kern/map/map_kernel", tests, NULL, NULL);
}
