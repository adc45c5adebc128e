/* collatz.c - 32-bit arithmetic and a branch nobody can predict: Collatz sequences. */
#include "bench.h"

enum { STEPS = 128 };

struct data {
	u32 starts[16];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u32 sum = 0;

	for (u32 i = 0; i < COUNT_OF(data.starts); i++) {
		u32 n = data.starts[i];

		for (int k = 0; k < STEPS; k++) {
			if (n & 1)
				n = 3 * n + 1;
			else
				n >>= 1;
			sum += n;
		}
	}
	return sum;
}

BENCH_SETUP
{
	u64 seed = 1;

	for (u32 i = 0; i < COUNT_OF(data.starts); i++)
		data.starts[i] = (u32)bench_random(&seed) | 1;
}
