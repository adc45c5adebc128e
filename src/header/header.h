/*
 * header.h - what C headers define: types, enumerators and constants.
 *
 *	headers = headers_new(&options);
 *	headers_add(headers, "#include <sys/stat.h>", span);
 *	headers_set_words(headers, text, len);
 *	...
 *	btf = headers_btf(headers);
 *
 * A C compiler reads them, which takes a tenth of a second or more: so that happens when the first question
 * is asked, and once.  Who can answer it from the kernel's own types should.
 */
#ifndef WAGGLE_HEADER_HEADER_H
#define WAGGLE_HEADER_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "btf/btf.h"

struct headers; /* opaque */

struct header_options {
	const char *const *dirs; /* to look in first, as -I says */
	size_t dir_count;
	const char *const *files; /* to be read as if the script began with them */
	size_t file_count;
	const char *script_dir; /* where '#include "..."' looks first; NULL: nowhere */
};

/* What @options points at must outlive it.  NULL when memory is short. */
struct headers *headers_new(const struct header_options *options);
void headers_free(struct headers *headers); /* NULL is fine */

/* Add a line for the preprocessor, '#include' or '#define'; messages about it stand at @span.  -ENOMEM or 0. */
int headers_add(struct headers *headers, const char *line, struct span span);

/* Only of names that are a word of @text can values be asked.  -ENOMEM or 0. */
int headers_set_words(struct headers *headers, const char *text, size_t len);

/* Is there any header? */
bool headers_exist(const struct headers *headers);
/* Are they all the kernel's, by their names?  Then its BTF is the better answer. */
bool headers_are_kernels(const struct headers *headers);

/* Let the compiler read them, if it has not: 0, or a negative errno with the reason in headers_diag: -ENOENT when
 * there is no compiler. */
int headers_read(struct headers *headers);
const struct diag *headers_diag(const struct headers *headers);

/* These read them first. */

/* Their types, or NULL.  Functions and variables of it mean nothing. */
const struct btf *headers_btf(struct headers *headers);

struct header_value {
	uint64_t bits;
	bool is_negative; /* it has a sign, which is set */
};
/* The value of an enumerator or of a '#define' that is an integer; false: it is none. */
bool headers_value(struct headers *headers, const char *name, struct header_value *ret_value);

/* The text of the '#define' called @name, or NULL. */
const char *headers_macro(struct headers *headers, const char *name);

#endif
