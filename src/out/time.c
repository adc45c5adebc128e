/*
 * time.c - times: from the kernel's clocks to the wall, and as text.
 *
 * The distance of each clock from the wall is measured once, when output begins: a clock that is set
 * while a script runs does not make its times jump.
 */
#include <stdio.h>

#include "out/internal.h"

enum { NS_PER_S = 1000000000, TIME_MOST_BYTES = 1024 };

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Of some tries that in which the two clocks were read with the least in between. */
static int64_t distance_to_wall(clockid_t clock)
{
	int64_t best = 0, least = INT64_MAX;

	for (int i = 0; i < 4; i++) {
		int64_t before = clock_ns(CLOCK_REALTIME), there = clock_ns(clock);
		int64_t after = clock_ns(CLOCK_REALTIME);

		if (after - before < least) {
			least = after - before;
			best = before + (after - before) / 2 - there;
		}
	}
	return best;
}

void time_init(struct out *out)
{
	out->to_wall[CLOCK_BOOT] = distance_to_wall(CLOCK_BOOTTIME);
	out->to_wall[CLOCK_MONO] = distance_to_wall(CLOCK_MONOTONIC);
	out->to_wall[CLOCK_TAI_TIME] = distance_to_wall(CLOCK_TAI);
	out->to_wall[CLOCK_REAL] = 0;
	tzset();
}

uint64_t time_wall(const struct out *out, enum shape_clock clock, uint64_t ns)
{
	return ns + (uint64_t)out->to_wall[clock & 3];
}

uint64_t time_now(const struct out *out)
{
	return out->now ? out->now : (uint64_t)clock_ns(CLOCK_REALTIME);
}

/* @format with its parts of seconds replaced by digits: strftime(3) does the rest.  %f microseconds, and
 * as in bpftrace %l milliseconds and %k nanoseconds (C's use of these, hours with blanks, is gone). */
static void put_fractions(const char *format, uint32_t ns, struct strbuf *out)
{
	for (const char *p = format; *p; p++) {
		if (p[0] != '%' || !p[1]) {
			strbuf_putc(out, *p);
			continue;
		}
		p++;
		if (*p == 'f')
			strbuf_printf(out, "%06u", ns / 1000);
		else if (*p == 'l')
			strbuf_printf(out, "%03u", ns / 1000000);
		else if (*p == 'k')
			strbuf_printf(out, "%09u", ns);
		else
			strbuf_printf(out, "%%%c", *p);
	}
}

void text_time(const char *format, uint64_t wall_ns, struct strbuf *ret_text)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct strbuf full = { 0 };
	struct tm parts;
	char *room;

	put_fractions(format, (uint32_t)(wall_ns % NS_PER_S), &full);
	room = strbuf_room(ret_text, TIME_MOST_BYTES);
	if (room && !full.failed && localtime_r(&seconds, &parts)) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		size_t len = strftime(room, TIME_MOST_BYTES, strbuf_text(&full), &parts);
#pragma GCC diagnostic pop
		room[len] = '\0';
		ret_text->len += len;
	}
	strbuf_release(&full);
}

void text_utc(uint64_t wall_ns, char separator, struct strbuf *ret_text)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm parts;

	if (!gmtime_r(&seconds, &parts))
		return;
	strbuf_printf(ret_text, "%04d-%02d-%02d%c%02d:%02d:%02d.%09u", parts.tm_year + 1900,
		      parts.tm_mon + 1, parts.tm_mday, separator, parts.tm_hour, parts.tm_min,
		      parts.tm_sec, (unsigned int)(wall_ns % NS_PER_S));
}
