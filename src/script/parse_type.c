/*
 * parse_type.c - types as written.
 *
 * Behind the base come '*' and '[N]', from left to right: 'int8 *[4]*' is a pointer to an array of four
 * pointers.  Whether '(name)' is a type is a guess unless the name is one: see is_cast.
 */
#include "script/parse.h"

#include <string.h>

#include "base/bits.h"

static bool is_tag(const struct token *t)
{
	return is_word(t, "struct") || is_word(t, "union") || is_word(t, "enum");
}

static bool is_qualifier(const struct token *t)
{
	return is_word(t, "const") || is_word(t, "volatile") || is_word(t, "restrict");
}

/* Words of which C makes its integers. */
static const char *const int_parts[] = {
	"unsigned", "signed", "long", "short", "char", "int",
};

static bool is_int_part(const struct token *t)
{
	for (size_t i = 0; i < ARRAY_LEN(int_parts); i++)
		if (is_word(t, int_parts[i]))
			return true;
	return false;
}

/* Did the script define the type @name? */
static bool is_typedef(const struct parser *p, const char *name)
{
	for (const struct item *item = p->script->items; item; item = item->next)
		if (item->kind == ITEM_C && item->c_def->tag == TAG_TYPEDEF && item->c_def->name &&
		    !strcmp(item->c_def->name, name))
			return true;
	return false;
}

bool is_type_start(struct parser *p, size_t ahead)
{
	const struct token *t = syntax_peek_at(p, ahead), *next = syntax_peek_at(p, ahead + 1);

	if (t->kind != TOKEN_NAME)
		return false;
	if (is_tag(t))
		return next->kind == TOKEN_NAME || next->kind == TOKEN_LEFT_BRACE;
	if (is_word(t, "typeof"))
		return next->kind == TOKEN_OPEN;
	return is_qualifier(t) || is_int_part(t) || type_word_find(t->text) ||
	       is_typedef(p, t->text);
}

/* Can @kind begin an operand, and not go on behind one? */
static bool begins_operand_only(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_INT:
	case TOKEN_STRING:
	case TOKEN_NAME:
	case TOKEN_VAR:
	case TOKEN_MAP:
	case TOKEN_PARAM:
	case TOKEN_PARAM_COUNT:
	case TOKEN_OPEN:
	case TOKEN_NOT:
	case TOKEN_COMPLEMENT: return true;
	default: return false;
	}
}

/* '(name *)', '(name[4])', '(name)x' with a name that nobody here knows. */
static bool is_cast_of_name(struct parser *p)
{
	size_t i = 2;

	while (syntax_peek_at(p, i)->kind == TOKEN_MUL)
		i++;
	if (syntax_peek_at(p, i)->kind != TOKEN_CLOSE)
		return false;
	return i > 2 || begins_operand_only(syntax_peek_at(p, 3)->kind);
}

bool is_cast(struct parser *p)
{
	const struct token *t;

	if (!syntax_is(p, TOKEN_OPEN))
		return false;
	t = syntax_peek_at(p, 1);
	return t->kind == TOKEN_NAME && (is_type_start(p, 1) || is_cast_of_name(p));
}

static struct type_name *type_name_new(struct parser *p, enum type_name_kind kind, struct span span)
{
	struct type_name *name = syntax_alloc(p, sizeof *name);

	if (!name)
		return NULL;
	name->kind = kind;
	name->span = span;
	return name;
}

struct type_name *type_name_wrap(struct parser *p, enum type_name_kind kind,
				 struct type_name *inner, struct span span)
{
	struct type_name *name = type_name_new(p, kind, span);

	if (name)
		name->inner = inner;
	return name;
}

/* 'unsigned long int' and its kin, under the name that type_word.def has. */
static const char *parse_int_parts(struct parser *p)
{
	unsigned int longs = 0;
	bool is_unsigned = false, is_short = false, is_char = false;

	while (is_int_part(syntax_peek(p)) || is_qualifier(syntax_peek(p))) {
		const struct token *t = syntax_take(p, ROLE_NONE);

		longs += is_word(t, "long");
		is_unsigned |= is_word(t, "unsigned");
		is_short |= is_word(t, "short");
		is_char |= is_word(t, "char");
	}
	if (is_char)
		return is_unsigned ? "unsigned char" : "char";
	if (is_short)
		return is_unsigned ? "unsigned short" : "short";
	if (longs)
		return is_unsigned ? "unsigned long" : "long";
	return is_unsigned ? "unsigned int" : "int";
}

static struct type_name *parse_typeof(struct parser *p)
{
	struct type_name *name =
		type_name_new(p, TYPE_NAME_TYPEOF, syntax_take(p, ROLE_NONE)->span);
	bool was_predicate = p->in_predicate;

	if (!name || !syntax_enter(p))
		return NULL;
	(void)syntax_take(p, ROLE_POSTFIX);
	p->in_predicate = false;
	if (is_type_start(p, 0))
		name->inner = parse_type_name(p);
	else
		name->expr = parse_expr(p);
	p->in_predicate = was_predicate;
	syntax_leave(p);
	if ((!name->inner && !name->expr) || !syntax_expect(p, TOKEN_CLOSE, ROLE_NONE, "')'"))
		return NULL;
	name->span = syntax_span(p, name->span);
	return name;
}

static struct type_name *parse_tag(struct parser *p)
{
	struct type_name *name = type_name_new(p, TYPE_NAME_TAG, syntax_peek(p)->span);
	struct c_def *def;

	if (!name)
		return NULL;
	def = parse_c_tagged(p);
	if (!def)
		return NULL;
	name->tag = def->tag;
	name->name = def->name;
	name->def = def->has_body ? def : NULL;
	name->span = syntax_span(p, name->span);
	return name;
}

struct type_name *parse_base_type(struct parser *p)
{
	struct type_name *name;

	while (is_qualifier(syntax_peek(p)))
		(void)syntax_take(p, ROLE_NONE);
	if (is_tag(syntax_peek(p)))
		return parse_tag(p);
	if (syntax_is_word(p, "typeof") && syntax_peek_at(p, 1)->kind == TOKEN_OPEN)
		return parse_typeof(p);
	if (!syntax_is(p, TOKEN_NAME))
		return syntax_expected(p, "a type");
	name = type_name_new(p, TYPE_NAME_PLAIN, syntax_peek(p)->span);
	if (!name)
		return NULL;
	name->name = is_int_part(syntax_peek(p)) ? parse_int_parts(p) :
						   syntax_take(p, ROLE_NONE)->text;
	while (is_qualifier(syntax_peek(p)))
		(void)syntax_take(p, ROLE_NONE);
	name->span = syntax_span(p, name->span);
	return name;
}

/* '[N]' or '[]' behind @inner. */
static struct type_name *parse_array_suffix(struct parser *p, struct type_name *inner)
{
	struct type_name *array = type_name_wrap(p, TYPE_NAME_ARRAY, inner, inner->span);
	bool was_predicate = p->in_predicate;

	if (!array)
		return NULL;
	(void)syntax_take(p, ROLE_POSTFIX);
	if (!syntax_is(p, TOKEN_RIGHT_BRACKET)) {
		p->in_predicate = false;
		array->count = parse_expr(p);
		p->in_predicate = was_predicate;
		if (!array->count)
			return NULL;
	}
	if (!syntax_expect(p, TOKEN_RIGHT_BRACKET, ROLE_NONE, "']'"))
		return NULL;
	array->span = syntax_span(p, inner->span);
	return array;
}

struct type_name *parse_type_name(struct parser *p)
{
	struct type_name *name;
	unsigned int suffixes = 0;

	if (!syntax_enter(p))
		return NULL;
	name = parse_base_type(p);
	while (name) {
		if (++suffixes > SCRIPT_MOST_NESTING) {
			diag_error(p->diag, syntax_peek(p)->span,
				   "this is nested more than %d deep", SCRIPT_MOST_NESTING);
			name = NULL;
		} else if (syntax_accept(p, TOKEN_MUL, ROLE_POSTFIX)) {
			while (is_qualifier(syntax_peek(p)))
				(void)syntax_take(p, ROLE_NONE);
			name = type_name_wrap(p, TYPE_NAME_POINTER, name,
					      syntax_span(p, name->span));
		} else if (syntax_is(p, TOKEN_LEFT_BRACKET)) {
			name = parse_array_suffix(p, name);
		} else {
			break;
		}
	}
	syntax_leave(p);
	return name;
}
