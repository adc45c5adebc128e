/*
 * dhcp.c - BOOTP (RFC 951) and DHCP (RFC 2131).
 */
#include "dissect/proto.h"

#include <string.h>

#include "dissect/dhcp_option.h"
#include "dissect/field.h"

/* Where the fields stand. */
enum {
	OP = 0,
	HARDWARE_TYPE = 1,
	HARDWARE_LEN = 2,
	HOPS = 3,
	XID = 4,
	SECS = 8,
	FLAGS = 10,
	CLIENT_IP = 12,
	YOUR_IP = 16,
	SERVER_IP = 20,
	GATEWAY_IP = 24,
	CLIENT_HARDWARE = 28,
	SERVER_NAME = 44,
	SERVER_NAME_BYTES = 64,
	FILE_NAME = 108,
	FILE_NAME_BYTES = 128,
	VENDOR = 236,
};

enum { REQUEST = 1, REPLY = 2, ETHERNET = 1, MAC_BYTES = 6 };

/* clang-format off */
static const struct name ops[] = {
	{ REQUEST, "Request" },
	{ REPLY,   "Reply" },
};

static const struct name flag_names[] = {
	{ 0x8000, "Broadcast" },
};

static const struct {
	uint8_t offset;
	const char *title;
} addresses[] = {
	{ CLIENT_IP,  "\n\t  Client-IP " },
	{ YOUR_IP,    "\n\t  Your-IP " },
	{ SERVER_IP,  "\n\t  Server-IP " },
	{ GATEWAY_IP, "\n\t  Gateway-IP " },
};

/* What CMU's BOOTP clients had behind their magic "CMU". */
static const struct {
	uint8_t offset;
	const char *title;
} cmu_addresses[] = {
	{ 12, " DG:" },
	{  8, " SM:" },
	{ 16, " NS1:" },
	{ 20, " NS2:" },
	{ 24, " IEN1:" },
	{ 28, " IEN2:" },
	{ 32, " TS1:" },
	{ 36, " TS2:" },
};
/* clang-format on */

/* Fields that are zero are not printed. */
static void put_unless_zero(struct dissect *d, uint32_t value, const char *title)
{
	if (value == 0)
		return;
	put(d, title);
	put_dec(d, value);
}

static void put_head(struct dissect *d, const uint8_t *p)
{
	uint32_t flags;

	if (p[HARDWARE_TYPE] != ETHERNET) {
		put(d, ", htype ");
		put_dec(d, p[HARDWARE_TYPE]);
	}
	if (p[HARDWARE_TYPE] != ETHERNET || p[HARDWARE_LEN] != MAC_BYTES) {
		put(d, ", hlen ");
		put_dec(d, p[HARDWARE_LEN]);
	}
	put_unless_zero(d, p[HOPS], ", hops ");
	if (load_be32(p + XID)) {
		put(d, ", xid 0x");
		put_hex(d, load_be32(p + XID), 1);
	}
	put_unless_zero(d, load_be16(p + SECS), ", secs ");
	flags = get_be16(d, p + FLAGS);
	put(d, ", Flags [");
	put_bits(d, flag_names, ARRAY_LEN(flag_names), ", ", "none", flags);
	put_char(d, ']');
	if (d->o->verbose > 1) {
		put(d, " (0x");
		put_hex(d, flags, 4);
		put_char(d, ')');
	}
}

static void put_addresses(struct dissect *d, const uint8_t *p)
{
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		if (get_be32(d, p + addresses[i].offset) == 0)
			continue;
		put(d, addresses[i].title);
		put_ip4(d, p + addresses[i].offset);
	}
	if (p[HARDWARE_TYPE] == ETHERNET && p[HARDWARE_LEN] == MAC_BYTES) {
		dissect_need(d, p + CLIENT_HARDWARE, MAC_BYTES);
		put(d, "\n\t  Client-Ethernet-Address ");
		put_mac(d, p + CLIENT_HARDWARE);
	}
}

/* A name in a field of @n bytes.  False if it does not end within. */
static bool put_field(struct dissect *d, const uint8_t *p, uint32_t n, const char *title)
{
	bool ends;

	if (get_u8(d, p) == 0)
		return true;
	put(d, title);
	ends = put_string(d, p, n) > 0;
	put_char(d, '"');
	return ends;
}

static void put_cmu(struct dissect *d, const uint8_t *p)
{
	uint8_t flags;

	put(d, " vend-cmu");
	if (!dissect_has(d, p + 4, 4)) {
		put_truncated(d);
		return;
	}
	flags = p[4];
	if (flags & ~1)
		putf(d, " F:0x%x", flags);
	for (size_t i = 0; i < ARRAY_LEN(cmu_addresses); i++) {
		const uint8_t *address = p + cmu_addresses[i].offset;

		if (!dissect_has(d, address, 4)) {
			put_truncated(d);
			return;
		}
		if (load_be32(address) == 0)
			continue;
		if (i == 1 && !(flags & 1)) /* the mask is said not to be valid */
			put(d, " SM*:");
		else
			put(d, cmu_addresses[i].title);
		put_ip4(d, address);
	}
}

static void put_vendor(struct dissect *d, const uint8_t *p)
{
	uint32_t magic = load_be32(p);

	switch (magic) {
	case 0: break;
	case 0x63825363:
		put(d, "\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363");
		put_dhcp_options(d, p + 4);
		break;
	case 0x434d5500: put_cmu(d, p); break;
	default: putf(d, "\n\t  Vendor-#0x%x", magic); break;
	}
}

void print_bootp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "bootp";
	dissect_need(d, p, 1);
	put(d, "BOOTP/DHCP, ");
	put_name(d, ops, ARRAY_LEN(ops), "unknown (0x%02x)", p[OP]);
	dissect_need(d, p, HARDWARE_LEN + 1);
	if (p[HARDWARE_TYPE] == ETHERNET && p[HARDWARE_LEN] == MAC_BYTES && p[OP] == REQUEST) {
		dissect_need(d, p + CLIENT_HARDWARE, MAC_BYTES);
		put(d, " from ");
		put_mac(d, p + CLIENT_HARDWARE);
	}
	put(d, ", length ");
	put_dec(d, len);
	if (!d->o->verbose)
		return;
	if (!dissect_has(d, p, SECS + 2)) {
		put_truncated(d);
		return;
	}
	put_head(d, p);
	put_addresses(d, p);
	if (put_field(d, p + SERVER_NAME, SERVER_NAME_BYTES, "\n\t  sname \"") &&
	    put_field(d, p + FILE_NAME, FILE_NAME_BYTES, "\n\t  file \"") &&
	    dissect_has(d, p + VENDOR, 4))
		put_vendor(d, p + VENDOR);
	else
		put_truncated(d);
}
