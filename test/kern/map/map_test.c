/* map_test.c - what each kind of map answers, to the errno. */
#include "kern/map/kinds.h"

#include <errno.h>
#include <string.h>

#include "../../cmocka_all.h"

#define SPEC(kind, key, value, entries, bits)                                    \
	{                                                                        \
		.name = "m", .type = kind, .key_size = key, .value_size = value, \
		.max_entries = entries, .flags = bits                            \
	}

static struct map *make(enum map_type type, uint32_t key_size, uint32_t value_size,
			uint32_t max_entries)
{
	const struct map_spec spec = {
		.name = "m",
		.type = type,
		.key_size = key_size,
		.value_size = value_size,
		.max_entries = max_entries,
	};
	struct map *map = NULL;

	assert_int_equal(map_new(&spec, NULL, &map), 0);
	assert_non_null(map);
	assert_int_equal(map->key_size, key_size);
	assert_int_equal(map->value_size, value_size);
	assert_int_equal(map->max_entries, max_entries);
	return map;
}

static int put(struct map *map, uint32_t key, uint64_t value, uint64_t flags)
{
	return map->ops->update(map, &key, &value, flags);
}

static uint64_t *get(struct map *map, uint32_t key)
{
	return map->ops->lookup(map, &key);
}

static void hash_errors(void **state)
{
	struct map *map = make(MAP_TYPE_HASH, 4, 8, 3);
	uint32_t key = 7;

	(void)state;
	assert_null(get(map, 7));
	assert_int_equal(map->ops->remove(map, &key), -ENOENT);
	assert_int_equal(put(map, 7, 1, MAP_EXIST), -ENOENT);
	assert_int_equal(put(map, 7, 1, MAP_NOEXIST), 0);
	assert_int_equal(put(map, 7, 2, MAP_NOEXIST), -EEXIST);
	assert_int_equal(put(map, 7, 2, 3), -EINVAL);
	assert_int_equal(*get(map, 7), 1);
	assert_int_equal(put(map, 7, 2, MAP_EXIST), 0);
	assert_int_equal(*get(map, 7), 2);
	assert_int_equal(put(map, 8, 3, MAP_ANY), 0);
	assert_int_equal(put(map, 9, 4, MAP_ANY), 0);
	assert_int_equal(put(map, 10, 5, MAP_ANY), -E2BIG);
	assert_int_equal(put(map, 9, 6, MAP_ANY), 0); /* replacing works in a full map */
	assert_int_equal(map->ops->remove(map, &key), 0);
	assert_null(get(map, 7));
	assert_int_equal(put(map, 10, 5, MAP_ANY), 0);
	assert_int_equal(put(map, 7, 5, MAP_ANY), -E2BIG);
	map_put(map);
}

/* An update puts a new value in the place of the old one: who holds that, still reads it. */
static void hash_replaces(void **state)
{
	struct map *map = make(MAP_TYPE_HASH, 4, 8, 4);
	uint64_t *old;

	(void)state;
	assert_int_equal(put(map, 1, 10, MAP_ANY), 0);
	old = get(map, 1);
	assert_int_equal(put(map, 1, 11, MAP_ANY), 0);
	assert_int_equal(*old, 10);
	assert_int_equal(*get(map, 1), 11);
	map_put(map);
}

static void hash_key_sizes(void **state)
{
	static const uint32_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 64, 100, 511 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct map *map = make(MAP_TYPE_HASH, sizes[i], 3, 100);
		uint8_t key[512] = { 0 }, value[3] = { 1, 2, 3 };

		for (unsigned int n = 0; n < 100; n++) {
			key[n % 2 ? sizes[i] - 1 : 0] = (uint8_t)n;
			value[0] = (uint8_t)n;
			assert_int_equal(map->ops->update(map, key, value, MAP_ANY), 0);
			assert_memory_equal(map->ops->lookup(map, key), value, 3);
		}
		map_put(map);
	}
}

static void hash_fills(void **state)
{
	enum { N = 20000 };
	struct map *map = make(MAP_TYPE_HASH, 4, 8, N);
	void *start;
	size_t bytes;

	(void)state;
	map->ops->extent(map, &start, &bytes);
	for (unsigned int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < N; i++)
			assert_int_equal(put(map, i * 7919, i, MAP_NOEXIST), 0);
		assert_int_equal(put(map, 1, 1, MAP_ANY), -E2BIG);
		for (uint32_t i = 0; i < N; i++) {
			uint64_t *value = get(map, i * 7919);

			assert_non_null(value);
			assert_int_equal(*value, i);
			assert_in_range((uintptr_t)value, (uintptr_t)start,
					(uintptr_t)start + bytes - 8);
		}
		for (uint32_t i = 0; i < N; i++) {
			uint32_t key = i * 7919;

			assert_int_equal(map->ops->remove(map, &key), 0);
		}
		assert_null(get(map, 0));
	}
	map_put(map);
}

static void hash_walks_keys(void **state)
{
	struct map *map = make(MAP_TYPE_HASH, 4, 8, 50);
	bool seen[50] = { false };
	uint32_t key, next, gone = 999;
	size_t count = 0;

	(void)state;
	assert_int_equal(map->ops->next_key(map, NULL, &next), -ENOENT);
	for (uint32_t i = 0; i < 50; i++)
		assert_int_equal(put(map, i, i, MAP_ANY), 0);
	for (int err = map->ops->next_key(map, NULL, &key); !err;
	     err = map->ops->next_key(map, &key, &next), key = next) {
		assert_in_range(key, 0, 49);
		assert_false(seen[key]);
		seen[key] = true;
		next = key;
		count++;
	}
	assert_int_equal(count, 50);
	/* A key that is gone begins anew. */
	assert_int_equal(map->ops->next_key(map, NULL, &key), 0);
	assert_int_equal(map->ops->next_key(map, &gone, &next), 0);
	assert_int_equal(key, next);
	map_put(map);
}

struct visits {
	struct map *map;
	size_t count;
	size_t stop_at;
	bool remove;
	bool replace;
};

static bool visit(void *arg, const void *key, void *value)
{
	struct visits *visits = arg;
	uint32_t copy;

	memcpy(&copy, key, sizeof copy);
	visits->count++;
	assert_non_null(value);
	if (visits->remove)
		assert_int_equal(visits->map->ops->remove(visits->map, &copy), 0);
	if (visits->replace)
		assert_int_equal(put(visits->map, copy, 1, MAP_EXIST), 0);
	return visits->count != visits->stop_at;
}

static void each_under_change(void **state)
{
	struct map *map = make(MAP_TYPE_HASH, 4, 8, 200);
	struct visits visits = { .map = map };

	(void)state;
	for (uint32_t i = 0; i < 200; i++)
		assert_int_equal(put(map, i, i, MAP_ANY), 0);
	assert_int_equal(map->ops->each(map, visit, &visits), 200);
	visits = (struct visits){ .map = map, .stop_at = 5 };
	assert_int_equal(map->ops->each(map, visit, &visits), 5);
	visits = (struct visits){ .map = map, .replace = true };
	assert_in_range(map->ops->each(map, visit, &visits), 200, 400);
	visits = (struct visits){ .map = map, .remove = true };
	assert_int_equal(map->ops->each(map, visit, &visits), 200);
	assert_int_equal(map->ops->each(map, visit, &visits), 0);
	map_put(map);
}

static void array_errors(void **state)
{
	struct map *map = make(MAP_TYPE_ARRAY, 4, 8, 3);
	uint32_t key = 1, next;

	(void)state;
	assert_non_null(map->values);
	assert_int_equal(*get(map, 2), 0);
	assert_null(get(map, 3));
	assert_int_equal(put(map, 3, 1, MAP_ANY), -E2BIG);
	assert_int_equal(put(map, 3, 1, 8), -EINVAL);
	assert_int_equal(put(map, 3, 1, MAP_NOEXIST), -E2BIG);
	assert_int_equal(put(map, 1, 1, MAP_NOEXIST), -EEXIST);
	assert_int_equal(put(map, 1, 5, MAP_EXIST), 0);
	assert_int_equal(*get(map, 1), 5);
	assert_int_equal(map->ops->remove(map, &key), -EINVAL);
	assert_int_equal(map->ops->next_key(map, NULL, &next), 0);
	assert_int_equal(next, 0);
	assert_int_equal(map->ops->next_key(map, &key, &next), 0);
	assert_int_equal(next, 2);
	assert_int_equal(map->ops->next_key(map, &next, &next), -ENOENT);
	key = 77;
	assert_int_equal(map->ops->next_key(map, &key, &next), 0);
	assert_int_equal(next, 0);
	map_put(map);
}

static void array_layout(void **state)
{
	struct map *map = make(MAP_TYPE_ARRAY, 4, 5, 10);
	void *start;
	size_t bytes;

	(void)state;
	assert_int_equal(map->stride, 8);
	map->ops->extent(map, &start, &bytes);
	assert_ptr_equal(start, map->values);
	assert_int_equal(bytes, 80);
	assert_ptr_equal(get(map, 9), map->values + 72);
	map_put(map);
}

static void percpu_values(void **state)
{
	static const enum map_type types[] = { MAP_TYPE_PERCPU_ARRAY, MAP_TYPE_PERCPU_HASH };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct map *map = make(types[i], 4, 8, 4);
		uint32_t key = 2;
		uint64_t sum = 0;

		assert_null(map->values);
		assert_int_equal(put(map, key, 5, MAP_ANY), 0);
		for (unsigned int cpu = 0; cpu < map_cpu_count(); cpu++)
			sum += *(uint64_t *)map->ops->lookup_cpu(map, &key, cpu);
		assert_int_equal(sum, 5);
		assert_null(map->ops->lookup_cpu(map, &key, map_cpu_count()));
		assert_non_null(get(map, key));
		map_put(map);
	}
}

/* A new element of a per-CPU hash has zeroes for the other processors, whoever had it before. */
static void percpu_hash_forgets(void **state)
{
	struct map *map = make(MAP_TYPE_PERCPU_HASH, 4, 8, 1);
	uint32_t key = 1;
	uint64_t sum = 0;

	(void)state;
	assert_int_equal(put(map, key, 5, MAP_ANY), 0);
	for (unsigned int cpu = 0; cpu < map_cpu_count(); cpu++)
		*(uint64_t *)map->ops->lookup_cpu(map, &key, cpu) = 100;
	assert_int_equal(map->ops->remove(map, &key), 0);
	assert_int_equal(put(map, key, 5, MAP_ANY), 0);
	for (unsigned int cpu = 0; cpu < map_cpu_count(); cpu++)
		sum += *(uint64_t *)map->ops->lookup_cpu(map, &key, cpu);
	assert_int_equal(sum, 5);
	map_put(map);
}

static void prog_arrays(void **state)
{
	struct map *map = make(MAP_TYPE_PROG_ARRAY, 4, 4, 2);
	const struct vm_prog *prog = (const struct vm_prog *)(const void *)"not a program";
	uint32_t key = 1;

	(void)state;
	assert_null(prog_array_get(map, 1));
	assert_int_equal(prog_array_set(map, 1, prog), 0);
	assert_int_equal(prog_array_set(map, 2, prog), -E2BIG);
	assert_ptr_equal(prog_array_get(map, 1), prog);
	assert_null(prog_array_get(map, 2));
	assert_null(get(map, 1));
	assert_int_equal(put(map, 1, 1, MAP_ANY), -EINVAL);
	assert_int_equal(map->ops->remove(map, &key), 0);
	assert_int_equal(map->ops->remove(map, &key), -ENOENT);
	map_put(map);
}

static void refusals(void **state)
{
	static const struct {
		struct map_spec spec;
		int err;
	} rows[] = {
		/* clang-format off */
		{ SPEC(MAP_TYPE_HASH, 0, 8, 1, 0),                  -EINVAL },
		{ SPEC(MAP_TYPE_HASH, 4, 0, 1, 0),                  -EINVAL },
		{ SPEC(MAP_TYPE_HASH, 4, 8, 0, 0),                  -EINVAL },
		{ SPEC(MAP_TYPE_HASH, 4, 8, 1, 1 << 20),            -EINVAL },
		{ SPEC(MAP_TYPE_HASH, 4, 8, UINT32_MAX, 0),         -E2BIG },
		{ SPEC(MAP_TYPE_HASH, 4, UINT32_MAX, 1, 0),         -E2BIG },
		{ SPEC(MAP_TYPE_ARRAY, 8, 8, 1, 0),                 -EINVAL },
		{ SPEC(MAP_TYPE_ARRAY, 4, 8, 1, MAP_F_NO_PREALLOC), -EINVAL },
		{ SPEC(MAP_TYPE_PROG_ARRAY, 4, 8, 1, 0),            -EINVAL },
		{ SPEC(MAP_TYPE_PERCPU_ARRAY, 3, 8, 1, 0),          -EINVAL },
		{ SPEC(9999, 4, 8, 1, 0),                           -EINVAL },
		{ SPEC(0, 4, 8, 1, 0),                             -EINVAL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct diag diag = { 0 };
		struct map *map;

		assert_int_equal(map_new(&rows[i].spec, &diag, &map), rows[i].err);
		assert_int_equal(diag.error_count, 1);
		diag_release(&diag);
	}
	assert_string_equal(map_type_name(MAP_TYPE_PERCPU_HASH), "percpu_hash");
	assert_null(map_type_name(0));
	map_put(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_errors),     cmocka_unit_test(hash_replaces),
		cmocka_unit_test(hash_key_sizes),  cmocka_unit_test(hash_fills),
		cmocka_unit_test(hash_walks_keys), cmocka_unit_test(each_under_change),
		cmocka_unit_test(array_errors),    cmocka_unit_test(array_layout),
		cmocka_unit_test(percpu_values),   cmocka_unit_test(percpu_hash_forgets),
		cmocka_unit_test(prog_arrays),     cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("kern/map/map", tests, NULL, NULL);
}
