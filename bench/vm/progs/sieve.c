/* sieve.c - byte stores at a stride: the primes below 4096. */
#include "bench.h"

enum { LIMIT = 4096 };

struct data {
	u8 composite[LIMIT];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u32 primes = 0;

	for (u32 i = 2; i < LIMIT; i++)
		data.composite[i] = 0;
	for (u32 p = 2; p * p < LIMIT; p++) {
		if (data.composite[p])
			continue;
		for (u32 i = p * p; i < LIMIT; i += p)
			data.composite[i] = 1;
	}
	for (u32 i = 2; i < LIMIT; i++)
		primes += !data.composite[i];
	return primes;
}

BENCH_SETUP
{
}
