/*
 * writer.c - from packets to the bytes of files.
 */
#include "capture/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "base/bits.h"
#include "capture/output.h"
#include "capture/pcapng.h"

enum {
	HEADER_BYTES = 16,
	NS_PER_S = 1000000000,
};

struct writer {
	struct writer_options options;
	struct output *output;
	int dlt; /* of a pcap file */
	uint64_t bytes;

	/* pcapng: interface 0 of the source at hand is this one of the file, and so many are described */
	uint32_t first_interface;
	uint32_t interface_count;
};

int writer_new(const struct writer_options *options, struct writer **ret_writer)
{
	struct writer *writer = calloc(1, sizeof *writer);
	int err = writer ? output_new(options->is_live, &writer->output) : -ENOMEM;

	if (err) {
		free(writer);
		return err;
	}
	writer->options = *options;
	*ret_writer = writer;
	return 0;
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	output_free(writer->output);
	free(writer);
}

/*
 * Bytes
 */

static void put(struct writer *writer, const void *data, size_t len)
{
	writer->bytes += len;
	output_put(writer->output, data, len);
}

static void put_u32(struct writer *writer, uint32_t value)
{
	put(writer, &value, sizeof value);
}

static void put_u16(struct writer *writer, uint16_t value)
{
	put(writer, &value, sizeof value);
}

static void put_padding(struct writer *writer, size_t len)
{
	static const uint8_t zeros[4];

	put(writer, zeros, align_up(len, 4) - len);
}

/*
 * pcap
 */

static void begin_pcap(struct writer *writer, const struct packet_source *source)
{
	writer->dlt = source->interfaces[0].dlt;
	put_u32(writer, writer->options.time_digits == 9 ? 0xa1b23c4d : 0xa1b2c3d4);
	put_u16(writer, 2);
	put_u16(writer, 4);
	put_u32(writer, 0); /* time zone and exactness: always 0 */
	put_u32(writer, 0);
	put_u32(writer, source->snaplen);
	put_u32(writer, dlt_to_file(writer->dlt) | source->link_flags);
}

/* @ns as seconds and a fraction from 0 to less than one. */
static int64_t split_time(int64_t ns, uint32_t *ret_fraction)
{
	int64_t seconds = ns / NS_PER_S, fraction = ns % NS_PER_S;

	if (fraction < 0) {
		fraction += NS_PER_S;
		seconds--;
	}
	*ret_fraction = (uint32_t)fraction;
	return seconds;
}

static void put_pcap(struct writer *writer, const struct packet *packet)
{
	uint32_t fraction, header[4];

	header[0] = (uint32_t)split_time(packet->time_ns, &fraction);
	header[1] = writer->options.time_digits == 9 ? fraction : fraction / 1000;
	header[2] = packet->len;
	header[3] = packet->wire_len;
	put(writer, header, sizeof header);
	put(writer, packet->data, packet->len);
}

/* Does what stands before the data describe the packet as it now is? */
static bool has_header(const struct packet *packet)
{
	return load_u32(packet->data - 8) == packet->len &&
	       load_u32(packet->data - 4) == packet->wire_len;
}

/* How many of the packets, from the first, stand as they are one behind the other. */
static size_t count_run(const struct packet *packets, size_t count)
{
	size_t n;

	for (n = 0; n < count && has_header(&packets[n]); n++)
		if (n > 0 &&
		    packets[n].data != packets[n - 1].data + packets[n - 1].len + HEADER_BYTES)
			break;
	return n;
}

static int write_pcap(struct writer *writer, const struct packet_source *source,
		      const struct packet *packets, size_t count)
{
	const bool is_same = source->layout == (writer->options.time_digits == 9 ?
							PACKET_LAYOUT_PCAP_NANO :
							PACKET_LAYOUT_PCAP_MICRO);

	if (output_is_null(writer->output) && source->interface_count == 1 &&
	    source->interfaces[0].dlt == writer->dlt) {
		for (size_t i = 0; i < count; i++)
			writer->bytes += HEADER_BYTES + packets[i].len;
		return 0;
	}
	for (size_t i = 0, run; i < count; i += run) {
		const uint8_t *begin = packets[i].data - HEADER_BYTES, *end;

		if (source->interfaces[packets[i].interface].dlt != writer->dlt)
			return -EPROTOTYPE;
		run = is_same ? count_run(packets + i, count - i) : 0;
		if (run == 0) {
			put_pcap(writer, &packets[i]);
			run = 1;
			continue;
		}
		end = packets[i + run - 1].data + packets[i + run - 1].len;
		put(writer, begin, (size_t)(end - begin));
	}
	return 0;
}

/*
 * pcapng
 */

static size_t option_bytes(size_t len)
{
	return 4 + align_up(len, 4);
}

static void put_option(struct writer *writer, uint16_t code, const void *value, size_t len)
{
	put_u16(writer, code);
	put_u16(writer, (uint16_t)len);
	put(writer, value, len);
	put_padding(writer, len);
}

/* What an option can hold of a text. */
static size_t text_len(const char *text)
{
	return text ? strnlen(text, UINT16_MAX) : 0;
}

static void begin_pcapng(struct writer *writer, const struct packet_source *source)
{
	static const char name[] = "waggle";
	size_t comment_len = text_len(source->comment);
	uint32_t len = (uint32_t)(PCAPNG_SECTION_BYTES + option_bytes(sizeof name - 1) + 8);

	if (comment_len)
		len += (uint32_t)option_bytes(comment_len);
	writer->first_interface = 0;
	writer->interface_count = 0;
	put_u32(writer, PCAPNG_SECTION);
	put_u32(writer, len);
	put_u32(writer, PCAPNG_BYTE_ORDER);
	put_u16(writer, 1);
	put_u16(writer, 0);
	put_u32(writer, UINT32_MAX); /* the section's length is not said */
	put_u32(writer, UINT32_MAX);
	if (comment_len)
		put_option(writer, PCAPNG_OPT_COMMENT, source->comment, comment_len);
	put_option(writer, PCAPNG_SHB_USERAPPL, name, sizeof name - 1);
	put_option(writer, PCAPNG_OPT_END, "", 0);
	put_u32(writer, len);
}

static uint8_t digits_of(const struct writer *writer, const struct packet_interface *interface)
{
	uint8_t digits = writer->options.time_digits ? writer->options.time_digits :
						       interface->time_digits;

	return digits > 6 ? 9 : 6;
}

static void put_interface(struct writer *writer, const struct packet_interface *interface)
{
	uint8_t digits = digits_of(writer, interface);
	size_t name_len = text_len(interface->name);
	uint32_t len = (uint32_t)(PCAPNG_INTERFACE_BYTES + option_bytes(sizeof digits) + 8);

	if (name_len)
		len += (uint32_t)option_bytes(name_len);
	put_u32(writer, PCAPNG_INTERFACE);
	put_u32(writer, len);
	put_u16(writer, (uint16_t)dlt_to_file(interface->dlt));
	put_u16(writer, 0);
	put_u32(writer, interface->snaplen);
	if (name_len)
		put_option(writer, PCAPNG_IF_NAME, interface->name, name_len);
	put_option(writer, PCAPNG_IF_TSRESOL, &digits, sizeof digits);
	put_option(writer, PCAPNG_OPT_END, "", 0);
	put_u32(writer, len);
}

/* The options of the source's own block, which end with their padding before its second length; or
 * NULL. */
static const uint8_t *find_options(const struct packet_source *source, const struct packet *packet,
				   size_t *ret_len)
{
	const uint8_t *block = packet->data - PCAPNG_ENHANCED_BYTES;
	size_t before = PCAPNG_ENHANCED_BYTES + align_up(packet->len, 4);

	*ret_len = 0;
	if (source->layout != PACKET_LAYOUT_PCAPNG)
		return NULL;
	*ret_len = load_u32(block + 4) - before - 4;
	return block + before;
}

static void put_enhanced(struct writer *writer, const struct packet_source *source,
			 const struct packet *packet)
{
	const struct packet_interface *interface = &source->interfaces[packet->interface];
	uint64_t ticks = (uint64_t)packet->time_ns;
	size_t options_len;
	const uint8_t *options = find_options(source, packet, &options_len);
	uint32_t flags = packet->direction == PACKET_IN ? PCAPNG_FLAGS_IN : PCAPNG_FLAGS_OUT;
	bool has_flags = !options && packet->direction != PACKET_UNKNOWN;
	uint32_t len = (uint32_t)(PCAPNG_ENHANCED_BYTES + align_up(packet->len, 4) + options_len +
				  (has_flags ? option_bytes(sizeof flags) + 4 : 0) + 4);

	if (digits_of(writer, interface) == 6)
		ticks /= 1000;
	put_u32(writer, PCAPNG_ENHANCED);
	put_u32(writer, len);
	put_u32(writer, writer->first_interface + packet->interface);
	put_u32(writer, (uint32_t)(ticks >> 32));
	put_u32(writer, (uint32_t)ticks);
	put_u32(writer, packet->len);
	put_u32(writer, packet->wire_len);
	put(writer, packet->data, packet->len);
	put_padding(writer, packet->len);
	if (options_len)
		put(writer, options, options_len);
	if (has_flags) {
		put_option(writer, PCAPNG_EPB_FLAGS, &flags, sizeof flags);
		put_option(writer, PCAPNG_OPT_END, "", 0);
	}
	put_u32(writer, len);
}

static int write_pcapng(struct writer *writer, const struct packet_source *source,
			const struct packet *packets, size_t count)
{
	while (writer->interface_count < source->interface_count)
		put_interface(writer, &source->interfaces[writer->interface_count++]);
	for (size_t i = 0; i < count; i++)
		put_enhanced(writer, source, &packets[i]);
	return 0;
}

/*
 * Files
 */

void writer_begin(struct writer *writer, int fd, const struct packet_source *source)
{
	output_begin(writer->output, fd);
	writer->bytes = 0;
	if (writer->options.pcapng)
		begin_pcapng(writer, source);
	else
		begin_pcap(writer, source);
}

void writer_change_source(struct writer *writer)
{
	writer->first_interface += writer->interface_count;
	writer->interface_count = 0;
}

int writer_write(struct writer *writer, const struct packet_source *source,
		 const struct packet *packets, size_t count)
{
	int err = writer->options.pcapng ? write_pcapng(writer, source, packets, count) :
					   write_pcap(writer, source, packets, count);
	int output_err = output_tend(writer->output);

	return output_err ? output_err : err;
}

uint64_t writer_bytes(const struct writer *writer)
{
	return writer->bytes;
}

int writer_flush(struct writer *writer)
{
	return output_flush(writer->output);
}

int writer_end(struct writer *writer)
{
	return output_end(writer->output);
}
