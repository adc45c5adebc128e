/*
 * permit.h - what the kernel allows this process, and why not more.
 *
 * Capabilities, sysctls, lockdown and seccomp: where a refusal (EPERM, EACCES) comes from.
 */
#ifndef WAGGLE_SYS_PERMIT_H
#define WAGGLE_SYS_PERMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct sys_permit {
	uint64_t capabilities; /* effective ones: bits 1 << CAP_* */
	int unprivileged_bpf;  /* kernel.unprivileged_bpf_disabled; -1: there is no such sysctl */
	int perf_paranoid;     /* kernel.perf_event_paranoid; -1 */
	int kptr_restrict;     /* kernel.kptr_restrict; -1 */
	char lockdown[32];     /* "none", "integrity", "confidentiality"; "": the kernel has none */
	bool has_seccomp;      /* a filter of system calls is on */
	bool is_in_user_namespace; /* not the first one: capabilities count less */
};

void sys_permit_read(struct sys_permit *ret_permit);

bool sys_permit_has(const struct sys_permit *permit, unsigned int capability);

/* After a message about a refusal: hints of what is missing and how to get it. */
void sys_permit_explain(struct diag *diag);

#endif
