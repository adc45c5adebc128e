/*
 * eap.h - the Extensible Authentication Protocol, which others carry.
 */
#ifndef WAGGLE_DISSECT_EAP_H
#define WAGGLE_DISSECT_EAP_H

#include "dissect/proto.h"

/* Print the packet at @p, which the layer below says is @len bytes long. */
void put_eap(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
