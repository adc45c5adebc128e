/*
 * ring.c - blocks of packets shared with the kernel.
 *
 * Each block has one owner at a time, by its status word: acquired with an acquire load after the kernel's
 * release, handed back the other way round.
 */
#include "capture/ring.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/bits.h"

enum {
	/* A block of this size has room for a packet as long as Linux makes them (GRO) with its header. */
	LEAST_BLOCK_BYTES = 128 << 10,
	MOST_BLOCK_BYTES = 1 << 20,
	LEAST_BLOCKS = 2,
	FRAME_BYTES = 2048, /* V3 only wants blocks to be a multiple of it */
};

static struct tpacket_hdr_v1 *header(const struct ring *ring, uint32_t block)
{
	void *start = ring->map + (size_t)(block % ring->block_count) * ring->block_bytes;
	struct tpacket_block_desc *desc = start;

	return &desc->hdr.bh1;
}

/* A power of two. */
static uint32_t choose_block_bytes(uint32_t snaplen)
{
	uint32_t bytes = LEAST_BLOCK_BYTES;

	while (bytes < MOST_BLOCK_BYTES && bytes - 1024 < snaplen)
		bytes *= 2;
	return bytes;
}

static int try_size(struct ring *ring, int fd, uint32_t timeout_ms)
{
	const struct tpacket_req3 request = {
		.tp_block_size = ring->block_bytes,
		.tp_block_nr = ring->block_count,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = ring->block_bytes / FRAME_BYTES * ring->block_count,
		.tp_retire_blk_tov = timeout_ms,
	};
	void *map;

	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
		return -errno;
	ring->map_bytes = (size_t)ring->block_bytes * ring->block_count;
	map = mmap(NULL, ring->map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	ring->map = map;
	return 0;
}

int ring_init(struct ring *ring, int fd, const struct ring_options *options)
{
	const int version = TPACKET_V3, room = RING_ROOM_BYTES;
	int err;

	*ring = (struct ring){ .block_bytes = choose_block_bytes(options->snaplen) };
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_RESERVE, &room, sizeof room) < 0)
		return -errno;
	ring->block_count = (uint32_t)(options->bytes / ring->block_bytes);
	do {
		if (ring->block_count < LEAST_BLOCKS)
			ring->block_count = LEAST_BLOCKS;
		err = try_size(ring, fd, options->timeout_ms);
		if (err != -ENOMEM || ring->block_count == LEAST_BLOCKS)
			return err;
		ring->block_count /= 2;
	} while (true);
}

void ring_release(struct ring *ring)
{
	if (ring->map)
		(void)munmap(ring->map, ring->map_bytes);
	*ring = (struct ring){ 0 };
}

static bool is_ours(const struct ring *ring, uint32_t block)
{
	return __atomic_load_n(&header(ring, block)->block_status, __ATOMIC_ACQUIRE) &
	       TP_STATUS_USER;
}

static struct tpacket3_hdr *at(void *start, size_t offset)
{
	return (void *)((uint8_t *)start + offset);
}

static void finish_block(struct ring *ring)
{
	ring->block = (ring->block + 1) % ring->block_count;
	ring->held++;
}

struct tpacket3_hdr *ring_peek(struct ring *ring)
{
	while (ring->left == 0) {
		struct tpacket_hdr_v1 *block;

		if (!ring->map || ring->held == ring->block_count || !is_ours(ring, ring->block))
			return NULL;
		block = header(ring, ring->block);
		ring->left = block->num_pkts;
		/* The offset counts from the descriptor. */
		ring->next = at((uint8_t *)block - offsetof(struct tpacket_block_desc, hdr),
				block->offset_to_first_pkt);
		if (ring->left == 0)
			finish_block(ring);
	}
	return ring->next;
}

void ring_advance(struct ring *ring)
{
	ring->next = at(ring->next, ring->next->tp_next_offset);
	if (--ring->left == 0)
		finish_block(ring);
}

void ring_hand_back(struct ring *ring)
{
	for (; ring->held > 0; ring->held--) {
		uint32_t block = ring->block + ring->block_count - ring->held;

		__atomic_store_n(&header(ring, block)->block_status, TP_STATUS_KERNEL,
				 __ATOMIC_RELEASE);
	}
}

bool ring_is_crowded(const struct ring *ring)
{
	return ring->map && is_ours(ring, ring->block + ring->block_count / 2);
}
