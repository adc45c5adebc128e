/*
 * out.h - showing values, tables and messages: as text, JSON, CSV, or pictures.
 *
 * Everything that a session shows goes through one struct out, which knows the format and how much to
 * buffer.  Text is what bpftrace 0.26 prints, byte for byte (tests compare), with what it gets wrong put right.
 */
#ifndef WAGGLE_OUT_OUT_H
#define WAGGLE_OUT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/strbuf.h"
#include "bundle/bundle.h"
#include "sym/sym.h"

enum out_format {
	OUT_TEXT,
	OUT_JSON,  /* one object a line, bpftrace's keys */
	OUT_JSONL, /* the same, each with a "time" */
	OUT_CSV,
	OUT_FOLDED,     /* stacks of tables as 'a;b;c 42' */
	OUT_FLAMEGRAPH, /* SVG, at the end */
	OUT_HEATMAP,    /* SVG, at the end: histograms over time (out_sample) */
};

/* Nothing is written while records are served faster than they come in: a session calls out_flush
 * when it has nothing else to do. */
enum out_buffering {
	OUT_LINE, /* at every out_flush, and when 64 KiB have come together */
	OUT_FULL, /* only the latter */
	OUT_NONE, /* after every record */
};

/* Resolves what stands in maps, for values that are only a reference there. */
struct out_resolver {
	void *data;
	/* The frames of stack @id in stack map @map: at most @most; how many, or a negative errno. */
	int (*stack)(void *data, uint32_t map, int64_t id, uint64_t *ret_frames, uint32_t most);
};

struct out_options {
	FILE *file;
	FILE *messages; /* what is no data: "Attached 1 probe", warnings (JSON: 'file'); NULL: stderr */
	enum out_format format;
	enum out_buffering buffering;
	const struct bundle *bundle;
	struct sym *sym;
	const struct out_resolver *resolver;
	uint64_t top; /* --top: rows of every table; 0: all */
	bool is_quiet;
	const char *picture; /* path of FLAMEGRAPH and HEATMAP */
};

struct out;
struct out *out_new(const struct out_options *options); /* NULL when memory is short */
/* The session waits: write what came together, unless buffering is full. */
void out_flush(struct out *out);
/* Write what is still held back, and pictures; 0, or the negative errno of the first failed write. */
int out_finish(struct out *out);
void out_free(struct out *out);

/* With --refresh: what follows, up to out_redraw_end, replaces what was shown the last time, if 'file' is a
 * terminal. */
void out_redraw_begin(struct out *out);
void out_redraw_end(struct out *out);

/* One row of a table, reduced over CPUs.  'value' by the table's shape:
 *	plain shapes          as in shape.h
 *	COUNT SUM MIN MAX     i64
 *	AVG STATS             i64 total, u64 count
 *	HIST LHIST            u64 [buckets]
 *	TSERIES               struct out_point [buckets], oldest first */
struct out_row {
	const uint8_t *key; /* NULL: the table has none */
	const uint8_t *value;
};
struct out_point {
	uint64_t epoch; /* time / step */
	int64_t value;  /* already reduced: average, sum ... */
	bool is_set;
};
struct out_rows {
	const struct bundle_table *table;
	struct out_row *rows;
	size_t count;
};

/* A record's action, when the record is all it takes: PRINTF, ERRORF, WARNF, PRINT_VALUE, TIME, JOIN, HELPER_ERROR.
 * @record begins with the u32 of the action.  A record that is shorter than its action says is not shown. */
void out_record(struct out *out, const struct bundle_action *action, const uint8_t *record,
		size_t bytes);
/* What printf would print for the record, as bytes: for CAT and SYSTEM too. */
void out_format_record(struct out *out, const struct bundle_action *action, const uint8_t *record,
		       size_t bytes, struct strbuf *ret_text);
/* CAT and SYSTEM: what the file held, or the command wrote. */
void out_text(struct out *out, const struct bundle_action *action, const char *text, size_t len);

/* A table: sorted and cut here.  @top and @divisor 0: all, 1.  Changes the order of rows. */
void out_table(struct out *out, struct out_rows *rows, uint64_t top, uint64_t divisor,
	       const char *sort);
/* HEATMAP: what a table holds now.  The session calls it for every table of histograms at regular times,
 * a second say, before tables are cleared and at the end; with other formats it does nothing. */
void out_sample(struct out *out, const struct out_rows *rows);
/* One entry: print(@x[key]). */
void out_entry(struct out *out, const struct bundle_table *table, const struct out_row *row);

void out_attached(struct out *out, size_t probes);
void out_lost(struct out *out, uint64_t events);
void out_warning(struct out *out, const struct span *where, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* The empty lines between what was printed and the maps at the end. */
void out_end(struct out *out);

/* One value as text, as print() shows it; without a newline. */
void out_value(struct out *out, const struct shape *shape, const uint8_t *value,
	       struct strbuf *ret_text);

#endif
