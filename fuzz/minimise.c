/*
 * minimise.c - delete stretches of a program: long ones first, at last one by one.
 */
#include "minimise.h"

/* Set where to the slot that each slot of @prog moves to once the @gone are deleted; slot 'count',
 * the end, included. */
static void plan_moves(const struct fuzz_prog *prog, const bool *gone, size_t *where)
{
	size_t to = 0;

	for (size_t i = 0; i < prog->count; i++) {
		where[i] = to;
		to += !gone[i];
	}
	where[prog->count] = to;
}

/* Let the jump or call at slot @from of @prog lead to where its target will be. */
static void mend(const struct fuzz_prog *prog, size_t from, const size_t *where, struct insn *insn)
{
	const int op = isa_decode(&prog->insns[from], prog->count - from);
	int64_t to;

	if (op == ISA_CALL_LOCAL || op == ISA_LD_FUNC)
		to = (int64_t)from + 1 + prog->insns[from].imm;
	else if (op < 0 || !isa_jump_target((enum isa_op)op, &prog->insns[from], from, &to))
		return;
	if (to < 0 || to > (int64_t)prog->count)
		return;
	to = (int64_t)where[to] - (int64_t)where[from] - 1;
	if (isa_ops[op].uses & ISA_FIELD_OFF)
		insn->off = (int16_t)to;
	else
		insn->imm = (int32_t)to;
}

static void delete_slots(const struct fuzz_prog *prog, const bool *gone, struct fuzz_prog *ret_prog)
{
	size_t where[FUZZ_MOST_INSNS + 1];

	plan_moves(prog, gone, where);
	ret_prog->count = where[prog->count];
	for (size_t i = 0; i < prog->count; i++) {
		if (gone[i])
			continue;
		ret_prog->insns[where[i]] = prog->insns[i];
		ret_prog->keep[where[i]] = prog->keep[i];
		mend(prog, i, where, &ret_prog->insns[where[i]]);
	}
}

/* Choose what may go of the @count slots from @start, whole wide loads only. */
static size_t choose(const struct fuzz_prog *prog, size_t start, size_t count, bool *gone)
{
	size_t chosen = 0;

	for (size_t i = 0; i < prog->count; i++)
		gone[i] = false;
	for (size_t i = 0; i < prog->count; i++) {
		const int op = isa_decode(&prog->insns[i], prog->count - i);
		const bool wide = op >= 0 && isa_slots((enum isa_op)op) == 2;

		if (i >= start && i < start + count && !prog->keep[i]) {
			gone[i] = true;
			gone[i + wide] = true;
			chosen++;
		}
		i += wide;
	}
	return chosen;
}

void fuzz_minimise(struct fuzz_prog *prog, bool (*fails)(void *arg, const struct fuzz_prog *prog),
		   void *arg)
{
	static struct fuzz_prog shorter; /* too large for some stacks */
	bool gone[FUZZ_MOST_INSNS + 1];
	bool again = true;

	while (again) {
		again = false;
		for (size_t size = prog->count; size; size /= 2) {
			for (size_t start = 0; start < prog->count; start += size) {
				if (!choose(prog, start, size, gone))
					continue;
				delete_slots(prog, gone, &shorter);
				if (!fails(arg, &shorter))
					continue;
				*prog = shorter;
				again = true;
			}
		}
	}
}
