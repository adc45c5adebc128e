/*
 * cooked.c - what Linux puts before packets of any interface: LINUX_SLL and LINUX_SLL2.
 */
#include <net/if.h>
#include <string.h>

#include "dissect/proto.h"
#include "dissect/state.h"

enum {
	SLL_BYTES = 16,
	SLL2_BYTES = 20,
	TAG_BYTES = 4,
	MOST_LENGTH = 1500,
	TYPE_VLAN = 0x8100,
	PROTOCOL_802_3 = 1, /* IPX without LLC */
	PROTOCOL_802_2 = 4, /* LLC */
};

static const struct name directions[] = {
	{ 0, "In" }, { 1, "B" }, { 2, "M" }, { 3, "P" }, { 4, "Out" },
};

/* The fields that both headers have. */
struct cooked {
	const char *protocol;
	uint32_t bytes;
	uint32_t interface; /* LINUX_SLL2 */
	uint16_t direction;
	uint16_t ethertype;
	uint16_t address_len;
	const uint8_t *address;
};

static const char *direction_name(uint16_t direction)
{
	const char *name = find_name(directions, ARRAY_LEN(directions), direction);

	return name ? name : "?";
}

/* This machine's name for it, whichever captured.  Asking costs more than printing the packet, so the
 * answer is kept. */
static const char *interface_name(struct dissect *d, uint32_t index)
{
	struct interface_name *known = &d->dissector->interfaces[index % STATE_INTERFACES];

	if (known->index != index || !known->name[0]) {
		known->index = index;
		if (!if_indextoname(index, known->name))
			strcpy(known->name, "?");
	}
	return known->name;
}

static void put_type(struct dissect *d, uint16_t type)
{
	const char *name = ethertype_name(type);

	if (type == PROTOCOL_802_3)
		put(d, "802.3");
	else if (type == PROTOCOL_802_2)
		put(d, "802.2");
	else
		putf(d, "ethertype %s (0x%04x)", name && type > MOST_LENGTH ? name : "Unknown",
		     type);
}

static void put_header(struct dissect *d, const struct cooked *cooked, uint32_t len)
{
	d->protocol = cooked->protocol;
	if (cooked->bytes == SLL_BYTES)
		putf(d, "%3s ", direction_name(cooked->direction));
	else
		putf(d, "ifindex %u ", cooked->interface);
	if (cooked->address_len == 6) {
		put_mac(d, cooked->address);
		put_char(d, ' ');
	}
	if (d->o->quick)
		return;
	put_type(d, cooked->ethertype);
	put(d, ", length ");
	put_dec(d, len);
	put(d, ": ");
}

static void print_llc_payload(struct dissect *d, const struct cooked *cooked, const uint8_t *p,
			      uint32_t len)
{
	uint32_t header_bytes = 0;

	d->link_source = NULL;
	d->link_destination = NULL;
	dissect_enter(d);
	if (!print_llc(d, p, len, &header_bytes)) {
		put_unknown(d, p, dissect_available(d, p, len));
		header_bytes = 0;
	}
	d->depth--;
	d->link_bytes = cooked->bytes + header_bytes;
}

/* Behind the header: VLAN tags, and a packet. */
static void print_payload(struct dissect *d, const struct cooked *cooked, const uint8_t *p,
			  uint32_t len)
{
	uint16_t type = cooked->ethertype;
	uint32_t tags = 0;

	for (; type == TYPE_VLAN; tags++) {
		if (len < TAG_BYTES || !dissect_has(d, p, TAG_BYTES)) {
			d->protocol = "vlan";
			put_truncated(d);
			return;
		}
		if (d->o->link)
			put_vlan_tag(d, load_be16(p));
		type = load_be16(p + 2);
		if (type <= MOST_LENGTH)
			type = PROTOCOL_802_2;
		if (!d->o->quick)
			putf(d, "ethertype %s, ",
			     ethertype_name(type) ? ethertype_name(type) : "Unknown");
		p += TAG_BYTES;
		len -= TAG_BYTES;
	}
	if (type == PROTOCOL_802_2) {
		print_llc_payload(d, cooked, p, len);
		return;
	}
	if (type > MOST_LENGTH && print_ethertype(d, type, p, len)) {
		d->link_bytes = cooked->bytes + tags * TAG_BYTES;
		return;
	}
	if (type > MOST_LENGTH && !d->o->link)
		put_header(d, cooked, len + cooked->bytes);
	put_unknown(d, p, dissect_available(d, p, len));
	d->link_bytes = cooked->bytes + tags * TAG_BYTES;
}

void print_sll(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct cooked cooked = { .protocol = "sll", .bytes = SLL_BYTES };

	dissect_need(d, p, SLL_BYTES);
	cooked.direction = load_be16(p);
	cooked.address_len = load_be16(p + 4);
	cooked.address = p + 6;
	cooked.ethertype = load_be16(p + 14);
	if (d->o->link)
		put_header(d, &cooked, len);
	print_payload(d, &cooked, p + SLL_BYTES, len - SLL_BYTES);
}

void print_sll2(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct cooked cooked = { .protocol = "sll2", .bytes = SLL2_BYTES };

	dissect_need(d, p, SLL2_BYTES);
	cooked.interface = load_be32(p + 4);
	cooked.ethertype = load_be16(p);
	cooked.direction = p[10];
	cooked.address_len = p[11];
	cooked.address = p + 12;
	putf(d, "%-5s %-3s ", interface_name(d, cooked.interface),
	     direction_name(cooked.direction));
	if (d->o->link)
		put_header(d, &cooked, len);
	print_payload(d, &cooked, p + SLL2_BYTES, len - SLL2_BYTES);
}
