/*
 * asm.h - from text to instructions: the inverse of disasm.h, for people to write.
 *
 * One instruction a line, in the text of the kernel's verifier log, with:
 *
 *	loop:                     a label; jumps, calls and subprog[] may name it
 *	goto pc+2                 or 'goto +2', 'goto loop'
 *	r1 = 0x5 ll               a wide load; 'r1 = 5' is a mov, whose immediate has 32 bits
 *	r1 = 'a'                  numbers are decimal, 0x hexadecimal, or a character
 *	.equ KEY, 0x1234          a constant, usable where a number is, from here on
 *	.insn 0xff 0 0 0 5        any bytes: opcode, dst, src, off, imm
 *	call bpf_ktime_get_ns     or 'call ktime_get_ns', 'call 5'
 *	; # and // begin comments, C's comments are blanks
 *
 * Blanks between words are free.  What the tools of others print is understood too, so that a
 * pasted dump assembles: the instruction numbers and opcodes ('3: (07) r0 += 5'), register
 * states and remarks of the verifier's log, the function heads of bpftool, the bytes, targets
 * and spellings ('w0 = *(u32 *)(r1 + 0x4)', 'r2 = xchg_64(r1 + 0, r2)') of llvm-objdump.
 *
 * Of a verifier's log with the listing 'Live regs before insn:' (Linux 6.16) that listing is the
 * program; without, only a log of code without branches is one.
 *
 * An opcode in parentheses says that the text is the kernel's, which prints wide loads without
 * 'll' and all immediates of comparisons as 32 unsigned bits; there both are taken so.
 */
#ifndef WAGGLE_ISA_ASM_H
#define WAGGLE_ISA_ASM_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/diag.h"
#include "isa/insn.h"
#include "isa/names.h"

/* Assemble the @len bytes at @text (at most FILE_MOST_BYTES).  @names may be NULL.  Spans in @diag
 * are of @text: let its source be that.  Returns 0 with *ret_count instructions (maybe none) that
 * live in @arena, or -EINVAL with at least one error in @diag, or -ENOMEM. */
int isa_asm(const char *text, size_t len, const struct isa_names *names, struct arena *arena,
	    struct diag *diag, struct insn **ret_insns, size_t *ret_count) MUST_USE;

#endif
