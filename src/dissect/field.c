/*
 * field.c - text fields of application protocols.
 */
#include "dissect/field.h"

bool put_text_there(struct dissect *d, const uint8_t *p, uint32_t n)
{
	uint32_t there = dissect_available(d, p, n);

	put_text(d, p, there);
	return there == n;
}

uint32_t put_string(struct dissect *d, const uint8_t *p, uint32_t n)
{
	uint32_t there = dissect_available(d, p, n);

	for (uint32_t i = 0; i < there; i++) {
		if (p[i] == 0)
			return i + 1;
		put_byte(d, p[i]);
	}
	return 0;
}
