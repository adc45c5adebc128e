/*
 * strbuf.h - a string that grows.
 *
 * A zeroed struct is an empty buffer.  A failed allocation is remembered in 'failed' and later
 * additions are ignored, so that a printer checks once, at its end.
 */
#ifndef WAGGLE_BASE_STRBUF_H
#define WAGGLE_BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/attr.h"

struct strbuf {
	char *data; /* NUL-terminated once something was added, else NULL: see strbuf_text */
	size_t len;
	size_t size; /* of the memory; after a failure that of the text, so that nothing fits */
	bool failed;
};

/* Room for @len bytes and a NUL behind the text, or NULL: without memory, or after a failure.
 * Whoever writes there adds to 'len' and ends with a NUL. */
char *strbuf_grow(struct strbuf *buf, size_t len);

static inline char *strbuf_room(struct strbuf *buf, size_t len)
{
	if (LIKELY(len < buf->size - buf->len))
		return buf->data + buf->len;
	return strbuf_grow(buf, len);
}

static inline void strbuf_add(struct strbuf *buf, const void *data, size_t len)
{
	char *room = strbuf_room(buf, len);

	if (!room)
		return;
	if (len)
		memcpy(room, data, len);
	buf->len += len;
	room[len] = '\0';
}

static inline void strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

static inline void strbuf_putc(struct strbuf *buf, char c)
{
	strbuf_add(buf, &c, 1);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vprintf(struct strbuf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Spaces until the text since the last newline is @column characters long; at least none. */
void strbuf_pad(struct strbuf *buf, size_t column);

/* The text so far: never NULL, owned by @buf, good until the next addition. */
const char *strbuf_text(const struct strbuf *buf);

/* Forget the text, keep the memory. */
void strbuf_reset(struct strbuf *buf);
void strbuf_release(struct strbuf *buf);

#endif
