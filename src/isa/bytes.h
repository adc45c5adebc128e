/*
 * bytes.h - programs as numbers: the shapes in which tools hand them around.
 *
 *	raw       the instructions as in memory, little-endian
 *	hex       their bytes: 'b7 00 00 00 05 00 00 00', 'b700...', '0xb7, 0x00', '\xb7\x00'
 *	C         rows in braces: '{ 0x28, 0, 0, 0x0000000c },' of four numbers are classic BPF
 *	          (tcpdump -dd), of five are struct bpf_insn: opcode, dst, src, off, imm; one pair
 *	          of braces around bytes (xxd -i) is read like hex
 *	decimal   classic BPF: a count, then rows 'code jt jf k', in lines (tcpdump -ddd) or
 *	          between commas (iptables -m bpf)
 *
 * In hex and C, text from '#' or '//' to the end of the line and C's comments are blanks.
 */
#ifndef WAGGLE_ISA_BYTES_H
#define WAGGLE_ISA_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "isa/cbpf.h"
#include "isa/insn.h"
#include "isa/names.h"

enum isa_shape {
	ISA_SHAPE_RAW,
	ISA_SHAPE_HEX,
	ISA_SHAPE_C,
	ISA_SHAPE_DECIMAL,
};

/* A program of either instruction set; of the other, the fields are zero. */
struct isa_program {
	bool is_classic;
	struct insn *insns;
	size_t count;
	struct cbpf_prog classic; /* with spans if it was in rows, for cbpf_check to point at */
};

/* The shape of the @len bytes at @data, from what they begin with.  Text that is nothing else is
 * taken for hex. */
enum isa_shape isa_bytes_shape(const char *data, size_t len);

/* Which instruction set a program is taken for. */
enum isa_set {
	ISA_SET_ANY,     /* what its shape says; where that says nothing (raw, hex), eBPF */
	ISA_SET_CLASSIC, /* classic BPF; rows of five numbers are an error */
};

/* Read a program of any shape from the bytes of @source (at most FILE_MOST_BYTES).  Only the form
 * is checked: the instructions may be invalid.  Returns 0 with a program that lives in @arena, or
 * -EINVAL with the reason in @diag, whose source must be @source, or -ENOMEM. */
int isa_bytes_read(const struct source *source, enum isa_set set, struct arena *arena,
		   struct diag *diag, struct isa_program *ret_program) MUST_USE;

/* Append eBPF instructions to @out, a line each, in a shape that isa_bytes_read reads back; C has
 * the text of each in a comment, with @names if not NULL.  For classic BPF, see cbpf_disasm. */
void isa_bytes_write_c(const struct insn *insns, size_t count, const struct isa_names *names,
		       struct strbuf *out);
/* Append the bytes of @count instructions of either set, at @insns. */
void isa_bytes_write_hex(const void *insns, size_t count, struct strbuf *out);

#endif
