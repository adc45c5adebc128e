/*
 * lock.h - a lock that threads and processes can share, and that outlives its holders.
 *
 * The word is 0 or says who holds the lock: lock_self, which is another number in each process that
 * takes part in a shared heap.  Who waits for long asks whether the holder is still there,
 * and takes the lock from the dead (heap.h).
 */
#ifndef WAGGLE_KERN_OBJ_LOCK_H
#define WAGGLE_KERN_OBJ_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct lock {
	uint32_t holder;
};

extern uint32_t lock_self;

/* Called when the lock is not free at once. */
void lock_wait(struct lock *lock);

static inline void lock_take(struct lock *lock)
{
	uint32_t free = 0;

	if (UNLIKELY(!__atomic_compare_exchange_n(&lock->holder, &free, lock_self, false,
						  __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		lock_wait(lock);
}

static inline void lock_drop(struct lock *lock)
{
	__atomic_store_n(&lock->holder, 0, __ATOMIC_RELEASE);
}

#endif
