/*
 * cbpf_insn.h - the encoding of a classic BPF instruction, and nothing else.
 *
 * It is struct sock_filter of Linux and struct bpf_insn of libpcap, in the machine's byte order.
 */
#ifndef WAGGLE_ISA_CBPF_INSN_H
#define WAGGLE_ISA_CBPF_INSN_H

#include <assert.h>
#include <stdint.h>

struct cbpf_insn {
	uint16_t code;
	uint8_t jt, jf; /* instructions to skip when the condition is true, and when it is false */
	uint32_t k;
};
static_assert(sizeof(struct cbpf_insn) == 8, "the ABI fixes the size of an instruction");

#endif
