/* map_kinds_test.c - what the kinds of maps do that random operations do not reach: LRU maps, maps of
 * maps, ring buffers, stacks, storages, arenas, values with locks. */
#include "both.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "../../cmocka_all.h"
#include "base/bits.h"
#include "kern/map/arena.h"
#include "kern/map/ringbuf.h"
#include "kern/map/stack_trace.h"
#include "kern/map/storage.h"

static const struct both_kernel *const kernels[] = { &both_ours, &both_host };

static size_t kernel_count(void)
{
	return both_host_missing() ? 1 : 2;
}

static struct map *make(const struct map_spec *spec)
{
	struct map *map = NULL;

	assert_int_equal(map_new(spec, NULL, &map), 0);
	return map;
}

/* --- LRU: never full, never more than it holds, and the newest is there --- */

static uint32_t count_keys(struct both_map *map)
{
	uint32_t key, count = 0;

	for (int err = map->kernel->next_key(map, NULL, &key); !err; count++)
		err = map->kernel->next_key(map, &key, &key);
	return count;
}

static void fill_lru(const struct both_kernel *kernel, uint32_t type, uint32_t entries,
		     uint32_t flags)
{
	const struct map_spec spec = {
		.type = type, .key_size = 4, .value_size = 8, .max_entries = entries, .flags = flags
	};
	const uint32_t cpus = map_cpu_count(), most = entries + cpus;
	uint64_t values[64] = { 0 };
	struct both_map map;

	assert_int_equal(kernel->create(&spec, NULL, &map), 0);
	for (uint32_t i = 0; i < 5 * entries; i++) {
		for (uint32_t cpu = 0; cpu < cpus; cpu++)
			values[cpu] = i;
		assert_int_equal(kernel->update(&map, &i, values, MAP_ANY), 0);
		assert_int_equal(kernel->lookup(&map, &i, values, 0), 0);
		assert_int_equal(values[0], i);
	}
	assert_in_range(count_keys(&map), 1, most);
	kernel->close(&map);
}

static void lru(void **state)
{
	(void)state;
	for (size_t i = 0; i < kernel_count(); i++) {
		fill_lru(kernels[i], MAP_TYPE_LRU_HASH, 1, 0);
		fill_lru(kernels[i], MAP_TYPE_LRU_HASH, 100, 0);
		fill_lru(kernels[i], MAP_TYPE_LRU_HASH, 1001, MAP_F_NO_COMMON_LRU);
		fill_lru(kernels[i], MAP_TYPE_LRU_PERCPU_HASH, 100, 0);
	}
}

/* What programs look at stays while others come and go. */
static void lru_keeps_the_used(void **state)
{
	struct map *map = make(&(struct map_spec){
		.type = MAP_TYPE_LRU_HASH, .key_size = 4, .value_size = 4, .max_entries = 1000 });
	uint32_t lost = 0;

	(void)state;
	for (uint32_t key = 0; key < 100; key++)
		assert_int_equal(map->ops->update(map, &key, &key, MAP_ANY), 0);
	for (uint32_t i = 1000; i < 20000; i++) {
		uint32_t used = i % 100;

		lost += !map->ops->lookup(map, &used);
		assert_int_equal(map->ops->update(map, &i, &i, MAP_ANY), 0);
	}
	assert_int_equal(lost, 0);
	map_put(map);
}

/* --- Maps of maps --- */

static void outer_maps(const struct both_kernel *kernel, uint32_t type)
{
	const struct map_spec inner = {
		.type = MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 2
	};
	const struct map_spec other = {
		.type = MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 3
	};
	const struct map_spec spec = {
		.type = type, .key_size = 4, .value_size = 4, .max_entries = 3
	};
	const bool is_hash = type == MAP_TYPE_HASH_OF_MAPS;
	struct both_map in, odd, out, outmost;
	uint32_t key = 1, value;

	assert_int_equal(kernel->create(&inner, NULL, &in), 0);
	assert_int_equal(kernel->create(&other, NULL, &odd), 0);
	assert_int_equal(kernel->create(&spec, &in, &out), 0);
	assert_int_equal(kernel->create(&spec, &out, &outmost), -EINVAL);
	value = kernel->number(&in);
	assert_int_equal(kernel->lookup(&out, &key, &value, 0), -ENOENT);
	assert_int_equal(kernel->remove(&out, &key), -ENOENT);
	value = 9999;
	assert_int_equal(kernel->update(&out, &key, &value, MAP_ANY), -EBADF);
	value = kernel->number(&odd);
	assert_int_equal(kernel->update(&out, &key, &value, MAP_ANY), -EINVAL);
	value = kernel->number(&in);
	assert_int_equal(kernel->update(&out, &key, &value, MAP_NOEXIST), is_hash ? 0 : -EINVAL);
	assert_int_equal(kernel->update(&out, &key, &value, MAP_EXIST), is_hash ? 0 : -EINVAL);
	assert_int_equal(kernel->update(&out, &key, &value, MAP_ANY), 0);
	value = 0;
	assert_int_equal(kernel->lookup(&out, &key, &value, 0), 0);
	assert_int_not_equal(value, 0);
	assert_int_equal(kernel->take(&out, &key, &value, 0), -MAP_ENOTSUPP);
	value = kernel->number(&in);
	key = 3;
	assert_int_equal(kernel->update(&out, &key, &value, MAP_ANY), is_hash ? 0 : -E2BIG);
	key = 1;
	assert_int_equal(kernel->remove(&out, &key), 0);
	assert_int_equal(kernel->remove(&out, &key), -ENOENT);
	kernel->close(&out);
	kernel->close(&odd);
	kernel->close(&in);
}

static void maps_of_maps(void **state)
{
	(void)state;
	for (size_t i = 0; i < kernel_count(); i++) {
		outer_maps(kernels[i], MAP_TYPE_ARRAY_OF_MAPS);
		outer_maps(kernels[i], MAP_TYPE_HASH_OF_MAPS);
	}
}

/* Programs get the map itself, which lives on in the outer one. */
static void inner_map_lives(void **state)
{
	struct map *inner = make(&(struct map_spec){
		.type = MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 2 });
	struct both_map out;
	const struct map_spec spec = {
		.type = MAP_TYPE_HASH_OF_MAPS, .key_size = 4, .value_size = 4, .max_entries = 3
	};
	struct both_map in;
	uint32_t key = 1, value;

	(void)state;
	map_put(inner);
	assert_int_equal(both_ours.create(&(struct map_spec){ .type = MAP_TYPE_HASH,
							      .key_size = 4,
							      .value_size = 4,
							      .max_entries = 2 },
					  NULL, &in),
			 0);
	assert_int_equal(both_ours.create(&spec, &in, &out), 0);
	value = both_ours.number(&in);
	assert_int_equal(both_ours.update(&out, &key, &value, MAP_ANY), 0);
	both_ours.close(&in);
	inner = out.view.map->ops->lookup(out.view.map, &key);
	assert_non_null(inner);
	assert_int_equal(inner->ops->update(inner, &key, &key, MAP_ANY), 0);
	both_ours.close(&out);
}

/* --- Ring buffers --- */

struct reader {
	uint8_t *consumer, *producer, *data;
	size_t bytes;
};

/* As libbpf maps one. */
static struct reader open_reader(const struct map *map)
{
	const size_t size = map->max_entries;
	uint8_t *consumer =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ringbuf_fd(map), 0);
	uint8_t *rest = mmap(NULL, 4096 + size, PROT_READ, MAP_SHARED, ringbuf_fd(map), 4096);

	assert_ptr_not_equal(consumer, MAP_FAILED);
	assert_ptr_not_equal(rest, MAP_FAILED);
	return (struct reader){ consumer, rest, rest + 4096, size };
}

/* The next record's length, or 0; moves on. */
static uint32_t read_record(struct reader *reader)
{
	uint64_t at = load_u64(reader->consumer);
	uint32_t len;

	if (at == load_u64(reader->producer))
		return 0;
	len = load_u32(reader->data + (at & (reader->bytes - 1)));
	if (len & RINGBUF_BUSY)
		return 0;
	store_u64(reader->consumer, at + align_up((len & ~RINGBUF_DISCARD) + 8, 8));
	return len;
}

static bool was_woken(const struct map *map)
{
	struct pollfd event = { .fd = ringbuf_event_fd(map), .events = POLLIN };

	return poll(&event, 1, 0) == 1;
}

static void ring_buffer(void **state)
{
	struct map *map = make(&(struct map_spec){ .type = MAP_TYPE_RINGBUF, .max_entries = 4096 });
	struct reader reader = open_reader(map);
	uint8_t data[4096] = { 1 };
	void *first, *second;

	(void)state;
	assert_null(ringbuf_reserve(map, 4089, 0));
	assert_null(ringbuf_reserve(map, 8, 1));
	assert_int_equal(ringbuf_output(map, data, 8, 4), -EINVAL);
	first = ringbuf_reserve(map, 10, 0);
	second = ringbuf_reserve(map, 20, 0);
	assert_non_null(first);
	assert_ptr_equal((uint8_t *)second - (uint8_t *)first, 24);
	ringbuf_submit(second, 0);
	assert_false(was_woken(map)); /* the reader stands at the first, which is busy */
	assert_int_equal(read_record(&reader), 0);
	ringbuf_discard(first, 0);
	assert_true(was_woken(map));
	assert_int_equal(read_record(&reader), 10 | RINGBUF_DISCARD);
	assert_int_equal(read_record(&reader), 20);
	assert_int_equal(read_record(&reader), 0);
	assert_int_equal(ringbuf_query(map, RINGBUF_AVAILABLE), 0);
	assert_int_equal(ringbuf_query(map, RINGBUF_SIZE), 4096);
	assert_int_equal(ringbuf_query(map, RINGBUF_CONSUMER), 24 + 32);
	for (int i = 0; i < 100; i++) {
		while (!ringbuf_output(map, data, 100, 0))
			;
		assert_int_equal(ringbuf_output(map, data, 100, 0), -EAGAIN);
		for (uint32_t len; (len = read_record(&reader));)
			assert_int_equal(len, 100);
	}
	(void)munmap(reader.consumer, 4096);
	(void)munmap(reader.producer, 4096 + reader.bytes);
	map_put(map);
}

static void user_ring_buffer(void **state)
{
	struct map *map =
		make(&(struct map_spec){ .type = MAP_TYPE_USER_RINGBUF, .max_entries = 4096 });
	uint8_t *pages =
		mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ringbuf_fd(map), 0);
	uint32_t bytes;
	void *sample;

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(user_ringbuf_begin(map), 0);
	assert_int_equal(user_ringbuf_begin(map), -EBUSY);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -ENODATA);
	store_u64(pages + 4096, 7);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -EINVAL);
	store_u64(pages + 4096, 16);
	store_u32(pages + 8192, 100);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -EINVAL);
	store_u32(pages + 8192, 8 | RINGBUF_BUSY);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -ENODATA);
	store_u32(pages + 8192, 8);
	store_u64(pages + 8200, 4711);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), 0);
	assert_int_equal(bytes, 8);
	assert_int_equal(load_u64(sample), 4711);
	user_ringbuf_release(map, bytes);
	assert_int_equal(load_u64(pages), 16);
	store_u64(pages + 4096, 32);
	store_u32(pages + 8192 + 16, 8 | RINGBUF_DISCARD);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -EAGAIN);
	assert_int_equal(user_ringbuf_peek(map, &sample, &bytes), -ENODATA);
	user_ringbuf_end(map);
	(void)munmap(pages, 3 * 4096);
	map_put(map);
}

/* --- The rest --- */

static void stack_traces(void **state)
{
	struct map *map = make(&(struct map_spec){
		.type = MAP_TYPE_STACK_TRACE, .key_size = 4, .value_size = 32, .max_entries = 1 });
	const struct map_view view = map_view_of(map, NULL);
	uint64_t frames[5] = { 1, 2, 3, 4, 5 }, others[2] = { 6, 7 }, value[4];
	uint32_t key = 0;

	(void)state;
	assert_int_equal(map_lookup_elem(&view, &key, value, 0), -ENOENT);
	assert_int_equal(stack_trace_put(map, frames, sizeof frames, 0), 0);
	assert_int_equal(stack_trace_put(map, frames, sizeof frames, 0), 0);
	assert_int_equal(map_lookup_elem(&view, &key, value, 0), 0);
	assert_memory_equal(value, frames, sizeof value);
	assert_int_equal(stack_trace_put(map, others, sizeof others, 0), -EEXIST);
	assert_int_equal(map_take_elem(&view, &key, value, 0), 0);
	assert_int_equal(stack_trace_put(map, others, sizeof others, 0), 0);
	assert_int_equal(map_lookup_elem(&view, &key, value, 0), 0);
	assert_int_equal(value[1], 7);
	assert_int_equal(value[2], 0);
	assert_int_equal(map_next_key(&view, NULL, &key), 0);
	assert_int_equal(map_next_key(&view, &key, &key), -ENOENT);
	assert_int_equal(map_delete_elem(&view, &key), 0);
	map_put(map);
}

static void storages(void **state)
{
	struct map_spec spec = {
		.type = MAP_TYPE_TASK_STORAGE,
		.key_size = 4,
		.value_size = 12,
		.flags = MAP_F_NO_PREALLOC,
	};
	struct map *map = NULL;
	uint8_t *value;

	(void)state;
	assert_int_equal(map_new(&spec, NULL, &map), -EINVAL); /* its types are not known */
	spec.has_btf = true;
	map = make(&spec);
	assert_null(storage_get(map, 1, NULL));
	assert_int_equal(storage_delete(map, 1), -ENOENT);
	value = storage_get(map, 1, storage_zero);
	assert_non_null(value);
	assert_int_equal(value[11], 0);
	value[11] = 5;
	assert_ptr_equal(storage_get(map, 1, storage_zero), value);
	assert_null(storage_get(map, 2, NULL));
	assert_int_equal(storage_delete(map, 1), 0);
	assert_null(storage_get(map, 1, NULL));
	map_put(map);
}

static void arenas(void **state)
{
	struct map *map = make(&(struct map_spec){
		.type = MAP_TYPE_ARENA, .max_entries = 10, .flags = MAP_F_MMAPABLE });
	uint8_t *first = arena_alloc_pages(map, NULL, 3), *second, *outside;

	(void)state;
	assert_ptr_equal(first, arena_start(map));
	memset(first, 1, 3 * (size_t)ARENA_PAGE);
	outside = mmap(NULL, ARENA_PAGE, PROT_READ, MAP_SHARED, arena_fd(map), 0);
	assert_ptr_not_equal(outside, MAP_FAILED);
	assert_int_equal(outside[5], 1);
	second = arena_alloc_pages(map, NULL, 7);
	assert_ptr_equal(second, first + 3 * (size_t)ARENA_PAGE);
	assert_null(arena_alloc_pages(map, NULL, 1));
	assert_null(arena_alloc_pages(map, first, 1));
	arena_free_pages(map, first + ARENA_PAGE, 1);
	assert_null(arena_alloc_pages(map, NULL, 2));
	assert_null(arena_alloc_pages(map, first, 2));
	assert_ptr_equal(arena_alloc_pages(map, NULL, 1), first + ARENA_PAGE);
	assert_int_equal(first[ARENA_PAGE], 0);
	(void)munmap(outside, ARENA_PAGE);
	map_put(map);
	map = make(&(struct map_spec){ .type = MAP_TYPE_ARENA,
				       .max_entries = 1,
				       .flags = MAP_F_MMAPABLE,
				       .extra = 0x551000000000 });
	assert_ptr_equal(arena_start(map), (void *)0x551000000000);
	map_put(map);
}

static void fields(void **state)
{
	struct map_spec spec = {
		.type = MAP_TYPE_HASH,
		.key_size = 4,
		.value_size = 32,
		.max_entries = 2,
		.field_count = 2,
		.fields = { { MAP_FIELD_SPIN_LOCK, 4, 4 }, { MAP_FIELD_TIMER, 8, 16 } },
	};
	static const uint32_t types[] = { MAP_TYPE_HASH, MAP_TYPE_ARRAY };
	uint8_t value[32], shown[32], expected[32];
	uint32_t key = 1;

	(void)state;
	memset(value, 0xff, sizeof value);
	memset(expected, 0xff, sizeof expected);
	memset(expected + 4, 0, 20);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct map_view view;

		spec.type = types[i];
		view = map_view_of(make(&spec), NULL);
		assert_int_equal(map_update_elem(&view, &key, value, 0), 0);
		assert_int_equal(map_lookup_elem(&view, &key, shown, MAP_LOCK), 0);
		assert_memory_equal(shown, expected, sizeof shown);
		assert_int_equal(map_update_elem(&view, &key, value, MAP_LOCK), 0);
		assert_memory_equal(view.map->ops->lookup(view.map, &key), expected, 32);
		map_put(view.map);
	}
	spec.flags = MAP_F_RDONLY_PROG;
	assert_int_equal(map_new(&spec, NULL, &(struct map *){ NULL }), -EACCES);
	spec.flags = 0;
	spec.type = MAP_TYPE_PERCPU_HASH;
	assert_int_equal(map_new(&spec, NULL, &(struct map *){ NULL }), -EOPNOTSUPP);
	spec.type = MAP_TYPE_HASH;
	spec.value_size = 20;
	assert_int_equal(map_new(&spec, NULL, &(struct map *){ NULL }), -EINVAL);
}

static void redirects(void **state)
{
	struct map *map = make(&(struct map_spec){
		.type = MAP_TYPE_DEVMAP, .key_size = 4, .value_size = 4, .max_entries = 4 });
	const struct map_view view = map_view_of(map, NULL);
	uint32_t key = 2, interface = 7;

	(void)state;
	assert_int_equal(map_update_elem(&view, &key, &interface, 0), 0);
	assert_int_equal(map->ops->redirect(map, 2, 0), 4);
	assert_int_equal(map->ops->redirect(map, 1, 2), 2);
	assert_int_equal(map->ops->redirect(map, 99, 1), 1);
	assert_int_equal(map->ops->redirect(map, 2, 8), 0);
	map_put(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lru),          cmocka_unit_test(lru_keeps_the_used),
		cmocka_unit_test(maps_of_maps), cmocka_unit_test(inner_map_lives),
		cmocka_unit_test(ring_buffer),  cmocka_unit_test(user_ring_buffer),
		cmocka_unit_test(stack_traces), cmocka_unit_test(storages),
		cmocka_unit_test(arenas),       cmocka_unit_test(fields),
		cmocka_unit_test(redirects),
	};

	return cmocka_run_group_tests_name("kern/map/map_kinds", tests, NULL, NULL);
}
