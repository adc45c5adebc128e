/*
 * btf_access.c - memory that types of the kernel describe.
 */
#include "kern/verifier/btf_access.h"

#include <linux/bpf.h>
#include <stddef.h>

static int refuse_unknown(struct verifier *v, const struct v_access *access, const char *what)
{
	return v_refuse(v, VERIFIER_RULE_UNKNOWN, access->reg, "%s is not known to this verifier",
			what);
}

int v_btf_ctx(struct verifier *v, const struct v_access *access)
{
	return refuse_unknown(v, access, "this program type's context");
}

int v_btf_access(struct verifier *v, const struct v_access *access, int64_t off)
{
	(void)off;
	return refuse_unknown(v, access, "access to kernel objects");
}

int v_btf_map_access(struct verifier *v, const struct v_access *access, int64_t off)
{
	(void)off;
	return refuse_unknown(v, access, "access to the fields of maps");
}

int v_sock_access(struct verifier *v, const struct v_access *access, int64_t off)
{
	(void)off;
	return refuse_unknown(v, access, "access to sockets");
}
