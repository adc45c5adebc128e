/*
 * cbpf_assemble.c - from the chosen instructions of blocks to one filter.
 *
 * Jumps go forward, and conditional ones by 255 instructions at most; so blocks are put from the last
 * instruction to the first, when what a jump goes to has its place already.  When a target is farther, an
 * island is put behind the jump: a copy of the target if it is a 'ret #k', else a jump.
 */
#include "ir/cbpf_write.h"

#include <errno.h>
#include <string.h>

enum { REACH = 255 }; /* of conditional jumps */

static void put(struct cbpf_writer *e, enum cbpf_op op, uint32_t k, uint32_t jt, uint32_t jf)
{
	if (e->out_count == e->out_size) {
		uint32_t size = e->out_size * 2 + 64;
		struct cbpf_insn *out = arena_alloc_array(&e->arena, size, sizeof *out);

		if (!out) {
			e->err = -ENOMEM;
			return;
		}
		if (e->out_count)
			memcpy(out, e->out, e->out_count * sizeof *out);
		e->out = out;
		e->out_size = size;
	}
	e->out[e->out_count++] =
		(struct cbpf_insn){ cbpf_ops[op].code, (uint8_t)jt, (uint8_t)jf, k };
}

/* Instructions to skip from the next one put to where @at were behind. */
static uint32_t distance(const struct cbpf_writer *e, uint32_t at)
{
	return e->out_count - at;
}

/* Where a jump to @b is to go: not to blocks that only jump on. */
static const struct ir_block *destination(const struct cbpf_writer *e, const struct ir_block *b)
{
	while (e->codes[b->index].is_empty)
		b = b->to[0];
	return b;
}

/* Can a jump from @b to @to go behind the first instruction there? */
static bool skips_first(const struct cbpf_writer *e, const struct ir_block *b,
			const struct ir_block *to)
{
	const struct cbpf_code *c = &e->codes[to->index];

	return c->first_loads != CBPF_NOTHING && e->codes[b->index].end.a == c->first_loads;
}

/* Put an island for jumps to @to, if a jump put after @more other instructions could not reach. */
static void reach(struct cbpf_writer *e, const struct ir_block *to, bool skips, uint32_t more)
{
	struct cbpf_code *c = &e->codes[to->index];

	if (c->near[skips] && distance(e, c->near[skips]) + more <= REACH)
		return;
	if (c->is_constant)
		put(e, CBPF_RET_K, c->jump_k, 0, 0);
	else
		put(e, CBPF_JA, distance(e, c->near[skips]), 0, 0);
	c->near[skips] = e->out_count;
}

/* Does @b only jump, its stores being of no use? */
static void find_empty(struct cbpf_writer *e, const struct ir_block *b)
{
	struct cbpf_code *c = &e->codes[b->index];

	c->is_empty = b->end == IR_END_JUMP && b != e->fn->entry;
	for (uint32_t i = 0; i < c->count; i++)
		if (c->insns[i].stored == CBPF_NOTHING || e->loaded[c->insns[i].stored])
			c->is_empty = false;
}

static void put_branch(struct cbpf_writer *e, const struct ir_block *b)
{
	const struct cbpf_code *c = &e->codes[b->index];
	const struct ir_block *yes = destination(e, b->to[c->swapped]);
	const struct ir_block *no = destination(e, b->to[!c->swapped]);
	bool skips_yes = skips_first(e, b, yes), skips_no = skips_first(e, b, no);

	/* An island for one pushes the other away by one. */
	reach(e, no, skips_no, 1);
	reach(e, yes, skips_yes, 0);
	put(e, c->jump, c->jump_k, distance(e, e->codes[yes->index].near[skips_yes]),
	    distance(e, e->codes[no->index].near[skips_no]));
}

static void put_jump(struct cbpf_writer *e, const struct ir_block *b)
{
	const struct ir_block *to = destination(e, b->to[0]);
	const struct cbpf_code *c = &e->codes[to->index];
	bool skips;

	if (c->near[0] && c->near[0] == e->out_count)
		return; /* it comes next */
	if (c->is_constant) {
		put(e, CBPF_RET_K, c->jump_k, 0, 0);
		return;
	}
	skips = skips_first(e, b, to);
	if (c->near[skips] != e->out_count)
		put(e, CBPF_JA, distance(e, c->near[skips]), 0, 0);
}

static void put_block(struct cbpf_writer *e, const struct ir_block *b)
{
	struct cbpf_code *c = &e->codes[b->index];

	if ((c->is_constant && b != e->fn->entry) || c->is_empty)
		return;
	switch (b->end) {
	case IR_END_RETURN:
		if (ir_is_const(b->operands[0]))
			put(e, CBPF_RET_K, c->jump_k, 0, 0);
		else
			put(e, CBPF_RET_A, 0, 0, 0);
		break;
	case IR_END_JUMP: put_jump(e, b); break;
	default: put_branch(e, b); break;
	}
	for (uint32_t i = c->count; i-- > 0;) {
		const struct cbpf_chosen *insn = &c->insns[i];

		if (i == 0)
			c->near[1] = e->out_count;
		if (insn->stored == CBPF_NOTHING || e->loaded[insn->stored])
			put(e, insn->op, insn->k, 0, 0);
	}
	c->near[0] = e->out_count;
}

/* The cells that Linux would say are loaded without having been stored to.  Its check goes through the
 * program once and lets what it knows flow through a 'ret' into the next instruction, as if that could
 * be reached so; it is we who must please it. */
static uint16_t find_doubted_cells(struct cbpf_writer *e)
{
	uint16_t *masks = arena_alloc_array(&e->arena, e->out_count, sizeof *masks);
	uint16_t valid = 0, doubted = 0;

	if (!masks) {
		e->err = -ENOMEM;
		return 0;
	}
	memset(masks, 0xff, e->out_count * sizeof *masks);
	for (uint32_t i = 0; i < e->out_count; i++) {
		const struct cbpf_insn *insn = &e->out[e->out_count - 1 - i];

		valid &= masks[i];
		switch (cbpf_decode(insn->code)) {
		case CBPF_ST:
		case CBPF_STX: valid |= (uint16_t)(1u << insn->k); break;
		case CBPF_LD_MEM:
		case CBPF_LDX_MEM: doubted |= (uint16_t)(~valid & 1u << insn->k); break;
		case CBPF_JA:
			masks[i + 1 + insn->k] &= valid;
			valid = UINT16_MAX;
			break;
		default:
			if (!insn->jt && !insn->jf)
				break;
			masks[i + 1 + insn->jt] &= valid;
			masks[i + 1 + insn->jf] &= valid;
			valid = UINT16_MAX;
			break;
		}
	}
	return doubted;
}

static int finish(struct cbpf_writer *e, struct ir_cbpf *ret_cbpf)
{
	uint16_t doubted = find_doubted_cells(e);
	struct cbpf_insn *insns;

	for (uint32_t i = 0; i < CBPF_CELLS; i++)
		if (doubted & 1u << i)
			put(e, CBPF_ST, i, 0, 0);
	insns = arena_alloc_array(e->fn->arena, e->out_count, sizeof *insns);
	if (!insns || e->err)
		return -ENOMEM;
	for (uint32_t i = 0; i < e->out_count; i++)
		insns[i] = e->out[e->out_count - 1 - i];
	*ret_cbpf = (struct ir_cbpf){ insns, e->out_count };
	return 0;
}

int cbpf_join_blocks(struct cbpf_writer *e, struct ir_cbpf *ret_cbpf)
{
	for (struct ir_block *b = e->fn->entry; b; b = b->next)
		find_empty(e, b);
	for (const struct ir_block *b = e->fn->last; b && !e->err; b = b->prev)
		put_block(e, b);
	return e->err ? e->err : finish(e, ret_cbpf);
}
