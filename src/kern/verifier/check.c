/*
 * check.c - one path after the other, instruction by instruction.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "kern/verifier/internal.h"

int v_need_read(struct verifier *v, unsigned int reg)
{
	if (v_regs(v)[reg].type != REG_NONE)
		return 0;
	return v_refuse(v, VERIFIER_RULE_UNINIT, (int)reg, "R%u !read_ok", reg);
}

int v_need_write(struct verifier *v, unsigned int reg)
{
	if (reg != ISA_REG_FP)
		return 0;
	return v_refuse(v, VERIFIER_RULE_FP, (int)reg, "frame pointer is read only");
}

int v_note_jump(struct verifier *v, struct history **ret_entry)
{
	struct state *s = v->cur;

	if (!v->entry) {
		if (s->history_count == s->history_room) {
			const uint32_t room = s->history_room ? s->history_room * 2 : 8;
			struct history *history = realloc(s->history, room * sizeof *history);

			if (!history)
				return -ENOMEM;
			s->history = history;
			s->history_room = room;
		}
		v->entry = &s->history[s->history_count++];
		memset(v->entry, 0, sizeof *v->entry);
		v->entry->insn = v->insn;
		v->entry->prev = v->prev;
	}
	if (ret_entry)
		*ret_entry = v->entry;
	return 0;
}

/* ------------------------------------------------------------ paths that wait */

struct state *v_push(struct verifier *v, uint32_t insn, uint32_t prev)
{
	struct v_pending *pending;
	struct state *s;

	if (v->pending_count >= V_MOST_PENDING) {
		(void)v_refuse(v, VERIFIER_RULE_COMPLEX, VERIFIER_NOWHERE,
			       "The sequence of %u jumps is too complex.", v->pending_count + 1);
		return NULL;
	}
	s = state_copy(v->cur);
	pending = malloc(sizeof *pending);
	if (!s || !pending) {
		state_free(s);
		free(pending);
		v->out->err = -ENOMEM;
		return NULL;
	}
	if (s->parent)
		s->parent->branches++;
	*pending = (struct v_pending){ s, insn, prev, v->out->log.len, v->pending };
	v->pending = pending;
	v->pending_count++;
	return s;
}

/* Go on with the path pushed last; false when there is none. */
static bool pop(struct verifier *v)
{
	struct v_pending *pending = v->pending;

	state_free(v->cur);
	v->cur = NULL;
	if (!pending)
		return false;
	v->cur = pending->s;
	v->insn = pending->insn;
	v->prev = pending->prev;
	v->pending = pending->next;
	v->pending_count--;
	free(pending);
	return true;
}

/* ------------------------------------------------------------ instructions of no kind of their own */

static int load_wide(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	struct reg *d = &v_regs(v)[insn->dst];
	const int err = v_need_write(v, insn->dst);
	int func;

	if (err)
		return err;
	switch (op) {
	case ISA_LDDW: reg_set_const(d, isa_wide_imm(insn)); return 0;
	case ISA_LD_MAP_FD:
	case ISA_LD_MAP_IDX:
		reg_set_pointer(d, REG_CONST_MAP, 0);
		d->map = v->info[v->insn].map;
		return 0;
	case ISA_LD_MAP_VALUE:
	case ISA_LD_MAP_IDX_VALUE:
		reg_set_pointer(d, REG_MAP_VALUE, 0);
		d->map = v->info[v->insn].map;
		d->off = insn[1].imm;
		return 0;
	case ISA_LD_FUNC:
		func = v_func_at(v, (uint32_t)((int64_t)v->insn + 1 + insn->imm));
		if (!v->req->func_count)
			return v_refuse(v, VERIFIER_RULE_CALLBACK, VERIFIER_NOWHERE,
					"missing btf func_info");
		if (v->funcs[func].is_global)
			return v_refuse(v, VERIFIER_RULE_CALLBACK, VERIFIER_NOWHERE,
					"callback function not static");
		reg_set_pointer(d, REG_FUNC, 0);
		d->func = (uint32_t)func;
		return 0;
	default:
		return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
				"addresses of kernel variables are not known to this verifier");
	}
}

/* Classic BPF's loads: a call of a helper in disguise, with the context in r6. */
static int load_packet(struct verifier *v, enum isa_op op)
{
	const struct reg *ctx = &v_regs(v)[6];
	int err;

	if (!v->row->legacy_packet_loads)
		return v_refuse(v, VERIFIER_RULE_CALL, VERIFIER_NOWHERE,
				"BPF_LD_[ABS|IND] instructions not allowed for this program type");
	if (v->funcs[v->info[v->insn].func].start && !v->funcs[v->info[v->insn].func].type_id)
		return v_refuse(v, VERIFIER_RULE_FLOW, VERIFIER_NOWHERE,
				"LD_ABS is not allowed in subprogs without BTF");
	err = v_need_read(v, 6);
	err = err ? err : v_check_leaks(v, "BPF_LD_[ABS|IND]");
	if (err)
		return err;
	if (ctx->type != REG_CTX)
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, 6,
				"at the time of BPF_LD_ABS|IND R6 != pointer to skb");
	if (isa_ops[op].form == ISA_FORM_LD_IND)
		err = v_need_read(v, v_at(v)->src);
	err = err ? err : v_unmodified(v, 6, false);
	if (err)
		return err;
	v_clear_args(v, state_frame(v->cur));
	reg_set_unknown(&v_regs(v)[0]);
	return 0;
}

static int exit_path(struct verifier *v, uint32_t *ret_next, bool *ret_ends)
{
	int err = 0;

	if (!v->cur->depth) {
		err = v_check_leaks(v, "BPF_EXIT instruction in main prog");
		*ret_ends = true;
		return err ? err : v_check_result(v);
	}
	return v_return(v, ret_next);
}

static int step(struct verifier *v, uint32_t *ret_next, bool *ret_ends)
{
	const int op = v->info[v->insn].op;

	if (op < 0)
		return v_refuse(v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE,
				"insn %u uses reserved fields", v->insn);
	*ret_next = v->insn + (uint32_t)isa_slots((enum isa_op)op);
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM:
	case ISA_FORM_ALU_REG:
	case ISA_FORM_NEG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_ENDIAN: return v_alu(v, (enum isa_op)op);
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG:
	case ISA_FORM_MAY_GOTO: return v_branch(v, (enum isa_op)op, ret_next);
	case ISA_FORM_JA: *ret_next = (uint32_t)((int64_t)v->insn + 1 + v_at(v)->off); return 0;
	case ISA_FORM_JA32: *ret_next = (uint32_t)((int64_t)v->insn + 1 + v_at(v)->imm); return 0;
	case ISA_FORM_CALL: return v_call(v, (enum isa_op)op, ret_next);
	case ISA_FORM_EXIT: return exit_path(v, ret_next, ret_ends);
	case ISA_FORM_LDDW: return load_wide(v, (enum isa_op)op);
	case ISA_FORM_LD_ABS:
	case ISA_FORM_LD_IND: return load_packet(v, (enum isa_op)op);
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_ST:
	case ISA_FORM_STX:
	case ISA_FORM_LOAD_ACQ:
	case ISA_FORM_STORE_REL:
	case ISA_FORM_ATOMIC: return v_memory(v, (enum isa_op)op);
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: break;
	}
	return v_refuse(v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE, "unknown opcode %02x",
			v_at(v)->code);
}

static int count_step(struct verifier *v)
{
	if (++v->steps > v->most_steps)
		return v_refuse(v, VERIFIER_RULE_COMPLEX, VERIFIER_NOWHERE,
				"BPF program is too large. Processed %llu insn",
				(unsigned long long)v->steps);
	return 0;
}

static bool counts_as_jump(int op)
{
	switch (op < 0 ? ISA_FORM_LDX : isa_ops[op].form) {
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG:
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
	case ISA_FORM_MAY_GOTO:
	case ISA_FORM_CALL:
	case ISA_FORM_EXIT: return true;
	default: return false;
	}
}

/* One instruction.  Sets *ret_ends when the path is over. */
static int advance(struct verifier *v, bool *ret_ends)
{
	uint32_t next = 0;
	int err = count_step(v);

	if (err)
		return err;
	v->entry = NULL;
	v->cur->last_insn = (int64_t)v->prev == UINT32_MAX ? -1 : (int64_t)v->prev;
	v->cur->insn = v->insn;
	if (v->info[v->insn].is_meeting) {
		err = v_visit(v);
		if (err) {
			*ret_ends = err > 0;
			return err > 0 ? 0 : err;
		}
	}
	if (v->info[v->insn].is_jump_target) {
		err = v_note_jump(v, NULL);
		if (err)
			return err;
	}
	v_log_insn(v);
	v->out->facts[v->insn] |= VERIFIER_SEEN;
	v->jumps += counts_as_jump(v->info[v->insn].op);
	err = step(v, &next, ret_ends);
	if (err)
		return err;
	v->prev = v->insn;
	v->insn = next;
	return 0;
}

int v_check_paths(struct verifier *v)
{
	for (;;) {
		bool ends = false;
		int err = advance(v, &ends);

		if (err)
			return err;
		if (!ends)
			continue;
		err = v_done(v, v->cur);
		if (err)
			return err;
		if (!pop(v))
			return 0;
	}
}
