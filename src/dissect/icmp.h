/*
 * icmp.h - what an ICMP message says beyond its type.
 */
#ifndef WAGGLE_DISSECT_ICMP_H
#define WAGGLE_DISSECT_ICMP_H

#include <stdint.h>

struct dissect;

/* The extensions (RFC 4884) of the message of @len bytes at @p, if it has any. */
void print_icmp_extensions(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
