/*
 * lldp_8023.c - what IEEE 802.3 and the IANA added to LLDP: how fast the cable is, and what a device
 * is for.
 */
#include "dissect/lldp.h"

#include "dissect/proto.h"

enum { MAC_PHY = 1, POWER = 2, AGGREGATION = 3, FRAME_SIZE = 4 };

static const struct name able[] = {
	{ 0x01, "supported" },
	{ 0x02, "enabled" },
};

static const struct name modes[] = {
	{ 0x4000, "10BASE-T hdx" },
	{ 0x2000, "10BASE-T fdx" },
	{ 0x1000, "100BASE-T4" },
	{ 0x0800, "100BASE-TX hdx" },
	{ 0x0400, "100BASE-TX fdx" },
	{ 0x0200, "100BASE-T2 hdx" },
	{ 0x0100, "100BASE-T2 fdx" },
	{ 0x0080, "Pause for fdx links" },
	{ 0x0040, "Asym PAUSE for fdx" },
	{ 0x0020, "Sym PAUSE for fdx" },
	{ 0x0010, "Asym and Sym PAUSE for fdx" },
	{ 0x0008, "1000BASE-{X LX SX CX} hdx" },
	{ 0x0004, "1000BASE-{X LX SX CX} fdx" },
	{ 0x0002, "1000BASE-T hdx" },
	{ 0x0001, "1000BASE-T fdx" },
};

/* Media attachment units: dot3MauType of RFC 3636. */
static const char *const attachments[] = {
	"Unknown",
	"AUI",
	"10BASE_5",
	"FOIRL",
	"10BASE2",
	"10BASET duplex mode unknown",
	"10BASEFP",
	"10BASEFB",
	"10BASEFL duplex mode unknown",
	"10BROAD36",
	"10BASET hdx",
	"10BASET fdx",
	"10BASEFL hdx",
	"10BASEFL fdx",
	"100BASET4",
	"100BASETX hdx",
	"100BASETX fdx",
	"100BASEFX hdx",
	"100BASEFX fdx",
	"100BASET2 hdx",
	"100BASET2 fdx",
	"1000BASEX hdx",
	"1000BASEX fdx",
	"1000BASELX hdx",
	"1000BASELX fdx",
	"1000BASESX hdx",
	"1000BASESX fdx",
	"1000BASECX hdx",
	"1000BASECX fdx",
	"1000BASET hdx",
	"1000BASET fdx",
	"10GBASEX",
	"10GBASELX4",
	"10GBASER",
	"10GBASEER",
	"10GBASELR",
	"10GBASESR",
	"10GBASEW",
	"10GBASEEW",
	"10GBASELW",
	"10GBASESW",
};

static void print_mac_phy(struct dissect *d, const uint8_t *p)
{
	uint16_t attachment = get_be16(d, p + 7);

	put(d, "\n\t    autonegotiation [");
	put_bits(d, NAMES(able), ", ", "none", p[4]);
	putf(d, "] (0x%02x)\n\t    PMD autoneg capability [", p[4]);
	put_bits(d, NAMES(modes), ", ", "unknown", get_be16(d, p + 5));
	putf(d, "] (0x%04x)\n\t    MAU type %s (0x%04x)", get_be16(d, p + 5),
	     attachment < ARRAY_LEN(attachments) ? attachments[attachment] : "unknown", attachment);
}

static void print_power(struct dissect *d, const uint8_t *p)
{
	static const struct name support[] = {
		{ 0x01, "PSE" },
		{ 0x02, "supported" },
		{ 0x04, "enabled" },
		{ 0x08, "can be controlled" },
	};
	static const struct name pairs[] = {
		{ 1, "signal" },
		{ 2, "spare" },
	};
	static const struct name classes[] = {
		{ 1, "class0" }, { 2, "class1" }, { 3, "class2" }, { 4, "class3" }, { 5, "class4" },
	};

	put(d, "\n\t    MDI power support [");
	put_bits(d, NAMES(support), ", ", "none", p[4]);
	put(d, "], power pair ");
	put_name(d, NAMES(pairs), "unknown", p[5]);
	put(d, ", power class ");
	put_name(d, NAMES(classes), "unknown", p[6]);
}

static void print_aggregation(struct dissect *d, const uint8_t *p)
{
	put(d, "\n\t    aggregation status [");
	put_bits(d, NAMES(able), ", ", "none", p[4]);
	putf(d, "], aggregation port ID %u", get_be32(d, p + 5));
}

bool print_lldp_8023(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name subtypes[] = {
		{ MAC_PHY, "MAC/PHY configuration/status" },
		{ POWER, "Power via MDI" },
		{ AGGREGATION, "Link aggregation" },
		{ FRAME_SIZE, "Max frame size" },
	};

	if (len < 4)
		return false;
	put(d, "\n\t  ");
	put_name(d, NAMES(subtypes), "unknown", p[3]);
	putf(d, " Subtype (%u)", p[3]);
	if (p[3] == MAC_PHY && len >= 9)
		print_mac_phy(d, p);
	else if (p[3] == POWER && len >= 7)
		print_power(d, p);
	else if (p[3] == AGGREGATION && len >= 9)
		print_aggregation(d, p);
	else if (p[3] == FRAME_SIZE && len >= 6)
		putf(d, "\n\t    MTU size %u", get_be16(d, p + 4));
	return find_name(NAMES(subtypes), p[3]) == NULL;
}

bool print_lldp_iana(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { MUD_URL = 1 };

	if (len < 8)
		return false;
	putf(d, "\n\t  %s Subtype (%u)", p[3] == MUD_URL ? "MUD-URL" : "unknown", p[3]);
	if (p[3] != MUD_URL)
		return true;
	put(d, "\n\t  MUD-URL=");
	put_text(d, p + 4, len - 4);
	return false;
}
