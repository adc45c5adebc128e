/*
 * format.c - printf: formats are read once, at the first record of their action.
 *
 * Integers are cut to the width that their length says, which without one is 32 bits, as C does; and so
 * does bpftrace.  %f, %e, %g and %a show an integer, or a ratio: a tuple of numerator and denominator
 * (each may be a ratio itself), divided here because the kernel has no floating point.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bits.h"
#include "out/internal.h"

enum {
	FORMAT_MOST_WIDTH = 1 << 16, /* columns that one conversion fills */
	FORMAT_MOST_DIGITS = 512,    /* behind the point */
};

enum conversion {
	CONVERT_NOTHING, /* only the text before it */
	CONVERT_SIGNED,
	CONVERT_UNSIGNED,
	CONVERT_OCTAL,
	CONVERT_HEX,
	CONVERT_CHAR,
	CONVERT_POINTER,
	CONVERT_TEXT,
	CONVERT_FLOAT,
	CONVERT_BUFFER,
	CONVERT_BUFFER_HEX_ESCAPED,
	CONVERT_BUFFER_HEX,
	CONVERT_GFP,
};

struct piece {
	const char *text; /* before the conversion */
	size_t text_len;
	enum conversion conversion;
	char letter; /* of CONVERT_FLOAT, and 'X' */
	bool left, plus, blank, alternate, zero;
	bool is_simple; /* no flag, width or precision */
	uint32_t width;
	int32_t precision;    /* -1: none */
	uint8_t length_bytes; /* integers are cut to */
};

struct text_format {
	uint32_t count;
	struct piece pieces[];
};

static const struct {
	char text[3];
	enum conversion conversion;
} conversions[] = {
	/* clang-format off: the longer ones first */
	{ "rx", CONVERT_BUFFER_HEX_ESCAPED },
	{ "rh", CONVERT_BUFFER_HEX },
	{ "gr", CONVERT_GFP },
	{ "r", CONVERT_BUFFER },
	{ "d", CONVERT_SIGNED },
	{ "i", CONVERT_SIGNED },
	{ "u", CONVERT_UNSIGNED },
	{ "o", CONVERT_OCTAL },
	{ "x", CONVERT_HEX },
	{ "X", CONVERT_HEX },
	{ "c", CONVERT_CHAR },
	{ "p", CONVERT_POINTER },
	{ "s", CONVERT_TEXT },
	{ "f", CONVERT_FLOAT },
	{ "F", CONVERT_FLOAT },
	{ "e", CONVERT_FLOAT },
	{ "E", CONVERT_FLOAT },
	{ "g", CONVERT_FLOAT },
	{ "G", CONVERT_FLOAT },
	{ "a", CONVERT_FLOAT },
	{ "A", CONVERT_FLOAT },
	/* clang-format on */
};

static const struct {
	char text[3];
	uint8_t bytes;
} lengths[] = {
	/* clang-format off: the longer ones first */
	{ "hh", 1 }, { "h", 2 }, { "ll", 8 }, { "l", 8 },
	{ "j", 8 },  { "z", 8 }, { "t", 8 },  { "L", 8 },
	/* clang-format on */
};

/* -- reading ----------------------------------------------------------------------------------- */

static const char *read_flags(const char *p, struct piece *piece)
{
	for (;; p++) {
		switch (*p) {
		case '-': piece->left = true; break;
		case '+': piece->plus = true; break;
		case ' ': piece->blank = true; break;
		case '#': piece->alternate = true; break;
		case '0': piece->zero = true; break;
		default: return p;
		}
	}
}

static const char *read_number(const char *p, uint32_t most, uint32_t *ret_number)
{
	uint32_t number = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		number = number * 10 + (uint32_t)(*p - '0');
		if (number > most)
			number = most;
	}
	*ret_number = number;
	return p;
}

static const char *read_length(const char *p, struct piece *piece)
{
	piece->length_bytes = 4;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t len = strlen(lengths[i].text);

		if (strncmp(p, lengths[i].text, len) == 0) {
			piece->length_bytes = lengths[i].bytes;
			return p + len;
		}
	}
	return p;
}

/* The conversion that begins behind the '%' before @p; NULL when there is none. */
static const char *read_conversion(const char *p, struct piece *piece)
{
	const char *begin = p;
	uint32_t number;

	p = read_flags(p, piece);
	p = read_number(p, FORMAT_MOST_WIDTH, &piece->width);
	piece->precision = -1;
	if (*p == '.') {
		p = read_number(p + 1, FORMAT_MOST_DIGITS, &number);
		piece->precision = (int32_t)number;
	}
	p = read_length(p, piece);
	piece->is_simple = begin == p || (p - begin == 1 && piece->length_bytes != 4) ||
			   (p - begin == 2 && piece->length_bytes != 4 && *begin == p[-1]);
	for (size_t i = 0; i < ARRAY_LEN(conversions); i++) {
		size_t len = strlen(conversions[i].text);

		if (strncmp(p, conversions[i].text, len) != 0)
			continue;
		piece->conversion = conversions[i].conversion;
		piece->letter = *p;
		return p + len;
	}
	return NULL;
}

static size_t most_pieces(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == '%' ? 2 : 0;
	return count;
}

/* Pieces of only text end where '%%' says '%', and at the end. */
const struct text_format *text_format_parse(struct arena *arena, const char *text)
{
	struct text_format *format =
		arena_alloc(arena, sizeof *format + most_pieces(text) * sizeof format->pieces[0]);
	const char *begin = text;

	if (!format)
		return NULL;
	for (const char *p = text;;) {
		struct piece piece = { .text = begin, .text_len = (size_t)(p - begin) };

		if (*p && *p != '%') {
			p++;
			continue;
		}
		if (!*p) {
			format->pieces[format->count++] = piece;
			return format;
		}
		if (p[1] == '%') {
			piece.text_len++;
			p += 2;
		} else {
			const char *end = read_conversion(p + 1, &piece);

			if (!end) { /* the checker has refused it: shown as it stands */
				p++;
				continue;
			}
			p = end;
		}
		begin = p;
		format->pieces[format->count++] = piece;
	}
}

/* -- padding ----------------------------------------------------------------------------------- */

/* What was added to @out since @start is cut to the precision and filled to the width. */
static void fit(const struct piece *piece, size_t start, struct strbuf *out)
{
	size_t len = out->len - start, fill;
	char *room;

	if (out->failed)
		return;
	if (piece->precision >= 0 && len > (size_t)piece->precision) {
		len = (size_t)piece->precision;
		out->len = start + len;
		out->data[out->len] = '\0';
	}
	if (len >= piece->width)
		return;
	fill = piece->width - len;
	room = strbuf_room(out, fill);
	if (!room)
		return;
	if (piece->left) {
		memset(room, ' ', fill);
	} else {
		memmove(out->data + start + fill, out->data + start, len);
		memset(out->data + start, ' ', fill);
	}
	out->len += fill;
	out->data[out->len] = '\0';
}

/* -- numbers ----------------------------------------------------------------------------------- */

static struct number cut(struct number number, uint8_t bytes, bool is_signed)
{
	uint64_t value = number.value;

	switch (bytes) {
	case 1: value = is_signed ? (uint64_t)(int8_t)value : (uint8_t)value; break;
	case 2: value = is_signed ? (uint64_t)(int16_t)value : (uint16_t)value; break;
	case 4: value = is_signed ? (uint64_t)(int32_t)value : (uint32_t)value; break;
	default: break;
	}
	return (struct number){ value, is_signed };
}

/* With all flags: printf(3) does it, for a format that we write. */
static void put_flagged(const struct piece *piece, const char *type, uint64_t value,
			struct strbuf *out)
{
	char spec[40];

	snprintf(spec, sizeof spec, "%%%s%s%s%s%s%u", piece->left ? "-" : "",
		 piece->plus ? "+" : "", piece->blank ? " " : "", piece->alternate ? "#" : "",
		 piece->zero ? "0" : "", piece->width);
	if (!piece->width)
		spec[strlen(spec) - 1] = '\0';
	if (piece->precision >= 0)
		snprintf(spec + strlen(spec), sizeof spec - strlen(spec), ".%d", piece->precision);
	snprintf(spec + strlen(spec), sizeof spec - strlen(spec), "%s", type);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strbuf_printf(out, spec, value);
#pragma GCC diagnostic pop
}

static void put_bases(struct strbuf *out, uint64_t value, unsigned int shift, const char *digits)
{
	char text[24];
	size_t at = sizeof text;

	do {
		text[--at] = digits[value & ((1u << shift) - 1)];
		value >>= shift;
	} while (value);
	strbuf_add(out, text + at, sizeof text - at);
}

/* As put_flagged, for what is common: blanks on one side or nothing. */
static void put_digits(const struct piece *piece, struct number number, struct strbuf *out)
{
	size_t start = out->len;

	switch (piece->conversion) {
	case CONVERT_OCTAL: put_bases(out, number.value, 3, "01234567"); break;
	case CONVERT_HEX:
		put_bases(out, number.value, 4,
			  piece->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
		break;
	default: text_number(out, number); break;
	}
	if (piece->width)
		fit(piece, start, out);
}

static void put_integer(const struct piece *piece, struct number number, struct strbuf *out)
{
	bool is_signed = piece->conversion == CONVERT_SIGNED;

	number = cut(number, piece->length_bytes, is_signed);
	if (!piece->plus && !piece->blank && !piece->alternate && piece->precision < 0 &&
	    (!piece->zero || piece->left)) {
		put_digits(piece, number, out);
		return;
	}
	switch (piece->conversion) {
	case CONVERT_OCTAL: put_flagged(piece, PRIo64, number.value, out); return;
	case CONVERT_HEX:
		put_flagged(piece, piece->letter == 'X' ? PRIX64 : PRIx64, number.value, out);
		return;
	default: put_flagged(piece, is_signed ? PRId64 : PRIu64, number.value, out); return;
	}
}

/* -- ratios ------------------------------------------------------------------------------------ */

static bool ratio_of(const struct shape *shape, const uint8_t *value, long double *ret_ratio)
{
	long double above, below;
	struct number number;

	if (shape->kind == SHAPE_TUPLE && shape->count == 2) {
		const struct shape_field *fields = shape->fields;

		if (!ratio_of(fields[0].shape, value + fields[0].offset, &above) ||
		    !ratio_of(fields[1].shape, value + fields[1].offset, &below))
			return false;
		if (below == 0)
			*ret_ratio = above == 0 ? NAN : copysignl(INFINITY, above);
		else
			*ret_ratio = above / below;
		return true;
	}
	if (shape->kind == SHAPE_FLOAT) {
		*ret_ratio = load_float(shape, value);
		return true;
	}
	if (!number_of(shape, value, &number))
		return false;
	*ret_ratio = number.is_signed ? (long double)(int64_t)number.value :
					(long double)number.value;
	return true;
}

static void put_float(const struct piece *piece, long double ratio, struct strbuf *out)
{
	char spec[16] = "%";
	size_t at = 1;

	if (piece->left)
		spec[at++] = '-';
	if (piece->plus)
		spec[at++] = '+';
	if (piece->blank)
		spec[at++] = ' ';
	if (piece->alternate)
		spec[at++] = '#';
	if (piece->zero)
		spec[at++] = '0';
	snprintf(spec + at, sizeof spec - at, "*.*L%c", piece->letter);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	strbuf_printf(out, spec, (int)piece->width, piece->precision, ratio);
#pragma GCC diagnostic pop
}

/* -- texts ------------------------------------------------------------------------------------- */

/* Flags of allocations: the sets that are whole, then what is left. */
static void put_gfp(uint64_t flags, struct strbuf *out)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} rows[] = {
#define GFP(name, bits) { #name, bits },
#include "out/gfp.def"
	};
	size_t start = out->len;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if ((flags & rows[i].bits) != rows[i].bits)
			continue;
		flags &= ~(uint64_t)rows[i].bits;
		strbuf_puts(out, out->len > start ? "|" : "");
		strbuf_puts(out, rows[i].name);
	}
	if (!flags && out->len > start)
		return;
	strbuf_puts(out, out->len > start ? "|" : "");
	if (flags)
		text_hex(out, flags);
	else
		strbuf_putc(out, '0');
}

static void put_buffer(struct out *out, const struct piece *piece, const struct shape *shape,
		       const uint8_t *value, struct strbuf *ret_text)
{
	static const enum buffer_style styles[] = {
		[CONVERT_BUFFER] = BUFFER_ESCAPED,
		[CONVERT_BUFFER_HEX_ESCAPED] = BUFFER_HEX_ESCAPED,
		[CONVERT_BUFFER_HEX] = BUFFER_HEX,
	};
	const uint8_t *bytes = value;
	size_t len = shape->size;
	bool is_cut;

	switch (shape->kind) {
	case SHAPE_BUFFER: bytes = buffer_of(shape, value, &len); break;
	case SHAPE_STRING: len = string_len(shape, value, &is_cut); break;
	case SHAPE_ARRAY: break;
	default: text_value(out, shape, value, ret_text); return;
	}
	text_buffer(ret_text, bytes, len, styles[piece->conversion]);
}

static void put_char(uint64_t value, struct strbuf *out)
{
	strbuf_putc(out, (char)value);
}

static void put_pointer(uint64_t value, struct strbuf *out)
{
	if (value)
		text_hex(out, value);
	else
		strbuf_putc(out, '0'); /* as bpftrace since 0.24; before, as C: (nil) */
}

/* -- printing ---------------------------------------------------------------------------------- */

static void put_text(struct out *out, const struct piece *piece, const struct shape *shape,
		     const uint8_t *value, struct strbuf *ret_text)
{
	size_t start = ret_text->len;
	struct number number = { 0 };

	switch (piece->conversion) {
	case CONVERT_CHAR:
		if (number_of(shape, value, &number))
			put_char(number.value, ret_text);
		break;
	case CONVERT_POINTER:
		if (number_of(shape, value, &number))
			put_pointer(number.value, ret_text);
		break;
	case CONVERT_GFP:
		if (number_of(shape, value, &number))
			put_gfp(number.value, ret_text);
		break;
	case CONVERT_BUFFER:
	case CONVERT_BUFFER_HEX_ESCAPED:
	case CONVERT_BUFFER_HEX: put_buffer(out, piece, shape, value, ret_text); break;
	default: text_value(out, shape, value, ret_text); break;
	}
	if (!piece->is_simple)
		fit(piece, start, ret_text);
}

static void put_piece(struct out *out, const struct piece *piece, const struct shape *shape,
		      const uint8_t *value, struct strbuf *ret_text)
{
	long double ratio;
	struct number number;

	switch (piece->conversion) {
	case CONVERT_SIGNED:
	case CONVERT_UNSIGNED:
	case CONVERT_OCTAL:
	case CONVERT_HEX:
		if (number_of(shape, value, &number)) {
			put_integer(piece, number, ret_text);
			return;
		}
		break;
	case CONVERT_FLOAT:
		if (ratio_of(shape, value, &ratio)) {
			put_float(piece, ratio, ret_text);
			return;
		}
		break;
	default: break;
	}
	put_text(out, piece, shape, value, ret_text);
}

void text_format_print(struct out *out, const struct text_format *format,
		       const struct shape *payload, const uint8_t *record, struct strbuf *ret_text)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < format->count; i++) {
		const struct piece *piece = &format->pieces[i];

		strbuf_add(ret_text, piece->text, piece->text_len);
		if (piece->conversion == CONVERT_NOTHING || !payload || at >= payload->count)
			continue;
		put_piece(out, piece, payload->fields[at].shape,
			  record + payload->fields[at].offset, ret_text);
		at++;
	}
}
