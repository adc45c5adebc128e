/*
 * strbuf.c - a string that grows by doubling.
 */
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { STRBUF_FIRST_BYTES = 64 };

char *strbuf_grow(struct strbuf *buf, size_t len)
{
	size_t size = buf->size ? buf->size : STRBUF_FIRST_BYTES;
	char *data;

	if (buf->failed || len > PTRDIFF_MAX - buf->len - 1)
		goto fail;
	while (size < buf->len + len + 1)
		size *= 2;
	data = realloc(buf->data, size);
	if (!data)
		goto fail;
	buf->data = data;
	buf->size = size;
	return data + buf->len;

fail:
	buf->failed = true;
	buf->size = buf->len;
	return NULL;
}

void strbuf_vprintf(struct strbuf *buf, const char *format, va_list args)
{
	va_list again;
	char *room;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	room = len < 0 ? NULL : strbuf_room(buf, (size_t)len);
	if (room) {
		(void)vsnprintf(room, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vprintf(buf, format, args);
	va_end(args);
}

void strbuf_pad(struct strbuf *buf, size_t column)
{
	size_t start = buf->len;

	while (start > 0 && buf->data[start - 1] != '\n')
		start--;
	while (!buf->failed && buf->len - start < column)
		strbuf_putc(buf, ' ');
}

const char *strbuf_text(const struct strbuf *buf)
{
	return buf->data ? buf->data : "";
}

void strbuf_reset(struct strbuf *buf)
{
	buf->len = 0;
	if (buf->failed)
		buf->size = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

void strbuf_release(struct strbuf *buf)
{
	free(buf->data);
	*buf = (struct strbuf){ 0 };
}
