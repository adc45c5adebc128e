/*
 * ask.c - small programs, loaded to hear what the verifier says of them.
 */
#include "ask.h"

#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "abi/attach_type.h"
#include "abi/version.h"
#include "base/bits.h"
#include "btf/btf.h"
#include "hostbpf.h"
#include "sys/sys.h"

enum { TABLES_ARE_OF = ABI_KERNEL(6, 18) };

static char verifier_log[1 << 16];
static struct {
	unsigned int passed, failed, skipped;
} counts;

static uint16_t running_kernel(void)
{
	struct utsname name;
	unsigned int major = 0, minor = 0;

	if (uname(&name) == 0 && sscanf(name.release, "%u.%u", &major, &minor) == 2)
		return (uint16_t)ABI_KERNEL(major, minor);
	return 0;
}

bool ask_is_same_kernel(void)
{
	return running_kernel() == TABLES_ARE_OF;
}

bool ask_is_newer_kernel(void)
{
	return running_kernel() >= TABLES_ARE_OF;
}

const char *ask_missing(void)
{
	const char *why = hostbpf_missing();

	return !why && !ask_is_newer_kernel() ? "the kernel is older than the tables" : why;
}

static const struct btf *kernel_btf(void)
{
	static struct btf *btf;

	if (!btf)
		(void)btf_open("/sys/kernel/btf/vmlinux", NULL, &btf);
	return btf;
}

/* Something that programs of typed kinds can be attached to. */
static uint32_t target_of(const struct abi_prog_type *row)
{
	static const struct {
		int32_t attach;
		enum btf_kind kind;
		const char *name;
	} targets[] = {
		{ ABI_ATTACH_TRACE_RAW_TP, BTF_TYPEDEF, "btf_trace_sched_switch" },
		{ ABI_ATTACH_TRACE_ITER, BTF_FUNC, "bpf_iter_task" },
		{ ABI_ATTACH_TRACE_FENTRY, BTF_FUNC, "bpf_fentry_test1" },
		{ ABI_ATTACH_TRACE_FEXIT, BTF_FUNC, "bpf_fentry_test1" },
		{ ABI_ATTACH_MODIFY_RETURN, BTF_FUNC, "bpf_modify_return_test" },
		{ ABI_ATTACH_LSM_MAC, BTF_FUNC, "bpf_lsm_file_open" },
		{ ABI_ATTACH_LSM_CGROUP, BTF_FUNC, "bpf_lsm_socket_bind" },
	};
	const struct btf *btf = kernel_btf();

	for (size_t i = 0; btf && i < ARRAY_LEN(targets); i++)
		if (row->ctx_size == 0 && targets[i].attach == row->attach)
			return btf_find(btf, targets[i].kind, targets[i].name);
	return 0;
}

void ask_op(struct ask *ask, enum isa_op op, int dst, int src, int off, int32_t imm)
{
	struct insn insn = isa_encode(op);

	assert(ask->count < ARRAY_LEN(ask->insns));
	insn.dst = (unsigned int)dst & 0xf;
	if (isa_ops[op].sel != ISA_FIELD_SRC)
		insn.src = (unsigned int)src & 0xf;
	if (isa_ops[op].sel != ISA_FIELD_OFF)
		insn.off = (int16_t)off;
	if (isa_ops[op].sel != ISA_FIELD_IMM)
		insn.imm = imm;
	ask->insns[ask->count++] = insn;
}

void ask_number(struct ask *ask, int dst, int32_t number)
{
	ask_op(ask, ISA_MOV64_IMM, dst, 0, 0, number);
}

void ask_map(struct ask *ask, int dst, int map_fd)
{
	ask_op(ask, ISA_LD_MAP_FD, dst, 0, 0, map_fd);
	assert(ask->count < ARRAY_LEN(ask->insns));
	ask->insns[ask->count++] = (struct insn){ 0 };
}

void ask_end(struct ask *ask)
{
	ask_number(ask, 0, (int32_t)ask->row->ret_min);
	ask_op(ask, ISA_EXIT, 0, 0, 0, 0);
}

int ask_load(const struct ask *ask)
{
	const char *license = ask->license ? ask->license : "GPL";
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof attr);
	attr.prog_type = ask->row->type;
	attr.expected_attach_type = ask->row->attach < 0 ? 0 : (uint32_t)ask->row->attach;
	attr.attach_btf_id = ask->attach_btf_id;
	attr.prog_flags = ask->row->must_sleep ? BPF_F_SLEEPABLE : 0;
	attr.insns = (uintptr_t)ask->insns;
	attr.insn_cnt = (uint32_t)ask->count;
	attr.license = (uintptr_t)license;
	attr.log_buf = (uintptr_t)verifier_log;
	attr.log_size = sizeof verifier_log;
	attr.log_level = ask->log_level ? ask->log_level : 1;
	verifier_log[0] = 0;
	fd = sys_linux.bpf(&sys_linux, BPF_PROG_LOAD, &attr, sizeof attr);
	if (fd < 0)
		return fd;
	(void)sys_linux.close(&sys_linux, fd);
	return 0;
}

const char *ask_log(void)
{
	return verifier_log;
}

bool ask_log_has(const char *text)
{
	return strstr(verifier_log, text) != NULL;
}

bool ask_begin(const struct abi_prog_type *row, struct ask *ret_ask, const char **ret_why)
{
	struct ask ask = { .row = row, .attach_btf_id = target_of(row) };
	struct ask nothing = ask;
	int err;

	*ret_why = "it needs something to be attached to";
	if (row->ctx_size == 0 && !ask.attach_btf_id)
		return false;
	ask_end(&nothing);
	err = ask_load(&nothing);
	if (err) {
		*ret_why = strerror(-err);
		return false;
	}
	*ret_ask = ask;
	return true;
}

void ask_check(bool is_good, const char *format, ...)
{
	va_list args;

	if (is_good) {
		counts.passed++;
		return;
	}
	counts.failed++;
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)putchar('\n');
}

void ask_skip(const char *format, ...)
{
	va_list args;

	counts.skipped++;
	(void)fputs("skipped: ", stdout);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)putchar('\n');
}

int ask_summary(void)
{
	(void)printf("%u passed, %u failed, %u skipped\n", counts.passed, counts.failed,
		     counts.skipped);
	return counts.failed != 0;
}
