/*
 * bits.h - unaligned loads and stores, and the few bit tricks that every part needs.
 *
 * Wire formats are read through these and never through a cast: a cast would promise an
 * alignment that files and packets do not keep.  A 'le' or 'be' in the name is the order of
 * the bytes in memory; without it, it is the machine's own.
 */
#ifndef WAGGLE_BASE_BITS_H
#define WAGGLE_BASE_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define BITS_ACCESSORS(width)                                          \
	static inline uint##width##_t load_u##width(const void *p)     \
	{                                                              \
		uint##width##_t v;                                     \
		memcpy(&v, p, sizeof v);                               \
		return v;                                              \
	}                                                              \
	static inline void store_u##width(void *p, uint##width##_t v)  \
	{                                                              \
		memcpy(p, &v, sizeof v);                               \
	}                                                              \
	static inline uint##width##_t load_le##width(const void *p)    \
	{                                                              \
		return le##width##toh(load_u##width(p));               \
	}                                                              \
	static inline uint##width##_t load_be##width(const void *p)    \
	{                                                              \
		return be##width##toh(load_u##width(p));               \
	}                                                              \
	static inline void store_le##width(void *p, uint##width##_t v) \
	{                                                              \
		store_u##width(p, htole##width(v));                    \
	}                                                              \
	static inline void store_be##width(void *p, uint##width##_t v) \
	{                                                              \
		store_u##width(p, htobe##width(v));                    \
	}

BITS_ACCESSORS(16)
BITS_ACCESSORS(32)
BITS_ACCESSORS(64)
#undef BITS_ACCESSORS

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* @n rounded up to a multiple of @align, a power of two. */
static inline size_t align_up(size_t n, size_t align)
{
	return (n + align - 1) & ~(align - 1);
}

#endif
