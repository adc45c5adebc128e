/*
 * intern.c - a hash set of texts.
 */
#include "sym/intern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static const char **slot_of(const struct intern *set, const char *text, size_t len)
{
	size_t slot = hash_bytes(text, len) & (set->size - 1);

	while (set->slots[slot] &&
	       (strncmp(set->slots[slot], text, len) != 0 || set->slots[slot][len]))
		slot = (slot + 1) & (set->size - 1);
	return &set->slots[slot];
}

static bool grow(struct intern *set)
{
	struct intern larger = { .size = set->size ? set->size * 2 : 64 };

	if (set->count * 2 < set->size)
		return true;
	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i])
			*slot_of(&larger, set->slots[i], strlen(set->slots[i])) = set->slots[i];
	free(set->slots);
	set->slots = larger.slots;
	set->size = larger.size;
	return true;
}

const char *intern(struct intern *set, const char *text, size_t len)
{
	const char **slot;

	if (!grow(set))
		return NULL;
	len = strnlen(text, len);
	slot = slot_of(set, text, len);
	if (!*slot) {
		*slot = arena_strndup(set->arena, text, len);
		set->count += *slot != NULL;
	}
	return *slot;
}

void intern_release(struct intern *set)
{
	free(set->slots);
	*set = (struct intern){ 0 };
}
