/*
 * kernel_btf.c - reading types back from the kernel.
 */
#include "load/kernel_btf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "sys/bpf.h"

static int read_data(const struct sys *sys, int fd, struct kernel_btf *types)
{
	struct bpf_btf_info info = { 0 };
	int err = sys_btf_info(sys, fd, &info);
	const uint32_t size = info.btf_size;

	if (err)
		return err;
	types->data = malloc(size + 1);
	if (!types->data)
		return -ENOMEM;
	info = (struct bpf_btf_info){ .btf = (uint64_t)(uintptr_t)types->data, .btf_size = size };
	err = sys_btf_info(sys, fd, &info);
	return err ? err : btf_parse(types->data, size, NULL, &types->btf);
}

int kernel_btf_read(const struct sys *sys, uint32_t id, struct kernel_btf *ret_types)
{
	const int fd = sys_open_id(sys, SYS_BTF, id);
	int err;

	*ret_types = (struct kernel_btf){ 0 };
	if (fd < 0)
		return fd;
	err = read_data(sys, fd, ret_types);
	(void)sys->close(sys, fd);
	if (err)
		kernel_btf_release(ret_types);
	return err;
}

void kernel_btf_release(struct kernel_btf *types)
{
	btf_free(types->btf);
	free(types->data);
	*types = (struct kernel_btf){ 0 };
}
