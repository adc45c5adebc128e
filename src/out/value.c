/*
 * value.c - one value as text: what print() and '%s' show of every shape.
 *
 * Tuples have blanks behind their commas, arrays have none, and structs name their fields.  Members
 * without a name show their own fields in the place where they stand.
 */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bits.h"
#include "out/internal.h"

__extension__ typedef unsigned __int128 uint128;

enum {
	UNSIGNED_MOST_DIGITS = 20,
	MOST_FLOAT_DIGITS = 36, /* that tell any two long doubles apart */
};

void text_unsigned(struct strbuf *out, uint64_t value)
{
	char digits[UNSIGNED_MOST_DIGITS];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	strbuf_add(out, digits + at, sizeof digits - at);
}

void text_number(struct strbuf *out, struct number number)
{
	uint64_t value = number.value;

	if (number.is_signed && (int64_t)value < 0) {
		strbuf_putc(out, '-');
		value = -value;
	}
	text_unsigned(out, value);
}

void text_hex(struct strbuf *out, uint64_t value)
{
	char digits[16];
	size_t at = sizeof digits;

	do {
		digits[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	strbuf_puts(out, "0x");
	strbuf_add(out, digits + at, sizeof digits - at);
}

/* An integer of 128 bits, which only structs of the kernel have. */
static void text_wide(struct strbuf *out, const struct shape *shape, const uint8_t *value)
{
	char digits[40];
	size_t at = sizeof digits;
	uint128 wide;

	memcpy(&wide, value, sizeof wide);
	if (shape->is_signed && wide >> 127) {
		strbuf_putc(out, '-');
		wide = -wide;
	}
	do {
		digits[--at] = (char)('0' + (int)(wide % 10));
		wide /= 10;
	} while (wide);
	strbuf_add(out, digits + at, sizeof digits - at);
}

long double load_float(const struct shape *shape, const uint8_t *value)
{
	long double wide;
	double number;
	float narrow;

	switch (shape->size) {
	case sizeof narrow: memcpy(&narrow, value, sizeof narrow); return (long double)narrow;
	case sizeof number: memcpy(&number, value, sizeof number); return (long double)number;
	default: memcpy(&wide, value, sizeof wide); return wide;
	}
}

/* Is @text, read as a number of @size bytes, @value? */
static bool reads_as(const char *text, uint32_t size, long double value)
{
	switch (size) {
	case sizeof(float): return (long double)strtof(text, NULL) == value;
	case sizeof(double): return (long double)strtod(text, NULL) == value;
	default: return strtold(text, NULL) == value;
	}
}

/* The fewest digits that mean this number and none beside it: 0.1, not 0.100000001. */
static void text_float(const struct shape *shape, const uint8_t *value, struct strbuf *out)
{
	const long double number = load_float(shape, value);
	char text[64];

	for (int digits = 6; digits <= MOST_FLOAT_DIGITS; digits++) {
		(void)snprintf(text, sizeof text, "%.*Lg", digits, number);
		if (reads_as(text, shape->size, number))
			break;
	}
	strbuf_puts(out, text);
}

static uint64_t load_extended(const uint8_t *value, uint32_t size, bool is_signed)
{
	switch (size) {
	case 1: return is_signed ? (uint64_t)(int8_t)*value : *value;
	case 2: return is_signed ? (uint64_t)(int16_t)load_u16(value) : load_u16(value);
	case 4: return is_signed ? (uint64_t)(int32_t)load_u32(value) : load_u32(value);
	default: return load_u64(value);
	}
}

bool number_of(const struct shape *shape, const uint8_t *value, struct number *ret_number)
{
	switch (shape->kind) {
	case SHAPE_INT:
	case SHAPE_BOOL:
	case SHAPE_ENUM:
	case SHAPE_POINTER: break;
	case SHAPE_USERNAME:
	case SHAPE_PROBE: *ret_number = (struct number){ load_u32(value), false }; return true;
	case SHAPE_KSYM:
	case SHAPE_USYM:
	case SHAPE_TIMESTAMP:
	case SHAPE_CGROUP_PATH:
		*ret_number = (struct number){ load_u64(value), false };
		return true;
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG: *ret_number = row_number(shape, value); return true;
	case SHAPE_FLOAT:
	case SHAPE_STRING:
	case SHAPE_BUFFER:
	case SHAPE_INET:
	case SHAPE_MAC:
	case SHAPE_ARRAY:
	case SHAPE_TUPLE:
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION:
	case SHAPE_KSTACK:
	case SHAPE_USTACK:
	case SHAPE_STATS:
	case SHAPE_HIST:
	case SHAPE_LHIST:
	case SHAPE_TSERIES: return false;
	}
	ret_number->is_signed = shape->is_signed && shape->kind != SHAPE_POINTER;
	ret_number->value = load_extended(value, shape->size, ret_number->is_signed);
	return true;
}

/* Bits are counted from the least significant one of the first byte: little-endian machines. */
const uint8_t *field_value(const struct shape_field *field, const uint8_t *value,
			   uint8_t unpacked[16])
{
	uint32_t first = field->bit_offset / 8;
	uint32_t bytes = (field->bit_offset % 8 + field->bit_count + 7) / 8;
	uint128 bits = 0;
	uint64_t number;

	if (!field->bit_count)
		return value + field->offset;
	memcpy(&bits, value + first, bytes < sizeof bits ? bytes : sizeof bits);
	number = (uint64_t)(bits >> field->bit_offset % 8);
	if (field->bit_count < 64) {
		number &= (1ull << field->bit_count) - 1;
		if (field->shape->is_signed && number >> (field->bit_count - 1))
			number |= -1ull << field->bit_count;
	}
	memset(unpacked, field->shape->is_signed && number >> 63 ? 0xff : 0, 16);
	store_u64(unpacked, number);
	return unpacked;
}

size_t string_len(const struct shape *shape, const uint8_t *value, bool *ret_is_cut)
{
	size_t len = strnlen((const char *)value, shape->size);

	*ret_is_cut = shape->size && len == shape->size;
	return len;
}

const uint8_t *buffer_of(const struct shape *shape, const uint8_t *value, size_t *ret_len)
{
	uint32_t room = shape->size > 4 ? shape->size - 4 : 0;
	uint32_t len = shape->size >= 4 ? load_u32(value) : 0;

	*ret_len = len < room ? len : room;
	return value + 4;
}

const char *enumerator_name(const struct shape *shape, const uint8_t *value)
{
	uint64_t number = load_extended(value, shape->size, shape->is_signed);

	for (uint32_t i = 0; i < shape->count; i++)
		if (shape->enumerators[i].value == number)
			return shape->enumerators[i].name;
	return NULL;
}

void text_buffer(struct strbuf *out, const uint8_t *bytes, size_t len, enum buffer_style style)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		char text[4] = { '\\', 'x', digits[bytes[i] >> 4], digits[bytes[i] & 15] };

		if (style == BUFFER_HEX) {
			if (i)
				strbuf_putc(out, ' ');
			strbuf_add(out, text + 2, 2);
		} else if (style == BUFFER_ESCAPED && bytes[i] >= ' ' && bytes[i] <= '~') {
			strbuf_putc(out, (char)bytes[i]);
		} else {
			strbuf_add(out, text, sizeof text);
		}
	}
}

static void text_string(struct out *out, const struct shape *shape, const uint8_t *value,
			struct strbuf *ret_text)
{
	const char *trailer = out->options.bundle->config.str_trunc_trailer;
	bool is_cut;
	size_t len = string_len(shape, value, &is_cut);

	strbuf_add(ret_text, value, len);
	if (is_cut && trailer)
		strbuf_puts(ret_text, trailer);
}

static void text_inet(const uint8_t *value, struct strbuf *ret_text)
{
	uint32_t family = load_u32(value);
	char text[INET6_ADDRSTRLEN];

	if (family != AF_INET && family != AF_INET6)
		return;
	if (inet_ntop((int)family, value + 4, text, sizeof text))
		strbuf_puts(ret_text, text);
}

static void text_mac(const uint8_t *value, struct strbuf *ret_text)
{
	strbuf_printf(ret_text, "%02X:%02X:%02X:%02X:%02X:%02X", value[0], value[1], value[2],
		      value[3], value[4], value[5]);
}

static void text_username(uint32_t uid, struct strbuf *ret_text)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		strbuf_puts(ret_text, user->pw_name);
	else
		text_unsigned(ret_text, uid);
}

static void text_probe(struct out *out, uint32_t probe, struct strbuf *ret_text)
{
	if (probe < out->options.bundle->name_count)
		strbuf_puts(ret_text, out->options.bundle->names[probe]);
}

static void text_array(struct out *out, const struct shape *shape, const uint8_t *value,
		       struct strbuf *ret_text)
{
	strbuf_putc(ret_text, '[');
	for (uint32_t i = 0; i < shape->count; i++) {
		if (i)
			strbuf_putc(ret_text, ',');
		text_value(out, shape->of, value + (size_t)i * shape->of->size, ret_text);
	}
	strbuf_putc(ret_text, ']');
}

static void text_elements(struct out *out, const struct shape *shape, const uint8_t *value,
			  struct strbuf *ret_text)
{
	for (uint32_t i = 0; i < shape->count; i++) {
		if (i)
			strbuf_puts(ret_text, ", ");
		text_value(out, shape->fields[i].shape, value + shape->fields[i].offset, ret_text);
	}
}

static bool is_anonymous(const struct shape_field *field)
{
	return (!field->name || !*field->name) &&
	       (field->shape->kind == SHAPE_STRUCT || field->shape->kind == SHAPE_UNION);
}

/* Whether anything was written. */
static bool text_fields(struct out *out, const struct shape *shape, const uint8_t *value,
			bool is_first, struct strbuf *ret_text)
{
	uint8_t unpacked[16];

	for (uint32_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const uint8_t *bytes = field_value(field, value, unpacked);

		if (is_anonymous(field)) {
			is_first &= !text_fields(out, field->shape, bytes, is_first, ret_text);
			continue;
		}
		strbuf_puts(ret_text, is_first ? "." : ", .");
		is_first = false;
		strbuf_puts(ret_text, field->name ? field->name : "");
		strbuf_puts(ret_text, " = ");
		text_value(out, field->shape, bytes, ret_text);
	}
	return !is_first;
}

static void text_struct(struct out *out, const struct shape *shape, const uint8_t *value,
			struct strbuf *ret_text)
{
	if (!shape->count) {
		strbuf_puts(ret_text, "{}");
		return;
	}
	strbuf_puts(ret_text, "{ ");
	(void)text_fields(out, shape, value, true, ret_text);
	strbuf_puts(ret_text, " }");
}

void text_value(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text)
{
	struct number number;
	const uint8_t *bytes;
	const char *name;
	size_t len;

	switch (shape->kind) {
	case SHAPE_INT:
		if (shape->size == 16)
			text_wide(ret_text, shape, value);
		else if (number_of(shape, value, &number))
			text_number(ret_text, number);
		return;
	case SHAPE_BOOL: strbuf_puts(ret_text, *value ? "true" : "false"); return;
	case SHAPE_ENUM:
		name = enumerator_name(shape, value);
		if (name)
			strbuf_puts(ret_text, name);
		else if (number_of(shape, value, &number))
			text_number(ret_text, number);
		return;
	case SHAPE_FLOAT: text_float(shape, value, ret_text); return;
	case SHAPE_POINTER: text_hex(ret_text, load_extended(value, shape->size, false)); return;
	case SHAPE_STRING: text_string(out, shape, value, ret_text); return;
	case SHAPE_BUFFER:
		bytes = buffer_of(shape, value, &len);
		text_buffer(ret_text, bytes, len, BUFFER_ESCAPED);
		return;
	case SHAPE_INET: text_inet(value, ret_text); return;
	case SHAPE_MAC: text_mac(value, ret_text); return;
	case SHAPE_ARRAY: text_array(out, shape, value, ret_text); return;
	case SHAPE_TUPLE:
		strbuf_putc(ret_text, '(');
		text_elements(out, shape, value, ret_text);
		strbuf_putc(ret_text, ')');
		return;
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION: text_struct(out, shape, value, ret_text); return;
	case SHAPE_KSTACK:
	case SHAPE_USTACK: text_stack(out, shape, value, ret_text); return;
	case SHAPE_KSYM:
	case SHAPE_USYM: text_symbol(out, shape, value, ret_text); return;
	case SHAPE_TIMESTAMP:
		text_time(shape->text ? shape->text : "%H:%M:%S",
			  time_wall(out, shape->clock, load_u64(value)), ret_text);
		return;
	case SHAPE_CGROUP_PATH: text_cgroup_path(load_u64(value), shape->text, ret_text); return;
	case SHAPE_USERNAME: text_username(load_u32(value), ret_text); return;
	case SHAPE_PROBE: text_probe(out, load_u32(value), ret_text); return;
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
	case SHAPE_STATS:
	case SHAPE_HIST:
	case SHAPE_LHIST:
	case SHAPE_TSERIES: text_row_value(out, shape, value, 1, ret_text); return;
	}
}

void text_key(struct out *out, const struct shape *shape, const uint8_t *value,
	      struct strbuf *ret_text)
{
	if (shape->kind == SHAPE_TUPLE)
		text_elements(out, shape, value, ret_text);
	else
		text_value(out, shape, value, ret_text);
}

/* -- values of rows: aggregates after reduction ------------------------------------------------ */

struct number number_divide(struct number number, uint64_t divisor)
{
	if (divisor <= 1)
		return number;
	if (!number.is_signed || (int64_t)number.value >= 0)
		return (struct number){ number.value / divisor, number.is_signed };
	return (struct number){ -(-number.value / divisor), true };
}

struct number row_average(const struct shape *shape, const uint8_t *value)
{
	struct number total = { load_u64(value), shape->is_signed };
	uint64_t count = load_u64(value + 8);

	return count ? number_divide(total, count) : (struct number){ 0, shape->is_signed };
}

struct number row_number(const struct shape *shape, const uint8_t *value)
{
	switch (shape->kind) {
	case SHAPE_AVG:
	case SHAPE_STATS: return row_average(shape, value);
	default: return (struct number){ load_u64(value), shape->is_signed };
	}
}

static void text_stats(const struct shape *shape, const uint8_t *value, uint64_t divisor,
		       struct strbuf *ret_text)
{
	strbuf_puts(ret_text, "{ .count = ");
	text_unsigned(ret_text, load_u64(value + 8));
	strbuf_puts(ret_text, ", .average = ");
	text_number(ret_text, number_divide(row_average(shape, value), divisor));
	strbuf_puts(ret_text, ", .total = ");
	text_number(ret_text, (struct number){ load_u64(value), shape->is_signed });
	strbuf_puts(ret_text, " }");
}

void text_row_value(struct out *out, const struct shape *shape, const uint8_t *value,
		    uint64_t divisor, struct strbuf *ret_text)
{
	switch (shape->kind) {
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
		text_number(ret_text, number_divide(row_number(shape, value), divisor));
		return;
	case SHAPE_STATS: text_stats(shape, value, divisor, ret_text); return;
	case SHAPE_HIST:
	case SHAPE_LHIST:
		text_hist(shape, (const uint64_t *)(const void *)value, divisor, ret_text);
		return;
	case SHAPE_TSERIES: return; /* needs the range of its table: text_series */
	case SHAPE_INT:
		if (divisor > 1 && shape->size <= 8) {
			struct number number;

			(void)number_of(shape, value, &number);
			text_number(ret_text, number_divide(number, divisor));
			return;
		}
		text_value(out, shape, value, ret_text);
		return;
	default: text_value(out, shape, value, ret_text); return;
	}
}

void out_value(struct out *out, const struct shape *shape, const uint8_t *value,
	       struct strbuf *ret_text)
{
	text_value(out, shape, value, ret_text);
}
