/*
 * link.h - link types: what a packet begins with, by libpcap's names and numbers.
 *
 * Programs speak of DLT_*, files of LINKTYPE_*; the numbers are the same but for a few.
 */
#ifndef WAGGLE_ABI_LINK_H
#define WAGGLE_ABI_LINK_H

#include <stdint.h>

enum dlt {
#define LINK(name, dlt, in_file, words) DLT_##name = (dlt),
#include "abi/link.def"
};

/* The number of the link type called @name ("EN10MB", "en10mb", "DLT_EN10MB"), or -ENOENT. */
int dlt_find(const char *name);
/* The name nearest to @name, or NULL: for messages. */
const char *dlt_nearest(const char *name);

/* Its name ("EN10MB") and what it is ("Ethernet"), or NULL. */
const char *dlt_name(int dlt);
const char *dlt_words(int dlt);

/* To and from the number in a file; one that no table knows is the same in both. */
uint32_t dlt_to_file(int dlt);
int dlt_from_file(uint32_t number);

#endif
