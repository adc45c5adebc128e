/*
 * pin.h - objects pinned to paths: the embedded kernel's own bpffs.
 */
#ifndef WAGGLE_KERN_SYSCALL_PIN_H
#define WAGGLE_KERN_SYSCALL_PIN_H

#include "kern/syscall/kernel.h"

struct pin {
	struct pin *next;
	struct object *object; /* a reference */
	char path[];
};

void pin_free_all(struct embedded *kernel);

#endif
