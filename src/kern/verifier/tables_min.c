/*
 * tables_min.c - program types, contexts and helpers, as many as are needed before src/abi has all of them.
 *
 * Each definition is weak: those of src/abi take its place.
 */
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/internal.h"

#define WEAK __attribute__((weak))

/* clang-format off */
static const struct abi_prog_type rows[] = {
	{ .name = "socket_filter", .type = BPF_PROG_TYPE_SOCKET_FILTER, .attach = -1, .ctx_size = 192, .legacy_packet_loads = true },
	{ .name = "kprobe", .type = BPF_PROG_TYPE_KPROBE, .attach = -1, .ctx_size = 168, .may_sleep = true },
	{ .name = "sched_cls", .type = BPF_PROG_TYPE_SCHED_CLS, .attach = -1, .ctx_size = 192, .direct_packet = true, .direct_packet_write = true, .legacy_packet_loads = true },
	{ .name = "tracepoint", .type = BPF_PROG_TYPE_TRACEPOINT, .attach = -1, .ctx_size = 512 },
	{ .name = "xdp", .type = BPF_PROG_TYPE_XDP, .attach = -1, .ctx_size = 24, .direct_packet = true, .direct_packet_write = true },
	{ .name = "raw_tracepoint", .type = BPF_PROG_TYPE_RAW_TRACEPOINT, .attach = -1, .ctx_size = 96 },
	{ .name = "syscall", .type = BPF_PROG_TYPE_SYSCALL, .attach = -1, .ctx_size = 65536, .may_sleep = true },
	{ .name = "cgroup_skb", .type = BPF_PROG_TYPE_CGROUP_SKB, .attach = -1, .ctx_size = 192, .direct_packet = true, .ret_checked = true, .ret_max = 1 },
};
/* clang-format on */

WEAK const struct abi_prog_type *abi_prog_type(uint32_t type, uint32_t attach)
{
	(void)attach;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

WEAK bool abi_prog_type_has_helper(const struct abi_prog_type *row, uint32_t id)
{
	(void)row;
	return id != 0;
}

static enum abi_ctx_value skb(uint32_t type, uint32_t offset, uint32_t size, bool write)
{
	const bool is_cls = type == BPF_PROG_TYPE_SCHED_CLS;

	if (offset % size || offset + size > 192)
		return ABI_CTX_NONE;
	if (offset >= 48 && offset + size <= 68)
		return ABI_CTX_SCALAR; /* cb */
	if (write)
		return is_cls && size == 4 &&
				       (offset == 8 || offset == 12 || offset == 32 ||
					offset == 44 || offset == 72) ?
			       ABI_CTX_SCALAR :
			       ABI_CTX_NONE;
	if (type != BPF_PROG_TYPE_SOCKET_FILTER && size == 4 && offset == 76)
		return ABI_CTX_PACKET;
	if (type != BPF_PROG_TYPE_SOCKET_FILTER && size == 4 && offset == 80)
		return ABI_CTX_PACKET_END;
	if (is_cls && size == 4 && offset == 140)
		return ABI_CTX_PACKET_META;
	if (size == 8)
		return offset == 168 ? ABI_CTX_SOCK_COMMON_OR_NULL : ABI_CTX_NONE;
	return offset + size <= (is_cls ? 76 : 72) ? ABI_CTX_SCALAR : ABI_CTX_NONE;
}

WEAK enum abi_ctx_value abi_ctx_access(const struct abi_prog_type *row, uint32_t offset,
				       uint32_t size, bool write, const char **ret_name)
{
	*ret_name = NULL;
	switch (row->type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_CGROUP_SKB: return skb(row->type, offset, size, write);
	case BPF_PROG_TYPE_XDP:
		if (write || size != 4 || offset % 4 || offset > 16)
			return ABI_CTX_NONE;
		return offset == 0 ? ABI_CTX_PACKET :
		       offset == 4 ? ABI_CTX_PACKET_END :
		       offset == 8 ? ABI_CTX_PACKET_META :
				     ABI_CTX_SCALAR;
	case BPF_PROG_TYPE_TRACEPOINT:
		return write || offset % size || offset < 8 || offset + size > 8192 ?
			       ABI_CTX_NONE :
			       ABI_CTX_SCALAR;
	case BPF_PROG_TYPE_SYSCALL:
		return offset % size || offset + size > row->ctx_size ? ABI_CTX_NONE :
									ABI_CTX_SCALAR;
	default:
		return write || offset % size || offset + size > row->ctx_size ? ABI_CTX_NONE :
										 ABI_CTX_SCALAR;
	}
}

WEAK const struct abi_map_type *abi_map_type(uint32_t type)
{
	(void)type;
	return NULL;
}

WEAK bool abi_map_type_takes(uint32_t type, uint32_t id)
{
	if (type == BPF_MAP_TYPE_PROG_ARRAY)
		return id == ABI_HELPER_tail_call;
	if (type == BPF_MAP_TYPE_RINGBUF)
		return id == ABI_HELPER_ringbuf_output || id == ABI_HELPER_ringbuf_reserve ||
		       id == ABI_HELPER_ringbuf_query;
	if (type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return id == ABI_HELPER_perf_event_output || id == ABI_HELPER_perf_event_read;
	return id == ABI_HELPER_map_lookup_elem || id == ABI_HELPER_map_update_elem ||
	       id == ABI_HELPER_map_delete_elem || id == ABI_HELPER_for_each_map_elem;
}

WEAK const struct abi_helper_proto *abi_helper_proto(uint32_t id)
{
	static const struct abi_helper_proto number = { .ret = ABI_RET_INTEGER };
	static const struct abi_helper_proto lookup = { .args = { ABI_ARG_CONST_MAP,
								  ABI_ARG_MAP_KEY },
							.ret = ABI_RET_MAP_VALUE,
							.ret_maybe_null = true,
							.pkt_access = true };
	static const struct abi_helper_proto update = {
		.args = { ABI_ARG_CONST_MAP, ABI_ARG_MAP_KEY, ABI_ARG_MAP_VALUE, ABI_ARG_ANY },
		.pkt_access = true
	};
	static const struct abi_helper_proto delete = {
		.args = { ABI_ARG_CONST_MAP, ABI_ARG_MAP_KEY }, .pkt_access = true
	};
	static const struct abi_helper_proto load_bytes = {
		.args = { ABI_ARG_CTX, ABI_ARG_ANY, ABI_ARG_MEM, ABI_ARG_CONST_SIZE },
		.flags = { 0, 0, ABI_ARG_UNINIT | ABI_ARG_WRITE }
	};
	static const struct abi_helper_proto probe_read = {
		.args = { ABI_ARG_MEM, ABI_ARG_CONST_SIZE_OR_ZERO, ABI_ARG_ANY },
		.flags = { ABI_ARG_UNINIT | ABI_ARG_WRITE }
	};
	static const struct abi_helper_proto comm = { .args = { ABI_ARG_MEM, ABI_ARG_CONST_SIZE },
						      .flags = { ABI_ARG_UNINIT | ABI_ARG_WRITE } };
	static const struct abi_helper_proto reserve = {
		.args = { ABI_ARG_CONST_MAP, ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO, ABI_ARG_ANY },
		.ret = ABI_RET_MEM,
		.ret_maybe_null = true,
		.acquires = true
	};
	static const struct abi_helper_proto submit = { .args = { ABI_ARG_RINGBUF_MEM,
								  ABI_ARG_ANY },
							.flags = { ABI_ARG_RELEASE },
							.ret = ABI_RET_VOID };
	static const struct abi_helper_proto loop = { .args = { ABI_ARG_ANY, ABI_ARG_FUNC,
								ABI_ARG_STACK, ABI_ARG_ANY },
						      .flags = { 0, 0, ABI_ARG_MAYBE_NULL } };
	static const struct abi_helper_proto printk = { .args = { ABI_ARG_MEM, ABI_ARG_CONST_SIZE },
							.gpl_only = true };

	switch (id) {
	case ABI_HELPER_map_lookup_elem: return &lookup;
	case ABI_HELPER_map_update_elem: return &update;
	case ABI_HELPER_map_delete_elem: return &delete;
	case ABI_HELPER_ktime_get_ns:
	case ABI_HELPER_get_prandom_u32:
	case ABI_HELPER_get_smp_processor_id:
	case ABI_HELPER_get_current_pid_tgid:
	case ABI_HELPER_get_current_uid_gid: return &number;
	case ABI_HELPER_skb_load_bytes: return &load_bytes;
	case ABI_HELPER_probe_read_kernel: return &probe_read;
	case ABI_HELPER_get_current_comm: return &comm;
	case ABI_HELPER_ringbuf_reserve: return &reserve;
	case ABI_HELPER_ringbuf_submit:
	case ABI_HELPER_ringbuf_discard: return &submit;
	case ABI_HELPER_loop: return &loop;
	case ABI_HELPER_trace_printk: return &printk;
	default: return NULL;
	}
}
