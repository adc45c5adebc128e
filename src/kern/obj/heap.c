/*
 * heap.c - memory of this process: small blocks by malloc, large ones as pages, which come zeroed
 * and untouched; and memory of many, in blocks of powers of two.
 *
 * The shared heap takes no lock.  A block comes from the stack of free ones of its size, or from the
 * end of what was used so far; each is one compare-and-swap, before and after which the heap is in
 * order, whoever dies.  Rounding up to powers of two wastes addresses, not memory: pages that are
 * never touched do not exist, and those of a freed large block are given back.
 *
 *	header | blocks ...                                   | local pages of each process
 */
#include "kern/obj/heap.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "kern/obj/lock.h"

enum {
	LINE = 64,
	LINE_SHIFT = 6,
	CLASSES = 31, /* blocks of 2^6 to 2^36 bytes */
	LOOK_MS = 100,
};

/* Below where programs and their libraries are put, and where the sanitizers let memory be. */
#define BASE  ((uintptr_t)0x552000000000)
#define BYTES ((size_t)1 << 36)
#define MAGIC 0x31706165686c6777 /* "wglheap1" */

/* A process that takes part.  Its 'holder' is what it writes into locks: the number of this place from
 * 1, and above it a counter, so that whoever has the place next is another. */
struct member {
	uint32_t holder; /* 0: free */
	int32_t pid;
	uint64_t started; /* by the kernel's clock, lest a pid that is used again passes for it */
};

struct heap {
	uint64_t magic;
	uint64_t used; /* bytes from the header on */
	void *root;
	uint32_t deaths;
	uint32_t generation;
	uint64_t looked_ms; /* when the dead were last looked for */
	/* Of each class: offset / LINE of the topmost free block, and above it a counter of changes. */
	uint64_t free[CLASSES];
	struct member members[HEAP_MOST_MEMBERS];
};

static struct heap *joined; /* the one that this process takes part in */
static int joined_fd = -1;

/* --- Memory of this process --- */

static void *alloc_private(size_t bytes)
{
	void *memory;

	if (bytes > PTRDIFF_MAX)
		return NULL;
	if (bytes >= HEAP_PAGED) {
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		return memory == MAP_FAILED ? NULL : memory;
	}
	memory = aligned_alloc(LINE, align_up(bytes ? bytes : 1, LINE));
	return memory ? memset(memory, 0, bytes) : NULL;
}

static void free_private(void *memory, size_t bytes)
{
	if (bytes >= HEAP_PAGED)
		(void)munmap(memory, bytes);
	else
		free(memory);
}

/* --- Shared memory --- */

static unsigned int class_of(size_t bytes)
{
	if (bytes <= LINE)
		return 0;
	return 64 - (unsigned int)__builtin_clzll(bytes - 1) - LINE_SHIFT;
}

static size_t class_bytes(unsigned int class)
{
	return (size_t)LINE << class;
}

static void *at_line(struct heap *heap, uint32_t line)
{
	return (uint8_t *)heap + (size_t)line * LINE;
}

static uint64_t count_up(uint64_t top)
{
	return ((top >> 32) + 1) << 32;
}

/* A free block's first bytes are the line of the next one. */
static void *pop(struct heap *heap, unsigned int class)
{
	uint64_t top = __atomic_load_n(&heap->free[class], __ATOMIC_ACQUIRE), below;
	uint32_t *block;

	do {
		if (!(uint32_t)top)
			return NULL;
		block = at_line(heap, (uint32_t)top);
		below = count_up(top) | __atomic_load_n(block, __ATOMIC_RELAXED);
	} while (!__atomic_compare_exchange_n(&heap->free[class], &top, below, true,
					      __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE));
	__atomic_store_n(block, 0, __ATOMIC_RELAXED);
	return block;
}

static void push(struct heap *heap, unsigned int class, void *block)
{
	const uint32_t line = (uint32_t)(((uintptr_t)block - (uintptr_t)heap) / LINE);
	uint64_t top = __atomic_load_n(&heap->free[class], __ATOMIC_RELAXED);

	do {
		__atomic_store_n((uint32_t *)block, (uint32_t)top, __ATOMIC_RELAXED);
	} while (!__atomic_compare_exchange_n(&heap->free[class], &top, count_up(top) | line, true,
					      __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

static void *take_unused(struct heap *heap, size_t bytes)
{
	uint64_t used = __atomic_load_n(&heap->used, __ATOMIC_RELAXED), at;

	do {
		at = align_up(used, bytes >= HEAP_PAGED ? 4096 : LINE);
		if (bytes > BYTES - at)
			return NULL;
	} while (!__atomic_compare_exchange_n(&heap->used, &used, at + bytes, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return (uint8_t *)heap + at;
}

static void *alloc_shared(struct heap *heap, size_t bytes)
{
	const unsigned int class = class_of(bytes);
	void *block;

	if (bytes > BYTES / 2)
		return NULL;
	block = pop(heap, class);
	if (!block)
		return take_unused(heap, class_bytes(class));
	if (class_bytes(class) < HEAP_PAGED)
		memset(block, 0, bytes);
	return block;
}

static void free_shared(struct heap *heap, void *memory, size_t bytes)
{
	const unsigned int class = class_of(bytes);

	if (class_bytes(class) >= HEAP_PAGED)
		(void)madvise(memory, class_bytes(class), MADV_REMOVE);
	push(heap, class, memory);
}

void *heap_alloc(struct heap *heap, size_t bytes)
{
	return heap ? alloc_shared(heap, bytes) : alloc_private(bytes);
}

void heap_free(struct heap *heap, void *memory, size_t bytes)
{
	if (!memory)
		return;
	if (heap)
		free_shared(heap, memory, bytes);
	else
		free_private(memory, bytes);
}

/* --- Members --- */

/* When process @pid began, or 0 when it has ended (also if nobody has waited for it yet). */
static uint64_t started(int32_t pid)
{
	char path[32], text[1024];
	const char *after;
	unsigned long long ticks;
	char state;
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : 1;
	len = read(fd, text, sizeof text - 1);
	(void)close(fd);
	text[len > 0 ? len : 0] = '\0';
	after = strrchr(text, ')'); /* the name may hold anything */
	if (!after || sscanf(after + 1,
			     " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			     "%*d %*d %llu",
			     &state, &ticks) != 2)
		return 0;
	return state == 'Z' || state == 'X' ? 0 : ticks;
}

static int enrol(struct heap *heap)
{
	const uint32_t generation = __atomic_add_fetch(&heap->generation, 1, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < HEAP_MOST_MEMBERS; i++) {
		struct member *member = &heap->members[i];
		uint32_t holder = generation << 8 | (i + 1), none = 0;

		if (!__atomic_compare_exchange_n(&member->holder, &none, holder, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		member->started = started(getpid());
		__atomic_store_n(&member->pid, getpid(), __ATOMIC_RELEASE);
		lock_self = holder;
		return 0;
	}
	return -EAGAIN;
}

static struct member *member_of(uint32_t holder)
{
	const uint32_t place = (holder & 0xff) - 1;

	return joined && place < HEAP_MOST_MEMBERS ? &joined->members[place] : NULL;
}

bool heap_is_member(uint32_t holder)
{
	struct member *member = member_of(holder);
	uint32_t expected = holder;
	int32_t pid;

	if (holder == lock_self || !member)
		return true;
	if (__atomic_load_n(&member->holder, __ATOMIC_ACQUIRE) != holder)
		return false;
	pid = __atomic_load_n(&member->pid, __ATOMIC_ACQUIRE);
	if (!pid || started(pid) == member->started)
		return true;
	__atomic_store_n(&member->pid, 0, __ATOMIC_RELAXED);
	if (__atomic_compare_exchange_n(&member->holder, &expected, 0, false, __ATOMIC_ACQ_REL,
					__ATOMIC_RELAXED))
		(void)__atomic_add_fetch(&joined->deaths, 1, __ATOMIC_RELEASE);
	return false;
}

uint32_t heap_deaths(struct heap *heap)
{
	struct timespec now;
	uint64_t now_ms, looked_ms;

	if (!heap)
		return 0;
	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	looked_ms = __atomic_load_n(&heap->looked_ms, __ATOMIC_RELAXED);
	if (now_ms - looked_ms >= LOOK_MS) {
		__atomic_store_n(&heap->looked_ms, now_ms, __ATOMIC_RELAXED);
		for (uint32_t i = 0; i < HEAP_MOST_MEMBERS; i++) {
			uint32_t holder =
				__atomic_load_n(&heap->members[i].holder, __ATOMIC_ACQUIRE);

			if (holder)
				(void)heap_is_member(holder);
		}
	}
	return __atomic_load_n(&heap->deaths, __ATOMIC_ACQUIRE);
}

/* --- Making, joining --- */

/* A child is another member; when there is no place for it, it cannot be told from its parent, and
 * must not outlive a lock it holds: better to end here than to hang others. */
static void after_fork(void)
{
	if (joined && enrol(joined))
		abort();
}

static int attach(int fd, bool is_new, struct heap **ret_heap)
{
	static bool watches_forks;
	const int prot = PROT_READ | PROT_WRITE;
	struct heap *heap;
	int err;

	heap = mmap((void *)BASE, BYTES, prot, MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd,
		    0);
	if (heap == MAP_FAILED)
		return errno == EEXIST ? -EBUSY : -ENOMEM;
	if ((uintptr_t)heap != BASE) /* a kernel before 4.17 took it for a hint */
		goto unmap;
	if (mmap((void *)(BASE + BYTES), HEAP_LOCAL_BYTES, prot,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		goto unmap;
	if (is_new) {
		heap->magic = MAGIC;
		heap->used = align_up(sizeof *heap, LINE);
	}
	err = heap->magic == MAGIC ? enrol(heap) : -EINVAL;
	if (err) {
		(void)munmap(heap, BYTES + HEAP_LOCAL_BYTES);
		return err;
	}
	joined = heap;
	joined_fd = fd;
	if (!watches_forks)
		(void)pthread_atfork(NULL, NULL, after_fork);
	watches_forks = true;
	*ret_heap = heap;
	return 0;

unmap:
	(void)munmap(heap, BYTES);
	return -EBUSY;
}

int heap_new(struct heap **ret_heap)
{
	int fd, err;

	static_assert(sizeof(struct member) == 16, "all processes see the same layout");
	if (joined)
		return -EBUSY;
	fd = memfd_create("waggle-heap", MFD_CLOEXEC);
	if (fd < 0)
		return -ENOMEM;
	err = ftruncate(fd, (off_t)BYTES) ? -ENOMEM : attach(fd, true, ret_heap);
	if (err)
		(void)close(fd);
	return err;
}

int heap_join(int fd, struct heap **ret_heap)
{
	return joined ? -EBUSY : attach(fd, false, ret_heap);
}

int heap_fd(const struct heap *heap)
{
	(void)heap;
	return joined_fd;
}

void heap_leave(struct heap *heap)
{
	struct member *member = member_of(lock_self);

	if (!heap)
		return;
	__atomic_store_n(&member->pid, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&member->holder, 0, __ATOMIC_RELEASE);
	joined = NULL;
	lock_self = 1;
	(void)munmap(heap, BYTES + HEAP_LOCAL_BYTES);
	(void)close(joined_fd);
	joined_fd = -1;
}

void *heap_local(struct heap *heap)
{
	return (uint8_t *)heap + BYTES;
}

void heap_set_root(struct heap *heap, void *root)
{
	__atomic_store_n(&heap->root, root, __ATOMIC_RELEASE);
}

void *heap_root(const struct heap *heap)
{
	return __atomic_load_n(&heap->root, __ATOMIC_ACQUIRE);
}
