/*
 * cxx_name.c - names: nested, local, unscoped, of operators, constructors and lambdas.
 */
#include "sym/cxx_in.h"

#include <string.h>

#include "base/chars.h"

struct cxx_node *cxx_parse_source_name(struct cxx_parser *in)
{
	const uint64_t len = cxx_take_decimal(in);
	const char *text = in->p;

	if (in->failed || !len || len > (uint64_t)(in->end - in->p))
		return cxx_fail(in);
	in->p += len;
	if (len >= 10 && !memcmp(text, "_GLOBAL_", 8) && text[9] == 'N')
		return cxx_make(in, CXX_NAME, "(anonymous namespace)", NULL, NULL);
	return cxx_make_name(in, text, len);
}

static struct cxx_node *parse_lambda(struct cxx_parser *in)
{
	const bool was_lambda = in->is_lambda;
	struct cxx_node *params;

	in->is_lambda = true;
	params = cxx_parse_list(in, cxx_parse_type);
	in->is_lambda = was_lambda;
	return cxx_make_numbered(in, CXX_LAMBDA, NULL, params, cxx_take_sequence(in, 10) + 1);
}

static struct cxx_node *parse_operator(struct cxx_parser *in)
{
	const struct cxx_word *word;

	if (cxx_take(in, "cv")) {
		const bool was_conversion = in->is_conversion;
		struct cxx_node *type;

		in->is_conversion = true;
		type = cxx_parse_type(in);
		in->is_conversion = was_conversion;
		return cxx_make(in, CXX_CONVERSION, NULL, type, NULL);
	}
	if (cxx_take(in, "li")) {
		struct cxx_node *name = cxx_parse_source_name(in);

		return cxx_make(in, CXX_LITERAL_OP, NULL, name, NULL);
	}
	word = cxx_take_operator(in);
	return word ? cxx_make(in, CXX_OPERATOR, word->text, NULL, NULL) : cxx_fail(in);
}

/* <unqualified-name> but constructors and destructors */
struct cxx_node *cxx_parse_unqualified(struct cxx_parser *in)
{
	struct cxx_node *name;

	(void)cxx_take(in, "L"); /* of this file alone */
	if (char_is_digit(cxx_peek(in, 0)))
		name = cxx_parse_source_name(in);
	else if (cxx_take(in, "Ut"))
		name = cxx_make_numbered(in, CXX_NUMBERED, "{unnamed type#", NULL,
					 cxx_take_sequence(in, 10) + 1);
	else if (cxx_take(in, "Ul"))
		name = parse_lambda(in);
	else if (cxx_take(in, "DC"))
		name = cxx_make(in, CXX_BRACED, NULL, NULL,
				cxx_parse_list(in, cxx_parse_source_name));
	else
		name = parse_operator(in);
	while (cxx_take(in, "B"))
		name = cxx_make(in, CXX_TAGGED, NULL, name, cxx_parse_source_name(in));
	return name;
}

static bool is_structor(const struct cxx_parser *in)
{
	const char first = cxx_peek(in, 0), second = cxx_peek(in, 1);

	return (first == 'C' && ((second >= '1' && second <= '5') || second == 'I')) ||
	       (first == 'D' && second >= '0' && second <= '5');
}

/* The constructor or destructor of @of.  Classes that are abbreviated are then written in full. */
static struct cxx_node *parse_structor(struct cxx_parser *in, struct cxx_node *of)
{
	const enum cxx_kind kind = cxx_peek(in, 0) == 'C' ? CXX_CTOR : CXX_DTOR;
	const bool is_inherited = cxx_peek(in, 1) == 'I';
	struct cxx_node *scope = of, *name;

	in->p += is_inherited ? 3 : 2;
	if (is_inherited)
		(void)cxx_parse_type(in);
	for (const struct cxx_abbreviation *a = cxx_abbreviations; a->text; a++) {
		if (of->text == a->text) {
			scope = cxx_make(in, CXX_NAME, a->full, NULL, NULL);
			of = cxx_make(in, CXX_NAME, a->class_name, NULL, NULL);
			break;
		}
	}
	name = cxx_make(in, kind, NULL, of, NULL);
	while (cxx_take(in, "B"))
		name = cxx_make(in, CXX_TAGGED, NULL, name, cxx_parse_source_name(in));
	return cxx_make(in, CXX_SCOPED, NULL, scope, name);
}

/* <template-args>: those of the name of the function itself are what T_ refers to. */
struct cxx_node *cxx_parse_args(struct cxx_parser *in)
{
	struct cxx_node *args;

	cxx_expect(in, "I");
	in->in_types++;
	args = cxx_parse_list(in, cxx_parse_arg);
	in->in_types--;
	if (!in->in_types)
		in->args = args;
	return args;
}

static const char *method_qualifiers(struct cxx_parser *in)
{
	const bool is_restrict = cxx_take(in, "r"), is_volatile = cxx_take(in, "V"),
		   is_const = cxx_take(in, "K");
	const char *ref = cxx_take(in, "R") ? " &" : cxx_take(in, "O") ? " &&" : "";

	return arena_printf(in->arena, "%s%s%s%s", is_const ? " const" : "",
			    is_volatile ? " volatile" : "", is_restrict ? " restrict" : "", ref);
}

static struct cxx_node *parse_prefix(struct cxx_parser *in, struct cxx_node *before)
{
	if (cxx_peek(in, 0) == 'I')
		return before ? cxx_make(in, CXX_TEMPLATE, NULL, before, cxx_parse_args(in)) :
				cxx_fail(in);
	if (is_structor(in))
		return before ? parse_structor(in, before) : cxx_fail(in);
	if (!before && cxx_peek(in, 0) == 'T')
		return cxx_parse_param(in);
	if (!before && cxx_peek(in, 0) == 'D' && (cxx_peek(in, 1) == 't' || cxx_peek(in, 1) == 'T'))
		return cxx_parse_type(in);
	(void)cxx_take(in, "M"); /* a lambda in the initializer of a member */
	return before ? cxx_make(in, CXX_SCOPED, NULL, before, cxx_parse_unqualified(in)) :
			cxx_parse_unqualified(in);
}

static struct cxx_node *parse_nested(struct cxx_parser *in)
{
	struct cxx_node *name = NULL;
	const char *qualifiers;

	cxx_expect(in, "N");
	qualifiers = method_qualifiers(in);
	while (!in->failed && !cxx_take(in, "E")) {
		if (!name && cxx_peek(in, 0) == 'S') {
			name = cxx_parse_substitution(in);
			continue;
		}
		name = parse_prefix(in, name);
		if (cxx_take(in, "M"))
			continue;
		if (cxx_peek(in, 0) != 'E')
			(void)cxx_remember(in, name);
	}
	in->qualifiers = qualifiers;
	return name ? name : cxx_fail(in);
}

static void skip_discriminator(struct cxx_parser *in)
{
	if (cxx_take(in, "__")) {
		(void)cxx_take_decimal(in);
		cxx_expect(in, "_");
	} else if (cxx_peek(in, 0) == '_' && char_is_digit(cxx_peek(in, 1))) {
		in->p += 2;
	}
}

/* <local-name>: something within a function */
static struct cxx_node *parse_local(struct cxx_parser *in)
{
	struct cxx_node *function, *name;

	cxx_expect(in, "Z");
	function = cxx_parse_encoding(in, false);
	cxx_expect(in, "E");
	in->qualifiers = NULL;
	if (cxx_take(in, "s")) {
		skip_discriminator(in);
		name = cxx_make(in, CXX_NAME, "string literal", NULL, NULL);
	} else if (cxx_take(in, "d")) {
		const uint64_t number = cxx_take_sequence(in, 10) + 1;

		function = cxx_make(in, CXX_SCOPED, NULL, function,
				    cxx_make_numbered(in, CXX_NUMBERED, "{default arg#", NULL,
						      number));
		name = cxx_parse_name(in);
	} else {
		name = cxx_parse_name(in);
		skip_discriminator(in);
	}
	return cxx_make(in, CXX_SCOPED, NULL, function, name);
}

/* <unscoped-name>, which may be that of a template */
static struct cxx_node *parse_unscoped(struct cxx_parser *in)
{
	struct cxx_node *name, *space;

	if (cxx_peek(in, 0) == 'S' && cxx_peek(in, 1) != 't') {
		name = cxx_parse_substitution(in);
	} else {
		space = cxx_take(in, "St") ? cxx_make(in, CXX_NAME, "std", NULL, NULL) : NULL;
		name = cxx_parse_unqualified(in);
		if (space)
			name = cxx_make(in, CXX_SCOPED, NULL, space, name);
		if (cxx_peek(in, 0) == 'I')
			(void)cxx_remember(in, name);
	}
	return cxx_peek(in, 0) == 'I' ? cxx_make(in, CXX_TEMPLATE, NULL, name, cxx_parse_args(in)) :
					name;
}

struct cxx_node *cxx_parse_name(struct cxx_parser *in)
{
	struct cxx_node *name = NULL;

	if (cxx_enter(in)) {
		in->qualifiers = NULL;
		if (cxx_peek(in, 0) == 'N')
			name = parse_nested(in);
		else if (cxx_peek(in, 0) == 'Z')
			name = parse_local(in);
		else
			name = parse_unscoped(in);
	}
	in->depth--;
	return name;
}
