/* map_hash.c - lookups in a hash map by connection, two of three found. */
#include "bench.h"

struct connection {
	u32 source, target;
	u16 source_port, target_port;
	u32 protocol;
};

struct data {
	struct connection wanted[128];
};
BENCH_DATA;
BENCH_MAP(HASH, struct connection, u64, 4096);

BENCH_PROGRAM
{
	u64 sum = 0;

	for (u32 i = 0; i < COUNT_OF(data.wanted); i++) {
		struct connection key = data.wanted[i];
		u64 *value = map_lookup(&key);

		sum = sum * 3 + (value ? *value : 1);
	}
	return (u32)sum;
}

BENCH_SETUP
{
	u64 seed = 13;

	for (u32 i = 0; i < 2000; i++) {
		struct connection key = {
			.source = (u32)bench_random(&seed),
			.target = (u32)bench_random(&seed),
			.source_port = (u16)bench_random(&seed),
			.target_port = 443,
			.protocol = 6,
		};
		u64 value = i;

		if (i % 3)
			(void)map_update(&key, &value);
		if (i < COUNT_OF(data.wanted))
			data.wanted[i] = key;
	}
}
