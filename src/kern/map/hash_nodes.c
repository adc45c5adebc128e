/*
 * hash_nodes.c - the nodes of hash maps that are in no chain, and how LRU maps get more of them.
 *
 * An LRU map that is full gives up an element that was not used lately.  A hand goes round the nodes:
 * who was used since it came by last is spared once.  (Linux keeps lists, active and inactive, which
 * each lookup's mark moves elements between; what is promised, that the recently used stay
 * and that an insertion finds room, is the same, and which element goes is not.)
 */
#include "kern/map/hash.h"

static uint32_t pop_free(struct hash *hash, struct hash_free_stack *stack)
{
	uint64_t top = __atomic_load_n(&stack->top, __ATOMIC_ACQUIRE), below;

	do {
		if (!(uint32_t)top)
			return 0;
		below = __atomic_load_n(&hash_node(hash, (uint32_t)top)->hash, __ATOMIC_RELAXED);
		below |= ((top >> 32) + 1) << 32;
	} while (!__atomic_compare_exchange_n(&stack->top, &top, below, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_ACQUIRE));
	return (uint32_t)top;
}

void hash_give_node(struct hash *hash, uint32_t home, uint32_t number)
{
	struct hash_free_stack *stack = &hash->free_stacks[home % HASH_FREE_STACKS];
	uint64_t top = __atomic_load_n(&stack->top, __ATOMIC_RELAXED), above;

	do {
		__atomic_store_n(&hash_node(hash, number)->hash, (uint32_t)top, __ATOMIC_RELAXED);
		above = ((top >> 32) + 1) << 32 | number;
	} while (!__atomic_compare_exchange_n(&stack->top, &top, above, true, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
}

static uint32_t take_fresh(struct hash *hash)
{
	uint32_t number = __atomic_load_n(&hash->fresh, __ATOMIC_RELAXED);

	do {
		if (number > hash->node_count)
			return 0;
	} while (!__atomic_compare_exchange_n(&hash->fresh, &number, number + 1, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return number;
}

uint32_t hash_take_node(struct hash *hash, uint32_t home)
{
	uint32_t number = pop_free(hash, &hash->free_stacks[home % HASH_FREE_STACKS]);

	if (!number)
		number = take_fresh(hash);
	for (uint32_t i = 1; i < HASH_FREE_STACKS && !number; i++)
		number = pop_free(hash, &hash->free_stacks[(home + i) % HASH_FREE_STACKS]);
	return number;
}

/* Take node @number out of the chain that its key belongs to, if it is there. */
static bool unlink_node(struct hash *hash, uint32_t number)
{
	const uint32_t bucket = (uint32_t)hash_node_key(hash, number) & hash->bucket_mask;
	struct hash_stripe *stripe = hash_lock(hash, bucket);
	uint32_t *link = &hash->heads[bucket];

	while (hash_is_node(*link) && *link != number)
		link = &hash_node(hash, *link)->next;
	if (*link != number) {
		hash_unlock(stripe);
		return false;
	}
	hash_store(link, hash_node(hash, number)->next);
	hash_unlock(stripe);
	return true;
}

uint32_t hash_evict(struct hash *hash)
{
	const uint64_t most = 2 * (uint64_t)hash->node_count + 2;

	for (uint64_t i = 0; i < most; i++) {
		uint32_t hand = __atomic_fetch_add(&hash->hand, 1, __ATOMIC_RELAXED);
		uint32_t number = 1 + hand % hash->node_count;
		uint8_t *used = hash_used(hash, number);

		if (__atomic_load_n(used, __ATOMIC_RELAXED))
			__atomic_store_n(used, 0, __ATOMIC_RELAXED);
		else if (unlink_node(hash, number))
			return number;
	}
	return 0;
}

/* --- Recovery --- */

static void mark(uint64_t *marks, uint32_t number)
{
	marks[number / 64] |= 1ull << number % 64;
}

static void mark_chains(const struct hash *hash, uint64_t *marks)
{
	for (uint64_t bucket = 0; bucket <= hash->bucket_mask; bucket++)
		for (uint32_t at = hash->heads[bucket]; hash_is_node(at);
		     at = hash_node(hash, at)->next)
			mark(marks, at);
}

/* A node that is nowhere becomes the spare of a stripe that lost its own, or else a free one. */
static void place_node(struct hash *hash, uint32_t number, uint32_t *stripe)
{
	while (*stripe <= hash->stripe_mask && hash->stripes[*stripe].spare)
		++*stripe;
	if (*stripe <= hash->stripe_mask)
		hash->stripes[*stripe].spare = number;
	else
		hash_give_node(hash, number, number);
}

/* With all stripes locked: find the nodes that are neither in a chain nor spare. */
static void rebuild(struct hash *hash, uint64_t *marks)
{
	const uint32_t end = hash->fresh <= hash->node_count ? hash->fresh : hash->node_count + 1;
	uint32_t stripe = 0;

	for (uint32_t i = 0; i <= hash->stripe_mask; i++)
		mark(marks, hash->stripes[i].spare);
	mark_chains(hash, marks);
	for (uint32_t i = 0; i < HASH_FREE_STACKS; i++)
		hash->free_stacks[i].top &= ~(uint64_t)UINT32_MAX;
	for (uint32_t number = 1; number < end; number++)
		if (!(marks[number / 64] >> number % 64 & 1))
			place_node(hash, number, &stripe);
}

bool hash_recover(struct hash *hash)
{
	const size_t bytes = ((size_t)hash->node_count / 64 + 1) * sizeof(uint64_t);
	const uint32_t deaths = heap_deaths(hash->map.heap);
	uint64_t *marks;

	if (deaths == __atomic_load_n(&hash->deaths, __ATOMIC_ACQUIRE))
		return false;
	marks = heap_alloc(NULL, bytes);
	if (!marks)
		return false;
	for (uint32_t i = 0; i <= hash->stripe_mask; i++)
		lock_take(&hash->stripes[i].lock);
	rebuild(hash, marks);
	__atomic_store_n(&hash->deaths, deaths, __ATOMIC_RELEASE);
	for (uint32_t i = 0; i <= hash->stripe_mask; i++)
		lock_drop(&hash->stripes[i].lock);
	heap_free(NULL, marks, bytes);
	return true;
}
