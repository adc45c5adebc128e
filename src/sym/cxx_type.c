/*
 * cxx_type.c - types, as parameters, results and arguments of templates have them.
 */
#include "sym/cxx_in.h"

#include "base/bits.h"
#include "base/chars.h"

static const struct cxx_word types[] = {
#define CXX_TYPE(code, text) { code, 0, text },
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
};

static struct cxx_node *parse_function_type(struct cxx_parser *in, const char *exception)
{
	struct cxx_node *result, *first, *last;
	const char *ref = "";

	cxx_expect(in, "F");
	(void)cxx_take(in, "Y"); /* extern "C" */
	result = cxx_parse_type(in);
	first = last = cxx_make(in, CXX_LIST, NULL, NULL, NULL);
	while (!in->failed && !cxx_take(in, "E")) {
		if (cxx_take(in, "RE")) {
			ref = " &";
			break;
		}
		if (cxx_take(in, "OE")) {
			ref = " &&";
			break;
		}
		if (last->a) {
			last->b = cxx_make(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = cxx_parse_type(in);
	}
	return cxx_make(in, CXX_FUNCTION_TYPE, arena_printf(in->arena, "%s%s", ref, exception),
			result, first);
}

static struct cxx_node *parse_array(struct cxx_parser *in, enum cxx_kind kind)
{
	struct cxx_node *count = NULL;

	if (char_is_digit(cxx_peek(in, 0))) {
		const char *digits = in->p;

		while (char_is_digit(cxx_peek(in, 0)))
			in->p++;
		count = cxx_make_name(in, digits, (size_t)(in->p - digits));
	} else if (cxx_peek(in, 0) != '_') {
		count = cxx_parse_expression(in);
	}
	cxx_expect(in, "_");
	return cxx_make(in, kind, NULL, cxx_parse_type(in), count);
}

static struct cxx_node *parse_qualified(struct cxx_parser *in)
{
	const bool is_restrict = cxx_take(in, "r"), is_volatile = cxx_take(in, "V"),
		   is_const = cxx_take(in, "K");
	const char *text = arena_printf(in->arena, "%s%s%s", is_const ? " const" : "",
					is_volatile ? " volatile" : "",
					is_restrict ? " restrict" : "");
	struct cxx_node *type = cxx_parse_type(in);

	if (type && type->kind == CXX_FUNCTION_TYPE) { /* of a method that a pointer leads to */
		const char *both = arena_printf(in->arena, "%s%s", text, type->text);

		return cxx_make(in, CXX_FUNCTION_TYPE, both, type->a, type->b);
	}
	return cxx_make(in, CXX_QUALIFIED, text, type, NULL);
}

static struct cxx_node *parse_pointer(struct cxx_parser *in, const char *text)
{
	return cxx_make(in, CXX_POINTER, text, cxx_parse_type(in), NULL);
}

/* Types that begin with 'D' and are no words; NULL: it is none of them. */
static struct cxx_node *parse_d_type(struct cxx_parser *in)
{
	struct cxx_node *made;

	if (cxx_take(in, "Dp"))
		return cxx_make(in, CXX_EXPANSION, NULL, cxx_parse_type(in), NULL);
	if (cxx_take(in, "Dt") || cxx_take(in, "DT")) {
		made = cxx_make(in, CXX_WRAPPED, "decltype ", cxx_parse_expression(in), NULL);
		cxx_expect(in, "E");
		return made;
	}
	if (cxx_take(in, "Dv"))
		return parse_array(in, CXX_VECTOR);
	if (cxx_take(in, "Do"))
		return parse_function_type(in, " noexcept");
	if (cxx_take(in, "DO")) {
		(void)cxx_parse_expression(in);
		cxx_expect(in, "E");
		return parse_function_type(in, " noexcept");
	}
	if (cxx_take(in, "Dx"))
		return parse_function_type(in, "");
	return NULL;
}

static struct cxx_node *parse_vendor(struct cxx_parser *in)
{
	struct cxx_node *name = cxx_parse_source_name(in);
	struct cxx_node *args = cxx_peek(in, 0) == 'I' ? cxx_parse_args(in) : NULL;
	struct cxx_node *vendor = cxx_make(in, CXX_VENDOR, NULL, cxx_parse_type(in), args);

	if (vendor && name) {
		vendor->text = name->text;
		vendor->len = name->len;
	}
	return vendor;
}

struct cxx_node *cxx_with_args(struct cxx_parser *in, struct cxx_node *name)
{
	if (cxx_peek(in, 0) != 'I')
		return name;
	return cxx_make(in, CXX_TEMPLATE, NULL, name, cxx_parse_args(in));
}

/* "_Float16" and the like: DF <bits> _, and with an x behind them */
static struct cxx_node *parse_float(struct cxx_parser *in)
{
	const uint64_t bits = cxx_take_decimal(in);
	const bool is_wide = cxx_take(in, "x");

	if (cxx_take(in, "b"))
		return cxx_make(in, CXX_NAME, "std::bfloat16_t", NULL, NULL);
	cxx_expect(in, "_");
	return cxx_make(in, CXX_NAME,
			arena_printf(in->arena, "_Float%u%s", (unsigned int)bits,
				     is_wide ? "x" : ""),
			NULL, NULL);
}

static struct cxx_node *parse_word_type(struct cxx_parser *in)
{
	const struct cxx_word *word;

	if (cxx_take(in, "DF"))
		return parse_float(in);
	if (cxx_take(in, "DB") || cxx_take(in, "DU")) { /* _BitInt(n) */
		const bool is_signed = in->p[-1] == 'B';
		const uint64_t bits = cxx_take_decimal(in);

		cxx_expect(in, "_");
		return cxx_make(in, CXX_NAME,
				arena_printf(in->arena, "%s_BitInt(%u)",
					     is_signed ? "" : "unsigned ", (unsigned int)bits),
				NULL, NULL);
	}
	if (cxx_take(in, "u"))
		return cxx_remember(in, cxx_with_args(in, cxx_parse_source_name(in)));
	word = cxx_take_word(in, types, ARRAY_LEN(types));
	return word ? cxx_make(in, CXX_NAME, word->text, NULL, NULL) : NULL;
}

/* A type that gets a number of its own in the table of substitutions. */
static struct cxx_node *parse_new_type(struct cxx_parser *in)
{
	struct cxx_node *type;

	switch (cxx_peek(in, 0)) {
	case 'r':
	case 'V':
	case 'K': return parse_qualified(in);
	case 'P': in->p++; return parse_pointer(in, "*");
	case 'R': in->p++; return parse_pointer(in, "&");
	case 'O': in->p++; return parse_pointer(in, "&&");
	case 'C':
		in->p++;
		return cxx_make(in, CXX_QUALIFIED, " _Complex", cxx_parse_type(in), NULL);
	case 'G':
		in->p++;
		return cxx_make(in, CXX_QUALIFIED, " _Imaginary", cxx_parse_type(in), NULL);
	case 'F': return parse_function_type(in, "");
	case 'A': in->p++; return parse_array(in, CXX_ARRAY);
	case 'U': in->p++; return parse_vendor(in);
	case 'M':
		in->p++;
		type = cxx_parse_type(in);
		return cxx_make(in, CXX_MEMBER, NULL, type, cxx_parse_type(in));
	case 'T':
		if (cxx_peek(in, 1) == 's' || cxx_peek(in, 1) == 'u' || cxx_peek(in, 1) == 'e') {
			in->p += 2;
			return cxx_parse_name(in);
		}
		type = cxx_parse_param(in);
		if (cxx_peek(in, 0) == 'I' && !in->is_conversion)
			type = cxx_with_args(in, cxx_remember(in, type));
		return type;
	case 'D': return parse_d_type(in);
	default: return NULL;
	}
}

static struct cxx_node *parse_any_type(struct cxx_parser *in)
{
	struct cxx_node *type;

	if (cxx_peek(in, 0) == 'S' && cxx_peek(in, 1) != 't') {
		type = cxx_parse_substitution(in);
		return cxx_peek(in, 0) == 'I' ? cxx_remember(in, cxx_with_args(in, type)) : type;
	}
	type = parse_new_type(in);
	if (type)
		return cxx_remember(in, type);
	if (!in->failed)
		type = parse_word_type(in);
	if (type || in->failed)
		return type;
	return cxx_remember(in, cxx_parse_name(in));
}

struct cxx_node *cxx_parse_type(struct cxx_parser *in)
{
	const char *qualifiers = in->qualifiers;
	struct cxx_node *type = NULL;

	in->in_types++;
	if (cxx_enter(in))
		type = parse_any_type(in);
	in->depth--;
	in->in_types--;
	in->qualifiers = qualifiers;
	return type ? type : cxx_fail(in);
}
