/*
 * format.c - formats of bpf_trace_printk.
 *
 * The kernel allows: %% %c %s %p (and %px %pK %ps %pS %pB, which here all print the address, %pks
 * and %pus, which are %s) and %d %i %u %x %X with 'l' or 'll', each with the flags 0 + - and
 * blank and a width (bpf_bprintf_prepare in kernel/bpf/helpers.c).  All else is refused, so that a
 * program that works here is not refused there.
 */
#include "kern/helper/helper.h"

#include <errno.h>
#include <string.h>

#include "base/bits.h"

enum { MOST_WIDTH = 512 };

struct spec {
	bool left, zeroes;
	char sign; /* what stands before a number that is not negative, or 0 */
	unsigned int width;
	bool wide; /* 'l': all 64 bits of the argument */
	char conversion;
};

struct sink {
	char *data;
	size_t room; /* for the NUL as well */
	size_t len;
};

static void put(struct sink *sink, char c)
{
	if (sink->len + 1 < sink->room)
		sink->data[sink->len++] = c;
}

static void put_times(struct sink *sink, char c, size_t count)
{
	while (count--)
		put(sink, c);
}

/* @prefix and @text, padded as @spec says; zeroes go between the two. */
static void put_field(struct sink *sink, const struct spec *spec, const char *prefix,
		      const char *text, size_t len)
{
	const size_t total = strlen(prefix) + len;
	const size_t pad = spec->width > total ? spec->width - total : 0;

	if (!spec->left && !spec->zeroes)
		put_times(sink, ' ', pad);
	while (*prefix)
		put(sink, *prefix++);
	if (!spec->left && spec->zeroes)
		put_times(sink, '0', pad);
	for (size_t i = 0; i < len; i++)
		put(sink, text[i]);
	if (spec->left)
		put_times(sink, ' ', pad);
}

static void put_number(struct sink *sink, const struct spec *spec, uint64_t value)
{
	const bool is_signed = spec->conversion == 'd' || spec->conversion == 'i';
	const unsigned int base = is_signed || spec->conversion == 'u' ? 10 : 16;
	const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	char prefix[2] = { 0 }, text[24];
	size_t at = sizeof text;

	if (is_signed && !spec->wide)
		value = (uint64_t)(int64_t)(int32_t)value;
	else if (!spec->wide)
		value = (uint32_t)value;
	if (is_signed)
		prefix[0] = (int64_t)value < 0 ? '-' : spec->sign;
	if (is_signed && (int64_t)value < 0)
		value = -value;
	do {
		text[--at] = digits[value % base];
		value /= base;
	} while (value);
	put_field(sink, spec, prefix, text + at, sizeof text - at);
}

static void put_pointer(struct sink *sink, const struct spec *spec, uint64_t value)
{
	struct spec hex = *spec;

	hex.conversion = 'x';
	hex.wide = true;
	hex.zeroes = true;
	if (hex.width < 16)
		hex.width = 16;
	put_number(sink, &hex, value);
}

static int put_string(struct vm_run *run, struct sink *sink, const struct spec *spec,
		      uint64_t address)
{
	const char *text = (const char *)(uintptr_t)address;
	size_t len = 0;

	/* Only as much as can be shown is looked at. */
	for (;; len++) {
		if (!vm_check_access(run, address + len, 1, false))
			return -EFAULT;
		if (len == sink->room || !text[len])
			break;
	}
	put_field(sink, spec, "", text, len);
	return 0;
}

/* Parse what follows a '%'.  Returns the place behind it, or NULL. */
static const char *parse_spec(const char *p, struct spec *ret_spec)
{
	struct spec spec = { 0 };

	for (;; p++) {
		if (*p == '0')
			spec.zeroes = true;
		else if (*p == '-')
			spec.left = true;
		else if (*p == '+')
			spec.sign = '+';
		else if (*p == ' ')
			spec.sign = spec.sign ? spec.sign : ' ';
		else
			break;
	}
	while (*p >= '0' && *p <= '9' && spec.width < MOST_WIDTH)
		spec.width = spec.width * 10 + (unsigned int)(*p++ - '0');
	if (*p == 'p') {
		spec.conversion = 'p';
		p++;
		if ((*p == 'k' || *p == 'u') && p[1] == 's') {
			spec.conversion = 's';
			p += 2;
		} else if (*p && strchr("xKsSB", *p)) {
			p++;
		}
		*ret_spec = spec;
		return p;
	}
	spec.conversion = *p;
	if (*p == 's' || *p == 'c') {
		*ret_spec = spec;
		return p + 1;
	}
	for (int i = 0; i < 2 && *p == 'l'; i++, p++)
		spec.wide = true;
	if (!*p || !strchr("diuxX", *p))
		return NULL;
	spec.conversion = *p;
	*ret_spec = spec;
	return p + 1;
}

static int put_argument(struct vm_run *run, struct sink *sink, const struct spec *spec,
			uint64_t value)
{
	const char c = (char)value;

	switch (spec->conversion) {
	case 's': return put_string(run, sink, spec, value);
	case 'c': put_field(sink, spec, "", &c, 1); return 0;
	case 'p': put_pointer(sink, spec, value); return 0;
	default: put_number(sink, spec, value); return 0;
	}
}

int helper_format(struct vm_run *run, const char *format, uint64_t size, const uint64_t args[3],
		  char *out, size_t room)
{
	struct sink sink = { .data = out, .room = room };
	struct spec spec;
	size_t used = 0;
	int err;

	if (!memchr(format, '\0', size))
		return -EINVAL;
	for (const char *p = format; *p;) {
		if ((*p < ' ' || *p > '~') && (*p < '\t' || *p > '\r'))
			return -EINVAL;
		if (*p != '%' || p[1] == '%') {
			p += *p == '%';
			put(&sink, *p++);
			continue;
		}
		p = parse_spec(p + 1, &spec);
		if (!p || used == 3)
			return -EINVAL;
		err = put_argument(run, &sink, &spec, args[used++]);
		if (err)
			return err;
	}
	out[sink.len] = '\0';
	return (int)sink.len;
}
