/*
 * gen.h - packets made at random, to see whether we print them as tcpdump does.
 *
 * A packet is written from its first byte on.  What a layer carries is drawn from the rows of gen.def,
 * so that a protocol is a function and a row there:
 *
 *	void gen_ntp(struct gen *g)
 *
 * appends a message of it.  Most should be right, with every type and option in turn; now and then
 * ('one_in(g->r, 8)') a field is what no one would send, and a length too large or too small.
 * Truncation and changed bytes are added from outside: see gen_mutate.
 *
 * Lengths and checksums of what is around are filled in by whoever wrote the header.
 */
#ifndef WAGGLE_TEST_DISSECT_GEN_H
#define WAGGLE_TEST_DISSECT_GEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../random.h"

enum { GEN_MOST_BYTES = 4000, GEN_MOST_DEPTH = 4 };

/* A TCP connection: what its ends send next. */
struct gen_connection {
	const struct gen_row *row; /* what it carries, or NULL */
	uint32_t version;          /* of IP; 0: not begun */
	uint32_t step;
	uint8_t address[2][16]; /* [0] is the client */
	uint32_t port[2];
	uint32_t seq[2];
	uint32_t clock[2];
	bool has_timestamps;
};

struct gen {
	struct random_source *r;
	const char *only;   /* the protocol asked for, or NULL for any */
	unsigned int depth; /* of packets within packets */
	uint32_t len;
	uint8_t data[GEN_MOST_BYTES]; /* what does not fit is dropped in silence */

	/* For the functions of rows: */
	bool to_server;      /* GEN_UDP, GEN_TCP: or back */
	uint32_t ip_version; /* GEN_IP: what is below */
	uint32_t pseudo;     /* GEN_IP: the sum of the addresses, for the checksum */

	struct gen_connection connections[8];
	struct gen_connection *connection; /* of the packet being written, or NULL */
};

/* What stands below a row of gen.def: where its number is looked up. */
enum gen_layer {
	GEN_ETHERTYPE,
	GEN_LLC,  /* the number is DSAP << 8 | SSAP */
	GEN_SNAP, /* the number is the organisation's << 16 | its type */
	GEN_IP,   /* IPv4 and IPv6 */
	GEN_UDP,
	GEN_TCP,
};

struct gen_row {
	const char *name;
	enum gen_layer layer;
	uint32_t number;
	void (*function)(struct gen *g);
};

/* A row of the layer: of the protocol asked for or what carries it, or else any.  NULL: none is there. */
const struct gen_row *gen_pick_row(struct gen *g, enum gen_layer layer);
/* Is the protocol asked for one of this layer, and not yet written? */
bool gen_asks_for(const struct gen *g, enum gen_layer layer);
/* Does a row have this name? */
bool gen_knows(const char *name);

void gen_u8(struct gen *g, uint32_t value);
void gen_be16(struct gen *g, uint32_t value);
void gen_be24(struct gen *g, uint32_t value);
void gen_be32(struct gen *g, uint32_t value);
void gen_be64(struct gen *g, uint64_t value);
void gen_le16(struct gen *g, uint32_t value);
void gen_le32(struct gen *g, uint32_t value);
void gen_bytes(struct gen *g, const void *data, size_t n);
void gen_text(struct gen *g, const char *text); /* without the NUL */
void gen_fill(struct gen *g, uint8_t byte, uint32_t n);
void gen_random(struct gen *g, uint32_t n);
/* A 16-bit number over two bytes written before: for lengths and checksums. */
void gen_patch16(struct gen *g, uint32_t at, uint32_t value);
/* The Internet's checksum of what was written from @from on, to which @sum is added. */
uint16_t gen_checksum(const struct gen *g, uint32_t from, uint32_t sum);

/* One of the values. */
#define GEN_ANY(g, ...)                                    \
	gen_any((g)->r, (const uint32_t[]){ __VA_ARGS__ }, \
		sizeof((uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))
uint32_t gen_any(struct random_source *r, const uint32_t *values, size_t count);
/* One of the texts. */
#define GEN_TEXT(g, ...)                                           \
	gen_any_text((g)->r, (const char *const[]){ __VA_ARGS__ }, \
		     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))
const char *gen_any_text(struct random_source *r, const char *const *texts, size_t count);
/* A checksum, or rarely a wrong one. */
uint32_t gen_sum(struct gen *g, uint32_t value);
/* @value, or rarely one near to it: for lengths. */
uint32_t gen_about(struct gen *g, uint32_t value);

/* Addresses out of small pools. */
void gen_mac(struct gen *g);
void gen_ip4(struct gen *g);
void gen_ip6(struct gen *g);

/* Whole packets, for tunnels; beyond GEN_MOST_DEPTH a few random bytes instead. */
void gen_ethernet(struct gen *g);
void gen_ip4_packet(struct gen *g);
void gen_ip6_packet(struct gen *g);
void gen_network(struct gen *g, uint32_t ethertype); /* what follows an Ethernet type */
void gen_ppp_protocol(struct gen *g);                /* a PPP protocol with its number */
void gen_payload(struct gen *g);                     /* a few bytes of anything */

/* A packet of link type @dlt into g->data. */
void gen_packet(struct gen *g, int dlt);
/* Change bytes of the packet at random; returns how many of them are captured. */
uint32_t gen_mutate(struct gen *g);

/* TCP: choose a connection, which says the addresses.  Then gen_tcp() appends its next segment. */
void gen_tcp_choose(struct gen *g, uint32_t version);

#define GEN(name, layer, number, function) void function(struct gen *g);
#include "gen.def"
#undef GEN

#endif
