/*
 * trace_types.c - 'waggle trace -l "struct NAME"': types of the kernel as C declares them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/glob.h"
#include "btf/btf.h"
#include "cmd/trace.h"

enum { MOST_NESTING = 32 };

static const struct {
	const char *word;
	enum btf_kind kind;
} tags[] = {
	{ "struct ", BTF_STRUCT },
	{ "union ", BTF_UNION },
	{ "enum ", BTF_ENUM },
	{ "enum ", BTF_ENUM64 },
};

static const char *tag_word(enum btf_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (tags[i].kind == kind)
			return tags[i].word;
	return "";
}

static void put_members(const struct btf *btf, const struct btf_type *type, unsigned int depth,
			struct strbuf *out);

/* The type that a declaration begins with, behind pointers and arrays. */
static void put_base(const struct btf *btf, uint32_t id, unsigned int depth, struct strbuf *out)
{
	struct btf_type type;

	if (!btf_type(btf, id, &type) || depth > MOST_NESTING) {
		strbuf_puts(out, "?");
		return;
	}
	if (type.kind == BTF_VOID)
		strbuf_puts(out, "void");
	else if (type.kind == BTF_FWD)
		strbuf_printf(out, "struct %s", type.name);
	else
		strbuf_printf(out, "%s%s", tag_word(type.kind), type.name);
	if (!*type.name && *tag_word(type.kind)) {
		strbuf_puts(out, "{\n");
		put_members(btf, &type, depth + 1, out);
		for (unsigned int i = 0; i < depth; i++)
			strbuf_puts(out, "    ");
		strbuf_putc(out, '}');
	}
}

/* The name in its declarator, "*(name)[4]" from the outside in; returns the base's id. */
static uint32_t put_declarator(const struct btf *btf, uint32_t id, const char *name,
			       struct strbuf *out)
{
	struct strbuf text = { 0 }, whole = { 0 };
	struct btf_type type;
	struct btf_array array;
	bool is_pointer = false;

	strbuf_puts(&text, name);
	for (unsigned int i = 0; i < MOST_NESTING && btf_type(btf, id, &type); i++) {
		strbuf_reset(&whole);
		if (type.kind == BTF_PTR)
			strbuf_printf(&whole, "*%s", strbuf_text(&text));
		else if (btf_array(&type, &array))
			strbuf_printf(&whole, is_pointer ? "(%s)[%u]" : "%s[%u]",
				      strbuf_text(&text), array.count);
		else if (type.kind == BTF_FUNC_PROTO)
			strbuf_printf(&whole, "(%s)()", strbuf_text(&text));
		else if (type.kind == BTF_CONST || type.kind == BTF_VOLATILE ||
			 type.kind == BTF_RESTRICT || type.kind == BTF_TYPE_TAG)
			strbuf_puts(&whole, strbuf_text(&text));
		else
			break;
		is_pointer = type.kind == BTF_PTR;
		id = btf_array(&type, &array) ? array.type : type.type;
		strbuf_reset(&text);
		strbuf_puts(&text, strbuf_text(&whole));
	}
	strbuf_puts(out, strbuf_text(&text));
	strbuf_release(&text);
	strbuf_release(&whole);
	return id;
}

static void put_member(const struct btf *btf, const struct btf_member *member, unsigned int depth,
		       struct strbuf *out)
{
	struct strbuf declarator = { 0 };
	uint32_t base = put_declarator(btf, member->type, member->name, &declarator);

	for (unsigned int i = 0; i < depth; i++)
		strbuf_puts(out, "    ");
	put_base(btf, base, depth, out);
	if (declarator.len)
		strbuf_printf(out, " %s", strbuf_text(&declarator));
	if (member->bit_count)
		strbuf_printf(out, " : %u", member->bit_count);
	strbuf_puts(out, ";\n");
	strbuf_release(&declarator);
}

static void put_members(const struct btf *btf, const struct btf_type *type, unsigned int depth,
			struct strbuf *out)
{
	struct btf_member member;
	struct btf_enumerator value;

	for (uint32_t i = 0; i < type->count; i++) {
		if (btf_member(btf, type, i, &member))
			put_member(btf, &member, depth, out);
		else if (btf_enumerator(btf, type, i, &value))
			strbuf_printf(out, "    %s = %lld,\n", value.name, (long long)value.value);
	}
}

static bool is_sought(const struct btf_type *type, const char *search)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (tags[i].kind == type->kind &&
		    !strncmp(search, tags[i].word, strlen(tags[i].word)))
			return *type->name &&
			       glob_matches(search + strlen(tags[i].word), type->name);
	return false;
}

static bool is_search(const char *search)
{
	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (!strncmp(search, tags[i].word, strlen(tags[i].word)))
			return true;
	return false;
}

int trace_list_types(struct tracing *t, const char *search)
{
	struct strbuf out = { 0 };
	struct btf_type type;
	struct btf *btf;
	int err, count = 0;

	if (!is_search(search))
		return 0;
	err = btf_open("/sys/kernel/btf/vmlinux", t->diag, &btf);
	if (err)
		return err;
	for (uint32_t id = 1; id <= btf_last_id(btf); id++) {
		if (!btf_type(btf, id, &type) || !is_sought(&type, search))
			continue;
		count++;
		strbuf_printf(&out, "%s%s", tag_word(type.kind), type.name);
		if (t->session.is_verbose) {
			strbuf_puts(&out, " {\n");
			put_members(btf, &type, 1, &out);
			strbuf_puts(&out, "};");
		}
		strbuf_putc(&out, '\n');
	}
	if (!count)
		diag_error(t->diag, SPAN_NONE, "the kernel has no type like '%s'", search);
	(void)fwrite(strbuf_text(&out), 1, out.len, t->file);
	btf_free(btf);
	if (out.failed)
		count = -ENOMEM;
	strbuf_release(&out);
	return count ? count : -ENOENT;
}
