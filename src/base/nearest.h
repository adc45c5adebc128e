/*
 * nearest.h - 'did you mean ...?'
 */
#ifndef WAGGLE_BASE_NEAREST_H
#define WAGGLE_BASE_NEAREST_H

#include <stddef.h>
#include <stdint.h>

/* The edits (insert, delete, change or swap two neighbours) that turn @a into @b; names longer
 * than 63 bytes are compared by their first 63.  [Optimal string alignment distance.] */
unsigned int edit_distance(const char *a, const char *b);

/* A search for the candidate nearest to a word that is not among them. */
struct nearest {
	const char *word;
	const char *best;      /* NULL: none is near enough to be worth saying */
	unsigned int distance; /* of the best; candidates must be nearer */
	unsigned int word_len;
	uint64_t places[256]; /* of each letter in the word, a bit for each */
};

/* Begin a search; only candidates at most a third of the word's length away count. */
struct nearest nearest_begin(const char *word);
/* Go on with another word: what was found so far stays until something nearer to @word is offered. */
void nearest_reword(struct nearest *search, const char *word);
/* Only those at most @most edits away: what many candidates call for, and is found sooner. */
void nearest_limit(struct nearest *search, unsigned int most);
void nearest_offer(struct nearest *search, const char *candidate);

#endif
