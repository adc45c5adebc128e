/*
 * loop.c - bpf_loop.
 */
#include "kern/helper/helper.h"

#include <errno.h>

enum { MOST_LOOPS = 8 << 20 }; /* the kernel's BPF_MAX_LOOPS */

uint64_t helper_loop(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		     struct vm_run *run)
{
	const uint32_t count = (uint32_t)r1;

	(void)r5;
	if (r4)
		return (uint64_t)-EINVAL;
	if (count > MOST_LOOPS)
		return (uint64_t)-E2BIG;
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t args[5] = { i, r3 };
		uint64_t stop;

		if (!vm_call_back(run, r2, args, &stop))
			return 0;
		if (stop)
			return i + 1;
	}
	return count;
}
