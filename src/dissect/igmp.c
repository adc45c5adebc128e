/*
 * igmp.c - IGMP (RFC 2236, RFC 3376): which IPv4 multicast groups there is someone for.
 */
#include "dissect/group_record.h"
#include "dissect/proto.h"
#include "dissect/routing.h"

enum {
	QUERY = 0x11,
	REPORT_V1 = 0x12,
	DVMRP = 0x13,
	PIM_V1 = 0x14,
	REPORT_V2 = 0x16,
	LEAVE = 0x17,
	TRACE_RESPONSE = 0x1e,
	TRACE = 0x1f,
	REPORT_V3 = 0x22,

	USUAL_RESPONSE_TIME = 100, /* tenths of a second: not worth a word */
	LONG_RESPONSE_TIME = 600,  /* from here on in words of hours, minutes and seconds */
};

static const struct group_form igmp = { 4, put_ip4, " [v3-report-#%u]" };

/* Of the multicast traceroute: @name, its query, and who gets the answer. */
static void print_trace(struct dissect *d, const char *name, const uint8_t *p, uint32_t len)
{
	enum { TRACE_BYTES = 24 };

	if (len < TRACE_BYTES) {
		putf(d, " [invalid len %u]", len);
		return;
	}
	dissect_need(d, p, TRACE_BYTES);
	putf(d, "%s %u: ", name, get_be24(d, p + 21));
	put_ip4(d, p + 8);
	put(d, " to ");
	put_ip4(d, p + 12);
	put(d, " reply-to ");
	put_ip4(d, p + 16);
	if ((p[16] & 0xf0) == 0xe0)
		putf(d, " with-ttl %u", p[20]);
}

static void print_report_v3(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 16 || len % 4)
		putf(d, " [invalid len %u]", len);
	else
		print_group_report(d, &igmp, p, len);
}

static void print_response_time(struct dissect *d, uint8_t code)
{
	uint32_t tenths = code;

	if (code == USUAL_RESPONSE_TIME)
		return;
	if (code & 0x80)
		tenths = ((code & 0x0fU) | 0x10) << ((code >> 4 & 7) + 3);
	put(d, " [max resp time ");
	if (tenths < LONG_RESPONSE_TIME)
		putf(d, "%u.%us", tenths / 10, tenths % 10);
	else
		put_seconds(d, tenths / 10);
	put_char(d, ']');
}

static void print_query_v3(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { QUERY_BYTES = 12 };
	uint32_t count;

	put(d, " v3");
	if (len % 4) {
		putf(d, " [invalid len %u]", len);
		return;
	}
	print_response_time(d, get_u8(d, p + 1));
	if (get_be32(d, p + 4) == 0)
		return;
	put(d, " [gaddr ");
	put_ip4(d, p + 4);
	count = get_be16(d, p + 10);
	if (count && len < QUERY_BYTES + 4 * count)
		put(d, " [invalid number of sources]");
	else if (count && d->o->verbose > 1)
		print_group_sources(d, &igmp, p + QUERY_BYTES, count);
	else if (count)
		putf(d, ", %u source(s)", count);
	put_char(d, ']');
}

static void print_length(struct dissect *d, uint32_t len)
{
	if (len != 8)
		putf(d, " [len %u]", len);
}

static void print_query(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t time;

	put(d, "igmp query");
	if (len >= 12) {
		print_query_v3(d, p, len);
		return;
	}
	time = get_u8(d, p + 1);
	put(d, time ? " v2" : " v1");
	if (time && time != USUAL_RESPONSE_TIME)
		putf(d, " [max resp time %u]", time);
	if (get_be32(d, p + 4)) {
		put(d, " [gaddr ");
		put_ip4(d, p + 4);
		put_char(d, ']');
	}
	print_length(d, len);
}

static void print_group(struct dissect *d, const char *what, const uint8_t *p)
{
	dissect_need(d, p + 4, 4);
	put(d, what);
	put_ip4(d, p + 4);
}

static void print_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	switch (get_u8(d, p)) {
	case QUERY: print_query(d, p, len); break;
	case REPORT_V1:
		print_group(d, "igmp v1 report ", p);
		print_length(d, len);
		break;
	case REPORT_V2: print_group(d, "igmp v2 report ", p); break;
	case REPORT_V3:
		put(d, "igmp v3 report");
		print_report_v3(d, p, len);
		break;
	case LEAVE: print_group(d, "igmp leave ", p); break;
	case DVMRP:
		put(d, "igmp dvmrp");
		if (len < 8)
			print_length(d, len);
		else
			print_dvmrp(d, p, len);
		break;
	case PIM_V1:
		put(d, "igmp pimv1");
		print_pim_v1(d, p, len);
		break;
	case TRACE_RESPONSE: print_trace(d, "mresp", p, len); break;
	case TRACE: print_trace(d, "mtrace", p, len); break;
	default: putf(d, "igmp-%u", p[0]);
	}
}

void print_igmp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "igmp";
	if (get_u8(d, d->network) >> 4 != 4) {
		put(d, "[IGMP requires IPv4]");
		put_invalid(d);
		return;
	}
	if (d->o->quick) {
		put(d, "igmp");
		return;
	}
	print_type(d, p, len);
	if (d->o->verbose && len >= 4 && dissect_has(d, p, len) && checksum(p, len))
		putf(d, " bad igmp cksum %x!", get_be16(d, p + 2));
}
