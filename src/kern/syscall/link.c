/*
 * link.c - BPF_LINK_CREATE, BPF_LINK_UPDATE, BPF_LINK_DETACH, BPF_RAW_TRACEPOINT_OPEN.
 *
 * A link says what a program waits for.  Its events come from whoever feeds this kernel (kern/syscall/embedded.h):
 * without a feed they never come, as with a tracepoint of Linux that nobody passes.
 */
#include "kern/syscall/link_object.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "kern/syscall/user.h"

enum {
	ATTACH_RAW_TRACEPOINT = 23, /* BPF_TRACE_RAW_TP */
	UPDATE_FLAGS = BPF_F_REPLACE,
	NFPROTO_IPV4_NUMBER = 2,
	NFPROTO_IPV6_NUMBER = 10,
	NETFILTER_HOOKS = 5,
};

static void link_object_free(struct embedded *kernel, struct object *object)
{
	struct link_object *link = (struct link_object *)object;

	object_put(kernel, &link->prog->object);
	free(link);
}

/* A descriptor of a new link of @prog, with what @like says of it. */
static int open_link(const struct call *call, struct prog_object *prog,
		     const struct link_object *like)
{
	struct link_object *link = malloc(sizeof *link);
	int err;

	if (!link)
		return -ENOMEM;
	*link = *like;
	link->object = (struct object){ .free = link_object_free };
	link->prog = prog;
	object_get(&prog->object);
	err = object_init(call->kernel, &link->object, OBJECT_LINK, "bpf-link", 0);
	if (err) {
		link_object_free(call->kernel, &link->object);
		return err;
	}
	err = object_open(call, &link->object, O_RDONLY);
	object_put(call->kernel, &link->object);
	return err;
}

/* --- Raw tracepoints -------------------------------------------------------------------------- */

static bool is_raw_tracepoint(const struct prog_object *prog)
{
	return prog->type == BPF_PROG_TYPE_RAW_TRACEPOINT ||
	       prog->type == BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE;
}

/* Programs that know since their loading what they are attached to. */
static bool is_typed(const struct prog_object *prog)
{
	return prog->type == BPF_PROG_TYPE_TRACING || prog->type == BPF_PROG_TYPE_LSM ||
	       prog->type == BPF_PROG_TYPE_EXT;
}

int call_raw_tracepoint_open(struct call *call)
{
	struct link_object link = { .type = LINK_RAW_TRACEPOINT,
				    .cookie = call->attr.raw_tracepoint.cookie };
	const uint64_t name = call->attr.raw_tracepoint.name;
	struct prog_object *prog;
	int err = prog_object_find(call, (int)call->attr.raw_tracepoint.prog_fd, &prog);

	if (err)
		return err;
	if (is_typed(prog)) {
		if (name)
			return -EINVAL; /* it has one, by BTF */
		link.attach_type = prog->attach_type;
		link.target_btf_id = prog->attach_btf_id;
		if (prog->attach_type != ATTACH_RAW_TRACEPOINT)
			link.type = LINK_TRACING;
		return open_link(call, prog, &link);
	}
	if (!is_raw_tracepoint(prog))
		return -EINVAL;
	err = user_read_text(call->caller, link.name, name, sizeof link.name);
	if (err == -E2BIG)
		return -ENOENT; /* no tracepoint is called that */
	return err < 0 ? err : open_link(call, prog, &link);
}

/* --- Places ----------------------------------------------------------------------------------- */

/* What the caller's descriptor @fd is; the path to it stands in for a name. */
static int caller_file(const struct call *call, int fd, struct stat *ret_status,
		       struct statfs *ret_system)
{
	char path[64];

	if (fd < 0)
		return -EBADF;
	(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)call->caller->pid, fd);
	return stat(path, ret_status) || statfs(path, ret_system) ? -EBADF : 0;
}

static int place_cgroup(const struct call *call, int fd, struct link_object *link)
{
	struct stat status;
	struct statfs system;
	int err = caller_file(call, fd, &status, &system);

	if (err)
		return err;
	if (system.f_type != CGROUP2_SUPER_MAGIC || !S_ISDIR(status.st_mode))
		return -EBADF;
	link->target = status.st_ino;
	return 0;
}

static int place_netns(const struct call *call, int fd, struct link_object *link)
{
	struct stat status;
	struct statfs system;
	int err = caller_file(call, fd, &status, &system);

	if (err)
		return err;
	if (system.f_type != NSFS_MAGIC)
		return -EINVAL;
	link->target = status.st_ino;
	return 0;
}

static int place_interface(uint32_t index, struct link_object *link)
{
	char name[IF_NAMESIZE];

	if (!index || !if_indextoname(index, name))
		return link->type == LINK_XDP ? -EINVAL : -ENODEV;
	link->target = index;
	return 0;
}

static int place_function(const struct call *call, const struct prog_object *prog,
			  struct link_object *link)
{
	if (link->attach_type != prog->attach_type)
		return -EINVAL;
	if (call->attr.link_create.target || call->attr.link_create.tracing.target_btf_id)
		return -EINVAL; /* of BPF_PROG_TYPE_EXT alone */
	link->cookie = call->attr.link_create.tracing.cookie;
	link->target_btf_id = prog->attach_btf_id;
	return 0;
}

static int place_hook(const struct call *call, struct link_object *link)
{
	link->pf = call->attr.link_create.netfilter.pf;
	link->hook = call->attr.link_create.netfilter.hooknum;
	link->priority = call->attr.link_create.netfilter.priority;
	if (call->attr.link_create.netfilter.flags & ~1u || link->hook >= NETFILTER_HOOKS)
		return -EINVAL;
	if (link->pf != NFPROTO_IPV4_NUMBER && link->pf != NFPROTO_IPV6_NUMBER)
		return -EAFNOSUPPORT;
	if (link->priority == INT32_MIN || link->priority == INT32_MAX)
		return -ERANGE;
	return 0;
}

static int find_place(const struct call *call, const struct attach_kind *kind,
		      const struct prog_object *prog, struct link_object *link)
{
	const uint32_t target = call->attr.link_create.target;

	switch (kind->place) {
	case PLACE_CGROUP: return place_cgroup(call, (int)target, link);
	case PLACE_INTERFACE: return place_interface(target, link);
	case PLACE_NETNS: return place_netns(call, (int)target, link);
	case PLACE_FUNCTION: return place_function(call, prog, link);
	case PLACE_HOOK: return place_hook(call, link);
	case PLACE_MAP:
	case PLACE_DEVICE:
	case PLACE_SOCKET:
	case PLACE_ITERATOR:
	case PLACE_EVENT:
	case PLACE_FUNCTIONS:
	case PLACE_FILE: return -EOPNOTSUPP;
	}
	return -EINVAL;
}

/* --- Links of all kinds ------------------------------------------------------------------------ */

int call_link_create(struct call *call)
{
	struct link_object link = { .attach_type = call->attr.link_create.attach_type };
	const struct attach_kind *kind;
	struct prog_object *prog;
	int err = prog_object_find(call, (int)call->attr.link_create.prog_fd, &prog);

	if (err)
		return err;
	kind = attach_kind(prog->type, link.attach_type);
	if (!kind || kind->link == LINK_NONE || call->attr.link_create.flags)
		return -EINVAL;
	link.type = kind->link;
	err = find_place(call, kind, prog, &link);
	return err ? err : open_link(call, prog, &link);
}

static int find_link(const struct call *call, uint32_t fd, struct link_object **ret_link)
{
	struct object *object;
	int err = object_find(call, (int)fd, OBJECT_LINK, &object, NULL);

	if (!err)
		*ret_link = (struct link_object *)object;
	return err;
}

/* Links whose program can be replaced, and that can be left without a place. */
static bool is_changeable(const struct link_object *link)
{
	switch (link->type) {
	case LINK_CGROUP:
	case LINK_XDP:
	case LINK_NETNS:
	case LINK_TCX:
	case LINK_NETKIT:
	case LINK_SOCKMAP: return true;
	default: return false;
	}
}

int call_link_update(struct call *call)
{
	const uint32_t flags = call->attr.link_update.flags;
	struct prog_object *prog, *old;
	struct link_object *link;
	int err;

	if (flags & ~(uint32_t)UPDATE_FLAGS)
		return -EINVAL;
	err = find_link(call, call->attr.link_update.link_fd, &link);
	if (!err)
		err = prog_object_find(call, (int)call->attr.link_update.new_fd, &prog);
	if (err)
		return err;
	if (!(flags & BPF_F_REPLACE) && call->attr.link_update.old_fd)
		return -EINVAL;
	if (flags & BPF_F_REPLACE) {
		err = prog_object_find(call, (int)call->attr.link_update.old_fd, &old);
		if (err)
			return err;
		if (old != link->prog)
			return -EPERM;
	}
	if (!is_changeable(link))
		return -EINVAL;
	if (link->is_detached)
		return -ENOLINK;
	if (prog->type != link->prog->type)
		return -EINVAL;
	object_get(&prog->object);
	object_put(call->kernel, &link->prog->object);
	link->prog = prog;
	return 0;
}

int call_link_detach(struct call *call)
{
	struct link_object *link;
	int err = find_link(call, call->attr.link_detach.link_fd, &link);

	if (err)
		return err;
	if (!is_changeable(link))
		return -EOPNOTSUPP;
	link->is_detached = true;
	link->target = 0;
	return 0;
}

/* --- What there is to know of them ------------------------------------------------------------- */

static int write_name(const struct call *call, const struct link_object *link,
		      struct bpf_link_info *info)
{
	const uint64_t address = info->raw_tracepoint.tp_name;
	const uint32_t room = info->raw_tracepoint.tp_name_len;
	const uint32_t bytes = (uint32_t)strlen(link->name) + 1;
	int err;

	if (!address != !room)
		return -EINVAL;
	info->raw_tracepoint.tp_name_len = bytes;
	if (!address)
		return 0;
	if (room >= bytes)
		return user_write(call->caller, address, link->name, bytes);
	err = user_write(call->caller, address, link->name, room - 1);
	if (!err)
		err = user_write(call->caller, address + room - 1, "", 1);
	return err ? err : -ENOSPC;
}

int link_describe(const struct call *call, const struct link_object *link,
		  struct bpf_link_info *info)
{
	info->type = (uint32_t)link->type;
	info->id = link->object.id;
	info->prog_id = link->prog->object.id;
	switch (link->type) {
	case LINK_RAW_TRACEPOINT: return write_name(call, link, info);
	case LINK_TRACING:
		info->tracing.attach_type = link->attach_type;
		info->tracing.target_btf_id = link->target_btf_id;
		break;
	case LINK_CGROUP:
		info->cgroup.cgroup_id = link->target;
		info->cgroup.attach_type = link->attach_type;
		break;
	case LINK_NETNS:
		info->netns.netns_ino = (uint32_t)link->target;
		info->netns.attach_type = link->attach_type;
		break;
	case LINK_XDP:
	case LINK_TCX:
	case LINK_NETKIT: /* an attach type stands behind the index in the latter two */
		info->xdp.ifindex = (uint32_t)link->target;
		if (link->type != LINK_XDP)
			memcpy((char *)&info->xdp.ifindex + sizeof(uint32_t), &link->attach_type,
			       sizeof(uint32_t));
		break;
	default: break;
	}
	return 0;
}
