/*
 * generate.c - write a savefile of packets made at random.
 *
 * usage: generate FILE SEED COUNT LINK [PROTOCOL [DAMAGE]]
 *
 * LINK is a link type by name ("EN10MB"), PROTOCOL a name of gen.def or "any".  DAMAGE in percent
 * is how many packets have bytes changed or are cut short (20).
 */
#include "gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"

static void put32(FILE *file, uint32_t value)
{
	(void)fwrite(&value, sizeof value, 1, file);
}

static void write_head(FILE *file, int dlt)
{
	put32(file, 0xa1b2c3d4);
	put32(file, 4 << 16 | 2); /* on a little-endian machine: version 2.4 */
	put32(file, 0);
	put32(file, 0);
	put32(file, 262144);
	put32(file, dlt_to_file(dlt));
}

/* Time goes on, at times in leaps and at times back. */
static uint64_t later(struct random_source *r, uint64_t now_us)
{
	switch (pick(r, 12)) {
	case 0: return now_us + pick(r, 100000000);
	case 1: return now_us - pick(r, 1000000);
	case 2: return now_us;
	default: return now_us + pick(r, 50000);
	}
}

int main(int argc, char **argv)
{
	static struct gen gen;
	struct random_source random = { 0 };
	uint64_t now_us = 1600000000123456;
	uint32_t damage = argc > 6 ? (uint32_t)atoi(argv[6]) : 20;
	int dlt = argc > 4 ? dlt_find(argv[4]) : -1;
	FILE *file;

	if (argc < 5 || dlt < 0) {
		fprintf(stderr, "usage: %s FILE SEED COUNT LINK [PROTOCOL [DAMAGE]]\n", argv[0]);
		return 2;
	}
	if (argc > 5 && strcmp(argv[5], "any") != 0)
		gen.only = argv[5];
	if (gen.only && !gen_knows(gen.only)) {
		fprintf(stderr, "%s: no protocol is called '%s'; they are in gen.def\n", argv[0],
			gen.only);
		return 2;
	}
	file = strcmp(argv[1], "-") == 0 ? stdout : fopen(argv[1], "wb");
	if (!file) {
		perror(argv[1]);
		return 2;
	}
	random.state = strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15 + 0x1234567;
	gen.r = &random;
	write_head(file, dlt);
	for (long n = atol(argv[3]); n > 0; n--) {
		uint32_t kept;

		gen_packet(&gen, dlt);
		kept = pick(&random, 100) < damage ? gen_mutate(&gen) : gen.len;
		now_us = later(&random, now_us);
		put32(file, (uint32_t)(now_us / 1000000));
		put32(file, (uint32_t)(now_us % 1000000));
		put32(file, kept);
		put32(file, gen.len);
		(void)fwrite(gen.data, 1, kept, file);
	}
	if (fclose(file) != 0) {
		perror(argv[1]);
		return 2;
	}
	return 0;
}
