/*
 * cbpf_check.c - cbpf_check against Linux: both must take and refuse the same programs.
 *
 * The oracle is setsockopt(SO_ATTACH_FILTER), which any user may call.  It takes whatever
 * bpf_check_classic takes, with two exceptions that are told apart here: ENOMEM for a program
 * larger than net.core.optmem_max, and EINVAL when a 'ja' of a converted program spans more than
 * 32767 instructions.  Random programs are too short for the latter.
 */
#include "cbpf_test.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROGRAMS = 40000, MOST_INSNS = 48 };

/* 0 or a negative errno. */
static int kernel_check(int fd, const struct cbpf_insn *insns, size_t count)
{
	struct sock_filter *filter = malloc(count * sizeof *filter + 1);
	struct sock_fprog fprog = { .len = (unsigned short)count, .filter = filter };
	int err;

	if (!filter)
		return -ENOMEM;
	memcpy(filter, insns, count * sizeof *filter);
	err = setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &fprog, sizeof fprog) ? -errno : 0;
	free(filter);
	return err;
}

static int our_check(const struct cbpf_insn *insns, size_t count)
{
	return cbpf_check(&(struct cbpf_prog){ insns, count, NULL }, NULL);
}

static void compare(int fd, const struct cbpf_insn *insns, size_t count, const char *what)
{
	int theirs = kernel_check(fd, insns, count), ours = our_check(insns, count);

	if (ours == theirs) {
		test_pass();
		return;
	}
	if (theirs == -ENOMEM) {
		test_skip("%s: no memory for %zu instructions", what, count);
		return;
	}
	test_fail("%s: ours %d, Linux's %d:", what, ours, theirs);
	print_program(insns, count < 64 ? count : 64);
}

/* As compare, on a socket of its own: the memory of the socket's last filter counts too. */
static void compare_large(const struct cbpf_insn *insns, size_t count, const char *what)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	compare(fd, insns, count, what);
	(void)close(fd);
}

/* Every opcode, and every address near the extensions. */
static void test_every_code(int fd)
{
	struct cbpf_insn insns[2] = { { 0, 0, 0, 0 }, { .code = 0x06 } };

	for (uint32_t code = 0; code <= 0x1ff; code++) {
		insns[0] = (struct cbpf_insn){ .code = (uint16_t)code, .k = 1 };
		compare(fd, insns, 2, "opcode");
		compare(fd, insns, 1, "opcode at the end");
		insns[0].k = 0;
		compare(fd, insns, 2, "opcode with k 0");
	}
	insns[0].code = 0x8000;
	compare(fd, insns, 2, "large opcode");
	for (uint32_t k = CBPF_EXT_OFFSET - 2; k < CBPF_EXT_OFFSET + 70; k++) {
		static const uint16_t loads[] = { 0x20, 0x28, 0x30, 0x40, 0xb1 };

		for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
			insns[0] = (struct cbpf_insn){ .code = loads[i], .k = k };
			compare(fd, insns, 2, "address");
		}
	}
}

static void test_sizes(void)
{
	struct cbpf_insn *insns = calloc(CBPF_MOST_INSNS + 1, sizeof *insns);

	if (!insns)
		return;
	for (size_t i = 0; i <= CBPF_MOST_INSNS; i++)
		insns[i].code = 0x06;
	compare_large(insns, 0, "empty");
	compare_large(insns, 1, "one");
	compare_large(insns, CBPF_MOST_INSNS, "4096 instructions");
	compare_large(insns, CBPF_MOST_INSNS + 1, "4097 instructions");
	insns[0] = (struct cbpf_insn){ .code = 0x05, .k = CBPF_MOST_INSNS - 2 };
	compare_large(insns, CBPF_MOST_INSNS, "ja to the last");
	insns[0].k++;
	compare_large(insns, CBPF_MOST_INSNS, "ja past the last");
	free(insns);
}

static void test_random(int fd)
{
	const struct random_kind kind = { .exts = true, .headers = true };
	unsigned int good = 0;

	for (unsigned int i = 0; i < PROGRAMS; i++) {
		struct cbpf_insn insns[MOST_INSNS] = { 0 };
		size_t count = random_program(insns, MOST_INSNS, kind);

		if (i % 2)
			count = random_mutation(insns, count);
		good += !our_check(insns, count);
		compare(fd, insns, count, "random program");
	}
	test_check(good > PROGRAMS / 4 && good < PROGRAMS * 3 / 4,
		   "%u of %d random programs are valid: too few of one kind", good, PROGRAMS);
}

int main(void)
{
	const struct cbpf_insn ret = { .code = 0x06 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0) {
		test_skip("no sockets: %s", strerror(errno));
		return test_finish();
	}
	if (kernel_check(fd, &ret, 1)) {
		test_skip("this kernel takes no socket filters: %s", strerror(errno));
		(void)close(fd);
		return test_finish();
	}
	test_every_code(fd);
	test_sizes();
	test_random(fd);
	(void)close(fd);
	return test_finish();
}
