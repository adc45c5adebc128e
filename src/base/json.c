/*
 * json.c - writing JSON (RFC 8259).
 */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>

/* Bytes of the UTF-8 character at @p, of which there are @left bytes, or 0 when there is none
 * (RFC 3629: no surrogates, nothing longer than it must be, nothing beyond U+10FFFF). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first, last; /* of the lead byte */
		unsigned char least, most; /* of the second byte */
		unsigned char len;
	} rows[] = {
		/* clang-format off */
		{ 0x00, 0x7f, 0x00, 0xff, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
		/* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (p[0] < rows[i].first || p[0] > rows[i].last)
			continue;
		if (rows[i].len > left)
			return 0;
		if (rows[i].len > 1 && (p[1] < rows[i].least || p[1] > rows[i].most))
			return 0;
		for (size_t j = 2; j < rows[i].len; j++)
			if ((p[j] & 0xc0) != 0x80)
				return 0;
		return rows[i].len;
	}
	return 0;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void escape_control(struct strbuf *out, unsigned char c)
{
	switch (c) {
	case '\n': strbuf_puts(out, "\\n"); break;
	case '\r': strbuf_puts(out, "\\r"); break;
	case '\t': strbuf_puts(out, "\\t"); break;
	default: strbuf_printf(out, "\\u%04x", c); break;
	}
}

void json_escape(struct strbuf *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	while (p < end) {
		size_t run = 0, bytes;

		while (p + run < end && is_plain(p[run]))
			run++;
		strbuf_add(out, p, run);
		p += run;
		if (p == end)
			return;
		bytes = utf8_len(p, (size_t)(end - p));
		if (!bytes) {
			strbuf_puts(out, "\\ufffd");
			bytes = 1;
		} else if (*p == '"' || *p == '\\') {
			strbuf_printf(out, "\\%c", *p);
		} else if (bytes == 1) {
			escape_control(out, *p);
		} else {
			strbuf_add(out, p, bytes);
		}
		p += bytes;
	}
}

static void put_string(struct strbuf *out, const char *text)
{
	strbuf_putc(out, '"');
	json_escape(out, text, strlen(text));
	strbuf_putc(out, '"');
}

/* What stands before every value. */
static void begin_value(struct json *json, const char *name)
{
	if (json->depth) {
		if (json->filled[json->depth - 1])
			strbuf_puts(json->out, ", ");
		json->filled[json->depth - 1] = true;
	}
	if (!name)
		return;
	put_string(json->out, name);
	strbuf_puts(json->out, ": ");
}

static void open(struct json *json, const char *name, char first, char last)
{
	assert(json->depth < JSON_MOST_DEPTH);
	begin_value(json, name);
	strbuf_putc(json->out, first);
	json->close[json->depth] = last;
	json->filled[json->depth++] = false;
}

void json_object(struct json *json, const char *name)
{
	open(json, name, '{', '}');
}

void json_array(struct json *json, const char *name)
{
	open(json, name, '[', ']');
}

void json_end(struct json *json)
{
	assert(json->depth);
	strbuf_putc(json->out, json->close[--json->depth]);
	if (!json->depth)
		strbuf_putc(json->out, '\n');
}

void json_string(struct json *json, const char *name, const char *text)
{
	begin_value(json, name);
	put_string(json->out, text);
}

void json_format(struct json *json, const char *name, const char *format, ...)
{
	struct strbuf text = { 0 };
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	json_string(json, name, strbuf_text(&text));
	json->out->failed |= text.failed;
	strbuf_release(&text);
}

void json_unsigned(struct json *json, const char *name, uint64_t value)
{
	begin_value(json, name);
	strbuf_printf(json->out, "%llu", (unsigned long long)value);
}

void json_signed(struct json *json, const char *name, int64_t value)
{
	begin_value(json, name);
	strbuf_printf(json->out, "%lld", (long long)value);
}

void json_double(struct json *json, const char *name, double value, int digits)
{
	begin_value(json, name);
	if (isfinite(value))
		strbuf_printf(json->out, "%.*f", digits, value);
	else
		strbuf_puts(json->out, "null");
}

void json_fixed(struct json *json, const char *name, int64_t value, unsigned int digits)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value, unit = 1;

	assert(digits > 0 && digits < 19);
	for (unsigned int i = 0; i < digits; i++)
		unit *= 10;
	begin_value(json, name);
	strbuf_printf(json->out, "%s%llu.%0*llu", value < 0 ? "-" : "",
		      (unsigned long long)(size / unit), (int)digits,
		      (unsigned long long)(size % unit));
}

void json_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	strbuf_puts(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
	begin_value(json, name);
	strbuf_puts(json->out, "null");
}
