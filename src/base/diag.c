/*
 * diag.c - collecting and rendering messages.
 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct diag_hint {
	struct diag_hint *next;
	const char *text;
};

struct diag_message {
	struct diag_message *next;
	enum diag_level level;
	struct span span;
	const char *text;
	struct diag_hint *first_hint;
	struct diag_hint *last_hint;
};

static const char *const level_text[] = {
	[DIAG_ERROR] = "error",
	[DIAG_WARNING] = "warning",
};

PRINTF_LIKE(2, 0)
static const char *format_text(struct arena *arena, const char *format, va_list args)
{
	struct strbuf buf = { 0 };
	const char *text;

	strbuf_vprintf(&buf, format, args);
	text = buf.failed ? NULL : arena_strndup(arena, strbuf_text(&buf), buf.len);
	strbuf_release(&buf);
	return text ? text : "(out of memory while writing a message)";
}

/* Was this said of this place before? */
static bool is_known(const struct diag *diag, struct span span, const char *text)
{
	if (span.offset == SPAN_NONE.offset)
		return false;
	for (const struct diag_message *m = diag->first; m; m = m->next)
		if (m->span.offset == span.offset && m->span.len == span.len &&
		    !strcmp(m->text, text))
			return true;
	return false;
}

/* False, with 'is_dropped': the message is there already. */
PRINTF_LIKE(4, 0)
static bool add_message(struct diag *diag, enum diag_level level, struct span span,
			const char *format, va_list args)
{
	const char *text = format_text(&diag->arena, format, args);
	struct diag_message *m;

	diag->is_dropped = is_known(diag, span, text);
	if (diag->is_dropped)
		return false;
	m = arena_alloc(&diag->arena, sizeof *m);
	diag->is_dropped = !m;
	if (!m)
		return true;
	m->level = level;
	m->span = span;
	m->text = text;
	if (diag->last)
		diag->last->next = m;
	else
		diag->first = m;
	diag->last = m;
	return true;
}

void diag_verror(struct diag *diag, struct span span, const char *format, va_list args)
{
	if (!diag)
		return;
	diag->is_dropped = diag->error_count >= DIAG_MOST_ERRORS;
	if (diag->is_dropped || add_message(diag, DIAG_ERROR, span, format, args))
		diag->error_count++;
}

void diag_error(struct diag *diag, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_verror(diag, span, format, args);
	va_end(args);
}

void diag_warning(struct diag *diag, struct span span, const char *format, ...)
{
	va_list args;

	if (!diag)
		return;
	va_start(args, format);
	diag->is_dropped = diag->warning_count >= DIAG_MOST_WARNINGS;
	if (diag->is_dropped || add_message(diag, DIAG_WARNING, span, format, args))
		diag->warning_count++;
	va_end(args);
}

void diag_hint(struct diag *diag, const char *format, ...)
{
	struct diag_message *m = diag ? diag->last : NULL;
	struct diag_hint *hint;
	va_list args;

	if (!m || diag->is_dropped)
		return;
	hint = arena_alloc(&diag->arena, sizeof *hint);
	if (!hint)
		return;
	va_start(args, format);
	hint->text = format_text(&diag->arena, format, args);
	va_end(args);
	if (m->last_hint)
		m->last_hint->next = hint;
	else
		m->first_hint = hint;
	m->last_hint = hint;
}

static void add_all(struct diag *diag, const struct diag *from, struct span span, bool is_mild)
{
	for (const struct diag_message *m = from->first; m; m = m->next) {
		const struct span at = m->span.offset == SPAN_NONE.offset ? span : m->span;

		if (m->level == DIAG_ERROR && !is_mild)
			diag_error(diag, at, "%s", m->text);
		else
			diag_warning(diag, at, "%s", m->text);
		for (const struct diag_hint *hint = m->first_hint; hint; hint = hint->next)
			diag_hint(diag, "%s", hint->text);
	}
}

void diag_add_all(struct diag *diag, const struct diag *from, struct span span)
{
	add_all(diag, from, span, false);
}

void diag_add_mildly(struct diag *diag, const struct diag *from, struct span span)
{
	add_all(diag, from, span, true);
}

/* The bounds of the line that holds byte @offset, without its newline. */
static void source_line(const struct source *source, size_t offset, size_t *ret_start,
			size_t *ret_end)
{
	size_t start = offset, end = offset;

	while (start > 0 && source->text[start - 1] != '\n')
		start--;
	while (end < source->len && source->text[end] != '\n')
		end++;
	*ret_start = start;
	*ret_end = end;
}

/* The part that byte @offset is in, or the last before it; NULL where there are none. */
static const struct source_part *find_part(const struct source *source, size_t offset)
{
	const struct source_part *found = source->parts;

	for (size_t i = 0; i < source->part_count; i++)
		if (source->parts[i].start <= offset)
			found = &source->parts[i];
	return found;
}

const char *source_name(const struct source *source, size_t offset)
{
	const struct source_part *part = find_part(source, offset);

	return part ? part->name : source->name;
}

void source_position(const struct source *source, size_t offset, unsigned int *ret_line,
		     unsigned int *ret_column)
{
	const struct source_part *part = find_part(source, offset);
	unsigned int line = 1, column = 1;

	if (offset > source->len)
		offset = source->len;
	for (size_t i = part ? part->start : 0; i < offset; i++) {
		column++;
		if (source->text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	*ret_line = line;
	*ret_column = column;
}

/* Everything shown may come from a file or a command line.  Bytes that would disturb a terminal
 * are shown as '?'; a tab stays, so that the caret, which copies tabs too, stands under its
 * place. */
static void render_clean(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		strbuf_putc(out, (c < ' ' && c != '\t') || c == 0x7f ? '?' : text[i]);
	}
}

/* Is it a further byte of a character?  Those take no column of their own. */
static bool is_utf8_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The line, and a caret under the part meant. */
static void render_excerpt(const struct source *source, const struct diag_message *m,
			   struct strbuf *out)
{
	enum { EXCERPT_MOST_BYTES = 200 };
	size_t offset = m->span.offset, start, end, mark_end;
	unsigned int line, column;

	if (offset > source->len)
		offset = source->len;
	source_position(source, offset, &line, &column);
	source_line(source, offset, &start, &end);
	if (offset - start > EXCERPT_MOST_BYTES)
		start = offset - EXCERPT_MOST_BYTES / 2;
	if (end - start > EXCERPT_MOST_BYTES)
		end = start + EXCERPT_MOST_BYTES;
	strbuf_printf(out, "%5u | ", line);
	render_clean(out, source->text + start, end - start);
	strbuf_puts(out, "\n      | ");
	for (size_t i = start; i < offset; i++)
		if (!is_utf8_tail(source->text[i]))
			strbuf_putc(out, source->text[i] == '\t' ? '\t' : ' ');
	strbuf_putc(out, '^');
	mark_end = offset + m->span.len;
	for (size_t i = offset + 1; i < mark_end && i < end; i++)
		if (!is_utf8_tail(source->text[i]))
			strbuf_putc(out, '~');
	strbuf_putc(out, '\n');
}

static void render_clean_text(struct strbuf *out, const char *text)
{
	render_clean(out, text, strlen(text));
}

static void render_message(const struct diag *diag, const struct diag_message *m,
			   struct strbuf *out)
{
	bool placed = diag->source && m->span.offset != UINT32_MAX;
	unsigned int line, column;

	if (diag->source || diag->name) {
		render_clean_text(out, placed       ? source_name(diag->source, m->span.offset) :
				       diag->source ? diag->source->name :
						      diag->name);
		strbuf_puts(out, placed ? ":" : ": ");
	}
	if (placed) {
		source_position(diag->source, m->span.offset, &line, &column);
		strbuf_printf(out, "%u:%u: ", line, column);
	}
	strbuf_printf(out, "%s: ", level_text[m->level]);
	render_clean_text(out, m->text);
	strbuf_putc(out, '\n');
	if (placed)
		render_excerpt(diag->source, m, out);
	for (const struct diag_hint *hint = m->first_hint; hint; hint = hint->next) {
		strbuf_puts(out, "      = ");
		render_clean_text(out, hint->text);
		strbuf_putc(out, '\n');
	}
}

static void render_dropped(unsigned int count, unsigned int kept, const char *what,
			   struct strbuf *out)
{
	if (count > kept)
		strbuf_printf(out, "and %u more %s%s\n", count - kept, what,
			      count == kept + 1 ? "" : "s");
}

void diag_render(const struct diag *diag, struct strbuf *out)
{
	for (const struct diag_message *m = diag->first; m; m = m->next)
		render_message(diag, m, out);
	render_dropped(diag->error_count, DIAG_MOST_ERRORS, "error", out);
	render_dropped(diag->warning_count, DIAG_MOST_WARNINGS, "warning", out);
}

void diag_release(struct diag *diag)
{
	arena_release(&diag->arena);
	*diag = (struct diag){ 0 };
}
