/*
 * kernel_oracle.h - the running kernel's word on what a program computes.
 */
#ifndef WAGGLE_TEST_KERNEL_ORACLE_H
#define WAGGLE_TEST_KERNEL_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#include "isa/insn.h"

/* Ask for r0 of the program of @count slots at @insns.  With a @packet (not NULL), it runs as the
 * main function on that, and *ret_r0 has only the low 32 bits; otherwise as a function called by
 * one that stores all of r0.  Returns 0; -ENOTSUP when the verifier refuses the program, for
 * that proves nothing; or -EPERM when this process may not ask. */
int kernel_oracle(const struct insn *insns, size_t count, const void *packet, size_t packet_len,
		  uint64_t *ret_r0);

#endif
