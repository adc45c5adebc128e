/*
 * domain_name.c - names of the Domain Name System (RFC 1035, section 4.1.4).
 *
 * A name is a row of labels, each behind a byte that says what it is and how long, up to an empty one;
 * or up to a pointer to the rest, elsewhere in the message.  Pointers must lead backwards, each further
 * than the one before, which is why a name always ends.  Bit labels (RFC 2673) were given up long ago
 * but are still printed.
 */
#include "dissect/domain.h"

#include "dissect/field.h"

enum {
	KIND = 0xc0,
	TEXT = 0x00,
	EXTENDED = 0x40,
	RESERVED = 0x80,
	POINTER = 0xc0,

	BIT_LABEL = 1, /* the only extended label */

	MOST_CHARS = 255,
};

/* What a label's first byte says. */
struct label {
	uint8_t head;
	uint32_t len; /* of what follows the head */
};

/* Bytes of a bit label behind its head: a count, where 0 means 256, and the bits. */
static uint32_t bit_label_len(uint8_t count)
{
	uint32_t bits = count ? count : 256;

	return (bits + 7) / 8 + 1;
}

/* Read the label at @p; false when there is none, and why is printed. */
static bool read_label(struct dissect *d, const uint8_t *p, struct label *ret)
{
	if (!dissect_has(d, p, 1))
		return false;
	ret->head = p[0];
	ret->len = p[0];
	switch (p[0] & KIND) {
	case EXTENDED:
		if ((p[0] & ~KIND) != BIT_LABEL) {
			put(d, "<ELT ");
			put_dec(d, p[0] & 0x3fu);
			put_char(d, '>');
			return false;
		}
		if (!dissect_has(d, p, 2))
			return false;
		ret->len = bit_label_len(p[1]);
		return true;
	case RESERVED: put(d, "<BAD LABEL TYPE>"); return false;
	default: return true;
	}
}

/* A bit label's count and bits as "\[x0123/16]". */
static void put_bit_label(struct dissect *d, const uint8_t *p)
{
	uint32_t count = get_u8(d, p++);
	uint32_t bits;

	if (count == 0)
		count = 256;
	put(d, "\\[x");
	put_hex_bytes(d, p, count / 8);
	p += count / 8;
	bits = count % 8;
	if (bits > 4)
		put_hex(d, get_u8(d, p) & 0xffu << (8 - bits) & 0xffu, 2);
	else if (bits > 0)
		put_hex(d, get_u8(d, p) >> 4 & 0xfu << (4 - bits) & 0xfu, 1);
	put_char(d, '/');
	put_dec(d, count);
	put_char(d, ']');
}

/* The text of a label of a name of which @chars are printed; no more than a name may have. */
static bool put_text_label(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t chars)
{
	if (chars + len <= MOST_CHARS)
		return put_text_there(d, p, len);
	return chars >= MOST_CHARS || put_text_there(d, p, MOST_CHARS - chars);
}

const uint8_t *put_domain_name(struct dissect *d, const uint8_t *p, const uint8_t *message)
{
	uint32_t below = (uint32_t)(p - message); /* where a pointer may lead */
	const uint8_t *first = p;
	const uint8_t *end = NULL; /* of the name where it began, once elsewhere */
	uint32_t chars = 0;
	struct label label;

	for (;;) {
		if (!read_label(d, p, &label))
			return NULL;
		if (label.head == 0 && p == first)
			put_char(d, '.');
		p++;
		if (label.head == 0 || p >= d->end)
			break;
		if ((label.head & KIND) == POINTER) {
			uint32_t offset = (label.head & 0x3fu) << 8 | p[0];

			if (!end)
				end = p + 1;
			if (offset >= below) {
				put(d, "<BAD PTR>");
				return NULL;
			}
			below = offset;
			if (!dissect_has(d, message, offset))
				return NULL;
			p = message + offset;
			continue;
		}
		if ((label.head & KIND) == EXTENDED) {
			put_bit_label(d, p);
		} else {
			if (!put_text_label(d, p, label.len, chars))
				return NULL;
			chars += label.len;
		}
		if (chars <= MOST_CHARS)
			put_char(d, '.');
		chars++;
		if (!dissect_has(d, p, label.len))
			return NULL;
		p += label.len;
	}
	if (chars > MOST_CHARS)
		put(d, "<DOMAIN NAME TOO LONG>");
	if (end)
		return end;
	if (label.head == 0)
		return p;
	/* The packet ends behind the head. */
	return p - 1 == first && (label.head & KIND) == POINTER ? NULL : d->end;
}

const uint8_t *skip_domain_name(struct dissect *d, const uint8_t *p)
{
	while (dissect_has(d, p, 1)) {
		uint8_t head = *p++;
		uint32_t len = head;

		if (head == 0)
			return p;
		switch (head & KIND) {
		case POINTER: return p < d->end ? p + 1 : d->end;
		case RESERVED: return NULL;
		case EXTENDED:
			if ((head & ~KIND) != BIT_LABEL || !dissect_has(d, p, 1))
				return NULL;
			len = bit_label_len(p[0]);
			break;
		}
		if (!dissect_has(d, p, len))
			return NULL;
		p += len;
	}
	return NULL;
}
