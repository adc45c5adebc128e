/*
 * cxx.h - a C++ name as a tree: what cxx_parse.c makes and cxx_print.c shows.
 */
#ifndef WAGGLE_SYM_CXX_H
#define WAGGLE_SYM_CXX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"

enum cxx_kind {
	CXX_NAME,     /* text */
	CXX_NUMBERED, /* text before, number, text behind: "{unnamed type#1}" */
	CXX_SCOPED,   /* a::b */
	CXX_TEMPLATE, /* a<b>; b is a LIST */
	CXX_LIST,     /* a, then b, a LIST or NULL; a NULL in an empty one */
	CXX_PACK,     /* b: LIST: the arguments of one parameter */
	CXX_EACH,     /* a: PACK, where its parameter is used: one at a time in an expansion */
	CXX_PARAM,    /* number: template parameter, not yet known when it was met */
	CXX_CTOR,     /* a: the class */
	CXX_DTOR,
	CXX_OPERATOR,      /* text */
	CXX_LITERAL_OP,    /* text: operator"" text */
	CXX_CONVERSION,    /* operator a */
	CXX_TAGGED,        /* a[abi:text] */
	CXX_LAMBDA,        /* a: LIST of types; number */
	CXX_FUNCTION,      /* a: its name; b: FUNCTION_TYPE; how a function is declared */
	CXX_SPECIAL,       /* text before a */
	CXX_SPECIAL2,      /* text before a, "-in-", b */
	CXX_QUALIFIED,     /* a, text behind */
	CXX_POINTER,       /* text "*", "&", "&&" behind a */
	CXX_MEMBER,        /* pointer to member of a of type b */
	CXX_FUNCTION_TYPE, /* a: result or NULL; b: LIST of parameters; text: qualifiers behind */
	CXX_ARRAY,         /* a: element, b: count or NULL */
	CXX_VECTOR,        /* the same */
	CXX_EXPANSION,     /* a... */
	CXX_VENDOR,        /* a, text, and b, a LIST or NULL, in <> */
	CXX_WRAPPED,       /* text( a ) */
	CXX_LITERAL,       /* a: type; text: digits, "n" before: negative */
	CXX_UNARY,         /* text a */
	CXX_POSTFIX,       /* a text */
	CXX_BINARY,        /* a text b */
	CXX_CONDITIONAL,   /* a ? b.a : b.b */
	CXX_CALL,          /* a ( b ), b a LIST */
	CXX_CAST,          /* (a)(b) */
	CXX_NAMED_CAST,    /* text<a>(b) */
	CXX_BRACED,        /* a{ b } */
	CXX_INDEX,         /* a[b] */
	CXX_FOLD,          /* number: 'l', 'r', 'L', 'R'; text: operator */
};

struct cxx_node {
	enum cxx_kind kind;
	uint32_t len; /* of text */
	const char *text;
	uint64_t number;
	struct cxx_node *a;
	struct cxx_node *b;
};

struct cxx_tree {
	struct cxx_node *root;
	struct cxx_node *args; /* template arguments of the function: CXX_PARAM counts in them */
};

/* Read the whole of the @len bytes behind "_Z"; false: they are no name. */
bool cxx_parse(const char *name, size_t len, struct arena *arena, struct cxx_tree *ret_tree);
/* False when it cannot be shown. */
bool cxx_print(const struct cxx_tree *tree, struct strbuf *out);

#endif
