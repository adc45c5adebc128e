/*
 * map_shared_test.c - maps in the shared heap: processes read and write them at the same time, and some
 * are killed in the middle of it.
 *
 * Values are made of their keys.  Writers have keys of their own, so that each knows what must be
 * there; one after the other is killed at an arbitrary instant.  In the end nothing hangs, no element
 * of the living is lost, and the map can be filled up to its last place.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../cmocka_all.h"
#include "base/attr.h"
#include "base/bits.h"
#include "kern/obj/lock.h"

enum {
	KEYS = 32, /* of each writer */
	READERS = 2,
	VICTIMS = 40,
	ENTRIES = 512,
	KEYS_STABLE = 64, /* from 0 on: always there */
};

struct shared {
	struct map *map;
	uint32_t stop;
	uint32_t failures;
	uint64_t operations;
};

static uint64_t word_of(uint32_t key, int i)
{
	return (key + 1) * 0x9e3779b97f4a7c15 + (uint64_t)i;
}

static void make_value(uint32_t key, uint64_t value[4])
{
	for (int i = 0; i < 4; i++)
		value[i] = word_of(key, i);
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void fail_if(struct shared *shared, bool failed)
{
	if (failed)
		(void)__atomic_add_fetch(&shared->failures, 1, __ATOMIC_RELAXED);
}

static bool stopped(const struct shared *shared)
{
	return __atomic_load_n(&shared->stop, __ATOMIC_RELAXED);
}

static NORETURN void write_own_keys(struct shared *shared, uint32_t base)
{
	const struct map_ops *ops = shared->map->ops;
	bool there[KEYS] = { false };
	uint32_t random = base + 1;
	uint64_t value[4];

	while (!stopped(shared)) {
		uint32_t n = next_random(&random) % KEYS, key = base + n;
		bool deletes = there[n] && next_random(&random) % 2;

		make_value(key, value);
		if (deletes)
			fail_if(shared, ops->remove(shared->map, &key) != 0);
		else
			fail_if(shared, ops->update(shared->map, &key, value,
						    there[n] ? MAP_EXIST : MAP_NOEXIST) != 0);
		there[n] = !deletes;
		fail_if(shared, !ops->lookup(shared->map, &key) == there[n]);
		(void)__atomic_add_fetch(&shared->operations, 1, __ATOMIC_RELAXED);
	}
	for (uint32_t n = 0; n < KEYS; n++) {
		uint32_t key = base + n;

		if (there[n])
			fail_if(shared, ops->remove(shared->map, &key) != 0);
	}
	_exit(0);
}

static NORETURN void read_stable_keys(struct shared *shared)
{
	const struct map_ops *ops = shared->map->ops;
	uint32_t random = 99;

	while (!stopped(shared)) {
		uint32_t key = next_random(&random) % KEYS_STABLE;
		const uint64_t *value = ops->lookup(shared->map, &key);

		fail_if(shared, !value);
		for (int i = 0; value && i < 4; i++)
			fail_if(shared,
				__atomic_load_n(&value[i], __ATOMIC_RELAXED) != word_of(key, i));
	}
	_exit(0);
}

static void pause_us(long us)
{
	const struct timespec time = { 0, us * 1000 };

	(void)nanosleep(&time, NULL);
}

static pid_t start(struct shared *shared, uint32_t base)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (base)
			write_own_keys(shared, base);
		read_stable_keys(shared);
	}
	return pid;
}

static struct heap *heap;

static struct shared *share(void)
{
	static const struct map_spec spec = {
		.type = MAP_TYPE_HASH, .key_size = 4, .value_size = 32, .max_entries = ENTRIES
	};
	struct map_spec own = spec;
	struct shared *shared;
	uint64_t value[4];

	assert_int_equal(heap_new(&heap), 0);
	map_share(heap);
	own.heap = heap;
	shared = heap_alloc(heap, sizeof *shared);
	assert_non_null(shared);
	assert_int_equal(map_new(&own, NULL, &shared->map), 0);
	heap_set_root(heap, shared);
	for (uint32_t key = 0; key < KEYS_STABLE; key++) {
		make_value(key, value);
		assert_int_equal(shared->map->ops->update(shared->map, &key, value, 0), 0);
	}
	return shared;
}

static void expect_exit(pid_t pid, int signal)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (signal)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal);
	else
		assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}

static void fill_up(struct shared *shared)
{
	struct map *map = shared->map;
	uint32_t key, count = 0, next = 1 << 20;
	uint64_t value[4] = { 0 };
	int err;

	for (err = map->ops->next_key(map, NULL, &key); !err; count++)
		err = map->ops->next_key(map, &key, &key);
	pause_us(150000); /* the dead are looked for now and then only */
	for (; count < ENTRIES; count++, next++)
		assert_int_equal(map->ops->update(map, &next, value, MAP_NOEXIST), 0);
	assert_int_equal(map->ops->update(map, &next, value, MAP_NOEXIST), -E2BIG);
}

static void killed_writers(void **state)
{
	struct shared *shared = share();
	uint32_t random = 4711;
	pid_t steady, victim, readers[READERS];

	(void)state;
	for (int i = 0; i < READERS; i++)
		readers[i] = start(shared, 0);
	steady = start(shared, 1000);
	for (uint32_t i = 0; i < VICTIMS; i++) {
		/* All of them use the same few keys: what one leaves, the next must get by with. */
		victim = fork();
		if (victim == 0) {
			uint32_t r = i + 1;

			for (;;) {
				uint32_t key = 2000 + next_random(&r) % KEYS;
				uint64_t value[4];

				make_value(key, value);
				if (r % 3)
					(void)shared->map->ops->update(shared->map, &key, value, 0);
				else
					(void)shared->map->ops->remove(shared->map, &key);
			}
		}
		pause_us(500 + next_random(&random) % 4000);
		assert_int_equal(kill(victim, SIGKILL), 0);
		expect_exit(victim, SIGKILL);
	}
	pause_us(50000);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELAXED);
	expect_exit(steady, 0);
	for (int i = 0; i < READERS; i++)
		expect_exit(readers[i], 0);
	assert_int_equal(shared->failures, 0);
	assert_true(shared->operations > 0);
	fill_up(shared);
	map_put(shared->map);
	heap_free(heap, shared, sizeof *shared);
	heap_leave(heap);
}

/* Another program, with other addresses for its functions, uses the same map. */
static int joiner(int fd)
{
	struct shared *shared;
	uint32_t key = 7;
	uint64_t value[4];

	if (heap_join(fd, &heap))
		return 2;
	map_share(heap);
	shared = heap_root(heap);
	if (!shared->map->ops->lookup(shared->map, &key))
		return 3;
	make_value(8888, value);
	key = 8888;
	return shared->map->ops->update(shared->map, &key, value, MAP_NOEXIST) ? 4 : 0;
}

static void joined(void **state)
{
	struct shared *shared = share();
	char number[16];
	uint32_t key = 8888;
	pid_t pid;

	(void)state;
	(void)snprintf(number, sizeof number, "%d", heap_fd(heap));
	assert_int_equal(fcntl(heap_fd(heap), F_SETFD, 0), 0);
	pid = fork();
	if (pid == 0) {
		(void)execl("/proc/self/exe", "map_shared_test", "join", number, (char *)NULL);
		_exit(9);
	}
	expect_exit(pid, 0);
	assert_non_null(shared->map->ops->lookup(shared->map, &key));
	heap_leave(heap);
}

/* A lock that its holder took to the grave. */
static void inherited_lock(void **state)
{
	struct lock *lock;
	pid_t pid;

	(void)state;
	assert_int_equal(heap_new(&heap), 0);
	lock = heap_alloc(heap, sizeof *lock);
	assert_non_null(lock);
	pid = fork();
	if (pid == 0) {
		lock_take(lock);
		_exit(0);
	}
	expect_exit(pid, 0);
	assert_int_not_equal(lock->holder, 0);
	lock_take(lock);
	lock_drop(lock);
	heap_leave(heap);
}

/* Blocks of all sizes are zeroed, do not overlap, and are used again. */
static void blocks(void **state)
{
	static const size_t sizes[] = { 1, 64, 65, 100, 1000, 4096, 65535, 65536, 100000, 1 << 20 };
	uint8_t *memory[ARRAY_LEN(sizes)], *first = NULL;

	(void)state;
	assert_int_equal(heap_new(&heap), 0);
	assert_int_equal(heap_new(&heap), -EBUSY);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			memory[i] = heap_alloc(heap, sizes[i]);
			assert_non_null(memory[i]);
			assert_int_equal((uintptr_t)memory[i] % 64, 0);
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(memory[i][at], 0);
			memset(memory[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			assert_int_equal(memory[i][0], i + 1);
			assert_int_equal(memory[i][sizes[i] - 1], i + 1);
			heap_free(heap, memory[i], sizes[i]);
		}
		if (!first)
			first = memory[3];
	}
	assert_ptr_equal(first, memory[3]);
	assert_null(heap_alloc(heap, (size_t)1 << 40));
	heap_leave(heap);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(inherited_lock),
		cmocka_unit_test(joined),
		cmocka_unit_test(killed_writers),
	};

	if (argc == 3 && !strcmp(argv[1], "join"))
		return joiner(atoi(argv[2]));
	return cmocka_run_group_tests_name("kern/map/map_shared", tests, NULL, NULL);
}
