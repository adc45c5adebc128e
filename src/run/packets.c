/*
 * packets.c - savefiles of skboutput().
 *
 * The format is that of libpcap with times in nanoseconds; [draft-ietf-opsawg-pcap].
 */
#include "run/packets.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	NANOSECOND_MAGIC = (int)0xa1b23c4d,
	VERSION_MAJOR = 2,
	VERSION_MINOR = 4,
	LINKTYPE_RAW = 101, /* IPv4 or IPv6 by the first four bits */
	SNAPLEN = 65535,
	BILLION = 1000000000,
};

struct packet_file {
	struct packet_file *next;
	const char *path;
	FILE *file;
	int64_t to_wall; /* from CLOCK_BOOTTIME, nanoseconds */
};

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy;
	uint32_t snaplen, link_type;
};
struct packet_header {
	uint32_t seconds, nanoseconds;
	uint32_t captured, length;
};

static int64_t nanoseconds(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * BILLION + ts.tv_nsec;
}

static int open_file(struct packet_files *files, const char *path, struct packet_file **ret_file)
{
	const struct file_header header = {
		.magic = (uint32_t)NANOSECOND_MAGIC,
		.major = VERSION_MAJOR,
		.minor = VERSION_MINOR,
		.snaplen = SNAPLEN,
		.link_type = LINKTYPE_RAW,
	};
	struct packet_file *file = calloc(1, sizeof *file);
	int err;

	if (!file)
		return -ENOMEM;
	file->file = fopen(path, "we");
	if (!file->file) {
		err = -errno;
		free(file);
		return err;
	}
	file->path = path;
	file->to_wall = nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_BOOTTIME);
	file->next = files->first;
	files->first = file;
	(void)fwrite(&header, sizeof header, 1, file->file); /* packets_close sees errors */
	*ret_file = file;
	return 0;
}

int packets_add(struct packet_files *files, const char *path, uint64_t boot_ns, const void *packet,
		uint32_t len)
{
	struct packet_file *file = files->first;
	struct packet_header header = { .captured = len, .length = len };
	uint64_t wall;
	int err = 0;

	while (file && strcmp(file->path, path) != 0)
		file = file->next;
	if (!file)
		err = open_file(files, path, &file);
	if (err)
		return err;
	wall = boot_ns + (uint64_t)file->to_wall;
	header.seconds = (uint32_t)(wall / BILLION);
	header.nanoseconds = (uint32_t)(wall % BILLION);
	(void)fwrite(&header, sizeof header, 1, file->file);
	(void)fwrite(packet, len, 1, file->file);
	return 0;
}

int packets_close(struct packet_files *files)
{
	int err = 0;

	while (files->first) {
		struct packet_file *file = files->first;
		bool failed = ferror(file->file) != 0;

		files->first = file->next;
		if (fclose(file->file) != 0 && !err)
			err = -errno;
		if (failed && !err)
			err = -EIO;
		free(file);
	}
	return err;
}
