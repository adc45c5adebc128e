/*
 * lower_encap.c - VLANs, MPLS, PPPoE, Geneve and VXLAN: tests that move the places of what is
 * behind them.
 *
 * Linux takes the outer VLAN tag out of a packet before a socket sees it.  So for live captures
 * the first 'vlan' looks beside the packet as well as into it, and how far the headers move
 * is known only when the filter runs.
 */
#include "filter/lower.h"

#include "isa/cbpf.h"

enum {
	ETHERTYPE_8021Q = 0x8100,
	ETHERTYPE_8021AD = 0x88a8,
	ETHERTYPE_QINQ = 0x9100, /* from before the standard */
	ETHERTYPE_PPPOES = 0x8864,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_TEB = 0x6558, /* an Ethernet frame in something */
	VLAN_BYTES = 4,
	LABEL_BYTES = 4,
	PPPOE_BYTES = 6,
	UDP_BYTES = 8,
	TUNNEL_BYTES = 8, /* of Geneve without options, and of VXLAN */
};

/* --- VLAN ----------------------------------------------------------------------------------- */

static void lower_tag_type(struct lower *c, struct ways w)
{
	static const uint32_t types[] = { ETHERTYPE_8021Q, ETHERTYPE_8021AD, ETHERTYPE_QINQ };
	const struct field field = { .at = AT_TYPE, .bytes = { 2 } };
	struct key_set set = { 0 };
	struct ways one;

	if (c->layout.link->kind == LINK_ETHER) {
		for (int i = 0; i < 3; i++)
			key_add_range(c, &set, types[i], types[i]);
		lower_in_set(c, &set, &field, w);
		return;
	}
	for (int i = 0; i < 3; i++) {
		one = i == 2 ? w : suffice(c, w.yes);
		lower_ethertype(c, types[i], one);
		if (i < 2)
			begin(c, one.no);
	}
}

/* A tag is its own two bytes and the type of what follows. */
static void pass_tag(struct lower *c)
{
	if (c->layout.link->kind == LINK_TYPE)
		c->layout.type.at = c->layout.payload.at + VLAN_BYTES / 2;
	else
		c->layout.type.at += VLAN_BYTES;
	c->layout.payload.at += VLAN_BYTES;
}

static void lower_vlan_in_packet(struct lower *c, const struct node *node, struct ways w)
{
	struct ways tagged = node->has_number ? need(c, w.no) : w;

	lower_tag_type(c, tagged);
	if (node->has_number) {
		begin(c, tagged.yes);
		lower_masked(c, AT_NETWORK, 0, 2, node->number, 0xfff, w);
	}
	pass_tag(c);
}

/* The tag beside the packet has the number that was asked for. */
static void lower_tag_beside(struct lower *c, const struct node *node, struct ways w)
{
	struct ir_value *id;

	if (!node->has_number) {
		ir_build_jump(&c->b, w.yes);
		return;
	}
	id = ir_build_imm(&c->b, IR_EXTENSION, IR_I32, CBPF_EXT_VLAN_TCI);
	id = ir_build_op2(&c->b, IR_AND, id, lower_number(c, 0xfff));
	lower_compare(c, IR_EQ, id, node->number, w);
}

/* A cooked capture: Linux has taken the tag off all packets. */
static void lower_vlan_cooked(struct lower *c, const struct node *node, struct ways w)
{
	struct ir_value *present = ir_build_imm(&c->b, IR_EXTENSION, IR_I32, CBPF_EXT_VLAN_PRESENT);
	struct ways beside = need(c, w.no);

	lower_compare(c, IR_EQ, present, 1, beside);
	begin(c, beside.yes);
	lower_tag_beside(c, node, w);
}

/* The first tag of a live capture.  If it is not beside the packet, type and payload move before the
 * tag in the packet is looked for, as in libpcap: where 'or' follows, that shows. */
static void lower_vlan_live(struct lower *c, const struct node *node, struct ways w)
{
	struct ways beside = { ir_build_block(&c->b), ir_build_block(&c->b) };
	struct ways inside = node->has_number ? need(c, w.no) : w;
	struct ir_value *present;

	if (!c->has_tag_var) {
		c->has_tag_var = true;
		c->tag_var = ir_build_var(&c->b, IR_I32);
	}
	ir_build_set(&c->b, c->tag_var, lower_number(c, 0));
	present = ir_build_imm(&c->b, IR_EXTENSION, IR_I32, CBPF_EXT_VLAN_PRESENT);
	lower_compare(c, IR_EQ, present, 1, beside);
	begin(c, beside.no);
	ir_build_set(&c->b, c->tag_var, lower_number(c, VLAN_BYTES));
	lower_tag_type(c, inside);
	if (node->has_number) {
		begin(c, inside.yes);
		lower_masked(c, AT_NETWORK, 0, 2, node->number, 0xfff, w);
	}
	begin(c, beside.yes);
	lower_tag_beside(c, node, w);
	c->layout.type.has_var = c->layout.payload.has_var = true;
	c->layout.type.var = c->layout.payload.var = c->tag_var;
}

static bool has_tags(const struct link_info *link)
{
	return link->kind == LINK_ETHER || link->kind == LINK_WLAN || link->dlt == DLT_LINUX_SLL2;
}

static void lower_vlan(struct lower *c, const struct node *node, struct ways w)
{
	struct layout *layout = &c->layout;
	bool is_outermost = layout->tags == 0 && layout->tunnels == 0 &&
			    layout->link->dlt == c->options->link && !layout->type.has_var;

	if (layout->labels > 0) {
		lower_fail(c, w, "a VLAN tag cannot be told behind 'mpls'");
		return;
	}
	if (!has_tags(layout->link)) {
		lower_fail(c, w, "%s has no VLAN tags", layout->link->words);
		return;
	}
	if (c->options->live && is_outermost && layout->link->kind == LINK_ETHER)
		lower_vlan_live(c, node, w);
	else if (c->options->live && is_outermost && layout->link->dlt == DLT_LINUX_SLL2)
		lower_vlan_cooked(c, node, w);
	else
		lower_vlan_in_packet(c, node, w);
	layout->tags++;
}

/* --- MPLS ----------------------------------------------------------------------------------- */

static void lower_mpls(struct lower *c, const struct node *node, struct ways w)
{
	struct layout *layout = &c->layout;
	struct ways is_mpls = node->has_number ? need(c, w.no) : w;

	if (layout->labels > 0) {
		/* The label before was not the last. */
		lower_masked(c, AT_NETWORK, UINT32_MAX - 1, 1, 0, 1, is_mpls);
	} else if (layout->link->kind == LINK_ETHER || layout->link->kind == LINK_HDLC ||
		   layout->link->kind == LINK_PPP) {
		lower_ethertype(c, ETHERTYPE_MPLS, is_mpls);
	} else {
		lower_fail(c, w, "%s has no MPLS labels", layout->link->words);
		return;
	}
	if (node->has_number) {
		begin(c, is_mpls.yes);
		lower_masked(c, AT_NETWORK, 0, 4, node->number << 12, 0xfffff000, w);
	}
	layout->network += LABEL_BYTES;
	layout->nosnap += LABEL_BYTES;
	layout->labels++;
}

/* --- PPPoE ---------------------------------------------------------------------------------- */

static void lower_pppoes(struct lower *c, const struct node *node, struct ways w)
{
	struct layout *layout = &c->layout;
	struct ways is_pppoes = node->has_number ? need(c, w.no) : w;

	lower_ethertype(c, ETHERTYPE_PPPOES, is_pppoes);
	if (node->has_number) {
		begin(c, is_pppoes.yes);
		lower_masked(c, AT_NETWORK, 0, 4, node->number, 0xffff, w);
	}
	layout->link = link_info(DLT_PPP);
	layout->header = layout->payload;
	layout->header.at += layout->network + PPPOE_BYTES;
	layout->type = layout->header;
	layout->payload = layout->header;
	layout->payload.at += 2;
	layout->network = layout->nosnap = 0;
	layout->is_geneve = false;
}

/* --- tunnels over UDP ----------------------------------------------------------------------- */

struct tunnel {
	uint32_t port;
	uint32_t flags_mask; /* of the first byte */
	uint32_t flags;
};

static const struct tunnel geneve = { 6081, 0xc0, 0 };   /* version 0 */
static const struct tunnel vxlan = { 4789, 0x08, 0x08 }; /* the identifier is valid */

/* UDP to the tunnel's port with its header behind.  At 'yes', the first variable has where that
 * header is. */
static void lower_tunnel_over(struct lower *c, const struct node *node, const struct tunnel *tunnel,
			      bool is_ip6, uint32_t var, struct ways w)
{
	enum at at = is_ip6 ? AT_TRANSPORT6 : AT_TRANSPORT4;
	struct ways udp = need(c, w.no), flags = need(c, w.no), id = need(c, w.no);
	struct ir_value *place;

	lower_udp_to(c, is_ip6, tunnel->port, udp);
	begin(c, udp.yes);
	lower_masked(c, at, UDP_BYTES, 1, tunnel->flags, tunnel->flags_mask, flags);
	begin(c, flags.yes);
	if (node->has_number)
		lower_masked(c, at, UDP_BYTES + 4, 4, node->number << 8, 0xffffff00, id);
	else
		ir_build_jump(&c->b, id.yes);
	begin(c, id.yes);
	place = lower_place(c, at);
	place = ir_build_op2(&c->b, IR_ADD, place, lower_number(c, UDP_BYTES));
	ir_build_set(&c->b, var, place);
	ir_build_jump(&c->b, w.yes);
}

enum { VAR_HEADER, VAR_TYPE, VAR_PAYLOAD };

static void set_later(struct lower *c, uint32_t var, struct ir_value *base, uint32_t distance)
{
	ir_build_set(&c->b, var, ir_build_op2(&c->b, IR_ADD, base, lower_number(c, distance)));
}

static void lower_vxlan_places(struct lower *c, const uint32_t vars[TUNNEL_VARS])
{
	struct ir_value *at = ir_build_get(&c->b, vars[VAR_HEADER]);

	set_later(c, vars[VAR_HEADER], at, TUNNEL_BYTES);
	set_later(c, vars[VAR_TYPE], at, TUNNEL_BYTES + 12);
	set_later(c, vars[VAR_PAYLOAD], at, TUNNEL_BYTES + 14);
}

/* Geneve has options, and says what follows by an EtherType, of which one means Ethernet.  Without
 * Ethernet, header and payload are at one place: that is how later tests know. */
static void lower_geneve_places(struct lower *c, const uint32_t vars[TUNNEL_VARS])
{
	struct ir_value *at = ir_build_get(&c->b, vars[VAR_HEADER]), *len, *type, *payload;
	struct ways is_ether = { ir_build_block(&c->b), ir_build_block(&c->b) };

	len = lower_bytes(c, at, 0, 1);
	len = ir_build_op2(&c->b, IR_AND, len, lower_number(c, 0x3f));
	len = ir_build_op2(&c->b, IR_SHL, len, lower_number(c, 2));
	payload = ir_build_op2(&c->b, IR_ADD, at, len);
	payload = ir_build_op2(&c->b, IR_ADD, payload, lower_number(c, TUNNEL_BYTES));
	ir_build_set(&c->b, vars[VAR_HEADER], payload);
	ir_build_set(&c->b, vars[VAR_PAYLOAD], payload);
	set_later(c, vars[VAR_TYPE], at, 2);
	type = lower_bytes(c, at, 2, 2);
	lower_compare(c, IR_EQ, type, ETHERTYPE_TEB, is_ether);
	begin(c, is_ether.yes);
	set_later(c, vars[VAR_TYPE], payload, 12);
	set_later(c, vars[VAR_PAYLOAD], payload, 14);
	ir_build_jump(&c->b, is_ether.no);
	begin(c, is_ether.no);
}

static struct place place_in(uint32_t var)
{
	return (struct place){ .has_var = true, .var = var };
}

static void lower_tunnel(struct lower *c, const struct node *node, struct ways w)
{
	bool is_geneve = node->kind == NODE_GENEVE;
	const struct tunnel *tunnel = is_geneve ? &geneve : &vxlan;
	struct ways ip4 = { ir_build_block(&c->b), ir_build_block(&c->b) };
	unsigned int depth = c->layout.tunnels;
	uint32_t *vars = c->tunnel_vars[depth];

	if (depth == MOST_TUNNELS) {
		lower_fail(c, w, "more than %d tunnels within each other", MOST_TUNNELS);
		return;
	}
	if (depth == c->tunnel_count) {
		for (int i = 0; i < TUNNEL_VARS; i++)
			vars[i] = ir_build_var(&c->b, IR_I32);
		c->tunnel_count++;
	}
	lower_tunnel_over(c, node, tunnel, false, vars[VAR_HEADER], ip4);
	begin(c, ip4.no);
	lower_tunnel_over(c, node, tunnel, true, vars[VAR_HEADER], (struct ways){ ip4.yes, w.no });
	begin(c, ip4.yes);
	if (is_geneve)
		lower_geneve_places(c, vars);
	else
		lower_vxlan_places(c, vars);
	ir_build_jump(&c->b, w.yes);
	c->layout = (struct layout){
		.link = link_info(DLT_EN10MB),
		.header = place_in(vars[VAR_HEADER]),
		.type = place_in(vars[VAR_TYPE]),
		.payload = place_in(vars[VAR_PAYLOAD]),
		.nosnap = 3,
		.tags = c->layout.tags,
		.tunnels = depth + 1,
		.is_geneve = is_geneve,
	};
}

void lower_encapsulation(struct lower *c, const struct node *node, struct ways w)
{
	switch (node->kind) {
	case NODE_VLAN: lower_vlan(c, node, w); break;
	case NODE_MPLS: lower_mpls(c, node, w); break;
	case NODE_PPPOES: lower_pppoes(c, node, w); break;
	default: lower_tunnel(c, node, w); break;
	}
}
