/*
 * bytes.c - programs as numbers: raw, hex, C arrays, and tcpdump's decimal.
 *
 * Each reader collects into a strbuf, 8 bytes an instruction in either instruction set, and the
 * result is copied to the arena at the end.  So are the spans of rows.
 */
#include "isa/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/file.h"
#include "isa/disasm.h"

enum {
	INSN_BYTES = 8,
	ROW_CLASSIC = 4, /* numbers in a row: code, jt, jf, k */
	ROW_EBPF = ISA_NUMBERS,
};

struct reader {
	const char *data;
	size_t len;
	size_t at;
	struct diag *diag;
	struct strbuf out;
	struct strbuf spans; /* a struct span for each instruction that came in a row */
	enum isa_set set;
	bool is_c;
	bool is_classic;
};

/* A number of a row. */
struct number {
	int64_t value;
	struct span span;
};

/* --- scanning -------------------------------------------------------------------------------- */

static char peek(const struct reader *r)
{
	return r->at < r->len ? r->data[r->at] : '\0';
}

static bool starts_with(const struct reader *r, const char *text)
{
	size_t len = strlen(text);

	return r->len - r->at >= len && memcmp(r->data + r->at, text, len) == 0;
}

/* Go on after the next @close; false, and nothing happens, if there is none. */
static bool skip_past(struct reader *r, const char *close)
{
	const char *found = memmem(r->data + r->at, r->len - r->at, close, strlen(close));

	if (found)
		r->at = (size_t)(found - r->data) + strlen(close);
	return found;
}

/* Blanks, comments, and any of @also.  A comment without an end is none. */
static void skip_blanks(struct reader *r, const char *also)
{
	while (r->at < r->len) {
		char c = peek(r);

		if (char_is_blank(c) || c == '\n' || (c && strchr(also, c))) {
			r->at++;
		} else if (c == '#' || starts_with(r, "//")) {
			if (!skip_past(r, "\n"))
				r->at = r->len;
		} else if (!starts_with(r, "/*") || !skip_past(r, "*/")) {
			return;
		}
	}
}

static struct span span_from(const struct reader *r, size_t start)
{
	return (struct span){ (uint32_t)start, (uint32_t)(r->at - start) };
}

static struct span span_here(const struct reader *r)
{
	return (struct span){ (uint32_t)r->at, 1 };
}

/* "expected @what, found 'x'" */
static int fail_here(struct reader *r, const char *what)
{
	char c = peek(r);

	if (r->at >= r->len)
		diag_error(r->diag, span_here(r), "expected %s, found the end of the text", what);
	else if (starts_with(r, "/*"))
		diag_error(r->diag, (struct span){ (uint32_t)r->at, 2 },
			   "this comment has no end: it needs a '*/'");
	else if (c == '\n')
		diag_error(r->diag, span_here(r), "expected %s, found the end of the line", what);
	else if (c > ' ' && c <= '~')
		diag_error(r->diag, span_here(r), "expected %s, found '%c'", what, c);
	else
		diag_error(r->diag, span_here(r), "expected %s, found the byte 0x%02x", what,
			   (unsigned char)c);
	return -EINVAL;
}

static bool in_word(char c)
{
	return char_is_letter(c) || char_is_digit(c);
}

/* The base of the number here.  Past a '0x' before it. */
static unsigned int take_base(struct reader *r)
{
	if (starts_with(r, "0x") || starts_with(r, "0X")) {
		r->at += 2;
		return 16;
	}
	return r->is_c && peek(r) == '0' ? 8 : 10;
}

/* A number, maybe with a sign, in decimal, with 0x in hexadecimal, or in C with a 0 in octal.  C's
 * suffixes are passed over. */
static int read_number(struct reader *r, struct number *ret_number)
{
	size_t start = r->at, first_digit;
	bool negative = peek(r) == '-';
	uint64_t value = 0;
	unsigned int base;

	if (negative)
		r->at++;
	base = take_base(r);
	for (first_digit = r->at;; r->at++) {
		int digit = char_hex_value(peek(r));

		if (digit < 0 || (unsigned int)digit >= base)
			break;
		if (value <= UINT32_MAX) /* beyond, it is too large for every field anyway */
			value = value * base + (unsigned int)digit;
	}
	if (r->at == first_digit)
		return fail_here(r, r->at > start ? "a digit" : "a number");
	while (r->is_c && peek(r) && strchr("uUlL", peek(r)))
		r->at++;
	if (in_word(peek(r)))
		return fail_here(r, base == 8 ? "octal digits after the 0" : "the number's end");
	ret_number->value = negative ? -(int64_t)value : (int64_t)value;
	ret_number->span = span_from(r, start);
	return 0;
}

/* --- rows of numbers ------------------------------------------------------------------------- */

/* clang-format off */
static const struct isa_number_range classic_ranges[ROW_CLASSIC] = {
	{ "code", 0,         UINT16_MAX },
	{ "jt",   0,         UINT8_MAX  },
	{ "jf",   0,         UINT8_MAX  },
	{ "k",    INT32_MIN, UINT32_MAX },
};
/* clang-format on */

static int check_ranges(struct reader *r, const struct isa_number_range *ranges,
			const struct number *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (numbers[i].value >= ranges[i].least && numbers[i].value <= ranges[i].most)
			continue;
		diag_error(r->diag, numbers[i].span, "%s is from %" PRId64 " to %" PRId64,
			   ranges[i].name, ranges[i].least, ranges[i].most);
		return -EINVAL;
	}
	return 0;
}

/* From the first to the last of the numbers. */
static struct span row_span(const struct number *numbers, size_t count)
{
	struct span first = numbers[0].span, last = numbers[count - 1].span;

	return (struct span){ first.offset, last.offset + last.len - first.offset };
}

static int add_classic(struct reader *r, const struct number numbers[ROW_CLASSIC])
{
	struct span span = row_span(numbers, ROW_CLASSIC);
	struct cbpf_insn insn;
	int err = check_ranges(r, classic_ranges, numbers, ROW_CLASSIC);

	if (err)
		return err;
	insn.code = (uint16_t)numbers[0].value;
	insn.jt = (uint8_t)numbers[1].value;
	insn.jf = (uint8_t)numbers[2].value;
	insn.k = (uint32_t)numbers[3].value;
	strbuf_add(&r->out, &insn, sizeof insn);
	strbuf_add(&r->spans, &span, sizeof span);
	return 0;
}

static int add_ebpf(struct reader *r, const struct number numbers[ROW_EBPF])
{
	int64_t values[ROW_EBPF];
	struct insn insn;
	int err = check_ranges(r, isa_number_ranges, numbers, ROW_EBPF);

	if (err)
		return err;
	for (size_t i = 0; i < ROW_EBPF; i++)
		values[i] = numbers[i].value;
	insn = isa_from_numbers(values);
	strbuf_add(&r->out, &insn, sizeof insn);
	return 0;
}

/* --- the shapes ------------------------------------------------------------------------------ */

static int check_whole(struct reader *r)
{
	if (r->out.len % INSN_BYTES == 0)
		return 0;
	diag_error(r->diag, SPAN_NONE, "%zu bytes are no whole number of instructions", r->out.len);
	diag_hint(r->diag, "an instruction has %d bytes%s", INSN_BYTES,
		  r->is_classic ? "" : ", a wide load twice as many");
	return -EINVAL;
}

static int read_raw(struct reader *r)
{
	strbuf_add(&r->out, r->data, r->len);
	return check_whole(r);
}

/* Digits in pairs; a single one is a byte where a prefix says that it is one number. */
static int read_hex_word(struct reader *r)
{
	bool prefixed = starts_with(r, "0x") || starts_with(r, "0X") || starts_with(r, "\\x");
	size_t start = r->at, digits = 0;
	unsigned int byte = 0;

	if (prefixed)
		r->at += 2;
	for (; char_hex_value(peek(r)) >= 0; r->at++) {
		byte = (byte << 4 | (unsigned int)char_hex_value(peek(r))) & 0xff;
		if (++digits % 2 == 0)
			strbuf_putc(&r->out, (char)byte);
	}
	if (!digits || in_word(peek(r)))
		return fail_here(r, "hexadecimal digits in pairs");
	if (digits % 2 == 0)
		return 0;
	if (digits > 1 || !prefixed) {
		diag_error(r->diag, span_from(r, start), "half a byte: the digits come in pairs");
		return -EINVAL;
	}
	strbuf_putc(&r->out, (char)byte);
	return 0;
}

static int read_hex(struct reader *r)
{
	for (;;) {
		int err;

		skip_blanks(r, ",:;\"");
		if (r->at == r->len)
			return check_whole(r);
		err = read_hex_word(r);
		if (err)
			return err;
	}
}

/* Between the numbers in braces: whether another follows.  The last may have a comma too. */
static int next_in_braces(struct reader *r, bool is_first, bool *ret_more)
{
	bool comma;

	skip_blanks(r, "");
	comma = !is_first && peek(r) == ',';
	if (comma) {
		r->at++;
		skip_blanks(r, "");
	}
	*ret_more = peek(r) != '}';
	return is_first || comma || !*ret_more ? 0 : fail_here(r, "',' or '}'");
}

/* The bytes of 'xxd -i', of which the first few numbers were read already. */
static int read_c_bytes(struct reader *r, const struct number *numbers, size_t count)
{
	bool more = true;
	int err = 0;

	for (size_t i = 0; i < count; i++)
		strbuf_putc(&r->out, (char)numbers[i].value);
	while (!err && more) {
		struct number number;

		err = read_number(r, &number);
		if (err)
			return err;
		if (number.value < 0 || number.value > UINT8_MAX) {
			diag_error(r->diag, number.span, "a byte is from 0 to 255");
			return -EINVAL;
		}
		strbuf_putc(&r->out, (char)number.value);
		err = next_in_braces(r, false, &more);
	}
	if (err)
		return err;
	r->at++;
	return check_whole(r);
}

static bool are_bytes(const struct number *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i].value < 0 || numbers[i].value > UINT8_MAX)
			return false;
	return true;
}

static int fail_row(struct reader *r, const struct number *numbers, size_t count, bool is_first)
{
	const bool wants_classic = is_first && r->set == ISA_SET_CLASSIC;

	diag_error(r->diag, count ? row_span(numbers, count) : span_here(r),
		   "this row has %zu numbers%s%s", count, count > ROW_EBPF ? " or more" : "",
		   wants_classic ? ", and one of classic BPF has 4" :
		   is_first      ? "" :
				   ", not as many as those before");
	diag_hint(r->diag, "a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF "
			   "(opcode, dst, src, off, imm)");
	return -EINVAL;
}

/* A row, from its first number on; or, instead of the first row, all the bytes. */
static int read_c_row(struct reader *r, bool *ret_all_done)
{
	const bool is_first = r->out.len == 0;
	struct number numbers[ROW_EBPF + 1];
	size_t count = 0;
	bool more;
	int err = next_in_braces(r, true, &more);

	while (!err && more && count < ARRAY_LEN(numbers)) {
		err = read_number(r, &numbers[count++]);
		if (!err)
			err = next_in_braces(r, false, &more);
	}
	if (err)
		return err;
	*ret_all_done = more && is_first && are_bytes(numbers, count);
	if (*ret_all_done)
		return read_c_bytes(r, numbers, count);
	if (is_first && r->set == ISA_SET_ANY)
		r->is_classic = count == ROW_CLASSIC;
	if (count != (r->is_classic ? ROW_CLASSIC : ROW_EBPF))
		return fail_row(r, numbers, count, is_first);
	r->at++;
	return r->is_classic ? add_classic(r, numbers) : add_ebpf(r, numbers);
}

/* To the first brace.  A declaration may stand before it. */
static void skip_declaration(struct reader *r)
{
	for (skip_blanks(r, ""); r->at < r->len && peek(r) != '{'; skip_blanks(r, ""))
		r->at++;
}

static int read_c(struct reader *r)
{
	bool all_done = false, is_inside = false;
	int err = 0;

	r->is_c = true;
	skip_declaration(r);
	while (!err && !all_done) {
		skip_blanks(r, is_inside ? "," : ",;");
		if (peek(r) == '}' && is_inside) {
			r->at++;
			skip_blanks(r, ";");
			return r->at == r->len ? 0 : fail_here(r, "nothing after the array");
		}
		if (r->at == r->len && !is_inside)
			return 0;
		if (peek(r) != '{')
			return fail_here(r, is_inside ? "'{' or '}'" : "'{' or the end");
		r->at++;
		skip_blanks(r, "");
		if ((peek(r) == '{' || peek(r) == '}') && !is_inside && r->out.len == 0)
			is_inside = true;
		else
			err = read_c_row(r, &all_done);
	}
	return err;
}

static void skip_line_blanks(struct reader *r)
{
	while (char_is_blank(peek(r)))
		r->at++;
}

/* The end of a row: a newline or comma, and whatever blanks. */
static bool take_row_end(struct reader *r)
{
	skip_line_blanks(r);
	if (r->at < r->len && peek(r) != '\n' && peek(r) != ',')
		return false;
	while (r->at < r->len && (char_is_blank(peek(r)) || peek(r) == '\n' || peek(r) == ','))
		r->at++;
	return true;
}

static int read_decimal_row(struct reader *r)
{
	struct number numbers[ROW_CLASSIC];

	for (size_t i = 0; i < ROW_CLASSIC; i++) {
		int err;

		skip_line_blanks(r);
		err = read_number(r, &numbers[i]);
		if (err)
			return err;
	}
	return add_classic(r, numbers);
}

static int read_decimal(struct reader *r)
{
	struct number said;
	size_t count;
	int err;

	r->is_classic = true;
	skip_blanks(r, "");
	err = read_number(r, &said);
	while (!err && take_row_end(r) && r->at < r->len)
		err = read_decimal_row(r);
	if (!err && r->at < r->len)
		err = fail_here(r, "the end of the row");
	if (err)
		return err;
	count = r->out.len / INSN_BYTES;
	if (said.value == (int64_t)count)
		return 0;
	diag_error(r->diag, said.span, "%" PRId64 " instructions are announced, and %zu follow",
		   said.value, count);
	return -EINVAL;
}

/* --- which shape ----------------------------------------------------------------------------- */

static bool is_text(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (!char_is_blank(data[i]) && c != '\n' && (c < ' ' || c == 0x7f))
			return false;
	}
	return true;
}

/* Past the words of decimal digits that come next in the row.  Returns how many they are; sets
 * *ret_odd if one has an odd number of digits, which no word of hex has. */
static size_t take_decimal_words(struct reader *r, bool *ret_odd)
{
	size_t words = 0;

	for (skip_line_blanks(r); char_is_digit(peek(r)); skip_line_blanks(r)) {
		size_t start = r->at;

		while (char_is_digit(peek(r)))
			r->at++;
		*ret_odd |= (r->at - start) % 2 != 0 && !in_word(peek(r));
		words++;
	}
	return words;
}

/* A number alone, then four in a row; or something else that is no hex. */
static bool begins_decimal(const char *data, size_t len)
{
	struct reader r = { .data = data, .len = len };
	bool odd = false;

	skip_blanks(&r, "");
	if (take_decimal_words(&r, &odd) != 1 || !take_row_end(&r))
		return false;
	return (take_decimal_words(&r, &odd) == ROW_CLASSIC && take_row_end(&r)) || odd;
}

enum isa_shape isa_bytes_shape(const char *data, size_t len)
{
	if (!is_text(data, len))
		return ISA_SHAPE_RAW;
	if (memchr(data, '{', len))
		return ISA_SHAPE_C;
	return begins_decimal(data, len) ? ISA_SHAPE_DECIMAL : ISA_SHAPE_HEX;
}

static int read_shape(struct reader *r)
{
	switch (isa_bytes_shape(r->data, r->len)) {
	case ISA_SHAPE_RAW: return read_raw(r);
	case ISA_SHAPE_HEX: return read_hex(r);
	case ISA_SHAPE_C: return read_c(r);
	case ISA_SHAPE_DECIMAL: return read_decimal(r);
	}
	return -EINVAL;
}

static int check_count(struct reader *r)
{
	size_t count = r->out.len / INSN_BYTES;

	if (count && count <= ISA_MOST_INSNS)
		return 0;
	if (count)
		diag_error(r->diag, SPAN_NONE, "the program has more than %d instructions",
			   ISA_MOST_INSNS);
	else
		diag_error(r->diag, SPAN_NONE, "there is no instruction");
	return -EINVAL;
}

/* A copy of @buf, which is not empty; or NULL. */
static void *copy_to_arena(const struct strbuf *buf, struct arena *arena)
{
	void *copy = arena_alloc(arena, buf->len);

	return copy ? memcpy(copy, buf->data, buf->len) : NULL;
}

static int copy_program(const struct reader *r, struct arena *arena, struct isa_program *ret)
{
	struct isa_program program = { .is_classic = r->is_classic };
	size_t count = r->out.len / INSN_BYTES;
	void *insns = copy_to_arena(&r->out, arena), *spans = NULL;

	if (r->spans.len)
		spans = copy_to_arena(&r->spans, arena);
	if (!insns || (r->spans.len && !spans))
		return -ENOMEM;
	if (r->is_classic) {
		program.classic = (struct cbpf_prog){ insns, count, spans };
	} else {
		program.insns = insns;
		program.count = count;
	}
	*ret = program;
	return 0;
}

int isa_bytes_read(const struct source *source, enum isa_set set, struct arena *arena,
		   struct diag *diag, struct isa_program *ret_program)
{
	struct reader r = {
		.data = source->text,
		.len = source->len,
		.diag = diag,
		.set = set,
		.is_classic = set == ISA_SET_CLASSIC,
	};
	int err;

	if (source->len > FILE_MOST_BYTES) {
		diag_error(diag, SPAN_NONE, "the program is larger than %d MiB",
			   FILE_MOST_BYTES >> 20);
		return -EINVAL;
	}
	err = read_shape(&r);
	if (r.out.failed || r.spans.failed)
		err = -ENOMEM;
	if (!err)
		err = check_count(&r);
	if (!err)
		err = copy_program(&r, arena, ret_program);
	strbuf_release(&r.out);
	strbuf_release(&r.spans);
	return err;
}

/* --- writing --------------------------------------------------------------------------------- */

void isa_bytes_write_hex(const void *insns, size_t count, struct strbuf *out)
{
	const uint8_t *bytes = insns;

	for (size_t i = 0; i < count * INSN_BYTES; i++)
		strbuf_printf(out, "%02x%c", bytes[i], i % INSN_BYTES == 7 ? '\n' : ' ');
}

void isa_bytes_write_c(const struct insn *insns, size_t count, const struct isa_names *names,
		       struct strbuf *out)
{
	size_t text_at = 0; /* the slot whose text comes next */

	for (size_t i = 0; i < count; i++) {
		strbuf_printf(out, "{ 0x%02x, %u, %u, %d, %d },", insns[i].code, insns[i].dst,
			      insns[i].src, insns[i].off, insns[i].imm);
		if (i == text_at) {
			strbuf_puts(out, " /* ");
			text_at += isa_disasm_insn(insns, count, i, names, out);
			strbuf_puts(out, " */");
		}
		strbuf_putc(out, '\n');
	}
}
