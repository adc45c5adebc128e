/*
 * arena.c - chunks of growing size, handed out from the front.
 *
 * A chunk is never moved, so pointers stay good until the release.  Each new chunk is twice
 * the last one's size (up to a limit), so that small users touch little memory and large ones
 * call malloc rarely.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum {
	ARENA_FIRST_BYTES = 4096 - 64, /* leaves malloc's own header within a page */
	ARENA_MOST_BYTES = 1 << 20,
};

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size; /* of data[] */
	alignas(max_align_t) char data[];
};

static struct arena_chunk *chunk_new(struct arena *arena, size_t need)
{
	size_t size = arena->chunks ? arena->chunks->size * 2 : ARENA_FIRST_BYTES;
	struct arena_chunk *chunk;

	if (size > ARENA_MOST_BYTES)
		size = ARENA_MOST_BYTES;
	if (size < need)
		size = need;
	if (size > SIZE_MAX - sizeof *chunk)
		return NULL;
	chunk = calloc(1, sizeof *chunk + size);
	if (!chunk)
		return NULL;
	chunk->size = size;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	void *p;

	if (size > PTRDIFF_MAX)
		return NULL;
	size = align_up(size ? size : 1, alignof(max_align_t));
	if (!chunk || chunk->size - chunk->used < size)
		chunk = chunk_new(arena, size);
	if (!chunk)
		return NULL;
	p = chunk->data + chunk->used;
	chunk->used += size;
	return p;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return arena_alloc(arena, bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0)
		text = arena_alloc(arena, (size_t)len + 1);
	if (text)
		(void)vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

void arena_release(struct arena *arena)
{
	struct arena_chunk *chunk = arena->chunks;

	while (chunk) {
		struct arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	arena->chunks = NULL;
}
