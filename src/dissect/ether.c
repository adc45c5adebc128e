/*
 * ether.c - Ethernet frames (IEEE 802.3), and the VLAN tags in them (802.1Q).
 */
#include "dissect/proto.h"

enum {
	ADDRESS_BYTES = 6,
	ETHER_BYTES = 14,
	TAG_BYTES = 4,
	PROTO_ETHERNET = 143,
	MOST_LENGTH = 1500,  /* what is greater is a type */
	TYPE_JUMBO = 0x8870, /* Alteon's jumbo frames: LLC follows, not a protocol */
};

static bool is_vlan(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

static void put_addresses(struct dissect *d)
{
	put_mac(d, d->link_source);
	put(d, " > ");
	put_mac(d, d->link_destination);
	put(d, ", ");
}

static void put_type(struct dissect *d, uint16_t type)
{
	const char *name = ethertype_name(type);

	if (d->o->quick && name) {
		put(d, name);
		return;
	}
	put(d, d->o->quick ? "Unknown Ethertype (0x" : "ethertype ");
	if (!d->o->quick) {
		put(d, name ? name : "Unknown");
		put(d, " (0x");
	}
	put_hex(d, type, 4);
	put_char(d, ')');
}

static void put_length(struct dissect *d, uint32_t len)
{
	put(d, ", length ");
	put_dec(d, len);
	put(d, ": ");
}

void put_vlan_tag(struct dissect *d, uint16_t tag)
{
	put(d, "vlan ");
	put_dec(d, tag & 0xfff);
	put(d, ", p ");
	put_dec(d, tag >> 13);
	put(d, tag & 0x1000 ? ", DEI, " : ", ");
}

/* What the frame carries is an LLC packet; returns the bytes of its header. */
static uint32_t print_llc_payload(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t header_bytes = 0;

	dissect_enter(d);
	if (!print_llc(d, p, len, &header_bytes))
		put_unknown(d, p, dissect_available(d, p, len));
	d->depth--;
	return header_bytes;
}

/* A length field: the payload ends there, and what is behind is padding. */
static uint32_t print_802_3(struct dissect *d, const uint8_t *p, uint32_t len, uint16_t length,
			    bool length_was_put)
{
	const uint8_t *end;
	uint32_t header_bytes;

	if (length < len)
		len = length;
	end = dissect_narrow(d, p, len);
	if (d->o->link) {
		put(d, "802.3");
		if (!length_was_put)
			put_length(d, len);
	}
	header_bytes = print_llc_payload(d, p, len);
	d->end = end;
	return header_bytes;
}

static void print_typed(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len,
			uint32_t frame_len, bool length_was_put)
{
	if (d->o->link) {
		put_type(d, type);
		if (length_was_put)
			put(d, ", ");
		else
			put_length(d, frame_len);
	}
	if (print_ethertype(d, type, p, len))
		return;
	if (!d->o->link) {
		put_addresses(d);
		put_type(d, type);
		put_length(d, frame_len);
	}
	put_unknown(d, p, dissect_available(d, p, len));
}

/* The tags between the addresses and the type; false when they are cut short. */
static bool print_tags(struct dissect *d, const uint8_t **at, uint32_t *len, uint32_t frame_len,
		       uint16_t *type)
{
	bool first = true;

	for (; is_vlan(*type); first = false) {
		if (*len < TAG_BYTES || !dissect_has(d, *at, TAG_BYTES)) {
			d->protocol = "vlan";
			put_truncated(d);
			return false;
		}
		if (d->o->link) {
			put_type(d, *type);
			if (first)
				put_length(d, frame_len);
			else
				put(d, ", ");
			put_vlan_tag(d, load_be16(*at));
		}
		*type = load_be16(*at + 2);
		*at += TAG_BYTES;
		*len -= TAG_BYTES;
	}
	return true;
}

uint32_t print_ether(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *at = p + ETHER_BYTES;
	uint32_t frame_len = len;
	uint16_t type;

	d->protocol = "ether";
	if (dissect_has(d, p, len + 1ULL)) {
		putf(d, "[length %u < caplen %u]", len, dissect_available(d, p, UINT32_MAX));
		put_invalid(d);
		return len;
	}
	if (!dissect_has(d, p, ETHER_BYTES)) {
		put_truncated(d);
		return dissect_available(d, p, ETHER_BYTES);
	}
	if (len < ETHER_BYTES) {
		put_truncated(d);
		return len;
	}
	d->link_source = p + ADDRESS_BYTES;
	d->link_destination = p;
	if (d->o->link)
		put_addresses(d);
	type = load_be16(p + 2 * ADDRESS_BYTES);
	len -= ETHER_BYTES;
	if (!print_tags(d, &at, &len, frame_len, &type))
		return (uint32_t)(at - p) + dissect_available(d, at, len);
	if (type <= MOST_LENGTH)
		return (uint32_t)(at - p) + print_802_3(d, at, len, type, at > p + ETHER_BYTES);
	if (type == TYPE_JUMBO)
		return (uint32_t)(at - p) + print_llc_payload(d, at, len);
	print_typed(d, type, at, len, frame_len, at > p + ETHER_BYTES);
	return (uint32_t)(at - p);
}

void print_en10mb(struct dissect *d, const uint8_t *p, uint32_t len)
{
	/* As in tcpdump the dump of a packet that is left early has the link header. */
	d->link_bytes = print_ether(d, p, len);
}

/* IPv6 may carry Ethernet (RFC 8986). */
void print_ip_ethernet(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (require_ip(d, 6, PROTO_ETHERNET))
		(void)print_ether(d, p, len);
}
