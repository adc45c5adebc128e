/*
 * ringbuf.c - ring buffers and user ring buffers, in the layout of kernel/bpf/ringbuf.c.
 *
 *	head page | consumer page | producer page | data | data again
 *
 * The head is ours alone.  A record's header says how many pages lie between it and the head, so
 * that a sample is all that submit needs.
 *
 * Writers reserve one after the other under a lock and fill in parallel; a record that is not
 * submitted yet is busy, and readers stop at it.  All memory is shared, so that children of a fork
 * write to the same ring.
 */
#include "kern/map/ringbuf.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"
#include "kern/obj/lock.h"

enum {
	PAGE = 4096,
	DATA_AT = 3 * PAGE,
	MOST_DYNPTR = (1 << 24) - 1,
};
#define MOST_RECORD (UINT32_MAX / 4)

struct head {
	struct lock lock;
	uint32_t is_read; /* user ring buffers: a program is at it */
	uint64_t mask;
	uint64_t pending; /* everything before it was submitted */
	int event_fd;
};

struct ringbuf {
	struct map map;
	struct head *head;
	size_t mapped;
	int fd;
};

struct header {
	uint32_t len;
	uint32_t pages; /* from the head */
};

static struct ringbuf *ringbuf_of(const struct map *map)
{
	return (struct ringbuf *)(uintptr_t)map;
}

static uint64_t *consumer(struct head *head)
{
	return (uint64_t *)(void *)((uint8_t *)head + PAGE);
}

static uint64_t *producer(struct head *head)
{
	return (uint64_t *)(void *)((uint8_t *)head + 2 * PAGE);
}

static struct header *record_at(struct head *head, uint64_t position)
{
	return (struct header *)(void *)((uint8_t *)head + DATA_AT + (position & head->mask));
}

static uint64_t load(const uint64_t *position)
{
	return __atomic_load_n(position, __ATOMIC_ACQUIRE);
}

static uint64_t record_bytes(uint32_t len)
{
	return align_up((size_t)(len & ~(RINGBUF_BUSY | RINGBUF_DISCARD)) + RINGBUF_HEADER, 8);
}

/* --- Writing --- */

/* Under the lock: move 'pending' over what was submitted since. */
static void advance_pending(struct head *head, uint64_t end)
{
	while (head->pending < end) {
		uint32_t len =
			__atomic_load_n(&record_at(head, head->pending)->len, __ATOMIC_ACQUIRE);

		if (len & RINGBUF_BUSY)
			break;
		head->pending += record_bytes(len);
	}
}

static struct header *reserve(struct head *head, uint32_t bytes)
{
	const uint64_t at = *producer(head), end = at + record_bytes(bytes);
	struct header *header = record_at(head, at);

	advance_pending(head, at);
	if (end - load(consumer(head)) > head->mask || end - head->pending > head->mask)
		return NULL;
	header->pages = (uint32_t)(((uintptr_t)header - (uintptr_t)head) / PAGE);
	__atomic_store_n(&header->len, bytes | RINGBUF_BUSY, __ATOMIC_RELAXED);
	__atomic_store_n(producer(head), end, __ATOMIC_RELEASE);
	return header;
}

void *ringbuf_reserve(struct map *map, uint64_t bytes, uint64_t flags)
{
	struct head *head = ringbuf_of(map)->head;
	struct header *header;

	if (flags || bytes > MOST_RECORD || record_bytes((uint32_t)bytes) > head->mask + 1)
		return NULL;
	lock_take(&head->lock);
	header = reserve(head, (uint32_t)bytes);
	lock_drop(&head->lock);
	return header ? header + 1 : NULL;
}

static void wake(const struct head *head)
{
	const uint64_t one = 1;

	/* EAGAIN: nobody has looked for 2^64 records, and somebody who polls is awake. */
	(void)!write(head->event_fd, &one, sizeof one);
}

static void commit(void *sample, uint64_t flags, uint32_t discard)
{
	struct header *header = (struct header *)sample - 1;
	uintptr_t page = (uintptr_t)header & ~(uintptr_t)(PAGE - 1);
	struct head *head = (struct head *)(page - (uintptr_t)header->pages * PAGE);
	const uint64_t at = (uintptr_t)header - (uintptr_t)head - DATA_AT;
	uint32_t len = (header->len & ~RINGBUF_BUSY) | discard;

	__atomic_store_n(&header->len, len, __ATOMIC_SEQ_CST);
	if (flags & RINGBUF_FORCE_WAKEUP)
		wake(head);
	else if (!(flags & RINGBUF_NO_WAKEUP) &&
		 (__atomic_load_n(consumer(head), __ATOMIC_SEQ_CST) & head->mask) == at)
		wake(head);
}

void ringbuf_submit(void *sample, uint64_t flags)
{
	commit(sample, flags, 0);
}

void ringbuf_discard(void *sample, uint64_t flags)
{
	commit(sample, flags, RINGBUF_DISCARD);
}

int ringbuf_output(struct map *map, const void *data, uint64_t bytes, uint64_t flags)
{
	void *sample;

	if (flags & ~(uint64_t)(RINGBUF_NO_WAKEUP | RINGBUF_FORCE_WAKEUP))
		return -EINVAL;
	sample = ringbuf_reserve(map, bytes, 0);
	if (!sample)
		return -EAGAIN;
	memcpy(sample, data, bytes);
	ringbuf_submit(sample, flags);
	return 0;
}

uint64_t ringbuf_query(const struct map *map, uint64_t question)
{
	struct head *head = ringbuf_of(map)->head;
	uint64_t read = load(consumer(head));

	switch (question) {
	case RINGBUF_AVAILABLE: return load(producer(head)) - read;
	case RINGBUF_SIZE: return head->mask + 1;
	case RINGBUF_CONSUMER: return read;
	case RINGBUF_PRODUCER: return load(producer(head));
	default: return 0;
	}
}

/* --- Reading what user space wrote: nothing of it can be trusted --- */

int user_ringbuf_peek(struct map *map, void **ret_sample, uint32_t *ret_bytes)
{
	struct head *head = ringbuf_of(map)->head;
	const uint64_t end = load(producer(head)), at = load(consumer(head));
	uint32_t len;

	if (end % 8)
		return -EINVAL;
	if (at >= end)
		return -ENODATA;
	len = __atomic_load_n(&record_at(head, at)->len, __ATOMIC_ACQUIRE);
	if (record_bytes(len) > end - at)
		return -EINVAL;
	if (record_bytes(len) > head->mask + 1 ||
	    (len & ~(RINGBUF_BUSY | RINGBUF_DISCARD)) > MOST_DYNPTR)
		return -E2BIG;
	if (len & RINGBUF_DISCARD) {
		__atomic_store_n(consumer(head), at + record_bytes(len), __ATOMIC_RELEASE);
		return -EAGAIN;
	}
	if (len & RINGBUF_BUSY)
		return -ENODATA;
	*ret_sample = record_at(head, at) + 1;
	*ret_bytes = len;
	return 0;
}

void user_ringbuf_release(struct map *map, uint32_t bytes)
{
	uint64_t *position = consumer(ringbuf_of(map)->head);

	__atomic_store_n(position, *position + record_bytes(bytes), __ATOMIC_RELEASE);
}

int user_ringbuf_begin(struct map *map)
{
	uint32_t *busy = &ringbuf_of(map)->head->is_read;

	return __atomic_exchange_n(busy, 1, __ATOMIC_ACQUIRE) ? -EBUSY : 0;
}

void user_ringbuf_end(struct map *map)
{
	__atomic_store_n(&ringbuf_of(map)->head->is_read, 0, __ATOMIC_RELEASE);
}

int ringbuf_fd(const struct map *map)
{
	return ringbuf_of(map)->fd;
}

int ringbuf_event_fd(const struct map *map)
{
	return ringbuf_of(map)->head->event_fd;
}

/* --- As a map --- */

static int no_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	(void)map, (void)key, (void)value, (void)flags;
	return -MAP_ENOTSUPP;
}

static int no_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -MAP_ENOTSUPP;
}

static int no_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map, (void)key, (void)ret_next;
	return -MAP_ENOTSUPP;
}

static int no_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	(void)map, (void)key, (void)ret_value, (void)flags;
	return -MAP_ENOTSUPP;
}

static void ringbuf_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct head *head = ringbuf_of(map)->head;

	*ret_start = (uint8_t *)(uintptr_t)head + DATA_AT;
	*ret_bytes = 2 * (head->mask + 1);
}

static void ringbuf_free(struct map *map)
{
	struct ringbuf *ring = ringbuf_of(map);

	if (ring->head) {
		if (ring->head->event_fd >= 0)
			(void)close(ring->head->event_fd);
		(void)munmap(ring->head, ring->mapped);
	}
	if (ring->fd >= 0)
		(void)close(ring->fd);
	map_dealloc(map, sizeof *ring);
}

#define RINGBUF_OPS(text)                                                               \
	{                                                                               \
		.name = text, .lookup = map_lookup_nothing, .update = no_update,        \
		.remove = no_remove, .next_key = no_next_key, .each = map_each_nothing, \
		.extent = ringbuf_extent, .free = ringbuf_free, .get = no_get,          \
	}
const struct map_ops map_ops_RINGBUF = RINGBUF_OPS("ringbuf");
const struct map_ops map_ops_USER_RINGBUF = RINGBUF_OPS("user_ringbuf");

/* Lay out the ring at one range of addresses; 0 or -ENOMEM. */
static int map_pages(struct ringbuf *ring, size_t bytes)
{
	const int prot = PROT_READ | PROT_WRITE;
	uint8_t *start;

	ring->mapped = DATA_AT + 2 * bytes;
	start = mmap(NULL, ring->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		     0);
	if (start == MAP_FAILED)
		return -ENOMEM;
	if (mmap(start, PAGE, prot, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    mmap(start + PAGE, 2 * PAGE + bytes, prot, MAP_SHARED | MAP_FIXED, ring->fd, 0) ==
		    MAP_FAILED ||
	    mmap(start + DATA_AT + bytes, bytes, prot, MAP_SHARED | MAP_FIXED, ring->fd,
		 2 * PAGE) == MAP_FAILED) {
		(void)munmap(start, ring->mapped);
		return -ENOMEM;
	}
	ring->head = (struct head *)(void *)start;
	ring->head->mask = bytes - 1;
	return 0;
}

static int make(struct ringbuf *ring, size_t bytes)
{
	int err;

	ring->fd = memfd_create("ringbuf", MFD_CLOEXEC);
	if (ring->fd < 0 || ftruncate(ring->fd, (off_t)(2 * PAGE + bytes)))
		return -ENOMEM;
	err = map_pages(ring, bytes);
	if (err)
		return err;
	ring->head->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return ring->head->event_fd < 0 ? -ENOMEM : 0;
}

static int new_ringbuf(const struct map_spec *spec, const struct map_ops *ops, struct map **ret_map)
{
	const uint32_t entries = spec->max_entries;
	struct ringbuf *ring;
	int err;

	if (entries & (entries - 1) || entries % PAGE)
		return -EINVAL;
	ring = map_alloc(spec, ops, sizeof *ring);
	if (!ring)
		return -ENOMEM;
	err = make(ring, entries);
	if (err)
		ringbuf_free(&ring->map);
	else
		*ret_map = &ring->map;
	return err;
}

int ringbuf_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_ringbuf(spec, &map_ops_RINGBUF, ret_map);
}

int user_ringbuf_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_ringbuf(spec, &map_ops_USER_RINGBUF, ret_map);
}
