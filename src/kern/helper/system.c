/*
 * system.c - helpers that tell about the machine and the process: clocks, processors, random
 * numbers, who is running.  Where the kernel tells of the task it interrupted, these tell of the
 * thread that runs the program.
 */
#include "kern/helper/helper.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kern/map/kinds.h"

/* Most helpers here take no argument. */
#define NO_ARGUMENTS(name)                                                                      \
	uint64_t helper_##name(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5, \
			       struct vm_run *run)                                              \
	{                                                                                       \
		(void)r1, (void)r2, (void)r3, (void)r4, (void)r5, (void)run;                    \
		return name();                                                                  \
	}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t ktime_get_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
NO_ARGUMENTS(ktime_get_ns)

static uint64_t ktime_get_boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}
NO_ARGUMENTS(ktime_get_boot_ns)

static uint64_t ktime_get_coarse_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE);
}
NO_ARGUMENTS(ktime_get_coarse_ns)

static uint64_t ktime_get_tai_ns(void)
{
	return clock_ns(CLOCK_TAI);
}
NO_ARGUMENTS(ktime_get_tai_ns)

/* SplitMix64 (Steele, Lea and Flood, 2014): one state per thread, seeded by the kernel.  Like the
 * kernel's prandom, it is not meant to keep secrets. */
static uint64_t get_prandom_u32(void)
{
	static _Thread_local uint64_t state;
	uint64_t z;

	if (!state && getrandom(&state, sizeof state, GRND_NONBLOCK) < 0)
		state = clock_ns(CLOCK_MONOTONIC) | 1;
	state += 0x9e3779b97f4a7c15;
	z = state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ z >> 31) >> 32);
}
NO_ARGUMENTS(get_prandom_u32)

static uint64_t get_smp_processor_id(void)
{
	return map_cpu();
}
NO_ARGUMENTS(get_smp_processor_id)

static uint64_t get_numa_node_id(void)
{
	unsigned int cpu, node = 0;

	(void)syscall(SYS_getcpu, &cpu, &node, NULL);
	return node;
}
NO_ARGUMENTS(get_numa_node_id)

static uint64_t get_current_pid_tgid(void)
{
	return (uint64_t)getpid() << 32 | (uint32_t)gettid();
}
NO_ARGUMENTS(get_current_pid_tgid)

static uint64_t get_current_uid_gid(void)
{
	return (uint64_t)getgid() << 32 | (uint32_t)getuid();
}
NO_ARGUMENTS(get_current_uid_gid)

/* The name is at most 16 bytes with its NUL; the rest of the buffer is zeroed. */
uint64_t helper_get_current_comm(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				 struct vm_run *run)
{
	const uint32_t size = (uint32_t)r2;
	char name[16] = { 0 };
	char *to = (char *)(uintptr_t)r1;

	(void)r3, (void)r4, (void)r5;
	if (!vm_check_access(run, r1, size, true))
		return 0;
	if (!size)
		return (uint64_t)-EINVAL;
	(void)prctl(PR_GET_NAME, name);
	memset(to, 0, size);
	memcpy(to, name, size < sizeof name ? size : sizeof name);
	to[size - 1] = '\0';
	return 0;
}
