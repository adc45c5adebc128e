/*
 * diag.h - messages for people: what is wrong, where, why, and what to do next.
 *
 * Code that finds something wrong adds it here and returns a negative errno; only the
 * commands print.  A message is lower case, without a full stop, and names things in 'quotes'.
 * A message about a text shows the line and a caret:
 *
 *	exec.s:7:6: error: expected a register after '+=', found 'rx'
 *	    7 | r0 += rx
 *	      |       ^~
 *	      = registers are r0 to r10, or w0 to w10 for their low halves
 *
 * Every function takes a NULL diag: a caller that does not care passes none.
 */
#ifndef WAGGLE_BASE_DIAG_H
#define WAGGLE_BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/strbuf.h"

/* A file among several that make up a text: from 'start' to before 'end'. */
struct source_part {
	const char *name;
	size_t start, end;
	uint32_t imported_at; /* where in the text it was asked for */
};

/* A text that messages can point into.  It must outlive the diag's rendering. */
struct source {
	const char *name; /* of the file, as the user gave it; or "<stdin>", "<expression>" */
	const char *text;
	size_t len;
	const struct source_part *parts; /* NULL: it is one file */
	size_t part_count;
};

/* The file that byte @offset of @source is from. */
const char *source_name(const struct source *source, size_t offset);

/* A stretch of bytes of the diag's source; SPAN_NONE when a message has no place in it. */
struct span {
	uint32_t offset;
	uint32_t len;
};
#define SPAN_NONE ((struct span){ UINT32_MAX, 0 })

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
};

/* Errors beyond this many are counted and not kept: one mistake makes many echoes.  So are
 * warnings: a text of a million lines can have a million. */
enum {
	DIAG_MOST_ERRORS = 5,
	DIAG_MOST_WARNINGS = 5,
};

struct diag {
	const struct source *source; /* NULL: messages begin with 'name' alone */
	const char *name;            /* prefix where there is no source: a file's name; or NULL */
	struct diag_message *first;  /* in the order of their adding; opaque */
	struct diag_message *last;
	unsigned int error_count; /* all errors, also those not kept */
	unsigned int warning_count;
	bool is_dropped; /* the message added last was not kept, nor are its hints */
	struct arena arena;
};

/* Add a message at @span.  It is kept when it is among the first DIAG_MOST_ERRORS errors or
 * DIAG_MOST_WARNINGS warnings.  What was said of this place before is not said, nor counted, again. */
void diag_error(struct diag *diag, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_verror(struct diag *diag, struct span span, const char *format, va_list args)
	PRINTF_LIKE(3, 0);
void diag_warning(struct diag *diag, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);

/* Add a line to the message added last: what to do, or why. */
void diag_hint(struct diag *diag, const char *format, ...) PRINTF_LIKE(2, 3);

/* Add what @from says; of what has no place there, @span is the place.  @from is unchanged. */
void diag_add_all(struct diag *diag, const struct diag *from, struct span span);
/* The same, with warnings instead of errors. */
void diag_add_mildly(struct diag *diag, const struct diag *from, struct span span);

/* Append all messages to @out as in the example above. */
void diag_render(const struct diag *diag, struct strbuf *out);

/* The line and column (both from 1) of byte @offset of @source, in its file. */
void source_position(const struct source *source, size_t offset, unsigned int *ret_line,
		     unsigned int *ret_column);

void diag_release(struct diag *diag);

#endif
