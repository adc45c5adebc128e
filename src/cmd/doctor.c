/*
 * doctor.c - 'waggle doctor': what this kernel can do, and what it lets this process do.
 *
 * Every answer is the kernel's own: a map, program or attachment of each kind is tried and thrown away.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/json.h"
#include "btf/btf.h"
#include "cmd/command.h"
#include "isa/insn.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "sys/bpf.h"
#include "base/cpus.h"
#include "sys/permit.h"

enum { CAPABILITY_PERFMON = 38, CAPABILITY_BPF = 39 }; /* Linux 5.8's: headers may be older */

/* Where answers go: lines for people, or members of JSON's objects. */
struct report {
	bool is_json;
	struct strbuf out;
	struct json json;
};

static void section(struct report *r, const char *name)
{
	if (r->is_json)
		json_object(&r->json, name);
	else
		strbuf_printf(&r->out, "%s%s\n", r->out.len ? "\n" : "", name);
}

static void end_section(struct report *r)
{
	if (r->is_json)
		json_end(&r->json);
}

static void answer(struct report *r, const char *name, bool can)
{
	if (r->is_json)
		json_bool(&r->json, name, can);
	else
		strbuf_printf(&r->out, "  %-28s %s\n", name, can ? "yes" : "no");
}

static void answer_number(struct report *r, const char *name, int64_t number)
{
	if (r->is_json && number < 0)
		json_null(&r->json, name);
	else if (r->is_json)
		json_unsigned(&r->json, name, (uint64_t)number);
	else if (number < 0)
		strbuf_printf(&r->out, "  %-28s not there\n", name);
	else
		strbuf_printf(&r->out, "  %-28s %lld\n", name, (long long)number);
}

static void answer_text(struct report *r, const char *name, const char *text)
{
	if (r->is_json)
		json_string(&r->json, name, text);
	else
		strbuf_printf(&r->out, "  %-28s %s\n", name, text);
}

/* --- what is asked ---------------------------------------------------------------------------- */

static void report_system(struct report *r)
{
	struct utsname name;

	section(r, "system");
	if (uname(&name) == 0) {
		answer_text(r, "kernel", name.release);
		answer_text(r, "architecture", name.machine);
	}
	answer_number(r, "possible processors", cpus_possible());
	answer(r, "types (BTF)", access("/sys/kernel/btf/vmlinux", R_OK) == 0);
	end_section(r);
}

static void report_permit(struct report *r)
{
	struct sys_permit permit;

	sys_permit_read(&permit);
	section(r, "permissions");
	answer(r, "CAP_BPF", sys_permit_has(&permit, CAPABILITY_BPF));
	answer(r, "CAP_PERFMON", sys_permit_has(&permit, CAPABILITY_PERFMON));
	answer(r, "CAP_SYS_ADMIN", sys_permit_has(&permit, CAP_SYS_ADMIN));
	answer(r, "CAP_NET_ADMIN", sys_permit_has(&permit, CAP_NET_ADMIN));
	answer_number(r, "unprivileged_bpf_disabled", permit.unprivileged_bpf);
	answer_number(r, "perf_event_paranoid", permit.perf_paranoid);
	answer_number(r, "kptr_restrict", permit.kptr_restrict);
	answer_text(r, "lockdown", *permit.lockdown ? permit.lockdown : "not there");
	answer(r, "seccomp filter", permit.has_seccomp);
	answer(r, "user namespace", permit.is_in_user_namespace);
	end_section(r);
}

struct map_row {
	const char *name;
	uint32_t type, key_size, value_size, max_entries, flags;
};

static const struct map_row map_rows[] = {
	/* clang-format off */
	{ "hash",               BPF_MAP_TYPE_HASH,             4, 8, 1, 0 },
	{ "array",              BPF_MAP_TYPE_ARRAY,            4, 8, 1, 0 },
	{ "hash per CPU",       BPF_MAP_TYPE_PERCPU_HASH,      4, 8, 1, 0 },
	{ "array per CPU",      BPF_MAP_TYPE_PERCPU_ARRAY,     4, 8, 1, 0 },
	{ "LRU hash",           BPF_MAP_TYPE_LRU_HASH,         4, 8, 1, 0 },
	{ "LRU hash per CPU",   BPF_MAP_TYPE_LRU_PERCPU_HASH,  4, 8, 1, 0 },
	{ "LPM trie",           BPF_MAP_TYPE_LPM_TRIE,         8, 8, 1, BPF_F_NO_PREALLOC },
	{ "stack traces",       BPF_MAP_TYPE_STACK_TRACE,      4, 8, 1, 0 },
	{ "perf event array",   BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 1, 0 },
	{ "ring buffer",        BPF_MAP_TYPE_RINGBUF,          0, 0, 65536, 0 },
	{ "queue",              BPF_MAP_TYPE_QUEUE,            0, 8, 1, 0 },
	{ "stack",              BPF_MAP_TYPE_STACK,            0, 8, 1, 0 },
	{ "bloom filter",       BPF_MAP_TYPE_BLOOM_FILTER,     0, 8, 1, 0 },
	/* clang-format on */
};

static void report_maps(struct report *r)
{
	section(r, "maps");
	for (size_t i = 0; i < ARRAY_LEN(map_rows); i++) {
		const struct map_row *row = &map_rows[i];
		const struct sys_map map = { .type = row->type,
					     .key_size = row->key_size,
					     .value_size = row->value_size,
					     .max_entries = row->max_entries,
					     .flags = row->flags };
		int fd = sys_map_new(&sys_linux, &map);

		answer(r, row->name, fd >= 0);
		if (fd >= 0)
			(void)close(fd);
	}
	end_section(r);
}

static const struct {
	const char *name;
	uint32_t type;
	uint32_t flags;
} prog_rows[] = {
	/* clang-format off */
	{ "socket filter",     BPF_PROG_TYPE_SOCKET_FILTER,  0 },
	{ "kprobe",            BPF_PROG_TYPE_KPROBE,         0 },
	{ "tracepoint",        BPF_PROG_TYPE_TRACEPOINT,     0 },
	{ "raw tracepoint",    BPF_PROG_TYPE_RAW_TRACEPOINT, 0 },
	{ "perf event",        BPF_PROG_TYPE_PERF_EVENT,     0 },
	{ "traffic control",   BPF_PROG_TYPE_SCHED_CLS,      0 },
	{ "XDP",               BPF_PROG_TYPE_XDP,            0 },
	{ "control group skb", BPF_PROG_TYPE_CGROUP_SKB,     0 },
	{ "syscall",           BPF_PROG_TYPE_SYSCALL,        BPF_F_SLEEPABLE },
	/* clang-format on */
};

/* Does the kernel take the @count instructions as a program of @type? */
static bool loads(uint32_t type, uint32_t flags, const struct insn *insns, uint32_t count)
{
	const struct sys_prog prog = {
		.type = type,
		.flags = flags,
		.insns = insns,
		.insn_count = count,
		.license = "GPL",
	};
	int fd = sys_prog_load(&sys_linux, &prog, NULL);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void report_progs(struct report *r)
{
	const struct insn insns[] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_EXIT) };

	section(r, "programs");
	for (size_t i = 0; i < ARRAY_LEN(prog_rows); i++)
		answer(r, prog_rows[i].name,
		       loads(prog_rows[i].type, prog_rows[i].flags, insns, ARRAY_LEN(insns)));
	end_section(r);
}

/* Helpers that need no arguments, or none that are checked: calling them tells whether they exist. */
static const struct {
	const char *name;
	int32_t id;
} helper_rows[] = {
	{ "ktime_get_ns", BPF_FUNC_ktime_get_ns },
	{ "get_current_pid_tgid", BPF_FUNC_get_current_pid_tgid },
	{ "get_current_task", BPF_FUNC_get_current_task },
	{ "get_current_cgroup_id", BPF_FUNC_get_current_cgroup_id },
	{ "ktime_get_boot_ns", BPF_FUNC_ktime_get_boot_ns },
	{ "get_current_task_btf", BPF_FUNC_get_current_task_btf },
	{ "ktime_get_tai_ns", BPF_FUNC_ktime_get_tai_ns },
	{ "jiffies64", BPF_FUNC_jiffies64 },
};

static void report_helpers(struct report *r)
{
	section(r, "helpers");
	for (size_t i = 0; i < ARRAY_LEN(helper_rows); i++) {
		struct insn insns[] = { isa_encode(ISA_CALL), isa_encode(ISA_MOV64_IMM),
					isa_encode(ISA_EXIT) };

		insns[0].imm = helper_rows[i].id;
		answer(r, helper_rows[i].name,
		       loads(BPF_PROG_TYPE_KPROBE, 0, insns, ARRAY_LEN(insns)));
	}
	end_section(r);
}

static const struct {
	const char *name;
	enum feature feature;
} feature_rows[] = {
	/* clang-format off */
	{ "perf events by links",      FEATURE_PERF_LINK },
	{ "kprobes",                   FEATURE_KPROBE },
	{ "many kprobes at once",      FEATURE_KPROBE_MULTI },
	{ "kprobe sessions",           FEATURE_KPROBE_SESSION },
	{ "many uprobes at once",      FEATURE_UPROBE_MULTI },
	{ "fentry and fexit",          FEATURE_FENTRY },
	{ "cookies of raw tracepoints", FEATURE_RAW_COOKIE },
	{ "bpf_rdonly_cast (kfunc)",   FEATURE_RDONLY_CAST },
	{ "bpf_loop",                  FEATURE_LOOP },
	{ "bpf_for_each_map_elem",     FEATURE_FOR_EACH },
	{ "signed division",           FEATURE_SIGNED_DIV },
	/* clang-format on */
};

static void report_features(struct report *r, struct features *features)
{
	section(r, "attaching and calling");
	for (size_t i = 0; i < ARRAY_LEN(feature_rows); i++)
		answer(r, feature_rows[i].name, feature_has(features, feature_rows[i].feature));
	end_section(r);
}

static bool go_on(void *data, const char *target, const char *space, const char *name)
{
	(void)data;
	(void)target;
	(void)space;
	(void)name;
	return true;
}

static void report_places(struct report *r, struct catalog *catalog)
{
	section(r, "places to attach to");
	answer_number(r, "tracepoints", catalog_tracepoints(catalog, "*", "*", go_on, NULL, NULL));
	answer_number(r, "raw tracepoints",
		      catalog_raw_tracepoints(catalog, "*", "*", go_on, NULL, NULL));
	answer_number(r, "iterators", catalog_iterators(catalog, "*", go_on, NULL, NULL));
	end_section(r);
}

static bool is_large_allowed(void)
{
	static struct insn insns[5000];

	for (size_t i = 0; i < ARRAY_LEN(insns); i++)
		insns[i] = isa_encode(ISA_MOV64_IMM);
	insns[ARRAY_LEN(insns) - 1] = isa_encode(ISA_EXIT);
	return loads(BPF_PROG_TYPE_SOCKET_FILTER, 0, insns, ARRAY_LEN(insns));
}

static void report_limits(struct report *r)
{
	struct insn loop[] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_ADD64_IMM),
			       isa_encode(ISA_JNE64_IMM), isa_encode(ISA_EXIT) };

	loop[1].imm = 1;
	loop[2].imm = 10;
	loop[2].off = -2;
	section(r, "limits");
	answer(r, "more than 4096 instructions", is_large_allowed());
	answer(r, "loops with bounds",
	       loads(BPF_PROG_TYPE_SOCKET_FILTER, 0, loop, ARRAY_LEN(loop)));
	end_section(r);
}

static int run_doctor(const struct command_args *args)
{
	struct report r = { .is_json = args_flag(args, "json") };
	const struct catalog_options options = { .sys = &sys_linux };
	struct catalog *catalog = catalog_new(&options);
	struct features *features = features_new(&sys_linux, catalog);

	r.json.out = &r.out;
	if (r.is_json)
		json_object(&r.json, NULL);
	report_system(&r);
	report_permit(&r);
	report_maps(&r);
	report_progs(&r);
	report_helpers(&r);
	if (features)
		report_features(&r, features);
	if (catalog)
		report_places(&r, catalog);
	report_limits(&r);
	if (r.is_json)
		json_end(&r.json);
	(void)fwrite(strbuf_text(&r.out), 1, r.out.len, stdout);
	if (r.out.failed || !features || !catalog)
		(void)fputs("waggle doctor: error: out of memory\n", stderr);
	features_free(features);
	catalog_free(catalog);
	strbuf_release(&r.out);
	return r.out.failed || !features || !catalog ? EXIT_FAILED : EXIT_OK;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 0, "json", NULL, NULL, "write JSON" },
	{ 0 },
};
/* clang-format on */

const struct command command_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "show what this kernel can do",
	.details =
		"Kinds of maps and programs, ways to attach, helpers, limits, and what this process may do: "
		"each is asked of the kernel itself. A kernel that cannot do something is no fault; "
		"what refuses everything is usually a missing capability, lockdown or seccomp, "
		"which stand above.",
	.examples = "waggle doctor\nwaggle doctor --json",
	.options = options,
	.run = run_doctor,
};
