/*
 * nearest.c - edit distance by dynamic programming, three rows at a time.
 */
#include "base/nearest.h"

#include <string.h>

enum { NEAREST_MOST_LEN = 63 };

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int edit_distance(const char *a, const char *b)
{
	unsigned int rows[3][NEAREST_MOST_LEN + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = strnlen(a, NEAREST_MOST_LEN), b_len = strnlen(b, NEAREST_MOST_LEN);

	for (size_t j = 0; j <= b_len; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned int *reuse = before;

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = reuse;
	}
	return above[b_len];
}

struct nearest nearest_begin(const char *word)
{
	unsigned int len = (unsigned int)strnlen(word, NEAREST_MOST_LEN);

	/* as many edits as the word has letters would make any word of it */
	return (struct nearest){ .word = word, .distance = least((len + 2) / 3 + 1, len) };
}

void nearest_offer(struct nearest *search, const char *candidate)
{
	unsigned int distance = edit_distance(search->word, candidate);

	if (distance >= search->distance)
		return;
	search->distance = distance;
	search->best = candidate;
}
