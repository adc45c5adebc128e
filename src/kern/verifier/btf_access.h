/*
 * btf_access.h - memory that types of the kernel describe: contexts, kernel objects, sockets, maps.
 */
#ifndef WAGGLE_KERN_VERIFIER_BTF_ACCESS_H
#define WAGGLE_KERN_VERIFIER_BTF_ACCESS_H

#include "kern/verifier/internal.h"

/* The context of programs whose arguments BTF describes. */
int v_btf_ctx(struct verifier *v, const struct v_access *access);
/* A field of a kernel object at @off. */
int v_btf_access(struct verifier *v, const struct v_access *access, int64_t off);
int v_btf_map_access(struct verifier *v, const struct v_access *access, int64_t off);
int v_sock_access(struct verifier *v, const struct v_access *access, int64_t off);

#endif
