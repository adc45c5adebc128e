/*
 * hash.h - how hash maps lie in memory; for the files hash*.c only.
 *
 * Buckets are chains.  Everything is preallocated and linked by number, not by address: a
 * link is the number of a node (from 1), or LINK_END with the number of the bucket whose chain
 * ends there, or 0 in the head of a bucket that was never used.  So a new map is all zeroes, and
 * memory is only touched as elements come.
 *
 *	heads[bucket] -> node 7 { next, hash, key } -> node 3 -> LINK_END | bucket
 *	                  values[7]                     values[3]
 *
 * Keys and links lie apart from the values.  Programs get pointers to values, and one that is
 * not verified may write anywhere in the values' memory but must not get at the links.
 *
 * Readers take no lock:
 *
 *  1. A node's key, hash and value are written before the store that links it (release), and
 *     read after the load that finds it (acquire).
 *  2. A node that is unlinked keeps its 'next', so that a reader standing on it goes on.  When
 *     it was put into another bucket meanwhile, the reader comes to that bucket's LINK_END, sees
 *     the wrong number and starts again.  (Linux calls these lists "hlist_nulls".)
 *  3. An update never writes into a value that can be found: it fills a spare node and puts it
 *     in the place of the old one by one store.
 *
 * What is NOT promised, here as in the kernel's preallocated maps: a value pointer stays readable
 * for as long as the map lives, but once its element is deleted or replaced, the memory is given
 * to the next element that needs some, maybe with another key, while the holder still looks at it.
 *
 * Writers lock a stripe of buckets.  Each stripe owns a spare node, so that replacing an element
 * cannot fail in a full map; free nodes are in lock-free stacks, which any stripe may take from, so
 * that an insertion fails only when max_entries elements are there.
 *
 * A process that is killed leaves its locks to others (kern/obj/lock.h).  Each change is one store of
 * a link, so that chains are in order at every instant; what is lost is at most the node that
 * the dead had in hand.  Nodes are in hand only under a stripe's lock (but for those that an LRU map
 * evicts), and a stripe without a spare says so by 0 while it is being exchanged: hash_recover, holding
 * all stripes, finds the nodes that are nowhere.
 */
#ifndef WAGGLE_KERN_MAP_HASH_H
#define WAGGLE_KERN_MAP_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"
#include "kern/map/kinds.h"
#include "kern/obj/lock.h"

enum {
	HASH_STRIPES = 64, /* at most */
	HASH_FREE_STACKS = 8,
};
#define LINK_END (1u << 31)

struct hash_node {
	uint32_t next; /* a link; never 0 once the node was used */
	uint32_t hash; /* upper half of the key's hash; of a free node: the next free one, or 0 */
	uint64_t key[];
	/* LRU maps: the last byte of the node says whether it was used since the hand passed. */
};

struct hash_stripe {
	_Alignas(64) struct lock lock;
	uint32_t spare; /* a node that is in no chain */
};

/* The number of the topmost free node in the low half; a counter of changes in the high one, so
 * that a compare-and-swap notices when the same node comes back. */
struct hash_free_stack {
	_Alignas(64) uint64_t top;
};

struct hash {
	struct map map;
	uint64_t seed;
	uint32_t *heads;
	uint8_t *nodes;  /* number 0 is no node */
	uint8_t *values; /* of node 1 on */
	uint64_t node_bytes;
	uint64_t value_bytes; /* for all processors */
	uint64_t cpu_bytes;   /* for one, or 0 when they share it */
	uint32_t bucket_mask;
	uint32_t stripe_mask;
	uint32_t node_count;
	bool is_lru;
	struct hash_stripe *stripes;
	struct hash_free_stack *free_stacks;
	_Alignas(64) uint32_t fresh; /* the first node that was never used */
	uint32_t deaths;             /* of heap_deaths, that were recovered from */
	uint32_t hand;               /* LRU maps: where the search for a victim goes on */
};

static inline struct hash *hash_of(struct map *map)
{
	return (struct hash *)map;
}

static inline uint32_t hash_load(const uint32_t *link)
{
	return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static inline void hash_store(uint32_t *link, uint32_t value)
{
	__atomic_store_n(link, value, __ATOMIC_RELEASE);
}

static inline bool hash_is_node(uint32_t link)
{
	return link - 1 < LINK_END - 1;
}

static inline struct hash_node *hash_node(const struct hash *hash, uint32_t number)
{
	return (struct hash_node *)(void *)(hash->nodes + number * hash->node_bytes);
}

static inline uint8_t *hash_value(const struct hash *hash, uint32_t number)
{
	return hash->values + (number - 1) * hash->value_bytes;
}

/* Was the element used?  Kept in LRU maps only. */
static inline uint8_t *hash_used(const struct hash *hash, uint32_t number)
{
	return hash->nodes + (number + 1) * hash->node_bytes - 1;
}

static inline struct hash_stripe *hash_lock(struct hash *hash, uint32_t bucket)
{
	struct hash_stripe *stripe = &hash->stripes[bucket & hash->stripe_mask];

	lock_take(&stripe->lock);
	return stripe;
}

static inline void hash_unlock(struct hash_stripe *stripe)
{
	lock_drop(&stripe->lock);
}

/* The hash of the key that node @number has, or is just being given by another thread. */
uint64_t hash_node_key(const struct hash *hash, uint32_t number);

/* --- hash_nodes.c: nodes that are in no chain --- */

/* A node for a new element, best from stack @home, or 0 when all are in use. */
uint32_t hash_take_node(struct hash *hash, uint32_t home);
void hash_give_node(struct hash *hash, uint32_t home, uint32_t number);

/* LRU maps: take one that was not used lately out of its chain; 0 when none was found.  The
 * caller holds no lock. */
uint32_t hash_evict(struct hash *hash);

/* Shared maps: find the nodes that processes had in hand when they died, unless that was done since
 * the last one did.  True: there may be free nodes now.  The caller holds no lock. */
bool hash_recover(struct hash *hash);

#endif
