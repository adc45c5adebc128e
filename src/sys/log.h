/*
 * log.h - what the kernel's verifier says when it refuses a program.
 *
 * Its log has a line for each instruction that it looked at, between states of registers, then the reason,
 * then some numbers.
 */
#ifndef WAGGLE_SYS_LOG_H
#define WAGGLE_SYS_LOG_H

#include <stdint.h>

#include "base/strbuf.h"

enum { SYS_NO_INSN = UINT32_MAX };

struct sys_refusal {
	uint32_t insn;        /* the instruction, or SYS_NO_INSN */
	struct strbuf text;   /* of it, as the kernel writes it; empty: not known */
	struct strbuf reason; /* empty: the log says none */
};

/* Read @log.  The buffers of @ret_refusal are the caller's to release. */
void sys_refusal_read(const char *log, struct sys_refusal *ret_refusal);
void sys_refusal_release(struct sys_refusal *refusal);

#endif
