/*
 * tftp.c - the Trivial File Transfer Protocol (RFC 1350), with options (RFC 2347).
 */
#include "dissect/proto.h"

#include "dissect/field.h"

enum { READ = 1, WRITE = 2, DATA = 3, ACK = 4, ERROR = 5, OPTIONS = 6 };

/* clang-format off */
static const struct name opcodes[] = {
	{ READ,    "RRQ" },
	{ WRITE,   "WRQ" },
	{ DATA,    "DATA" },
	{ ACK,     "ACK" },
	{ ERROR,   "ERROR" },
	{ OPTIONS, "OACK" },
};

static const struct name errors[] = {
	{ 0, "EUNDEF" },
	{ 1, "ENOTFOUND" },
	{ 2, "EACCESS" },
	{ 3, "ENOSPACE" },
	{ 4, "EBADOP" },
	{ 5, "EBADID" },
	{ 6, "EEXISTS" },
	{ 7, "ENOUSER" },
};
/* clang-format on */

/* What is left of a message. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

/* A string, and go behind it; false if it does not end. */
static bool take_string(struct dissect *d, struct rest *rest)
{
	uint32_t n = put_string(d, rest->p, rest->len);

	rest->p += n;
	rest->len -= n;
	return n > 0;
}

static bool put_quoted(struct dissect *d, struct rest *rest)
{
	bool ends;

	if (rest->len == 0)
		return false;
	put(d, " \"");
	ends = take_string(d, rest);
	put_char(d, '"');
	return ends;
}

/* Names and values, up to the end. */
static bool put_options(struct dissect *d, struct rest *rest)
{
	while (rest->len > 0) {
		if (get_u8(d, rest->p) != 0)
			put_char(d, ' ');
		if (!take_string(d, rest))
			return false;
	}
	return true;
}

/* A file and a mode, and options. */
static bool put_request(struct dissect *d, struct rest *rest)
{
	if (!put_quoted(d, rest) || rest->len == 0)
		return false;
	put_char(d, ' ');
	return take_string(d, rest) && put_options(d, rest);
}

static bool put_block(struct dissect *d, struct rest *rest)
{
	if (rest->len < 2)
		return false;
	dissect_need(d, rest->p, 2);
	put(d, " block ");
	put_dec(d, load_be16(rest->p));
	return true;
}

static bool put_error(struct dissect *d, struct rest *rest)
{
	if (rest->len < 2)
		return false;
	dissect_need(d, rest->p, 2);
	put_char(d, ' ');
	put_name(d, errors, ARRAY_LEN(errors), "tftp-err-#%u \"", load_be16(rest->p));
	rest->p += 2;
	rest->len -= 2;
	return put_quoted(d, rest);
}

static bool put_body(struct dissect *d, uint16_t opcode, struct rest *rest)
{
	switch (opcode) {
	case READ:
	case WRITE: return put_request(d, rest);
	case DATA:
	case ACK: return put_block(d, rest);
	case ERROR: return put_error(d, rest);
	case OPTIONS: return put_options(d, rest);
	default: return true;
	}
}

void print_tftp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct rest rest;
	uint16_t opcode;

	d->protocol = "tftp";
	put(d, "TFTP, length ");
	put_dec(d, len);
	if (len < 2) {
		put_truncated(d);
		return;
	}
	opcode = get_be16(d, p);
	rest = (struct rest){ p + 2, len - 2 };
	put(d, ", ");
	put_name(d, opcodes, ARRAY_LEN(opcodes), "tftp-#%u", opcode);
	if (!put_body(d, opcode, &rest))
		put_truncated(d);
}
