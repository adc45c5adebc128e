/*
 * cpus.h - how many processors there are, for the kernel.
 */
#ifndef WAGGLE_BASE_CPUS_H
#define WAGGLE_BASE_CPUS_H

#include <stdint.h>

/* One more than the greatest number that a processor can have, also those that are not there yet: how many
 * values an element of a per-CPU map has. */
uint32_t cpus_possible(void);

#endif
