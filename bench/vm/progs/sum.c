/* sum.c - loads: add up 4096 words. */
#include "bench.h"

struct data {
	u64 words[4096];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 sum = 0;

	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		sum += data.words[i];
	return (u32)(sum ^ sum >> 32);
}

BENCH_SETUP
{
	u64 seed = 3;

	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		data.words[i] = bench_random(&seed);
}
