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

#include "../filter/packets.h" /* struct random_source, pick(), one_in() */

enum { GEN_MOST_BYTES = 4000, GEN_MOST_DEPTH = 4 };

struct gen {
	struct random_source *r;
	const char *only;   /* the protocol asked for, or NULL for any */
	unsigned int depth; /* of packets within packets */
	uint32_t len;
	uint8_t data[GEN_MOST_BYTES]; /* what does not fit is dropped in silence */
	/* The connection that a TCP segment is of; for gen_ functions of TCP payloads. */
	bool to_server;
};

/* What stands below a row of gen.def: where its number is looked up. */
enum gen_layer {
	GEN_ETHERTYPE,
	GEN_LLC, /* the number is DSAP << 8 | SSAP */
	GEN_SNAP,
	GEN_IP, /* IPv4 and IPv6 */
	GEN_UDP,
	GEN_TCP,
};

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

#define GEN(name, layer, number, function) void function(struct gen *g);
#include "gen.def"
#undef GEN

#endif
