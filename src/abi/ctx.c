/*
 * ctx.c - what accesses to the fields of contexts give.
 *
 * Asked for each such instruction on each path, so fields of one struct are found by where they begin in
 * the table.
 */
#include "abi/prog_type.h"

#include "abi/kind.h"
#include "base/bits.h"

/* Sets of sizes: a size is its own bit. */
enum {
	N1 = 1,
	N4 = 4,
	N8 = 8,
	N12 = 1 | 2,
	N24 = 2 | 4,
	N48 = 4 | 8,
	N124 = 1 | 2 | 4,
	N248 = 2 | 4 | 8,
	N1248 = 1 | 2 | 4 | 8,
	FIRST = 16, /* only the first byte of the field may be the first of the access */
};

enum ctx {
#define CTX(name, bytes) CTX_##name,
#include "abi/ctx.def"
};

static const struct field {
	const char *name;
	uint64_t readers, writers;
	uint32_t offset, bytes;
	uint8_t ctx, reads, writes, gives;
} fields[] = {
#define FIELD(ctx, name, offset, bytes, reads, readers, writes, writers, gives) \
	{ #ctx "->" #name, readers, writers, offset,         bytes,             \
	  CTX_##ctx,       reads,   writes,  ABI_CTX_##gives },
#include "abi/ctx.def"
};

/* Functions called are given no more than 12 arguments (MAX_BPF_FUNC_ARGS). */
enum { TYPED_ARG_BYTES = 8, TYPED_ARGS = 12 };

static bool is_typed_arg(uint32_t offset, uint32_t size, bool write)
{
	return !write && offset % TYPED_ARG_BYTES == 0 && size <= TYPED_ARG_BYTES &&
	       offset < TYPED_ARGS * TYPED_ARG_BYTES;
}

static bool allows(const struct field *field, uint32_t offset, uint32_t size, bool write,
		   uint64_t kinds)
{
	const uint8_t sizes = write ? field->writes : field->reads;

	return (sizes & size) && ((write ? field->writers : field->readers) & kinds) &&
	       offset >= field->offset && offset + size <= field->offset + field->bytes &&
	       (!(sizes & FIRST) || offset == field->offset);
}

enum abi_ctx_value abi_ctx_access(const struct abi_prog_type *row, uint32_t offset, uint32_t size,
				  bool write, const char **ret_name)
{
	*ret_name = NULL;
	if (row->ctx == CTX_typed)
		return is_typed_arg(offset, size, write) ? ABI_CTX_BTF : ABI_CTX_NONE;
	if (size == 0 || size > 8 || (size & (size - 1)) || offset % size || offset > UINT16_MAX)
		return ABI_CTX_NONE;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (fields[i].ctx != row->ctx)
			continue;
		if (offset >= fields[i].offset && offset < fields[i].offset + fields[i].bytes &&
		    !*ret_name)
			*ret_name = fields[i].name;
		if (allows(&fields[i], offset, size, write, row->kinds)) {
			*ret_name = fields[i].name;
			return (enum abi_ctx_value)fields[i].gives;
		}
	}
	return ABI_CTX_NONE;
}
