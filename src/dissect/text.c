/*
 * text.c - how numbers, addresses and bytes of packets are written.
 *
 * A line is some thirty of these, so they write into the buffer at once, without printf.
 */
#include "dissect/proto.h"

#include <stdarg.h>
#include <string.h>

#include "dissect/names.h"

enum {
	MOST_DIGITS = 20,    /* of 2^64 */
	MOST_IP6_CHARS = 45, /* as of INET6_ADDRSTRLEN */
	MOST_MAC_CHARS = 17,
	DUMP_LINE_BYTES = 16,
	DUMP_HEX_CHARS = 40,   /* of a full line: " 1234" eight times */
	MOST_NAME_BYTES = 128, /* of a formatted substitute for one: as tcpdump's */
};

static const char hex_digits[16] = "0123456789abcdef";

/* "00" to "99". */
static const char digit_pairs[] =
	"00010203040506070809101112131415161718192021222324252627282930313233"
	"34353637383940414243444546474849505152535455565758596061626364656667"
	"6869707172737475767778798081828384858687888990919293949596979899";

/* Room for @n characters; without memory there is nothing to print for. */
static inline char *text_room(struct dissect *d, size_t n)
{
	char *room = strbuf_room(d->out, n);

	if (UNLIKELY(!room))
		longjmp(d->leave, DISSECT_LEAVE_QUIETLY);
	return room;
}

static inline void text_end(struct dissect *d, char *end)
{
	*end = '\0';
	d->out->len = (size_t)(end - d->out->data);
}

static inline char *write_dec(char *at, uint64_t value)
{
	char digits[MOST_DIGITS];
	char *first = digits + sizeof digits;

	while (value >= 100) {
		first -= 2;
		memcpy(first, digit_pairs + value % 100 * 2, 2);
		value /= 100;
	}
	if (value >= 10) {
		first -= 2;
		memcpy(first, digit_pairs + value * 2, 2);
	} else {
		*--first = (char)('0' + value);
	}
	memcpy(at, first, (size_t)(digits + sizeof digits - first));
	return at + (digits + sizeof digits - first);
}

static inline char *write_byte_dec(char *at, uint8_t value)
{
	if (value >= 100) {
		*at++ = (char)('0' + value / 100);
		memcpy(at, digit_pairs + value % 100 * 2, 2);
		return at + 2;
	}
	if (value >= 10) {
		memcpy(at, digit_pairs + value * 2, 2);
		return at + 2;
	}
	*at = (char)('0' + value);
	return at + 1;
}

static inline char *write_byte_hex(char *at, uint8_t byte)
{
	at[0] = hex_digits[byte >> 4];
	at[1] = hex_digits[byte & 15];
	return at + 2;
}

void putf(struct dissect *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vprintf(d->out, format, args);
	va_end(args);
}

void put_dec(struct dissect *d, uint64_t value)
{
	text_end(d, write_dec(text_room(d, MOST_DIGITS), value));
}

void put_hex(struct dissect *d, uint64_t value, int digits)
{
	int count = 1;
	char *at;

	while (count < 16 && value >> (4 * count))
		count++;
	if (count < digits)
		count = digits;
	at = text_room(d, (size_t)count);
	for (int i = count - 1; i >= 0; i--)
		*at++ = i < 16 ? hex_digits[value >> (4 * i) & 15] : '0';
	text_end(d, at);
}

static char *write_ip4(char *at, const uint8_t *p)
{
	for (int i = 0; i < 4; i++) {
		at = write_byte_dec(at, p[i]);
		if (i < 3)
			*at++ = '.';
	}
	return at;
}

void put_ip4_digits(struct dissect *d, const uint8_t *p)
{
	text_end(d, write_ip4(text_room(d, MOST_IP6_CHARS), p));
}

void put_ip4(struct dissect *d, const uint8_t *p)
{
	const char *name;

	dissect_need(d, p, 4);
	name = d->o->numeric ? NULL : names_ip4(d, p);
	if (name)
		put(d, name);
	else
		put_ip4_digits(d, p);
}

/* The longest run of at least two zero words, the first of equals: RFC 5952. */
static int zero_run(const uint16_t *words, int *ret_len)
{
	int best = -1;
	int best_len = 1;

	for (int i = 0; i < 8;) {
		int start = i;

		while (i < 8 && words[i] == 0)
			i++;
		if (i - start > best_len) {
			best = start;
			best_len = i - start;
		}
		if (i == start)
			i++;
	}
	*ret_len = best < 0 ? 0 : best_len;
	return best;
}

static char *write_word_hex(char *at, uint16_t word)
{
	int shift = word >= 0x1000 ? 12 : word >= 0x100 ? 8 : word >= 0x10 ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*at++ = hex_digits[word >> shift & 15];
	return at;
}

static char *write_ip6(char *at, const uint8_t *p)
{
	uint16_t words[8];
	int run, run_len;

	for (int i = 0; i < 8; i++)
		words[i] = load_be16(p + 2 * i);
	run = zero_run(words, &run_len);
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			*at++ = ':';
			i += run_len - 1;
			if (i == 7)
				*at++ = ':';
			continue;
		}
		if (i > 0)
			*at++ = ':';
		/* ::1.2.3.4 and ::ffff:1.2.3.4 */
		if (i == 6 && run == 0 && (run_len == 6 || (run_len == 5 && words[5] == 0xffff)))
			return write_ip4(at, p + 12);
		at = write_word_hex(at, words[i]);
	}
	return at;
}

void put_ip6_digits(struct dissect *d, const uint8_t *p)
{
	text_end(d, write_ip6(text_room(d, MOST_IP6_CHARS), p));
}

void put_ip6_value(struct dissect *d, const uint8_t address[16])
{
	const char *name = d->o->numeric ? NULL : names_ip6(d, address);

	if (name)
		put(d, name);
	else
		put_ip6_digits(d, address);
}

void put_ip6(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 16);
	put_ip6_value(d, p);
}

void put_mac(struct dissect *d, const uint8_t *p)
{
	char *at;

	dissect_need(d, p, 6);
	if (!d->o->numeric && names_put_mac(d, p))
		return;
	at = text_room(d, MOST_MAC_CHARS);
	for (int i = 0; i < 6; i++) {
		if (i > 0)
			*at++ = ':';
		at = write_byte_hex(at, p[i]);
	}
	text_end(d, at);
	if (!d->o->numeric)
		names_put_vendor(d, p);
}

void put_tcp_port(struct dissect *d, uint16_t port)
{
	const char *name = d->o->numeric ? NULL : names_tcp_port(d, port);

	if (name)
		put(d, name);
	else
		put_dec(d, port);
}

void put_udp_port(struct dissect *d, uint16_t port)
{
	const char *name = d->o->numeric ? NULL : names_udp_port(d, port);

	if (name)
		put(d, name);
	else
		put_dec(d, port);
}

static bool is_printable(uint8_t byte)
{
	return byte >= ' ' && byte < 0x7f;
}

void put_byte(struct dissect *d, uint8_t byte)
{
	char *at = text_room(d, 4);

	if (byte & 0x80) {
		byte &= 0x7f;
		*at++ = 'M';
		*at++ = '-';
	}
	if (!is_printable(byte)) {
		byte ^= 0x40; /* DEL becomes '?', the others letters */
		*at++ = '^';
	}
	*at++ = (char)byte;
	text_end(d, at);
}

void put_text(struct dissect *d, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_byte(d, get_u8(d, p + i));
}

void put_text_to_nul(struct dissect *d, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n && get_u8(d, p + i) != 0; i++)
		put_byte(d, p[i]);
}

void put_hex_bytes(struct dissect *d, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_end(d, write_byte_hex(text_room(d, 2), get_u8(d, p + i)));
}

const char *find_name(const struct name *names, size_t count, uint32_t value)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].value == value)
			return names[i].name;
	return NULL;
}

/* The formats are those of callers: one number at most. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void put_otherwise(struct dissect *d, const char *format, uint32_t value)
{
	strbuf_printf(d->out, format, value);
}
#pragma GCC diagnostic pop

void put_name(struct dissect *d, const struct name *names, size_t count, const char *otherwise,
	      uint32_t value)
{
	const char *name = find_name(names, count, value);

	if (name)
		put(d, name);
	else
		put_otherwise(d, otherwise, value);
}

void put_bits(struct dissect *d, const struct name *names, size_t count, const char *separator,
	      const char *otherwise, uint32_t value)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (names[i].value == 0 || (value & names[i].value) != names[i].value)
			continue;
		if (any)
			put(d, separator);
		put(d, names[i].name);
		any = true;
	}
	if (!any)
		put_otherwise(d, otherwise, value);
}

void put_truncated(struct dissect *d)
{
	put(d, " [|");
	put(d, d->protocol);
	put_char(d, ']');
}

void put_invalid(struct dissect *d)
{
	put(d, " (invalid)");
}

void put_seconds(struct dissect *d, uint32_t seconds)
{
	static const struct {
		uint32_t seconds;
		char unit;
	} units[] = { { 31536000, 'y' }, { 604800, 'w' }, { 86400, 'd' },
		      { 3600, 'h' },     { 60, 'm' },     { 1, 's' } };

	if (seconds == 0)
		put(d, "0s");
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (seconds < units[i].seconds)
			continue;
		put_dec(d, seconds / units[i].seconds);
		put_char(d, units[i].unit);
		seconds %= units[i].seconds;
	}
}

void put_signed_seconds(struct dissect *d, int32_t seconds)
{
	if (seconds < 0)
		put_char(d, '-');
	put_seconds(d, seconds < 0 ? 0 - (uint32_t)seconds : (uint32_t)seconds);
}

/* " 4500 0054 ..": @n bytes of one line. */
static char *write_hex_line(char *at, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			*at++ = ' ';
		at = write_byte_hex(at, p[i]);
	}
	return at;
}

static void put_offset(struct dissect *d, const char *indent, uint32_t offset)
{
	put(d, indent);
	put(d, "0x");
	put_hex(d, offset, 4);
	put(d, ": ");
}

void put_dump(struct dissect *d, const char *indent, const uint8_t *p, uint32_t n)
{
	n = dissect_available(d, p, n);
	for (uint32_t offset = 0; offset < n; offset += DUMP_LINE_BYTES) {
		uint32_t count = n - offset < DUMP_LINE_BYTES ? n - offset : DUMP_LINE_BYTES;
		char *start;
		char *at;

		put_offset(d, indent, offset);
		start = text_room(d, DUMP_HEX_CHARS + 2 + DUMP_LINE_BYTES);
		at = write_hex_line(start, p + offset, count);
		while (at < start + DUMP_HEX_CHARS + 2)
			*at++ = ' ';
		for (uint32_t i = offset; i < offset + count; i++)
			*at++ = (char)(p[i] > ' ' && p[i] < 0x7f ? p[i] : '.');
		text_end(d, at);
	}
}

void put_hex_dump(struct dissect *d, const char *indent, const uint8_t *p, uint32_t n)
{
	n = dissect_available(d, p, n);
	for (uint32_t offset = 0; offset < n; offset += DUMP_LINE_BYTES) {
		uint32_t count = n - offset < DUMP_LINE_BYTES ? n - offset : DUMP_LINE_BYTES;

		put_offset(d, indent, offset);
		text_end(d, write_hex_line(text_room(d, DUMP_HEX_CHARS), p + offset, count));
	}
}

void put_unknown(struct dissect *d, const uint8_t *p, uint32_t n)
{
	if (d->o->quick || dissect_dumps_in_hex(d->o))
		return;
	put_dump(d, "\n\t", p, n);
	if (n > dissect_available(d, p, n))
		dissect_truncated(d);
}
