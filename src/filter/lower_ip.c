/*
 * lower_ip.c - IP addresses, protocols and ports.
 *
 * What libpcap means by these tests, and so do we:
 *
 *  - A protocol over IPv4 is the number in the header.  Over IPv6 it is the next header, or the one
 *    behind a fragment header that comes first; other extensions are not looked through
 *    (protochain does that).
 *  - A port is that of a TCP, UDP or SCTP packet: over IPv4 not in a later fragment, over IPv6
 *    directly behind the header.
 *  - An IPv4 address is one of IP, and in the places of Ethernet and IP also one of ARP and RARP,
 *    unless a protocol was said; behind MPLS there is only IP.
 */
#include "filter/lower.h"

enum {
	ETHERTYPE_IP = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_RARP = 0x8035,
	ETHERTYPE_IP6 = 0x86dd,
	ISO = 0xfe,
	ISO_ISIS = 0x83,
	/* protocol numbers */
	HOP_BY_HOP = 0,
	TCP = 6,
	UDP = 17,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	NO_NEXT_HEADER = 59,
	DESTINATION = 60,
	SCTP = 132,
	/* fields */
	IP4_FRAGMENT = 6,
	IP4_PROTOCOL = 9,
	IP4_SRC = 12,
	IP4_DST = 16,
	ARP_SRC = 14,
	ARP_DST = 24,
	IP6_NEXT = 6,
	IP6_SRC = 8,
	IP6_DST = 24,
	IP6_BYTES = 40,
};

/* --- one field or both ---------------------------------------------------------------------- */

/* @set at one of two fields, or both. */
static void lower_ends(struct lower *c, struct key_set *set, enum direction direction,
		       const struct field *src, const struct field *dst, struct ways w)
{
	struct ways first;

	switch (direction) {
	case DIRECTION_SRC: lower_in_set(c, set, src, w); return;
	case DIRECTION_DST: lower_in_set(c, set, dst, w); return;
	case DIRECTION_AND:
		first = need(c, w.no);
		lower_in_set(c, set, src, first);
		begin(c, first.yes);
		break;
	default:
		first = suffice(c, w.yes);
		lower_in_set(c, set, src, first);
		begin(c, first.no);
		break;
	}
	lower_in_set(c, set, dst, w);
}

/* --- addresses ------------------------------------------------------------------------------ */

/* IPv4 addresses under a mask with holes, which is no range. */
struct odd_net {
	uint32_t address;
	uint32_t mask;
};

struct address_sets {
	struct key_set ip4;
	struct key_set ip6;
	struct odd_net *odd;
	size_t odd_count;
	bool has_ip4;
};

static void add_ip4(struct lower *c, struct address_sets *sets, const struct net *net)
{
	uint32_t address = net->address.word[0], rest = ~net->mask;

	sets->has_ip4 = true;
	if ((rest & (rest + 1)) == 0)
		key_add_range(c, &sets->ip4, address, address | rest);
	else
		sets->odd[sets->odd_count++] = (struct odd_net){ address, net->mask };
}

static void add_ip6(struct lower *c, struct address_sets *sets, const struct net *net)
{
	struct key key = { 0 };
	uint32_t rest;

	key.depth = net->bits ? (net->bits - 1) / 32 : 0;
	for (uint32_t i = 0; i < key.depth; i++)
		key.word[i] = net->address.word[i];
	rest = net->bits - key.depth * 32 < 32 ? UINT32_MAX >> (net->bits - key.depth * 32) : 0;
	key.low = net->address.word[key.depth];
	key.high = key.low | rest;
	key_add(c, &sets->ip6, &key);
}

/* False without memory. */
static bool gather(struct lower *c, const struct node *first, uint32_t count,
		   struct address_sets *sets)
{
	size_t nets = 0;
	uint32_t i = 0;

	for (const struct node *node = first; i < count; node = node->next, i++)
		nets += node->net_count;
	sets->odd = arena_alloc_array(c->arena, nets + 1, sizeof *sets->odd);
	if (!sets->odd) {
		c->no_memory = true;
		return false;
	}
	i = 0;
	for (const struct node *node = first; i < count; node = node->next, i++) {
		for (size_t n = 0; n < node->net_count; n++) {
			if (node->nets[n].address.is_ip6)
				add_ip6(c, sets, &node->nets[n]);
			else
				add_ip4(c, sets, &node->nets[n]);
		}
	}
	return true;
}

/* A field of an IPv4 address: in the ranges, or one of the odd nets. */
static void lower_ip4_field(struct lower *c, struct address_sets *sets, uint32_t offset,
			    struct ways w)
{
	const struct field field = { .at = AT_NETWORK, .offset = { offset }, .bytes = { 4 } };

	for (size_t i = 0; i < sets->odd_count; i++) {
		bool last = i + 1 == sets->odd_count && sets->ip4.count == 0;
		struct ways one = last ? w : suffice(c, w.yes);

		lower_masked(c, AT_NETWORK, offset, 4, sets->odd[i].address, sets->odd[i].mask,
			     one);
		if (last)
			return;
		begin(c, one.no);
	}
	lower_in_set(c, &sets->ip4, &field, w);
}

struct ip4_carrier {
	enum protocol protocol;
	uint32_t ethertype;
	uint32_t src, dst;
};

static const struct ip4_carrier ip4_carriers[] = {
	{ PROTOCOL_IP, ETHERTYPE_IP, IP4_SRC, IP4_DST },
	{ PROTOCOL_ARP, ETHERTYPE_ARP, ARP_SRC, ARP_DST },
	{ PROTOCOL_RARP, ETHERTYPE_RARP, ARP_SRC, ARP_DST },
};

static void lower_ip4_addresses(struct lower *c, struct address_sets *sets,
				const struct ip4_carrier *carrier, enum direction direction,
				struct ways w)
{
	struct ways is_carrier = need(c, w.no), first;

	lower_ethertype(c, carrier->ethertype, is_carrier);
	begin(c, is_carrier.yes);
	switch (direction) {
	case DIRECTION_SRC: lower_ip4_field(c, sets, carrier->src, w); return;
	case DIRECTION_DST: lower_ip4_field(c, sets, carrier->dst, w); return;
	case DIRECTION_AND:
		first = need(c, w.no);
		lower_ip4_field(c, sets, carrier->src, first);
		begin(c, first.yes);
		break;
	default:
		first = suffice(c, w.yes);
		lower_ip4_field(c, sets, carrier->src, first);
		begin(c, first.no);
		break;
	}
	lower_ip4_field(c, sets, carrier->dst, w);
}

static void lower_ip6_addresses(struct lower *c, struct address_sets *sets,
				enum direction direction, struct ways w)
{
	const struct field src = { AT_NETWORK, { 8, 12, 16, 20 }, { 4, 4, 4, 4 } };
	const struct field dst = { AT_NETWORK, { 24, 28, 32, 36 }, { 4, 4, 4, 4 } };
	struct ways is_ip6 = need(c, w.no);

	lower_ethertype(c, ETHERTYPE_IP6, is_ip6);
	begin(c, is_ip6.yes);
	lower_ends(c, &sets->ip6, direction, &src, &dst, w);
}

/* The carriers of IPv4 addresses that @protocol asks for. */
static uint32_t carriers_of(const struct lower *c, enum protocol protocol)
{
	uint32_t set = 0;

	for (uint32_t i = 0; i < 3; i++)
		if (protocol == ip4_carriers[i].protocol ||
		    (protocol == PROTOCOL_NONE && (i == 0 || c->layout.labels == 0)))
			set |= 1u << i;
	return set;
}

void lower_addresses(struct lower *c, const struct node *first, uint32_t count, struct ways w)
{
	struct address_sets sets = { 0 };
	enum direction direction = first->q.direction;
	uint32_t carriers = carriers_of(c, first->q.protocol);

	if (!gather(c, first, count, &sets)) {
		ir_build_jump(&c->b, w.no);
		return;
	}
	for (uint32_t i = 0; sets.has_ip4 && i < 3; i++) {
		bool last = carriers >> (i + 1) == 0 && sets.ip6.count == 0;
		struct ways one;

		if (!(carriers >> i & 1))
			continue;
		one = last ? w : suffice(c, w.yes);
		lower_ip4_addresses(c, &sets, &ip4_carriers[i], direction, one);
		if (last)
			return;
		begin(c, one.no);
	}
	if (sets.ip6.count > 0)
		lower_ip6_addresses(c, &sets, direction, w);
	else
		ir_build_jump(&c->b, w.no);
}

/* Through the host, but not from or to it: its MAC address and not its IP address. */
void lower_gateway(struct lower *c, const struct node *node, struct ways w)
{
	struct ways through = need(c, w.no);

	lower_mac(c, node, 1, through);
	begin(c, through.yes);
	lower_addresses(c, node, 1, negate(w));
}

void lower_ip_broadcast(struct lower *c, struct ways w)
{
	uint32_t hosts = ~c->options->netmask;
	struct ways is_ip = need(c, w.no), zeros;

	lower_ethertype(c, ETHERTYPE_IP, is_ip);
	begin(c, is_ip.yes);
	zeros = suffice(c, w.yes);
	lower_masked(c, AT_NETWORK, IP4_DST, 4, 0, hosts, zeros);
	begin(c, zeros.no);
	lower_masked(c, AT_NETWORK, IP4_DST, 4, hosts, hosts, w);
}

void lower_ip_multicast(struct lower *c, enum protocol protocol, struct ways w)
{
	struct ways is_ip = need(c, w.no);

	lower_ethertype(c, protocol == PROTOCOL_IP ? ETHERTYPE_IP : ETHERTYPE_IP6, is_ip);
	begin(c, is_ip.yes);
	if (protocol == PROTOCOL_IP)
		lower_masked(c, AT_NETWORK, IP4_DST, 1, 0xe0, 0xf0, w);
	else
		lower_equal(c, AT_NETWORK, IP6_DST, 1, 0xff, w);
}

/* --- protocols ------------------------------------------------------------------------------ */

static void lower_ip4_protocols(struct lower *c, struct key_set *set, struct ways w)
{
	const struct field number = { .at = AT_NETWORK,
				      .offset = { IP4_PROTOCOL },
				      .bytes = { 1 } };
	struct ways is_ip = need(c, w.no);

	lower_ethertype(c, ETHERTYPE_IP, is_ip);
	begin(c, is_ip.yes);
	lower_in_set(c, set, &number, w);
}

static bool has_number(const struct key_set *set, uint32_t number)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->keys[i].low <= number && number <= set->keys[i].high)
			return true;
	return false;
}

/* The next header, or the one behind a fragment header.  Whether there is one is asked first, so that
 * both end in the same question. */
static void lower_ip6_protocols(struct lower *c, struct key_set *set, struct ways w)
{
	const struct field next = { .at = AT_NETWORK, .offset = { IP6_NEXT }, .bytes = { 1 } };
	const struct field behind = { .at = AT_TRANSPORT6, .offset = { 0 }, .bytes = { 1 } };
	struct ways is_ip6 = need(c, w.no);
	struct ways fragment = { ir_build_block(&c->b), ir_build_block(&c->b) };

	lower_ethertype(c, ETHERTYPE_IP6, is_ip6);
	begin(c, is_ip6.yes);
	if (has_number(set, FRAGMENT))
		fragment.yes = w.yes;
	lower_equal(c, AT_NETWORK, IP6_NEXT, 1, FRAGMENT, fragment);
	if (fragment.yes != w.yes) {
		begin(c, fragment.yes);
		lower_in_set(c, set, &behind, w);
	}
	begin(c, fragment.no);
	lower_in_set(c, set, &next, w);
}

static void lower_iso_protocol(struct lower *c, uint32_t number, struct ways w)
{
	struct ways is_iso = need(c, w.no);
	bool is_hdlc = c->layout.link->kind == LINK_HDLC;

	lower_ethertype(c, ISO, is_iso);
	begin(c, is_iso.yes);
	lower_equal(c, AT_NOSNAP, is_hdlc, 1, number, w);
}

/* IS-IS packets of one of the kinds in the set of bits. */
static void lower_isis(struct lower *c, uint32_t kinds, struct ways w)
{
	struct ways is_isis = need(c, w.no), one;
	struct ir_value *kind;

	lower_iso_protocol(c, ISO_ISIS, is_isis);
	begin(c, is_isis.yes);
	kind = lower_load(c, AT_NOSNAP, 4, 1);
	kind = ir_build_op2(&c->b, IR_AND, kind, lower_number(c, 0x1f));
	for (; kinds; kinds &= kinds - 1) {
		one = suffice(c, w.yes);
		lower_compare(c, IR_EQ, kind, (uint32_t)__builtin_ctz(kinds), one);
		begin(c, one.no);
	}
	ir_build_jump(&c->b, w.no);
}

static void lower_protos_of(struct lower *c, enum protocol carrier, struct key_set *set,
			    struct ways w)
{
	struct ways ip4 = carrier == PROTOCOL_IP ? w : suffice(c, w.yes);

	if (carrier != PROTOCOL_IP6)
		lower_ip4_protocols(c, set, ip4);
	else
		ir_build_jump(&c->b, ip4.no);
	if (carrier == PROTOCOL_IP)
		return;
	begin(c, ip4.no);
	lower_ip6_protocols(c, set, w);
}

void lower_protos(struct lower *c, const struct node *first, uint32_t count, struct ways w)
{
	enum protocol carrier = first->q.protocol;
	struct key_set set = { 0 };
	uint32_t number;

	if (first->kind == NODE_PROTOCOL) {
		enum layer layer = protocols[carrier].layer;

		carrier = layer == LAYER_IP4 ? PROTOCOL_IP :
			  layer == LAYER_IP6 ? PROTOCOL_IP6 :
					       PROTOCOL_NONE;
	}
	switch (carrier) {
	case PROTOCOL_LINK: lower_ethertype(c, first->number, w); return;
	case PROTOCOL_ISO: lower_iso_protocol(c, first->number, w); return;
	case PROTOCOL_ISIS: lower_isis(c, first->number < 32 ? 1u << first->number : 0, w); return;
	default: break;
	}
	for (const struct node *node = first; count > 0; node = node->next, count--) {
		number = node->kind == NODE_PROTO ? node->number :
						    protocols[node->q.protocol].number;
		key_add_range(c, &set, number, number);
	}
	lower_protos_of(c, carrier, &set, w);
}

void lower_protocol(struct lower *c, enum protocol protocol, struct ways w)
{
	const struct protocol_info *info = &protocols[protocol];
	struct key_set set = { 0 };

	key_add_range(c, &set, info->number, info->number);
	switch (info->layer) {
	case LAYER_LINK:
	case LAYER_RADIO: always(c, true, w); break;
	case LAYER_ETHER: lower_ethertype(c, info->number, w); break;
	case LAYER_IP4: lower_protos_of(c, PROTOCOL_IP, &set, w); break;
	case LAYER_IP6: lower_protos_of(c, PROTOCOL_IP6, &set, w); break;
	case LAYER_IP46: lower_protos_of(c, PROTOCOL_NONE, &set, w); break;
	case LAYER_ISO: lower_iso_protocol(c, info->number, w); break;
	case LAYER_ISIS: lower_isis(c, info->number, w); break;
	}
}

/* --- ports ---------------------------------------------------------------------------------- */

static void add_port_protocols(struct lower *c, enum protocol protocol, struct key_set *set)
{
	if (protocol != PROTOCOL_NONE) {
		key_add_range(c, set, protocols[protocol].number, protocols[protocol].number);
		return;
	}
	key_add_range(c, set, TCP, TCP);
	key_add_range(c, set, UDP, UDP);
	key_add_range(c, set, SCTP, SCTP);
}

/* Where the header behind IPv4 is whole and its beginning: @numbers, and no later fragment. */
static void need_ip4_transport(struct lower *c, struct key_set *numbers, struct ir_block *no)
{
	const struct field number = { .at = AT_NETWORK,
				      .offset = { IP4_PROTOCOL },
				      .bytes = { 1 } };
	struct ways is_ip = need(c, no), is_number = need(c, no), is_first = need(c, no);

	lower_ethertype(c, ETHERTYPE_IP, is_ip);
	begin(c, is_ip.yes);
	lower_in_set(c, numbers, &number, is_number);
	begin(c, is_number.yes);
	lower_any_bit(c, AT_NETWORK, IP4_FRAGMENT, 2, 0x1fff, (struct ways){ no, is_first.yes });
	begin(c, is_first.yes);
}

static void need_ip6_transport(struct lower *c, struct key_set *numbers, struct ir_block *no)
{
	const struct field next = { .at = AT_NETWORK, .offset = { IP6_NEXT }, .bytes = { 1 } };
	struct ways is_ip6 = need(c, no), is_number = need(c, no);

	lower_ethertype(c, ETHERTYPE_IP6, is_ip6);
	begin(c, is_ip6.yes);
	lower_in_set(c, numbers, &next, is_number);
	begin(c, is_number.yes);
}

void lower_ports(struct lower *c, const struct node *first, uint32_t count, struct ways w)
{
	const struct field src4 = { .at = AT_TRANSPORT4, .offset = { 0 }, .bytes = { 2 } };
	const struct field dst4 = { .at = AT_TRANSPORT4, .offset = { 2 }, .bytes = { 2 } };
	const struct field src6 = { .at = AT_TRANSPORT6, .offset = { 0 }, .bytes = { 2 } };
	const struct field dst6 = { .at = AT_TRANSPORT6, .offset = { 2 }, .bytes = { 2 } };
	struct key_set set = { 0 }, numbers = { 0 };
	struct ways ip4 = suffice(c, w.yes);

	for (const struct node *node = first; count > 0; node = node->next, count--)
		key_add_range(c, &set, node->low, node->high);
	add_port_protocols(c, first->q.protocol, &numbers);
	need_ip4_transport(c, &numbers, ip4.no);
	lower_ends(c, &set, first->q.direction, &src4, &dst4, ip4);
	begin(c, ip4.no);
	need_ip6_transport(c, &numbers, w.no);
	lower_ends(c, &set, first->q.direction, &src6, &dst6, w);
}

void lower_udp_to(struct lower *c, bool is_ip6, uint32_t port, struct ways w)
{
	struct key_set numbers = { 0 };

	key_add_range(c, &numbers, UDP, UDP);
	if (is_ip6)
		need_ip6_transport(c, &numbers, w.no);
	else
		need_ip4_transport(c, &numbers, w.no);
	lower_equal(c, is_ip6 ? AT_TRANSPORT6 : AT_TRANSPORT4, 2, 2, port, w);
}

/* --- chains of headers ---------------------------------------------------------------------- */

/* What the walk along a chain knows: the number of the header at hand, and where that is. */
struct walk {
	uint32_t number; /* variables */
	uint32_t at;
};

/* One step: if the number is that of a header to look through, go to the next and on at
 * @next; else to @end. */
static void lower_step(struct lower *c, const struct walk *walk, bool is_ip6, struct ir_block *next,
		       struct ir_block *end)
{
	struct ir_block *extension = ir_build_block(&c->b), *auth = ir_build_block(&c->b);
	struct ir_value *number = ir_build_get(&c->b, walk->number), *at, *len;
	const struct ir_range ranges[] = {
		{ .low = HOP_BY_HOP, .high = HOP_BY_HOP, .to = is_ip6 ? extension : end },
		{ .low = 1, .high = ROUTING - 1, .to = end },
		{ .low = ROUTING, .high = FRAGMENT, .to = is_ip6 ? extension : end },
		{ .low = FRAGMENT + 1, .high = AUTHENTICATION - 1, .to = end },
		{ .low = AUTHENTICATION, .high = AUTHENTICATION, .to = auth },
		{ .low = AUTHENTICATION + 1, .high = DESTINATION - 1, .to = end },
		{ .low = DESTINATION, .high = DESTINATION, .to = is_ip6 ? extension : end },
		{ .low = DESTINATION + 1, .high = UINT32_MAX, .to = end },
	};

	ir_build_switch(&c->b, number, ranges, sizeof ranges / sizeof *ranges);
	for (int is_auth = 0; is_auth < 2; is_auth++) {
		if (!is_auth && !is_ip6)
			continue;
		begin(c, is_auth ? auth : extension);
		at = ir_build_get(&c->b, walk->at);
		ir_build_set(&c->b, walk->number, lower_bytes(c, at, 0, 1));
		len = lower_bytes(c, at, 1, 1);
		len = ir_build_op2(&c->b, IR_ADD, len, lower_number(c, is_auth ? 2 : 1));
		len = ir_build_op2(&c->b, IR_SHL, len, lower_number(c, is_auth ? 2 : 3));
		ir_build_set(&c->b, walk->at, ir_build_op2(&c->b, IR_ADD, at, len));
		ir_build_jump(&c->b, next);
	}
}

/* Is there a header @number in the chain?  Classic BPF has no loops, so the steps are written
 * one after another. */
static void lower_chain_of(struct lower *c, uint32_t number, bool is_ip6, struct ways w)
{
	struct ways is_ip = need(c, w.no);
	struct walk walk = { ir_build_var(&c->b, IR_I32), ir_build_var(&c->b, IR_I32) };

	lower_ethertype(c, is_ip6 ? ETHERTYPE_IP6 : ETHERTYPE_IP, is_ip);
	begin(c, is_ip.yes);
	ir_build_set(&c->b, walk.number,
		     lower_load(c, AT_NETWORK, is_ip6 ? IP6_NEXT : IP4_PROTOCOL, 1));
	ir_build_set(&c->b, walk.at, lower_place(c, is_ip6 ? AT_TRANSPORT6 : AT_TRANSPORT4));
	for (int i = 0; i <= FILTER_MOST_CHAIN; i++) {
		struct ways found = suffice(c, w.yes);
		struct ir_block *next = ir_build_block(&c->b);

		lower_compare(c, IR_EQ, ir_build_get(&c->b, walk.number), number, found);
		begin(c, found.no);
		if (i == FILTER_MOST_CHAIN) {
			ir_build_jump(&c->b, w.no);
			return;
		}
		lower_step(c, &walk, is_ip6, next, w.no);
		begin(c, next);
	}
}

void lower_protochain(struct lower *c, const struct node *node, struct ways w)
{
	struct ways ip4 = node->q.protocol == PROTOCOL_IP ? w : suffice(c, w.yes);

	if (node->q.protocol != PROTOCOL_IP6)
		lower_chain_of(c, node->number, false, ip4);
	else
		ir_build_jump(&c->b, ip4.no);
	if (node->q.protocol == PROTOCOL_IP)
		return;
	begin(c, ip4.no);
	lower_chain_of(c, node->number, true, w);
}
