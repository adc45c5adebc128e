/*
 * btf_object.h - BTF that programs and maps refer to.
 */
#ifndef WAGGLE_KERN_SYSCALL_BTF_OBJECT_H
#define WAGGLE_KERN_SYSCALL_BTF_OBJECT_H

#include "btf/btf.h"
#include "kern/syscall/kernel.h"

struct btf_object {
	struct object object;
	uint8_t *data; /* what was loaded */
	uint32_t bytes;
	struct btf *btf; /* reads from 'data' */
};

/* The one that the caller's @fd is a descriptor of, with a reference of yours: as object_find. */
int btf_object_get(const struct call *call, int fd, struct btf_object **ret_btf);

/* The types of Linux that programs are attached by, or NULL: those of the machine, which is where callers
 * find the numbers. */
const struct btf *embedded_linux_btf(struct embedded *kernel);

#endif
