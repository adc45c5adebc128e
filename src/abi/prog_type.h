/*
 * prog_type.h - program types: names, sections, contexts, helpers, what they may return.
 *
 * The table is prog_type.def (one row for each pair of program type and attach type that the verifier
 * tells apart); contexts are in ctx.def.  Sources: include/uapi/linux/bpf.h, the is_valid_access and
 * get_func_proto functions of each type in Linux 6.18; a test reads them off the running kernel.
 */
#ifndef WAGGLE_ABI_PROG_TYPE_H
#define WAGGLE_ABI_PROG_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a load from the context gives. */
enum abi_ctx_value {
	ABI_CTX_NONE, /* must not be accessed */
	ABI_CTX_SCALAR,
	ABI_CTX_PACKET,
	ABI_CTX_PACKET_META,
	ABI_CTX_PACKET_END,
	ABI_CTX_FLOW_KEYS,
	ABI_CTX_SOCK_COMMON_OR_NULL,
	ABI_CTX_SOCKET_OR_NULL, /* also ABI_CTX_SOCKET where never NULL */
	ABI_CTX_SOCKET,
	ABI_CTX_BTF,    /* typed by BTF: raw tracepoints with BTF, fentry, lsm, iter, struct_ops */
	ABI_CTX_BUFFER, /* writable raw tracepoints' and sysctl's buffers */
};

/* One row for each pair that differs. */
struct abi_prog_type {
	const char *name; /* "cgroup_skb" */
	const char *
		variant; /* attach type in the kernel's spelling, lower case: "cgroup_inet_ingress"; or NULL */
	uint32_t type;     /* BPF_PROG_TYPE_* */
	int32_t attach;    /* BPF_*, expected_attach_type; -1: any */
	uint32_t ctx_size; /* bytes; 0: decided by BTF */
	uint16_t since;    /* as in helper_proto.h */
	bool needs_gpl; /* tracing types that only GPL programs may ... none today but struct_ops, lsm */
	bool direct_packet; /* may read packet memory */
	bool direct_packet_write;
	bool may_sleep;           /* BPF_F_SLEEPABLE allowed */
	bool legacy_packet_loads; /* LD_ABS and LD_IND */
	int64_t ret_min, ret_max; /* what main may return; ret_checked false: anything */
	bool ret_checked;
};

const struct abi_prog_type *abi_prog_type(uint32_t type, uint32_t attach);
const char *abi_prog_type_name(uint32_t type); /* NULL: unknown */
size_t abi_prog_type_count(void);
const struct abi_prog_type *abi_prog_type_row(size_t i);

/* May programs of @row call helper @id (privileged, GPL)? */
bool abi_prog_type_has_helper(const struct abi_prog_type *row, uint32_t id);

/* What an access of @size bytes at @offset of the context gives; ABI_CTX_NONE: refused.  *ret_name is
 * the field's name ("skb->data_end") or NULL. */
enum abi_ctx_value abi_ctx_access(const struct abi_prog_type *row, uint32_t offset, uint32_t size,
				  bool write, const char **ret_name);

#endif
