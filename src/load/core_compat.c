/*
 * core_compat.c - when a type of the target can stand for one of the program's.
 *
 * Three questions, from the loosest to the strictest; names are compared by whoever chose the pair, but for
 * enums and for what TYPE_MATCHES goes into.
 */
#include <string.h>

#include "load/core.h"

enum { MOST_DEPTH = 32 }; /* of pointers, arrays and functions within each other */

static bool is_enum(enum btf_kind kind)
{
	return kind == BTF_ENUM || kind == BTF_ENUM64;
}

static bool is_composite(enum btf_kind kind)
{
	return kind == BTF_STRUCT || kind == BTF_UNION;
}

static bool same_kind(enum btf_kind a, enum btf_kind b)
{
	return a == b || (is_enum(a) && is_enum(b));
}

/* Names that are there on both sides have to be the same. */
static bool names_agree(const struct btf_type *a, const struct btf_type *b)
{
	return !*a->name || !*b->name || core_same_name(a->name, b->name);
}

/* Two types in their own BTFs, without qualifiers and typedefs. */
struct pair {
	const struct btf *local_btf, *target_btf;
	struct btf_type local, target;
};

static bool pair_of(struct pair *pair, const struct btf *local_btf, uint32_t local,
		    const struct btf *target_btf, uint32_t target)
{
	pair->local_btf = local_btf;
	pair->target_btf = target_btf;
	return btf_type(local_btf, btf_strip(local_btf, local), &pair->local) &&
	       btf_type(target_btf, btf_strip(target_btf, target), &pair->target);
}

bool core_fields_compatible(const struct btf *local_btf, uint32_t local,
			    const struct btf *target_btf, uint32_t target)
{
	struct btf_array a, b;
	struct pair pair;

	for (int depth = 0; depth < MOST_DEPTH; depth++) {
		if (!pair_of(&pair, local_btf, local, target_btf, target))
			return false;
		if (is_composite(pair.local.kind) && is_composite(pair.target.kind))
			return true;
		if (!same_kind(pair.local.kind, pair.target.kind))
			return false;
		if (is_enum(pair.local.kind) || pair.local.kind == BTF_FWD)
			return names_agree(&pair.local, &pair.target);
		if (!btf_array(&pair.local, &a) || !btf_array(&pair.target, &b))
			return pair.local.kind == BTF_PTR || pair.local.kind == BTF_INT ||
			       pair.local.kind == BTF_FLOAT;
		local = a.type;
		target = b.type;
	}
	return false;
}

/* --- what two types are made of --------------------------------------------------------------- */

typedef bool compare_fn(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
			uint32_t target, int depth);

static bool compare_protos(const struct pair *pair, compare_fn *compare, int depth)
{
	struct btf_param a, b;

	if (pair->local.count != pair->target.count)
		return false;
	for (uint32_t i = 0; i < pair->local.count; i++)
		if (!btf_param(pair->local_btf, &pair->local, i, &a) ||
		    !btf_param(pair->target_btf, &pair->target, i, &b) ||
		    !compare(pair->local_btf, a.type, pair->target_btf, b.type, depth + 1))
			return false;
	return compare(pair->local_btf, pair->local.type, pair->target_btf, pair->target.type,
		       depth + 1);
}

static bool compatible(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
		       uint32_t target, int depth)
{
	struct btf_array a, b;
	struct pair pair;

	if (depth > MOST_DEPTH || !pair_of(&pair, local_btf, local, target_btf, target) ||
	    !same_kind(pair.local.kind, pair.target.kind))
		return false;
	switch (pair.local.kind) {
	case BTF_PTR:
		return compatible(local_btf, pair.local.type, target_btf, pair.target.type,
				  depth + 1);
	case BTF_ARRAY:
		return btf_array(&pair.local, &a) && btf_array(&pair.target, &b) &&
		       compatible(local_btf, a.type, target_btf, b.type, depth + 1);
	case BTF_FUNC_PROTO: return compare_protos(&pair, compatible, depth);
	default: return true;
	}
}

bool core_types_compatible(const struct btf *local_btf, uint32_t local,
			   const struct btf *target_btf, uint32_t target)
{
	return compatible(local_btf, local, target_btf, target, 0);
}

/* --- matches ---------------------------------------------------------------------------------- */

static bool match(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
		  uint32_t target, int depth);
static bool match_pointed(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
			  uint32_t target, int depth);

/* Every enumerator of ours is one of theirs. */
static bool match_enums(const struct pair *pair)
{
	struct btf_enumerator a, b;

	for (uint32_t i = 0; i < pair->local.count; i++) {
		bool is_there = false;

		if (!btf_enumerator(pair->local_btf, &pair->local, i, &a))
			return false;
		for (uint32_t j = 0; j < pair->target.count && !is_there; j++)
			is_there = btf_enumerator(pair->target_btf, &pair->target, j, &b) &&
				   core_same_name(a.name, b.name);
		if (!is_there)
			return false;
	}
	return true;
}

/* A member of @theirs, or of the nameless structs in it, that matches ours. */
static bool has_member(const struct pair *pair, const struct btf_member *ours,
		       const struct btf_type *theirs, int depth)
{
	struct btf_member member;
	struct btf_type type;

	if (depth > MOST_DEPTH)
		return false;
	for (uint32_t i = 0; i < theirs->count; i++) {
		if (!btf_member(pair->target_btf, theirs, i, &member))
			return false;
		if (*member.name) {
			if (core_same_name(ours->name, member.name) &&
			    match(pair->local_btf, ours->type, pair->target_btf, member.type,
				  depth + 1))
				return true;
		} else if (btf_type(pair->target_btf, btf_strip(pair->target_btf, member.type),
				    &type) &&
			   is_composite(type.kind) && has_member(pair, ours, &type, depth + 1)) {
			return true;
		}
	}
	return false;
}

static bool match_members(const struct pair *pair, const struct btf_type *ours, int depth)
{
	struct btf_member member;
	struct btf_type type;

	if (depth > MOST_DEPTH)
		return false;
	for (uint32_t i = 0; i < ours->count; i++) {
		if (!btf_member(pair->local_btf, ours, i, &member))
			return false;
		if (*member.name) {
			if (!has_member(pair, &member, &pair->target, depth))
				return false;
		} else if (btf_type(pair->local_btf, btf_strip(pair->local_btf, member.type),
				    &type) &&
			   is_composite(type.kind) && !match_members(pair, &type, depth + 1)) {
			return false;
		}
	}
	return true;
}

static bool match_arrays(const struct pair *pair, int depth)
{
	struct btf_array a, b;

	return btf_array(&pair->local, &a) && btf_array(&pair->target, &b) && a.count == b.count &&
	       match(pair->local_btf, a.type, pair->target_btf, b.type, depth + 1);
}

static bool match(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
		  uint32_t target, int depth)
{
	struct pair pair;

	if (depth > MOST_DEPTH || !pair_of(&pair, local_btf, local, target_btf, target) ||
	    !names_agree(&pair.local, &pair.target) ||
	    !same_kind(pair.local.kind, pair.target.kind))
		return false;
	switch (pair.local.kind) {
	case BTF_ENUM:
	case BTF_ENUM64: return pair.local.size == pair.target.size && match_enums(&pair);
	case BTF_INT:
		return pair.local.size == pair.target.size &&
		       btf_int_is_signed(&pair.local) == btf_int_is_signed(&pair.target);
	case BTF_FLOAT: return pair.local.size == pair.target.size;
	case BTF_PTR:
		return match_pointed(local_btf, pair.local.type, target_btf, pair.target.type,
				     depth + 1);
	case BTF_ARRAY: return match_arrays(&pair, depth);
	case BTF_FUNC_PROTO: return compare_protos(&pair, match, depth);
	case BTF_STRUCT:
	case BTF_UNION: return match_members(&pair, &pair.local, depth);
	default: return true;
	}
}

/* Behind pointers names are enough, and a declaration does for a definition. */
static bool match_pointed(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
			  uint32_t target, int depth)
{
	struct pair pair;

	if (!pair_of(&pair, local_btf, local, target_btf, target) ||
	    !names_agree(&pair.local, &pair.target))
		return false;
	if (is_composite(pair.local.kind) || pair.local.kind == BTF_FWD)
		return is_composite(pair.target.kind) || pair.target.kind == BTF_FWD;
	if (is_enum(pair.local.kind))
		return is_enum(pair.target.kind);
	return match(local_btf, local, target_btf, target, depth);
}

bool core_types_match(const struct btf *local_btf, uint32_t local, const struct btf *target_btf,
		      uint32_t target)
{
	return match(local_btf, local, target_btf, target, 0);
}
