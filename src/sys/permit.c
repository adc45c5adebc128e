/*
 * permit.c - what the kernel allows this process.
 */
#include "sys/permit.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* capability.h of Linux before 5.8 lacks them */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF     39
#endif

/* The text of a small file, or NULL: to be freed. */
static char *read_text(const char *path)
{
	char *text = NULL;
	size_t len;

	return file_read(path, NULL, &text, &len) ? NULL : text;
}

static int read_sysctl(const char *path)
{
	char *text = read_text(path);
	int value = text ? atoi(text) : -1;

	free(text);
	return value;
}

/* The number behind @field of /proc/self/status. */
static uint64_t status_number(const char *status, const char *field, int base)
{
	const char *at = status ? strstr(status, field) : NULL;

	return at ? strtoull(at + strlen(field), NULL, base) : 0;
}

/* The mode in brackets: "none [integrity] confidentiality" */
static void read_lockdown(struct sys_permit *permit)
{
	char *text = read_text("/sys/kernel/security/lockdown");
	const char *open = text ? strchr(text, '[') : NULL;
	size_t len = open ? strcspn(open + 1, "]") : 0;

	if (open && len < sizeof permit->lockdown)
		memcpy(permit->lockdown, open + 1, len);
	free(text);
}

/* The first namespace maps all numbers to themselves. */
static bool is_in_user_namespace(void)
{
	char *text = read_text("/proc/self/uid_map");
	unsigned long inside = 0, outside = 0, count = 0;
	char *end = text;

	if (!text)
		return false;
	inside = strtoul(end, &end, 10);
	outside = strtoul(end, &end, 10);
	count = strtoul(end, &end, 10);
	free(text);
	return inside != 0 || outside != 0 || count != UINT32_MAX;
}

void sys_permit_read(struct sys_permit *ret_permit)
{
	char *status = read_text("/proc/self/status");

	*ret_permit = (struct sys_permit){
		.capabilities = status_number(status, "\nCapEff:", 16),
		.has_seccomp = status_number(status, "\nSeccomp:", 10) != 0,
		.unprivileged_bpf = read_sysctl("/proc/sys/kernel/unprivileged_bpf_disabled"),
		.perf_paranoid = read_sysctl("/proc/sys/kernel/perf_event_paranoid"),
		.kptr_restrict = read_sysctl("/proc/sys/kernel/kptr_restrict"),
		.is_in_user_namespace = is_in_user_namespace(),
	};
	read_lockdown(ret_permit);
	free(status);
}

bool sys_permit_has(const struct sys_permit *permit, unsigned int capability)
{
	return permit->capabilities >> capability & 1;
}

void sys_permit_explain(struct diag *diag)
{
	struct sys_permit permit;
	bool is_admin, has_bpf, has_perfmon;

	sys_permit_read(&permit);
	is_admin = sys_permit_has(&permit, CAP_SYS_ADMIN);
	has_bpf = is_admin || sys_permit_has(&permit, CAP_BPF);
	has_perfmon = is_admin || sys_permit_has(&permit, CAP_PERFMON);
	if (!has_bpf || !has_perfmon)
		diag_hint(diag,
			  "this process lacks %s%s%s: run it as root, or give the program those: "
			  "setcap cap_bpf,cap_perfmon+ep",
			  has_bpf ? "" : "CAP_BPF", has_bpf || has_perfmon ? "" : " and ",
			  has_perfmon ? "" : "CAP_PERFMON");
	if (!has_bpf && permit.unprivileged_bpf > 0)
		diag_hint(diag,
			  "kernel.unprivileged_bpf_disabled is %d: others may not use BPF at all",
			  permit.unprivileged_bpf);
	if (!has_perfmon && permit.perf_paranoid > 2)
		diag_hint(diag, "kernel.perf_event_paranoid is %d", permit.perf_paranoid);
	if (!strcmp(permit.lockdown, "confidentiality"))
		diag_hint(
			diag,
			"the kernel is locked down ('confidentiality'): programs may not read its memory");
	if (permit.has_seccomp)
		diag_hint(
			diag,
			"a seccomp filter is on, as in containers: it may refuse bpf(2) and perf_event_open(2)");
	if (permit.is_in_user_namespace)
		diag_hint(
			diag,
			"this is a user namespace: capabilities of the first one are what counts");
}
