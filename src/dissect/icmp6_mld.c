/*
 * icmp6_mld.c - multicast listener discovery: which groups there is someone for.
 */
#include "dissect/icmp6.h"

#include "dissect/group_record.h"
#include "dissect/proto.h"

enum { ADDRESS_BYTES = 16, QUERY_BYTES = 28, REPORT_BYTES = 8 };

static const struct group_form mld = { ADDRESS_BYTES, put_ip6, " [v2-report-#%u]" };

void print_mld(struct dissect *d, const uint8_t *p)
{
	if (!dissect_has(d, p, 8 + ADDRESS_BYTES))
		return;
	putf(d, "max resp delay: %u addr: ", get_be16(d, p + 4));
	put_ip6(d, p + 8);
}

/* A number of @bits, of which the uppermost says that the others are exponent and mantissa. */
static uint32_t floating(uint32_t value, unsigned int bits)
{
	unsigned int mantissa = bits - 4;

	if (!(value >> (bits - 1)))
		return value;
	return ((value & ((1U << mantissa) - 1)) | 1U << mantissa) << ((value >> mantissa & 7) + 3);
}

static void print_query_details(struct dissect *d, const uint8_t *p)
{
	uint8_t flags = get_u8(d, p + 24);

	if (flags & 0x08)
		put(d, " sflag");
	if (flags & 0x07)
		putf(d, " robustness=%u", flags & 0x07U);
	putf(d, " qqi=%u", floating(get_u8(d, p + 25), 8));
}

void print_mld2_query(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t delay = floating(get_be16(d, p + 4), 16);
	uint32_t count;

	if (d->o->verbose)
		putf(d, " [max resp delay=%u]", delay);
	dissect_need(d, p + 8, ADDRESS_BYTES);
	put(d, " [gaddr ");
	put_ip6(d, p + 8);
	if (d->o->verbose)
		print_query_details(d, p);
	count = get_be16(d, p + 26);
	if (count && len < QUERY_BYTES + count * ADDRESS_BYTES)
		put(d, " [invalid number of sources]");
	else if (count && d->o->verbose > 1)
		print_group_sources(d, &mld, p + QUERY_BYTES, count);
	else if (count)
		putf(d, ", %u source(s)", count);
	put_char(d, ']');
}

void print_mld2_report(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < REPORT_BYTES)
		putf(d, " [invalid len %u]", len);
	else
		print_group_report(d, &mld, p, len);
}
