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

#include "base/attr.h"

struct strbuf {
	char *data; /* NUL-terminated once something was added, else NULL: see strbuf_text */
	size_t len;
	size_t size;
	bool failed;
};

void strbuf_add(struct strbuf *buf, const void *data, size_t len);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_putc(struct strbuf *buf, char c);
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
