/*
 * usdt_arg.h - the arguments of USDT probes, as the notes of an assembler spell them.
 *
 * Each is SIZE '@' OPERAND; a negative size says that it is signed.  The operand is spelled as the machine's
 * assembler does, and means where the value is when the probe is hit:
 *
 *	x86-64	$5  %eax  -20(%rbp)  (%rax,%rbx,8)  variable+4(%rip)  variable
 *	arm64	5  w0  x19  sp  [sp]  [sp, 16]  [x29, -20]  [x0, x1]  [x0, w1, sxtw 2]
 */
#ifndef WAGGLE_PROBE_USDT_ARG_H
#define WAGGLE_PROBE_USDT_ARG_H

#include "base/arena.h"
#include "probe/catalog.h"

struct usdt_context {
	uint16_t machine; /* EM_X86_64 or EM_AARCH64 */
	uint64_t pc;      /* where the probe is, as symbols count */
	/* The address of a variable of the file; false: it has none of that name. */
	bool (*symbol)(void *data, const char *name, uint64_t *ret_address);
	void *data;
};

enum { USDT_MOST_ARGS = 255 };

/* Parse all of @text, separated by blanks, into *ret_args of @arena.  An argument that is not understood is of
 * place USDT_UNKNOWN.  0, -ENOMEM, or -E2BIG. */
int usdt_parse_args(const char *text, const struct usdt_context *context, struct arena *arena,
		    const struct catalog_usdt_arg **ret_args, uint32_t *ret_count);

#endif
