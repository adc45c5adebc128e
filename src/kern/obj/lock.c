/*
 * lock.c - waiting for a lock, and taking it from the dead.
 */
#include "kern/obj/lock.h"

#include <sched.h>

#include "kern/obj/heap.h"

enum {
	SPINS = 100,   /* before giving the processor to the holder, who may wait for it */
	DOUBTS = 1000, /* times of that before asking whether the holder is still there */
};

uint32_t lock_self = 1;

/* Wait until the lock is free or its holder is not there any more; returns 0 or that holder. */
static uint32_t wait_for_change(const struct lock *lock)
{
	uint32_t holder;

	for (unsigned int spins = 1; (holder = __atomic_load_n(&lock->holder, __ATOMIC_RELAXED));
	     spins++) {
		if (spins % SPINS == 0)
			(void)sched_yield();
		if (spins % (SPINS * DOUBTS) == 0 && !heap_is_member(holder))
			break;
	}
	return holder;
}

void lock_wait(struct lock *lock)
{
	uint32_t holder;

	do
		holder = wait_for_change(lock);
	while (!__atomic_compare_exchange_n(&lock->holder, &holder, lock_self, true,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}
