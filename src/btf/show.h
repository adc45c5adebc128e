/*
 * show.h - values as text and as JSON, by their types.
 *
 *	{ .pid = 17, .comm = "sleep", .when = 5, .flags = 0x3 }
 *
 * Arrays of char are texts up to their first NUL, enums names where they have one, pointers hexadecimal.
 */
#ifndef WAGGLE_BTF_SHOW_H
#define WAGGLE_BTF_SHOW_H

#include "base/json.h"
#include "base/strbuf.h"
#include "btf/btf.h"

/* The value of type @id in the @size bytes at @data, appended to @out.  What the bytes do not suffice for is shown as '?'. */
void btf_show(const struct btf *btf, uint32_t id, const void *data, size_t size,
	      struct strbuf *out);

/* The same as the value called @name. */
void btf_show_json(const struct btf *btf, uint32_t id, const void *data, size_t size,
		   struct json *json, const char *name);

#endif
