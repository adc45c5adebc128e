/*
 * radius.c - RADIUS (RFC 2865), its accounting (RFC 2866) and dynamic authorization (RFC 5176).
 *
 * A message is a header and attributes; what an attribute's value looks like is in its row.
 */
#include "dissect/proto.h"

#include <string.h>
#include <time.h>

#include "dissect/eap.h"
#include "dissect/ntp.h"

enum { HEADER_BYTES = 20, AUTHENTICATOR = 4, AUTHENTICATOR_BYTES = 16 };

/* clang-format off */
static const struct name codes[] = {
	{   1, "Access-Request" },
	{   2, "Access-Accept" },
	{   3, "Access-Reject" },
	{   4, "Accounting-Request" },
	{   5, "Accounting-Response" },
	{  11, "Access-Challenge" },
	{  12, "Status-Server" },
	{  13, "Status-Client" },
	{  40, "Disconnect-Request" },
	{  41, "Disconnect-ACK" },
	{  42, "Disconnect-NAK" },
	{  43, "CoA-Request" },
	{  44, "CoA-ACK" },
	{  45, "CoA-NAK" },
	{ 255, "Reserved" },
};

static const struct {
	uint8_t attribute;
	uint8_t value;
	const char *name;
} values[] = {
#define RADIUS_VALUE(attribute, value, name) { attribute, value, name },
#include "dissect/radius_value.def"
};

static const struct name errors[] = {
#define RADIUS_ERROR(value, name) { value, name },
#include "dissect/radius_value.def"
};

static const struct name vendors[] = {
#define RADIUS_VENDOR(number, name) { number, name },
#include "dissect/radius_value.def"
};

static const struct name vlan_tags[] = { /* RFC 4675 */
	{ '1', "Tagged" },
	{ '2', "Untagged" },
};

static const struct name operator_namespaces[] = { /* RFC 5580, as the two below */
	{ '0', "TADIG" },
	{ '1', "REALM" },
	{ '2', "E212" },
	{ '3', "ICC" },
};

static const struct name location_codes[] = {
	{ 0, "Civic" },
	{ 1, "Geospatial" },
};

static const struct name location_entities[] = {
	{ 0, "User" },
	{ 1, "RADIUS" },
};

static const struct name policy_flags[] = {
	{ 0x0001, "MBZ-15" },
	{ 0x0002, "MBZ-14" },
	{ 0x0004, "MBZ-13" },
	{ 0x0008, "MBZ-12" },
	{ 0x0010, "MBZ-11" },
	{ 0x0020, "MBZ-10" },
	{ 0x0040, "MBZ-9" },
	{ 0x0080, "MBZ-8" },
	{ 0x0100, "MBZ-7" },
	{ 0x0200, "MBZ-6" },
	{ 0x0400, "MBZ-5" },
	{ 0x0800, "MBZ-4" },
	{ 0x1000, "MBZ-3" },
	{ 0x2000, "MBZ-2" },
	{ 0x4000, "MBZ-1" },
	{ 0x8000, "Retransmission Allowed" },
};

static const struct { /* RFC 5447, RFC 5779 */
	uint8_t bit;
	const char *name;
} mobility_features[] = {
	{  0, "MIP6_INTEGRATED" },
	{  1, "LOCAL_HOME_AGENT_ASSIGNMENT" },
	{ 40, "PMIP6_SUPPORTED" },
	{ 41, "IP4_HOA_SUPPORTED" },
	{ 42, "LOCAL_MAG_ROUTING_SUPPORTED" },
	{ 43, "ASSIGN_LOCAL_IP" },
	{ 44, "MIP4_SUPPORTED" },
	{ 45, "OPTIMIZED_IDLE_MODE_MOBILITY" },
	{ 46, "GTPv2_SUPPORTED" },
	{ 47, "IP4_TRANSPORT_SUPPORTED" },
	{ 48, "IP4_HOA_ONLY_SUPPORTED" },
	{ 49, "INTER_MAG_ROUTING_SUPPORTED" },
};
/* clang-format on */

/* The functions below print the value of attribute @type, which says it has @len bytes at @p. */
typedef void put_value_fn(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type);

/* False and a complaint if the value is of another length than it must be. */
static bool has_length(struct dissect *d, uint32_t len, uint32_t right)
{
	if (len != right)
		putf(d, "ERROR: length %u != %u", len, right);
	return len == right;
}

/* False if not all of the value is there, and what is printed then. */
static bool is_there(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (dissect_has(d, p, len))
		return true;
	put_truncated(d);
	return false;
}

/* --- Text -------------------------------------------------------------------------------------- */

/* Text with dots for what is not printable, which is there. */
static void put_dotted(struct dissect *d, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		put_char(d, p[i] >= ' ' && p[i] < 0x7f ? (char)p[i] : '.');
}

static void put_dotted_to_nul(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *nul = memchr(p, 0, len);

	put_dotted(d, p, nul ? (uint32_t)(nul - p) : len);
}

static void put_plain(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (is_there(d, p, len))
		put_dotted_to_nul(d, p, len);
}

static void put_tag(struct dissect *d, uint8_t tag)
{
	if (tag)
		putf(d, "Tag[%u] ", tag);
	else
		put(d, "Tag[Unused] ");
}

/* Text behind a tag, if the first byte is one. */
static void put_tagged_text(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	if (!is_there(d, p, len))
		return;
	if (*p <= 0x1f) {
		put_tag(d, *p++);
		len--;
	}
	put_plain(d, p, len, type);
}

static void put_tunnel_password(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	if (!is_there(d, p, len))
		return;
	if (len < 3) {
		put_truncated(d);
		return;
	}
	put_tag(d, *p <= 0x1f ? *p : 0);
	putf(d, "Salt %u ", load_be16(p + 1));
	put_plain(d, p + 3, len - 3, type);
}

static void put_egress_tag(struct dissect *d, uint8_t tag)
{
	put_name(d, vlan_tags, ARRAY_LEN(vlan_tags), "Unknown tag", tag);
	putf(d, " (0x%02x) ", tag);
}

static void put_vlan_name(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	if (!is_there(d, p, len))
		return;
	put_egress_tag(d, *p);
	put_plain(d, p + 1, len - 1, type);
}

static void put_eap_message(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (is_there(d, p, len))
		put_eap(d, p, len);
}

/* Attributes of a vendor's own, one a line. */
static void put_vendor(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	uint32_t vendor;

	(void)type;
	if (len < 4) {
		put_truncated(d);
		return;
	}
	vendor = get_be32(d, p);
	put(d, "Vendor: ");
	put_name(d, vendors, ARRAY_LEN(vendors), "Unknown", vendor);
	putf(d, " (%u)", vendor);
	p += 4;
	len -= 4;
	while (len >= 2) {
		uint32_t part, part_len;

		dissect_need(d, p, 2);
		part = p[0];
		part_len = p[1];
		if (part_len < 2 || part_len > len) {
			putf(d, "\n\t    Vendor Attribute: %u, Length: %u (bogus, %s)", part,
			     part_len,
			     part_len < 2 ? "must be >= 2" :
					    "goes past end of vendor-specific attribute");
			return;
		}
		if (!is_there(d, p + 2, part_len - 2))
			return;
		putf(d, "\n\t    Vendor Attribute: %u, Length: %u, Value: ", part, part_len - 2);
		put_dotted(d, p + 2, part_len - 2);
		p += part_len;
		len -= part_len;
	}
}

/* --- Numbers ----------------------------------------------------------------------------------- */

static void put_number(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (has_length(d, len, 4))
		put_dec(d, get_be32(d, p));
}

static void put_value_name(struct dissect *d, uint8_t type, uint32_t value)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (values[i].attribute == type && values[i].value == value) {
			put(d, values[i].name);
			return;
		}
	}
	putf(d, "#%u", value);
}

static void put_named(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	if (has_length(d, len, 4))
		put_value_name(d, type, get_be32(d, p));
}

static void put_tagged_named(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	if (!has_length(d, len, 4))
		return;
	put_tag(d, get_u8(d, p));
	put_value_name(d, type, get_be24(d, p + 1));
}

static void put_preference(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!has_length(d, len, 4))
		return;
	put_tag(d, get_u8(d, p));
	put_dec(d, get_be24(d, p + 1));
}

static void put_vlan(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!has_length(d, len, 4))
		return;
	put_egress_tag(d, get_u8(d, p));
	put_dec(d, get_be24(d, p + 1));
}

/* A number, or what @special is. */
static void put_number_or(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t special,
			  const char *name)
{
	uint32_t value;

	if (!has_length(d, len, 4))
		return;
	value = get_be32(d, p);
	if (value == special)
		put(d, name);
	else
		put_dec(d, value);
}

static void put_ipx_network(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	put_number_or(d, p, len, 0xfffffffe, "NAS Select");
}

static void put_appletalk_link(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	put_number_or(d, p, len, 0, "Unnumbered");
}

static void put_appletalk_network(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	put_number_or(d, p, len, 0, "NAS assigned");
}

static void put_duration(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	uint32_t seconds;

	(void)type;
	if (!has_length(d, len, 4))
		return;
	seconds = get_be32(d, p);
	if (seconds < 60)
		putf(d, "%02u secs", seconds);
	else if (seconds < 3600)
		putf(d, "%02u:%02u min", seconds / 60, seconds % 60);
	else
		putf(d, "%02u:%02u:%02u hours", seconds / 3600, seconds % 3600 / 60, seconds % 60);
}

/* Seconds since 1970, in local time. */
static void put_timestamp(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	time_t seconds;
	struct tm tm;
	char text[32];

	(void)type;
	if (!has_length(d, len, 4))
		return;
	seconds = get_be32(d, p);
	if (!localtime_r(&seconds, &tm) || !asctime_r(&tm, text))
		return;
	text[24] = '\0'; /* the newline */
	put(d, text);
}

static void put_mobility_features(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	const char *separator = "";
	uint64_t bits;

	(void)type;
	if (!has_length(d, len, 8))
		return;
	put_char(d, '[');
	bits = get_be64(d, p);
	for (size_t i = 0; i < ARRAY_LEN(mobility_features); i++) {
		if (!(bits >> mobility_features[i].bit & 1))
			continue;
		put(d, separator);
		put(d, mobility_features[i].name);
		separator = ", ";
	}
	put_char(d, ']');
}

static void put_error_cause(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	uint32_t cause;

	(void)type;
	if (len != 4) {
		putf(d, "Error: length %u != 4", len);
		return;
	}
	cause = get_be32(d, p);
	putf(d, "Error cause %u: ", cause);
	put_name(d, errors, ARRAY_LEN(errors), "Error-Cause %u not known", cause);
}

/* --- Addresses --------------------------------------------------------------------------------- */

static void put_address(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (has_length(d, len, 4))
		put_ip4(d, p);
}

static void put_user_address(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	uint32_t address;

	(void)type;
	if (!has_length(d, len, 4))
		return;
	address = get_be32(d, p);
	if (address == 0xffffffff)
		put(d, "User Selected");
	else if (address == 0xfffffffe)
		put(d, "NAS Select");
	else
		put_ip4(d, p);
}

static void put_address6(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (has_length(d, len, 16))
		put_ip6(d, p);
}

/* False and a complaint if a prefix is longer than an address. */
static bool is_prefix_len(struct dissect *d, uint8_t bits)
{
	if (bits > 128)
		putf(d, "ERROR: netmask %u not in range (0..128)", bits);
	return bits <= 128;
}

static void put_prefix6(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	const uint8_t *end = d->end;
	uint8_t address[16] = { 0 };

	(void)type;
	if (len < 2 || len > 18) {
		putf(d, "ERROR: length %u not in range (2..18)", len);
		return;
	}
	if (!is_there(d, p, len) || !is_prefix_len(d, p[1]))
		return;
	memcpy(address, p + 2, len - 2);
	d->end = address + sizeof address; /* the name of an address that is no packet's */
	put_ip6(d, address);
	d->end = end;
	putf(d, "/%u", p[1]);
	if (p[1] > 8 * (len - 2))
		put(d, " (inconsistent prefix length)");
}

static void put_home_prefix(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!has_length(d, len, 17) || !is_there(d, p, len) || !is_prefix_len(d, p[0]))
		return;
	put_ip6(d, p + 1);
	putf(d, "/%u", p[0]);
}

/* --- Places (RFC 5580) ------------------------------------------------------------------------- */

/* False and a complaint, or what stands for missing bytes. */
static bool is_at_least(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t least)
{
	if (!is_there(d, p, len))
		return false;
	if (len < least)
		putf(d, "ERROR: length %u < %u", len, least);
	return len >= least;
}

static void put_operator(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!is_at_least(d, p, len, 2))
		return;
	put_char(d, '[');
	put_name(d, operator_namespaces, ARRAY_LEN(operator_namespaces), "unknown namespace %u",
		 p[0]);
	put(d, "] ");
	put_text(d, p + 1, len - 1);
}

static void put_location(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!is_at_least(d, p, len, 21))
		return;
	putf(d, "index %u, code ", load_be16(p));
	put_name(d, location_codes, ARRAY_LEN(location_codes), "Unknown (%u)", p[2]);
	put(d, ", entity ");
	put_name(d, location_entities, ARRAY_LEN(location_entities), "Unknown (%u)", p[3]);
	put(d, ", sighting time ");
	put_ntp_time(d, p + 4);
	put(d, ", time to live ");
	put_ntp_time(d, p + 12);
	put(d, ", method \"");
	put_text(d, p + 20, len - 20);
	put_char(d, '"');
}

static void put_location_data(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!is_at_least(d, p, len, 3))
		return;
	putf(d, "index %u, location", load_be16(p));
	put_dump(d, "\n\t    ", p + 2, len - 2);
}

static void put_location_policy(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!is_at_least(d, p, len, 10))
		return;
	put(d, "flags [");
	put_bits(d, policy_flags, ARRAY_LEN(policy_flags), ", ", "none", load_be16(p));
	put(d, "], retention expires ");
	put_ntp_time(d, p + 2);
	if (len > 10) {
		put(d, ", note well \"");
		put_text(d, p + 10, len - 10);
		put_char(d, '"');
	}
}

/* --- AppleTalk's remote access ----------------------------------------------------------------- */

static void put_capital_hex(struct dissect *d, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		putf(d, "%02X", get_u8(d, p + i));
}

static void put_arap_password(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!has_length(d, len, 16))
		return;
	put(d, "User_challenge (");
	put_capital_hex(d, p, 8);
	put(d, ") User_resp(");
	put_capital_hex(d, p + 8, 8);
	put_char(d, ')');
}

static void put_arap_features(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (!has_length(d, len, 14))
		return;
	put(d, get_u8(d, p) ? "User can change password" : "User cannot change password");
	putf(d, ", Min password length: %u", get_u8(d, p + 1));
	put(d, ", created at: ");
	put_capital_hex(d, p + 2, 4);
	put(d, ", expires in: ");
	put_capital_hex(d, p + 6, 4);
	put(d, ", Current Time: ");
	put_capital_hex(d, p + 10, 4);
}

static void put_arap_response(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t type)
{
	(void)type;
	if (len < 8)
		putf(d, "ERROR: length %u != 8", len);
	else
		put_capital_hex(d, p, 8);
}

/* --- Messages ---------------------------------------------------------------------------------- */

static const struct attribute {
	const char *name;
	put_value_fn *put_value; /* or NULL */
} attributes[] = {
#define RADIUS_ATTRIBUTE(number, name, put_value) [number] = { name, put_value },
#include "dissect/radius_attribute.def"
#undef RADIUS_ATTRIBUTE
};

static void put_attributes(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len > 0) {
		const struct attribute *attribute;
		uint32_t attribute_len;

		if (len < 2 || !dissect_has(d, p, 2)) {
			put_truncated(d);
			return;
		}
		attribute = &attributes[p[0] < ARRAY_LEN(attributes) ? p[0] : 0];
		attribute_len = p[1];
		putf(d, "\n\t  %s Attribute (%u), length: %u",
		     attribute->name ? attribute->name : "Unknown", p[0], attribute_len);
		if (attribute_len < 2 || attribute_len > len) {
			put(d, attribute_len < 2 ? " (bogus, must be >= 2)" :
						   " (bogus, goes past end of packet)");
			return;
		}
		put(d, ", Value: ");
		if (attribute_len > 2 && attribute->put_value)
			attribute->put_value(d, p + 2, attribute_len - 2, p[0]);
		if (d->o->verbose > 1)
			put_hex_dump(d, "\n\t    ", p + 2, attribute_len - 2);
		p += attribute_len;
		len -= attribute_len;
	}
}

void print_radius(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t said;

	d->protocol = "radius";
	if (!dissect_has(d, p, HEADER_BYTES) || load_be16(p + 2) < HEADER_BYTES) {
		put_truncated(d);
		return;
	}
	said = load_be16(p + 2);
	if (said < len)
		len = said;
	if (!d->o->verbose) {
		put(d, "RADIUS, ");
		put_name(d, codes, ARRAY_LEN(codes), "Unknown Command", p[0]);
		putf(d, " (%u), id: 0x%02x length: %u", p[0], p[1], len);
		return;
	}
	putf(d, "RADIUS, length: %u\n\t", len);
	put_name(d, codes, ARRAY_LEN(codes), "Unknown Command", p[0]);
	putf(d, " (%u), id: 0x%02x, Authenticator: ", p[0], p[1]);
	put_hex_bytes(d, p + AUTHENTICATOR, AUTHENTICATOR_BYTES);
	if (len > HEADER_BYTES)
		put_attributes(d, p + HEADER_BYTES, len - HEADER_BYTES);
}
