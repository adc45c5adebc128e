/* checksum.c - byte order: the internet checksum (RFC 1071) of a packet, and its words turned. */
#include "bench.h"

struct data {
	u16 halves[748];
	u32 words[374];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 sum = 0;
	u32 turned = 0;

	for (u32 i = 0; i < COUNT_OF(data.halves); i++)
		sum += __builtin_bswap16(data.halves[i]);
	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		turned ^= __builtin_bswap32(data.words[i]) + i;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return turned ^ (u32)(~sum & 0xffff);
}

BENCH_SETUP
{
	u64 seed = 16;

	for (u32 i = 0; i < COUNT_OF(data.halves); i++)
		data.halves[i] = (u16)bench_random(&seed);
	for (u32 i = 0; i < COUNT_OF(data.words); i++)
		data.words[i] = (u32)bench_random(&seed);
}
