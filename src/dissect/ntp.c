/*
 * ntp.c - the Network Time Protocol (RFC 5905), with its control messages (RFC 9327).
 */
#include "dissect/ntp.h"

#include <time.h>

#include "dissect/field.h"

/* Where the fields of a time message stand. */
enum {
	STRATUM = 1,
	POLL = 2,
	PRECISION = 3,
	ROOT_DELAY = 4,
	ROOT_DISPERSION = 8,
	REFERENCE_ID = 12,
	REFERENCE_TIME = 16,
	ORIGINATE_TIME = 24,
	RECEIVE_TIME = 32,
	TRANSMIT_TIME = 40,
	KEY_ID = 48,
	DIGEST = 52,
	TIME_BYTES = 48, /* of a message without a key */
};

/* And those of a control message. */
enum {
	CONTROL = 1,
	SEQUENCE = 2,
	STATUS = 4,
	ASSOCIATION = 6,
	OFFSET = 8,
	COUNT = 10,
	CONTROL_BYTES = 12, /* without data */
};

enum { MODE_CONTROL = 6, MODE_PRIVATE = 7 };

/* Strata that mean something else. */
enum { UNSPECIFIED = 0, PRIMARY = 1, MOST_SECONDARY = 15, INFO_QUERY = 62, INFO_REPLY = 63 };

#define UNIX_EPOCH 2208988800 /* in seconds since 1900 */

static const char *const modes[8] = {
	"unspecified", "symmetric active", "symmetric passive", "Client",
	"Server",      "Broadcast",        "Control Message",   "Reserved",
};

static const char *const leaps[4] = { "", "+1s", "-1s", "clock unsynchronized" };

static const char *stratum_name(uint8_t stratum)
{
	if (stratum == UNSPECIFIED)
		return "unspecified";
	if (stratum == PRIMARY)
		return "primary reference";
	return stratum <= MOST_SECONDARY ? "secondary reference" : "reserved";
}

static uint32_t parts(uint32_t fraction, double unit, double whole)
{
	return (uint32_t)(fraction / whole * unit);
}

/* 16 bits of seconds, 16 of their fraction. */
static void put_short_time(struct dissect *d, const char *title, const uint8_t *p)
{
	dissect_need(d, p, 4);
	put(d, title);
	putf(d, "%u.%06u", load_be16(p), parts(load_be16(p + 2), 1000000.0, 65536.0));
}

/* A duration, or a time without its date. */
static void put_long_time(struct dissect *d, uint32_t seconds, uint32_t fraction)
{
	putf(d, "%u.%09u", seconds, parts(fraction, 1000000000.0, 4294967296.0));
}

void put_ntp_time(struct dissect *d, const uint8_t *p)
{
	uint32_t seconds = load_be32(p);
	time_t unix_time = (time_t)seconds - UNIX_EPOCH;
	struct tm tm;
	char text[64];

	put_long_time(d, seconds, load_be32(p + 4));
	if (seconds == 0 || !gmtime_r(&unix_time, &tm))
		return;
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	put(d, " (");
	put(d, text);
	put_char(d, ')');
}

/* From the time at @then to that at @now; if there is no @then, what is @now. */
static void put_difference(struct dissect *d, const uint8_t *then, const uint8_t *now)
{
	uint64_t a = load_be64(then);
	uint64_t b = load_be64(now);
	uint64_t difference = b > a ? b - a : a - b;

	if (a == 0) {
		put_ntp_time(d, now);
		return;
	}
	put_char(d, b > a ? '+' : '-');
	put_long_time(d, (uint32_t)(difference >> 32), (uint32_t)difference);
}

/* Seconds between messages, of which the logarithm is sent. */
static void put_poll(struct dissect *d, int8_t poll)
{
	putf(d, ", poll %d", poll);
	if (poll >= 0 && poll < 32)
		putf(d, " (%us)", 1u << poll);
	else if (poll < 0 && poll > -32)
		putf(d, " (1/%us)", 1u << -poll);
}

/* Who the time is from; false if that says that no times follow. */
static bool put_reference(struct dissect *d, const uint8_t *p, uint8_t stratum)
{
	dissect_need(d, p, 4);
	put(d, ", Reference-ID: ");
	switch (stratum) {
	case UNSPECIFIED: put(d, "(unspec)"); return true;
	case PRIMARY: put_text(d, p, 4); return true;
	case INFO_QUERY:
	case INFO_REPLY:
		put_ip4(d, p);
		put(d, stratum == INFO_QUERY ? " INFO_QUERY" : " INFO_REPLY");
		return false;
	default:
		put(d, "0x");
		put_hex(d, load_be32(p), 8);
		return true;
	}
}

static void put_times(struct dissect *d, const uint8_t *p)
{
	static const struct {
		uint32_t offset;
		const char *title;
	} times[] = {
		{ REFERENCE_TIME, "\n\t  Reference Timestamp:  " },
		{ ORIGINATE_TIME, "\n\t  Originator Timestamp: " },
		{ RECEIVE_TIME, "\n\t  Receive Timestamp:    " },
		{ TRANSMIT_TIME, "\n\t  Transmit Timestamp:   " },
	};

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		dissect_need(d, p + times[i].offset, 8);
		put(d, times[i].title);
		put_ntp_time(d, p + times[i].offset);
	}
	put(d, "\n\t    Originator - Receive Timestamp:  ");
	put_difference(d, p + ORIGINATE_TIME, p + RECEIVE_TIME);
	put(d, "\n\t    Originator - Transmit Timestamp: ");
	put_difference(d, p + ORIGINATE_TIME, p + TRANSMIT_TIME);
}

/* What follows the times: a key and a digest, told from anything else by its length. */
static void put_key(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t more = len - TIME_BYTES;

	if (more == 0)
		return;
	if (more != 4 && more != 4 + 16 && more != 4 + 20) {
		putf(d, "\n\t(%u more bytes after the header)", more);
		return;
	}
	putf(d, "\n\tKey id: %u", get_be32(d, p + KEY_ID));
	if (more == 4)
		return;
	if (!dissect_has(d, p + DIGEST, more - 4)) {
		put_truncated(d);
		return;
	}
	put(d, "\n\tAuthentication: ");
	put_hex_bytes(d, p + DIGEST, more - 4);
}

/* The times behind the header's first word; missing bytes end no more than this. */
static void put_time_body(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)len;
	put_short_time(d, "\n\tRoot Delay: ", p + ROOT_DELAY);
	put_short_time(d, ", Root dispersion: ", p + ROOT_DISPERSION);
	if (put_reference(d, p + REFERENCE_ID, p[STRATUM]))
		put_times(d, p);
}

/* A message that is shorter than it may be. */
static void put_too_short(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_invalid(d);
	if (!dissect_has(d, p, len))
		put_truncated(d);
}

static void put_time_message(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t stratum;

	if (len < TIME_BYTES) {
		put_too_short(d, p, len);
		return;
	}
	stratum = get_u8(d, p + STRATUM);
	putf(d, ", Stratum %u (%s)", stratum, stratum_name(stratum));
	put_poll(d, (int8_t)get_u8(d, p + POLL));
	putf(d, ", precision %d", (int8_t)get_u8(d, p + PRECISION));
	print_contained(d, put_time_body, p, len);
	if (stratum != INFO_QUERY && stratum != INFO_REPLY && dissect_has(d, p, TIME_BYTES))
		put_key(d, p, len);
}

static void put_control_message(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t control, count;

	if (len < CONTROL_BYTES) {
		put_too_short(d, p, len);
		return;
	}
	control = get_u8(d, p + CONTROL);
	putf(d, ", %s, %s, %s, OpCode=%u\n", control & 0x80 ? "Response" : "Request",
	     control & 0x40 ? "Error" : "OK", control & 0x20 ? "More" : "Last", control & 0x1f);
	putf(d, "\tSequence=%u", get_be16(d, p + SEQUENCE));
	putf(d, ", Status=%#x", get_be16(d, p + STATUS));
	putf(d, ", Assoc.=%u", get_be16(d, p + ASSOCIATION));
	putf(d, ", Offset=%u", get_be16(d, p + OFFSET));
	count = get_be16(d, p + COUNT);
	putf(d, ", Count=%u", count);
	if (CONTROL_BYTES + count > len)
		put_too_short(d, p, len);
	else if (count && !dissect_has(d, p + CONTROL_BYTES, count))
		put_truncated(d);
	else if (count)
		put(d, "\n\tTO-BE-DONE: data not interpreted");
}

void print_ntp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t status;
	uint8_t mode;

	d->protocol = "ntp";
	status = get_u8(d, p);
	mode = status & 7;
	putf(d, "NTPv%u, %s, length %u", status >> 3 & 7, modes[mode], len);
	if (!d->o->verbose)
		return;
	putf(d, "\n\tLeap indicator: %s (%u)", leaps[status >> 6], status & 0xc0);
	if (mode == MODE_CONTROL)
		put_control_message(d, p, len);
	else if (mode != MODE_PRIVATE)
		put_time_message(d, p, len);
}
