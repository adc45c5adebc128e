/*
 * ld_cache.h - where the dynamic linker finds a library: /etc/ld.so.cache of glibc.
 */
#ifndef WAGGLE_PROBE_LD_CACHE_H
#define WAGGLE_PROBE_LD_CACHE_H

#include <stddef.h>

/* The path of library @name in the @len bytes of a cache, or NULL; it is NUL-terminated and lies in @data.
 * @name is "libc.so.6", or without what follows ".so" ("libc.so", "libc"), or without "lib" ("c").  Those for
 * this machine come before others. */
const char *ld_cache_find(const void *data, size_t len, const char *name);

#endif
