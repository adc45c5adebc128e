/*
 * pcapng.c - reading pcapng files: blocks, each with its type, its length, and its length again.
 *
 * A file is one or more sections.  Each begins with a Section Header Block, which also says the byte
 * order, and has interfaces of its own, numbered from 0 by the order of their blocks; all sections'
 * interfaces together are those of the source.  Packets are in three kinds of blocks: enhanced, simple
 * (without time and interface), and an obsolete one.  Unknown blocks are passed over.
 *
 * Enhanced Packet Blocks are handed on in this machine's byte order with their options, so that who
 * writes pcapng again need not know what the options mean (PACKET_LAYOUT_PCAPNG).
 *
 * Source: draft-ietf-opsawg-pcapng.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "base/attr.h"
#include "base/bits.h"
#include "capture/formats.h"
#include "capture/pcapng.h"

enum {
	MOST_BLOCK_BYTES = 16 << 20,   /* of a block that we look into, but for packets ... */
	MOST_OPTION_BYTES = 128 << 10, /* ... which are as long as packets may be, and this */
	MOST_HEADER_BLOCK_BYTES = 1 << 20,
	NS_PER_S = 1000000000,
};

static bool is_pcapng(const uint8_t *magic)
{
	return load_u32(magic) == PCAPNG_SECTION; /* it reads the same in both byte orders */
}

static uint32_t get_u32(const struct savefile *file, const uint8_t *p)
{
	uint32_t value = load_u32(p);

	return file->pcapng.swapped ? __builtin_bswap32(value) : value;
}

static uint16_t get_u16(const struct savefile *file, const uint8_t *p)
{
	uint16_t value = load_u16(p);

	return file->pcapng.swapped ? __builtin_bswap16(value) : value;
}

static int damaged(const struct savefile *file, struct diag *diag)
{
	savefile_say_place(file, "the block", diag);
	return -EINVAL;
}

/*
 * Options: a code, a length, a value, padding to 4 bytes; code 0 ends them.
 */

struct option {
	uint16_t code;
	uint16_t len;
	const uint8_t *value;
};

/* The option at *p, which moves on; false at the end, also if it does not fit before @end. */
static bool next_option(const struct savefile *file, const uint8_t **p, const uint8_t *end,
			struct option *ret)
{
	size_t left = (size_t)(end - *p);

	if (left < 4)
		return false;
	ret->code = get_u16(file, *p);
	ret->len = get_u16(file, *p + 2);
	ret->value = *p + 4;
	if (ret->code == PCAPNG_OPT_END || align_up(ret->len, 4) > left - 4)
		return false;
	*p += 4 + align_up(ret->len, 4);
	return true;
}

static const char *option_text(struct savefile *file, const struct option *option)
{
	return arena_strndup(&file->arena, (const char *)option->value, option->len);
}

/*
 * Section headers
 */

/* The byte order of the section that begins at @p, of which 12 bytes are there. */
static int read_byte_order(struct savefile *file, const uint8_t *p, struct diag *diag)
{
	uint32_t magic = load_u32(p + 8);

	if (magic != PCAPNG_BYTE_ORDER && magic != __builtin_bswap32(PCAPNG_BYTE_ORDER)) {
		diag_error(diag, SPAN_NONE,
			   "a section of the pcapng file has 0x%08x for its byte order", magic);
		return damaged(file, diag);
	}
	file->pcapng.swapped = magic != PCAPNG_BYTE_ORDER;
	return 0;
}

static int read_section(struct savefile *file, const uint8_t *p, uint32_t len, struct diag *diag)
{
	struct pcapng_reader *reader = &file->pcapng;
	const uint8_t *options = p + PCAPNG_SECTION_BYTES, *end = p + len - 4;
	struct option option;
	uint16_t major, minor;

	if (len < PCAPNG_SECTION_BYTES + 4) {
		diag_error(diag, SPAN_NONE, "a section header of %u bytes is too short", len);
		return damaged(file, diag);
	}
	major = get_u16(file, p + 12);
	minor = get_u16(file, p + 14);
	if (major != 1 || (minor != 0 && minor != 2)) {
		diag_error(diag, SPAN_NONE, "'%s' is of pcapng's version %u.%u; 1.0 is known",
			   file->source.name, major, minor);
		return damaged(file, diag);
	}
	reader->first = file->source.interface_count;
	while (!file->source.comment && next_option(file, &options, end, &option))
		if (option.code == PCAPNG_OPT_COMMENT)
			file->source.comment = option_text(file, &option);
	return 0;
}

/*
 * Interfaces and their clocks
 */

static int read_resolution(struct savefile *file, uint8_t value, struct pcapng_clock *clock,
			   struct diag *diag)
{
	clock->binary = value & 0x80;
	clock->digits = value & 0x7f;
	if (clock->digits <= (clock->binary ? 63 : 19))
		return 0;
	diag_error(diag, SPAN_NONE, "an interface's time resolution of %u^-%u s is too fine",
		   clock->binary ? 2 : 10, clock->digits);
	return damaged(file, diag);
}

static int read_interface_option(struct savefile *file, const struct option *option,
				 struct packet_interface *interface, struct pcapng_clock *clock,
				 struct diag *diag)
{
	uint64_t offset;

	switch (option->code) {
	case PCAPNG_IF_NAME:
		interface->name = option_text(file, option);
		return interface->name ? 0 : -ENOMEM;
	case PCAPNG_IF_TSRESOL:
		return option->len == 1 ? read_resolution(file, option->value[0], clock, diag) : 0;
	case PCAPNG_IF_TSOFFSET:
		if (option->len != 8)
			return 0;
		offset = load_u64(option->value);
		clock->offset_s =
			(int64_t)(file->pcapng.swapped ? __builtin_bswap64(offset) : offset);
		return 0;
	default: return 0;
	}
}

/* Decimal digits of a second's fraction that say as much as the clock. */
static uint8_t clock_digits(const struct pcapng_clock *clock)
{
	unsigned int digits = clock->binary ? (clock->digits * 3u + 9) / 10 : clock->digits;

	return digits > 6 ? 9 : digits > 3 ? 6 : digits > 0 ? 3 : 0;
}

static int add_interface(struct savefile *file, const struct packet_interface *interface,
			 const struct pcapng_clock *clock, struct diag *diag)
{
	uint32_t i = file->source.interface_count;
	size_t size = file->interface_size;
	int err = savefile_add_interface(file, interface, diag);

	if (err)
		return err;
	if (size != file->interface_size) {
		struct pcapng_clock *grown =
			realloc(file->pcapng.clocks, file->interface_size * sizeof *grown);

		if (!grown)
			return -ENOMEM;
		file->pcapng.clocks = grown;
	}
	file->pcapng.clocks[i] = *clock;
	if (interface->snaplen > file->source.snaplen)
		file->source.snaplen = interface->snaplen;
	return 0;
}

static int read_interface(struct savefile *file, const uint8_t *p, uint32_t len, struct diag *diag)
{
	const uint8_t *options = p + PCAPNG_INTERFACE_BYTES, *end = p + len - 4;
	struct packet_interface interface = { 0 };
	struct pcapng_clock clock = { .digits = 6 };
	struct option option;
	int err = 0;

	if (len < PCAPNG_INTERFACE_BYTES + 4) {
		diag_error(diag, SPAN_NONE, "an interface description of %u bytes is too short",
			   len);
		return damaged(file, diag);
	}
	interface.dlt = dlt_from_file(get_u16(file, p + 8));
	interface.snaplen = get_u32(file, p + 12);
	if (interface.snaplen == 0 || interface.snaplen > INT32_MAX)
		interface.snaplen = savefile_most_bytes(interface.dlt);
	while (!err && next_option(file, &options, end, &option))
		err = read_interface_option(file, &option, &interface, &clock, diag);
	if (err)
		return err;
	interface.time_digits = clock_digits(&clock);
	return add_interface(file, &interface, &clock, diag);
}

static int64_t clock_time(const struct pcapng_clock *clock, uint64_t ticks)
{
	static const uint64_t powers[] = { 1,      10,      100,      1000,      10000,
					   100000, 1000000, 10000000, 100000000, NS_PER_S };
	uint64_t ns;

	if (clock->binary) {
		uint64_t fraction = ticks & ((UINT64_C(1) << clock->digits) - 1);

		ns = (ticks >> clock->digits) * NS_PER_S +
		     (uint64_t)((unsigned __int128)fraction * NS_PER_S >> clock->digits);
	} else if (clock->digits <= 9) {
		ns = ticks * powers[9 - clock->digits];
	} else {
		ns = ticks;
		for (unsigned int i = clock->digits; i > 9; i--)
			ns /= 10;
	}
	return (int64_t)(ns + (uint64_t)clock->offset_s * NS_PER_S);
}

/*
 * Packets
 */

/* Bring the enhanced block at @p, with options at @options, to this machine's byte order. */
static void swap_enhanced(struct savefile *file, uint8_t *p, uint32_t len, uint8_t *options)
{
	const uint8_t *next = options;
	struct option option;

	while (next_option(file, &next, p + len - 4, &option)) {
		uint8_t *value = options + 4;

		store_u16(options, option.code);
		store_u16(options + 2, option.len);
		/* numbers; the others are texts, hashes, and what nobody knows */
		if (option.code == PCAPNG_EPB_FLAGS && option.len == 4)
			store_u32(value, __builtin_bswap32(load_u32(value)));
		else if ((option.code == PCAPNG_EPB_DROPCOUNT ||
			  option.code == PCAPNG_EPB_PACKETID) &&
			 option.len == 8)
			store_u64(value, __builtin_bswap64(load_u64(value)));
		else if (option.code == PCAPNG_EPB_QUEUE && option.len == 4)
			store_u32(value, __builtin_bswap32(load_u32(value)));
		options += next - options;
	}
	for (unsigned int i = 0; i < PCAPNG_ENHANCED_BYTES; i += 4)
		store_u32(p + i, __builtin_bswap32(load_u32(p + i)));
	store_u32(p + len - 4, len);
}

/* After swap_enhanced. */
static enum packet_direction find_direction(const uint8_t *options, const uint8_t *end)
{
	while (end - options >= 8) {
		uint16_t code = load_u16(options), len = load_u16(options + 2);

		if (code == PCAPNG_EPB_FLAGS && len == 4) {
			uint32_t flags = load_u32(options + 4) & PCAPNG_FLAGS_DIRECTION;

			return flags == PCAPNG_FLAGS_IN  ? PACKET_IN :
			       flags == PCAPNG_FLAGS_OUT ? PACKET_OUT :
							   PACKET_UNKNOWN;
		}
		if (code == PCAPNG_OPT_END || align_up(len, 4) > (size_t)(end - options) - 4)
			break;
		options += 4 + align_up(len, 4);
	}
	return PACKET_UNKNOWN;
}

/* Where a packet block has what. */
struct packet_block {
	uint32_t header_bytes; /* before the data */
	uint32_t interface;    /* in its section */
	uint64_t ticks;
	uint32_t len;
	uint32_t wire_len;
};

static struct packet_block get_packet_block(const struct savefile *file, uint32_t type,
					    const uint8_t *p)
{
	const bool is_old = type == PCAPNG_OLD_PACKET;

	if (type == PCAPNG_SIMPLE)
		return (struct packet_block){
			.header_bytes = PCAPNG_SIMPLE_BYTES,
			.len = get_u32(file, p + 8),
			.wire_len = get_u32(file, p + 8),
		};
	return (struct packet_block){
		.header_bytes = PCAPNG_ENHANCED_BYTES, /* the old one's are as many */
		.interface = is_old ? get_u16(file, p + 8) : get_u32(file, p + 8),
		.ticks = (uint64_t)get_u32(file, p + 12) << 32 | get_u32(file, p + 16),
		.len = get_u32(file, p + 20),
		.wire_len = get_u32(file, p + 24),
	};
}

static int bad_interface(const struct savefile *file, uint32_t interface, struct diag *diag)
{
	uint32_t count = file->source.interface_count - file->pcapng.first;

	diag_error(diag, SPAN_NONE,
		   "a packet arrived on interface %u, and the file has described %u so far",
		   interface, count);
	return damaged(file, diag);
}

static int bad_packet(const struct savefile *file, const struct packet_block *block,
		      uint32_t block_len, struct diag *diag)
{
	diag_error(diag, SPAN_NONE, "a packet of %u bytes is in a block of %u", block->len,
		   block_len);
	return damaged(file, diag);
}

/* The packet in the block of @type at @p, all of whose @len bytes are there. */
static int read_packet(struct savefile *file, uint32_t type, uint8_t *p, uint32_t len,
		       struct packet *ret, struct diag *diag)
{
	struct packet_block block;
	const struct packet_interface *interface;
	uint8_t *options;
	uint32_t index;

	if (len < (type == PCAPNG_SIMPLE ? PCAPNG_SIMPLE_BYTES : PCAPNG_ENHANCED_BYTES) + 4) {
		diag_error(diag, SPAN_NONE, "a packet block of %u bytes is too short", len);
		return damaged(file, diag);
	}
	block = get_packet_block(file, type, p);
	if (block.interface >= file->source.interface_count - file->pcapng.first)
		return bad_interface(file, block.interface, diag);
	index = file->pcapng.first + block.interface;
	interface = &file->interfaces[index];
	if (type == PCAPNG_SIMPLE && block.len > interface->snaplen)
		block.len = interface->snaplen;
	if (align_up(block.len, 4) > len - block.header_bytes - 4 ||
	    block.len > savefile_most_bytes(interface->dlt))
		return bad_packet(file, &block, len, diag);
	*ret = (struct packet){
		.data = p + block.header_bytes,
		.len = block.len,
		.wire_len = block.wire_len,
		.interface = index,
	};
	if (type != PCAPNG_SIMPLE)
		ret->time_ns = clock_time(&file->pcapng.clocks[index], block.ticks);
	options = p + block.header_bytes + align_up(block.len, 4);
	if (file->pcapng.swapped) {
		savefile_swap_packet(interface->dlt, p + block.header_bytes, block.len);
		if (type == PCAPNG_ENHANCED)
			swap_enhanced(file, p, len, options);
	}
	if (type == PCAPNG_ENHANCED && options < p + len - 4)
		ret->direction = find_direction(options, p + len - 4);
	return 0;
}

/*
 * Blocks
 */

static bool is_packet(uint32_t type)
{
	return type == PCAPNG_ENHANCED || type == PCAPNG_SIMPLE || type == PCAPNG_OLD_PACKET;
}

static bool is_known(uint32_t type)
{
	return is_packet(type) || type == PCAPNG_SECTION || type == PCAPNG_INTERFACE;
}

/* Can a block of @type, if we look into it, have @len bytes? */
static int check_length(struct savefile *file, uint32_t type, uint32_t len, struct diag *diag)
{
	uint32_t most = MOST_BLOCK_BYTES;

	if (len < PCAPNG_LEAST_BYTES || len % 4 != 0) {
		diag_error(diag, SPAN_NONE,
			   "a block has a length of %u, which is no multiple of 4 of at least %d",
			   len, PCAPNG_LEAST_BYTES);
		return damaged(file, diag);
	}
	if (!is_known(type))
		return 0;
	if (type == PCAPNG_SECTION)
		most = MOST_HEADER_BLOCK_BYTES;
	for (uint32_t i = 0; is_packet(type) && i < file->source.interface_count; i++) {
		uint32_t own = savefile_most_bytes(file->interfaces[i].dlt) + MOST_OPTION_BYTES;

		most = own > most ? own : most;
	}
	if (len <= most)
		return 0;
	diag_error(diag, SPAN_NONE, "a block has a length of %u, and at most %u makes sense", len,
		   most);
	return damaged(file, diag);
}

static int check_trailer(const struct savefile *file, const uint8_t *p, uint32_t len,
			 struct diag *diag)
{
	uint32_t again = get_u32(file, p + len - 4);

	if (again == len)
		return 0;
	diag_error(diag, SPAN_NONE, "a block's length is %u where it begins and %u where it ends",
		   len, again);
	return damaged(file, diag);
}

static int truncated(const struct savefile *file, size_t wanted, struct diag *diag)
{
	diag_error(diag, SPAN_NONE,
		   "truncated pcapng dump file; tried to read %zu bytes, only got %zu", wanted,
		   file->input.end - file->input.start);
	return damaged(file, diag);
}

/* Pass over what is left of a block of no interest: 1, 0 at the end of the file, or an error. */
static int skip(struct savefile *file, struct diag *diag)
{
	struct input *input = &file->input;

	while (file->pcapng.skip > 0) {
		size_t there = input->end - input->start;
		int err;

		if (there > file->pcapng.skip)
			there = (size_t)file->pcapng.skip;
		input->start += there;
		file->pcapng.skip -= there;
		if (!file->pcapng.skip)
			break;
		err = input_fill(input, 1, diag);
		if (err)
			return err;
		if (input->start == input->end)
			return truncated(file, (size_t)file->pcapng.skip, diag);
	}
	return 1;
}

/* The block at the front. */
struct block {
	uint32_t type;
	uint32_t len;
	uint8_t *p; /* whole, unless it is of no interest */
};

enum {
	BLOCK_THERE = 1,
	BLOCK_NOT_WHOLE = 2, /* in the buffer */
};

/* Look at the next block; without @fill only if the buffer has it.  1, 0 at the end of the file,
 * BLOCK_NOT_WHOLE, or an error. */
static int look(struct savefile *file, bool fill, struct diag *diag, struct block *ret)
{
	enum { HEAD_BYTES = 12 }; /* of the shortest block, and what a section's order needs */
	struct input *input = &file->input;
	size_t wanted = HEAD_BYTES;
	int err = fill ? input_fill(input, wanted, diag) : 0;

	if (err)
		return err;
	if (input->end - input->start < wanted) {
		if (!fill)
			return BLOCK_NOT_WHOLE;
		return input->start == input->end ? 0 : truncated(file, wanted, diag);
	}
	ret->p = input->data + input->start;
	if (load_u32(ret->p) == PCAPNG_SECTION)
		err = read_byte_order(file, ret->p, diag);
	ret->type = get_u32(file, ret->p);
	ret->len = get_u32(file, ret->p + 4);
	if (!err)
		err = check_length(file, ret->type, ret->len, diag);
	if (err || !is_known(ret->type))
		return err ? err : BLOCK_THERE;
	if (fill)
		err = input_fill(input, ret->len, diag);
	if (err)
		return err;
	ret->p = input->data + input->start;
	if (input->end - input->start < ret->len)
		return fill ? truncated(file, ret->len, diag) : BLOCK_NOT_WHOLE;
	err = check_trailer(file, ret->p, ret->len, diag);
	return err ? err : BLOCK_THERE;
}

/* What the block means, unless it is a packet, and go past it. */
static int take(struct savefile *file, const struct block *block, struct diag *diag)
{
	int err = 0;

	if (block->type == PCAPNG_SECTION)
		err = read_section(file, block->p, block->len, diag);
	else if (block->type == PCAPNG_INTERFACE)
		err = read_interface(file, block->p, block->len, diag);
	else
		file->pcapng.skip = block->len;
	if (is_known(block->type) && !err)
		file->input.start += block->len;
	return err;
}

/* Up to the first interface we wait.  Then what is there already may be more of them; but whatever is
 * wrong there is said when it is read, behind the packets before it. */
static int pcapng_begin(struct savefile *file, struct diag *diag)
{
	struct input *input = &file->input;
	struct block block;

	for (;;) {
		bool must = file->source.interface_count == 0;
		int more;

		if (!must && file->pcapng.skip > input->end - input->start)
			return 0;
		more = skip(file, diag);
		if (more > 0)
			more = look(file, must, must ? diag : NULL, &block);
		if (!must && (more != BLOCK_THERE || is_packet(block.type)))
			return 0;
		if (more == 0 || (more > 0 && is_packet(block.type))) {
			diag_error(diag, SPAN_NONE, "'%s' has %s before any interface description",
				   file->source.name, more ? "a packet" : "its end");
			return damaged(file, diag);
		}
		if (more > 0)
			more = take(file, &block, must ? diag : NULL);
		if (more < 0)
			return must ? more : 0;
	}
}

static int pcapng_read(struct savefile *file, struct packet *ret, size_t most, struct diag *diag)
{
	struct block block;
	size_t n = 0;
	int more = 1;

	/* A batch has packets of one layout, and ends where the buffer does. */
	while (n < most) {
		enum packet_layout layout;

		if (file->pcapng.skip && n > 0)
			break;
		more = skip(file, diag);
		if (more > 0)
			more = look(file, n == 0, n ? NULL : diag, &block);
		if (more != BLOCK_THERE)
			break;
		if (!is_packet(block.type)) {
			if (n > 0) /* what changes may come after the packets were used */
				break;
			more = take(file, &block, diag);
			if (more < 0)
				break;
			continue;
		}
		layout = block.type == PCAPNG_ENHANCED ? PACKET_LAYOUT_PCAPNG : PACKET_LAYOUT_OTHER;
		if (n > 0 && layout != file->source.layout)
			break;
		file->source.layout = layout;
		more = read_packet(file, block.type, block.p, block.len, &ret[n], n ? NULL : diag);
		if (more < 0)
			break;
		file->input.start += block.len;
		n++;
	}
	return n ? (int)n : more;
}

const struct savefile_format savefile_pcapng = {
	.name = "pcapng",
	.is_it = is_pcapng,
	.begin = pcapng_begin,
	.read = pcapng_read,
};
