/*
 * headers.c - the plain facts of a packet.
 *
 * One pass from the link header inwards.  Each header is taken as a whole or not at all; where the
 * capture ends, or something that we do not follow begins, so does the pass.
 */
#include "dissect/headers.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "abi/link.h"
#include "base/bits.h"

enum {
	TYPE_IP = 0x0800,
	TYPE_IP6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_QINQ_OLD = 0x9100,
	TYPE_QINQ_OLDER = 0x9200,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPPOE = 0x8864,
	LEAST_TYPE = 0x600, /* below it is a length, and LLC follows */

	PROTO_HOP_BY_HOP = 0,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_ICMP6 = 58,
	PROTO_DESTINATION = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_UDPLITE = 136,

	PPP_IP = 0x0021,
	PPP_IP6 = 0x0057,
	PPP_MPLS = 0x0281,
};

/* What is still to be read. */
struct reader {
	const uint8_t *p, *end;
	uint32_t wire_left; /* from p to the end of what was on the wire */
	struct packet_headers *h;
};

/* The next @n bytes, or NULL if they are not all there. */
static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if ((size_t)(r->end - p) < n)
		return NULL;
	r->p += n;
	r->wire_left -= r->wire_left < n ? r->wire_left : (uint32_t)n;
	return p;
}

/* A header before says that no more than @n bytes follow. */
static void limit(struct reader *r, uint32_t n)
{
	if ((size_t)(r->end - r->p) > n)
		r->end = r->p + n;
	r->wire_left = n;
}

static void set_payload(struct reader *r)
{
	r->h->has |= HAS_PAYLOAD;
	r->h->payload_len = r->wire_left;
}

/* --- transport -------------------------------------------------------------------------------- */

static void read_ports(struct packet_headers *h, const uint8_t *p)
{
	h->has |= HAS_PORTS;
	h->src_port = load_be16(p);
	h->dst_port = load_be16(p + 2);
}

static void read_tcp(struct reader *r)
{
	struct packet_headers *h = r->h;
	uint32_t total = r->wire_left, header;
	const uint8_t *p = take(r, 20);

	if (!p)
		return;
	h->has |= HAS_TCP;
	h->tcp_seq = load_be32(p + 4);
	h->tcp_ack = load_be32(p + 8);
	h->tcp_flags = p[13];
	h->tcp_window = load_be16(p + 14);
	header = (uint32_t)(p[12] >> 4) * 4;
	if (header < 20 || header > total)
		return;
	h->has |= HAS_PAYLOAD;
	h->payload_len = total - header;
}

static void read_transport(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = r->p;

	switch (h->protocol) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_UDPLITE:
	case PROTO_SCTP:
		if ((size_t)(r->end - p) < 4)
			return;
		read_ports(h, p);
		if (h->protocol == PROTO_TCP)
			read_tcp(r);
		else if (take(r, h->protocol == PROTO_SCTP ? 12 : 8))
			set_payload(r);
		return;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		if ((size_t)(r->end - p) < 2)
			return;
		h->has |= HAS_ICMP;
		h->icmp_type = p[0];
		h->icmp_code = p[1];
		if (take(r, 8))
			set_payload(r);
		return;
	default: set_payload(r); return;
	}
}

/* --- network ---------------------------------------------------------------------------------- */

static void read_fragment(struct packet_headers *h, uint32_t offset, bool more)
{
	if (offset == 0 && !more)
		return;
	h->has |= HAS_FRAGMENT;
	h->fragment_offset = offset;
	h->more_fragments = more;
}

static bool is_first(const struct packet_headers *h)
{
	return !(h->has & HAS_FRAGMENT) || h->fragment_offset == 0;
}

static void read_inner(struct reader *r)
{
	if (is_first(r->h))
		read_transport(r);
	else
		set_payload(r);
}

static void read_ip4(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 20);
	uint32_t header, total, fragment;

	if (!p || p[0] >> 4 != 4)
		return;
	header = (p[0] & 15u) * 4;
	if (header < 20)
		return;
	h->has |= HAS_NETWORK;
	h->ip_version = 4;
	h->ttl = p[8];
	h->protocol = p[9];
	memcpy(h->src, p + 12, 4);
	memcpy(h->dst, p + 16, 4);
	fragment = load_be16(p + 6);
	read_fragment(h, (fragment & 0x1fff) * 8, fragment & 0x2000);

	total = load_be16(p + 2);
	if (total == 0) /* the interface cuts it into segments that fit */
		total = r->wire_left + 20;
	if (total < header)
		return;
	limit(r, total - 20);
	if (take(r, header - 20))
		read_inner(r);
}

static bool is_extension(uint8_t protocol)
{
	switch (protocol) {
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AH:
	case PROTO_DESTINATION:
	case PROTO_MOBILITY: return true;
	default: return false;
	}
}

/* The bytes of an extension header, whose second byte is @units. */
static uint32_t extension_len(uint8_t protocol, uint8_t units)
{
	switch (protocol) {
	case PROTO_FRAGMENT: return 8;
	case PROTO_AH: return (units + 2u) * 4;
	default: return (units + 1u) * 8;
	}
}

static void read_ip6(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 40);

	if (!p || p[0] >> 4 != 6)
		return;
	h->has |= HAS_NETWORK;
	h->ip_version = 6;
	h->protocol = p[6];
	h->ttl = p[7];
	memcpy(h->src, p + 8, 16);
	memcpy(h->dst, p + 24, 16);
	if (load_be16(p + 4) != 0) /* 0: a jumbogram, or segments to be */
		limit(r, load_be16(p + 4));

	while (is_extension(h->protocol) && is_first(h)) {
		if (r->end - r->p < 2)
			return;
		p = take(r, extension_len(h->protocol, r->p[1]));
		if (!p)
			return;
		if (h->protocol == PROTO_FRAGMENT)
			read_fragment(h, load_be16(p + 2) & 0xfff8u, p[3] & 1);
		h->protocol = p[0];
	}
	read_inner(r);
}

static void read_ip(struct reader *r)
{
	if (r->p == r->end)
		return;
	r->h->has |= HAS_ETHERTYPE;
	r->h->ethertype = r->p[0] >> 4 == 6 ? TYPE_IP6 : TYPE_IP;
	if (r->h->ethertype == TYPE_IP6)
		read_ip6(r);
	else
		read_ip4(r);
}

/* --- between link and network ----------------------------------------------------------------- */

static bool read_vlan(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 4);

	if (!p)
		return false;
	h->has |= HAS_VLAN;
	if (h->vlan_count < HEADERS_MOST_VLANS)
		h->vlan[h->vlan_count++] = load_be16(p) & 0xfff;
	h->ethertype = load_be16(p + 2);
	return true;
}

static void read_mpls(struct reader *r)
{
	const uint8_t *p;

	do {
		p = take(r, 4);
		if (!p)
			return;
	} while (!(p[2] & 1)); /* the bottom of the stack */
	if (r->p < r->end && (r->p[0] >> 4 == 4 || r->p[0] >> 4 == 6))
		read_ip(r);
}

/* A protocol's number ends with the first odd byte (RFC 1661, 2). */
static void read_ppp(struct reader *r)
{
	bool is_short = r->p < r->end && (r->p[0] & 1);
	const uint8_t *p = take(r, is_short ? 1 : 2);

	if (!p)
		return;
	switch (is_short ? p[0] : load_be16(p)) {
	case PPP_IP:
	case PPP_IP6: read_ip(r); break;
	case PPP_MPLS: read_mpls(r); break;
	default: break;
	}
}

static void read_pppoe(struct reader *r)
{
	const uint8_t *p = take(r, 6);

	if (!p)
		return;
	limit(r, load_be16(p + 4));
	read_ppp(r);
}

static void read_llc(struct reader *r);

/* What an Ethernet type, or a length in its place, announces. */
static void read_typed(struct reader *r, uint16_t type)
{
	struct packet_headers *h = r->h;

	if (type < LEAST_TYPE) {
		limit(r, type < r->wire_left ? type : r->wire_left);
		read_llc(r);
		return;
	}
	h->has |= HAS_ETHERTYPE;
	h->ethertype = type;
	while (h->ethertype == TYPE_VLAN || h->ethertype == TYPE_QINQ ||
	       h->ethertype == TYPE_QINQ_OLD || h->ethertype == TYPE_QINQ_OLDER)
		if (!read_vlan(r))
			return;
	switch (h->ethertype) {
	case TYPE_IP: read_ip4(r); break;
	case TYPE_IP6: read_ip6(r); break;
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST: read_mpls(r); break;
	case TYPE_PPPOE: read_pppoe(r); break;
	default: break;
	}
}

/* 802.2 with SNAP carries Ethernet types; of other LLC nothing is said. */
static void read_llc(struct reader *r)
{
	static const uint8_t snap[6] = { 0xaa, 0xaa, 0x03 };
	const uint8_t *p = take(r, 8);

	if (p && memcmp(p, snap, sizeof snap) == 0 && load_be16(p + 6) >= LEAST_TYPE)
		read_typed(r, load_be16(p + 6));
}

/* --- links ------------------------------------------------------------------------------------ */

static void set_link(uint8_t *to, struct packet_headers *h, const uint8_t *p, uint8_t len,
		     enum header_field field)
{
	if (len == 0 || len > HEADERS_MOST_LINK_ADDRESS)
		return;
	h->has |= field;
	h->link_address_len = len;
	memcpy(to, p, len);
}

static void read_ethernet(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 14);

	if (!p)
		return;
	set_link(h->link_dst, h, p, 6, HAS_LINK_DST);
	set_link(h->link_src, h, p + 6, 6, HAS_LINK_SRC);
	read_typed(r, load_be16(p + 12));
}

static void read_sll(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 16);

	if (!p)
		return;
	if (load_be16(p + 4) <= 8)
		set_link(h->link_src, h, p + 6, p[5], HAS_LINK_SRC);
	if (load_be16(p + 14) == 4) /* 802.2 */
		read_llc(r);
	else if (load_be16(p + 14) >= LEAST_TYPE)
		read_typed(r, load_be16(p + 14));
}

static void read_sll2(struct reader *r)
{
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 20);

	if (!p)
		return;
	h->has |= HAS_IFINDEX;
	h->ifindex = load_be32(p + 4);
	set_link(h->link_src, h, p + 12, p[11], HAS_LINK_SRC);
	if (load_be16(p) == 4)
		read_llc(r);
	else if (load_be16(p) >= LEAST_TYPE)
		read_typed(r, load_be16(p));
}

/* BSD's loopback: an address family in either byte order; IPv6's is another on each system. */
static void read_family(struct reader *r)
{
	if (take(r, 4) && r->p < r->end && (r->p[0] >> 4 == 4 || r->p[0] >> 4 == 6))
		read_ip(r);
}

/* PPP in HDLC framing, whose two bytes may be left out. */
static void read_ppp_link(struct reader *r)
{
	if (r->end - r->p >= 2 && r->p[1] == 0x03)
		(void)take(r, 2);
	read_ppp(r);
}

static void read_chdlc(struct reader *r)
{
	const uint8_t *p = take(r, 4);

	if (p && load_be16(p + 2) >= LEAST_TYPE)
		read_typed(r, load_be16(p + 2));
}

/* 802.11 (IEEE 802.11-2020, 9.2): of data frames, what they carry in the clear. */
static void read_wlan(struct reader *r)
{
	enum {
		DATA = 0x08,
		KIND = 0x0c,
		QOS = 0x80,
		NO_DATA = 0x40,
		TO_DS = 1,
		FROM_DS = 2,
		PROTECTED = 0x40
	};
	struct packet_headers *h = r->h;
	const uint8_t *p = take(r, 24), *src;

	if (!p || (p[0] & KIND) != DATA)
		return;
	src = p[1] & FROM_DS ? p + 16 : p + 10;
	if ((p[1] & TO_DS) && (p[1] & FROM_DS)) {
		src = take(r, 6);
		if (!src)
			return;
	}
	set_link(h->link_dst, h, p[1] & TO_DS ? p + 16 : p + 4, 6, HAS_LINK_DST);
	set_link(h->link_src, h, src, 6, HAS_LINK_SRC);
	if ((p[0] & QOS) && !take(r, 2))
		return;
	if (!(p[0] & NO_DATA) && !(p[1] & PROTECTED))
		read_llc(r);
}

static void read_radiotap(struct reader *r)
{
	if (r->end - r->p >= 4 && take(r, load_le16(r->p + 2)))
		read_wlan(r);
}

int packet_headers(const struct packet *packet, int dlt, struct packet_headers *ret)
{
	struct reader reader = { packet->data, packet->data + packet->len, packet->wire_len, ret };

	memset(ret, 0, sizeof *ret);
	if (reader.wire_left < packet->len)
		reader.wire_left = packet->len;
	switch (dlt) {
	case DLT_EN10MB: read_ethernet(&reader); return 0;
	case DLT_LINUX_SLL: read_sll(&reader); return 0;
	case DLT_LINUX_SLL2: read_sll2(&reader); return 0;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6: read_ip(&reader); return 0;
	case DLT_NULL:
	case DLT_LOOP: read_family(&reader); return 0;
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_PPP_PPPD: read_ppp_link(&reader); return 0;
	case DLT_PPP_ETHER: read_pppoe(&reader); return 0;
	case DLT_C_HDLC: read_chdlc(&reader); return 0;
	case DLT_IEEE802_11: read_wlan(&reader); return 0;
	case DLT_IEEE802_11_RADIO: read_radiotap(&reader); return 0;
	default: return -ENOTSUP;
	}
}
