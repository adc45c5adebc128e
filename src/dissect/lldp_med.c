/*
 * lldp_med.c - LLDP for media endpoints (ANSI/TIA-1057): where a telephone is, in which VLAN, and how
 * much power it needs.
 */
#include "dissect/lldp.h"

#include "dissect/proto.h"

enum {
	CAPABILITIES = 1,
	NETWORK_POLICY = 2,
	LOCATION = 3,
	POWER = 4,
	FIRST_INVENTORY = 5,
	LAST_INVENTORY = 11,

	LOCATION_COORDINATES = 1,
	LOCATION_CIVIC = 2,
	LOCATION_ELIN = 3,
};

static const struct name subtypes[] = {
	{ CAPABILITIES, "LLDP-MED Capabilities" },
	{ NETWORK_POLICY, "Network policy" },
	{ LOCATION, "Location identification" },
	{ POWER, "Extended power-via-MDI" },
	{ 5, "Inventory - hardware revision" },
	{ 6, "Inventory - firmware revision" },
	{ 7, "Inventory - software revision" },
	{ 8, "Inventory - serial number" },
	{ 9, "Inventory - manufacturer name" },
	{ 10, "Inventory - model name" },
	{ 11, "Inventory - asset ID" },
};

static void print_capabilities(struct dissect *d, const uint8_t *p)
{
	static const struct name capabilities[] = {
		{ 0x01, "LLDP-MED capabilities" },     { 0x02, "network policy" },
		{ 0x04, "location identification" },   { 0x08, "extended power via MDI-PSE" },
		{ 0x10, "extended power via MDI-PD" }, { 0x20, "Inventory" },
	};
	static const struct name devices[] = {
		{ 1, "endpoint class 1" },
		{ 2, "endpoint class 2" },
		{ 3, "endpoint class 3" },
		{ 4, "network connectivity" },
	};

	put(d, "\n\t    Media capabilities [");
	put_bits(d, NAMES(capabilities), ", ", "none", get_be16(d, p + 4));
	putf(d, "] (0x%04x)\n\t    Device type [", get_be16(d, p + 4));
	put_name(d, NAMES(devices), "unknown", p[6]);
	putf(d, "] (0x%02x)", p[6]);
}

static void print_policy(struct dissect *d, const uint8_t *p)
{
	static const struct name applications[] = {
		{ 1, "voice" },           { 2, "voice signaling" },
		{ 3, "guest voice" },     { 4, "guest voice signaling" },
		{ 5, "softphone voice" }, { 6, "video conferencing" },
		{ 7, "streaming video" }, { 8, "video signaling" },
	};
	static const struct name flags[] = {
		{ 0x80, "Unknown" },
		{ 0x40, "Tagged" },
		{ 0x20, "reserved" },
	};

	put(d, "\n\t    Application type [");
	put_name(d, NAMES(applications), "none", p[4]);
	putf(d, "] (0x%02x), Flags [", p[4]);
	put_bits(d, NAMES(flags), ", ", "none", p[5]);
	putf(d, "]\n\t    Vlan id %u, L2 priority %u, DSCP value %u",
	     (get_be16(d, p + 5) & 0x1ffeU) >> 1, (get_be16(d, p + 6) & 0x1ffU) >> 6,
	     get_be16(d, p + 6) & 0x3fU);
}

/* --- location --------------------------------------------------------------------------------- */

/* 34 bits. */
static uint64_t coordinate(struct dissect *d, const uint8_t *p)
{
	return (uint64_t)(p[0] & 3) << 32 | get_be32(d, p + 1);
}

static void print_coordinates(struct dissect *d, const uint8_t *p)
{
	static const struct name altitudes[] = {
		{ 1, "meters" },
		{ 2, "floors" },
	};
	static const struct name datums[] = {
		{ 1, "World Geodesic System 1984" },
		{ 2, "North American Datum 1983 (NAVD88)" },
		{ 3, "North American Datum 1983 (MLLW)" },
	};

	putf(d, "\n\t    Latitude resolution %u, latitude value ", p[5] >> 2);
	put_dec(d, coordinate(d, p + 5));
	putf(d, "\n\t    Longitude resolution %u, longitude value ", p[10] >> 2);
	put_dec(d, coordinate(d, p + 10));
	put(d, "\n\t    Altitude type ");
	put_name(d, NAMES(altitudes), "unknown", p[15] >> 4);
	putf(d, " (%u)\n\t    Altitude resolution %u, altitude value 0x%x\n\t    Datum ",
	     p[15] >> 4, get_be16(d, p + 15) >> 6 & 0x3fU, get_be32(d, p + 16) & 0x3fffffff);
	put_name(d, NAMES(datums), "unknown", p[20]);
	putf(d, " (0x%02x)", p[20]);
}

/* Elements of an address: the street, the town. */
static void print_civic_elements(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name types[] = {
		{ 1, "national subdivisions (state,canton,region,province,prefecture)" },
		{ 2, "county, parish, gun, district" },
		{ 3, "city, township, shi" },
		{ 4, "city division, borough, city district, ward chou" },
		{ 5, "neighborhood, block" },
		{ 6, "street" },
	};

	while (len >= 2) {
		uint8_t type = p[0];
		uint8_t n = p[1];

		put(d, "\n\t      CA type '");
		put_name(d, NAMES(types), "unknown", type);
		putf(d, "' (%u), length %u: ", type, n);
		len -= 2;
		if (type == 0 || n == 0 || len < n)
			return;
		put_text_to_nul(d, p + 2, n);
		p += 2 + n;
		len -= n;
	}
}

static void print_civic(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name subjects[] = {
		{ 0, "location of DHCP server" },
		{ 1, "location of the network element believed to be closest to the client" },
		{ 2, "location of the client" },
	};
	uint32_t n;

	if (len < 6)
		return;
	n = p[5];
	if (n < 3 || len < 7 + n)
		return;
	putf(d, "\n\t    LCI length %u, LCI what ", n);
	put_name(d, NAMES(subjects), "unknown", p[6]);
	putf(d, " (0x%02x), Country-code ", p[6]);
	put_text_to_nul(d, p + 7, 2);
	print_civic_elements(d, p + 9, n - 3);
}

static void print_location(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name formats[] = {
		{ LOCATION_COORDINATES, "coordinate-based LCI" },
		{ LOCATION_CIVIC, "civic address LCI" },
		{ LOCATION_ELIN, "ECS ELIN" },
	};

	put(d, "\n\t    Location data format ");
	put_name(d, NAMES(formats), "unknown", p[4]);
	putf(d, " (0x%02x)", p[4]);
	switch (p[4]) {
	case LOCATION_COORDINATES:
		if (len >= 21)
			print_coordinates(d, p);
		break;
	case LOCATION_CIVIC: print_civic(d, p, len); break;
	case LOCATION_ELIN:
		put(d, "\n\t    ECS ELIN id ");
		put_text_to_nul(d, p + 5, len - 5);
		break;
	default: put(d, "\n\t    Location ID "); put_hex_dump(d, "\n\t      ", p + 5, len - 5);
	}
}

/* --- power, inventory ------------------------------------------------------------------------- */

static void print_power(struct dissect *d, const uint8_t *p)
{
	enum { MOST_TENTHS = 1023 };
	static const struct name sources[] = {
		{ 1, "PSE - primary power source" },
		{ 2, "local - backup power source" },
		{ 3, "PSE+local - reserved" },
	};
	static const struct name priorities[] = {
		{ 1, "critical" },
		{ 2, "high" },
		{ 3, "low" },
	};
	uint16_t tenths = get_be16(d, p + 5);

	/* tcpdump looks for the type in the two lowest bits, not the highest. */
	putf(d, "\n\t    Power type [%s], Power source [", p[4] & 3 ? "PD device" : "PSE device");
	put_name(d, NAMES(sources), "none", p[4] >> 4 & 3);
	put(d, "]\n\t    Power priority [");
	put_name(d, NAMES(priorities), "none", p[4] & 15);
	putf(d, "] (0x%02x)", p[4] & 15U);
	if (tenths <= MOST_TENTHS)
		putf(d, ", Power %u.%u Watts", tenths / 10, tenths % 10);
	else
		putf(d, ", Power %u (Reserved)", tenths);
}

static void print_inventory(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const kinds[] = {
		"Hardware revision", "Firmware revision", "Software revision", "Serial number",
		"Manufacturer name", "Model name",        "Asset ID",
	};

	putf(d, "\n\t  %s ", kinds[p[3] - FIRST_INVENTORY]);
	put_text_to_nul(d, p + 4, len - 4);
}

bool print_lldp_med(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 4)
		return false;
	put(d, "\n\t  ");
	put_name(d, NAMES(subtypes), "unknown", p[3]);
	putf(d, " Subtype (%u)", p[3]);
	if (p[3] == CAPABILITIES && len >= 7)
		print_capabilities(d, p);
	else if (p[3] == NETWORK_POLICY && len >= 8)
		print_policy(d, p);
	else if (p[3] == LOCATION && len >= 5)
		print_location(d, p, len);
	else if (p[3] == POWER && len >= 7)
		print_power(d, p);
	else if (p[3] >= FIRST_INVENTORY && p[3] <= LAST_INVENTORY)
		print_inventory(d, p, len);
	return find_name(NAMES(subtypes), p[3]) == NULL;
}
