/*
 * savefile.c - files of packets of any bytes, for libFuzzer.
 *
 * Every byte of every packet is read; then the packets are written as pcapng, and what is read back from
 * there must be the same.
 */
#include "capture/savefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"
#include "capture/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

/* What came out of a file. */
struct sum {
	uint64_t packets;
	uint64_t bytes;
	uint64_t hash; /* of contents, times and interfaces */
};

static void add(struct sum *sum, const struct packet *packet,
		const struct packet_interface *interface)
{
	/* what pcapng keeps of the time */
	uint64_t time = (uint64_t)packet->time_ns / (interface->time_digits > 6 ? 1 : 1000);

	sum->packets++;
	sum->bytes += packet->len;
	for (uint32_t i = 0; i < packet->len; i++)
		sum->hash = (sum->hash ^ packet->data[i]) * 1099511628211u;
	sum->hash = (sum->hash ^ time ^ packet->interface) * 1099511628211u;
	sum->hash =
		(sum->hash ^ packet->wire_len ^ (uint64_t)packet->direction << 32) * 1099511628211u;
}

/* @path is filled, and must outlive the source. */
static int open_file(int fd, char path[32], struct diag *diag, struct packet_source **ret)
{
	(void)snprintf(path, 32, "/proc/self/fd/%d", fd);
	return savefile_open(path, diag, ret);
}

/* Read all of @source; a copy of each packet goes to @writer, unless that is NULL. */
static struct sum drain(struct packet_source *source, struct writer *writer)
{
	struct packet packets[7];
	struct diag diag = { 0 };
	struct sum sum = { 0 };
	int n;

	while ((n = packet_source_read(source, packets, ARRAY_LEN(packets), &diag)) > 0) {
		for (int i = 0; i < n; i++) {
			must(packets[i].interface < source->interface_count);
			add(&sum, &packets[i], &source->interfaces[packets[i].interface]);
		}
		if (writer)
			must(writer_write(writer, source, packets, (size_t)n) == 0);
	}
	must(n == 0 || diag.error_count > 0 || n == -12);
	diag_release(&diag);
	return sum;
}

static void check_copy(int fd, const struct sum *first)
{
	struct packet_source *source;
	struct diag diag = { 0 };
	struct sum again;
	char path[32];

	must(open_file(fd, path, &diag, &source) == 0);
	again = drain(source, NULL);
	must(again.packets == first->packets && again.bytes == first->bytes);
	must(again.hash == first->hash);
	packet_source_free(source);
	diag_release(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct writer_options options = { .pcapng = true };
	int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
	struct packet_source *source;
	struct writer *writer;
	struct diag diag = { 0 };
	char path[32];

	must(in >= 0 && out >= 0);
	must(write(in, data, size) == (ssize_t)size);
	if (open_file(in, path, &diag, &source) == 0) {
		struct sum sum;

		must(source->interface_count > 0 && source->snaplen > 0);
		must(writer_new(&options, &writer) == 0);
		writer_begin(writer, dup(out), source);
		sum = drain(source, writer);
		must(writer_end(writer) == 0);
		writer_free(writer);
		packet_source_free(source);
		if (sum.packets > 0)
			check_copy(out, &sum);
	} else {
		must(diag.error_count > 0);
	}
	diag_release(&diag);
	(void)close(in);
	(void)close(out);
	return 0;
}
