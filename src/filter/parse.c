/*
 * parse.c - from tokens to a tree, by recursive descent.
 *
 * Three things make the language different from others:
 *
 *  1. 'and' and 'or' bind alike, to the left.  So an expression is a chain; no precedence.
 *  2. An address, number or name alone takes the qualifiers of the test before it in the text, so
 *     the parser carries them along.  Tests without an address ('tcp', 'vlan') leave none.
 *  3. In arithmetic, '%' and '^' were given no precedence in libpcap's grammar, and bison let
 *     them take everything to their right: 7 % 4 - 1 is 7 % 3.
 *
 * A parenthesis may begin a test or a number.  What stands behind its partner, which the lexer
 * found, tells: in '(tcp[13] & 2) != 0' it is an operator.
 */
#include "filter/parse.h"

#include <errno.h>

/* --- the simple things ---------------------------------------------------------------------- */

bool parser_is_word(const struct token *t, enum word word)
{
	return t->kind == TOKEN_WORD && t->word == word;
}

bool parser_accept_word(struct parser *p, enum word word)
{
	if (!parser_is_word(p->t, word))
		return false;
	p->t++;
	return true;
}

bool parser_accept(struct parser *p, enum token_kind kind)
{
	if (p->t->kind != kind)
		return false;
	p->t++;
	return true;
}

/* The text of @t for messages. */
const char *parser_spelling(const struct parser *p, const struct token *t)
{
	const char *text = arena_strndup(p->arena, p->source->text + t->span.offset, t->span.len);

	return text ? text : "";
}

struct span parser_span(const struct parser *p, struct span from)
{
	const struct token *last = p->t - 1;

	if (p->t == p->tokens || last->span.offset < from.offset)
		return from;
	return (struct span){ from.offset, last->span.offset + last->span.len - from.offset };
}

struct node *parser_node(struct parser *p, enum node_kind kind, struct span span)
{
	struct node *node = arena_alloc(p->arena, sizeof *node);

	if (!node) {
		p->no_memory = true;
		return NULL;
	}
	node->kind = kind;
	node->span = span;
	return node;
}

/* An error that says what was expected; NULL, for its callers to return. */
void *parser_expected(struct parser *p, const char *what)
{
	if (p->t->kind == TOKEN_END)
		diag_error(p->diag, p->t->span, "expected %s, the filter ends here", what);
	else
		diag_error(p->diag, p->t->span, "expected %s, found '%s'", what,
			   parser_spelling(p, p->t));
	return NULL;
}

/* --- addresses, numbers and names ----------------------------------------------------------- */

static bool is_id(const struct token *t)
{
	switch (t->kind) {
	case TOKEN_NUMBER:
	case TOKEN_IP4:
	case TOKEN_IP6:
	case TOKEN_MAC:
	case TOKEN_AID:
	case TOKEN_NAME: return true;
	default: return false;
	}
}

/* Behind 'proto', the words of protocols are names of protocols. */
static bool takes_protocol_word(const struct qualifiers *q)
{
	return q->subject == SUBJECT_PROTO || q->subject == SUBJECT_PROTOCHAIN;
}

/* '/bits' or 'mask M' behind an address. */
static bool parse_net_suffix(struct parser *p, struct node *node)
{
	if (parser_accept(p, TOKEN_DIV)) {
		if (p->t->kind != TOKEN_NUMBER) {
			(void)parser_expected(p, "a number of bits behind '/'");
			return false;
		}
		node->has_bits = true;
		node->bits = p->t->number;
		node->bits_span = p->t->span;
		p->t++;
	} else if (parser_accept_word(p, WORD_MASK)) {
		if (p->t->kind != TOKEN_IP4 && p->t->kind != TOKEN_NUMBER) {
			(void)parser_expected(p, "a mask such as 255.255.255.0");
			return false;
		}
		node->mask_token = p->t++;
	}
	node->span = parser_span(p, node->span);
	return true;
}

static struct node *parse_id(struct parser *p)
{
	const struct token *t = p->t;
	struct node *node;

	if (!is_id(t) && !(t->kind == TOKEN_PROTOCOL && takes_protocol_word(&p->q)))
		return parser_expected(p, "an address, a number or a name");
	node = parser_node(p, NODE_ID, t->span);
	if (!node)
		return NULL;
	node->q = p->q;
	node->id = t;
	p->t++;
	if (t->kind != TOKEN_MAC && t->kind != TOKEN_AID && !parse_net_suffix(p, node))
		return NULL;
	return node;
}

/* 'not's before something: their parity. */
static bool parse_nots(struct parser *p)
{
	bool negated = false;

	while (parser_accept_word(p, WORD_NOT))
		negated = !negated;
	return negated;
}

static struct node *parse_chain(struct parser *p);

/* What stands behind qualifiers: one thing, or several in parentheses. */
static struct node *parse_ids(struct parser *p, struct span span)
{
	bool negated = parse_nots(p);
	struct node *node;

	p->has_q = true;
	if (p->t->kind == TOKEN_OPEN) {
		const struct token *open = p->t++;

		if (!open->match) {
			diag_error(p->diag, open->span, "this '(' is never closed");
			return NULL;
		}
		p->in_list = true;
		node = parse_chain(p);
		p->in_list = false;
		if (node && !parser_accept(p, TOKEN_CLOSE))
			return parser_expected(p, "')', 'and' or 'or'");
	} else {
		node = parse_id(p);
	}
	if (!node)
		return NULL;
	node->negated ^= negated;
	node->span = parser_span(p, span);
	return node;
}

/* --- qualifiers ----------------------------------------------------------------------------- */

static enum direction word_direction(const struct token *t)
{
	if (t->kind != TOKEN_WORD)
		return DIRECTION_NONE;
	switch (t->word) {
	case WORD_SRC: return DIRECTION_SRC;
	case WORD_DST: return DIRECTION_DST;
	case WORD_RA: return DIRECTION_RA;
	case WORD_TA: return DIRECTION_TA;
	case WORD_ADDR1: return DIRECTION_ADDR1;
	case WORD_ADDR2: return DIRECTION_ADDR2;
	case WORD_ADDR3: return DIRECTION_ADDR3;
	case WORD_ADDR4: return DIRECTION_ADDR4;
	default: return DIRECTION_NONE;
	}
}

static enum direction parse_direction(struct parser *p)
{
	enum direction direction = word_direction(p->t), other;
	bool is_or, is_and;

	if (direction == DIRECTION_NONE)
		return direction;
	p->t++;
	is_or = parser_is_word(p->t, WORD_OR);
	is_and = parser_is_word(p->t, WORD_AND);
	other = direction == DIRECTION_SRC ? DIRECTION_DST :
		direction == DIRECTION_DST ? DIRECTION_SRC :
					     DIRECTION_NONE;
	if ((is_or || is_and) && other && word_direction(p->t + 1) == other) {
		p->t += 2;
		direction = is_or ? DIRECTION_OR : DIRECTION_AND;
	}
	return direction;
}

static enum subject word_subject(const struct token *t)
{
	if (t->kind != TOKEN_WORD)
		return SUBJECT_NONE;
	switch (t->word) {
	case WORD_HOST: return SUBJECT_HOST;
	case WORD_NET: return SUBJECT_NET;
	case WORD_PORT: return SUBJECT_PORT;
	case WORD_PORTRANGE: return SUBJECT_PORTRANGE;
	case WORD_PROTO: return SUBJECT_PROTO;
	case WORD_PROTOCHAIN: return SUBJECT_PROTOCHAIN;
	case WORD_GATEWAY: return SUBJECT_GATEWAY;
	default: return SUBJECT_NONE;
	}
}

/* The word behind a protocol was none: say so, and guess which was meant. */
static struct node *unknown_qualifier(struct parser *p, const struct token *protocol)
{
	const struct token *t = p->t;
	const char *nearest = lex_nearest_word(t->text, WORD_KIND_PLAIN);

	diag_error(p->diag, t->span, "unknown word '%s' behind '%s'", t->text,
		   parser_spelling(p, protocol));
	if (nearest)
		diag_hint(p->diag, "did you mean '%s'?", nearest);
	else
		diag_hint(p->diag, "a name needs a word that says what it is: %s host %s",
			  parser_spelling(p, protocol), t->text);
	return NULL;
}

/* A test that begins with qualifiers, or a protocol alone. */
static struct node *parse_qualified(struct parser *p)
{
	const struct token *start = p->t;
	struct qualifiers q = { 0 };
	struct node *node;

	if (p->t->kind == TOKEN_PROTOCOL) {
		if (p->t[1].kind == TOKEN_LEFT_BRACKET)
			return parse_relation(p);
		q.protocol = p->t->protocol;
		p->t++;
	}
	if (is_trailing_word(p->t))
		return parse_trailing_word(p, q.protocol, start->span);
	q.direction = parse_direction(p);
	q.subject = word_subject(p->t);
	if (q.subject)
		p->t++;
	if (q.direction || q.subject) {
		p->q = q;
		return parse_ids(p, start->span);
	}
	if (p->t->kind == TOKEN_NAME)
		return unknown_qualifier(p, start);
	if (is_id(p->t)) {
		diag_error(p->diag, p->t->span, "'%s' needs a word before it that says what it is",
			   parser_spelling(p, p->t));
		diag_hint(p->diag, "did you mean '%s %s %s'?", parser_spelling(p, start),
			  p->t->kind == TOKEN_NUMBER ? "port" : "host", parser_spelling(p, p->t));
		return NULL;
	}
	node = parser_node(p, NODE_PROTOCOL, start->span);
	if (node)
		node->q = q;
	p->has_q = false;
	return node;
}

/* A name where a test should begin. */
static struct node *lone_name(struct parser *p)
{
	const struct token *t = p->t;
	const char *nearest =
		t->kind == TOKEN_NAME ?
			lex_nearest_word(t->text, WORD_KIND_PLAIN | WORD_KIND_PROTOCOL) :
			NULL;

	if (nearest) {
		diag_error(p->diag, t->span, "unknown word '%s'", t->text);
		diag_hint(p->diag, "did you mean '%s'?", nearest);
		return NULL;
	}
	diag_error(p->diag, t->span, "'%s' needs a word before it that says what it is",
		   parser_spelling(p, t));
	switch (t->kind) {
	case TOKEN_NUMBER:
		diag_hint(p->diag, "as in 'port %s' or 'vlan %s'", parser_spelling(p, t),
			  parser_spelling(p, t));
		break;
	case TOKEN_MAC: diag_hint(p->diag, "did you mean 'ether host %s'?", t->text); break;
	default: diag_hint(p->diag, "did you mean 'host %s'?", parser_spelling(p, t)); break;
	}
	return NULL;
}

static struct node *parse_elided(struct parser *p)
{
	struct node *node;

	if (!p->has_q)
		return lone_name(p);
	node = parse_id(p);
	if (node)
		node->is_elided = true;
	return node;
}

static struct node *parse_parenthesis(struct parser *p)
{
	const struct token *open = p->t;
	struct node *node;

	if (!open->match) {
		diag_error(p->diag, open->span, "this '(' is never closed");
		return NULL;
	}
	if (continues_arith(&p->tokens[open->match + 1]))
		return parse_relation(p);
	p->t++;
	node = parse_chain(p);
	if (node && !parser_accept(p, TOKEN_CLOSE))
		return parser_expected(p, "')', 'and' or 'or'");
	if (node)
		node->span = parser_span(p, open->span);
	return node;
}

static struct node *parse_test(struct parser *p)
{
	const struct token *t = p->t;
	bool is_plain;
	struct node *node;

	switch (t->kind) {
	case TOKEN_OPEN: return parse_parenthesis(p);
	case TOKEN_SUB: return parse_relation(p);
	case TOKEN_NUMBER:
		return continues_arith(t + 1) && !(t[1].kind == TOKEN_DIV && p->has_q &&
						   p->q.subject == SUBJECT_NET) ?
			       parse_relation(p) :
			       parse_elided(p);
	case TOKEN_IP4:
	case TOKEN_IP6:
	case TOKEN_MAC:
	case TOKEN_AID:
	case TOKEN_NAME: return parse_elided(p);
	case TOKEN_MISSING:
		diag_error(p->diag, t->span, "'%s' is not supported: %s is left out",
			   parser_spelling(p, t), t->text);
		return NULL;
	case TOKEN_PROTOCOL:
		if (p->in_list && p->has_q && takes_protocol_word(&p->q))
			return parse_elided(p);
		return parse_qualified(p);
	case TOKEN_WORD:
		if (t->word == WORD_LEN)
			return parse_relation(p);
		node = parse_plain(p, &is_plain);
		if (is_plain)
			return node;
		if (is_trailing_word(t) || word_direction(t) || word_subject(t))
			return parse_qualified(p);
		return parser_expected(p, "a test");
	default: return parser_expected(p, "a test such as 'tcp' or 'host 192.0.2.1'");
	}
}

/* --- chains --------------------------------------------------------------------------------- */

/* Does @chain consist of nothing but @joint? */
static bool is_pure(const struct node *chain, enum joint joint)
{
	for (const struct node *node = chain->first->next; node; node = node->next)
		if (node->joint != joint)
			return false;
	return true;
}

/* Members of a chain in parentheses can be its parent's when that changes nothing: '(a or b) or c',
 * 'a or (b or c)'.  Long lists that came in pieces become one so. */
static bool can_splice(const struct node *member)
{
	if (member->kind != NODE_CHAIN || member->negated)
		return false;
	return member->joint == JOINT_NONE || is_pure(member, member->joint);
}

static void append(struct node *chain, struct node **tail, struct node *member)
{
	struct node *first = member, *last = member;
	uint32_t count = 1;

	if (can_splice(member)) {
		first = member->first;
		first->joint = member->joint;
		count = member->count;
		for (last = first; last->next; last = last->next)
			;
	}
	if (*tail)
		(*tail)->next = first;
	else
		chain->first = first;
	*tail = last;
	chain->count += count;
}

static bool is_juxtaposed(const struct token *t)
{
	return is_id(t) || t->kind == TOKEN_PROTOCOL || t->kind == TOKEN_OPEN ||
	       (t->kind == TOKEN_WORD && t->word != WORD_AND && t->word != WORD_OR);
}

static struct node *parse_chain(struct parser *p)
{
	struct node *chain = parser_node(p, NODE_CHAIN, p->t->span), *tail = NULL;
	enum joint joint = JOINT_NONE;

	if (!chain)
		return NULL;
	for (;;) {
		struct span span = p->t->span;
		bool negated = parse_nots(p);
		struct node *member = parse_test(p);

		if (!member)
			return NULL;
		member->negated ^= negated;
		member->joint = joint;
		member->span = parser_span(p, span);
		append(chain, &tail, member);
		joint = parser_accept_word(p, WORD_AND) ? JOINT_AND :
			parser_accept_word(p, WORD_OR)  ? JOINT_OR :
							  JOINT_NONE;
		if (joint == JOINT_NONE)
			break;
	}
	chain->span = parser_span(p, chain->span);
	if (is_juxtaposed(p->t)) {
		(void)parser_expected(p, "'and' or 'or'");
		return NULL;
	}
	/* A chain of one is that one: its span grows, its negation stays. */
	return chain->count == 1 ? chain->first : chain;
}

int parse(const struct source *source, const struct tokens *tokens, struct arena *arena,
	  struct diag *diag, struct node **ret_root)
{
	struct parser p = {
		.source = source,
		.arena = arena,
		.diag = diag,
		.tokens = tokens->list,
		.t = tokens->list,
	};
	struct node *root = NULL;

	if (p.t->kind != TOKEN_END) {
		root = parse_chain(&p);
		if (root && p.t->kind == TOKEN_CLOSE) {
			diag_error(diag, p.t->span, "this ')' closes nothing");
			root = NULL;
		} else if (root && p.t->kind != TOKEN_END) {
			(void)parser_expected(&p, "'and', 'or' or the end");
			root = NULL;
		}
		if (!root)
			return p.no_memory ? -ENOMEM : -EINVAL;
	}
	*ret_root = root;
	return 0;
}

bool node_is_encapsulation(const struct node *node)
{
	switch (node->kind) {
	case NODE_VLAN:
	case NODE_MPLS:
	case NODE_PPPOES:
	case NODE_GENEVE:
	case NODE_VXLAN: return true;
	default: return false;
	}
}
