/*
 * vxlan.c - Ethernet in UDP: VXLAN (RFC 7348) and its extension for other protocols
 * (draft-ietf-nvo3-vxlan-gpe).
 */
#include "dissect/link.h"

enum {
	HEADER_BYTES = 8,

	FLAG_INSTANCE = 0x08,

	NEXT_IP4 = 1,
	NEXT_IP6 = 2,
	NEXT_ETHERNET = 3,
	NEXT_NSH = 4,
};

static void print_frame(struct dissect *d, const uint8_t *p, uint32_t len)
{
	dissect_enter(d);
	print_ether(d, p, len);
	d->depth--;
}

void print_vxlan(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = { { FLAG_INSTANCE, "I" } };
	uint8_t set;

	d->protocol = "vxlan";
	put(d, "VXLAN");
	if (len < HEADER_BYTES) {
		put_invalid(d);
		return;
	}
	set = get_u8(d, p);
	put(d, ", flags [");
	put_bits(d, NAMES(flags), "", "invalid", set);
	putf(d, "] (0x%02x), ", set);
	putf(d, "vni %u\n", get_be24(d, p + 4));
	(void)get_u8(d, p + 7);
	print_frame(d, p + HEADER_BYTES, len - HEADER_BYTES);
}

/* False: nobody knows what it is. */
static bool print_next(struct dissect *d, uint8_t next, const uint8_t *p, uint32_t len)
{
	switch (next) {
	case NEXT_IP4: return print_ethertype(d, 0x0800, p, len);
	case NEXT_IP6: return print_ethertype(d, 0x86dd, p, len);
	case NEXT_ETHERNET: print_frame(d, p, len); return true;
	case NEXT_NSH: print_nsh(d, p, len); return true;
	default: put(d, "ERROR: unknown-next-protocol"); return false;
	}
}

void print_vxlan_gpe(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ FLAG_INSTANCE, "I" },
		{ 0x04, "P" }, /* there is a next protocol, which tcpdump takes for granted */
		{ 0x02, "B" }, /* broadcast, unknown unicast or multicast */
		{ 0x01, "O" }, /* for operators */
	};
	uint8_t set, next;

	d->protocol = "vxlan_gpe";
	put(d, "VXLAN-GPE, ");
	if (len < HEADER_BYTES) {
		putf(d, " (len %u < %u)", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	set = get_u8(d, p);
	put(d, "flags [");
	put_bits(d, NAMES(flags), "", "none", set);
	put(d, "], ");
	next = get_u8(d, p + 3);
	putf(d, "vni %u", get_be32(d, p + 4) >> 8);
	put(d, d->o->verbose ? "\n    " : ": ");
	if (!print_next(d, next, p + HEADER_BYTES, len - HEADER_BYTES))
		put_invalid(d);
}
