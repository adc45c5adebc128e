/*
 * lldp_dcbx.c - the data centre bridging exchange, as Intel and others had it before IEEE 802.1: TLVs
 * within an LLDP TLV.
 */
#include "dissect/lldp.h"

#include "dissect/proto.h"

/* A TLV's value, of which there are at least as many bytes as the table says. */
typedef void feature_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static void print_versions(struct dissect *d, const uint8_t *p)
{
	putf(d, "\n\t      Oper_Version: %u\n\t      Max_Version: %u", p[0], p[1]);
}

/* What all features begin with. */
static void print_feature(struct dissect *d, const uint8_t *p)
{
	print_versions(d, p);
	putf(d, "\n\t      Info block(0x%02X): Enable bit: %u, Willing bit: %u, Error Bit: %u",
	     p[2], p[2] >> 7, p[2] >> 6 & 1U, p[2] >> 5 & 1U);
	putf(d, "\n\t      SubType: %u", p[3]);
}

static void print_control(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    Control - Protocol Control (type 0x1, length %u)", len);
	print_versions(d, p);
	putf(d, "\n\t      Sequence Number: %u\n\t      Acknowledgement Number: %u",
	     get_be32(d, p + 2), get_be32(d, p + 6));
}

static void print_groups(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t groups = get_be32(d, p + 4);

	putf(d, "\n\t    Feature - Priority Group (type 0x2, length %u)", len);
	print_feature(d, p);
	put(d, "\n\t      Priority Allocation");
	for (unsigned int i = 0; i < 8; i++)
		putf(d, "\n\t          PgId_%u: %u", i, groups >> (28 - 4 * i) & 15);
	put(d, "\n\t      Priority Group Allocation");
	for (unsigned int i = 0; i < 8; i++)
		putf(d, "\n\t          Pg percentage[%u]: %u", i, p[8 + i]);
	putf(d, "\n\t      NumTCsSupported: %u", p[16]);
}

static void print_flow_control(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    Feature - Priority Flow Control (type 0x3, length %u)", len);
	print_feature(d, p);
	putf(d, "\n\t      PFC Config (0x%02X)", p[4]);
	for (unsigned int i = 0; i < 8; i++)
		putf(d, "\n\t          Priority Bit %u: %s", i,
		     p[4] >> i & 1 ? "Enabled" : "Disabled");
	putf(d, "\n\t      NumTCPFCSupported: %u", p[5]);
}

static void print_application(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, "\n\t    Feature - Application (type 0x4, length %u)", len);
	print_feature(d, p);
	for (uint32_t at = 4; at + 6 <= len; at += 6) {
		uint32_t selector = get_be24(d, p + at + 2);

		putf(d, "\n\t      Application Value\n\t          Application Protocol ID: 0x%04x",
		     get_be16(d, p + at));
		putf(d, "\n\t          SF (0x%x) Application Protocol ID is %s", selector >> 22,
		     selector >> 22 ? "Socket Number" : "L2 EtherType");
		putf(d, "\n\t          OUI: 0x%06x\n\t          User Priority Map: 0x%02x",
		     selector & 0x3fffff, p[at + 5]);
	}
}

/* clang-format off */
static const struct feature {
	uint8_t least;
	feature_fn *print;
} features[] = {
	[1] = { 10, print_control },
	[2] = { 17, print_groups },
	[3] = {  6, print_flow_control },
	[4] = {  4, print_application },
};
/* clang-format on */

static const struct feature *find_feature(uint8_t type)
{
	return type < ARRAY_LEN(features) && features[type].print ? &features[type] : NULL;
}

bool print_lldp_dcbx(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name subtypes[] = {
		{ 1, "DCB Capability Exchange Protocol Rev 1" },
		{ 2, "DCB Capability Exchange Protocol Rev 1.01" },
	};
	bool dump = false;

	if (len < 4)
		return false;
	put(d, "\n\t  ");
	put_name(d, NAMES(subtypes), "unknown", p[3]);
	putf(d, " Subtype (%u)", p[3]);
	if (p[3] == 1)
		return true;
	p += 4;
	for (len -= 4; len >= 2;) {
		uint16_t head = get_be16(d, p);
		const struct feature *feature = find_feature(lldp_type(head));
		uint32_t n = lldp_len(head);

		dump = false;
		p += 2;
		len -= 2;
		if (lldp_type(head) == 0 || n == 0 || len < n || (feature && n < feature->least))
			break;
		if (feature)
			feature->print(d, p, n);
		else
			dump = true;
		if (d->o->verbose > 1 || dump)
			put_hex_dump(d, "\n\t    ", p, n);
		p += n;
		len -= n;
	}
	return dump;
}
