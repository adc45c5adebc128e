/*
 * btf.c - reading BTF.
 *
 * Where a type begins is known when all before it were gone through.  That of the kernel has a hundred
 * thousand, and most programs want a few of the first: so types are gone through as far as somebody
 * asks, and then for good.  Names are not indexed: to compare the first eight bytes of each while going
 * through is as fast, and what was found once is remembered.  A search goes on where the last one stopped.
 *
 * BTF of a module goes on where that of the kernel ends, with its ids and with the places of its strings.  Here
 * types are counted from 1 in either; only what comes from outside, or goes there, is an id.
 */
#include "btf/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/bits.h"
#include "base/file.h"
#include "base/hash.h"

enum {
	HEADER_BYTES = 24,
	MAGIC = 0xeb9f,
	NO_KIND = 32,    /* beyond the five bits that kinds have */
	TYPE_BYTES = 12, /* the common part of a type: name, info, size or type */
	MOST_STEPS = 64, /* followed from one type to the next: longer chains are circles */
	MOST_SIZE = INT32_MAX,
	BATCH_BYTES = 16384, /* of types gone through at a time */
	RECENT = 64,         /* searches that are remembered */
	RECENT_NAME = 48,    /* bytes of a name, with its end */
};

/* How far the types were gone through.  It changes while the rest does not. */
struct progress {
	uint32_t count; /* of types so far */
	size_t end;     /* of the last of them */
	bool is_broken; /* there is no sense behind that */
	struct {
		char name[RECENT_NAME];
		enum btf_kind kind;
		uint32_t id; /* 0: there is none */
	} recent[RECENT];
};

struct btf {
	const struct btf *base; /* it goes on there; NULL: it stands alone */
	uint32_t base_count;    /* of types of @base, and all below */
	uint32_t base_strings;  /* bytes of strings there */
	const uint8_t *types;
	size_t types_len;
	const char *strings; /* ends with a NUL */
	size_t strings_len;
	uint32_t *offsets; /* into types, by number; [0] is not used */
	struct progress *progress;
	/* The file that btf_open read: one of them, or neither. */
	void *mapped;
	char *copy;
	size_t file_bytes;
};

/* Bytes of each kind: once, with the common part, and for each of 'count'.  A kind that is not known is longer than
 * any file, so that going through types ends there.  Two tables of words: an instruction takes its operand there. */
static const struct {
	size_t once[NO_KIND], each[NO_KIND];
} sizes = {
	/* clang-format off */
	.once = {
		[BTF_VOID] =       UINT32_MAX,
		[BTF_INT] =        16,
		[BTF_PTR] =        12,
		[BTF_ARRAY] =      24,
		[BTF_STRUCT] =     12,
		[BTF_UNION] =      12,
		[BTF_ENUM] =       12,
		[BTF_FWD] =        12,
		[BTF_TYPEDEF] =    12,
		[BTF_VOLATILE] =   12,
		[BTF_CONST] =      12,
		[BTF_RESTRICT] =   12,
		[BTF_FUNC] =       12,
		[BTF_FUNC_PROTO] = 12,
		[BTF_VAR] =        16,
		[BTF_DATASEC] =    12,
		[BTF_FLOAT] =      12,
		[BTF_DECL_TAG] =   16,
		[BTF_TYPE_TAG] =   12,
		[BTF_ENUM64] =     12,
		[BTF_KIND_COUNT ... NO_KIND - 1] = UINT32_MAX,
	},
	.each = {
		[BTF_STRUCT] =     12,
		[BTF_UNION] =      12,
		[BTF_ENUM] =       8,
		[BTF_FUNC_PROTO] = 8,
		[BTF_DATASEC] =    12,
		[BTF_ENUM64] =     12,
	},
	/* clang-format on */
};

static enum btf_kind kind_of(const uint8_t *p)
{
	return (enum btf_kind)(load_le32(p + 4) >> 24 & 0x1f);
}

static uint32_t count_of(const uint8_t *p)
{
	return load_le32(p + 4) & 0xffff;
}

static const char *string_at(const struct btf *btf, uint32_t offset)
{
	if (offset < btf->base_strings)
		return string_at(btf->base, offset);
	offset -= btf->base_strings;
	return offset < btf->strings_len ? btf->strings + offset : "";
}

/* A name to look for: its first bytes as a number, as far as there are any. */
struct wanted {
	const char *name;
	uint64_t first, mask;
};

static struct wanted wanted(const char *name)
{
	struct wanted w = { .name = name };
	const size_t len = strlen(name) + 1; /* with its end */
	uint8_t bytes[8] = { 0 };

	memcpy(bytes, name, len < sizeof bytes ? len : sizeof bytes);
	w.first = load_le64(bytes);
	w.mask = len < sizeof bytes ? (UINT64_C(1) << 8 * len) - 1 : UINT64_MAX;
	return w;
}

/* Places of names below this have eight bytes from there on.  Those of a module are counted from elsewhere, and few. */
static uint32_t whole_words_of(const struct btf *btf)
{
	return btf->base || btf->strings_len < 8 ? 0 : (uint32_t)btf->strings_len - 7;
}

static inline bool is_wanted(const struct btf *btf, const struct wanted *w, uint32_t place)
{
	if (LIKELY(place < whole_words_of(btf)) &&
	    LIKELY((load_le64(btf->strings + place) & w->mask) != w->first))
		return false;
	return !strcmp(string_at(btf, place), w->name);
}

static int refuse(struct diag *diag, const char *reason)
{
	diag_error(diag, SPAN_NONE, "the type information (.BTF) %s", reason);
	return -EINVAL;
}

/* How many bytes the type at @p says it has. */
static inline size_t type_bytes(const uint8_t *p)
{
	const enum btf_kind kind = kind_of(p);

	return sizes.once[kind] + sizes.each[kind] * count_of(p);
}

/* Note where the types begin in the next @most bytes, as far as the first of @kind that is called @name; its id, or 0.
 * The kernel's 126,610 types make this what most scripts spend their start on, so bounds and kinds that are
 * not known cost nothing here: types are 12 bytes at least, which is what @offsets has room for, and one
 * that goes beyond the end is noticed behind the loop.  All it needs is in variables: what is behind a pointer would
 * be loaded anew for each type. */
static uint32_t advance(const struct btf *btf, size_t most, uint32_t kind,
			const struct wanted *name)
{
	struct progress *progress = btf->progress;
	const uint8_t *const types = btf->types;
	const struct wanted w = name ? *name : (struct wanted){ 0 };
	const char *const strings = btf->strings;
	const uint32_t whole_words =
		whole_words_of(btf); /* names that begin below it have eight bytes */
	const size_t len = btf->types_len;
	size_t at = progress->end, end = len < TYPE_BYTES ? 0 : len - TYPE_BYTES + 1;
	uint32_t *offset = btf->offsets + progress->count + 1;
	bool is_found = false;

	if (progress->is_broken || at >= end)
		return 0;
	if (most < end - at)
		end = at + most;
	while (at < end) {
		const uint8_t *p = types + at;
		uint32_t place;

		*offset++ = (uint32_t)at;
		at += type_bytes(p);
		if (kind_of(p) != kind)
			continue;
		place = load_le32(p);
		if (LIKELY(place < whole_words) &&
		    LIKELY((load_le64(strings + place) & w.mask) != w.first))
			continue;
		is_found = is_wanted(btf, &w, place);
		if (is_found)
			break;
	}
	progress->count = (uint32_t)(offset - btf->offsets) - 1;
	progress->end = at;
	progress->is_broken = at > len || (len - at > 0 && len - at < TYPE_BYTES);
	if (at > len) /* the last of them is none */
		progress->count--;
	return is_found && at <= len ? progress->count : 0;
}

/* Go through some more types; false: there are no more. */
static bool go_on(const struct btf *btf)
{
	const uint32_t count = btf->progress->count;

	(void)advance(btf, BATCH_BYTES, NO_KIND, NULL);
	return btf->progress->count > count;
}

/* A part of @size bytes at @data, that the header says is @len bytes at @offset behind it. */
static const uint8_t *part(const uint8_t *data, size_t size, uint32_t header_len, const uint8_t *at,
			   size_t *ret_len)
{
	const uint64_t offset = (uint64_t)header_len + load_le32(at);
	const uint32_t len = load_le32(at + 4);

	if (offset > size || len > size - offset)
		return NULL;
	*ret_len = len;
	return data + offset;
}

static int parse(struct btf *btf, const uint8_t *data, size_t size, struct diag *diag)
{
	uint32_t header_len;

	if (size < HEADER_BYTES)
		return refuse(diag, "is cut off");
	if (load_le16(data) != MAGIC)
		return refuse(diag, "does not begin with its magic number");
	if (data[2] != 1)
		return refuse(diag, "is of a version that is not known");
	header_len = load_le32(data + 4);
	btf->types = part(data, size, header_len, data + 8, &btf->types_len);
	btf->strings = (const char *)part(data, size, header_len, data + 16, &btf->strings_len);
	if (header_len < HEADER_BYTES || !btf->types || !btf->strings)
		return refuse(diag, "is cut off");
	if (btf->strings_len && btf->strings[btf->strings_len - 1])
		return refuse(diag, "has a name without an end");
	btf->offsets = calloc(btf->types_len / TYPE_BYTES + 1, sizeof *btf->offsets);
	btf->progress = calloc(1, sizeof *btf->progress);
	return btf->offsets && btf->progress ? 0 : -ENOMEM;
}

uint32_t btf_first_id(const struct btf *btf)
{
	return btf->base_count + 1;
}

uint32_t btf_last_id(const struct btf *btf)
{
	while (go_on(btf))
		;
	return btf->base_count + btf->progress->count;
}

/* What goes on where @base, or NULL, ends.  NULL when memory is short. */
static struct btf *new_btf(const struct btf *base)
{
	struct btf *btf = calloc(1, sizeof *btf);

	if (btf && base) {
		btf->base = base;
		btf->base_count = btf_last_id(base);
		btf->base_strings = base->base_strings + (uint32_t)base->strings_len;
	}
	return btf;
}

int btf_parse_split(const void *data, size_t size, const struct btf *base, struct diag *diag,
		    struct btf **ret_btf)
{
	struct btf *btf = new_btf(base);
	int err;

	if (!btf)
		return -ENOMEM;
	err = parse(btf, data, size, diag);
	while (!err && go_on(btf))
		;
	if (!err && btf->progress->is_broken)
		err = refuse(diag, "has a type that is cut off or of an unknown kind");
	if (err) {
		btf_free(btf);
		return err;
	}
	*ret_btf = btf;
	return 0;
}

int btf_parse(const void *data, size_t size, struct diag *diag, struct btf **ret_btf)
{
	return btf_parse_split(data, size, NULL, diag, ret_btf);
}

/* Map the file; Linux before 6.16 has no mmap for its own, and gives a copy. */
static int open_file(const char *path, struct diag *diag, struct btf *btf)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0) {
		btf->file_bytes = (size_t)st.st_size;
		btf->mapped = mmap(NULL, btf->file_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		if (btf->mapped == MAP_FAILED)
			btf->mapped = NULL;
	}
	if (fd >= 0)
		(void)close(fd);
	return btf->mapped ? 0 : file_read(path, diag, &btf->copy, &btf->file_bytes);
}

int btf_open_split(const char *path, const struct btf *base, struct diag *diag,
		   struct btf **ret_btf)
{
	struct btf *btf = new_btf(base);
	int err;

	if (!btf)
		return -ENOMEM;
	err = open_file(path, diag, btf);
	if (!err)
		err = parse(btf, btf->mapped ? btf->mapped : (void *)btf->copy, btf->file_bytes,
			    diag);
	if (err) {
		btf_free(btf);
		return err;
	}
	*ret_btf = btf;
	return 0;
}

int btf_open(const char *path, struct diag *diag, struct btf **ret_btf)
{
	return btf_open_split(path, NULL, diag, ret_btf);
}

void btf_free(struct btf *btf)
{
	if (!btf)
		return;
	if (btf->mapped)
		(void)munmap(btf->mapped, btf->file_bytes);
	free(btf->copy);
	free(btf->offsets);
	free(btf->progress);
	free(btf);
}

/* Is there a type of that number here? */
static bool has_number(const struct btf *btf, uint32_t number)
{
	while (number > btf->progress->count)
		if (!go_on(btf))
			return false;
	return true;
}

bool btf_type(const struct btf *btf, uint32_t id, struct btf_type *ret_type)
{
	const uint8_t *p;

	if (!id) {
		*ret_type = (struct btf_type){ .name = "void", .kind = BTF_VOID };
		return true;
	}
	if (id <= btf->base_count)
		return btf_type(btf->base, id, ret_type);
	if (!has_number(btf, id - btf->base_count))
		return false;
	p = btf->types + btf->offsets[id - btf->base_count];
	*ret_type = (struct btf_type){
		.name = string_at(btf, load_le32(p)),
		.kind = kind_of(p),
		.count = sizes.each[kind_of(p)] ? count_of(p) : 0,
		.size = load_le32(p + 8), /* one field, with two meanings */
		.type = load_le32(p + 8),
		.rest = p + TYPE_BYTES,
	};
	return true;
}

/* --- names ----------------------------------------------------------------------------------- */

/* The number here, or 0. */
static uint32_t find(const struct btf *btf, enum btf_kind kind, const char *name)
{
	const struct wanted w = wanted(name);

	for (uint32_t number = 1; number <= btf->progress->count; number++) {
		const uint8_t *p = btf->types + btf->offsets[number];

		if (kind_of(p) == kind && is_wanted(btf, &w, load_le32(p)))
			return number;
	}
	return advance(btf, SIZE_MAX, kind, &w);
}

uint32_t btf_find(const struct btf *btf, enum btf_kind kind, const char *name)
{
	const size_t len = strlen(name) + 1;
	const uint32_t slot = (hash_bytes(name, len) + (uint32_t)kind) % RECENT;
	uint32_t id;

	if (len == 1)
		return 0;
	if (btf->progress->recent[slot].kind == kind &&
	    !strcmp(btf->progress->recent[slot].name, name))
		return btf->progress->recent[slot].id;
	id = find(btf, kind, name);
	if (id)
		id += btf->base_count;
	else if (btf->base)
		id = btf_find(btf->base, kind, name);
	if (len <= RECENT_NAME) {
		memcpy(btf->progress->recent[slot].name, name, len);
		btf->progress->recent[slot].kind = kind;
		btf->progress->recent[slot].id = id;
	}
	return id;
}

uint32_t btf_find_enumerator(const struct btf *btf, const char *name, uint64_t *ret_value)
{
	const struct wanted w = wanted(name);

	for (uint32_t number = 1; has_number(btf, number); number++) {
		const uint8_t *p = btf->types + btf->offsets[number], *value = p + TYPE_BYTES;
		const bool is_wide = kind_of(p) == BTF_ENUM64;

		if (!is_wide && kind_of(p) != BTF_ENUM)
			continue;
		for (uint32_t i = 0; i < count_of(p); i++, value += is_wide ? 12 : 8) {
			if (!is_wanted(btf, &w, load_le32(value)))
				continue;
			*ret_value = is_wide ? load_le32(value + 4) | (uint64_t)load_le32(value + 8)
									      << 32 :
					       (uint64_t)(int64_t)(int32_t)load_le32(value + 4);
			return btf->base_count + number;
		}
	}
	return btf->base ? btf_find_enumerator(btf->base, name, ret_value) : 0;
}

/* --- parts ----------------------------------------------------------------------------------- */

bool btf_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t i,
		    struct btf_enumerator *ret_value)
{
	const bool is_wide = type->kind == BTF_ENUM64;
	const uint8_t *p = type->rest + (size_t)i * (is_wide ? 12 : 8);

	if ((!is_wide && type->kind != BTF_ENUM) || i >= type->count)
		return false;
	ret_value->name = string_at(btf, load_le32(p));
	ret_value->value = is_wide ? load_le32(p + 4) | (uint64_t)load_le32(p + 8) << 32 :
				     (uint64_t)(int64_t)(int32_t)load_le32(p + 4);
	return true;
}

bool btf_array(const struct btf_type *type, struct btf_array *ret_array)
{
	if (type->kind != BTF_ARRAY)
		return false;
	ret_array->type = load_le32(type->rest);
	ret_array->count = load_le32(type->rest + 8);
	return true;
}

bool btf_member(const struct btf *btf, const struct btf_type *type, uint32_t i,
		struct btf_member *ret_member)
{
	const uint8_t *p = type->rest + (size_t)i * 12;

	if ((type->kind != BTF_STRUCT && type->kind != BTF_UNION) || i >= type->count)
		return false;
	ret_member->name = string_at(btf, load_le32(p));
	ret_member->type = load_le32(p + 4);
	ret_member->bit_offset = load_le32(p + 8);
	ret_member->bit_count = 0;
	if (load_le32(type->rest - TYPE_BYTES + 4) >>
	    31) { /* the flag: sizes of bitfields are here */
		ret_member->bit_count = ret_member->bit_offset >> 24;
		ret_member->bit_offset &= 0xffffff;
	}
	return true;
}

bool btf_param(const struct btf *btf, const struct btf_type *type, uint32_t i,
	       struct btf_param *ret_param)
{
	const uint8_t *p = type->rest + (size_t)i * 8;

	if (type->kind != BTF_FUNC_PROTO || i >= type->count)
		return false;
	ret_param->name = string_at(btf, load_le32(p));
	ret_param->type = load_le32(p + 4);
	return true;
}

bool btf_int_is_signed(const struct btf_type *type)
{
	return type->kind == BTF_INT && load_le32(type->rest) >> 24 & 1;
}

bool btf_placed(const struct btf_type *type, uint32_t i, struct btf_placed *ret_placed)
{
	const uint8_t *p = type->rest + (size_t)i * 12;

	if (type->kind != BTF_DATASEC || i >= type->count)
		return false;
	ret_placed->type = load_le32(p);
	ret_placed->offset = load_le32(p + 4);
	ret_placed->size = load_le32(p + 8);
	return true;
}

static bool is_wrapper(enum btf_kind kind)
{
	return kind == BTF_TYPEDEF || kind == BTF_VOLATILE || kind == BTF_CONST ||
	       kind == BTF_RESTRICT || kind == BTF_TYPE_TAG;
}

uint32_t btf_strip(const struct btf *btf, uint32_t id)
{
	struct btf_type type;

	for (int i = 0; i < MOST_STEPS; i++) {
		if (!btf_type(btf, id, &type))
			return 0;
		if (!is_wrapper(type.kind))
			return id;
		id = type.type;
	}
	return 0;
}

int64_t btf_size(const struct btf *btf, uint32_t id)
{
	int64_t factor = 1, size;
	struct btf_array array;
	struct btf_type type;

	/* An array of arrays multiplies; all else ends the loop. */
	for (int i = 0; i < MOST_STEPS; i++) {
		if (!btf_type(btf, btf_strip(btf, id), &type))
			return -1;
		if (type.kind == BTF_PTR)
			size = 8;
		else if (type.kind == BTF_INT || type.kind == BTF_STRUCT ||
			 type.kind == BTF_UNION || type.kind == BTF_ENUM ||
			 type.kind == BTF_ENUM64 || type.kind == BTF_FLOAT)
			size = type.size;
		else if (btf_array(&type, &array))
			size = array.count;
		else
			return -1;
		factor *= size;
		if (factor > MOST_SIZE)
			return -1;
		if (type.kind != BTF_ARRAY)
			return factor;
		id = array.type;
	}
	return -1;
}

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	return string_at(btf, offset);
}

bool btf_fwd_is_union(const struct btf_type *type)
{
	return load_le32(type->rest - TYPE_BYTES + 4) >> 31; /* kind_flag */
}
