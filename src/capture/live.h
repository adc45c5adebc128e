/*
 * live.h - packets from network interfaces: a packet socket and a ring for each.
 *
 *	live_open(&options, &diag, &source);             privileges are needed for this,
 *	live_attach(source, i, &filter, &diag, &place);  and for eBPF;
 *	live_start(source, &diag);                       from here on packets come
 *	packet_source_read(source, ...)
 *
 * A socket receives nothing before live_start: it is made for no protocol, gets its filter and its ring,
 * and only then is bound.  So neither comes a packet that does not pass the filter, nor does one get lost
 * between opening and filtering.  Nothing outlives the descriptors: promiscuous mode is a membership of the
 * socket, which the kernel takes back with it.
 *
 * Of the packets of a loopback interface, which come twice, one is given: the one that comes in.
 */
#ifndef WAGGLE_CAPTURE_LIVE_H
#define WAGGLE_CAPTURE_LIVE_H

#include "capture/attach.h"
#include "capture/source.h"

enum live_direction {
	LIVE_BOTH,
	LIVE_IN,
	LIVE_OUT,
};

enum {
	LIVE_MOST_INTERFACES = 64,
	LIVE_DEFAULT_SNAPLEN = 262144,
	/* tcpdump's is 2048: at a million packets a second that is 2 ms, less than a reader may have to
	 * wait for a processor. */
	LIVE_DEFAULT_BUFFER_KIB = 32 << 10,
	LIVE_MOST_BUFFER_KIB = 2 << 20,
};

struct live_options {
	const char *const *names; /* "any" stands alone */
	size_t count;
	uint32_t snaplen;    /* 0: the default */
	uint32_t buffer_kib; /* of each interface's ring; 0: the default */
	enum live_direction direction;
	bool no_promiscuous;
	bool immediate; /* packets come within a millisecond; else within a tenth of a second */
};

/* Open the interfaces; the options are not needed afterwards.  The source has an interface for each name, in
 * their order, and its is_filtered says what live_attach came to.  Returns 0, or a negative errno with the
 * reason in @diag. */
int live_open(const struct live_options *options, struct diag *diag,
	      struct packet_source **ret_source);

enum live_place {
	LIVE_IN_KERNEL,      /* as a classic program */
	LIVE_IN_KERNEL_EBPF, /* as an eBPF program */
	LIVE_IN_USER_SPACE,  /* the kernel takes neither: all packets come */
};

/* Attach @filter to interface @i, before live_start; a NULL filter keeps everything.  A filter that the
 * kernel refuses is no error, but a warning in @diag and LIVE_IN_USER_SPACE: the caller has to judge.
 * Returns 0, or a negative errno with the reason in @diag. */
int live_attach(struct packet_source *source, size_t i, const struct socket_filter *filter,
		struct diag *diag, enum live_place *ret_place);

/* Let packets come.  Returns 0, or a negative errno with the reason in @diag. */
int live_start(struct packet_source *source, struct diag *diag);

#endif
