/*
 * sctp.c - SCTP (RFC 9260): a common header and chunks.
 *
 * With -vv each chunk has a line of its own, and payloads are dumped.
 */
#include <stdio.h>

#include "dissect/field.h"

enum {
	HEADER_BYTES = 12,
	CHUNK_BYTES = 4,

	CHUNK_DATA = 0x00,
	CHUNK_INIT = 0x01,
	CHUNK_INIT_ACK = 0x02,
	CHUNK_SACK = 0x03,

	FLAG_LAST = 0x01,
	FLAG_FIRST = 0x02,
	FLAG_UNORDERED = 0x04,
};

static const struct name chunk_names[] = {
	{ CHUNK_DATA, "DATA" },  { CHUNK_INIT, "INIT" },  { CHUNK_INIT_ACK, "INIT ACK" },
	{ CHUNK_SACK, "SACK" },  { 0x04, "HB REQ" },      { 0x05, "HB ACK" },
	{ 0x06, "ABORT" },       { 0x07, "SHUTDOWN" },    { 0x08, "SHUTDOWN ACK" },
	{ 0x09, "OP ERR" },      { 0x0a, "COOKIE ECHO" }, { 0x0b, "COOKIE ACK" },
	{ 0x0c, "ECN ECHO" },    { 0x0d, "ECN CWR" },     { 0x0e, "SHUTDOWN COMPLETE" },
	{ 0xc0, "FOR CUM TSN" }, { 0xc1, "REL CTRL" },    { 0xc2, "REL CTRL ACK" },
};

static const struct name payload_names[] = {
	{ 1, "ISDN Q.921" }, { 2, "M2UA" },       { 3, "M3UA" },       { 4, "SUA" },
	{ 5, "M2PA" },       { 6, "V5.2" },       { 7, "H.248" },      { 8, "BICC" },
	{ 9, "TALI" },       { 10, "DUA" },       { 11, "ASAP" },      { 12, "ENRP" },
	{ 13, "H.323" },     { 14, "Q.IPC" },     { 15, "SIMCO" },     { 16, "DDPSC" },
	{ 17, "DDPSSC" },    { 18, "S1AP" },      { 19, "RUA" },       { 20, "HNBAP" },
	{ 21, "ForCES HP" }, { 22, "ForCES MP" }, { 23, "ForCES LP" }, { 24, "SBc-AP" },
	{ 25, "NBAP" },      { 27, "X2AP" },
};

/* Ports of the channels of ForCES (RFC 5811). */
static const struct name channels[] = {
	{ 6704, "ForCES HP" },
	{ 6705, "ForCES MP" },
	{ 6706, "ForCES LP" },
};

static void put_number(struct dissect *d, const char *what, uint32_t value)
{
	put_char(d, '[');
	put(d, what);
	put_dec(d, value);
	put(d, "] ");
}

/* Is the value of a chunk, of @len bytes, as long as it has to be? */
static bool long_enough(struct dissect *d, uint32_t len, uint32_t least)
{
	if (len >= least)
		return true;
	putf(d, "bogus chunk length %u]", len + CHUNK_BYTES);
	return false;
}

/* --- chunks: each gets its value, and returns false where that is too short -------------------- */

static void print_data_flags(struct dissect *d, uint8_t flags)
{
	static const struct name names[] = {
		{ FLAG_UNORDERED, "(U)" },
		{ FLAG_FIRST, "(B)" },
		{ FLAG_LAST, "(E)" },
	};

	flags &= FLAG_UNORDERED | FLAG_FIRST | FLAG_LAST;
	if (!flags)
		return;
	put_bits(d, NAMES(names), "", "", flags);
	put_char(d, ' ');
}

static void put_payload_name(struct dissect *d, uint32_t protocol)
{
	put(d, "[PPID ");
	put_name(d, NAMES(payload_names), "0x%x", protocol);
	put(d, "] ");
}

static void print_payload(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (d->o->verbose < 2)
		return;
	put(d, "[Payload");
	if (!dissect_dumps_in_hex(d->o)) {
		put_char(d, ':');
		put_unknown(d, p, len);
	}
	put_char(d, ']');
}

static bool print_data(struct dissect *d, uint8_t flags, const uint8_t *p, uint32_t len)
{
	enum { DATA_BYTES = 12 };

	print_data_flags(d, flags);
	if (!long_enough(d, len, DATA_BYTES))
		return false;
	put_number(d, "TSN: ", get_be32(d, p));
	put_number(d, "SID: ", get_be16(d, p + 4));
	put_number(d, "SSEQ ", get_be16(d, p + 6));
	put_payload_name(d, get_be32(d, p + 8));
	if (!long_enough(d, len, DATA_BYTES + 1))
		return false;
	print_payload(d, p + DATA_BYTES, len - DATA_BYTES);
	return true;
}

static bool print_init(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!long_enough(d, len, 16))
		return false;
	put_number(d, "init tag: ", get_be32(d, p));
	put_number(d, "rwnd: ", get_be32(d, p + 4));
	put_number(d, "OS: ", get_be16(d, p + 8));
	put_number(d, "MIS: ", get_be16(d, p + 10));
	put_number(d, "init TSN: ", get_be32(d, p + 12));
	return true;
}

static bool print_sack(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { SACK_BYTES = 12 };
	uint32_t ack, gaps, duplicates;
	uint32_t at = SACK_BYTES;

	if (!long_enough(d, len, SACK_BYTES))
		return false;
	ack = get_be32(d, p);
	gaps = get_be16(d, p + 8);
	duplicates = get_be16(d, p + 10);
	put_number(d, "cum ack ", ack);
	put_number(d, "a_rwnd ", get_be32(d, p + 4));
	put_number(d, "#gap acks ", gaps);
	put_number(d, "#dup tsns ", duplicates);
	for (uint32_t i = 1; at < len && i <= gaps; i++, at += 4) {
		if (!long_enough(d, len, at + 4))
			return false;
		putf(d, "\n\t\t[gap ack block #%u: start = %u, end = %u] ", i,
		     ack + get_be16(d, p + at), ack + get_be16(d, p + at + 2));
	}
	for (uint32_t i = 1; at < len && i <= duplicates; i++, at += 4) {
		if (!long_enough(d, len, at + 4))
			return false;
		putf(d, "\n\t\t[dup TSN #%u: %u] ", i, get_be32(d, p + at));
	}
	return true;
}

static bool print_value(struct dissect *d, uint8_t type, uint8_t flags, const uint8_t *p,
			uint32_t len)
{
	switch (type) {
	case CHUNK_DATA: return print_data(d, flags, p, len);
	case CHUNK_INIT:
	case CHUNK_INIT_ACK: return print_init(d, p, len);
	case CHUNK_SACK: return print_sack(d, p, len);
	default: return true;
	}
}

/* --- packets ---------------------------------------------------------------------------------- */

/* Where the chunk at @p ends with its padding, or NULL when no other is printed. */
static const uint8_t *print_chunk(struct dissect *d, const char *before, const uint8_t *p,
				  uint32_t left)
{
	uint32_t len, padding;

	if (left < CHUNK_BYTES) {
		putf(d, "%s [chunk descriptor cut off at end of packet]", before);
		return NULL;
	}
	len = get_be16(d, p + 2);
	if (len < CHUNK_BYTES) {
		putf(d, "%s [Bad chunk length %u, < size of chunk descriptor]", before, len);
		return NULL;
	}
	padding = (4 - len % 4) % 4;
	if (left < padding) {
		putf(d, "%s [Bad chunk length %u, > remaining data in packet]", before, len);
		return NULL;
	}
	dissect_need(d, p, len);
	putf(d, "%s [", before);
	put_name(d, NAMES(chunk_names), "Unknown chunk type: 0x%x", p[0]);
	put(d, "] ");
	if (!print_value(d, p[0], p[1], p + CHUNK_BYTES, len - CHUNK_BYTES))
		return NULL;
	if (padding)
		dissect_need(d, p + len, padding);
	return p + len + padding;
}

static void print_chunks(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const char *separator = d->o->verbose >= 2 ? "\n\t" : " (";
	const uint8_t *end = p + len;

	for (uint32_t i = 1; p && p != end; i++) {
		char before[16];

		(void)snprintf(before, sizeof before, "%s%u)", separator, i);
		p = print_chunk(d, before, p, (uint32_t)(end - p));
		if (d->o->verbose < 2)
			separator = ", (";
	}
}

/* "10.0.0.1.80 > 10.0.0.2.1234: sctp" */
static void print_ends(struct dissect *d, uint16_t source, uint16_t destination)
{
	bool is_ip6 = get_u8(d, d->network) >> 4 == 6;
	void (*put_address)(struct dissect *, const uint8_t *) = is_ip6 ? put_ip6 : put_ip4;

	put_address(d, d->network + (is_ip6 ? 8 : 12));
	putf(d, ".%u > ", source);
	put_address(d, d->network + (is_ip6 ? 24 : 16));
	putf(d, ".%u: sctp", destination);
}

static void put_channel(struct dissect *d, uint16_t port)
{
	const char *channel = find_name(NAMES(channels), port);

	if (channel)
		putf(d, "[%s]", channel);
}

static void print_packet(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < HEADER_BYTES) {
		putf(d, "truncated-sctp - %u bytes missing!", HEADER_BYTES - len);
		return;
	}
	dissect_need(d, p, HEADER_BYTES);
	d->source_port = get_be16(d, p);
	d->destination_port = get_be16(d, p + 2);
	print_ends(d, d->source_port, d->destination_port);
	put_channel(d, d->source_port);
	put_channel(d, d->destination_port);
	print_chunks(d, p + HEADER_BYTES, len - HEADER_BYTES);
}

void print_sctp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "sctp";
	print_contained(d, print_packet, p, len);
}
