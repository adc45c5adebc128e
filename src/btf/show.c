/*
 * show.c - showing values by their types.
 *
 * Both forms are made by one walk; what differs stands in struct form.
 */
#include "btf/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"

enum { MOST_DEPTH = 24 };

struct show;

/* How the parts of a value are written. */
struct form {
	void (*begin)(struct show *show, const char *name, bool is_array);
	void (*end)(struct show *show, bool is_array);
	void (*number)(struct show *show, const char *name, uint64_t value, bool is_signed);
	void (*hex)(struct show *show, const char *name, uint64_t value);
	void (*word)(struct show *show, const char *name, const char *text);
	void (*text)(struct show *show, const char *name, const char *text, size_t len);
	void (*unknown)(struct show *show, const char *name);
};

struct show {
	const struct btf *btf;
	const struct form *form;
	struct strbuf *out;
	struct json *json;
	bool has_one; /* text: something stands in this struct or array */
	int depth;
};

/* A place in the data. */
struct place {
	const uint8_t *data;
	size_t size;        /* that is left */
	uint32_t bit, bits; /* of a bitfield; bits 0: it is none */
};

static bool is_char(const struct btf_type *type)
{
	return type->kind == BTF_INT && type->size == 1 &&
	       (!strcmp(type->name, "char") || !strcmp(type->name, "signed char") ||
		!strcmp(type->name, "unsigned char"));
}

static uint64_t load_bytes(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes; i++)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		value |= (uint64_t)p[i] << 8 * i;
#else
		value = value << 8 | p[i];
#endif
	return value;
}

static uint64_t extend(uint64_t value, uint32_t bits, bool is_signed)
{
	if (bits >= 64)
		return value;
	value &= (1ull << bits) - 1;
	if (is_signed && value >> (bits - 1))
		value |= ~0ull << bits;
	return value;
}

/* The number at @place, of up to 8 bytes; false: there are too few. */
static bool read_number(const struct place *place, uint32_t bytes, bool is_signed,
			uint64_t *ret_value)
{
	const uint32_t bits = place->bits ? place->bits : bytes * 8;
	const size_t span = (place->bit + bits + 7) / 8;
	uint64_t value;

	if (span > place->size || span > 9 || bits > 64)
		return false;
	value = load_bytes(place->data, span < 8 ? span : 8) >> place->bit;
	if (span > 8)
		value |= (uint64_t)place->data[8] << (64 - place->bit);
	*ret_value = extend(value, bits, is_signed);
	return true;
}

static const char *enumerator_of(const struct show *show, const struct btf_type *type,
				 uint64_t value)
{
	struct btf_enumerator known;

	for (uint32_t i = 0; i < type->count && btf_enumerator(show->btf, type, i, &known); i++)
		if (extend(known.value, type->size * 8, false) ==
		    extend(value, type->size * 8, false))
			return known.name;
	return NULL;
}

static void show_enum(struct show *show, const struct btf_type *type, const struct place *place,
		      const char *name)
{
	const char *word;
	uint64_t value;

	if (!read_number(place, type->size, true, &value)) {
		show->form->unknown(show, name);
		return;
	}
	word = enumerator_of(show, type, value);
	if (word)
		show->form->word(show, name, word);
	else
		show->form->number(show, name, value, true);
}

static void show_int(struct show *show, const struct btf_type *type, const struct place *place,
		     const char *name)
{
	const bool is_signed = btf_int_is_signed(type);
	uint64_t value;

	if (type->size == 16 && place->size >= 16 && !place->bits)
		show->form->hex(show, name, load_bytes(place->data, 8)); /* no C type prints it */
	else if (!read_number(place, type->size, is_signed, &value))
		show->form->unknown(show, name);
	else if (type->size == 1 && !strcmp(type->name, "_Bool"))
		show->form->word(show, name, value ? "true" : "false");
	else
		show->form->number(show, name, value, is_signed);
}

static void show_type(struct show *show, uint32_t id, const struct place *place, const char *name);

static struct place part_of(const struct place *place, uint64_t offset)
{
	if (offset > place->size)
		offset = place->size;
	return (struct place){ .data = place->data + offset, .size = place->size - (size_t)offset };
}

static void show_struct(struct show *show, const struct btf_type *type, const struct place *place,
			const char *name)
{
	struct btf_member member;

	show->form->begin(show, name, false);
	for (uint32_t i = 0; i < type->count && btf_member(show->btf, type, i, &member); i++) {
		struct place part = part_of(place, member.bit_offset / 8);

		part.bits = member.bit_count;
		part.bit = member.bit_count ? member.bit_offset % 8 : 0;
		show_type(show, member.type, &part, member.name);
	}
	show->form->end(show, false);
}

static void show_section(struct show *show, const struct btf_type *type, const struct place *place,
			 const char *name)
{
	struct btf_placed placed;
	struct btf_type var;

	show->form->begin(show, name, false);
	for (uint32_t i = 0; i < type->count && btf_placed(type, i, &placed); i++) {
		const struct place part = part_of(place, placed.offset);

		if (btf_type(show->btf, placed.type, &var) && var.kind == BTF_VAR)
			show_type(show, var.type, &part, var.name);
	}
	show->form->end(show, false);
}

static void show_array(struct show *show, const struct btf_type *type, const struct place *place,
		       const char *name)
{
	struct btf_array array;
	struct btf_type element;
	int64_t size;

	(void)btf_array(type, &array);
	size = btf_size(show->btf, array.type);
	if (size > 0 && btf_type(show->btf, btf_strip(show->btf, array.type), &element) &&
	    is_char(&element)) {
		const size_t most = array.count < place->size ? array.count : place->size;

		show->form->text(show, name, (const char *)place->data,
				 strnlen((const char *)place->data, most));
		return;
	}
	show->form->begin(show, name, true);
	for (uint32_t i = 0; size > 0 && i < array.count; i++) {
		const struct place part = part_of(place, (uint64_t)i * (uint64_t)size);

		if (!part.size) {
			show->form->unknown(show, NULL);
			break;
		}
		show_type(show, array.type, &part, NULL);
	}
	show->form->end(show, true);
}

static void show_pointer(struct show *show, const struct place *place, const char *name)
{
	uint64_t value;

	if (read_number(place, sizeof(uint64_t), false, &value))
		show->form->hex(show, name, value);
	else
		show->form->unknown(show, name);
}

static void show_float(struct show *show, const struct btf_type *type, const struct place *place,
		       const char *name)
{
	char text[64];
	double value;
	float narrow;

	if (place->size < type->size || (type->size != 4 && type->size != 8)) {
		show->form->unknown(show, name);
		return;
	}
	memcpy(&value, place->data, type->size == 8 ? 8 : 0);
	memcpy(&narrow, place->data, type->size == 4 ? 4 : 0);
	(void)snprintf(text, sizeof text, "%g", type->size == 8 ? value : (double)narrow);
	show->form->word(show, name, text);
}

static void show_type(struct show *show, uint32_t id, const struct place *place, const char *name)
{
	struct btf_type type;

	if (show->depth == MOST_DEPTH || !btf_type(show->btf, btf_strip(show->btf, id), &type)) {
		show->form->unknown(show, name);
		return;
	}
	show->depth++;
	switch (type.kind) {
	case BTF_INT: show_int(show, &type, place, name); break;
	case BTF_PTR: show_pointer(show, place, name); break;
	case BTF_ARRAY: show_array(show, &type, place, name); break;
	case BTF_STRUCT:
	case BTF_UNION: show_struct(show, &type, place, name); break;
	case BTF_ENUM:
	case BTF_ENUM64: show_enum(show, &type, place, name); break;
	case BTF_FLOAT: show_float(show, &type, place, name); break;
	case BTF_DATASEC: show_section(show, &type, place, name); break;
	default: show->form->unknown(show, name);
	}
	show->depth--;
}

/* --- as text ---------------------------------------------------------------------------------- */

static void text_name(struct show *show, const char *name)
{
	if (show->has_one)
		strbuf_puts(show->out, ", ");
	show->has_one = true;
	if (name && *name)
		strbuf_printf(show->out, ".%s = ", name);
}

static void text_begin(struct show *show, const char *name, bool is_array)
{
	text_name(show, name);
	strbuf_puts(show->out, is_array ? "[" : "{ ");
	show->has_one = false;
}

static void text_end(struct show *show, bool is_array)
{
	strbuf_puts(show->out, is_array ? "]" : show->has_one ? " }" : "}");
	show->has_one = true;
}

static void text_number(struct show *show, const char *name, uint64_t value, bool is_signed)
{
	text_name(show, name);
	if (is_signed)
		strbuf_printf(show->out, "%" PRId64, (int64_t)value);
	else
		strbuf_printf(show->out, "%" PRIu64, value);
}

static void text_hex(struct show *show, const char *name, uint64_t value)
{
	text_name(show, name);
	strbuf_printf(show->out, "0x%" PRIx64, value);
}

static void text_word(struct show *show, const char *name, const char *text)
{
	text_name(show, name);
	strbuf_puts(show->out, text);
}

static void text_text(struct show *show, const char *name, const char *text, size_t len)
{
	text_name(show, name);
	strbuf_puts(show->out, "\"");
	json_escape(show->out, text, len);
	strbuf_puts(show->out, "\"");
}

static void text_unknown(struct show *show, const char *name)
{
	text_word(show, name, "?");
}

static const struct form as_text = {
	text_begin, text_end, text_number, text_hex, text_word, text_text, text_unknown,
};

void btf_show(const struct btf *btf, uint32_t id, const void *data, size_t size, struct strbuf *out)
{
	struct show show = { .btf = btf, .form = &as_text, .out = out };
	const struct place place = { .data = data, .size = size };

	show_type(&show, id, &place, NULL);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

/* Nameless members of structs are objects of their own, named by their number's absence: "". */
static void json_begin(struct show *show, const char *name, bool is_array)
{
	if (is_array)
		json_array(show->json, name);
	else
		json_object(show->json, name);
}

static void json_close(struct show *show, bool is_array)
{
	(void)is_array;
	json_end(show->json);
}

static void json_number(struct show *show, const char *name, uint64_t value, bool is_signed)
{
	if (is_signed)
		json_signed(show->json, name, (int64_t)value);
	else
		json_unsigned(show->json, name, value);
}

static void json_hex(struct show *show, const char *name, uint64_t value)
{
	json_format(show->json, name, "0x%" PRIx64, value);
}

static void json_word(struct show *show, const char *name, const char *text)
{
	if (!strcmp(text, "true") || !strcmp(text, "false"))
		json_bool(show->json, name, *text == 't');
	else
		json_string(show->json, name, text);
}

static void json_text(struct show *show, const char *name, const char *text, size_t len)
{
	json_format(show->json, name, "%.*s", (int)len, text);
}

static void json_unknown(struct show *show, const char *name)
{
	json_null(show->json, name);
}

static const struct form as_json = {
	json_begin, json_close, json_number, json_hex, json_word, json_text, json_unknown,
};

void btf_show_json(const struct btf *btf, uint32_t id, const void *data, size_t size,
		   struct json *json, const char *name)
{
	struct show show = { .btf = btf, .form = &as_json, .json = json };
	const struct place place = { .data = data, .size = size };

	show_type(&show, id, &place, name);
}
