/*
 * text.c - helpers that read and write text: strncmp, strtol, strtoul, trace_printk.
 */
#include "kern/helper/helper.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/bits.h"

enum {
	BASE_MASK = 0x1f,  /* of strtol's flags */
	MOST_DIGITS = 63,  /* of which the kernel takes notice */
	MOST_TRACE = 1024, /* bytes of a line: the kernel's MAX_BPRINTF_BUF */
};

uint64_t helper_strncmp(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			struct vm_run *run)
{
	const uint32_t size = (uint32_t)r2;
	const char *a = (const char *)(uintptr_t)r1, *b = (const char *)(uintptr_t)r3;

	(void)r4, (void)r5;
	if (!vm_check_access(run, r1, size, false))
		return 0;
	for (uint32_t i = 0; i < size; i++) {
		if (!vm_check_access(run, r3 + i, 1, false))
			return 0;
		if (a[i] != b[i])
			return (uint64_t)((unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1);
		if (!a[i])
			return 0;
	}
	return 0;
}

/* The kernel's isspace is that of the "C" locale, whatever the process has set. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : UINT_MAX;
}

/* Skips what tells the base in front of the digits at @text, and decides base 0. */
static const char *skip_prefix(const char *text, unsigned int *base)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';

	if (!*base)
		*base = hex && digit_value(text[2]) < 16 ? 16 : text[0] == '0' ? 8 : 10;
	return *base == 16 && hex ? text + 2 : text;
}

/* Digits of @base from @text; sets *ret_value and returns the place behind them, or NULL when they
 * are too many. */
static const char *parse_digits(const char *text, unsigned int base, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (; digit_value(*text) < base; text++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit_value(*text), &value))
			return NULL;
	*ret_value = value;
	return text;
}

struct number {
	uint64_t value;
	bool negative;
};

/* The number at the start of @buf: returns the bytes it takes, or -EINVAL, -ERANGE. */
static int64_t parse_number(const char *buf, uint32_t len, uint64_t flags,
			    struct number *ret_number)
{
	unsigned int base = (unsigned int)(flags & BASE_MASK);
	char text[MOST_DIGITS + 3] = { 0 }; /* two bytes more than digits: prefixes look ahead */
	const char *digits, *end;
	uint32_t at = 0;

	if (!len || flags & ~(uint64_t)BASE_MASK)
		return -EINVAL;
	if (base != 0 && base != 8 && base != 10 && base != 16)
		return -EINVAL;
	while (at < len && is_space(buf[at]))
		at++;
	ret_number->negative = at < len && buf[at] == '-';
	at += ret_number->negative;
	if (at == len)
		return -EINVAL;
	memcpy(text, buf + at, len - at < MOST_DIGITS ? len - at : MOST_DIGITS);
	digits = skip_prefix(text, &base);
	end = parse_digits(digits, base, &ret_number->value);
	if (!end)
		return -ERANGE;
	if (end == digits)
		return -EINVAL;
	return at + (end - text);
}

/* What strtol and strtoul share: checks, and storing what @convert makes of the number. */
static uint64_t parse_and_store(const uint64_t regs[4], struct vm_run *run,
				int (*convert)(struct number number, uint64_t *ret_value))
{
	const char *buf = (const char *)(uintptr_t)regs[0];
	struct number number;
	uint64_t value = 0;
	int64_t used;
	int err;

	if (!vm_check_access(run, regs[0], (uint32_t)regs[1], false) ||
	    !vm_check_access(run, regs[3], sizeof value, true))
		return 0;
	used = parse_number(buf, (uint32_t)regs[1], regs[2], &number);
	err = used < 0 ? (int)used : convert(number, &value);
	store_u64((void *)(uintptr_t)regs[3], value);
	return (uint64_t)(err ? err : used);
}

static int to_signed(struct number number, uint64_t *ret_value)
{
	if (number.value > (uint64_t)INT64_MAX + number.negative)
		return -ERANGE;
	*ret_value = number.negative ? -number.value : number.value;
	return 0;
}

static int to_unsigned(struct number number, uint64_t *ret_value)
{
	if (number.negative)
		return -EINVAL;
	*ret_value = number.value;
	return 0;
}

uint64_t helper_strtol(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct vm_run *run)
{
	(void)r5;
	return parse_and_store((const uint64_t[4]){ r1, r2, r3, r4 }, run, to_signed);
}

uint64_t helper_strtoul(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			struct vm_run *run)
{
	(void)r5;
	return parse_and_store((const uint64_t[4]){ r1, r2, r3, r4 }, run, to_unsigned);
}

/* The text goes to the host that runs the program and not to the kernel's trace buffer. */
uint64_t helper_trace_printk(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			     struct vm_run *run)
{
	const struct helper_env *env = vm_run_data(run);
	const uint64_t args[3] = { r3, r4, r5 };
	char text[MOST_TRACE];
	int len;

	if (!vm_check_access(run, r1, (uint32_t)r2, false))
		return 0;
	len = helper_format(run, (const char *)(uintptr_t)r1, (uint32_t)r2, args, text,
			    sizeof text);
	if (len >= 0 && env && env->trace)
		env->trace(env->trace_data, text, (size_t)len);
	return (uint64_t)len;
}
