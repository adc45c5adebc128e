/*
 * link.h - dissectors of links, which tunnels carry too, and of what only links carry.
 */
#ifndef WAGGLE_DISSECT_LINK_H
#define WAGGLE_DISSECT_LINK_H

#include "dissect/proto.h"

print_fn print_ppp; /* with or without address and control */
print_fn print_chdlc;
print_fn print_stp;
print_fn print_cdp;
print_fn print_nsh; /* a service chain's header, and what it carries */

#endif
