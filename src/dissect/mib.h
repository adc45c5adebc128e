/*
 * mib.h - names of managed objects.
 */
#ifndef WAGGLE_DISSECT_MIB_H
#define WAGGLE_DISSECT_MIB_H

#include "dissect/proto.h"

/* Print an object identifier in the @len bytes at @p, which are there: as numbers with -n, else with the
 * names that tcpdump knows. */
void put_object_id(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
