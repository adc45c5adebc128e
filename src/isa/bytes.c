/*
 * bytes.c - programs as numbers: raw, hex, C arrays, and tcpdump's decimal.
 *
 * Each reader collects into a strbuf, 8 bytes an instruction in either instruction set, and the
 * result is copied to the arena at the end.
 */
#include "isa/bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "isa/disasm.h"

enum {
	INSN_BYTES = 8,
	ROW_CLASSIC = 4, /* numbers in a row: code, jt, jf, k */
	ROW_EBPF = 5,    /* opcode, dst, src, off, imm */
};

struct reader {
	const char *data;
	size_t len;
	size_t at;
	struct diag *diag;
	struct strbuf out;
	bool is_classic;
};

/* --- scanning -------------------------------------------------------------------------------- */

static char peek(const struct reader *r)
{
	return r->at < r->len ? r->data[r->at] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static bool starts_with(const struct reader *r, const char *text)
{
	size_t len = strlen(text);

	return r->len - r->at >= len && memcmp(r->data + r->at, text, len) == 0;
}

/* Go on after the next @close, or at the end. */
static void skip_to(struct reader *r, const char *close)
{
	const char *found = memmem(r->data + r->at, r->len - r->at, close, strlen(close));

	r->at = found ? (size_t)(found - r->data) + strlen(close) : r->len;
}

/* Blanks, comments, and any of @also. */
static void skip_blanks(struct reader *r, const char *also)
{
	while (r->at < r->len) {
		char c = peek(r);

		if (is_blank(c) || c == '\n' || (c && strchr(also, c)))
			r->at++;
		else if (c == '#' || starts_with(r, "//"))
			skip_to(r, "\n");
		else if (starts_with(r, "/*"))
			skip_to(r, "*/");
		else
			return;
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
	else if (c > ' ' && c <= '~')
		diag_error(r->diag, span_here(r), "expected %s, found '%c'", what, c);
	else
		diag_error(r->diag, span_here(r), "expected %s, found the byte 0x%02x", what,
			   (unsigned char)c);
	return -EINVAL;
}

/* A number in decimal or, with 0x, hexadecimal, and a sign; C's suffixes are passed over. */
static int read_number(struct reader *r, int64_t *ret_number)
{
	size_t start = r->at;
	bool negative = peek(r) == '-';
	unsigned int base = 10;
	uint64_t number = 0;
	int digits = 0;

	if (negative)
		r->at++;
	if (starts_with(r, "0x") || starts_with(r, "0X")) {
		base = 16;
		r->at += 2;
	}
	for (;; digits++, r->at++) {
		int digit = hex_digit(peek(r));

		if (digit < 0 || (unsigned int)digit >= base)
			break;
		if (number <= UINT32_MAX) /* beyond, it is too large for every field anyway */
			number = number * base + (unsigned int)digit;
	}
	if (!digits)
		return fail_here(r, r->at > start ? "a digit" : "a number");
	while (peek(r) && strchr("uUlL", peek(r)))
		r->at++;
	*ret_number = negative ? -(int64_t)number : (int64_t)number;
	return 0;
}

/* --- rows of numbers ------------------------------------------------------------------------- */

struct field {
	const char *name;
	int64_t least;
	int64_t most;
};

static const struct field classic_fields[ROW_CLASSIC] = {
  /* clang-format off */
	{ "code", 0, UINT16_MAX },
	{ "jt", 0, UINT8_MAX },
	{ "jf", 0, UINT8_MAX },
	{ "k", INT32_MIN, UINT32_MAX },
  /* clang-format on */
};

static const struct field ebpf_fields[ROW_EBPF] = {
  /* clang-format off */
	{ "opcode", 0, UINT8_MAX },
	{ "dst", 0, 15 },
	{ "src", 0, 15 },
	{ "off", INT16_MIN, INT16_MAX },
	{ "imm", INT32_MIN, UINT32_MAX },
  /* clang-format on */
};

static int check_fields(struct reader *r, const struct field *fields, const int64_t *numbers,
			size_t count, struct span span)
{
	for (size_t i = 0; i < count; i++) {
		if (numbers[i] >= fields[i].least && numbers[i] <= fields[i].most)
			continue;
		diag_error(r->diag, span, "%s is from %" PRId64 " to %" PRId64, fields[i].name,
			   fields[i].least, fields[i].most);
		return -EINVAL;
	}
	return 0;
}

static int add_classic(struct reader *r, const int64_t numbers[ROW_CLASSIC], struct span span)
{
	struct cbpf_insn insn;
	int err = check_fields(r, classic_fields, numbers, ROW_CLASSIC, span);

	if (err)
		return err;
	insn.code = (uint16_t)numbers[0];
	insn.jt = (uint8_t)numbers[1];
	insn.jf = (uint8_t)numbers[2];
	insn.k = (uint32_t)numbers[3];
	strbuf_add(&r->out, &insn, sizeof insn);
	return 0;
}

static int add_ebpf(struct reader *r, const int64_t numbers[ROW_EBPF], struct span span)
{
	struct insn insn;
	int err = check_fields(r, ebpf_fields, numbers, ROW_EBPF, span);

	if (err)
		return err;
	insn.code = (uint8_t)numbers[0];
	insn.dst = (uint8_t)(numbers[1] & 0xf);
	insn.src = (uint8_t)(numbers[2] & 0xf);
	insn.off = (int16_t)numbers[3];
	insn.imm = (int32_t)numbers[4];
	strbuf_add(&r->out, &insn, sizeof insn);
	return 0;
}

/* --- the shapes ------------------------------------------------------------------------------ */

static int check_whole(struct reader *r)
{
	if (r->out.len % INSN_BYTES == 0)
		return 0;
	diag_error(r->diag, SPAN_NONE, "%zu bytes are no whole number of instructions", r->out.len);
	diag_hint(r->diag, "an instruction has %d bytes, a wide load twice as many", INSN_BYTES);
	return -EINVAL;
}

static int read_raw(struct reader *r)
{
	strbuf_add(&r->out, r->data, r->len);
	return check_whole(r);
}

static bool in_word(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

/* Digits in pairs; a single one is a byte where a prefix says that it is one number. */
static int read_hex_word(struct reader *r)
{
	bool prefixed = starts_with(r, "0x") || starts_with(r, "0X") || starts_with(r, "\\x");
	size_t start = r->at, digits = 0;
	unsigned int byte = 0;

	if (prefixed)
		r->at += 2;
	for (; hex_digit(peek(r)) >= 0; r->at++) {
		byte = (byte << 4 | (unsigned int)hex_digit(peek(r))) & 0xff;
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

/* The bytes of 'xxd -i', of which the first few numbers were read already. */
static int read_c_bytes(struct reader *r, const int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strbuf_putc(&r->out, (char)numbers[i]);
	for (;;) {
		size_t start;
		int64_t number;
		int err;

		skip_blanks(r, ",");
		if (peek(r) == '}')
			break;
		start = r->at;
		err = read_number(r, &number);
		if (err)
			return err;
		if (number < 0 || number > UINT8_MAX) {
			diag_error(r->diag, span_from(r, start), "a byte is from 0 to 255");
			return -EINVAL;
		}
		strbuf_putc(&r->out, (char)number);
	}
	r->at++;
	return check_whole(r);
}

static bool are_bytes(const int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] < 0 || numbers[i] > UINT8_MAX)
			return false;
	return true;
}

/* A row, from its first number on.  @row_index counts the rows before. */
static int read_c_row(struct reader *r, size_t row_index, bool *ret_all_done)
{
	int64_t numbers[ROW_EBPF + 1];
	size_t count = 0, start = r->at;

	for (;;) {
		int err;

		skip_blanks(r, "");
		if (count > 0 && peek(r) == ',') {
			r->at++;
			skip_blanks(r, "");
		}
		if (peek(r) == '}')
			break;
		if (count == ARRAY_LEN(numbers) && row_index == 0 && are_bytes(numbers, count)) {
			*ret_all_done = true;
			return read_c_bytes(r, numbers, count);
		}
		if (count == ARRAY_LEN(numbers))
			break;
		err = read_number(r, &numbers[count++]);
		if (err)
			return err;
	}
	if (row_index == 0)
		r->is_classic = count == ROW_CLASSIC;
	if (count != (r->is_classic ? ROW_CLASSIC : ROW_EBPF)) {
		diag_error(r->diag, span_from(r, start), "this row has %zu numbers%s", count,
			   row_index ? ", not as many as those before" : "");
		diag_hint(r->diag,
			  "a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF "
			  "(opcode, dst, src, off, imm)");
		return -EINVAL;
	}
	r->at++;
	return r->is_classic ? add_classic(r, numbers, span_from(r, start)) :
			       add_ebpf(r, numbers, span_from(r, start));
}

static int read_c(struct reader *r)
{
	bool all_done = false, is_inside = false;
	int err = 0;

	while (r->at < r->len && peek(r) != '{') /* a declaration, most likely */
		r->at++;
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
			return fail_here(r, is_inside ? "'{' or '}'" : "'{'");
		r->at++;
		skip_blanks(r, "");
		if ((peek(r) == '{' || peek(r) == '}') && !is_inside && r->out.len == 0)
			is_inside = true;
		else
			err = read_c_row(r, r->out.len / INSN_BYTES, &all_done);
	}
	return err;
}

/* The end of a row: a newline or comma, and whatever blanks. */
static bool take_row_end(struct reader *r)
{
	while (is_blank(peek(r)))
		r->at++;
	if (r->at < r->len && peek(r) != '\n' && peek(r) != ',')
		return false;
	while (r->at < r->len && (is_blank(peek(r)) || peek(r) == '\n' || peek(r) == ','))
		r->at++;
	return true;
}

static int read_decimal(struct reader *r)
{
	int64_t said = 0, numbers[ROW_CLASSIC];
	size_t count = 0;
	struct span said_span;
	int err;

	r->is_classic = true;
	skip_blanks(r, "");
	said_span.offset = (uint32_t)r->at;
	err = read_number(r, &said);
	said_span.len = (uint32_t)r->at - said_span.offset;
	while (!err && take_row_end(r) && r->at < r->len) {
		size_t start = r->at;

		for (size_t i = 0; i < ROW_CLASSIC && !err; i++) {
			while (is_blank(peek(r)))
				r->at++;
			err = read_number(r, &numbers[i]);
		}
		if (!err)
			err = add_classic(r, numbers, span_from(r, start));
		count++;
	}
	if (!err && r->at < r->len)
		err = fail_here(r, "the end of the row");
	if (!err && said != (int64_t)count) {
		diag_error(r->diag, said_span,
			   "%" PRId64 " instructions are announced, and %zu follow", said, count);
		err = -EINVAL;
	}
	return err;
}

/* --- which shape ----------------------------------------------------------------------------- */

static bool is_text(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		if (!is_blank(data[i]) && c != '\n' && (c < ' ' || c == 0x7f))
			return false;
	}
	return true;
}

/* A number alone, then four in a row. */
static bool begins_decimal(const char *data, size_t len)
{
	struct reader r = { .data = data, .len = len };
	size_t words = 0;

	skip_blanks(&r, "");
	if (!is_digit(peek(&r)))
		return false;
	while (is_digit(peek(&r)))
		r.at++;
	if (!take_row_end(&r))
		return false;
	while (is_digit(peek(&r))) {
		words++;
		while (is_digit(peek(&r)))
			r.at++;
		while (is_blank(peek(&r)))
			r.at++;
	}
	return words == ROW_CLASSIC && take_row_end(&r);
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
	int err = -EINVAL;

	switch (isa_bytes_shape(r->data, r->len)) {
	case ISA_SHAPE_RAW: err = read_raw(r); break;
	case ISA_SHAPE_HEX: err = read_hex(r); break;
	case ISA_SHAPE_C: err = read_c(r); break;
	case ISA_SHAPE_DECIMAL: err = read_decimal(r); break;
	}
	if (!err && r->out.failed)
		err = -ENOMEM;
	if (!err && r->out.len == 0) {
		diag_error(r->diag, SPAN_NONE, "there is no instruction");
		err = -EINVAL;
	}
	if (!err && r->out.len / INSN_BYTES > ISA_MOST_INSNS) {
		diag_error(r->diag, SPAN_NONE, "the program has more than %d instructions",
			   ISA_MOST_INSNS);
		err = -EINVAL;
	}
	return err;
}

int isa_bytes_read(const char *data, size_t len, struct arena *arena, struct diag *diag,
		   struct isa_program *ret_program)
{
	struct reader r = { .data = data, .len = len, .diag = diag };
	struct isa_program program = { 0 };
	void *insns = NULL;
	int err;

	if (len > FILE_MOST_BYTES) {
		diag_error(diag, SPAN_NONE, "the program is larger than %d MiB",
			   FILE_MOST_BYTES >> 20);
		return -EINVAL;
	}
	err = read_shape(&r);
	if (!err) {
		insns = arena_alloc(arena, r.out.len);
		err = insns ? 0 : -ENOMEM;
	}
	if (!err) {
		memcpy(insns, r.out.data, r.out.len);
		program.is_classic = r.is_classic;
		program.count = r.out.len / INSN_BYTES;
		program.insns = r.is_classic ? NULL : insns;
		program.classic = r.is_classic ? insns : NULL;
		*ret_program = program;
	}
	strbuf_release(&r.out);
	return err;
}

/* --- writing --------------------------------------------------------------------------------- */

void isa_bytes_write_hex(const struct insn *insns, size_t count, struct strbuf *out)
{
	const uint8_t *bytes = (const uint8_t *)insns;

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
