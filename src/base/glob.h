/*
 * glob.h - patterns of names: '*' is any characters, '?' one, '[a-z]' one of these, '[!a-z]' one of the
 * others.  A '[' without its ']' is itself.
 */
#ifndef WAGGLE_BASE_GLOB_H
#define WAGGLE_BASE_GLOB_H

#include <stdbool.h>

/* Does all of @text look like @pattern? */
bool glob_matches(const char *pattern, const char *text);

/* Is @pattern the only text that it matches? */
bool glob_is_plain(const char *pattern);

#endif
