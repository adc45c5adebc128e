/* switch.c - jumps by a value: a small machine's instructions, one after another. */
#include "bench.h"

struct data {
	u8 code[1024];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u64 a = 1, b = 2;

	for (u32 i = 0; i < COUNT_OF(data.code); i++) {
		switch (data.code[i]) {
		case 0: a += b; break;
		case 1: a -= b; break;
		case 2: a ^= b; break;
		case 3: b += a; break;
		case 4: b = b << 3 | 1; break;
		case 5: a = a >> 1; break;
		case 6: a *= 3; break;
		case 7: b ^= a << 7; break;
		case 8: a = ~a; break;
		case 9: b -= 5; break;
		case 10: a |= 1; break;
		case 11: b &= 0xffffffffff; break;
		default: a += 77; break;
		}
	}
	return (u32)(a ^ b ^ a >> 32);
}

BENCH_SETUP
{
	u64 seed = 8;

	for (u32 i = 0; i < COUNT_OF(data.code); i++)
		data.code[i] = (u8)(bench_random(&seed) % 13);
}
