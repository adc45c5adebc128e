/*
 * strbuf.c - a string that grows by doubling.
 */
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRBUF_FIRST_BYTES = 64 };

/* Make room for @more bytes and a NUL. */
static bool strbuf_grow(struct strbuf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : STRBUF_FIRST_BYTES;
	char *data;

	if (buf->failed || more > PTRDIFF_MAX - buf->len - 1) {
		buf->failed = true;
		return false;
	}
	while (size < buf->len + more + 1)
		size *= 2;
	if (size == buf->size)
		return true;
	data = realloc(buf->data, size);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->size = size;
	return true;
}

void strbuf_add(struct strbuf *buf, const void *data, size_t len)
{
	if (!strbuf_grow(buf, len))
		return;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_add(buf, text, strlen(text));
}

void strbuf_putc(struct strbuf *buf, char c)
{
	strbuf_add(buf, &c, 1);
}

void strbuf_vprintf(struct strbuf *buf, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0 && strbuf_grow(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
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
	if (buf->data)
		buf->data[0] = '\0';
}

void strbuf_release(struct strbuf *buf)
{
	free(buf->data);
	*buf = (struct strbuf){ 0 };
}
