/*
 * kernel_oracle.c - running programs by bpf(2), as traffic control classifiers.
 *
 * BPF_PROG_TEST_RUN tells only the low 32 bits of what a program returns.  So the program is
 * made a function, called by a main function that stores the result in an array map:
 *
 *	0: call pc+5
 *	1: r1 = map[fd:N][0]
 *	3: *(u64 *)(r1 +0) = r0
 *	4: r0 = 0
 *	5: exit
 *	6: the program
 *
 * Loads from the packet are not for such functions: those programs run as they are.
 */
#include "kernel_oracle.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	WRAPPER_SLOTS = 6,
	LEAST_PACKET = 64, /* the kernel wants an Ethernet header; zeros follow the given bytes */
};

static int sys_bpf(int cmd, union bpf_attr *attr)
{
	const long ret = syscall(SYS_bpf, cmd, attr, sizeof *attr);

	return ret < 0 ? -errno : (int)ret;
}

static int new_map(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY };

	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	return sys_bpf(BPF_MAP_CREATE, &attr);
}

static int read_map(int map_fd, uint64_t *ret_value)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map_fd };
	uint32_t key = 0;

	attr.key = (uint64_t)(uintptr_t)&key;
	attr.value = (uint64_t)(uintptr_t)ret_value;
	return sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

static int load(const struct insn *insns, size_t count)
{
	static const char license[] = "GPL";
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SCHED_CLS };
	int fd;

	attr.insns = (uint64_t)(uintptr_t)insns;
	attr.insn_cnt = (uint32_t)count;
	attr.license = (uint64_t)(uintptr_t)license;
	fd = sys_bpf(BPF_PROG_LOAD, &attr);
	return fd < 0 && fd != -EPERM ? -ENOTSUP : fd;
}

static int test_run(int prog_fd, const void *packet, size_t packet_len, uint64_t *ret_r0)
{
	uint8_t data[LEAST_PACKET] = { 0 };
	union bpf_attr attr = { 0 };
	int err;

	if (packet_len < sizeof data) {
		memcpy(data, packet, packet_len);
		packet = data;
		packet_len = sizeof data;
	}
	attr.test.prog_fd = (uint32_t)prog_fd;
	attr.test.data_in = (uint64_t)(uintptr_t)packet;
	attr.test.data_size_in = (uint32_t)packet_len;
	err = sys_bpf(BPF_PROG_TEST_RUN, &attr);
	*ret_r0 = attr.test.retval;
	return err;
}

static int run_on_packet(const struct insn *insns, size_t count, const void *packet,
			 size_t packet_len, uint64_t *ret_r0)
{
	int fd = load(insns, count), err;

	if (fd < 0)
		return fd;
	err = test_run(fd, packet, packet_len, ret_r0);
	(void)close(fd);
	return err;
}

static int run_wrapped(const struct insn *insns, size_t count, int map_fd, uint64_t *ret_r0)
{
	const struct insn wrapper[WRAPPER_SLOTS] = {
		{ .code = 0x85, .src = BPF_PSEUDO_CALL, .imm = WRAPPER_SLOTS - 1 },
		{ .code = 0x18, .dst = 1, .src = BPF_PSEUDO_MAP_VALUE, .imm = map_fd },
		{ .imm = 0 },
		{ .code = 0x7b, .dst = 1, .src = 0 },
		{ .code = 0xb7, .dst = 0, .imm = 0 },
		{ .code = 0x95 },
	};
	struct insn *all = malloc((WRAPPER_SLOTS + count) * sizeof *all);
	uint64_t unused;
	int err;

	if (!all)
		return -ENOMEM;
	memcpy(all, wrapper, sizeof wrapper);
	memcpy(all + WRAPPER_SLOTS, insns, count * sizeof *all);
	err = run_on_packet(all, WRAPPER_SLOTS + count, "", 0, &unused);
	free(all);
	return err ? err : read_map(map_fd, ret_r0);
}

int kernel_oracle(const struct insn *insns, size_t count, const void *packet, size_t packet_len,
		  uint64_t *ret_r0)
{
	int map_fd, err;

	if (packet)
		return run_on_packet(insns, count, packet, packet_len, ret_r0);
	map_fd = new_map();
	if (map_fd < 0)
		return map_fd;
	err = run_wrapped(insns, count, map_fd, ret_r0);
	(void)close(map_fd);
	return err;
}
