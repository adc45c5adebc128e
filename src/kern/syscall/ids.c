/*
 * ids.c - walking through all objects of a kind, and descriptors of any of them: BPF_*_GET_NEXT_ID,
 * BPF_*_GET_FD_BY_ID.
 */
#include <errno.h>
#include <fcntl.h>

#include "kern/syscall/map_object.h"

/* Descriptors that were closed unnoticed would keep objects in the list. */
static struct object *next_open(struct embedded *kernel, enum object_kind kind, uint32_t id)
{
	struct object *object = object_after_id(kernel, kind, id);

	while (object) {
		id = object->id;
		if (object_closed(kernel, object->inode))
			return object;
		if (object_with_id(kernel, kind, id))
			return object;
		object = object_after_id(kernel, kind, id);
	}
	return NULL;
}

static int next_id(struct call *call, enum object_kind kind)
{
	const struct object *object;

	if (call->attr.by_id.open_flags || call->attr.by_id.id >= INT32_MAX)
		return -EINVAL;
	object = next_open(call->kernel, kind, call->attr.by_id.id);
	if (!object)
		return -ENOENT;
	call->attr.by_id.next_id = object->id;
	return CALL_RETURN(call, by_id.next_id);
}

int call_prog_next_id(struct call *call)
{
	return next_id(call, OBJECT_PROG);
}

int call_map_next_id(struct call *call)
{
	return next_id(call, OBJECT_MAP);
}

int call_btf_next_id(struct call *call)
{
	return next_id(call, OBJECT_BTF);
}

int call_link_next_id(struct call *call)
{
	return next_id(call, OBJECT_LINK);
}

static int by_id(struct call *call, enum object_kind kind, int mode)
{
	struct object *object = object_with_id(call->kernel, kind, call->attr.by_id.id);

	return object ? object_open(call, object, mode) : -ENOENT;
}

int call_prog_by_id(struct call *call)
{
	return by_id(call, OBJECT_PROG, O_RDWR);
}

int call_map_by_id(struct call *call)
{
	const uint32_t flags = call->attr.by_id.open_flags;
	int mode = map_file_mode(flags);

	if (flags & ~(uint32_t)(FILE_F_RDONLY | FILE_F_WRONLY) || mode < 0)
		return -EINVAL;
	return by_id(call, OBJECT_MAP, mode);
}

int call_btf_by_id(struct call *call)
{
	return by_id(call, OBJECT_BTF, O_RDONLY);
}

int call_link_by_id(struct call *call)
{
	return by_id(call, OBJECT_LINK, O_RDONLY);
}
