/*
 * parse_arith.c - numbers and their comparisons: 'tcp[13] & 2 != 0'.
 *
 * The operators bind as in C but for comparisons, which bind less tightly than all others, and '%' and
 * '^': see parse.c.
 */
#include "filter/parse.h"

#include <string.h>

enum { UNARY_PRECEDENCE = 6 };

/* 0: no operator; -1: one without precedence. */
static int precedence(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_BIT_OR: return 1;
	case TOKEN_BIT_AND: return 2;
	case TOKEN_SHL:
	case TOKEN_SHR: return 3;
	case TOKEN_ADD:
	case TOKEN_SUB: return 4;
	case TOKEN_MUL:
	case TOKEN_DIV: return 5;
	case TOKEN_MOD:
	case TOKEN_BIT_XOR: return -1;
	default: return 0;
	}
}

static bool is_comparison(enum token_kind kind)
{
	return kind >= TOKEN_EQ && kind <= TOKEN_GE;
}

bool continues_arith(const struct token *t)
{
	return is_comparison(t->kind) || precedence(t->kind) != 0;
}

struct arith *new_arith(struct parser *p, enum arith_kind kind, struct span span, struct arith *a,
			struct arith *b)
{
	struct arith *arith = arena_alloc(p->arena, sizeof *arith);
	unsigned int depth = a ? a->depth : 0;

	if (!arith) {
		p->no_memory = true;
		return NULL;
	}
	if (b && b->depth > depth)
		depth = b->depth;
	*arith = (struct arith){ .kind = kind, .span = span, .a = a, .b = b, .depth = depth + 1 };
	if (arith->depth > FILTER_MOST_NESTING) {
		diag_error(p->diag, span, "this arithmetic is nested more than %d deep",
			   FILTER_MOST_NESTING);
		return NULL;
	}
	return arith;
}

static struct arith *parse_arith(struct parser *p, int least);

/* The rest of 'ip[index:size]', from '[' on. */
static struct arith *parse_load(struct parser *p, enum protocol protocol, struct span span)
{
	struct arith *index, *load;
	uint32_t bytes = 1;

	p->t++;
	index = parse_arith(p, 1);
	if (!index)
		return NULL;
	if (parser_accept(p, TOKEN_COLON)) {
		if (p->t->kind != TOKEN_NUMBER)
			return parser_expected(p, "a number of bytes behind ':'");
		bytes = p->t->number;
		if (bytes != 1 && bytes != 2 && bytes != 4) {
			diag_error(p->diag, p->t->span, "a load takes 1, 2 or 4 bytes, not %u",
				   bytes);
			return NULL;
		}
		p->t++;
	}
	if (p->t->kind == TOKEN_NAME && strchr(p->t->text, '-')) {
		diag_error(p->diag, p->t->span, "'%s' is read as one name", p->t->text);
		diag_hint(p->diag, "put spaces around the minus sign");
		return NULL;
	}
	if (!parser_accept(p, TOKEN_RIGHT_BRACKET))
		return parser_expected(p, "']'");
	load = new_arith(p, ARITH_LOAD, parser_span(p, span), index, NULL);
	if (!load)
		return NULL;
	load->protocol = protocol;
	load->bytes = bytes;
	return load;
}

struct arith *parse_operand(struct parser *p)
{
	const struct token *t = p->t;
	struct arith *arith;

	switch (t->kind) {
	case TOKEN_NUMBER:
		p->t++;
		arith = new_arith(p, ARITH_NUMBER, t->span, NULL, NULL);
		if (arith)
			arith->number = t->number;
		return arith;
	case TOKEN_PROTOCOL:
		p->t++;
		if (p->t->kind != TOKEN_LEFT_BRACKET)
			return parser_expected(p, "'['");
		return parse_load(p, t->protocol, t->span);
	case TOKEN_SUB:
		p->t++;
		if (++p->depth > FILTER_MOST_NESTING) {
			diag_error(p->diag, t->span, "this arithmetic is nested more than %d deep",
				   FILTER_MOST_NESTING);
			return NULL;
		}
		arith = parse_arith(p, UNARY_PRECEDENCE);
		p->depth--;
		return arith ? new_arith(p, ARITH_NEG, parser_span(p, t->span), arith, NULL) : NULL;
	case TOKEN_OPEN:
		p->t++;
		arith = parse_arith(p, 1);
		if (arith && !parser_accept(p, TOKEN_CLOSE))
			return parser_expected(p, "')' or an operator");
		return arith;
	case TOKEN_WORD:
		if (t->word != WORD_LEN)
			break;
		p->t++;
		return new_arith(p, ARITH_LEN, t->span, NULL, NULL);
	case TOKEN_NAME:
		if (!strchr(t->text, '-'))
			break;
		diag_error(p->diag, t->span, "'%s' is read as one name", t->text);
		diag_hint(p->diag, "put spaces around the minus sign");
		return NULL;
	default: break;
	}
	return parser_expected(p, "a number, 'len' or a load such as 'ip[8]'");
}

/* An arithmetic expression of operators that bind at least as tightly as @least (from 1). */
static struct arith *parse_arith(struct parser *p, int least)
{
	struct span span = p->t->span;
	struct arith *left = parse_operand(p);

	while (left) {
		enum token_kind op = p->t->kind;
		int binds = precedence(op);
		struct arith *right;

		if (binds == 0 || (binds > 0 && binds < least))
			return left;
		p->t++;
		if (binds < 0 && ++p->depth > FILTER_MOST_NESTING) {
			diag_error(p->diag, span, "this arithmetic is nested more than %d deep",
				   FILTER_MOST_NESTING);
			return NULL;
		}
		right = parse_arith(p, binds < 0 ? 1 : binds + 1);
		p->depth -= binds < 0;
		if (!right)
			return NULL;
		left = new_arith(p, ARITH_BINARY, parser_span(p, span), left, right);
		if (left)
			left->op = op;
	}
	return NULL;
}

struct node *new_relation(struct parser *p, struct span span, struct arith *a,
			  enum token_kind compare, struct arith *b)
{
	struct node *node = a && b ? parser_node(p, NODE_RELATION, span) : NULL;

	if (!node)
		return NULL;
	node->a = a;
	node->b = b;
	node->compare = compare;
	return node;
}

struct node *parse_relation(struct parser *p)
{
	struct span span = p->t->span;
	struct arith *a = parse_arith(p, 1), *b;
	enum token_kind compare;

	if (!a)
		return NULL;
	compare = p->t->kind;
	if (!is_comparison(compare))
		return parser_expected(p, "a comparison (=, !=, <, <=, >, >=)");
	p->t++;
	b = parse_arith(p, 1);
	p->has_q = false;
	return b ? new_relation(p, parser_span(p, span), a, compare, b) : NULL;
}
