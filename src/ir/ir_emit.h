/*
 * ir_emit.h - from functions to bytecode.
 *
 * An emitter takes any function that passes ir_check, optimised or not, and may change it on the way.
 * What the target cannot express is refused with -ENOTSUP and the reason in the diag, at the place
 * in the source that it came from.
 */
#ifndef WAGGLE_IR_IR_EMIT_H
#define WAGGLE_IR_IR_EMIT_H

#include "ir/ir.h"
#include "isa/cbpf_insn.h"
#include "isa/insn.h"

/* Classic BPF: a filter of i32 values without loops, memory and calls.  The result may have more than
 * CBPF_MOST_INSNS instructions; the caller then chooses eBPF.  With @drop_traps, packet loads that
 * nobody uses are left out.
 * Returns 0 with memory from fn->arena; -ENOTSUP, also when the sixteen cells do not suffice, -ENOMEM. */
struct ir_cbpf {
	struct cbpf_insn *insns;
	size_t count;
};
int ir_emit_cbpf(struct ir_fn *fn, bool drop_traps, struct diag *diag, struct ir_cbpf *ret_cbpf);

/* How an eBPF program gets at the packet. */
enum ir_packet {
	IR_PACKET_NONE,       /* there is none */
	IR_PACKET_SKB,        /* r1 is a struct __sk_buff; LD_ABS and LD_IND: socket filters */
	IR_PACKET_SKB_DIRECT, /* r1 is a struct __sk_buff with data and data_end: tc, cgroup */
	IR_PACKET_XDP,        /* r1 is a struct xdp_md */
	/* Our own machine: r1 points to the packet, r2 is how many bytes of it there are to load, r3
	 * the length on the wire, which PACKET_LEN gives. */
	IR_PACKET_MEMORY,
};

/* How maps are named: the instruction of a wide load; see isa/insn.h. */
struct ir_ebpf_options {
	enum ir_packet packet;
	enum isa_op map_op; /* ISA_LD_MAP_FD or ISA_LD_MAP_IDX; the map's number is its immediate */
	bool has_signed;    /* sign-extending loads and moves (Linux 6.6) */
	bool ignores_zero;  /* nobody looks at the result of the program: 0 may become any number */
};

struct ir_ebpf {
	struct insn *insns;
	size_t count;
	struct span *spans; /* of each slot */
	uint32_t *relocs; /* of each slot: one more than the number of the RELOC that its immediate is; or 0 */
	uint32_t *starts; /* of each function: its first slot; UINT32_MAX: nobody calls it, it is left out */
};
/* The result is memory of fn->arena.  -ENOTSUP, -ENOMEM. */
int ir_emit_ebpf(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag,
		 struct ir_ebpf *ret_ebpf);
/* The same of several: fns[0] is the program, the others, by their numbers, what CALL_FN calls and FUNCTION
 * gives to helpers as callbacks.  They get their arguments as PARAM and know of no context or packet.
 * The kernel wants every function to be named by BTF as soon as there is a FUNCTION (btf/build.h). */
int ir_emit_ebpf_program(struct ir_fn *const *fns, size_t fn_count,
			 const struct ir_ebpf_options *options, struct diag *diag,
			 struct ir_ebpf *ret_ebpf);

#endif
