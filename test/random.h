/*
 * random.h - random numbers that are the same everywhere for the same seed.
 */
#ifndef WAGGLE_TEST_RANDOM_H
#define WAGGLE_TEST_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random_source {
	uint64_t state; /* the seed; not 0 */
};

/* A number below @below.  [xorshift64*] */
static inline uint32_t pick(struct random_source *r, uint32_t below)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 0x2545f4914f6cdd1du) >> 33) % below;
}

static inline bool one_in(struct random_source *r, uint32_t n)
{
	return pick(r, n) == 0;
}

#endif
