/* siphash.c - more live values than registers are good for: SipHash-1-3 of 2 KiB. */
#include "bench.h"

struct data {
	u64 key[2];
	u64 words[256];
};
BENCH_DATA;

static inline u64 rotate(u64 x, u32 by)
{
	return x << by | x >> (64 - by);
}

#define SIPROUND                   \
	do {                       \
		a += b;            \
		b = rotate(b, 13); \
		b ^= a;            \
		a = rotate(a, 32); \
		c += d;            \
		d = rotate(d, 16); \
		d ^= c;            \
		a += d;            \
		d = rotate(d, 21); \
		d ^= a;            \
		c += b;            \
		b = rotate(b, 17); \
		b ^= c;            \
		c = rotate(c, 32); \
	} while (0)

BENCH_PROGRAM
{
	u64 a = data.key[0] ^ 0x736f6d6570736575, b = data.key[1] ^ 0x646f72616e646f6d;
	u64 c = data.key[0] ^ 0x6c7967656e657261, d = data.key[1] ^ 0x7465646279746573;

	for (u32 i = 0; i < COUNT_OF(data.words); i++) {
		d ^= data.words[i];
		SIPROUND;
		a ^= data.words[i];
	}
	c ^= 0xff;
	SIPROUND;
	SIPROUND;
	SIPROUND;
	a ^= b ^ c ^ d;
	return (u32)(a ^ a >> 32);
}

BENCH_SETUP
{
	u64 seed = 18;

	data.key[0] = bench_random(&seed);
	data.key[1] = bench_random(&seed);
	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		data.words[i] = bench_random(&seed);
}
