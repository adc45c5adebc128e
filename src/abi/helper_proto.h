/*
 * helper_proto.h - what the verifier knows of each helper: arguments, result, who may call it, since when.
 *
 * The table is helper_proto.def; its source is the kernel's struct bpf_func_proto of each helper.  Some
 * programs have other prototypes: prog_type.h tells which.
 */
#ifndef WAGGLE_ABI_HELPER_PROTO_H
#define WAGGLE_ABI_HELPER_PROTO_H

#include <stdbool.h>
#include <stdint.h>

/* What an argument must be (enum bpf_arg_type of the kernel, without its flags). */
enum abi_arg {
	ABI_ARG_NONE, /* no more arguments */
	ABI_ARG_ANY,
	ABI_ARG_CTX,
	ABI_ARG_CONST_MAP,                /* pointer to a map */
	ABI_ARG_MAP_KEY,                  /* key_size readable bytes */
	ABI_ARG_MAP_VALUE,                /* value_size bytes of that map */
	ABI_ARG_MEM,                      /* bytes; the next argument, or mem_size, says how many */
	ABI_ARG_CONST_SIZE,               /* of the memory before it; not 0 */
	ABI_ARG_CONST_SIZE_OR_ZERO,       /* the same, 0 allowed */
	ABI_ARG_CONST_ALLOC_SIZE_OR_ZERO, /* known number; size of the memory returned */
	ABI_ARG_CONST_STR,                /* NUL-terminated text in a read-only map */
	ABI_ARG_SPIN_LOCK,
	ABI_ARG_TIMER,
	ABI_ARG_KPTR,
	ABI_ARG_DYNPTR,
	ABI_ARG_RINGBUF_MEM, /* reserved and not yet submitted */
	ABI_ARG_FUNC,        /* a function of the program: a callback */
	ABI_ARG_STACK,       /* pointer to the stack */
	ABI_ARG_BTF_ID,      /* pointer to a kernel type: btf names it */
	ABI_ARG_SOCK_COMMON,
	ABI_ARG_SOCKET,          /* full socket */
	ABI_ARG_SOCK_OR_CTX_BTF, /* ARG_PTR_TO_BTF_ID_SOCK_COMMON */
	ABI_ARG_PERCPU_BTF_ID,
	ABI_ARG_LONG, /* as memory of 8 (ABI_ARG_INT: 4) bytes, aligned */
	ABI_ARG_INT,
};

enum abi_arg_flag {
	ABI_ARG_MAYBE_NULL = 1,
	ABI_ARG_UNINIT = 2,  /* the helper writes it: need not be initialised */
	ABI_ARG_WRITE = 4,   /* the helper writes it */
	ABI_ARG_RELEASE = 8, /* gives the reference up */
	ABI_ARG_RDONLY = 16,
	ABI_ARG_ALIGNED = 32, /* memory of a number, at a multiple of its size */
	ABI_ARG_LOCAL = 64,   /* dynptr: of local memory; ABI_ARG_RINGBUF: of a ring buffer */
	ABI_ARG_RINGBUF = 128,
	ABI_ARG_FIXED_SIZE = 256, /* mem_size says how many bytes */
};

enum abi_ret {
	ABI_RET_INTEGER,
	ABI_RET_VOID,
	ABI_RET_MAP_VALUE,
	ABI_RET_SOCKET,
	ABI_RET_TCP_SOCK,
	ABI_RET_SOCK_COMMON,
	ABI_RET_MEM,           /* of the size in the ABI_ARG_CONST_ALLOC_SIZE argument */
	ABI_RET_MEM_OR_BTF_ID, /* not to be written if it is memory */
	ABI_RET_BTF_ID,
	ABI_RET_DYNPTR_MEM,
	ABI_RET_KPTR, /* whatever the map's value holds there (kptr_xchg) */
};

struct abi_helper_proto {
	uint16_t args[5];  /* enum abi_arg */
	uint16_t flags[5]; /* set of enum abi_arg_flag */
	uint8_t ret;       /* enum abi_ret */
	bool ret_maybe_null;
	bool ret_trusted; /* of ABI_RET_BTF_ID: other functions may rely on it */
	bool acquires;    /* the result must be released */
	bool gpl_only;
	bool pkt_access;     /* may be given packet pointers */
	bool changes_packet; /* packet pointers are gone afterwards */
	bool may_sleep;
	bool allow_fastcall;  /* keeps r1-r5 when unused: not a matter of safety */
	const char *arg_btf;  /* type name of its ABI_ARG_BTF_ID, or NULL */
	const char *ret_btf;  /* of ABI_RET_BTF_ID */
	uint32_t mem_size[5]; /* with ABI_ARG_FIXED_SIZE */
	uint16_t since;       /* first kernel, as in version.h */
};

/* The prototype of helper @id, or NULL. */
const struct abi_helper_proto *abi_helper_proto(uint32_t id);

#endif
