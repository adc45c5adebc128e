/*
 * arm64_link.c - branches of a translation, and the code that lies off its path.
 *
 * Conditional branches reach 1 MiB, those on a single bit 32 KiB, others 128 MiB.  Backward, the
 * distance is known.  Forward it is estimated: no slot becomes more than t->slot_bytes, and
 * slow code that waits may be written in between.  So in all but enormous functions a branch is one
 * instruction, and no branch ever has to be made longer afterwards.
 *
 * Slow code is written behind the function, or earlier when its branches could not reach it there.
 */
#include "kern/jit/arm64.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bits.h"

enum { SLOW_REACH = 1 << 20 }; /* of the branches to slow code */

/* Room for one more in a growing array. */
static void *grow(struct trans *t, void *array, size_t count, size_t *room, size_t size)
{
	void *bigger;

	if (count < *room)
		return array;
	bigger = realloc(array, (*room ? *room * 2 : 64) * size);
	if (!bigger) {
		t->err = -ENOMEM;
		return NULL;
	}
	*room = *room ? *room * 2 : 64;
	return bigger;
}

static uint32_t word_at(const struct trans *t, uint32_t at)
{
	return at + 4 <= t->buf->size ? load_u32(t->buf->bytes + at) : A64_B;
}

/* Make the branch at @at lead to @to. */
static void patch(struct trans *t, uint32_t at, uint32_t to)
{
	const uint32_t word = word_at(t, at);
	const int64_t by = (int64_t)to - at;

	if (by < -(int64_t)a64_reach(word) || by >= (int64_t)a64_reach(word))
		t->err = t->err ? t->err : -ENOTSUP; /* code of more than 128 MiB */
	else if (at + 4 <= t->buf->size)
		store_u32(t->buf->bytes + at, a64_lead(word, by));
}

static bool is_conditional(uint32_t word)
{
	return (word & 0x7c000000) != A64_B;
}

/* The conditional branch that is taken when @word is not. */
static uint32_t inverted(uint32_t word)
{
	return (word & 0xff000000) == A64_B_COND ? word ^ 1 : word ^ 1 << 24;
}

/* How far it may be from here to slot @to further on. */
static uint64_t most_distance(const struct trans *t, label to)
{
	return (uint64_t)(to - t->pc + 1) * t->slot_bytes + t->slow_count * ARM64_SLOW_BYTES;
}

static void note_branch(struct trans *t, uint32_t word, label to)
{
	struct branch *branches =
		grow(t, t->branches, t->branch_count, &t->branch_room, sizeof *branches);

	if (branches) {
		t->branches = branches;
		t->branches[t->branch_count++] = (struct branch){ .at = here(t), .to = to };
	}
	emit(t, word);
}

void arm64_branch(struct trans *t, uint32_t word, label to)
{
	if (t->places[to] != LABEL_UNSET) {
		arm64_branch_back(t, word, t->places[to]);
		return;
	}
	if (is_conditional(word) && most_distance(t, to) >= a64_reach(word)) {
		emit(t, a64_lead(inverted(word), 8));
		word = A64_B;
	}
	note_branch(t, word, to);
}

void arm64_branch_back(struct trans *t, uint32_t word, uint32_t place)
{
	int64_t by = (int64_t)place - here(t);

	if (is_conditional(word) && by < -(int64_t)a64_reach(word)) {
		emit(t, a64_lead(inverted(word), 8));
		by -= 4;
		word = A64_B;
	}
	if (by < -(int64_t)a64_reach(word)) {
		t->err = t->err ? t->err : -ENOTSUP;
		by = 0;
	}
	emit(t, a64_lead(word, by));
}

void arm64_branch_slow(struct trans *t, uint32_t word, struct slow slow)
{
	struct slow *slows = grow(t, t->slows, t->slow_count, &t->slow_room, sizeof *slows);

	slow.pc = t->pc;
	slow.at = here(t);
	slow.back = here(t) + 4;
	if (slows) {
		t->slows = slows;
		t->slows[t->slow_count++] = slow;
	}
	emit(t, word);
}

void arm64_land(struct trans *t, uint32_t at)
{
	patch(t, at, here(t));
}

void arm64_resolve(struct trans *t)
{
	for (size_t i = 0; i < t->branch_count; i++)
		patch(t, t->branches[i].at, t->places[t->branches[i].to]);
}

void arm64_call_c(struct trans *t, uintptr_t address)
{
	const int64_t by = (int64_t)(address - t->buf->address - here(t));

	if (by >= -(1 << 27) && by < 1 << 27) {
		emit(t, a64_lead(A64_BL, by));
		return;
	}
	arm64_mov_imm(t, true, REG_FAR, address);
	emit(t, a64_br(A64_BLR, REG_FAR));
}

/* A thunk asks a C function whether the program may go on.  It is given the instruction in w12 and
 * where to go on in x13, and keeps all registers that hold something within an instruction. */
static const uint8_t kept[][2] = { { 0, 1 },
				   { 2, 3 },
				   { 4, REG_R0 },
				   { REG_CONST, A64_LR },
				   { REG_ADDRESS, REG_TMP3 } };
enum { KEPT_BYTES = sizeof kept / 2 * 16 };

static void thunk_begin(struct trans *t)
{
	emit(t, a64_pair(A64_STP_PRE, true, kept[0][0], kept[0][1], A64_SP, -KEPT_BYTES));
	for (uint32_t i = 1; i < ARRAY_LEN(kept); i++)
		emit(t, a64_pair(A64_STP, true, kept[i][0], kept[i][1], A64_SP, (int32_t)(16 * i)));
	emit(t, a64_mov(true, 0, REG_RUN));
}

static void thunk_end(struct trans *t)
{
	emit(t, a64_mov(false, REG_TMP2, 0));
	for (uint32_t i = ARRAY_LEN(kept) - 1; i; i--)
		emit(t, a64_pair(A64_LDP, true, kept[i][0], kept[i][1], A64_SP, (int32_t)(16 * i)));
	emit(t, a64_pair(A64_LDP_POST, true, kept[0][0], kept[0][1], A64_SP, KEPT_BYTES));
	arm64_branch_back(t, a64_tb(A64_TBZ, REG_TMP2, 0), t->leave);
	emit(t, a64_br(A64_BR, REG_TMP3));
}

/* Besides: the address in x10, the number of bytes and (plus 256) whether to write in w11. */
static void put_access_thunk(struct trans *t)
{
	t->access_thunk = here(t);
	thunk_begin(t);
	emit(t, a64_mov(true, 1, REG_ADDRESS));
	emit(t, a64_zext(2, REG_TMP, 8));
	emit(t, a64_lsr(false, 3, REG_TMP, 8));
	emit(t, a64_mov(false, 4, REG_TMP2));
	arm64_call_c(t, (uintptr_t)vm_access_slow);
	thunk_end(t);
}

static void put_budget_thunk(struct trans *t)
{
	t->budget_thunk = here(t);
	emit(t, a64_mem(A64_STR, 3, REG_BUDGET, REG_RUN, offsetof(struct vm_run, budget)));
	thunk_begin(t);
	emit(t, a64_mov(false, 1, REG_TMP2));
	arm64_call_c(t, (uintptr_t)vm_budget_spent);
	emit(t, a64_mem(A64_LDR, 3, REG_BUDGET, REG_RUN, offsetof(struct vm_run, budget)));
	thunk_end(t);
}

void arm64_put_thunks(struct trans *t)
{
	if (t->prog->options.guarded)
		put_access_thunk(t);
	if (t->prog->options.limited)
		put_budget_thunk(t);
}

static void put_back_address(struct trans *t, uint32_t back)
{
	emit(t, a64_lead(A64_ADR | REG_TMP3, (int64_t)back - here(t)));
}

static void put_slow_access(struct trans *t, const struct slow *slow)
{
	if (slow->address != REG_ADDRESS)
		emit(t, a64_mov(true, REG_ADDRESS, slow->address));
	emit(t, a64_opm(A64_MOVZ, false, REG_TMP, slow->bytes + (slow->write ? 256u : 0u), 0));
	arm64_mov_imm(t, false, REG_TMP2, slow->pc);
	put_back_address(t, slow->back);
	arm64_branch_back(t, A64_B, t->access_thunk);
}

static void put_slow_budget(struct trans *t, const struct slow *slow)
{
	arm64_mov_imm(t, false, REG_TMP2, slow->pc);
	put_back_address(t, slow->back);
	arm64_branch_back(t, A64_B, t->budget_thunk);
}

static void put_slow_frames(struct trans *t, const struct slow *slow)
{
	emit(t, a64_mov(true, 0, REG_RUN));
	arm64_mov_imm(t, false, 1, slow->pc);
	arm64_call_c(t, (uintptr_t)vm_frames_spent);
	arm64_branch_back(t, A64_B, t->leave);
}

static void put_slow_unaligned(struct trans *t, const struct slow *slow)
{
	emit(t, a64_mov(true, 1, slow->address)); /* may be x0 */
	emit(t, a64_mov(true, 0, REG_RUN));
	emit(t, a64_opm(A64_MOVZ, false, 2, slow->bytes, 0));
	arm64_mov_imm(t, false, 3, slow->pc);
	arm64_call_c(t, (uintptr_t)vm_unaligned);
	arm64_branch_back(t, A64_B, t->leave);
}

static void put_slow(struct trans *t, const struct slow *slow)
{
	const uint32_t from = here(t);

	patch(t, slow->at, from);
	switch (slow->kind) {
	case SLOW_ACCESS: put_slow_access(t, slow); break;
	case SLOW_BUDGET: put_slow_budget(t, slow); break;
	case SLOW_FRAMES: put_slow_frames(t, slow); break;
	case SLOW_UNALIGNED: put_slow_unaligned(t, slow); break;
	}
	assert(here(t) - from <= ARM64_SLOW_BYTES);
	(void)from;
}

void arm64_put_slow(struct trans *t, bool over)
{
	const uint32_t from = here(t);

	if (!t->slow_count)
		return;
	if (over)
		emit(t, A64_B);
	for (size_t i = 0; i < t->slow_count; i++)
		put_slow(t, &t->slows[i]);
	t->slow_count = 0;
	if (over)
		patch(t, from, here(t));
}

void arm64_put_slow_in_time(struct trans *t)
{
	const size_t end = here(t) + t->slow_count * ARM64_SLOW_BYTES + 2 * t->slot_bytes;

	if (t->slow_count && end - t->slows[0].at >= SLOW_REACH)
		arm64_put_slow(t, true);
}
