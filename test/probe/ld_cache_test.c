/*
 * ld_cache_test.c - finding libraries in caches that are made here.
 */
#include "probe/ld_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/strbuf.h"
#include "test/cmocka_all.h"

#if defined(__x86_64__)
enum { NATIVE = 0x0303, OTHER = 0x0003 };
#else
enum { NATIVE = 0x0a03, OTHER = 0x0303 };
#endif

struct library {
	uint32_t flags;
	const char *name;
	const char *path;
};

static const struct library libraries[] = {
	{ OTHER, "libc.so.6", "/lib32/libc.so.6" },
	{ NATIVE, "libc.so.6", "/lib64/libc.so.6" },
	{ NATIVE, "libcap.so.2", "/lib64/libcap.so.2" },
	{ OTHER, "libold.so.1", "/lib32/libold.so.1" },
	{ NATIVE, "ld-linux.so", "/lib64/ld-linux.so" },
};

static void put_u32(struct strbuf *out, uint32_t value)
{
	strbuf_add(out, &value, sizeof value);
}

/* A cache as glibc writes it, behind @before entries of the old form. */
static void make_cache(struct strbuf *out, uint32_t before)
{
	struct strbuf strings = { 0 };
	const uint32_t text = 48 + 24 * ARRAY_LEN(libraries);
	const char zeroes[32] = { 0 };

	if (before) {
		strbuf_add(out, "ld.so-1.7.0", 12);
		put_u32(out, before);
		for (uint32_t i = 0; i < before; i++)
			strbuf_add(out, zeroes, 12);
		strbuf_add(out, zeroes, align_up(out->len, 8) - out->len);
	}
	strbuf_puts(out, "glibc-ld.so.cache1.1");
	put_u32(out, ARRAY_LEN(libraries));
	strbuf_add(out, zeroes, 24);
	for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
		put_u32(out, libraries[i].flags);
		put_u32(out, text + (uint32_t)strings.len);
		strbuf_add(&strings, libraries[i].name, strlen(libraries[i].name) + 1);
		put_u32(out, text + (uint32_t)strings.len);
		strbuf_add(&strings, libraries[i].path, strlen(libraries[i].path) + 1);
		strbuf_add(out, zeroes, 12);
	}
	strbuf_add(out, strings.data, strings.len);
	strbuf_release(&strings);
}

static void expect(const struct strbuf *cache, const char *name, const char *path)
{
	const char *found = ld_cache_find(cache->data, cache->len, name);

	if (!path)
		assert_null(found);
	else
		assert_string_equal(found, path);
}

static void check_names(uint32_t before)
{
	struct strbuf cache = { 0 };

	make_cache(&cache, before);
	expect(&cache, "libc.so.6", "/lib64/libc.so.6");
	expect(&cache, "libc.so", "/lib64/libc.so.6");
	expect(&cache, "libc", "/lib64/libc.so.6");
	expect(&cache, "c", "/lib64/libc.so.6");
	expect(&cache, "cap", "/lib64/libcap.so.2");
	expect(&cache, "libold", "/lib32/libold.so.1");
	expect(&cache, "ld-linux", "/lib64/ld-linux.so");
	expect(&cache, "libca", NULL);
	expect(&cache, "lib", NULL);
	expect(&cache, "", NULL);
	strbuf_release(&cache);
}

static void test_names(void **state)
{
	(void)state;
	check_names(0);
	check_names(3);
}

/* A file that is cut off anywhere. */
static void test_short(void **state)
{
	struct strbuf cache = { 0 };

	(void)state;
	make_cache(&cache, 1);
	for (size_t len = 0; len < cache.len; len++) {
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, cache.data, len);
		(void)ld_cache_find(copy, len, "ld-linux");
		free(copy);
	}
	strbuf_release(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
