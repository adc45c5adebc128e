/* arena_test.c - memory that is freed all at once (the sanitizers see to the freeing). */
#include "base/arena.h"

#include <stdalign.h>
#include <string.h>

#include "../cmocka_all.h"

static void memory_is_zeroed_and_aligned(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_alloc(&arena, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_release(&arena);
	assert_null(arena.chunks);
}

static void pieces_do_not_overlap_or_move(void **state)
{
	enum { PIECES = 2000 };
	struct arena arena = { 0 };
	unsigned int *pieces[PIECES];

	(void)state;
	for (unsigned int i = 0; i < PIECES; i++) {
		pieces[i] = arena_alloc_array(&arena, i % 37 + 1, sizeof *pieces[i]);
		assert_non_null(pieces[i]);
		for (unsigned int j = 0; j <= i % 37; j++)
			pieces[i][j] = i;
	}
	for (unsigned int i = 0; i < PIECES; i++)
		for (unsigned int j = 0; j <= i % 37; j++)
			assert_int_equal(pieces[i][j], i);
	arena_release(&arena);
}

static void a_piece_may_be_larger_than_any_chunk(void **state)
{
	struct arena arena = { 0 };
	char *large = arena_alloc(&arena, 5 << 20);
	char *small = arena_alloc(&arena, 1);

	(void)state;
	assert_non_null(large);
	assert_non_null(small);
	memset(large, 1, 5 << 20);
	assert_int_equal(*small, 0);
	arena_release(&arena);
}

static void sizes_that_overflow_are_refused(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, (size_t)PTRDIFF_MAX + 1));
	assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 3));
	arena_release(&arena);
}

static void strings_are_copied_and_formatted(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_string_equal(arena_strndup(&arena, "abcdef", 3), "abc");
	assert_string_equal(arena_strndup(&arena, "", 0), "");
	assert_string_equal(arena_printf(&arena, "%s-%d", "x", 7), "x-7");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap_or_move),
		cmocka_unit_test(a_piece_may_be_larger_than_any_chunk),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(strings_are_copied_and_formatted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
