/*
 * group_record.c - reports of multicast groups.
 */
#include "dissect/group_record.h"

enum { REPORT_BYTES = 8 }; /* before the records */

static const struct name record_types[] = {
	{ 1, "is_in" }, { 2, "is_ex" }, { 3, "to_in" },
	{ 4, "to_ex" }, { 5, "allow" }, { 6, "block" },
};

void print_group_sources(struct dissect *d, const struct group_form *form, const uint8_t *p,
			 uint32_t count)
{
	put(d, " {");
	for (uint32_t i = 0; i < count; i++) {
		dissect_need(d, p + i * form->address_bytes, form->address_bytes);
		put_char(d, ' ');
		form->put_address(d, p + i * form->address_bytes);
	}
	put(d, " }");
}

/* How many bytes the record has, or 0 when it does not fit into @len. */
static uint32_t print_record(struct dissect *d, const struct group_form *form, const uint8_t *p,
			     uint32_t len)
{
	const uint32_t record_bytes = 4 + form->address_bytes;
	uint32_t count;

	if (len < record_bytes) {
		put(d, " [invalid number of groups]");
		return 0;
	}
	dissect_need(d, p + 4, form->address_bytes);
	put(d, " [gaddr ");
	form->put_address(d, p + 4);
	put_char(d, ' ');
	put_name(d, NAMES(record_types), form->unknown, p[0]);
	count = get_be16(d, p + 2);
	if (len < record_bytes + count * form->address_bytes) {
		putf(d, " [invalid number of sources %u]", count);
		return 0;
	}
	if (d->o->verbose == 1)
		putf(d, ", %u source(s)", count);
	else
		print_group_sources(d, form, p + record_bytes, count);
	put_char(d, ']');
	return record_bytes + count * form->address_bytes;
}

void print_group_report(struct dissect *d, const struct group_form *form, const uint8_t *p,
			uint32_t len)
{
	uint32_t at = REPORT_BYTES;
	uint32_t count = get_be16(d, p + 6);

	putf(d, ", %u group record(s)", count);
	for (uint32_t i = 0; d->o->verbose && i < count; i++) {
		uint32_t n = print_record(d, form, p + at, len - at);

		if (!n)
			return;
		at += n;
	}
}
