/*
 * proto.h - how a protocol's dissector is written.
 *
 *	void print_udp(struct dissect *d, const uint8_t *p, uint32_t len)
 *
 * prints the @len bytes that the layer below says there are at @p.  Of these the capture may have
 * fewer: bytes are read with the get_ functions alone, and a read beyond d->end leaves the packet at
 * once (a longjmp to dissector_print), after which " [|udp]" is added: d->protocol is what is being
 * dissected.  A dissector owns no memory, so nothing is lost by that; it may neither loop without
 * reading nor trust @len for anything but printing.
 *
 * What a protocol carries is looked up in the tables ethertype.def, ip_proto.def, udp_port.def and
 * tcp_port.def of this folder; a new protocol is a file and a row.
 */
#ifndef WAGGLE_DISSECT_PROTO_H
#define WAGGLE_DISSECT_PROTO_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bits.h"
#include "base/strbuf.h"
#include "dissect/dissect.h"

/* One packet on its way through the dissectors. */
struct dissect {
	const struct dissect_options *o;
	struct dissector *dissector; /* what lasts longer than the packet */
	struct strbuf *out;
	const uint8_t *start;   /* of the packet */
	const uint8_t *end;     /* of what may be read: a header that gives a length lowers it */
	const char *protocol;   /* for "[|tcp]" */
	const uint8_t *network; /* the innermost IP header so far, for checksums and ports; or NULL */
	unsigned int depth;     /* of packets within packets */
	jmp_buf truncated;
};

typedef void print_fn(struct dissect *d, const uint8_t *p, uint32_t len);

/*
 * Reading
 */

/* Leave the packet: bytes are missing. */
void dissect_truncated(struct dissect *d) __attribute__((noreturn));

/* Are the @n bytes at @p there? */
static inline bool dissect_has(const struct dissect *d, const uint8_t *p, size_t n)
{
	return p <= d->end && n <= (size_t)(d->end - p);
}

/* They must be. */
static inline void dissect_need(struct dissect *d, const uint8_t *p, size_t n)
{
	if (!dissect_has(d, p, n))
		dissect_truncated(d);
}

static inline uint8_t get_u8(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 1);
	return p[0];
}

static inline uint16_t get_be16(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 2);
	return load_be16(p);
}

static inline uint32_t get_be24(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 3);
	return (uint32_t)p[0] << 16 | load_be16(p + 1);
}

static inline uint32_t get_be32(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 4);
	return load_be32(p);
}

static inline uint64_t get_be64(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 8);
	return load_be64(p);
}

static inline uint16_t get_le16(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 2);
	return load_le16(p);
}

static inline uint32_t get_le32(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 4);
	return load_le32(p);
}

/*
 * Writing.  put() takes text of ours; bytes of packets go through put_escaped and its kin.
 */

static inline void put(struct dissect *d, const char *text)
{
	strbuf_puts(d->out, text);
}

static inline void put_char(struct dissect *d, char c)
{
	strbuf_putc(d->out, c);
}

/* For what is rare; the functions below are several times faster. */
void putf(struct dissect *d, const char *format, ...) PRINTF_LIKE(2, 3);

void put_dec(struct dissect *d, uint64_t value);             /* %lu */
void put_hex(struct dissect *d, uint64_t value, int digits); /* %0*lx */
void put_ip4(struct dissect *d, const uint8_t *p);           /* an address, or its name */
void put_ip6(struct dissect *d, const uint8_t *p);
void put_mac(struct dissect *d, const uint8_t *p);
void put_tcp_port(struct dissect *d, uint16_t port); /* a number, or the service's name */
void put_udp_port(struct dissect *d, uint16_t port);

/* A byte of a packet as text: itself, '^X', 'M-x' as in tcpdump's safeputchar. */
void put_byte(struct dissect *d, uint8_t byte);
/* @n bytes of text up to a NUL, so escaped.  They must be there. */
void put_text(struct dissect *d, const uint8_t *p, size_t n);

/* A name for @value out of a table, or else @otherwise, a format with one %u. */
struct name {
	uint32_t value;
	const char *name;
};
void put_name(struct dissect *d, const struct name *names, size_t count, const char *otherwise,
	      uint32_t value);
/* The name, or NULL. */
const char *find_name(const struct name *names, size_t count, uint32_t value);

/* Names of bits, first to last, separated by ", "; "none" where none is set. */
void put_bits(struct dissect *d, const struct name *names, size_t count, uint32_t value);

/* What follows as hexadecimal with ASCII or without, as -X and -x print it. */
void put_dump(struct dissect *d, const char *indent, const uint8_t *p, size_t n);

/*
 * The Internet's checksum (RFC 1071) over pieces; 0 when one of them that includes its own is right.
 */
struct piece {
	const uint8_t *data;
	size_t len;
};
uint16_t checksum(const struct piece *pieces, size_t count);

#endif
