/*
 * messages.c - places in the script, for messages that come while it runs.
 *
 * They look as bpftrace's do, which tools and tests look for: 'file:line:first-last: WARNING: text', then
 * the line with its part underlined.
 */
#include "out/internal.h"

const char *place_name(const struct source *source, size_t offset)
{
	const char *name = source_name(source, offset);

	return name[0] == '<' ? "stdin" : name;
}

/* Columns count from 1, and a tab is one. */
void text_place(const struct source *source, struct span span, struct strbuf *ret_text)
{
	unsigned int line, column, last_line, last_column;

	if (!source || span.offset >= source->len)
		return;
	source_position(source, span.offset, &line, &column);
	source_position(source, span.offset + span.len, &last_line, &last_column);
	if (line == last_line)
		strbuf_printf(ret_text, "%s:%u:%u-%u: ", place_name(source, span.offset), line,
			      column, last_column);
	else
		strbuf_printf(ret_text, "%s:%u-%u: ", place_name(source, span.offset), line,
			      last_line);
}

void text_excerpt(const struct source *source, struct span span, struct strbuf *ret_text)
{
	size_t begin, end, last;

	if (!source || span.offset >= source->len)
		return;
	begin = end = span.offset;
	last = span.offset + (size_t)span.len;
	while (begin && source->text[begin - 1] != '\n')
		begin--;
	while (end < source->len && source->text[end] != '\n')
		end++;
	if (last > end)
		last = end;
	strbuf_add(ret_text, source->text + begin, end - begin);
	strbuf_putc(ret_text, '\n');
	for (size_t i = begin; i < last; i++)
		strbuf_putc(ret_text, i >= span.offset        ? '~' :
				      source->text[i] == '\t' ? '\t' :
								' ');
	strbuf_putc(ret_text, '\n');
}
