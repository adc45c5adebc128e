/*
 * ext.c - reading .BTF.ext.
 */
#include "load/ext.h"

#include <errno.h>
#include <stdbool.h>

#include "base/bits.h"

enum {
	MAGIC = 0xeb9f,
	HEADER_BYTES = 24, /* the oldest: without CO-RE */
	CORE_AT = 24,      /* offset and length of the table, in headers that have it */
	SLOT_BYTES = 8,
};

static const struct {
	uint8_t at;    /* in the header */
	uint8_t least; /* bytes of a record */
} layout[EXT_TABLES] = {
	[EXT_FUNCS] = { 8, 8 },
	[EXT_LINES] = { 16, 16 },
	[EXT_CORE] = { CORE_AT, 16 },
};

static int refuse(struct diag *diag, const char *reason)
{
	diag_error(diag, SPAN_NONE, "the object's section .BTF.ext %s", reason);
	return -EINVAL;
}

int ext_read(const uint8_t *data, size_t size, struct diag *diag, struct ext *ret_ext)
{
	uint32_t header;

	*ret_ext = (struct ext){ 0 };
	if (size < HEADER_BYTES || load_le16(data) != MAGIC)
		return refuse(diag, "does not begin as such sections do");
	header = load_le32(data + 4);
	if (header < HEADER_BYTES || header > size)
		return refuse(diag, "has a header of an impossible length");
	for (int i = 0; i < EXT_TABLES; i++) {
		uint32_t offset, len;

		if (layout[i].at + 8u > header)
			continue;
		offset = load_le32(data + layout[i].at);
		len = load_le32(data + layout[i].at + 4);
		if (!len)
			continue;
		if (offset > size - header || len > size - header - offset)
			return refuse(diag, "has a table that lies beyond its end");
		ret_ext->tables[i] = data + header + offset;
		ret_ext->sizes[i] = len;
	}
	return 0;
}

static int visit_records(const uint8_t *p, uint32_t count, uint32_t bytes, uint32_t words,
			 const struct ext_walk *walk)
{
	int result = 0;

	for (uint32_t i = 0; i < count && !result; i++, p += bytes) {
		struct ext_record record = { .slot = load_le32(p) / SLOT_BYTES };

		for (uint32_t w = 0; w < words; w++)
			record.words[w] = load_le32(p + 4 + (size_t)4 * w);
		result = walk->visit(walk->data, &record);
	}
	return result;
}

int ext_each(const struct ext *ext, enum ext_table table, const struct ext_walk *walk,
	     struct diag *diag)
{
	const uint8_t *p = ext->tables[table], *end = p + ext->sizes[table];
	const uint32_t words = layout[table].least / 4u - 1;
	uint32_t bytes;
	int result = 0;

	if (!p)
		return 0;
	if (end - p < 4)
		return refuse(diag, "has a table that is cut off");
	bytes = load_le32(p);
	p += 4;
	if (bytes < layout[table].least || bytes % 4)
		return refuse(diag, "has records of an impossible length");
	while (p < end && !result) {
		uint32_t name, count;

		if (end - p < 8)
			return refuse(diag, "has a table that is cut off");
		name = load_le32(p);
		count = load_le32(p + 4);
		p += 8;
		if (count > (size_t)(end - p) / bytes)
			return refuse(diag, "has a table that is cut off");
		if (walk->is_section(walk->data, name))
			result = visit_records(p, count, bytes, words, walk);
		p += (size_t)count * bytes;
	}
	return result;
}
