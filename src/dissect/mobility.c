/*
 * mobility.c - the mobility header of IPv6 (RFC 6275).
 */
#include "dissect/ip6.h"
#include "dissect/proto.h"

enum {
	MINIMAL_BYTES = 8,

	BINDING_REQUEST = 0,
	HOME_TEST_INIT = 1,
	CARE_OF_TEST_INIT = 2,
	HOME_TEST = 3,
	CARE_OF_TEST = 4,
	BINDING_UPDATE = 5,
	BINDING_ACK = 6,
	BINDING_ERROR = 7,
	MOST_TYPE = 7,

	OPTION_PAD1 = 0,
	OPTION_PADN = 1,
	OPTION_REFRESH = 2,
	OPTION_CARE_OF = 3,
	OPTION_NONCE = 4,
	OPTION_AUTH = 5,
};

/* clang-format off */
static const struct {
	const char *name;
	uint8_t bytes; /* of the header without options */
} types[MOST_TYPE + 1] = {
	[BINDING_REQUEST]   = { "BRR",  MINIMAL_BYTES },
	[HOME_TEST_INIT]    = { "HoTI", MINIMAL_BYTES + 8 },
	[CARE_OF_TEST_INIT] = { "CoTI", MINIMAL_BYTES + 8 },
	[HOME_TEST]         = { "HoT",  MINIMAL_BYTES + 16 },
	[CARE_OF_TEST]      = { "CoT",  MINIMAL_BYTES + 16 },
	[BINDING_UPDATE]    = { "BU",   MINIMAL_BYTES + 4 },
	[BINDING_ACK]       = { "BA",   MINIMAL_BYTES + 4 },
	[BINDING_ERROR]     = { "BE",   MINIMAL_BYTES + 16 },
};

static const struct name update_flags[] = {
	{ 0x8000, "A" },
	{ 0x4000, "H" },
	{ 0x2000, "L" },
	{ 0x1000, "K" },
	{ 0x0800, "M" },
	{ 0x0400, "R" },
	{ 0x0200, "P" },
};
/* clang-format on */

/* The shortest option of a kind, with its first two bytes. */
static uint32_t minimal_option(uint8_t kind)
{
	switch (kind) {
	case OPTION_PAD1: return 1;
	case OPTION_REFRESH: return 4;
	case OPTION_CARE_OF: return 18;
	case OPTION_NONCE: return 6;
	case OPTION_AUTH: return 12;
	default: return 2;
	}
}

static bool put_option(struct dissect *d, const uint8_t *p, uint32_t left)
{
	static const char *const short_names[] = {
		[OPTION_PADN] = "padn", [OPTION_REFRESH] = "refresh", [OPTION_CARE_OF] = "altcoa",
		[OPTION_NONCE] = "ni",  [OPTION_AUTH] = "auth",
	};

	if (left < minimal_option(p[0])) {
		putf(d, "(%s: trunc)", short_names[p[0]]);
		return false;
	}
	switch (p[0]) {
	case OPTION_PAD1: put(d, "(pad1)"); break;
	case OPTION_PADN: put(d, "(padn)"); break;
	case OPTION_REFRESH: putf(d, "(refresh: %u)", get_be16(d, p + 2) * 4u); break;
	case OPTION_CARE_OF:
		dissect_need(d, p + 2, 16);
		put(d, "(alt-CoA: ");
		put_ip6(d, p + 2);
		put_char(d, ')');
		break;
	case OPTION_NONCE:
		dissect_need(d, p + 2, 4);
		putf(d, "(ni: ho=0x%04x co=0x%04x)", load_be16(p + 2), load_be16(p + 4));
		break;
	case OPTION_AUTH: put(d, "(auth)"); break;
	default: putf(d, "(type-0x%02x: len=%u)", p[0], p[1]); break;
	}
	return true;
}

static bool put_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t bytes;

	for (; len > 0; p += bytes, len -= bytes) {
		bytes = 1;
		if (get_u8(d, p) != OPTION_PAD1) {
			if (len < 2)
				return false;
			bytes = get_u8(d, p + 1) + 2u;
		}
		if (bytes > len)
			return false;
		dissect_need(d, p + bytes, 1);
		if (!put_option(d, p, len))
			return false;
	}
	return true;
}

static void put_pair(struct dissect *d, const char *whose, const char *what, const uint8_t *p)
{
	if (d->o->verbose > 0)
		putf(d, " %s %s=%08x:%08x", whose, what, get_be32(d, p), get_be32(d, p + 4));
}

static void put_type(struct dissect *d, const uint8_t *p)
{
	const char *whose = p[2] == HOME_TEST_INIT || p[2] == HOME_TEST ? "Home" : "Care-of";

	switch (p[2]) {
	case HOME_TEST_INIT:
	case CARE_OF_TEST_INIT: put_pair(d, whose, "Init Cookie", p + 8); break;
	case HOME_TEST:
	case CARE_OF_TEST:
		putf(d, " nonce id=0x%x", get_be16(d, p + 6));
		put_pair(d, whose, "Init Cookie", p + 8);
		put_pair(d, whose, "Keygen Token", p + 16);
		break;
	case BINDING_UPDATE:
		putf(d, " seq#=%u", get_be16(d, p + 6));
		if (get_be16(d, p + 8) & 0xfe00) {
			put_char(d, ' ');
			put_bits(d, update_flags, ARRAY_LEN(update_flags), "", "",
				 load_be16(p + 8));
		}
		putf(d, " lifetime=%u", get_be16(d, p + 10) * 4u);
		break;
	case BINDING_ACK:
		putf(d, " status=%u", get_u8(d, p + 6));
		if (get_u8(d, p + 7) & 0x80)
			put(d, " K");
		putf(d, " seq#=%u", get_be16(d, p + 8));
		putf(d, " lifetime=%u", get_be16(d, p + 10) * 4u);
		break;
	case BINDING_ERROR:
		putf(d, " status=%u", get_u8(d, p + 6));
		dissect_need(d, p + 8, 16);
		put(d, " homeaddr ");
		put_ip6(d, p + 8);
		break;
	default: break;
	}
}

void print_ip6_mobility(struct dissect *d, const uint8_t *p)
{
	uint32_t len;
	uint8_t type;

	d->protocol = "mobility";
	len = (get_u8(d, p + 1) + 1u) * 8;
	type = get_u8(d, p + 2);
	if (type <= MOST_TYPE && len < types[type].bytes) {
		putf(d, "(header length %u is too small for type %u)", len, type);
		put_truncated(d);
		return;
	}
	put(d, "mobility: ");
	if (type > MOST_TYPE) {
		putf(d, "type-#%u len=%u", type, p[1]);
		return;
	}
	put(d, types[type].name);
	put_type(d, p);
	if (d->o->verbose > 0 && !put_options(d, p + types[type].bytes, len - types[type].bytes))
		put_truncated(d);
}
