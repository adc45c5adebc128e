/*
 * link_object.h - links: programs that are attached to something as long as the link lives.
 */
#ifndef WAGGLE_KERN_SYSCALL_LINK_OBJECT_H
#define WAGGLE_KERN_SYSCALL_LINK_OBJECT_H

#include "kern/syscall/attach.h"
#include "kern/syscall/prog_object.h"

struct bpf_link_info;

enum { LINK_NAME_ROOM = 128 };

struct link_object {
	struct object object;
	enum link_type type;
	uint32_t attach_type;
	struct prog_object *prog; /* a reference */
	bool is_detached;
	uint64_t cookie;
	uint64_t target;           /* of a cgroup: its id; of an interface: its index; of a network
				      * namespace: its inode */
	uint32_t target_btf_id;    /* of a function */
	char name[LINK_NAME_ROOM]; /* of a raw tracepoint */
	uint32_t pf, hook;         /* of netfilter */
	int32_t priority;
};

/* Fill in @info, whose addresses say where the caller wants texts. */
int link_describe(const struct call *call, const struct link_object *link,
		  struct bpf_link_info *info);

#endif
