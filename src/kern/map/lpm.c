/*
 * lpm.c - longest-prefix-match map: a path-compressed binary trie.
 *
 * A key is a number of bits (uint32_t) and the bytes that hold them, the first bit on top.  Each
 * node has a prefix; its children's prefixes are longer, and the bit after the node's own says which
 * child to go to.  Where two prefixes part, a node without a value stands in between.
 *
 *	lookup of 192.168.1.7:   (192/8) -> [192.168/15] -> (192.168/16) -> (192.168.1/24)
 *
 * A lookup visits at most one node per bit of the key, takes no lock and allocates nothing.  Writers
 * are one at a time, and each change of the trie is one store of a link, so that a reader sees it
 * before or after.  Nodes that were taken out are used again: 'version' is counted up before one is
 * written to, and a reader who finds it changed at the end starts again.
 *
 * The walk over keys is in postorder, as in Linux: it can be seen from outside.
 */
#include <errno.h>
#include <string.h>

#include "base/attr.h"
#include "base/bits.h"
#include "kern/map/kinds.h"
#include "kern/obj/lock.h"

enum {
	PREFIX_BYTES = 4, /* of the number that a key begins with */
	TRIES = 64,       /* before a reader waits for the writers */
	MOST_DEPTH = 256 * 8 + 1,
};
#define MOST_BYTES (1ull << 32) /* of nodes, and of values */

struct node {
	uint32_t child[2]; /* numbers of nodes, 0 for none; of a free node: [0] the next free one */
	uint32_t bits;
	uint32_t is_between; /* no value: two prefixes part here */
	uint8_t data[];
};

struct trie {
	struct map map;
	uint8_t *nodes;  /* number 0 is no node */
	uint8_t *values; /* of node 1 on */
	size_t node_bytes, value_bytes;
	uint32_t most_bits;
	uint32_t node_count;
	_Alignas(64) uint32_t root;
	uint32_t version;
	struct lock lock;
	uint32_t entries;
	uint32_t fresh; /* the first node that was never used */
	uint32_t free;
};

static struct trie *trie_of(struct map *map)
{
	return (struct trie *)map;
}

static struct node *node_at(const struct trie *trie, uint32_t number)
{
	return (struct node *)(void *)(trie->nodes + number * trie->node_bytes);
}

static uint8_t *value_at(const struct trie *trie, uint32_t number)
{
	return trie->values + (size_t)(number - 1) * trie->value_bytes;
}

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* --- Prefixes --- */

struct prefix {
	uint32_t bits;
	const uint8_t *data;
};

static struct prefix prefix_of(const void *key)
{
	return (struct prefix){ load_u32(key), (const uint8_t *)key + PREFIX_BYTES };
}

static uint32_t bit_at(const uint8_t *data, uint32_t bit)
{
	return __atomic_load_n(&data[bit / 8], __ATOMIC_RELAXED) >> (7 - bit % 8) & 1;
}

/* The number of first bits in which @node (of @bits) and @prefix agree. */
static uint32_t common(const struct node *node, uint32_t bits, struct prefix prefix)
{
	const uint32_t most = bits < prefix.bits ? bits : prefix.bits;
	uint32_t i = 0;

	for (; i < most; i += 8) {
		uint8_t byte = __atomic_load_n(&node->data[i / 8], __ATOMIC_RELAXED);
		unsigned int differing = (unsigned int)(byte ^ prefix.data[i / 8]);

		if (differing) {
			i += (uint32_t)__builtin_clz(differing) - 24;
			break;
		}
	}
	return i < most ? i : most;
}

/* --- Reading --- */

/* The longest prefix of @key that has a value, or 0. */
static uint32_t find_once(const struct trie *trie, struct prefix key)
{
	uint32_t number = load(&trie->root), found = 0;

	for (uint32_t depth = 0; number && depth <= trie->most_bits; depth++) {
		const struct node *node = node_at(trie, number);
		uint32_t bits = load(&node->bits), matched = common(node, bits, key);

		if (matched < bits)
			break;
		if (!load(&node->is_between))
			found = number;
		if (matched == trie->most_bits || matched == key.bits)
			break;
		number = load(&node->child[bit_at(key.data, bits)]);
	}
	return found;
}

static uint32_t find(struct trie *trie, struct prefix key)
{
	uint32_t number, version;

	for (int i = 0; i < TRIES; i++) {
		version = load(&trie->version);
		number = find_once(trie, key);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (LIKELY(__atomic_load_n(&trie->version, __ATOMIC_RELAXED) == version))
			return number;
	}
	lock_take(&trie->lock);
	number = find_once(trie, key);
	lock_drop(&trie->lock);
	return number;
}

static void *lpm_lookup(struct map *map, const void *key)
{
	struct trie *trie = trie_of(map);
	const struct prefix prefix = prefix_of(key);
	uint32_t number = prefix.bits > trie->most_bits ? 0 : find(trie, prefix);

	return number ? value_at(trie, number) : NULL;
}

/* --- Writing, under the lock --- */

static uint32_t take_node(struct trie *trie)
{
	uint32_t number = trie->free;

	if (number) {
		trie->free = node_at(trie, number)->child[0];
	} else if (trie->fresh <= trie->node_count) {
		number = trie->fresh++;
	} else {
		return 0;
	}
	store(&trie->version, trie->version + 1);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return number;
}

static void give_node(struct trie *trie, uint32_t number)
{
	if (!number)
		return;
	store(&node_at(trie, number)->child[0], trie->free);
	trie->free = number;
}

static void set_node(struct trie *trie, uint32_t number, struct prefix prefix, const void *value)
{
	struct node *node = node_at(trie, number);

	store(&node->child[0], 0);
	store(&node->child[1], 0);
	store(&node->bits, prefix.bits);
	store(&node->is_between, !value);
	for (uint32_t i = 0; i < trie->most_bits / 8; i++)
		__atomic_store_n(&node->data[i], prefix.data[i], __ATOMIC_RELAXED);
	if (value)
		memcpy(value_at(trie, number), value, trie->map.value_size);
}

/* Where the walk from the root towards a prefix ended. */
struct place {
	uint32_t *link;        /* that leads to 'number' */
	uint32_t *parent_link; /* that leads to 'parent' */
	uint32_t number, parent;
	uint32_t matched; /* bits of the node that agree with the prefix */
};

static struct place seek(struct trie *trie, struct prefix key)
{
	struct place place = { .link = &trie->root, .parent_link = &trie->root };

	while ((place.number = *place.link)) {
		struct node *node = node_at(trie, place.number);

		place.matched = common(node, node->bits, key);
		if (node->bits != place.matched || node->bits == key.bits)
			break;
		place.parent = place.number;
		place.parent_link = place.link;
		place.link = &node->child[bit_at(key.data, node->bits)];
	}
	return place;
}

static int may_add(const struct trie *trie, uint64_t flags)
{
	if (flags == MAP_EXIST)
		return -ENOENT;
	return trie->entries == trie->map.max_entries ? -ENOSPC : 0;
}

static bool is_exact(const struct trie *trie, const struct place *place)
{
	return place->number && node_at(trie, place->number)->bits == place->matched;
}

/* Put node @new of prefix @key where @place says; 0 or -ENOMEM. */
static int attach(struct trie *trie, const struct place *place, struct prefix key, uint32_t new)
{
	struct node *node = node_at(trie, place->number), *added = node_at(trie, new);
	struct node *between;
	uint32_t number;

	if (!place->number) {
		store(place->link, new);
		return 0;
	}
	if (is_exact(trie, place)) {
		store(&added->child[0], node->child[0]);
		store(&added->child[1], node->child[1]);
		store(place->link, new);
		give_node(trie, place->number);
		return 0;
	}
	if (place->matched == key.bits) {
		store(&added->child[bit_at(node->data, place->matched)], place->number);
		store(place->link, new);
		return 0;
	}
	number = take_node(trie);
	if (!number)
		return -ENOMEM;
	set_node(trie, number, (struct prefix){ place->matched, node->data }, NULL);
	between = node_at(trie, number);
	store(&between->child[bit_at(key.data, place->matched)], new);
	store(&between->child[!bit_at(key.data, place->matched)], place->number);
	store(place->link, number);
	return 0;
}

static int update(struct trie *trie, struct prefix key, const void *value, uint64_t flags)
{
	const struct place place = seek(trie, key);
	const bool has_value = is_exact(trie, &place) && !node_at(trie, place.number)->is_between;
	uint32_t new;
	int err = 0;

	if (has_value && flags == MAP_NOEXIST)
		return -EEXIST;
	if (!has_value)
		err = may_add(trie, flags);
	if (err)
		return err;
	new = take_node(trie);
	if (!new)
		return -ENOMEM;
	set_node(trie, new, key, value);
	err = attach(trie, &place, key, new);
	if (err)
		give_node(trie, new);
	else
		trie->entries += !has_value;
	return err;
}

static int lpm_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	struct trie *trie = trie_of(map);
	const struct prefix prefix = prefix_of(key);
	int err;

	if (flags > MAP_EXIST || prefix.bits > trie->most_bits)
		return -EINVAL;
	lock_take(&trie->lock);
	err = update(trie, prefix, value, flags);
	lock_drop(&trie->lock);
	return err;
}

static int detach(struct trie *trie, struct prefix key)
{
	const struct place place = seek(trie, key);
	struct node *node = node_at(trie, place.number), *parent = node_at(trie, place.parent);
	bool is_leaf;

	if (!is_exact(trie, &place) || node->bits != key.bits || node->is_between)
		return -ENOENT;
	trie->entries--;
	if (node->child[0] && node->child[1]) {
		store(&node->is_between, 1);
		return 0;
	}
	is_leaf = !node->child[0] && !node->child[1];
	if (is_leaf && place.parent && parent->is_between) {
		store(place.parent_link, parent->child[parent->child[0] == place.number]);
		give_node(trie, place.parent);
	} else {
		store(place.link, node->child[0] ? node->child[0] : node->child[1]);
	}
	give_node(trie, place.number);
	return 0;
}

static int lpm_remove(struct map *map, const void *key)
{
	struct trie *trie = trie_of(map);
	const struct prefix prefix = prefix_of(key);
	int err;

	if (prefix.bits > trie->most_bits)
		return -EINVAL;
	lock_take(&trie->lock);
	err = detach(trie, prefix);
	lock_drop(&trie->lock);
	return err;
}

/* --- Walking, under the lock --- */

/* The first in postorder of the values below @number and its own. */
static uint32_t leftmost(const struct trie *trie, uint32_t number)
{
	uint32_t found = 0;

	while (number) {
		const struct node *node = node_at(trie, number);

		if (!node->is_between)
			found = number;
		number = node->child[0] ? node->child[0] : node->child[1];
	}
	return found;
}

/* The nodes from the root to the one of @key into @path; returns their number, or 0 when it has no
 * value. */
static uint32_t path_to(const struct trie *trie, struct prefix key, uint32_t path[MOST_DEPTH])
{
	uint32_t number = trie->root, count = 0;

	while (number) {
		const struct node *node = node_at(trie, number);
		uint32_t matched = common(node, node->bits, key);

		path[count++] = number;
		if (node->bits != matched)
			return 0;
		if (node->bits == key.bits)
			return node->is_between ? 0 : count;
		number = node->child[bit_at(key.data, node->bits)];
	}
	return 0;
}

/* The number after @key's in postorder; the first when @key has no value. */
static uint32_t next_of(const struct trie *trie, struct prefix key)
{
	uint32_t path[MOST_DEPTH], count = path_to(trie, key, path);

	if (!count)
		return leftmost(trie, trie->root);
	for (count--; count > 0; count--) {
		const struct node *parent = node_at(trie, path[count - 1]);

		if (parent->child[0] == path[count] && parent->child[1])
			return leftmost(trie, parent->child[1]);
		if (!parent->is_between)
			return path[count - 1];
	}
	return 0;
}

static void copy_key(const struct trie *trie, uint32_t number, uint8_t *ret_key)
{
	const struct node *node = node_at(trie, number);

	store_u32(ret_key, node->bits);
	memcpy(ret_key + PREFIX_BYTES, node->data, trie->most_bits / 8);
}

static int lpm_next_key(struct map *map, const void *key, void *ret_next)
{
	struct trie *trie = trie_of(map);
	uint32_t number;

	lock_take(&trie->lock);
	if (!key || load_u32(key) > trie->most_bits)
		number = leftmost(trie, trie->root);
	else
		number = next_of(trie, prefix_of(key));
	if (number)
		copy_key(trie, number, ret_next);
	lock_drop(&trie->lock);
	return number ? 0 : -ENOENT;
}

/* By keys, so that @visit may delete what it is given. */
static size_t lpm_each(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
		       void *arg)
{
	uint8_t key[PREFIX_BYTES + MOST_DEPTH / 8], next[sizeof key];
	int err = lpm_next_key(map, NULL, key);
	size_t visited = 0;

	while (!err) {
		void *value;

		err = lpm_next_key(map, key, next);
		value = lpm_lookup(map, key);
		if (value) {
			visited++;
			if (!visit(arg, key, value))
				break;
		}
		memcpy(key, next, map->key_size);
	}
	return visited;
}

/* --- Making --- */

static void lpm_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct trie *trie = (const struct trie *)map;

	*ret_start = trie->values;
	*ret_bytes = trie->node_count * trie->value_bytes;
}

static void lpm_free(struct map *map)
{
	struct trie *trie = trie_of(map);

	heap_free(map->heap, trie->nodes, ((size_t)trie->node_count + 1) * trie->node_bytes);
	heap_free(map->heap, trie->values, trie->node_count * trie->value_bytes);
	map_dealloc(map, sizeof *trie);
}

const struct map_ops map_ops_LPM_TRIE = {
	.name = "lpm_trie",
	.lookup = lpm_lookup,
	.update = lpm_update,
	.remove = lpm_remove,
	.next_key = lpm_next_key,
	.each = lpm_each,
	.extent = lpm_extent,
	.free = lpm_free,
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE | MAP_BATCH_DELETE,
};

/* Twice as many nodes as entries, for those between, and one to replace another with.  Linux
 * allocates them as they come; we reserve the addresses, up to MOST_BYTES of them. */
static uint32_t nodes_for(const struct trie *trie)
{
	const size_t largest = trie->node_bytes > trie->value_bytes ? trie->node_bytes :
								      trie->value_bytes;
	const uint64_t most = MOST_BYTES / largest, want = 2 * (uint64_t)trie->map.max_entries + 1;

	return (uint32_t)(want < most ? want : most);
}

int lpm_trie_new(const struct map_spec *spec, struct map **ret_map)
{
	struct trie *trie = map_alloc(spec, &map_ops_LPM_TRIE, sizeof *trie);

	if (!trie)
		return -ENOMEM;
	trie->most_bits = (spec->key_size - PREFIX_BYTES) * 8;
	trie->node_bytes = align_up(sizeof(struct node) + trie->most_bits / 8, 8);
	trie->value_bytes = align_up(spec->value_size, 8);
	trie->node_count = nodes_for(trie);
	trie->fresh = 1;
	trie->nodes = heap_alloc(spec->heap, ((size_t)trie->node_count + 1) * trie->node_bytes);
	trie->values = heap_alloc(spec->heap, trie->node_count * trie->value_bytes);
	if (!trie->nodes || !trie->values) {
		lpm_free(&trie->map);
		return -ENOMEM;
	}
	*ret_map = &trie->map;
	return 0;
}
