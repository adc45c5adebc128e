/*
 * arena.c - arenas.
 *
 * All addresses are reserved at creation and belong to a memfd, so that user space can map the same
 * pages; a page that is not allocated cannot be touched by programs here.  Pages are found
 * first-fit in a bitmap, from where the last search ended.
 */
#include "kern/map/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"
#include "kern/obj/lock.h"

#define FOUR_GIB (1ull << 32)

struct arena_map {
	struct map map;
	uint8_t *start;
	size_t bytes;
	int fd;
	struct lock lock;
	uint32_t next; /* where a search begins */
	uint64_t taken[];
};

static struct arena_map *arena_of(const struct map *map)
{
	return (struct arena_map *)(uintptr_t)map;
}

static size_t map_bytes(uint32_t pages)
{
	return sizeof(struct arena_map) + ((size_t)pages + 63) / 64 * sizeof(uint64_t);
}

static bool is_taken(const struct arena_map *arena, uint32_t page)
{
	return arena->taken[page / 64] >> page % 64 & 1;
}

static void mark(struct arena_map *arena, uint32_t page, uint32_t count, bool taken)
{
	for (; count; count--, page++) {
		uint64_t bit = 1ull << page % 64;

		if (taken)
			arena->taken[page / 64] |= bit;
		else
			arena->taken[page / 64] &= ~bit;
	}
}

/* The first page from @from of @count free ones before @end; @end: there are none. */
static uint32_t find_free(const struct arena_map *arena, uint32_t from, uint32_t end,
			  uint32_t count)
{
	uint32_t run = 0;

	for (uint32_t page = from; page < end; page++) {
		run = is_taken(arena, page) ? 0 : run + 1;
		if (run == count)
			return page + 1 - count;
	}
	return end;
}

static uint32_t choose(struct arena_map *arena, uint32_t count)
{
	const uint32_t pages = arena->map.max_entries;
	uint32_t page = find_free(arena, arena->next, pages, count);

	return page < pages ? page : find_free(arena, 0, pages, count);
}

static uint32_t page_of(const struct arena_map *arena, const void *address)
{
	const uintptr_t offset = (uintptr_t)address - (uintptr_t)arena->start;

	return offset < arena->bytes ? (uint32_t)(offset / ARENA_PAGE) : UINT32_MAX;
}

void *arena_alloc_pages(struct map *map, void *address, uint32_t count)
{
	struct arena_map *arena = arena_of(map);
	const uint32_t pages = map->max_entries;
	uint32_t page = page_of(arena, address);
	uint8_t *start = NULL;

	if (!count || count > pages || (address && page >= pages))
		return NULL;
	lock_take(&arena->lock);
	if (!address)
		page = choose(arena, count);
	else if (count > pages - page || find_free(arena, page, page + count, count) != page)
		page = pages;
	if (page < pages) {
		start = arena->start + (size_t)page * ARENA_PAGE;
		if (mprotect(start, (size_t)count * ARENA_PAGE, PROT_READ | PROT_WRITE)) {
			start = NULL;
		} else {
			mark(arena, page, count, true);
			arena->next = page + count;
		}
	}
	lock_drop(&arena->lock);
	return start;
}

static void free_page(struct arena_map *arena, uint32_t page)
{
	uint8_t *start = arena->start + (size_t)page * ARENA_PAGE;

	mark(arena, page, 1, false);
	(void)mprotect(start, ARENA_PAGE, PROT_NONE);
	(void)fallocate(arena->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			(off_t)page * ARENA_PAGE, ARENA_PAGE);
}

void arena_free_pages(struct map *map, void *address, uint32_t count)
{
	struct arena_map *arena = arena_of(map);
	uint32_t page = page_of(arena, address);

	lock_take(&arena->lock);
	for (; count && page < map->max_entries; page++, count--)
		if (is_taken(arena, page))
			free_page(arena, page);
	lock_drop(&arena->lock);
}

void *arena_start(const struct map *map)
{
	return arena_of(map)->start;
}

int arena_fd(const struct map *map)
{
	return arena_of(map)->fd;
}

/* --- As a map: there is nothing in it by key --- */

static int no_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	(void)map, (void)key, (void)value, (void)flags;
	return -EOPNOTSUPP;
}

static int no_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EOPNOTSUPP;
}

static int no_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map, (void)key, (void)ret_next;
	return -EOPNOTSUPP;
}

static int no_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	(void)map, (void)key, (void)ret_value, (void)flags;
	return -EINVAL;
}

static void arena_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	*ret_start = arena_of(map)->start;
	*ret_bytes = arena_of(map)->bytes;
}

static void arena_free(struct map *map)
{
	struct arena_map *arena = arena_of(map);

	if (arena->start)
		(void)munmap(arena->start, arena->bytes);
	if (arena->fd >= 0)
		(void)close(arena->fd);
	map_dealloc(map, map_bytes(map->max_entries));
}

const struct map_ops map_ops_ARENA = {
	.name = "arena",
	.lookup = map_lookup_nothing,
	.update = no_update,
	.remove = no_remove,
	.next_key = no_next_key,
	.each = map_each_nothing,
	.extent = arena_extent,
	.free = arena_free,
	.get = no_get,
};

/* Reserve the addresses: at map_extra, when that is given. */
static int reserve(struct arena_map *arena)
{
	void *want = (void *)(uintptr_t)arena->map.extra;
	void *start;

	arena->fd = memfd_create("arena", MFD_CLOEXEC);
	if (arena->fd < 0 || ftruncate(arena->fd, (off_t)arena->bytes))
		return -ENOMEM;
	start = mmap(want, arena->bytes, PROT_NONE,
		     MAP_SHARED | MAP_NORESERVE | (want ? MAP_FIXED_NOREPLACE : 0), arena->fd, 0);
	if (start == MAP_FAILED)
		return errno == EEXIST ? -EBUSY : -ENOMEM;
	arena->start = start;
	return 0;
}

int arena_map_new(const struct map_spec *spec, struct map **ret_map)
{
	const uint64_t bytes = (uint64_t)spec->max_entries * ARENA_PAGE;
	struct arena_map *arena;
	int err;

	if (spec->extra % ARENA_PAGE)
		return -EINVAL;
	if (bytes > FOUR_GIB)
		return -E2BIG;
	if (spec->extra >> 32 != (spec->extra + bytes - 1) >> 32)
		return -ERANGE; /* the low halves of addresses must not wrap */
	arena = map_alloc(spec, &map_ops_ARENA, map_bytes(spec->max_entries));
	if (!arena)
		return -ENOMEM;
	arena->bytes = bytes;
	err = reserve(arena);
	if (err)
		arena_free(&arena->map);
	else
		*ret_map = &arena->map;
	return err;
}
