/*
 * xz.h - unpacking data that xz(1) has packed, if liblzma is there.
 */
#ifndef WAGGLE_SYM_XZ_H
#define WAGGLE_SYM_XZ_H

#include <stddef.h>

#include "base/strbuf.h"

/* Append to @out.  0, -EINVAL for damaged data, -E2BIG beyond 256 MiB, -ENOTSUP without liblzma.  On
 * failure @out is empty. */
int xz_unpack(const void *data, size_t len, struct strbuf *out);

#endif
