/*
 * clock.c - the time before a line: of the day, of an epoch, or between packets.
 */
#include "dissect/clock.h"

#include <time.h>

enum {
	SECOND_NS = 1000000000,
	DAY_S = 86400,
	/* Clocks have been changed at such moments alone since 1970. */
	OFFSET_S = 15 * 60,
};

/* The remainder that is not negative. */
static int64_t modulo(int64_t a, int64_t b)
{
	return (a % b + b) % b;
}

static int64_t local_offset(struct clock *clock, int64_t second)
{
	int64_t from = second - modulo(second, OFFSET_S);
	time_t t = (time_t)second;
	struct tm tm;

	if (clock->has_offset && clock->offset_from == from)
		return clock->offset;
	clock->offset = localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
	clock->offset_from = from;
	clock->has_offset = true;
	return clock->offset;
}

/* @value as exactly @digits digits. */
static char *write_digits(char *at, int64_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + digits;
}

static void add_fraction(const struct dissect_options *options, int64_t ns, struct strbuf *out)
{
	char text[10];
	char *at = text;

	*at++ = '.';
	at = options->nano ? write_digits(at, ns, 9) : write_digits(at, ns / 1000, 6);
	strbuf_add(out, text, (size_t)(at - text));
}

static void add_time_of_day(int64_t second, struct strbuf *out)
{
	int64_t of_day = modulo(second, DAY_S);
	char text[8];
	char *at = write_digits(text, of_day / 3600, 2);

	*at++ = ':';
	at = write_digits(at, of_day / 60 % 60, 2);
	*at++ = ':';
	at = write_digits(at, of_day % 60, 2);
	strbuf_add(out, text, sizeof text);
}

static void add_date(int64_t second, struct strbuf *out)
{
	time_t t = (time_t)second;
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return;
	strbuf_printf(out, "%d-%02d-%02d ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

/* Without nanoseconds the difference is that of what would be printed. */
static int64_t difference(struct clock *clock, const struct dissect_options *options,
			  int64_t time_ns)
{
	int64_t unit = options->nano ? 1 : 1000;
	int64_t ns = time_ns - modulo(time_ns, unit);
	int64_t reference = clock->has_reference ? clock->reference_ns : ns;

	if (!clock->has_reference || options->time == DISSECT_TIME_DELTA)
		clock->reference_ns = ns;
	clock->has_reference = true;
	return ns - reference;
}

static void add_difference(const struct dissect_options *options, int64_t ns, struct strbuf *out)
{
	int64_t magnitude = ns < 0 ? -ns : ns;

	strbuf_putc(out, ns < 0 ? '-' : ' ');
	add_time_of_day(magnitude / SECOND_NS, out);
	add_fraction(options, magnitude % SECOND_NS, out);
}

void clock_print(struct clock *clock, const struct dissect_options *options, int64_t time_ns,
		 struct strbuf *out)
{
	int64_t ns = modulo(time_ns, SECOND_NS);
	int64_t second = (time_ns - ns) / SECOND_NS;

	switch (options->time) {
	case DISSECT_TIME_NONE: return;
	case DISSECT_TIME_OF_DAY:
		add_time_of_day(second + local_offset(clock, second), out);
		add_fraction(options, ns, out);
		break;
	case DISSECT_TIME_SECONDS:
		strbuf_printf(out, "%lld", (long long)second);
		add_fraction(options, ns, out);
		break;
	case DISSECT_TIME_DATE:
		add_date(second + local_offset(clock, second), out);
		add_time_of_day(second + local_offset(clock, second), out);
		add_fraction(options, ns, out);
		break;
	case DISSECT_TIME_DELTA:
	case DISSECT_TIME_FIRST:
		add_difference(options, difference(clock, options, time_ns), out);
		break;
	}
	strbuf_putc(out, ' ');
}
