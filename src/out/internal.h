/*
 * internal.h - what the files of out/ share.
 *
 * The values of a script are printed by three families of functions, one for each way to write
 * them: text_... for people, json_... for machines, csv_... for tables of other programs.  All add
 * to a strbuf; only out.c writes.
 */
#ifndef WAGGLE_OUT_INTERNAL_H
#define WAGGLE_OUT_INTERNAL_H

#include <time.h>

#include "base/arena.h"
#include "out/out.h"

struct text_format;

enum {
	OUT_FLUSH_BYTES = 1 << 16, /* more than this is written at once */
	OUT_MOST_DEPTH = 32,       /* of structs, arrays and tuples within each other */
	OUT_MOST_FRAMES = 1024,    /* of one stack, inlined functions included */
};

struct out {
	struct out_options options;
	struct strbuf text;    /* to be written to options.file */
	struct strbuf scratch; /* of whoever is printing one value */
	struct strbuf key;     /* of whoever is printing one row */
	struct arena arena;
	const struct text_format *
		*formats;   /* of the bundle's actions, parsed at their first record */
	int64_t to_wall[4]; /* by enum shape_clock: nanoseconds to add for time since 1970 */
	uint64_t now;       /* nanoseconds since 1970 of what is shown; 0: ask the clock */
	struct flamegraph *flamegraph; /* FLAMEGRAPH: what was collected; NULL: nothing yet */
	struct heatmap *heatmap;       /* HEATMAP */
	bool has_block;                /* CSV: a table was shown */
	int error;                     /* the first failed write */
	bool is_redrawing;
	uint32_t redraw_lines; /* on the screen, from the last redraw */
};

/* -- value.c: numbers and values as text ------------------------------------------------------- */

/* An integer of any width. */
struct number {
	uint64_t value; /* extended to 64 bits by its sign */
	bool is_signed;
};

void text_unsigned(struct strbuf *out, uint64_t value);
void text_number(struct strbuf *out, struct number number);
void text_hex(struct strbuf *out, uint64_t value);

/* The number in INT, BOOL, ENUM, POINTER, KSYM, USYM, and counting aggregates; false: it is none. */
bool number_of(const struct shape *shape, const uint8_t *value, struct number *ret_number);
/* The value of a FLOAT. */
long double load_float(const struct shape *shape, const uint8_t *value);

/* The bytes of a field: a bitfield is unpacked to @unpacked. */
const uint8_t *field_value(const struct shape_field *field, const uint8_t *value,
			   uint8_t unpacked[16]);

/* The characters of a STRING, without its trailer; *ret_is_cut: it needs one. */
size_t string_len(const struct shape *shape, const uint8_t *value, bool *ret_is_cut);
/* The bytes of a BUFFER. */
const uint8_t *buffer_of(const struct shape *shape, const uint8_t *value, size_t *ret_len);
const char *enumerator_name(const struct shape *shape, const uint8_t *value);

enum buffer_style {
	BUFFER_ESCAPED, /* 'a\x00' */
	BUFFER_HEX_ESCAPED,
	BUFFER_HEX, /* '61 00' */
};
void text_buffer(struct strbuf *out, const uint8_t *bytes, size_t len, enum buffer_style style);

void text_value(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text);
/* The same without the parentheses of a tuple: as keys are shown. */
void text_key(struct out *out, const struct shape *shape, const uint8_t *value,
	      struct strbuf *ret_text);

/* What the value of a row is after reduction, divided by @divisor where that means something. */
void text_row_value(struct out *out, const struct shape *shape, const uint8_t *value,
		    uint64_t divisor, struct strbuf *ret_text);
struct number row_number(const struct shape *shape, const uint8_t *value);
/* Average of AVG and STATS. */
struct number row_average(const struct shape *shape, const uint8_t *value);
struct number number_divide(struct number number, uint64_t divisor);

/* -- format.c ---------------------------------------------------------------------------------- */

/* NULL when memory is short. */
const struct text_format *text_format_parse(struct arena *arena, const char *text);
/* @values are the fields of @payload, in @record. */
void text_format_print(struct out *out, const struct text_format *format,
		       const struct shape *payload, const uint8_t *record, struct strbuf *ret_text);

/* -- hist.c, series.c -------------------------------------------------------------------------- */

/* One row of a histogram. */
struct bucket {
	bool has_min, has_max; /* false: open at that end */
	bool is_signed;        /* the bounds */
	int64_t min;
	uint64_t max; /* the first number that is not in it; 2^64 is 0 */
	char label[64];
	uint64_t count;
};
/* The buckets from the first to the last that holds something: @visit is called with each. */
void hist_walk(const struct shape *shape, const uint64_t *counts, uint64_t divisor,
	       void (*visit)(void *data, const struct bucket *bucket), void *data);
uint64_t hist_total(const struct shape *shape, const uint64_t *counts);
void text_hist(const struct shape *shape, const uint64_t *counts, uint64_t divisor,
	       struct strbuf *ret_text);

/* The epochs of a table: every series ends at the last, and begins at its own first point from
 * 'first' on. */
struct series_range {
	uint64_t first, last;
	bool is_empty;
};
struct series_range series_range_of(const struct out_rows *rows);
/* The first point of @points that is in @range, or their number. */
uint32_t series_begin(const struct shape *shape, const struct out_point *points,
		      const struct series_range *range);
void text_series(struct out *out, const struct shape *shape, const struct out_point *points,
		 const struct series_range *range, struct strbuf *ret_text);

/* -- table.c ----------------------------------------------------------------------------------- */

void rows_sort(const struct bundle *bundle, struct out_rows *rows, const char *order);
int shape_compare(const struct bundle *bundle, const struct shape *shape, const uint8_t *a,
		  const uint8_t *b);

/* -- stack.c ----------------------------------------------------------------------------------- */

bool is_stack(const struct shape *shape);
void text_stack(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text);
/* The names of the functions, each with @visit, innermost first. */
void stack_walk(struct out *out, const struct shape *shape, const uint8_t *value,
		void (*visit)(void *data, const char *name), void *data);
void text_symbol(struct out *out, const struct shape *shape, const uint8_t *value,
		 struct strbuf *ret_text);

/* -- time.c, cgroup.c -------------------------------------------------------------------------- */

void time_init(struct out *out);
/* Nanoseconds since 1970 of @ns on @clock. */
uint64_t time_wall(const struct out *out, enum shape_clock clock, uint64_t ns);
uint64_t time_now(const struct out *out);
/* As strftime(3), with %f for microseconds. */
void text_time(const char *format, uint64_t wall_ns, struct strbuf *ret_text);
/* 2026-01-31 23:59:59.123456789, UTC. */
void text_utc(uint64_t wall_ns, char separator, struct strbuf *ret_text);

/* 'unified:/a/b'; nothing when there is no such control group. */
void text_cgroup_path(uint64_t id, const char *pattern, struct strbuf *ret_text);

/* -- table.c, json.c: what is shown, at the end of out->text ------------------------------------ */

void text_rows(struct out *out, const struct out_rows *rows, uint64_t divisor);

void json_text(const char *text, size_t len, struct strbuf *out); /* a string */
void json_value(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text);
void json_rows(struct out *out, const struct out_rows *rows, uint64_t divisor);
void json_data_text(struct out *out, const char *type, const char *text, size_t len);
void json_data_value(struct out *out, const struct shape *shape, const uint8_t *value);
void json_count(struct out *out, const char *type, const char *member, uint64_t count);
void json_message(struct out *out, const char *type, const struct span *span, const char *text,
		  const char *helper, int retcode);

/* -- csv.c ------------------------------------------------------------------------------------- */

void csv_rows(struct out *out, const struct out_rows *rows, uint64_t divisor);
void csv_value(struct out *out, const struct shape *shape, const uint8_t *value);

/* -- folded.c ---------------------------------------------------------------------------------- */

enum { PATH_MOST_FRAMES = 2 * OUT_MOST_FRAMES };

enum frame_kind {
	FRAME_KEY, /* what stood beside the stack */
	FRAME_USER,
	FRAME_KERNEL,
};
struct path_frame {
	const char *name;
	enum frame_kind kind;
};
/* A row as a way from the outermost to the innermost; the names are in the arena. */
struct path {
	struct arena arena;
	size_t count;
	struct path_frame frames[PATH_MOST_FRAMES];
};

bool has_stack(const struct shape *key); /* or is one; @key may be NULL */
void path_of(struct out *out, const struct bundle_table *table, const struct out_row *row,
	     struct path *path);
void path_release(struct path *path);
/* How much a row weighs; false: it is no number, or a negative one. */
bool row_weight(const struct shape *shape, const uint8_t *value, uint64_t *ret_weight);
/* One stack, outermost first. */
void folded_stack(struct out *out, const struct shape *shape, const uint8_t *value,
		  struct strbuf *ret_text);
void folded_rows(struct out *out, const struct out_rows *rows, uint64_t divisor);

/* -- flamegraph.c, heatmap.c: pictures --------------------------------------------------------- */

struct flamegraph;
struct heatmap;

/* Take the rows of a table in place of those that it had before; 0 or -ENOMEM. */
int flamegraph_take(struct out *out, struct flamegraph **graph, const struct out_rows *rows);
void flamegraph_draw(const struct flamegraph *graph, struct strbuf *ret_svg);
void flamegraph_free(struct flamegraph *graph);

/* Take what the histograms of a table hold now. */
int heatmap_take(struct out *out, struct heatmap **map, const struct out_rows *rows);
void heatmap_draw(const struct heatmap *map, struct strbuf *ret_svg);
void heatmap_free(struct heatmap *map);

/* @text for XML; what XML cannot hold becomes '?'. */
void xml_text(const char *text, struct strbuf *out);

/* -- messages.c -------------------------------------------------------------------------------- */

/* 'file:3:5-9': the place of @span. */
void text_place(const struct source *source, struct span span, struct strbuf *ret_text);
/* Scripts without a file are 'stdin' for bpftrace, and so for who reads its messages. */
const char *place_name(const struct source *source, size_t offset);
/* The line of @span with '~' below it. */
void text_excerpt(const struct source *source, struct span span, struct strbuf *ret_text);

#endif
