/*
 * match.h - a packet filter ready to be asked.
 *
 *	matcher_new(&text, &options, &matcher);
 *	matcher_prepare(matcher, DLT_EN10MB, &diag);
 *	if (match_packet(matcher, DLT_EN10MB, packet)) ...
 *
 * A filter means other code on every link type; it is compiled for each once, when it is first asked for:
 * to machine code where there is a JIT (kern/jit), else for the interpreter.
 *
 * The packet is the @len bytes at hand, and a load beyond them rejects it; 'len', 'less' and 'greater'
 * are about the length on the wire.
 */
#ifndef WAGGLE_MATCH_MATCH_H
#define WAGGLE_MATCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "capture/attach.h"
#include "capture/packet.h"
#include "filter/filter.h"

struct matcher;

struct matcher_options {
	struct filter_options filter; /* but for its link type; 'live' is for match_socket alone */
	bool no_optimize;             /* leave the code as it comes from the text */
	bool interpret;               /* no machine code */
};

/* The text and the options' resolver must outlive the matcher.  0 or -ENOMEM; yours: matcher_free. */
int matcher_new(const struct source *text, const struct matcher_options *options,
		struct matcher **ret_matcher);
void matcher_free(struct matcher *matcher); /* NULL is fine */

/* Be ready for packets of link type @dlt.  0, also when it was ready; -EINVAL with the errors of the text in
 * @diag, also if it rejects every packet; -ENOMEM.  Warnings go to @diag too. */
int matcher_prepare(struct matcher *matcher, int dlt, struct diag *diag);

/* How many bytes of @packet the filter keeps (the snapshot length, mostly), or 0 for none.  A link type
 * that was not prepared, or could not be, matches nothing. */
uint32_t match_packet(struct matcher *matcher, int dlt, const struct packet *packet);

/* Ask for all @count packets of one link type: those that match move to the front of the array, in
 * their order.  Returns how many. */
size_t match_packets(struct matcher *matcher, int dlt, struct packet *packets, size_t count);

/* The filter for a socket of Linux: its eBPF is better if it looks up what the classic program compares one
 * by one; or if that is longer than the kernel takes, or than net.core.optmem_max pays for.
 * As matcher_prepare; *ret belongs to the matcher. */
int match_socket(struct matcher *matcher, int dlt, struct diag *diag, struct socket_filter *ret);

#endif
