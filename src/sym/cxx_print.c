/*
 * cxx_print.c - C++ names as libstdc++'s __cxa_demangle writes them.
 *
 * Types of C++ stand around what they declare, as in "int (*)[3]", so each has a left and a right
 * part.  An expansion is shown once for each argument of the pack that it contains: 'pack' says
 * which one is meant.
 */
#include "sym/cxx.h"

#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "sym/demangle.h"

enum {
	MOST_DEPTH = 1024,
	MOST_BYTES = 64 << 10,
	NO_PACK = -1,
};

struct printer {
	const struct cxx_tree *tree;
	struct strbuf *out;
	size_t start; /* of the name in 'out' */
	unsigned int depth;
	int pack; /* which argument of packs is shown; NO_PACK: all */
	bool failed;
};

static void print(struct printer *to, const struct cxx_node *node);
static void print_left(struct printer *to, const struct cxx_node *node);
static void print_right(struct printer *to, const struct cxx_node *node);

static void put(struct printer *to, const char *text)
{
	strbuf_puts(to->out, text);
}

static void put_text(struct printer *to, const struct cxx_node *node)
{
	strbuf_add(to->out, node->text, node->len);
}

static char last_char(const struct printer *to)
{
	return to->out->len > to->start ? to->out->data[to->out->len - 1] : '\0';
}

/* An item of a list: nothing when it is empty, as packs can be. */
static void print_item(struct printer *to, const struct cxx_node *item, bool *is_first)
{
	const size_t before = to->out->len;
	size_t start;

	if (!*is_first)
		put(to, ", ");
	start = to->out->len;
	print(to, item);
	if (to->out->len != start)
		*is_first = false;
	else if (!to->out->failed && to->out->data)
		to->out->len = before;
}

static void print_list(struct printer *to, const struct cxx_node *list)
{
	bool is_first = true;

	for (; list && !to->failed; list = list->b)
		if (list->a)
			print_item(to, list->a, &is_first);
}

static void print_args(struct printer *to, const struct cxx_node *list)
{
	put(to, last_char(to) == '<' ? " <" : "<");
	print_list(to, list);
	put(to, last_char(to) == '>' ? " >" : ">");
}

/* --- packs ------------------------------------------------------------------------------------ */

/* A list beyond its end has no more nodes. */
static const struct cxx_node *item_of(const struct cxx_node *list, int number)
{
	for (; list && number; number--)
		list = list->b;
	return list ? list->a : NULL;
}

static int list_length(const struct cxx_node *list)
{
	int length = 0;

	for (; list && list->a; list = list->b)
		length++;
	return length;
}

/* The pack of which @node uses each, over which an expansion runs; NULL: there is none. */
static const struct cxx_node *find_pack(const struct cxx_node *node, unsigned int depth)
{
	const struct cxx_node *found;

	if (!node || depth > MOST_DEPTH / 8)
		return NULL;
	if (node->kind == CXX_EACH)
		return node->a;
	if (node->kind == CXX_PACK) /* of arguments that are known, not used here */
		return NULL;
	found = find_pack(node->a, depth + 1);
	return found ? found : find_pack(node->b, depth + 1);
}

static void print_expansion(struct printer *to, const struct cxx_node *node)
{
	const struct cxx_node *pack = find_pack(node->a, 0);
	const int outer = to->pack, count = pack ? list_length(pack->b) : 0;
	bool is_first = true;

	if (!pack) {
		print(to, node->a);
		put(to, "...");
		return;
	}
	for (to->pack = 0; to->pack < count && !to->failed; to->pack++)
		print_item(to, node->a, &is_first);
	to->pack = outer;
}

/* The argument that stands at a CXX_EACH now; NULL: all of them. */
static const struct cxx_node *chosen(const struct printer *to, const struct cxx_node *each)
{
	return to->pack == NO_PACK ? NULL : item_of(each->a->b, to->pack);
}

/* Show a part of the argument, in which other packs are whole. */
static void print_each(struct printer *to, const struct cxx_node *node,
		       void (*part)(struct printer *, const struct cxx_node *))
{
	const struct cxx_node *item = chosen(to, node);
	const int pack = to->pack;

	to->pack = NO_PACK;
	if (item)
		part(to, item);
	else if (pack == NO_PACK && part != print_right)
		print_list(to, node->a->b);
	to->pack = pack;
}

/* --- names ------------------------------------------------------------------------------------ */

/* The class's own name: that of a constructor. */
static void print_class_name(struct printer *to, const struct cxx_node *node)
{
	const char *colon;

	while (node && node->kind != CXX_NAME) {
		if (node->kind == CXX_TEMPLATE || node->kind == CXX_TAGGED)
			node = node->a;
		else if (node->kind == CXX_SCOPED)
			node = node->b;
		else
			break;
	}
	if (!node)
		return;
	colon = node->kind == CXX_NAME ? memrchr(node->text, ':', node->len) : NULL;
	if (colon)
		strbuf_add(to->out, colon + 1, (size_t)(node->text + node->len - colon) - 1);
	else
		print(to, node);
}

static void print_operator(struct printer *to, const struct cxx_node *node)
{
	put(to, "operator");
	if (node->text[0] >= 'a' && node->text[0] <= 'z')
		put(to, " ");
	put_text(to, node);
}

static void print_function(struct printer *to, const struct cxx_node *node)
{
	const struct cxx_node *type = node->b;

	if (type->a) {
		print_left(to, type->a);
		if (last_char(to) != ' ')
			put(to, " ");
	}
	print(to, node->a);
	print_right(to, type);
}

static void print_param(struct printer *to, const struct cxx_node *node)
{
	const struct cxx_node *arg = NULL;

	if (node->number < INT32_MAX)
		arg = item_of(to->tree->args, (int)node->number);
	if (arg)
		print(to, arg);
	else
		to->failed = true;
}

/* --- types ------------------------------------------------------------------------------------ */

/* What a pointer leads to, seen through packs and qualifiers: it may stand around the pointer. */
static bool is_around(const struct printer *to, const struct cxx_node *node, enum cxx_kind kind)
{
	while (node && (node->kind == CXX_EACH || node->kind == CXX_QUALIFIED))
		node = node->kind == CXX_EACH ? chosen(to, node) : node->a;
	return node && node->kind == kind;
}

static void open_around(struct printer *to, const struct cxx_node *inner)
{
	if (is_around(to, inner, CXX_ARRAY))
		put(to, " (");
	else if (is_around(to, inner, CXX_FUNCTION_TYPE))
		put(to, "(");
}

static void close_around(struct printer *to, const struct cxx_node *inner)
{
	if (is_around(to, inner, CXX_ARRAY) || is_around(to, inner, CXX_FUNCTION_TYPE))
		put(to, ")");
}

static bool ends_with(const char *text, size_t len, char c)
{
	return len && text[len - 1] == c;
}

/* References to references collapse, which shows only now: & wins. */
static const struct cxx_node *collapse(const struct printer *to, const struct cxx_node *node,
				       const char **ret_text)
{
	const struct cxx_node *inner = node->a;

	*ret_text = node->text;
	if (inner && inner->kind == CXX_EACH)
		inner = chosen(to, inner);
	if (node->text[0] == '&' && inner && inner->kind == CXX_POINTER && inner->text[0] == '&') {
		*ret_text = !strcmp(node->text, "&&") && !strcmp(inner->text, "&&") ? "&&" : "&";
		return inner->a;
	}
	return node->a;
}

static void print_pointer_left(struct printer *to, const struct cxx_node *node)
{
	const char *text;
	const struct cxx_node *inner = collapse(to, node, &text);

	print_left(to, inner);
	open_around(to, inner);
	put(to, text);
}

static void print_member_left(struct printer *to, const struct cxx_node *node)
{
	print_left(to, node->b);
	if (is_around(to, node->b, CXX_FUNCTION_TYPE) || is_around(to, node->b, CXX_ARRAY))
		open_around(to, node->b);
	else
		put(to, " ");
	print(to, node->a);
	put(to, "::*");
}

/* Qualifiers of an array are those of its elements; twice the same is once. */
static void print_qualified_left(struct printer *to, const struct cxx_node *node)
{
	print_left(to, node->a);
	if (node->a && node->a->kind == CXX_QUALIFIED && node->a->len == node->len &&
	    !memcmp(node->a->text, node->text, node->len))
		return;
	put_text(to, node);
}

static void print_left(struct printer *to, const struct cxx_node *node)
{
	if (to->depth > MOST_DEPTH || to->out->len - to->start > MOST_BYTES)
		to->failed = true;
	if (!node || to->failed)
		return;
	to->depth++;
	switch (node->kind) {
	case CXX_POINTER: print_pointer_left(to, node); break;
	case CXX_MEMBER: print_member_left(to, node); break;
	case CXX_QUALIFIED: print_qualified_left(to, node); break;
	case CXX_ARRAY: print_left(to, node->a); break;
	case CXX_FUNCTION_TYPE:
		print_left(to, node->a);
		if (node->a)
			put(to, " ");
		break;
	case CXX_EACH: print_each(to, node, print_left); break;
	default: print(to, node); break;
	}
	to->depth--;
}

static void print_array_right(struct printer *to, const struct cxx_node *node)
{
	put(to, last_char(to) == ']' ? "[" : " [");
	print(to, node->b);
	put(to, "]");
	print_right(to, node->a);
}

static bool is_void(const struct cxx_node *list)
{
	return list && list->a && !list->b && list->a->kind == CXX_NAME && list->a->len == 4 &&
	       !memcmp(list->a->text, "void", 4);
}

static void print_function_right(struct printer *to, const struct cxx_node *node)
{
	put(to, "(");
	if (!is_void(node->b))
		print_list(to, node->b);
	put(to, ")");
	if (node->text)
		put(to, node->text);
	print_right(to, node->a);
}

static void print_right(struct printer *to, const struct cxx_node *node)
{
	const struct cxx_node *inner;
	const char *text;

	if (to->depth > MOST_DEPTH || to->out->len - to->start > MOST_BYTES)
		to->failed = true;
	if (!node || to->failed)
		return;
	to->depth++;
	switch (node->kind) {
	case CXX_POINTER:
		inner = collapse(to, node, &text);
		close_around(to, inner);
		print_right(to, inner);
		break;
	case CXX_MEMBER:
		close_around(to, node->b);
		print_right(to, node->b);
		break;
	case CXX_QUALIFIED: print_right(to, node->a); break;
	case CXX_ARRAY: print_array_right(to, node); break;
	case CXX_FUNCTION_TYPE: print_function_right(to, node); break;
	case CXX_EACH: print_each(to, node, print_right); break;
	default: break;
	}
	to->depth--;
}

/* --- expressions ------------------------------------------------------------------------------ */

static void print_operand(struct printer *to, const struct cxx_node *node)
{
	const bool is_simple = node && (node->kind == CXX_NAME || node->kind == CXX_SCOPED ||
					node->kind == CXX_BRACED || node->kind == CXX_NUMBERED);

	if (!is_simple)
		put(to, "(");
	print(to, node);
	if (!is_simple)
		put(to, ")");
}

static void print_unary(struct printer *to, const struct cxx_node *node)
{
	put_text(to, node);
	if (node->a && node->a->kind == CXX_FUNCTION && !node->a->b->a &&
	    node->text[0] == '&') /* its name will do */
		print(to, node->a->a);
	else if (ends_with(node->text, node->len, ' '))
		print(to, node->a);
	else
		print_operand(to, node->a);
}

static void print_binary(struct printer *to, const struct cxx_node *node)
{
	const bool is_greater = node->len == 1 && node->text[0] == '>'; /* it ends no arguments */

	if (is_greater)
		put(to, "(");
	print_operand(to, node->a);
	put_text(to, node);
	print_operand(to, node->b);
	if (is_greater)
		put(to, ")");
}

static bool is_type(const struct cxx_node *type, const char *name)
{
	return type && type->kind == CXX_NAME && type->len == strlen(name) &&
	       !memcmp(type->text, name, type->len);
}

static void put_number(struct printer *to, const struct cxx_node *node)
{
	const bool is_negative = node->len && node->text[0] == 'n';

	if (is_negative)
		put(to, "-");
	strbuf_add(to->out, node->text + is_negative, node->len - is_negative);
}

static void print_literal(struct printer *to, const struct cxx_node *node)
{
	static const struct {
		const char *type, *suffix;
	} suffixes[] = {
		{ "int", "" },         { "unsigned int", "u" },
		{ "long", "l" },       { "unsigned long", "ul" },
		{ "long long", "ll" }, { "unsigned long long", "ull" },
	};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (is_type(node->a, suffixes[i].type)) {
			put_number(to, node);
			put(to, suffixes[i].suffix);
			return;
		}
	}
	if (is_type(node->a, "bool") && node->len == 1 &&
	    (node->text[0] == '0' || node->text[0] == '1')) {
		put(to, node->text[0] == '1' ? "true" : "false");
		return;
	}
	put(to, "(");
	print(to, node->a);
	put(to, ")");
	if (is_type(node->a, "float") || is_type(node->a, "double")) /* its bytes */
		put(to, "[");
	put_number(to, node);
	if (is_type(node->a, "float") || is_type(node->a, "double"))
		put(to, "]");
}

static void print_fold(struct printer *to, const struct cxx_node *node)
{
	put(to, "(");
	if (node->number == 'l')
		put(to, "...");
	else
		print_operand(to, node->a);
	if (node->number == 'l' || node->number == 'R' || node->number == 'L' ||
	    node->number == 'r')
		put_text(to, node);
	if (node->number == 'l') {
		print_operand(to, node->a);
	} else {
		put(to, "...");
		if (node->b) {
			put_text(to, node);
			print_operand(to, node->b);
		}
	}
	put(to, ")");
}

static void print_wrapped(struct printer *to, const struct cxx_node *node)
{
	const struct cxx_node *pack = strncmp(node->text, "sizeof...", 9) ? NULL :
									    find_pack(node->a, 0);

	if (pack) {
		strbuf_printf(to->out, "%d", list_length(pack->b));
		return;
	}
	put_text(to, node);
	put(to, "(");
	if (node->a && node->a->kind == CXX_LIST)
		print_list(to, node->a);
	else
		print(to, node->a);
	put(to, ")");
}

/* --- everything ------------------------------------------------------------------------------- */

static void print_numbered(struct printer *to, const struct cxx_node *node)
{
	put_text(to, node);
	strbuf_printf(to->out, "%llu", (unsigned long long)node->number);
	if (node->text[0] == '{')
		put(to, "}");
}

static void print_node(struct printer *to, const struct cxx_node *node)
{
	switch (node->kind) {
	case CXX_NAME: put_text(to, node); break;
	case CXX_NUMBERED: print_numbered(to, node); break;
	case CXX_SCOPED:
		print(to, node->a);
		put(to, "::");
		print(to, node->b);
		break;
	case CXX_TEMPLATE:
		print(to, node->a);
		print_args(to, node->b);
		break;
	case CXX_LIST: print_list(to, node); break;
	case CXX_PACK: print_list(to, node->b); break;
	case CXX_PARAM: print_param(to, node); break;
	case CXX_CTOR: print_class_name(to, node->a); break;
	case CXX_DTOR:
		put(to, "~");
		print_class_name(to, node->a);
		break;
	case CXX_OPERATOR: print_operator(to, node); break;
	case CXX_LITERAL_OP:
		put(to, "operator\"\" ");
		print(to, node->a);
		break;
	case CXX_CONVERSION:
		put(to, "operator ");
		print(to, node->a);
		break;
	case CXX_TAGGED:
		print(to, node->a);
		put(to, "[abi:");
		print(to, node->b);
		put(to, "]");
		break;
	case CXX_LAMBDA:
		put(to, "{lambda(");
		if (!is_void(node->a))
			print_list(to, node->a);
		strbuf_printf(to->out, ")#%llu}", (unsigned long long)node->number);
		break;
	case CXX_FUNCTION: print_function(to, node); break;
	case CXX_SPECIAL:
		put_text(to, node);
		print(to, node->a);
		break;
	case CXX_SPECIAL2:
		put_text(to, node);
		print(to, node->a);
		put(to, "-in-");
		print(to, node->b);
		break;
	case CXX_POINTER:
	case CXX_MEMBER:
	case CXX_QUALIFIED:
	case CXX_FUNCTION_TYPE:
	case CXX_ARRAY:
	case CXX_EACH:
		print_left(to, node);
		print_right(to, node);
		break;
	case CXX_VECTOR:
		print(to, node->a);
		put(to, " __vector(");
		print(to, node->b);
		put(to, ")");
		break;
	case CXX_EXPANSION: print_expansion(to, node); break;
	case CXX_VENDOR:
		print(to, node->a);
		put(to, " ");
		put_text(to, node);
		if (node->b)
			print_args(to, node->b);
		break;
	case CXX_WRAPPED: print_wrapped(to, node); break;
	case CXX_LITERAL: print_literal(to, node); break;
	case CXX_UNARY: print_unary(to, node); break;
	case CXX_POSTFIX:
		print_operand(to, node->a);
		put_text(to, node);
		break;
	case CXX_BINARY: print_binary(to, node); break;
	case CXX_CONDITIONAL:
		print_operand(to, node->a);
		put(to, "?");
		print_operand(to, node->b->a);
		put(to, " : ");
		print_operand(to, node->b->b);
		break;
	case CXX_CALL:
		print_operand(to, node->a);
		put(to, "(");
		print_list(to, node->b);
		put(to, ")");
		break;
	case CXX_CAST:
		put(to, "(");
		print(to, node->a);
		put(to, ")");
		print_operand(to, node->b);
		break;
	case CXX_NAMED_CAST:
		put_text(to, node);
		put(to, "<");
		print(to, node->a);
		put(to, last_char(to) == '>' ? " >(" : ">(");
		print(to, node->b);
		put(to, ")");
		break;
	case CXX_BRACED:
		if (node->a)
			print(to, node->a);
		put(to, "{");
		print_list(to, node->b);
		put(to, "}");
		break;
	case CXX_INDEX:
		print_operand(to, node->a);
		put(to, "[");
		print(to, node->b);
		put(to, "]");
		break;
	case CXX_FOLD: print_fold(to, node); break;
	}
}

static void print(struct printer *to, const struct cxx_node *node)
{
	if (to->depth > MOST_DEPTH || to->out->len - to->start > MOST_BYTES)
		to->failed = true;
	if (!node || to->failed)
		return;
	to->depth++;
	print_node(to, node);
	to->depth--;
}

bool cxx_print(const struct cxx_tree *tree, struct strbuf *out)
{
	struct printer to = { .tree = tree, .out = out, .start = out->len, .pack = NO_PACK };

	print(&to, tree->root);
	return !to.failed && !out->failed;
}

bool demangle_cxx(const char *name, size_t len, struct strbuf *out)
{
	struct arena arena = { 0 };
	struct cxx_tree tree;
	bool good = len > 2 && name[0] == '_' && name[1] == 'Z' &&
		    cxx_parse(name + 2, len - 2, &arena, &tree) && cxx_print(&tree, out);

	arena_release(&arena);
	return good;
}
