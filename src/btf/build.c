/*
 * build.c - making BTF.
 */
#include "btf/build.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	MAGIC = 0xeb9f,
	VERSION = 1,
	INT_SIGNED = 1 << 24,
	MOST_CALLBACK_ARGS = 5,
};

struct header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t header_len;
	uint32_t types_offset; /* from behind the header */
	uint32_t types_len;
	uint32_t strings_offset;
	uint32_t strings_len;
};

/* What each type begins with. */
struct common {
	uint32_t name;
	uint32_t info; /* count, kind << 24, flag << 31 */
	uint32_t size_or_type;
};

static void put(struct btf_build *b, uint32_t word)
{
	strbuf_add(&b->types, &word, sizeof word);
}

static uint32_t begin(struct btf_build *b, enum btf_kind kind, const char *name, uint32_t count,
		      uint32_t size_or_type)
{
	struct common common = { btf_build_string(b, name), (uint32_t)kind << 24 | count,
				 size_or_type };

	assert(count <= UINT16_MAX);
	strbuf_add(&b->types, &common, sizeof common);
	return ++b->last_id;
}

/* Sets the flag of the type begun last, which takes @bytes so far behind its common part. */
static void set_flag(struct btf_build *b, size_t bytes)
{
	struct common common;
	char *at;

	if (b->types.failed)
		return;
	at = b->types.data + b->types.len - bytes - sizeof common;
	memcpy(&common, at, sizeof common);
	common.info |= 1u << 31;
	memcpy(at, &common, sizeof common);
}

void btf_build_init(struct btf_build *b)
{
	*b = (struct btf_build){ 0 };
	strbuf_putc(&b->strings, '\0');
}

void btf_build_release(struct btf_build *b)
{
	strbuf_release(&b->types);
	strbuf_release(&b->strings);
}

uint32_t btf_build_string(struct btf_build *b, const char *text)
{
	size_t len = text ? strlen(text) + 1 : 1;
	const char *found;
	uint32_t offset;

	if (len == 1 || b->strings.failed)
		return 0;
	found = memmem(b->strings.data, b->strings.len, text, len);
	if (found)
		return (uint32_t)(found - b->strings.data);
	offset = (uint32_t)b->strings.len;
	strbuf_add(&b->strings, text, len);
	return offset;
}

uint32_t btf_build_int(struct btf_build *b, const char *name, uint32_t bytes, bool is_signed)
{
	uint32_t id = begin(b, BTF_INT, name, 0, bytes);

	put(b, (is_signed ? INT_SIGNED : 0) | bytes * 8);
	return id;
}

uint32_t btf_build_ref(struct btf_build *b, enum btf_kind kind, const char *name, uint32_t type)
{
	return begin(b, kind, name, 0, type);
}

uint32_t btf_build_array(struct btf_build *b, uint32_t type, uint32_t index_type, uint32_t count)
{
	uint32_t id = begin(b, BTF_ARRAY, NULL, 0, 0);

	put(b, type);
	put(b, index_type);
	put(b, count);
	return id;
}

static bool has_bitfields(const struct btf_member *members, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (members[i].bit_count)
			return true;
	return false;
}

uint32_t btf_build_struct(struct btf_build *b, enum btf_kind kind, const char *name, uint32_t size,
			  const struct btf_member *members, uint32_t count)
{
	uint32_t id = begin(b, kind, name, count, size);
	bool flag = has_bitfields(members, count);

	if (flag)
		set_flag(b, 0);
	for (uint32_t i = 0; i < count; i++) {
		put(b, btf_build_string(b, members[i].name));
		put(b, members[i].type);
		put(b, members[i].bit_offset | (flag ? members[i].bit_count << 24 : 0));
	}
	return id;
}

uint32_t btf_build_fwd(struct btf_build *b, const char *name, bool is_union)
{
	uint32_t id = begin(b, BTF_FWD, name, 0, 0);

	if (is_union)
		set_flag(b, 0);
	return id;
}

uint32_t btf_build_enum(struct btf_build *b, const char *name, uint32_t size, bool is_signed,
			const struct btf_enumerator *values, uint32_t count)
{
	bool wide = size == 8;
	uint32_t id = begin(b, wide ? BTF_ENUM64 : BTF_ENUM, name, count, size);

	if (is_signed)
		set_flag(b, 0);
	for (uint32_t i = 0; i < count; i++) {
		put(b, btf_build_string(b, values[i].name));
		put(b, (uint32_t)values[i].value);
		if (wide)
			put(b, (uint32_t)(values[i].value >> 32));
	}
	return id;
}

uint32_t btf_build_proto(struct btf_build *b, uint32_t result, const struct btf_param *params,
			 uint32_t count)
{
	uint32_t id = begin(b, BTF_FUNC_PROTO, NULL, count, result);

	for (uint32_t i = 0; i < count; i++) {
		put(b, btf_build_string(b, params[i].name));
		put(b, params[i].type);
	}
	return id;
}

uint32_t btf_build_func(struct btf_build *b, const char *name, uint32_t proto,
			enum btf_linkage linkage)
{
	return begin(b, BTF_FUNC, name, linkage, proto);
}

uint32_t btf_build_var(struct btf_build *b, const char *name, uint32_t type,
		       enum btf_linkage linkage)
{
	uint32_t id = begin(b, BTF_VAR, name, 0, type);

	put(b, linkage);
	return id;
}

uint32_t btf_build_datasec(struct btf_build *b, const char *name, uint32_t size,
			   const struct btf_placed *vars, uint32_t count)
{
	uint32_t id = begin(b, BTF_DATASEC, name, count, size);

	for (uint32_t i = 0; i < count; i++) {
		put(b, vars[i].type);
		put(b, vars[i].offset);
		put(b, vars[i].size);
	}
	return id;
}

uint32_t btf_build_callback(struct btf_build *b, const char *name, uint32_t arg_count)
{
	static const char *const names[MOST_CALLBACK_ARGS] = { "a", "b", "c", "d", "e" };
	struct btf_param params[MOST_CALLBACK_ARGS];

	assert(arg_count <= MOST_CALLBACK_ARGS);
	if (!b->int_id) {
		b->int_id = btf_build_int(b, "int", 4, true);
		b->u64_id = btf_build_int(b, "u64", 8, false);
	}
	for (uint32_t i = 0; i < arg_count; i++)
		params[i] = (struct btf_param){ names[i], b->u64_id };
	return btf_build_func(b, name, btf_build_proto(b, b->int_id, params, arg_count),
			      BTF_STATIC);
}

int btf_build_finish(const struct btf_build *b, struct strbuf *out)
{
	struct header header = {
		.magic = MAGIC,
		.version = VERSION,
		.header_len = sizeof header,
		.types_len = (uint32_t)b->types.len,
		.strings_offset = (uint32_t)b->types.len,
		.strings_len = (uint32_t)b->strings.len,
	};

	if (b->types.failed || b->strings.failed)
		return -ENOMEM;
	strbuf_add(out, &header, sizeof header);
	if (b->types.len)
		strbuf_add(out, b->types.data, b->types.len);
	strbuf_add(out, b->strings.data, b->strings.len);
	return out->failed ? -ENOMEM : 0;
}
