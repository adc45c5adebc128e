/*
 * lldp.c - the link layer discovery protocol (IEEE 802.1AB): who is at the other end of the cable.
 *
 * Without -v only the system's name is printed.
 */
#include "dissect/lldp.h"

#include <stdio.h>

#include "dissect/link.h"
#include "dissect/proto.h"

/* A TLV's value.  *dump says whether its bytes are dumped; false: it is cut short. */
typedef bool tlv_fn(struct dissect *d, const uint8_t *p, uint32_t len, bool *dump);

enum address_family { FAMILY_IP4 = 1, FAMILY_IP6 = 2, FAMILY_MAC = 6 };

static const struct name families[] = {
	{ 0, "Reserved" },      { FAMILY_IP4, "IPv4" },
	{ FAMILY_IP6, "IPv6" }, { 3, "NSAP" },
	{ 4, "HDLC" },          { 5, "BBN 1822" },
	{ FAMILY_MAC, "802" },  { 7, "E.163" },
	{ 8, "E.164" },         { 9, "F.69" },
	{ 10, "X.121" },        { 11, "Novell IPX" },
	{ 12, "Appletalk" },    { 13, "Decnet IV" },
	{ 14, "Banyan Vines" }, { 15, "E.164 with NSAP subaddress" },
	{ 25, "VPLS" },         { 196, "Layer-2 VPN" },
};

/* --- addresses -------------------------------------------------------------------------------- */

/* Does an address of this family fit into @len bytes? */
static bool address_fits(uint8_t family, uint32_t len)
{
	switch (family) {
	case FAMILY_IP4: return len >= 4;
	case FAMILY_IP6: return len >= 16;
	case FAMILY_MAC: return len >= 6;
	default: return true;
	}
}

/* A family and its address; nothing and false where there is too little. */
static bool print_network_address(struct dissect *d, const char *before, const uint8_t *p,
				  uint32_t len)
{
	if (len < 1 || !address_fits(get_u8(d, p), len - 1))
		return false;
	put(d, before);
	put(d, "AFI ");
	put_name(d, NAMES(families), "Unknown", p[0]);
	putf(d, " (%u)", p[0]);
	switch (p[0]) {
	case FAMILY_IP4:
		put(d, ": ");
		put_ip4(d, p + 1);
		break;
	case FAMILY_IP6:
		put(d, ": ");
		put_ip6(d, p + 1);
		break;
	case FAMILY_MAC:
		put(d, ": ");
		put_mac(d, p + 1);
		break;
	default: put(d, ", no AF printer !");
	}
	return true;
}

/* --- TLVs ------------------------------------------------------------------------------------- */

/* How the identity of a chassis or port is to be read. */
enum id_kind { ID_TEXT, ID_MAC, ID_NETWORK };

struct id_type {
	const char *name;
	enum id_kind kind;
};

static bool print_id(struct dissect *d, const uint8_t *p, uint32_t len, const struct id_type *type,
		     bool *dump)
{
	putf(d, "\n\t  Subtype %s (%u): ", type ? type->name : "Unknown", p[0]);
	if (!type) {
		*dump = true;
		return true;
	}
	switch (type->kind) {
	case ID_MAC:
		if (len < 1 + 6)
			return false;
		put_mac(d, p + 1);
		return true;
	case ID_NETWORK: return print_network_address(d, "", p + 1, len - 1);
	case ID_TEXT: put_text_to_nul(d, p + 1, len - 1); return true;
	}
	return true;
}

static bool print_chassis(struct dissect *d, const uint8_t *p, uint32_t len, bool *dump)
{
	static const struct id_type types[] = {
		{ "Chassis component", ID_TEXT },
		{ "Interface alias", ID_TEXT },
		{ "Port component", ID_TEXT },
		{ "MAC address", ID_MAC },
		{ "Network address", ID_NETWORK },
		{ "Interface name", ID_TEXT },
		{ "Local", ID_TEXT },
	};

	if (len < 2)
		return false;
	return print_id(d, p, len, p[0] - 1U < ARRAY_LEN(types) ? &types[p[0] - 1] : NULL, dump);
}

static bool print_port(struct dissect *d, const uint8_t *p, uint32_t len, bool *dump)
{
	static const struct id_type types[] = {
		{ "Interface alias", ID_TEXT }, { "Port component", ID_TEXT },
		{ "MAC address", ID_MAC },      { "Network Address", ID_NETWORK },
		{ "Interface Name", ID_TEXT },  { "Agent circuit ID", ID_TEXT },
		{ "Local", ID_TEXT },
	};

	if (len < 2)
		return false;
	return print_id(d, p, len, p[0] - 1U < ARRAY_LEN(types) ? &types[p[0] - 1] : NULL, dump);
}

static bool print_time(struct dissect *d, const uint8_t *p, uint32_t len, UNUSED bool *dump)
{
	if (len < 2)
		return false;
	putf(d, ": TTL %us", get_be16(d, p));
	return true;
}

static bool print_text(struct dissect *d, const uint8_t *p, uint32_t len, UNUSED bool *dump)
{
	put(d, ": ");
	put_text_to_nul(d, p, len);
	return true;
}

static bool print_description(struct dissect *d, const uint8_t *p, uint32_t len, UNUSED bool *dump)
{
	put(d, "\n\t  ");
	put_text_to_nul(d, p, len);
	return true;
}

static void put_capabilities(struct dissect *d, const char *what, uint16_t capabilities)
{
	static const struct name names[] = {
		{ 0x01, "Other" },   { 0x02, "Repeater" },     { 0x04, "Bridge" },
		{ 0x08, "WLAN AP" }, { 0x10, "Router" },       { 0x20, "Telephone" },
		{ 0x40, "Docsis" },  { 0x80, "Station Only" },
	};

	put(d, what);
	put(d, " Capabilities [");
	put_bits(d, NAMES(names), ", ", "none", capabilities);
	putf(d, "] (0x%04x)", capabilities);
}

static bool print_capabilities(struct dissect *d, const uint8_t *p, uint32_t len, UNUSED bool *dump)
{
	if (len < 4)
		return false;
	put_capabilities(d, "\n\t  System ", get_be16(d, p));
	put_capabilities(d, "\n\t  Enabled", get_be16(d, p + 2));
	return true;
}

static bool print_management(struct dissect *d, const uint8_t *p, uint32_t len, UNUSED bool *dump)
{
	enum { INTERFACE_BYTES = 5 };
	static const struct name numberings[] = {
		{ 2, "Interface Index" },
		{ 3, "System Port Number" },
	};
	uint32_t address_len = p[0];
	char before[48];

	if (len - 1 < address_len)
		return false;
	(void)snprintf(before, sizeof before, "\n\t  Management Address length %u, ", address_len);
	if (!print_network_address(d, before, p + 1, address_len))
		return false;
	p += 1 + address_len;
	len -= 1 + address_len;
	if (len < INTERFACE_BYTES)
		return false;
	put(d, "\n\t  ");
	put_name(d, NAMES(numberings), "Unknown", p[0]);
	putf(d, " Interface Numbering (%u): %u", p[0], get_be32(d, p + 1));
	p += INTERFACE_BYTES;
	len -= INTERFACE_BYTES;
	if (len == 0)
		return true;
	if (len < 1U + p[0])
		return false;
	if (p[0]) {
		putf(d, "\n\t  OID length %u", p[0]);
		put_text_to_nul(d, p + 1, p[0]);
	}
	return true;
}

static lldp_organisation_fn *find_organisation(uint32_t oui)
{
	switch (oui) {
	case 0x0080c2: return print_lldp_8021;
	case 0x00120f: return print_lldp_8023;
	case 0x00005e: return print_lldp_iana;
	case 0x0012bb: return print_lldp_med;
	case 0x001b21: return print_lldp_dcbx;
	default: return NULL;
	}
}

static bool print_private(struct dissect *d, const uint8_t *p, uint32_t len, bool *dump)
{
	lldp_organisation_fn *print;
	const char *name;
	uint32_t oui;

	if (len < 3)
		return false;
	oui = get_be24(d, p);
	name = oui_name(oui);
	putf(d, ": OUI %s (0x%06x)", name ? name : "Unknown", oui);
	print = find_organisation(oui);
	*dump = print ? print(d, p, len) : true;
	return true;
}

/* --- the packet ------------------------------------------------------------------------------- */

enum { TYPE_END = 0, TYPE_SYSTEM_NAME = 5 };

/* clang-format off */
static const struct tlv {
	uint8_t type;
	const char *name;
	tlv_fn *print;
} tlvs[] = {
	{   TYPE_END, "End",                 NULL },
	{   1, "Chassis ID",                 print_chassis },
	{   2, "Port ID",                    print_port },
	{   3, "Time to Live",               print_time },
	{   4, "Port Description",           print_text },
	{   TYPE_SYSTEM_NAME, "System Name", print_text },
	{   6, "System Description",         print_description },
	{   7, "System Capabilities",        print_capabilities },
	{   8, "Management Address",         print_management },
	{ 127, "Organization specific",      print_private },
};
/* clang-format on */

static const struct tlv *find_tlv(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(tlvs); i++)
		if (tlvs[i].type == type)
			return &tlvs[i];
	return NULL;
}

/* False: it is shorter than it should be. */
static bool print_tlv(struct dissect *d, const struct tlv *tlv, const uint8_t *p, uint32_t len)
{
	bool dump = !tlv;

	if (tlv && (d->o->verbose || tlv->type == TYPE_SYSTEM_NAME) &&
	    !tlv->print(d, p, len, &dump))
		return false;
	if (d->o->verbose > 1 || (d->o->verbose && dump))
		put_hex_dump(d, "\n\t  ", p, len);
	return true;
}

/* False: the packet ends too early. */
static bool print_tlvs(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len >= 2) {
		const struct tlv *tlv;
		uint16_t head;
		uint32_t n;

		if (!dissect_has(d, p, 2))
			return false;
		head = get_be16(d, p);
		tlv = find_tlv(lldp_type(head));
		n = lldp_len(head);
		p += 2;
		len -= 2;
		if (d->o->verbose)
			putf(d, "\n\t%s TLV (%u), length %u", tlv ? tlv->name : "Unknown",
			     lldp_type(head), n);
		if (lldp_type(head) == TYPE_END || n == 0)
			return true;
		if (!dissect_has(d, p, n) || len < n || !print_tlv(d, tlv, p, n))
			return false;
		p += n;
		len -= n;
	}
	return true;
}

void print_lldp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "lldp";
	putf(d, "LLDP, length %u", len);
	if (!print_tlvs(d, p, len))
		put_truncated(d);
}
