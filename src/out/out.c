/*
 * out.c - what a session shows: from records and tables to the format that was asked for.
 *
 * All is built up in one buffer, which is written when it is full or the session has nothing to do, so that
 * a record costs no system call and no call of stdio.
 */
#include "out/out.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bits.h"
#include "out/internal.h"

struct out *out_new(const struct out_options *options)
{
	struct out *out = calloc(1, sizeof *out);

	if (!out)
		return NULL;
	out->options = *options;
	if (!out->options.messages)
		out->options.messages = stderr;
	time_init(out);
	if (options->bundle->action_count) {
		out->formats = calloc(options->bundle->action_count, sizeof out->formats[0]);
		if (!out->formats) {
			out_free(out);
			return NULL;
		}
	}
	return out;
}

void out_free(struct out *out)
{
	if (!out)
		return;
	strbuf_release(&out->text);
	strbuf_release(&out->scratch);
	strbuf_release(&out->key);
	flamegraph_free(out->flamegraph);
	heatmap_free(out->heatmap);
	arena_release(&out->arena);
	free(out->formats);
	free(out);
}

static bool is_json(const struct out *out)
{
	return out->options.format == OUT_JSON || out->options.format == OUT_JSONL;
}

/* -- writing ----------------------------------------------------------------------------------- */

static void write_out(struct out *out)
{
	FILE *file = out->options.file;

	if (out->text.failed && !out->error)
		out->error = -ENOMEM;
	if (out->text.len &&
	    (fwrite(out->text.data, 1, out->text.len, file) != out->text.len || fflush(file)) &&
	    !out->error)
		out->error = errno ? -errno : -EIO;
	strbuf_reset(&out->text);
}

/* After each thing that is shown. */
static void shown(struct out *out)
{
	out->now = 0;
	if (out->is_redrawing)
		return;
	if (out->text.len)
		out->redraw_lines = 0; /* what stands on the screen now stays */
	if (out->text.len >= OUT_FLUSH_BYTES || out->options.buffering == OUT_NONE)
		write_out(out);
}

void out_flush(struct out *out)
{
	if (out->options.buffering != OUT_FULL)
		write_out(out);
}

static void write_picture(struct out *out)
{
	struct strbuf svg = { 0 };
	FILE *file;

	if (out->options.format == OUT_FLAMEGRAPH)
		flamegraph_draw(out->flamegraph, &svg);
	else
		heatmap_draw(out->heatmap, &svg);
	file = fopen(out->options.picture, "we");
	if (!file || svg.failed || fwrite(strbuf_text(&svg), 1, svg.len, file) != svg.len)
		out->error = svg.failed ? -ENOMEM : errno ? -errno : -EIO;
	if (file && fclose(file) && !out->error)
		out->error = errno ? -errno : -EIO;
	strbuf_release(&svg);
}

int out_finish(struct out *out)
{
	write_out(out);
	if (out->options.picture && !out->error)
		write_picture(out);
	return out->error;
}

/* A message, behind all that was shown before it. */
static void put_message(struct out *out, const struct strbuf *text)
{
	if (out->options.messages != out->options.file) {
		out_flush(out);
		(void)fwrite(strbuf_text(text), 1, text->len, out->options.messages);
		(void)fflush(out->options.messages);
		return;
	}
	strbuf_add(&out->text, strbuf_text(text), text->len);
	shown(out);
}

/* Folded stacks are read by programs: all else is a message then. */
static void divert(struct out *out, size_t start)
{
	struct strbuf text = { 0 };

	if (out->options.format != OUT_FOLDED || out->text.failed || out->text.len == start)
		return;
	strbuf_add(&text, out->text.data + start, out->text.len - start);
	out->text.len = start;
	out->text.data[start] = '\0';
	put_message(out, &text);
	strbuf_release(&text);
}

/* -- records ----------------------------------------------------------------------------------- */

static const struct text_format *format_of(struct out *out, const struct bundle_action *action)
{
	size_t index = (size_t)(action - out->options.bundle->actions);

	if (index >= out->options.bundle->action_count)
		return NULL;
	if (!out->formats[index])
		out->formats[index] =
			text_format_parse(&out->arena, action->format ? action->format : "");
	return out->formats[index];
}

static bool is_whole(const struct bundle_action *action, size_t bytes)
{
	return bytes >= sizeof(uint32_t) && bytes >= action->size;
}

/* The record says when it was made: that is the time of what is shown. */
static void take_time(struct out *out, const struct bundle_action *action, const uint8_t *record,
		      size_t bytes)
{
	out->now = 0;
	if (action->time_offset != (uint32_t)BUNDLE_NONE && bytes >= sizeof(uint64_t) &&
	    action->time_offset <= bytes - sizeof(uint64_t))
		out->now = time_wall(out, CLOCK_BOOT, load_u64(record + action->time_offset));
}

void out_format_record(struct out *out, const struct bundle_action *action, const uint8_t *record,
		       size_t bytes, struct strbuf *ret_text)
{
	const struct text_format *format = format_of(out, action);

	if (format && is_whole(action, bytes))
		text_format_print(out, format, action->payload, record, ret_text);
}

static void show_printf(struct out *out, const struct bundle_action *action, const uint8_t *record,
			size_t bytes)
{
	if (!is_json(out)) {
		out_format_record(out, action, record, bytes, &out->text);
		return;
	}
	strbuf_reset(&out->scratch);
	out_format_record(out, action, record, bytes, &out->scratch);
	json_data_text(out, "printf", strbuf_text(&out->scratch), out->scratch.len);
}

/* A message of the script itself: errorf, warnf. */
static void show_message(struct out *out, const struct bundle_action *action, const uint8_t *record,
			 size_t bytes)
{
	bool is_error = action->kind != ACTION_WARNF;
	struct strbuf text = { 0 };

	strbuf_reset(&out->scratch);
	if (action->kind == ACTION_ASSERT)
		strbuf_puts(&out->scratch, action->text ? action->text : "");
	else
		out_format_record(out, action, record, bytes, &out->scratch);
	if (is_json(out)) {
		json_message(out, is_error ? "errorf" : "warnf", &action->span,
			     strbuf_text(&out->scratch), NULL, 0);
		return;
	}
	text_place(out->options.bundle->source, action->span, &text);
	strbuf_puts(&text, is_error ? "ERROR: " : "WARNING: ");
	strbuf_add(&text, strbuf_text(&out->scratch), out->scratch.len);
	strbuf_putc(&text, '\n');
	put_message(out, &text);
	strbuf_release(&text);
}

static void show_value(struct out *out, const struct bundle_action *action, const uint8_t *record)
{
	const struct shape_field *field;

	if (!action->payload || !action->payload->count)
		return;
	field = &action->payload->fields[0];
	if (is_json(out)) {
		json_data_value(out, field->shape, record + field->offset);
		return;
	}
	if (out->options.format == OUT_CSV) {
		csv_value(out, field->shape, record + field->offset);
		return;
	}
	text_value(out, field->shape, record + field->offset, &out->text);
	strbuf_putc(&out->text, '\n');
}

static void show_time(struct out *out, const struct bundle_action *action)
{
	const char *format = action->text ? action->text : "%H:%M:%S\n";

	if (!is_json(out)) {
		text_time(format, time_now(out), &out->text);
		return;
	}
	strbuf_reset(&out->scratch);
	text_time(format, time_now(out), &out->scratch);
	json_data_text(out, "time", strbuf_text(&out->scratch), out->scratch.len);
}

/* Words end with NULs; the last may be cut. */
static void show_join(struct out *out, const struct bundle_action *action, const uint8_t *record,
		      size_t bytes)
{
	const char *separator = action->text ? action->text : " ";
	size_t at = 2 * sizeof(uint32_t);
	uint32_t words = bytes >= at ? load_u32(record + sizeof(uint32_t)) : 0;
	struct strbuf *text = is_json(out) ? &out->scratch : &out->text;

	strbuf_reset(&out->scratch);
	for (uint32_t i = 0; i < words && at < bytes; i++) {
		size_t len = strnlen((const char *)record + at, bytes - at);

		if (i)
			strbuf_puts(text, separator);
		strbuf_add(text, record + at, len);
		at += len + 1;
	}
	if (is_json(out))
		json_data_text(out, "join", strbuf_text(text), text->len);
	else
		strbuf_putc(text, '\n');
}

/* What failures of these helpers mean to whoever wrote the script. */
static const char *helper_failure(const char *helper, int retcode)
{
	if (strcmp(helper, "map_update_elem") == 0 && retcode == -E2BIG)
		return "Map full; can't update element. Try increasing max_map_keys config or "
		       "manually setting the max entries in a map declaration e.g. "
		       "`let @a = hash(5000)`";
	if (strcmp(helper, "map_delete_elem") == 0 && retcode == -ENOENT)
		return "Can't delete map element because it does not exist.";
	if (strcmp(helper, "map_lookup_elem") == 0)
		return "Can't lookup map element because it does not exist.";
	return strerror(-retcode);
}

static void show_helper_error(struct out *out, const struct bundle_action *action,
			      const uint8_t *record)
{
	const char *helper = action->text ? action->text : "";
	struct strbuf text = { 0 };
	int retcode = 0;

	if (action->payload && action->payload->count)
		retcode = (int)load_u32(record + action->payload->fields[0].offset);
	if (is_json(out)) {
		json_message(out, "helper_error", &action->span, strerror(-retcode), helper,
			     retcode);
		return;
	}
	text_place(out->options.bundle->source, action->span, &text);
	strbuf_printf(&text, "WARNING: %s\nAdditional Info - helper: %s, retcode: %d\n",
		      helper_failure(helper, retcode), helper, retcode);
	text_excerpt(out->options.bundle->source, action->span, &text);
	put_message(out, &text);
	strbuf_release(&text);
}

void out_record(struct out *out, const struct bundle_action *action, const uint8_t *record,
		size_t bytes)
{
	size_t start = out->text.len;

	if (!is_whole(action, bytes))
		return;
	take_time(out, action, record, bytes);
	switch (action->kind) {
	case ACTION_PRINTF: show_printf(out, action, record, bytes); break;
	case ACTION_ERRORF:
	case ACTION_ASSERT:
	case ACTION_WARNF: show_message(out, action, record, bytes); break;
	case ACTION_PRINT_VALUE: show_value(out, action, record); break;
	case ACTION_TIME: show_time(out, action); break;
	case ACTION_JOIN: show_join(out, action, record, bytes); break;
	case ACTION_HELPER_ERROR: show_helper_error(out, action, record); break;
	case ACTION_PRINT_TABLE:
	case ACTION_PRINT_ENTRY:
	case ACTION_CLEAR:
	case ACTION_ZERO:
	case ACTION_EXIT:
	case ACTION_CAT:
	case ACTION_SYSTEM:
	case ACTION_SKB:
	case ACTION_SNAPSHOT:
	case ACTION_UNWATCH: /* the session's */ break;
	}
	divert(out, start);
	shown(out);
}

void out_text(struct out *out, const struct bundle_action *action, const char *text, size_t len)
{
	size_t start = out->text.len;

	if (is_json(out))
		json_data_text(out, action->kind == ACTION_CAT ? "cat" : "syscall", text, len);
	else
		strbuf_add(&out->text, text, len);
	divert(out, start);
	shown(out);
}

/* -- tables ------------------------------------------------------------------------------------ */

static bool is_hist(const struct out_rows *rows)
{
	return rows->table->value->kind == SHAPE_HIST || rows->table->value->kind == SHAPE_LHIST;
}

static void note(struct out *out, int err)
{
	if (err && !out->error)
		out->error = err;
}

void out_sample(struct out *out, const struct out_rows *rows)
{
	if (out->options.format == OUT_HEATMAP && is_hist(rows))
		note(out, heatmap_take(out, &out->heatmap, rows));
}

/* Stacks that are in the picture are not shown again. */
static void show_flamegraph(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	if (has_stack(rows->table->key))
		note(out, flamegraph_take(out, &out->flamegraph, rows));
	else
		text_rows(out, rows, divisor);
}

static void show_rows(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	switch (out->options.format) {
	case OUT_JSON:
	case OUT_JSONL: json_rows(out, rows, divisor); break;
	case OUT_CSV: csv_rows(out, rows, divisor); break;
	case OUT_FOLDED: folded_rows(out, rows, divisor); break;
	case OUT_FLAMEGRAPH: show_flamegraph(out, rows, divisor); break;
	case OUT_HEATMAP:
	case OUT_TEXT: text_rows(out, rows, divisor); break;
	}
	shown(out);
}

/* The greatest @top rows: the last, or the first when the order is falling. */
static void cut_rows(struct out_rows *rows, uint64_t top, const char *sort)
{
	if (!top || rows->count <= top)
		return;
	if (!sort || *sort != '-')
		rows->rows += rows->count - top;
	rows->count = top;
}

void out_table(struct out *out, struct out_rows *rows, uint64_t top, uint64_t divisor,
	       const char *sort)
{
	struct out_rows some = *rows;

	rows_sort(out->options.bundle, &some, sort);
	cut_rows(&some, top ? top : out->options.top, sort);
	show_rows(out, &some, divisor);
}

void out_entry(struct out *out, const struct bundle_table *table, const struct out_row *row)
{
	struct out_row copy = *row;
	struct out_rows rows = { table, &copy, 1 };

	show_rows(out, &rows, 1);
}

/* -- messages ---------------------------------------------------------------------------------- */

void out_attached(struct out *out, size_t probes)
{
	struct strbuf text = { 0 };

	if (out->options.is_quiet)
		return;
	if (is_json(out)) {
		json_count(out, "attached_probes", "probes", probes);
		shown(out);
		return;
	}
	strbuf_printf(&text, "Attached %zu probe%s\n", probes, probes == 1 ? "" : "s");
	put_message(out, &text);
	strbuf_release(&text);
}

void out_lost(struct out *out, uint64_t events)
{
	struct strbuf text = { 0 };

	if (is_json(out)) {
		json_count(out, "lost_events", "events", events);
		shown(out);
		return;
	}
	strbuf_printf(&text, "Lost %llu events\n", (unsigned long long)events);
	put_message(out, &text);
	strbuf_release(&text);
}

void out_warning(struct out *out, const struct span *where, const char *format, ...)
{
	const struct source *source = out->options.bundle->source;
	struct strbuf text = { 0 }, message = { 0 };
	va_list args;

	if (out->options.is_quiet)
		return;
	va_start(args, format);
	strbuf_vprintf(&message, format, args);
	va_end(args);
	if (is_json(out)) {
		json_message(out, "warning", where, strbuf_text(&message), NULL, 0);
		shown(out);
	} else {
		if (where)
			text_place(source, *where, &text);
		strbuf_printf(&text, "WARNING: %s\n", strbuf_text(&message));
		if (where)
			text_excerpt(source, *where, &text);
		put_message(out, &text);
	}
	strbuf_release(&text);
	strbuf_release(&message);
}

void out_end(struct out *out)
{
	if (out->options.format == OUT_TEXT)
		strbuf_puts(&out->text, "\n\n");
	shown(out);
}

/* -- redrawing --------------------------------------------------------------------------------- */

/* The lines that @text takes on a screen of @columns. */
static uint32_t screen_lines(const char *text, size_t len, uint32_t columns)
{
	uint32_t lines = 0, column = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			lines++;
			column = 0;
		} else if (text[i] == '\t') {
			column = (column / 8 + 1) * 8;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80 && ++column > columns) {
			lines++;
			column = 1;
		}
	}
	return lines + (column > 0);
}

/* How much of @text fits into @lines. */
static size_t fitting(const char *text, size_t len, uint32_t lines, uint32_t columns)
{
	size_t end = 0;

	while (end < len) {
		const char *newline = memchr(text + end, '\n', len - end);
		size_t next = newline ? (size_t)(newline - text) + 1 : len;

		if (screen_lines(text, next, columns) > lines)
			break;
		end = next;
	}
	return end;
}

void out_redraw_begin(struct out *out)
{
	write_out(out);
	out->is_redrawing = isatty(fileno(out->options.file)) == 1;
}

/* The cursor goes up to where the last drawing began, and all below is cleared. */
void out_redraw_end(struct out *out)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct strbuf screen = { 0 };
	size_t len;

	if (!out->is_redrawing) {
		out_flush(out);
		return;
	}
	out->is_redrawing = false;
	(void)ioctl(fileno(out->options.file), TIOCGWINSZ, &size);
	if (!size.ws_row || !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	if (out->redraw_lines)
		strbuf_printf(&screen, "\033[%uA\r", out->redraw_lines);
	strbuf_puts(&screen, "\033[J");
	len = fitting(strbuf_text(&out->text), out->text.len, size.ws_row - 1u, size.ws_col);
	strbuf_add(&screen, strbuf_text(&out->text), len);
	out->redraw_lines = screen_lines(strbuf_text(&out->text), len, size.ws_col);
	strbuf_reset(&out->text);
	strbuf_add(&out->text, strbuf_text(&screen), screen.len);
	strbuf_release(&screen);
	write_out(out);
}
