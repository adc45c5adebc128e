/*
 * explain.c - what a filter means, in words.
 *
 * 'tcp or udp and port 53' becomes
 *
 *	all of:
 *	  any of:
 *	    TCP over IPv4 or IPv6
 *	    UDP over IPv4 or IPv6
 *	  TCP, UDP or SCTP from or to port 53
 *
 * for 'and' and 'or' bind alike, to the left.  A chain whose joints alternate k times has k such
 * levels; the innermost comes first in the text.
 */
#include "filter/ast.h"

#include <arpa/inet.h>
#include <errno.h>

enum {
	MOST_INDENT = 40, /* levels that are shown */
};

struct explaining {
	struct strbuf *out;
	const struct filter_options *options;
	const struct source *source;
};

static void explain_chain(struct explaining *x, const struct node *chain, unsigned int depth);

static void indent(struct explaining *x, unsigned int depth)
{
	strbuf_printf(x->out, "%*s", 2 * (int)(depth < MOST_INDENT ? depth : MOST_INDENT), "");
}

/* --- parts of sentences --------------------------------------------------------------------- */

static const char *direction_words(enum direction direction)
{
	switch (direction) {
	case DIRECTION_SRC: return "from";
	case DIRECTION_DST: return "to";
	case DIRECTION_AND: return "both from and to";
	case DIRECTION_NONE:
	case DIRECTION_OR: return "from or to";
	case DIRECTION_ADDR1: return "with address 1 being";
	case DIRECTION_ADDR2: return "with address 2 being";
	case DIRECTION_ADDR3: return "with address 3 being";
	case DIRECTION_ADDR4: return "with address 4 being";
	case DIRECTION_RA: return "for the receiver";
	case DIRECTION_TA: return "of the transmitter";
	}
	return "";
}

static void put_net(struct explaining *x, const struct net *net)
{
	char text[INET6_ADDRSTRLEN];
	uint32_t words[4], rest = ~net->mask;
	bool is_ip6 = net->address.is_ip6;

	for (int i = 0; i < 4; i++)
		words[i] = htonl(net->address.word[i]);
	if (!inet_ntop(is_ip6 ? AF_INET6 : AF_INET, words, text, sizeof text))
		return;
	strbuf_puts(x->out, text);
	if (is_ip6 && net->bits < 128)
		strbuf_printf(x->out, "/%u", net->bits);
	else if (!is_ip6 && rest && (rest & (rest + 1)) == 0)
		strbuf_printf(x->out, "/%d", net->mask ? __builtin_popcount(net->mask) : 0);
	else if (!is_ip6 && rest)
		strbuf_printf(x->out, " under the mask 0x%08x", net->mask);
}

/* Which headers hold the addresses of @node. */
static const char *carrier_words(const struct node *node)
{
	bool ip4 = false, ip6 = false;

	for (size_t i = 0; i < node->net_count; i++) {
		ip4 |= !node->nets[i].address.is_ip6;
		ip6 |= node->nets[i].address.is_ip6;
	}
	if (node->q.protocol != PROTOCOL_NONE)
		return protocols[node->q.protocol].words;
	return ip4 && ip6 ? "IPv4, IPv6, ARP or RARP" : ip6 ? "IPv6" : "IPv4, ARP or RARP";
}

static void put_nets(struct explaining *x, const struct node *node)
{
	strbuf_printf(x->out, "%s %s ", carrier_words(node), direction_words(node->q.direction));
	for (size_t i = 0; i < node->net_count; i++) {
		strbuf_puts(x->out, i == 0 ? "" : " or ");
		put_net(x, &node->nets[i]);
	}
}

static void put_mac(struct explaining *x, const struct node *node)
{
	const uint8_t *m = node->mac;

	strbuf_printf(x->out, "a frame %s %02x:%02x:%02x:%02x:%02x:%02x",
		      direction_words(node->q.direction), m[0], m[1], m[2], m[3], m[4], m[5]);
}

static void put_port(struct explaining *x, const struct node *node)
{
	strbuf_printf(x->out, "%s %s port %u",
		      node->q.protocol ? protocols[node->q.protocol].words : "TCP, UDP or SCTP",
		      direction_words(node->q.direction), node->low);
	if (node->high != node->low)
		strbuf_printf(x->out, " to %u", node->high);
}

static const char *layer_words(enum layer layer)
{
	switch (layer) {
	case LAYER_IP4: return " over IPv4";
	case LAYER_IP6: return " over IPv6";
	case LAYER_IP46: return " over IPv4 or IPv6";
	case LAYER_LINK:
	case LAYER_RADIO:
	case LAYER_ETHER:
	case LAYER_ISO:
	case LAYER_ISIS: return "";
	}
	return "";
}

/* A protocol by its number: its name if there is one. */
static void put_number(struct explaining *x, const struct node *node)
{
	enum protocol carrier = node->q.protocol;

	for (int i = PROTOCOL_NONE + 1; i < PROTOCOL_COUNT; i++) {
		enum layer layer = protocols[i].layer;
		bool fits = carrier == PROTOCOL_LINK ? layer == LAYER_ETHER :
			    carrier == PROTOCOL_ISO  ? layer == LAYER_ISO :
						       layer >= LAYER_IP4 && layer <= LAYER_IP46;

		if (fits && protocols[i].number == node->number) {
			strbuf_puts(x->out, protocols[i].words);
			return;
		}
	}
	strbuf_printf(x->out, carrier == PROTOCOL_LINK ? "protocol 0x%04x" : "protocol %u",
		      node->number);
}

static void put_proto(struct explaining *x, const struct node *node)
{
	put_number(x, node);
	switch (node->q.protocol) {
	case PROTOCOL_NONE: strbuf_puts(x->out, layer_words(LAYER_IP46)); break;
	case PROTOCOL_LINK: break;
	default: strbuf_printf(x->out, " over %s", protocols[node->q.protocol].words); break;
	}
	if (node->kind == NODE_PROTOCHAIN)
		strbuf_printf(x->out, ", behind up to %d other headers", FILTER_MOST_CHAIN);
}

/* --- arithmetic ----------------------------------------------------------------------------- */

static const char *operator_text(enum token_kind op)
{
	switch (op) {
	case TOKEN_ADD: return "+";
	case TOKEN_SUB: return "-";
	case TOKEN_MUL: return "*";
	case TOKEN_DIV: return "/";
	case TOKEN_MOD: return "%";
	case TOKEN_BIT_AND: return "&";
	case TOKEN_BIT_OR: return "|";
	case TOKEN_BIT_XOR: return "^";
	case TOKEN_SHL: return "<<";
	case TOKEN_SHR: return ">>";
	case TOKEN_EQ: return "=";
	case TOKEN_NE: return "!=";
	case TOKEN_LT: return "<";
	case TOKEN_LE: return "<=";
	case TOKEN_GT: return ">";
	case TOKEN_GE: return ">=";
	default: return "?";
	}
}

/* With all parentheses, so that what binds how can be seen. */
static void put_arith(struct explaining *x, const struct arith *a, bool inner)
{
	switch (a->kind) {
	case ARITH_NUMBER:
		strbuf_printf(x->out, a->number < 1024 ? "%u" : "0x%x", a->number);
		break;
	case ARITH_LEN: strbuf_puts(x->out, "len"); break;
	case ARITH_LOAD:
		strbuf_printf(x->out, "%s[", protocols[a->protocol].text);
		put_arith(x, a->a, false);
		if (a->bytes > 1)
			strbuf_printf(x->out, ":%u", a->bytes);
		strbuf_putc(x->out, ']');
		break;
	case ARITH_NEG:
		strbuf_putc(x->out, '-');
		put_arith(x, a->a, true);
		break;
	case ARITH_BINARY:
		strbuf_puts(x->out, inner ? "(" : "");
		put_arith(x, a->a, true);
		strbuf_printf(x->out, " %s ", operator_text(a->op));
		put_arith(x, a->b, true);
		strbuf_puts(x->out, inner ? ")" : "");
		break;
	}
}

static void find_loads(const struct arith *a, bool found[PROTOCOL_COUNT])
{
	if (a->kind == ARITH_LOAD)
		found[a->protocol] = true;
	if (a->a)
		find_loads(a->a, found);
	if (a->b)
		find_loads(a->b, found);
}

static void put_relation(struct explaining *x, const struct node *node)
{
	bool found[PROTOCOL_COUNT] = { 0 };

	find_loads(node->a, found);
	find_loads(node->b, found);
	for (int i = 0; i < PROTOCOL_COUNT; i++) {
		const struct protocol_info *info = &protocols[i];

		if (!found[i] || info->access < ACCESS_NETWORK)
			continue;
		strbuf_puts(x->out, info->words);
		strbuf_puts(x->out, info->access == ACCESS_TRANSPORT ?
					    " over IPv4, not in a later fragment, and " :
				    info->access == ACCESS_ICMP6 ?
					    " directly behind an IPv6 header, and " :
					    ", and ");
	}
	put_arith(x, node->a, true);
	strbuf_printf(x->out, " %s ", operator_text(node->compare));
	put_arith(x, node->b, true);
}

/* --- nodes ---------------------------------------------------------------------------------- */

static void put_encapsulation(struct explaining *x, const struct node *node, const char *what)
{
	strbuf_puts(x->out, what);
	if (node->has_number)
		strbuf_printf(x->out, " %u", node->number);
	strbuf_puts(x->out, x->options->scoped ?
				    "; what 'and' joins to it is looked for behind it" :
				    "; everything below is looked for behind it");
}

static void put_node(struct explaining *x, const struct node *node)
{
	const char *protocol = protocols[node->q.protocol].words;

	switch (node->kind) {
	case NODE_CHAIN:
	case NODE_ID: break;
	case NODE_ADDRESS: put_nets(x, node); break;
	case NODE_MAC: put_mac(x, node); break;
	case NODE_PORT: put_port(x, node); break;
	case NODE_PROTO:
	case NODE_PROTOCHAIN: put_proto(x, node); break;
	case NODE_GATEWAY:
		strbuf_printf(x->out, "passing through '%s', but not from or to it",
			      node->id->text);
		break;
	case NODE_PROTOCOL:
		strbuf_puts(x->out, protocol);
		strbuf_puts(x->out, layer_words(protocols[node->q.protocol].layer));
		break;
	case NODE_RELATION: put_relation(x, node); break;
	case NODE_BROADCAST:
		strbuf_printf(x->out, "%s broadcast", protocol ? protocol : "link-level");
		break;
	case NODE_MULTICAST:
		strbuf_printf(x->out, "%s multicast", protocol ? protocol : "link-level");
		break;
	case NODE_DIRECTION:
		strbuf_puts(x->out,
			    node->number ? "sent by this machine" : "received by this machine");
		break;
	case NODE_IFINDEX: strbuf_printf(x->out, "on interface %u", node->number); break;
	case NODE_VLAN: put_encapsulation(x, node, "a VLAN tag"); break;
	case NODE_MPLS: put_encapsulation(x, node, "an MPLS label"); break;
	case NODE_PPPOED: strbuf_puts(x->out, "PPPoE discovery"); break;
	case NODE_PPPOES: put_encapsulation(x, node, "a PPPoE session"); break;
	case NODE_GENEVE: put_encapsulation(x, node, "Geneve"); break;
	case NODE_VXLAN: put_encapsulation(x, node, "VXLAN"); break;
	case NODE_LLC:
		strbuf_puts(x->out, "an LLC frame");
		if (node->mask)
			strbuf_printf(x->out, ", its control byte under 0x%02x being 0x%02x",
				      node->mask, node->number);
		break;
	case NODE_WLAN_FRAME:
		strbuf_printf(x->out, "an 802.11 frame, its first byte under 0x%02x being 0x%02x",
			      node->mask, node->number);
		break;
	case NODE_WLAN_DIR:
		strbuf_printf(x->out, "an 802.11 frame of direction %u", node->number);
		break;
	}
}

static void explain_node(struct explaining *x, const struct node *node, unsigned int depth)
{
	if (node->kind == NODE_CHAIN) {
		explain_chain(x, node, depth);
		return;
	}
	indent(x, depth);
	if (node->negated)
		strbuf_puts(x->out, "not: ");
	put_node(x, node);
	strbuf_putc(x->out, '\n');
}

/* --- chains --------------------------------------------------------------------------------- */

/* How often the joints of @chain alternate: 1 if all are alike. */
static unsigned int count_levels(const struct node *chain)
{
	unsigned int levels = 1;

	for (const struct node *node = chain->first->next; node->next; node = node->next)
		levels += node->joint != node->next->joint;
	return levels;
}

/* The joint of level @level, from 1, the outermost: of the last run of members. */
static void put_levels(struct explaining *x, const struct node *chain, unsigned int levels,
		       unsigned int depth)
{
	/* The outermost level is the last run's; they alternate. */
	const struct node *last = chain->first;
	bool is_and;

	while (last->next)
		last = last->next;
	is_and = last->joint == JOINT_AND;
	for (unsigned int level = 0; level < levels; level++) {
		bool negated = level == 0 && chain->negated;

		indent(x, depth + level);
		strbuf_puts(x->out, is_and  ? negated ? "not all of:\n" : "all of:\n" :
				    negated ? "none of:\n" :
					      "any of:\n");
		is_and = !is_and;
	}
}

static void explain_chain(struct explaining *x, const struct node *chain, unsigned int depth)
{
	unsigned int levels = count_levels(chain), at = depth + levels;
	const struct node *node;

	put_levels(x, chain, levels, depth);
	explain_node(x, chain->first, at);
	for (node = chain->first->next; node; node = node->next) {
		explain_node(x, node, at);
		if (node->next && node->next->joint != node->joint)
			at--;
	}
}

int filter_explain(const struct source *source, const struct filter_options *options,
		   struct diag *diag, struct strbuf *out)
{
	struct explaining x = { out, options, source };
	struct arena arena = { 0 };
	struct tokens tokens;
	struct node *root;
	int err = lex(source, &arena, diag, &tokens);

	if (!err)
		err = parse(source, &tokens, &arena, diag, &root);
	if (!err && root)
		err = resolve(root, options, &arena, diag);
	if (!err && root)
		err = check(root, options, diag);
	if (!err && root)
		explain_node(&x, root, 0);
	else if (!err)
		strbuf_puts(out, "every packet\n");
	arena_release(&arena);
	return err ? err : out->failed ? -ENOMEM : 0;
}
