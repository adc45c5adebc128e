/*
 * attach.h - what programs may be attached to, by their types.
 *
 * The table is attach.def.
 */
#ifndef WAGGLE_KERN_SYSCALL_ATTACH_H
#define WAGGLE_KERN_SYSCALL_ATTACH_H

#include "abi/bpf_link.h"
#include "kern/syscall/prog_object.h"

enum attach_place {
	PLACE_CGROUP,    /* a descriptor of its directory */
	PLACE_INTERFACE, /* the index of a network interface */
	PLACE_NETNS,     /* a descriptor of a network namespace */
	PLACE_MAP,       /* of sockets or devices */
	PLACE_DEVICE,
	PLACE_SOCKET,
	PLACE_FUNCTION, /* known since the program was loaded */
	PLACE_ITERATOR, /* the same */
	PLACE_HOOK,
	PLACE_EVENT, /* a descriptor of a perf event */
	PLACE_FUNCTIONS,
	PLACE_FILE,
};

struct attach_kind {
	uint32_t prog_type;
	uint32_t attach_type;
	enum link_type link;
	enum attach_place place;
};

/* The row of a pair, or NULL. */
const struct attach_kind *attach_kind(uint32_t prog_type, uint32_t attach_type);

/* Is there such a type of programs? */
bool attach_knows_type(uint32_t prog_type);

/* The attach type that a program is loaded for when its author left it zero. */
uint32_t attach_type_fixed(uint32_t prog_type, uint32_t attach_type);

/* May @prog, of which types and attach targets are set, be loaded for its attach type?  0 or -EINVAL. */
int attach_check_load(const struct prog_object *prog);

/* May it sleep, if it asks to, and does it ask, if it must?  0 or -EINVAL. */
int attach_check_sleep(const struct prog_object *prog);

#endif
