/* map_update.c - updates of a hash map's elements. */
#include "bench.h"

struct data {
	u32 keys[128];
};
BENCH_DATA;
BENCH_MAP(HASH, u32, u64, 1024);

BENCH_PROGRAM
{
	u32 failed = 0;

	for (u32 i = 0; i < COUNT_OF(data.keys); i++) {
		u32 key = data.keys[i];
		u64 value = key ^ i;

		failed += map_update(&key, &value) != 0;
	}
	return failed;
}

BENCH_SETUP
{
	u64 seed = 14;

	for (u32 i = 0; i < COUNT_OF(data.keys); i++) {
		u64 value = 0;

		data.keys[i] = (u32)bench_random(&seed);
		(void)map_update(&data.keys[i], &value);
	}
}
