/*
 * cxx_parse.c - reading the names of the Itanium C++ ABI, by recursive descent.
 *
 * Section and rule names are those of the ABI's chapter on mangling.  Two tables are kept while
 * reading: what can be referred to again (S_, S0_ ...), in the order in which it was met, and the
 * arguments of the innermost template whose name was read (T_, T0_ ...).
 */
#include "sym/cxx_in.h"

#include "base/bits.h"
#include "sym/demangle.h"

static const struct cxx_word specials[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text) { code, 0, text },
#include "sym/cxx.def"
};

static void skip_call_offset(struct cxx_parser *in)
{
	const bool is_virtual = cxx_take(in, "v");

	if (!is_virtual)
		cxx_expect(in, "h");
	for (int i = 0; i < (is_virtual ? 2 : 1); i++) {
		(void)cxx_take(in, "n");
		(void)cxx_take_decimal(in);
		cxx_expect(in, "_");
	}
}

static struct cxx_node *special(struct cxx_parser *in, const char *text, struct cxx_node *a)
{
	return cxx_make(in, CXX_SPECIAL, text, a, NULL);
}

/* What compilers make besides functions. */
static struct cxx_node *parse_special(struct cxx_parser *in)
{
	const struct cxx_word *word = cxx_take_word(in, specials, ARRAY_LEN(specials));
	struct cxx_node *name, *other;

	if (word)
		return special(in, word->text, cxx_parse_type(in));
	if (cxx_take(in, "TC")) {
		name = cxx_parse_type(in);
		(void)cxx_take_decimal(in);
		cxx_expect(in, "_");
		other = cxx_parse_type(in);
		return cxx_make(in, CXX_SPECIAL2, "construction vtable for ", other, name);
	}
	if (cxx_take(in, "Tc")) {
		skip_call_offset(in);
		skip_call_offset(in);
		return special(in, "covariant return thunk to ", cxx_parse_encoding(in, true));
	}
	if (cxx_peek(in, 0) == 'T' && (cxx_peek(in, 1) == 'h' || cxx_peek(in, 1) == 'v')) {
		const char *text = cxx_peek(in, 1) == 'h' ? "non-virtual thunk to " :
							    "virtual thunk to ";

		in->p++;
		skip_call_offset(in);
		return special(in, text, cxx_parse_encoding(in, true));
	}
	if (cxx_take(in, "TA"))
		return special(in, "template parameter object for ", cxx_parse_arg(in));
	if (cxx_take(in, "TH"))
		return special(in, "TLS init function for ", cxx_parse_name(in));
	if (cxx_take(in, "TW"))
		return special(in, "TLS wrapper function for ", cxx_parse_name(in));
	if (cxx_take(in, "GV"))
		return special(in, "guard variable for ", cxx_parse_name(in));
	if (cxx_take(in, "GR")) {
		name = cxx_parse_name(in);
		return special(in,
			       arena_printf(in->arena, "reference temporary #%u for ",
					    (unsigned int)cxx_take_sequence(in, 36)),
			       name);
	}
	if (cxx_take(in, "GA"))
		return special(in, "hidden alias for ", cxx_parse_encoding(in, true));
	if (cxx_take(in, "GTt"))
		return special(in, "transaction clone for ", cxx_parse_encoding(in, true));
	if (cxx_take(in, "GTn"))
		return special(in, "non-transaction clone for ", cxx_parse_encoding(in, true));
	return cxx_fail(in);
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

static struct cxx_node *parse_parameters(struct cxx_parser *in)
{
	struct cxx_node *first = cxx_make(in, CXX_LIST, NULL, NULL, NULL), *last = first;

	while (!in->failed && in->p < in->end && cxx_peek(in, 0) != 'E') {
		if (last->a) {
			last->b = cxx_make(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = cxx_parse_type(in);
	}
	return first;
}

static struct cxx_node *parse_function(struct cxx_parser *in, bool with_result)
{
	struct cxx_node *name = cxx_parse_name(in), *result = NULL, *params;
	const char *qualifiers = in->qualifiers;

	if (in->failed || in->p == in->end || cxx_peek(in, 0) == 'E')
		return name;
	if (says_result(name))
		result = cxx_parse_type(in);
	params = parse_parameters(in);
	return cxx_make(in, CXX_FUNCTION, NULL, name,
			cxx_make(in, CXX_FUNCTION_TYPE, qualifiers, with_result ? result : NULL,
				 params));
}

struct cxx_node *cxx_parse_encoding(struct cxx_parser *in, bool with_result)
{
	const unsigned int in_types = in->in_types;
	struct cxx_node *made = NULL, *args = in->args;

	in->in_types = 0;
	if (cxx_enter(in))
		made = cxx_peek(in, 0) == 'T' ||
				       (cxx_peek(in, 0) == 'G' && cxx_peek(in, 1) != '_') ?
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
	struct cxx_parser *in = arena_alloc(arena, sizeof *in);
	struct cxx_node *root;

	if (!in)
		return false;
	in->p = name;
	in->end = name + len;
	in->arena = arena;
	root = cxx_parse_encoding(in, true);
	if (in->failed || !root || in->p != in->end)
		return false;
	*ret_tree = (struct cxx_tree){ .root = root, .args = in->args };
	return true;
}
