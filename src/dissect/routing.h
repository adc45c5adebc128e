/*
 * routing.h - dissectors of routing protocols that others carry.
 */
#ifndef WAGGLE_DISSECT_ROUTING_H
#define WAGGLE_DISSECT_ROUTING_H

#include "dissect/proto.h"

/* Both get the whole IGMP message. */
void print_dvmrp(struct dissect *d, const uint8_t *p, uint32_t len); /* at least 8 bytes */
void print_pim_v1(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
