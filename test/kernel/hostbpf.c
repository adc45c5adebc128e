/*
 * hostbpf.c - the kernel of this machine, as far as an oracle needs it.
 */
#include "hostbpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"
#include "sys/bpf.h"

enum { LEAST_PACKET_BYTES = 14 }; /* the kernel wants an Ethernet header */

int hostbpf_map_new(const struct map *like)
{
	const struct sys_map map = {
		.type = like->type,
		.key_size = like->key_size,
		.value_size = like->value_size,
		.max_entries = like->max_entries,
		.flags = like->flags,
	};

	return sys_map_new(&sys_linux, &map);
}

int hostbpf_map_update(int map_fd, const void *key, const void *value)
{
	return sys_map_update(&sys_linux, map_fd, key, value, BPF_ANY);
}

int hostbpf_map_lookup(int map_fd, const void *key, void *ret_value)
{
	return sys_map_lookup(&sys_linux, map_fd, key, ret_value);
}

int hostbpf_map_remove(int map_fd, const void *key)
{
	return sys_map_delete(&sys_linux, map_fd, key);
}

void *hostbpf_map(int map_fd, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *values;
	int err = sys_linux.mmap(&sys_linux, map_fd, align_up(bytes, page), PROT_READ | PROT_WRITE,
				 0, &values);

	return err ? NULL : values;
}

static uint32_t kernel_type(enum hostbpf_type type)
{
	switch (type) {
	case HOSTBPF_PACKET: return BPF_PROG_TYPE_SCHED_CLS;
	case HOSTBPF_XDP: return BPF_PROG_TYPE_XDP;
	case HOSTBPF_SYSCALL: return BPF_PROG_TYPE_SYSCALL;
	}
	return BPF_PROG_TYPE_UNSPEC;
}

int hostbpf_load(enum hostbpf_type type, const struct insn *insns, size_t insn_count,
		 const int *map_fds, struct diag *diag)
{
	const struct sys_prog prog = {
		.type = kernel_type(type),
		.flags = type == HOSTBPF_SYSCALL ? BPF_F_SLEEPABLE : 0,
		.insns = insns,
		.insn_count = (uint32_t)insn_count,
		.license = "GPL",
		.fd_array = map_fds,
	};

	return sys_prog_load(&sys_linux, &prog, diag);
}

int hostbpf_run(int prog_fd, const void *packet, uint32_t len, uint32_t repeat, uint32_t *ret_r0,
		uint32_t *ret_ns)
{
	struct sys_run run = {
		.data = packet,
		.data_bytes = len,
		.repeat = repeat > 1 ? repeat : 0, /* syscall programs know no repeat but none */
	};
	int err = sys_prog_run(&sys_linux, prog_fd, &run);

	if (err)
		return err;
	*ret_r0 = run.ret_value;
	if (ret_ns)
		*ret_ns = run.ret_ns;
	return 0;
}

static const char *probe(void)
{
	struct insn insns[2] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_EXIT) };
	uint8_t packet[LEAST_PACKET_BYTES] = { 0 };
	uint32_t r0 = 0;
	int fd, err;

	insns[0].imm = 7;
	fd = hostbpf_load(HOSTBPF_PACKET, insns, ARRAY_LEN(insns), NULL, NULL);
	if (fd == -EPERM || fd == -EACCES)
		return "bpf(2) is not permitted: try as root";
	if (fd == -ENOSYS)
		return "this kernel has no bpf(2)";
	if (fd < 0)
		return "bpf(2) does not load a program here";
	err = hostbpf_run(fd, packet, sizeof packet, 1, &r0, NULL);
	(void)close(fd);
	return err || r0 != 7 ? "bpf(2) cannot run programs for a test" : NULL;
}

const char *hostbpf_missing(void)
{
	static const char *reason;
	static bool probed;

	if (!probed)
		reason = probe();
	probed = true;
	return reason;
}
