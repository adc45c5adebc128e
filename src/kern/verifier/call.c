/*
 * call.c - calls of the program's own functions and of helpers, and returning from them.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/call.h"

enum { MOST_ERRNO = 4095, MOST_CPUS = 8192 };

/* ------------------------------------------------------------ what calls leave */

void v_clear_args(struct verifier *v, struct frame *frame)
{
	(void)v;
	for (unsigned int i = 0; i <= 5; i++)
		reg_set_none(&frame->regs[i]);
}

void v_clear_packets(struct verifier *v)
{
	struct reg *reg;

	STATE_EACH_REG(v->cur, reg)
	if (reg_is_packet(reg) || reg->type == REG_PACKET_END ||
	    (reg->type == REG_MEM && (reg->flags & REG_DYNPTR_PACKET)))
		reg_set_unknown(reg);
}

int v_check_leaks(struct verifier *v, const char *where)
{
	const struct state *s = v->cur;

	for (uint32_t i = 0; i < s->ref_count; i++)
		if (s->refs[i].kind == REF_POINTER)
			return v_refuse(v, VERIFIER_RULE_RELEASE, VERIFIER_NOWHERE,
					"Unreleased reference id=%u alloc_insn=%u", s->refs[i].id,
					s->refs[i].insn);
	if (s->lock_count)
		return v_refuse(v, VERIFIER_RULE_LOCK, VERIFIER_NOWHERE,
				"%s cannot be used inside bpf_spin_lock-ed region", where);
	if (s->rcu_count)
		return v_refuse(v, VERIFIER_RULE_CRITICAL, VERIFIER_NOWHERE,
				"%s cannot be used inside bpf_rcu_read_lock-ed region", where);
	if (s->preempt_count)
		return v_refuse(v, VERIFIER_RULE_CRITICAL, VERIFIER_NOWHERE,
				"%s cannot be used inside bpf_preempt_disable-ed region", where);
	return 0;
}

/* No register points to what was released any more. */
int v_release_ref(struct verifier *v, uint32_t id)
{
	struct reg *reg;

	if (!state_give_up(v->cur, id))
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, VERIFIER_NOWHERE,
				"reference has not been acquired before");
	STATE_EACH_REG(v->cur, reg)
	if (reg->ref_id == id)
		reg_set_unknown(reg);
	return 0;
}

/* ------------------------------------------------------------ functions of the program */

int v_push_frame(struct verifier *v, struct state *s, uint32_t func, int32_t callsite)
{
	if (s->depth + 1 >= ISA_FRAMES)
		return v_refuse(v, VERIFIER_RULE_DEPTH, VERIFIER_NOWHERE,
				"the call stack of %u frames is too deep", s->depth + 2);
	s->frames[s->depth + 1] = frame_new(func, callsite, (uint8_t)(s->depth + 1));
	if (!s->frames[s->depth + 1])
		return -ENOMEM;
	s->depth++;
	return 0;
}

/* What BTF says of a global function's arguments must be true of what it is given. */
static int call_global(struct verifier *v, uint32_t func)
{
	int err = v_global_args(v, func);

	if (err)
		return err;
	if (v->cur->lock_count)
		return v_refuse(
			v, VERIFIER_RULE_LOCK, VERIFIER_NOWHERE,
			"global function calls are not allowed while holding a lock,\nuse static function instead");
	v->funcs[func].called = true;
	if (v->funcs[func].changes_packet)
		v_clear_packets(v);
	v_clear_args(v, state_frame(v->cur));
	if (!v_global_is_void(v, func))
		reg_set_unknown(&v_regs(v)[0]);
	return 0;
}

static int call_local(struct verifier *v, uint32_t *ret_next)
{
	const int func = v_func_at(v, (uint32_t)((int64_t)v->insn + 1 + v_at(v)->imm));
	struct frame *caller = state_frame(v->cur), *callee;
	int err;

	if (v->funcs[func].is_global)
		return call_global(v, (uint32_t)func);
	err = v_push_frame(v, v->cur, (uint32_t)func, (int32_t)v->insn);
	if (err)
		return err;
	callee = state_frame(v->cur);
	memcpy(&callee->regs[1], &caller->regs[1], 5 * sizeof callee->regs[1]);
	callee->in_callback = false;
	v_clear_args(v, caller);
	*ret_next = v->funcs[func].start;
	return 0;
}

int v_return(struct verifier *v, uint32_t *ret_next)
{
	struct state *s = v->cur;
	struct frame *callee = state_frame(s);

	if (callee->in_callback)
		return v_callback_return(v, ret_next);
	if (callee->regs[0].type == REG_STACK)
		return v_refuse(v, VERIFIER_RULE_RETURN, 0,
				"cannot return stack pointer to the caller");
	s->frames[s->depth - 1]->regs[0] = callee->regs[0];
	*ret_next = (uint32_t)callee->callsite + 1;
	frame_free(callee);
	s->frames[s->depth--] = NULL;
	return 0;
}

/* ------------------------------------------------------------ helpers */

static const char *helper_name(uint32_t id)
{
	const char *name = abi_helper_name(id);

	return name ? name + strlen("bpf_") : "unknown";
}

static int check_available(struct verifier *v, const struct v_helper_call *call)
{
	const char *name = helper_name(call->id);

	if (!abi_helper_name(call->id))
		return v_refuse(v, VERIFIER_RULE_CALL, VERIFIER_NOWHERE, "invalid func %s#%u", name,
				call->id);
	if (!abi_prog_type_has_helper(v->row, call->id))
		return v_refuse(v, VERIFIER_RULE_CALL, VERIFIER_NOWHERE,
				"program of this type cannot use helper bpf_%s#%u", name, call->id);
	if (!call->proto)
		return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
				"helper bpf_%s is not known to this verifier", name);
	if (call->proto->gpl_only && !v->req->is_gpl)
		return v_refuse(
			v, VERIFIER_RULE_CALL_GPL, VERIFIER_NOWHERE,
			"cannot call GPL-restricted function from non-GPL compatible program");
	if (v->cur->lock_count && call->id != ABI_HELPER_spin_unlock &&
	    call->id != ABI_HELPER_kptr_xchg)
		return v_refuse(v, VERIFIER_RULE_LOCK, VERIFIER_NOWHERE,
				"function calls are not allowed while holding a lock");
	if (!call->proto->may_sleep)
		return 0;
	if (!v->req->is_sleepable)
		return v_refuse(v, VERIFIER_RULE_CALL, VERIFIER_NOWHERE,
				"helper call might sleep in a non-sleepable prog");
	if (v->cur->rcu_count || v->cur->preempt_count)
		return v_refuse(v, VERIFIER_RULE_CRITICAL, VERIFIER_NOWHERE,
				"sleepable helper bpf_%s#%u in %s region", name, call->id,
				v->cur->rcu_count ? "rcu_read_lock" : "non-preemptible");
	return 0;
}

static bool takes_map(const struct abi_helper_proto *proto)
{
	for (size_t i = 0; i < V_MOST_HELPER_ARGS; i++)
		if (proto->args[i] == ABI_ARG_CONST_MAP)
			return true;
	return false;
}

static int check_map(struct verifier *v, struct v_helper_call *call)
{
	struct v_insn *info = &v->info[v->insn];

	if (!takes_map(call->proto) || !call->map)
		return 0;
	if (!abi_map_type_takes_from(v->row, call->map->type, call->id))
		return v_refuse(v, VERIFIER_RULE_MAP, 1,
				"cannot pass map_type %u into func bpf_%s#%u", call->map->type,
				helper_name(call->id), call->id);
	if (!info->map)
		info->map = call->map;
	else if (info->map != call->map)
		info->map_is_unclear = true;
	return 0;
}

/* Helpers whose rules are not all in their prototype. */
static int check_special(struct verifier *v, struct v_helper_call *call)
{
	switch (call->id) {
	case ABI_HELPER_tail_call: return v_check_leaks(v, "tail_call");
	case ABI_HELPER_get_local_storage:
		if (!reg_is_null(&v_regs(v)[2]))
			return v_refuse(v, VERIFIER_RULE_ARG_VALUE, 2,
					"get_local_storage() doesn't support non-zero flags");
		return 0;
	case ABI_HELPER_for_each_map_elem:
	case ABI_HELPER_loop: return v_call_back(v, call);
	case ABI_HELPER_snprintf:
	case ABI_HELPER_find_vma:
	case ABI_HELPER_user_ringbuf_drain:
	case ABI_HELPER_timer_set_callback:
	case ABI_HELPER_per_cpu_ptr:
	case ABI_HELPER_this_cpu_ptr:
	case ABI_HELPER_kptr_xchg:
	case ABI_HELPER_get_stack:
	case ABI_HELPER_set_retval:
	case ABI_HELPER_get_retval: break;
	default: return 0;
	}
	if (call->id == ABI_HELPER_get_stack || call->id == ABI_HELPER_get_retval)
		return 0;
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
			"helper bpf_%s is not known to this verifier", helper_name(call->id));
}

static bool acquires(const struct v_helper_call *call)
{
	return call->proto->acquires || (call->id == ABI_HELPER_map_lookup_elem && call->map &&
					 (call->map->type == BPF_MAP_TYPE_SOCKMAP ||
					  call->map->type == BPF_MAP_TYPE_SOCKHASH));
}

/* These give the same socket by another name. */
static bool keeps_reference(uint32_t id)
{
	switch (id) {
	case ABI_HELPER_tcp_sock:
	case ABI_HELPER_sk_fullsock:
	case ABI_HELPER_skc_to_tcp_sock:
	case ABI_HELPER_skc_to_tcp6_sock:
	case ABI_HELPER_skc_to_udp6_sock:
	case ABI_HELPER_skc_to_mptcp_sock:
	case ABI_HELPER_skc_to_tcp_timewait_sock:
	case ABI_HELPER_skc_to_tcp_request_sock: return true;
	default: return false;
	}
}

static void bound_result(struct reg *r0, const struct v_helper_call *call)
{
	switch (call->id) {
	case ABI_HELPER_get_stack:
	case ABI_HELPER_get_task_stack:
	case ABI_HELPER_probe_read_str:
	case ABI_HELPER_probe_read_kernel_str:
	case ABI_HELPER_probe_read_user_str:
		r0->range.smax = (int64_t)call->size_most;
		r0->range.smax32 = (int32_t)call->size_most;
		r0->range.smin = -MOST_ERRNO;
		r0->range.smin32 = -MOST_ERRNO;
		break;
	case ABI_HELPER_get_smp_processor_id:
		r0->range.umax = r0->range.umax32 = MOST_CPUS - 1;
		r0->range.smax = r0->range.smax32 = MOST_CPUS - 1;
		r0->range.smin = r0->range.smin32 = 0;
		break;
	default: return;
	}
	range_sync(&r0->range);
}

static bool lookup_cannot_fail(const struct v_helper_call *call)
{
	return call->id == ABI_HELPER_map_lookup_elem && call->map && call->const_key >= 0 &&
	       call->const_key < (int64_t)call->map->max_entries &&
	       (call->map->type == BPF_MAP_TYPE_ARRAY ||
		call->map->type == BPF_MAP_TYPE_PERCPU_ARRAY);
}

static int set_result(struct verifier *v, const struct v_helper_call *call)
{
	struct reg *r0 = &v_regs(v)[0];
	uint16_t flags = call->proto->ret_maybe_null ? REG_MAYBE_NULL : 0;

	switch ((enum abi_ret)call->proto->ret) {
	case ABI_RET_INTEGER:
		reg_set_unknown(r0);
		bound_result(r0, call);
		return 0;
	case ABI_RET_VOID: reg_set_none(r0); return 0;
	case ABI_RET_MAP_VALUE:
		if (!call->map)
			break;
		if (lookup_cannot_fail(call))
			flags = 0;
		reg_set_pointer(r0, REG_MAP_VALUE, flags);
		r0->m.of = call->map;
		r0->m.uid = call->map_uid;
		if (!flags && call->map->special_count)
			r0->id = ++v->ids;
		return 0;
	case ABI_RET_SOCKET: reg_set_pointer(r0, REG_SOCKET, flags); return 0;
	case ABI_RET_TCP_SOCK: reg_set_pointer(r0, REG_TCP_SOCK, flags); return 0;
	case ABI_RET_SOCK_COMMON: reg_set_pointer(r0, REG_SOCK_COMMON, flags); return 0;
	case ABI_RET_MEM:
		if (call->id == ABI_HELPER_ringbuf_reserve)
			flags |= REG_RINGBUF;
		reg_set_pointer(r0, REG_MEM, flags);
		r0->mem_bytes = call->mem_bytes;
		return 0;
	case ABI_RET_BTF_ID:
		if (!v->req->kernel_btf || !call->proto->ret_btf)
			break;
		reg_set_pointer(r0, REG_BTF_ID,
				flags | (call->id == ABI_HELPER_get_current_task_btf ? REG_TRUSTED :
										       0));
		r0->btf.id = btf_find(v->req->kernel_btf, BTF_STRUCT, call->proto->ret_btf);
		if (!r0->btf.id)
			break;
		return 0;
	case ABI_RET_MEM_OR_BTF_ID:
	case ABI_RET_DYNPTR_MEM:
	case ABI_RET_KPTR: break;
	}
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
			"the result of helper bpf_%s is not known to this verifier",
			helper_name(call->id));
}

static int give_up(struct verifier *v, const struct v_helper_call *call)
{
	if (call->release_reg < 0)
		return 0;
	if (call->ref_id)
		return v_release_ref(v, call->ref_id);
	if (reg_is_null(&v_regs(v)[call->release_reg]))
		return 0;
	return v_refuse(v, VERIFIER_RULE_ARG_VALUE, call->release_reg,
			"func bpf_%s#%u reference has not been acquired before",
			helper_name(call->id), call->id);
}

/* The helper wrote all of it. */
static int write_raw(struct verifier *v, const struct v_helper_call *call)
{
	for (int64_t i = 0; i < call->raw_bytes; i++) {
		const struct v_access access = { .reg = call->raw_reg,
						 .off = (int32_t)i,
						 .bytes = 1,
						 .is_write = true,
						 .value = VERIFIER_NOWHERE,
						 .by_helper = true };
		const int err = v_access(v, &access);

		if (err)
			return err;
	}
	return 0;
}

static int name_result(struct verifier *v, const struct v_helper_call *call)
{
	struct reg *r0 = &v_regs(v)[0];

	if (reg_maybe_null(r0))
		r0->id = ++v->ids;
	if (keeps_reference(call->id)) {
		r0->ref_id = call->ref_id;
	} else if (acquires(call)) {
		const uint32_t id = ++v->ids;

		if (!state_hold(v->cur, id, REF_POINTER, v->insn, NULL))
			return -ENOMEM;
		r0->id = r0->ref_id = id;
	}
	return 0;
}

static int call_helper(struct verifier *v)
{
	struct v_helper_call call = { .id = (uint32_t)v_at(v)->imm,
				      .proto = abi_prog_type_helper_proto(v->row,
									  (uint32_t)v_at(v)->imm),
				      .const_key = -1,
				      .raw_reg = VERIFIER_NOWHERE,
				      .release_reg = VERIFIER_NOWHERE,
				      .func = VERIFIER_NOWHERE };
	int err = check_available(v, &call);

	err = err ? err : v_check_args(v, &call);
	err = err ? err : check_map(v, &call);
	err = err ? err : write_raw(v, &call);
	err = err ? err : give_up(v, &call);
	err = err ? err : check_special(v, &call);
	if (err)
		return err;
	v_clear_args(v, state_frame(v->cur));
	err = set_result(v, &call);
	err = err ? err : name_result(v, &call);
	if (!err && call.proto->changes_packet)
		v_clear_packets(v);
	return err;
}

int v_call(struct verifier *v, enum isa_op op, uint32_t *ret_next)
{
	if (op == ISA_CALL_LOCAL)
		return call_local(v, ret_next);
	if (op == ISA_CALL_KFUNC)
		return v_kfunc(v, ret_next);
	return call_helper(v);
}
