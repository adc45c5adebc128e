/*
 * pcap.c - reading pcap files: a header of 24 bytes, then packets with 16 before each.
 *
 * Files say their byte order and kind by their first four bytes.  Facts that surprise:
 *
 *  - before version 2.3 the two lengths of a packet stood the other way round, in 2.3 sometimes;
 *    DG/UX writes version 543.0, with lengths as before 2.3;
 *  - a kernel patch of 1999 had 8 more bytes before each packet, and another magic number, which
 *    libpcap reads too;
 *  - a packet longer than the file's own snapshot length is cut to that; one longer than
 *    any packet of its link type means that the file is damaged;
 *  - the upper six bits of the link type say how many bytes of checksum end each packet.
 *
 * Source: pcap-savefile(5).
 */
#include <errno.h>

#include "abi/link.h"
#include "base/attr.h"
#include "base/bits.h"
#include "capture/formats.h"

enum {
	FILE_HEADER_BYTES = 24,
	HEADER_BYTES = 16,
	PATCHED_HEADER_BYTES = 24,
	LINK_BITS = 26, /* of the link type; above: flags */
};

static const uint32_t magic_micro = 0xa1b2c3d4, magic_nano = 0xa1b23c4d, magic_patched = 0xa1b2cd34;
/* Kinds that were given a number, and that libpcap does not read either. */
static const uint32_t magic_navtel = 0xa12b3c4d, magic_mesquita = 0xa1b234cd;

static bool is_one_of(uint32_t magic)
{
	return magic == magic_micro || magic == magic_nano || magic == magic_patched ||
	       magic == magic_navtel || magic == magic_mesquita;
}

static bool is_pcap(const uint8_t *magic)
{
	return is_one_of(load_le32(magic)) || is_one_of(load_be32(magic));
}

static uint32_t get_u32(const struct pcap_reader *reader, const uint8_t *p)
{
	uint32_t value = load_u32(p);

	return reader->swapped ? __builtin_bswap32(value) : value;
}

static uint16_t get_u16(const struct pcap_reader *reader, const uint8_t *p)
{
	uint16_t value = load_u16(p);

	return reader->swapped ? __builtin_bswap16(value) : value;
}

static int read_kind(struct savefile *file, const uint8_t *p, struct diag *diag)
{
	struct pcap_reader *reader = &file->pcap;
	uint32_t magic;

	reader->swapped = !is_one_of(load_u32(p));
	magic = get_u32(reader, p);
	reader->nano = magic == magic_nano;
	reader->header_bytes = magic == magic_patched ? PATCHED_HEADER_BYTES : HEADER_BYTES;
	if (magic == magic_navtel || magic == magic_mesquita) {
		diag_error(diag, SPAN_NONE,
			   "'%s' is of a kind of pcap (0x%08x) that nobody has described",
			   file->source.name, magic);
		return -EINVAL;
	}
	return 0;
}

static int read_version(struct savefile *file, const uint8_t *p, struct diag *diag)
{
	struct pcap_reader *reader = &file->pcap;
	uint16_t major = get_u16(reader, p + 4), minor = get_u16(reader, p + 6);

	if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0)) {
		diag_error(diag, SPAN_NONE, "'%s' is of pcap's version %u.%u; 2.0 to 2.4 are known",
			   file->source.name, major, minor);
		return -EINVAL;
	}
	reader->lengths_swapped = minor < 3;
	reader->lengths_maybe = minor == 3;
	return 0;
}

/* As it is for printing and for what a filter returns: libpcap's rule. */
static uint32_t sane_snaplen(uint32_t snaplen, int dlt, bool is_patched)
{
	if (snaplen == 0 || snaplen > INT32_MAX)
		snaplen = savefile_most_bytes(dlt);
	/* The patched kernel made an Ethernet header up, which was not counted. */
	if (is_patched && dlt == DLT_EN10MB)
		snaplen = snaplen < INT32_MAX - 14 ? snaplen + 14 : INT32_MAX;
	return snaplen;
}

static int pcap_begin(struct savefile *file, struct diag *diag)
{
	struct pcap_reader *reader = &file->pcap;
	struct packet_interface interface = { 0 };
	const uint8_t *p;
	uint32_t link;
	int err = input_fill(&file->input, FILE_HEADER_BYTES, diag);

	if (err)
		return err;
	if (file->input.end - file->input.start < FILE_HEADER_BYTES) {
		diag_error(diag, SPAN_NONE,
			   "truncated dump file; tried to read %d file header bytes, only got %zu",
			   FILE_HEADER_BYTES, file->input.end - file->input.start);
		return -EINVAL;
	}
	p = file->input.data + file->input.start;
	err = read_kind(file, p, diag);
	if (!err)
		err = read_version(file, p, diag);
	if (err)
		return err;
	link = get_u32(reader, p + 20);
	file->source.link_flags = link >> LINK_BITS << LINK_BITS;
	interface.dlt = dlt_from_file(link & ((1u << LINK_BITS) - 1));
	interface.snaplen = sane_snaplen(get_u32(reader, p + 16), interface.dlt,
					 reader->header_bytes != HEADER_BYTES);
	interface.time_digits = reader->nano ? 9 : 6;
	reader->most_bytes = savefile_most_bytes(interface.dlt);
	file->source.snaplen = interface.snaplen;
	if (!reader->swapped && reader->header_bytes == HEADER_BYTES && !reader->lengths_swapped &&
	    !reader->lengths_maybe)
		file->source.layout = reader->nano ? PACKET_LAYOUT_PCAP_NANO :
						     PACKET_LAYOUT_PCAP_MICRO;
	file->input.start += FILE_HEADER_BYTES;
	return savefile_add_interface(file, &interface, diag);
}

/* The packet whose header is at @p, all but its data. */
static ALWAYS_INLINE struct packet get_header(const struct pcap_reader *reader, const uint8_t *p,
					      bool is_plain)
{
	uint32_t seconds = load_u32(p), fraction = load_u32(p + 4);
	struct packet packet = { .len = load_u32(p + 8), .wire_len = load_u32(p + 12) };

	if (!is_plain && reader->swapped) {
		seconds = __builtin_bswap32(seconds);
		fraction = __builtin_bswap32(fraction);
		packet.len = __builtin_bswap32(packet.len);
		packet.wire_len = __builtin_bswap32(packet.wire_len);
	}
	if (!is_plain &&
	    (reader->lengths_swapped || (reader->lengths_maybe && packet.len > packet.wire_len))) {
		uint32_t len = packet.len;

		packet.len = packet.wire_len;
		packet.wire_len = len;
	}
	packet.time_ns =
		(int64_t)seconds * 1000000000 + (int64_t)fraction * (reader->nano ? 1 : 1000);
	return packet;
}

/* The packets that are in the buffer from front to back, at most @most. */
static ALWAYS_INLINE size_t scan(struct savefile *file, struct packet *ret, size_t most,
				 bool is_plain)
{
	const struct pcap_reader *reader = &file->pcap;
	const size_t header_bytes = is_plain ? HEADER_BYTES : reader->header_bytes;
	const uint32_t snaplen = file->source.snaplen, most_bytes = reader->most_bytes;
	uint8_t *p = file->input.data + file->input.start;
	const uint8_t *end = file->input.data + file->input.end;
	size_t n;

	for (n = 0; n < most && (size_t)(end - p) >= header_bytes; n++) {
		struct packet packet = get_header(reader, p, is_plain);
		uint32_t len = packet.len;

		if (len > most_bytes || len > (size_t)(end - p) - header_bytes)
			break;
		p += header_bytes;
		__builtin_prefetch(p + 48); /* headers end there: the filter comes soon */
		packet.data = p;
		if (!is_plain && reader->swapped)
			savefile_swap_packet(file->interfaces[0].dlt, p, len);
		if (UNLIKELY(len > snaplen))
			packet.len = snaplen;
		ret[n] = packet;
		p += len;
	}
	file->input.start = (size_t)(p - file->input.data);
	return n;
}

/* Have the next packet whole in the buffer: 1, 0 at the end of the file, or an error. */
static int fill(struct savefile *file, struct diag *diag)
{
	const struct pcap_reader *reader = &file->pcap;
	struct input *input = &file->input;
	uint32_t len;
	int err = input_fill(input, reader->header_bytes, diag);

	if (err)
		return err;
	if (input->start == input->end)
		return 0;
	if (input->end - input->start < reader->header_bytes) {
		diag_error(diag, SPAN_NONE,
			   "truncated dump file; tried to read %zu header bytes, only got %zu",
			   reader->header_bytes, input->end - input->start);
		savefile_say_place(file, "the header", diag);
		return -EINVAL;
	}
	len = get_header(reader, input->data + input->start, false).len;
	if (len > reader->most_bytes) {
		bool is_over = len > file->source.snaplen;

		diag_error(diag, SPAN_NONE,
			   "invalid packet capture length %u, bigger than %s of %u", len,
			   is_over ? "snaplen" : "maximum",
			   is_over ? file->source.snaplen : reader->most_bytes);
		savefile_say_place(file, "the packet", diag);
		return -EINVAL;
	}
	err = input_fill(input, reader->header_bytes + len, diag);
	if (err)
		return err;
	if (input->end - input->start < reader->header_bytes + len) {
		diag_error(diag, SPAN_NONE,
			   "truncated dump file; tried to read %u captured bytes, only got %zu",
			   len, input->end - input->start - reader->header_bytes);
		savefile_say_place(file, "the packet", diag);
		return -EINVAL;
	}
	return 1;
}

static int pcap_read(struct savefile *file, struct packet *ret, size_t most, struct diag *diag)
{
	const bool is_plain = file->source.layout != PACKET_LAYOUT_OTHER;

	for (;;) {
		size_t n = is_plain ? scan(file, ret, most, true) : scan(file, ret, most, false);
		int more = n ? 1 : fill(file, diag);

		if (n)
			return (int)n;
		if (more <= 0)
			return more;
	}
}

const struct savefile_format savefile_pcap = {
	.name = "pcap",
	.is_it = is_pcap,
	.begin = pcap_begin,
	.read = pcap_read,
};
