/*
 * section.c - reading names of sections.
 */
#include "load/section.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "abi/attach_type.h"
#include "base/bits.h"
#include "base/nearest.h"

/* The system's headers may be older. */
enum { PROG_TYPE_NETFILTER = 32 };
#define BPF_PROG_TYPE_NETFILTER PROG_TYPE_NETFILTER

#define ABI_ATTACH_NONE    0
#define ABI_ATTACH_TOO_NEW TOO_NEW

enum { TOO_NEW = INT32_MAX };

static const struct {
	const char *name;
	uint32_t type, attach;
	enum load_how how;
	bool is_sleepable;
	uint32_t flags;
} rows[] = {
#define SECTION(name, type, attach, how, sleepable, flags) \
	{ name, BPF_PROG_TYPE_##type, ABI_ATTACH_##attach, LOAD_HOW_##how, sleepable, flags },
#include "load/section.def"
};

/* Does @name fit row @i?  *ret_target is what stands behind it. */
static bool fits(size_t i, const char *name, const char **ret_target)
{
	const char *row = rows[i].name;
	size_t len = strlen(row);
	const bool is_open = row[len - 1] == '+';

	if (is_open)
		len--;
	if (strncmp(name, row, len) != 0)
		return false;
	*ret_target = name + len;
	if (!name[len])
		return true;
	if (!is_open || name[len] != '/')
		return false;
	++*ret_target;
	return true;
}

static int refuse(const char *name, struct diag *diag)
{
	struct nearest search = nearest_begin(name);
	char known[ARRAY_LEN(rows)][40];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const size_t len = strcspn(rows[i].name, "+");

		memcpy(known[i], rows[i].name, len);
		known[i][len] = '\0';
		nearest_offer(&search, known[i]);
	}
	diag_error(diag, SPAN_NONE, "section '%s' does not say what kind of program it holds",
		   name);
	if (search.best)
		diag_hint(diag, "did you mean SEC(\"%s\")?", search.best);
	else
		diag_hint(diag, "sections are named as libbpf has it: SEC(\"tracepoint/syscalls/"
				"sys_enter_openat\"), SEC(\"xdp\"), SEC(\"kprobe/vfs_read\")");
	return -EINVAL;
}

int load_section_read(const char *name, struct diag *diag, struct load_section *ret_section)
{
	const bool is_optional = *name == '?';
	const char *target;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!fits(i, name + is_optional, &target))
			continue;
		if (rows[i].attach == TOO_NEW) {
			diag_error(diag, SPAN_NONE,
				   "programs of section '%s' are for kernels newer than all this "
				   "waggle knows",
				   name);
			return -EINVAL;
		}
		*ret_section = (struct load_section){
			.type = rows[i].type,
			.attach = rows[i].attach,
			.flags = rows[i].flags |
				 (rows[i].is_sleepable ? (uint32_t)BPF_F_SLEEPABLE : 0),
			.how = rows[i].how,
			.is_optional = is_optional,
			.target = target,
		};
		return 0;
	}
	return refuse(name, diag);
}
