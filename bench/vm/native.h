/*
 * native.h - what a natively compiled program of progs/ is to vm_bench.c.
 */
#ifndef WAGGLE_BENCH_VM_NATIVE_H
#define WAGGLE_BENCH_VM_NATIVE_H

#include <stddef.h>
#include <stdint.h>

#include "kern/map/kinds.h"

struct bench_native {
	uint32_t (*run)(void);
	void (*setup)(void);
	void *data;
	size_t data_bytes;
	struct map **table;          /* to be set to a map like *spec before setup() */
	const struct map_spec *spec; /* type 0: the program has no map */
};

#endif
