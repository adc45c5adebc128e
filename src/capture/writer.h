/*
 * writer.h - packets into files: pcap and pcapng.
 *
 * A writer is made once and writes one file after the other (rotate.h).  Packets that stand in the
 * source's memory as they would in the file are taken over in one piece with their headers.
 */
#ifndef WAGGLE_CAPTURE_WRITER_H
#define WAGGLE_CAPTURE_WRITER_H

#include "capture/source.h"

struct writer;

struct writer_options {
	bool pcapng;
	/* Digits of the second's fraction: 6 or 9.  0, for pcapng alone: what each interface has. */
	uint8_t time_digits;
	bool is_live; /* packets do not wait for the writer: see output.h */
};

/* 0 or -ENOMEM; yours: writer_free. */
int writer_new(const struct writer_options *options, struct writer **ret_writer);
/* Also closes a file that was not ended.  NULL is fine. */
void writer_free(struct writer *writer);

/* Begin a file on @fd, which the writer closes in the end, for packets of @source.  A pcap file is of the
 * link type and snapshot length that @source has now. */
void writer_begin(struct writer *writer, int fd, const struct packet_source *source);

/* Packets now come from another source, with other interfaces. */
void writer_change_source(struct writer *writer);

/* Write @count packets.  A negative errno if that failed; -EPROTOTYPE: a pcap file cannot have packets
 * of their link type beside its own (those before were written). */
int writer_write(struct writer *writer, const struct packet_source *source,
		 const struct packet *packets, size_t count);

/* Of the file so far, buffered bytes included. */
uint64_t writer_bytes(const struct writer *writer);

int writer_flush(struct writer *writer);
/* Flush and close the file: 0 or a negative errno. */
int writer_end(struct writer *writer);

#endif
