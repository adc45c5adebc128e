/*
 * attach.c - filters of sockets, in the kernel.
 *
 * The socket holds the program and the program its maps, so that no descriptor outlives this file.
 */
#include "capture/attach.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/bpf.h"

static int attach_classic(int fd, const struct sock_filter *insns, size_t count)
{
	const struct sys *sys = &sys_linux;
	struct sock_fprog program = { .len = (unsigned short)count };

	if (!insns || count > BPF_MAXINSNS)
		return -E2BIG;
	/* The kernel only reads it. */
	memcpy(&program.filter, &insns, sizeof insns);
	return sys->setsockopt(sys, fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int socket_attach_verdict(int fd, bool keep)
{
	const struct sock_filter verdict = BPF_STMT(BPF_RET | BPF_K, keep ? UINT32_MAX : 0);

	return attach_classic(fd, &verdict, 1);
}

/* The descriptor of a map with the keys of @set, or a negative errno. */
static int make_map(const struct sys *sys, const struct socket_set *set)
{
	const struct sys_map map = {
		.type = BPF_MAP_TYPE_HASH,
		.key_size = set->key_bytes,
		.value_size = 1,
		.max_entries = (uint32_t)set->count,
		.name = "waggle_set",
	};
	uint8_t *values = calloc(set->count, 1);
	int map_fd = values ? sys_map_new(sys, &map) : -ENOMEM;
	int err = map_fd < 0 ?
			  map_fd :
			  sys_map_fill(sys, map_fd, &map, set->keys, values, (uint32_t)set->count);

	free(values);
	if (err < 0 && map_fd >= 0)
		(void)sys->close(sys, map_fd);
	return err < 0 ? err : map_fd;
}

/* Put the descriptors in the place of the maps' numbers. */
static void name_maps(struct bpf_insn *insns, size_t count, const int *map_fds)
{
	for (size_t i = 0; i < count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src_reg == BPF_PSEUDO_MAP_FD)
			insns[i].imm = map_fds[insns[i].imm];
		i++; /* it has two slots */
	}
}

static int load(const struct sys *sys, const struct socket_filter *filter, const int *map_fds)
{
	size_t bytes = filter->ebpf_count * sizeof(struct bpf_insn);
	struct bpf_insn *insns = malloc(bytes);
	struct sys_prog prog = {
		.type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = insns,
		.insn_count = (uint32_t)filter->ebpf_count,
		.license = "Dual BSD/GPL",
		.name = "waggle_filter",
	};
	int prog_fd;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, filter->ebpf, bytes);
	name_maps(insns, filter->ebpf_count, map_fds);
	prog_fd = sys_prog_load(sys, &prog, NULL);
	free(insns);
	return prog_fd;
}

static int attach_ebpf(int fd, const struct socket_filter *filter)
{
	const struct sys *sys = &sys_linux;
	int *map_fds;
	size_t made = 0;
	int prog_fd, err = 0;

	if (!filter->ebpf)
		return -EOPNOTSUPP;
	map_fds = calloc(filter->set_count + 1, sizeof *map_fds);
	if (!map_fds)
		return -ENOMEM;
	while (made < filter->set_count && !err) {
		map_fds[made] = make_map(sys, &filter->sets[made]);
		err = map_fds[made] < 0 ? map_fds[made] : 0;
		made += !err;
	}
	prog_fd = err ? err : load(sys, filter, map_fds);
	while (made > 0)
		(void)sys->close(sys, map_fds[--made]);
	free(map_fds);
	if (prog_fd < 0)
		return prog_fd;
	err = sys->setsockopt(sys, fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof prog_fd);
	(void)sys->close(sys, prog_fd);
	return err;
}

int socket_attach(int fd, const struct socket_filter *filter, bool *ret_is_ebpf)
{
	int err = 0;

	for (int try = 0; try < 2; try++) {
		bool is_ebpf = filter->wants_ebpf == (try == 0);

		err = is_ebpf ? attach_ebpf(fd, filter) :
				attach_classic(fd, filter->classic, filter->classic_count);
		if (err)
			continue;
		*ret_is_ebpf = is_ebpf;
		return 0;
	}
	return err;
}
