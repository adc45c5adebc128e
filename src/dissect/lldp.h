/*
 * lldp.h - what organisations have added to LLDP.
 *
 * Each prints the TLV at @p, which begins with the organisation's number and whose @len bytes (at
 * least 3) are all there.  Returns whether the caller should dump the bytes, because they mean nothing to us.
 */
#ifndef WAGGLE_DISSECT_LLDP_H
#define WAGGLE_DISSECT_LLDP_H

#include "dissect/proto.h"

typedef bool lldp_organisation_fn(struct dissect *d, const uint8_t *p, uint32_t len);

lldp_organisation_fn print_lldp_8021;
lldp_organisation_fn print_lldp_8023;
lldp_organisation_fn print_lldp_iana;
lldp_organisation_fn print_lldp_med; /* of the TIA: telephones */
lldp_organisation_fn print_lldp_dcbx;

/* TLVs of LLDP and DCBX: seven bits of type, nine of length. */
static inline uint8_t lldp_type(uint16_t head)
{
	return (uint8_t)(head >> 9);
}

static inline uint32_t lldp_len(uint16_t head)
{
	return head & 0x1ff;
}

#endif
