/*
 * preprocess.c - the lines that begin with '#'.
 *
 * Of the C preprocessor there is what scripts use: conditions, and constants.  A definition is kept as
 * text and parsed where it is used.  '#include' is written down, for when somebody asks for what only a header has.
 */
#include "script/parse.h"

#include <errno.h>
#include <string.h>

#include "base/chars.h"

/* A directive's text, word by word. */
struct line {
	const char *p, *end;
};

static void pass_blanks(struct line *l)
{
	while (l->p < l->end && (char_is_blank(*l->p) || *l->p == '\n' ||
				 (*l->p == '\\' && l->p + 1 < l->end && l->p[1] == '\n')))
		l->p++;
}

/* The next word, "" if there is none. */
static const char *take_word(struct parser *p, struct line *l)
{
	const char *start, *word;

	pass_blanks(l);
	for (start = l->p; l->p < l->end && (char_is_letter(*l->p) || char_is_digit(*l->p));)
		l->p++;
	word = arena_strndup(p->arena, start, (size_t)(l->p - start));
	if (!word)
		p->no_memory = true;
	return word ? word : "";
}

/* What is left, on one line. */
static const char *take_rest(struct parser *p, struct line *l)
{
	char *text;
	size_t len = 0;

	pass_blanks(l);
	text = arena_strndup(p->arena, l->p, (size_t)(l->end - l->p));
	if (!text) {
		p->no_memory = true;
		return "";
	}
	for (const char *c = l->p; c < l->end; c++) {
		if (*c == '\\' && c + 1 < l->end && c[1] == '\n') {
			text[len++] = ' ';
			c++;
		} else {
			text[len++] = *c;
		}
	}
	text[len] = '\0';
	return text;
}

struct c_macro *c_macro_find(const struct script *script, const char *name)
{
	for (struct c_macro *m = script->c_macros; m; m = m->next)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* A parser of @text all of whose tokens stand at @span. */
static struct parser text_parser(struct script *script, struct arena *arena, struct diag *diag,
				 const struct source *source, struct span span)
{
	static const struct script_options options;

	return (struct parser){
		.lexer = { .source = source,
			   .arena = arena,
			   .diag = diag,
			   .has_fixed_span = true,
			   .fixed_span = span },
		.arena = arena,
		.diag = diag,
		.options = &options,
		.script = script,
	};
}

struct expr *parse_text(struct script *script, struct arena *arena, struct diag *diag,
			const char *text, struct span span)
{
	const struct source source = { .text = text, .len = strlen(text) };
	const unsigned int errors = diag ? diag->error_count : 0;
	struct parser p = text_parser(script, arena, diag, &source, span);
	struct expr *e = syntax_is(&p, TOKEN_END) ? NULL : parse_expr(&p);

	if (e && !syntax_is(&p, TOKEN_END))
		return syntax_expected(&p, "the end of the definition");
	return diag && diag->error_count > errors ? NULL : e;
}

struct type_name *parse_type_text(struct script *script, struct arena *arena, const char *text)
{
	const struct source source = { .text = text, .len = strlen(text) };
	struct parser p = text_parser(script, arena, NULL, &source, SPAN_NONE);
	struct type_name *name = parse_type_name(&p);

	return name && syntax_is(&p, TOKEN_END) ? name : NULL;
}

/* --- conditions ------------------------------------------------------------------------------ */

static bool is_defined(const struct parser *p, const char *name)
{
	if (!strcmp(name, "BPFTRACE_HAVE_BTF"))
		return true; /* types come from BTF or not at all */
	return c_macro_find(p->script, name) != NULL;
}

static int64_t evaluate(struct parser *p, const struct expr *e, unsigned int depth);

static int64_t evaluate_name(struct parser *p, const struct expr *e, unsigned int depth)
{
	struct c_macro *macro = c_macro_find(p->script, e->name);
	struct expr *value;

	if (!macro)
		return is_defined(p, e->name);
	value = parse_text(p->script, p->arena, p->diag, macro->text, e->span);
	return value ? evaluate(p, value, depth + 1) : 0;
}

static int64_t evaluate_binary(struct parser *p, const struct expr *e, unsigned int depth)
{
	int64_t a = evaluate(p, e->a, depth), b = evaluate(p, e->b, depth);
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (e->op) {
	case OP_MUL: return (int64_t)(ua * ub);
	case OP_DIV: return b && !(a == INT64_MIN && b == -1) ? a / b : 0;
	case OP_MOD: return b && !(a == INT64_MIN && b == -1) ? a % b : 0;
	case OP_ADD: return (int64_t)(ua + ub);
	case OP_SUB: return (int64_t)(ua - ub);
	case OP_SHL: return (int64_t)(ua << (ub & 63));
	case OP_SHR: return (int64_t)(ua >> (ub & 63));
	case OP_LESS: return a < b;
	case OP_LE: return a <= b;
	case OP_GREATER: return a > b;
	case OP_GE: return a >= b;
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_AND: return a & b;
	case OP_XOR: return a ^ b;
	case OP_OR: return a | b;
	case OP_LOGICAL_AND: return a && b;
	case OP_LOGICAL_OR: return a || b;
	default: return 0;
	}
}

static int64_t evaluate(struct parser *p, const struct expr *e, unsigned int depth)
{
	enum { MOST_DEPTH = 64 }; /* of definitions in definitions: '#define A A' ends there */

	if (depth > MOST_DEPTH)
		return 0;
	switch (e->kind) {
	case EXPR_INT:
	case EXPR_BOOL: return (int64_t)e->number;
	case EXPR_NAME: return evaluate_name(p, e, depth);
	case EXPR_CALL:
		if (!strcmp(e->name, "defined") && e->args && e->args->kind == EXPR_NAME)
			return is_defined(p, e->args->name);
		break;
	case EXPR_UNARY:
		if (e->op == OP_NOT)
			return !evaluate(p, e->a, depth);
		if (e->op == OP_NEGATE)
			return (int64_t) - (uint64_t)evaluate(p, e->a, depth);
		if (e->op == OP_COMPLEMENT)
			return ~evaluate(p, e->a, depth);
		break;
	case EXPR_BINARY: return evaluate_binary(p, e, depth + 1);
	case EXPR_TERNARY:
		if (!e->b)
			break;
		return evaluate(p, e->a, depth) ? evaluate(p, e->b, depth) :
						  evaluate(p, e->c, depth);
	default: break;
	}
	diag_error(p->diag, e->span, "this cannot be evaluated in a condition of the preprocessor");
	return 0;
}

/* 'defined X' has no parentheses in C, and an expression of ours has: put them in. */
static const char *with_parentheses(struct parser *p, const char *text)
{
	static const char word[] = "defined";
	struct strbuf out = { 0 };
	const char *result;

	while (*text) {
		const char *at = strstr(text, word), *name;

		if (!at)
			break;
		name = at + strlen(word);
		while (char_is_blank(*name))
			name++;
		strbuf_add(&out, text, (size_t)(at - text) + strlen(word));
		text = name;
		if (!char_is_letter(*name))
			continue;
		while (char_is_letter(*name) || char_is_digit(*name))
			name++;
		strbuf_printf(&out, "(%.*s)", (int)(name - text), text);
		text = name;
	}
	strbuf_puts(&out, text);
	result = arena_strndup(p->arena, strbuf_text(&out), out.len);
	p->no_memory |= out.failed || !result;
	strbuf_release(&out);
	return result ? result : "";
}

static bool condition_holds(struct parser *p, struct line *l, struct span span)
{
	const char *text = with_parentheses(p, take_rest(p, l));
	struct expr *e;

	if (!*text) {
		diag_error(p->diag, span, "expected a condition");
		return false;
	}
	e = parse_text(p->script, p->arena, p->diag, text, span);
	return e && evaluate(p, e, 0) != 0;
}

static void skip_group(struct parser *p)
{
	syntax_push(p, lex_skip_group(&p->lexer));
}

static void begin_condition(struct parser *p, struct span span, bool holds)
{
	if (p->condition_count == PARSER_MOST_CONDITIONS) {
		diag_error(p->diag, span, "conditions are nested more than %d deep",
			   PARSER_MOST_CONDITIONS);
		return;
	}
	p->conditions[p->condition_count].span = span;
	p->conditions[p->condition_count].was_taken = holds;
	p->condition_count++;
	if (!holds)
		skip_group(p);
}

/* '#elif' and '#else': taken if nothing was before. */
static void next_group(struct parser *p, struct line *l, struct span span, bool is_else)
{
	bool holds;

	if (p->condition_count == 0) {
		diag_error(p->diag, span, "there is no '#if' before this");
		return;
	}
	if (p->conditions[p->condition_count - 1].was_taken) {
		skip_group(p);
		return;
	}
	holds = is_else || condition_holds(p, l, span);
	p->conditions[p->condition_count - 1].was_taken = holds;
	if (!holds)
		skip_group(p);
}

void parse_directives_end(struct parser *p)
{
	if (p->condition_count > 0)
		diag_error(p->diag, p->conditions[p->condition_count - 1].span,
			   "this has no '#endif'");
}

/* --- definitions ----------------------------------------------------------------------------- */

static void define(struct parser *p, struct line *l, struct span span)
{
	struct c_macro *macro = syntax_alloc(p, sizeof *macro);
	struct item *item;

	if (!macro)
		return;
	macro->span = span;
	macro->name = take_word(p, l);
	if (!macro->name[0]) {
		diag_error(p->diag, span, "expected a name behind '#define'");
		return;
	}
	if (l->p < l->end && *l->p == '(') {
		macro->has_params = true;
		while (l->p < l->end && *l->p != ')')
			l->p++;
		if (l->p < l->end)
			l->p++;
	}
	macro->text = take_rest(p, l);
	macro->next = p->script->c_macros;
	p->script->c_macros = macro;
	item = syntax_item(p, ITEM_DEFINE, span);
	if (item)
		item->c_macro = macro;
}

static void undefine(struct parser *p, struct line *l)
{
	const char *name = take_word(p, l);
	struct c_macro **link = &p->script->c_macros;

	while (*link)
		if (!strcmp((*link)->name, name))
			*link = (*link)->next;
		else
			link = &(*link)->next;
}

static void include(struct parser *p, struct line *l, struct span span)
{
	const char *text = take_rest(p, l);
	size_t len = strlen(text);
	struct item *item;

	if (len < 3 || !((text[0] == '<' && text[len - 1] == '>') ||
			 (text[0] == '"' && text[len - 1] == '"'))) {
		diag_error(p->diag, span, "expected <file> or \"file\" behind '#include'");
		return;
	}
	item = syntax_item(p, ITEM_INCLUDE, span);
	if (item)
		item->text = text;
}

void parse_directive(struct parser *p, const struct token *token)
{
	struct line l = { token->text + 1, token->text + token->text_len };
	struct span span = token->span;
	const char *word = take_word(p, &l);

	if (!strcmp(word, "define")) {
		define(p, &l, span);
	} else if (!strcmp(word, "undef")) {
		undefine(p, &l);
	} else if (!strcmp(word, "include")) {
		include(p, &l, span);
	} else if (!strcmp(word, "ifdef")) {
		begin_condition(p, span, is_defined(p, take_word(p, &l)));
	} else if (!strcmp(word, "ifndef")) {
		begin_condition(p, span, !is_defined(p, take_word(p, &l)));
	} else if (!strcmp(word, "if")) {
		begin_condition(p, span, condition_holds(p, &l, span));
	} else if (!strcmp(word, "elif") || !strcmp(word, "else")) {
		next_group(p, &l, span, word[2] == 's');
	} else if (!strcmp(word, "endif")) {
		if (p->condition_count > 0)
			p->condition_count--;
		else
			diag_error(p->diag, span, "there is no '#if' before this");
	} else if (!strcmp(word, "error")) {
		diag_error(p->diag, span, "%s", take_rest(p, &l));
	} else if (*word && strcmp(word, "pragma") != 0 && strcmp(word, "line") != 0 &&
		   strcmp(word, "warning") != 0) {
		diag_error(p->diag, span, "unknown directive '#%s'", word);
		diag_hint(p->diag, "comments begin with '//'; there are #define, #include and #if");
	}
}
