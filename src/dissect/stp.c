/*
 * stp.c - the spanning tree protocols of bridges: STP, RSTP, MSTP and SPB (IEEE 802.1D, 802.1Q).
 *
 * Each is the one before with something added at its end, so one header serves all.
 */
#include "dissect/link.h"

enum {
	VERSION_STP = 0,
	VERSION_RSTP = 2,
	VERSION_MSTP = 3,
	VERSION_SPB = 4,

	TYPE_CONFIG = 0,
	TYPE_RAPID = 2,

	AT_FLAGS = 4,
	AT_ROOT = 5,
	AT_ROOT_COST = 13,
	AT_BRIDGE = 17,
	AT_PORT = 25,
	AT_TIMES = 27,
	AT_V1_LEN = 35,

	CONFIG_BYTES = 35,
	RAPID_BYTES = 36,

	/* MSTP */
	AT_V3_LEN = 36,
	AT_NAME = 39,
	AT_REVISION = 71,
	AT_DIGEST = 73,
	AT_INTERNAL_COST = 89,
	AT_CIST_BRIDGE = 93,
	AT_HOPS = 101,
	AT_INSTANCES = 102,
	MSTP_BYTES = 102,
	MSTP_V3_BYTES = 64, /* of version 3's length that come before the instances */
	INSTANCE_BYTES = 16,
	NAME_BYTES = 32,

	/* SPB, from its own length on */
	SPB_BYTES = 87,
	SPB_AT_NAME = 3,
	SPB_AT_REVISION = 35,
	SPB_AT_DIGEST = 37,
	SPB_AT_AGREEMENT = 53,
	SPB_AT_FORMAT = 55,
	SPB_AT_CONVENTION = 56,
	SPB_AT_EDGES = 57,
	SPB_AT_TOPOLOGY = 67,
};

static const struct name versions[] = {
	{ VERSION_STP, "802.1d" },
	{ VERSION_RSTP, "802.1w" },
	{ VERSION_MSTP, "802.1s" },
	{ VERSION_SPB, "802.1aq" },
};

static const struct name types[] = {
	{ TYPE_CONFIG, "Config" },
	{ TYPE_RAPID, "Rapid STP" },
	{ 0x80, "Topology Change" },
};

static const struct name bpdu_flags[] = {
	{ 0x01, "Topology change" }, { 0x02, "Proposal" },  { 0x10, "Learn" },
	{ 0x20, "Forward" },         { 0x40, "Agreement" }, { 0x80, "Topology change ACK" },
};

static const char *port_role(uint8_t flags)
{
	static const char *const roles[] = { "Unknown", "Alternate", "Root", "Designated" };

	return roles[flags >> 2 & 3];
}

static void put_bpdu_flags(struct dissect *d, uint8_t flags)
{
	put_bits(d, NAMES(bpdu_flags), ", ", "none", flags);
}

/* Priority and address; what is missing is missed before anything is printed. */
static void put_bridge(struct dissect *d, const char *what, const uint8_t *p)
{
	dissect_need(d, p, 8);
	put(d, what);
	put_hex(d, get_be16(d, p), 4);
	for (int i = 2; i < 8; i++) {
		put_char(d, i == 2 ? '.' : ':');
		put_hex(d, p[i], 2);
	}
}

/* In 256ths of a second. */
static double seconds(struct dissect *d, const uint8_t *p)
{
	return (double)get_be16(d, p) / 256;
}

static void print_times(struct dissect *d, const uint8_t *p)
{
	const uint8_t *times = p + AT_TIMES;

	dissect_need(d, times, 8);
	putf(d, "\n\tmessage-age %.2fs, max-age %.2fs, hello-time %.2fs, forwarding-delay %.2fs",
	     seconds(d, times), seconds(d, times + 2), seconds(d, times + 4),
	     seconds(d, times + 6));
}

static void put_cost(struct dissect *d, const char *what, const uint8_t *p)
{
	put(d, what);
	put_dec(d, get_be32(d, p));
}

/* 16 or 20 bytes as one number. */
static void put_digest(struct dissect *d, const char *what, const uint8_t *p, uint32_t n)
{
	put(d, what);
	put_hex_bytes(d, p, n);
}

static void print_config(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t flags = get_u8(d, p + AT_FLAGS);

	put(d, ", Flags [");
	put_bpdu_flags(d, flags);
	put_char(d, ']');
	dissect_need(d, p + AT_BRIDGE, 10);
	put_bridge(d, ", bridge-id ", p + AT_BRIDGE);
	putf(d, ".%04x, length %u", get_be16(d, p + AT_PORT), len);
	if (!d->o->verbose)
		return;
	print_times(d, p);
	put_bridge(d, "\n\troot-id ", p + AT_ROOT);
	put_cost(d, ", root-pathcost ", p + AT_ROOT_COST);
	if (p[2] == VERSION_RSTP)
		putf(d, ", port-role %s", port_role(flags));
}

static void print_instance(struct dissect *d, const uint8_t *p)
{
	uint16_t id = get_be16(d, p + 1) & 0xfff;

	putf(d, "\n\tMSTI %u, Flags [", id);
	put_bpdu_flags(d, p[0]);
	putf(d, "], port-role %s", port_role(p[0]));
	dissect_need(d, p + 1, 12);
	put_bridge(d, "\n\t\tMSTI regional-root-id ", p + 1);
	put_cost(d, ", pathcost ", p + 9);
	dissect_need(d, p, INSTANCE_BYTES);
	putf(d, "\n\t\tMSTI bridge-prio %u, port-prio %u, hops %u", p[13] >> 4, p[14] >> 4, p[15]);
}

static void print_mstp_config(struct dissect *d, const uint8_t *p)
{
	putf(d, "\n\tv3len %u, MCID Name ", get_be16(d, p + AT_V3_LEN));
	put_text_to_nul(d, p + AT_NAME, NAME_BYTES);
	dissect_need(d, p + AT_REVISION, 18);
	putf(d, ", rev %u,", get_be16(d, p + AT_REVISION));
	put_digest(d, "\n\t\tdigest ", p + AT_DIGEST, 16);
	put(d, ", ");
	dissect_need(d, p + AT_INTERNAL_COST, 4);
	put_cost(d, "CIST int-root-pathcost ", p + AT_INTERNAL_COST);
	put_char(d, ',');
	put_bridge(d, "\n\tCIST bridge-id ", p + AT_CIST_BRIDGE);
	put(d, ", ");
	putf(d, "CIST remaining-hops %u", get_u8(d, p + AT_HOPS));
}

static void print_mstp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t flags = get_u8(d, p + AT_FLAGS);
	uint16_t v3_len = get_be16(d, p + AT_V3_LEN);

	put(d, ", CIST Flags [");
	put_bpdu_flags(d, flags);
	putf(d, "], length %u", len);
	if (!d->o->verbose)
		return;
	putf(d, "\n\tport-role %s, ", port_role(flags));
	put_bridge(d, "CIST root-id ", p + AT_ROOT);
	put_cost(d, ", CIST ext-pathcost ", p + AT_ROOT_COST);
	put_bridge(d, "\n\tCIST regional-root-id ", p + AT_BRIDGE);
	putf(d, ", CIST port-id %04x,", get_be16(d, p + AT_PORT));
	print_times(d, p);
	print_mstp_config(d, p);
	for (uint32_t at = 0; MSTP_V3_BYTES + at + INSTANCE_BYTES <= v3_len; at += INSTANCE_BYTES)
		print_instance(d, p + AT_INSTANCES + at);
}

static void print_spb(struct dissect *d, const uint8_t *p)
{
	if (!d->o->verbose)
		return;
	putf(d, "\n\tv4len %u, AUXMCID Name ", get_be16(d, p));
	put_text_to_nul(d, p + SPB_AT_NAME, NAME_BYTES);
	dissect_need(d, p + SPB_AT_REVISION, 18);
	putf(d, ", Rev %u,", get_be16(d, p + SPB_AT_REVISION));
	put_digest(d, "\n\t\tdigest ", p + SPB_AT_DIGEST, 16);
	dissect_need(d, p, SPB_BYTES);
	p += SPB_AT_AGREEMENT;
	putf(d, "\n\tAgreement num %u, Discarded Agreement num %u, Agreement valid-flag %u,",
	     p[0] >> 6, p[0] >> 4 & 3, p[0] >> 3 & 1);
	p += SPB_AT_FORMAT - SPB_AT_AGREEMENT;
	putf(d, "\n\tRestricted role-flag: %u, Format id %u cap %u, Convention id %u cap %u,",
	     p[-2] >> 2 & 1, p[0] >> 4, p[0], p[1] >> 4, p[1]);
	putf(d, "\n\tEdge count %u, ", get_be16(d, p + SPB_AT_EDGES - SPB_AT_FORMAT));
	put_digest(d, "Agreement digest ", p + SPB_AT_TOPOLOGY - SPB_AT_FORMAT, 20);
}

/* False: the lengths contradict each other. */
static bool print_multiple(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t v3_bytes, v4_bytes;

	if (len < MSTP_BYTES || get_u8(d, p + AT_V1_LEN))
		return false;
	v3_bytes = get_be16(d, p + AT_V3_LEN) + 2U;
	if (len < RAPID_BYTES + v3_bytes)
		return false;
	print_mstp(d, p, len);
	if (p[2] != VERSION_SPB)
		return true;
	v4_bytes = get_be16(d, p + RAPID_BYTES + v3_bytes) + 2U;
	if (len < RAPID_BYTES + v3_bytes + v4_bytes || v4_bytes < SPB_BYTES)
		return false;
	print_spb(d, p + RAPID_BYTES + v3_bytes);
	return true;
}

/* False: it is too short for what it is. */
static bool print_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t version = p[2];
	uint8_t type = get_u8(d, p + 3);

	put(d, ", ");
	put_name(d, NAMES(types), "Unknown BPDU Type (0x%02x)", type);
	if (type == TYPE_CONFIG || (type == TYPE_RAPID && version == VERSION_RSTP)) {
		if (len < (type == TYPE_CONFIG ? CONFIG_BYTES : RAPID_BYTES))
			return false;
		print_config(d, p, len);
		return true;
	}
	if (type == TYPE_RAPID && version >= VERSION_MSTP)
		return print_multiple(d, p, len);
	return true;
}

void print_stp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t version;

	d->protocol = "stp";
	if (len < 4) {
		put_invalid(d);
		return;
	}
	if (get_be16(d, p)) {
		putf(d, "unknown STP version, length %u", len);
		return;
	}
	version = get_u8(d, p + 2);
	put(d, "STP ");
	put_name(d, NAMES(versions), "Unknown STP protocol (0x%02x)", version);
	if (find_name(NAMES(versions), version) && !print_type(d, p, len))
		put_invalid(d);
}
