/*
 * global.c - functions with external linkage: verified once, from their types alone.
 *
 * Callers know only that it returns a number; what it is given must be what its BTF type says: a number, the
 * context, or memory of the size of what a pointer points to.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "kern/verifier/call.h"

enum { MOST_ARGS = 5 };

struct arg {
	enum { ARG_NUMBER, ARG_CTX, ARG_MEMORY } kind;
	uint32_t bytes;
};

/* The type of the context, as programs in C call it. */
static const char *ctx_name(uint32_t type)
{
	switch (type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_SK_SKB:
	case BPF_PROG_TYPE_FLOW_DISSECTOR: return "__sk_buff";
	case BPF_PROG_TYPE_XDP: return "xdp_md";
	case BPF_PROG_TYPE_SK_MSG: return "sk_msg_md";
	case BPF_PROG_TYPE_SOCK_OPS: return "bpf_sock_ops";
	case BPF_PROG_TYPE_CGROUP_SOCK: return "bpf_sock";
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR: return "bpf_sock_addr";
	case BPF_PROG_TYPE_CGROUP_SYSCTL: return "bpf_sysctl";
	case BPF_PROG_TYPE_CGROUP_SOCKOPT: return "bpf_sockopt";
	case BPF_PROG_TYPE_CGROUP_DEVICE: return "bpf_cgroup_dev_ctx";
	case BPF_PROG_TYPE_SK_REUSEPORT: return "sk_reuseport_md";
	case BPF_PROG_TYPE_SK_LOOKUP: return "bpf_sk_lookup";
	case BPF_PROG_TYPE_KPROBE: return "bpf_user_pt_regs_t";
	case BPF_PROG_TYPE_PERF_EVENT: return "bpf_perf_event_data";
	case BPF_PROG_TYPE_RAW_TRACEPOINT: return "bpf_raw_tracepoint_args";
	default: return "";
	}
}

static int refuse_arg(struct verifier *v, unsigned int i)
{
	return v_refuse(
		v, VERIFIER_RULE_UNKNOWN, (int)i + 1,
		"the type of argument %u of a global function is not known to this verifier",
		i + 1);
}

static bool has_tags(const struct verifier *v, uint32_t func_id)
{
	struct btf_type type;

	for (uint32_t id = 1; id <= btf_last_id(v->req->btf); id++)
		if (btf_type(v->req->btf, id, &type) && type.kind == BTF_DECL_TAG &&
		    type.type == func_id)
			return true;
	return false;
}

static int read_pointer(struct verifier *v, const struct btf_type *pointer, unsigned int i,
			struct arg *ret_arg)
{
	const struct btf *btf = v->req->btf;
	uint32_t id = pointer->type;
	struct btf_type type;
	int64_t bytes;

	while (btf_type(btf, id, &type) &&
	       (type.kind == BTF_CONST || type.kind == BTF_VOLATILE || type.kind == BTF_RESTRICT ||
		type.kind == BTF_TYPEDEF)) {
		if (type.kind == BTF_TYPEDEF && !strcmp(type.name, ctx_name(v->req->type))) {
			*ret_arg = (struct arg){ ARG_CTX, 0 };
			return 0;
		}
		id = type.type;
	}
	if (type.kind == BTF_TYPE_TAG || type.kind == BTF_PTR || type.kind == BTF_VOID ||
	    type.kind == BTF_FWD)
		return refuse_arg(v, i);
	if (type.kind == BTF_STRUCT && !strcmp(type.name, ctx_name(v->req->type))) {
		*ret_arg = (struct arg){ ARG_CTX, 0 };
		return 0;
	}
	bytes = btf_size(btf, id);
	if (bytes <= 0 || bytes > UINT32_MAX)
		return refuse_arg(v, i);
	*ret_arg = (struct arg){ ARG_MEMORY, (uint32_t)bytes };
	return 0;
}

static bool read_proto(const struct verifier *v, uint32_t func, struct btf_type *ret_proto)
{
	struct btf_type type;

	return v->req->btf && btf_type(v->req->btf, v->funcs[func].type_id, &type) &&
	       type.kind == BTF_FUNC && btf_type(v->req->btf, type.type, ret_proto) &&
	       ret_proto->kind == BTF_FUNC_PROTO;
}

static int read_args(struct verifier *v, uint32_t func, struct arg *ret_args,
		     unsigned int *ret_count)
{
	struct btf_type proto, type;
	struct btf_param param;

	if (!read_proto(v, func, &proto) || proto.count > MOST_ARGS)
		return v_refuse(v, VERIFIER_RULE_TYPE_MATCH, VERIFIER_NOWHERE,
				"Global function has more than 5 arguments or no type");
	if (has_tags(v, v->funcs[func].type_id))
		return v_refuse(v, VERIFIER_RULE_UNKNOWN, VERIFIER_NOWHERE,
				"tags of global functions are not known to this verifier");
	for (unsigned int i = 0; i < proto.count; i++) {
		int err;

		if (!btf_param(v->req->btf, &proto, i, &param) ||
		    !btf_type(v->req->btf, btf_strip(v->req->btf, param.type), &type))
			return refuse_arg(v, i);
		ret_args[i] = (struct arg){ ARG_NUMBER, 0 };
		if (type.kind == BTF_INT || type.kind == BTF_ENUM || type.kind == BTF_ENUM64)
			continue;
		if (type.kind != BTF_PTR)
			return refuse_arg(v, i);
		err = read_pointer(v, &type, i, &ret_args[i]);
		if (err)
			return err;
	}
	*ret_count = proto.count;
	return 0;
}

bool v_global_is_void(const struct verifier *v, uint32_t func)
{
	struct btf_type proto;

	return read_proto(v, func, &proto) && !btf_strip(v->req->btf, proto.type);
}

static int check_given(struct verifier *v, const struct arg *arg, int regno)
{
	const struct reg *reg = &v_regs(v)[regno];
	int err = v_need_read(v, (unsigned int)regno);

	if (err)
		return err;
	switch (arg->kind) {
	case ARG_NUMBER:
		if (reg->type == REG_SCALAR)
			return 0;
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno, "R%d is not a scalar", regno);
	case ARG_CTX:
		if (reg->type != REG_CTX)
			return v_refuse(v, VERIFIER_RULE_ARG_VALUE, regno,
					"arg#%d expected pointer to ctx, but got something else",
					regno - 1);
		return v_unmodified(v, regno, false);
	case ARG_MEMORY: break;
	}
	if (reg_is_null(reg))
		return 0;
	if (reg_maybe_null(reg)) { /* as if it were not, for its size */
		const struct reg was = *reg;

		v_regs(v)[regno].flags &= (uint16_t)~REG_MAYBE_NULL;
		err = v_helper_memory(v, NULL, regno, arg->bytes, false, false, false);
		err = err ? err : v_helper_memory(v, NULL, regno, arg->bytes, true, false, false);
		v_regs(v)[regno] = was;
		return err;
	}
	err = v_helper_memory(v, NULL, regno, arg->bytes, false, false, false);
	return err ? err : v_helper_memory(v, NULL, regno, arg->bytes, true, false, false);
}

int v_global_args(struct verifier *v, uint32_t func)
{
	struct arg args[MOST_ARGS];
	unsigned int count = 0;
	int err = read_args(v, func, args, &count);

	for (unsigned int i = 0; !err && i < count; i++)
		err = check_given(v, &args[i], (int)i + 1);
	return err;
}

/* The state at the beginning of function @func, verified alone. */
int v_global_enter(struct verifier *v, uint32_t func)
{
	struct frame *frame = state_frame(v->cur);
	struct btf_type proto, result;
	struct arg args[MOST_ARGS];
	unsigned int count = 0;
	int err = read_args(v, func, args, &count);

	if (err)
		return err;
	if (!read_proto(v, func, &proto) ||
	    !btf_type(v->req->btf, btf_strip(v->req->btf, proto.type), &result) ||
	    (result.kind != BTF_INT && result.kind != BTF_ENUM && result.kind != BTF_ENUM64 &&
	     result.kind != BTF_VOID))
		return v_refuse(v, VERIFIER_RULE_TYPE_MATCH, VERIFIER_NOWHERE,
				"Global function doesn't return scalar. Only those are supported.");
	for (unsigned int i = 0; i < count; i++) {
		struct reg *reg = &frame->regs[i + 1];

		switch (args[i].kind) {
		case ARG_NUMBER: reg_set_unknown(reg); break;
		case ARG_CTX: reg_set_pointer(reg, REG_CTX, 0); break;
		case ARG_MEMORY:
			reg_set_pointer(reg, REG_MEM, REG_MAYBE_NULL);
			reg->mem_bytes = args[i].bytes;
			reg->id = ++v->ids;
			break;
		}
	}
	return 0;
}
