/*
 * c.c - BTF as C.
 *
 * A type is declared when all that it needs is: structs that it contains wholly, those that it points to
 * by a forward declaration, and typedefs by themselves.  So the walk asks for each type 'whole' or not.
 *
 * Declarators are built from the inside out: to declare x as a pointer to an array of int is to declare
 * "(*x)" as an array of int, which is to declare "(*x)[4]" as an int.
 */
#include "btf/c.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"

enum {
	MOST_DEPTH = 256, /* of types within each other */
	LEAST_SLOTS = 1024,
};

enum progress {
	UNSEEN,
	BEGUN,
	DONE,
};

/* How often each name was taken.  Tags and other identifiers are two spaces of names. */
struct names {
	struct name {
		const char *text;
		uint32_t count;
	} * slots;
	size_t size, used;
};

struct dump {
	const struct btf *btf;
	struct strbuf *out;
	struct arena arena;
	uint8_t *progress;  /* enum progress, by id */
	bool *is_declared;  /* of structs, by id: the name is known */
	const char **names; /* by id: with what was put behind them; NULL: not yet named */
	struct names tags, idents;
	int depth;
	int err;
};

enum { CONST = 1, VOLATILE = 2, RESTRICT = 4 };

/* --- names ------------------------------------------------------------------------------------ */

static bool grow(struct names *names)
{
	const size_t size = names->size ? names->size * 2 : LEAST_SLOTS;
	struct name *slots = calloc(size, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < names->size; i++) {
		size_t at = hash_bytes(names->slots[i].text,
				       names->slots[i].text ? strlen(names->slots[i].text) : 0);

		if (!names->slots[i].text)
			continue;
		for (at &= size - 1; slots[at].text; at = (at + 1) & (size - 1))
			;
		slots[at] = names->slots[i];
	}
	free(names->slots);
	names->slots = slots;
	names->size = size;
	return true;
}

/* How often @text has been taken, this time included; 0: memory is short. */
static uint32_t take(struct names *names, const char *text)
{
	size_t at;

	if (names->used * 2 >= names->size && !grow(names))
		return 0;
	at = hash_bytes(text, strlen(text)) & (names->size - 1);
	while (names->slots[at].text && strcmp(names->slots[at].text, text) != 0)
		at = (at + 1) & (names->size - 1);
	if (!names->slots[at].text) {
		names->slots[at].text = text;
		names->used++;
	}
	return ++names->slots[at].count;
}

static const char *unique(struct dump *dump, struct names *names, const char *text)
{
	const uint32_t count = take(names, text);
	const char *name = count == 1 ? text : arena_printf(&dump->arena, "%s___%u", text, count);

	if (!count || !name)
		dump->err = -ENOMEM;
	return name ? name : text;
}

static bool is_tag(enum btf_kind kind)
{
	return kind == BTF_STRUCT || kind == BTF_UNION || kind == BTF_ENUM || kind == BTF_ENUM64 ||
	       kind == BTF_FWD;
}

/* A forward declaration has the name of what it declares, however often that is declared. */
static const char *name_of(struct dump *dump, uint32_t id, const struct btf_type *type)
{
	if (!*type->name || type->kind == BTF_FWD)
		return type->name;
	if (!dump->names[id])
		dump->names[id] =
			unique(dump, is_tag(type->kind) ? &dump->tags : &dump->idents, type->name);
	return dump->names[id];
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* The alignment that a compiler gives to type @id, in bytes. */
static uint32_t align_of(const struct dump *dump, uint32_t id, int depth)
{
	struct btf_member member;
	struct btf_array array;
	struct btf_type type;
	uint32_t most = 1;

	if (depth > MOST_DEPTH || !btf_type(dump->btf, btf_strip(dump->btf, id), &type))
		return 1;
	if (type.kind == BTF_PTR)
		return sizeof(void *);
	if (btf_array(&type, &array))
		return align_of(dump, array.type, depth + 1);
	if (type.kind != BTF_STRUCT && type.kind != BTF_UNION)
		return type.size && type.size <= 16 ? type.size : 1;
	for (uint32_t i = 0; i < type.count && btf_member(dump->btf, &type, i, &member); i++) {
		const uint32_t align = align_of(dump, member.type, depth + 1);

		/* One that stands where it could not makes the whole a packed struct. */
		if (!member.bit_count && member.bit_offset % (align * 8))
			return 1;
		most = align > most ? align : most;
	}
	return type.size % most ? 1 : most;
}

/* The same of a struct that is not packed. */
static uint32_t align_of_whole(const struct dump *dump, const struct btf_type *type)
{
	struct btf_member member;
	uint32_t most = 1;

	for (uint32_t i = 0; i < type->count && btf_member(dump->btf, type, i, &member); i++) {
		const uint32_t align = align_of(dump, member.type, 0);

		most = align > most ? align : most;
	}
	return most;
}

static bool is_packed(const struct dump *dump, const struct btf_type *type)
{
	struct btf_member member;
	uint32_t most = 1;

	for (uint32_t i = 0; i < type->count && btf_member(dump->btf, type, i, &member); i++) {
		const uint32_t align = align_of(dump, member.type, 0);

		if (!member.bit_count && member.bit_offset % (align * 8))
			return true;
		most = align > most ? align : most;
	}
	return type->size % most; /* bitfields, too, align the whole by what they are declared as */
}

/* --- text ------------------------------------------------------------------------------------- */

static void indent(struct dump *dump, int level)
{
	for (int i = 0; i < level; i++)
		strbuf_puts(dump->out, "\t");
}

static void put_body(struct dump *dump, const struct btf_type *type, int level);
static void declare(struct dump *dump, uint32_t id, const char *inner, unsigned int quals,
		    int level);

static void put_quals(struct strbuf *out, unsigned int quals)
{
	if (quals & CONST)
		strbuf_puts(out, "const ");
	if (quals & VOLATILE)
		strbuf_puts(out, "volatile ");
	if (quals & RESTRICT)
		strbuf_puts(out, "restrict ");
}

static void put_enum_body(struct dump *dump, const struct btf_type *type, int level)
{
	struct btf_enumerator value;

	strbuf_puts(dump->out, " {\n");
	for (uint32_t i = 0; i < type->count && btf_enumerator(dump->btf, type, i, &value); i++) {
		indent(dump, level + 1);
		strbuf_printf(dump->out, "%s = ", unique(dump, &dump->idents, value.name));
		if ((int64_t)value.value < 0 && type->size <= 4)
			strbuf_printf(dump->out, "%" PRId64, (int64_t)value.value);
		else if (type->size <= 4)
			strbuf_printf(dump->out, "%" PRIu64, value.value);
		else
			strbuf_printf(dump->out, "%" PRIu64 "ULL", value.value);
		strbuf_puts(dump->out, ",\n");
	}
	indent(dump, level);
	strbuf_puts(dump->out, "}");
	if (type->size == 1 || type->size == 2)
		strbuf_printf(dump->out, " __attribute__((mode(%s)))",
			      type->size == 1 ? "byte" : "HI");
}

/* The words of a type that is no pointer, array or function, and its body if it has no name. */
static void put_base(struct dump *dump, uint32_t id, const struct btf_type *type, int level)
{
	static const char *const keywords[] = {
		[BTF_STRUCT] = "struct", [BTF_UNION] = "union", [BTF_ENUM] = "enum", [BTF_ENUM64] = "enum"
	};

	switch (type->kind) {
	case BTF_STRUCT:
	case BTF_UNION:
	case BTF_ENUM:
	case BTF_ENUM64:
		strbuf_puts(dump->out, keywords[type->kind]);
		if (*type->name)
			strbuf_printf(dump->out, " %s", name_of(dump, id, type));
		else
			put_body(dump, type, level);
		break;
	case BTF_FWD:
		strbuf_printf(dump->out, "%s %s", btf_fwd_is_union(type) ? "union" : "struct",
			      type->name);
		break;
	case BTF_TYPEDEF: strbuf_puts(dump->out, name_of(dump, id, type)); break;
	case BTF_INT:
	case BTF_FLOAT:
		strbuf_puts(dump->out, !strcmp(type->name, "__int128 unsigned") ?
					       "unsigned __int128" :
					       type->name);
		break;
	default: strbuf_puts(dump->out, "void");
	}
}

/* The parameters of @type, as a text in the arena. */
static const char *params_of(struct dump *dump, const struct btf_type *type, int level)
{
	struct strbuf text = { 0 }, *const out = dump->out;
	struct btf_param param;
	const char *result;

	dump->out = &text;
	for (uint32_t i = 0; i < type->count && btf_param(dump->btf, type, i, &param); i++) {
		if (i)
			strbuf_puts(&text, ", ");
		if (!param.type && i + 1 == type->count)
			strbuf_puts(&text, "...");
		else
			declare(dump, param.type, "", 0, level);
	}
	if (!type->count)
		strbuf_puts(&text, "void");
	dump->out = out;
	result = arena_strndup(&dump->arena, strbuf_text(&text), text.len);
	strbuf_release(&text);
	return result;
}

/* Declare @inner, a declarator, as type @id. */
static void declare(struct dump *dump, uint32_t id, const char *inner, unsigned int quals,
		    int level)
{
	struct btf_array array;
	struct btf_type type, to;
	const char *text = NULL;

	if (++dump->depth > MOST_DEPTH || !inner || !btf_type(dump->btf, id, &type)) {
		dump->err = inner ? -EINVAL : -ENOMEM;
		dump->depth--;
		return;
	}
	switch (type.kind) {
	case BTF_CONST: declare(dump, type.type, inner, quals | CONST, level); break;
	case BTF_VOLATILE: declare(dump, type.type, inner, quals | VOLATILE, level); break;
	case BTF_RESTRICT: declare(dump, type.type, inner, quals | RESTRICT, level); break;
	case BTF_TYPE_TAG: declare(dump, type.type, inner, quals, level); break;
	case BTF_PTR:
		text = arena_printf(&dump->arena, "*%s%s%s%s", quals & CONST ? "const " : "",
				    quals & VOLATILE ? "volatile " : "",
				    quals & RESTRICT ? "restrict " : "", inner);
		if (text && btf_type(dump->btf, type.type, &to) &&
		    (to.kind == BTF_ARRAY || to.kind == BTF_FUNC_PROTO))
			text = arena_printf(&dump->arena, "(%s)", text);
		declare(dump, type.type, text, 0, level);
		break;
	case BTF_ARRAY:
		(void)btf_array(&type, &array);
		text = arena_printf(&dump->arena, "%s[%u]", inner, array.count);
		declare(dump, array.type, text, quals, level);
		break;
	case BTF_FUNC_PROTO:
		text = params_of(dump, &type, level);
		if (text)
			text = arena_printf(&dump->arena, "%s(%s)", inner, text);
		declare(dump, type.type, text, 0, level);
		break;
	default:
		put_quals(dump->out, quals);
		put_base(dump, id, &type, level);
		if (*inner)
			strbuf_printf(dump->out, " %s", inner);
	}
	dump->depth--;
}

/* What a compiler would not leave free between two members. */
static void put_padding(struct dump *dump, uint32_t from, uint32_t to, uint32_t align, int level)
{
	const uint32_t natural = (from + align * 8 - 1) / (align * 8) * (align * 8);

	if (to <= natural)
		return;
	while (from < to) { /* nameless bitfields, none wider than up to the next 8 bytes */
		const uint32_t room = 64 - from % 64, bits = to - from < room ? to - from : room;

		indent(dump, level);
		strbuf_printf(dump->out, "long: %u;\n", bits);
		from += bits;
	}
}

static void put_members(struct dump *dump, const struct btf_type *type, bool packed, int level)
{
	struct btf_member member;
	uint32_t end = 0; /* of the member before, in bits */

	for (uint32_t i = 0; i < type->count && btf_member(dump->btf, type, i, &member); i++) {
		const int64_t size = btf_size(dump->btf, member.type);
		const uint32_t bits = member.bit_count ? member.bit_count :
				      size > 0         ? (uint32_t)size * 8 :
							 0;

		if (type->kind == BTF_STRUCT)
			put_padding(dump, end, member.bit_offset,
				    packed || member.bit_count ? 1 : align_of(dump, member.type, 0),
				    level);
		indent(dump, level);
		declare(dump, member.type, member.name, 0, level);
		if (member.bit_count)
			strbuf_printf(dump->out, ": %u", member.bit_count);
		strbuf_puts(dump->out, ";\n");
		end = member.bit_offset + bits;
	}
	if (type->kind == BTF_STRUCT && type->count)
		put_padding(dump, end, type->size * 8, packed ? 1 : align_of_whole(dump, type),
			    level);
}

static void put_body(struct dump *dump, const struct btf_type *type, int level)
{
	const bool packed = is_tag(type->kind) && type->kind <= BTF_UNION && is_packed(dump, type);

	if (type->kind == BTF_ENUM || type->kind == BTF_ENUM64) {
		put_enum_body(dump, type, level);
		return;
	}
	strbuf_puts(dump->out, " {\n");
	put_members(dump, type, packed, level + 1);
	indent(dump, level);
	strbuf_puts(dump->out, packed ? "} __attribute__((packed))" : "}");
}

/* --- the order -------------------------------------------------------------------------------- */

static void need(struct dump *dump, uint32_t id, bool whole);

static void need_members(struct dump *dump, const struct btf_type *type)
{
	struct btf_member member;

	for (uint32_t i = 0; i < type->count && btf_member(dump->btf, type, i, &member); i++)
		need(dump, member.type, true);
}

static void need_record(struct dump *dump, uint32_t id, const struct btf_type *type, bool whole)
{
	const char *keyword = type->kind == BTF_UNION ? "union" : "struct";

	if (!*type->name) { /* stands where it is used */
		need_members(dump, type);
		return;
	}
	if (dump->progress[id] == DONE)
		return;
	if (!whole) {
		if (!dump->is_declared[id])
			strbuf_printf(dump->out, "%s %s;\n\n", keyword, name_of(dump, id, type));
		dump->is_declared[id] = true;
		return;
	}
	if (dump->progress[id] == BEGUN) {
		dump->err = -EINVAL; /* contains itself */
		return;
	}
	dump->progress[id] = BEGUN;
	need_members(dump, type);
	strbuf_printf(dump->out, "%s %s", keyword, name_of(dump, id, type));
	put_body(dump, type, 0);
	strbuf_puts(dump->out, ";\n\n");
	dump->progress[id] = DONE;
}

static void need_enum(struct dump *dump, uint32_t id, const struct btf_type *type)
{
	if (!*type->name || dump->progress[id] == DONE)
		return;
	dump->progress[id] = DONE;
	strbuf_printf(dump->out, "enum %s", name_of(dump, id, type));
	put_body(dump, type, 0);
	strbuf_puts(dump->out, ";\n\n");
}

/* Compilers have these already. */
static bool is_built_in(const char *name)
{
	return !strcmp(name, "__builtin_va_list");
}

static void need_typedef(struct dump *dump, uint32_t id, const struct btf_type *type, bool whole)
{
	if (dump->progress[id] == UNSEEN && !is_built_in(type->name)) {
		dump->progress[id] = BEGUN;
		need(dump, type->type, false);
		strbuf_puts(dump->out, "typedef ");
		declare(dump, type->type, name_of(dump, id, type), 0, 0);
		strbuf_puts(dump->out, ";\n\n");
		dump->progress[id] = DONE;
	}
	if (whole && !is_built_in(type->name))
		need(dump, type->type, true);
}

static void need_proto(struct dump *dump, const struct btf_type *type)
{
	struct btf_param param;

	need(dump, type->type, false);
	for (uint32_t i = 0; i < type->count && btf_param(dump->btf, type, i, &param); i++)
		need(dump, param.type, false);
}

/* See to it that type @id can be used from here on: @whole, or only pointed to. */
static void need(struct dump *dump, uint32_t id, bool whole)
{
	struct btf_array array;
	struct btf_type type;

	if (dump->err || !id)
		return;
	if (++dump->depth > MOST_DEPTH || !btf_type(dump->btf, id, &type)) {
		dump->err = -EINVAL;
		return;
	}
	switch (type.kind) {
	case BTF_STRUCT:
	case BTF_UNION: need_record(dump, id, &type, whole); break;
	case BTF_ENUM:
	case BTF_ENUM64: need_enum(dump, id, &type); break;
	case BTF_TYPEDEF: need_typedef(dump, id, &type, whole); break;
	case BTF_ARRAY:
		(void)btf_array(&type, &array);
		need(dump, array.type, true);
		break;
	case BTF_PTR: need(dump, type.type, false); break;
	case BTF_CONST:
	case BTF_VOLATILE:
	case BTF_RESTRICT:
	case BTF_TYPE_TAG: need(dump, type.type, whole); break;
	case BTF_FUNC_PROTO: need_proto(dump, &type); break;
	case BTF_FWD:
		if (dump->progress[id] == UNSEEN)
			strbuf_printf(dump->out, "%s %s;\n\n",
				      btf_fwd_is_union(&type) ? "union" : "struct", type.name);
		dump->progress[id] = DONE;
		break;
	default: break;
	}
	dump->depth--;
}

/* Enums without a name that nothing is of, still name numbers. */
static void mark_used_enums(struct dump *dump)
{
	struct btf_member member;
	struct btf_type type, used;

	for (uint32_t id = 1; btf_type(dump->btf, id, &type); id++) {
		if (type.kind == BTF_TYPEDEF || type.kind == BTF_VAR) {
			dump->progress[type.type] = btf_type(dump->btf, type.type, &used) &&
								    (used.kind == BTF_ENUM ||
								     used.kind == BTF_ENUM64) &&
								    !*used.name ?
							    BEGUN :
							    dump->progress[type.type];
		}
		for (uint32_t i = 0; i < type.count && btf_member(dump->btf, &type, i, &member);
		     i++)
			if (btf_type(dump->btf, member.type, &used) && !*used.name &&
			    (used.kind == BTF_ENUM || used.kind == BTF_ENUM64))
				dump->progress[member.type] = BEGUN;
	}
}

static void dump_all(struct dump *dump)
{
	struct btf_type type;

	mark_used_enums(dump);
	for (uint32_t id = 1; !dump->err && btf_type(dump->btf, id, &type); id++) {
		const bool is_enum = type.kind == BTF_ENUM || type.kind == BTF_ENUM64;

		if (is_enum && !*type.name && dump->progress[id] == UNSEEN) {
			strbuf_puts(dump->out, "enum");
			put_body(dump, &type, 0);
			strbuf_puts(dump->out, ";\n\n");
		} else if (*type.name && (is_tag(type.kind) || type.kind == BTF_TYPEDEF)) {
			need(dump, id, true);
		}
	}
}

static const char prologue[] =
	"#ifndef __VMLINUX_H__\n"
	"#define __VMLINUX_H__\n\n"
	"#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
	"#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n\n";

static const char epilogue[] = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
			       "#pragma clang attribute pop\n"
			       "#endif\n\n"
			       "#endif /* __VMLINUX_H__ */\n";

int btf_to_c(const struct btf *btf, struct strbuf *out)
{
	const size_t count = (size_t)btf_last_id(btf) + 1;
	struct dump dump = { .btf = btf, .out = out };

	dump.progress = calloc(count, sizeof *dump.progress);
	dump.is_declared = calloc(count, sizeof *dump.is_declared);
	dump.names = calloc(count, sizeof *dump.names);
	if (!dump.progress || !dump.is_declared || !dump.names)
		dump.err = -ENOMEM;
	strbuf_puts(out, prologue);
	if (!dump.err)
		dump_all(&dump);
	strbuf_puts(out, epilogue);
	free(dump.progress);
	free(dump.is_declared);
	free(dump.names);
	free(dump.tags.slots);
	free(dump.idents.slots);
	arena_release(&dump.arena);
	if (out->failed)
		return -ENOMEM;
	return dump.err;
}
