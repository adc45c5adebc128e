/* strcmp.c - byte by byte until they differ: compare names. */
#include "bench.h"

enum { NAME_BYTES = 48, NAMES = 64 };

struct data {
	char names[NAMES][NAME_BYTES];
	char wanted[NAME_BYTES];
};
BENCH_DATA;

BENCH_PROGRAM
{
	u32 result = 0;

	for (u32 n = 0; n < NAMES; n++) {
		u32 i = 0;

		while (i < NAME_BYTES - 1 && data.names[n][i] == data.wanted[i] && data.wanted[i])
			i++;
		result = result * 3 + i + (data.names[n][i] < data.wanted[i]);
	}
	return result;
}

BENCH_SETUP
{
	static const char name[] = "/usr/share/waggle/tools/biolatency.wag";
	u64 seed = 5;

	for (u32 i = 0; i < sizeof name; i++)
		data.wanted[i] = name[i];
	for (u32 n = 0; n < NAMES; n++) {
		for (u32 i = 0; i < sizeof name; i++)
			data.names[n][i] = name[i];
		if (n & 3)
			data.names[n][bench_random(&seed) % sizeof name] ^= 1;
	}
}
