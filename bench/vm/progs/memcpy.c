/* memcpy.c - loads and stores: copy 8 KiB, forth and back. */
#include "bench.h"

struct data {
	u64 here[1024];
	u64 there[1024];
};
BENCH_DATA;

BENCH_PROGRAM
{
	for (u32 i = 0; i < COUNT_OF(data.here); i++)
		data.there[i] = data.here[i];
	for (u32 i = 1; i < COUNT_OF(data.here); i++)
		data.here[i] = data.there[i - 1];
	data.here[0] = data.there[1023];
	return (u32)(data.here[77] ^ data.there[1000]);
}

BENCH_SETUP
{
	u64 seed = 4;

	for (u32 i = 0; i < COUNT_OF(data.here); i++)
		data.here[i] = bench_random(&seed);
}
