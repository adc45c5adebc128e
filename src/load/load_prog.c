/*
 * load_prog.c - programs: linked, fitted to the kernel's types, loaded.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/core.h"
#include "load/load_in.h"
#include "sys/bpf.h"
#include "sys/permit.h"

enum { MOST_TARGET = 128 };

/* A program on its way. */
struct making {
	struct loading *loading;
	struct loaded_prog *prog;
	struct object_linked linked;
	const struct object_piece *piece; /* whose records are being read */
	struct sys_func_info *funcs;
	struct sys_line_info *lines;
	uint32_t func_count, line_count;
};

/* --- what .BTF.ext says of it ----------------------------------------------------------------- */

static int is_section_of_piece(void *data, uint32_t name)
{
	const struct making *making = data;

	return !strcmp(btf_string(making->loading->declared, name), making->piece->section);
}

/* Where in the program the instruction of @record is; false: in no function of it. */
static bool place_of(const struct making *making, const struct ext_record *record, uint32_t *ret_at)
{
	const struct object_piece *piece = making->piece;

	if (record->slot < piece->start || record->slot - piece->start >= piece->count)
		return false;
	*ret_at = (uint32_t)(piece->at + record->slot - piece->start);
	return true;
}

static int add_func(void *data, const struct ext_record *record)
{
	struct making *making = data;
	uint32_t at;

	if (place_of(making, record, &at))
		making->funcs[making->func_count++] =
			(struct sys_func_info){ at, record->words[0] };
	return making->func_count == making->linked.insn_count;
}

static int add_line(void *data, const struct ext_record *record)
{
	struct making *making = data;
	uint32_t at;

	if (place_of(making, record, &at))
		making->lines[making->line_count++] = (struct sys_line_info){ at, record->words[0],
									      record->words[1],
									      record->words[2] };
	return making->line_count == making->linked.insn_count;
}

static int apply_core(void *data, const struct ext_record *record)
{
	struct making *making = data;
	struct loading *loading = making->loading;
	const struct core_request request = {
		.local = loading->declared,
		.target = loading->options.kernel,
		.kind = record->words[2] < CORE_KIND_COUNT ? (enum core_kind)record->words[2] :
							     CORE_KIND_COUNT,
		.type = record->words[0],
		.access = btf_string(loading->declared, record->words[1]),
	};
	uint32_t at;

	if (!place_of(making, record, &at))
		return 0;
	return core_apply(&request, &making->linked.insns[at], making->linked.insn_count - at,
			  loading->diag);
}

static int each_record(struct making *making, enum ext_table table,
		       int (*visit)(void *data, const struct ext_record *record))
{
	const struct ext_walk walk = { is_section_of_piece, visit, making };
	int result = 0;

	for (size_t i = 0; i < making->linked.piece_count && result >= 0; i++) {
		making->piece = &making->linked.pieces[i];
		result = ext_each(&making->loading->ext, table, &walk, making->loading->diag);
	}
	return result < 0 ? result : 0;
}

static int read_records(struct making *making)
{
	const size_t most = making->linked.insn_count + 1;
	int err;

	if (!making->loading->declared)
		return 0;
	making->funcs = malloc(most * sizeof *making->funcs);
	making->lines = malloc(most * sizeof *making->lines);
	if (!making->funcs || !making->lines)
		return -ENOMEM;
	err = each_record(making, EXT_FUNCS, add_func);
	if (!err)
		err = each_record(making, EXT_LINES, add_line);
	if (!err)
		err = each_record(making, EXT_CORE, apply_core);
	return err;
}

/* --- instructions ----------------------------------------------------------------------------- */

/* Numbers of maps become descriptors. */
static void put_descriptors(struct making *making)
{
	const struct loaded *out = &making->loading->out;
	struct insn *insns = making->linked.insns;

	for (size_t i = 0; i < making->linked.insn_count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src == BPF_PSEUDO_MAP_IDX ||
		    insns[i].src == BPF_PSEUDO_MAP_IDX_VALUE) {
			insns[i].src = insns[i].src == BPF_PSEUDO_MAP_IDX ? BPF_PSEUDO_MAP_FD :
									    BPF_PSEUDO_MAP_VALUE;
			insns[i].imm = out->maps[insns[i].imm].fd;
		}
		i++; /* the second half */
	}
}

/* --- what it is for --------------------------------------------------------------------------- */

/* The kernel's types name what programs are attached to by these. */
static const char *kernel_prefix(const struct load_section *section, enum btf_kind *ret_kind)
{
	*ret_kind = BTF_FUNC;
	if (section->how == LOAD_HOW_ITER)
		return "bpf_iter_";
	if (section->type == BPF_PROG_TYPE_LSM)
		return "bpf_lsm_";
	if (section->attach == BPF_TRACE_RAW_TP) {
		*ret_kind = BTF_TYPEDEF;
		return "btf_trace_";
	}
	return "";
}

static bool needs_kernel_id(const struct load_section *section)
{
	return section->type == BPF_PROG_TYPE_TRACING || section->type == BPF_PROG_TYPE_LSM;
}

static int find_kernel_id(struct loading *loading, struct loaded_prog *prog)
{
	char name[MOST_TARGET];
	enum btf_kind kind;
	const char *prefix = kernel_prefix(&prog->section, &kind);

	if (!*prog->section.target) {
		diag_error(loading->diag, SPAN_NONE,
			   "program '%s': its section '%s' does not say what it is for", prog->name,
			   prog->section_name);
		diag_hint(loading->diag, "name it, as in SEC(\"%s/...\")", prog->section_name);
		return -EINVAL;
	}
	(void)snprintf(name, sizeof name, "%s%s", prefix, prog->section.target);
	if (!loading->options.kernel) {
		diag_error(loading->diag, SPAN_NONE,
			   "program '%s' needs the kernel's types, and this one has none (no "
			   "/sys/kernel/btf/vmlinux)",
			   prog->name);
		return -ENOENT;
	}
	prog->kernel_id = btf_find(loading->options.kernel, kind, name);
	if (prog->kernel_id)
		return 0;
	diag_error(loading->diag, SPAN_NONE, "program '%s' is for '%s', which this kernel has not",
		   prog->name, prog->section.target);
	diag_hint(loading->diag, "list what there is with: waggle trace -l");
	return -ENOENT;
}

static int refuse_kind(struct loading *loading, const struct loaded_prog *prog)
{
	const char *reason = NULL;

	if (prog->section.how == LOAD_HOW_FREPLACE)
		reason = "programs that replace a function of another (freplace)";
	else if (prog->section.how == LOAD_HOW_STRUCT_OPS)
		reason = "struct_ops";
	else if (prog->section.how == LOAD_HOW_USDT)
		reason = "USDT programs of libbpf's <bpf/usdt.bpf.h>";
	if (!reason)
		return 0;
	diag_error(loading->diag, SPAN_NONE, "program '%s' (%s): waggle does not load %s",
		   prog->name, prog->section_name, reason);
	if (prog->section.how == LOAD_HOW_USDT)
		diag_hint(loading->diag, "scripts have USDT probes: waggle trace -e 'usdt:...'");
	return -ENOTSUP;
}

/* --- loading ---------------------------------------------------------------------------------- */

static int hand_over(struct making *making)
{
	struct loading *loading = making->loading;
	struct loaded_prog *prog = making->prog;
	const struct sys *sys = loading->options.sys;
	const bool has_types = loading->btf_fd && making->func_count;
	const struct sys_prog attr = {
		.type = prog->section.type,
		.insns = making->linked.insns,
		.insn_count = (uint32_t)making->linked.insn_count,
		.license = loading->license,
		.name = prog->name,
		.expected_attach_type = prog->section.attach,
		.attach_btf_id = prog->kernel_id,
		.flags = prog->section.flags,
		.btf_fd = has_types ? loading->btf_fd : 0,
		.funcs = has_types ? making->funcs : NULL,
		.func_count = has_types ? making->func_count : 0,
		.lines = has_types ? making->lines : NULL,
		.line_count = has_types ? making->line_count : 0,
	};

	prog->fd = sys_prog_load(sys, &attr, NULL);
	if (prog->fd < 0 && prog->fd != -EPERM)
		prog->fd = sys_prog_load(sys, &attr, loading->diag);
	if (prog->fd == -EPERM) {
		diag_error(loading->diag, SPAN_NONE, "%s lets this process not load program '%s'",
			   sys->name, prog->name);
		sys_permit_explain(loading->diag);
	} else if (prog->fd < 0) {
		diag_hint(loading->diag, "it is program '%s' (%s)", prog->name, prog->section_name);
	}
	return prog->fd < 0 ? prog->fd : 0;
}

static int load_one(struct loading *loading, size_t entry)
{
	struct loaded_prog *prog = &loading->out.progs[entry];
	const struct object_resolver resolver = { extern_call, extern_load, loading };
	struct making making = { .loading = loading, .prog = prog };
	int err = refuse_kind(loading, prog);

	if (!err && needs_kernel_id(&prog->section))
		err = find_kernel_id(loading, prog);
	if (!err)
		err = object_link(loading->object, entry, &resolver, loading->diag, &making.linked);
	if (!err)
		err = read_records(&making);
	if (!err) {
		put_descriptors(&making);
		prog->insn_count = making.linked.insn_count;
		err = hand_over(&making);
	}
	free(making.funcs);
	free(making.lines);
	return err;
}

static bool is_wanted(const struct loading *loading, const struct loaded_prog *prog)
{
	const char *const *name = loading->options.programs;

	if (!name)
		return !prog->section.is_optional;
	while (*name && strcmp(*name, prog->name) != 0)
		name++;
	return *name;
}

int load_progs(struct loading *loading)
{
	struct object *object = loading->object;
	struct loaded *out = &loading->out;
	int err = 0;

	out->progs =
		arena_alloc_array(&loading->arena, object->entry_count + 1, sizeof *out->progs);
	if (!out->progs)
		return -ENOMEM;
	out->prog_count = object->entry_count;
	for (size_t i = 0; i < out->prog_count; i++)
		out->progs[i] = (struct loaded_prog){ .name = object->entries[i].name,
						      .section_name = object->entries[i].section,
						      .fd = -1 };
	for (size_t i = 0; i < out->prog_count && !err; i++)
		err = load_section_read(out->progs[i].section_name, loading->diag,
					&out->progs[i].section);
	for (size_t i = 0; i < out->prog_count && !err; i++)
		if (is_wanted(loading, &out->progs[i]))
			err = load_one(loading, i);
	return err;
}
