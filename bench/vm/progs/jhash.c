/* jhash.c - 32-bit rotations, which BPF has to put together: Jenkins' lookup3 of 128 keys. */
#include "bench.h"

struct data {
	u32 keys[128][3];
};
BENCH_DATA;

static inline u32 rotate(u32 x, u32 by)
{
	return x << by | x >> (32 - by);
}

BENCH_PROGRAM
{
	u32 sum = 0;

	for (u32 i = 0; i < COUNT_OF(data.keys); i++) {
		u32 a = 0xdeadbeef + 12 + data.keys[i][0];
		u32 b = 0xdeadbeef + 12 + data.keys[i][1];
		u32 c = 0xdeadbeef + 12 + data.keys[i][2];

		c = (c ^ b) - rotate(b, 14);
		a = (a ^ c) - rotate(c, 11);
		b = (b ^ a) - rotate(a, 25);
		c = (c ^ b) - rotate(b, 16);
		a = (a ^ c) - rotate(c, 4);
		b = (b ^ a) - rotate(a, 14);
		c = (c ^ b) - rotate(b, 24);
		sum = sum * 31 + c;
	}
	return sum;
}

BENCH_SETUP
{
	u64 seed = 7;

	for (u32 i = 0; i < COUNT_OF(data.keys); i++)
		for (u32 k = 0; k < 3; k++)
			data.keys[i][k] = (u32)bench_random(&seed);
}
