/*
 * disasm.h - from instructions to text.
 *
 * The text is the one of the Linux kernel's verifier log and of 'bpftool prog dump xlated', so
 * that what people know how to read stays readable; asm.h reads it back, byte for byte the same.
 * Where the kernel's text does not tell two instructions apart, ours does:
 *
 *	r1 = 0x5 ll              a wide load, which the kernel prints like the mov 'r1 = 5'
 *	r1 = map[fd:3]           a map by its file descriptor, 'map[idx:3]' by its index
 *	r1 = map[fd:3][0]+8      the address of byte 8 of an array map's value
 *	r1 = btf_id[7]           a kernel symbol by BTF id; 'btf_id[7, fd:4]' of a module's BTF
 *	r1 = subprog[pc+3]       the address of a local function
 *	r1 = map[fd:3] hi=5      a second slot that ought to be zero and is not
 *	call kernel-function#77 module[2]
 *	if r1 s> -0x1 goto pc+2  a 64-bit comparison sign-extends its immediate: the kernel's text,
 *	                         0xffffffff, would read as another number than the one compared
 *	.insn 0xff 0 0 0 5       no instruction: opcode, dst, src, off, imm
 */
#ifndef WAGGLE_ISA_DISASM_H
#define WAGGLE_ISA_DISASM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/strbuf.h"
#include "isa/insn.h"
#include "isa/names.h"

struct isa_disasm_options {
	const struct isa_names *names; /* or NULL: 'call unknown#5' for every helper */
	bool numbers;                  /* begin lines with '   3: (07) ', as bpftool does */
	bool bytes;                    /* end lines with the bytes, as a comment */
	bool labels;                   /* jumps lead to labels, so that the text can be edited */
};

/* Append the text of the instruction at slot @at of the @count slots at @insns to @out: one line
 * without its newline.  What isa_decode refuses comes out as '.insn' with the reason in a
 * comment.  @names may be NULL.  Returns the slots it takes, 1 or 2. */
size_t isa_disasm_insn(const struct insn *insns, size_t count, size_t at,
		       const struct isa_names *names, struct strbuf *out);

/* Append the whole program to @out, a line for each instruction.  @options may be NULL.  Returns
 * 0 or -ENOMEM. */
int isa_disasm(const struct insn *insns, size_t count, const struct isa_disasm_options *options,
	       struct strbuf *out) MUST_USE;

#endif
