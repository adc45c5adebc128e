/*
 * tables.h - what the user calls maps: read into rows, emptied, set to zero.
 *
 * Programs go on changing them meanwhile: each element is as it was at one moment, the table is not.
 */
#ifndef WAGGLE_RUN_TABLES_H
#define WAGGLE_RUN_TABLES_H

#include "base/arena.h"
#include "bundle/bundle.h"
#include "out/out.h"
#include "run/maps.h"

/* All rows of @table, reduced over CPUs as out.h says, in no order.  They are in @arena.  0 or a negative
 * errno. */
int run_table_read(const struct run_maps *maps, const struct bundle_table *table,
		   struct arena *arena, struct out_rows *ret_rows);

/* The row of one key, of table->key->size bytes; -ENOENT when there is none. */
int run_table_read_one(const struct run_maps *maps, const struct bundle_table *table,
		       const uint8_t *key, struct arena *arena, struct out_row *ret_row);

/* Take all out, or let all values be zero and the keys stay. */
int run_table_clear(const struct run_maps *maps, const struct bundle_table *table);
int run_table_zero(const struct run_maps *maps, const struct bundle_table *table);

#endif
