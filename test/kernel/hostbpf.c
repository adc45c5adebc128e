/*
 * hostbpf.c - bpf(2), as far as an oracle needs it.
 *
 * There is no C library function for this system call.  'union bpf_attr' is zeroed as a whole
 * each time: the kernel refuses bytes that are set beyond what it knows.
 */
#include "hostbpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bits.h"

enum {
	LOG_BYTES = 1 << 20,
	LEAST_PACKET_BYTES = 14, /* the kernel wants an Ethernet header */
};

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	long result = syscall(SYS_bpf, cmd, attr, sizeof *attr);

	return result < 0 ? -errno : (int)result;
}

static uint64_t user_pointer(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int hostbpf_map_new(const struct map *like)
{
	union bpf_attr attr = { 0 };

	attr.map_type = like->type;
	attr.key_size = like->key_size;
	attr.value_size = like->value_size;
	attr.max_entries = like->max_entries;
	attr.map_flags = like->flags;
	return bpf(BPF_MAP_CREATE, &attr);
}

/* The three commands that take a map, a key and a value. */
static int on_element(enum bpf_cmd cmd, int map_fd, const void *key, const void *value)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map_fd;
	attr.key = user_pointer(key);
	attr.value = user_pointer(value);
	return bpf(cmd, &attr);
}

int hostbpf_map_update(int map_fd, const void *key, const void *value)
{
	return on_element(BPF_MAP_UPDATE_ELEM, map_fd, key, value);
}

int hostbpf_map_lookup(int map_fd, const void *key, void *ret_value)
{
	return on_element(BPF_MAP_LOOKUP_ELEM, map_fd, key, ret_value);
}

int hostbpf_map_remove(int map_fd, const void *key)
{
	return on_element(BPF_MAP_DELETE_ELEM, map_fd, key, NULL);
}

void *hostbpf_map(int map_fd, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *values =
		mmap(NULL, align_up(bytes, page), PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);

	return values == MAP_FAILED ? NULL : values;
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

/* The last lines of the verifier's log: the reason stands there, statistics below it. */
static const char *log_end(const char *log)
{
	const char *p = log + strlen(log);
	int lines = 0;

	while (p > log && (p[-1] != '\n' || ++lines <= 3))
		p--;
	return p;
}

static void explain(union bpf_attr *attr, struct diag *diag)
{
	char *log = calloc(1, LOG_BYTES);

	if (!log)
		return;
	attr->log_buf = user_pointer(log);
	attr->log_size = LOG_BYTES;
	attr->log_level = 1;
	(void)bpf(BPF_PROG_LOAD, attr);
	diag_error(diag, SPAN_NONE, "the kernel refuses the program: %s", log_end(log));
	free(log);
}

int hostbpf_load(enum hostbpf_type type, const struct insn *insns, size_t insn_count,
		 const int *map_fds, struct diag *diag)
{
	union bpf_attr attr = { 0 };
	int fd;

	attr.prog_type = kernel_type(type);
	attr.prog_flags = type == HOSTBPF_SYSCALL ? BPF_F_SLEEPABLE : 0;
	attr.insns = user_pointer(insns);
	attr.insn_cnt = (uint32_t)insn_count;
	attr.license = user_pointer("GPL");
	attr.fd_array = user_pointer(map_fds);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0 && diag)
		explain(&attr, diag);
	return fd;
}

int hostbpf_run(int prog_fd, const void *packet, uint32_t len, uint32_t repeat, uint32_t *ret_r0,
		uint32_t *ret_ns)
{
	union bpf_attr attr = { 0 };
	int err;

	attr.test.prog_fd = (uint32_t)prog_fd;
	attr.test.repeat = repeat > 1 ? repeat : 0; /* syscall programs know no repeat but none */
	attr.test.data_in = user_pointer(packet);
	attr.test.data_size_in = len;
	err = bpf(BPF_PROG_TEST_RUN, &attr);
	if (err)
		return err;
	*ret_r0 = attr.test.retval;
	if (ret_ns)
		*ret_ns = attr.test.duration;
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
