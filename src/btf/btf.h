/*
 * btf.h - BTF, the kernel's type information: reading it, type by type.
 *
 * The format is in Documentation/bpf/btf.rst of Linux.  Parsing checks that every type lies within
 * the data; what a type refers to is checked when it is followed, so no answer here depends on a
 * field that was not checked.  Ids begin at 1; id 0 is void.
 */
#ifndef WAGGLE_BTF_BTF_H
#define WAGGLE_BTF_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum btf_kind {
	BTF_VOID = 0,
	BTF_INT = 1,
	BTF_PTR = 2,
	BTF_ARRAY = 3,
	BTF_STRUCT = 4,
	BTF_UNION = 5,
	BTF_ENUM = 6,
	BTF_FWD = 7,
	BTF_TYPEDEF = 8,
	BTF_VOLATILE = 9,
	BTF_CONST = 10,
	BTF_RESTRICT = 11,
	BTF_FUNC = 12,
	BTF_FUNC_PROTO = 13,
	BTF_VAR = 14,
	BTF_DATASEC = 15,
	BTF_FLOAT = 16,
	BTF_DECL_TAG = 17,
	BTF_TYPE_TAG = 18,
	BTF_ENUM64 = 19,
	BTF_KIND_COUNT,
};

struct btf; /* opaque */

struct btf_type {
	const char *name; /* "" when it has none */
	enum btf_kind kind;
	uint32_t count; /* of members, variables, values, parameters */
	uint32_t size;  /* bytes: of INT, STRUCT, UNION, ENUM, ENUM64, FLOAT, DATASEC */
	uint32_t type;  /* id that PTR, TYPEDEF, the qualifiers, FUNC, VAR and the tags refer to */
	const uint8_t *rest; /* what follows the common part; for btf.c */
};

struct btf_array {
	uint32_t type; /* of an element */
	uint32_t count;
};

struct btf_member {
	const char *name;
	uint32_t type;
	uint32_t bit_offset;
	uint32_t bit_count; /* of a bitfield; else 0 */
};

struct btf_param {
	const char *name; /* "" when it has none */
	uint32_t type;
};

struct btf_enumerator {
	const char *name;
	uint64_t value; /* sign-extended where the enum is signed */
};

/* A variable in a section: @type is the id of a BTF_VAR. */
struct btf_placed {
	uint32_t type;
	uint32_t offset; /* bytes */
	uint32_t size;
};

/* Parse @size bytes at @data; they must outlive the result, which points into them.
 * Returns 0 and sets *ret_btf (yours: btf_free), -EINVAL with the reason in @diag, or -ENOMEM. */
int btf_parse(const void *data, size_t size, struct diag *diag, struct btf **ret_btf);
/* The same for the whole of file @path, as the kernel offers its own: /sys/kernel/btf/vmlinux.  A
 * negative errno when it cannot be read.  Types are not gone through yet: where they make no sense is where
 * they end. */
int btf_open(const char *path, struct diag *diag, struct btf **ret_btf);
/* The same for types that go on where those of @base end, as a module's do where the kernel's end: what is asked
 * of the result is asked of both.  @base must outlive it. */
int btf_parse_split(const void *data, size_t size, const struct btf *base, struct diag *diag,
		    struct btf **ret_btf);
int btf_open_split(const char *path, const struct btf *base, struct diag *diag,
		   struct btf **ret_btf);
void btf_free(struct btf *btf); /* NULL is fine */

/* Ids run from 1 to the last; its own, if there is a base, from the first. */
uint32_t btf_first_id(const struct btf *btf);
uint32_t btf_last_id(const struct btf *btf);

/* The type with @id; false when there is none.  Id 0 gives BTF_VOID. */
bool btf_type(const struct btf *btf, uint32_t id, struct btf_type *ret_type);

/* The id of the type of @kind called @name, or 0: its own if there is one, else that of its base. */
uint32_t btf_find(const struct btf *btf, enum btf_kind kind, const char *name);

/* The id of the enum that has a value called @name, and the value; or 0. */
uint32_t btf_find_enumerator(const struct btf *btf, const char *name, uint64_t *ret_value);

/* The string at @offset of its strings, "" beyond their end: for what refers to them from outside. */
const char *btf_string(const struct btf *btf, uint32_t offset);

/* The parts of a type; @i is below type->count.  False when the type is of another kind. */
bool btf_array(const struct btf_type *type, struct btf_array *ret_array);
bool btf_member(const struct btf *btf, const struct btf_type *type, uint32_t i,
		struct btf_member *ret_member); /* STRUCT, UNION */
bool btf_param(const struct btf *btf, const struct btf_type *type, uint32_t i,
	       struct btf_param *ret_param); /* FUNC_PROTO */
bool btf_enumerator(const struct btf *btf, const struct btf_type *type, uint32_t i,
		    struct btf_enumerator *ret_value); /* ENUM, ENUM64 */
bool btf_int_is_signed(const struct btf_type *type);   /* INT */
bool btf_fwd_is_union(const struct btf_type *type);    /* FWD */
bool btf_placed(const struct btf_type *type, uint32_t i,
		struct btf_placed *ret_placed); /* DATASEC */

/* @id without its typedefs and qualifiers; 0 when they go round in a circle. */
uint32_t btf_strip(const struct btf *btf, uint32_t id);

/* Bytes that a value of type @id takes, or -1: it has no size, or one beyond 2^31 - 1. */
int64_t btf_size(const struct btf *btf, uint32_t id);

#endif
