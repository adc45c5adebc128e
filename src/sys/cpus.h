/*
 * cpus.h - how many processors there are, for the kernel.
 */
#ifndef WAGGLE_SYS_CPUS_H
#define WAGGLE_SYS_CPUS_H

#include <stdint.h>

/* One more than the greatest number that a processor can have, also those that are not there yet: how many
 * values an element of a per-CPU map has. */
uint32_t sys_possible_cpus(void);

#endif
