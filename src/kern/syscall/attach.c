/*
 * attach.c - what programs may be attached to.
 */
#include "kern/syscall/attach.h"

#include <errno.h>
#include <linux/bpf.h>

#include "abi/prog_type.h"
#include "base/bits.h"

enum {
	PROG_TYPE_NETFILTER = 32, /* since Linux 6.4 */
	ATTACH_SOCK_CREATE = 2,
	ATTACH_REUSEPORT_SELECT = 39,
	MOST_TYPE_IDS = 0x000fffff, /* the kernel's BTF_MAX_TYPE */
};
#define BPF_PROG_TYPE_NETFILTER PROG_TYPE_NETFILTER

static const struct attach_kind kinds[] = {
#define ATTACH(prog, attach, link, place) \
	{ BPF_PROG_TYPE_##prog, attach, LINK_##link, PLACE_##place },
#include "kern/syscall/attach.def"
};

const struct attach_kind *attach_kind(uint32_t prog_type, uint32_t attach_type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].prog_type == prog_type && kinds[i].attach_type == attach_type)
			return &kinds[i];
	return NULL;
}

bool attach_knows_type(uint32_t prog_type)
{
	return prog_type != BPF_PROG_TYPE_UNSPEC && prog_type <= PROG_TYPE_NETFILTER;
}

uint32_t attach_type_fixed(uint32_t prog_type, uint32_t attach_type)
{
	if (attach_type)
		return attach_type;
	switch (prog_type) {
	case BPF_PROG_TYPE_CGROUP_SOCK: return ATTACH_SOCK_CREATE;
	case BPF_PROG_TYPE_SK_REUSEPORT: return ATTACH_REUSEPORT_SELECT;
	default: return attach_type;
	}
}

/* Targets named by BTF are for those types of programs that have such. */
static int check_btf_target(const struct prog_object *prog)
{
	if (prog->attach_btf_id) {
		if (prog->attach_btf_id > MOST_TYPE_IDS)
			return -EINVAL;
		switch (prog->type) {
		case BPF_PROG_TYPE_TRACING:
		case BPF_PROG_TYPE_LSM:
		case BPF_PROG_TYPE_STRUCT_OPS:
		case BPF_PROG_TYPE_EXT: break;
		default: return -EINVAL;
		}
	}
	if (prog->attach_btf && !prog->attach_btf_id)
		return -EINVAL;
	if (prog->attach_prog && prog->type != BPF_PROG_TYPE_TRACING &&
	    prog->type != BPF_PROG_TYPE_EXT)
		return -EINVAL;
	return 0;
}

int attach_check_load(const struct prog_object *prog)
{
	int err = check_btf_target(prog);

	if (err)
		return err;
	switch (prog->type) {
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
	case BPF_PROG_TYPE_SK_LOOKUP:
	case BPF_PROG_TYPE_SK_REUSEPORT:
	case PROG_TYPE_NETFILTER: return attach_kind(prog->type, prog->attach_type) ? 0 : -EINVAL;
	case BPF_PROG_TYPE_SYSCALL:
	case BPF_PROG_TYPE_EXT: return prog->attach_type ? -EINVAL : 0;
	default: return 0;
	}
}

int attach_check_sleep(const struct prog_object *prog)
{
	const struct abi_prog_type *row = abi_prog_type(prog->type, prog->attach_type);

	if (!(prog->flags & BPF_F_SLEEPABLE))
		return prog->type == BPF_PROG_TYPE_SYSCALL ? -EINVAL : 0;
	return row && row->may_sleep ? 0 : -EINVAL;
}
