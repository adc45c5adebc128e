/*
 * parse_stmt.c - statements and blocks.
 */
#include "script/parse.h"

#include <string.h>

#include "base/bits.h"

static const struct {
	enum token_kind kind;
	enum op op;
} assignments[] = {
	{ TOKEN_ASSIGN, OP_NONE },    { TOKEN_ADD_ASSIGN, OP_ADD }, { TOKEN_SUB_ASSIGN, OP_SUB },
	{ TOKEN_MUL_ASSIGN, OP_MUL }, { TOKEN_DIV_ASSIGN, OP_DIV }, { TOKEN_MOD_ASSIGN, OP_MOD },
	{ TOKEN_AND_ASSIGN, OP_AND }, { TOKEN_OR_ASSIGN, OP_OR },   { TOKEN_XOR_ASSIGN, OP_XOR },
	{ TOKEN_SHL_ASSIGN, OP_SHL }, { TOKEN_SHR_ASSIGN, OP_SHR },
};

enum op op_of_assignment(enum token_kind kind, bool *ret_is_assignment)
{
	for (size_t i = 0; i < ARRAY_LEN(assignments); i++)
		if (assignments[i].kind == kind) {
			*ret_is_assignment = true;
			return assignments[i].op;
		}
	*ret_is_assignment = false;
	return OP_NONE;
}

static struct stmt *new_stmt(struct parser *p, enum stmt_kind kind, struct span span)
{
	struct stmt *s = stmt_new(p->arena, kind, span);

	if (!s)
		p->no_memory = true;
	return s;
}

/* A '$x' node of the next token, which is taken. */
static struct expr *parse_var(struct parser *p)
{
	struct expr *e;

	if (!syntax_is(p, TOKEN_VAR))
		return syntax_expected(p, "a variable such as '$x'");
	e = expr_new(p->arena, EXPR_VAR, syntax_peek(p)->span);
	if (!e) {
		p->no_memory = true;
		return NULL;
	}
	e->name_span = e->span;
	e->name = syntax_take(p, ROLE_NONE)->text;
	return e;
}

/* --- loops ----------------------------------------------------------------------------------- */

/* Behind the variable and ':': a map, or a range. */
static bool parse_for_range(struct parser *p, struct stmt *s)
{
	s->value = parse_expr(p);
	if (!s->value)
		return false;
	if (!syntax_accept(p, TOKEN_RANGE, ROLE_TIGHT))
		return true;
	s->kind = STMT_FOR_RANGE;
	s->end = parse_expr(p);
	return s->end != NULL;
}

static struct stmt *parse_for(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_FOR_MAP, syntax_take(p, ROLE_LINE)->span);
	bool has_parenthesis = syntax_accept(p, TOKEN_OPEN, ROLE_NONE);

	if (!s)
		return NULL;
	s->target = parse_var(p);
	if (!s->target)
		return NULL;
	if (syntax_is(p, TOKEN_ASSIGN)) {
		(void)syntax_expected(p, "':'");
		diag_hint(p->diag, "loops are over maps and ranges: for ($i : 0..10) { ... }");
		return NULL;
	}
	if (!syntax_expect(p, TOKEN_COLON, ROLE_BINARY, "':'") || !parse_for_range(p, s))
		return NULL;
	if (has_parenthesis && !syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return NULL;
	if (s->kind == STMT_FOR_MAP && s->value->kind != EXPR_MAP && s->value->kind != EXPR_NAME) {
		diag_error(p->diag, s->value->span, "a loop goes over a map or a range");
		diag_hint(p->diag, "as in: for ($kv : @map), for ($i : 0..10)");
		return NULL;
	}
	s->block = parse_block(p);
	return s->block ? s : NULL;
}

static struct stmt *parse_while(struct parser *p, enum stmt_kind kind)
{
	struct stmt *s = new_stmt(p, kind, syntax_take(p, ROLE_LINE)->span);

	if (!s)
		return NULL;
	s->value = parse_expr(p);
	s->block = s->value ? parse_block(p) : NULL;
	return s->block ? s : NULL;
}

/* --- the other statements --------------------------------------------------------------------- */

static struct stmt *parse_let(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_LET, syntax_take(p, ROLE_LINE)->span);

	if (!s)
		return NULL;
	if (syntax_is(p, TOKEN_MAP)) {
		diag_error(p->diag, syntax_peek(p)->span, "maps are declared outside of probes");
		diag_hint(p->diag, "put before the first probe: let %s = hash(1000);",
			  syntax_peek(p)->text);
		return NULL;
	}
	s->target = parse_var(p);
	if (!s->target)
		return NULL;
	if (syntax_accept(p, TOKEN_COLON, ROLE_BINARY)) {
		s->type_name = parse_type_name(p);
		if (!s->type_name)
			return NULL;
	}
	if (syntax_accept(p, TOKEN_ASSIGN, ROLE_BINARY)) {
		s->value = parse_expr(p);
		if (!s->value)
			return NULL;
	}
	return s;
}

static struct stmt *parse_return(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_RETURN, syntax_take(p, ROLE_LINE)->span);

	if (!s)
		return NULL;
	if (syntax_is(p, TOKEN_SEMICOLON) || syntax_is(p, TOKEN_RIGHT_BRACE))
		return s;
	s->value = parse_expr(p);
	return s->value ? s : NULL;
}

static struct stmt *parse_discard(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_DISCARD, syntax_take(p, ROLE_LINE)->span);

	(void)syntax_take(p, ROLE_BINARY);
	if (!s)
		return NULL;
	s->value = parse_expr(p);
	return s->value ? s : NULL;
}

static struct stmt *parse_import_statement(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_IMPORT, syntax_take(p, ROLE_LINE)->span);

	if (s)
		s->text = syntax_peek(p)->text;
	(void)syntax_take(p, ROLE_NONE);
	return s;
}

static struct stmt *parse_jump(struct parser *p, enum stmt_kind kind)
{
	return new_stmt(p, kind, syntax_take(p, ROLE_LINE)->span);
}

static bool is_target(const struct expr *e)
{
	return e->kind == EXPR_VAR || e->kind == EXPR_MAP || e->kind == EXPR_NAME ||
	       (e->kind == EXPR_INDEX && (e->a->kind == EXPR_MAP || e->a->kind == EXPR_NAME));
}

/* 'int x = 1', 'elif': what people write from other languages. */
static void hint_foreign(struct parser *p, const struct expr *e)
{
	const struct token *t = syntax_peek(p);

	if (e->kind != EXPR_NAME)
		return;
	if (!strcmp(e->name, "elif") || !strcmp(e->name, "elsif"))
		diag_hint(p->diag, "did you mean 'else if'?");
	else if (!strcmp(e->name, "else"))
		diag_hint(p->diag, "there is no 'if' directly before this 'else'");
	else if (t->kind == TOKEN_NAME && type_word_find(e->name))
		diag_hint(p->diag,
			  "variables begin with '$', and their types come behind: let $%s : %s",
			  t->text, e->name);
	else if (t->kind == TOKEN_STRING && func_find(e->name))
		diag_hint(p->diag, "arguments stand in parentheses: %s(...)", e->name);
}

/* An expression, or an assignment. */
static struct stmt *parse_simple(struct parser *p)
{
	const struct token *t = syntax_peek(p);
	struct stmt *s = new_stmt(p, STMT_EXPR, t->span);
	bool is_assignment;
	enum op op;

	syntax_role(p, ROLE_LINE);
	if (!s)
		return NULL;
	s->value = parse_expr(p);
	if (!s->value)
		return NULL;
	op = op_of_assignment(syntax_peek(p)->kind, &is_assignment);
	if (!is_assignment)
		return s;
	if (!is_target(s->value)) {
		diag_error(p->diag, s->value->span, "this cannot be assigned to");
		diag_hint(p->diag, "what can be is a variable '$x', a map '@x' or '@x[key]'");
		return NULL;
	}
	(void)syntax_take(p, ROLE_BINARY);
	s->kind = STMT_ASSIGN;
	s->op = op;
	s->target = s->value;
	s->value = parse_expr(p);
	return s->value ? s : NULL;
}

static struct stmt *parse_statement(struct parser *p)
{
	const struct token *t = syntax_peek(p), *next = syntax_peek_at(p, 1);
	struct stmt *s;

	if (is_word(t, "for"))
		s = parse_for(p);
	else if (is_word(t, "while"))
		s = parse_while(p, STMT_WHILE);
	else if (is_word(t, "unroll") && next->kind == TOKEN_OPEN)
		s = parse_while(p, STMT_UNROLL);
	else if (is_word(t, "let"))
		s = parse_let(p);
	else if (is_word(t, "return"))
		s = parse_return(p);
	else if (is_word(t, "break"))
		s = parse_jump(p, STMT_BREAK);
	else if (is_word(t, "continue"))
		s = parse_jump(p, STMT_CONTINUE);
	else if (is_word(t, "import") && next->kind == TOKEN_STRING)
		s = parse_import_statement(p);
	else if (is_word(t, "_") && next->kind == TOKEN_ASSIGN)
		s = parse_discard(p);
	else
		s = parse_simple(p);
	if (s)
		s->span = syntax_span(p, s->span);
	return s;
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* Does the statement end with a '}', so that no ';' is needed? */
static bool ends_with_brace(const struct stmt *s)
{
	switch (s->kind) {
	case STMT_WHILE:
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_UNROLL: return true;
	case STMT_EXPR:
		return !s->value->is_paren &&
		       (s->value->kind == EXPR_IF || s->value->kind == EXPR_BLOCK);
	default: return false;
	}
}

/* 'if' and blocks end a statement with their '}': what follows is not an operator. */
static struct stmt *parse_brace_statement(struct parser *p)
{
	struct stmt *s = new_stmt(p, STMT_EXPR, syntax_peek(p)->span);

	if (!s)
		return NULL;
	syntax_role(p, ROLE_LINE);
	if (syntax_is_word(p, "if")) {
		s->value = parse_if(p);
	} else {
		s->value = expr_new(p->arena, EXPR_BLOCK, s->span);
		if (s->value) {
			s->value->block = parse_block(p);
			s->value->span = syntax_span(p, s->span);
		}
		if (s->value && !s->value->block)
			return NULL;
	}
	s->span = syntax_span(p, s->span);
	return s->value ? s : NULL;
}

/* Behind @s: ';', or the block's end.  A missing ';' is reported, and taken as if it were there where
 * the next line begins. */
static bool parse_statement_end(struct parser *p, const struct stmt *s)
{
	const struct token *t;
	struct span behind = syntax_span_behind(p);

	if (syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE) || syntax_is(p, TOKEN_RIGHT_BRACE) ||
	    ends_with_brace(s))
		return true;
	t = syntax_peek(p);
	if (t->kind == TOKEN_END)
		return true; /* the missing '}' is what is said */
	if (t->kind == TOKEN_NAME || t->kind == TOKEN_VAR || t->kind == TOKEN_MAP) {
		diag_error(p->diag, behind, "expected ';' before %s", syntax_found(p));
		if (s->kind == STMT_EXPR)
			hint_foreign(p, s->value);
		return s->kind != STMT_EXPR || s->value->kind != EXPR_NAME;
	}
	(void)syntax_expected(p, "';' or '}'");
	if (s->kind == STMT_EXPR)
		hint_foreign(p, s->value);
	return false;
}

static bool parse_block_body(struct parser *p, struct block *block)
{
	struct stmt **tail = &block->first;

	while (!syntax_is(p, TOKEN_RIGHT_BRACE) && !syntax_is(p, TOKEN_END) && !p->no_memory) {
		struct stmt *s;

		if (syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE))
			continue;
		s = syntax_is_word(p, "if") || syntax_is(p, TOKEN_LEFT_BRACE) ?
			    parse_brace_statement(p) :
			    parse_statement(p);
		if (!s) {
			syntax_skip_statement(p);
			continue;
		}
		if (s->kind == STMT_EXPR && syntax_is(p, TOKEN_RIGHT_BRACE)) {
			block->value = s->value;
			break;
		}
		*tail = s;
		tail = &s->next;
		if (!parse_statement_end(p, s))
			syntax_skip_statement(p);
	}
	return !p->no_memory;
}

struct block *parse_block(struct parser *p)
{
	struct block *block = syntax_alloc(p, sizeof *block);
	struct span open = syntax_peek(p)->span;
	bool was_predicate = p->in_predicate;

	if (!block || !syntax_enter(p))
		return NULL;
	block->span = open;
	if (!syntax_expect(p, TOKEN_LEFT_BRACE, ROLE_BLOCK, "'{'"))
		goto fail;
	p->in_predicate = false;
	if (!parse_block_body(p, block))
		goto fail;
	p->in_predicate = was_predicate;
	if (!syntax_accept(p, TOKEN_RIGHT_BRACE, ROLE_BLOCK)) {
		diag_error(p->diag, open, "this '{' is never closed");
		goto fail;
	}
	block->span = syntax_span(p, open);
	syntax_leave(p);
	return block;

fail:
	p->in_predicate = was_predicate;
	syntax_leave(p);
	return NULL;
}
