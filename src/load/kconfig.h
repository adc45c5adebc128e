/*
 * kconfig.h - how the running kernel was configured, for the variables of .kconfig.
 */
#ifndef WAGGLE_LOAD_KCONFIG_H
#define WAGGLE_LOAD_KCONFIG_H

#include "base/diag.h"
#include "load/types.h"

/* The contents of .kconfig, types->config_bytes at @ret_values: what the kernel's configuration
 * (/proc/config.gz, else /boot/config-RELEASE) says of each variable, and what libbpf adds:
 * LINUX_KERNEL_VERSION, LINUX_HAS_BPF_COOKIE, LINUX_HAS_SYSCALL_WRAPPER.  Those that are not set are zero if @is_weak
 * says that they may be.  0, -ENOENT, -EINVAL, -ENOMEM. */
struct kconfig_request {
	const struct types *types;
	bool (*is_weak)(void *data, const char *name);
	void *data;
	bool has_cookie;
};
int kconfig_read(const struct kconfig_request *request, struct diag *diag, uint8_t *ret_values);

#endif
