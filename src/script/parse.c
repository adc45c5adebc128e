/*
 * parse.c - from tokens to a tree: the tokens, and what stands outside of probes.
 */
#include "script/parse.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"

/* --- nodes ----------------------------------------------------------------------------------- */

struct expr *expr_new(struct arena *arena, enum expr_kind kind, struct span span)
{
	struct expr *e = arena_alloc(arena, sizeof *e);

	if (!e)
		return NULL;
	e->kind = kind;
	e->span = span;
	return e;
}

struct stmt *stmt_new(struct arena *arena, enum stmt_kind kind, struct span span)
{
	struct stmt *s = arena_alloc(arena, sizeof *s);

	if (!s)
		return NULL;
	s->kind = kind;
	s->span = span;
	return s;
}

struct span span_join(struct span from, struct span to)
{
	if (to.offset + to.len < from.offset)
		return from;
	return (struct span){ from.offset, to.offset + to.len - from.offset };
}

const char *op_text(enum op op)
{
	static const char *const texts[OP_COUNT] = {
#define UNARY_OP(name, text)              [OP_##name] = (text),
#define BINARY_OP(name, text, precedence) [OP_##name] = (text),
#include "script/op.def"
	};

	return texts[op] ? texts[op] : "";
}

/* --- tokens ---------------------------------------------------------------------------------- */

static bool is_significant(enum token_kind kind)
{
	return kind != TOKEN_COMMENT && kind != TOKEN_DIRECTIVE && kind != TOKEN_SKIPPED &&
	       kind != TOKEN_SHEBANG;
}

void syntax_push(struct parser *p, struct token token)
{
	if (p->count == p->size) {
		size_t size = p->size ? p->size * 2 : 256;
		struct token *list = arena_alloc_array(p->arena, size, sizeof *list);

		if (!list) {
			p->no_memory = true;
			p->lexer.no_memory = true;
			return;
		}
		if (p->count)
			memcpy(list, p->tokens, p->count * sizeof *list);
		p->tokens = list;
		p->size = size;
	}
	p->tokens[p->count++] = token;
}

/* Read tokens until one is significant; the end is, and is read again and again. */
static void read_token(struct parser *p)
{
	for (;;) {
		struct token token = lex_next(&p->lexer);

		syntax_push(p, token);
		if (p->lexer.no_memory)
			p->no_memory = true;
		if (p->no_memory || is_significant(token.kind))
			return;
		if (token.kind == TOKEN_DIRECTIVE)
			parse_directive(p, &token);
	}
}

const struct token *syntax_peek_at(struct parser *p, size_t ahead)
{
	static const struct token end = { .kind = TOKEN_END };
	size_t i = p->at;

	for (;;) {
		while (i < p->count && !is_significant(p->tokens[i].kind))
			i++;
		if (i == p->count) {
			read_token(p);
			if (p->no_memory || i >= p->count)
				return &end;
			continue;
		}
		if (ahead == 0 || p->tokens[i].kind == TOKEN_END)
			return &p->tokens[i];
		ahead--;
		i++;
	}
}

const struct token *syntax_peek(struct parser *p)
{
	const struct token *token = syntax_peek_at(p, 0);

	while (p->at < p->count && !is_significant(p->tokens[p->at].kind))
		p->at++;
	return token;
}

bool syntax_is(struct parser *p, enum token_kind kind)
{
	return syntax_peek(p)->kind == kind;
}

bool is_word(const struct token *t, const char *word)
{
	return t->kind == TOKEN_NAME && !strcmp(t->text, word);
}

bool syntax_is_word(struct parser *p, const char *word)
{
	return is_word(syntax_peek(p), word);
}

void syntax_role(struct parser *p, enum token_role role)
{
	(void)syntax_peek(p);
	if (p->at >= p->count)
		return;
	if (role == ROLE_LINE)
		p->tokens[p->at].begins_line = true;
	else if (p->tokens[p->at].role == ROLE_NONE)
		p->tokens[p->at].role = role;
}

const struct token *syntax_take(struct parser *p, enum token_role role)
{
	const struct token *token = syntax_peek(p);

	if (role != ROLE_NONE)
		syntax_role(p, role);
	if (token->kind != TOKEN_END)
		p->at++;
	return token;
}

bool syntax_accept(struct parser *p, enum token_kind kind, enum token_role role)
{
	if (!syntax_is(p, kind))
		return false;
	(void)syntax_take(p, role);
	return true;
}

void syntax_rewind(struct parser *p)
{
	const struct token *token = syntax_peek(p);

	p->lexer.at = token->span.offset;
	p->count = p->at;
}

const char *syntax_found(struct parser *p)
{
	const struct token *t = syntax_peek(p);
	const char *text;

	if (t->kind == TOKEN_END)
		return "the end";
	if (t->kind == TOKEN_STRING)
		return "a string";
	text = arena_printf(p->arena, "'%.40s'", t->text ? t->text : "");
	return text ? text : "something else";
}

void *syntax_expected(struct parser *p, const char *what)
{
	if (p->no_memory)
		return NULL;
	diag_error(p->diag, syntax_peek(p)->span, "expected %s, found %s", what, syntax_found(p));
	return NULL;
}

/* The token taken last, or NULL. */
static const struct token *last_taken(const struct parser *p)
{
	for (size_t i = p->at; i > 0; i--)
		if (is_significant(p->tokens[i - 1].kind))
			return &p->tokens[i - 1];
	return NULL;
}

struct span syntax_span(struct parser *p, struct span from)
{
	const struct token *last = last_taken(p);

	return last ? span_join(from, last->span) : from;
}

struct span syntax_span_behind(const struct parser *p)
{
	const struct token *last = last_taken(p);

	return last ? (struct span){ last->span.offset + last->span.len, 1 } :
		      (struct span){ 0, 1 };
}

bool syntax_expect(struct parser *p, enum token_kind kind, enum token_role role, const char *what)
{
	if (syntax_accept(p, kind, role))
		return true;
	(void)syntax_expected(p, what);
	return false;
}

bool syntax_enter(struct parser *p)
{
	if (p->depth == SCRIPT_MOST_NESTING) {
		diag_error(p->diag, syntax_peek(p)->span, "this is nested more than %d deep",
			   SCRIPT_MOST_NESTING);
		return false;
	}
	p->depth++;
	return true;
}

void syntax_leave(struct parser *p)
{
	p->depth--;
}

void *syntax_alloc(struct parser *p, size_t size)
{
	void *memory = arena_alloc(p->arena, size);

	if (!memory)
		p->no_memory = true;
	return memory;
}

struct item *syntax_item(struct parser *p, enum item_kind kind, struct span span)
{
	struct item *item = syntax_alloc(p, sizeof *item);

	if (!item)
		return NULL;
	item->kind = kind;
	item->span = span;
	if (p->last_item)
		p->last_item->next = item;
	else
		p->script->items = item;
	p->last_item = item;
	return item;
}

/* --- going on after an error ------------------------------------------------------------------ */

static bool is_opening(enum token_kind kind)
{
	return kind == TOKEN_OPEN || kind == TOKEN_LEFT_BRACKET || kind == TOKEN_LEFT_BRACE;
}

static bool is_closing(enum token_kind kind)
{
	return kind == TOKEN_CLOSE || kind == TOKEN_RIGHT_BRACKET || kind == TOKEN_RIGHT_BRACE;
}

void syntax_skip_statement(struct parser *p)
{
	unsigned int braces = 0;

	for (;;) {
		enum token_kind kind = syntax_peek(p)->kind;

		if (kind == TOKEN_END || (kind == TOKEN_RIGHT_BRACE && braces == 0))
			return;
		(void)syntax_take(p, ROLE_NONE);
		if (kind == TOKEN_SEMICOLON && braces == 0)
			return;
		if (kind == TOKEN_LEFT_BRACE)
			braces++;
		if (kind == TOKEN_RIGHT_BRACE && --braces == 0)
			return;
	}
}

/* To behind the braces that the item has, or to something that begins one. */
static void skip_item(struct parser *p)
{
	unsigned int depth = 0;

	for (;;) {
		const struct token *t = syntax_peek(p);

		if (t->kind == TOKEN_END)
			return;
		if (depth == 0 && t->kind == TOKEN_NAME &&
		    (provider_find(t->text, t->text_len) || is_word(t, "macro") ||
		     is_word(t, "struct")))
			return;
		(void)syntax_take(p, ROLE_NONE);
		if (is_opening(t->kind))
			depth++;
		else if (is_closing(t->kind) && depth > 0 && --depth == 0 &&
			 t->kind == TOKEN_RIGHT_BRACE)
			return;
	}
}

/* --- config, imports, maps ------------------------------------------------------------------- */

static struct config_entry *parse_config_entry(struct parser *p)
{
	struct config_entry *entry = syntax_alloc(p, sizeof *entry);
	const struct token *name;

	if (!entry)
		return NULL;
	if (!syntax_is(p, TOKEN_NAME))
		return syntax_expected(p, "the name of a setting");
	name = syntax_take(p, ROLE_LINE);
	entry->span = name->span;
	entry->name = name->text;
	if (!syntax_expect(p, TOKEN_ASSIGN, ROLE_BINARY, "'='"))
		return NULL;
	entry->value = parse_expr(p);
	entry->span = syntax_span(p, entry->span);
	return entry->value ? entry : NULL;
}

static bool parse_config(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_ITEM)->span;
	struct config_entry **tail = &p->script->config;
	struct item *item = syntax_item(p, ITEM_CONFIG, span);

	if (!item)
		return false;
	if (p->is_imported)
		diag_error(p->diag, span,
			   "only the script itself has settings, not what it imports");
	if (p->script->config)
		diag_error(p->diag, span, "there is a config block already: a script has one");
	while (*tail)
		tail = &(*tail)->next;
	(void)syntax_take(p, ROLE_BINARY); /* '=' */
	if (!syntax_expect(p, TOKEN_LEFT_BRACE, ROLE_BLOCK, "'{'"))
		return false;
	while (!syntax_is(p, TOKEN_RIGHT_BRACE) && !syntax_is(p, TOKEN_END)) {
		struct config_entry *entry = parse_config_entry(p);

		if (!entry) {
			syntax_skip_statement(p);
			continue;
		}
		*tail = entry;
		tail = &entry->next;
		if (!item->config)
			item->config = entry;
		if (!syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE) &&
		    !syntax_is(p, TOKEN_RIGHT_BRACE)) {
			diag_error(p->diag, syntax_span_behind(p), "expected ';' or '}'");
			if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE) && !syntax_is(p, TOKEN_NAME))
				syntax_skip_statement(p);
		}
	}
	item->span = syntax_span(p, span);
	return syntax_expect(p, TOKEN_RIGHT_BRACE, ROLE_BLOCK, "'}'");
}

static void parse_program(struct parser *p);

/* The files that the import at @at stands for, after script_import. */
static void parse_imported(struct parser *p, uint32_t at)
{
	const struct source *source = p->script->source;

	for (size_t i = 1; i < source->part_count && !p->no_memory; i++) {
		struct source view = *source;
		struct parser q = *p;

		if (source->parts[i].imported_at != at)
			continue;
		/* its tokens are its own: the formatter and the parser go on with ours */
		view.len = source->parts[i].end;
		q.lexer.source = &view;
		q.lexer.at = source->parts[i].start;
		q.tokens = NULL;
		q.count = q.size = q.at = 0;
		q.condition_count = 0;
		q.is_imported = true;
		parse_program(&q);
		p->last_item = q.last_item;
		p->no_memory |= q.no_memory;
		p->attach_errors = q.attach_errors;
	}
}

static bool parse_import(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_ITEM)->span;
	struct item *item;
	uint32_t at;

	if (!syntax_is(p, TOKEN_STRING)) {
		(void)syntax_expected(p, "a path in quotes");
		return false;
	}
	item = syntax_item(p, ITEM_IMPORT, span);
	if (!item)
		return false;
	at = syntax_peek(p)->span.offset;
	item->text = syntax_take(p, ROLE_NONE)->text;
	item->span = syntax_span(p, span);
	(void)syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE);
	parse_imported(p, at);
	return true;
}

static bool parse_map_decl(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_ITEM)->span;
	struct map_decl *decl = syntax_alloc(p, sizeof *decl), **tail = &p->script->map_decls;
	const struct token *t;
	struct item *item;

	if (!decl)
		return false;
	if (!syntax_is(p, TOKEN_MAP)) {
		(void)syntax_expected(p, "a map: outside of probes, 'let' declares maps");
		return false;
	}
	decl->name = syntax_take(p, ROLE_NONE)->text;
	if (!syntax_expect(p, TOKEN_ASSIGN, ROLE_BINARY, "'='"))
		return false;
	t = syntax_peek(p);
	if (t->kind != TOKEN_NAME) {
		(void)syntax_expected(p, "a kind of map, such as hash(1000)");
		return false;
	}
	(void)syntax_take(p, ROLE_NONE);
	decl->kind_name = t->text;
	decl->kind_span = t->span;
	if (!syntax_expect(p, TOKEN_OPEN, ROLE_POSTFIX, "'(' and the most keys it may have"))
		return false;
	decl->size = parse_expr(p);
	if (!decl->size || !syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return false;
	if (!syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE))
		diag_error(p->diag, syntax_span_behind(p), "expected ';'");
	decl->span = syntax_span(p, span);
	item = syntax_item(p, ITEM_MAP, decl->span);
	if (!item)
		return false;
	item->map_decl = decl;
	while (*tail)
		tail = &(*tail)->next;
	*tail = decl;
	return true;
}

/* --- macros and functions -------------------------------------------------------------------- */

static struct macro_param *parse_macro_param(struct parser *p)
{
	struct macro_param *param = syntax_alloc(p, sizeof *param);
	const struct token *t = syntax_peek(p);

	if (!param)
		return NULL;
	param->span = t->span;
	param->name = t->text;
	if (is_word(t, "typeof") && syntax_peek_at(p, 1)->kind == TOKEN_OPEN) {
		(void)syntax_take(p, ROLE_NONE);
		(void)syntax_take(p, ROLE_POSTFIX);
		if (!syntax_is(p, TOKEN_NAME))
			return syntax_expected(p, "a name for the type");
		param->kind = MACRO_TYPE;
		param->name = syntax_take(p, ROLE_NONE)->text;
		param->span = syntax_span(p, param->span);
		return syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'") ? param : NULL;
	}
	switch (t->kind) {
	case TOKEN_NAME: param->kind = MACRO_EXPR; break;
	case TOKEN_VAR: param->kind = MACRO_VAR; break;
	case TOKEN_MAP: param->kind = MACRO_MAP; break;
	default: return syntax_expected(p, "a parameter: name, $name or @name");
	}
	(void)syntax_take(p, ROLE_NONE);
	return param;
}

static bool parse_macro_params(struct parser *p, struct macro *macro)
{
	struct macro_param **tail = &macro->params;

	if (!syntax_expect(p, TOKEN_OPEN, ROLE_POSTFIX, "'('"))
		return false;
	while (!syntax_is(p, TOKEN_CLOSE)) {
		struct macro_param *param = parse_macro_param(p);

		if (!param)
			return false;
		*tail = param;
		tail = &param->next;
		macro->param_count++;
		if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE))
			break;
	}
	return syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "',' or ')'");
}

static bool parse_macro(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_ITEM)->span;
	struct macro *macro = syntax_alloc(p, sizeof *macro), **tail = &p->script->macros;
	const struct token *name;
	struct item *item;

	if (!macro)
		return false;
	if (!syntax_is(p, TOKEN_NAME)) {
		(void)syntax_expected(p, "the macro's name");
		return false;
	}
	name = syntax_take(p, ROLE_NONE);
	macro->name = name->text;
	macro->name_span = name->span;
	if (!parse_macro_params(p, macro))
		return false;
	macro->body = parse_block(p);
	if (!macro->body)
		return false;
	macro->span = syntax_span(p, span);
	item = syntax_item(p, ITEM_MACRO, macro->span);
	if (!item)
		return false;
	item->macro = macro;
	while (*tail)
		tail = &(*tail)->next;
	*tail = macro;
	return true;
}

static struct fn_param *parse_fn_param(struct parser *p)
{
	struct fn_param *param = syntax_alloc(p, sizeof *param);
	const struct token *t = syntax_peek(p);

	if (!param)
		return NULL;
	if (t->kind != TOKEN_VAR)
		return syntax_expected(p, "a parameter: $name : type");
	param->span = t->span;
	param->name = t->text;
	(void)syntax_take(p, ROLE_NONE);
	if (!syntax_expect(p, TOKEN_COLON, ROLE_BINARY, "':' and the parameter's type"))
		return NULL;
	param->type_name = parse_type_name(p);
	param->span = syntax_span(p, param->span);
	return param->type_name ? param : NULL;
}

static bool parse_fn_params(struct parser *p, struct fn *fn)
{
	struct fn_param **tail = &fn->params;

	if (!syntax_expect(p, TOKEN_OPEN, ROLE_POSTFIX, "'('"))
		return false;
	while (!syntax_is(p, TOKEN_CLOSE)) {
		struct fn_param *param = parse_fn_param(p);

		if (!param)
			return false;
		*tail = param;
		tail = &param->next;
		if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE))
			break;
	}
	return syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "',' or ')'");
}

static bool parse_fn(struct parser *p)
{
	struct span span = syntax_take(p, ROLE_ITEM)->span;
	struct fn *fn = syntax_alloc(p, sizeof *fn), **tail = &p->script->fns;
	struct item *item;

	if (!fn)
		return false;
	fn->name = syntax_take(p, ROLE_NONE)->text;
	if (!parse_fn_params(p, fn))
		return false;
	if (syntax_accept(p, TOKEN_COLON, ROLE_BINARY)) {
		fn->type_name = parse_type_name(p);
		if (!fn->type_name)
			return false;
	}
	fn->body = parse_block(p);
	if (!fn->body)
		return false;
	fn->span = syntax_span(p, span);
	item = syntax_item(p, ITEM_FN, fn->span);
	if (!item)
		return false;
	item->fn = fn;
	while (*tail)
		tail = &(*tail)->next;
	*tail = fn;
	return true;
}

/* --- probes ---------------------------------------------------------------------------------- */

/* The next token begins an attach point: read it as one. */
static struct attach *parse_attach(struct parser *p, const struct attach *before,
				   enum token_role role)
{
	const struct token *t = syntax_peek(p);
	const struct provider *provider =
		t->kind == TOKEN_NAME ? provider_find(t->text, t->text_len) : NULL;
	struct attach *attach;
	struct token token;
	unsigned int errors;

	syntax_rewind(p);
	token = lex_attach(&p->lexer, provider ? provider->path_fields : 0);
	token.role = role;
	if (token.span.len == 0) {
		return syntax_expected(p, "a probe");
	}
	syntax_push(p, token);
	if (p->no_memory)
		return NULL;
	p->at = p->count;
	errors = p->diag->error_count;
	attach = attach_parse(p, &token, before);
	p->attach_errors += p->diag->error_count - errors;
	return attach;
}

/* The list of attach points.  What is wrong in one is reported; the others are read all the same. */
static bool parse_attaches(struct parser *p, struct probe *probe)
{
	struct attach **tail = &probe->attaches;
	const struct attach *before = NULL;
	enum token_role role = ROLE_ITEM;

	for (;;) {
		struct attach *attach;

		if (probe->name && role == ROLE_ITEM)
			role = ROLE_TIGHT;
		attach = parse_attach(p, before, role);
		if (attach) {
			*tail = attach;
			tail = &attach->next;
			before = attach;
		} else if (p->no_memory || syntax_is(p, TOKEN_END)) {
			return false;
		}
		if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE))
			return true;
		if (syntax_is(p, TOKEN_LEFT_BRACE) || syntax_is(p, TOKEN_DIV))
			return true; /* a ',' too many, as 0.17 allows */
		role = ROLE_PROBE;
	}
}

static bool parse_predicate(struct parser *p, struct probe *probe)
{
	struct span open = syntax_peek(p)->span;
	unsigned int line, column;

	if (!syntax_accept(p, TOKEN_DIV, ROLE_PREDICATE))
		return true;
	p->in_predicate = true;
	probe->predicate = parse_expr(p);
	p->in_predicate = false;
	if (!probe->predicate)
		return false;
	if (syntax_accept(p, TOKEN_DIV, ROLE_PREDICATE_END))
		return true;
	(void)syntax_expected(p, "'/' behind the predicate");
	source_position(p->lexer.source, open.offset, &line, &column);
	diag_hint(p->diag,
		  "the predicate begins at line %u, column %u, and ends with '/' before '{'", line,
		  column);
	return false;
}

/* Behind an error in the head: to the body, so that its errors are found too. */
static bool skip_to_body(struct parser *p)
{
	while (!syntax_is(p, TOKEN_LEFT_BRACE) && !syntax_is(p, TOKEN_END))
		(void)syntax_take(p, ROLE_NONE);
	return syntax_is(p, TOKEN_LEFT_BRACE);
}

/* A probe's value goes nowhere: its last expression is a statement like the others. */
static bool drop_value(struct parser *p, struct block *block)
{
	struct stmt **tail = &block->first, *stmt;

	if (!block->value)
		return true;
	stmt = stmt_new(p->arena, STMT_EXPR, block->value->span);
	if (!stmt) {
		p->no_memory = true;
		return false;
	}
	stmt->value = block->value;
	block->value = NULL;
	while (*tail)
		tail = &(*tail)->next;
	*tail = stmt;
	return true;
}

static bool parse_probe(struct parser *p)
{
	struct span span = syntax_peek(p)->span;
	struct probe *probe = syntax_alloc(p, sizeof *probe), **tail = &p->script->probes;
	struct item *item;

	if (!probe)
		return false;
	if (syntax_is(p, TOKEN_NAME) && syntax_peek_at(p, 1)->kind == TOKEN_ASSIGN) {
		probe->name = syntax_take(p, ROLE_ITEM)->text;
		(void)syntax_take(p, ROLE_TIGHT);
	}
	if (!parse_attaches(p, probe))
		return false;
	if (!parse_predicate(p, probe) && !skip_to_body(p))
		return false;
	if (!syntax_is(p, TOKEN_LEFT_BRACE)) {
		(void)syntax_expected(p, "'{', ',' and another probe, or a predicate '/.../'");
		if (!skip_to_body(p))
			return false;
	}
	probe->body = parse_block(p);
	if (!probe->body || !drop_value(p, probe->body))
		return false;
	probe->span = syntax_span(p, span);
	item = syntax_item(p, ITEM_PROBE, probe->span);
	if (!item)
		return false;
	item->probe = probe;
	while (*tail)
		tail = &(*tail)->next;
	*tail = probe;
	return true;
}

/* --- all ------------------------------------------------------------------------------------- */

static bool parse_item(struct parser *p)
{
	const struct token *t = syntax_peek(p), *next;

	if (is_c_definition(p))
		return parse_c_definition(p);
	next = syntax_peek_at(p, 1);
	if (is_word(t, "config") && next->kind == TOKEN_ASSIGN)
		return parse_config(p);
	if (is_word(t, "import") && next->kind == TOKEN_STRING)
		return parse_import(p);
	if (is_word(t, "let"))
		return parse_map_decl(p);
	if (is_word(t, "macro") && next->kind == TOKEN_NAME)
		return parse_macro(p);
	if (is_word(t, "fn") && next->kind == TOKEN_NAME)
		return parse_fn(p);
	if (t->kind == TOKEN_RIGHT_BRACE) {
		diag_error(p->diag, t->span, "this '}' closes nothing");
		(void)syntax_take(p, ROLE_NONE);
		return true;
	}
	if (t->kind == TOKEN_LEFT_BRACE || t->kind == TOKEN_VAR || t->kind == TOKEN_MAP) {
		(void)syntax_expected(p, "a probe");
		diag_hint(p->diag, "a program is a probe and what to do there: begin { ... }");
		return false;
	}
	return parse_probe(p);
}

static void parse_program(struct parser *p)
{
	while (!syntax_is(p, TOKEN_END) && !p->no_memory) {
		size_t before = p->at;

		if (parse_item(p))
			continue;
		if (p->at == before && !syntax_is(p, TOKEN_END))
			(void)syntax_take(p, ROLE_NONE);
		skip_item(p);
	}
	parse_directives_end(p);
}

int script_parse(const struct source *source, const struct script_options *options,
		 struct arena *arena, struct diag *diag, struct script **ret_script)
{
	unsigned int errors = diag->error_count;
	struct source view = *source; /* of the script alone */
	struct parser p = {
		.lexer = { .source = &view, .arena = arena, .diag = diag },
		.arena = arena,
		.diag = diag,
		.options = options,
		.script = arena_alloc(arena, sizeof *p.script),
	};

	if (!p.script)
		return -ENOMEM;
	if (source->len > SCRIPT_MOST_BYTES) {
		diag_error(diag, SPAN_NONE, "the script has %zu bytes, the most is %d", source->len,
			   SCRIPT_MOST_BYTES);
		return -EINVAL;
	}
	p.script->source = source;
	if (source->part_count)
		view.len = source->parts[0].end;
	parse_program(&p);
	if (p.no_memory)
		return -ENOMEM;
	p.script->tokens = p.tokens;
	p.script->token_count = p.count;
	if (diag->error_count == errors + p.attach_errors)
		*ret_script = p.script;
	return diag->error_count > errors ? -EINVAL : 0;
}
