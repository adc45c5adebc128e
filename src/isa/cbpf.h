/*
 * cbpf.h - classic BPF: check, text, execution, and conversion to eBPF.
 *
 * The machine is that of McCanne and Jacobson ("The BSD Packet Filter", USENIX 1993): an
 * accumulator A, an index register X, sixteen scratch cells M[], all of 32 bits, and jumps that
 * only go forward.  The exact rules are Linux's (net/core/filter.c of 6.18):
 *
 *  - A and X begin as zero; a load outside of the packet ends the program with 0, "reject";
 *  - a division by X = 0 does so too, and a shift by X takes its count modulo 32;
 *  - a program returns the number of bytes of the packet to keep, 0 for none.
 *
 * tcpdump prints these programs ('tcpdump -d', -dd, -ddd), and Linux takes them through
 * SO_ATTACH_FILTER and seccomp.
 */
#ifndef WAGGLE_ISA_CBPF_H
#define WAGGLE_ISA_CBPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "isa/cbpf_insn.h"
#include "isa/insn.h"

enum {
	CBPF_MOST_INSNS = 4096, /* BPF_MAXINSNS */
	CBPF_CELLS = 16,        /* BPF_MEMWORDS */
};

/* Absolute loads from these addresses on mean something else than bytes of the packet. */
#define CBPF_LINK_OFFSET 0xffe00000u /* SKF_LL_OFF: relative to the link-layer header */
#define CBPF_NET_OFFSET  0xfff00000u /* SKF_NET_OFF: relative to the network header */
#define CBPF_EXT_OFFSET  0xfffff000u /* SKF_AD_OFF: an extension */

/* A program, with the places in a source text that its instructions come from (or NULL). */
struct cbpf_prog {
	const struct cbpf_insn *insns;
	size_t count;
	const struct span *spans;
};

/*
 * Operations
 */

/* Every operation: CBPF_LD_ABS_H, CBPF_ADD_K, CBPF_JEQ_X ... */
enum cbpf_op {
#define CBPF_OP(name, ...) CBPF_##name,
#include "isa/cbpf.def"
	CBPF_OP_COUNT,
};

/* The shape of an operation's operand; in brackets, tcpdump's spelling where it is another. */
enum cbpf_form {
	CBPF_FORM_NONE,     /* tax */
	CBPF_FORM_A,        /* ret a   [ret] */
	CBPF_FORM_X,        /* add x */
	CBPF_FORM_IMM,      /* add #7 */
	CBPF_FORM_ABS,      /* ldh [12], ld vlan_tci   [ld [vlan_tci]] */
	CBPF_FORM_IND,      /* ldh [x + 14] */
	CBPF_FORM_MSH,      /* ldxb 4*([14]&0xf) */
	CBPF_FORM_MEM,      /* st M[3] */
	CBPF_FORM_LEN,      /* ld len   [ld #pktlen] */
	CBPF_FORM_JUMP,     /* ja L7   [ja 7] */
	CBPF_FORM_JUMP_IMM, /* jeq #0x800, L4, L7   [jeq #0x800 jt 4 jf 7] */
	CBPF_FORM_JUMP_X,   /* jeq x, L4, L7   [jeq x jt 4 jf 7] */
};

/* A row of cbpf.def. */
struct cbpf_op_info {
	const char *name; /* "LD_ABS_H" */
	const char *word; /* "ldh" */
	uint8_t code;
	enum cbpf_form form;
	bool is_hex; /* tcpdump prints the constant in hex */
};

extern const struct cbpf_op_info cbpf_ops[CBPF_OP_COUNT];

/* The operation with this opcode, or -1. */
int cbpf_decode(uint16_t code);

/* @insn with the fields that its operation ignores set to zero: the only part that text can
 * show.  An unknown instruction is returned as it is. */
struct cbpf_insn cbpf_canonical(struct cbpf_insn insn);

/* The extensions, as offsets from CBPF_EXT_OFFSET: CBPF_EXT_PROTOCOL ... */
enum cbpf_ext {
#define CBPF_EXT(name, offset, ...) CBPF_EXT_##name = (offset),
#include "isa/cbpf_ext.def"
};

/* A row of cbpf_ext.def. */
struct cbpf_ext_info {
	enum cbpf_ext ext;
	const char *word; /* NULL: bpf_asm has none */
	const char *other_word;
	const char *pcap_word;
	const char *meaning;
};

enum { CBPF_EXT_COUNT = 16 };
extern const struct cbpf_ext_info cbpf_exts[CBPF_EXT_COUNT];

/* The extension that an absolute load at @k means, or NULL. */
const struct cbpf_ext_info *cbpf_find_ext(uint32_t k);

/*
 * The check
 */

/* Would Linux take the program as a socket filter?  The rules are those of bpf_check_classic.
 * (They are almost all: Linux also gives up, later and with the same EINVAL, on a 'ja' that is
 * too long once the program is converted, and on programs larger than net.core.optmem_max.)
 * Returns 0, -EINVAL with each reason in @diag, or -ENOMEM. */
int cbpf_check(const struct cbpf_prog *prog, struct diag *diag);

/*
 * Text
 */

enum cbpf_text {
	CBPF_TEXT_PCAP,    /* as 'tcpdump -d', byte for byte */
	CBPF_TEXT_C,       /* as 'tcpdump -dd': rows of a C array of struct sock_filter */
	CBPF_TEXT_DECIMAL, /* as 'tcpdump -ddd': the count, then four numbers a line */
	CBPF_TEXT_ASM,     /* in the language of Linux's bpf_asm, jumps by labels */
};

/* Append the program to @out, whether valid or not.  tcpdump's text cannot show the fields that
 * an operation ignores, nor an unknown instruction ("unimp 0x99"); bpf_asm's text shows the
 * former in a comment. */
void cbpf_disasm(const struct cbpf_prog *prog, enum cbpf_text form, struct strbuf *out);

/* Append one instruction, number @at of its program, without number and newline. */
void cbpf_disasm_insn(const struct cbpf_insn *insn, size_t at, struct strbuf *out);

/* (Programs given as numbers are read by isa_bytes_read, see isa/bytes.h.)
 *
 * Assemble @source: the language of bpf_asm, the listing of 'tcpdump -d', or both by turns.
 * What cbpf_disasm wrote as CBPF_TEXT_PCAP or CBPF_TEXT_ASM comes back as it was.
 *
 * Beyond bpf_asm it takes character constants (#'a'), negative numbers in any radix, and
 * 'xor_x'.  It refuses 'ret x', which Linux does.
 *
 * Returns 0 with the program in *ret_prog, memory from @arena; -EINVAL with the errors in @diag;
 * or -ENOMEM.  The program is well-formed text, not more: cbpf_check says whether it is valid,
 * and points into the source too. */
int cbpf_assemble(const struct source *source, struct arena *arena, struct diag *diag,
		  struct cbpf_prog *ret_prog);

/* Does @source begin, after labels, with an instruction of these languages?  No instruction of
 * eBPF's text does: their words and numbers in parentheses differ. */
bool cbpf_is_text(const struct source *source);

/*
 * Execution
 */

/* What Linux knows about a packet besides its bytes, for the extensions.  Numbers are in the
 * machine's byte order. */
struct cbpf_aux {
	bool has_device; /* else reading ifindex or hatype ends the program with A, as Linux does */
	bool has_headers;    /* else loads relative to them reject */
	int32_t link_offset; /* of the headers from the packet's first byte.  They may be */
	int32_t net_offset;  /* negative: then the bytes before the packet must be readable */
	uint32_t protocol;   /* ETH_P_IP ... */
	uint32_t pkt_type;   /* PACKET_HOST ... */
	uint32_t ifindex;
	uint32_t mark;
	uint32_t queue;
	uint32_t hatype; /* ARPHRD_ETHER ... */
	uint32_t rxhash;
	uint32_t cpu;
	uint32_t vlan_tci;
	uint32_t vlan_present; /* 0 or 1 */
	uint32_t vlan_tpid;    /* ETH_P_8021Q ... */
	uint32_t pay_offset;
	uint32_t random;
};

/* A packet: @len bytes at hand (at most INT32_MAX) of @wire_len that there were, which is what
 * 'ld len' gives.  @aux may be NULL: as if all its fields were zero. */
struct cbpf_packet {
	const uint8_t *data;
	uint32_t len;
	uint32_t wire_len;
	const struct cbpf_aux *aux;
};

/* Run a program that passed cbpf_check and return what it returns. */
uint32_t cbpf_run(const struct cbpf_insn *insns, const struct cbpf_packet *packet);

/*
 * Conversion
 */

/* What the converted program is given, and so where it can run. */
enum cbpf_target {
	/* r1 is a struct __sk_buff: for BPF_PROG_TYPE_SOCKET_FILTER, Linux 5.4 and later.  The
	 * packet is read by LD_ABS and LD_IND. */
	CBPF_TARGET_SKB,
	/* r1 points to the packet, r2 is its length, below 2^31: for VMs that run programs on a
	 * piece of memory.  'ld len' gives r2.  No helpers, no packet instructions. */
	CBPF_TARGET_MEM,
};

struct cbpf_ebpf {
	struct insn *insns;
	size_t count;
};

/* Convert @prog, which passed cbpf_check.  Instructions that cannot be reached are left out,
 * because Linux refuses eBPF programs that have any.  The result returns what cbpf_run returns;
 * like there, no uninitialised memory is read.  It needs a VM or kernel with 32-bit jumps (Linux
 * 5.1), and only if a 'ja' spans more than 32767 instructions one with 'gotol' (Linux 6.6).
 *
 * Returns 0 with memory from @arena, -ENOMEM, or -ENOTSUP with each instruction that the target
 * cannot express in @diag: SKB lacks nla, nlan, hatype and poff; MEM all extensions but xor_x, and
 * the loads relative to headers. */
int cbpf_to_ebpf(const struct cbpf_prog *prog, enum cbpf_target target, struct arena *arena,
		 struct diag *diag, struct cbpf_ebpf *ret_ebpf);

#endif
