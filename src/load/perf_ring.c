/*
 * perf_ring.c - rings of perf events.
 */
#include "load/perf_ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"
#include "sys/bpf.h"

enum {
	PAGES = 64, /* of data: a power of two */
	HEADER_BYTES = sizeof(struct perf_event_header),
};

int perf_ring_open(struct perf_ring *ring, const struct sys *sys, int map_fd, unsigned int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_RAW,
		.wakeup_events = 1,
	};
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint32_t fd;
	int err;

	*ring = (struct perf_ring){ .sys = sys, .bytes = PAGES * page };
	ring->fd = sys->perf_event_open(sys, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (ring->fd < 0)
		return ring->fd;
	fd = (uint32_t)ring->fd;
	err = sys->mmap(sys, ring->fd, ring->bytes + page, PROT_READ | PROT_WRITE, 0,
			&ring->memory);
	if (!err)
		err = sys_map_update(sys, map_fd, &cpu, &fd, BPF_ANY);
	if (!err)
		err = sys->ioctl(sys, ring->fd, PERF_EVENT_IOC_ENABLE, 0);
	if (err < 0) {
		perf_ring_close(ring);
		return err;
	}
	return 0;
}

void perf_ring_close(struct perf_ring *ring)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (ring->memory)
		(void)ring->sys->munmap(ring->sys, ring->memory, ring->bytes + page);
	if (ring->fd >= 0)
		(void)ring->sys->close(ring->sys, ring->fd);
	strbuf_release(&ring->joined);
	*ring = (struct perf_ring){ .fd = -1 };
}

/* The @len bytes at @at, in one piece; NULL: memory is short. */
static const uint8_t *piece(struct perf_ring *ring, const uint8_t *data, uint64_t at, size_t len)
{
	const size_t begin = (size_t)(at & (ring->bytes - 1));

	if (len <= ring->bytes - begin)
		return data + begin;
	strbuf_reset(&ring->joined);
	strbuf_add(&ring->joined, (const char *)data + begin, ring->bytes - begin);
	strbuf_add(&ring->joined, (const char *)data, len - (ring->bytes - begin));
	return ring->joined.failed ? NULL : (const uint8_t *)ring->joined.data;
}

/* PERF_RECORD_SAMPLE: u32 length, bytes.  PERF_RECORD_LOST: u64 id, u64 how many. */
static void visit_one(const uint8_t *record, const struct perf_event_header *header,
		      const struct perf_ring_visit *visit)
{
	const uint8_t *body = record + HEADER_BYTES;
	const size_t size = header->size - HEADER_BYTES;

	if (header->type == PERF_RECORD_SAMPLE && size >= 4 && load_u32(body) <= size - 4)
		visit->record(visit->data, body + 4, load_u32(body));
	else if (header->type == PERF_RECORD_LOST && size >= 16)
		visit->lost(visit->data, load_u64(body + 8));
}

void perf_ring_read(struct perf_ring *ring, const struct perf_ring_visit *visit)
{
	struct perf_event_mmap_page *page = ring->memory;
	const uint8_t *data = (const uint8_t *)ring->memory + sysconf(_SC_PAGESIZE);
	const uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = page->data_tail;

	while (head - tail >= HEADER_BYTES && head - tail <= ring->bytes) {
		struct perf_event_header header;
		const uint8_t *record;

		/* Records are aligned to 8, so headers are never split. */
		memcpy(&header, data + (tail & (ring->bytes - 1)), sizeof header);
		if (header.size < HEADER_BYTES || header.size > head - tail)
			break;
		record = piece(ring, data, tail, header.size);
		if (record)
			visit_one(record, &header, visit);
		tail += header.size;
	}
	__atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}
