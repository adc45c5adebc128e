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

/* Why a packet was left by longjmp. */
enum dissect_leave {
	DISSECT_LEAVE_TRUNCATED = 1, /* bytes are missing: " [|tcp]" */
	DISSECT_LEAVE_QUIETLY,       /* memory is missing, or all that is to be said was said */
};

/* Packets within packets, beyond which a packet is nonsense. */
enum { DISSECT_MOST_DEPTH = 200 };

/* One packet on its way through the dissectors. */
struct dissect {
	const struct dissect_options *o;
	struct dissector *dissector; /* what lasts longer than the packet */
	struct strbuf *out;
	const uint8_t *end;     /* of what may be read: a header that gives a length lowers it */
	const char *protocol;   /* for "[|tcp]" */
	const uint8_t *network; /* the innermost IP header so far, for checksums; or NULL */
	bool fragment;          /* the innermost IP packet is the first fragment of one */
	uint16_t source_port;   /* of the innermost TCP, UDP or SCTP so far */
	uint16_t destination_port;
	const uint8_t *link_source; /* the innermost Ethernet addresses so far, or NULL */
	const uint8_t *link_destination;
	const uint8_t *start; /* of the packet */
	uint32_t link_bytes;  /* of the link header, which -x, -X and -A leave out */
	unsigned int depth;   /* of packets within packets */
	jmp_buf leave;
};

/* All bytes that are read were looked for: see the get_ functions. */
typedef void print_fn(struct dissect *d, const uint8_t *p, uint32_t len);

/* Will all of the packet follow in hexadecimal?  Then a part of it need not. */
static inline bool dissect_dumps_in_hex(const struct dissect_options *o)
{
	return o->dump == DISSECT_DUMP_HEX || o->dump == DISSECT_DUMP_HEX_ASCII;
}

/*
 * Reading
 */

/* Leave the packet: bytes are missing, and " [|tcp]" will say so. */
void dissect_truncated(struct dissect *d) NORETURN;

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

/* How many of the @len bytes at @p are there. */
static inline uint32_t dissect_available(const struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (p >= d->end)
		return 0;
	return (size_t)(d->end - p) < len ? (uint32_t)(d->end - p) : len;
}

/* Nothing behind the @len bytes at @p may be read.  Returns the end before; what goes on after the
 * inner packet sets d->end to it again. */
static inline const uint8_t *dissect_narrow(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = d->end;

	if (p <= end && len < (size_t)(end - p))
		d->end = p + len;
	return end;
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
void put_hex(struct dissect *d, uint64_t value, int digits); /* %0*lx: at least @digits of them */
void put_ip4(struct dissect *d, const uint8_t *p);           /* an address, or its name */
void put_ip6(struct dissect *d, const uint8_t *p);
void put_ip6_value(struct dissect *d, const uint8_t address[16]); /* not of the packet */
void put_mac(struct dissect *d, const uint8_t *p);
void put_tcp_port(struct dissect *d, uint16_t port); /* a number, or the service's name */
void put_udp_port(struct dissect *d, uint16_t port);
/* An address, never its name.  The bytes may be anyone's, and must be there. */
void put_ip4_digits(struct dissect *d, const uint8_t *p);
void put_ip6_digits(struct dissect *d, const uint8_t *p);

/* A byte of a packet as text: itself, '^X', 'M-x'. */
void put_byte(struct dissect *d, uint8_t byte);
/* @n bytes of text, so escaped; the second up to a NUL.  Leaves the packet where bytes are missing. */
void put_text(struct dissect *d, const uint8_t *p, size_t n);
void put_text_to_nul(struct dissect *d, const uint8_t *p, size_t n);
/* @n bytes, each as two hexadecimal digits. */
void put_hex_bytes(struct dissect *d, const uint8_t *p, size_t n);

/* A name for @value out of a table, or else @otherwise, a format with one %u, %x or none. */
struct name {
	uint32_t value;
	const char *name;
};
/* A table and its length, as two arguments of what follows. */
#define NAMES(table) (table), ARRAY_LEN(table)
void put_name(struct dissect *d, const struct name *names, size_t count, const char *otherwise,
	      uint32_t value);
/* The name, or NULL. */
const char *find_name(const struct name *names, size_t count, uint32_t value);

/* The names of which all bits are set in @value, separated by @separator; or @otherwise as above. */
void put_bits(struct dissect *d, const struct name *names, size_t count, const char *separator,
	      const char *otherwise, uint32_t value);

/* " [|tcp]": bytes are missing, and the dissector goes on or returns. */
void put_truncated(struct dissect *d);
/* " (invalid)" */
void put_invalid(struct dissect *d);

/* 90061 seconds as "1d1h1m1s"; the second after a '-' where they are negative. */
void put_seconds(struct dissect *d, uint32_t seconds);
void put_signed_seconds(struct dissect *d, int32_t seconds);

/* Lines of hexadecimal, each after @indent, which begins with a newline; the first with ASCII beside
 * it.  Only of those bytes that are there. */
void put_dump(struct dissect *d, const char *indent, const uint8_t *p, uint32_t n);
void put_hex_dump(struct dissect *d, const char *indent, const uint8_t *p, uint32_t n);
/* What no dissector knows: such lines, unless -q asks for less or -x or -X prints the bytes
 * anyway.  Leaves the packet after them if bytes are missing. */
void put_unknown(struct dissect *d, const uint8_t *p, uint32_t n);

/*
 * What is within.  A packet within a packet is entered by these; too many of them in each other end it.
 */

/* What Ethernet type @type is; false if that is not known, and then nothing was printed. */
bool print_ethertype(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len);
/* What IP protocol @protocol is, of the packet at d->network. */
void print_ip_protocol(struct dissect *d, uint8_t protocol, const uint8_t *p, uint32_t len);
/* Is the packet at d->network of this IP version?  If not, says that @protocol requires it. */
bool require_ip(struct dissect *d, int version, uint8_t protocol);
/* What UDP and TCP of these ports carry, or NULL. */
print_fn *udp_port_printer(uint16_t source, uint16_t destination);
print_fn *tcp_port_printer(uint16_t source, uint16_t destination);
/* For dissectors that call another by name: one level more, and d->depth-- behind it.  Leaves the
 * packet where there are too many. */
void dissect_enter(struct dissect *d);
/* The names in the tables, or NULL. */
const char *ethertype_name(uint16_t type);
const char *ip_proto_name(uint8_t protocol);
const char *oui_name(uint32_t oui); /* an organisation's */
/* " sctp" or " ip-proto-132", as names or numbers are wanted. */
void put_unknown_protocol(struct dissect *d, uint8_t protocol);
/* IPv4 or IPv6, as the first byte says. */
print_fn print_ip;
/* An Ethernet frame.  Returns how many bytes of headers it has. */
uint32_t print_ether(struct dissect *d, const uint8_t *p, uint32_t len);
/* "vlan 5, p 3, DEI, " of IEEE 802.1Q's tag. */
void put_vlan_tag(struct dissect *d, uint16_t tag);
/* An LLC header and what it carries.  Returns false where it does not know that, after which the
 * caller prints the bytes; *ret_bytes is the length of the header. */
bool print_llc(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t *ret_bytes);

/* Every function in the tables. */
#define ETHERTYPE(number, name, function) print_fn function;
#include "dissect/ethertype.def"
#define IP_PROTO(number, name, function) print_fn function;
#include "dissect/ip_proto.def"
#define UDP_PORT(number, side, function) print_fn function;
#include "dissect/udp_port.def"
#define TCP_PORT(number, side, function) print_fn function;
#include "dissect/tcp_port.def"
#define LINK_TYPE(name, protocol, function) print_fn function;
#include "dissect/link_type.def"

/*
 * The Internet's checksum (RFC 1071).  All bytes must be there.
 */

/* Of @n bytes; 0 when they contain their own, and it is right. */
uint16_t checksum(const uint8_t *p, size_t n);
/* The same with the pseudo-header of the IP packet at d->network (RFC 793, RFC 8200) before them:
 * it says that @len bytes of @protocol follow, @covered of which are checked. */
uint16_t checksum_ip(struct dissect *d, uint8_t protocol, const uint8_t *p, uint32_t len,
		     uint32_t covered);
/* Where the IPv6 packet at @ip goes in the end: with a routing header, its last address. */
const uint8_t *ip6_last_destination(struct dissect *d, const uint8_t *ip);
/* What the sum @found in a packet ought to be, if checksum() over it was @sum. */
uint16_t checksum_right(uint16_t found, uint16_t sum);

#endif
