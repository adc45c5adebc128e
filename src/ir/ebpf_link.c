/*
 * ebpf_link.c - one program of several functions.
 *
 * Until here a function is named by its number, in calls and where its address is taken.
 */
#include "ir/ebpf_write.h"

#include <errno.h>
#include <string.h>

static bool names_function(const struct insn *insn)
{
	int op = isa_decode(insn, 2);

	return op == ISA_CALL_LOCAL || op == ISA_LD_FUNC;
}

/* Numbers of functions become distances from the next slot. */
static int link_functions(struct ir_ebpf *all, size_t fn_count, struct diag *diag)
{
	for (size_t i = 0; i < all->count; i++) {
		struct insn *insn = &all->insns[i];

		if (i + 1 < all->count && names_function(insn)) {
			if ((uint32_t)insn->imm >= fn_count) {
				diag_error(diag, all->spans[i], "there is no function number %d",
					   insn->imm);
				return -ENOTSUP;
			}
			insn->imm = (int32_t)(all->starts[insn->imm] - i - 1);
		}
		if (insn->code == isa_ops[ISA_LDDW].code)
			i++;
	}
	return 0;
}

static int join(struct arena *arena, const struct ir_ebpf *parts, size_t part_count,
		struct ir_ebpf *ret_all)
{
	struct ir_ebpf all = { 0 };

	for (size_t i = 0; i < part_count; i++)
		all.count += parts[i].count;
	all.insns = arena_alloc_array(arena, all.count, sizeof *all.insns);
	all.spans = arena_alloc_array(arena, all.count, sizeof *all.spans);
	all.starts = arena_alloc_array(arena, part_count, sizeof *all.starts);
	all.relocs = arena_alloc_array(arena, all.count, sizeof *all.relocs);
	if (!all.insns || !all.spans || !all.relocs || !all.starts)
		return -ENOMEM;
	all.count = 0;
	for (size_t i = 0; i < part_count; i++) {
		all.starts[i] = parts[i].count ? (uint32_t)all.count : UINT32_MAX;
		if (!parts[i].count)
			continue;
		memcpy(all.insns + all.count, parts[i].insns, parts[i].count * sizeof *all.insns);
		memcpy(all.spans + all.count, parts[i].spans, parts[i].count * sizeof *all.spans);
		memcpy(all.relocs + all.count, parts[i].relocs,
		       parts[i].count * sizeof *all.relocs);
		all.count += parts[i].count;
	}
	*ret_all = all;
	return 0;
}

int ebpf_link(struct arena *arena, const struct ir_ebpf *parts, size_t part_count,
	      struct diag *diag, struct ir_ebpf *ret_all)
{
	struct ir_ebpf all;
	int err = join(arena, parts, part_count, &all);

	if (!err)
		err = link_functions(&all, part_count, diag);
	if (!err)
		*ret_all = all;
	return err;
}
