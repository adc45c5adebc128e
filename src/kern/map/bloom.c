/*
 * bloom.c - bloom filters: was this value ever pushed?  'No' is certain, 'yes' is probable.
 *
 * map_extra says how many bits a value sets (5 when it is 0).  The bits for n values with k hashes
 * are n * k / ln 2, and Linux takes 7/5 for 1 / ln 2 and the next power of two; so do we, since the
 * rate of wrong answers follows from it.
 */
#include <errno.h>
#include <sys/random.h>

#include "base/bits.h"
#include "kern/map/kinds.h"

enum { HASHES = 5, MOST_HASHES = 15 };

struct bloom {
	struct map map;
	uint64_t *words;
	size_t bytes;
	uint64_t seed;
	uint32_t mask; /* number of bits, less one */
	uint32_t hashes;
};

static struct bloom *bloom_of(struct map *map)
{
	return (struct bloom *)map;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product =
		(unsigned __int128)(a ^ 0xb504f333f9de6485) * (b ^ 0x9e3779b97f4a7c15);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two numbers make as many hashes as are wanted: first + i * second. */
struct pair {
	uint32_t first, second;
};

static struct pair hash_value(const struct bloom *bloom, const uint8_t *value)
{
	uint32_t size = bloom->map.value_size;
	uint64_t h = bloom->seed ^ size, tail = 0;

	for (; size >= 8; size -= 8, value += 8)
		h = mix(h, load_u64(value));
	memcpy(&tail, value, size);
	h = mix(h, tail);
	return (struct pair){ (uint32_t)h, (uint32_t)(h >> 32) | 1 };
}

static int bloom_push(struct map *map, const void *value, uint64_t flags)
{
	struct bloom *bloom = bloom_of(map);
	struct pair pair = hash_value(bloom, value);

	if (flags != MAP_ANY)
		return -EINVAL;
	for (uint32_t i = 0; i < bloom->hashes; i++, pair.first += pair.second) {
		uint32_t bit = pair.first & bloom->mask;

		(void)__atomic_fetch_or(&bloom->words[bit / 64], 1ull << bit % 64,
					__ATOMIC_RELAXED);
	}
	return 0;
}

static int bloom_peek(struct map *map, void *value)
{
	struct bloom *bloom = bloom_of(map);
	struct pair pair = hash_value(bloom, value);

	for (uint32_t i = 0; i < bloom->hashes; i++, pair.first += pair.second) {
		uint32_t bit = pair.first & bloom->mask;

		if (!(__atomic_load_n(&bloom->words[bit / 64], __ATOMIC_RELAXED) >> bit % 64 & 1))
			return -ENOENT;
	}
	return 0;
}

static int bloom_pop(struct map *map, void *ret_value)
{
	(void)map, (void)ret_value;
	return -EOPNOTSUPP;
}

static int bloom_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EOPNOTSUPP;
}

static int bloom_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map, (void)key, (void)ret_next;
	return -EOPNOTSUPP;
}

static void bloom_free(struct map *map)
{
	heap_free(map->heap, bloom_of(map)->words, bloom_of(map)->bytes);
	map_dealloc(map, sizeof(struct bloom));
}

const struct map_ops map_ops_BLOOM_FILTER = {
	.name = "bloom_filter",
	.lookup = map_lookup_nothing,
	.update = map_update_refused,
	.remove = bloom_remove,
	.next_key = bloom_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = bloom_free,
	.push = bloom_push,
	.pop = bloom_pop,
	.peek = bloom_peek,
};

/* The number of bits, less one: a power of two from 64, or all that 32 bits can say. */
static uint32_t mask_for(uint64_t entries, uint64_t hashes)
{
	const uint64_t product = entries * hashes, bits = product / 5 * 7;

	if (product > UINT32_MAX || bits > 1ull << 31)
		return UINT32_MAX;
	return bits <= 64 ? 63 : (uint32_t)((1ull << (64 - __builtin_clzll(bits - 1))) - 1);
}

int bloom_filter_new(const struct map_spec *spec, struct map **ret_map)
{
	struct bloom *bloom;

	if (spec->extra > MOST_HASHES)
		return -EINVAL;
	bloom = map_alloc(spec, &map_ops_BLOOM_FILTER, sizeof *bloom);
	if (!bloom)
		return -ENOMEM;
	bloom->hashes = spec->extra ? (uint32_t)spec->extra : HASHES;
	bloom->mask = mask_for(spec->max_entries, bloom->hashes);
	bloom->bytes = ((size_t)bloom->mask + 1) / 8;
	if (!(spec->flags & MAP_F_ZERO_SEED))
		(void)!getrandom(&bloom->seed, sizeof bloom->seed, GRND_NONBLOCK);
	bloom->words = heap_alloc(spec->heap, bloom->bytes);
	if (!bloom->words) {
		bloom_free(&bloom->map);
		return -ENOMEM;
	}
	*ret_map = &bloom->map;
	return 0;
}
