/*
 * ask.h - asking the kernel of this machine what it allows, by loading small programs and reading its log.
 *
 * For the tests of src/abi.  A kernel other than the one that the tables are of is asked only what must be
 * true of it as well; see ask_is_same_kernel.
 */
#ifndef WAGGLE_TEST_ABI_ASK_H
#define WAGGLE_TEST_ABI_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/prog_type.h"
#include "isa/insn.h"

/* Why bpf(2) cannot be asked, for 'skipped: ...', or NULL. */
const char *ask_missing(void);

/* Is this Linux 6.18?  And is it that or later, so that it has all that the tables have? */
bool ask_is_same_kernel(void);
bool ask_is_newer_kernel(void);

/* A program being written. */
struct ask {
	const struct abi_prog_type *row;
	const char *license; /* NULL: GPL */
	uint32_t attach_btf_id;
	uint32_t log_level; /* 2: with the state after each instruction; 0: as 1 */
	struct insn insns[64];
	size_t count;
};

/* What a program for @row begins as: no instruction, attached to something of the kernel if it has to be.  False
 * when this kernel does not load programs of @row at all, with *ret_why. */
bool ask_begin(const struct abi_prog_type *row, struct ask *ret_ask, const char **ret_why);

void ask_op(struct ask *ask, enum isa_op op, int dst, int src, int off, int32_t imm);
void ask_number(struct ask *ask, int dst, int32_t number); /* dst = number */
void ask_map(struct ask *ask, int dst, int map_fd);        /* dst = map */
/* r0 = what its programs may return; exit */
void ask_end(struct ask *ask);

/* Load it.  0, or a negative errno; ask_log() is then, until the next call, what the verifier said. */
int ask_load(const struct ask *ask);
const char *ask_log(void);
bool ask_log_has(const char *text);

/* Counting checks; failures are printed. */
void ask_check(bool is_good, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ask_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
int ask_summary(void); /* prints it, and is main's status */

#endif
