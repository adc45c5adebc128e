/*
 * types.h - the types of values.
 *
 * A type is immutable once made and lives in the arena of its struct types.  Integers, void and the
 * types without parts exist once; others are compared with type_equal.  A struct of the kernel
 * is looked into when somebody asks for its fields, not before: task_struct alone leads
 * to thousands of others.
 */
#ifndef WAGGLE_SCRIPT_TYPES_H
#define WAGGLE_SCRIPT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"

struct btf;
struct catalog;
struct catalog_type;
struct headers;
struct kernel;

enum type_class {
	CLASS_NOTHING,
	CLASS_SCALAR,
	CLASS_BYTES,
	CLASS_PRINT,
	CLASS_AGGREGATE,
};

enum type_kind {
#define TYPE_KIND(name, text, class) TYPE_##name,
#include "script/type_kind.def"
	TYPE_KIND_COUNT,
};

/* Where the memory is that a pointer points at. */
enum space {
	SPACE_NONE, /* not known */
	SPACE_KERNEL,
	SPACE_USER,
	SPACE_BPF, /* the program's own: maps, the stack, a typed context */
};

/* Why a value cannot be read: "is in a register ...", and what to do instead. */
struct lack {
	const char *why, *hint;
};

struct field {
	const char *name; /* "" in tuples, and of an anonymous struct or union */
	const struct type *type;
	uint32_t offset;     /* bytes */
	uint32_t bit_offset; /* within the struct; bitfields alone */
	uint32_t bit_count;  /* 0: no bitfield */
	/* Of tracepoints: a u32 stands there, whose low half is where the value is, from the record's start or
	 * (rel) from behind this field, and whose high half is how many bytes it has. */
	bool is_data_loc;
	bool is_rel_loc;
	/* Of functions of programs: what is there is the address of the value; or it cannot be read. */
	bool is_address;
	const struct lack *lack;
};

struct type {
	enum type_kind kind;
	enum space space;      /* POINTER */
	uint32_t size;         /* bytes; 0 where there is none, or it is not known */
	bool is_signed;        /* INT, ENUM, SUM, MIN, MAX, AVG, STATS */
	bool is_incomplete;    /* STRUCT, UNION: declared, without a body */
	uint32_t count;        /* ARRAY: of elements; KSTACK, USTACK: of frames, 0 if not said */
	const struct type *of; /* POINTER, ARRAY */
	const char *name;      /* STRUCT, UNION, ENUM: "struct sock"; "" for anonymous ones;
				       KSTACK, USTACK: "perf"; "" if not said */
	const struct field *fields; /* TUPLE, RECORD; STRUCT and UNION: by type_fields */
	uint32_t field_count;
	bool is_unwound; /* USTACK: by dw_ustack */
	uint32_t btf_id; /* STRUCT, UNION, ENUM of the kernel; else 0 */
	/* The same of others: of the headers that the script includes, or of a module of the kernel; else NULL, 0. */
	const struct btf *outside;
	uint32_t outside_id;
	const struct catalog_type *user; /* STRUCT, UNION of a program: for its fields; else NULL */
	bool has_fields;                 /* STRUCT, UNION: 'fields' was filled in */
};

struct types {
	struct arena *arena;
	struct kernel *kernel;     /* NULL: no kernel's types are known */
	struct headers *headers;   /* NULL: the script includes none */
	struct type_link *structs; /* those of both that were asked for */
	struct catalog *catalog;   /* where programs' types are; NULL: none are known */
	uint32_t pid;              /* as whom it finds files; 0: as we do */
	struct user_link *user_structs;
	bool no_memory; /* once set, answers are 'none' */
};

/* Types without parts. */
const struct type *type_plain(enum type_kind kind);
const struct type *type_int(unsigned int bytes, bool is_signed); /* 1, 2, 4, 8 or 16 bytes */
const struct type *type_float(
	unsigned int bytes); /* 4 or 8, or 16: long double; else it is 'none' */

/* Types that have parts; the parts are kept, not copied. */
const struct type *type_string(struct types *types, uint32_t size);
const struct type *type_buffer(struct types *types, uint32_t size);
const struct type *type_inet(struct types *types, uint32_t size);
const struct type *type_pointer(struct types *types, const struct type *to, enum space space);
const struct type *type_array(struct types *types, const struct type *of, uint32_t count);
const struct type *type_aggregate(struct types *types, enum type_kind kind, bool is_signed);
/* Stacks of so many frames, in this mode: they lie in a map of their own. */
const struct type *type_stack(struct types *types, enum type_kind kind, uint32_t frames,
			      const char *mode);
/* The same of dw_ustack. */
const struct type *type_unwound(struct types *types, uint32_t frames, const char *mode);
/* A tuple, or a record when the fields have names: lays them out. */
const struct type *type_tuple(struct types *types, enum type_kind kind, struct field *fields,
			      uint32_t count);
/* A struct, union or enum with nothing filled in; its maker fills it in. */
struct type *type_new(struct types *types, enum type_kind kind, const char *name);

/* The fields of a struct or union, read now if they were not before. */
const struct field *type_fields(struct types *types, const struct type *type, uint32_t *ret_count);

/* The field called @name, also inside of anonymous members; *ret_field has its place from the start
 * of @type.  False when there is none. */
bool type_find_field(struct types *types, const struct type *type, const char *name,
		     struct field *ret_field);

/* Have both the same fields at the same places, of the same types? */
bool type_fields_equal(const struct type *a, const struct type *b);

/* Are they the same?  Address spaces do not count, and sizes of strings do. */
bool type_equal(const struct type *a, const struct type *b);

enum type_class type_class(const struct type *type);
bool type_is_int(const struct type *type);                /* INT, BOOL or ENUM: computing works */
bool type_is_compound(const struct type *type);           /* STRUCT or UNION */
bool type_is_castable_aggregate(const struct type *type); /* has a value that programs can read */
uint32_t type_align(const struct type *type);

/* The name as the language writes it: "uint64", "string[16]", "struct sock *", "(int64,string[3])". */
void type_print(const struct type *type, struct strbuf *out);
const char *type_kind_text(enum type_kind kind);                     /* "int", "string", "struct" */
const char *type_name(struct arena *arena, const struct type *type); /* never NULL */

#endif
