/*
 * resp.c - the serialization protocol of Redis.
 *
 * A value is a line that begins with its type; of a bulk string and an array it says how long they are, and
 * what is in them follows.  Anything else is a command as people type them.
 */
#include "dissect/proto.h"

enum { MOST_DEPTH = 200 }; /* of arrays within arrays; tcpdump has no limit but its stack's */

/* What is left of the segment. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

/* A length, or why there is none. */
enum {
	NULL_LENGTH = -1,
	CUT_SHORT = -2,
	TOO_LARGE = -3,
	NEGATIVE = -4,
	INVALID = -5,
};

static uint8_t take(struct dissect *d, struct rest *rest)
{
	rest->len--;
	return get_u8(d, rest->p++);
}

static void put_quoted(struct dissect *d, const uint8_t *p, size_t n)
{
	put(d, " \"");
	put_text(d, p, n);
	put_char(d, '"');
}

static bool is_line_end(uint8_t byte)
{
	return byte == '\r' || byte == '\n';
}

/* Go to the next CR LF; false if there is none. */
static bool find_crlf(struct dissect *d, struct rest *rest)
{
	for (; rest->len >= 2 && dissect_has(d, rest->p, 2); rest->p++, rest->len--)
		if (load_be16(rest->p) == 0x0d0a)
			return true;
	return false;
}

/* Digits after a '-' or none.  Returns how many bytes they say follow, or one of the above. */
static int64_t take_number(struct dissect *d, struct rest *rest)
{
	int64_t number = 0;
	bool negative = false, any = false;

	if (rest->len > 0 && get_u8(d, rest->p) == '-') {
		negative = true;
		(void)take(d, rest);
	}
	for (;; any = true) {
		uint8_t digit;

		if (rest->len == 0)
			return CUT_SHORT;
		digit = take(d, rest);
		if (digit < '0' || digit > '9') {
			if (!any || digit != '\r')
				return INVALID;
			break;
		}
		if (number <= INT32_MAX)
			number = number * 10 + digit - '0';
	}
	if (rest->len == 0)
		return CUT_SHORT;
	if (take(d, rest) != '\n')
		return INVALID;
	if (negative)
		return number == 1 ? NULL_LENGTH : NEGATIVE;
	return number > INT32_MAX ? TOO_LARGE : number;
}

/* What a length that is none is; false if it is cut short. */
static bool put_no_length(struct dissect *d, int64_t length)
{
	switch (length) {
	case 0: put(d, " empty"); return true;
	case NULL_LENGTH: put(d, " null"); return true;
	case CUT_SHORT: return false;
	case TOO_LARGE: put(d, " length too large"); return true;
	case NEGATIVE: put(d, " length negative and not -1"); return true;
	default: put(d, " invalid"); return true;
	}
}

/* The functions below print a value behind its type, and go behind it; false if it is cut short. */

static bool put_line(struct dissect *d, struct rest *rest)
{
	const uint8_t *start = rest->p;

	if (!find_crlf(d, rest))
		return false;
	put_quoted(d, start, (size_t)(rest->p - start));
	rest->p += 2;
	rest->len -= 2;
	return true;
}

static bool put_bulk(struct dissect *d, struct rest *rest)
{
	int64_t length = take_number(d, rest);

	if (length <= 0 && !put_no_length(d, length))
		return false;
	if (length < 0)
		return true;
	if (length > 0) {
		if (rest->len < length || !dissect_has(d, rest->p, (size_t)length))
			return false;
		put_quoted(d, rest->p, (size_t)length);
		rest->p += length;
		rest->len -= (uint32_t)length;
	}
	if (!find_crlf(d, rest))
		return false;
	rest->p += 2;
	rest->len -= 2;
	return true;
}

/* Skip line ends; false if there is nothing at all. */
static bool skip_line_ends(struct dissect *d, struct rest *rest)
{
	bool any = false;

	while (rest->len > 0 && dissect_has(d, rest->p, 1)) {
		if (!is_line_end(*rest->p))
			return true;
		(void)take(d, rest);
		any = true;
	}
	return any;
}

static bool put_command(struct dissect *d, struct rest *rest)
{
	const uint8_t *start;

	if (!skip_line_ends(d, rest))
		return false;
	for (start = rest->p; rest->len > 0 && !is_line_end(get_u8(d, rest->p)); rest->p++)
		rest->len--;
	if (rest->len == 0)
		return false;
	put_quoted(d, start, (size_t)(rest->p - start));
	return skip_line_ends(d, rest);
}

static bool put_array(struct dissect *d, struct rest *rest, unsigned int depth);

static bool put_value(struct dissect *d, struct rest *rest, unsigned int depth)
{
	if (rest->len == 0 || depth > MOST_DEPTH)
		return false;
	switch (get_u8(d, rest->p)) {
	case '+':
	case '-':
	case ':': (void)take(d, rest); return put_line(d, rest);
	case '$': (void)take(d, rest); return put_bulk(d, rest);
	case '*': (void)take(d, rest); return put_array(d, rest, depth + 1);
	default: return put_command(d, rest);
	}
}

static bool put_array(struct dissect *d, struct rest *rest, unsigned int depth)
{
	int64_t count = take_number(d, rest);

	if (count <= 0)
		return put_no_length(d, count);
	for (; count > 0; count--)
		if (!put_value(d, rest, depth))
			return false;
	return true;
}

void print_resp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct rest rest = { p, len };

	d->protocol = "resp";
	put(d, ": RESP");
	while (rest.len > 0) {
		if (!put_value(d, &rest, 0)) {
			put_truncated(d);
			return;
		}
	}
}
