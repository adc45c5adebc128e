/*
 * check.c - what may be combined with what, for every link type alike.
 *
 * (What depends on the link type, lower.c refuses when it comes to it, for encapsulations change
 * the link type within a filter.)  Arithmetic on constants is folded here, so that nothing
 * behind has to think of a division by zero that is written down.
 */
#include "filter/ast.h"

#include <errno.h>

struct checking {
	const struct filter_options *options;
	struct diag *diag;
};

/* --- arithmetic ----------------------------------------------------------------------------- */

static bool is_number(const struct arith *a)
{
	return a->kind == ARITH_NUMBER;
}

static uint32_t fold_binary(enum token_kind op, uint32_t a, uint32_t b)
{
	switch (op) {
	case TOKEN_ADD: return a + b;
	case TOKEN_SUB: return a - b;
	case TOKEN_MUL: return a * b;
	case TOKEN_DIV: return a / b;
	case TOKEN_MOD: return a % b;
	case TOKEN_BIT_AND: return a & b;
	case TOKEN_BIT_OR: return a | b;
	case TOKEN_BIT_XOR: return a ^ b;
	case TOKEN_SHL: return a << b;
	case TOKEN_SHR: return a >> b;
	default: return 0;
	}
}

static bool check_right_operand(struct checking *c, const struct arith *arith)
{
	const struct arith *b = arith->b;

	if ((arith->op == TOKEN_DIV || arith->op == TOKEN_MOD) && is_number(b) && b->number == 0) {
		diag_error(c->diag, b->span, "division by zero");
		return false;
	}
	if ((arith->op == TOKEN_SHL || arith->op == TOKEN_SHR) && is_number(b) && b->number > 31) {
		diag_error(c->diag, b->span, "shift by %u: numbers have 32 bits", b->number);
		return false;
	}
	return true;
}

static bool check_load(struct checking *c, const struct arith *load)
{
	const struct protocol_info *info = &protocols[load->protocol];

	if (info->access != ACCESS_NONE)
		return true;
	diag_error(c->diag, load->span, "the bytes of %s cannot be read with '%s[...]'",
		   info->words, info->text);
	diag_hint(c->diag, "'link[...]', 'ip[...]' and 'ip6[...]' read from those headers on");
	return false;
}

static bool check_arith(struct checking *c, struct arith *a)
{
	switch (a->kind) {
	case ARITH_NUMBER:
	case ARITH_LEN: return true;
	case ARITH_LOAD: return check_arith(c, a->a) && check_load(c, a);
	case ARITH_NEG:
		if (!check_arith(c, a->a))
			return false;
		if (is_number(a->a)) {
			a->kind = ARITH_NUMBER;
			a->number = -a->a->number;
		}
		return true;
	case ARITH_BINARY:
		if (!check_arith(c, a->a) || !check_arith(c, a->b) || !check_right_operand(c, a))
			return false;
		if (is_number(a->a) && is_number(a->b)) {
			a->kind = ARITH_NUMBER;
			a->number = fold_binary(a->op, a->a->number, a->b->number);
		}
		return true;
	}
	return false;
}

/* --- addresses, ports, protocols ------------------------------------------------------------ */

static bool refuse(struct checking *c, const struct node *node, const char *what)
{
	diag_error(c->diag, node->span, "%s do not belong to %s", what,
		   protocols[node->q.protocol].words);
	return false;
}

static bool check_address(struct checking *c, const struct node *node)
{
	enum protocol protocol = node->q.protocol;

	if (node->q.direction >= DIRECTION_ADDR1) {
		diag_error(c->diag, node->span, "this direction is one of 802.11's MAC addresses");
		return false;
	}
	switch (protocol) {
	case PROTOCOL_NONE: return true;
	case PROTOCOL_IP:
	case PROTOCOL_ARP:
	case PROTOCOL_RARP:
	case PROTOCOL_IP6: break;
	case PROTOCOL_DECNET:
		diag_error(c->diag, node->span,
			   "'decnet host' is not supported: addresses of DECnet are left out");
		return false;
	case PROTOCOL_LINK:
		diag_error(c->diag, node->span, "'ether' takes a MAC address, not one of IP");
		return false;
	default:
		(void)refuse(c, node, "IP addresses");
		diag_hint(c->diag, "did you mean '%s and host ...', or '%s port ...'?",
			  protocols[protocol].text, protocols[protocol].text);
		return false;
	}
	for (size_t i = 0; i < node->net_count; i++)
		if (node->nets[i].address.is_ip6 != (protocol == PROTOCOL_IP6))
			return refuse(c, node,
				      protocol == PROTOCOL_IP6 ? "IPv4 addresses" :
								 "IPv6 addresses");
	return true;
}

static bool check_gateway(struct checking *c, const struct node *node)
{
	switch (node->q.protocol) {
	case PROTOCOL_NONE:
	case PROTOCOL_IP:
	case PROTOCOL_ARP:
	case PROTOCOL_RARP: return true;
	default: return refuse(c, node, "gateways");
	}
}

static bool check_port(struct checking *c, const struct node *node)
{
	if (node->q.direction >= DIRECTION_ADDR1) {
		diag_error(c->diag, node->span, "this direction is one of 802.11's MAC addresses");
		return false;
	}
	switch (node->q.protocol) {
	case PROTOCOL_NONE:
	case PROTOCOL_TCP:
	case PROTOCOL_UDP:
	case PROTOCOL_SCTP: return true;
	default:
		(void)refuse(c, node, "ports");
		diag_hint(c->diag,
			  "ports are those of tcp, udp and sctp; did you mean '%s and port ...'?",
			  protocols[node->q.protocol].text);
		return false;
	}
}

static bool check_proto(struct checking *c, const struct node *node)
{
	uint32_t most = 255;

	if (node->q.direction) {
		diag_error(c->diag, node->span, "a protocol has no direction");
		return false;
	}
	switch (node->q.protocol) {
	case PROTOCOL_LINK: most = 65535; break;
	case PROTOCOL_NONE:
	case PROTOCOL_IP:
	case PROTOCOL_IP6: break;
	case PROTOCOL_ISO:
	case PROTOCOL_ISIS:
		if (node->kind == NODE_PROTO)
			break;
		/* fall through */
	default:
		diag_error(c->diag, node->span, "'%s %s' is not possible",
			   protocols[node->q.protocol].text,
			   node->kind == NODE_PROTO ? "proto" : "protochain");
		diag_hint(c->diag, "protocols are carried by ether, ip, ip6, iso and isis");
		return false;
	}
	if (node->kind == NODE_PROTOCHAIN && node->q.protocol == PROTOCOL_LINK) {
		diag_error(c->diag, node->span, "only 'ip' and 'ip6' have a chain of protocols");
		return false;
	}
	if (node->number > most) {
		diag_error(c->diag, node->span, "protocol %u is above %u and can never match",
			   node->number, most);
		return false;
	}
	return true;
}

static bool check_protocol(struct checking *c, const struct node *node)
{
	enum layer layer = protocols[node->q.protocol].layer;

	if (layer != LAYER_LINK && layer != LAYER_RADIO)
		return true;
	diag_error(c->diag, node->span, "'%s' alone says nothing",
		   protocols[node->q.protocol].text);
	diag_hint(c->diag, "as in: ether host 02:00:5e:10:00:01, ether proto 0x88cc, ether[0]");
	return false;
}

/* --- the rest ------------------------------------------------------------------------------- */

static bool check_broadcast(struct checking *c, const struct node *node)
{
	switch (node->q.protocol) {
	case PROTOCOL_NONE:
	case PROTOCOL_LINK: return true;
	case PROTOCOL_IP:
		if (c->options->has_netmask)
			return true;
		diag_error(c->diag, node->span,
			   "'ip broadcast' needs the network's mask, which is not known here");
		diag_hint(c->diag, "say the address instead: dst host 192.0.2.255");
		return false;
	default:
		diag_error(c->diag, node->span, "%s has no broadcast",
			   protocols[node->q.protocol].words);
		return false;
	}
}

static bool check_multicast(struct checking *c, const struct node *node)
{
	switch (node->q.protocol) {
	case PROTOCOL_NONE:
	case PROTOCOL_LINK:
	case PROTOCOL_IP:
	case PROTOCOL_IP6: return true;
	default:
		diag_error(c->diag, node->span, "%s has no multicast",
			   protocols[node->q.protocol].words);
		return false;
	}
}

static bool check_number(struct checking *c, const struct node *node, const char *what,
			 uint32_t most)
{
	if (!node->has_number || node->number <= most)
		return true;
	diag_error(c->diag, node->number_span, "%s %u is above %u", what, node->number, most);
	return false;
}

static bool check_wlan(struct checking *c, const struct node *node)
{
	if (node->q.protocol != PROTOCOL_NONE && node->q.protocol != PROTOCOL_LINK) {
		diag_error(c->diag, node->span, "types and directions are those of 'wlan'");
		return false;
	}
	if (node->kind == NODE_WLAN_DIR && node->number > 3) {
		diag_error(c->diag, node->span, "a direction is 0 to 3, not %u", node->number);
		return false;
	}
	return true;
}

static bool check_node(struct checking *c, struct node *node)
{
	bool good = true;

	switch (node->kind) {
	case NODE_CHAIN:
		for (struct node *member = node->first; member; member = member->next)
			good &= check_node(c, member);
		return good;
	case NODE_ID: return false; /* resolve.c has left none */
	case NODE_ADDRESS: return check_address(c, node);
	case NODE_MAC: return true;
	case NODE_PORT: return check_port(c, node);
	case NODE_PROTO:
	case NODE_PROTOCHAIN: return check_proto(c, node);
	case NODE_GATEWAY: return check_gateway(c, node);
	case NODE_PROTOCOL: return check_protocol(c, node);
	case NODE_RELATION: return check_arith(c, node->a) && check_arith(c, node->b);
	case NODE_BROADCAST: return check_broadcast(c, node);
	case NODE_MULTICAST: return check_multicast(c, node);
	case NODE_VLAN: return check_number(c, node, "VLAN", 0xfff);
	case NODE_MPLS: return check_number(c, node, "MPLS label", 0xfffff);
	case NODE_PPPOES: return check_number(c, node, "PPPoE session", 0xffff);
	case NODE_GENEVE:
	case NODE_VXLAN: return check_number(c, node, "network identifier", 0xffffff);
	case NODE_WLAN_FRAME:
	case NODE_WLAN_DIR: return check_wlan(c, node);
	case NODE_DIRECTION:
	case NODE_IFINDEX:
	case NODE_PPPOED:
	case NODE_LLC: return true;
	}
	return false;
}

int check(struct node *root, const struct filter_options *options, struct diag *diag)
{
	struct checking c = { options, diag };

	return check_node(&c, root) ? 0 : -EINVAL;
}
