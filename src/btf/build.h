/*
 * build.h - making BTF: types are added one by one, and each gets the next id.
 *
 *	struct btf_build b;
 *	btf_build_init(&b);
 *	type = btf_build_int(&b, "int", 4, true);
 *	...
 *	err = btf_build_finish(&b, &ret_data);
 *	btf_build_release(&b);
 *
 * Where a type is wanted, 0 is void, and a type that is added later may be named by its id to come.
 * Want of memory is remembered and reported at the end.  The format is in Documentation/bpf/btf.rst of
 * Linux.
 */
#ifndef WAGGLE_BTF_BUILD_H
#define WAGGLE_BTF_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "btf/btf.h"

struct btf_build {
	struct strbuf types;
	struct strbuf strings;
	uint32_t last_id;
	uint32_t int_id; /* of btf_build_callback, made once */
	uint32_t u64_id;
};

/* Linkage of functions and variables. */
enum btf_linkage {
	BTF_STATIC = 0,
	BTF_GLOBAL = 1,
	BTF_EXTERN = 2,
};

void btf_build_init(struct btf_build *b);
void btf_build_release(struct btf_build *b);

/* The offset of @text among the strings, for line information; equal texts share one.  NULL is "". */
uint32_t btf_build_string(struct btf_build *b, const char *text);

uint32_t btf_build_int(struct btf_build *b, const char *name, uint32_t bytes, bool is_signed);
/* PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG: of @type; @name only where the kind has one. */
uint32_t btf_build_ref(struct btf_build *b, enum btf_kind kind, const char *name, uint32_t type);
uint32_t btf_build_array(struct btf_build *b, uint32_t type, uint32_t index_type, uint32_t count);
/* STRUCT or UNION */
uint32_t btf_build_struct(struct btf_build *b, enum btf_kind kind, const char *name, uint32_t size,
			  const struct btf_member *members, uint32_t count);
uint32_t btf_build_fwd(struct btf_build *b, const char *name, bool is_union);
/* ENUM for up to 4 bytes, ENUM64 for 8. */
uint32_t btf_build_enum(struct btf_build *b, const char *name, uint32_t size, bool is_signed,
			const struct btf_enumerator *values, uint32_t count);
uint32_t btf_build_proto(struct btf_build *b, uint32_t result, const struct btf_param *params,
			 uint32_t count);
uint32_t btf_build_func(struct btf_build *b, const char *name, uint32_t proto,
			enum btf_linkage linkage);
uint32_t btf_build_var(struct btf_build *b, const char *name, uint32_t type,
		       enum btf_linkage linkage);
uint32_t btf_build_datasec(struct btf_build *b, const char *name, uint32_t size,
			   const struct btf_placed *vars, uint32_t count);

/* A static function of @arg_count (up to 5) u64 that returns an int: all that the kernel wants to know of
 * a callback. */
uint32_t btf_build_callback(struct btf_build *b, const char *name, uint32_t arg_count);

/* Everything, with its header, appended to @out: 0 or -ENOMEM. */
int btf_build_finish(const struct btf_build *b, struct strbuf *out);

#endif
