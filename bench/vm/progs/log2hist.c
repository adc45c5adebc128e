/* log2hist.c - what tracing tools do: count latencies by their power of two. */
#include "bench.h"

struct data {
	u64 latencies[256];
	u32 logs[256];
	u64 slots[64];
};
BENCH_DATA;

static inline u32 log2_of(u64 v)
{
	u32 log = 0;

	for (u32 shift = 32; shift; shift >>= 1)
		if (v >> shift) {
			v >>= shift;
			log += shift;
		}
	return log;
}

BENCH_PROGRAM
{
	u32 sum = 0;

	/* Two loops, for the verifier: in one it would follow each value of 'slot'. */
	for (u32 i = 0; i < COUNT_OF(data.latencies); i++)
		data.logs[i] = log2_of(data.latencies[i]);
	for (u32 i = 0; i < COUNT_OF(data.logs); i++) {
		u32 slot = data.logs[i] & 63;

		data.slots[slot]++;
		sum += slot;
	}
	return sum;
}

BENCH_SETUP
{
	u64 seed = 15;

	for (u32 i = 0; i < COUNT_OF(data.latencies); i++)
		data.latencies[i] = bench_random(&seed) >> bench_random(&seed) % 64;
}
