/*
 * cbpf_test.h - what the tests of classic BPF share: counting, and random programs.
 */
#ifndef WAGGLE_TEST_ISA_CBPF_TEST_H
#define WAGGLE_TEST_ISA_CBPF_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "isa/cbpf.h"

/* Counts of one test program.  A failure prints a line, a skip its reason. */
void test_pass(void);
void test_fail(const char *format, ...) PRINTF_LIKE(1, 2);
void test_skip(const char *format, ...) PRINTF_LIKE(1, 2);
void test_check(bool good, const char *format, ...) PRINTF_LIKE(2, 3);

/* Print the counts; the exit status. */
int test_finish(void);

/* Random numbers: the same in every run, so that a failure can be repeated. */
uint32_t random_u32(void);
uint32_t random_below(uint32_t limit); /* 0 to limit - 1 */
bool random_one_in(uint32_t n);

/* What random programs may contain. */
struct random_kind {
	bool exts;        /* loads of extensions, but for those of @no_exts */
	bool headers;     /* loads relative to headers */
	uint32_t no_exts; /* bit n: not the extension number n of cbpf_ext.def */
};

/* Make a program of 1 to @most instructions that most likely passes cbpf_check, in @insns. */
size_t random_program(struct cbpf_insn *insns, size_t most, struct random_kind kind);

/* Change a field or two at random, or the length. */
size_t random_mutation(struct cbpf_insn *insns, size_t count);

/* Print a program on standard output, for messages. */
void print_program(const struct cbpf_insn *insns, size_t count);

#endif
