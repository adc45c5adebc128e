/* gcd.c - division: Euclid's algorithm. */
#include "bench.h"

enum { MOST_STEPS = 48 };

struct data {
	u32 a[128];
	u32 b[128];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u32 sum = 0;

	for (u32 i = 0; i < COUNT_OF(data.a); i++) {
		u32 a = data.a[i], b = data.b[i];

		for (int k = 0; k < MOST_STEPS && b; k++) {
			u32 rest = a % b;

			a = b;
			b = rest;
		}
		sum += a;
	}
	return sum;
}

BENCH_SETUP
{
	u64 seed = 2;

	for (u32 i = 0; i < COUNT_OF(data.a); i++) {
		data.a[i] = (u32)bench_random(&seed) | 1;
		data.b[i] = (u32)bench_random(&seed);
	}
}
