/*
 * kernel_test.c - Linux's verifier takes what we emit, and Linux computes what the functions mean.
 *
 * Random filters as socket filters (LD_ABS), and by direct access as tc and XDP programs; skipped
 * where bpf(2) may not be called.
 *
 * usage: kernel_test [COUNT [FIRST]]
 */
#include "ir_random.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ir/ir_emit.h"
#include "ir/ir_pass.h"

enum { PACKETS = 8, MOST_BYTES = 80, ETHERNET_BYTES = 14, LOG_BYTES = 1 << 20 };

struct kind {
	const char *name;
	enum bpf_prog_type type;
	enum ir_packet packet;
	uint32_t hidden; /* bytes of the input in front of the packet that the program sees */
};

static const struct kind kinds[] = {
	{ "socket filter", BPF_PROG_TYPE_SOCKET_FILTER, IR_PACKET_SKB, ETHERNET_BYTES },
	{ "tc", BPF_PROG_TYPE_SCHED_CLS, IR_PACKET_SKB_DIRECT, 0 },
	{ "xdp", BPF_PROG_TYPE_XDP, IR_PACKET_XDP, 0 },
};

static char kernel_log[LOG_BYTES];

static int load(const struct ir_ebpf *code, enum bpf_prog_type type)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof attr);
	attr.prog_type = type;
	attr.insns = (uint64_t)(uintptr_t)code->insns;
	attr.insn_cnt = (uint32_t)code->count;
	attr.license = (uint64_t)(uintptr_t) "GPL";
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
	if (fd >= 0 || errno == EPERM || errno == ENOSYS)
		return fd;
	attr.log_buf = (uint64_t)(uintptr_t)kernel_log;
	attr.log_size = sizeof kernel_log;
	attr.log_level = 1;
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
}

static bool run(int fd, const uint8_t *data, uint32_t len, uint32_t *ret_result)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof attr);
	attr.test.prog_fd = (uint32_t)fd;
	attr.test.data_in = (uint64_t)(uintptr_t)data;
	attr.test.data_size_in = len;
	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof attr))
		return false;
	*ret_result = attr.test.retval;
	return true;
}

static void complain(const struct kind *kind, uint64_t seed, const struct ir_fn *fn,
		     const char *what)
{
	struct strbuf text = { 0 };

	ir_print(fn, &text);
	printf("random function %llu as %s: %s\n%s", (unsigned long long)seed, kind->name, what,
	       strbuf_text(&text));
	strbuf_release(&text);
}

static bool run_packets(const struct kind *kind, uint64_t seed, const struct ir_fn *fn, int fd)
{
	struct random r = { seed };
	char what[200];

	for (unsigned int i = 0; i < PACKETS; i++) {
		uint8_t data[MOST_BYTES] = { 0 };
		uint32_t len = kind->hidden + ETHERNET_BYTES +
			       random_below(&r, MOST_BYTES - kind->hidden - ETHERNET_BYTES + 1);
		struct ir_outcome expected;
		uint32_t got;

		for (uint32_t k = kind->hidden; k < len; k++)
			data[k] = (uint8_t)random_below(&r, random_below(&r, 2) ? 8 : 256);
		expected = ir_interpret(fn, data + kind->hidden, len - kind->hidden);
		if (!run(fd, data, len, &got)) {
			complain(kind, seed, fn, strerror(errno));
			return false;
		}
		if (got == (uint32_t)expected.result)
			continue;
		(void)snprintf(what, sizeof what, "%u instead of %u on %u bytes", got,
			       (uint32_t)expected.result, len - kind->hidden);
		complain(kind, seed, fn, what);
		return false;
	}
	return true;
}

/* 1: fine, 0: failed, -1: not possible here */
static int check(const struct kind *kind, uint64_t seed, bool optimize)
{
	struct ir_options options = { .target = IR_TARGET_EBPF };
	struct ir_ebpf_options emit = { .packet = kind->packet };
	struct random r = { seed * 2862933555777941757u + 3037000493u }, again = r;
	struct arena arena = { 0 };
	struct ir_fn *fn = random_filter(&r, &arena), *meant = random_filter(&again, &arena);
	struct ir_ebpf code;
	int ok = 0, fd;

	if ((optimize && ir_optimize(fn, &options)) || ir_emit_ebpf(fn, &emit, NULL, &code)) {
		complain(kind, seed, fn, "it is not compiled");
		arena_release(&arena);
		return 0;
	}
	fd = load(&code, kind->type);
	if (fd >= 0) {
		ok = run_packets(kind, seed, meant, fd);
		(void)close(fd);
	} else if (errno == EPERM || errno == ENOSYS) {
		ok = -1;
	} else {
		complain(kind, seed, fn, strerror(errno));
		printf("%s", kernel_log);
	}
	arena_release(&arena);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100;
	unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	unsigned int passed = 0, failed = 0;

	for (unsigned long i = first; i < first + count && failed < 3; i++)
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] * 2; k++) {
			int ok = check(&kinds[k / 2], i, k & 1);

			if (ok < 0) {
				printf("skipped: Linux does not let us call bpf(2)\n");
				printf("0 passed, 0 failed, 1 skipped\n");
				return 0;
			}
			passed += ok > 0;
			failed += ok == 0;
		}
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
