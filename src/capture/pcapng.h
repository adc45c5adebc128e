/*
 * pcapng.h - the numbers of the pcapng format, for its reader and its writer.
 *
 * Source: draft-ietf-opsawg-pcapng.
 */
#ifndef WAGGLE_CAPTURE_PCAPNG_H
#define WAGGLE_CAPTURE_PCAPNG_H

#define PCAPNG_BYTE_ORDER UINT32_C(0x1a2b3c4d)

/* Types of blocks. */
enum {
	PCAPNG_SECTION = 0x0a0d0d0a,
	PCAPNG_INTERFACE = 1,
	PCAPNG_OLD_PACKET = 2,
	PCAPNG_SIMPLE = 3,
	PCAPNG_ENHANCED = 6,
};

/* Bytes from a block's type to its options, or to its packet's data. */
enum {
	PCAPNG_LEAST_BYTES = 12, /* of a block: type, length, length */
	PCAPNG_SECTION_BYTES = 24,
	PCAPNG_INTERFACE_BYTES = 16,
	PCAPNG_SIMPLE_BYTES = 12,
	PCAPNG_ENHANCED_BYTES = 28,
};

/* Codes of options, and what is in some. */
enum {
	PCAPNG_OPT_END = 0,
	PCAPNG_OPT_COMMENT = 1,
	PCAPNG_SHB_USERAPPL = 4,
	PCAPNG_IF_NAME = 2,
	PCAPNG_IF_TSRESOL = 9,
	PCAPNG_IF_TSOFFSET = 14,
	PCAPNG_EPB_FLAGS = 2,
	PCAPNG_EPB_DROPCOUNT = 4,
	PCAPNG_EPB_PACKETID = 5,
	PCAPNG_EPB_QUEUE = 6,
	PCAPNG_FLAGS_DIRECTION = 3,
	PCAPNG_FLAGS_IN = 1,
	PCAPNG_FLAGS_OUT = 2,
};

#endif
