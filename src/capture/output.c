/*
 * output.c - blocks of bytes, on their way to a file.
 *
 * With a thread there is a ring of blocks: we fill one, the thread writes those that are full, in order.  A
 * block begins at a multiple of the sector's size, or O_DIRECT would not take it.  So when half a block has
 * to go out (output_tend), it is written through the page cache, and its last sector, which is not full,
 * begins the next block: it is written once more, with what followed.
 */
#include "capture/output.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum {
	SMALL_BYTES = 256 << 10, /* of the buffer without a thread */
	BLOCK_BYTES = 4 << 20,
	BLOCK_COUNT = 8, /* memory is taken as they are used */
	SECTOR_BYTES = 4096,
	PUT_THROUGH_BYTES = 64 << 10, /* pieces from here on are not copied into the small buffer */
};

struct block {
	uint8_t *data;   /* BLOCK_BYTES */
	uint64_t offset; /* in the file */
	size_t len;
};

struct file_output {
	struct output output; /* first */
	int fd;               /* -1: there is no file */
	bool is_null;
	bool uses_thread; /* for the file at hand */

	/* The block at work; without a thread it is the small buffer. */
	struct block *block;
	struct block small;
	const uint8_t *fresh; /* from here to output.next, bytes were not handed on */
	time_t began;         /* when they were first seen; 0: they were not */

	/* with a thread */
	bool has_thread;
	bool is_started;
	bool is_ending;
	bool is_direct; /* how the descriptor is set: the thread alone looks */
	bool can_be_direct;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	unsigned int filled;  /* blocks handed over, ever */
	unsigned int written; /* blocks done */
	int err;              /* of any write: nothing more is tried */
	struct block blocks[BLOCK_COUNT];
};

/* --- writing -------------------------------------------------------------------------------- */

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			continue;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_at(int fd, const struct block *block)
{
	size_t done = 0;

	while (done < block->len) {
		ssize_t n = pwrite(fd, block->data + done, block->len - done,
				   (off_t)(block->offset + done));

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static void set_direct(struct file_output *file, bool direct)
{
	int flags = fcntl(file->fd, F_GETFL);

	if (file->is_direct == direct || flags < 0)
		return;
	if (fcntl(file->fd, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT) == 0)
		file->is_direct = direct;
	else
		file->can_be_direct = false;
}

/* A full block past the page cache, unless many wait. */
static int write_block(struct file_output *file, const struct block *block, unsigned int waiting)
{
	int err;

	set_direct(file,
		   file->can_be_direct && block->len == BLOCK_BYTES && waiting <= BLOCK_COUNT / 2);
	err = write_at(file->fd, block);
	if (err != -EINVAL || !file->is_direct)
		return err;
	/* The file system changed its mind, or wants another alignment. */
	file->can_be_direct = false;
	set_direct(file, false);
	return write_at(file->fd, block);
}

/* --- the thread ----------------------------------------------------------------------------- */

static void *run(void *data)
{
	struct file_output *file = data;

	pthread_mutex_lock(&file->mutex);
	while (!file->is_ending) {
		const struct block *block = &file->blocks[file->written % BLOCK_COUNT];
		unsigned int waiting = file->filled - file->written;
		int err = file->err;

		if (waiting == 0) {
			pthread_cond_wait(&file->changed, &file->mutex);
			continue;
		}
		pthread_mutex_unlock(&file->mutex);
		if (!err)
			err = write_block(file, block, waiting);
		pthread_mutex_lock(&file->mutex);
		file->err = err;
		file->written++;
		pthread_cond_broadcast(&file->changed);
	}
	pthread_mutex_unlock(&file->mutex);
	return NULL;
}

/* Signals are for whoever reads packets: they end its waiting. */
static bool start_thread(struct file_output *file)
{
	sigset_t all, old;

	if (file->is_started)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	file->is_started = pthread_create(&file->thread, NULL, run, file) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return file->is_started;
}

static void stop_thread(struct file_output *file)
{
	if (!file->is_started)
		return;
	pthread_mutex_lock(&file->mutex);
	file->is_ending = true;
	pthread_cond_broadcast(&file->changed);
	pthread_mutex_unlock(&file->mutex);
	pthread_join(file->thread, NULL);
}

/* Until at most @most blocks are on their way; what went wrong so far. */
static int wait_for_thread(struct file_output *file, unsigned int most)
{
	int err;

	pthread_mutex_lock(&file->mutex);
	while (file->filled - file->written > most)
		pthread_cond_wait(&file->changed, &file->mutex);
	err = file->err;
	pthread_mutex_unlock(&file->mutex);
	return err;
}

/* The block at work is this one, with @kept bytes in it that are written already. */
static void use_block(struct file_output *file, struct block *block, size_t bytes, size_t kept)
{
	file->block = block;
	file->began = 0;
	file->output.next = block->data + kept;
	file->output.end = block->data + bytes;
	file->fresh = file->output.next;
}

/* The next block, when it is free. */
static void begin_block(struct file_output *file, uint64_t offset, const uint8_t *kept,
			size_t kept_bytes)
{
	struct block *block = &file->blocks[file->filled % BLOCK_COUNT];

	(void)wait_for_thread(file, BLOCK_COUNT - 1);
	block->offset = offset;
	memcpy(block->data, kept, kept_bytes);
	use_block(file, block, BLOCK_BYTES, kept_bytes);
}

static void hand_over(struct file_output *file)
{
	pthread_mutex_lock(&file->mutex);
	file->filled++;
	pthread_cond_broadcast(&file->changed);
	pthread_mutex_unlock(&file->mutex);
}

/* Let the thread have the block at work, and go on behind it.  (While it is written, it can be read.) */
static void push_block(struct file_output *file)
{
	struct block *old = file->block;
	size_t kept;

	old->len = (size_t)(file->output.next - old->data);
	kept = old->len % SECTOR_BYTES;
	hand_over(file);
	begin_block(file, old->offset + old->len - kept, old->data + old->len - kept, kept);
}

/* --- beginning and end ---------------------------------------------------------------------- */

static int allocate(struct block *block, size_t bytes)
{
	block->data = aligned_alloc(SECTOR_BYTES, bytes);
	return block->data ? 0 : -ENOMEM;
}

static struct file_output *file_of(struct output *output)
{
	return (struct file_output *)output;
}

int output_new(bool with_thread, struct output **ret_output)
{
	struct file_output *file = calloc(1, sizeof *file);
	int err = file ? allocate(&file->small, SMALL_BYTES) : -ENOMEM;

	if (err) {
		free(file);
		return err;
	}
	file->fd = -1;
	file->has_thread = with_thread;
	pthread_mutex_init(&file->mutex, NULL);
	pthread_cond_init(&file->changed, NULL);
	for (int i = 0; with_thread && i < BLOCK_COUNT && !err; i++)
		err = allocate(&file->blocks[i], BLOCK_BYTES);
	if (err)
		output_free(&file->output);
	else
		*ret_output = &file->output;
	return err;
}

void output_free(struct output *output)
{
	struct file_output *file = file_of(output);

	if (!file)
		return;
	stop_thread(file);
	if (file->fd >= 0)
		(void)close(file->fd);
	for (int i = 0; i < BLOCK_COUNT; i++)
		free(file->blocks[i].data);
	free(file->small.data);
	pthread_cond_destroy(&file->changed);
	pthread_mutex_destroy(&file->mutex);
	free(file);
}

static bool is_dev_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

bool output_is_null(const struct output *output)
{
	return ((const struct file_output *)output)->is_null;
}

/* The thread says itself where in the file a block goes, so nobody else may be writing there. */
static bool is_ours_alone(int fd, const struct stat *st)
{
	int flags = fcntl(fd, F_GETFL);

	return S_ISREG(st->st_mode) && st->st_size == 0 && lseek(fd, 0, SEEK_CUR) == 0 &&
	       flags >= 0 && !(flags & O_APPEND);
}

void output_begin(struct output *output, int fd)
{
	struct file_output *file = file_of(output);
	struct stat st = { 0 };

	(void)fstat(fd, &st);
	file->fd = fd;
	file->err = 0;
	file->is_null = is_dev_null(&st);
	file->is_direct = false;
	file->can_be_direct = true;
	file->uses_thread = file->has_thread && is_ours_alone(fd, &st) && start_thread(file);
	if (file->uses_thread)
		begin_block(file, 0, file->small.data, 0);
	else
		use_block(file, &file->small, file->is_null ? 0 : SMALL_BYTES, 0);
}

/* --- putting -------------------------------------------------------------------------------- */

static void empty_small(struct file_output *file)
{
	struct output *output = &file->output;

	if (!file->err && !file->is_null)
		file->err = write_all(file->fd, file->small.data,
				      (size_t)(output->next - file->small.data));
	output->next = file->small.data;
}

static void put_small(struct file_output *file, const void *data, size_t len)
{
	empty_small(file);
	if (len < PUT_THROUGH_BYTES)
		output_put(&file->output, data, len);
	else if (!file->err)
		file->err = write_all(file->fd, data, len);
}

static void put_blocks(struct file_output *file, const uint8_t *data, size_t len)
{
	struct output *output = &file->output;

	while (len > 0) {
		size_t room = (size_t)(output->end - output->next), n = len < room ? len : room;

		memcpy(output->next, data, n);
		output->next += n;
		data += n;
		len -= n;
		if (n == room)
			push_block(file);
	}
}

void output_put_on(struct output *output, const void *data, size_t len)
{
	struct file_output *file = file_of(output);

	if (file->is_null)
		return;
	if (file->uses_thread)
		put_blocks(file, data, len);
	else
		put_small(file, data, len);
}

static time_t now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

int output_tend(struct output *output)
{
	struct file_output *file = file_of(output);
	time_t time;

	if (!file->uses_thread)
		return file->err;
	time = now();
	if (file->began == 0)
		file->began = time;
	else if (time > file->began + 1 && output->next > file->fresh)
		push_block(file);
	return wait_for_thread(file, BLOCK_COUNT);
}

int output_flush(struct output *output)
{
	struct file_output *file = file_of(output);

	if (file->fd < 0)
		return file->err;
	if (!file->uses_thread) {
		empty_small(file);
		return file->err;
	}
	if (output->next > file->fresh)
		push_block(file);
	return wait_for_thread(file, 0);
}

int output_end(struct output *output)
{
	struct file_output *file = file_of(output);
	int err = output_flush(output);

	if (file->fd >= 0 && close(file->fd) < 0 && !err)
		err = -errno;
	file->fd = -1;
	return err;
}
