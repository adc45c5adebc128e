/*
 * icmp6_mld.c - multicast listener discovery: which groups there is someone for.
 */
#include "dissect/icmp6.h"

#include "dissect/proto.h"

enum { ADDRESS_BYTES = 16, QUERY_BYTES = 28, REPORT_BYTES = 8, RECORD_BYTES = 20 };

static const struct name record_types[] = {
	{ 1, "is_in" }, { 2, "is_ex" }, { 3, "to_in" },
	{ 4, "to_ex" }, { 5, "allow" }, { 6, "block" },
};

void print_mld(struct dissect *d, const uint8_t *p)
{
	if (!dissect_has(d, p, 8 + ADDRESS_BYTES))
		return;
	putf(d, "max resp delay: %u addr: ", get_be16(d, p + 4));
	put_ip6(d, p + 8);
}

static void print_sources(struct dissect *d, const uint8_t *p, uint32_t count)
{
	put(d, " {");
	for (uint32_t i = 0; i < count; i++) {
		dissect_need(d, p + i * ADDRESS_BYTES, ADDRESS_BYTES);
		put_char(d, ' ');
		put_ip6(d, p + i * ADDRESS_BYTES);
	}
	put(d, " }");
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
		print_sources(d, p + QUERY_BYTES, count);
	else if (count)
		putf(d, ", %u source(s)", count);
	put_char(d, ']');
}

/* How many bytes it has, or 0 when it does not fit into @len. */
static uint32_t print_record(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t count;

	if (len < RECORD_BYTES) {
		put(d, " [invalid number of groups]");
		return 0;
	}
	dissect_need(d, p + 4, ADDRESS_BYTES);
	put(d, " [gaddr ");
	put_ip6(d, p + 4);
	put_char(d, ' ');
	put_name(d, NAMES(record_types), " [v2-report-#%u]", p[0]);
	count = get_be16(d, p + 2);
	if (len < RECORD_BYTES + count * ADDRESS_BYTES) {
		putf(d, " [invalid number of sources %u]", count);
		return 0;
	}
	if (d->o->verbose == 1)
		putf(d, ", %u source(s)", count);
	else
		print_sources(d, p + RECORD_BYTES, count);
	put_char(d, ']');
	return RECORD_BYTES + count * ADDRESS_BYTES;
}

void print_mld2_report(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t at = REPORT_BYTES;
	uint32_t count;

	if (len < REPORT_BYTES) {
		putf(d, " [invalid len %u]", len);
		return;
	}
	count = get_be16(d, p + 6);
	putf(d, ", %u group record(s)", count);
	for (uint32_t i = 0; d->o->verbose && i < count; i++) {
		uint32_t n = print_record(d, p + at, len - at);

		if (!n)
			return;
		at += n;
	}
}
