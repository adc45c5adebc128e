/*
 * bpf.c - calls of bpf(2) with any arguments: answered, and nothing comes to harm.
 *
 * The input is a row of calls: a byte that says which command, one that says how long its union bpf_attr is, and that.
 * So that more is met than bad addresses and bad descriptors, 8 aligned bytes that end in a sign stand
 * for an address in a buffer, 4 for a descriptor that a call has given.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/syscall/embedded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MOST_FDS = 32,
	MOST_ATTR = 200,
	BUFFER = 4096,
	ADDRESS_SIGN = 0xfeed,
	FD_SIGN = 0xfd,
};

struct bench {
	struct embedded *kernel;
	int fds[MOST_FDS];
	size_t fd_count;
	uint8_t buffer[BUFFER];
};

static int keep(void *data, int fd)
{
	struct bench *bench = data;

	if (bench->fd_count == MOST_FDS) {
		(void)close(fd);
		return -24; /* EMFILE */
	}
	bench->fds[bench->fd_count++] = fd;
	return fd;
}

/* Runs are not repeated for long. */
static bool is_gone(void *data)
{
	(void)data;
	return true;
}

static void put_addresses(struct bench *bench, uint8_t *attr, size_t bytes)
{
	for (size_t i = 0; i + 8 <= bytes; i += 8) {
		uint64_t word;

		memcpy(&word, attr + i, sizeof word);
		if (word >> 48 != ADDRESS_SIGN)
			continue;
		word = (uintptr_t)bench->buffer + word % BUFFER;
		memcpy(attr + i, &word, sizeof word);
	}
}

static void put_fds(struct bench *bench, uint8_t *attr, size_t bytes)
{
	for (size_t i = 0; bench->fd_count && i + 4 <= bytes; i += 4) {
		uint32_t word;

		memcpy(&word, attr + i, sizeof word);
		if (word >> 24 != FD_SIGN)
			continue;
		word = (uint32_t)bench->fds[word % 256 % bench->fd_count];
		memcpy(attr + i, &word, sizeof word);
	}
}

/* What addresses point at has descriptors, too: instructions name maps. */
static void fill_buffer(struct bench *bench, const uint8_t *data, size_t size)
{
	memset(bench->buffer, 0, BUFFER);
	memcpy(bench->buffer, data, size < BUFFER ? size : BUFFER);
	put_fds(bench, bench->buffer, BUFFER);
}

static void close_one(struct bench *bench, size_t i)
{
	struct stat status;

	if (!fstat(bench->fds[i], &status)) {
		(void)close(bench->fds[i]);
		(void)embedded_closed(bench->kernel, status.st_ino);
	}
	bench->fds[i] = bench->fds[--bench->fd_count];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bench bench;
	const struct caller caller = {
		.pid = getpid(), .install = keep, .is_gone = is_gone, .data = &bench
	};

	if (embedded_new(&bench.kernel))
		abort();
	while (size >= 2) {
		uint8_t attr[MOST_ATTR] = { 0 };
		const uint8_t command = data[0];
		size_t bytes = data[1] % (MOST_ATTR + 1);

		data += 2;
		size -= 2;
		if (command == 0xff && bench.fd_count) {
			close_one(&bench, bytes % bench.fd_count);
			continue;
		}
		if (bytes > size)
			bytes = size;
		memcpy(attr, data, bytes);
		data += bytes;
		size -= bytes;
		put_addresses(&bench, attr, bytes);
		put_fds(&bench, attr, bytes);
		fill_buffer(&bench, data, size);
		(void)embedded_bpf(bench.kernel, &caller, command, (uintptr_t)attr,
				   (uint32_t)bytes);
	}
	while (bench.fd_count)
		close_one(&bench, 0);
	embedded_free(bench.kernel);
	return 0;
}
