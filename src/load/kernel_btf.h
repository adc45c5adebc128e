/*
 * kernel_btf.h - types that the kernel was given with programs and maps.
 */
#ifndef WAGGLE_LOAD_KERNEL_BTF_H
#define WAGGLE_LOAD_KERNEL_BTF_H

#include "btf/btf.h"
#include "sys/sys.h"

struct kernel_btf {
	struct btf *btf;
	void *data;
};

/* Those with number @id.  0 or a negative errno. */
int kernel_btf_read(const struct sys *sys, uint32_t id, struct kernel_btf *ret_types);
void kernel_btf_release(struct kernel_btf *types);

#endif
