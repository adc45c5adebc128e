/*
 * attach.c - from the name of a section to a place, and there.
 *
 * What scripts attach to, too, goes the way of theirs (probe/attach.h); the rest are links to an
 * interface, a cgroup or a network namespace.
 */
#include "load/attach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "abi/attach_type.h"
#include "base/arena.h"
#include "sys/bpf.h"

enum { MOST_PLACES = 4096 };

/* A program on its way to its places. */
struct attaching {
	const struct load_attach_job *job;
	const struct loaded_prog *prog;
	struct diag *diag;
	struct arena arena;
	struct bundle_attach *places;
	uint32_t count, size;
	const struct bundle_attach *like; /* what places found by a pattern are like */
};

static int lacks(struct attaching *a, const char *what, const char *hint)
{
	diag_warning(a->diag, SPAN_NONE, "program '%s' (%s) is not attached: %s", a->prog->name,
		     a->prog->section_name, what);
	if (hint)
		diag_hint(a->diag, "%s", hint);
	return 0;
}

static int refuse(struct attaching *a, const char *where, int err)
{
	diag_error(a->diag, SPAN_NONE, "program '%s' (%s) cannot be attached to %s: %s",
		   a->prog->name, a->prog->section_name, where, strerror(-err));
	return err;
}

/* --- places that scripts have, too ------------------------------------------------------------ */

static int add_place(struct attaching *a, const struct bundle_attach *place)
{
	if (a->count == MOST_PLACES) {
		diag_error(a->diag, SPAN_NONE,
			   "program '%s' (%s) would be attached to more than %d places",
			   a->prog->name, a->prog->section_name, MOST_PLACES);
		return -E2BIG;
	}
	if (a->count == a->size) {
		const uint32_t size = a->size ? a->size * 2 : 8;
		struct bundle_attach *places = realloc(a->places, size * sizeof *places);

		if (!places)
			return -ENOMEM;
		a->places = places;
		a->size = size;
	}
	a->places[a->count] = *place;
	a->places[a->count++].span = SPAN_NONE;
	return 0;
}

static int attach_places(struct attaching *a)
{
	const struct bundle_prog prog = {
		.name = a->prog->name,
		.type = a->prog->section.type,
		.expected_attach_type = a->prog->section.attach,
		.btf_id = a->prog->kernel_id,
		.attaches = a->places,
		.attach_count = a->count,
	};

	return attach_prog(a->job->attachments, &prog, a->prog->fd, a->diag);
}

static int attach_at(struct attaching *a, const struct bundle_attach *place)
{
	const int err = add_place(a, place);

	return err ? err : attach_places(a);
}

/* "name+0x10": the name, and the number behind it. */
static const char *cut_offset(struct attaching *a, const char *text, uint64_t *ret_offset)
{
	const char *plus = strrchr(text, '+');
	char *end;

	*ret_offset = plus ? strtoull(plus + 1, &end, 0) : 0;
	if (!plus || end == plus + 1 || *end)
		return arena_strndup(&a->arena, text, strlen(text));
	return arena_strndup(&a->arena, text, (size_t)(plus - text));
}

static int attach_function(struct attaching *a, enum attach_kind kind)
{
	struct bundle_attach place = { .kind = kind, .name = a->prog->section_name };

	place.event = cut_offset(a, a->prog->section.target, &place.offset);
	return place.event ? attach_at(a, &place) : -ENOMEM;
}

/* System calls' functions are named by the processor. */
static int attach_syscall(struct attaching *a, enum attach_kind kind)
{
#if defined(__x86_64__)
	const char *prefix = "__x64_sys_";
#elif defined(__aarch64__)
	const char *prefix = "__arm64_sys_";
#else
	const char *prefix = "sys_";
#endif
	struct bundle_attach place = { .kind = kind, .name = a->prog->section_name };

	place.event = arena_printf(&a->arena, "%s%s", prefix, a->prog->section.target);
	return place.event ? attach_at(a, &place) : -ENOMEM;
}

static bool add_found(void *data, const char *target, const char *space, const char *name)
{
	struct attaching *a = data;
	struct bundle_attach place = *a->like;

	(void)space;
	place.event = arena_strndup(&a->arena, name, strlen(name));
	if (a->like->target)
		place.target = arena_strndup(&a->arena, target, strlen(target));
	return place.event && !add_place(a, &place);
}

static int attach_functions(struct attaching *a, enum attach_kind kind)
{
	const struct bundle_attach like = { .kind = kind, .name = a->prog->section_name };
	int found;

	a->like = &like;
	found = catalog_functions(a->job->catalog, NULL, a->prog->section.target, false, add_found,
				  a, a->diag);
	if (found < 0)
		return found;
	return a->count ? attach_places(a) : refuse(a, "any function", -ENOENT);
}

static int attach_tracepoint(struct attaching *a)
{
	const char *slash = strchr(a->prog->section.target, '/');
	struct bundle_attach place = { .kind = ATTACH_TRACEPOINT, .name = a->prog->section_name };

	if (!slash) {
		diag_error(a->diag, SPAN_NONE,
			   "program '%s': '%s' does not name a tracepoint: write "
			   "SEC(\"tracepoint/CATEGORY/NAME\")",
			   a->prog->name, a->prog->section_name);
		return -EINVAL;
	}
	place.target = arena_strndup(&a->arena, a->prog->section.target,
				     (size_t)(slash - a->prog->section.target));
	place.event = slash + 1;
	return place.target ? attach_at(a, &place) : -ENOMEM;
}

/* "path:function+offset", "path:0x1234". */
static int split_user(struct attaching *a, struct bundle_attach *place)
{
	const char *colon = strrchr(a->prog->section.target, ':');
	char *end;

	if (!colon || !colon[1]) {
		diag_error(a->diag, SPAN_NONE,
			   "program '%s': '%s' does not name a function: write "
			   "SEC(\"uprobe/PATH:FUNCTION\")",
			   a->prog->name, a->prog->section_name);
		return -EINVAL;
	}
	place->target = arena_strndup(&a->arena, a->prog->section.target,
				      (size_t)(colon - a->prog->section.target));
	place->event = cut_offset(a, colon + 1, &place->offset);
	if (!place->target || !place->event)
		return -ENOMEM;
	place->address = strtoull(place->event, &end, 0);
	if (end != place->event && !*end)
		place->event = NULL;
	else
		place->address = 0;
	return 0;
}

static int attach_user(struct attaching *a, enum attach_kind kind)
{
	struct bundle_attach place = { .kind = kind, .name = a->prog->section_name };
	const int err = split_user(a, &place);

	return err ? err : attach_at(a, &place);
}

static int attach_user_functions(struct attaching *a, enum attach_kind kind)
{
	struct bundle_attach like = { .kind = kind, .name = a->prog->section_name };
	int found = split_user(a, &like);

	if (found)
		return found;
	if (!like.event)
		return attach_at(a, &like);
	a->like = &like;
	found = catalog_user_functions(a->job->catalog, like.target, like.event, 0, add_found, a,
				       a->diag);
	if (found < 0)
		return found;
	return a->count ? attach_places(a) : refuse(a, "any function", -ENOENT);
}

static int attach_raw(struct attaching *a)
{
	return attach_at(a, &(struct bundle_attach){ .kind = ATTACH_RAW_TRACEPOINT,
						     .name = a->prog->section_name,
						     .event = a->prog->section.target });
}

static int attach_samples(struct attaching *a)
{
	return attach_at(a, &(struct bundle_attach){ .kind = ATTACH_PROFILE,
						     .name = a->prog->section_name,
						     .frequency = a->job->places->frequency });
}

static int attach_iterator(struct attaching *a)
{
	return attach_at(a, &(struct bundle_attach){ .kind = ATTACH_ITER,
						     .name = a->prog->section_name,
						     .target = a->prog->section.target });
}

/* --- links ------------------------------------------------------------------------------------ */

static int keep(struct attaching *a, int fd, const char *where)
{
	if (fd < 0)
		return refuse(a, where, fd);
	return attach_keep_link(a->job->attachments, fd) ? -ENOMEM : 1;
}

static int attach_tracing(struct attaching *a)
{
	int fd = sys_link_tracing(a->job->sys, a->prog->fd, a->prog->section.attach, 0);

	if (fd == -EINVAL || fd == -EOPNOTSUPP)
		fd = sys_raw_tracepoint(a->job->sys, a->prog->fd, NULL, 0);
	return keep(a, fd, a->prog->section.target);
}

static int attach_interface(struct attaching *a, uint32_t attach)
{
	const struct load_places *places = a->job->places;

	if (!places->interface)
		return lacks(a, "it needs an interface",
			     "say which: --interface NAME, as 'ip link' lists them");
	return keep(a, sys_link_target(a->job->sys, a->prog->fd, places->interface, attach, 0),
		    "the interface");
}

static int attach_cgroup(struct attaching *a)
{
	uint32_t attach = a->prog->section.attach;

	if (a->job->places->cgroup_fd < 0)
		return lacks(a, "it needs a cgroup", "say which: --cgroup /sys/fs/cgroup/...");
	if (!attach && a->prog->section.type == BPF_PROG_TYPE_CGROUP_SKB &&
	    strcmp(a->prog->section_name, "cgroup/skb") == 0)
		return lacks(a, "its section does not say for which direction",
			     "name it SEC(\"cgroup_skb/ingress\") or SEC(\"cgroup_skb/egress\")");
	return keep(a,
		    sys_link_target(a->job->sys, a->prog->fd, (uint32_t)a->job->places->cgroup_fd,
				    attach, 0),
		    "the cgroup");
}

static int attach_namespace(struct attaching *a)
{
	const int namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int fd;

	if (namespace < 0)
		return refuse(a, "/proc/self/ns/net", -errno);
	fd = sys_link_target(a->job->sys, a->prog->fd, (uint32_t) namespace,
			     a->prog->section.attach, 0);
	(void)close(namespace);
	return keep(a, fd, "this network namespace");
}

/* A packet socket on the interface, which nobody reads: the program sees packets before they are queued, and
 * the queue is as short as can be. */
static int attach_socket(struct attaching *a)
{
	const struct load_places *places = a->job->places;
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_ALL),
				       .sll_ifindex = (int)places->interface };
	const int smallest = 1;
	int fd, err;

	if (!places->interface)
		return lacks(a, "it needs an interface",
			     "say which: --interface NAME, as 'ip link' lists them");
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return refuse(a, "a packet socket", -errno);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
	err = a->job->sys->setsockopt(a->job->sys, fd, SOL_SOCKET, SO_ATTACH_BPF, &a->prog->fd,
				      sizeof a->prog->fd);
	if (!err && bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		err = -errno;
	if (err < 0) {
		(void)close(fd);
		return refuse(a, "the interface", err);
	}
	return keep(a, fd, "the interface");
}

/* --- which way -------------------------------------------------------------------------------- */

static bool is_missing_target(const struct loaded_prog *prog)
{
	return prog->section.how != LOAD_HOW_NONE && prog->section.how < LOAD_HOW_PERF &&
	       !*prog->section.target;
}

static int attach(struct attaching *a)
{
	const uint32_t attach = a->prog->section.attach;

	if (is_missing_target(a->prog))
		return lacks(a, "its section does not say where", NULL);
	switch (a->prog->section.how) {
	case LOAD_HOW_KPROBE: return attach_function(a, ATTACH_KPROBE);
	case LOAD_HOW_KRETPROBE: return attach_function(a, ATTACH_KRETPROBE);
	case LOAD_HOW_KPROBE_MULTI: return attach_functions(a, ATTACH_KPROBE);
	case LOAD_HOW_KRETPROBE_MULTI: return attach_functions(a, ATTACH_KRETPROBE);
	case LOAD_HOW_KSYSCALL: return attach_syscall(a, ATTACH_KPROBE);
	case LOAD_HOW_KRETSYSCALL: return attach_syscall(a, ATTACH_KRETPROBE);
	case LOAD_HOW_UPROBE: return attach_user(a, ATTACH_UPROBE);
	case LOAD_HOW_URETPROBE: return attach_user(a, ATTACH_URETPROBE);
	case LOAD_HOW_UPROBE_MULTI: return attach_user_functions(a, ATTACH_UPROBE);
	case LOAD_HOW_URETPROBE_MULTI: return attach_user_functions(a, ATTACH_URETPROBE);
	case LOAD_HOW_TRACEPOINT: return attach_tracepoint(a);
	case LOAD_HOW_RAW: return attach_raw(a);
	case LOAD_HOW_TRACING: return attach_tracing(a);
	case LOAD_HOW_ITER: return attach_iterator(a);
	case LOAD_HOW_PERF: return attach_samples(a);
	case LOAD_HOW_SOCKET: return attach_socket(a);
	case LOAD_HOW_XDP: return attach_interface(a, ABI_ATTACH_XDP);
	case LOAD_HOW_TCX: return attach_interface(a, attach ? attach : ABI_ATTACH_TCX_INGRESS);
	case LOAD_HOW_NETKIT: return attach_interface(a, attach);
	case LOAD_HOW_NETNS: return attach_namespace(a);
	case LOAD_HOW_CGROUP: return attach_cgroup(a);
	case LOAD_HOW_NONE:
	case LOAD_HOW_USDT:
	case LOAD_HOW_FREPLACE:
	case LOAD_HOW_STRUCT_OPS: break;
	}
	return lacks(a, "whoever made it attaches programs of this kind by own means", NULL);
}

int load_attach(const struct load_attach_job *job, const struct loaded_prog *prog,
		struct diag *diag)
{
	struct attaching a = { .job = job, .prog = prog, .diag = diag };
	const int result = attach(&a);

	free(a.places);
	arena_release(&a.arena);
	return result;
}
