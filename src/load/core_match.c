/*
 * core_match.c - paths: from a type to a field, in the program's types and in the target's.
 *
 * In the program's they are numbers ("0:3:1": the element of an array of the root, then members and elements by
 * index); in the target's they are followed by the names that the numbers meant.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/core.h"

enum { MOST_DEPTH = 32 }; /* of nameless structs within each other */

static int refuse(struct diag *diag, const char *reason)
{
	diag_error(diag, SPAN_NONE, "a record of .BTF.ext (CO-RE) makes no sense: %s", reason);
	return -EINVAL;
}

/* Where the flavour of a name begins, or its end.  The three '_' stand between other characters. */
static size_t essential(const char *name)
{
	for (size_t len = strlen(name), i = len > 5 ? len - 5 : 0; i > 0; i--)
		if (name[i] != '_' && !strncmp(name + i + 1, "___", 3) && name[i + 4] != '_')
			return i + 1;
	return strlen(name);
}

bool core_same_name(const char *ours, const char *theirs)
{
	const size_t len = essential(ours);

	return essential(theirs) == len && !strncmp(ours, theirs, len);
}

/* --- in the program's types ------------------------------------------------------------------- */

static bool is_enum_kind(enum core_kind kind)
{
	return kind == CORE_ENUMVAL_EXISTS || kind == CORE_ENUMVAL_VALUE;
}

static bool is_type_kind(enum core_kind kind)
{
	return kind == CORE_TYPE_ID_LOCAL || kind == CORE_TYPE_ID_TARGET ||
	       kind == CORE_TYPE_EXISTS || kind == CORE_TYPE_SIZE || kind == CORE_TYPE_MATCHES;
}

static bool read_number(const char **text, uint32_t *ret_number)
{
	char *end;
	unsigned long number;

	if (**text < '0' || **text > '9')
		return false;
	number = strtoul(*text, &end, 10);
	if (number > UINT32_MAX || (*end && *end != ':'))
		return false;
	*text = *end ? end + 1 : end;
	*ret_number = (uint32_t)number;
	return true;
}

/* Go from path->field, where it has come to, into its part number @index. */
static bool step_in(struct core_path *path, uint32_t index)
{
	const uint32_t id = btf_strip(path->btf, path->field);
	struct btf_member member;
	struct btf_array array;
	struct btf_type type;
	const char *name = NULL;

	if (!btf_type(path->btf, id, &type))
		return false;
	if (btf_array(&type, &array)) {
		const int64_t size = btf_size(path->btf, array.type);

		if (size < 0)
			return false;
		path->bit_offset += (uint64_t)index * (uint64_t)size * 8;
		path->bit_count = 0;
		path->field = array.type;
	} else if (btf_member(path->btf, &type, index, &member)) {
		path->bit_offset += member.bit_offset;
		path->bit_count = member.bit_count;
		path->field = member.type;
		name = member.name;
	} else {
		return false;
	}
	if (!name || *name) /* nameless structs are no step: the target may have others */
		path->steps[path->count++] = (struct core_step){ id, index, name };
	return true;
}

/* The first number is that of an element of an array of the root. */
static bool begin(struct core_path *path, const struct btf *btf, uint32_t root, uint32_t index)
{
	const int64_t size = index ? btf_size(btf, root) : 0;

	*path = (struct core_path){ .btf = btf, .root = btf_strip(btf, root), .count = 1 };
	path->field = path->root;
	path->steps[0] = (struct core_step){ path->root, index, NULL };
	path->bit_offset = (uint64_t)index * (uint64_t)size * 8;
	return size >= 0;
}

static int read_enumerator(struct core_path *path, uint32_t index, struct diag *diag)
{
	struct btf_enumerator value;
	struct btf_type type;

	if (!btf_type(path->btf, path->root, &type) ||
	    !btf_enumerator(path->btf, &type, index, &value))
		return refuse(diag, "it is about an enumerator that is not there");
	path->steps[0] = (struct core_step){ path->root, index, value.name };
	return 0;
}

int core_path_read(const struct core_request *request, struct core_path *ret_path,
		   struct diag *diag)
{
	const char *text = request->access;
	struct btf_type type;
	uint32_t number = 0;

	if (!read_number(&text, &number))
		return refuse(diag, "its access string is no list of numbers");
	if (!btf_type(request->local, request->type, &type))
		return refuse(diag, "its type is not there");
	if (is_enum_kind(request->kind) || is_type_kind(request->kind)) {
		if (*text)
			return refuse(diag, "it is about a type and goes into it");
		(void)begin(ret_path, request->local, request->type, 0);
		return is_enum_kind(request->kind) ? read_enumerator(ret_path, number, diag) : 0;
	}
	if (!begin(ret_path, request->local, request->type, number))
		return refuse(diag, "its type has no size");
	while (*text) {
		if (ret_path->count == CORE_MOST_STEPS)
			return refuse(diag, "it goes too deep");
		if (!read_number(&text, &number) || !step_in(ret_path, number))
			return refuse(diag, "its access string leads nowhere");
	}
	return 0;
}

/* --- in the target's -------------------------------------------------------------------------- */

/* Member @name of struct @id, or of the nameless ones in it; the path comes to stand behind it. */
static bool find_member(struct core_path *path, uint32_t id, const char *name, int depth)
{
	const struct core_path saved = *path;
	struct btf_member member;
	struct btf_type type;

	if (depth > MOST_DEPTH || !btf_type(path->btf, btf_strip(path->btf, id), &type))
		return false;
	for (uint32_t i = 0; i < type.count && btf_member(path->btf, &type, i, &member); i++) {
		path->bit_offset = saved.bit_offset + member.bit_offset;
		path->bit_count = member.bit_count;
		path->field = member.type;
		if (*member.name ? !strcmp(member.name, name) :
				   find_member(path, member.type, name, depth + 1))
			return true;
	}
	path->bit_offset = saved.bit_offset;
	return false;
}

/* Arrays at the end of a struct may have no length of their own. */
static bool find_element(struct core_path *path, uint32_t index)
{
	struct btf_array array;
	struct btf_type type;
	int64_t size;

	if (!btf_type(path->btf, btf_strip(path->btf, path->field), &type) ||
	    !btf_array(&type, &array) || (array.count && index >= array.count))
		return false;
	size = btf_size(path->btf, array.type);
	path->bit_offset += (uint64_t)index * (uint64_t)size * 8;
	path->bit_count = 0;
	path->field = array.type;
	return size >= 0;
}

/* The type that a step of the program's path leads to. */
static uint32_t local_field(const struct core_path *local, uint32_t step)
{
	struct btf_member member;
	struct btf_type type;

	if (btf_type(local->btf, local->steps[step].type, &type) &&
	    btf_member(local->btf, &type, local->steps[step].index, &member))
		return member.type;
	return 0;
}

static bool follow(const struct core_path *local, struct core_path *path)
{
	for (uint32_t i = 1; i < local->count; i++) {
		const struct core_step *step = &local->steps[i];

		if (!step->name) {
			if (!find_element(path, step->index))
				return false;
			continue;
		}
		if (!find_member(path, path->field, step->name, 0) ||
		    !core_fields_compatible(local->btf, local_field(local, i), path->btf,
					    path->field))
			return false;
	}
	return true;
}

static bool find_enumerator(const struct core_path *local, struct core_path *path)
{
	struct btf_enumerator value;
	struct btf_type type;

	if (!btf_type(path->btf, path->root, &type))
		return false;
	for (uint32_t i = 0; i < type.count && btf_enumerator(path->btf, &type, i, &value); i++) {
		if (!core_same_name(local->steps[0].name, value.name))
			continue;
		path->steps[0] = (struct core_step){ path->root, i, value.name };
		return true;
	}
	return false;
}

/* Does type @id of the target, whose name is right, do? */
static bool try_candidate(const struct core_request *request, const struct core_path *local,
			  uint32_t id, struct core_path *path)
{
	if (!begin(path, request->target, id, local->steps[0].index))
		return false;
	if (is_enum_kind(request->kind))
		return find_enumerator(local, path);
	if (request->kind == CORE_TYPE_MATCHES)
		return core_types_match(request->local, local->root, request->target, id);
	if (is_type_kind(request->kind))
		return core_types_compatible(request->local, request->type, request->target, id);
	return follow(local, path);
}

static bool may_be(const struct btf_type *ours, const struct btf_type *theirs)
{
	const bool both_enum = (ours->kind == BTF_ENUM || ours->kind == BTF_ENUM64) &&
			       (theirs->kind == BTF_ENUM || theirs->kind == BTF_ENUM64);

	return (ours->kind == theirs->kind || both_enum) && *theirs->name &&
	       core_same_name(ours->name, theirs->name);
}

/* All types of the target, when the one with the plain name does not do. */
static bool try_all(const struct core_request *request, const struct core_path *local,
		    const struct btf_type *ours, struct core_path *path)
{
	struct btf_type theirs;

	for (uint32_t id = 1; btf_type(request->target, id, &theirs); id++)
		if (may_be(ours, &theirs) && try_candidate(request, local, id, path))
			return true;
	return false;
}

bool core_path_find(const struct core_request *request, const struct core_path *local,
		    struct core_path *ret_path)
{
	/* Typedefs that are asked for by name are looked up by it. */
	const uint32_t id = is_type_kind(request->kind) ? request->type : local->root;
	struct btf_type ours;
	char name[256];
	uint32_t found;

	if (!request->target || !btf_type(request->local, id, &ours))
		return false;
	if (!*ours.name || essential(ours.name) >= sizeof name)
		return false;
	memcpy(name, ours.name, essential(ours.name));
	name[essential(ours.name)] = '\0';
	found = btf_find(request->target, ours.kind, name);
	if (!found && ours.kind == BTF_ENUM)
		found = btf_find(request->target, BTF_ENUM64, name);
	if (found && try_candidate(request, local, found, ret_path))
		return true;
	return found && try_all(request, local, &ours, ret_path);
}
