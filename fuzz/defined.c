/*
 * defined.c - definite assignment: a forward dataflow over slots.
 *
 * The fact at a slot is the set of registers that some path leaves undefined before it; paths
 * join by union, and sets only grow, so that passes over the program in order settle.
 */
#include "defined.h"

#include <stdlib.h>

enum {
	AT_START = 0x3c1, /* of a function: r0, r6 to r9 */
	SPOILT = 0x3e,    /* r1 to r5 */
	UNREACHED = 1 << 15,
};

struct flow {
	const struct insn *insns;
	size_t count;
	uint16_t *undefined; /* before each slot; UNREACHED until a path leads there */
	bool changed;
};

static void join(struct flow *flow, int64_t slot, uint16_t undefined)
{
	uint16_t *at;
	uint16_t now;

	if (slot < 0 || slot >= (int64_t)flow->count)
		return;
	at = &flow->undefined[slot];
	now = *at == UNREACHED ? undefined : *at | undefined;
	if (now != *at)
		flow->changed = true;
	*at = now;
}

/* Carry the fact before @slot over its instruction.  False when that reads what is undefined. */
static bool step(struct flow *flow, size_t slot)
{
	const struct insn *insn = &flow->insns[slot];
	const int decoded = isa_decode(insn, flow->count - slot);
	uint16_t undefined = flow->undefined[slot];
	enum isa_op op;
	int64_t to;

	if (decoded < 0)
		return false;
	op = (enum isa_op)decoded;
	if (isa_reads(op, insn) & undefined)
		return false;
	undefined &= (uint16_t)~isa_writes(op, insn);
	if (isa_ops[op].form == ISA_FORM_CALL)
		undefined |= SPOILT;
	if (op == ISA_CALL_LOCAL || op == ISA_LD_FUNC)
		join(flow, (int64_t)slot + 1 + insn->imm, AT_START);
	if (isa_jump_target(op, insn, slot, &to))
		join(flow, to, undefined);
	if (op != ISA_EXIT && op != ISA_JA && op != ISA_JA32)
		join(flow, (int64_t)(slot + isa_slots(op)), undefined);
	return true;
}

bool fuzz_is_defined(const struct insn *insns, size_t count)
{
	struct flow flow = { .insns = insns, .count = count, .changed = true };
	bool defined = true;

	flow.undefined = calloc(count, sizeof *flow.undefined);
	if (!flow.undefined)
		return false;
	for (size_t i = 0; i < count; i++)
		flow.undefined[i] = UNREACHED;
	join(&flow, 0, AT_START);
	while (flow.changed && defined) {
		flow.changed = false;
		for (size_t i = 0; i < count && defined; i++)
			if (flow.undefined[i] != UNREACHED)
				defined = step(&flow, i);
	}
	free(flow.undefined);
	return defined;
}
