/*
 * filter.h - the language of packet filters, as pcap-filter(7) describes it, compiled to the
 * intermediate form.
 *
 *	filter_compile(&source, &options, &arena, &diag, &fn);
 *
 * makes of 'tcp port 443' a function that returns how many bytes of a packet to keep, 0 for none.
 * src/ir then makes it good, and classic BPF or eBPF.
 *
 * The meaning is libpcap's, of 1.11 where its releases differ, with the exceptions that
 * doc/filter-differences.md lists.  The four that surprise everybody:
 *
 *  - 'and' and 'or' bind equally and to the left; 'not' binds tightest;
 *  - an address, port or name without qualifiers takes those of the one before it:
 *    'not host a and b' is 'not host a and host b';
 *  - 'vlan', 'mpls', 'pppoes', 'geneve' and 'vxlan' move the places of everything to their right,
 *    out of parentheses and through 'or', unless options.scoped is set;
 *  - a load beyond the captured bytes rejects the packet, whatever is said around it.
 *
 * The way through the folder: lex.c, parse.c (tokens, tree), resolve.c (names to numbers),
 * check.c (what may be combined), lower*.c (tree to IR).  explain.c says a tree in words.
 */
#ifndef WAGGLE_FILTER_FILTER_H
#define WAGGLE_FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/link.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "ir/ir.h"

/* One address found for a name. */
struct filter_address {
	bool is_ip6;
	uint32_t word[4]; /* host order, most significant first; IPv4: word[0] */
};

struct filter_addresses {
	struct arena *arena;
	struct filter_address *list;
	size_t count;
	size_t size;
};
/* 0 or -ENOMEM; an address that is there already is not added again. */
int filter_addresses_add(struct filter_addresses *addresses, const struct filter_address *address);

/* How names of hosts are looked up. */
struct filter_resolver {
	/* Append the addresses of @name with filter_addresses_add; 0, or -ENOENT. */
	int (*host)(void *data, const char *name, struct filter_addresses *ret);
	void *data;
};

enum {
	FILTER_MOST_BYTES = 4 << 20, /* of source */
	FILTER_MOST_NESTING = 500,   /* of parentheses, and of arithmetic */
	/* Headers that 'protochain' looks through: classic BPF has no loops.  RFC 8200 lets a
	 * packet have seven at most. */
	FILTER_MOST_CHAIN = 8,
};

struct filter_options {
	int link;         /* enum dlt */
	uint32_t snaplen; /* what accepted packets return; 0 means 262144 */
	bool has_netmask; /* for 'ip broadcast' */
	uint32_t netmask; /* host order */
	bool scoped;      /* encapsulation moves places for its own operand of 'or' only */
	/* For a socket of Linux: what the kernel has taken off or knows is read from where it is
	 * (VLAN tags, direction, interface).  Without, everything must be in the packet. */
	bool live;
	const struct filter_resolver *resolver; /* NULL: the system's */
};

/* Compile @source.  Returns 0 with *ret_fn, in @arena; -EINVAL with the errors in @diag; or -ENOMEM.
 * Warnings (a filter that most likely does not mean what it says) go to @diag too.  An empty
 * source accepts everything. */
int filter_compile(const struct source *source, const struct filter_options *options,
		   struct arena *arena, struct diag *diag, struct ir_fn **ret_fn);

/* Can @fn return anything but 0?  Asked after optimising: what rejects every packet was hardly
 * meant so. */
bool filter_can_match(const struct ir_fn *fn);

/* Append what @source means, as an indented outline in words.  As filter_compile, without link
 * type: 0, -EINVAL, -ENOMEM. */
int filter_explain(const struct source *source, const struct filter_options *options,
		   struct diag *diag, struct strbuf *out);

#endif
