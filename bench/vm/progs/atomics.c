/* atomics.c - the atomic operations, nobody else near. */
#include "bench.h"

struct data {
	u64 counter;
	u64 bits;
	u64 last;
	u32 tickets;
	u32 gate;
	u64 words[64];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 sum = 0;

	data.counter = data.bits = data.last = 0;
	data.tickets = data.gate = 0;
	for (u32 i = 0; i < COUNT_OF(data.words); i++) {
		u64 word = data.words[i];

		__sync_fetch_and_add(&data.counter, word);
		sum += __sync_fetch_and_add(&data.tickets, 1);
		sum += __sync_fetch_and_or(&data.bits, word & 0xff00ff);
		sum ^= __sync_lock_test_and_set(&data.last, word);
		sum += __sync_val_compare_and_swap(&data.gate, i, i + 1);
	}
	sum ^= data.counter ^ data.bits;
	return (u32)(sum ^ sum >> 32);
}

BENCH_SETUP
{
	u64 seed = 11;

	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		data.words[i] = bench_random(&seed);
}
