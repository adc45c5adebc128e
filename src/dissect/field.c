/*
 * field.c - fields of application protocols.
 */
#include "dissect/field.h"

#include <string.h>

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

void print_contained(struct dissect *d, print_fn *print, const uint8_t *p, uint32_t len)
{
	const char *protocol = d->protocol;
	const uint8_t *end = d->end;
	unsigned int depth = d->depth;
	jmp_buf outer;

	memcpy(&outer, &d->leave, sizeof outer);
	switch (setjmp(d->leave)) {
	case 0:
		print(d, p, len);
		memcpy(&d->leave, &outer, sizeof outer);
		break;
	case DISSECT_LEAVE_TRUNCATED:
		memcpy(&d->leave, &outer, sizeof outer);
		if (strcmp(d->protocol, protocol) != 0)
			longjmp(d->leave, DISSECT_LEAVE_TRUNCATED);
		d->end = end;
		d->depth = depth;
		put_truncated(d);
		break;
	default: memcpy(&d->leave, &outer, sizeof outer); longjmp(d->leave, DISSECT_LEAVE_QUIETLY);
	}
}
