/*
 * lower_link.c - link headers: what they carry, their addresses, LLC, and what stands beside the
 * packet.
 *
 * A protocol is named by its EtherType, or if it has none by the SAP that it has in LLC, a
 * number below 1536.  Where a link type says neither, its own numbers are derived.
 */
#include "filter/lower.h"

#include "base/bits.h"
#include "isa/cbpf.h"

enum {
	ETHERTYPE_IP = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_RARP = 0x8035,
	ETHERTYPE_ATALK = 0x809b,
	ETHERTYPE_AARP = 0x80f3,
	ETHERTYPE_IPX = 0x8137,
	ETHERTYPE_IP6 = 0x86dd,
	ETHERTYPE_DECNET = 0x6003,
	ETHERTYPE_MPLS = 0x8847,
	ETHER_MOST_LEN = 1500, /* up to here the field is a length: 802.3 */
	SAP_IP = 0x06,
	SAP_STP = 0x42,
	SAP_IPX = 0xe0,
	SAP_NETBEUI = 0xf0,
	SAP_ISO = 0xfe,
};

/* --- LLC ------------------------------------------------------------------------------------ */

/* AA AA 03, an organisation and a type. */
static void lower_snap(struct lower *c, uint32_t organisation, uint32_t type, struct ways w)
{
	struct ways low = need(c, w.no);

	lower_equal(c, AT_LLC, 4, 4, (organisation & 0xffff) << 16 | type, low);
	begin(c, low.yes);
	lower_equal(c, AT_LLC, 0, 4, 0xaaaa0300 | organisation >> 16, w);
}

/* Both SAPs. */
static void lower_saps(struct lower *c, uint32_t sap, struct ways w)
{
	lower_equal(c, AT_LLC, 0, 2, sap << 8 | sap, w);
}

/* IPX behind an 802.3 header: with LLC, with SNAP, or raw, which begins with a checksum of FF FF. */
static void lower_ipx_llc(struct lower *c, bool raw, struct ways w)
{
	struct ways snap = suffice(c, w.yes), sap;

	lower_snap(c, 0, ETHERTYPE_IPX, snap);
	begin(c, snap.no);
	if (!raw) {
		lower_equal(c, AT_LLC, 0, 1, SAP_IPX, w);
		return;
	}
	sap = suffice(c, w.yes);
	lower_equal(c, AT_LLC, 0, 1, SAP_IPX, sap);
	begin(c, sap.no);
	lower_equal(c, AT_LLC, 0, 2, 0xffff, w);
}

/* Where LLC is all there is. */
static void lower_llc_type(struct lower *c, uint32_t type, struct ways w)
{
	switch (type) {
	case SAP_IP:
	case SAP_ISO:
	case SAP_NETBEUI: lower_saps(c, type, w); break;
	case SAP_IPX: lower_equal(c, AT_LLC, 0, 1, type, w); break;
	case ETHERTYPE_ATALK: lower_snap(c, 0x080007, type, w); break;
	default:
		if (type <= ETHER_MOST_LEN)
			lower_equal(c, AT_LLC, 0, 1, type, w);
		else
			lower_equal(c, AT_LLC, 6, 2, type, w);
		break;
	}
}

/* --- link types ----------------------------------------------------------------------------- */

/* An 802.3 frame: its type is a length. */
static void lower_has_llc(struct lower *c, struct ways w)
{
	lower_compare(c, IR_LE, lower_load(c, AT_TYPE, 0, 2), ETHER_MOST_LEN, w);
}

static void lower_ether(struct lower *c, uint32_t type, struct ways w)
{
	struct ways by_type, llc = need(c, w.no);

	switch (type) {
	case SAP_IP:
	case SAP_ISO:
	case SAP_NETBEUI:
		lower_has_llc(c, llc);
		begin(c, llc.yes);
		lower_saps(c, type, w);
		return;
	case SAP_IPX:
	case ETHERTYPE_ATALK:
	case ETHERTYPE_AARP:
		by_type = suffice(c, w.yes);
		lower_equal(c, AT_TYPE, 0, 2, type == SAP_IPX ? ETHERTYPE_IPX : type, by_type);
		begin(c, by_type.no);
		lower_has_llc(c, llc);
		begin(c, llc.yes);
		if (type == SAP_IPX)
			lower_ipx_llc(c, true, w);
		else
			lower_snap(c, type == ETHERTYPE_ATALK ? 0x080007 : 0, type, w);
		return;
	default: break;
	}
	if (type <= ETHER_MOST_LEN) {
		lower_has_llc(c, llc);
		begin(c, llc.yes);
		/* behind the length, which is where LLC is; with a Geneve header that was not
		 * there, it need not be */
		lower_equal(c, AT_TYPE, 2, 1, type, w);
		return;
	}
	lower_equal(c, AT_TYPE, 0, 2, type, w);
}

/* Linux' cooked captures: for 802.3 and 802.2 the type is one of two marks. */
static void lower_sll(struct lower *c, uint32_t type, struct ways w)
{
	enum { RAW_802_3 = 1, LLC_802_2 = 4 };
	struct ways by_type, raw, llc;

	if (type > ETHER_MOST_LEN && type != ETHERTYPE_ATALK && type != ETHERTYPE_AARP) {
		lower_equal(c, AT_TYPE, 0, 2, type, w);
		return;
	}
	if (type > ETHER_MOST_LEN || type == SAP_IPX) {
		by_type = suffice(c, w.yes);
		lower_equal(c, AT_TYPE, 0, 2, type == SAP_IPX ? ETHERTYPE_IPX : type, by_type);
		begin(c, by_type.no);
	}
	if (type == SAP_IPX) {
		raw = suffice(c, w.yes);
		lower_equal(c, AT_TYPE, 0, 2, RAW_802_3, raw);
		begin(c, raw.no);
	}
	llc = need(c, w.no);
	lower_equal(c, AT_TYPE, 0, 2, LLC_802_2, llc);
	begin(c, llc.yes);
	switch (type) {
	case SAP_IP:
	case SAP_ISO:
	case SAP_NETBEUI: lower_saps(c, type, w); break;
	case SAP_IPX: lower_ipx_llc(c, false, w); break;
	case ETHERTYPE_ATALK: lower_snap(c, 0x080007, type, w); break;
	case ETHERTYPE_AARP: lower_snap(c, 0, type, w); break;
	default: lower_equal(c, AT_LLC, 0, 1, type, w); break;
	}
}

/* The number by which PPP knows what has an EtherType or SAP. */
static uint32_t ppp_number(uint32_t type)
{
	switch (type) {
	case ETHERTYPE_IP: return 0x0021;
	case ETHERTYPE_IP6: return 0x0057;
	case ETHERTYPE_DECNET: return 0x0027;
	case ETHERTYPE_ATALK: return 0x0029;
	case ETHERTYPE_MPLS: return 0x0281;
	case SAP_ISO: return 0x0023;
	case SAP_STP: return 0x0031;
	case SAP_IPX: return 0x002b;
	default: return type;
	}
}

/* BSD/OS's PPP: IP also with its headers compressed. */
static void lower_ppp_bsdos(struct lower *c, uint32_t type, struct ways w)
{
	struct key_set set = { 0 };
	const struct field field = { .at = AT_TYPE, .bytes = { 2 } };
	uint32_t number = ppp_number(type);

	key_add_range(c, &set, number, number);
	if (type == ETHERTYPE_IP) {
		key_add_range(c, &set, 0x002d, 0x002d);
		key_add_range(c, &set, 0x002f, 0x002f);
	}
	lower_in_set(c, &set, &field, w);
}

/* Address families: IPv4's is 2 everywhere, IPv6's is any system's own.  The loopback of the BSDs
 * has them in the byte order of the machine that captured; packets captured here have ours. */
static void lower_family(struct lower *c, uint32_t type, struct ways w)
{
	static const uint32_t ip4[] = { 2, 0 };
	static const uint32_t ip6[] = { 10, 24, 28, 30, 0 };
	const struct field field = { .at = AT_TYPE, .bytes = { 4 } };
	const uint32_t *family = type == ETHERTYPE_IP ? ip4 : ip6;
	bool is_network_order = c->layout.link->dlt == DLT_LOOP;
	struct key_set set = { 0 };

	if (type != ETHERTYPE_IP && type != ETHERTYPE_IP6) {
		always(c, false, w);
		return;
	}
	for (; *family; family++) {
		uint32_t swapped = __builtin_bswap32(*family);

		if (is_network_order || !c->options->live)
			key_add_range(c, &set, *family, *family);
		if (!is_network_order)
			key_add_range(c, &set, swapped, swapped);
	}
	lower_in_set(c, &set, &field, w);
}

static void lower_version(struct lower *c, uint32_t type, struct ways w)
{
	if (type == ETHERTYPE_IP)
		lower_masked(c, AT_NETWORK, 0, 1, 0x40, 0xf0, w);
	else if (type == ETHERTYPE_IP6)
		lower_masked(c, AT_NETWORK, 0, 1, 0x60, 0xf0, w);
	else
		always(c, false, w);
}

/* ARCNET's protocol numbers; IP and ARP have an old and a new one. */
static void lower_arcnet(struct lower *c, uint32_t type, struct ways w)
{
	static const struct {
		uint32_t type;
		uint8_t numbers[2];
	} rows[] = {
		{ ETHERTYPE_IP, { 0xd4, 0xf0 } },    { ETHERTYPE_IP6, { 0xc4, 0xc4 } },
		{ ETHERTYPE_ARP, { 0xd5, 0xf1 } },   { ETHERTYPE_RARP, { 0xd6, 0xd6 } },
		{ ETHERTYPE_ATALK, { 0xdd, 0xdd } },
	};
	const struct field field = { .at = AT_TYPE, .bytes = { 1 } };
	struct key_set set = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (int j = 0; rows[i].type == type && j < 2; j++)
			key_add_range(c, &set, rows[i].numbers[j], rows[i].numbers[j]);
	}
	lower_in_set(c, &set, &field, w);
}

/* Frame relay: a control byte of 3 and a network layer identifier. */
static void lower_frelay(struct lower *c, uint32_t type, struct ways w)
{
	const struct field field = { .at = AT_TYPE, .bytes = { 2 } };
	struct key_set set = { 0 };

	if (type == ETHERTYPE_IP)
		key_add_range(c, &set, 0x03cc, 0x03cc);
	else if (type == ETHERTYPE_IP6)
		key_add_range(c, &set, 0x038e, 0x038e);
	else if (type == SAP_ISO)
		key_add_range(c, &set, 0x0381, 0x0383);
	lower_in_set(c, &set, &field, w);
}

static void lower_ipnet(struct lower *c, uint32_t type, struct ways w)
{
	if (type == ETHERTYPE_IP)
		lower_equal(c, AT_TYPE, 0, 1, 2, w);
	else if (type == ETHERTYPE_IP6)
		lower_equal(c, AT_TYPE, 0, 1, 26, w);
	else
		always(c, false, w);
}

/* Behind MPLS nothing says what follows, so the version of IP must do; and the label before
 * must be the last. */
static void lower_mpls_type(struct lower *c, uint32_t type, struct ways w)
{
	struct ways last = need(c, w.no);

	if (type != ETHERTYPE_IP && type != ETHERTYPE_IP6) {
		lower_fail(c, w, "only 'ip' and 'ip6' can be told behind 'mpls'");
		return;
	}
	lower_any_bit(c, AT_NETWORK, UINT32_MAX - 1, 1, 1, last);
	begin(c, last.yes);
	lower_masked(c, AT_NETWORK, 0, 1, type == ETHERTYPE_IP ? 0x40 : 0x60, 0xf0, w);
}

void lower_ethertype(struct lower *c, uint32_t type, struct ways w)
{
	struct ways data;

	if (c->layout.labels > 0) {
		lower_mpls_type(c, type, w);
		return;
	}
	switch (c->layout.link->kind) {
	case LINK_OPAQUE:
		lower_fail(c, w, "of %s, only bytes can be tested: link[N]", c->layout.link->words);
		break;
	case LINK_ETHER: lower_ether(c, type, w); break;
	case LINK_LLC: lower_llc_type(c, type, w); break;
	case LINK_WLAN:
		data = need(c, w.no);
		lower_wlan_is_data(c, data);
		begin(c, data.yes);
		lower_llc_type(c, type, w);
		break;
	case LINK_SLL: lower_sll(c, type, w); break;
	case LINK_PPP: lower_equal(c, AT_TYPE, 0, 2, ppp_number(type), w); break;
	case LINK_PPP_BSDOS: lower_ppp_bsdos(c, type, w); break;
	case LINK_HDLC: lower_equal(c, AT_TYPE, 0, 2, type == SAP_ISO ? 0xfefe : type, w); break;
	case LINK_TYPE: lower_equal(c, AT_TYPE, 0, 2, type, w); break;
	case LINK_FAMILY: lower_family(c, type, w); break;
	case LINK_VERSION: lower_version(c, type, w); break;
	case LINK_IPV4: always(c, type == ETHERTYPE_IP, w); break;
	case LINK_IPV6: always(c, type == ETHERTYPE_IP6, w); break;
	case LINK_IPNET: lower_ipnet(c, type, w); break;
	case LINK_LTALK: always(c, type == ETHERTYPE_ATALK, w); break;
	case LINK_ARCNET: lower_arcnet(c, type, w); break;
	case LINK_FRELAY: lower_frelay(c, type, w); break;
	}
}

/* --- MAC addresses -------------------------------------------------------------------------- */

/* Where a MAC header has source and destination. */
static bool mac_offsets(const struct lower *c, uint32_t *ret_src, uint32_t *ret_dst)
{
	*ret_dst = 0;
	switch (c->layout.link->mac) {
	case MAC_ETHER: *ret_src = 6; return true;
	case MAC_FDDI:
		*ret_src = 7;
		*ret_dst = 1;
		return true;
	case MAC_TOKEN:
		*ret_src = 8;
		*ret_dst = 2;
		return true;
	case MAC_FC:
		*ret_src = 10;
		*ret_dst = 2;
		return true;
	case MAC_WLAN:
	case MAC_NONE: break;
	}
	*ret_src = 0;
	return false;
}

void lower_mac_at(struct lower *c, uint32_t offset, const uint8_t mac[6], struct ways w)
{
	struct ways low = need(c, w.no);

	lower_equal(c, AT_HEADER, offset + 2, 4, load_be32(mac + 2), low);
	begin(c, low.yes);
	lower_equal(c, AT_HEADER, offset, 2, load_be16(mac), w);
}

static void lower_mac_set(struct lower *c, struct key_set *set, uint32_t offset, struct ways w)
{
	const struct field field = {
		.at = AT_HEADER,
		.offset = { offset + 2, offset },
		.bytes = { 4, 2 },
	};

	lower_in_set(c, set, &field, w);
}

/* Geneve may carry a packet without a link header; it is then where the payload is. */
static void need_header(struct lower *c, struct ir_block *no)
{
	struct ways has = need(c, no);
	struct ir_value *header, *payload;

	if (!c->layout.is_geneve) {
		ir_build_jump(&c->b, has.yes);
	} else {
		header = lower_base(c, &c->layout.header);
		payload = lower_base(c, &c->layout.payload);
		ir_build_branch(&c->b, IR_NE, header, payload, has.yes, has.no);
	}
	begin(c, has.yes);
}

static void lower_mac_direction(struct lower *c, struct key_set *set, enum direction direction,
				struct ways w)
{
	uint32_t src, dst;
	struct ways first;

	if (!mac_offsets(c, &src, &dst)) {
		lower_fail(c, w, "%s has no MAC addresses", c->layout.link->words);
		return;
	}
	need_header(c, w.no);
	switch (direction) {
	case DIRECTION_SRC: lower_mac_set(c, set, src, w); break;
	case DIRECTION_DST: lower_mac_set(c, set, dst, w); break;
	case DIRECTION_NONE:
	case DIRECTION_OR:
		first = suffice(c, w.yes);
		lower_mac_set(c, set, src, first);
		begin(c, first.no);
		lower_mac_set(c, set, dst, w);
		break;
	case DIRECTION_AND:
		first = need(c, w.no);
		lower_mac_set(c, set, src, first);
		begin(c, first.yes);
		lower_mac_set(c, set, dst, w);
		break;
	case DIRECTION_ADDR1:
	case DIRECTION_ADDR2:
	case DIRECTION_ADDR3:
	case DIRECTION_ADDR4:
	case DIRECTION_RA:
	case DIRECTION_TA: lower_fail(c, w, "only 802.11 has four addresses"); break;
	}
}

static void mac_key(struct lower *c, struct key_set *set, const uint8_t mac[6])
{
	struct key key = { .word = { load_be32(mac + 2) }, .depth = 1 };

	key.low = key.high = load_be16(mac);
	key_add(c, set, &key);
}

void lower_mac(struct lower *c, const struct node *first, uint32_t count, struct ways w)
{
	struct key_set set = { 0 };

	if (c->layout.link->mac == MAC_WLAN) {
		for (const struct node *node = first; count > 0; node = node->next, count--) {
			struct ways one = count == 1 ? w : suffice(c, w.yes);

			lower_wlan_mac(c, node->mac, node->q.direction, one);
			if (count > 1)
				begin(c, one.no);
		}
		return;
	}
	for (const struct node *node = first; count > 0; node = node->next, count--)
		mac_key(c, &set, node->mac);
	lower_mac_direction(c, &set, first->q.direction, w);
}

void lower_mac_broadcast(struct lower *c, struct ways w)
{
	static const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct key_set set = { 0 };

	if (c->layout.link->mac == MAC_NONE) {
		lower_fail(c, w, "%s has no broadcast", c->layout.link->words);
	} else if (c->layout.link->mac == MAC_WLAN) {
		lower_wlan_mac(c, everybody, DIRECTION_DST, w);
	} else {
		mac_key(c, &set, everybody);
		lower_mac_direction(c, &set, DIRECTION_DST, w);
	}
}

void lower_mac_multicast(struct lower *c, struct ways w)
{
	uint32_t src, dst;

	if (c->layout.link->mac == MAC_WLAN) {
		lower_wlan_multicast(c, w);
	} else if (mac_offsets(c, &src, &dst)) {
		need_header(c, w.no);
		lower_any_bit(c, AT_HEADER, dst, 1, 1, w);
	} else {
		lower_fail(c, w, "%s has no multicast", c->layout.link->words);
	}
}

/* --- LLC frames ----------------------------------------------------------------------------- */

void lower_llc(struct lower *c, const struct node *node, struct ways w)
{
	struct ways has = need(c, w.no), len;

	switch (c->layout.link->kind) {
	case LINK_ETHER: /* and not the raw 802.3 of IPX */
		len = need(c, w.no);
		lower_has_llc(c, len);
		begin(c, len.yes);
		lower_equal(c, AT_LLC, 0, 2, 0xffff, negate(has));
		break;
	case LINK_WLAN: lower_wlan_is_data(c, has); break;
	case LINK_LLC: ir_build_jump(&c->b, has.yes); break;
	default: lower_fail(c, w, "%s has no LLC", c->layout.link->words); return;
	}
	begin(c, has.yes);
	if (node->mask)
		lower_masked(c, AT_LLC, 2, 1, node->number, node->mask, w);
	else
		ir_build_jump(&c->b, w.yes);
}

/* --- beside the packet ---------------------------------------------------------------------- */

static void lower_extension(struct lower *c, enum cbpf_ext ext, uint32_t value, struct ways w)
{
	struct ir_value *loaded = ir_build_imm(&c->b, IR_EXTENSION, IR_I32, ext);

	lower_compare(c, IR_EQ, loaded, value, w);
}

static void fail_beside(struct lower *c, struct ways w, const char *what)
{
	lower_fail(c, w, "in files, packets of %s do not say their %s", c->layout.link->words,
		   what);
	diag_hint(c->diag, "only a capture in progress knows it: --live");
}

void lower_direction(struct lower *c, const struct node *node, struct ways w)
{
	enum { OUTGOING = 4 };
	bool outbound = node->number;
	struct ways out = outbound ? w : negate(w);

	switch (c->layout.link->dlt) {
	case DLT_LINUX_SLL: lower_equal(c, AT_HEADER, 0, 2, OUTGOING, out); break;
	case DLT_LINUX_SLL2: lower_equal(c, AT_HEADER, 10, 1, OUTGOING, out); break;
	case DLT_SLIP:
	case DLT_PPP_PPPD: lower_equal(c, AT_HEADER, 0, 1, outbound, w); break;
	case DLT_IPNET: lower_equal(c, AT_HEADER, 2, 2, outbound ? 1 : 2, w); break;
	default:
		if (c->options->live)
			lower_extension(c, CBPF_EXT_PKTTYPE, OUTGOING, out);
		else
			fail_beside(c, w, "direction");
		break;
	}
}

void lower_ifindex(struct lower *c, const struct node *node, struct ways w)
{
	if (c->layout.link->dlt == DLT_LINUX_SLL2)
		lower_equal(c, AT_HEADER, 4, 4, node->number, w);
	else if (c->options->live)
		lower_extension(c, CBPF_EXT_IFINDEX, node->number, w);
	else
		fail_beside(c, w, "interface");
}
