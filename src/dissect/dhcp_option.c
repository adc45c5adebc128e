/*
 * dhcp_option.c - options of BOOTP and DHCP.
 *
 * An option is a byte that says which, one that says how long, and data; PAD and END are a byte alone.
 * Most data is a list of one kind of thing.  What is left over at its end is only counted.
 */
#include "dissect/dhcp_option.h"

#include <string.h>

enum {
	PAD = 0,
	END = 255,
};

/* clang-format off */
static const struct name message_types[] = {
	{  1, "Discover" },
	{  2, "Offer" },
	{  3, "Request" },
	{  4, "Decline" },
	{  5, "ACK" },
	{  6, "NACK" },
	{  7, "Release" },
	{  8, "Inform" },
	{ 10, "LeaseQuery" },
	{ 11, "LeaseUnassigned" },
	{ 12, "LeaseUnknown" },
	{ 13, "LeaseActive" },
};

static const struct name netbios_nodes[] = {
	{ 1, "b-node" },
	{ 2, "p-node" },
	{ 4, "m-node" },
	{ 8, "h-node" },
};

static const struct name overloads[] = {
	{ 1, "file" },
	{ 2, "sname" },
	{ 3, "file+sname" },
};

static const struct name hardware_types[] = {
	{  1, "ether" },
	{  6, "ieee802" },
	{  7, "arcnet" },
	{ 15, "frelay" },
	{ 23, "strip" },
	{ 24, "ieee1394" },
};

static const struct name agent_suboptions[] = {
	{ 1, "Circuit-ID" },
	{ 2, "Remote-ID" },
	{ 6, "Subscriber-ID" },
};

static const struct name client_name_flags[] = {
	{ 0x01, "S" },
	{ 0x02, "O" },
	{ 0x04, "E" },
	{ 0x08, "N" },
};
/* clang-format on */

/*
 * The functions below print @len bytes of data at @p, which are there, and return how many of them are
 * left over.
 */
typedef uint32_t put_data_fn(struct dissect *d, const uint8_t *p, uint32_t len);

/* An item of a list. */
typedef void put_item_fn(struct dissect *d, const uint8_t *p);

static uint32_t put_list(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t item_len,
			 char separator, put_item_fn *put_item)
{
	for (uint32_t at = 0; at + item_len <= len; at += item_len) {
		if (at > 0)
			put_char(d, separator);
		put_item(d, p + at);
	}
	return len % item_len;
}

static uint32_t put_addresses(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 4, ',', put_ip4);
}

static void put_pair(struct dissect *d, const uint8_t *p)
{
	put_char(d, '(');
	put_ip4(d, p);
	put_char(d, ':');
	put_ip4(d, p + 4);
	put_char(d, ')');
}

static uint32_t put_address_pairs(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 8, ',', put_pair);
}

static void put_number(struct dissect *d, const uint8_t *p)
{
	put_dec(d, load_be32(p));
}

static uint32_t put_numbers(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 4, ',', put_number);
}

static void put_signed_number(struct dissect *d, const uint8_t *p)
{
	putf(d, "%d", (int32_t)load_be32(p));
}

static uint32_t put_signed_numbers(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 4, ',', put_signed_number);
}

static void put_short(struct dissect *d, const uint8_t *p)
{
	put_dec(d, load_be16(p));
}

static uint32_t put_shorts(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 2, ',', put_short);
}

static void put_byte_value(struct dissect *d, const uint8_t *p)
{
	put_dec(d, *p);
}

static uint32_t put_bytes(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 1, '.', put_byte_value);
}

static void put_flag(struct dissect *d, const uint8_t *p)
{
	if (*p <= 1) {
		put_char(d, *p ? 'Y' : 'N');
	} else {
		put_dec(d, *p);
		put_char(d, '?');
	}
}

static uint32_t put_yes_or_no(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_list(d, p, len, 1, ',', put_flag);
}

static uint32_t put_quoted(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_char(d, '"');
	put_text(d, p, len);
	put_char(d, '"');
	return 0;
}

/* --- Options of their own form ---------------------------------------------------------------- */

static uint32_t put_message_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 1)
		return put_bytes(d, p, len);
	put_name(d, message_types, ARRAY_LEN(message_types), "Unknown (%u)", *p);
	return 0;
}

/* True and a complaint if the data is shorter than it may be. */
static bool too_short(struct dissect *d, uint32_t len, uint32_t least)
{
	if (len < least)
		putf(d, "[ERROR: length < %u bytes]", least);
	return len < least;
}

static uint32_t put_netbios_node(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 1))
		return 0;
	put_name(d, netbios_nodes, ARRAY_LEN(netbios_nodes), "#%u", *p);
	return len - 1;
}

static uint32_t put_overload(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 1))
		return 0;
	put_name(d, overloads, ARRAY_LEN(overloads), "#%u", *p);
	return len - 1;
}

static void put_hex_byte(struct dissect *d, const uint8_t *p)
{
	put_hex(d, *p, 2);
}

static uint32_t put_client_id(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 1))
		return 0;
	if (*p == 0)
		return put_quoted(d, p + 1, len - 1);
	put_name(d, hardware_types, ARRAY_LEN(hardware_types), "hardware-type %u,", *p);
	put_char(d, ' ');
	return put_list(d, p + 1, len - 1, 1, ':', put_hex_byte);
}

/* Flags, two old response codes, and the name (RFC 4702). */
static uint32_t put_client_name(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 3))
		return 0;
	if (p[0] & 0xf0)
		putf(d, "[ERROR: MBZ nibble 0x%x != 0] ", p[0] >> 4);
	if (p[0] & 0x0f) {
		put_char(d, '[');
		put_bits(d, client_name_flags, ARRAY_LEN(client_name_flags), "", "", p[0]);
		put(d, "] ");
	}
	if (p[1] || p[2])
		putf(d, "%u/%u ", p[1], p[2]);
	return put_quoted(d, p + 3, len - 3);
}

/* Options within, one a line (RFC 3046). */
static uint32_t put_agent_information(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len >= 2) {
		uint32_t suboption = p[0];
		uint32_t suboption_len = p[1];
		const char *name =
			find_name(agent_suboptions, ARRAY_LEN(agent_suboptions), suboption);

		p += 2;
		len -= 2;
		putf(d, "\n\t      %s SubOption %u, length %u: ", name ? name : "Unknown",
		     suboption, suboption_len);
		if (suboption_len > len) {
			put(d, "length goes past end of option");
			return 0;
		}
		if (name)
			put_text(d, p, suboption_len);
		else
			put_hex_dump(d, "\n\t\t", p, suboption_len);
		p += suboption_len;
		len -= suboption_len;
	}
	return len;
}

/* A network, of which only the bytes that its mask covers are sent, and a router (RFC 3442). */
static uint32_t put_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t width = p[0];
	uint32_t octets = (width + 7) / 8;
	uint8_t network[4] = { 0 };

	if (width > 32) {
		putf(d, "[ERROR: Mask width (%u) > 32]", width);
		return len;
	}
	if (len - 1 < octets + 4) {
		putf(d, "[ERROR: Remaining length (%u) < %u bytes]", len - 1, octets + 4);
		return len;
	}
	memcpy(network, p + 1, octets);
	put_char(d, '(');
	if (width == 0)
		put(d, "default");
	else
		putf(d, "%u.%u.%u.%u/%u", network[0], network[1], network[2], network[3], width);
	put_char(d, ':');
	put_ip4(d, p + 1 + octets);
	put_char(d, ')');
	return 1 + octets + 4;
}

static uint32_t put_routes(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 5))
		return 0;
	for (uint32_t at = 0; at < len;) {
		if (at > 0)
			put_char(d, ',');
		at += put_route(d, p + at, len - at);
	}
	return 0;
}

/* Texts, one a line (RFC 3004). */
static uint32_t put_user_class(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 2))
		return 0;
	for (uint32_t number = 1; len > 0; number++) {
		uint32_t text_len = *p++;

		len--;
		putf(d, "\n\t      instance#%u: ", number);
		if (text_len == 0) {
			put(d, "[ERROR: suboption length must be non-zero]");
			return 0;
		}
		if (len < text_len) {
			put(d, "[ERROR: invalid option]");
			return 0;
		}
		put_quoted(d, p, text_len);
		putf(d, ", length %u", text_len);
		p += text_len;
		len -= text_len;
	}
	return 0;
}

static uint32_t put_parameter_request(struct dissect *d, const uint8_t *p, uint32_t len);

/* --- The table -------------------------------------------------------------------------------- */

static const struct option {
	const char *name; /* NULL for what is not known */
	put_data_fn *put_data;
} options[256] = {
#define DHCP_OPTION(code, name, put_data) [code] = { name, put_data },
#include "dissect/dhcp_option.def"
#undef DHCP_OPTION
};

static void put_option_name(struct dissect *d, uint8_t code)
{
	put(d, options[code].name ? options[code].name : "Unknown");
	put(d, " (");
	put_dec(d, code);
	put_char(d, ')');
}

/* Codes of options, four a line. */
static uint32_t put_parameter_request(struct dissect *d, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		put(d, i % 4 == 0 ? "\n\t      " : ", ");
		put_option_name(d, p[i]);
	}
	return 0;
}

/* Data of an option that is not known is taken for numbers of the size that fits. */
static uint32_t put_unknown_data(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len & 1)
		return put_bytes(d, p, len);
	return len & 2 ? put_shorts(d, p, len) : put_numbers(d, p, len);
}

static void put_option(struct dissect *d, uint8_t code, const uint8_t *p, uint32_t len)
{
	const struct option *option = &options[code];
	uint32_t left = (option->put_data ? option->put_data : put_unknown_data)(d, p, len);

	if (left)
		putf(d, "\n\t  trailing data length %u", left);
}

/* PADs are counted together.  Returns where they end. */
static const uint8_t *put_pads(struct dissect *d, const uint8_t *p)
{
	uint32_t count = 1;

	while (dissect_has(d, p, 1) && *p == PAD) {
		p++;
		count++;
	}
	if (count > 1)
		putf(d, ", occurs %u", count);
	return p;
}

void put_dhcp_options(struct dissect *d, const uint8_t *p)
{
	while (dissect_has(d, p, 1)) {
		uint8_t code = *p++;
		bool bare = code == PAD || code == END;
		uint32_t len;

		if (bare && d->o->verbose < 3) {
			if (code == END)
				return;
			continue;
		}
		len = bare ? 0 : get_u8(d, p++);
		put(d, "\n\t    ");
		put_option_name(d, code);
		put(d, ", length ");
		put_dec(d, len);
		if (len > 0)
			put(d, ": ");
		if (code == PAD)
			p = put_pads(d, p);
		if (!dissect_has(d, p, len)) {
			put_truncated(d);
			return;
		}
		put_option(d, code, p, len);
		p += len;
	}
}
