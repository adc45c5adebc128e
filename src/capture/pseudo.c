/*
 * pseudo.c - headers inside packets that have the byte order of whoever wrote the file.
 *
 * Four link types begin with what the kernel of the writing machine had in its memory.  Readers expect
 * this machine's order there, so that of a foreign file is changed, field by field, as far as the packet
 * goes.
 */
#include "abi/link.h"
#include "base/bits.h"
#include "capture/formats.h"

/* A field: where, and how many bytes. */
struct field {
	uint8_t offset;
	uint8_t bytes;
};

static void swap_bytes(uint8_t *p, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes / 2; i++) {
		uint8_t byte = p[i];

		p[i] = p[bytes - 1 - i];
		p[bytes - 1 - i] = byte;
	}
}

/* Swap the @count fields until one is not whole: false then. */
static bool swap_fields(const struct field *fields, size_t count, uint8_t *data, uint32_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (len < (uint32_t)fields[i].offset + fields[i].bytes)
			return false;
		swap_bytes(data + fields[i].offset, fields[i].bytes);
	}
	return true;
}

/* Linux cooked: the id of a CAN frame behind the header. */
static void swap_sll(uint8_t *data, uint32_t len)
{
	enum { PROTOCOL = 14, SLL_BYTES = 16, P_CAN = 0x000c, P_CANFD = 0x000d };
	uint16_t protocol;

	if (len < SLL_BYTES + 4)
		return;
	protocol = load_be16(data + PROTOCOL);
	if (protocol == P_CAN || protocol == P_CANFD)
		swap_bytes(data + SLL_BYTES, 4);
}

/* struct usbmon_packet (Documentation/usb/usbmon.rst of Linux); the longer form is that of its mmap
 * interface, and has descriptors of isochronous transfers behind it. */
static void swap_usb(uint8_t *data, uint32_t len, bool is_long)
{
	enum { TYPE = 9, ISOCHRONOUS = 0, DESC_COUNT = 60, HEADER_BYTES = 64, DESC_BYTES = 16 };
	static const struct field common[] = { { 0, 8 },  { 12, 2 }, { 16, 8 }, { 24, 4 },
					       { 28, 4 }, { 32, 4 }, { 36, 4 } };
	static const struct field iso[] = { { 40, 4 }, { 44, 4 } };
	static const struct field more[] = { { 48, 4 }, { 52, 4 }, { 56, 4 }, { DESC_COUNT, 4 } };
	static const struct field desc[] = { { 0, 4 }, { 4, 4 }, { 8, 4 } };
	bool is_iso;

	if (!swap_fields(common, ARRAY_LEN(common), data, len))
		return;
	is_iso = data[TYPE] == ISOCHRONOUS;
	if (is_iso && !swap_fields(iso, ARRAY_LEN(iso), data, len))
		return;
	if (!is_long || !swap_fields(more, ARRAY_LEN(more), data, len) || !is_iso)
		return;
	for (uint32_t i = load_u32(data + DESC_COUNT), at = HEADER_BYTES; i > 0 && at < len;
	     i--, at += DESC_BYTES)
		if (!swap_fields(desc, ARRAY_LEN(desc), data + at, len - at))
			return;
}

/* Netfilter's log: lengths and types of attributes. */
static void swap_nflog(uint8_t *data, uint32_t len)
{
	enum { VERSION = 1, NFLOG_BYTES = 4, ATTRIBUTE_BYTES = 4 };
	uint32_t at = NFLOG_BYTES;

	if (len < NFLOG_BYTES || data[VERSION] != 0)
		return;
	while (len - at >= ATTRIBUTE_BYTES) {
		uint32_t size;

		swap_bytes(data + at, 2);
		swap_bytes(data + at + 2, 2);
		size = (uint32_t)align_up(load_u16(data + at), 4);
		if (size < ATTRIBUTE_BYTES || size > len - at)
			return;
		at += size;
	}
}

void savefile_swap_packet(int dlt, uint8_t *data, uint32_t len)
{
	switch (dlt) {
	case DLT_LINUX_SLL: swap_sll(data, len); break;
	case DLT_USB_LINUX: swap_usb(data, len, false); break;
	case DLT_USB_LINUX_MMAPPED: swap_usb(data, len, true); break;
	case DLT_NFLOG: swap_nflog(data, len); break;
	default: break;
	}
}
