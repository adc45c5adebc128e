/*
 * source.h - where packets come from: a savefile (savefile.h) or an interface (live.h).
 *
 * Packets come in batches, so that what a batch costs (a look at the clock, a call, a wait) is shared
 * by many.  A source is a struct packet_source as the first member of something larger:
 *
 *	while ((n = packet_source_read(source, packets, ARRAY_LEN(packets), diag)) > 0)
 *		for (int i = 0; i < n; i++)
 *			use(&packets[i], &source->interfaces[packets[i].interface]);
 */
#ifndef WAGGLE_CAPTURE_SOURCE_H
#define WAGGLE_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "capture/packet.h"

struct packet_source;

#define PACKET_ALL_INTERFACES UINT32_MAX

struct packet_counts {
	uint64_t received; /* that the filter let through */
	uint64_t dropped;  /* of them, for want of room */
	uint64_t dropped_by_interface;
};

struct packet_source_ops {
	/* As packet_source_read. */
	int (*read)(struct packet_source *source, struct packet *ret, size_t most,
		    struct diag *diag);
	/* What the kernel counted, of one interface or of all; NULL for files.  0 or a negative errno. */
	int (*counts)(struct packet_source *source, uint32_t interface, struct packet_counts *ret);
	/* Let no more packets come: those that have can still be read, then the source ends.  NULL for
	 * files. */
	void (*finish)(struct packet_source *source);
	/* How much of it has been read, and how much there is; NULL, or false, where nobody
	 * knows. */
	bool (*progress)(const struct packet_source *source, uint64_t *ret_bytes,
			 uint64_t *ret_size);
	void (*free)(struct packet_source *source);
};

/* What stands around each packet's data, all in this machine's byte order. */
enum packet_layout {
	PACKET_LAYOUT_OTHER,
	PACKET_LAYOUT_PCAP_MICRO, /* before: its header in a pcap file */
	PACKET_LAYOUT_PCAP_NANO,
	PACKET_LAYOUT_PCAPNG, /* an Enhanced Packet Block, of which the data is part */
};

struct packet_source {
	const struct packet_source_ops *ops;
	const char *name; /* to show: "eth0", "<stdin>" */
	/* A file may bring more with every batch, and the array may then be elsewhere. */
	const struct packet_interface *interfaces;
	uint32_t interface_count;
	uint32_t snaplen;    /* of the file, or asked for; never 0 */
	uint32_t link_flags; /* what a pcap file adds to its link type: FCS_PRESENT and the like */
	const char *comment; /* on all of it, or NULL */
	/* Of the packets read last. */
	enum packet_layout layout;
	bool is_filtered; /* only packets that match come: the kernel does it */
};

/* Put the next packets, at most @most (at least one), into @ret; their data are good until the next
 * call.  Returns how many, or 0 at the end.  -EAGAIN: none for now, and a moment has passed: time
 * for what the caller does now and then.  -EINTR: a signal.  Any other error is the last result that
 * the source has, with the reason in @diag; what was read before it was good. */
static inline int packet_source_read(struct packet_source *source, struct packet *ret, size_t most,
				     struct diag *diag)
{
	return source->ops->read(source, ret, most, diag);
}

static inline void packet_source_free(struct packet_source *source)
{
	if (source)
		source->ops->free(source);
}

#endif
