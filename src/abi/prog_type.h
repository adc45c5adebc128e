/*
 * prog_type.h - program types: names, contexts, helpers, what they may return.
 *
 * The table is prog_type.def (one row for each pair of program type and attach type that the verifier
 * tells apart); contexts are in ctx.def, attach types in attach_type.def.  Sources:
 * include/uapi/linux/bpf.h, and the running kernel, which test/abi asks about each row.
 */
#ifndef WAGGLE_ABI_PROG_TYPE_H
#define WAGGLE_ABI_PROG_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct abi_helper_proto;

/* BPF_PROG_TYPE_*, also those that <linux/bpf.h> of an older system lacks. */
enum abi_prog_number {
#define PROG(number, name, ...) ABI_PROG_##name = (number),
#define PROG_MORE(...)
#include "abi/prog_type.def"
};

/* What a load from the context gives. */
enum abi_ctx_value {
	ABI_CTX_NONE, /* must not be accessed */
	ABI_CTX_SCALAR,
	ABI_CTX_PACKET,
	ABI_CTX_PACKET_META,
	ABI_CTX_PACKET_END,
	ABI_CTX_FLOW_KEYS,
	ABI_CTX_SOCK_COMMON_OR_NULL,
	ABI_CTX_SOCKET_OR_NULL,
	ABI_CTX_SOCKET,
	ABI_CTX_BTF,    /* typed by BTF: raw tracepoints with BTF, fentry, lsm, iter, struct_ops */
	ABI_CTX_BUFFER, /* what a writable raw tracepoint lets programs write */
};

struct abi_prog_type {
	const char *name;    /* "cgroup_skb" */
	const char *variant; /* the attach type: "cgroup_inet_ingress"; NULL if it does not matter */
	uint32_t type;       /* BPF_PROG_TYPE_* */
	int32_t attach;      /* BPF_*, expected_attach_type; -1: any */
	uint32_t ctx_size;   /* bytes; 0: decided by BTF */
	uint16_t since;      /* as in version.h */
	bool needs_gpl;      /* the license must be compatible with the GPL */
	bool direct_packet;  /* may read packet memory */
	bool direct_packet_write;
	bool may_sleep;           /* BPF_F_SLEEPABLE allowed, at some of its places at least */
	bool must_sleep;          /* and required */
	bool legacy_packet_loads; /* LD_ABS and LD_IND */
	bool ret_checked;         /* if not, it may return anything */
	int64_t ret_min, ret_max; /* what main may return, as 32-bit signed numbers */
	uint64_t kinds;           /* for the tables alone: kind.h */
	uint16_t ctx;             /* the same: the struct in ctx.def */
};

/* The row for programs of @type with expected_attach_type @attach, or NULL if there is none such.  As in the
 * kernel, 0 stands for the oldest attach type of cgroup_sock and sk_reuseport. */
const struct abi_prog_type *abi_prog_type(uint32_t type, uint32_t attach);
const char *abi_prog_type_name(uint32_t type); /* NULL: unknown */
size_t abi_prog_type_count(void);
const struct abi_prog_type *abi_prog_type_row(size_t i);

/* May programs of @row call helper @id (privileged, GPL)?  Not those that depend on how the kernel is
 * built or locked down: for these, and all others, the second says yes. */
bool abi_prog_type_has_helper(const struct abi_prog_type *row, uint32_t id);
bool abi_prog_type_may_have_helper(const struct abi_prog_type *row, uint32_t id);

/* The prototype that helper @id has for programs of @row: some take a context from the one and a typed
 * pointer from the other.  NULL: no such helper. */
const struct abi_helper_proto *abi_prog_type_helper_proto(const struct abi_prog_type *row,
							  uint32_t id);

/* What an access of @size bytes at @offset of the context gives; ABI_CTX_NONE: refused.  *ret_name is
 * the field's name ("skb->data_end") or NULL.  Where BTF decides (ctx_size is 0), every aligned load is
 * ABI_CTX_BTF. */
enum abi_ctx_value abi_ctx_access(const struct abi_prog_type *row, uint32_t offset, uint32_t size,
				  bool write, const char **ret_name);

#endif
