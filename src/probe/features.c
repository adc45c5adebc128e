/*
 * features.c - asking the kernel what it can do.
 *
 * What cannot be made without consequences is asked for wrongly: a kernel that knows it complains of
 * the mistake, and one that does not complains of something else.
 */
#include "probe/features.h"

#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/helper.h"
#include "base/bits.h"
#include "btf/btf.h"
#include "sys/bpf.h"

static const struct bpf_insn return_zero[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

/* Load a program and let go of it: 0, or what refuses it. */
static int try_insns(const struct sys *sys, const struct bpf_insn *insns, uint32_t count)
{
	const struct sys_prog prog = { .type = BPF_PROG_TYPE_TRACEPOINT,
				       .insns = insns,
				       .insn_count = count,
				       .license = "GPL" };
	const int fd = sys_prog_load(sys, &prog, NULL);

	if (fd < 0)
		return fd;
	(void)sys->close(sys, fd);
	return 0;
}

/* A program that does nothing, of @type and for @attach_type, or a negative errno. */
static int load_nothing(const struct sys *sys, uint32_t type, uint32_t attach_type)
{
	const struct sys_prog prog = {
		.type = type,
		.expected_attach_type = attach_type,
		.insns = return_zero,
		.insn_count = ARRAY_LEN(return_zero),
		.license = "GPL",
	};

	return sys_prog_load(sys, &prog, NULL);
}

static void close_fd(const struct sys *sys, int fd)
{
	if (fd >= 0)
		(void)sys->close(sys, fd);
}

/* --- maps and links --------------------------------------------------------------------------- */

static bool has_ring(const struct sys *sys)
{
	const struct sys_map map = { .type = BPF_MAP_TYPE_RINGBUF,
				     .max_entries = (uint32_t)sysconf(_SC_PAGESIZE) };
	const int fd = sys_map_new(sys, &map);

	close_fd(sys, fd);
	return fd >= 0;
}

/* No event has descriptor -1. */
static bool has_perf_link(const struct sys *sys)
{
	const int prog_fd = load_nothing(sys, BPF_PROG_TYPE_PERF_EVENT, 0);
	const int fd = prog_fd < 0 ? prog_fd : sys_link_perf(sys, prog_fd, -1, 0);

	close_fd(sys, prog_fd);
	return prog_fd >= 0 && fd == -EBADF;
}

static bool has_kprobe(const struct sys *sys)
{
	(void)sys;
	return access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0;
}

/* No function is called so. */
static bool has_multi(const struct sys *sys, uint32_t attach_type)
{
	const char *const symbols[] = { "no function" };
	const struct sys_kprobe_multi multi = { .attach_type = attach_type,
						.count = ARRAY_LEN(symbols),
						.symbols = symbols };
	const int prog_fd = load_nothing(sys, BPF_PROG_TYPE_KPROBE, attach_type);
	const int fd = prog_fd < 0 ? prog_fd : sys_link_kprobe_multi(sys, prog_fd, &multi);

	close_fd(sys, prog_fd);
	close_fd(sys, fd);
	return prog_fd >= 0 && fd == -ESRCH;
}

static bool has_kprobe_multi(const struct sys *sys)
{
	return has_multi(sys, BPF_TRACE_KPROBE_MULTI);
}

static bool has_kprobe_session(const struct sys *sys)
{
	return has_multi(sys, SYS_TRACE_KPROBE_SESSION);
}

/* A folder is no file with functions. */
static bool has_uprobe_multi(const struct sys *sys)
{
	const uint64_t offset = 0;
	const struct sys_uprobe_multi multi = {
		.attach_type = SYS_TRACE_UPROBE_MULTI, .count = 1, .path = "/", .offsets = &offset
	};
	const int prog_fd = load_nothing(sys, BPF_PROG_TYPE_KPROBE, SYS_TRACE_UPROBE_MULTI);
	const int fd = prog_fd < 0 ? prog_fd : sys_link_uprobe_multi(sys, prog_fd, &multi);

	close_fd(sys, prog_fd);
	close_fd(sys, fd);
	return prog_fd >= 0 && fd == -EBADF;
}

/* No program has descriptor -1; a kernel that knows no cookies refuses these first. */
static bool has_raw_cookie(const struct sys *sys)
{
	return sys_raw_tracepoint(sys, -1, "sys_enter", 1) == -EBADF;
}

/* Attached for a moment to a function that only tests call. */
static bool has_fentry(const struct sys *sys, const struct btf *btf)
{
	struct sys_prog prog = {
		.type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = BPF_TRACE_FENTRY,
		.insns = return_zero,
		.insn_count = ARRAY_LEN(return_zero),
		.license = "GPL",
	};
	int prog_fd, fd;

	prog.attach_btf_id = btf_find(btf, BTF_FUNC, "bpf_fentry_test1");
	prog_fd = prog.attach_btf_id ? sys_prog_load(sys, &prog, NULL) : -ENOENT;
	fd = prog_fd < 0 ? prog_fd : sys_raw_tracepoint(sys, prog_fd, NULL, 0);
	close_fd(sys, prog_fd);
	close_fd(sys, fd);
	return fd >= 0;
}

/* --- functions -------------------------------------------------------------------------------- */

/* Arguments that were never set are refused with EACCES, an unknown function with EINVAL. */
static bool has_helper(const struct sys *sys, int32_t id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = id },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const int err = try_insns(sys, insns, ARRAY_LEN(insns));

	return !err || err == -EACCES;
}

static bool has_loop(const struct sys *sys)
{
	return has_helper(sys, ABI_HELPER_loop);
}

static bool has_for_each(const struct sys *sys)
{
	return has_helper(sys, ABI_HELPER_for_each_map_elem);
}

/* The offset of a division says that it is one of signed numbers; older kernels want it to be 0. */
static bool has_signed_div(const struct sys *sys)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_ALU64 | BPF_DIV | BPF_K, .dst_reg = BPF_REG_0, .off = 1, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return !try_insns(sys, insns, ARRAY_LEN(insns));
}

static bool load_cast(const struct sys *sys, uint32_t function_id, uint32_t struct_id)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K,
		  .dst_reg = BPF_REG_2,
		  .imm = (int32_t)struct_id },
		{ .code = BPF_JMP | BPF_CALL,
		  .src_reg = BPF_PSEUDO_KFUNC_CALL,
		  .imm = (int32_t)function_id },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return !try_insns(sys, insns, ARRAY_LEN(insns));
}

static bool has_rdonly_cast(const struct sys *sys, const struct btf *btf)
{
	const uint32_t function_id = btf_find(btf, BTF_FUNC, "bpf_rdonly_cast");
	const uint32_t struct_id = function_id ? btf_find(btf, BTF_STRUCT, "task_struct") : 0;

	return struct_id && load_cast(sys, function_id, struct_id);
}

/* --- answers ---------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool (*has)(const struct sys *sys);
	bool (*has_typed)(const struct sys *sys,
			  const struct btf *btf); /* if the kernel has types */
} askers[] = {
	/* clang-format off */
	[FEATURE_RING]           = { "ring",           has_ring, NULL },
	[FEATURE_PERF_LINK]      = { "perf_link",      has_perf_link, NULL },
	[FEATURE_KPROBE]         = { "kprobe",         has_kprobe, NULL },
	[FEATURE_KPROBE_MULTI]   = { "kprobe_multi",   has_kprobe_multi, NULL },
	[FEATURE_KPROBE_SESSION] = { "kprobe_session", has_kprobe_session, NULL },
	[FEATURE_UPROBE_MULTI]   = { "uprobe_multi",   has_uprobe_multi, NULL },
	[FEATURE_FENTRY]         = { "fentry",         NULL, has_fentry },
	[FEATURE_RAW_COOKIE]     = { "raw_cookie",     has_raw_cookie, NULL },
	[FEATURE_RDONLY_CAST]    = { "rdonly_cast",    NULL, has_rdonly_cast },
	[FEATURE_LOOP]           = { "loop",           has_loop, NULL },
	[FEATURE_FOR_EACH]       = { "for_each",       has_for_each, NULL },
	[FEATURE_SIGNED_DIV]     = { "signed_div",     has_signed_div, NULL },
	/* clang-format on */
};
static_assert(ARRAY_LEN(askers) == FEATURE_COUNT, "one for each");

enum answer {
	NOT_ASKED,
	YES,
	NO,
};

struct features {
	const struct sys *sys;
	struct catalog *catalog;
	enum answer answers[FEATURE_COUNT];
};

struct features *features_new(const struct sys *sys, struct catalog *catalog)
{
	struct features *features = calloc(1, sizeof *features);

	if (features)
		*features = (struct features){ .sys = sys, .catalog = catalog };
	return features;
}

void features_free(struct features *features)
{
	free(features);
}

static bool ask(struct features *features, enum feature feature)
{
	const struct btf *btf;

	if (askers[feature].has)
		return askers[feature].has(features->sys);
	btf = features->catalog ? catalog_btf(features->catalog) : NULL;
	return btf && askers[feature].has_typed(features->sys, btf);
}

bool feature_has(struct features *features, enum feature feature)
{
	enum answer *answer = &features->answers[feature];

	if (*answer == NOT_ASKED)
		*answer = ask(features, feature) ? YES : NO;
	return *answer == YES;
}

bool feature_disable(struct features *features, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		if (!strcmp(askers[i].name, name)) {
			features->answers[i] = NO;
			return true;
		}
	}
	return false;
}
