/*
 * c.h - BTF as a header of C: what vmlinux.h is.
 */
#ifndef WAGGLE_BTF_C_H
#define WAGGLE_BTF_C_H

#include "base/strbuf.h"
#include "btf/btf.h"

/* Append declarations of all named types of @btf, each after what it needs.  Where several have one name, the
 * later ones get "___2" and so on behind it.  Records are marked for CO-RE (preserve_access_index) unless the
 * includer defines BPF_NO_PRESERVE_ACCESS_INDEX.  0, -ENOMEM, or -EINVAL: types contain themselves. */
int btf_to_c(const struct btf *btf, struct strbuf *out);

#endif
