/*
 * icmp6.h - the parts of ICMPv6 that are protocols of their own.
 *
 * Each gets the message from its type on; @len is what the layer below says that there is of it.
 */
#ifndef WAGGLE_DISSECT_ICMP6_H
#define WAGGLE_DISSECT_ICMP6_H

#include "dissect/proto.h"

/* Neighbour discovery (RFC 4861): the options at @p, of which there should be @len bytes. */
void print_nd_options(struct dissect *d, const uint8_t *p, int32_t len);

/* Multicast listener discovery: version 1 (RFC 2710) and 2 (RFC 3810). */
void print_mld(struct dissect *d, const uint8_t *p);
void print_mld2_query(struct dissect *d, const uint8_t *p, uint32_t len);
void print_mld2_report(struct dissect *d, const uint8_t *p, uint32_t len);

/* Node information (RFC 4620) and router renumbering (RFC 2894). */
void print_node_query(struct dissect *d, const uint8_t *p);
void print_node_reply(struct dissect *d, const uint8_t *p, uint32_t len);
void print_renumbering(struct dissect *d, const uint8_t *p);

/* Routing for networks that lose much (RFC 6550). */
void print_rpl(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
