/*
 * map_kernel_test.c - our maps and the kernel's answer alike.
 *
 * The oracle is bpf(2): the same random operations go to a map of ours and to one of the kernel's, and
 * every result, errno and value must agree.  Where bpf(2) is not to be had the test is skipped.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../cmocka_all.h"

/* The little of the kernel's ABI that is needed; not <linux/bpf.h>, whose age varies. */
enum { CMD_MAP_CREATE, CMD_LOOKUP, CMD_UPDATE, CMD_DELETE, CMD_NEXT_KEY };

struct create_attr {
	uint32_t type, key_size, value_size, max_entries, flags;
	uint8_t rest[100];
};

struct elem_attr {
	uint32_t fd, pad;
	uint64_t key, value, flags;
	uint8_t rest[88];
};

static int kernel_create(const struct map_spec *spec)
{
	struct create_attr attr = { spec->type,        spec->key_size, spec->value_size,
				    spec->max_entries, spec->flags,    { 0 } };

	return (int)syscall(SYS_bpf, CMD_MAP_CREATE, &attr, sizeof attr);
}

static int kernel_call(int cmd, int fd, const void *key, const void *value, uint64_t flags)
{
	struct elem_attr attr = {
		.fd = (uint32_t)fd, .key = (uintptr_t)key, .value = (uintptr_t)value, .flags = flags
	};

	return syscall(SYS_bpf, cmd, &attr, sizeof attr) < 0 ? -errno : 0;
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void same_lookup(struct map *map, int fd, const uint8_t *key)
{
	uint8_t theirs[64] = { 0 };
	int err = kernel_call(CMD_LOOKUP, fd, key, theirs, 0);
	const void *ours = map->ops->lookup(map, key);

	assert_int_equal(err, ours ? 0 : -ENOENT);
	if (ours)
		assert_memory_equal(ours, theirs, map->value_size);
}

/* How many keys a walk finds; they are the kernel's own if lookups agree on each. */
static size_t walk(struct map *map, int fd, bool kernel)
{
	uint8_t key[64], next[64];
	size_t count = 0;
	int err = kernel ? kernel_call(CMD_NEXT_KEY, fd, NULL, key, 0) :
			   map->ops->next_key(map, NULL, key);

	for (; !err; count++) {
		same_lookup(map, fd, key);
		err = kernel ? kernel_call(CMD_NEXT_KEY, fd, key, next, 0) :
			       map->ops->next_key(map, key, next);
		memcpy(key, next, sizeof key);
	}
	assert_int_equal(err, -ENOENT);
	return count;
}

static void compare(const struct map_spec *spec, uint32_t seed)
{
	int fd = kernel_create(spec);
	uint32_t random = seed;
	struct map *map;

	if (fd < 0)
		skip();
	assert_int_equal(map_new(spec, NULL, &map), 0);
	for (int i = 0; i < 20000; i++) {
		uint8_t key[64] = { 0 }, value[64];
		uint32_t number = next_random(&random) % (spec->max_entries * 2);
		uint64_t flags = next_random(&random) % 4;

		memcpy(key, &number, spec->key_size < 4 ? spec->key_size : 4);
		memset(value, (int)next_random(&random), sizeof value);
		switch (next_random(&random) % 8) {
		case 0:
		case 1:
		case 2:
			assert_int_equal(map->ops->update(map, key, value, flags),
					 kernel_call(CMD_UPDATE, fd, key, value, flags));
			break;
		case 3:
		case 4:
			assert_int_equal(map->ops->remove(map, key),
					 kernel_call(CMD_DELETE, fd, key, NULL, 0));
			break;
		default: same_lookup(map, fd, key); break;
		}
	}
	assert_int_equal(walk(map, fd, true), walk(map, fd, false));
	map_free(map);
	(void)close(fd);
}

static void hash(void **state)
{
	static const struct map_spec specs[] = {
		/* clang-format off */
		{ "m", MAP_TYPE_HASH, 4,  8,  1,   0 },
		{ "m", MAP_TYPE_HASH, 4,  8,  50,  0 },
		{ "m", MAP_TYPE_HASH, 1,  1,  300, 0 },
		{ "m", MAP_TYPE_HASH, 8,  16, 200, 0 },
		{ "m", MAP_TYPE_HASH, 13, 33, 77,  0 },
		{ "m", MAP_TYPE_HASH, 64, 64, 500, 0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
		compare(&specs[i], 1 + (uint32_t)i);
}

static void array(void **state)
{
	static const struct map_spec specs[] = {
		/* clang-format off */
		{ "m", MAP_TYPE_ARRAY, 4, 8,  1,   0 },
		{ "m", MAP_TYPE_ARRAY, 4, 5,  100, 0 },
		{ "m", MAP_TYPE_ARRAY, 4, 64, 33,  0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
		compare(&specs[i], 11 + (uint32_t)i);
}

/* Whether a map is made at all, for each odd spec. */
static void refusals(void **state)
{
	static const struct map_spec specs[] = {
		/* clang-format off */
		{ "m", MAP_TYPE_HASH,         4, 8,          10,         0                 },
		{ "m", MAP_TYPE_HASH,         0, 8,          10,         0                 },
		{ "m", MAP_TYPE_HASH,         4, 0,          10,         0                 },
		{ "m", MAP_TYPE_HASH,         4, 8,          0,          0                 },
		{ "m", MAP_TYPE_HASH,         4, 8,          UINT32_MAX, 0                 },
		{ "m", MAP_TYPE_HASH,         4, UINT32_MAX, 1,          0                 },
		{ "m", MAP_TYPE_ARRAY,        8, 8,          10,         0                 },
		{ "m", MAP_TYPE_ARRAY,        4, 0,          10,         0                 },
		{ "m", MAP_TYPE_ARRAY,        4, 8,          0,          0                 },
		{ "m", MAP_TYPE_ARRAY,        4, 8,          10,         MAP_F_NO_PREALLOC },
		{ "m", MAP_TYPE_ARRAY,        4, 8,          10,         MAP_F_MMAPABLE    },
		{ "m", MAP_TYPE_HASH,         4, 8,          10,         MAP_F_MMAPABLE    },
		{ "m", MAP_TYPE_ARRAY,        4, 8,          10,         MAP_F_RDONLY_PROG },
		{ "m", MAP_TYPE_PROG_ARRAY,   4, 8,          10,         0                 },
		{ "m", MAP_TYPE_PROG_ARRAY,   4, 4,          10,         0                 },
		{ "m", MAP_TYPE_PERCPU_ARRAY, 4, 8,          10,         0                 },
		{ "m", MAP_TYPE_PERCPU_HASH,  4, 8,          10,         0                 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		struct map *map = NULL;
		int fd = kernel_create(&specs[i]), theirs = fd < 0 ? -errno : 0;

		if (theirs == -EPERM || theirs == -ENOSYS)
			skip();
		if (map_new(&specs[i], NULL, &map) != theirs)
			print_error("row %zu: the kernel says %s\n", i, strerror(-theirs));
		assert_int_equal(!map, theirs != 0);
		map_free(map);
		if (fd >= 0)
			(void)close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash),
		cmocka_unit_test(array),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("kern/map/map_kernel", tests, NULL, NULL);
}
