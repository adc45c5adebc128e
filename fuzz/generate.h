/*
 * generate.h - random programs that end, touch only their own memory, and hide nothing.
 *
 * The same seed gives the same program.  All operations of isa/op.def occur but for packet
 * loads and those that the machine refuses.  The Linux verifier accepts nearly all of
 * them, and what they compute does not depend on where their memory lies: the final registers and
 * stack are stored to their memory, so that a difference anywhere is one there.
 *
 * Such a program knows two maps, by index (ISA_LD_MAP_IDX, ISA_LD_MAP_IDX_VALUE):
 *  0: an array of one value of FUZZ_MEMORY_BYTES, read and written directly;
 *  1: an array of FUZZ_TABLE_ENTRIES values of FUZZ_TABLE_VALUE bytes, reached by the helper
 *     bpf_map_lookup_elem (number 1), sometimes with an index beyond its end.
 */
#ifndef WAGGLE_FUZZ_GENERATE_H
#define WAGGLE_FUZZ_GENERATE_H

#include "isa/insn.h"

enum {
	FUZZ_MOST_INSNS = 1024,
	FUZZ_MEMORY_BYTES = 4096,
	FUZZ_RESULT_BYTES = 256, /* of the memory, at its start: written only at the end */
	FUZZ_TABLE_ENTRIES = 6,
	FUZZ_TABLE_VALUE = 16,
	FUZZ_HELPER_LOOKUP = 1,
	FUZZ_HELPERS,
};

struct fuzz_prog {
	struct insn insns[FUZZ_MOST_INSNS];
	bool keep[FUZZ_MOST_INSNS]; /* a minimiser must not delete it: it bounds a loop or an
				     * access, or hides an address */
	size_t count;               /* slots */
};

struct fuzz_generate_options {
	bool acquire_release; /* load-acquire and store-release: Linux 6.15 and newer */
	bool may_goto;        /* Linux 6.9 and newer */
	bool clear_cmpxchg32; /* zero the upper half of r0 after a 32-bit compare-and-exchange:
			       * Linux 6.18 on x86-64 does not, where its verifier ends a path
			       * early because it goes on like one seen before */
};

/* The instruction @op, of whose fields those are filled in that it has. */
struct insn fuzz_insn(enum isa_op op, unsigned int dst, unsigned int src, int off, int32_t imm);

void fuzz_generate(uint64_t seed, const struct fuzz_generate_options *options,
		   struct fuzz_prog *ret_prog);

/* The first contents of a program's memory (and table), likewise from a seed. */
void fuzz_generate_memory(uint64_t seed, uint8_t *memory, size_t bytes);

/* Change a few instructions of @prog, mostly to valid ones: what it does then is anybody's guess. */
void fuzz_mutate(uint64_t seed, struct fuzz_prog *prog);

#endif
