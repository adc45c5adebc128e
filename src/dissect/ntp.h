/*
 * ntp.h - times as the Network Time Protocol has them, which others use too.
 */
#ifndef WAGGLE_DISSECT_NTP_H
#define WAGGLE_DISSECT_NTP_H

#include "dissect/proto.h"

/* Print the eight bytes at @p, which are there: seconds since 1900 and a fraction, and what date that is. */
void put_ntp_time(struct dissect *d, const uint8_t *p);

#endif
