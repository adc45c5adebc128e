/*
 * stacks.c - the stacks of dw_ustack.
 */
#include "run/stacks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "bundle/bundle.h"

enum { FIRST_SIZE = 256, MOST_DEPTH = 1024 };

struct run_stack {
	uint64_t number;
	const struct run_stack *same; /* the one that stands for it: maybe itself */
	uint32_t pid;
	uint32_t count;
	const uint64_t *frames;
};

static struct run_stack **number_slot(struct run_stack **table, size_t size, uint64_t number)
{
	size_t i = number & (size - 1);

	while (table[i] && table[i]->number != number)
		i = (i + 1) & (size - 1);
	return &table[i];
}

static bool has_frames(const struct run_stack *a, const struct run_stack *b)
{
	return a->pid == b->pid && a->count == b->count &&
	       !memcmp(a->frames, b->frames, a->count * sizeof *a->frames);
}

static struct run_stack **frames_slot(struct run_stack **table, size_t size,
				      const struct run_stack *stack)
{
	size_t i = (hash_bytes(stack->frames, stack->count * sizeof *stack->frames) ^ stack->pid) &
		   (size - 1);

	while (table[i] && !has_frames(table[i], stack))
		i = (i + 1) & (size - 1);
	return &table[i];
}

static int grow(struct run_stacks *stacks)
{
	size_t size = stacks->size ? 2 * stacks->size : FIRST_SIZE;
	struct run_stack **by_number = calloc(size, sizeof *by_number);
	struct run_stack **by_frames = calloc(size, sizeof *by_frames);

	if (!by_number || !by_frames) {
		free(by_number);
		free(by_frames);
		return -ENOMEM;
	}
	for (size_t i = 0; i < stacks->size; i++) {
		struct run_stack *stack = stacks->by_number[i];

		if (!stack)
			continue;
		*number_slot(by_number, size, stack->number) = stack;
		if (stack->same == stack)
			*frames_slot(by_frames, size, stack) = stack;
	}
	free(stacks->by_number);
	free(stacks->by_frames);
	stacks->by_number = by_number;
	stacks->by_frames = by_frames;
	stacks->size = size;
	return 0;
}

static const struct run_stack *find(const struct run_stacks *stacks, uint64_t number)
{
	return stacks->size ? *number_slot(stacks->by_number, stacks->size, number) : NULL;
}

/* Let @stack have the frames of the one that has the same ones; if it is the first, a copy. */
static int share_frames(struct run_stacks *stacks, struct run_stack *stack)
{
	struct run_stack **slot = frames_slot(stacks->by_frames, stacks->size, stack);
	size_t bytes = stack->count * sizeof *stack->frames;
	uint64_t *copy;

	if (*slot) {
		stack->same = *slot;
		stack->frames = stack->same->frames;
		return 0;
	}
	copy = arena_alloc(&stacks->arena, bytes);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, stack->frames, bytes);
	stack->frames = copy;
	stack->same = *slot = stack;
	return 0;
}

int run_stacks_add(struct run_stacks *stacks, struct sym *sym, const struct run_snapshot *snapshot,
		   uint32_t depth)
{
	uint64_t frames[MOST_DEPTH];
	struct run_stack *stack;
	int err;

	if (find(stacks, snapshot->number))
		return 0;
	if (2 * stacks->count >= stacks->size && grow(stacks))
		return -ENOMEM;
	stack = arena_alloc(&stacks->arena, sizeof *stack);
	if (!stack)
		return -ENOMEM;
	stack->number = snapshot->number;
	stack->pid = snapshot->pid;
	stack->frames = frames;
	stack->count = sym_unwind(sym, snapshot->pid, &snapshot->registers, snapshot->stack,
				  snapshot->bytes, frames, depth < MOST_DEPTH ? depth : MOST_DEPTH);
	err = share_frames(stacks, stack);
	if (err)
		return err;
	*number_slot(stacks->by_number, stacks->size, stack->number) = stack;
	stacks->count++;
	return 0;
}

int run_stacks_frames(const struct run_stacks *stacks, uint64_t number, uint64_t *ret_frames,
		      uint32_t most)
{
	const struct run_stack *stack = find(stacks, number);

	if (!stack)
		return -ENOENT;
	if (most > stack->count)
		most = stack->count;
	memcpy(ret_frames, stack->frames, most * sizeof *ret_frames);
	return (int)most;
}

bool run_stacks_has(const struct shape *shape)
{
	if (shape->kind == SHAPE_USTACK)
		return shape->map == BUNDLE_NONE;
	if (shape->kind == SHAPE_ARRAY)
		return run_stacks_has(shape->of);
	for (uint32_t i = 0; shape->fields && i < shape->count; i++)
		if (run_stacks_has(shape->fields[i].shape))
			return true;
	return false;
}

void run_stacks_unify(const struct run_stacks *stacks, const struct shape *shape, uint8_t *value)
{
	const struct run_stack *stack;

	if (!run_stacks_has(shape))
		return;
	if (shape->kind == SHAPE_USTACK) {
		stack = find(stacks, load_u64(value));
		if (stack)
			store_u64(value, stack->same->number);
	} else if (shape->kind == SHAPE_ARRAY) {
		for (uint32_t i = 0; i < shape->count; i++)
			run_stacks_unify(stacks, shape->of, value + (size_t)i * shape->of->size);
	} else {
		for (uint32_t i = 0; i < shape->count; i++)
			run_stacks_unify(stacks, shape->fields[i].shape,
					 value + shape->fields[i].offset);
	}
}

void run_stacks_release(struct run_stacks *stacks)
{
	free(stacks->by_number);
	free(stacks->by_frames);
	arena_release(&stacks->arena);
	*stacks = (struct run_stacks){ 0 };
}
