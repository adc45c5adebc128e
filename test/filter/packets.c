/*
 * packets.c - packets for tests of filters.
 *
 * A packet is written from its link header on; each header decides at random what is within it.
 * Addresses and ports come from small pools, so that filters meet them.
 */
#include "packets.h"

#include <stdio.h>
#include <string.h>

#include "filter/filter.h"

struct writer {
	struct random_source *r;
	struct packet *p;
	unsigned int depth; /* of encapsulations */
};

static void put(struct writer *w, uint32_t value, unsigned int bytes)
{
	while (bytes-- > 0 && w->p->len < MOST_PACKET_BYTES)
		w->p->data[w->p->len++] = (uint8_t)(value >> bytes * 8);
}

static void put_random(struct writer *w, unsigned int bytes)
{
	while (bytes-- > 0)
		put(w, one_in(w->r, 3) ? pick(w->r, 4) : pick(w->r, 256), 1);
}

#define ANY(w, ...) \
	any(w, (const uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4)

static uint32_t any(struct writer *w, const uint32_t *values, size_t count)
{
	return values[pick(w->r, (uint32_t)count)];
}

static void put_mac(struct writer *w)
{
	switch (pick(w->r, 5)) {
	case 0: put(w, 0xffff, 2), put(w, 0xffffffff, 4); break;
	case 1: put(w, 0x0100, 2), put(w, 0x5e000001, 4); break;
	default: put(w, 0x0200, 2), put(w, 0x5e200000 | pick(w->r, 12), 4); break;
	}
}

static void put_ip4(struct writer *w)
{
	switch (pick(w->r, 6)) {
	case 0: put(w, 0xc6336400 | pick(w->r, 256), 4); break; /* 198.51.100.x */
	case 1: put(w, 0xcb007100 | pick(w->r, 8), 4); break;   /* 203.0.113.x */
	case 2: put(w, 0xc0000200 | pick(w->r, 8), 4); break;   /* 192.0.2.x */
	case 3: put(w, ANY(w, 0xe0000000, 0xe0000001, 0xe0000002, 0xffffffff), 4); break;
	default: put(w, 0x0a140000 | pick(w->r, 4096), 4); break; /* 10.20.x.x */
	}
}

static void put_ip6(struct writer *w)
{
	put(w, one_in(w->r, 4) ? 0xff020000 : 0x20010db8, 4);
	put(w, ANY(w, 0, 0x00010000, 0x00050000, 0x00050001), 4);
	put(w, one_in(w->r, 8) ? 1 : 0, 4);
	put(w, pick(w->r, 0x20), 4);
}

static uint32_t a_port(struct writer *w)
{
	switch (pick(w->r, 4)) {
	case 0: return pick(w->r, 65536);
	case 1: return pick(w->r, 1024);
	default:
		return ANY(w, 20, 21, 22, 23, 25, 53, 80, 110, 123, 161, 443, 514, 3306, 4789, 6081,
			   8080);
	}
}

/* --- what is within IP ----------------------------------------------------------------------- */

static void put_ethernet(struct writer *w);
static void put_network(struct writer *w, uint32_t ethertype);

static void put_tunnel(struct writer *w, uint32_t port)
{
	uint32_t options = port == 6081 ? pick(w->r, 3) : 0;
	uint32_t type = ANY(w, 0x6558, 0x6558, 0x0800, 0x86dd, 0x0806);

	if (port == 6081) {
		put(w, (one_in(w->r, 8) ? 0x40 : 0) | options, 1);
		put(w, 0, 1);
		put(w, type, 2);
	} else {
		put(w, one_in(w->r, 8) ? 0 : 0x08000000, 4);
		type = 0x6558;
	}
	put(w, ANY(w, 5, 7, 5000), 3);
	put(w, 0, 1);
	put_random(w, options * 4);
	if (w->depth++ > 2)
		return;
	if (type == 0x6558)
		put_ethernet(w);
	else
		put_network(w, type);
}

static void put_transport(struct writer *w, uint32_t protocol)
{
	uint32_t port = a_port(w);

	switch (protocol) {
	case 6:
		put(w, a_port(w), 2);
		put(w, port, 2);
		put_random(w, 8);
		put(w, ANY(w, 0x50, 0x60, 0x80), 1);
		put(w, one_in(w->r, 2) ? ANY(w, 2, 16, 18, 17, 4) : pick(w->r, 256), 1);
		put_random(w, 6);
		break;
	case 17:
		put(w, a_port(w), 2);
		put(w, port, 2);
		put(w, ANY(w, 56, 100), 2);
		put(w, 0, 2);
		if (port == 6081 || port == 4789)
			put_tunnel(w, port);
		break;
	case 132:
		put(w, a_port(w), 2);
		put(w, port, 2);
		put_random(w, 8);
		break;
	case 1: put(w, pick(w->r, 19) << 8 | pick(w->r, 4), 2); break;
	case 58: put(w, ANY(w, 128, 129, 133, 135, 136, 1) << 8, 2); break;
	default: break;
	}
	put_random(w, 30 + pick(w->r, 30));
}

static uint32_t a_protocol(struct writer *w)
{
	return one_in(w->r, 3) ? ANY(w, 1, 2, 9, 50, 51, 58, 103, 112, 132) : ANY(w, 6, 17);
}

static void put_ip4_packet(struct writer *w)
{
	uint32_t protocol = a_protocol(w), options = one_in(w->r, 3) ? pick(w->r, 11) : 0;

	put(w, 0x45 + options, 1);
	put_random(w, 1);
	put(w, ANY(w, 40, 60, 1500, 576), 2);
	put_random(w, 2);
	put(w, ANY(w, 0, 0, 0x4000, 0x2000, 0x2001, 0x00b9), 2);
	put(w, ANY(w, 1, 64, 255, 60), 1);
	put(w, protocol, 1);
	put_random(w, 2);
	put_ip4(w);
	put_ip4(w);
	put_random(w, options * 4);
	if (protocol == 51) {
		protocol = ANY(w, 6, 17, 51);
		put(w, protocol << 24 | 4 << 16, 4);
		put_random(w, 20);
	}
	put_transport(w, protocol);
}

static void put_ip6_packet(struct writer *w)
{
	uint32_t extensions[4], count = one_in(w->r, 2) ? 0 : pick(w->r, 4);
	uint32_t protocol = a_protocol(w), next;

	for (uint32_t i = 0; i < count; i++)
		extensions[i] = ANY(w, 0, 43, 44, 60);
	put(w, 0x60000000, 4);
	put(w, ANY(w, 40, 100), 2);
	put(w, count ? extensions[0] : protocol, 1);
	put(w, 64, 1);
	put_ip6(w);
	put_ip6(w);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t units = extensions[i] == 44 ? 0 : pick(w->r, 2);

		next = i + 1 < count ? extensions[i + 1] : protocol;
		put(w, next << 8 | units, 2);
		put_random(w, 6 + units * 8);
	}
	put_transport(w, protocol);
}

static void put_arp(struct writer *w)
{
	put(w, 0x00010800, 4);
	put(w, 0x0604, 2);
	put(w, 1 + pick(w->r, 4), 2);
	put_mac(w);
	put_ip4(w);
	put_mac(w);
	put_ip4(w);
	put_random(w, 30);
}

static void put_mpls(struct writer *w)
{
	uint32_t labels = 1 + pick(w->r, 3);

	for (uint32_t i = 0; i < labels; i++) {
		put(w, ANY(w, 3, 16, 1000, 3000) << 12 | (uint32_t)(i + 1 == labels) << 8 | 64, 4);
	}
	put_network(w, ANY(w, 0x0800, 0x0800, 0x86dd));
}

static void put_llc(struct writer *w)
{
	switch (pick(w->r, 11)) {
	case 0: put(w, 0xffff, 2); break;
	case 1: put(w, 0x424203, 3); break;
	case 2: put(w, 0xe0e003, 3); break;
	case 3: put(w, 0xf0f0, 2), put_random(w, 1); break;
	case 4:
	case 7:
	case 8:
	case 9:
		put(w, 0xfefe03, 3);
		put(w, ANY(w, 0x81, 0x82, 0x83, 0x83), 1);
		put_random(w, 3);
		put(w, ANY(w, 15, 16, 17, 18, 20, 24, 25, 26, 27) | ANY(w, 0, 0, 0x20, 0xe0), 1);
		break;
	case 5:
		put(w, 0xaaaa03, 3);
		put(w, ANY(w, 0, 0x080007), 3);
		put(w, ANY(w, 0x809b, 0x80f3, 0x8137), 2);
		break;
	case 6:
		put(w, 0xaaaa03, 3);
		put(w, 0, 3);
		put(w, ANY(w, 0x0800, 0x86dd, 0x0806), 2);
		put_ip4_packet(w);
		break;
	default: put(w, 0x0606, 2), put_random(w, 2); break;
	}
	put_random(w, 30);
}

static void put_network(struct writer *w, uint32_t ethertype)
{
	switch (ethertype) {
	case 0x0800: put_ip4_packet(w); break;
	case 0x86dd: put_ip6_packet(w); break;
	case 0x0806:
	case 0x8035: put_arp(w); break;
	case 0x8847: put_mpls(w); break;
	case 0x8864:
		put(w, 0x1100, 2);
		put(w, ANY(w, 5, 7, 0x1234), 2);
		put(w, 100, 2);
		ethertype = ANY(w, 0x0800, 0x0800, 0x86dd);
		put(w, ethertype == 0x0800 ? 0x0021 : 0x0057, 2);
		put_network(w, ethertype);
		break;
	default: put_random(w, 60); break;
	}
}

static uint32_t an_ethertype(struct writer *w)
{
	return one_in(w->r, 3) ? ANY(w, 0x0806, 0x8035, 0x8847, 0x8864, 0x8863, 0x809b, 0x80f3,
				     0x6003, 0x6004, 0x88f7, 0x88cc, 0x8137, 0x9000) :
				 ANY(w, 0x0800, 0x0800, 0x86dd);
}

static void put_typed(struct writer *w)
{
	uint32_t tags = one_in(w->r, 4) ? 1 + pick(w->r, 3) : 0, type;

	while (tags-- > 0) {
		put(w, ANY(w, 0x8100, 0x8100, 0x88a8, 0x9100), 2);
		put(w, pick(w->r, 8) << 13 | ANY(w, 10, 20, 300, 4094, 5), 2);
	}
	if (one_in(w->r, 6)) {
		put(w, 40 + pick(w->r, 100), 2);
		put_llc(w);
		return;
	}
	type = an_ethertype(w);
	put(w, type, 2);
	put_network(w, type);
}

/* --- link headers ---------------------------------------------------------------------------- */

static void put_ethernet(struct writer *w)
{
	put_mac(w);
	put_mac(w);
	put_typed(w);
}

static void put_wlan(struct writer *w)
{
	uint32_t first = one_in(w->r, 2) ? ANY(w, 0x08, 0x88) : pick(w->r, 64) << 2;
	uint32_t second = pick(w->r, 4);

	put(w, first, 1);
	put(w, second, 1);
	put_random(w, 2);
	put_mac(w);
	put_mac(w);
	put_mac(w);
	put_random(w, 2);
	if (first & 0x80)
		put_random(w, 2);
	put(w, 0xaaaa03, 3);
	put(w, 0, 3);
	put_typed(w);
}

static void put_le16(struct writer *w, uint32_t value)
{
	put(w, (value & 0xff) << 8 | value >> 8, 2);
}

static void put_radiotap(struct writer *w)
{
	bool time = one_in(w->r, 2), flags = one_in(w->r, 2), more = one_in(w->r, 8);
	uint32_t len = 8 + (time ? 8u : 0) + 4 + pick(w->r, 3) * 4;
	uint32_t start = w->p->len;

	put(w, 0, 2);
	put_le16(w, len);
	put(w, (uint32_t)time << 24 | (uint32_t)flags << 25 | (uint32_t)more << 7, 4);
	while (w->p->len < start + len)
		put(w, one_in(w->r, 3) ? 0x20 : pick(w->r, 256), 1);
	put_wlan(w);
}

static void put_ppp(struct writer *w)
{
	uint32_t type = an_ethertype(w);

	put(w,
	    type == 0x0800 ? 0x0021 :
	    type == 0x86dd ? 0x0057 :
	    type == 0x8847 ? 0x0281 :
			     ANY(w, 0x23, 0x27, 0x29, 0x2b, 0x31, 0xc021),
	    2);
	put_network(w, type);
}

static void put_sll(struct writer *w)
{
	uint32_t type = an_ethertype(w);

	put(w, pick(w->r, 5), 2);
	put(w, 1, 2);
	put(w, 6, 2);
	put_mac(w);
	put(w, 0, 2);
	if (one_in(w->r, 5)) {
		put(w, ANY(w, 1, 4), 2);
		put_llc(w);
	} else {
		put(w, type, 2);
		put_network(w, type);
	}
}

static void put_sll2(struct writer *w)
{
	uint32_t type = an_ethertype(w);

	put(w, type, 2);
	put(w, 0, 2);
	put(w, pick(w->r, 6), 4);
	put(w, 1, 2);
	put(w, pick(w->r, 5), 1);
	put(w, 6, 1);
	put_mac(w);
	put(w, 0, 2);
	put_network(w, type);
}

static void put_ip_of_family(struct writer *w, bool swapped)
{
	bool is_ip6 = one_in(w->r, 3);
	uint32_t family = one_in(w->r, 8) ? 7 : is_ip6 ? 10 : 2;

	put(w, swapped ? __builtin_bswap32(family) : family, 4);
	put_network(w, is_ip6 ? 0x86dd : 0x0800);
}

static void put_llc_link(struct writer *w, uint32_t before)
{
	put_random(w, before);
	put_mac(w);
	put_mac(w);
	put_llc(w);
}

void packet_make(struct random_source *r, int link, struct packet *ret)
{
	struct writer writer = { .r = r, .p = ret }, *w = &writer;

	ret->len = 0;
	switch (link) {
	case DLT_EN10MB: put_ethernet(w); break;
	case DLT_NETANALYZER: put_random(w, 4), put_ethernet(w); break;
	case DLT_NETANALYZER_TRANSPARENT: put_random(w, 12), put_ethernet(w); break;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6: put_network(w, one_in(r, 3) ? 0x86dd : 0x0800); break;
	case DLT_NULL: put_ip_of_family(w, true); break;
	case DLT_LOOP: put_ip_of_family(w, false); break;
	case DLT_LINUX_SLL: put_sll(w); break;
	case DLT_LINUX_SLL2: put_sll2(w); break;
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_PPP_PPPD:
		put(w, pick(r, 2), 1);
		put(w, 0x03, 1);
		put_ppp(w);
		break;
	case DLT_PPP_ETHER: put(w, 0x11000005, 4), put(w, 100, 2), put_ppp(w); break;
	case DLT_C_HDLC:
		put(w, 0x0f00, 2);
		if (one_in(r, 4))
			put(w, 0xfefe03, 3), put(w, ANY(w, 0x81, 0x82, 0x83), 1), put_random(w, 40);
		else
			put_typed(w);
		break;
	case DLT_FDDI: put_llc_link(w, 1); break;
	case DLT_IEEE802: put_llc_link(w, 2); break;
	case DLT_IP_OVER_FC: put_random(w, 2), put_llc_link(w, 2); break;
	case DLT_IEEE802_11: put_wlan(w); break;
	case DLT_IEEE802_11_RADIO: put_radiotap(w); break;
	case DLT_PRISM_HEADER:
		if (one_in(r, 2)) {
			put(w, 0x80211001, 4), put(w, 64, 4), put_random(w, 56);
		} else {
			put_random(w, 144);
		}
		put_wlan(w);
		break;
	case DLT_IEEE802_11_RADIO_AVS:
		put(w, 0x80211001, 4), put(w, 64, 4), put_random(w, 56);
		put_wlan(w);
		break;
	case DLT_PPI:
		put(w, 0, 2), put_le16(w, 16), put(w, one_in(r, 6) ? 0x01000000 : 0x69000000, 4);
		put_random(w, 8);
		put_wlan(w);
		break;
	default: put_random(w, pick(r, 32)), put_ip4_packet(w); break;
	}
}

void packet_print(const struct packet *packet, uint32_t most)
{
	for (uint32_t i = 0; i < packet->len && i < most; i++)
		printf("%02x", packet->data[i]);
	printf(" (%u bytes)\n", packet->len);
}
