/*
 * syslog.c - log messages sent elsewhere, in the old form (RFC 3164).
 */
#include "dissect/proto.h"

enum { MOST_DIGITS = 3 };

static const char *const severities[8] = {
	"emergency", "alert", "critical", "error", "warning", "notice", "info", "debug",
};

static const char *const facilities[] = {
	"kernel", "user",   "mail",     "daemon", "auth",   "syslog",   "lpr",     "news",
	"uucp",   "cron",   "authpriv", "ftp",    "ntp",    "security", "console", "cron",
	"local0", "local1", "local2",   "local3", "local4", "local5",   "local6",  "local7",
};

/* Read "<priority>" and return how long it is, or 0. */
static uint32_t read_priority(struct dissect *d, const uint8_t *p, uint32_t *ret_priority)
{
	uint32_t priority = 0;
	uint32_t at = 1;

	if (get_u8(d, p) != '<')
		return 0;
	for (; at <= MOST_DIGITS; at++) {
		uint8_t digit = get_u8(d, p + at);

		if (digit < '0' || digit > '9')
			break;
		priority = priority * 10 + digit - '0';
	}
	if (get_u8(d, p + at) != '>')
		return 0;
	*ret_priority = priority;
	return at + 1;
}

static void put_facility(struct dissect *d, uint32_t facility)
{
	if (facility < ARRAY_LEN(facilities))
		put(d, facilities[facility]);
	else
		putf(d, "unknown (%u)", facility);
}

void print_syslog(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t head, facility, severity;
	uint32_t priority = 0;

	d->protocol = "syslog";
	head = read_priority(d, p, &priority);
	if (head == 0) {
		put_invalid(d);
		return;
	}
	facility = priority >> 3;
	severity = priority & 7;
	if (!d->o->verbose) {
		put(d, "SYSLOG ");
		put_facility(d, facility);
		putf(d, ".%s, length: %u", severities[severity], len);
		return;
	}
	putf(d, "SYSLOG, length: %u\n\tFacility ", len);
	put_facility(d, facility);
	putf(d, " (%u), Severity %s (%u)\n\tMsg: ", facility, severities[severity], severity);
	if (len > head)
		put_text(d, p + head, len - head);
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t", p, len);
}
