/*
 * dhcp_option.h - the options that end a BOOTP or DHCP message.
 */
#ifndef WAGGLE_DISSECT_DHCP_OPTION_H
#define WAGGLE_DISSECT_DHCP_OPTION_H

#include "dissect/proto.h"

/* A line for each option from @p to the one that says END, or the packet's end. */
void put_dhcp_options(struct dissect *d, const uint8_t *p);

#endif
