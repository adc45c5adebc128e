/*
 * cxx_read.c - characters, nodes, template parameters and substitutions of C++ names.
 */
#include "sym/cxx_in.h"

#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

enum { MOST_DEPTH = 256 };

static const struct cxx_word operators[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands) { code, operands, text },
#define CXX_STD(code, text, full, class_name)
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
};

const struct cxx_abbreviation cxx_abbreviations[] = {
#define CXX_TYPE(code, text)
#define CXX_OP(code, text, operands)
#define CXX_STD(code, text, full, class_name) { code, text, full, class_name },
#define CXX_SPECIAL_NAME(code, text)
#include "sym/cxx.def"
	{ "", NULL, NULL, NULL },
};

/* --- characters and nodes --------------------------------------------------------------------- */

struct cxx_node *cxx_fail(struct cxx_parser *in)
{
	in->failed = true;
	in->p = in->end;
	return NULL;
}

char cxx_peek(const struct cxx_parser *in, size_t ahead)
{
	return (size_t)(in->end - in->p) > ahead ? in->p[ahead] : '\0';
}

bool cxx_take(struct cxx_parser *in, const char *text)
{
	const size_t len = strlen(text);

	if ((size_t)(in->end - in->p) < len || memcmp(in->p, text, len) != 0)
		return false;
	in->p += len;
	return true;
}

void cxx_expect(struct cxx_parser *in, const char *text)
{
	if (!cxx_take(in, text))
		(void)cxx_fail(in);
}

struct cxx_node *cxx_make(struct cxx_parser *in, enum cxx_kind kind, const char *text,
			  struct cxx_node *a, struct cxx_node *b)
{
	struct cxx_node *made = in->failed ? NULL : arena_alloc(in->arena, sizeof *made);

	if (!made)
		return cxx_fail(in);
	*made = (struct cxx_node){
		.kind = kind,
		.text = text,
		.len = text ? (uint32_t)strlen(text) : 0,
		.a = a,
		.b = b,
	};
	return made;
}

struct cxx_node *cxx_make_name(struct cxx_parser *in, const char *text, size_t len)
{
	struct cxx_node *made = cxx_make(in, CXX_NAME, NULL, NULL, NULL);

	if (made) {
		made->text = text;
		made->len = (uint32_t)len;
	}
	return made;
}

struct cxx_node *cxx_make_numbered(struct cxx_parser *in, enum cxx_kind kind, const char *text,
				   struct cxx_node *a, uint64_t number)
{
	struct cxx_node *made = cxx_make(in, kind, text, a, NULL);

	if (made)
		made->number = number;
	return made;
}

struct cxx_node *cxx_remember(struct cxx_parser *in, struct cxx_node *made)
{
	if (!made || in->substitution_count == CXX_MOST_SUBSTITUTIONS)
		return cxx_fail(in);
	in->substitutions[in->substitution_count++] = made;
	return made;
}

const struct cxx_word *cxx_take_word(struct cxx_parser *in, const struct cxx_word *words,
				     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cxx_take(in, words[i].code))
			return &words[i];
	return NULL;
}

bool cxx_enter(struct cxx_parser *in)
{
	if (in->depth >= MOST_DEPTH)
		(void)cxx_fail(in);
	in->depth++;
	return !in->failed;
}

uint64_t cxx_take_decimal(struct cxx_parser *in)
{
	uint64_t value = 0;

	if (!char_is_digit(cxx_peek(in, 0)))
		(void)cxx_fail(in);
	while (char_is_digit(cxx_peek(in, 0)) && value < UINT32_MAX)
		value = value * 10 + (uint64_t)(*in->p++ - '0');
	return value;
}

/* "_" is 0, "0_" is 1, and so on; in base 36 for substitutions. */
uint64_t cxx_take_sequence(struct cxx_parser *in, unsigned int base)
{
	uint64_t value = 0;

	if (cxx_take(in, "_"))
		return 0;
	while (!in->failed && !cxx_take(in, "_")) {
		const char c = cxx_peek(in, 0);

		if (char_is_digit(c))
			value = value * base + (uint64_t)(c - '0');
		else if (base == 36 && c >= 'A' && c <= 'Z')
			value = value * base + (uint64_t)(c - 'A') + 10;
		else
			(void)cxx_fail(in);
		in->p += !in->failed;
		if (value > UINT32_MAX)
			(void)cxx_fail(in);
	}
	return value + 1;
}

/* A list of what @parse reads, until 'E'; of nothing, one node of nothing. */
struct cxx_node *cxx_parse_list(struct cxx_parser *in,
				struct cxx_node *(*parse)(struct cxx_parser *))
{
	struct cxx_node *first = cxx_make(in, CXX_LIST, NULL, NULL, NULL), *last = first;

	while (!in->failed && !cxx_take(in, "E")) {
		struct cxx_node *item = parse(in);

		if (in->failed)
			break;
		if (last->a) {
			last->b = cxx_make(in, CXX_LIST, NULL, NULL, NULL);
			last = last->b;
		}
		if (last)
			last->a = item;
	}
	return first;
}

const struct cxx_word *cxx_take_operator(struct cxx_parser *in)
{
	return cxx_take_word(in, operators, ARRAY_LEN(operators));
}

/* --- template parameters and substitutions ---------------------------------------------------- */

static struct cxx_node *argument(const struct cxx_parser *in, uint64_t number)
{
	struct cxx_node *list = in->args;

	for (; list && number; number--)
		list = list->b;
	return list ? list->a : NULL;
}

struct cxx_node *cxx_parse_param(struct cxx_parser *in)
{
	struct cxx_node *known;
	uint64_t number;

	cxx_expect(in, "T");
	if (cxx_take(in, "L")) { /* of an outer level: only within lambdas */
		(void)cxx_take_decimal(in);
		cxx_expect(in, "_");
	}
	number = cxx_take_sequence(in, 10);
	if (in->is_lambda)
		return cxx_make_numbered(in, CXX_NUMBERED, "auto:", NULL, number + 1);
	known = in->is_conversion ? NULL : argument(in, number);
	if (known && known->kind == CXX_PACK)
		return cxx_make(in, CXX_EACH, NULL, known, NULL);
	return known ? known : cxx_make_numbered(in, CXX_PARAM, NULL, NULL, number);
}

/* <substitution>; 'St' as a name of its own too. */
struct cxx_node *cxx_parse_substitution(struct cxx_parser *in)
{
	uint64_t number;

	cxx_expect(in, "S");
	for (const struct cxx_abbreviation *a = cxx_abbreviations; a->text; a++)
		if (cxx_take(in, a->code))
			return cxx_make(in, CXX_NAME, a->text, NULL, NULL);
	number = cxx_take_sequence(in, 36);
	return number < in->substitution_count ? in->substitutions[number] : cxx_fail(in);
}
