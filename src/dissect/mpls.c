/*
 * mpls.c - MPLS labels (RFC 3032).
 *
 * Nothing says what follows the last label.  The label does if it is one of the reserved ones; else the
 * first byte tells IP and OSI's protocols from each other.
 */
#include "dissect/proto.h"

enum {
	ENTRY_BYTES = 4,
	BOTTOM = 0x100,
	LABEL_IP4_NULL = 0,
	LABEL_IP6_NULL = 2,
	LABEL_NULL = 3,
};

/* clang-format off */
static const char *const label_names[16] = {
	"IPv4 explicit NULL", "router alert", "IPv6 explicit NULL", "implicit NULL",
	"rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd", "rsvd",
};
/* clang-format on */

static void put_entry(struct dissect *d, uint32_t entry)
{
	uint32_t label = entry >> 12;

	put(d, "(label ");
	put_dec(d, label);
	if (d->o->verbose > 0 && label < ARRAY_LEN(label_names)) {
		put(d, " (");
		put(d, label_names[label]);
		put_char(d, ')');
	}
	put(d, ", tc ");
	put_dec(d, entry >> 9 & 7);
	if (entry & BOTTOM)
		put(d, ", [S]");
	put(d, ", ttl ");
	put_dec(d, entry & 0xff);
	put_char(d, ')');
}

static bool is_reserved(uint32_t label)
{
	return label == LABEL_IP4_NULL || label == LABEL_IP6_NULL || label == LABEL_NULL;
}

static print_fn *printer_of(struct dissect *d, uint32_t label, const uint8_t *p)
{
	if (label == LABEL_IP4_NULL || label == LABEL_NULL)
		return print_ip4;
	if (label == LABEL_IP6_NULL)
		return print_ip6;
	switch (get_u8(d, p) >> 4) {
	case 4: return (p[0] & 15) >= 5 ? print_ip4 : NULL;
	case 6: return print_ip6;
	default: return NULL;
	}
}

void print_mpls(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_fn *print;
	uint32_t entry = 0;
	bool first = true;

	d->protocol = "mpls";
	put(d, "MPLS");
	for (; !(entry & BOTTOM); first = false) {
		if (len < ENTRY_BYTES) {
			put_invalid(d);
			return;
		}
		entry = get_be32(d, p);
		put(d, !first && d->o->verbose > 0 ? "\n\t" : " ");
		put_entry(d, entry);
		p += ENTRY_BYTES;
		len -= ENTRY_BYTES;
	}
	if (len < 1 && !is_reserved(entry >> 12))
		return;
	print = printer_of(d, entry >> 12, p);
	if (!print) {
		put_unknown(d, p, len);
		return;
	}
	put(d, d->o->verbose > 0 ? "\n\t" : " ");
	dissect_enter(d);
	print(d, p, len);
	d->depth--;
}
