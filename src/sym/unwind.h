/*
 * unwind.h - who called whom, when no frame pointers say so: by the tables that compilers leave for
 * exceptions (.eh_frame).
 *
 * For each instruction those tables say where the caller's stack began (the canonical frame address,
 * CFA) and where, counted from there, registers of the caller were saved.  Of all they can say, code
 * in practice uses little: the CFA is a register plus a constant, or one of a few expressions.  So a
 * table here is rows of 12 bytes, good from their address up to that of the next, in order.
 */
#ifndef WAGGLE_SYM_UNWIND_H
#define WAGGLE_SYM_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum unwind_rule {
	UNWIND_UNKNOWN, /* no function there, or one that says something unusual */
	UNWIND_END,     /* it was called by nobody */
	UNWIND_SP,      /* CFA = sp + cfa */
	UNWIND_FP,      /* CFA = fp + cfa */
	UNWIND_FP_LOAD, /* CFA = what is stored at fp + cfa */
	UNWIND_PLT,     /* x86-64, lazy binding: sp + 8, and 8 more from byte 'cfa' of 16 on */
	UNWIND_SIGNAL,  /* the kernel's frame of a signal: all registers are stored */
};

enum {
	UNWIND_SAME = INT16_MIN,      /* the register has the caller's value */
	UNWIND_FRAME = INT16_MIN + 1, /* of 'fp': it is stored where it points to itself */
	UNWIND_MOST_CFA = 1 << 23,
};

struct unwind_row {
	uint32_t address; /* less the table's base */
	uint32_t rule : 8;
	uint32_t cfa  : 24; /* in two's complement: unwind_cfa */
	int16_t fp;         /* where it was saved: CFA + 8 * this */
	int16_t ra;         /* the same of the return address */
};

static inline int64_t unwind_cfa(const struct unwind_row *row)
{
	return (int32_t)((uint32_t)row->cfa << 8) >> 8;
}

struct unwind_table {
	uint64_t base;
	struct unwind_row *rows;
	size_t count;
};

/* What the rows are read from. */
struct unwind_section {
	const uint8_t *data;
	size_t len;
	uint64_t address; /* of the section, as the file counts */
	uint16_t machine; /* EM_X86_64 or EM_AARCH64 of <elf.h> */
};

/* Make the rows of all functions that the section describes; what is damaged is left out.  0, -ENOTSUP for
 * other machines, or -ENOMEM. */
int unwind_build(const struct unwind_section *section, struct unwind_table *ret_table);
void unwind_release(struct unwind_table *table);

/* The row for @address, or NULL. */
const struct unwind_row *unwind_find(const struct unwind_table *table, uint64_t address);

struct unwind_registers {
	uint64_t ip;
	uint64_t sp;
	uint64_t fp; /* rbp; x29 */
	uint64_t lr; /* arm64: x30 */
};

/* A copy of the stack from @address up. */
struct unwind_stack {
	const uint8_t *data;
	size_t len;
	uint64_t address;
};

/* From the registers of a function to those of its caller.  False: it has none, or it is not known: the copy
 * ends, or the stack is not as the row says. */
bool unwind_step(const struct unwind_row *row, const struct unwind_stack *stack, uint16_t machine,
		 struct unwind_registers *registers);
/* The same by the frame pointer, where there is no row: code made at run time. */
bool unwind_by_frame(const struct unwind_stack *stack, struct unwind_registers *registers);

#endif
