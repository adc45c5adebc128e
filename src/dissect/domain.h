/*
 * domain.h - names of the Domain Name System, which other protocols carry too.
 */
#ifndef WAGGLE_DISSECT_DOMAIN_H
#define WAGGLE_DISSECT_DOMAIN_H

#include "dissect/proto.h"

/*
 * Both return where the name at @p ends, or NULL if it is cut short or not a name.  A name that seems
 * to end beyond the packet ends where the packet does.
 */

/* Print the name, of which parts may stand elsewhere: at offsets from @message, which need not be
 * before it.  What is wrong with a name is printed in its place. */
const uint8_t *put_domain_name(struct dissect *d, const uint8_t *p, const uint8_t *message);

/* Print nothing, and see only what must be seen to find the end. */
const uint8_t *skip_domain_name(struct dissect *d, const uint8_t *p);

/* Print the @len bytes at @p: options of an OPT record (RFC 6891) in brackets.  False if they are cut
 * short. */
bool put_edns_options(struct dissect *d, const uint8_t *p, uint32_t len);

#endif
