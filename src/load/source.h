/*
 * source.h - C programs of BPF, as objects.
 */
#ifndef WAGGLE_LOAD_SOURCE_H
#define WAGGLE_LOAD_SOURCE_H

#include "base/diag.h"
#include "base/strbuf.h"
#include "btf/btf.h"

/* Compile @path, whose @len bytes are at @text, as 'clang -target bpf' does, and append the object to @out.  A vmlinux.h that it
 * includes and does not have beside it is made of @kernel's types (NULL: there are none) and kept in
 * $XDG_CACHE_HOME/waggle (or ~/.cache/waggle).  What the compiler says is appended to @said,
 * lines of its own.  0, or a negative errno with the reason in @diag. */
int source_compile(const char *path, const char *text, size_t len, const struct btf *kernel,
		   struct diag *diag, struct strbuf *out, struct strbuf *said);

#endif
