/*
 * cfg.c - the shape of a program: its functions, where jumps lead, where paths may meet, which registers are
 * read later, and how much stack its calls need.
 *
 * States are kept for comparison only where paths may meet: behind jumps, at their targets, after calls.
 * Elsewhere a second path cannot arrive without having passed one of these.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/internal.h"

enum { MAP_TYPE_ARENA = 33 }; /* since Linux 6.9 */

static int refuse_at(struct verifier *v, uint32_t at, enum verifier_rule rule, const char *what)
{
	v->insn = at;
	return v_refuse(v, rule, VERIFIER_NOWHERE, "%s %u", what, at);
}

/* ------------------------------------------------------------ instructions and maps */

static const struct verifier_map *find_map(const struct verifier *v, enum isa_op op, int32_t number)
{
	const struct verifier_request *req = v->req;

	if (op == ISA_LD_MAP_IDX || op == ISA_LD_MAP_IDX_VALUE)
		return number >= 0 && (size_t)number < req->map_count ? &req->maps[number] : NULL;
	for (size_t i = 0; i < req->map_count; i++)
		if (req->maps[i].fd == number)
			return &req->maps[i];
	return NULL;
}

static bool is_tracing(uint32_t type)
{
	switch (type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: return true;
	default: return false;
	}
}

/* May programs of this type use maps with such values? */
static int check_map(struct verifier *v, const struct verifier_map *map)
{
	const uint32_t type = v->req->type;

	if (map->type == MAP_TYPE_ARENA)
		return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
				"maps of type arena are not known to this verifier");
	for (size_t i = 0; i < map->special_count; i++) {
		if (map->special[i].kind == VERIFIER_SPIN_LOCK &&
		    (is_tracing(type) || type == BPF_PROG_TYPE_SOCKET_FILTER))
			return v_refuse(v, VERIFIER_RULE_MAP, VERIFIER_NOWHERE,
					"%s progs cannot use bpf_spin_lock yet",
					is_tracing(type) ? "tracing" : "socket filter");
		if (map->special[i].kind == VERIFIER_TIMER && is_tracing(type))
			return v_refuse(v, VERIFIER_RULE_MAP, VERIFIER_NOWHERE,
					"tracing progs cannot use bpf_timer yet");
	}
	if (map->type == BPF_MAP_TYPE_STRUCT_OPS)
		return v_refuse(v, VERIFIER_RULE_MAP, VERIFIER_NOWHERE,
				"bpf_struct_ops map cannot be used in prog");
	return 0;
}

static int resolve_map(struct verifier *v, uint32_t at)
{
	const enum isa_op op = (enum isa_op)v->info[at].op;
	const struct verifier_map *map = find_map(v, op, v->insns[at].imm);
	const uint32_t offset = (uint32_t)v->insns[at + 1].imm;

	v->insn = at;
	if (!map)
		return v_refuse(v, VERIFIER_RULE_MAP_MISSING, VERIFIER_NOWHERE,
				"fd %d is not pointing to valid bpf_map", v->insns[at].imm);
	v->info[at].map = map;
	if (op == ISA_LD_MAP_VALUE || op == ISA_LD_MAP_IDX_VALUE) {
		if (map->type != BPF_MAP_TYPE_ARRAY || map->max_entries != 1)
			return v_refuse(v, VERIFIER_RULE_MAP, VERIFIER_NOWHERE,
					"no direct value access support for this map type");
		if (offset >= map->value_size)
			return v_refuse(v, VERIFIER_RULE_MAP, VERIFIER_NOWHERE,
					"invalid access to map value pointer, value_size=%u off=%u",
					map->value_size, offset);
	} else if (offset) {
		return v_refuse(v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE,
				"unrecognized bpf_ld_imm64 insn");
	}
	return check_map(v, map);
}

static bool is_wide(const struct verifier *v, uint32_t i)
{
	return v->insns[i].code == isa_ops[ISA_LDDW].code;
}

/* Linux does not look at the offset of 'exit'. */
static int decode_one(const struct verifier *v, uint32_t i)
{
	struct insn insn = v->insns[i];

	if (insn.code != isa_ops[ISA_EXIT].code)
		return isa_decode(&v->insns[i], v->count - i);
	insn.off = 0;
	return isa_decode(&insn, 1);
}

static int decode(struct verifier *v)
{
	for (uint32_t i = 0; i < v->count; i++) {
		const int op = decode_one(v, i);
		int err = 0;

		v->insn = i;
		v->info[i].op = (int16_t)op;
		if (op == ISA_ERROR_OPCODE || op == ISA_JAX || op == ISA_CALLX)
			return v_refuse(v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE,
					"unknown opcode %02x", v->insns[i].code);
		if (is_wide(v, i) && (op == ISA_ERROR_WIDE || op == ISA_ERROR_SELECTOR))
			return v_refuse(v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE,
					"invalid bpf_ld_imm64 insn");
		if (!is_wide(v, i))
			continue;
		if (op == ISA_LD_MAP_FD || op == ISA_LD_MAP_VALUE || op == ISA_LD_MAP_IDX ||
		    op == ISA_LD_MAP_IDX_VALUE)
			err = resolve_map(v, i);
		if (err)
			return err;
		v->info[++i].is_second = true;
	}
	return 0;
}

/* ------------------------------------------------------------ functions */

int v_func_at(const struct verifier *v, uint32_t insn)
{
	for (uint32_t i = 0; i < v->func_count; i++)
		if (v->funcs[i].start == insn)
			return (int)i;
	return -1;
}

static int add_func(struct verifier *v, int64_t start)
{
	uint32_t at;

	if (start < 0 || start >= v->count)
		return v_refuse(v, VERIFIER_RULE_FLOW, VERIFIER_NOWHERE,
				"call to invalid destination");
	if (v_func_at(v, (uint32_t)start) >= 0)
		return 0;
	if (v->func_count == VERIFIER_MOST_FUNCS)
		return v_refuse(v, VERIFIER_RULE_SIZE, VERIFIER_NOWHERE, "too many subprograms");
	for (at = v->func_count++; at && v->funcs[at - 1].start > start; at--)
		v->funcs[at] = v->funcs[at - 1];
	v->funcs[at] = (struct v_func){ .start = (uint32_t)start };
	return 0;
}

static int find_funcs(struct verifier *v)
{
	int err = add_func(v, 0);

	for (uint32_t i = 0; !err && i < v->count; i++) {
		v->insn = i;
		if (v->info[i].op == ISA_CALL_LOCAL || v->info[i].op == ISA_LD_FUNC)
			err = add_func(v, (int64_t)i + 1 + v->insns[i].imm);
	}
	for (uint32_t i = 0; i < v->func_count; i++) {
		struct v_func *func = &v->funcs[i];

		func->end = i + 1 < v->func_count ? func[1].start : v->count;
		for (uint32_t at = func->start; at < func->end; at++)
			v->info[at].func = (uint16_t)i;
	}
	return err;
}

static bool is_jump(const struct verifier *v, uint32_t at, int64_t *ret_to)
{
	return v->info[at].op >= 0 && !v->info[at].is_second &&
	       isa_jump_target((enum isa_op)v->info[at].op, &v->insns[at], at, ret_to);
}

/* Does control never come to the next slot? */
static bool is_end(const struct verifier *v, uint32_t at)
{
	const int op = v->info[at].op;

	return op == ISA_EXIT || op == ISA_JA || op == ISA_JA32;
}

static int check_jumps(struct verifier *v)
{
	for (uint32_t i = 0; i < v->count; i++) {
		const struct v_func *func = &v->funcs[v->info[i].func];
		int64_t to;

		v->insn = i;
		if (is_jump(v, i, &to) && (to < func->start || to >= func->end))
			return v_refuse(v, VERIFIER_RULE_FLOW, VERIFIER_NOWHERE,
					"jump out of range from insn %u to %lld", i, (long long)to);
		if (i + 1 == func->end && !is_end(v, i))
			return v_refuse(v, VERIFIER_RULE_FLOW, VERIFIER_NOWHERE,
					"last insn is not an exit or jmp");
	}
	return 0;
}

/* BTF tells which functions are global, and each one's type. */
static int read_func_info(struct verifier *v)
{
	const struct verifier_request *req = v->req;

	for (size_t i = 0; i < req->func_count; i++) {
		const int func = v_func_at(v, req->funcs[i].insn);
		struct btf_type type;

		if (func < 0)
			return v_refuse(
				v, VERIFIER_RULE_TYPE_MATCH, VERIFIER_NOWHERE,
				"func_info BTF section doesn't match subprog layout in BPF program");
		if (!req->btf || !btf_type(req->btf, req->funcs[i].type_id, &type) ||
		    type.kind != BTF_FUNC)
			return v_refuse(v, VERIFIER_RULE_TYPE_MATCH, VERIFIER_NOWHERE,
					"invalid type id %u in func info", req->funcs[i].type_id);
		v->funcs[func].type_id = req->funcs[i].type_id;
		v->funcs[func].is_global = func && type.count == 1; /* its linkage */
	}
	return 0;
}

/* ------------------------------------------------------------ reaching everything */

struct walk {
	uint32_t *todo;
	size_t count;
	bool *seen;
};

static void go_to(struct walk *walk, int64_t at)
{
	if (walk->seen[at])
		return;
	walk->seen[at] = true;
	walk->todo[walk->count++] = (uint32_t)at;
}

static bool helper_calls_back(uint32_t id)
{
	return id == ABI_HELPER_for_each_map_elem || id == ABI_HELPER_find_vma ||
	       id == ABI_HELPER_loop || id == ABI_HELPER_user_ringbuf_drain;
}

static void mark_call(struct verifier *v, uint32_t at)
{
	if (at + 1 < v->count)
		v->info[at + 1].is_jump_target = true;
	if (v->info[at].op == ISA_CALL_LOCAL)
		v->info[at].is_meeting = true;
	if (v->info[at].op == ISA_CALL && helper_calls_back((uint32_t)v->insns[at].imm)) {
		v->info[at].calls_back = v->info[at].is_checkpoint = true;
		v->info[at].is_meeting = v->info[at].is_jump_target = true;
	}
	if (v->info[at].op == ISA_CALL && v->insns[at].imm == ABI_HELPER_timer_set_callback)
		v->info[at].is_meeting = true;
}

static void walk_from(struct verifier *v, struct walk *walk, uint32_t at)
{
	const int op = v->info[at].op;
	struct v_insn *info = &v->info[at];
	int64_t to;

	if (is_jump(v, at, &to)) {
		v->info[to].is_jump_target = v->info[to].is_meeting = true;
		info->is_meeting |= !is_end(v, at);
		info->is_checkpoint |= op == ISA_MAY_GOTO;
		go_to(walk, to);
	}
	if (op == ISA_CALL || op == ISA_CALL_LOCAL || op == ISA_CALL_KFUNC)
		mark_call(v, at);
	if (op == ISA_CALL_LOCAL || op == ISA_LD_FUNC) {
		to = (int64_t)at + 1 + v->insns[at].imm;
		v->info[to].is_jump_target = true;
		go_to(walk, to);
	}
	if (!is_end(v, at))
		go_to(walk, at + (is_wide(v, at) ? 2 : 1));
}

static int check_reach(struct verifier *v)
{
	struct walk walk = { calloc(v->count, sizeof *walk.todo), 0,
			     calloc(v->count + 2, sizeof *walk.seen) };
	int err = walk.todo && walk.seen ? 0 : -ENOMEM;

	if (!err)
		go_to(&walk, 0);
	while (!err && walk.count)
		walk_from(v, &walk, walk.todo[--walk.count]);
	for (uint32_t i = 0; !err && i < v->count; i++) {
		if (v->info[i].is_second && walk.seen[i])
			err = refuse_at(v, i - 1, VERIFIER_RULE_FLOW,
					"jump into the middle of ldimm64 insn");
		else if (!v->info[i].is_second && !walk.seen[i])
			err = refuse_at(v, i, VERIFIER_RULE_FLOW, "unreachable insn");
	}
	free(walk.todo);
	free(walk.seen);
	return err;
}

/* ------------------------------------------------------------ live registers */

enum { RESULT_AND_ARGS = 0x3f, ARGS = 0x3e, R6 = 1 << 6 };

/* Helpers read as many registers as they have arguments. */
static uint16_t helper_reads(const struct insn *insn)
{
	const struct abi_helper_proto *proto = abi_helper_proto((uint32_t)insn->imm);
	unsigned int args = 0;

	if (!proto)
		return ARGS;
	while (args < V_MOST_HELPER_ARGS && proto->args[args] != ABI_ARG_NONE)
		args++;
	return (uint16_t)(ARGS & ((2u << args) - 1));
}

static void reads_and_writes(const struct verifier *v, uint32_t at, uint16_t *reads,
			     uint16_t *writes)
{
	const struct insn *insn = &v->insns[at];
	const enum isa_op op = (enum isa_op)v->info[at].op;

	*reads = isa_reads(op, insn);
	*writes = isa_writes(op, insn);
	if (op == ISA_CALL)
		*reads = helper_reads(insn);
	if (isa_ops[op].form == ISA_FORM_LD_ABS || isa_ops[op].form == ISA_FORM_LD_IND) {
		*reads |= R6;
		*writes = RESULT_AND_ARGS;
	}
}

/* The registers that are live at @at, from those of what follows. */
static uint16_t live_before(const struct verifier *v, uint32_t at)
{
	const int op = v->info[at].op;
	uint16_t reads, writes, live = 0;
	int64_t to;

	if (op < 0 || v->info[at].is_second)
		return 0x7ff;
	if (is_jump(v, at, &to))
		live = v->info[to].live;
	if (!is_end(v, at))
		live |= v->info[at + isa_slots((enum isa_op)op)].live;
	reads_and_writes(v, at, &reads, &writes);
	return (uint16_t)((live & ~writes) | reads | 1u << ISA_REG_FP);
}

static void find_live(struct verifier *v)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint32_t i = v->count; i-- > 0;) {
			const uint16_t live = v->info[i].is_second ? 0 : live_before(v, i);

			changed |= live != v->info[i].live;
			v->info[i].live = live;
		}
	}
}

/* ------------------------------------------------------------ all of it */

/* What calls in a function's body make of it; and of those that call it. */
static void find_properties(struct verifier *v)
{
	bool changed = true;

	for (uint32_t i = 0; i < v->count; i++) {
		struct v_func *func = &v->funcs[v->info[i].func];
		const int op = v->info[i].op;

		if (op >= 0 &&
		    (isa_ops[op].form == ISA_FORM_LD_ABS || isa_ops[op].form == ISA_FORM_LD_IND))
			func->has_ld_abs = true;
		if (op != ISA_CALL)
			continue;
		func->has_tail_call |= v->insns[i].imm == ABI_HELPER_tail_call;
		func->changes_packet |= abi_helper_proto((uint32_t)v->insns[i].imm) &&
					abi_helper_proto((uint32_t)v->insns[i].imm)->changes_packet;
	}
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < v->count; i++) {
			struct v_func *func = &v->funcs[v->info[i].func];

			if (v->info[i].op != ISA_CALL_LOCAL || func->changes_packet)
				continue;
			func->changes_packet =
				v->funcs[v->info[(int64_t)i + 1 + v->insns[i].imm].func]
					.changes_packet;
			changed |= func->changes_packet;
		}
	}
}

int v_check_flow(struct verifier *v)
{
	int err = decode(v);

	err = err ? err : find_funcs(v);
	err = err ? err : check_jumps(v);
	err = err ? err : read_func_info(v);
	err = err ? err : check_reach(v);
	if (err)
		return err;
	find_live(v);
	find_properties(v);
	return 0;
}

/* ------------------------------------------------------------ stack of calls */

enum { LEAST_ROUNDED = 16, MOST_BEFORE_TAIL_CALL = 256, PRIVATE_LEAST = 64 };

/* Programs of these types get a stack of their own for each function that needs much (6.13). */
static bool has_private_stacks(const struct verifier *v)
{
	if (v->req->is_sleepable)
		return false;
	for (uint32_t i = 0; i < v->func_count; i++)
		if (v->funcs[i].has_tail_call)
			return false;
	switch (v->req->type) {
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT: return true;
	case BPF_PROG_TYPE_TRACING: return v->req->attach != BPF_TRACE_ITER;
	default: return false;
	}
}

struct chain {
	bool is_private;
	uint32_t bytes, calls;
};

static int walk_calls(struct verifier *v, uint32_t f, struct chain chain)
{
	const struct v_func *func = &v->funcs[f];
	const uint32_t own = (uint32_t)align_up(func->stack_bytes, LEAST_ROUNDED);

	if (func->has_tail_call && chain.calls && chain.bytes >= MOST_BEFORE_TAIL_CALL)
		return v_refuse(
			v, VERIFIER_RULE_STACK_SUM, VERIFIER_NOWHERE,
			"tail_calls are not allowed when call stack of previous frames is %u bytes. Too large",
			chain.bytes);
	if (!chain.is_private || own < PRIVATE_LEAST || func->is_async)
		chain.bytes += own;
	if (chain.bytes > ISA_STACK_BYTES)
		return v_refuse(v, VERIFIER_RULE_STACK_SUM, VERIFIER_NOWHERE,
				"combined stack size of %u calls is %u. Too large", chain.calls + 1,
				chain.bytes);
	for (uint32_t i = func->start; i < func->end; i++) {
		int callee, err;

		if (v->info[i].op != ISA_CALL_LOCAL && v->info[i].op != ISA_LD_FUNC)
			continue;
		v->insn = i;
		callee = v_func_at(v, (uint32_t)((int64_t)i + 1 + v->insns[i].imm));
		if (v->info[i].op == ISA_LD_FUNC && v->funcs[callee].is_async)
			continue;
		if (chain.calls + 1 >= ISA_FRAMES)
			return v_refuse(v, VERIFIER_RULE_DEPTH, VERIFIER_NOWHERE,
					"the call stack of %u frames is too deep !",
					chain.calls + 1);
		err = walk_calls(v, (uint32_t)callee,
				 (struct chain){ chain.is_private, chain.bytes, chain.calls + 1 });
		if (err)
			return err;
	}
	return 0;
}

int v_check_stack_depth(struct verifier *v)
{
	const bool is_private = has_private_stacks(v);

	for (uint32_t f = 0; f < v->func_count; f++) {
		int err;

		if (f && !v->funcs[f].is_async)
			continue;
		v->insn = v->funcs[f].start;
		err = walk_calls(v, f, (struct chain){ .is_private = is_private && !f });
		if (err)
			return err;
	}
	return 0;
}
