/*
 * symtab_find.c - looking something up in a symbol table.
 */
#include "sym/symtab.h"

/* Functions can lie within others (labels of assembly): how many to look past for one that
 * still goes on. */
enum { MOST_NESTED = 8 };

bool symtab_address(const struct symtab *table, uint64_t offset, uint64_t *ret_address)
{
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];

		if (segment->is_code && offset - segment->offset < segment->size) {
			*ret_address = offset - segment->offset + segment->address;
			return true;
		}
	}
	return false;
}

struct symbol *symtab_at(const struct symtab *table, uint64_t address)
{
	size_t low = 0, high = table->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = 0; i < MOST_NESTED && i < low; i++) {
		struct symbol *symbol = &table->symbols[low - 1 - i];

		if (address - symbol->address < symbol->size)
			return symbol;
	}
	return NULL;
}
