/* fnv.c - a byte and a multiplication at a time: the FNV-1a hash of 4 KiB. */
#include "bench.h"

struct data {
	u8 bytes[4096];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 hash = 14695981039346656037ull;

	for (u32 i = 0; i < COUNT_OF(data.bytes); i++)
		hash = (hash ^ data.bytes[i]) * 1099511628211;
	return (u32)(hash ^ hash >> 32);
}

BENCH_SETUP
{
	u64 seed = 6;

	for (u32 i = 0; i < COUNT_OF(data.bytes); i++)
		data.bytes[i] = (u8)bench_random(&seed);
}
