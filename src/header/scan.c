/*
 * scan.c - names in preprocessed C.
 */
#include "header/scan.h"

#include <string.h>

#include "base/chars.h"

struct token {
	const char *text;
	size_t len; /* 0: the end */
};

struct scanner {
	const char *at, *end;
	struct arena *arena;
	struct scan_name *names;
	bool no_memory;
};

static bool is_word(struct token token)
{
	return token.len > 0 && char_is_letter(*token.text);
}

static bool is_text(struct token token, const char *text)
{
	return token.len == strlen(text) && !memcmp(token.text, text, token.len);
}

static void add(struct scanner *s, enum scan_kind kind, struct token name, struct token text)
{
	struct scan_name *n = arena_alloc(s->arena, sizeof *n);

	if (n) {
		n->name = arena_strndup(s->arena, name.text, name.len);
		n->text = text.len ? arena_strndup(s->arena, text.text, text.len) : "";
	}
	if (!n || !n->name || !n->text) {
		s->no_memory = true;
		return;
	}
	n->kind = kind;
	n->next = s->names;
	s->names = n;
}

/* --- definitions ----------------------------------------------------------------------------- */

static void remove_macro(struct scanner *s, struct token name)
{
	for (struct scan_name **link = &s->names; *link; link = &(*link)->next)
		if ((*link)->kind == SCAN_MACRO && strlen((*link)->name) == name.len &&
		    !memcmp((*link)->name, name.text, name.len)) {
			*link = (*link)->next;
			return;
		}
}

static struct token take_word(const char **at, const char *end)
{
	struct token word = { *at, 0 };

	while (*at < end && (char_is_letter(**at) || char_is_digit(**at)))
		(*at)++;
	word.len = (size_t)(*at - word.text);
	return word;
}

/* A line that begins with '#', from behind that. */
static void scan_directive(struct scanner *s, const char *at, const char *end)
{
	struct token word = take_word(&at, end), name;

	while (at < end && char_is_blank(*at))
		at++;
	name = take_word(&at, end);
	if (!name.len)
		return;
	if (is_text(word, "undef"))
		remove_macro(s, name);
	if (!is_text(word, "define") || (at < end && *at == '('))
		return;
	while (at < end && char_is_blank(*at))
		at++;
	add(s, SCAN_MACRO, name, (struct token){ at, (size_t)(end - at) });
}

/* --- tokens ---------------------------------------------------------------------------------- */

static const char *line_end(const struct scanner *s)
{
	const char *end = memchr(s->at, '\n', (size_t)(s->end - s->at));

	return end ? end : s->end;
}

/* Pass a text in quotes, which ends with its line at the latest. */
static void pass_quoted(struct scanner *s, char quote)
{
	for (s->at++; s->at < s->end && *s->at != quote && *s->at != '\n'; s->at++)
		if (*s->at == '\\' && s->at + 1 < s->end)
			s->at++;
	if (s->at < s->end)
		s->at++;
}

/* Words, and single characters: more is not needed.  Directives are dealt with on the way. */
static struct token next(struct scanner *s)
{
	struct token token;

	for (; s->at < s->end; s->at++) {
		if (*s->at == '#') {
			const char *end = line_end(s);

			scan_directive(s, s->at + 1, end);
			s->at = end - (end == s->end);
		} else if (!char_is_blank(*s->at) && *s->at != '\n') {
			break;
		}
	}
	token = (struct token){ s->at, 0 };
	if (s->at == s->end)
		return token;
	if (char_is_letter(*s->at) || char_is_digit(*s->at))
		(void)take_word(&s->at, s->end);
	else if (*s->at == '"' || *s->at == '\'')
		pass_quoted(s, *s->at);
	else
		s->at++;
	token.len = (size_t)(s->at - token.text);
	return token;
}

static enum scan_kind tag_kind(struct token token)
{
	return is_text(token, "struct") ? SCAN_STRUCT :
	       is_text(token, "union")  ? SCAN_UNION :
	       is_text(token, "enum")   ? SCAN_ENUM :
					  SCAN_MACRO;
}

/* Where the scanner is between tokens. */
struct place {
	unsigned int depth;      /* of braces */
	unsigned int enum_depth; /* that of an enum's values; 0: there is none */
	bool is_typedef;
	unsigned int typedef_depth;
};

/* Braces and what ends things; behind 'enum' and 'enum X' @opens_enum. */
static void follow(struct place *p, struct token token, bool opens_enum)
{
	if (is_text(token, "{")) {
		p->depth++;
		if (opens_enum)
			p->enum_depth = p->depth;
	} else if (is_text(token, "}") && p->depth > 0) {
		if (p->enum_depth == p->depth)
			p->enum_depth = 0;
		p->depth--;
	} else if (is_text(token, ";") && p->depth <= p->typedef_depth) {
		p->is_typedef = false;
	}
}

static void scan(struct scanner *s)
{
	static const struct token no_text = { "", 0 };
	struct token token, last = no_text, tag = no_text;
	struct place p = { 0 };

	while ((token = next(s)).len > 0 && !s->no_memory) {
		const bool is_open = is_text(token, "{");

		if (is_open && is_word(last) && tag_kind(tag) != SCAN_MACRO)
			add(s, tag_kind(tag), last, no_text);
		if (is_word(token) && p.enum_depth == p.depth && p.depth > 0 &&
		    (is_text(last, "{") || is_text(last, ",")))
			add(s, SCAN_ENUMERATOR, token, no_text);
		if (is_text(token, "typedef")) {
			p.is_typedef = true;
			p.typedef_depth = p.depth;
		} else if (p.is_typedef && p.depth == p.typedef_depth && is_word(token)) {
			add(s, SCAN_TYPEDEF, token, no_text);
		}
		follow(&p, token, is_text(last, "enum") || is_text(tag, "enum"));
		tag = last;
		last = token;
	}
}

bool scan_names(const char *text, size_t len, struct arena *arena, struct scan_name **ret_names)
{
	struct scanner s = { .at = text, .end = text + len, .arena = arena };

	scan(&s);
	if (s.no_memory)
		return false;
	*ret_names = s.names;
	return true;
}
