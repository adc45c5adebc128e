/*
 * dissect.h - packets as lines of text, the way tcpdump prints them.
 *
 * For the protocols that it knows the text is that of tcpdump 4.99, byte for byte, so that eyes and
 * scripts that learned it need learn nothing.  Of others it says addresses, protocol and length.
 *
 * Packets are hostile.  A dissector reads the bytes at hand and no others, ends on any input, and
 * hands nothing to a terminal unescaped that came from a packet: what is not printable ASCII comes out
 * as '.', '^X' or '\ooo', as in tcpdump.
 */
#ifndef WAGGLE_DISSECT_DISSECT_H
#define WAGGLE_DISSECT_DISSECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "capture/packet.h"

enum dissect_time {
	DISSECT_TIME_OF_DAY,  /* 12:34:56.123456, local time */
	DISSECT_TIME_NONE,    /* -t */
	DISSECT_TIME_SECONDS, /* -tt: 1600000000.123456 */
	DISSECT_TIME_DELTA,   /* -ttt: since the packet before */
	DISSECT_TIME_DATE,    /* -tttt: 2020-09-13 12:34:56.123456 */
	DISSECT_TIME_FIRST,   /* -ttttt: since the first packet */
};

/* What of the packet's bytes follows the line. */
enum dissect_dump {
	DISSECT_DUMP_NONE,
	DISSECT_DUMP_HEX,       /* -x, -xx */
	DISSECT_DUMP_HEX_ASCII, /* -X, -XX */
	DISSECT_DUMP_ASCII,     /* -A, -AA */
};

/* A zeroed struct is 'tcpdump' without options. */
struct dissect_options {
	unsigned int verbose;   /* -v, -vv, -vvv */
	bool quick;             /* -q: less about protocols */
	bool link;              /* -e: the link header */
	bool numeric;           /* -n: no names for addresses and ports */
	bool no_domain;         /* -N: names without their domains */
	bool absolute_sequence; /* -S */
	bool no_checksums;      /* -K: do not verify */
	bool number;            /* -#: the packet's number before the line */
	enum dissect_time time;
	enum dissect_dump dump;
	bool dump_link;       /* -xx, -XX, -AA: with the link header */
	bool nano;            /* nine digits of the second's fraction, not six */
	unsigned int snaplen; /* of the capture, for dissectors that care; 0: none */
};

/* Remembers what printing needs from one packet to the next: TCP connections, times, names.  For
 * one thread. */
struct dissector;

/* 0, or -ENOMEM.  The options are copied; the result is yours: dissector_free. */
int dissector_new(const struct dissect_options *options, struct dissector **ret_dissector);
void dissector_free(struct dissector *dissector); /* NULL is fine */

/* Append all that is printed of @packet, from the time to the last newline.  Without memory, only
 * out->failed says so. */
void dissector_print(struct dissector *dissector, int dlt, const struct packet *packet,
		     struct strbuf *out);

/* The same without time, dump and newline: "IP 10.0.0.1 > 10.0.0.2: ICMP echo request ...". */
void dissector_line(struct dissector *dissector, int dlt, const struct packet *packet,
		    struct strbuf *out);

#endif
