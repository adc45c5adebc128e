/*
 * symbols.h - the names that a program defines: labels and constants (private to the assembler).
 *
 * A hash table that grows; symbols stay where they are and live as long as its arena.
 */
#ifndef WAGGLE_ISA_SYMBOLS_H
#define WAGGLE_ISA_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/diag.h"
#include "base/nearest.h"

struct isa_symbol {
	struct isa_symbol *next; /* of the same bucket */
	const char *name;
	size_t name_len;
	uint32_t hash;
	struct span span; /* of its definition */
	bool is_label;    /* else a constant */
	bool negative;    /* a constant: -value */
	uint64_t value;   /* a label: its slot */
};

struct isa_symbols {
	struct arena *arena; /* the caller sets it, all else is zero at first */
	struct isa_symbol **buckets;
	size_t bucket_count; /* a power of two, or 0 */
	size_t count;
};

/* The symbol called by the @len bytes at @name, or NULL. */
struct isa_symbol *isa_symbols_find(const struct isa_symbols *symbols, const char *name,
				    size_t len);

/* A new symbol of that name, which is not there yet, all else zero; or NULL when memory is
 * short. */
struct isa_symbol *isa_symbols_add(struct isa_symbols *symbols, const char *name, size_t len)
	MUST_USE;

/* Offer the name of every label (or, else, constant) to @search. */
void isa_symbols_offer(const struct isa_symbols *symbols, bool labels, struct nearest *search);

#endif
