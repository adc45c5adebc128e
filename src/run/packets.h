/*
 * packets.h - savefiles of skboutput(): one for each path, pcap with raw IP packets.
 */
#ifndef WAGGLE_RUN_PACKETS_H
#define WAGGLE_RUN_PACKETS_H

#include <stdint.h>

struct packet_files {
	struct packet_file *first; /* opaque */
};

/* Append @len bytes of a packet seen at @boot_ns of CLOCK_BOOTTIME to the file @path, which is made anew
 * with the first.  0 or a negative errno. */
int packets_add(struct packet_files *files, const char *path, uint64_t boot_ns, const void *packet,
		uint32_t len);
/* Write what is held back and close all; the first negative errno, or 0. */
int packets_close(struct packet_files *files);

#endif
