/*
 * ast.h - a script as a tree.
 *
 * The parser makes it, in an arena; macro.c replaces the calls of macros by their bodies; check.c fills
 * in what it finds out: what a name stands for, and the type of every expression.  Which fields
 * of a node mean something depends on its kind, and is said behind each.  Lists are linked by
 * 'next', in the order of the text.
 */
#ifndef WAGGLE_SCRIPT_AST_H
#define WAGGLE_SCRIPT_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "script/lex.h"
#include "script/table.h"
#include "script/types.h"

enum op {
	OP_NONE,
#define UNARY_OP(name, text)              OP_##name,
#define BINARY_OP(name, text, precedence) OP_##name,
#include "script/op.def"
	OP_COUNT,
};
const char *op_text(enum op op);

/* --- types as written ------------------------------------------------------------------------ */

enum type_name_kind {
	TYPE_NAME_PLAIN,    /* name: 'uint8', 'size_t', 'unsigned long' */
	TYPE_NAME_TAG,      /* tag, name; or def, where its body is given on the spot */
	TYPE_NAME_POINTER,  /* inner */
	TYPE_NAME_ARRAY,    /* inner, count (NULL: '[]') */
	TYPE_NAME_FUNCTION, /* what a pointer to a function points at: nothing more is kept */
	TYPE_NAME_TYPEOF,   /* expr, or inner */
};

enum c_tag {
	TAG_STRUCT,
	TAG_UNION,
	TAG_ENUM,
	TAG_TYPEDEF, /* in struct c_def only */
};

struct type_name {
	enum type_name_kind kind;
	enum c_tag tag;
	struct span span;
	const char *name;
	struct c_def *def;
	struct type_name *inner;
	struct expr *count;
	struct expr *expr;
};

/* --- C definitions --------------------------------------------------------------------------- */

struct c_member {
	struct c_member *next;
	struct span span;
	const char *name; /* NULL: an anonymous struct or union, or bits between */
	struct type_name *type_name;
	struct expr *bits; /* or NULL */
};

struct c_enumerator {
	struct c_enumerator *next;
	struct span span;
	const char *name;
	struct expr *value; /* or NULL: one more than the one before */
};

struct c_def {
	struct c_def *next;
	enum c_tag tag;
	struct span span;
	const char *name; /* NULL: none */
	bool has_body;
	bool is_packed;
	uint64_t align; /* __attribute__((aligned(n))), or 0 */
	struct c_member *members;
	struct c_enumerator *enumerators;
	struct type_name *type_name; /* TYPEDEF */

	const struct type *type; /* check: what it defines */
	bool is_resolving;       /* check: it may not contain itself */
};

/* '#define': its text is parsed where it is used. */
struct c_macro {
	struct c_macro *next;
	struct span span;
	const char *name;
	const char *text;
	bool has_params; /* 'NAME(x)': such are refused when used */
	bool is_expanding;
};

/* --- expressions ----------------------------------------------------------------------------- */

enum expr_kind {
	EXPR_INT,         /* number */
	EXPR_STRING,      /* text, text_len */
	EXPR_BOOL,        /* number */
	EXPR_PARAM,       /* number: '$1' */
	EXPR_PARAM_COUNT, /* '$#' */
	EXPR_NAME,        /* name: a builtin, a constant, an enumerator, a macro */
	EXPR_VAR,         /* name, with '$' */
	EXPR_MAP,         /* name, with '@' */
	EXPR_INDEX,       /* a [ args ] */
	EXPR_FIELD,       /* a . name; 'is_arrow' */
	EXPR_ELEMENT,     /* a . number: of a tuple */
	EXPR_UNARY,       /* op a */
	EXPR_STEP,        /* '++', '--': op is ADD or SUB; is_prefix */
	EXPR_BINARY,      /* a op b */
	EXPR_TERNARY,     /* a ? b : c; b is NULL in 'a ?: c' */
	EXPR_IF,          /* if a block else other: 'other' is a block that may hold one EXPR_IF */
	EXPR_BLOCK,       /* block */
	EXPR_CAST,        /* (type_name) a */
	EXPR_CALL,        /* name ( args ) */
	EXPR_TUPLE,       /* ( args ) */
	EXPR_RECORD,      /* ( label=arg, ... ) */
	EXPR_SIZEOF,      /* type_name, or a */
	EXPR_OFFSETOF,    /* type_name or a; args are EXPR_NAMEs: a.b.c */
	EXPR_TYPEINFO,    /* type_name, or a */
	EXPR_COMPTIME,    /* comptime a */
	EXPR_TYPE,        /* type_name: an argument that is a type */
	EXPR_BAD,         /* what could not be read: its error is reported */
};

struct expr {
	enum expr_kind kind;
	enum op op;
	struct span span;
	struct expr *next;
	const char *name;
	struct span name_span; /* FIELD, CALL: of the name alone */
	const char *label;     /* of an element of a record */
	struct span label_span;
	const char *text;
	size_t text_len;
	uint64_t number;
	bool is_arrow;
	bool is_prefix;
	bool is_paren;    /* stood in parentheses */
	bool is_comptime; /* IF: 'if comptime' */
	struct expr *a, *b, *c;
	struct expr *args;
	uint32_t arg_count;
	struct type_name *type_name;
	struct block *block, *other;

	/* check: */
	const struct type *type;
	const struct builtin *builtin; /* NAME, CALL that stands for one */
	const struct func *func;       /* CALL */
	struct variable *var;          /* VAR */
	struct map *map;               /* MAP */
	const struct field *field;     /* FIELD; NAME: 'retval', if more is known than its type */
	const struct type *asked;      /* SIZEOF, OFFSETOF, TYPEINFO: the type in question */
	bool is_ratio;                 /* TUPLE: it was a division, for '%f' */
	bool is_constant; /* its value is known: 'value', or text when it is a string */
	uint64_t value;
};

/* --- statements ------------------------------------------------------------------------------ */

enum stmt_kind {
	STMT_EXPR,      /* value */
	STMT_ASSIGN,    /* target op= value; op is OP_NONE for '=' */
	STMT_DISCARD,   /* _ = value */
	STMT_LET,       /* target, a VAR; type_name and value or NULL */
	STMT_WHILE,     /* value, block */
	STMT_FOR_MAP,   /* target : value, block */
	STMT_FOR_RANGE, /* target : value .. end, block */
	STMT_UNROLL,    /* value, block */
	STMT_RETURN,    /* value or NULL */
	STMT_BREAK,
	STMT_CONTINUE,
	STMT_IMPORT, /* text */
};

struct stmt {
	enum stmt_kind kind;
	enum op op;
	struct span span;
	struct stmt *next;
	struct expr *target;
	struct expr *value;
	struct expr *end;
	struct type_name *type_name;
	struct block *block;
	const char *text;
};

/* '{ first; ... value }': the value is an expression without ';' behind, or NULL. */
struct block {
	struct span span;
	struct stmt *first;
	struct expr *value;
};

/* --- what stands outside of probes ----------------------------------------------------------- */

struct config_entry {
	struct config_entry *next;
	struct span span;
	const char *name; /* as written */
	struct expr *value;
	const struct config_key *key; /* check */
};

enum macro_param_kind {
	MACRO_EXPR, /* 'x': any expression, put where the name stands */
	MACRO_VAR,  /* '$x' */
	MACRO_MAP,  /* '@x' */
	MACRO_TYPE, /* 'typeof(T)' */
};

struct macro_param {
	struct macro_param *next;
	struct span span;
	enum macro_param_kind kind;
	const char *name;
};

/* A script's macro: several may have one name, when their parameters differ. */
struct macro {
	struct macro *next;
	struct span span;
	struct span name_span;
	const char *name;
	struct macro_param *params;
	uint32_t param_count;
	struct block *body;
	bool is_expanding;
};

struct fn_param {
	struct fn_param *next;
	struct variable *variable; /* check */
	struct span span;
	const char *name;
	struct type_name *type_name;
};

struct fn {
	struct fn *next;
	struct span span;
	const char *name;
	struct fn_param *params;
	struct type_name *type_name; /* of the result, or NULL: void */
	struct block *body;
	const struct type *type;
};

struct map_decl {
	struct map_decl *next;
	struct span span;
	const char *name;
	const char *kind_name;
	struct span kind_span;
	struct expr *size;
	const struct map_kind *kind; /* check */
};

struct catalog_usdt_arg;

/* Where a probe attaches.  Which fields are set depends on provider->shape (table.h). */
struct attach {
	struct attach *next;
	struct span span;
	const char *text; /* as written, with parameters put in */
	const struct provider *provider;
	const char *target; /* module, path, subsystem, kind of iterator; or NULL */
	const char *space;  /* USDT: the provider within the file; or NULL */
	const char *name;   /* function, event, unit's value; or NULL */
	const char *unit;   /* timers: "hz", "s", "ms", "us" or "ns" */
	const char *file;   /* uprobes: of 'file:line' */
	const char *mode;   /* watchpoints: letters of 'rwx' */
	uint64_t number;    /* interval, sample count, address, line */
	uint64_t offset;    /* of 'fn+off' */
	uint64_t len;       /* watchpoints; the column of 'file:line:column' */
	bool is_address;    /* number is where, instead of a name */
	bool is_cpp;
	bool has_wildcard;

	/* expand: */
	bool is_found;         /* in the catalog: it exists */
	const char *full_name; /* as 'probe' shows it: "tracepoint:sched:sched_switch" */
	bool is_optional;      /* config missing_probes is not 'error' */
	bool is_quiet;         /* it is 'ignore' */

	const struct catalog_usdt_arg *usdt_args; /* if the probe asks for arg0 ... */
	uint32_t usdt_arg_count;

	/* place.c: what 'args' and 'retval' are; NULL: not asked for, or not known */
	bool is_typed; /* that was looked up */
	const struct type *args;
	const struct type *retval;
	const struct field *result; /* uretprobes: what there is instead of 'retval' */
};

/* A name that a probe asks 'args' for. */
struct arg_name {
	struct arg_name *next;
	const char *name;
};

struct probe {
	struct probe *next;
	struct span span;
	const char *name; /* of 'name=probe', or NULL */
	struct attach *attaches;
	struct expr *predicate; /* or NULL */
	struct block *body;

	/* expand: what of its attach points it uses; all of them agree about that */
	struct arg_name *arg_names; /* of 'args.name' */
	bool uses_args;             /* 'args' at all */
	bool uses_all_args;         /* 'args' otherwise than 'args.name' */
	bool uses_retval;

	struct variable *inner; /* check: those of blocks that were left, in this round */
	bool is_copied;  /* its places did not agree: there are others for the rest of them */
	bool is_missing; /* none of its places exists, and config allows that */
};

enum item_kind {
	ITEM_INCLUDE, /* text: '<linux/fs.h>' or '"a.h"' */
	ITEM_DEFINE,  /* c_macro */
	ITEM_C,       /* c_def */
	ITEM_CONFIG,  /* config */
	ITEM_IMPORT,  /* text */
	ITEM_MAP,     /* map_decl */
	ITEM_MACRO,   /* macro */
	ITEM_FN,      /* fn */
	ITEM_PROBE,   /* probe */
};

struct item {
	struct item *next;
	enum item_kind kind;
	struct span span;
	const char *text;
	struct c_macro *c_macro;
	struct c_def *c_def;
	struct config_entry *config;
	struct map_decl *map_decl;
	struct macro *macro;
	struct fn *fn;
	struct probe *probe;
};

/* --- what the checker knows ------------------------------------------------------------------ */

struct variable {
	struct variable *next; /* in its scope, newest first */
	const char *name;
	struct span span; /* where it was first set or declared */
	const struct type *type;
	bool is_declared_type; /* 'let $x : T' */
	bool is_read_only;     /* of a 'for' */
	bool is_used;          /* its value, somewhere */
	bool is_pointed_at;    /* its address is taken */
	bool is_measured;      /* lower: a stack, of which the length is kept too */
};

struct map {
	struct map *next;
	const char *name;
	struct span span;         /* where it was first used */
	const struct type *key;   /* NULL: unknown yet; void: it has none */
	const struct type *value; /* NULL: unknown yet */
	struct span key_span;     /* where key and value got their types */
	struct span value_span;
	bool is_set;                 /* somewhere */
	bool is_cleared;             /* somewhere, from outside of the kernel */
	const struct expr *set_by;   /* the last value that sets it, or NULL */
	const struct map_decl *decl; /* or NULL */
	uint64_t max_keys;           /* of its declaration, or 0 */
};

/* What a setting is: 'number' of BOOL and NUMBER, 'text' of TEXT and CHOICE. */
struct setting {
	uint64_t number;
	const char *text;
};

struct script {
	const struct source *source;
	struct item *items;
	struct macro *macros;
	struct c_macro *c_macros;
	struct map_decl *map_decls;
	struct config_entry *config;
	struct probe *probes;
	struct fn *fns;
	struct token *tokens; /* for the formatter */
	size_t token_count;

	struct setting settings[CONFIG_ID_COUNT]; /* config.c: by enum config_id */
	struct types types; /* check: all that were made; who wants their fields needs this */
	struct map *maps;   /* check: in the order of their first use */
	bool is_expanded;
};

/* A node that is all zero but for its kind and place; NULL when memory is short. */
struct expr *expr_new(struct arena *arena, enum expr_kind kind, struct span span);
struct stmt *stmt_new(struct arena *arena, enum stmt_kind kind, struct span span);

/* From the start of @from to the end of @to. */
struct span span_join(struct span from, struct span to);

#endif
