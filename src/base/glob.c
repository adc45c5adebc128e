/*
 * glob.c - patterns of names.
 *
 * After a mismatch only the last '*' can take one character more: what stood before it matched as
 * early as possible.  So a match takes at most as many steps as the product of the lengths.
 */
#include "base/glob.h"

#include <stddef.h>
#include <string.h>

/* The set "[a-z]" at @set: does it have @c?  *ret_end is behind it; NULL: it has no end. */
static bool set_has(const char *set, char c, const char **ret_end)
{
	const char *p = set + 1;
	bool is_inverted = *p == '!' || *p == '^', has = false;

	if (is_inverted)
		p++;
	do {
		if (!*p) {
			*ret_end = NULL;
			return false;
		}
		if (p[1] == '-' && p[2] && p[2] != ']') {
			has |= *p <= c && c <= p[2];
			p += 3;
		} else {
			has |= *p++ == c;
		}
	} while (*p != ']');
	*ret_end = p + 1;
	return has != is_inverted;
}

/* Does the first element of @pattern, which is not '*', match @c?  *ret_next is behind it. */
static bool element_matches(const char *pattern, char c, const char **ret_next)
{
	const char *end;
	bool has;

	if (*pattern == '[') {
		has = set_has(pattern, c, &end);
		if (end) {
			*ret_next = end;
			return has;
		}
	}
	*ret_next = pattern + 1;
	return *pattern == '?' || *pattern == c;
}

bool glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL, *next;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern && element_matches(pattern, *text, &next)) {
			pattern = next;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool glob_is_plain(const char *pattern)
{
	return !pattern[strcspn(pattern, "*?[")];
}
