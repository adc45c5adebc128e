/*
 * map_threads_test.c - hash maps that threads read and write at the same time.
 *
 * Values are made of their keys, so that a reader who is given another key's value, or a
 * writer who loses one, is found out.  A reader may see a value whose element was deleted meanwhile
 * (see hash.c); the test's readers therefore look only at keys that are never deleted.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <pthread.h>

#include "../../cmocka_all.h"

enum {
	ROUNDS = 200000,
	STABLE = 64,   /* keys below it are always there */
	VOLATILE = 64, /* the next ones come and go */
};

struct worker {
	struct map *map;
	uint32_t id;
	unsigned long wrong;
	unsigned long lost;
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static uint64_t value_of(uint32_t key)
{
	return key * 0x9e3779b97f4a7c15u | 1;
}

static void look(struct worker *worker, uint32_t key)
{
	const uint64_t *value = worker->map->ops->lookup(worker->map, &key);

	if (!value)
		worker->lost++;
	else if (__atomic_load_n(value, __ATOMIC_RELAXED) != value_of(key))
		worker->wrong++;
}

/* Insert and delete keys of its own, so that the outcome of each call is known. */
static void *churn(void *arg)
{
	struct worker *worker = arg;
	const struct map_ops *ops = worker->map->ops;
	uint32_t random = 12345 + worker->id;
	bool there[VOLATILE] = { false };

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t n = next_random(&random) % VOLATILE;
		uint32_t key = STABLE + worker->id * VOLATILE + n;
		uint64_t value = value_of(key);

		if (there[n])
			worker->wrong += ops->remove(worker->map, &key) != 0;
		else
			worker->wrong += ops->update(worker->map, &key, &value, MAP_NOEXIST) != 0;
		there[n] = !there[n];
		worker->lost += !ops->lookup(worker->map, &key) == there[n];
		look(worker, next_random(&random) % STABLE);
	}
	return NULL;
}

static void *replace(void *arg)
{
	struct worker *worker = arg;
	uint32_t random = 777;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t key = STABLE / 2 + next_random(&random) % (STABLE / 2);
		uint64_t value = value_of(key);

		worker->wrong += worker->map->ops->update(worker->map, &key, &value, MAP_EXIST) !=
				 0;
	}
	return NULL;
}

static void run_two(uint32_t max_entries, void *(*first)(void *), void *(*second)(void *))
{
	const struct map_spec spec = {
		.type = MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = max_entries
	};
	struct worker workers[2] = { 0 };
	pthread_t threads[2];

	assert_int_equal(map_new(&spec, NULL, &workers[0].map), 0);
	for (uint32_t key = 0; key < STABLE; key++) {
		uint64_t value = value_of(key);

		assert_int_equal(workers[0].map->ops->update(workers[0].map, &key, &value, 0), 0);
	}
	workers[1].map = workers[0].map;
	workers[1].id = 1;
	assert_int_equal(pthread_create(&threads[0], NULL, first, &workers[0]), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, second, &workers[1]), 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].wrong, 0);
		assert_int_equal(workers[i].lost, 0);
	}
	map_put(workers[0].map);
}

static void two_churn(void **state)
{
	(void)state;
	run_two(STABLE + 2 * VOLATILE, churn, churn);
}

/* Deletions beside replacements move nodes between buckets all the time. */
static void churn_and_replace(void **state)
{
	(void)state;
	run_two(STABLE + VOLATILE, replace, replace);
	run_two(STABLE + 2 * VOLATILE, churn, replace);
}

/* Threads that fight for the last places: never more elements than places, never a place lost. */
struct grab {
	struct map *map;
	uint32_t base;
	long balance; /* insertions less deletions */
};

static void *grab(void *arg)
{
	struct grab *grab = arg;
	uint32_t random = 99 + grab->base;

	for (int i = 0; i < ROUNDS; i++) {
		uint32_t key = grab->base + next_random(&random) % 16;

		if (next_random(&random) % 2)
			grab->balance -= !grab->map->ops->remove(grab->map, &key);
		else
			grab->balance +=
				!grab->map->ops->update(grab->map, &key, &random, MAP_NOEXIST);
	}
	return NULL;
}

static void places_are_kept(void **state)
{
	const struct map_spec spec = {
		.type = MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 8
	};
	struct grab grabs[2] = { { .base = 0 }, { .base = 100 } };
	pthread_t threads[2];
	uint32_t key;
	long count = 0;

	(void)state;
	assert_int_equal(map_new(&spec, NULL, &grabs[0].map), 0);
	grabs[1].map = grabs[0].map;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, grab, &grabs[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (int err = grabs[0].map->ops->next_key(grabs[0].map, NULL, &key); !err; count++)
		err = grabs[0].map->ops->next_key(grabs[0].map, &key, &key);
	assert_int_equal(grabs[0].balance + grabs[1].balance, count);
	for (key = 1000; count < 8; key++, count++)
		assert_int_equal(grabs[0].map->ops->update(grabs[0].map, &key, &key, 0), 0);
	assert_int_equal(grabs[0].map->ops->update(grabs[0].map, &key, &key, 0), -E2BIG);
	map_put(grabs[0].map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_churn),
		cmocka_unit_test(churn_and_replace),
		cmocka_unit_test(places_are_kept),
	};

	return cmocka_run_group_tests_name("kern/map/map_threads", tests, NULL, NULL);
}
