/*
 * geneve.c - GENEVE (RFC 8926): packets of any kind in UDP, with options.
 */
#include "dissect/proto.h"

enum { HEADER_BYTES = 8, OPTION_BYTES = 4, TYPE_ETHERNET = 0x6558, CRITICAL = 0x80 };

/* Who invents options of a class. */
/* clang-format off */
static const struct {
	uint16_t first, last;
	const char *name;
} classes[] = {
	{ 0x0000, 0x00ff, "Standard" },
	{ 0x0100, 0x0100, "Linux" },
	{ 0x0101, 0x0101, "Open vSwitch" },
	{ 0x0102, 0x0102, "Open Virtual Networking (OVN)" },
	{ 0x0103, 0x0103, "In-band Network Telemetry (INT)" },
	{ 0x0104, 0x0104, "VMware" },
	{ 0xfff0, 0xffff, "Experimental" },
};
/* clang-format on */

static const char *class_name(uint16_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (number >= classes[i].first && number <= classes[i].last)
			return classes[i].name;
	return "Unknown";
}

/* How many bytes it has; more than @len where it is cut short. */
static uint32_t print_option(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t class = get_be16(d, p);
	uint8_t type = get_u8(d, p + 2);
	uint32_t n = OPTION_BYTES + (get_u8(d, p + 3) & 0x1fU) * 4;

	putf(d, "class %s (0x%x) type 0x%x%s len %u", class_name(class), class, type,
	     type & CRITICAL ? "(C)" : "", n);
	if (n > len) {
		put(d, " [bad length]");
		return n;
	}
	if (d->o->verbose > 1 && n > OPTION_BYTES) {
		put(d, " data");
		for (uint32_t at = OPTION_BYTES; at < n; at += 4)
			putf(d, " %08x", get_be32(d, p + at));
	}
	return n;
}

/* Options with -v, and else how many bytes they have. */
static void print_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put(d, ", options [");
	if (!d->o->verbose) {
		putf(d, "%u bytes", len);
		len = 0;
	}
	while (len) {
		uint32_t n = print_option(d, p, len);

		if (n > len)
			break;
		p += n;
		len -= n;
		if (len)
			put(d, ", ");
	}
	put_char(d, ']');
}

static void print_payload(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len)
{
	put(d, d->o->verbose ? "\n\t" : ": ");
	if (print_ethertype(d, type, p, len))
		return;
	if (type != TYPE_ETHERNET) {
		putf(d, "geneve-proto-0x%x", type);
		return;
	}
	dissect_enter(d);
	print_ether(d, p, len);
	d->depth--;
}

static void print_header(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ 0x80, "O" },  { 0x40, "C" },  { 0x20, "R1" }, { 0x10, "R2" },
		{ 0x08, "R3" }, { 0x04, "R4" }, { 0x02, "R5" }, { 0x01, "R6" },
	};
	uint32_t options_len;
	uint16_t type;
	uint8_t first;

	if (!dissect_has(d, p, HEADER_BYTES)) {
		put_truncated(d);
		return;
	}
	first = p[0];
	options_len = (first & 0x3fU) * 4;
	if (first >> 6) {
		putf(d, " ERROR: unknown-version %u", first >> 6);
		return;
	}
	type = get_be16(d, p + 2);
	put(d, ", Flags [");
	put_bits(d, NAMES(flags), "", "none", p[1]);
	putf(d, "], vni 0x%x", get_be24(d, p + 4));
	if (p[7])
		putf(d, ", rsvd 0x%x", p[7]);
	if (d->o->link) {
		const char *name = ethertype_name(type);

		putf(d, ", proto %s (0x%04x)", name ? name : "unknown", type);
	}
	p += HEADER_BYTES;
	len -= HEADER_BYTES;
	if (len < options_len) {
		putf(d, " truncated-geneve - %u bytes missing", options_len - len);
		return;
	}
	if (!dissect_has(d, p, options_len)) {
		put_truncated(d);
		return;
	}
	if (options_len)
		print_options(d, p, options_len);
	print_payload(d, type, p + options_len, len - options_len);
}

void print_geneve(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "geneve";
	put(d, "Geneve");
	if (len < HEADER_BYTES) {
		putf(d, " [length %u < %u]", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	print_header(d, p, len);
}
