/*
 * fmt.c - a script in the usual layout.
 *
 * The formatter writes the tokens again, with its own white space between them; the parser has said
 * what each is for.  So nothing can be lost, and the tree of the result is the same.  Of the
 * user's line breaks these stay: one empty line between statements, and breaks within parentheses.
 */
#include <string.h>

#include "script/ast.h"
#include "script/script.h"

enum { INDENT = 2 };

struct formatter {
	const struct script *script;
	struct strbuf *out;
	unsigned int blocks;   /* braces that are open */
	unsigned int brackets; /* parentheses and brackets that are open within the innermost block */
	unsigned int saved[2 * SCRIPT_MOST_NESTING + 8]; /* brackets outside of each block */
	const struct token *last;                        /* written; NULL: none */
	bool must_break;   /* a comment to the end of the line was written */
	bool in_head;      /* between a probe's name and its '{' */
	bool is_long_head; /* that has lines of its own for each probe */
};

/* Newlines in the source between @a and @b. */
static unsigned int newlines_between(const struct formatter *f, const struct token *a,
				     const struct token *b)
{
	unsigned int count = 0;

	for (size_t i = a->span.offset + a->span.len; i < b->span.offset; i++)
		count += f->script->source->text[i] == '\n';
	return count;
}

static void break_line(struct formatter *f, unsigned int empty_lines)
{
	unsigned int indent = f->blocks + (f->brackets > 0);

	for (unsigned int i = 0; i <= empty_lines; i++)
		strbuf_putc(f->out, '\n');
	for (unsigned int i = 0; i < indent * INDENT; i++)
		strbuf_putc(f->out, ' ');
	f->must_break = false;
}

static bool is_comment(const struct token *t)
{
	return t->kind == TOKEN_COMMENT;
}

/* Whole lines that stay as they are. */
static bool is_line(const struct token *t)
{
	return t->kind == TOKEN_DIRECTIVE || t->kind == TOKEN_SHEBANG || t->kind == TOKEN_SKIPPED;
}

static bool is_keyword(const struct token *t)
{
	static const char *const words[] = { "if",     "else",   "for", "while",   "unroll",
					     "return", "import", "let", "comptime" };

	for (size_t i = 0; i < sizeof words / sizeof *words && t->kind == TOKEN_NAME; i++)
		if (!strcmp(t->text, words[i]))
			return true;
	return false;
}

/* Does white space stand between two tokens of a line? */
static bool has_space(const struct token *a, const struct token *b)
{
	if (is_comment(a) || is_comment(b))
		return true;
	if (b->kind == TOKEN_COMMA || b->kind == TOKEN_SEMICOLON || b->kind == TOKEN_CLOSE ||
	    b->kind == TOKEN_RIGHT_BRACKET)
		return false;
	if (a->kind == TOKEN_COMMA || a->kind == TOKEN_SEMICOLON)
		return true;
	if (a->role == ROLE_TIGHT || b->role == ROLE_TIGHT)
		return false;
	if (a->kind == TOKEN_QUESTION && b->kind == TOKEN_COLON)
		return false;
	if (a->role == ROLE_PREDICATE || b->role == ROLE_PREDICATE_END)
		return false;
	/* '- -x' and '+ ++x' are not '--x' and '+++x' */
	if (a->role == ROLE_PREFIX)
		return a->kind == b->kind || (a->kind == TOKEN_SUB && b->kind == TOKEN_DECREMENT) ||
		       (a->kind == TOKEN_ADD && b->kind == TOKEN_INCREMENT) ||
		       (a->kind == TOKEN_AND && b->kind == TOKEN_LOGICAL_AND);
	if (b->role == ROLE_POSTFIX)
		return b->kind == TOKEN_MUL && a->kind != TOKEN_MUL; /* 'struct a *' */
	if (a->kind == TOKEN_OPEN || a->kind == TOKEN_LEFT_BRACKET)
		return false;
	if (a->kind == TOKEN_NAME && b->kind == TOKEN_OPEN)
		return is_keyword(a) || b->role == ROLE_NONE;
	return true;
}

/* A comment: at the end of the line if it was there, else on a line of its own. */
static void put_comment(struct formatter *f, const struct token *t)
{
	unsigned int lines = f->last ? newlines_between(f, f->last, t) : 0;

	if (f->last && (lines > 0 || f->must_break))
		break_line(f, lines > 1 && f->last->kind != TOKEN_LEFT_BRACE);
	else if (f->last)
		strbuf_putc(f->out, ' ');
	strbuf_add(f->out, t->text, t->text_len);
	f->must_break = t->text[1] == '/';
}

static void put_line(struct formatter *f, const struct token *t)
{
	size_t len = t->text_len;
	unsigned int lines = f->last ? newlines_between(f, f->last, t) : 0;

	if (t->kind == TOKEN_SKIPPED) {
		while (len > 0 && (t->text[len - 1] == '\n' || t->text[len - 1] == ' ' ||
				   t->text[len - 1] == '\t'))
			len--;
	} else if (f->last) {
		strbuf_puts(f->out, lines > 1 ? "\n\n" : "\n");
	}
	strbuf_add(f->out, t->text, len);
	f->must_break = true;
}

/* --- line breaks ----------------------------------------------------------------------------- */

/* Does the probe that begins at @i have several attach points? */
static bool has_long_head(const struct formatter *f, size_t i)
{
	for (; i < f->script->token_count; i++) {
		if (f->script->tokens[i].role == ROLE_PROBE)
			return true;
		if (f->script->tokens[i].kind == TOKEN_LEFT_BRACE)
			return false;
	}
	return false;
}

static void begin_item(struct formatter *f, size_t i)
{
	const struct token *t = &f->script->tokens[i];
	unsigned int lines = f->last ? newlines_between(f, f->last, t) : 0;
	bool after_brace = f->last && f->last->kind == TOKEN_RIGHT_BRACE;

	f->in_head = t->kind == TOKEN_ATTACH ||
		     (t->kind == TOKEN_NAME && i + 1 < f->script->token_count &&
		      f->script->tokens[i + 1].role == ROLE_TIGHT);
	f->is_long_head = f->in_head && has_long_head(f, i);
	if (f->last)
		break_line(f, lines > 1 || after_brace);
}

/* Before a '}': nothing in '{}', else a line that stands where the block's does. */
static void close_block(struct formatter *f)
{
	unsigned int brackets = f->brackets;

	if (f->last->kind == TOKEN_LEFT_BRACE && !f->must_break)
		return;
	f->brackets = 0;
	break_line(f, 0);
	f->brackets = brackets;
}

/* Before token @i, which is no comment. */
static void put_space(struct formatter *f, size_t i)
{
	const struct token *t = &f->script->tokens[i], *last = f->last;
	unsigned int lines = last ? newlines_between(f, last, t) : 0;

	if (t->role == ROLE_ITEM)
		begin_item(f, i);
	else if (!last)
		return;
	else if (t->role == ROLE_PROBE)
		break_line(f, 0);
	else if (t->kind == TOKEN_RIGHT_BRACE && t->role == ROLE_BLOCK)
		close_block(f);
	else if (last->kind == TOKEN_LEFT_BRACE && last->role == ROLE_BLOCK)
		break_line(f, 0);
	else if (t->begins_line)
		break_line(f, lines > 1 && last->kind != TOKEN_LEFT_BRACE);
	else if (f->in_head && f->is_long_head &&
		 (t->role == ROLE_PREDICATE || t->kind == TOKEN_LEFT_BRACE) &&
		 (t->role == ROLE_PREDICATE || last->role == ROLE_PREDICATE_END))
		break_line(f, 0);
	else if (f->must_break || (f->brackets > 0 && lines > 0 && t->kind != TOKEN_CLOSE))
		break_line(f, 0);
	else if (has_space(last, t))
		strbuf_putc(f->out, ' ');
}

static void open_or_close(struct formatter *f, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_LEFT_BRACE:
		f->saved[f->blocks % (sizeof f->saved / sizeof *f->saved)] = f->brackets;
		f->blocks += 1;
		f->brackets = 0;
		f->in_head = false;
		break;
	case TOKEN_OPEN:
	case TOKEN_LEFT_BRACKET: f->brackets++; break;
	case TOKEN_CLOSE:
	case TOKEN_RIGHT_BRACKET: f->brackets -= f->brackets > 0; break;
	default: break;
	}
}

static void close_before(struct formatter *f, const struct token *t)
{
	if (t->kind != TOKEN_RIGHT_BRACE || f->blocks == 0)
		return;
	f->blocks--;
	f->brackets = f->saved[f->blocks % (sizeof f->saved / sizeof *f->saved)];
}

static void put_text(struct formatter *f, const struct token *t)
{
	const char *text = f->script->source->text + t->span.offset;

	strbuf_add(f->out, text, t->span.len);
}

void script_format(const struct script *script, struct strbuf *out)
{
	struct formatter f = { .script = script, .out = out };

	for (size_t i = 0; i < script->token_count; i++) {
		const struct token *t = &script->tokens[i];

		if (t->kind == TOKEN_END)
			break;
		if (is_comment(t)) {
			put_comment(&f, t);
		} else if (is_line(t)) {
			put_line(&f, t);
		} else {
			close_before(&f, t);
			put_space(&f, i);
			put_text(&f, t);
			open_or_close(&f, t);
		}
		f.last = t;
	}
	if (f.last)
		strbuf_putc(out, '\n');
}
