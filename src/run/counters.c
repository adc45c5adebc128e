/*
 * counters.c - what programs could not do, counted by them and reported here.
 *
 * Records that did not fit into the ring, updates of full maps, failed reads: each is reported when there are
 * more than the last time, at most once a second, and completely at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "run/state.h"
#include "sys/bpf.h"

enum { REPORT_NS = 1000000000 };

int counters_init(struct session *s)
{
	const struct bundle *b = s->bundle;

	if (b->counters == BUNDLE_NONE)
		return 0;
	s->counters = malloc(run_map_lookup_bytes(&s->maps, &b->maps[b->counters]));
	s->full = calloc(b->table_count + 1, sizeof *s->full);
	s->failed = calloc(b->check_count + 1, sizeof *s->failed);
	return s->counters && s->full && s->failed ? 0 : -ENOMEM;
}

void counters_release(struct session *s)
{
	free(s->counters);
	free(s->full);
	free(s->failed);
}

static uint64_t counter(const struct session *s, uint32_t offset)
{
	const struct bundle_map *map = &s->bundle->maps[s->bundle->counters];
	uint32_t cpus = sys_map_is_percpu(map->type) ? s->maps.cpus : 1;
	const uint8_t *at = (const uint8_t *)s->counters + offset;
	uint64_t total = 0;

	for (uint32_t i = 0; i < cpus; i++)
		total += load_u64(at + i * run_map_stride(map));
	return total;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void report_lost(struct session *s, bool is_end)
{
	uint64_t lost = s->bundle->lost_offset == BUNDLE_NONE ? 0 :
								counter(s, s->bundle->lost_offset);

	if (lost > s->lost)
		out_lost(s->out, lost - s->lost);
	s->lost = lost;
	if (is_end && lost && s->options->show_warnings)
		out_warning(
			s->out, NULL,
			"%llu event%s did not fit into the buffer of %llu KiB and %s lost: print "
			"less, count in maps, or take a larger one: config = { perf_rb_pages = %llu }",
			(unsigned long long)lost, plural(lost),
			(unsigned long long)s->maps.ring_bytes >> 10, lost == 1 ? "is" : "are",
			(unsigned long long)(4 * s->maps.ring_bytes >> 12));
}

static void report_full(struct session *s)
{
	for (uint32_t i = 0; i < s->bundle->table_count; i++) {
		const struct bundle_table *table = &s->bundle->tables[i];
		uint64_t full = table->full_offset == BUNDLE_NONE ? 0 :
								    counter(s, table->full_offset);

		if (full <= s->full[i])
			continue;
		s->full[i] = full;
		out_warning(
			s->out, NULL,
			"the map '%s' is full with %u elements: %llu update%s of new keys %s lost so "
			"far; more room: config = { max_map_keys = %u }",
			table->name, s->bundle->maps[table->map].max_entries,
			(unsigned long long)full, plural(full), full == 1 ? "is" : "are",
			4 * s->bundle->maps[table->map].max_entries);
	}
}

static void report_failed(struct session *s)
{
	for (uint32_t i = 0; i < s->bundle->check_count; i++) {
		const struct bundle_check *check = &s->bundle->checks[i];
		uint64_t failed = counter(s, check->offset);

		if (failed > s->failed[i])
			out_warning(s->out, &check->span, "%s failed %llu time%s", check->helper,
				    (unsigned long long)failed, plural(failed));
		s->failed[i] = failed;
	}
}

void counters_report(struct session *s, bool is_end)
{
	const uint32_t key = 0;
	uint64_t now = session_now();

	if (!s->counters || (!is_end && now < s->next_report_ns))
		return;
	s->next_report_ns = now + REPORT_NS;
	if (sys_map_lookup(s->sys, s->maps.fds[s->bundle->counters], &key, s->counters))
		return;
	report_lost(s, is_end);
	if (!s->options->show_warnings)
		return;
	report_full(s);
	if (is_end)
		report_failed(s);
}
