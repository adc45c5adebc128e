/*
 * intern.h - each text kept once: equal texts are equal pointers.
 */
#ifndef WAGGLE_SYM_INTERN_H
#define WAGGLE_SYM_INTERN_H

#include <stddef.h>

#include "base/arena.h"

/* A zeroed struct with an arena is an empty set. */
struct intern {
	struct arena *arena; /* where texts are kept */
	const char **slots;
	size_t count;
	size_t size; /* power of two */
};

/* The one copy of the @len bytes at @text, or NULL when memory is short. */
const char *intern(struct intern *set, const char *text, size_t len);
void intern_release(struct intern *set);

#endif
