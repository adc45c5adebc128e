/*
 * ebpf_regs.c - registers and stack for the values of an eBPF function.
 *
 * Linear scan (Poletto and Sarkar, 1999) over live intervals without holes.  Positions: each block
 * and each value takes two; a value is defined at its position and its operands are read
 * there, so that a result may take the register of an operand that ends there.  Operands that are still
 * needed after the result was begun (the right one of a subtraction: 'dst = a; dst -= b') end one later.
 *
 * Calls and LD_ABS clobber r0 to r5, a CMPXCHG r0 and r4: a value that lives across one is not put there.
 * The first attempt uses all registers; if something must be spilled, a second one leaves out two,
 * which then serve the loads and stores of spilled values.
 *
 * Liveness goes value by value, from each use up to the definition, marking blocks: the cost is the
 * size of the result.
 */
#include "ir/ebpf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/insn.h"

enum {
	REGS = 10,
	CALL_CLOBBERS = 0x3f, /* r0 to r5 */
	EXCHANGE_CLOBBERS = 1 << 0 | 1 << EBPF_SCRATCH_2,
	SCRATCH = 1 << EBPF_SCRATCH_0 | 1 << EBPF_SCRATCH_1,
};

struct interval {
	struct ir_value *value;
	uint32_t start, end;
	uint8_t reg;
	bool spilled;
};

/* Registers that do not survive position 'at'. */
struct clobber {
	uint32_t at;
	uint16_t regs;
};

struct use {
	const struct ir_block *block;
	uint32_t at;
};

struct allocator {
	struct ir_fn *fn;
	struct arena *arena; /* of the result */
	struct arena scratch;
	struct diag *diag;
	struct ebpf_places places;

	uint32_t *position;    /* of values, by id */
	uint32_t *block_start; /* by block index */
	uint32_t *block_end;
	struct interval *intervals;
	uint32_t interval_count;
	uint32_t *interval_of; /* by value id: 1 + its number, or 0 */
	struct clobber *clobbers;
	uint32_t clobber_count;
	uint32_t *first_use; /* by value id, one more than ids: into 'uses' */
	struct use *uses;
	uint32_t *seen; /* by block index: 1 + the value that is live at its start */
	const struct ir_block **work;
	uint8_t *wanted; /* by value id: the register in which a call wants it, or 0 */
	const struct ir_value *result; /* would do as the result of the program; or NULL */
	bool uses_ld_abs;
	uint16_t reserved;
	bool has_spills;
	int32_t stack; /* bytes taken, below r10 */
};

/*
 * Positions
 */

static bool needs_place(const struct ir_value *v)
{
	return v->type != IR_VOID && !ebpf_is_slot(v);
}

static void add_clobber(struct allocator *a, uint32_t at, uint16_t regs)
{
	a->clobbers[a->clobber_count++] = (struct clobber){ at, regs };
}

static void number(struct allocator *a)
{
	uint32_t at = 2;

	for (const struct ir_block *b = a->fn->entry; b; b = b->next) {
		a->block_start[b->index] = at;
		at += 2;
		for (const struct ir_value *v = b->first; v; v = v->next) {
			a->position[v->id] = v->op == IR_PHI ? a->block_start[b->index] : at;
			if (v->op == IR_PHI)
				continue;
			if (v->op == IR_PARAM) /* all arrive at once */
				a->position[v->id] = 1;
			if (ir_is_call(v))
				for (uint32_t i = 0; i < v->list_count; i++)
					a->wanted[v->list[i]->id] = (uint8_t)(i + 1);
			if (ir_is_call(v) || v->op == IR_PACKET)
				add_clobber(a, at, CALL_CLOBBERS);
			if (v->op == IR_ATOMIC_CMPXCHG)
				add_clobber(a, at - 1, EXCHANGE_CLOBBERS);
			a->uses_ld_abs |= v->op == IR_PACKET;
			at += 2;
		}
		a->block_end[b->index] = at;
		at += 2;
	}
}

/*
 * Uses
 */

/* Does the emitter read operand @i of @v after it began to write the result? */
static bool is_read_late(const struct ir_value *v, uint32_t i)
{
	switch (v->op) {
	case IR_PTR_ADD:
	case IR_SUB:
	case IR_DIV:
	case IR_MOD:
	case IR_SDIV:
	case IR_SMOD:
	case IR_SHL:
	case IR_SHR:
	case IR_SAR: return i == 1;
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG: return i == 0;
	case IR_ATOMIC_CMPXCHG: return i != 1;
	default: return false;
	}
}

/* Call @found for every use of a value that has a place. */
static void for_each_use(struct allocator *a,
			 void (*found)(struct allocator *a, const struct ir_value *v,
				       struct use use))
{
	for (struct ir_block *b = a->fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next) {
			uint32_t count;
			struct ir_value **args = ir_operands(v, &count);

			for (uint32_t i = 0; i < count; i++) {
				struct use use = { b, a->position[v->id] + is_read_late(v, i) };

				if (v->op == IR_PHI) {
					use.block = b->preds[i].from;
					use.at = a->block_end[use.block->index];
				}
				if (args[i] && !ir_is_const(args[i]) && needs_place(args[i]))
					found(a, args[i], use);
			}
		}
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			if (!ir_is_const(b->operands[i]) && needs_place(b->operands[i]))
				found(a, b->operands[i], (struct use){ b, a->block_end[b->index] });
	}
}

static void count_use(struct allocator *a, const struct ir_value *v, struct use use)
{
	(void)use;
	a->first_use[v->id + 1]++;
}

static void record_use(struct allocator *a, const struct ir_value *v, struct use use)
{
	a->uses[--a->first_use[v->id + 1]] = use;
}

/* Sort all uses by value: afterwards those of value i are uses[first_use[i + 1]] up to
 * uses[first_use[i + 2]]. */
static bool find_uses(struct allocator *a)
{
	uint32_t sum = 0, values = a->fn->value_count;

	a->first_use = arena_alloc_array(&a->scratch, values + 2, sizeof *a->first_use);
	if (!a->first_use)
		return false;
	for_each_use(a, count_use);
	for (uint32_t i = 0; i < values + 2; i++) {
		sum += a->first_use[i];
		a->first_use[i] = sum;
	}
	a->uses = arena_alloc_array(&a->scratch, sum + 1, sizeof *a->uses);
	if (!a->uses)
		return false;
	for_each_use(a, record_use);
	return true;
}

/*
 * Intervals
 */

static void widen(struct interval *i, uint32_t start, uint32_t end)
{
	if (start < i->start)
		i->start = start;
	if (end > i->end)
		i->end = end;
}

/* The value is live at the start of @b. */
static void live_at_start(struct allocator *a, struct interval *i, const struct ir_block *b,
			  uint32_t *count)
{
	if (a->seen[b->index] == i->value->id + 1)
		return;
	a->seen[b->index] = i->value->id + 1;
	widen(i, a->block_start[b->index], a->block_start[b->index]);
	a->work[(*count)++] = b;
}

static void find_live(struct allocator *a, struct interval *i)
{
	const struct ir_value *v = i->value;
	uint32_t count = 0;

	for (uint32_t u = a->first_use[v->id + 1]; u < a->first_use[v->id + 2]; u++) {
		const struct use *use = &a->uses[u];

		widen(i, use->at, use->at);
		if (use->block != v->block)
			live_at_start(a, i, use->block, &count);
	}
	while (count) {
		const struct ir_block *b = a->work[--count];

		for (uint32_t p = 0; p < b->pred_count; p++) {
			const struct ir_block *from = b->preds[p].from;

			widen(i, a->block_end[from->index], a->block_end[from->index]);
			if (from != v->block)
				live_at_start(a, i, from, &count);
		}
	}
}

static int compare_intervals(const void *x, const void *y)
{
	const struct interval *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->value->id < b->value->id ? -1 : a->value->id > b->value->id;
}

static void find_intervals(struct allocator *a)
{
	for (struct ir_block *b = a->fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first; v; v = v->next) {
			struct interval *i = &a->intervals[a->interval_count];
			uint32_t at = a->position[v->id];

			if (!needs_place(v))
				continue;
			*i = (struct interval){ v, at, at, EBPF_NO_REG, false };
			find_live(a, i);
			if (v->op == IR_PARAM)
				i->start = 1;
			/* A result that nobody reads is written all the same. */
			if (i->end == at)
				i->end = at + 1;
			a->interval_count++;
		}
	qsort(a->intervals, a->interval_count, sizeof *a->intervals, compare_intervals);
	for (uint32_t k = 0; k < a->interval_count; k++)
		a->interval_of[a->intervals[k].value->id] = k + 1;
}

/*
 * Scan
 */

/* Registers clobbered inside of @i. */
static uint16_t clobbered(const struct allocator *a, const struct interval *i)
{
	uint32_t low = 0, high = a->clobber_count;
	uint16_t regs = 0;

	while (low < high) { /* the first behind the start */
		uint32_t middle = low + (high - low) / 2;

		if (a->clobbers[middle].at > i->start)
			high = middle;
		else
			low = middle + 1;
	}
	for (; low < a->clobber_count && a->clobbers[low].at < i->end; low++) {
		regs |= a->clobbers[low].regs;
		if (regs == CALL_CLOBBERS)
			break;
	}
	return regs;
}

static uint8_t reg_of(const struct allocator *a, const struct ir_value *v)
{
	uint32_t number = v && !ir_is_const(v) ? a->interval_of[v->id] : 0;

	if (!number || a->intervals[number - 1].spilled)
		return EBPF_NO_REG;
	return a->intervals[number - 1].reg;
}

/* A register that would save a move, if one of @free does. */
static uint8_t hint(const struct allocator *a, const struct ir_value *v, uint16_t free)
{
	uint8_t reg;

	switch (v->op) {
	case IR_PARAM:
		reg = a->uses_ld_abs && v->imm == 0 ? EBPF_CONTEXT_REG : (uint8_t)(v->imm + 1);
		return free & 1 << reg ? reg : EBPF_NO_REG;
	case IR_CALL:
	case IR_KFUNC:
	case IR_CALL_FN:
	case IR_PACKET:
	case IR_ATOMIC_CMPXCHG: return free & 1 ? 0 : EBPF_NO_REG;
	case IR_LOAD:
	case IR_LOAD_SIGNED: return v == a->result && free & 1 ? 0 : EBPF_NO_REG;
	case IR_CONST:
	case IR_COPY: return EBPF_NO_REG;
	case IR_PHI:
		for (uint32_t i = 0; i < v->list_count; i++) {
			reg = reg_of(a, v->list[i]);
			if (reg != EBPF_NO_REG && free & 1 << reg)
				return reg;
		}
		return EBPF_NO_REG;
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG: reg = reg_of(a, v->args[1]); break;
	default: reg = reg_of(a, v->args[0]); break;
	}
	return reg != EBPF_NO_REG && free & 1 << reg ? reg : EBPF_NO_REG;
}

/* Those that calls clobber first: what lives across one cannot have them. */
static uint8_t choose(const struct allocator *a, const struct interval *i, uint16_t free)
{
	static const uint8_t order[REGS] = { 1, 2, 3, 4, 5, 0, 7, 8, 9, 6 };
	uint8_t reg = a->wanted[i->value->id];

	if (!reg || !(free & 1 << reg))
		reg = hint(a, i->value, free);

	for (unsigned int k = 0; k < REGS && reg == EBPF_NO_REG; k++)
		if (free & 1 << order[k])
			reg = order[k];
	return reg;
}

/* No register is free for @i: what ends last of those it competes with goes to the stack. */
static void spill_one(struct allocator *a, struct interval *i, uint16_t allowed,
		      struct interval **active, uint32_t active_count)
{
	struct interval *last = i;
	uint32_t place = 0;

	a->has_spills = true;
	for (uint32_t k = 0; k < active_count; k++)
		if (allowed & 1 << active[k]->reg && active[k]->end > last->end) {
			last = active[k];
			place = k;
		}
	last->spilled = true;
	if (last == i)
		return;
	i->reg = last->reg;
	active[place] = i;
}

/* A map that calls are given, twice at most, is named again for each rather than kept over them: that is as
 * long, and no register has to be saved for it. */
static bool is_named_again(const struct allocator *a, const struct interval *i)
{
	uint32_t id = i->value->id;

	return i->value->op == IR_MAP && a->wanted[id] &&
	       a->first_use[id + 2] - a->first_use[id + 1] <= 2 && clobbered(a, i) == CALL_CLOBBERS;
}

static void scan(struct allocator *a)
{
	struct interval *active[REGS];
	uint32_t count = 0;

	a->has_spills = false;
	for (uint32_t k = 0; k < a->interval_count; k++) {
		struct interval *i = &a->intervals[k];
		uint16_t allowed, taken = 0;
		uint32_t kept = 0;

		for (uint32_t n = 0; n < count; n++)
			if (active[n]->end > i->start) {
				active[kept++] = active[n];
				taken |= (uint16_t)(1 << active[n]->reg);
			}
		count = kept;
		i->spilled = is_named_again(a, i);
		i->reg = EBPF_NO_REG;
		if (i->spilled)
			continue;
		allowed = (uint16_t)(((1 << REGS) - 1) & ~clobbered(a, i) & ~a->reserved);
		if (i->value->op == IR_PARAM && i->value->imm == 0 && a->uses_ld_abs) {
			i->reg = EBPF_CONTEXT_REG; /* reserved for it */
			continue;
		}
		i->reg = choose(a, i, allowed & (uint16_t)~taken);
		if (i->reg == EBPF_NO_REG)
			spill_one(a, i, allowed, active, count);
		else
			active[count++] = i;
	}
}

/*
 * Stack
 */

static int take_stack(struct allocator *a, int64_t bytes, struct span span, int16_t *ret_offset)
{
	if (bytes > ISA_STACK_BYTES || a->stack + ((bytes + 7) & ~7) > ISA_STACK_BYTES) {
		diag_error(a->diag, span, "this needs more than the %d bytes of stack there are",
			   ISA_STACK_BYTES);
		return -ENOTSUP;
	}
	a->stack += (int32_t)((bytes + 7) & ~7);
	*ret_offset = (int16_t)-a->stack;
	return 0;
}

/*
 * Slots
 *
 * A slot's memory is its own from the first to the last place where its address is used, so slots whose
 * times do not meet can share.  The address goes on in what is computed from it; once it is stored in
 * memory, the slot is kept to the end.  In a loop, what one round leaves another may want.
 */

struct slot {
	const struct ir_value *value;
	uint32_t start, end;
	int32_t low, high; /* bytes below r10 */
};

struct slots {
	struct slot *list;
	uint32_t count;
	uint32_t *of; /* by value id: 1 + the number of the slot whose address it has, or 0 */
};

static bool passes_address(const struct ir_value *v)
{
	return v->op == IR_PTR_ADD || v->op == IR_COPY || v->op == IR_HIDE || v->op == IR_PHI ||
	       v->op == IR_SELECT || v->op == IR_CAST;
}

static struct slot *slot_of(const struct slots *s, const struct ir_value *v)
{
	uint32_t number = v && !ir_is_const(v) ? s->of[v->id] : 0;

	return number ? &s->list[number - 1] : NULL;
}

static void use_slot(struct slot *slot, uint32_t at)
{
	if (at < slot->start)
		slot->start = at;
	if (at > slot->end)
		slot->end = at;
}

/* @v uses the address of slot @slot as operand @i.  True if @v has an address that it had not. */
static bool follow_address(struct allocator *a, struct slots *s, struct slot *slot,
			   struct ir_value *v, uint32_t i)
{
	struct slot *has = slot_of(s, v);

	use_slot(slot, a->position[v->id]);
	if (v->op == IR_STORE && i == 1)
		use_slot(slot, UINT32_MAX);
	if (!passes_address(v) || has == slot)
		return false;
	if (has) { /* one or the other: both are kept */
		use_slot(slot, UINT32_MAX);
		use_slot(has, UINT32_MAX);
		return false;
	}
	s->of[v->id] = (uint32_t)(slot - s->list) + 1;
	return true;
}

static void follow_addresses(struct allocator *a, struct slots *s)
{
	bool changed;

	do {
		changed = false;
		for (struct ir_block *b = a->fn->entry; b; b = b->next)
			for (struct ir_value *v = b->first; v; v = v->next) {
				uint32_t count;
				struct ir_value **args = ir_operands(v, &count);

				for (uint32_t i = 0; i < count; i++) {
					struct slot *slot = slot_of(s, args[i]);

					if (slot)
						changed |= follow_address(a, s, slot, v, i);
				}
			}
	} while (changed);
}

static bool widen_over_loop(struct slots *s, uint32_t start, uint32_t end)
{
	bool changed = false;

	for (uint32_t i = 0; i < s->count; i++) {
		struct slot *slot = &s->list[i];

		if (slot->end < start || slot->start > end ||
		    (slot->start <= start && slot->end >= end))
			continue;
		use_slot(slot, start);
		use_slot(slot, end);
		changed = true;
	}
	return changed;
}

static void widen_over_loops(struct allocator *a, struct slots *s)
{
	bool changed;

	do {
		changed = false;
		for (const struct ir_block *b = a->fn->entry; b; b = b->next)
			for (uint32_t out = 0; out < ir_succ_count(b); out++) {
				uint32_t to = a->block_start[ir_succ(b, out)->index];

				if (to <= a->block_start[b->index])
					changed |= widen_over_loop(s, to, a->block_end[b->index]);
			}
	} while (changed);
}

/* The highest place where no other slot is at the same time. */
static int place_slot(struct allocator *a, const struct slots *s, uint32_t number)
{
	struct slot *slot = &s->list[number];
	int64_t bytes = (slot->value->imm + 7) & ~(int64_t)7, low = 0;

	for (uint32_t i = 0; i < number; i++) {
		const struct slot *other = &s->list[i];

		if (other->end < slot->start || other->start > slot->end || other->high <= low ||
		    other->low >= low + bytes)
			continue;
		low = other->high;
		i = UINT32_MAX; /* once more from the first */
	}
	if (slot->value->imm > ISA_STACK_BYTES || low + bytes > ISA_STACK_BYTES) {
		diag_error(a->diag, slot->value->span,
			   "this needs more than the %d bytes of stack there are", ISA_STACK_BYTES);
		return -ENOTSUP;
	}
	slot->low = (int32_t)low;
	slot->high = (int32_t)(low + bytes);
	if (slot->high > a->stack)
		a->stack = slot->high;
	a->places.of[slot->value->id].stack = (int16_t)-slot->high;
	return 0;
}

static int place_slots(struct allocator *a)
{
	struct slots s = { 0 };
	int err = 0;

	for (const struct ir_block *b = a->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			s.count += v->op == IR_SLOT;
	if (!s.count)
		return 0;
	s.list = arena_alloc_array(&a->scratch, s.count, sizeof *s.list);
	s.of = arena_alloc_array(&a->scratch, a->fn->value_count + 1, sizeof *s.of);
	if (!s.list || !s.of)
		return -ENOMEM;
	s.count = 0;
	for (const struct ir_block *b = a->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			if (v->op == IR_SLOT) {
				s.list[s.count++] =
					(struct slot){ .value = v, .start = UINT32_MAX };
				s.of[v->id] = s.count;
			}
	follow_addresses(a, &s);
	widen_over_loops(a, &s);
	for (uint32_t i = 0; i < s.count && !err; i++)
		err = place_slot(a, &s, i);
	return err;
}

/* Spilled values share a stack slot when their intervals do not meet. */
static int place_spills(struct allocator *a)
{
	enum { SLOTS = ISA_STACK_BYTES / 8 };
	uint32_t free_from[SLOTS];
	int16_t offsets[SLOTS];
	unsigned int count = 0;

	for (uint32_t k = 0; k < a->interval_count; k++) {
		const struct interval *i = &a->intervals[k];
		struct ebpf_place *place = &a->places.of[i->value->id];
		unsigned int n = 0;

		place->reg = i->spilled ? EBPF_NO_REG : i->reg;
		if (!i->spilled || ebpf_is_remade(i->value))
			continue;
		while (n < count && free_from[n] > i->start)
			n++;
		if (n == count) {
			int err = take_stack(a, 8, i->value->span, &offsets[n]);

			if (err)
				return err;
			count++;
		}
		free_from[n] = i->end + 1;
		place->stack = offsets[n];
	}
	return 0;
}

static bool begin(struct allocator *a)
{
	uint32_t values = a->fn->value_count + 1, blocks = a->fn->order_count;

	a->places.of = arena_alloc_array(a->arena, values, sizeof *a->places.of);
	a->position = arena_alloc_array(&a->scratch, values, sizeof *a->position);
	a->intervals = arena_alloc_array(&a->scratch, values, sizeof *a->intervals);
	a->interval_of = arena_alloc_array(&a->scratch, values, sizeof *a->interval_of);
	a->clobbers = arena_alloc_array(&a->scratch, values, sizeof *a->clobbers);
	a->block_start = arena_alloc_array(&a->scratch, blocks, sizeof *a->block_start);
	a->block_end = arena_alloc_array(&a->scratch, blocks, sizeof *a->block_end);
	a->seen = arena_alloc_array(&a->scratch, blocks, sizeof *a->seen);
	a->wanted = arena_alloc_array(&a->scratch, values, sizeof *a->wanted);
	a->work = arena_alloc_array(&a->scratch, blocks, sizeof *a->work);
	if (!a->places.of || !a->position || !a->intervals || !a->interval_of || !a->clobbers ||
	    !a->block_start || !a->block_end || !a->seen || !a->wanted || !a->work)
		return false;
	number(a);
	return find_uses(a);
}

int ebpf_allocate(struct ir_fn *fn, bool scratch, bool ignores_zero, struct arena *arena,
		  struct diag *diag, struct ebpf_places *ret_places)
{
	struct allocator a = { .fn = fn, .arena = arena, .diag = diag };
	int err = -ENOMEM;

	if (ignores_zero && fn->entry->end == IR_END_BRANCH)
		a.result = fn->entry->operands[0];
	if (begin(&a)) {
		find_intervals(&a);
		if (a.uses_ld_abs)
			a.reserved |= 1 << EBPF_CONTEXT_REG;
		a.places.has_scratch = scratch;
		if (scratch)
			a.reserved |= SCRATCH;
		scan(&a);
		if (a.has_spills && !scratch) {
			a.places.has_scratch = true;
			a.reserved |= SCRATCH;
			scan(&a);
		}
		err = place_slots(&a);
		if (!err)
			err = place_spills(&a);
	}
	arena_release(&a.scratch);
	if (!err)
		*ret_places = a.places;
	return err;
}
