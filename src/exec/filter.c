/*
 * filter.c - the seccomp filter: a classic BPF program that picks our calls by their numbers.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec/filter.h"

#include "abi/syscall.h"
#include "base/bits.h"
#include "exec/answer.h"

/* The machine's own calls, as the filter sees them, and those of its 32-bit programs. */
#if defined(__x86_64__)
enum { NATIVE = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { NATIVE = AUDIT_ARCH_AARCH64 };
#endif

static const struct exec_call calls[] = {
#define EXEC_CALL(name) { #name, exec_##name },
#include "exec/call.def"
};

const struct exec_call *exec_call_find(int number)
{
	const struct abi_syscall *call = abi_syscall_numbered(number);

	for (size_t i = 0; call && i < ARRAY_LEN(calls); i++)
		if (!strcmp(calls[i].name, call->name))
			return &calls[i];
	return NULL;
}

static size_t add(struct sock_filter *insns, size_t count, struct sock_filter insn)
{
	insns[count] = insn;
	return count + 1;
}

/* If the number is that of a call of ours, a notification. */
static size_t add_call(struct sock_filter *insns, size_t count, const char *name)
{
	const struct abi_syscall *call = abi_syscall_named(name);

	if (!call)
		return count;
	count = add(insns, count,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number,
						 0, 1));
	return add(insns, count,
		   (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
}

/* Programs for another machine (32-bit ones) would reach Linux's bpf(2): they are not let through.  x32's
 * numbers have bit 30. */
static size_t build(struct sock_filter *insns)
{
	size_t count = 0;

	count = add(insns, count,
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, arch)));
	count = add(insns, count,
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0));
	count = add(insns, count,
		    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
	count = add(insns, count,
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr)));
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		count = add_call(insns, count, calls[i].name);
	return add(insns, count, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static int install(const struct sock_fprog *program)
{
	int fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			      SECCOMP_FILTER_FLAG_NEW_LISTENER, program);

	return fd < 0 ? -errno : fd;
}

int filter_install(void)
{
	struct sock_filter insns[2 * ARRAY_LEN(calls) + 8];
	struct sock_fprog program = { .filter = insns };
	int fd;

	program.len = (unsigned short)build(insns);
	fd = install(&program);
	if (fd != -EACCES)
		return fd;
	/* Whoever is not root must promise that nothing it starts gets more rights than it has. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return install(&program);
}
