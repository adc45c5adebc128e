/*
 * llc.c - IEEE 802.2 logical link control.
 */
#include "dissect/proto.h"

bool print_llc(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t *ret_bytes)
{
	(void)p;
	(void)len;
	d->protocol = "llc";
	*ret_bytes = 0;
	return false;
}
