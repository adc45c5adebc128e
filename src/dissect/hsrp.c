/*
 * hsrp.c - Cisco's Hot Standby Router Protocol (RFC 2281).
 */
#include "dissect/proto.h"

/* Where the fields stand. */
enum {
	VERSION = 0,
	OP = 1,
	STATE = 2,
	HELLO_TIME = 3,
	HOLD_TIME = 4,
	PRIORITY = 5,
	GROUP = 6,
	RESERVED = 7,
	PASSWORD = 8,
	PASSWORD_BYTES = 8,
	ADDRESS = 16,
};

static const struct name ops[] = {
	{ 0, "hello" },
	{ 1, "coup" },
	{ 2, "resign" },
};

static const struct name states[] = {
	{ 0, "initial" }, { 1, "learn" },   { 2, "listen" },
	{ 4, "speak" },   { 8, "standby" }, { 16, "active" },
};

static void put_details(struct dissect *d, const uint8_t *p)
{
	put(d, " hellotime=");
	put_seconds(d, p[HELLO_TIME]);
	put(d, " holdtime=");
	put_seconds(d, p[HOLD_TIME]);
	putf(d, " priority=%u auth=\"", p[PRIORITY]);
	put_text_to_nul(d, p + PASSWORD, PASSWORD_BYTES);
	put_char(d, '"');
}

void print_hsrp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t version;

	d->protocol = "hsrp";
	version = get_u8(d, p);
	putf(d, "HSRPv%u", version);
	if (version != 0)
		return;
	put_char(d, '-');
	dissect_need(d, p, OP + 1);
	put_name(d, ops, ARRAY_LEN(ops), "unknown (%u)", p[OP]);
	putf(d, " %u: ", len);
	dissect_need(d, p, STATE + 1);
	put(d, "state=");
	put_name(d, states, ARRAY_LEN(states), "Unknown (%u)", p[STATE]);
	put_char(d, ' ');
	dissect_need(d, p, GROUP + 1);
	putf(d, "group=%u ", p[GROUP]);
	dissect_need(d, p, RESERVED + 1);
	if (p[RESERVED] != 0)
		putf(d, "[reserved=%d!] ", p[RESERVED]);
	dissect_need(d, p + ADDRESS, 4);
	put(d, "addr=");
	put_ip4(d, p + ADDRESS);
	if (d->o->verbose)
		put_details(d, p);
}
