/*
 * format.c - the text by which tracefs describes a tracepoint's record:
 *
 *	ID: 372
 *	format:
 *		field:unsigned short common_type;	offset:0;	size:2;	signed:0;
 *
 *		field:char prev_comm[16];	offset:8;	size:16;	signed:0;
 *		field:__data_loc char[] name;	offset:24;	size:4;	signed:0;
 *
 * The declarations are what the kernel's source says, stringified: types with any spacing, and
 * lengths of arrays that can be expressions.
 */
#include "probe/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

enum { MOST_FIELDS = 1024 };

static bool skip_word(const char **at, const char *word)
{
	const size_t len = strlen(word);

	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool read_number(const char **at, uint32_t *ret_number)
{
	char *end;
	unsigned long number;

	if (!char_is_digit(**at))
		return false;
	number = strtoul(*at, &end, 10);
	if (number > INT32_MAX)
		return false;
	*at = end;
	*ret_number = (uint32_t)number;
	return true;
}

/* Bytes of an element: for lengths of arrays that are no plain numbers.  What is not known is read
 * as bytes. */
static uint32_t element_size(const char *type)
{
	static const struct {
		const char *word;
		uint32_t size;
	} sizes[] = {
		{ "16", 2 }, { "short", 2 }, { "32", 4 }, { "64", 8 }, { "long", 8 }, { "int", 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		if (strstr(type, sizes[i].word))
			return sizes[i].size;
	return 1;
}

/* "char comm[16]": cut off the length at the end of the declaration, *len bytes. */
static const char *cut_length(const char *text, size_t *len)
{
	int depth = 0;

	if (!*len || text[*len - 1] != ']')
		return NULL;
	for (size_t i = *len; i--;) {
		depth += text[i] == ']';
		depth -= text[i] == '[';
		if (!depth) {
			*len = i;
			return text + i + 1;
		}
	}
	return NULL;
}

static size_t trim(const char *text, size_t len)
{
	while (len && char_is_blank(text[len - 1]))
		len--;
	return len;
}

/* The declaration of @len bytes: name, type, and how many. */
static int read_declaration(const char *text, size_t len, struct arena *arena,
			    struct catalog_field *field)
{
	const char *length = cut_length(text, &len);
	size_t name;

	len = trim(text, len);
	for (name = len; name && (char_is_letter(text[name - 1]) || char_is_digit(text[name - 1]));)
		name--;
	if (name == len || !trim(text, name))
		return -EINVAL;
	field->name = arena_strndup(arena, text + name, len - name);
	field->type = arena_strndup(arena, text, trim(text, name));
	if (!field->name || !field->type)
		return -ENOMEM;
	field->is_relative = !strncmp(field->type, "__rel_loc ", 10);
	field->is_dynamic = field->is_relative || !strncmp(field->type, "__data_loc ", 11);
	if (length && (!read_number(&length, &field->count) || *length != ']'))
		field->count = field->size / element_size(field->type);
	return 0;
}

/* What stands behind "field:" on a line. */
static int read_field(const char *text, struct arena *arena, struct catalog_field *ret_field)
{
	const size_t len = strcspn(text, ";\n");
	const char *at = text + len;
	struct catalog_field field = { 0 };
	uint32_t is_signed = 0;
	int err;

	if (!skip_word(&at, ";\toffset:") || !read_number(&at, &field.offset) ||
	    !skip_word(&at, ";\tsize:") || !read_number(&at, &field.size))
		return -EINVAL;
	if (skip_word(&at, ";\tsigned:") && !read_number(&at, &is_signed))
		return -EINVAL;
	field.is_signed = is_signed != 0;
	err = read_declaration(text, len, arena, &field);
	if (!err)
		*ret_field = field;
	return err;
}

static const char *next_line(const char *text)
{
	text += strcspn(text, "\n");
	return *text ? text + 1 : text;
}

static uint32_t count_lines(const char *text, const char *first)
{
	uint32_t count = 0;

	for (; *text; text = next_line(text))
		count += !strncmp(text, first, strlen(first));
	return count;
}

int format_parse(const char *text, struct arena *arena, struct catalog_format *ret_format)
{
	const uint32_t most = count_lines(text, "\tfield:");
	struct catalog_format format = { .syscall = -1 };
	struct catalog_field *fields;
	bool has_id = false;
	int err = 0;

	if (most > MOST_FIELDS)
		return -EINVAL;
	fields = arena_alloc_array(arena, most + 1, sizeof *fields);
	if (!fields)
		return -ENOMEM;
	format.fields = fields;
	for (; *text && !err; text = next_line(text)) {
		const char *at = text;

		if (skip_word(&at, "ID: ")) {
			has_id = read_number(&at, &format.id);
		} else if (skip_word(&at, "\tfield:")) {
			err = read_field(at, arena, &fields[format.field_count]);
			if (!err && strncmp(fields[format.field_count].name, "common_", 7) != 0)
				format.field_count++;
		}
	}
	if (!err && !has_id)
		err = -EINVAL;
	if (!err)
		*ret_format = format;
	return err;
}
