/*
 * loopback.c - Ethernet's configuration testing protocol, whose packets come back.
 */
#include "dissect/proto.h"

enum { REPLY = 1, FORWARD = 2, MAC_BYTES = 6 };

/* False: it is shorter than it should be. */
static bool print_function(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name functions[] = {
		{ REPLY, "Reply" },
		{ FORWARD, "Forward Data" },
	};
	uint32_t n = 2;
	uint16_t function;

	if (len < n)
		return false;
	function = get_le16(d, p);
	put(d, ", ");
	put_name(d, NAMES(functions), " invalid (%u)", function);
	if (function == REPLY) {
		n += 2;
		if (len < n)
			return false;
		putf(d, ", receipt number %u", get_le16(d, p + 2));
	} else if (function == FORWARD) {
		n += MAC_BYTES;
		if (len < n)
			return false;
		dissect_need(d, p + 2, MAC_BYTES);
		put(d, ", forwarding address ");
		put_mac(d, p + 2);
	}
	if (n > 2)
		putf(d, ", data (%u octets)", len - n);
	dissect_need(d, p, len);
	return true;
}

void print_loopback(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t skipped = 0;
	bool whole = false;

	d->protocol = "loopback";
	put(d, "Loopback");
	if (len >= 2) {
		skipped = get_le16(d, p);
		putf(d, ", skipCount %u%s", skipped, skipped % 8 ? " (bogus)" : "");
		len -= 2;
		p += 2;
		if (len >= skipped) {
			dissect_need(d, p, skipped);
			whole = print_function(d, p + skipped, len - skipped);
		}
	}
	if (whole)
		return;
	put_invalid(d);
	dissect_need(d, p, len);
}
