/*
 * ring.c - reading BPF ring buffers.
 */
#include "run/ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/bits.h"

int run_ring_open(struct run_ring *ring, const struct sys *sys, int map_fd, size_t bytes)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *consumer, *producer;
	int err = sys->mmap(sys, map_fd, page_bytes, PROT_READ | PROT_WRITE, 0, &consumer);

	if (err)
		return err;
	err = sys->mmap(sys, map_fd, page_bytes + 2 * bytes, PROT_READ, (int64_t)page_bytes,
			&producer);
	if (err) {
		(void)sys->munmap(sys, consumer, page_bytes);
		return err;
	}
	*ring = (struct run_ring){
		.sys = sys,
		.consumer = consumer,
		.producer = producer,
		.data = (const uint8_t *)producer + page_bytes,
		.mask = bytes - 1,
		.page_bytes = page_bytes,
		.position = *(uint64_t *)consumer,
	};
	return 0;
}

void run_ring_close(struct run_ring *ring)
{
	void *producer = (void *)(uintptr_t)ring->producer; /* munmap takes no const */

	if (!ring->consumer)
		return;
	(void)ring->sys->munmap(ring->sys, ring->consumer, ring->page_bytes);
	(void)ring->sys->munmap(ring->sys, producer, ring->page_bytes + 2 * (ring->mask + 1));
	*ring = (struct run_ring){ 0 };
}

uint64_t run_ring_end(const struct run_ring *ring)
{
	return ring->consumer ? __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) : 0;
}

static uint32_t load_header(const struct run_ring *ring)
{
	const void *header = ring->data + (ring->position & ring->mask);

	return __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
}

const uint8_t *run_ring_next(struct run_ring *ring, uint64_t end, uint32_t *ret_len)
{
	while (ring->position < end) {
		const uint8_t *record =
			ring->data + (ring->position & ring->mask) + BPF_RINGBUF_HDR_SZ;
		uint32_t header = load_header(ring);
		uint32_t len = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (UNLIKELY(header & BPF_RINGBUF_BUSY_BIT))
			return NULL;
		ring->position += align_up(len + (size_t)BPF_RINGBUF_HDR_SZ, 8);
		if (UNLIKELY(header & BPF_RINGBUF_DISCARD_BIT))
			continue;
		*ret_len = len;
		return record;
	}
	return NULL;
}

void run_ring_give_back(struct run_ring *ring)
{
	if (ring->consumer)
		__atomic_store_n(ring->consumer, ring->position, __ATOMIC_RELEASE);
}
