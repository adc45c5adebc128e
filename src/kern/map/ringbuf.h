/*
 * ringbuf.h - ring buffers: records of any size from many writers to one reader, and the other way
 * round.
 *
 * The memory is what Linux lets user space map: a page that begins with the reader's position, one
 * with the writers', and the data.  ringbuf_fd is a file of these; a reader maps the data twice in a
 * row, so that a record never wraps.  Record: 4 bytes of length with RINGBUF_BUSY and
 * RINGBUF_DISCARD, 4 bytes of ours, the sample; all on 8 bytes.
 */
#ifndef WAGGLE_KERN_MAP_RINGBUF_H
#define WAGGLE_KERN_MAP_RINGBUF_H

#include "kern/map/kinds.h"

enum {
	RINGBUF_HEADER = 8,
	RINGBUF_NO_WAKEUP = 1 << 0, /* BPF_RB_NO_WAKEUP */
	RINGBUF_FORCE_WAKEUP = 1 << 1,
};
#define RINGBUF_BUSY    (1u << 31)
#define RINGBUF_DISCARD (1u << 30)

/* What ringbuf_query answers (BPF_RB_AVAIL_DATA and on). */
enum ringbuf_question {
	RINGBUF_AVAILABLE,
	RINGBUF_SIZE,
	RINGBUF_CONSUMER,
	RINGBUF_PRODUCER,
};

/* --- Ring buffers: programs write --- */

/* Room for a sample of @bytes, to be given to ringbuf_submit or _discard; NULL when there is none or
 * @flags is not 0. */
void *ringbuf_reserve(struct map *map, uint64_t bytes, uint64_t flags);
void ringbuf_submit(void *sample, uint64_t flags);
void ringbuf_discard(void *sample, uint64_t flags);
/* 0, -EINVAL (flags) or -EAGAIN (no room). */
int ringbuf_output(struct map *map, const void *data, uint64_t bytes, uint64_t flags);
uint64_t ringbuf_query(const struct map *map, uint64_t question);

/* --- User ring buffers: programs read --- */

/* The next sample: 0, or -ENODATA (none), -EAGAIN (one was skipped: ask again), -EINVAL or -E2BIG (the
 * writer has written nonsense).  It is to be given back before the next. */
int user_ringbuf_peek(struct map *map, void **ret_sample, uint32_t *ret_bytes);
void user_ringbuf_release(struct map *map, uint32_t bytes);
/* -EBUSY when another program is reading. */
int user_ringbuf_begin(struct map *map);
void user_ringbuf_end(struct map *map);

/* --- Both --- */

int ringbuf_fd(const struct map *map);       /* consumer page, producer page, data */
int ringbuf_event_fd(const struct map *map); /* an eventfd, counted up when the reader is to look */

#endif
