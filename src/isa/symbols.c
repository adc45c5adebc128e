/*
 * symbols.c - the names that a program defines, in a chained hash table.
 */
#include "isa/symbols.h"

#include <string.h>

#include "base/hash.h"

enum { FIRST_BUCKETS = 64 };

struct isa_symbol *isa_symbols_find(const struct isa_symbols *symbols, const char *name, size_t len)
{
	uint32_t hash = hash_bytes(name, len);
	struct isa_symbol *symbol;

	if (!symbols->bucket_count)
		return NULL;
	symbol = symbols->buckets[hash & (symbols->bucket_count - 1)];
	while (symbol && (symbol->hash != hash || symbol->name_len != len ||
			  memcmp(symbol->name, name, len) != 0))
		symbol = symbol->next;
	return symbol;
}

/* Twice the buckets.  The old ones stay in the arena: all of them together are smaller than the
 * new ones. */
static bool grow(struct isa_symbols *symbols)
{
	size_t count = symbols->bucket_count ? symbols->bucket_count * 2 : FIRST_BUCKETS;
	struct isa_symbol **buckets = arena_alloc_array(symbols->arena, count, sizeof *buckets);

	if (!buckets)
		return false;
	for (size_t i = 0; i < symbols->bucket_count; i++) {
		struct isa_symbol *symbol = symbols->buckets[i];

		while (symbol) {
			struct isa_symbol *next = symbol->next;
			struct isa_symbol **bucket = &buckets[symbol->hash & (count - 1)];

			symbol->next = *bucket;
			*bucket = symbol;
			symbol = next;
		}
	}
	symbols->buckets = buckets;
	symbols->bucket_count = count;
	return true;
}

struct isa_symbol *isa_symbols_add(struct isa_symbols *symbols, const char *name, size_t len)
{
	struct isa_symbol *symbol = arena_alloc(symbols->arena, sizeof *symbol);
	struct isa_symbol **bucket;

	if (!symbol || (symbols->count == symbols->bucket_count && !grow(symbols)))
		return NULL;
	symbol->name = arena_strndup(symbols->arena, name, len);
	if (!symbol->name)
		return NULL;
	symbol->name_len = len;
	symbol->hash = hash_bytes(name, len);
	bucket = &symbols->buckets[symbol->hash & (symbols->bucket_count - 1)];
	symbol->next = *bucket;
	*bucket = symbol;
	symbols->count++;
	return symbol;
}

void isa_symbols_offer(const struct isa_symbols *symbols, bool labels, struct nearest *search)
{
	for (size_t i = 0; i < symbols->bucket_count; i++)
		for (const struct isa_symbol *s = symbols->buckets[i]; s; s = s->next)
			if (s->is_label == labels)
				nearest_offer(search, s->name);
}
