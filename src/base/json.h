/*
 * json.h - writing JSON.
 *
 * Values are added in the order in which they appear; @name is that of the member in an object, and
 * NULL in an array and for the outermost value.  Numbers that a reader may have to take exactly
 * although they need more than 53 bits are better written as strings.
 */
#ifndef WAGGLE_BASE_JSON_H
#define WAGGLE_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/strbuf.h"

enum { JSON_MOST_DEPTH = 32 }; /* of objects and arrays within each other */

/* { .out = buf } begins a text at the end of buf, which remembers failures. */
struct json {
	struct strbuf *out;
	unsigned int depth;
	bool filled[JSON_MOST_DEPTH]; /* is there a value before, at each depth? */
	char close[JSON_MOST_DEPTH];
};

/* The @len bytes at @text as they stand inside a string: for who writes JSON without a struct json. */
void json_escape(struct strbuf *out, const char *text, size_t len);

void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
void json_end(struct json *json); /* the object or array begun last; the outermost adds a newline */

/* @text is UTF-8; bytes that are not come out as U+FFFD. */
void json_string(struct json *json, const char *name, const char *text);
void json_format(struct json *json, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
void json_unsigned(struct json *json, const char *name, uint64_t value);
void json_signed(struct json *json, const char *name, int64_t value);
void json_double(struct json *json, const char *name, double value, int digits);
/* @value divided by 10 to the power of @digits, exactly. */
void json_fixed(struct json *json, const char *name, int64_t value, unsigned int digits);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

#endif
