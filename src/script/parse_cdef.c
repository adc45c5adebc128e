/*
 * parse_cdef.c - definitions in C: struct, union, enum, typedef.
 *
 * A declarator is read from the inside out: 'char *names[4]' has names as an array of four pointers.  What
 * stands behind parentheses is a function; all that is kept of one is that a pointer points at it.
 */
#include "script/parse.h"

#include <string.h>

static bool is_tag(const struct token *t)
{
	return is_word(t, "struct") || is_word(t, "union") || is_word(t, "enum");
}

bool is_c_definition(struct parser *p)
{
	const struct token *t = syntax_peek(p), *next;

	if (is_word(t, "typedef"))
		return true;
	next = syntax_peek_at(p, 1);
	return is_tag(t) && (next->kind == TOKEN_NAME || next->kind == TOKEN_LEFT_BRACE);
}

static bool parse_attributes(struct parser *p, struct c_def *def);

/* --- declarators ----------------------------------------------------------------------------- */

struct declarator {
	struct span span;
	const char *name; /* NULL: none */
	struct type_name *type;
};

/* From '(' to its ')', whatever is in it. */
static bool skip_parentheses(struct parser *p)
{
	unsigned int depth = 0;
	struct span open = syntax_peek(p)->span;

	do {
		const struct token *t = syntax_take(p, ROLE_NONE);

		if (t->kind == TOKEN_END) {
			diag_error(p->diag, open, "this '(' is never closed");
			return false;
		}
		depth += t->kind == TOKEN_OPEN;
		depth -= t->kind == TOKEN_CLOSE;
	} while (depth > 0);
	return true;
}

/* '[2][3]' behind a name, the outermost first; @base is what the elements are. */
static struct type_name *parse_dimensions(struct parser *p, struct type_name *base)
{
	struct type_name *array;

	if (!syntax_is(p, TOKEN_LEFT_BRACKET))
		return base;
	if (!syntax_enter(p))
		return NULL;
	array = type_name_wrap(p, TYPE_NAME_ARRAY, NULL, syntax_take(p, ROLE_POSTFIX)->span);
	if (array && !syntax_is(p, TOKEN_RIGHT_BRACKET)) {
		array->count = parse_expr(p);
		if (!array->count)
			array = NULL;
	}
	if (array && !syntax_expect(p, TOKEN_RIGHT_BRACKET, ROLE_NONE, "']'"))
		array = NULL;
	if (array) {
		array->inner = parse_dimensions(p, base);
		if (!array->inner)
			array = NULL;
	}
	syntax_leave(p);
	return array;
}

static struct type_name *parse_pointers(struct parser *p, struct type_name *type)
{
	unsigned int count = 0;

	while (type && syntax_accept(p, TOKEN_MUL, ROLE_PREFIX)) {
		if (++count > SCRIPT_MOST_NESTING) {
			diag_error(p->diag, syntax_peek(p)->span,
				   "this is nested more than %d deep", SCRIPT_MOST_NESTING);
			return NULL;
		}
		while (syntax_is_word(p, "const") || syntax_is_word(p, "volatile") ||
		       syntax_is_word(p, "restrict"))
			(void)syntax_take(p, ROLE_NONE);
		type = type_name_wrap(p, TYPE_NAME_POINTER, type, syntax_span(p, type->span));
	}
	return type;
}

/* '(*name)(...)': behind the '(', up to and with the parameters. */
static bool parse_function_pointer(struct parser *p, struct type_name *base, struct declarator *ret)
{
	struct type_name *type;

	(void)syntax_take(p, ROLE_NONE); /* ( */
	type = type_name_wrap(p, TYPE_NAME_FUNCTION, NULL, base->span);
	type = parse_pointers(p, type);
	if (!type)
		return false;
	if (syntax_is(p, TOKEN_NAME))
		ret->name = syntax_take(p, ROLE_NONE)->text;
	type = parse_dimensions(p, type);
	if (!type || !syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return false;
	ret->type = type;
	if (syntax_is(p, TOKEN_OPEN)) {
		syntax_role(p, ROLE_POSTFIX);
		return skip_parentheses(p);
	}
	(void)syntax_expected(p, "'(' and the parameters of the function");
	return false;
}

static bool parse_declarator(struct parser *p, struct type_name *base, struct declarator *ret)
{
	struct type_name *type = parse_pointers(p, base);

	*ret = (struct declarator){ .span = base->span };
	if (!type)
		return false;
	if (syntax_is(p, TOKEN_OPEN) && syntax_peek_at(p, 1)->kind == TOKEN_MUL) {
		if (!parse_function_pointer(p, type, ret))
			return false;
	} else {
		if (syntax_is(p, TOKEN_NAME) && !syntax_is_word(p, "__attribute__"))
			ret->name = syntax_take(p, ROLE_NONE)->text;
		ret->type = parse_dimensions(p, type);
	}
	ret->span = syntax_span(p, base->span);
	return ret->type != NULL;
}

/* --- structs and unions ---------------------------------------------------------------------- */

/* One line of a body: 'int a, *b, c : 3;'. */
static bool parse_members(struct parser *p, struct c_member ***tail)
{
	struct type_name *base;

	syntax_role(p, ROLE_LINE);
	base = parse_base_type(p);
	if (!base)
		return false;
	do {
		struct c_member *member = syntax_alloc(p, sizeof *member);
		struct declarator declarator;

		if (!member || !parse_declarator(p, base, &declarator))
			return false;
		member->name = declarator.name;
		member->type_name = declarator.type;
		if (syntax_accept(p, TOKEN_COLON, ROLE_BINARY)) {
			member->bits = parse_expr(p);
			if (!member->bits)
				return false;
		} else if (!member->name && !declarator.type->def) {
			(void)syntax_expected(p, "the name of a field");
			return false;
		}
		member->span = syntax_span(p, base->span);
		**tail = member;
		*tail = &member->next;
	} while (syntax_accept(p, TOKEN_COMMA, ROLE_NONE));
	if (!parse_attributes(p, NULL))
		return false;
	if (!syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE)) {
		diag_error(p->diag, syntax_span_behind(p), "expected ';' behind the field");
		return syntax_is(p, TOKEN_NAME) || syntax_is(p, TOKEN_RIGHT_BRACE);
	}
	return true;
}

static bool parse_struct_body(struct parser *p, struct c_def *def)
{
	struct c_member **tail = &def->members;

	(void)syntax_take(p, ROLE_BLOCK);
	while (!syntax_is(p, TOKEN_RIGHT_BRACE)) {
		if (syntax_is(p, TOKEN_END)) {
			diag_error(p->diag, def->span, "the '{' of this is never closed");
			return false;
		}
		if (!parse_members(p, &tail))
			syntax_skip_statement(p);
	}
	(void)syntax_take(p, ROLE_BLOCK);
	return true;
}

/* --- enums ----------------------------------------------------------------------------------- */

static bool parse_enum_body(struct parser *p, struct c_def *def)
{
	struct c_enumerator **tail = &def->enumerators;

	(void)syntax_take(p, ROLE_BLOCK);
	while (!syntax_is(p, TOKEN_RIGHT_BRACE)) {
		struct c_enumerator *enumerator = syntax_alloc(p, sizeof *enumerator);

		if (!enumerator)
			return false;
		if (!syntax_is(p, TOKEN_NAME)) {
			(void)syntax_expected(p, "the name of a value, or '}'");
			return false;
		}
		enumerator->span = syntax_peek(p)->span;
		enumerator->name = syntax_take(p, ROLE_LINE)->text;
		if (syntax_accept(p, TOKEN_ASSIGN, ROLE_BINARY)) {
			enumerator->value = parse_expr(p);
			if (!enumerator->value)
				return false;
		}
		*tail = enumerator;
		tail = &enumerator->next;
		if (!syntax_accept(p, TOKEN_COMMA, ROLE_NONE))
			break;
	}
	return syntax_expect(p, TOKEN_RIGHT_BRACE, ROLE_BLOCK, "',' or '}'");
}

/* --- attributes ------------------------------------------------------------------------------ */

/* '((packed, aligned(8)))': of those that change the layout, what they say; the rest is passed. */
static bool parse_attribute_list(struct parser *p, struct c_def *def)
{
	unsigned int depth = 0;

	do {
		const struct token *t = syntax_take(p, depth ? ROLE_NONE : ROLE_POSTFIX);

		if (t->kind == TOKEN_END)
			return syntax_expected(p, "')'") != NULL;
		depth += t->kind == TOKEN_OPEN;
		depth -= t->kind == TOKEN_CLOSE;
		if (!def)
			continue;
		if (is_word(t, "packed") || is_word(t, "__packed__"))
			def->is_packed = true;
		if ((is_word(t, "aligned") || is_word(t, "__aligned__")) &&
		    syntax_is(p, TOKEN_OPEN) && syntax_peek_at(p, 1)->kind == TOKEN_INT)
			def->align = syntax_peek_at(p, 1)->number;
	} while (depth > 0);
	return true;
}

static bool parse_attributes(struct parser *p, struct c_def *def)
{
	while (syntax_is_word(p, "__attribute__")) {
		(void)syntax_take(p, ROLE_NONE);
		if (!syntax_is(p, TOKEN_OPEN)) {
			(void)syntax_expected(p, "'((' and an attribute");
			return false;
		}
		if (!parse_attribute_list(p, def))
			return false;
	}
	if (syntax_is_word(p, "__packed")) {
		(void)syntax_take(p, ROLE_NONE);
		if (def)
			def->is_packed = true;
	}
	return true;
}

/* --- all ------------------------------------------------------------------------------------- */

struct c_def *parse_c_tagged(struct parser *p)
{
	struct c_def *def = syntax_alloc(p, sizeof *def);
	const struct token *tag = syntax_take(p, ROLE_NONE);
	bool good;

	if (!def)
		return NULL;
	def->span = tag->span;
	def->tag = is_word(tag, "struct") ? TAG_STRUCT :
		   is_word(tag, "union")  ? TAG_UNION :
					    TAG_ENUM;
	if (!parse_attributes(p, def))
		return NULL;
	if (syntax_is(p, TOKEN_NAME))
		def->name = syntax_take(p, ROLE_NONE)->text;
	else if (!syntax_is(p, TOKEN_LEFT_BRACE))
		return syntax_expected(p, "a name or '{'");
	def->span = syntax_span(p, def->span);
	if (!syntax_is(p, TOKEN_LEFT_BRACE))
		return def;
	if (!syntax_enter(p))
		return NULL;
	def->has_body = true;
	good = def->tag == TAG_ENUM ? parse_enum_body(p, def) : parse_struct_body(p, def);
	syntax_leave(p);
	return good && parse_attributes(p, def) ? def : NULL;
}

static bool parse_typedef(struct parser *p, struct span span)
{
	struct c_def *def = syntax_alloc(p, sizeof *def);
	struct declarator declarator;
	struct type_name *base;
	struct item *item;

	(void)syntax_take(p, ROLE_NONE);
	base = parse_base_type(p);
	if (!def || !base || !parse_declarator(p, base, &declarator) || !parse_attributes(p, NULL))
		return false;
	if (!declarator.name) {
		(void)syntax_expected(p, "the name of the type");
		return false;
	}
	def->tag = TAG_TYPEDEF;
	def->name = declarator.name;
	def->type_name = declarator.type;
	def->span = syntax_span(p, span);
	item = syntax_item(p, ITEM_C, def->span);
	if (item)
		item->c_def = def;
	return item != NULL;
}

bool parse_c_definition(struct parser *p)
{
	struct span span = syntax_peek(p)->span;
	struct c_def *def;
	struct item *item;

	syntax_role(p, ROLE_ITEM);
	if (syntax_is_word(p, "typedef")) {
		if (!parse_typedef(p, span))
			return false;
	} else {
		def = parse_c_tagged(p);
		if (!def)
			return false;
		item = syntax_item(p, ITEM_C, syntax_span(p, span));
		if (!item)
			return false;
		item->c_def = def;
	}
	/* The ';' may be missing: bpftrace does not ask for it. */
	(void)syntax_accept(p, TOKEN_SEMICOLON, ROLE_NONE);
	return true;
}
