/*
 * ld_cache.c - reading /etc/ld.so.cache.
 *
 * The file has a header, entries of 24 bytes, and strings, whose offsets count from the header.  Until glibc
 * 2.32 it began with an older table, and the one that we read follows it, aligned to 8 bytes.
 * Facts: sysdeps/generic/dl-cache.h of glibc.
 */
#include "probe/ld_cache.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bits.h"

static const char new_magic[] = "glibc-ld.so.cache1.1";
static const char old_magic[] = "ld.so-1.7.0";

enum {
	NEW_HEADER_BYTES = 48,
	NEW_ENTRY_BYTES = 24,
	OLD_HEADER_BYTES = 16,
	OLD_ENTRY_BYTES = 12,
	COUNT_OFFSET = 20, /* u32, in the new header */
	OLD_COUNT_OFFSET = 12,
	KEY_OFFSET = 4, /* u32, in an entry; behind the flags */
	VALUE_OFFSET = 8,
};

/* What the flags of an entry say about libraries that this machine runs. */
#if defined(__x86_64__)
enum { NATIVE_FLAGS = 0x0303 };
#elif defined(__aarch64__)
enum { NATIVE_FLAGS = 0x0a03 };
#else
enum { NATIVE_FLAGS = 0x0003 };
#endif

struct cache {
	const char *data; /* from the new header */
	size_t len;
	uint32_t count;
};

static bool find_new_table(const char *data, size_t len, struct cache *ret_cache)
{
	size_t at = 0;

	if (len >= OLD_HEADER_BYTES && !memcmp(data, old_magic, sizeof old_magic - 1)) {
		const uint64_t count = load_u32(data + OLD_COUNT_OFFSET);

		at = align_up(OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES, 8);
	}
	if (at > len || len - at < NEW_HEADER_BYTES ||
	    memcmp(data + at, new_magic, sizeof new_magic - 1) != 0)
		return false;
	ret_cache->data = data + at;
	ret_cache->len = len - at;
	ret_cache->count = load_u32(data + at + COUNT_OFFSET);
	return ret_cache->count <= (ret_cache->len - NEW_HEADER_BYTES) / NEW_ENTRY_BYTES;
}

static const char *string_at(const struct cache *cache, uint32_t offset)
{
	if (offset >= cache->len || !memchr(cache->data + offset, '\0', cache->len - offset))
		return NULL;
	return cache->data + offset;
}

/* Is @key, "libc.so.6", what is meant by @name? */
static bool is_named(const char *key, const char *name)
{
	const size_t len = strlen(name);

	if (strncmp(name, "lib", 3) != 0 && !strncmp(key, "lib", 3))
		key += 3;
	if (strncmp(key, name, len) != 0)
		return false;
	key += len;
	return !*key || !strncmp(key, ".so", 3) ||
	       (len > 3 && !strcmp(name + len - 3, ".so") && *key == '.');
}

const char *ld_cache_find(const void *data, size_t len, const char *name)
{
	const char *best = NULL;
	struct cache cache;

	if (!*name || !find_new_table(data, len, &cache))
		return NULL;
	for (uint32_t i = 0; i < cache.count; i++) {
		const char *entry = cache.data + NEW_HEADER_BYTES + (size_t)i * NEW_ENTRY_BYTES;
		const char *key = string_at(&cache, load_u32(entry + KEY_OFFSET));
		const char *path = string_at(&cache, load_u32(entry + VALUE_OFFSET));

		if (!key || !path || !is_named(key, name))
			continue;
		if (load_u32(entry) == NATIVE_FLAGS)
			return path;
		if (!best)
			best = path;
	}
	return best;
}
