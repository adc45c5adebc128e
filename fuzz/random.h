/*
 * random.h - the generators' dice: the same numbers from the same seed on every machine.
 */
#ifndef WAGGLE_FUZZ_RANDOM_H
#define WAGGLE_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"

struct dice {
	uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
static inline uint64_t dice_u64(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to n - 1; n is not 0. */
static inline uint32_t dice_below(struct dice *dice, uint32_t n)
{
	return (uint32_t)((dice_u64(dice) >> 32) * n >> 32);
}

static inline bool dice_percent(struct dice *dice, uint32_t percent)
{
	return dice_below(dice, 100) < percent;
}

/* A number near which mistakes live: edges of widths and signs, small ones, and any at all. */
static inline uint64_t dice_edge(struct dice *dice)
{
	static const uint64_t edges[] = { 0,
					  1,
					  2,
					  7,
					  8,
					  31,
					  32,
					  63,
					  64,
					  0x7f,
					  0x80,
					  0xff,
					  0x7fff,
					  0x8000,
					  0xffff,
					  INT32_MAX,
					  (uint64_t)INT32_MAX + 1,
					  UINT32_MAX,
					  (uint64_t)UINT32_MAX + 1,
					  INT64_MAX,
					  (uint64_t)INT64_MAX + 1,
					  UINT64_MAX };
	uint64_t edge = edges[dice_below(dice, ARRAY_LEN(edges))];

	switch (dice_below(dice, 8)) {
	case 0: return dice_u64(dice);
	case 1: return dice_u64(dice) >> dice_below(dice, 64);
	case 2: return 0 - edge;
	case 3: return edge + 1;
	default: return edge;
	}
}

#endif
