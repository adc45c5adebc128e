/*
 * chars.h - classes of characters, by ASCII whatever the locale is: for lexers.
 */
#ifndef WAGGLE_BASE_CHARS_H
#define WAGGLE_BASE_CHARS_H

#include <stdbool.h>

/* White space within a line. */
static inline bool char_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static inline bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A letter or '_': what a name begins with. */
static inline bool char_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The value of a hexadecimal digit, or -1. */
static inline int char_hex_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

#endif
