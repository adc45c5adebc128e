/*
 * dead.c - remove what nobody needs.
 *
 * Needs: nothing.  Keeps: blocks.  Breaks: use counts.
 *
 * Marks what is needed, starting from ends, writes, and, unless options.drop_traps, from what may
 * end the program; so circles of phis go too.
 */
#include "ir/ir_pass.h"

struct dead {
	struct ir_value **work;
	uint32_t count;
};

static void need(struct dead *d, struct ir_value *v)
{
	if (!v || !v->block || v->note)
		return;
	v->note = d;
	d->work[d->count++] = v;
}

static bool is_root(const struct ir_value *v, const struct ir_options *options)
{
	enum ir_effect effect = ir_effect(v);

	return effect == IR_WRITES || (effect == IR_TRAPS && !options->drop_traps);
}

static void mark(struct dead *d, const struct ir_fn *fn, const struct ir_options *options)
{
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next)
			if (is_root(v, options))
				need(d, v);
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			need(d, b->operands[i]);
	}
	while (d->count) {
		uint32_t count;
		struct ir_value **args = ir_operands(d->work[--d->count], &count);

		for (uint32_t i = 0; i < count; i++)
			need(d, args[i]);
	}
}

bool ir_dead(struct ir_fn *fn, const struct ir_options *options)
{
	struct arena arena = { 0 };
	struct dead d = { 0 };
	bool changed = false;

	if (!ir_order(fn))
		return false;
	d.work = arena_alloc_array(&arena, fn->value_count, sizeof *d.work);
	if (!d.work) {
		fn->failed = true;
		return false;
	}
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first; v; v = v->next)
			v->note = NULL;
	mark(&d, fn, options);
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first, *next; v; v = next) {
			next = v->next;
			if (!v->note) {
				ir_remove(v);
				changed = true;
			}
		}
	arena_release(&arena);
	return changed;
}
