/*
 * hash.h - FNV-1a (Fowler, Noll, Vo): for tables whose keys nobody chooses to harm us, or that stay small.
 */
#ifndef WAGGLE_BASE_HASH_H
#define WAGGLE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t hash_bytes(const void *data, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

#endif
