/*
 * cxx_expr.c - expressions, and the arguments of templates.
 */
#include "sym/cxx_in.h"

#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

/* <expr-primary>, behind the 'L' */
static struct cxx_node *parse_literal(struct cxx_parser *in)
{
	struct cxx_node *literal, *args = in->args;
	const char *digits;

	if (cxx_take(in, "_Z") || cxx_take(in, "Z")) {
		literal = cxx_parse_encoding(in, true);
		in->args = args;
		cxx_expect(in, "E");
		return literal;
	}
	literal = cxx_make(in, CXX_LITERAL, NULL, cxx_parse_type(in), NULL);
	digits = in->p;
	while (cxx_peek(in, 0) && cxx_peek(in, 0) != 'E')
		in->p++;
	if (literal) {
		literal->text = digits;
		literal->len = (uint32_t)(in->p - digits);
	}
	cxx_expect(in, "E");
	return literal;
}

/* <template-arg> */
struct cxx_node *cxx_parse_arg(struct cxx_parser *in)
{
	struct cxx_node *arg;

	if (cxx_take(in, "J"))
		return cxx_make(in, CXX_PACK, NULL, NULL, cxx_parse_list(in, cxx_parse_arg));
	if (cxx_take(in, "L"))
		return parse_literal(in);
	if (cxx_take(in, "X")) {
		arg = cxx_parse_expression(in);
		cxx_expect(in, "E");
		return arg;
	}
	return cxx_parse_type(in);
}

/* fp_ : the parameter of the function that a decltype talks about; fpT: this */
static struct cxx_node *parse_function_param(struct cxx_parser *in)
{
	if (cxx_take(in, "T"))
		return cxx_make(in, CXX_NAME, "this", NULL, NULL);
	while (cxx_peek(in, 0) == 'K' || cxx_peek(in, 0) == 'V' || cxx_peek(in, 0) == 'r')
		in->p++;
	return cxx_make_numbered(in, CXX_NUMBERED, "{parm#", NULL, cxx_take_sequence(in, 10) + 1);
}

/* fL<level>p...: the same of an outer function */
static struct cxx_node *parse_outer_param(struct cxx_parser *in)
{
	(void)cxx_take_decimal(in);
	cxx_expect(in, "p");
	return parse_function_param(in);
}

/* <unresolved-name> behind "sr" */
static struct cxx_node *parse_scope_resolution(struct cxx_parser *in)
{
	struct cxx_node *scope, *name;

	if (cxx_take(in, "N")) {
		scope = cxx_parse_type(in);
		while (!in->failed && !cxx_take(in, "E"))
			scope = cxx_make(in, CXX_SCOPED, NULL, scope,
					 cxx_with_args(in, cxx_parse_source_name(in)));
	} else if (char_is_digit(cxx_peek(in, 0))) {
		scope = cxx_with_args(in, cxx_parse_source_name(in));
		while (!in->failed && !cxx_take(in, "E"))
			scope = cxx_make(in, CXX_SCOPED, NULL, scope,
					 cxx_with_args(in, cxx_parse_source_name(in)));
	} else {
		scope = cxx_parse_type(in);
	}
	(void)cxx_take(in, "on");
	if (cxx_take(in, "dn"))
		name = cxx_make(in, CXX_DTOR, NULL, cxx_parse_type(in), NULL);
	else
		name = cxx_with_args(in, cxx_parse_unqualified(in));
	return cxx_make(in, CXX_SCOPED, NULL, scope, name);
}

static struct cxx_node *parse_fold(struct cxx_parser *in)
{
	const char way = *in->p++;
	const struct cxx_word *word = cxx_take_operator(in);
	struct cxx_node *a = cxx_parse_expression(in);
	struct cxx_node *b = way == 'L' || way == 'R' ? cxx_parse_expression(in) : NULL;
	struct cxx_node *fold = word ? cxx_make(in, CXX_FOLD, word->text, a, b) : cxx_fail(in);

	if (fold)
		fold->number = (uint64_t)way;
	return fold;
}

/* Expressions of one form each: a code, how it is written, and what its parts are. */
enum part { PART_NONE, PART_TYPE, PART_EXPRESSION, PART_LIST };

static const struct form {
	char code[3];
	enum cxx_kind kind;
	const char *text;
	enum part a, b;
} forms[] = {
	/* clang-format off */
	{ "cl", CXX_CALL,       NULL,               PART_EXPRESSION, PART_LIST },
	{ "cp", CXX_CALL,       NULL,               PART_EXPRESSION, PART_LIST },
	{ "dc", CXX_NAMED_CAST, "dynamic_cast",     PART_TYPE,       PART_EXPRESSION },
	{ "sc", CXX_NAMED_CAST, "static_cast",      PART_TYPE,       PART_EXPRESSION },
	{ "cc", CXX_NAMED_CAST, "const_cast",       PART_TYPE,       PART_EXPRESSION },
	{ "rc", CXX_NAMED_CAST, "reinterpret_cast", PART_TYPE,       PART_EXPRESSION },
	{ "ti", CXX_WRAPPED,    "typeid ",          PART_TYPE,       PART_NONE },
	{ "te", CXX_WRAPPED,    "typeid ",          PART_EXPRESSION, PART_NONE },
	{ "st", CXX_WRAPPED,    "sizeof ",          PART_TYPE,       PART_NONE },
	{ "sz", CXX_WRAPPED,    "sizeof ",          PART_EXPRESSION, PART_NONE },
	{ "at", CXX_WRAPPED,    "alignof ",         PART_TYPE,       PART_NONE },
	{ "az", CXX_WRAPPED,    "alignof ",         PART_EXPRESSION, PART_NONE },
	{ "nx", CXX_WRAPPED,    "noexcept ",        PART_EXPRESSION, PART_NONE },
	{ "sZ", CXX_WRAPPED,    "sizeof...",        PART_EXPRESSION, PART_NONE },
	{ "sP", CXX_WRAPPED,    "sizeof...",        PART_LIST,       PART_NONE },
	{ "sp", CXX_EXPANSION,  NULL,               PART_EXPRESSION, PART_NONE },
	{ "tw", CXX_UNARY,      "throw ",           PART_EXPRESSION, PART_NONE },
	{ "tr", CXX_NAME,       "throw",            PART_NONE,       PART_NONE },
	{ "il", CXX_BRACED,     NULL,               PART_NONE,       PART_LIST },
	{ "tl", CXX_BRACED,     NULL,               PART_TYPE,       PART_LIST },
	{ "ix", CXX_INDEX,      NULL,               PART_EXPRESSION, PART_EXPRESSION },
	{ "sr", CXX_NAME,       NULL,               PART_NONE,       PART_NONE },
	/* clang-format on */
};

static struct cxx_node *parse_part(struct cxx_parser *in, enum part part)
{
	switch (part) {
	case PART_NONE: return NULL;
	case PART_TYPE: return cxx_parse_type(in);
	case PART_EXPRESSION: return cxx_parse_expression(in);
	case PART_LIST: return cxx_parse_list(in, cxx_parse_expression);
	}
	return NULL;
}

static struct cxx_node *parse_form(struct cxx_parser *in, const struct form *form)
{
	struct cxx_node *a;

	if (!strcmp(form->code, "sr"))
		return parse_scope_resolution(in);
	a = parse_part(in, form->a);
	return cxx_make(in, form->kind, form->text, a, parse_part(in, form->b));
}

static struct cxx_node *parse_cast(struct cxx_parser *in)
{
	struct cxx_node *type = cxx_parse_type(in);

	if (cxx_take(in, "_"))
		return cxx_make(in, CXX_CALL, NULL, type, cxx_parse_list(in, cxx_parse_expression));
	return cxx_make(in, CXX_CAST, NULL, type, cxx_parse_expression(in));
}

/* new: the list of places is not shown, as nobody overloads on it */
static struct cxx_node *parse_new(struct cxx_parser *in)
{
	struct cxx_node *type, *list = NULL;

	while (!in->failed && !cxx_take(in, "_"))
		(void)cxx_parse_expression(in);
	type = cxx_parse_type(in);
	if (cxx_take(in, "pi"))
		list = cxx_parse_list(in, cxx_parse_expression);
	else
		cxx_expect(in, "E");
	return cxx_make(in, list ? CXX_CALL : CXX_UNARY, list ? NULL : "new ",
			list ? cxx_make(in, CXX_UNARY, "new ", type, NULL) : type, list);
}

static struct cxx_node *parse_operation(struct cxx_parser *in)
{
	const struct cxx_word *word = cxx_take_operator(in);
	struct cxx_node *a, *b, *c;

	if (!word)
		return cxx_fail(in);
	if (!strcmp(word->code, "nw") || !strcmp(word->code, "na"))
		return parse_new(in);
	if (word->operands == 3)
		return cxx_take(in, "_") ?
			       cxx_make(in, CXX_UNARY, word->text, cxx_parse_expression(in), NULL) :
			       cxx_make(in, CXX_POSTFIX, word->text, cxx_parse_expression(in),
					NULL);
	a = cxx_parse_expression(in);
	if (word->operands == 1)
		return cxx_make(in, CXX_UNARY, word->text, a, NULL);
	b = cxx_parse_expression(in);
	if (word->operands == 2)
		return cxx_make(in, CXX_BINARY, word->text, a, b);
	c = cxx_parse_expression(in);
	return cxx_make(in, CXX_CONDITIONAL, NULL, a, cxx_make(in, CXX_LIST, NULL, b, c));
}

static struct cxx_node *parse_any_expression(struct cxx_parser *in)
{
	(void)cxx_take(in, "gs");
	if (cxx_take(in, "L"))
		return parse_literal(in);
	if (cxx_peek(in, 0) == 'T')
		return cxx_parse_param(in);
	if (cxx_take(in, "fp"))
		return parse_function_param(in);
	if (cxx_peek(in, 0) == 'f' && cxx_peek(in, 1) == 'L' && char_is_digit(cxx_peek(in, 2))) {
		in->p += 2;
		return parse_outer_param(in);
	}
	if (cxx_peek(in, 0) == 'f' && strchr("lrLR", cxx_peek(in, 1)) && cxx_peek(in, 1)) {
		in->p++;
		return parse_fold(in);
	}
	if (cxx_take(in, "cv"))
		return parse_cast(in);
	if (char_is_digit(cxx_peek(in, 0)) || cxx_take(in, "on"))
		return cxx_with_args(in, cxx_parse_unqualified(in));
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (cxx_take(in, forms[i].code))
			return parse_form(in, &forms[i]);
	return parse_operation(in);
}

struct cxx_node *cxx_parse_expression(struct cxx_parser *in)
{
	struct cxx_node *made = NULL;

	in->in_types++;
	if (cxx_enter(in))
		made = parse_any_expression(in);
	in->depth--;
	in->in_types--;
	return made;
}
