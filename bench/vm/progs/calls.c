/* calls.c - functions of the program's own, calling each other. */
#include "bench.h"

struct data {
	u64 words[256];
};
BENCH_DATA;

static NOINLINE u64 mix(u64 a, u64 b)
{
	a ^= b << 7;
	return a + (b >> 9);
}

static NOINLINE u64 round_of(u64 state, u64 word)
{
	state = mix(state, word);
	return mix(word, state) * 5;
}

BENCH_PROGRAM
{
	u64 state = 1;

	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		state = round_of(state, data.words[i]);
	return (u32)(state ^ state >> 32);
}

BENCH_SETUP
{
	u64 seed = 10;

	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		data.words[i] = bench_random(&seed);
}
