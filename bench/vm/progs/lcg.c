/* lcg.c - 64-bit arithmetic in one long chain: a generator of random numbers. */
#include "bench.h"

struct data {
	u64 state;
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 x = data.state;

	for (int i = 0; i < 4096; i++) {
		x = x * 6364136223846793005 + 1442695040888963407;
		x ^= x >> 33;
	}
	data.state = x;
	return (u32)(x >> 32);
}

BENCH_SETUP
{
	data.state = 42;
}
