/*
 * unwind_test.c - stacks without frame pointers, beside what libgcc's unwinder says (backtrace(3)).
 *
 * This file is compiled with -fomit-frame-pointer; the functions below each have another kind of
 * frame.
 */
#include "sym/sym.h"

#include <alloca.h>
#include <execinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "../cmocka_all.h"
#include "base/attr.h"
#include "base/bits.h"

enum { MOST_FRAMES = 64, STACK_BYTES = 64 << 10 };

#define NOINLINE __attribute__((noinline))

static struct sym *sym;
static uint64_t ours[MOST_FRAMES];
static void *theirs[MOST_FRAMES];
static unsigned int our_count;
static int their_count;
static uint8_t *stack_end; /* of what is surely there */

static struct sym_registers registers_of(const ucontext_t *context)
{
#if defined(__x86_64__)
	const greg_t *r = context->uc_mcontext.gregs;

	return (struct sym_registers){ (uint64_t)r[REG_RIP], (uint64_t)r[REG_RSP],
				       (uint64_t)r[REG_RBP], 0 };
#elif defined(__aarch64__)
	const mcontext_t *m = &context->uc_mcontext;

	return (struct sym_registers){ m->pc, m->sp, m->regs[29], m->regs[30] };
#else
#error "which registers does this machine have?"
#endif
}

static void unwind_from(const struct sym_registers *registers, size_t bytes)
{
	const uint8_t *sp = (const uint8_t *)(uintptr_t)registers->sp;
	const size_t there = (size_t)(stack_end - sp);

	our_count = sym_unwind(sym, (uint32_t)getpid(), registers, sp,
			       bytes < there ? bytes : there, ours, MOST_FRAMES);
}

NOINLINE static void capture(size_t bytes)
{
	ucontext_t context;
	struct sym_registers registers;

	assert_int_equal(getcontext(&context), 0);
	registers = registers_of(&context);
	their_count = backtrace(theirs, MOST_FRAMES);
#ifdef __SANITIZE_ADDRESS__ /* it calls through a function of its own, which is in the list */
	memmove(theirs, theirs + 1, (size_t)--their_count * sizeof *theirs);
#endif
	unwind_from(&registers, bytes);
}

/* The first is within capture() at two places; the others are equal. */
static void check_equal(void)
{
	assert_true(their_count > 3);
	assert_int_equal(our_count, their_count);
	for (int i = 1; i < their_count; i++)
		assert_int_equal(ours[i], (uintptr_t)theirs[i]);
}

static const char *name_of(unsigned int frame)
{
	struct sym_frame found;

	assert_true(frame < our_count);
	assert_true(sym_user(sym, (uint32_t)getpid(), ours[frame] - 1, &found));
	return found.name ? found.name : "?";
}

NOINLINE static int plain(int depth)
{
	if (depth)
		return plain(depth - 1) + 1;
	capture(STACK_BYTES);
	return (int)getpid() & 1;
}

NOINLINE static int large_frame(int n)
{
	volatile char buffer[20000];

	buffer[n] = 1;
	return plain(2) + buffer[n];
}

NOINLINE static int moving_frame(size_t n)
{
	volatile char *buffer = alloca(n);

	buffer[0] = 1;
	return large_frame(3) + buffer[0];
}

NOINLINE static int aligned_frame(int n)
{
	volatile int values[16] __attribute__((aligned(64)));

	values[n] = 1;
	return moving_frame((size_t)getpid() % 100 + 1) + values[n];
}

static int compare(const void *a, const void *b)
{
	(void)a;
	(void)b;
	aligned_frame(1);
	return 0;
}

static void frames_of_all_kinds(void **state)
{
	int numbers[2] = { 2, 1 };

	(void)state;
	aligned_frame(2);
	check_equal();
	assert_string_equal(name_of(1), "plain");
	assert_string_equal(name_of(4), "large_frame");
	assert_string_equal(name_of(5), "moving_frame");
	assert_string_equal(name_of(6), "aligned_frame");
	qsort(numbers, 2, sizeof numbers[0], compare); /* through the C library */
	check_equal();
	assert_string_equal(name_of(7), "compare");
}

static void handle(int number)
{
	(void)number;
	plain(1);
}

static void frames_of_signals(void **state)
{
	(void)state;
	assert_true(signal(SIGUSR1, handle) != SIG_ERR);
	assert_int_equal(raise(SIGUSR1), 0);
	check_equal();
	assert_string_equal(name_of(3), "handle");
	assert_true(signal(SIGUSR1, SIG_DFL) != SIG_ERR);
}

static void a_short_copy_gives_what_it_has(void **state)
{
	unsigned int whole;

	(void)state;
	capture(STACK_BYTES);
	whole = our_count;
	assert_true(whole > 2);
	capture(0);
	assert_int_equal(our_count, 1);
	for (size_t bytes = 8; bytes < 4096; bytes += 8) {
		capture(bytes);
		assert_true(our_count >= 1);
		assert_true(our_count <= whole);
	}
}

/* Nothing that registers and stacks hold leads out of the copy, or around for ever. */
static void damaged_stacks_end(void **state)
{
	uint64_t words[512];
	uint32_t random = 1;

	(void)state;
	capture(STACK_BYTES);
	for (int round = 0; round < 2000; round++) {
		struct sym_registers registers = { ours[(unsigned int)round % our_count],
						   0x7fff00000000, 0x7fff00000010, 0 };

		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			random = random * 1664525 + 1013904223;
			words[i] = random & 0x10000 ? ours[random % our_count] :
						      UINT64_C(0x7fff00000000) + (random & 0xff8);
		}
		assert_true(sym_unwind(sym, (uint32_t)getpid(), &registers, words, sizeof words,
				       ours, our_count) >= 1);
		capture(STACK_BYTES);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_all_kinds),
		cmocka_unit_test(frames_of_signals),
		cmocka_unit_test(a_short_copy_gives_what_it_has),
		cmocka_unit_test(damaged_stacks_end),
	};
	int failed;

	stack_end = (uint8_t *)argv[argc - 1];
	sym = sym_new(&(struct sym_options){ .sys = &sys_linux });
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	sym_free(sym);
	return failed;
}
