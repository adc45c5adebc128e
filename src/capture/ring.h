/*
 * ring.h - packets that the kernel puts into memory shared with us: a ring of blocks, TPACKET_V3.
 *
 * The kernel fills a block with packets, and hands it over when it is full or when the timeout since its first
 * packet has passed; we read them where they are, and hand it back.  (Immediate mode is V3 too, with a timeout
 * of 1 ms: V2 hands over packets one by one, but its frames all have the size of the largest packet, so
 * that the same memory holds a hundredth of the packets.)
 */
#ifndef WAGGLE_CAPTURE_RING_H
#define WAGGLE_CAPTURE_RING_H

#include <linux/if_packet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* Bytes before each packet's data that are ours to write. */
	RING_ROOM_BYTES = 64,
};

struct ring_options {
	size_t bytes;        /* of all blocks; it is made at least two large ones' */
	uint32_t snaplen;    /* a block has room for one packet of this size */
	uint32_t timeout_ms; /* at least 1 */
};

/* A zeroed struct is a ring without memory, for ring_release. */
struct ring {
	uint8_t *map;
	size_t map_bytes;
	uint32_t block_bytes;
	uint32_t block_count;
	uint32_t block; /* the one being read */
	uint32_t held;  /* blocks before it that were read and are not handed back */
	uint32_t left;  /* packets in it that were not read; 0 also if it is the kernel's */
	struct tpacket3_hdr *next;
};

/* Make a ring for the packet socket @fd, which is not bound yet.  If memory is short, it is smaller.
 * Returns 0 or a negative errno. */
int ring_init(struct ring *ring, int fd, const struct ring_options *options);
void ring_release(struct ring *ring);

/* The next packet, or NULL if there is none for now. */
struct tpacket3_hdr *ring_peek(struct ring *ring);
/* Go past the packet that ring_peek gave.  It stays good until ring_hand_back. */
void ring_advance(struct ring *ring);
/* Hand the blocks that were read back to the kernel. */
void ring_hand_back(struct ring *ring);

/* Is half of the ring waiting to be read? */
bool ring_is_crowded(const struct ring *ring);

#endif
