/*
 * gen_snmp.c - messages of the Simple Network Management Protocol.
 */
#include "gen.h"

#include <string.h>

#include "base/bits.h"

enum { INTEGER = 2, STRING = 4, NOTHING = 5, OBJECT_ID = 6, SEQUENCE = 0x30, PDU = 0xa0 };

/* The tag of a value, rarely another one; returns where its contents begin. */
static uint32_t begin(struct gen *g, uint32_t tag)
{
	gen_u8(g, one_in(g->r, 100) ? pick(g->r, 256) : tag);
	gen_u8(g, 0);
	return g->len;
}

/* Write the length of the contents from @start on: in a byte, or in as many more as it likes. */
static void end(struct gen *g, uint32_t start)
{
	uint32_t len = g->len - start;
	uint32_t said = one_in(g->r, 40) ? gen_about(g, len) : len;
	uint32_t more = len >= 256 ? 2 : len >= 128 || one_in(g->r, 30) ? 1 + pick(g->r, 2) : 0;

	if (start == 0 || start > GEN_MOST_BYTES)
		return;
	if (more == 0) {
		g->data[start - 1] = (uint8_t)said;
		return;
	}
	gen_fill(g, 0, more);
	memmove(g->data + start + more, g->data + start, g->len - start - more);
	g->data[start - 1] = (uint8_t)(0x80 | more);
	for (uint32_t i = 0; i < more; i++)
		g->data[start + i] = (uint8_t)(said >> 8 * (more - 1 - i));
}

static void integer(struct gen *g, uint32_t value)
{
	uint32_t start = begin(g, INTEGER);

	if (one_in(g->r, 20))
		gen_random(g, pick(g->r, 6));
	else if (value < 128)
		gen_u8(g, value);
	else
		gen_be32(g, value);
	end(g, start);
}

static void string(struct gen *g, const char *text)
{
	uint32_t start = begin(g, STRING);

	gen_text(g, text);
	end(g, start);
}

static void octets(struct gen *g, uint32_t n)
{
	uint32_t start = begin(g, STRING);

	gen_random(g, n);
	end(g, start);
}

static void object_id(struct gen *g)
{
	static const uint8_t mib[] = { 0x2b, 6, 1, 2, 1 };
	static const uint8_t enterprises[] = { 0x2b, 6, 1, 4, 1 };
	static const uint8_t modules[] = { 0x2b, 6, 1, 6, 3 };
	uint32_t start = begin(g, OBJECT_ID);

	switch (pick(g->r, 8)) {
	case 0: gen_random(g, pick(g->r, 12)); break;
	case 1: gen_bytes(g, modules, 3 + pick(g->r, 3)); break;
	case 2: gen_bytes(g, enterprises, 5), gen_u8(g, pick(g->r, 110)); break;
	case 3: gen_bytes(g, mib, 3), gen_u8(g, 3); break;
	case 4: gen_u8(g, pick(g->r, 256)); break;
	default:
		gen_bytes(g, mib, 5);
		gen_u8(g, pick(g->r, 12)), gen_u8(g, pick(g->r, 24));
		break;
	}
	for (uint32_t i = pick(g->r, 5); i > 0; i--) {
		if (one_in(g->r, 6))
			gen_u8(g, 0x80 | pick(g->r, 128));
		gen_u8(g, pick(g->r, one_in(g->r, 2) ? 4 : 128));
	}
	end(g, start);
}

static void a_value(struct gen *g)
{
	uint32_t tag = GEN_ANY(g, 2, 4, 5, 6, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x81, 0x82,
			       0x84, 0xc0, 0x30, 0x31, 0x61, 0x03, 0x1f, 0x5f);
	uint32_t start;

	if (tag == OBJECT_ID) {
		object_id(g);
		return;
	}
	if (tag == STRING) {
		string(g, GEN_TEXT(g, "eth0", "a\x80\x01", "", "Linux box 5.10"));
		return;
	}
	start = begin(g, tag);
	if (tag == NOTHING || (tag & 0xe0) == 0x80)
		end(g, start);
	else
		gen_random(g, GEN_ANY(g, 1, 2, 4, 4, 8, 9, 0)), end(g, start);
}

static void variables(struct gen *g, bool asked)
{
	uint32_t list = begin(g, SEQUENCE);

	for (uint32_t i = pick(g->r, 5); i > 0; i--) {
		uint32_t start = begin(g, SEQUENCE);

		object_id(g);
		if (asked && !one_in(g->r, 10))
			end(g, begin(g, NOTHING));
		else
			a_value(g);
		end(g, start);
	}
	end(g, list);
}

static void trap(struct gen *g)
{
	uint32_t start;

	object_id(g);
	start = begin(g, 0x40);
	gen_random(g, one_in(g->r, 10) ? 5 : 4);
	end(g, start);
	integer(g, pick(g->r, 8));
	integer(g, one_in(g->r, 2) ? 0 : pick(g->r, 300));
	start = begin(g, 0x43);
	gen_random(g, 1 + pick(g->r, 4));
	end(g, start);
	variables(g, false);
}

static void pdu(struct gen *g)
{
	uint32_t kind = pick(g->r, 9);
	uint32_t start = begin(g, PDU | kind);

	if (kind == 4) {
		trap(g);
	} else {
		integer(g, pick(g->r, 0x7fffffff));
		integer(g, one_in(g->r, 2) ? 0 : pick(g->r, 22));
		integer(g, one_in(g->r, 2) ? 0 : pick(g->r, 10));
		variables(g, kind < 2 || kind == 5);
	}
	end(g, start);
	if (one_in(g->r, 40))
		gen_random(g, 3);
}

static void version_3(struct gen *g)
{
	uint32_t start = begin(g, SEQUENCE), inner;

	integer(g, pick(g->r, 0x7fffffff));
	integer(g, 65507);
	inner = begin(g, STRING);
	gen_u8(g, one_in(g->r, 10) ? pick(g->r, 256) : GEN_ANY(g, 0, 1, 3, 4, 5, 7));
	if (one_in(g->r, 40))
		gen_u8(g, 0);
	end(g, inner);
	integer(g, one_in(g->r, 12) ? pick(g->r, 5) : 3);
	end(g, start);
	start = begin(g, STRING);
	inner = begin(g, SEQUENCE);
	octets(g, 17);
	integer(g, pick(g->r, 1000));
	integer(g, pick(g->r, 0x7fffffff));
	string(g, GEN_TEXT(g, "admin", ""));
	octets(g, 12);
	octets(g, one_in(g->r, 2) ? 8 : 0);
	end(g, inner);
	end(g, start);
	if (one_in(g->r, 6)) { /* encrypted */
		octets(g, 40);
		return;
	}
	start = begin(g, SEQUENCE);
	octets(g, 5);
	string(g, GEN_TEXT(g, "", "context"));
	pdu(g);
	end(g, start);
}

void gen_snmp(struct gen *g)
{
	uint32_t start = begin(g, SEQUENCE);
	uint32_t version = GEN_ANY(g, 0, 0, 1, 1, 1, 3, 3, 2, 9);

	integer(g, version);
	if (version == 3) {
		version_3(g);
	} else {
		string(g, GEN_TEXT(g, "public", "public", "private", "a\x01"));
		pdu(g);
	}
	end(g, start);
	if (one_in(g->r, 40))
		gen_random(g, 3);
}
