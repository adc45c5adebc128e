/*
 * watch.c - side-band records of perf events.
 *
 * A ring holds records of up to 64 KiB between 'data_tail', ours, and 'data_head', the kernel's; both
 * only grow.  A process moves between CPUs, so the rings are read together, always the oldest record
 * first.
 */
#include "sym/watch.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/bits.h"

enum {
	RING_BYTES = 128 << 10, /* of each CPU; an execve takes about 800 */
	MOST_RECORD = 64 << 10,
	MOST_CPUS = 4096,
	TRAILER_BYTES = 16, /* sample_id: process and thread, then time */
};

struct ring {
	int fd;
	struct perf_event_mmap_page *page;
	const uint8_t *data;
	uint64_t head; /* as read when the poll began */
	uint64_t tail;
	uint64_t time; /* of the record at 'tail', when it is not at 'head' */
};

struct watch {
	const struct sys *sys;
	struct processes *processes;
	struct files *files;
	struct ring *rings;
	size_t count;
	size_t page_bytes;
	int epoll_fd;
	uint8_t record[MOST_RECORD]; /* one that goes around the end of its ring */
};

/* --- records ---------------------------------------------------------------------------------- */

/* Where the numbers of a record are, by its kind. */
enum {
	HEADER = 8, /* u32 type, u16 misc, u16 size */
	/* PERF_RECORD_FORK, _EXIT: u32 pid, ppid, tid, ptid, u64 time */
	TASK_PID = HEADER,
	TASK_PARENT = HEADER + 4,
	TASK_THREAD = HEADER + 8,
	TASK_END = HEADER + 24,
	/* PERF_RECORD_COMM: u32 pid, tid, name */
	COMM_PID = HEADER,
	COMM_END = HEADER + 8,
	/* PERF_RECORD_MMAP2: u32 pid, tid, u64 address, bytes, offset, u32 major, minor, u64 inode,
	 * generation, u32 prot, flags, name */
	MAP_PID = HEADER,
	MAP_ADDRESS = HEADER + 8,
	MAP_BYTES = HEADER + 16,
	MAP_OFFSET = HEADER + 24,
	MAP_MAJOR = HEADER + 32,
	MAP_MINOR = HEADER + 36,
	MAP_INODE = HEADER + 40,
	MAP_GENERATION = HEADER + 48,
	MAP_NAME = HEADER + 64,
};

uint64_t watch_time(const uint8_t *record, size_t len)
{
	return len >= HEADER + TRAILER_BYTES ? load_u64(record + len - 8) : 0;
}

static void take_mapping(struct processes *processes, struct files *files, const uint8_t *record,
			 size_t len)
{
	const uint32_t pid = load_u32(record + MAP_PID);
	struct mapping mapping = {
		.start = load_u64(record + MAP_ADDRESS),
		.offset = load_u64(record + MAP_OFFSET),
		.key = { .device = makedev(load_u32(record + MAP_MAJOR),
					   load_u32(record + MAP_MINOR)),
			 .inode = load_u64(record + MAP_INODE),
			 .generation = load_u64(record + MAP_GENERATION) },
	};
	const uint64_t bytes = load_u64(record + MAP_BYTES);
	const char *name = (const char *)record + MAP_NAME;
	struct mapping *placed;

	if (!bytes || bytes > UINT64_MAX - mapping.start || pid == UINT32_MAX)
		return;
	mapping.end = mapping.start + bytes;
	if (mapping_set_name(&mapping, processes->names, name, strnlen(name, len - MAP_NAME)))
		return;
	placed = process_mapped(processes, pid, &mapping);
	if (placed) /* now, while the process is likely to be there */
		(void)files_of(files, placed, pid, true);
}

void watch_record(struct processes *processes, struct files *files, const uint8_t *record,
		  size_t len)
{
	const uint32_t type = len >= HEADER ? load_u32(record) : 0;

	len -= len >= HEADER + TRAILER_BYTES ? TRAILER_BYTES : len;
	switch (type) {
	case PERF_RECORD_MMAP2:
		if (len > MAP_NAME)
			take_mapping(processes, files, record, len);
		break;
	case PERF_RECORD_COMM:
		if (len >= COMM_END && load_u16(record + 4) & PERF_RECORD_MISC_COMM_EXEC)
			process_executed(processes, load_u32(record + COMM_PID));
		break;
	case PERF_RECORD_FORK: /* of a thread, both are the same */
		if (len >= TASK_END &&
		    load_u32(record + TASK_PID) != load_u32(record + TASK_PARENT))
			process_forked(processes, load_u32(record + TASK_PID),
				       load_u32(record + TASK_PARENT));
		break;
	case PERF_RECORD_EXIT:
		if (len >= TASK_END &&
		    load_u32(record + TASK_PID) == load_u32(record + TASK_THREAD))
			process_ended(processes, load_u32(record + TASK_PID));
		break;
	default:
		break; /* PERF_RECORD_LOST: such processes are read from /proc, if they are there */
	}
}

/* --- rings ------------------------------------------------------------------------------------ */

static uint16_t record_size(const struct ring *ring)
{
	/* records are multiples of 8, so a header does not go around the end */
	return load_u16(ring->data + ring->tail % RING_BYTES + 6);
}

static void copy_out(const struct ring *ring, uint64_t from, void *to, size_t len)
{
	const size_t at = from % RING_BYTES;
	const size_t first = len < RING_BYTES - at ? len : RING_BYTES - at;

	memcpy(to, ring->data + at, first);
	memcpy((uint8_t *)to + first, ring->data, len - first);
}

/* Learn the time of the record at the tail; a ring whose records make no sense is emptied. */
static void look(struct ring *ring)
{
	size_t size;

	if (ring->tail == ring->head)
		return;
	size = record_size(ring);
	if (size < HEADER || size > ring->head - ring->tail) {
		ring->tail = ring->head;
		return;
	}
	ring->time = 0;
	if (size >= HEADER + TRAILER_BYTES)
		copy_out(ring, ring->tail + size - 8, &ring->time, sizeof ring->time);
}

static struct ring *oldest(struct watch *watch)
{
	struct ring *oldest = NULL;

	for (size_t i = 0; i < watch->count; i++) {
		struct ring *ring = &watch->rings[i];

		if (ring->tail != ring->head && (!oldest || ring->time < oldest->time))
			oldest = ring;
	}
	return oldest;
}

void watch_poll(struct watch *watch)
{
	struct ring *ring;

	for (size_t i = 0; i < watch->count; i++) {
		ring = &watch->rings[i];
		ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
		look(ring);
	}
	while ((ring = oldest(watch))) {
		const size_t size = record_size(ring);

		copy_out(ring, ring->tail, watch->record, size);
		ring->tail += size;
		watch_record(watch->processes, watch->files, watch->record, size);
		look(ring);
	}
	for (size_t i = 0; i < watch->count; i++)
		__atomic_store_n(&watch->rings[i].page->data_tail, watch->rings[i].tail,
				 __ATOMIC_RELEASE);
}

int watch_fd(const struct watch *watch)
{
	return watch->epoll_fd;
}

/* --- beginning and end ------------------------------------------------------------------------ */

static int open_ring(struct watch *watch, int cpu)
{
	struct ring *ring = &watch->rings[watch->count];
	struct epoll_event event = { .events = EPOLLIN };
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.sample_id_all = 1,
		.exclude_kernel = 1, /* asks for less privilege */
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 4,
	};
	void *memory;
	int err, fd = watch->sys->perf_event_open(watch->sys, &attr, -1, cpu, -1,
						  PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return fd;
	err = watch->sys->mmap(watch->sys, fd, watch->page_bytes + RING_BYTES,
			       PROT_READ | PROT_WRITE, 0, &memory);
	if (err) {
		(void)watch->sys->close(watch->sys, fd);
		return err;
	}
	*ring = (struct ring){
		.fd = fd,
		.page = memory,
		.data = (const uint8_t *)memory + watch->page_bytes,
	};
	watch->count++;
	return epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_rings(struct watch *watch)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int err = 0;

	if (cpus < 1 || cpus > MOST_CPUS)
		return -E2BIG;
	watch->rings = calloc((size_t)cpus, sizeof *watch->rings);
	watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!watch->rings || watch->epoll_fd < 0)
		return watch->rings ? -errno : -ENOMEM;
	for (int cpu = 0; cpu < (int)cpus && !err; cpu++) {
		err = open_ring(watch, cpu);
		if (err == -ENODEV) /* this one is switched off */
			err = 0;
	}
	return err ? err : watch->count ? 0 : -ENODEV;
}

static int refuse(struct diag *diag, int err)
{
	diag_warning(
		diag, SPAN_NONE,
		"cannot follow which code processes map (%s), so functions of processes that end "
		"meanwhile are shown as numbers",
		strerror(-err));
	if (err == -EACCES || err == -EPERM)
		diag_hint(diag, "run as root, or give CAP_PERFMON, or set sysctl "
				"kernel.perf_event_paranoid to 0");
	return err;
}

int watch_new(const struct sys *sys, struct processes *processes, struct files *files,
	      struct diag *diag, struct watch **ret_watch)
{
	struct watch *watch = calloc(1, sizeof *watch);
	int err;

	if (!watch)
		return -ENOMEM;
	watch->sys = sys;
	watch->processes = processes;
	watch->files = files;
	watch->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	watch->epoll_fd = -1;
	err = open_rings(watch);
	if (err) {
		watch_free(watch);
		return refuse(diag, err);
	}
	*ret_watch = watch;
	return 0;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < watch->count; i++) {
		(void)watch->sys->munmap(watch->sys, watch->rings[i].page,
					 watch->page_bytes + RING_BYTES);
		(void)watch->sys->close(watch->sys, watch->rings[i].fd);
	}
	if (watch->epoll_fd >= 0)
		(void)close(watch->epoll_fd);
	free(watch->rings);
	free(watch);
}
