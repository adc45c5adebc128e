/*
 * field.h - fields of application protocols whose end is not where the packet's is.
 */
#ifndef WAGGLE_DISSECT_FIELD_H
#define WAGGLE_DISSECT_FIELD_H

#include "dissect/proto.h"

/* @n bytes of text, or those that are there: then the result is false. */
bool put_text_there(struct dissect *d, const uint8_t *p, uint32_t n);

/* Text that ends with a NUL among the @n bytes at @p.  Returns its length with the NUL; or 0 if there
 * was none, or not within the packet. */
uint32_t put_string(struct dissect *d, const uint8_t *p, uint32_t n);

/* Call @print; if it leaves the packet since bytes of d->protocol are missing, say so and return, so that what is around
 * its message is printed to its end.  Of the dissectors of tcpdump some do so and some do not, which shows in
 * tunnels that print something behind the packet that they carry. */
void print_contained(struct dissect *d, print_fn *print, const uint8_t *p, uint32_t len);

#endif
