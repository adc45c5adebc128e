/*
 * lock.c - waiting for a lock.
 */
#include "kern/obj/lock.h"

#include <sched.h>

enum { SPINS = 100 }; /* before giving the processor to the holder, who may wait for it */

uint32_t lock_self = 1;

void lock_wait(struct lock *lock)
{
	uint32_t free;

	do {
		for (int spins = 1; __atomic_load_n(&lock->holder, __ATOMIC_RELAXED); spins++)
			if (spins % SPINS == 0)
				(void)sched_yield();
		free = 0;
	} while (!__atomic_compare_exchange_n(&lock->holder, &free, lock_self, true,
					      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}
