/*
 * lldp_8021.c - what IEEE 802.1 added to LLDP: VLANs, and the queues of data centres.
 */
#include "dissect/lldp.h"

#include "dissect/proto.h"

/* A subtype's value; @len includes the number and the subtype before it, and is at least what the
 * table says. */
typedef void value_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static const struct name aggregation[] = {
	{ 0x01, "supported" },
	{ 0x02, "enabled" },
};

static void print_port_vlan(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "\n\t    port vlan id (PVID): %u", get_be16(d, p + 4));
}

static void print_protocol_vlan(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const struct name flags[] = {
		{ 0x02, "supported" },
		{ 0x04, "enabled" },
	};

	putf(d, "\n\t    port and protocol vlan id (PPVID): %u, flags [", get_be16(d, p + 5));
	put_bits(d, NAMES(flags), ", ", "none", p[4]);
	putf(d, "] (0x%02x)", p[4]);
}

static void print_vlan_name(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    vlan id (VID): %u", get_be16(d, p + 4));
	if (len < 7 || len < 7U + p[6])
		return;
	put(d, "\n\t    vlan name: ");
	put_text_to_nul(d, p + 7, p[6]);
}

static void print_protocol_identity(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 5U + p[4])
		return;
	put(d, "\n\t    protocol identity: ");
	put_text_to_nul(d, p + 5, p[4]);
}

static void print_aggregation(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	put(d, "\n\t    aggregation status [");
	put_bits(d, NAMES(aggregation), ", ", "none", p[4]);
	putf(d, "], aggregation port ID %u", get_be32(d, p + 5));
}

/* One bit for each priority. */
static void print_priority_bits(struct dissect *d, const char *what, uint8_t bits)
{
	put(d, what);
	put(d, "\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : ");
	for (int i = 0; i < 8; i++)
		putf(d, "%-2d ", bits >> i & 1);
}

static void print_congestion(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	print_priority_bits(d, "\n\t    Pre-Priority CNPV Indicator", p[4]);
	print_priority_bits(d, "\n\t    Pre-Priority Ready Indicator", p[5]);
}

static void print_row(struct dissect *d, const char *head, const uint8_t *values)
{
	put(d, head);
	for (int i = 0; i < 8; i++)
		putf(d, " %-3d", values[i]);
}

/* Three tables, which configuration and recommendation have alike. */
static void print_ets_tables(struct dissect *d, const uint8_t *p)
{
	uint8_t priorities[8];

	for (int i = 0; i < 8; i++)
		priorities[i] = i % 2 ? p[5 + i / 2] & 15 : p[5 + i / 2] >> 4;
	put(d, "\n\t    Priority Assignment Table"
	       "\n\t     Priority : 0   1   2   3   4   5   6   7");
	print_row(d, "\n\t     Value    :", priorities);
	put(d, "\n\t    TC Bandwidth Table"
	       "\n\t     TC%   : 0   1   2   3   4   5   6   7");
	print_row(d, "\n\t     Value :", p + 9);
	put(d, "\n\t    TSA Assignment Table"
	       "\n\t     Traffic Class: 0   1   2   3   4   5   6   7");
	print_row(d, "\n\t     Value        :", p + 17);
}

static void print_ets_configuration(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "\n\t    Willing:%u, CBS:%u, RES:%u, Max TCs:%u", p[4] >> 7, p[4] >> 6 & 2U,
	     p[4] >> 3 & 7U, p[4] & 7U);
	print_ets_tables(d, p);
}

static void print_ets_recommendation(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "\n\t    RES: %u", p[4]);
	print_ets_tables(d, p);
}

static void print_flow_control(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "\n\t    Willing: %u, MBC: %u, RES: %u, PFC cap:%u ", p[4] >> 7, p[4] >> 6 & 1U,
	     p[4] >> 4 & 3U, p[4] & 15U);
	print_priority_bits(d, "\n\t    PFC Enable", p[5]);
}

static void print_application(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    RES: %u", p[4]);
	if (len == 5 || (len - 5) % 3)
		return;
	put(d, "\n\t    Application Priority Table");
	for (uint32_t at = 5; at < len; at += 3)
		putf(d, "\n\t      Priority: %u, RES: %u, Sel: %u, Protocol ID: %u", p[at] >> 5,
		     p[at] >> 3 & 3U, p[at] & 7U, get_be16(d, p + at + 1));
}

static void print_evb(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const char *const modes[] = { "Not Supported", "EVB Bridge", "EVB Station",
					     "Reserved for future Standardization" };

	putf(d, "\n\t    EVB Bridge Status\n\t      RES: %u, BGID: %u, RRCAP: %u, RRCTR: %u",
	     p[4] >> 3, p[4] >> 2 & 1U, p[4] >> 1 & 1U, p[4] & 1U);
	putf(d, "\n\t    EVB Station Status\n\t      RES: %u, SGID: %u, RRREQ: %u,RRSTAT: %u",
	     p[5] >> 4, p[5] >> 3 & 1U, p[5] >> 2 & 1U, p[5] & 3U);
	putf(d, "\n\t    R: %u, RTE: %u, EVB Mode: %s [%u]", p[6] >> 5, p[6] & 0x1fU,
	     modes[p[7] >> 6], p[7] >> 6);
	putf(d, "\n\t    ROL: %u, RWD: %u, RES: %u, ROL: %u, RKA: %u", p[7] >> 5 & 1U, p[7] & 0x1fU,
	     p[8] >> 6, p[8] >> 5 & 1U, p[8] & 0x1fU);
}

static void print_cdcp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    Role: %u, RES: %u, Scomp: %u ChnCap: %u", p[4] >> 7, p[4] >> 4 & 7U,
	     p[4] >> 3 & 1U, get_be16(d, p + 6) & 0xfffU);
	if ((len - 8) % 3)
		return;
	for (uint32_t at = 8; at < len; at += 3) {
		uint32_t pair = get_be24(d, p + at);

		putf(d, "\n\t    SCID: %u, SVID: %u", pair >> 12, pair & 0xfff);
	}
}

/* clang-format off */
static const struct subtype {
	uint8_t number;
	uint8_t least; /* bytes */
	const char *name;
	value_fn *print;
} subtypes[] = {
	{  1,  6, "Port VLAN Id",              print_port_vlan },
	{  2,  7, "Port and Protocol VLAN ID", print_protocol_vlan },
	{  3,  6, "VLAN name",                 print_vlan_name },
	{  4,  5, "Protocol Identity",         print_protocol_identity },
	{  7,  9, "Link aggregation",          print_aggregation },
	{  8,  6, "Congestion Notification",   print_congestion },
	{  9, 25, "ETS Configuration",         print_ets_configuration },
	{ 10, 25, "ETS Recommendation",        print_ets_recommendation },
	{ 11,  6, "Priority Flow Control Configuration", print_flow_control },
	{ 12,  5, "Application Priority",      print_application },
	{ 13,  9, "EVB",                       print_evb },
	{ 14,  8, "CDCP",                      print_cdcp },
};
/* clang-format on */

static const struct subtype *find_subtype(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(subtypes); i++)
		if (subtypes[i].number == number)
			return &subtypes[i];
	return NULL;
}

bool print_lldp_8021(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const struct subtype *subtype;

	if (len < 4)
		return false;
	subtype = find_subtype(p[3]);
	putf(d, "\n\t  %s Subtype (%u)", subtype ? subtype->name : "unknown", p[3]);
	if (subtype && len >= subtype->least)
		subtype->print(d, p, len);
	return !subtype;
}
