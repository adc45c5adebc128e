/*
 * codemem.c - memory for machine code: chunks, filled from front to back.
 *
 * A reservation is the next bytes of the newest chunk.  Committing gives back what it did not
 * need when nothing was reserved behind it meanwhile.  A chunk counts the programs in it; when the
 * last one goes, so does the chunk, unless it is the newest and new programs would need another
 * one at once.
 */
#include "kern/jit/codemem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; older ones answer EINVAL and need none */
#endif

enum {
	CHUNK_BYTES = 1 << 20,
	CODE_ALIGN = 64,      /* of every program: a cache line */
	NEAR_STEP = 64 << 20, /* between two attempts to find room near this program */
	NEAR_ATTEMPTS = 24,   /* within 1.5 GB: calls reach 2 GB */
};

struct codemem_chunk {
	uint8_t *start;
	size_t bytes;
	size_t used;
	size_t users; /* reservations and programs in it */
	int fd;       /* memory file, or -1: anonymous memory */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct codemem_chunk *newest; /* guarded by lock, as are all chunks */

/* Map @bytes close below the code of this program if possible (what is above grows: the heap). */
static uint8_t *map_near(size_t bytes, int prot, int flags, int fd)
{
	static const char here;
	const uintptr_t base = (uintptr_t)&here & ~(uintptr_t)(NEAR_STEP - 1);
	void *at;

	for (uintptr_t i = 1; i <= NEAR_ATTEMPTS && base > i * NEAR_STEP + bytes; i++) {
		at = mmap((void *)(base - i * NEAR_STEP - align_up(bytes, 1 << 16)), bytes, prot,
			  flags | MAP_FIXED_NOREPLACE, fd, 0);
		if (at != MAP_FAILED)
			return at;
		if (errno != EEXIST)
			break;
	}
	at = mmap(NULL, bytes, prot, flags, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

static int open_memfd(size_t bytes)
{
	int fd = memfd_create("waggle-code", MFD_CLOEXEC | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("waggle-code", MFD_CLOEXEC);
	if (fd >= 0 && ftruncate(fd, (off_t)bytes) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void chunk_free(struct codemem_chunk *chunk)
{
	(void)munmap(chunk->start, chunk->bytes);
	if (chunk->fd >= 0)
		(void)close(chunk->fd);
	free(chunk);
}

/* Anonymous memory is for one program: sealed once, it cannot be written again. */
static uint8_t *map_anonymous(struct codemem_chunk *chunk, size_t bytes)
{
	chunk->fd = -1;
	chunk->bytes = align_up(bytes, (size_t)sysconf(_SC_PAGESIZE));
	return map_near(chunk->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static uint8_t *map_file(struct codemem_chunk *chunk, size_t bytes)
{
	uint8_t *start;

	chunk->bytes = align_up(bytes, CHUNK_BYTES);
	chunk->fd = open_memfd(chunk->bytes);
	if (chunk->fd < 0)
		return NULL;
	start = map_near(chunk->bytes, PROT_READ | PROT_EXEC, MAP_SHARED, chunk->fd);
	if (!start)
		(void)close(chunk->fd);
	return start;
}

static struct codemem_chunk *chunk_new(size_t bytes)
{
	struct codemem_chunk *chunk = calloc(1, sizeof *chunk);

	if (!chunk)
		return NULL;
	chunk->start = map_file(chunk, bytes);
	if (!chunk->start)
		chunk->start = map_anonymous(chunk, bytes);
	if (chunk->start)
		return chunk;
	free(chunk);
	return NULL;
}

static void before_fork(void)
{
	(void)pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	(void)pthread_mutex_unlock(&lock);
}

/* Parent and child share the memory files, and would write to the same place of the newest. */
static void after_fork_in_child(void)
{
	if (newest && !newest->users)
		chunk_free(newest);
	newest = NULL;
	after_fork();
}

static void watch_forks(void)
{
	(void)pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

static bool has_room(const struct codemem_chunk *chunk, size_t bytes)
{
	return chunk && chunk->fd >= 0 && chunk->bytes - chunk->used >= bytes;
}

static int reserve(size_t bytes, struct codemem *ret_mem)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, watch_forks);
	if (!has_room(newest, bytes)) {
		struct codemem_chunk *chunk = chunk_new(bytes);

		if (!chunk)
			return -ENOMEM;
		if (newest && !newest->users)
			chunk_free(newest);
		newest = chunk;
	}
	*ret_mem = (struct codemem){
		.chunk = newest,
		.address = newest->start + newest->used,
		.bytes = bytes,
	};
	newest->used += bytes;
	newest->users++;
	return 0;
}

int codemem_reserve(size_t bytes, struct codemem *ret_mem)
{
	int err;

	(void)pthread_mutex_lock(&lock);
	err = reserve(align_up(bytes, CODE_ALIGN), ret_mem);
	(void)pthread_mutex_unlock(&lock);
	return err;
}

static int write_file(const struct codemem *mem, const uint8_t *code, size_t bytes)
{
	off_t at = (uint8_t *)mem->address - mem->chunk->start;

	while (bytes) {
		ssize_t n = pwrite(mem->chunk->fd, code, bytes, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		code += n;
		at += n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int write_anonymous(const struct codemem *mem, const uint8_t *code, size_t bytes)
{
	memcpy(mem->address, code, bytes);
	if (mprotect(mem->chunk->start, mem->chunk->bytes, PROT_READ | PROT_EXEC))
		return errno == EACCES ? -EPERM : -errno;
	return 0;
}

static void give_back(struct codemem *mem, size_t bytes)
{
	struct codemem_chunk *chunk = mem->chunk;

	bytes = align_up(bytes, CODE_ALIGN);
	(void)pthread_mutex_lock(&lock);
	if ((uint8_t *)mem->address + mem->bytes == chunk->start + chunk->used) {
		chunk->used -= mem->bytes - bytes;
		mem->bytes = bytes;
	}
	(void)pthread_mutex_unlock(&lock);
}

int codemem_commit(struct codemem *mem, const void *code, size_t bytes)
{
	int err = mem->chunk->fd >= 0 ? write_file(mem, code, bytes) :
					write_anonymous(mem, code, bytes);

	if (err) {
		codemem_free(mem);
		return err;
	}
	/* Where instructions have a cache of their own (arm64), it may hold what was there before,
	 * of a page that an earlier program made executable. */
	__builtin___clear_cache(mem->address, (char *)mem->address + bytes);
	give_back(mem, bytes);
	return 0;
}

void codemem_free(struct codemem *mem)
{
	struct codemem_chunk *chunk = mem->chunk;

	(void)pthread_mutex_lock(&lock);
	if (!--chunk->users && chunk != newest)
		chunk_free(chunk);
	(void)pthread_mutex_unlock(&lock);
	*mem = (struct codemem){ 0 };
}
