/*
 * cxx_parse.c - reading the names of the Itanium C++ ABI, by recursive descent.
 *
 * Section and rule names are those of the ABI's chapter on mangling.  Two tables are kept while
 * reading: what can be referred to again (S_, S0_ ...), in the order in which it was met, and the
 * arguments of the innermost template whose name was read (T_, T0_ ...).
 */
#include "sym/cxx.h"

#include <string.h>

#include "base/attr.h"
#include "base/bits.h"
#include "base/chars.h"
#include "sym/demangle.h"

enum {
	MOST_DEPTH = 256,
	MOST_SUBSTITUTIONS = 4096,
};

struct parser {
	const char *p;
	const char *end;
	struct arena *arena;
	struct cxx_node *substitutions[MOST_SUBSTITUTIONS];
	size_t substitution_count;
	struct cxx_node *args;  /* LIST; NULL: none yet */
	const char *qualifiers; /* of the method whose name was read last */
	unsigned int depth;
	unsigned int
		in_types;   /* in types and arguments, whose own arguments are not the function's */
	bool is_conversion; /* in the type of a conversion operator */
	bool is_lambda;     /* in the parameters of a lambda */
	bool failed;
};

struct word {
	char code[3];
	unsigned char operands;
	const char *text;
};

static const struct word types[] = {
#define CXX_TYPE(code, text) { code, 0, text },
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
};

static const struct word operators[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands) { code, operands, text },
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
};

static const struct word specials[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text) { code, 0, text },
#include "sym/cxx.def"
};

static const struct abbreviation {
	char code[2];
	const char *text, *full, *class_name;
} abbreviations[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name) { code, text, full, class_name },
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
};

static struct cxx_node *parse_type(struct parser *in);
static struct cxx_node *parse_name(struct parser *in);
static struct cxx_node *parse_encoding(struct parser *in, bool with_result);
static struct cxx_node *parse_expression(struct parser *in);
static struct cxx_node *parse_arg(struct parser *in);

/* --- characters and nodes --------------------------------------------------------------------- */

static struct cxx_node *fail(struct parser *in)
{
	in->failed = true;
	in->p = in->end;
	return NULL;
}

static char peek(const struct parser *in, size_t ahead)
{
	return (size_t)(in->end - in->p) > ahead ? in->p[ahead] : '\0';
}

static bool take(struct parser *in, const char *text)
{
	const size_t len = strlen(text);

	if ((size_t)(in->end - in->p) < len || memcmp(in->p, text, len) != 0)
		return false;
	in->p += len;
	return true;
}

static void expect(struct parser *in, const char *text)
{
	if (!take(in, text))
		(void)fail(in);
}

static struct cxx_node *node(struct parser *in, enum cxx_kind kind, const char *text,
			     struct cxx_node *a, struct cxx_node *b)
{
	struct cxx_node *made = in->failed ? NULL : arena_alloc(in->arena, sizeof *made);

	if (!made)
		return fail(in);
	*made = (struct cxx_node){
		.kind = kind,
		.text = text,
		.len = text ? (uint32_t)strlen(text) : 0,
		.a = a,
		.b = b,
	};
	return made;
}

static struct cxx_node *name_node(struct parser *in, const char *text, size_t len)
{
	struct cxx_node *made = node(in, CXX_NAME, NULL, NULL, NULL);

	if (made) {
		made->text = text;
		made->len = (uint32_t)len;
	}
	return made;
}

static struct cxx_node *numbered(struct parser *in, enum cxx_kind kind, const char *text,
				 struct cxx_node *a, uint64_t number)
{
	struct cxx_node *made = node(in, kind, text, a, NULL);

	if (made)
		made->number = number;
	return made;
}

static struct cxx_node *remember(struct parser *in, struct cxx_node *made)
{
	if (!made || in->substitution_count == MOST_SUBSTITUTIONS)
		return fail(in);
	in->substitutions[in->substitution_count++] = made;
	return made;
}

static const struct word *take_word(struct parser *in, const struct word *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (take(in, words[i].code))
			return &words[i];
	return NULL;
}

static bool enter(struct parser *in)
{
	if (in->depth >= MOST_DEPTH)
		(void)fail(in);
	in->depth++;
	return !in->failed;
}

static uint64_t take_decimal(struct parser *in)
{
	uint64_t value = 0;

	if (!char_is_digit(peek(in, 0)))
		(void)fail(in);
	while (char_is_digit(peek(in, 0)) && value < UINT32_MAX)
		value = value * 10 + (uint64_t)(*in->p++ - '0');
	return value;
}

/* "_" is 0, "0_" is 1, and so on; in base 36 for substitutions. */
static uint64_t take_sequence(struct parser *in, unsigned int base)
{
	uint64_t value = 0;

	if (take(in, "_"))
		return 0;
	while (!in->failed && !take(in, "_")) {
		const char c = peek(in, 0);

		if (char_is_digit(c))
			value = value * base + (uint64_t)(c - '0');
		else if (base == 36 && c >= 'A' && c <= 'Z')
			value = value * base + (uint64_t)(c - 'A') + 10;
		else
			(void)fail(in);
		in->p += !in->failed;
		if (value > UINT32_MAX)
			(void)fail(in);
	}
	return value + 1;
}

/* A list of what @parse reads, until 'E'; of nothing, one node of nothing. */
static struct cxx_node *parse_list(struct parser *in, struct cxx_node *(*parse)(struct parser *))
{
	struct cxx_node *first = node(in, CXX_LIST, NULL, NULL, NULL), *last = first;

	while (!in->failed && !take(in, "E")) {
		struct cxx_node *item = parse(in);

		if (in->failed)
			break;
		if (last->a) {
			last->b = node(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = item;
	}
	return first;
}

/* --- template parameters and substitutions ---------------------------------------------------- */

static struct cxx_node *argument(const struct parser *in, uint64_t number)
{
	struct cxx_node *list = in->args;

	for (; list && number; number--)
		list = list->b;
	return list ? list->a : NULL;
}

static struct cxx_node *parse_param(struct parser *in)
{
	struct cxx_node *known;
	uint64_t number;

	expect(in, "T");
	if (take(in, "L")) { /* of an outer level: only within lambdas */
		(void)take_decimal(in);
		expect(in, "_");
	}
	number = take_sequence(in, 10);
	if (in->is_lambda)
		return numbered(in, CXX_NUMBERED, "auto:", NULL, number + 1);
	known = in->is_conversion ? NULL : argument(in, number);
	if (known && known->kind == CXX_PACK)
		return node(in, CXX_EACH, NULL, known, NULL);
	return known ? known : numbered(in, CXX_PARAM, NULL, NULL, number);
}

/* <substitution>; 'St' as a name of its own too. */
static struct cxx_node *parse_substitution(struct parser *in)
{
	uint64_t number;

	expect(in, "S");
	for (size_t i = 0; i < ARRAY_LEN(abbreviations); i++)
		if (take(in, abbreviations[i].code))
			return node(in, CXX_NAME, abbreviations[i].text, NULL, NULL);
	number = take_sequence(in, 36);
	return number < in->substitution_count ? in->substitutions[number] : fail(in);
}

/* --- names ------------------------------------------------------------------------------------ */

static struct cxx_node *parse_source_name(struct parser *in)
{
	const uint64_t len = take_decimal(in);
	const char *text = in->p;

	if (in->failed || !len || len > (uint64_t)(in->end - in->p))
		return fail(in);
	in->p += len;
	if (len >= 10 && !memcmp(text, "_GLOBAL_", 8) && text[9] == 'N')
		return node(in, CXX_NAME, "(anonymous namespace)", NULL, NULL);
	return name_node(in, text, len);
}

static struct cxx_node *parse_lambda(struct parser *in)
{
	const bool was_lambda = in->is_lambda;
	struct cxx_node *params;

	in->is_lambda = true;
	params = parse_list(in, parse_type);
	in->is_lambda = was_lambda;
	return numbered(in, CXX_LAMBDA, NULL, params, take_sequence(in, 10) + 1);
}

static struct cxx_node *parse_operator(struct parser *in)
{
	const struct word *word;

	if (take(in, "cv")) {
		const bool was_conversion = in->is_conversion;
		struct cxx_node *type;

		in->is_conversion = true;
		type = parse_type(in);
		in->is_conversion = was_conversion;
		return node(in, CXX_CONVERSION, NULL, type, NULL);
	}
	if (take(in, "li")) {
		struct cxx_node *name = parse_source_name(in);

		return node(in, CXX_LITERAL_OP, NULL, name, NULL);
	}
	word = take_word(in, operators, ARRAY_LEN(operators));
	return word ? node(in, CXX_OPERATOR, word->text, NULL, NULL) : fail(in);
}

/* <unqualified-name> but constructors and destructors */
static struct cxx_node *parse_unqualified(struct parser *in)
{
	struct cxx_node *name;

	(void)take(in, "L"); /* of this file alone */
	if (char_is_digit(peek(in, 0)))
		name = parse_source_name(in);
	else if (take(in, "Ut"))
		name = numbered(in, CXX_NUMBERED, "{unnamed type#", NULL,
				take_sequence(in, 10) + 1);
	else if (take(in, "Ul"))
		name = parse_lambda(in);
	else if (take(in, "DC"))
		name = node(in, CXX_BRACED, NULL, NULL, parse_list(in, parse_source_name));
	else
		name = parse_operator(in);
	while (take(in, "B"))
		name = node(in, CXX_TAGGED, NULL, name, parse_source_name(in));
	return name;
}

static bool is_structor(const struct parser *in)
{
	const char first = peek(in, 0), second = peek(in, 1);

	return (first == 'C' && ((second >= '1' && second <= '5') || second == 'I')) ||
	       (first == 'D' && second >= '0' && second <= '5');
}

/* The constructor or destructor of @of.  Classes that are abbreviated are then written in full. */
static struct cxx_node *parse_structor(struct parser *in, struct cxx_node *of)
{
	const enum cxx_kind kind = peek(in, 0) == 'C' ? CXX_CTOR : CXX_DTOR;
	const bool is_inherited = peek(in, 1) == 'I';
	struct cxx_node *scope = of, *name;

	in->p += is_inherited ? 3 : 2;
	if (is_inherited)
		(void)parse_type(in);
	for (size_t i = 0; i < ARRAY_LEN(abbreviations); i++) {
		if (of->text == abbreviations[i].text) {
			scope = node(in, CXX_NAME, abbreviations[i].full, NULL, NULL);
			of = node(in, CXX_NAME, abbreviations[i].class_name, NULL, NULL);
			break;
		}
	}
	name = node(in, kind, NULL, of, NULL);
	while (take(in, "B"))
		name = node(in, CXX_TAGGED, NULL, name, parse_source_name(in));
	return node(in, CXX_SCOPED, NULL, scope, name);
}

/* <template-args>: those of the name of the function itself are what T_ refers to. */
static struct cxx_node *parse_args(struct parser *in)
{
	struct cxx_node *args;

	expect(in, "I");
	in->in_types++;
	args = parse_list(in, parse_arg);
	in->in_types--;
	if (!in->in_types)
		in->args = args;
	return args;
}

static const char *method_qualifiers(struct parser *in)
{
	const bool is_restrict = take(in, "r"), is_volatile = take(in, "V"),
		   is_const = take(in, "K");
	const char *ref = take(in, "R") ? " &" : take(in, "O") ? " &&" : "";

	return arena_printf(in->arena, "%s%s%s%s", is_const ? " const" : "",
			    is_volatile ? " volatile" : "", is_restrict ? " restrict" : "", ref);
}

static struct cxx_node *parse_prefix(struct parser *in, struct cxx_node *before)
{
	if (peek(in, 0) == 'I')
		return before ? node(in, CXX_TEMPLATE, NULL, before, parse_args(in)) : fail(in);
	if (is_structor(in))
		return before ? parse_structor(in, before) : fail(in);
	if (!before && peek(in, 0) == 'T')
		return parse_param(in);
	if (!before && peek(in, 0) == 'D' && (peek(in, 1) == 't' || peek(in, 1) == 'T'))
		return parse_type(in);
	(void)take(in, "M"); /* a lambda in the initializer of a member */
	return before ? node(in, CXX_SCOPED, NULL, before, parse_unqualified(in)) :
			parse_unqualified(in);
}

static struct cxx_node *parse_nested(struct parser *in)
{
	struct cxx_node *name = NULL;
	const char *qualifiers;

	expect(in, "N");
	qualifiers = method_qualifiers(in);
	while (!in->failed && !take(in, "E")) {
		if (!name && peek(in, 0) == 'S') {
			name = parse_substitution(in);
			continue;
		}
		name = parse_prefix(in, name);
		if (take(in, "M"))
			continue;
		if (peek(in, 0) != 'E')
			(void)remember(in, name);
	}
	in->qualifiers = qualifiers;
	return name ? name : fail(in);
}

static void skip_discriminator(struct parser *in)
{
	if (take(in, "__")) {
		(void)take_decimal(in);
		expect(in, "_");
	} else if (peek(in, 0) == '_' && char_is_digit(peek(in, 1))) {
		in->p += 2;
	}
}

/* <local-name>: something within a function */
static struct cxx_node *parse_local(struct parser *in)
{
	struct cxx_node *function, *name;

	expect(in, "Z");
	function = parse_encoding(in, false);
	expect(in, "E");
	in->qualifiers = NULL;
	if (take(in, "s")) {
		skip_discriminator(in);
		name = node(in, CXX_NAME, "string literal", NULL, NULL);
	} else if (take(in, "d")) {
		const uint64_t number = take_sequence(in, 10) + 1;

		function = node(in, CXX_SCOPED, NULL, function,
				numbered(in, CXX_NUMBERED, "{default arg#", NULL, number));
		name = parse_name(in);
	} else {
		name = parse_name(in);
		skip_discriminator(in);
	}
	return node(in, CXX_SCOPED, NULL, function, name);
}

/* <unscoped-name>, which may be that of a template */
static struct cxx_node *parse_unscoped(struct parser *in)
{
	struct cxx_node *name, *space;

	if (peek(in, 0) == 'S' && peek(in, 1) != 't') {
		name = parse_substitution(in);
	} else {
		space = take(in, "St") ? node(in, CXX_NAME, "std", NULL, NULL) : NULL;
		name = parse_unqualified(in);
		if (space)
			name = node(in, CXX_SCOPED, NULL, space, name);
		if (peek(in, 0) == 'I')
			(void)remember(in, name);
	}
	return peek(in, 0) == 'I' ? node(in, CXX_TEMPLATE, NULL, name, parse_args(in)) : name;
}

static struct cxx_node *parse_name(struct parser *in)
{
	struct cxx_node *name = NULL;

	if (enter(in)) {
		in->qualifiers = NULL;
		if (peek(in, 0) == 'N')
			name = parse_nested(in);
		else if (peek(in, 0) == 'Z')
			name = parse_local(in);
		else
			name = parse_unscoped(in);
	}
	in->depth--;
	return name;
}

/* --- types ------------------------------------------------------------------------------------ */

static struct cxx_node *parse_function_type(struct parser *in, const char *exception)
{
	struct cxx_node *result, *first, *last;
	const char *ref = "";

	expect(in, "F");
	(void)take(in, "Y"); /* extern "C" */
	result = parse_type(in);
	first = last = node(in, CXX_LIST, NULL, NULL, NULL);
	while (!in->failed && !take(in, "E")) {
		if (take(in, "RE")) {
			ref = " &";
			break;
		}
		if (take(in, "OE")) {
			ref = " &&";
			break;
		}
		if (last->a) {
			last->b = node(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = parse_type(in);
	}
	return node(in, CXX_FUNCTION_TYPE, arena_printf(in->arena, "%s%s", ref, exception), result,
		    first);
}

static struct cxx_node *parse_array(struct parser *in, enum cxx_kind kind)
{
	struct cxx_node *count = NULL;

	if (char_is_digit(peek(in, 0))) {
		const char *digits = in->p;

		while (char_is_digit(peek(in, 0)))
			in->p++;
		count = name_node(in, digits, (size_t)(in->p - digits));
	} else if (peek(in, 0) != '_') {
		count = parse_expression(in);
	}
	expect(in, "_");
	return node(in, kind, NULL, parse_type(in), count);
}

static struct cxx_node *parse_qualified(struct parser *in)
{
	const bool is_restrict = take(in, "r"), is_volatile = take(in, "V"),
		   is_const = take(in, "K");
	const char *text = arena_printf(in->arena, "%s%s%s", is_const ? " const" : "",
					is_volatile ? " volatile" : "",
					is_restrict ? " restrict" : "");
	struct cxx_node *type = parse_type(in);

	if (type && type->kind == CXX_FUNCTION_TYPE) { /* of a method that a pointer leads to */
		const char *both = arena_printf(in->arena, "%s%s", text, type->text);

		return node(in, CXX_FUNCTION_TYPE, both, type->a, type->b);
	}
	return node(in, CXX_QUALIFIED, text, type, NULL);
}

static struct cxx_node *parse_pointer(struct parser *in, const char *text)
{
	return node(in, CXX_POINTER, text, parse_type(in), NULL);
}

/* Types that begin with 'D' and are no words; NULL: it is none of them. */
static struct cxx_node *parse_d_type(struct parser *in)
{
	struct cxx_node *made;

	if (take(in, "Dp"))
		return node(in, CXX_EXPANSION, NULL, parse_type(in), NULL);
	if (take(in, "Dt") || take(in, "DT")) {
		made = node(in, CXX_WRAPPED, "decltype ", parse_expression(in), NULL);
		expect(in, "E");
		return made;
	}
	if (take(in, "Dv"))
		return parse_array(in, CXX_VECTOR);
	if (take(in, "Do"))
		return parse_function_type(in, " noexcept");
	if (take(in, "DO")) {
		(void)parse_expression(in);
		expect(in, "E");
		return parse_function_type(in, " noexcept");
	}
	if (take(in, "Dx"))
		return parse_function_type(in, "");
	return NULL;
}

static struct cxx_node *parse_vendor(struct parser *in)
{
	struct cxx_node *name = parse_source_name(in);
	struct cxx_node *args = peek(in, 0) == 'I' ? parse_args(in) : NULL;
	struct cxx_node *vendor = node(in, CXX_VENDOR, NULL, parse_type(in), args);

	if (vendor && name) {
		vendor->text = name->text;
		vendor->len = name->len;
	}
	return vendor;
}

static struct cxx_node *with_args(struct parser *in, struct cxx_node *name)
{
	if (peek(in, 0) != 'I')
		return name;
	return node(in, CXX_TEMPLATE, NULL, name, parse_args(in));
}

/* "_Float16" and the like: DF <bits> _, and with an x behind them */
static struct cxx_node *parse_float(struct parser *in)
{
	const uint64_t bits = take_decimal(in);
	const bool is_wide = take(in, "x");

	if (take(in, "b"))
		return node(in, CXX_NAME, "std::bfloat16_t", NULL, NULL);
	expect(in, "_");
	return node(in, CXX_NAME,
		    arena_printf(in->arena, "_Float%u%s", (unsigned int)bits, is_wide ? "x" : ""),
		    NULL, NULL);
}

static struct cxx_node *parse_word_type(struct parser *in)
{
	const struct word *word;

	if (take(in, "DF"))
		return parse_float(in);
	if (take(in, "DB") || take(in, "DU")) { /* _BitInt(n) */
		const bool is_signed = in->p[-1] == 'B';
		const uint64_t bits = take_decimal(in);

		expect(in, "_");
		return node(in, CXX_NAME,
			    arena_printf(in->arena, "%s_BitInt(%u)", is_signed ? "" : "unsigned ",
					 (unsigned int)bits),
			    NULL, NULL);
	}
	if (take(in, "u"))
		return remember(in, with_args(in, parse_source_name(in)));
	word = take_word(in, types, ARRAY_LEN(types));
	return word ? node(in, CXX_NAME, word->text, NULL, NULL) : NULL;
}

/* A type that gets a number of its own in the table of substitutions. */
static struct cxx_node *parse_new_type(struct parser *in)
{
	struct cxx_node *type;

	switch (peek(in, 0)) {
	case 'r':
	case 'V':
	case 'K': return parse_qualified(in);
	case 'P': in->p++; return parse_pointer(in, "*");
	case 'R': in->p++; return parse_pointer(in, "&");
	case 'O': in->p++; return parse_pointer(in, "&&");
	case 'C': in->p++; return node(in, CXX_QUALIFIED, " _Complex", parse_type(in), NULL);
	case 'G': in->p++; return node(in, CXX_QUALIFIED, " _Imaginary", parse_type(in), NULL);
	case 'F': return parse_function_type(in, "");
	case 'A': in->p++; return parse_array(in, CXX_ARRAY);
	case 'U': in->p++; return parse_vendor(in);
	case 'M':
		in->p++;
		type = parse_type(in);
		return node(in, CXX_MEMBER, NULL, type, parse_type(in));
	case 'T':
		if (peek(in, 1) == 's' || peek(in, 1) == 'u' || peek(in, 1) == 'e') {
			in->p += 2;
			return parse_name(in);
		}
		type = parse_param(in);
		if (peek(in, 0) == 'I' && !in->is_conversion)
			type = with_args(in, remember(in, type));
		return type;
	case 'D': return parse_d_type(in);
	default: return NULL;
	}
}

static struct cxx_node *parse_any_type(struct parser *in)
{
	struct cxx_node *type;

	if (peek(in, 0) == 'S' && peek(in, 1) != 't') {
		type = parse_substitution(in);
		return peek(in, 0) == 'I' ? remember(in, with_args(in, type)) : type;
	}
	type = parse_new_type(in);
	if (type)
		return remember(in, type);
	if (!in->failed)
		type = parse_word_type(in);
	if (type || in->failed)
		return type;
	return remember(in, parse_name(in));
}

static struct cxx_node *parse_type(struct parser *in)
{
	const char *qualifiers = in->qualifiers;
	struct cxx_node *type = NULL;

	in->in_types++;
	if (enter(in))
		type = parse_any_type(in);
	in->depth--;
	in->in_types--;
	in->qualifiers = qualifiers;
	return type ? type : fail(in);
}

/* --- expressions ------------------------------------------------------------------------------ */

/* <expr-primary>, behind the 'L' */
static struct cxx_node *parse_literal(struct parser *in)
{
	struct cxx_node *literal, *args = in->args;
	const char *digits;

	if (take(in, "_Z") || take(in, "Z")) {
		literal = parse_encoding(in, true);
		in->args = args;
		expect(in, "E");
		return literal;
	}
	literal = node(in, CXX_LITERAL, NULL, parse_type(in), NULL);
	digits = in->p;
	while (peek(in, 0) && peek(in, 0) != 'E')
		in->p++;
	if (literal) {
		literal->text = digits;
		literal->len = (uint32_t)(in->p - digits);
	}
	expect(in, "E");
	return literal;
}

/* <template-arg> */
static struct cxx_node *parse_arg(struct parser *in)
{
	struct cxx_node *arg;

	if (take(in, "J"))
		return node(in, CXX_PACK, NULL, NULL, parse_list(in, parse_arg));
	if (take(in, "L"))
		return parse_literal(in);
	if (take(in, "X")) {
		arg = parse_expression(in);
		expect(in, "E");
		return arg;
	}
	return parse_type(in);
}

/* fp_ : the parameter of the function that a decltype talks about; fpT: this */
static struct cxx_node *parse_function_param(struct parser *in)
{
	if (take(in, "T"))
		return node(in, CXX_NAME, "this", NULL, NULL);
	while (peek(in, 0) == 'K' || peek(in, 0) == 'V' || peek(in, 0) == 'r')
		in->p++;
	return numbered(in, CXX_NUMBERED, "{parm#", NULL, take_sequence(in, 10) + 1);
}

/* fL<level>p...: the same of an outer function */
static struct cxx_node *parse_outer_param(struct parser *in)
{
	(void)take_decimal(in);
	expect(in, "p");
	return parse_function_param(in);
}

/* <unresolved-name> behind "sr" */
static struct cxx_node *parse_scope_resolution(struct parser *in)
{
	struct cxx_node *scope, *name;

	if (take(in, "N")) {
		scope = parse_type(in);
		while (!in->failed && !take(in, "E"))
			scope = node(in, CXX_SCOPED, NULL, scope,
				     with_args(in, parse_source_name(in)));
	} else if (char_is_digit(peek(in, 0))) {
		scope = with_args(in, parse_source_name(in));
		while (!in->failed && !take(in, "E"))
			scope = node(in, CXX_SCOPED, NULL, scope,
				     with_args(in, parse_source_name(in)));
	} else {
		scope = parse_type(in);
	}
	(void)take(in, "on");
	if (take(in, "dn"))
		name = node(in, CXX_DTOR, NULL, parse_type(in), NULL);
	else
		name = with_args(in, parse_unqualified(in));
	return node(in, CXX_SCOPED, NULL, scope, name);
}

static struct cxx_node *parse_fold(struct parser *in)
{
	const char way = *in->p++;
	const struct word *word = take_word(in, operators, ARRAY_LEN(operators));
	struct cxx_node *a = parse_expression(in);
	struct cxx_node *b = way == 'L' || way == 'R' ? parse_expression(in) : NULL;
	struct cxx_node *fold = word ? node(in, CXX_FOLD, word->text, a, b) : fail(in);

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

static struct cxx_node *parse_part(struct parser *in, enum part part)
{
	switch (part) {
	case PART_NONE: return NULL;
	case PART_TYPE: return parse_type(in);
	case PART_EXPRESSION: return parse_expression(in);
	case PART_LIST: return parse_list(in, parse_expression);
	}
	return NULL;
}

static struct cxx_node *parse_form(struct parser *in, const struct form *form)
{
	struct cxx_node *a;

	if (!strcmp(form->code, "sr"))
		return parse_scope_resolution(in);
	a = parse_part(in, form->a);
	return node(in, form->kind, form->text, a, parse_part(in, form->b));
}

static struct cxx_node *parse_cast(struct parser *in)
{
	struct cxx_node *type = parse_type(in);

	if (take(in, "_"))
		return node(in, CXX_CALL, NULL, type, parse_list(in, parse_expression));
	return node(in, CXX_CAST, NULL, type, parse_expression(in));
}

/* new: the list of places is not shown, as nobody overloads on it */
static struct cxx_node *parse_new(struct parser *in)
{
	struct cxx_node *type, *list = NULL;

	while (!in->failed && !take(in, "_"))
		(void)parse_expression(in);
	type = parse_type(in);
	if (take(in, "pi"))
		list = parse_list(in, parse_expression);
	else
		expect(in, "E");
	return node(in, list ? CXX_CALL : CXX_UNARY, list ? NULL : "new ",
		    list ? node(in, CXX_UNARY, "new ", type, NULL) : type, list);
}

static struct cxx_node *parse_operation(struct parser *in)
{
	const struct word *word = take_word(in, operators, ARRAY_LEN(operators));
	struct cxx_node *a, *b, *c;

	if (!word)
		return fail(in);
	if (!strcmp(word->code, "nw") || !strcmp(word->code, "na"))
		return parse_new(in);
	if (word->operands == 3)
		return take(in, "_") ?
			       node(in, CXX_UNARY, word->text, parse_expression(in), NULL) :
			       node(in, CXX_POSTFIX, word->text, parse_expression(in), NULL);
	a = parse_expression(in);
	if (word->operands == 1)
		return node(in, CXX_UNARY, word->text, a, NULL);
	b = parse_expression(in);
	if (word->operands == 2)
		return node(in, CXX_BINARY, word->text, a, b);
	c = parse_expression(in);
	return node(in, CXX_CONDITIONAL, NULL, a, node(in, CXX_LIST, NULL, b, c));
}

static struct cxx_node *parse_any_expression(struct parser *in)
{
	(void)take(in, "gs");
	if (take(in, "L"))
		return parse_literal(in);
	if (peek(in, 0) == 'T')
		return parse_param(in);
	if (take(in, "fp"))
		return parse_function_param(in);
	if (peek(in, 0) == 'f' && peek(in, 1) == 'L' && char_is_digit(peek(in, 2))) {
		in->p += 2;
		return parse_outer_param(in);
	}
	if (peek(in, 0) == 'f' && strchr("lrLR", peek(in, 1)) && peek(in, 1)) {
		in->p++;
		return parse_fold(in);
	}
	if (take(in, "cv"))
		return parse_cast(in);
	if (char_is_digit(peek(in, 0)) || take(in, "on"))
		return with_args(in, parse_unqualified(in));
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (take(in, forms[i].code))
			return parse_form(in, &forms[i]);
	return parse_operation(in);
}

static struct cxx_node *parse_expression(struct parser *in)
{
	struct cxx_node *made = NULL;

	in->in_types++;
	if (enter(in))
		made = parse_any_expression(in);
	in->depth--;
	in->in_types--;
	return made;
}

/* --- encodings -------------------------------------------------------------------------------- */

static void skip_call_offset(struct parser *in)
{
	const bool is_virtual = take(in, "v");

	if (!is_virtual)
		expect(in, "h");
	for (int i = 0; i < (is_virtual ? 2 : 1); i++) {
		(void)take(in, "n");
		(void)take_decimal(in);
		expect(in, "_");
	}
}

static struct cxx_node *special(struct parser *in, const char *text, struct cxx_node *a)
{
	return node(in, CXX_SPECIAL, text, a, NULL);
}

/* What compilers make besides functions. */
static struct cxx_node *parse_special(struct parser *in)
{
	const struct word *word = take_word(in, specials, ARRAY_LEN(specials));
	struct cxx_node *name, *other;

	if (word)
		return special(in, word->text, parse_type(in));
	if (take(in, "TC")) {
		name = parse_type(in);
		(void)take_decimal(in);
		expect(in, "_");
		other = parse_type(in);
		return node(in, CXX_SPECIAL2, "construction vtable for ", other, name);
	}
	if (take(in, "Tc")) {
		skip_call_offset(in);
		skip_call_offset(in);
		return special(in, "covariant return thunk to ", parse_encoding(in, true));
	}
	if (peek(in, 0) == 'T' && (peek(in, 1) == 'h' || peek(in, 1) == 'v')) {
		const char *text = peek(in, 1) == 'h' ? "non-virtual thunk to " :
							"virtual thunk to ";

		in->p++;
		skip_call_offset(in);
		return special(in, text, parse_encoding(in, true));
	}
	if (take(in, "TA"))
		return special(in, "template parameter object for ", parse_arg(in));
	if (take(in, "TH"))
		return special(in, "TLS init function for ", parse_name(in));
	if (take(in, "TW"))
		return special(in, "TLS wrapper function for ", parse_name(in));
	if (take(in, "GV"))
		return special(in, "guard variable for ", parse_name(in));
	if (take(in, "GR")) {
		name = parse_name(in);
		return special(in,
			       arena_printf(in->arena, "reference temporary #%u for ",
					    (unsigned int)take_sequence(in, 36)),
			       name);
	}
	if (take(in, "GA"))
		return special(in, "hidden alias for ", parse_encoding(in, true));
	if (take(in, "GTt"))
		return special(in, "transaction clone for ", parse_encoding(in, true));
	if (take(in, "GTn"))
		return special(in, "non-transaction clone for ", parse_encoding(in, true));
	return fail(in);
}

/* Names of templates are followed by the type of the result; not so those that have none. */
static bool says_result(const struct cxx_node *name)
{
	while (name && name->kind == CXX_SCOPED)
		name = name->b;
	if (!name || name->kind != CXX_TEMPLATE)
		return false;
	for (name = name->a; name && (name->kind == CXX_SCOPED || name->kind == CXX_TAGGED);)
		name = name->kind == CXX_SCOPED ? name->b : name->a;
	return name && name->kind != CXX_CTOR && name->kind != CXX_DTOR &&
	       name->kind != CXX_CONVERSION;
}

static struct cxx_node *parse_parameters(struct parser *in)
{
	struct cxx_node *first = node(in, CXX_LIST, NULL, NULL, NULL), *last = first;

	while (!in->failed && in->p < in->end && peek(in, 0) != 'E') {
		if (last->a) {
			last->b = node(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = parse_type(in);
	}
	return first;
}

static struct cxx_node *parse_function(struct parser *in, bool with_result)
{
	struct cxx_node *name = parse_name(in), *result = NULL, *params;
	const char *qualifiers = in->qualifiers;

	if (in->failed || in->p == in->end || peek(in, 0) == 'E')
		return name;
	if (says_result(name))
		result = parse_type(in);
	params = parse_parameters(in);
	return node(in, CXX_FUNCTION, NULL, name,
		    node(in, CXX_FUNCTION_TYPE, qualifiers, with_result ? result : NULL, params));
}

static struct cxx_node *parse_encoding(struct parser *in, bool with_result)
{
	const unsigned int in_types = in->in_types;
	struct cxx_node *made = NULL, *args = in->args;

	in->in_types = 0;
	if (enter(in))
		made = peek(in, 0) == 'T' || (peek(in, 0) == 'G' && peek(in, 1) != '_') ?
			       parse_special(in) :
			       parse_function(in, with_result);
	in->depth--;
	in->in_types = in_types;
	if (in_types) /* within a type: its arguments are not ours */
		in->args = args;
	return made;
}

bool cxx_parse(const char *name, size_t len, struct arena *arena, struct cxx_tree *ret_tree)
{
	struct parser *in = arena_alloc(arena, sizeof *in);
	struct cxx_node *root;

	if (!in)
		return false;
	in->p = name;
	in->end = name + len;
	in->arena = arena;
	root = parse_encoding(in, true);
	if (in->failed || !root || in->p != in->end)
		return false;
	*ret_tree = (struct cxx_tree){ .root = root, .args = in->args };
	return true;
}
