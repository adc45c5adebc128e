/*
 * parse_words.c - tests that are words: 'vlan 10', 'less 64', 'llc u', 'type mgt subtype beacon'.
 */
#include "filter/parse.h"

#include <string.h>

#include "base/nearest.h"

/* A number, perhaps in parentheses. */
static bool parse_number(struct parser *p, const char *what, uint32_t *ret, struct span *ret_span)
{
	unsigned int open = 0;

	while (parser_accept(p, TOKEN_OPEN))
		open++;
	if (p->t->kind != TOKEN_NUMBER) {
		(void)parser_expected(p, what);
		return false;
	}
	*ret = p->t->number;
	*ret_span = p->t->span;
	p->t++;
	for (; open > 0; open--) {
		if (!parser_accept(p, TOKEN_CLOSE)) {
			(void)parser_expected(p, "')'");
			return false;
		}
	}
	return true;
}

/* Does a number, perhaps in parentheses, follow? */
static bool has_number(const struct parser *p)
{
	const struct token *t = p->t;

	while (t->kind == TOKEN_OPEN)
		t++;
	return t->kind == TOKEN_NUMBER;
}

static struct node *parse_encapsulation(struct parser *p, enum node_kind kind)
{
	struct node *node = parser_node(p, kind, p->t->span);

	p->t++;
	p->has_q = false;
	if (!node || kind == NODE_PPPOED || !has_number(p))
		return node;
	node->has_number = true;
	if (!parse_number(p, "a number", &node->number, &node->number_span))
		return NULL;
	node->span = parser_span(p, node->span);
	return node;
}

/* 'less N', 'greater N': comparisons of the length. */
static struct node *parse_length(struct parser *p, enum token_kind compare)
{
	struct span span = p->t->span;
	struct arith *len = new_arith(p, ARITH_LEN, span, NULL, NULL), *number;

	p->t++;
	p->has_q = false;
	if (p->t->kind != TOKEN_NUMBER)
		return parser_expected(p, "a number of bytes");
	number = parse_operand(p);
	return new_relation(p, parser_span(p, span), len, compare, number);
}

/* 'byte INDEX op VALUE': an old way to say 'link[INDEX] op VALUE'; with '&' and '|', whether any bit
 * is left. */
static struct node *parse_byte(struct parser *p)
{
	struct span span = p->t->span;
	struct arith *index, *load, *value;
	enum token_kind op;

	p->t++;
	p->has_q = false;
	if (p->t->kind != TOKEN_NUMBER)
		return parser_expected(p, "the number of a byte");
	index = parse_operand(p);
	load = new_arith(p, ARITH_LOAD, span, index, NULL);
	if (!load)
		return NULL;
	load->protocol = PROTOCOL_LINK;
	load->bytes = 1;
	op = p->t->kind;
	if (op != TOKEN_EQ && op != TOKEN_LT && op != TOKEN_GT && op != TOKEN_BIT_AND &&
	    op != TOKEN_BIT_OR)
		return parser_expected(p, "one of = < > & |");
	p->t++;
	if (p->t->kind != TOKEN_NUMBER)
		return parser_expected(p, "a number");
	value = parse_operand(p);
	if (op == TOKEN_BIT_AND || op == TOKEN_BIT_OR) {
		load = new_arith(p, ARITH_BINARY, span, load, value);
		value = new_arith(p, ARITH_NUMBER, span, NULL, NULL);
		if (load)
			load->op = op;
		op = TOKEN_NE;
	}
	return new_relation(p, parser_span(p, span), load, op, value);
}

static struct node *parse_ifindex(struct parser *p)
{
	struct node *node = parser_node(p, NODE_IFINDEX, p->t->span);

	p->t++;
	p->has_q = false;
	if (p->t->kind != TOKEN_NUMBER)
		return parser_expected(p, "the number of an interface");
	if (!node)
		return NULL;
	node->number = p->t->number;
	p->t++;
	node->span = parser_span(p, node->span);
	return node;
}

/* --- names with a meaning in one place only ------------------------------------------------- */

struct named {
	const char *text;
	uint32_t number;
	uint32_t mask;
};

/* LLC: the control field. */
/* clang-format off */
static const struct named llc_names[] = {
	{ "i",     0x00, 0x01 },
	{ "s",     0x01, 0x03 },
	{ "u",     0x03, 0x03 },
	{ "rr",    0x01, 0x0f },
	{ "rnr",   0x05, 0x0f },
	{ "rej",   0x09, 0x0f },
	{ "ui",    0x03, 0xef },
	{ "ua",    0x63, 0xef },
	{ "disc",  0x43, 0xef },
	{ "dm",    0x0f, 0xef },
	{ "sabme", 0x6f, 0xef },
	{ "test",  0xe3, 0xef },
	{ "xid",   0xaf, 0xef },
	{ "frmr",  0x87, 0xef },
	{ 0 },
};

/* 802.11: type and subtype are bits 2 to 7 of the first byte. */
static const struct named wlan_types[] = {
	{ "mgt",        0x00, 0x0c },
	{ "management", 0x00, 0x0c },
	{ "ctl",        0x04, 0x0c },
	{ "control",    0x04, 0x0c },
	{ "data",       0x08, 0x0c },
	{ 0 },
};

static const struct named wlan_subtypes[] = {
	{ "assocreq",               0x00, 0xfc },
	{ "assoc-req",              0x00, 0xfc },
	{ "assocresp",              0x10, 0xfc },
	{ "assoc-resp",             0x10, 0xfc },
	{ "reassocreq",             0x20, 0xfc },
	{ "reassoc-req",            0x20, 0xfc },
	{ "reassocresp",            0x30, 0xfc },
	{ "reassoc-resp",           0x30, 0xfc },
	{ "probereq",               0x40, 0xfc },
	{ "probe-req",              0x40, 0xfc },
	{ "proberesp",              0x50, 0xfc },
	{ "probe-resp",             0x50, 0xfc },
	{ "beacon",                 0x80, 0xfc },
	{ "atim",                   0x90, 0xfc },
	{ "disassoc",               0xa0, 0xfc },
	{ "disassociation",         0xa0, 0xfc },
	{ "auth",                   0xb0, 0xfc },
	{ "authentication",         0xb0, 0xfc },
	{ "deauth",                 0xc0, 0xfc },
	{ "deauthentication",       0xc0, 0xfc },
	{ "bar",                    0x84, 0xfc },
	{ "ba",                     0x94, 0xfc },
	{ "ps-poll",                0xa4, 0xfc },
	{ "rts",                    0xb4, 0xfc },
	{ "cts",                    0xc4, 0xfc },
	{ "ack",                    0xd4, 0xfc },
	{ "cf-end",                 0xe4, 0xfc },
	{ "cf-end-ack",             0xf4, 0xfc },
	{ "data",                   0x08, 0xfc },
	{ "data-cf-ack",            0x18, 0xfc },
	{ "data-cf-poll",           0x28, 0xfc },
	{ "data-cf-ack-poll",       0x38, 0xfc },
	{ "null",                   0x48, 0xfc },
	{ "cf-ack",                 0x58, 0xfc },
	{ "cf-poll",                0x68, 0xfc },
	{ "cf-ack-poll",            0x78, 0xfc },
	{ "qos-data",               0x88, 0xfc },
	{ "qos-data-cf-ack",        0x98, 0xfc },
	{ "qos-data-cf-poll",       0xa8, 0xfc },
	{ "qos-data-cf-ack-poll",   0xb8, 0xfc },
	{ "qos",                    0xc8, 0xfc },
	{ "qos-cf-poll",            0xe8, 0xfc },
	{ "qos-cf-ack-poll",        0xf8, 0xfc },
	{ 0 },
};

static const struct named wlan_directions[] = {
	{ "nods",   0, 3 },
	{ "tods",   1, 3 },
	{ "fromds", 2, 3 },
	{ "dstods", 3, 3 },
	{ 0 },
};
/* clang-format on */

/* The row of the next token in @table; an error if it has none.  @what: "a type of 802.11". */
static const struct named *parse_named(struct parser *p, const struct named *table,
				       const char *what)
{
	struct nearest search;
	const char *text = parser_spelling(p, p->t);

	for (const struct named *row = table; row->text; row++) {
		if (strcmp(row->text, text) == 0) {
			p->t++;
			return row;
		}
	}
	(void)parser_expected(p, what);
	search = nearest_begin(text);
	for (const struct named *row = table; row->text; row++)
		nearest_offer(&search, row->text);
	if (p->t->kind != TOKEN_END && search.best)
		diag_hint(p->diag, "did you mean '%s'?", search.best);
	return NULL;
}

static struct node *parse_llc(struct parser *p)
{
	struct node *node = parser_node(p, NODE_LLC, p->t->span);
	const struct named *row;

	p->t++;
	p->has_q = false;
	if (!node || (p->t->kind != TOKEN_NAME && p->t->kind != TOKEN_PROTOCOL &&
		      p->t->kind != TOKEN_MISSING)) /* 'rnr' is also a word of pf's */
		return node;
	row = parse_named(p, llc_names, "a kind of LLC frame");
	if (!row)
		return NULL;
	node->number = row->number;
	node->mask = row->mask;
	node->span = parser_span(p, node->span);
	return node;
}

/* A type or subtype of 802.11 by name or number. */
static bool parse_wlan_part(struct parser *p, const struct named *table, uint32_t mask,
			    const char *what, struct node *node)
{
	const struct named *row;

	if (p->t->kind == TOKEN_NUMBER) {
		if (p->t->number & ~mask) {
			diag_error(p->diag, p->t->span, "0x%x has bits outside of 0x%x",
				   p->t->number, mask);
			diag_hint(p->diag, "the number is that of the first byte, not shifted");
			return false;
		}
		node->number |= p->t->number;
		node->mask |= mask;
		p->t++;
		return true;
	}
	row = parse_named(p, table, what);
	if (!row)
		return false;
	if ((row->number ^ node->number) & node->mask & row->mask) {
		diag_error(p->diag, (p->t - 1)->span, "'%s' is a subtype of another type",
			   row->text);
		return false;
	}
	node->number |= row->number;
	node->mask |= row->mask;
	return true;
}

static struct node *parse_wlan_frame(struct parser *p)
{
	struct node *node = parser_node(p, NODE_WLAN_FRAME, p->t->span);

	p->has_q = false;
	if (!node)
		return NULL;
	if (parser_accept_word(p, WORD_TYPE)) {
		if (!parse_wlan_part(p, wlan_types, 0x0c, "'mgt', 'ctl' or 'data'", node))
			return NULL;
		if (parser_accept_word(p, WORD_SUBTYPE) &&
		    !parse_wlan_part(p, wlan_subtypes, 0xf0, "a subtype of 802.11", node))
			return NULL;
	} else {
		p->t++;
		if (p->t->kind == TOKEN_NUMBER)
			return parser_expected(
				p, "a subtype's name (a number needs 'type' before it)");
		if (!parse_wlan_part(p, wlan_subtypes, 0xf0, "a subtype of 802.11", node))
			return NULL;
	}
	node->span = parser_span(p, node->span);
	return node;
}

static struct node *parse_wlan_direction(struct parser *p)
{
	struct node *node = parser_node(p, NODE_WLAN_DIR, p->t->span);
	const struct named *row;

	p->t++;
	p->has_q = false;
	if (!node)
		return NULL;
	if (p->t->kind == TOKEN_NUMBER) {
		node->number = p->t->number;
		p->t++;
	} else {
		row = parse_named(p, wlan_directions, "'nods', 'tods', 'fromds' or 'dstods'");
		if (!row)
			return NULL;
		node->number = row->number;
	}
	node->span = parser_span(p, node->span);
	return node;
}

/* --- which word it is ----------------------------------------------------------------------- */

/* A test that begins with no qualifier but perhaps a protocol: NULL without an error if it is
 * none. */
struct node *parse_plain(struct parser *p, bool *ret_is_plain)
{
	*ret_is_plain = true;
	if (p->t->kind == TOKEN_WORD) {
		switch (p->t->word) {
		case WORD_LESS: return parse_length(p, TOKEN_LE);
		case WORD_GREATER: return parse_length(p, TOKEN_GE);
		case WORD_BYTE: return parse_byte(p);
		case WORD_IFINDEX: return parse_ifindex(p);
		case WORD_VLAN: return parse_encapsulation(p, NODE_VLAN);
		case WORD_MPLS: return parse_encapsulation(p, NODE_MPLS);
		case WORD_PPPOED: return parse_encapsulation(p, NODE_PPPOED);
		case WORD_PPPOES: return parse_encapsulation(p, NODE_PPPOES);
		case WORD_GENEVE: return parse_encapsulation(p, NODE_GENEVE);
		case WORD_VXLAN: return parse_encapsulation(p, NODE_VXLAN);
		case WORD_LLC: return parse_llc(p);
		case WORD_INBOUND:
		case WORD_OUTBOUND: {
			struct node *node = parser_node(p, NODE_DIRECTION, p->t->span);

			if (node)
				node->number = p->t->word == WORD_OUTBOUND;
			p->t++;
			p->has_q = false;
			return node;
		}
		default: break;
		}
	}
	*ret_is_plain = false;
	return NULL;
}

/* 'broadcast', 'multicast', and the words of 802.11, with or without a protocol before them. */
struct node *parse_trailing_word(struct parser *p, enum protocol protocol, struct span span)
{
	struct node *node = NULL;

	switch (p->t->word) {
	case WORD_BROADCAST:
	case WORD_MULTICAST:
		node = parser_node(
			p, p->t->word == WORD_BROADCAST ? NODE_BROADCAST : NODE_MULTICAST, span);
		p->t++;
		p->has_q = false;
		break;
	case WORD_TYPE:
	case WORD_SUBTYPE: node = parse_wlan_frame(p); break;
	case WORD_DIR: node = parse_wlan_direction(p); break;
	default: break;
	}
	if (!node)
		return NULL;
	node->q.protocol = protocol;
	node->span = parser_span(p, span);
	return node;
}

bool is_trailing_word(const struct token *t)
{
	return parser_is_word(t, WORD_BROADCAST) || parser_is_word(t, WORD_MULTICAST) ||
	       parser_is_word(t, WORD_TYPE) || parser_is_word(t, WORD_SUBTYPE) ||
	       parser_is_word(t, WORD_DIR);
}
