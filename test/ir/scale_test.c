/*
 * scale_test.c - large filters stay small in work: in comparisons executed, and in compiling.
 *
 * Nothing here asserts times, which are the machine's; 'scale_test time' prints them.  What must be
 * linear is checked by what must not grow: comparisons per packet, instructions per term.
 */
#include "ir_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ir/ir_build.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"

static unsigned int passed, failed;

static void check(bool ok, const char *what, double got)
{
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		printf("%s: %g\n", what, got);
}

/* Scattered, and the same for each run. */
static uint32_t nth_address(uint32_t i)
{
	return i * 2654435761u;
}

/* A branch of its own block on 'what == k'; continues where it does not hold. */
static void test_equal(struct ir_builder *b, uint32_t at, unsigned int bytes, uint32_t k,
		       struct ir_block *yes)
{
	struct ir_block *no = ir_build_block(b);

	ir_build_branch(b, IR_EQ, ir_build_packet(b, NULL, at, bytes), ir_const(b->fn, IR_I32, k),
			yes, no);
	ir_build_at(b, no);
}

/* One value, @count times compared. */
static void build_values(struct ir_builder *b, uint32_t count, struct ir_block *accept)
{
	for (uint32_t i = 0; i < count; i++)
		test_equal(b, 26, 4, nth_address(i), accept);
}

/* 'host a or host b or ...' as a plain front end writes it: every term asks for the protocol. */
static void build_hosts(struct ir_builder *b, uint32_t count, struct ir_block *accept)
{
	static const uint32_t types[] = { 0x800, 0x806, 0x8035 };
	static const uint32_t places[][2] = { { 26, 30 }, { 28, 38 }, { 28, 38 } };

	for (uint32_t i = 0; i < count; i++)
		for (unsigned int k = 0; k < 3; k++) {
			struct ir_block *yes = ir_build_block(b), *no = ir_build_block(b);

			ir_build_branch(b, IR_EQ, ir_build_packet(b, NULL, 12, 2),
					ir_const(b->fn, IR_I32, types[k]), yes, no);
			ir_build_at(b, yes);
			test_equal(b, places[k][0], 4, nth_address(i), accept);
			test_equal(b, places[k][1], 4, nth_address(i), accept);
			ir_build_jump(b, no);
			ir_build_at(b, no);
		}
}

/* Ports between pairs of numbers, on one value. */
static void build_ranges(struct ir_builder *b, uint32_t count, struct ir_block *accept)
{
	for (uint32_t i = 0; i < count; i++) {
		struct ir_block *above = ir_build_block(b), *no = ir_build_block(b);
		struct ir_value *v = ir_build_packet(b, NULL, 26, 4);
		uint32_t low = i * 1000;

		ir_build_branch(b, IR_GE, v, ir_const(b->fn, IR_I32, low), above, no);
		ir_build_at(b, above);
		v = ir_build_packet(b, NULL, 26, 4);
		ir_build_branch(b, IR_LE, v, ir_const(b->fn, IR_I32, low + 100), accept, no);
		ir_build_at(b, no);
	}
}

typedef void build_fn(struct ir_builder *b, uint32_t count, struct ir_block *accept);

static struct ir_fn *build(build_fn *what, uint32_t count, struct arena *arena)
{
	struct ir_fn *fn = ir_fn_new(arena, "large");
	struct ir_block *accept;
	struct ir_builder b;

	ir_build_begin(&b, fn);
	accept = ir_build_block(&b);
	what(&b, count, accept);
	ir_build_return(&b, ir_const(fn, IR_I32, 0));
	ir_build_at(&b, accept);
	ir_build_return(&b, ir_const(fn, IR_I32, 1));
	if (ir_build_finish(&b, NULL))
		abort();
	return fn;
}

static uint32_t branches_on(const struct ir_fn *fn, uint32_t type, uint32_t address, bool accepted)
{
	uint8_t packet[64] = { 0 };
	struct ir_outcome outcome;

	packet[12] = (uint8_t)(type >> 8);
	packet[13] = (uint8_t)type;
	for (unsigned int i = 0; i < 4; i++)
		packet[26 + i] = packet[30 + i] = (uint8_t)(address >> (24 - 8 * i));
	outcome = ir_interpret(fn, packet, sizeof packet);
	check(outcome.result == accepted, "the wrong answer on an address", address);
	return outcome.branches;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t emit(struct ir_fn *fn, enum ir_target target)
{
	struct ir_ebpf_options options = { .packet = IR_PACKET_MEMORY };
	struct ir_cbpf cbpf = { 0 };
	struct ir_ebpf ebpf = { 0 };

	if (target == IR_TARGET_CBPF)
		check(ir_emit_cbpf(fn, true, NULL, &cbpf) == 0, "classic BPF fails", 0);
	else
		check(ir_emit_ebpf(fn, &options, NULL, &ebpf) == 0, "eBPF fails", 0);
	return target == IR_TARGET_CBPF ? cbpf.count : ebpf.count;
}

/* Compile, and let at most @most branches be taken for any address, and @insns be made for a term. */
static void check_list(const char *name, build_fn *what, uint32_t count, enum ir_target target,
		       uint32_t most, double insns, bool show)
{
	struct ir_options options = { .target = target, .drop_traps = true };
	struct arena arena = { 0 };
	double start = seconds();
	struct ir_fn *fn = build(what, count, &arena);
	uint32_t branches = 0;
	size_t size;

	check(ir_optimize(fn, &options) == 0, "it does not compile", count);
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t n = branches_on(
			fn, 0x800, what == build_ranges ? i * 1000 : nth_address(i * count / 200),
			true);

		branches = n > branches ? n : branches;
		n = branches_on(fn, 0x800,
				what == build_ranges ? i * 1000 + 500 : nth_address(count + i),
				false);
		branches = n > branches ? n : branches;
	}
	check(branches <= most, "branches for a packet", branches);
	size = emit(fn, target);
	check((double)size <= insns * count + 20, "instructions", (double)size);
	if (show)
		printf("%s %u, %s: %.3f s, %u branches, %zu instructions\n", name, count,
		       target == IR_TARGET_CBPF ? "cbpf" : "ebpf", seconds() - start, branches,
		       size);
	arena_release(&arena);
}

int main(int argc, char **argv)
{
	bool show = argc > 1 && !strcmp(argv[1], "time");

	for (enum ir_target t = IR_TARGET_CBPF; t <= IR_TARGET_EBPF; t++) {
		uint32_t row = t == IR_TARGET_CBPF ? 2 : 0; /* its rows are longer */

		check_list("values", build_values, 1000, t, 11 + row, 2.3, show);
		check_list("values", build_values, 10000, t, 15 + row, 2.3, show);
		check_list("ranges", build_ranges, 10000, t, 16 + row, 3.2, show);
		check_list("hosts", build_hosts, 1600, t, 28 + 2 * row, 9.5, show);
		check_list("hosts", build_hosts, 10000, t, 34 + 2 * row, 9.5, show);
	}
	printf("%u passed, %u failed, 0 skipped\n", passed, failed);
	return failed != 0;
}
