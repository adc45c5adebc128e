/*
 * grammar.h - filter expressions made at random.
 */
#ifndef WAGGLE_TEST_FILTER_GRAMMAR_H
#define WAGGLE_TEST_FILTER_GRAMMAR_H

#include "base/strbuf.h"
#include "packets.h"

/* Append an expression to @out, and choose a link type for it.  Every primitive, qualifier and operator of
 * pcap-filter(7) comes up, nested, for each link type that has them, but for what
 * doc/filter-differences.md says that random expressions leave out.  Some make no sense for
 * their link type; those must be refused by everybody. */
void grammar_expression(struct random_source *r, struct strbuf *out, int *ret_link);

#endif
