/*
 * parse_expr.c - expressions.
 *
 * Operators of two operands are read by precedence climbing, with the numbers of op.def.  What begins with '('
 * may be a cast, a tuple, a record or just something in parentheses.
 */
#include "script/parse.h"

#include <string.h>

#include "base/bits.h"

static const struct {
	enum token_kind kind;
	enum op op;
	int precedence;
} binary_ops[] = {
#define BINARY_OP(name, text, precedence) { TOKEN_##name, OP_##name, precedence },
#include "script/op.def"
};

/* --- helpers --------------------------------------------------------------------------------- */

static struct expr *new_expr(struct parser *p, enum expr_kind kind, struct span span)
{
	struct expr *e = expr_new(p->arena, kind, span);

	if (!e)
		p->no_memory = true;
	return e;
}

/* A node of one token, which is taken. */
static struct expr *new_leaf(struct parser *p, enum expr_kind kind)
{
	const struct token *t = syntax_take(p, ROLE_NONE);
	struct expr *e = new_expr(p, kind, t->span);

	if (!e)
		return NULL;
	e->name = t->text;
	e->name_span = t->span;
	e->text = t->text;
	e->text_len = t->text_len;
	e->number = t->number;
	return e;
}

static struct expr *parse_binary(struct parser *p, int least);
static struct expr *parse_unary(struct parser *p);

/* In parentheses and brackets a '/' is a '/', also in a predicate. */
static struct expr *parse_inner(struct parser *p)
{
	bool was_predicate = p->in_predicate;
	struct expr *e;

	p->in_predicate = false;
	e = parse_expr(p);
	p->in_predicate = was_predicate;
	return e;
}

/* Arguments up to @close, which is taken. */
static bool parse_args(struct parser *p, struct expr *call, enum token_kind close, const char *what)
{
	struct expr **tail = &call->args;

	while (!syntax_is(p, close)) {
		struct expr *arg;

		if (is_type_start(p, 0) && syntax_peek_at(p, 1)->kind != TOKEN_CLOSE &&
		    syntax_peek_at(p, 1)->kind != TOKEN_COMMA) {
			arg = new_expr(p, EXPR_TYPE, syntax_peek(p)->span);
			if (!arg)
				return false;
			arg->type_name = parse_type_name(p);
			if (!arg->type_name)
				return false;
			arg->span = syntax_span(p, arg->span);
		} else {
			arg = parse_inner(p);
		}
		if (!arg)
			return false;
		*tail = arg;
		tail = &arg->next;
		call->arg_count++;
		if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE))
			break;
	}
	if (!syntax_expect(p, close, ROLE_NONE, what))
		return false;
	call->span = syntax_span(p, call->span);
	return true;
}

/* --- primary expressions --------------------------------------------------------------------- */

static struct expr *parse_call(struct parser *p)
{
	struct expr *call = new_leaf(p, EXPR_CALL);

	if (!call)
		return NULL;
	(void)syntax_take(p, ROLE_POSTFIX);
	return parse_args(p, call, TOKEN_CLOSE, "',' or ')'") ? call : NULL;
}

/* 'sizeof(x)', 'typeinfo(x)': of a type or an expression. */
static struct expr *parse_of_type(struct parser *p, enum expr_kind kind)
{
	struct expr *e = new_leaf(p, kind);

	if (!e)
		return NULL;
	(void)syntax_take(p, ROLE_POSTFIX);
	if (is_type_start(p, 0))
		e->type_name = parse_type_name(p);
	else
		e->a = parse_inner(p);
	if (!e->type_name && !e->a)
		return NULL;
	if (kind == EXPR_OFFSETOF) {
		struct expr **tail = &e->args;

		if (!syntax_expect(p, TOKEN_COMMA, ROLE_NONE, "',' and a field"))
			return NULL;
		do {
			if (!syntax_is(p, TOKEN_NAME))
				return syntax_expected(p, "the name of a field");
			*tail = new_leaf(p, EXPR_NAME);
			if (!*tail)
				return NULL;
			tail = &(*tail)->next;
			e->arg_count++;
		} while (syntax_accept(p, TOKEN_DOT, ROLE_TIGHT));
	}
	if (!syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return NULL;
	e->span = syntax_span(p, e->span);
	return e;
}

/* '(a=1, b=2)': behind the '('. */
static struct expr *parse_record(struct parser *p, struct span span)
{
	struct expr *record = new_expr(p, EXPR_RECORD, span), **tail;

	if (!record)
		return NULL;
	tail = &record->args;
	do {
		const struct token *name = syntax_peek(p);
		struct expr *value;

		if (record->args && name->kind == TOKEN_CLOSE)
			break;
		if (name->kind != TOKEN_NAME)
			return syntax_expected(p, "the name of a field");
		(void)syntax_take(p, ROLE_NONE);
		if (!syntax_expect(p, TOKEN_ASSIGN, ROLE_TIGHT, "'='"))
			return NULL;
		value = parse_inner(p);
		if (!value)
			return NULL;
		value->label = name->text;
		value->label_span = name->span;
		*tail = value;
		tail = &value->next;
		record->arg_count++;
	} while (syntax_accept(p, TOKEN_COMMA, ROLE_NONE));
	if (!syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "',' or ')'"))
		return NULL;
	record->span = syntax_span(p, span);
	return record;
}

/* '(': a tuple, a record, or an expression. */
static struct expr *parse_parenthesis(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_NONE)->span;
	struct expr *first, *tuple;

	if (syntax_is(p, TOKEN_NAME) && syntax_peek_at(p, 1)->kind == TOKEN_ASSIGN)
		return parse_record(p, span);
	tuple = new_expr(p, EXPR_TUPLE, span);
	if (!tuple)
		return NULL;
	if (syntax_accept(p, TOKEN_CLOSE, ROLE_NONE)) {
		tuple->span = syntax_span(p, span);
		return tuple;
	}
	first = parse_inner(p);
	if (!first)
		return NULL;
	if (syntax_accept(p, TOKEN_COMMA, ROLE_NONE)) {
		if (!parse_args(p, tuple, TOKEN_CLOSE, "',' or ')'"))
			return NULL;
		first->next = tuple->args;
		tuple->args = first;
		tuple->arg_count++;
		return tuple;
	}
	if (!syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return NULL;
	first->is_paren = true;
	first->span = syntax_span(p, span);
	return first;
}

static struct expr *parse_cast(struct parser *p)
{
	struct expr *cast = new_expr(p, EXPR_CAST, syntax_take(p, ROLE_NONE)->span);

	if (!cast)
		return NULL;
	cast->type_name = parse_type_name(p);
	if (!cast->type_name || !syntax_expect(p, TOKEN_CLOSE, ROLE_PREFIX, "')'"))
		return NULL;
	cast->a = parse_unary(p);
	cast->span = syntax_span(p, cast->span);
	return cast->a ? cast : NULL;
}

struct expr *parse_if(struct parser *p)
{
	struct expr *e = new_leaf(p, EXPR_IF);
	const struct token *t;

	if (!e || !syntax_enter(p))
		return NULL;
	if (syntax_is_word(p, "comptime")) {
		(void)syntax_take(p, ROLE_NONE);
		e->is_comptime = true;
	}
	e->a = parse_inner(p);
	e->block = e->a ? parse_block(p) : NULL;
	if (e->block && syntax_is_word(p, "else")) {
		(void)syntax_take(p, ROLE_NONE);
		t = syntax_peek(p);
		if (is_word(t, "if")) {
			e->other = syntax_alloc(p, sizeof *e->other);
			if (e->other) {
				e->other->value = parse_if(p);
				e->other->span = syntax_span(p, t->span);
			}
			if (e->other && !e->other->value)
				e->block = NULL;
		} else {
			e->other = parse_block(p);
			if (!e->other)
				e->block = NULL;
		}
	}
	syntax_leave(p);
	e->span = syntax_span(p, e->span);
	return e->block ? e : NULL;
}

static struct expr *parse_block_expr(struct parser *p)
{
	struct expr *e = new_expr(p, EXPR_BLOCK, syntax_peek(p)->span);
	bool was_predicate = p->in_predicate;

	if (!e)
		return NULL;
	p->in_predicate = false;
	e->block = parse_block(p);
	p->in_predicate = was_predicate;
	e->span = syntax_span(p, e->span);
	return e->block ? e : NULL;
}

static struct expr *parse_comptime(struct parser *p)
{
	struct expr *e = new_leaf(p, EXPR_COMPTIME);

	if (!e)
		return NULL;
	e->a = parse_unary(p);
	e->span = syntax_span(p, e->span);
	return e->a ? e : NULL;
}

static struct expr *parse_name(struct parser *p)
{
	const struct token *t = syntax_peek(p);
	bool is_call = syntax_peek_at(p, 1)->kind == TOKEN_OPEN;
	struct expr *e;

	if (is_word(t, "if"))
		return parse_if(p);
	if (is_word(t, "comptime"))
		return parse_comptime(p);
	if (is_word(t, "true") || is_word(t, "false")) {
		e = new_leaf(p, EXPR_BOOL);
		if (e)
			e->number = is_word(t, "true");
		return e;
	}
	if (is_call && is_word(t, "sizeof"))
		return parse_of_type(p, EXPR_SIZEOF);
	if (is_call && is_word(t, "offsetof"))
		return parse_of_type(p, EXPR_OFFSETOF);
	if (is_call && is_word(t, "typeinfo"))
		return parse_of_type(p, EXPR_TYPEINFO);
	return is_call ? parse_call(p) : new_leaf(p, EXPR_NAME);
}

/* What stands where an operand should. */
static struct expr *refuse_operand(struct parser *p)
{
	const struct token *t = syntax_peek(p);

	(void)syntax_expected(p, "an expression");
	if (p->in_predicate && t->kind == TOKEN_DIV)
		diag_hint(p->diag, "a predicate is a condition between slashes: /pid == 1/");
	else if (t->kind == TOKEN_ASSIGN)
		diag_hint(p->diag, "equality is '=='");
	return NULL;
}

static struct expr *parse_primary(struct parser *p)
{
	switch (syntax_peek(p)->kind) {
	case TOKEN_INT: return new_leaf(p, EXPR_INT);
	case TOKEN_STRING: return new_leaf(p, EXPR_STRING);
	case TOKEN_VAR: return new_leaf(p, EXPR_VAR);
	case TOKEN_MAP: return new_leaf(p, EXPR_MAP);
	case TOKEN_PARAM: return new_leaf(p, EXPR_PARAM);
	case TOKEN_PARAM_COUNT: return new_leaf(p, EXPR_PARAM_COUNT);
	case TOKEN_NAME: return parse_name(p);
	case TOKEN_OPEN: return parse_parenthesis(p);
	case TOKEN_LEFT_BRACE: return parse_block_expr(p);
	default: return refuse_operand(p);
	}
}

/* --- postfix and prefix ---------------------------------------------------------------------- */

static struct expr *parse_index(struct parser *p, struct expr *a)
{
	struct expr *e = new_expr(p, EXPR_INDEX, a->span);

	if (!e)
		return NULL;
	(void)syntax_take(p, ROLE_POSTFIX);
	e->a = a;
	if (syntax_is(p, TOKEN_RIGHT_BRACKET))
		return syntax_expected(p, "a key or an index");
	return parse_args(p, e, TOKEN_RIGHT_BRACKET, "',' or ']'") ? e : NULL;
}

static struct expr *parse_member(struct parser *p, struct expr *a)
{
	bool is_arrow = syntax_take(p, ROLE_TIGHT)->kind == TOKEN_ARROW;
	const struct token *t = syntax_peek(p);
	struct expr *e;

	if (t->kind != TOKEN_NAME && t->kind != TOKEN_INT)
		return syntax_expected(p, is_arrow ? "a field behind '->'" : "a field behind '.'");
	e = new_leaf(p, t->kind == TOKEN_INT ? EXPR_ELEMENT : EXPR_FIELD);
	if (!e)
		return NULL;
	e->a = a;
	e->is_arrow = is_arrow;
	e->span = syntax_span(p, a->span);
	return e;
}

static bool is_lvalue(const struct expr *e)
{
	return e->kind == EXPR_VAR || e->kind == EXPR_MAP ||
	       (e->kind == EXPR_INDEX && e->a->kind == EXPR_MAP);
}

static struct expr *new_step(struct parser *p, enum token_kind sign, struct expr *a, bool is_prefix)
{
	struct expr *e = new_expr(p, EXPR_STEP, syntax_span(p, a->span));

	if (!e)
		return NULL;
	e->op = sign == TOKEN_INCREMENT ? OP_ADD : OP_SUB;
	e->a = a;
	e->is_prefix = is_prefix;
	if (is_lvalue(a))
		return e;
	if (a->kind == EXPR_NAME) /* of a macro's parameter, maybe */
		return e;
	diag_error(p->diag, a->span, "'%s' needs a variable or a map", lex_sign_text(sign));
	return NULL;
}

static struct expr *parse_postfix(struct parser *p)
{
	struct expr *e = parse_primary(p);
	unsigned int count = 0;

	while (e) {
		enum token_kind kind = syntax_peek(p)->kind;

		if (++count > 4 * SCRIPT_MOST_NESTING) {
			diag_error(p->diag, syntax_peek(p)->span,
				   "this is nested more than %d deep", 4 * SCRIPT_MOST_NESTING);
			return NULL;
		}
		if (kind == TOKEN_LEFT_BRACKET)
			e = parse_index(p, e);
		else if (kind == TOKEN_DOT || kind == TOKEN_ARROW)
			e = parse_member(p, e);
		else
			break;
	}
	if (e && (syntax_is(p, TOKEN_INCREMENT) || syntax_is(p, TOKEN_DECREMENT)))
		e = new_step(p, syntax_take(p, ROLE_POSTFIX)->kind, e, false);
	return e;
}

static enum op unary_op(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_NOT: return OP_NOT;
	case TOKEN_COMPLEMENT: return OP_COMPLEMENT;
	case TOKEN_SUB: return OP_NEGATE;
	case TOKEN_ADD: return OP_PLUS;
	case TOKEN_MUL: return OP_DEREFERENCE;
	case TOKEN_AND: return OP_ADDRESS;
	default: return OP_NONE;
	}
}

static struct expr *parse_prefix(struct parser *p)
{
	const struct token *t = syntax_peek(p);
	struct expr *e;

	if (t->kind == TOKEN_INCREMENT || t->kind == TOKEN_DECREMENT) {
		(void)syntax_take(p, ROLE_PREFIX);
		e = parse_postfix(p);
		if (!e)
			return NULL;
		e = new_step(p, t->kind, e, true);
		if (e)
			e->span = syntax_span(p, t->span);
		return e;
	}
	if (unary_op(t->kind) != OP_NONE) {
		(void)syntax_take(p, ROLE_PREFIX);
		e = new_expr(p, EXPR_UNARY, t->span);
		if (!e)
			return NULL;
		e->op = unary_op(t->kind);
		e->a = parse_unary(p);
		e->span = syntax_span(p, t->span);
		return e->a ? e : NULL;
	}
	return is_cast(p) ? parse_cast(p) : parse_postfix(p);
}

static struct expr *parse_unary(struct parser *p)
{
	struct expr *e;

	if (!syntax_enter(p))
		return NULL;
	e = parse_prefix(p);
	syntax_leave(p);
	return e;
}

/* --- binary and ternary ---------------------------------------------------------------------- */

/* The precedence of the operator that comes next, or 0. */
static int peek_binary(struct parser *p, enum op *ret_op)
{
	enum token_kind kind = syntax_peek(p)->kind;

	if (kind == TOKEN_DIV && p->in_predicate &&
	    (syntax_peek_at(p, 1)->kind == TOKEN_LEFT_BRACE ||
	     syntax_peek_at(p, 1)->kind == TOKEN_END))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(binary_ops); i++)
		if (binary_ops[i].kind == kind) {
			*ret_op = binary_ops[i].op;
			return binary_ops[i].precedence;
		}
	return 0;
}

/* Chains such as 'a + b + c ...' make the tree deep on the left, where other passes recurse. */
static struct expr *parse_binary(struct parser *p, int least)
{
	struct expr *a = parse_unary(p);
	unsigned int count = 0;
	enum op op = OP_NONE;
	int precedence;

	while (a && (precedence = peek_binary(p, &op)) >= least && precedence > 0) {
		struct expr *e = new_expr(p, EXPR_BINARY, a->span);

		if (!e)
			return NULL;
		if (++count > 4 * SCRIPT_MOST_NESTING) {
			diag_error(p->diag, syntax_peek(p)->span, "more than %d operators in a row",
				   4 * SCRIPT_MOST_NESTING);
			return NULL;
		}
		(void)syntax_take(p, ROLE_BINARY);
		e->op = op;
		e->a = a;
		if (!syntax_enter(p))
			return NULL;
		e->b = parse_binary(p, precedence + 1);
		syntax_leave(p);
		if (!e->b)
			return NULL;
		e->span = span_join(a->span, e->b->span);
		a = e;
	}
	return a;
}

static struct expr *parse_ternary(struct parser *p, struct expr *condition)
{
	struct expr *e = new_expr(p, EXPR_TERNARY, condition->span);

	if (!e)
		return NULL;
	(void)syntax_take(p, ROLE_BINARY);
	e->a = condition;
	if (!syntax_accept(p, TOKEN_COLON, ROLE_BINARY)) {
		e->b = parse_expr(p);
		if (!e->b || !syntax_expect(p, TOKEN_COLON, ROLE_BINARY, "':'"))
			return NULL;
	}
	e->c = parse_expr(p);
	e->span = syntax_span(p, e->span);
	return e->c ? e : NULL;
}

/* 'and', 'or' of other languages, where an operator should stand. */
static void hint_word_operator(struct parser *p)
{
	const struct token *t = syntax_peek(p);

	if (is_word(t, "and") || is_word(t, "or")) {
		diag_error(p->diag, t->span, "'%s' is not an operator", t->text);
		diag_hint(p->diag, "did you mean '%s'?", t->text[0] == 'a' ? "&&" : "||");
	}
}

struct expr *parse_expr(struct parser *p)
{
	struct expr *e;

	if (!syntax_enter(p))
		return NULL;
	e = parse_binary(p, 1);
	if (e && syntax_is(p, TOKEN_QUESTION))
		e = parse_ternary(p, e);
	if (e && (syntax_is_word(p, "and") || syntax_is_word(p, "or"))) {
		hint_word_operator(p);
		e = NULL;
	}
	syntax_leave(p);
	return e;
}
