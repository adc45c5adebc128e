/*
 * core.h - CO-RE: putting into instructions what the target's types make of them.
 *
 * A program compiled against one kernel's types says, for each instruction that depends on them, which field,
 * type or enumerator it means, by name.  These are looked up in the types of the kernel at hand: names of structs and
 * enums count up to "___", so that a program can have several views ("flavours") of one.
 *
 * Source: Documentation/bpf/llvm_reloc.rst of Linux (kinds and access strings), enum bpf_core_relo_kind of
 * include/uapi/linux/bpf.h; behaviour is that of libbpf.  Where a target has several types of one name, the first that
 * fits counts, while libbpf wants all that fit to agree.
 */
#ifndef WAGGLE_LOAD_CORE_H
#define WAGGLE_LOAD_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "btf/btf.h"
#include "isa/insn.h"

/* enum bpf_core_relo_kind */
enum core_kind {
	CORE_FIELD_BYTE_OFFSET,
	CORE_FIELD_BYTE_SIZE,
	CORE_FIELD_EXISTS,
	CORE_FIELD_SIGNED,
	CORE_FIELD_LSHIFT_U64,
	CORE_FIELD_RSHIFT_U64,
	CORE_TYPE_ID_LOCAL,
	CORE_TYPE_ID_TARGET,
	CORE_TYPE_EXISTS,
	CORE_TYPE_SIZE,
	CORE_ENUMVAL_EXISTS,
	CORE_ENUMVAL_VALUE,
	CORE_TYPE_MATCHES,
	CORE_KIND_COUNT,
};

struct core_request {
	const struct btf *local;  /* the program's types */
	const struct btf *target; /* NULL: there are none; everything is missing */
	enum core_kind kind;
	uint32_t type;      /* in 'local' */
	const char *access; /* "0:1:2" */
};

/* Put right the instruction @insn, of which @left slots are left in the program.  What is not there makes
 * a call of CORE_POISON, which no verifier lets a program reach; so code behind a check for existence may
 * have it.  -EINVAL with the reason in @diag: the record makes no sense, or the instruction does not go
 * with it. */
enum { CORE_POISON = 195896080 };
int core_apply(const struct core_request *request, struct insn *insn, size_t left,
	       struct diag *diag);

/* What @request asks for, as people write it: "struct task_struct.pid". */
void core_describe(const struct core_request *request, struct strbuf *out);

/* --- core_match.c: the same thing in both ----------------------------------------------------- */

enum { CORE_MOST_STEPS = 64 };

/* A way from a type to a field, or an enumerator of it. */
struct core_step {
	uint32_t type; /* struct, union or array that this step is in, without typedefs; the first: the root */
	uint32_t index; /* of the member, element or enumerator; the first: of an array of the root */
	const char *name; /* of the member or enumerator; NULL: an element */
};
struct core_path {
	const struct btf *btf;
	uint32_t root; /* without typedefs */
	struct core_step steps[CORE_MOST_STEPS];
	uint32_t count;
	uint32_t field;      /* type of where it leads to */
	uint64_t bit_offset; /* from the root */
	uint32_t bit_count;  /* of a bitfield, else 0 */
};

/* The path that @request means in its own types; -EINVAL. */
int core_path_read(const struct core_request *request, struct core_path *ret_path,
		   struct diag *diag);

/* The same path in the target's types; false: there is none. */
bool core_path_find(const struct core_request *request, const struct core_path *local,
		    struct core_path *ret_path);

/* Does a name in the target (@theirs) stand for @ours, which may have a flavour? */
bool core_same_name(const char *ours, const char *theirs);

/* --- core_compat.c ---------------------------------------------------------------------------- */

/* May a field of type @local be read as one of @target? */
bool core_fields_compatible(const struct btf *local_btf, uint32_t local,
			    const struct btf *target_btf, uint32_t target);
/* Is the type @target of the kind, and made of the kinds, that @local is (TYPE_EXISTS)? */
bool core_types_compatible(const struct btf *local_btf, uint32_t local,
			   const struct btf *target_btf, uint32_t target);
/* Has it all that @local has, in types that match (TYPE_MATCHES)? */
bool core_types_match(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
		      uint32_t target);

#endif
