/*
 * helper_proto.c - looking up what helpers take and give.
 */
#include "abi/helper_proto.h"

#include <stddef.h>

#include "abi/helper.h"
#include "abi/kind.h"
#include "abi/prog_type.h"
#include "base/bits.h"

enum trait {
	GPL = 1,
	PACKET = 2,   /* may be given pointers into packets */
	CHANGES = 4,  /* the packet: pointers into it are good no longer */
	ACQUIRES = 8, /* the result must be given back */
	NULLABLE = 16,
	TRUSTED = 32, /* the result is one that other functions may rely on */
	SLEEPS = 64,
	FASTCALL = 128,
};

/* Arguments as one number each: what kind, how, and of how many bytes if that is fixed. */
#define ARG(kind, flags) (ABI_ARG_##kind | (uint32_t)(flags) << 8)
#define BYTES(n)         ((uint32_t)(n) << 24)
#define KIND_OF(arg)     ((arg)&0xff)
#define FLAGS_OF(arg)    ((arg) >> 8 & 0xffff)
#define BYTES_OF(arg)    ((arg) >> 24)
#define WRITTEN          (ABI_ARG_UNINIT | ABI_ARG_WRITE)

enum arg {
	/* clang-format off */
	ANY              = ARG(ANY, 0),
	CTX              = ARG(CTX, 0),
	CTX_OR_NULL      = ARG(CTX, ABI_ARG_MAYBE_NULL),
	MAP              = ARG(CONST_MAP, 0),
	KEY              = ARG(MAP_KEY, 0),
	VALUE            = ARG(MAP_VALUE, 0),
	VALUE_OR_NULL    = ARG(MAP_VALUE, ABI_ARG_MAYBE_NULL),
	VALUE_OUT        = ARG(MAP_VALUE, WRITTEN),
	IN               = ARG(MEM, ABI_ARG_RDONLY), /* memory that it reads, */
	IN_OR_NULL       = ARG(MEM, ABI_ARG_RDONLY | ABI_ARG_MAYBE_NULL),
	OUT              = ARG(MEM, WRITTEN), /* writes, */
	INOUT            = ARG(MEM, ABI_ARG_WRITE), /* or that must be initialised though it is written */
	INOUT_OR_NULL    = ARG(MEM, ABI_ARG_WRITE | ABI_ARG_MAYBE_NULL),
	SIZE             = ARG(CONST_SIZE, 0), /* of the memory before it */
	SIZE0            = ARG(CONST_SIZE_OR_ZERO, 0),
	ALLOC            = ARG(CONST_ALLOC_SIZE_OR_ZERO, 0),
	STR              = ARG(CONST_STR, 0),
	LOCK             = ARG(SPIN_LOCK, 0),
	TIMER            = ARG(TIMER, 0),
	KPTR             = ARG(KPTR, 0),
	FUNC             = ARG(FUNC, 0),
	STACK_OR_NULL    = ARG(STACK, ABI_ARG_MAYBE_NULL),
	BTF              = ARG(BTF_ID, 0),
	BTF_OR_NULL      = ARG(BTF_ID, ABI_ARG_MAYBE_NULL),
	BTF_END          = ARG(BTF_ID, ABI_ARG_MAYBE_NULL | ABI_ARG_RELEASE), /* gives it back */
	PERCPU           = ARG(PERCPU_BTF_ID, 0),
	SOCK_COMMON      = ARG(SOCK_COMMON, 0),
	SOCKET_OR_NULL   = ARG(SOCKET, ABI_ARG_MAYBE_NULL),
	SOCK_BTF         = ARG(SOCK_OR_CTX_BTF, 0),
	SOCK_BTF_OR_NULL = ARG(SOCK_OR_CTX_BTF, ABI_ARG_MAYBE_NULL),
	SOCK_BTF_END     = ARG(SOCK_OR_CTX_BTF, ABI_ARG_RELEASE),
	RESERVED_END     = ARG(RINGBUF_MEM, ABI_ARG_RELEASE),
	DYNPTR_IN        = ARG(DYNPTR, ABI_ARG_RDONLY),
	DYNPTR_LOCAL_OUT = ARG(DYNPTR, WRITTEN | ABI_ARG_LOCAL),
	DYNPTR_RING_OUT  = ARG(DYNPTR, WRITTEN | ABI_ARG_RINGBUF),
	DYNPTR_RING_END  = ARG(DYNPTR, ABI_ARG_RINGBUF | ABI_ARG_RELEASE),
	/* clang-format on */
};

#define IN_FIXED(bytes)   (ARG(MEM, ABI_ARG_RDONLY | ABI_ARG_FIXED_SIZE) | BYTES(bytes))
#define OUT_NUMBER(bytes) (ARG(MEM, WRITTEN | ABI_ARG_FIXED_SIZE | ABI_ARG_ALIGNED) | BYTES(bytes))
#define INOUT_NUMBER(bytes) \
	(ARG(MEM, ABI_ARG_WRITE | ABI_ARG_FIXED_SIZE | ABI_ARG_ALIGNED) | BYTES(bytes))

/* The first kernel, by number. */
enum since {
#define HELPER(id, name, since, kinds) SINCE_##name = (since),
#include "abi/helper.def"
};

#define ROW(name, ret_, traits, taken, given, a, b, c, d, e)                                     \
	{                                                                                        \
		.args = { KIND_OF(a), KIND_OF(b), KIND_OF(c), KIND_OF(d), KIND_OF(e) },          \
		.flags = { FLAGS_OF(a), FLAGS_OF(b), FLAGS_OF(c), FLAGS_OF(d), FLAGS_OF(e) },    \
		.mem_size = { BYTES_OF(a), BYTES_OF(b), BYTES_OF(c), BYTES_OF(d), BYTES_OF(e) }, \
		.arg_btf = (taken), .ret = ABI_RET_##ret_, .ret_btf = (given),                   \
		.ret_maybe_null = ((traits)&NULLABLE) != 0,                                      \
		.ret_trusted = ((traits)&TRUSTED) != 0, .acquires = ((traits)&ACQUIRES) != 0,    \
		.gpl_only = ((traits)&GPL) != 0, .pkt_access = ((traits)&PACKET) != 0,           \
		.changes_packet = ((traits)&CHANGES) != 0, .may_sleep = ((traits)&SLEEPS) != 0,  \
		.allow_fastcall = ((traits)&FASTCALL) != 0, .since = SINCE_##name,               \
	}

static const struct abi_helper_proto protos[ABI_HELPER_END] = {
#define PROTO(name, ret, traits, a, b, c, d, e) \
	[ABI_HELPER_##name] = ROW(name, ret, traits, NULL, NULL, a, b, c, d, e),
#define BTF_PROTO(name, ret, traits, taken, given, a, b, c, d, e) \
	[ABI_HELPER_##name] = ROW(name, ret, traits, taken, given, a, b, c, d, e),
#include "abi/helper_proto.def"
};

/* What some kinds of programs have instead. */
static const struct variant {
	uint64_t kinds;
	uint32_t id;
	struct abi_helper_proto proto;
} variants[] = {
#define PROTO_FOR(kinds, name, ret, traits, a, b, c, d, e) \
	{ kinds, ABI_HELPER_##name, ROW(name, ret, traits, NULL, NULL, a, b, c, d, e) },
#define BTF_PROTO_FOR(kinds, name, ret, traits, taken, given, a, b, c, d, e) \
	{ kinds, ABI_HELPER_##name, ROW(name, ret, traits, taken, given, a, b, c, d, e) },
#include "abi/helper_proto.def"
};

const struct abi_helper_proto *abi_helper_proto(uint32_t id)
{
	return abi_helper_name(id) ? &protos[id] : NULL;
}

const struct abi_helper_proto *abi_prog_type_helper_proto(const struct abi_prog_type *row,
							  uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(variants); i++)
		if (variants[i].id == id && (variants[i].kinds & row->kinds))
			return &variants[i].proto;
	return abi_helper_proto(id);
}
