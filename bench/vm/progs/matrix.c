/* matrix.c - the stack: multiply small matrices that live there. */
#include "bench.h"

enum { N = 4, POWERS = 16 };

struct data {
	u32 cells[N][N];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u32 base[N][N], power[N][N], next[N][N];
	u32 sum = 0;

	for (u32 i = 0; i < N; i++)
		for (u32 k = 0; k < N; k++)
			base[i][k] = power[i][k] = data.cells[i][k];
#pragma GCC unroll 1
	for (u32 n = 0; n < POWERS; n++) {
		for (u32 i = 0; i < N; i++)
			for (u32 k = 0; k < N; k++) {
				next[i][k] = 0;
				for (u32 j = 0; j < N; j++)
					next[i][k] += power[i][j] * base[j][k];
			}
		for (u32 i = 0; i < N; i++)
			for (u32 k = 0; k < N; k++)
				power[i][k] = next[i][k] ^ n;
	}
	for (u32 i = 0; i < N; i++)
		for (u32 k = 0; k < N; k++)
			sum = sum * 31 + power[i][k];
	return sum;
}

BENCH_SETUP
{
	u64 seed = 17;

	for (u32 i = 0; i < N; i++)
		for (u32 k = 0; k < N; k++)
			data.cells[i][k] = (u32)bench_random(&seed);
}
