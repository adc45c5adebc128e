/*
 * helper_proto_test.c - what helpers take and give: does the table agree with the kernel?
 *
 * Each argument of each helper is given what no helper wants there, after arguments that are right, and the
 * verifier says what it expected.  Where a whole call can be made, what it gives is asked too.  Arguments
 * behind one that cannot be made here (a timer, a callback, most types of the kernel) are not reached.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "abi/helper.h"
#include "abi/helper_proto.h"
#include "abi/map_type.h"
#include "ask.h"
#include "base/bits.h"
#include "sys/bpf.h"

enum {
	ARGS = 5,
	KEPT_CTX = 6,
	KEPT_TASK = 7,
	KEPT_SOCK = 8,
	KEPT_PACKET = 9,
	/* places on the stack */
	BYTES_AT = -64,
	DYNPTR_AT = -80,
};

static unsigned int reached, unreached;

/* --- what calls are made with ------------------------------------------------------------------ */

static int map_of(uint32_t type)
{
	static int fds[ABI_MAP_END];
	struct sys_map map = { .type = type,
			       .key_size = 4,
			       .value_size = 8,
			       .max_entries = 4,
			       .flags = abi_map_type(type)->needed_flags };

	if (fds[type])
		return fds[type];
	switch (type) {
	case ABI_MAP_RINGBUF:
	case ABI_MAP_USER_RINGBUF:
		map.key_size = map.value_size = 0;
		map.max_entries = 4096;
		break;
	case ABI_MAP_QUEUE:
	case ABI_MAP_STACK:
	case ABI_MAP_BLOOM_FILTER: map.key_size = 0; break;
	case ABI_MAP_PROG_ARRAY:
	case ABI_MAP_PERF_EVENT_ARRAY:
	case ABI_MAP_CGROUP_ARRAY:
	case ABI_MAP_XSKMAP:
	case ABI_MAP_DEVMAP:
	case ABI_MAP_DEVMAP_HASH: map.value_size = 4; break;
	case ABI_MAP_CGROUP_STORAGE:
		map.key_size = 16;
		map.max_entries = 0;
		break;
	default: break;
	}
	fds[type] = sys_map_new(&sys_linux, &map);
	return fds[type];
}

/* One value of zeros, which programs may point into; with BPF_F_RDONLY_PROG they must not write it. */
static int one_value_map(uint32_t flags)
{
	static int fds[2];
	int *fd = &fds[flags == BPF_F_RDONLY_PROG];
	const struct sys_map map = { .type = ABI_MAP_ARRAY,
				     .key_size = 4,
				     .value_size = 64,
				     .max_entries = 1,
				     .flags = flags };

	if (!*fd) {
		*fd = sys_map_new(&sys_linux, &map);
		if (flags)
			(void)sys_map_freeze(&sys_linux, *fd);
	}
	return *fd;
}

/* Of the helper's map: the first type that it takes and that can be made. */
static int map_for(uint32_t id)
{
	for (uint32_t type = 1; type < ABI_MAP_END; type++)
		if (abi_map_type_takes(type, id) && map_of(type) >= 0)
			return map_of(type);
	return -ENOENT;
}

static void put_value(struct ask *ask, int reg, int map_fd)
{
	ask_op(ask, ISA_LD_MAP_VALUE, reg, 0, 0, map_fd);
	ask->insns[ask->count++] = (struct insn){ 0 };
}

static void put_stack(struct ask *ask, int reg, int32_t at)
{
	ask_op(ask, ISA_MOV64_REG, reg, ISA_REG_FP, 0, 0);
	ask_op(ask, ISA_ADD64_IMM, reg, 0, 0, at);
}

static void call(struct ask *ask, uint32_t id)
{
	ask_op(ask, ISA_CALL, 0, 0, 0, (int32_t)id);
}

/* if rN is NULL, return */
static void leave_if_null(struct ask *ask, int reg)
{
	ask_op(ask, ISA_JNE64_IMM, reg, 0, 2, 0);
	ask_end(ask);
}

static bool takes(const struct abi_helper_proto *proto, enum abi_arg kind)
{
	for (int i = 0; i < ARGS; i++)
		if (proto->args[i] == kind)
			return true;
	return false;
}

static bool has_packet_arg(const struct abi_helper_proto *proto)
{
	return takes(proto, ABI_ARG_MEM) || takes(proto, ABI_ARG_MAP_KEY);
}

/* r8 = the packet's socket, where there is one. */
static bool keep_sock(struct ask *ask)
{
	const char *name;

	if (abi_ctx_access(ask->row, 168, 8, false, &name) != ABI_CTX_SOCK_COMMON_OR_NULL)
		return false;
	ask_op(ask, ISA_LDX_DW, KEPT_SOCK, KEPT_CTX, 168, 0);
	leave_if_null(ask, KEPT_SOCK);
	return true;
}

/* r9 = 64 bytes of the packet, where that can be. */
static bool keep_packet(struct ask *ask)
{
	const char *name;
	int at;

	for (at = 0; at < 128; at += 4)
		if (abi_ctx_access(ask->row, (uint32_t)at, 4, false, &name) == ABI_CTX_PACKET)
			break;
	if (at == 128)
		return false;
	ask_op(ask, ISA_LDX_W, KEPT_PACKET, KEPT_CTX, at, 0);
	ask_op(ask, ISA_LDX_W, 2, KEPT_CTX, at + 4, 0);
	ask_op(ask, ISA_MOV64_REG, 3, KEPT_PACKET, 0, 0);
	ask_op(ask, ISA_ADD64_IMM, 3, 0, 0, 64);
	ask_op(ask, ISA_JLE64_REG, 3, 2, 2, 0);
	ask_end(ask);
	return true;
}

/* What must be there before the arguments.  Afterwards r1 to r5 hold nothing. */
static void prepare(struct ask *ask, const struct abi_helper_proto *proto)
{
	ask_op(ask, ISA_MOV64_REG, KEPT_CTX, 1, 0, 0);
	for (int at = BYTES_AT; at < 0; at += 8)
		ask_op(ask, ISA_ST_DW, ISA_REG_FP, 0, at, 0);
	if (takes(proto, ABI_ARG_SOCK_OR_CTX_BTF) || takes(proto, ABI_ARG_SOCK_COMMON))
		(void)keep_sock(ask);
	if (proto->arg_btf && !strcmp(proto->arg_btf, "task_struct")) {
		call(ask, ABI_HELPER_get_current_task_btf);
		ask_op(ask, ISA_MOV64_REG, KEPT_TASK, 0, 0, 0);
	}
	if (proto->args[0] == ABI_ARG_DYNPTR || proto->args[2] == ABI_ARG_DYNPTR) {
		const bool ring = proto->flags[0] & ABI_ARG_RINGBUF;

		if (ring)
			ask_map(ask, 1, map_of(ABI_MAP_RINGBUF));
		else
			put_value(ask, 1, one_value_map(0));
		ask_number(ask, 2, 8);
		ask_number(ask, 3, 0);
		put_stack(ask, 4, DYNPTR_AT);
		call(ask, ring ? ABI_HELPER_ringbuf_reserve_dynptr : ABI_HELPER_dynptr_from_mem);
	}
	call(ask, ABI_HELPER_ktime_get_ns);
}

/* A right argument, or false if none can be made. */
static bool put_right(struct ask *ask, uint32_t id, const struct abi_helper_proto *proto, int i)
{
	const char *name;
	const int reg = i + 1;
	int fd;

	switch ((enum abi_arg)proto->args[i]) {
	case ABI_ARG_NONE: return false;
	case ABI_ARG_ANY: ask_number(ask, reg, 0); return true;
	case ABI_ARG_CTX: ask_op(ask, ISA_MOV64_REG, reg, KEPT_CTX, 0, 0); return true;
	case ABI_ARG_CONST_MAP:
		fd = map_for(id);
		if (fd >= 0)
			ask_map(ask, reg, fd);
		return fd >= 0;
	case ABI_ARG_MAP_KEY:
	case ABI_ARG_MAP_VALUE:
	case ABI_ARG_MEM:
	case ABI_ARG_STACK:
	case ABI_ARG_LONG:
	case ABI_ARG_INT: put_stack(ask, reg, BYTES_AT); return true;
	case ABI_ARG_CONST_SIZE:
	case ABI_ARG_CONST_SIZE_OR_ZERO:
	case ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO: ask_number(ask, reg, 8); return true;
	case ABI_ARG_CONST_STR: put_value(ask, reg, one_value_map(BPF_F_RDONLY_PROG)); return true;
	case ABI_ARG_DYNPTR:
		put_stack(ask, reg, proto->flags[i] & ABI_ARG_UNINIT ? DYNPTR_AT - 16 : DYNPTR_AT);
		return true;
	case ABI_ARG_BTF_ID:
		if (proto->arg_btf && !strcmp(proto->arg_btf, "task_struct"))
			ask_op(ask, ISA_MOV64_REG, reg, KEPT_TASK, 0, 0);
		else if (proto->flags[i] & ABI_ARG_MAYBE_NULL)
			ask_number(ask, reg, 0);
		else
			return false;
		return true;
	case ABI_ARG_SOCKET: ask_number(ask, reg, 0); return true;
	case ABI_ARG_SOCK_OR_CTX_BTF:
	case ABI_ARG_SOCK_COMMON:
		if (abi_ctx_access(ask->row, 168, 8, false, &name) != ABI_CTX_SOCK_COMMON_OR_NULL)
			return false;
		ask_op(ask, ISA_MOV64_REG, reg, KEPT_SOCK, 0, 0);
		return true;
	case ABI_ARG_SPIN_LOCK:
	case ABI_ARG_TIMER:
	case ABI_ARG_KPTR:
	case ABI_ARG_RINGBUF_MEM:
	case ABI_ARG_FUNC:
	case ABI_ARG_PERCPU_BTF_ID: break;
	}
	return false;
}

/* Was the call refused for where it stands, whatever its arguments? */
static bool is_out_of_place(void)
{
	return ask_log_has("helper call is not allowed in probe") ||
	       ask_log_has("Sleepable programs can only use array");
}

/* A call with right arguments before number @i; false if these cannot be made. */
static bool begin_call(const struct ask *begun, uint32_t id, const struct abi_helper_proto *proto,
		       int i, struct ask *ret_ask)
{
	*ret_ask = *begun;
	prepare(ret_ask, proto);
	for (int before = 0; before < i; before++)
		if (!put_right(ret_ask, id, proto, before))
			return false;
	return true;
}

static void end_call(struct ask *ask, uint32_t id)
{
	call(ask, id);
	ask_end(ask);
	(void)ask_load(ask);
}

/* --- arguments -------------------------------------------------------------------------------- */

/* The verifier's words for what it expects. */
#define MEMORY "fp, pkt, pkt_meta, map_key, map_value,"

static const char *expectation(enum abi_arg kind)
{
	switch (kind) {
	case ABI_ARG_CTX: return "ctx";
	case ABI_ARG_CONST_MAP: return "map_ptr";
	case ABI_ARG_MAP_KEY:
	case ABI_ARG_MAP_VALUE:
	case ABI_ARG_MEM:
	case ABI_ARG_LONG:
	case ABI_ARG_INT: return MEMORY;
	case ABI_ARG_CONST_STR: return "map_value";
	case ABI_ARG_SPIN_LOCK: return "map_value, ptr_";
	case ABI_ARG_TIMER: return "map_value";
	case ABI_ARG_KPTR: return "map_value, ptr_";
	case ABI_ARG_DYNPTR: return "fp, dynptr_ptr";
	case ABI_ARG_RINGBUF_MEM: return "ringbuf_mem";
	case ABI_ARG_FUNC: return "func";
	case ABI_ARG_STACK: return "fp";
	case ABI_ARG_BTF_ID: return "ptr_, trusted_ptr_, rcu_ptr_";
	case ABI_ARG_SOCK_COMMON: return "sock_common, sock, tcp_sock, xdp_sock";
	case ABI_ARG_SOCKET: return "sock\n";
	case ABI_ARG_SOCK_OR_CTX_BTF: return "sock_common, sock, tcp_sock, xdp_sock, ptr_";
	case ABI_ARG_PERCPU_BTF_ID: return "percpu_ptr_";
	case ABI_ARG_NONE:
	case ABI_ARG_ANY:
	case ABI_ARG_CONST_SIZE:
	case ABI_ARG_CONST_SIZE_OR_ZERO:
	case ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO: break;
	}
	return NULL;
}

static bool is_size(enum abi_arg kind)
{
	return kind == ABI_ARG_CONST_SIZE || kind == ABI_ARG_CONST_SIZE_OR_ZERO ||
	       kind == ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO;
}

/* Does the log say that rN is a number where a pointer is expected?  Sets *ret_list to which. */
static bool is_number_refused(int reg, const char **ret_list)
{
	char text[48];
	const char *found;

	(void)snprintf(text, sizeof text, "R%d type=scalar expected=", reg);
	found = strstr(ask_log(), text);
	if (found)
		*ret_list = found + strlen(text);
	return found != NULL;
}

struct at {
	const struct ask *begun;
	uint32_t id;
	const struct abi_helper_proto *proto;
	int i;
};

static void say(const struct at *at, bool is_good, const char *what)
{
	ask_check(is_good, "%s: %s, argument %d %s: %s", at->begun->row->name,
		  abi_helper_name(at->id), at->i + 1, what, ask_log());
}

static void check_number(const struct at *at)
{
	const enum abi_arg kind = (enum abi_arg)at->proto->args[at->i];
	const char *list = "", *expected = expectation(kind);
	struct ask ask;
	bool refused;

	(void)begin_call(at->begun, at->id, at->proto, at->i, &ask);
	ask_number(&ask, at->i + 1, 0x1234);
	end_call(&ask, at->id);
	refused = is_number_refused(at->i + 1, &list);
	say(at, refused == (expected != NULL), "is a number");
	if (refused && expected)
		say(at, !strncmp(list, expected, strlen(expected)), "is said to be something else");
}

static void check_null(const struct at *at)
{
	const char *list;
	struct ask ask;

	(void)begin_call(at->begun, at->id, at->proto, at->i, &ask);
	ask_number(&ask, at->i + 1, 0);
	end_call(&ask, at->id);
	if (expectation((enum abi_arg)at->proto->args[at->i]))
		say(at,
		    is_number_refused(at->i + 1, &list) !=
			    ((at->proto->flags[at->i] & ABI_ARG_MAYBE_NULL) != 0),
		    "is NULL");
}

/* Sizes are numbers; 0 is one only of some. */
static void check_size(const struct at *at)
{
	const enum abi_arg kind = (enum abi_arg)at->proto->args[at->i];
	char expected[48];
	struct ask ask;

	(void)begin_call(at->begun, at->id, at->proto, at->i, &ask);
	put_stack(&ask, at->i + 1, BYTES_AT);
	end_call(&ask, at->id);
	(void)snprintf(expected, sizeof expected, "R%d type=fp expected=scalar", at->i + 1);
	say(at, ask_log_has(expected) == is_size(kind), "is a size");
	if (!is_size(kind))
		return;
	(void)begin_call(at->begun, at->id, at->proto, at->i, &ask);
	ask_number(&ask, at->i + 1, 0);
	end_call(&ask, at->id);
	say(at, ask_log_has("invalid zero-size") == (kind == ABI_ARG_CONST_SIZE), "is 0");
}

/* What is written must not be constant. */
static void check_written(const struct at *at)
{
	const bool writes = at->proto->flags[at->i] & (ABI_ARG_WRITE | ABI_ARG_UNINIT);
	struct ask ask;

	(void)begin_call(at->begun, at->id, at->proto, at->i, &ask);
	put_value(&ask, at->i + 1, one_value_map(BPF_F_RDONLY_PROG));
	for (int next = at->i + 1; next < ARGS && at->proto->args[next]; next++)
		if (!put_right(&ask, at->id, at->proto, next))
			return;
	end_call(&ask, at->id);
	say(at, ask_log_has("write into map forbidden") == writes, "is constant memory");
}

/* Packets are memory for some. */
static void check_packet(const struct at *at)
{
	struct ask ask = *at->begun;

	ask_op(&ask, ISA_MOV64_REG, KEPT_CTX, 1, 0, 0);
	if (!keep_packet(&ask))
		return;
	ask = *at->begun;
	prepare(&ask, at->proto);
	if (!keep_packet(&ask))
		return;
	for (int i = 0; i < ARGS && at->proto->args[i]; i++) {
		if (i == at->i)
			ask_op(&ask, ISA_MOV64_REG, i + 1, KEPT_PACKET, 0, 0);
		else if (!put_right(&ask, at->id, at->proto, i))
			return;
	}
	end_call(&ask, at->id);
	say(at, ask_log_has("helper access to the packet is not allowed") == !at->proto->pkt_access,
	    "is in a packet");
}

static void check_arg(const struct at *at)
{
	const enum abi_arg kind = (enum abi_arg)at->proto->args[at->i];
	char expected[32];
	struct ask ask;

	if (!begin_call(at->begun, at->id, at->proto, at->i, &ask)) {
		unreached++;
		return;
	}
	end_call(&ask, at->id);
	if (is_out_of_place()) {
		unreached++;
		return;
	}
	reached++;
	(void)snprintf(expected, sizeof expected, "R%d !read_ok", at->i + 1);
	say(at, ask_log_has(expected) == (kind != ABI_ARG_NONE), "is missing");
	if (kind == ABI_ARG_NONE)
		return;
	check_number(at);
	check_null(at);
	check_size(at);
	if (kind == ABI_ARG_MEM) {
		check_written(at);
		check_packet(at);
	}
}

/* --- the whole call --------------------------------------------------------------------------- */

static const char *result_text(const struct abi_helper_proto *proto)
{
	switch ((enum abi_ret)proto->ret) {
	case ABI_RET_MAP_VALUE: return proto->ret_maybe_null ? "map_value_or_null(" : "map_value(";
	case ABI_RET_SOCKET: return "sock_or_null(";
	case ABI_RET_TCP_SOCK: return "tcp_sock_or_null(";
	case ABI_RET_SOCK_COMMON: return "sock_common_or_null(";
	case ABI_RET_MEM: return "ringbuf_mem_or_null(";
	case ABI_RET_DYNPTR_MEM: return "mem_or_null(";
	case ABI_RET_BTF_ID:
		return proto->ret_maybe_null ? "ptr_or_null_" :
		       proto->ret_trusted    ? "trusted_ptr_" :
					       "ptr_";
	case ABI_RET_INTEGER:
	case ABI_RET_VOID:
	case ABI_RET_KPTR:
	case ABI_RET_MEM_OR_BTF_ID: break;
	}
	return NULL;
}

/* The state that the log shows after the call of @id. */
static const char *after_call(uint32_t id)
{
	char text[64];
	const char *found, *last = NULL;

	(void)snprintf(text, sizeof text, "call %s#%u", abi_helper_name(id), id);
	for (found = strstr(ask_log(), text); found; found = strstr(found + 1, text))
		last = found;
	return last ? last : "";
}

static void check_result(const struct ask *begun, uint32_t id, const struct abi_helper_proto *proto)
{
	const char *expected = result_text(proto);
	const char *line, *r0;
	struct ask ask;
	int count = 0;

	while (count < ARGS && proto->args[count])
		count++;
	if (!begin_call(begun, id, proto, count, &ask))
		return;
	if (proto->gpl_only || !strcmp(abi_helper_name(id), "bpf_ktime_get_ns"))
		ask.log_level = 2;
	call(&ask, id);
	ask_end(&ask);
	ask.log_level = 2;
	(void)ask_load(&ask);
	line = after_call(id);
	r0 = strstr(line, "; R0=");
	if (!r0 || (strchr(line, '\n') && r0 > strchr(line, '\n')))
		return; /* refused for another reason: a socket of the wrong kind, a file */
	r0 += strlen("; R0=");
	if (expected)
		ask_check(!strncmp(r0, expected, strlen(expected)), "%s: %s gives: %s",
			  begun->row->name, abi_helper_name(id), line);
	else if (proto->ret == ABI_RET_INTEGER)
		ask_check(!strncmp(r0, "scalar(", 7) || (*r0 >= '0' && *r0 <= '9'),
			  "%s: %s gives: %s", begun->row->name, abi_helper_name(id), line);
	if (proto->ret == ABI_RET_BTF_ID && proto->ret_btf)
		ask_check(strstr(r0, proto->ret_btf) != NULL, "%s: %s gives: %s", begun->row->name,
			  abi_helper_name(id), line);
}

/* Pointers into the packet that were good before the call. */
static void check_changes(const struct ask *begun, uint32_t id,
			  const struct abi_helper_proto *proto)
{
	struct ask ask = *begun;
	int i;

	ask_op(&ask, ISA_MOV64_REG, KEPT_CTX, 1, 0, 0);
	if (!keep_packet(&ask))
		return;
	ask = *begun;
	prepare(&ask, proto);
	(void)keep_packet(&ask);
	for (i = 0; i < ARGS && proto->args[i]; i++)
		if (!put_right(&ask, id, proto, i))
			return;
	if (proto->acquires || id == ABI_HELPER_tail_call)
		return; /* refused for that */
	call(&ask, id);
	ask_op(&ask, ISA_LDX_B, 0, KEPT_PACKET, 0, 0);
	ask_end(&ask);
	(void)ask_load(&ask);
	if (ask_log_has("R9 ") || !ask_log_has("expected="))
		ask_check(ask_log_has("R9 invalid mem access 'scalar'") == proto->changes_packet,
			  "%s: %s, pointers into the packet: %s", begun->row->name,
			  abi_helper_name(id), ask_log());
}

static void check_license(const struct ask *begun, uint32_t id,
			  const struct abi_helper_proto *proto)
{
	struct ask ask = *begun;

	if (begun->row->needs_gpl)
		return;
	ask.license = "MIT";
	end_call(&ask, id);
	ask_check(ask_log_has("cannot call GPL-restricted function") == proto->gpl_only,
		  "%s: %s, not under the GPL: %s", begun->row->name, abi_helper_name(id),
		  ask_log());
}

static void check_sleeps(const struct ask *begun, uint32_t id, const struct abi_helper_proto *proto)
{
	struct ask ask = *begun;

	if (begun->row->must_sleep)
		return;
	end_call(&ask, id);
	ask_check(ask_log_has("might sleep") == proto->may_sleep, "%s: %s sleeps: %s",
		  begun->row->name, abi_helper_name(id), ask_log());
}

static void check_helper(const struct ask *begun, uint32_t id)
{
	const struct abi_helper_proto *proto = abi_prog_type_helper_proto(begun->row, id);

	check_license(begun, id, proto);
	check_sleeps(begun, id, proto);
	if (proto->may_sleep && !begun->row->must_sleep)
		return;
	for (int i = 0; i < ARGS; i++) {
		const struct at at = { begun, id, proto, i };

		check_arg(&at);
		if (proto->args[i] == ABI_ARG_NONE)
			break;
	}
	check_result(begun, id, proto);
	if (has_packet_arg(proto) || takes(proto, ABI_ARG_CTX))
		check_changes(begun, id, proto);
}

int main(void)
{
	static bool seen[ABI_HELPER_END];
	const char *why = ask_missing();

	if (!why && !ask_is_same_kernel())
		why = "another kernel than that of the tables";
	if (why) {
		ask_skip("%s", why);
		return ask_summary();
	}
	for (size_t i = 0; i < abi_prog_type_count(); i++) {
		struct ask ask;

		if (!ask_begin(abi_prog_type_row(i), &ask, &why))
			continue;
		for (uint32_t id = 1; id < ABI_HELPER_END; id++) {
			if (!abi_prog_type_has_helper(ask.row, id))
				continue;
			check_helper(&ask, id);
			seen[id] = true;
		}
	}
	for (uint32_t id = 1; id < ABI_HELPER_END; id++)
		if (!seen[id])
			ask_skip("%s: no program that can be loaded here may call it",
				 abi_helper_name(id));
	(void)printf("%u arguments asked for, %u not reached\n", reached, unreached);
	return ask_summary();
}
