/*
 * load.c - the programs of a bundle, given to the kernel.
 *
 * Instructions of a bundle name maps by their number in it; a copy gets descriptors instead.  Functions that
 * helpers call back are known to the kernel only by BTF, so programs that have some come with types: all
 * functions take u64 and return int.
 */
#include "run/load.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "btf/build.h"
#include "probe/features.h"
#include "sys/bpf.h"
#include "sys/permit.h"

/* Describe the functions of @prog: a descriptor of BTF, and *ret_funcs with one row for each, to be freed. */
static int describe(const struct sys *sys, const struct bundle_prog *prog, struct diag *diag,
		    struct sys_func_info **ret_funcs)
{
	struct sys_func_info *funcs = calloc(prog->sub_count, sizeof *funcs);
	struct strbuf data = { 0 };
	struct btf_build types;
	int fd;

	if (!funcs)
		return -ENOMEM;
	btf_build_init(&types);
	for (uint32_t i = 0; i < prog->sub_count; i++)
		funcs[i] = (struct sys_func_info){
			prog->subs[i].insn,
			btf_build_callback(&types, prog->subs[i].name, prog->subs[i].arg_count),
		};
	fd = btf_build_finish(&types, &data);
	if (!fd)
		fd = sys_btf_load(sys, data.data, (uint32_t)data.len, diag);
	btf_build_release(&types);
	strbuf_release(&data);
	if (fd < 0)
		free(funcs);
	else
		*ret_funcs = funcs;
	return fd;
}

/* A copy of the instructions with descriptors for numbers of maps; or NULL. */
static struct insn *with_descriptors(const struct run_maps *maps, const struct bundle_prog *prog)
{
	struct insn *insns = malloc(prog->insn_count * sizeof *insns);

	if (!insns)
		return NULL;
	memcpy(insns, prog->insns, prog->insn_count * sizeof *insns);
	for (uint32_t i = 0; i < prog->insn_count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src == BPF_PSEUDO_MAP_FD || insns[i].src == BPF_PSEUDO_MAP_VALUE)
			insns[i].imm = maps->fds[insns[i].imm];
		i++; /* the second half */
	}
	return insns;
}

/* Is it for functions of the kernel, which this one lets nobody have, while others load? */
static bool lacks_fentry(const struct sys *sys, const struct sys_prog *attr)
{
	const struct catalog_options options = { .sys = sys };
	struct catalog *catalog;
	struct features *features;
	bool lacks;

	if (attr->expected_attach_type != BPF_TRACE_FENTRY &&
	    attr->expected_attach_type != BPF_TRACE_FEXIT)
		return false;
	catalog = catalog_new(&options);
	features = catalog ? features_new(sys, catalog) : NULL;
	lacks = features && feature_has(features, FEATURE_LOOP) &&
		!feature_has(features, FEATURE_FENTRY);
	features_free(features);
	catalog_free(catalog);
	return lacks;
}

static void explain_permission(const struct sys *sys, const struct bundle_prog *prog,
			       const struct sys_prog *attr, struct diag *diag)
{
	if (prog->attach_count && lacks_fentry(sys, attr)) {
		diag_error(diag, prog->attaches->span,
			   "this kernel runs no programs at its functions: '%s'",
			   prog->attaches->name);
		diag_hint(diag, "fentry and fexit need CONFIG_FUNCTION_TRACER and "
				"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS, and a security module "
				"can forbid them; tracepoints and uprobes may do");
		return;
	}
	diag_error(diag, SPAN_NONE, "%s lets this process load no program: %s", sys->name,
		   strerror(EPERM));
	sys_permit_explain(diag);
}

static int load(const struct run_maps *maps, const struct bundle_prog *prog,
		const struct sys_prog *attr, struct diag *diag)
{
	int fd = sys_prog_load(maps->sys, attr, NULL);

	if (fd >= 0)
		return fd;
	if (fd == -EPERM) {
		explain_permission(maps->sys, prog, attr, diag);
		return fd;
	}
	return sys_prog_load(maps->sys, attr, diag);
}

int run_load(const struct run_maps *maps, const struct bundle_prog *prog, struct diag *diag)
{
	struct sys_func_info *funcs = NULL;
	struct insn *insns = with_descriptors(maps, prog);
	struct sys_prog attr = {
		.type = prog->type,
		.insns = insns,
		.insn_count = prog->insn_count,
		.license = maps->bundle->config.license ? maps->bundle->config.license : "GPL",
		.name = prog->name,
		.expected_attach_type = prog->expected_attach_type,
		.attach_btf_id = prog->btf_id,
		.flags = prog->is_sleepable ? BPF_F_SLEEPABLE : 0,
		.spans = prog->spans,
		.log_bytes = (uint32_t)maps->bundle->config.log_size,
	};
	int fd = insns ? 0 : -ENOMEM;

	if (!fd && prog->btf_module) {
		fd = sys_btf_open_module(maps->sys, prog->btf_module);
		attr.attach_btf_fd = fd > 0 ? fd : 0;
		if (fd < 0)
			diag_error(diag, SPAN_NONE,
				   "the types of the kernel's module '%s' cannot be opened: %s",
				   prog->btf_module, strerror(-fd));
	}
	if (fd >= 0 && prog->sub_count > 1) {
		fd = describe(maps->sys, prog, diag, &funcs);
		if (fd >= 0) {
			attr.btf_fd = fd;
			attr.funcs = funcs;
			attr.func_count = prog->sub_count;
		}
	}
	if (fd >= 0)
		fd = load(maps, prog, &attr, diag);
	if (attr.attach_btf_fd)
		(void)maps->sys->close(maps->sys, attr.attach_btf_fd);
	if (attr.btf_fd)
		(void)maps->sys->close(maps->sys, attr.btf_fd);
	free(funcs);
	free(insns);
	return fd;
}
