/*
 * ppp.h - the parts of PPP.
 */
#ifndef WAGGLE_DISSECT_PPP_H
#define WAGGLE_DISSECT_PPP_H

#include "dissect/proto.h"

/* What a protocol's number stands for, or NULL. */
const char *ppp_name(uint16_t protocol);

#define PPP(number, name, function) print_fn function;
#include "dissect/ppp.def"

#endif
