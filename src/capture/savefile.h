/*
 * savefile.h - packets from files: pcap and pcapng, in all their kinds, also gzip'ed or zstd'ed.
 *
 * A file is read once, from front to back, through one buffer (input.h), so that pipes are as good as
 * files and the memory does not grow with them.
 */
#ifndef WAGGLE_CAPTURE_SAVEFILE_H
#define WAGGLE_CAPTURE_SAVEFILE_H

#include "capture/source.h"

/* Open @path (which must outlive the source), "-" for standard input, and read up to where the first interface is known; of a
 * pcapng file there is at least one before the first packet, if there are packets.  Returns 0 and
 * *ret_source (yours: packet_source_free), or a negative errno with the reason in @diag. */
int savefile_open(const char *path, struct diag *diag, struct packet_source **ret_source);

/* The same for a file that somebody has opened as @fd: it is closed in the end, also after a failure.  A
 * negative errno stands for a file that could not be opened. */
int savefile_begin(const char *path, int fd, struct diag *diag, struct packet_source **ret_source);

#endif
