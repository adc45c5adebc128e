/* map_array.c - lookups in an array map, and changes in place. */
#include "bench.h"

struct data {
	u32 indexes[256];
};
BENCH_DATA;
BENCH_MAP(ARRAY, u32, u64, 1024);

BENCH_PROGRAM
{
	u32 found = 0;

	for (u32 i = 0; i < COUNT_OF(data.indexes); i++) {
		u32 key = data.indexes[i];
		u64 *value = map_lookup(&key);

		if (!value)
			continue;
		*value += 1;
		found++;
	}
	return found;
}

BENCH_SETUP
{
	u64 seed = 12;

	for (u32 i = 0; i < COUNT_OF(data.indexes); i++)
		data.indexes[i] = (u32)(bench_random(&seed) % 1100);
}
