/*
 * nearest.c - edit distance, a column of the matrix at a time, each cell two bits of a word.
 *
 * Dynamic programming fills a matrix: D[i][j] are the edits between the first i letters of the word and the first j of
 * the candidate.  Cells that are neighbours differ by one at most, so a column is kept as two words, where it
 * rises and where it falls from one row to the next, and the next column is made of it by a dozen operations on
 * all rows at once.  Only the cell of the last row is kept as a number.  (G. Myers, A fast bit-vector algorithm for
 * approximate string matching, 1999; with neighbours that are swapped: H. Hyyrö, 2003.)
 *
 * That cell falls by one for each letter that is left, at most: where this is not enough, the candidate is given up.
 * Of a hundred thousand names most are after a few letters.
 */
#include "base/nearest.h"

#include <string.h>

enum { NEAREST_MOST_LEN = 63 };

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Note at which places of @word each letter is. */
static void note_places(struct nearest *search, const char *word)
{
	search->word_len = (unsigned int)strnlen(word, NEAREST_MOST_LEN);
	for (unsigned int i = 0; i < search->word_len; i++)
		search->places[(unsigned char)word[i]] |= UINT64_C(1) << i;
}

/* The distance of the word to @text; or something not below @limit, when it is not. */
static unsigned int distance_below(const struct nearest *search, const char *text,
				   unsigned int limit)
{
	const unsigned int text_len = (unsigned int)strnlen(text, NEAREST_MOST_LEN);
	uint64_t rises = UINT64_MAX, falls = 0; /* of the column, from the row above */
	uint64_t diagonal = 0,
		 before = 0; /* where D[i][j] == D[i-1][j-1]; places of the last letter */
	unsigned int distance = search->word_len;

	if (!search->word_len)
		return text_len;
	if (text_len >= search->word_len + limit) /* too many to insert */
		return limit;
	for (unsigned int j = 0; j < text_len; j++) {
		const uint64_t equal = search->places[(unsigned char)text[j]];
		const uint64_t swapped = (~diagonal & equal) << 1 & before;
		uint64_t right_rises, right_falls; /* from the column before */

		if (distance >= limit + (text_len - j))
			return distance;
		diagonal = (((equal & rises) + rises) ^ rises) | equal | falls | swapped;
		right_rises = falls | ~(diagonal | rises);
		right_falls = diagonal & rises;
		distance += (unsigned int)(right_rises >> (search->word_len - 1) & 1);
		distance -= (unsigned int)(right_falls >> (search->word_len - 1) & 1);
		right_rises = right_rises << 1 | 1; /* the row of no letters rises always */
		rises = right_falls << 1 | ~(diagonal | right_rises);
		falls = right_rises & diagonal;
		before = equal;
	}
	return distance;
}

unsigned int edit_distance(const char *a, const char *b)
{
	struct nearest search = { 0 };

	note_places(&search, a);
	return distance_below(&search, b, NEAREST_MOST_LEN + 1);
}

struct nearest nearest_begin(const char *word)
{
	struct nearest search = { .word = word };

	note_places(&search, word);
	/* as many edits as the word has letters would make any word of it */
	search.distance = least((search.word_len + 2) / 3 + 1, search.word_len);
	return search;
}

void nearest_reword(struct nearest *search, const char *word)
{
	memset(search->places, 0, sizeof search->places);
	search->word = word;
	note_places(search, word);
}

void nearest_limit(struct nearest *search, unsigned int most)
{
	search->distance = least(search->distance, most + 1);
}

void nearest_offer(struct nearest *search, const char *candidate)
{
	const unsigned int distance = distance_below(search, candidate, search->distance);

	if (distance >= search->distance)
		return;
	search->distance = distance;
	search->best = candidate;
}
