/*
 * watch.c - waiting for records.
 */
#include "load/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load/perf_ring.h"
#include "run/ring.h"
#include "run/signals.h"
#include "base/cpus.h"

/* Something to read from. */
struct well {
	const struct loaded_map *map; /* NULL: the trace pipe */
	struct run_ring ring;
	struct perf_ring perf;
	bool is_perf;
};

struct watch {
	struct watch_options options;
	struct run_signals signals;
	struct well *wells;
	struct pollfd *polls; /* the signals, then one for each well */
	size_t count, size;
	struct pollfd pipe;
};

static struct well *add_well(struct watch *watch, const struct loaded_map *map)
{
	if (watch->count == watch->size) {
		const size_t size = watch->size ? watch->size * 2 : 8;
		struct well *wells = realloc(watch->wells, size * sizeof *wells);
		struct pollfd *polls = realloc(watch->polls, (size + 2) * sizeof *polls);

		watch->wells = wells ? wells : watch->wells;
		watch->polls = polls ? polls : watch->polls;
		if (!wells || !polls)
			return NULL;
		watch->size = size;
	}
	watch->wells[watch->count] = (struct well){ .map = map, .perf = { .fd = -1 } };
	return &watch->wells[watch->count];
}

static int refuse(const struct loaded_map *map, int err, struct diag *diag)
{
	diag_error(diag, SPAN_NONE, "map '%s' cannot be read from: %s", map->name, strerror(-err));
	return err;
}

static void take(struct watch *watch, int fd)
{
	watch->polls[1 + watch->count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static int open_ring(struct watch *watch, const struct loaded_map *map, struct diag *diag)
{
	struct well *well = add_well(watch, map);
	int err;

	if (!well)
		return -ENOMEM;
	err = run_ring_open(&well->ring, watch->options.sys, map->fd, map->max_entries);
	if (err)
		return refuse(map, err, diag);
	take(watch, map->fd);
	return 0;
}

/* CPUs that are off have no ring. */
static int open_perf(struct watch *watch, const struct loaded_map *map, struct diag *diag)
{
	const unsigned int cpus = (unsigned int)cpus_possible();

	for (unsigned int cpu = 0; cpu < cpus && cpu < map->max_entries; cpu++) {
		struct well *well = add_well(watch, map);
		int err;

		if (!well)
			return -ENOMEM;
		err = perf_ring_open(&well->perf, watch->options.sys, map->fd, cpu);
		if (err == -ENODEV)
			continue;
		if (err)
			return refuse(map, err, diag);
		well->is_perf = true;
		take(watch, well->perf.fd);
	}
	return 0;
}

static int open_map(struct watch *watch, const struct loaded_map *map, struct diag *diag)
{
	switch (map->def->type) {
	case BPF_MAP_TYPE_RINGBUF: return open_ring(watch, map, diag);
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY: return open_perf(watch, map, diag);
	default: return 0;
	}
}

/* What was written before is not for us. */
static void open_pipe(struct watch *watch)
{
	char path[256];

	if (!watch->options.tracefs)
		return;
	(void)snprintf(path, sizeof path, "%s/trace_pipe", watch->options.tracefs);
	watch->pipe = (struct pollfd){ .fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC),
				       .events = POLLIN };
}

int watch_open(const struct watch_options *options, struct diag *diag, struct watch **ret_watch)
{
	struct watch *watch = calloc(1, sizeof *watch);
	int err = 0;

	if (!watch)
		return -ENOMEM;
	watch->options = *options;
	watch->pipe.fd = -1;
	watch->polls = calloc(2, sizeof *watch->polls);
	if (!watch->polls)
		err = -ENOMEM;
	if (!err)
		err = run_signals_open(&watch->signals, false);
	for (size_t i = 0; i < options->loaded->map_count && !err; i++)
		err = open_map(watch, &options->loaded->maps[i], diag);
	if (err) {
		watch_close(watch);
		return err;
	}
	open_pipe(watch);
	*ret_watch = watch;
	return 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_ring(struct watch *watch, struct well *well)
{
	const struct watch_handler *handler = &watch->options.handler;
	const uint64_t end = run_ring_end(&well->ring);
	const uint8_t *record;
	uint32_t len;

	while ((record = run_ring_next(&well->ring, end, &len)))
		handler->record(handler->data, well->map, record, len);
	run_ring_give_back(&well->ring);
}

struct perf_visit {
	const struct watch_handler *handler;
	const struct loaded_map *map;
};

static void pass_record(void *data, const void *bytes, size_t len)
{
	const struct perf_visit *visit = data;

	visit->handler->record(visit->handler->data, visit->map, bytes, len);
}

static void pass_lost(void *data, uint64_t count)
{
	const struct perf_visit *visit = data;

	visit->handler->lost(visit->handler->data, visit->map, count);
}

static void read_wells(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++) {
		struct well *well = &watch->wells[i];
		struct perf_visit data = { &watch->options.handler, well->map };
		const struct perf_ring_visit visit = { pass_record, pass_lost, &data };

		if (well->is_perf)
			perf_ring_read(&well->perf, &visit);
		else
			read_ring(watch, well);
	}
}

static ssize_t pass_text(const struct watch_handler *handler, int fd)
{
	char text[4096];
	const ssize_t len = read(fd, text, sizeof text);

	if (len > 0)
		handler->text(handler->data, text, (size_t)len);
	return len;
}

static void read_pipe(struct watch *watch)
{
	while (watch->pipe.fd >= 0 && pass_text(&watch->options.handler, watch->pipe.fd) > 0)
		;
}

static void drain(struct watch *watch)
{
	read_wells(watch);
	read_pipe(watch);
	watch->options.handler.drained(watch->options.handler.data);
}

int watch_iterator(const struct watch_handler *handler, int fd)
{
	ssize_t len;

	while ((len = pass_text(handler, fd)) > 0 || (len < 0 && errno == EINTR))
		;
	return len < 0 ? -errno : 0;
}

/* --- waiting ---------------------------------------------------------------------------------- */

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct clock {
	uint64_t end, next; /* UINT64_MAX: never */
};

static int timeout_of(const struct clock *clock, uint64_t now)
{
	const uint64_t first = clock->end < clock->next ? clock->end : clock->next;

	if (first == UINT64_MAX)
		return -1;
	if (first <= now)
		return 0;
	return first - now > 60000 ? 60000 : (int)(first - now);
}

static void tick(struct watch *watch, struct clock *clock, uint64_t now)
{
	const struct watch_handler *handler = &watch->options.handler;

	if (now < clock->next)
		return;
	clock->next = now + watch->options.interval_ms;
	handler->tick(handler->data);
}

int watch_run(struct watch *watch)
{
	const uint64_t start = now_ms();
	struct clock clock = {
		watch->options.duration_ms ? start + watch->options.duration_ms : UINT64_MAX,
		watch->options.interval_ms ? start + watch->options.interval_ms : UINT64_MAX,
	};
	struct pollfd *pipe = &watch->polls[1 + watch->count];
	uint64_t now = start;
	int result = 0;

	watch->polls[0] = (struct pollfd){ .fd = watch->signals.fd, .events = POLLIN };
	*pipe = watch->pipe;
	while (now < clock.end && !watch->signals.wants_stop) {
		result = watch->options.sys->poll(watch->options.sys, watch->polls,
						  (unsigned int)watch->count + 2,
						  timeout_of(&clock, now));
		if (result < 0 && result != -EINTR)
			return result;
		run_signals_read(&watch->signals);
		drain(watch);
		now = now_ms();
		tick(watch, &clock, now);
	}
	drain(watch);
	return 0;
}

void watch_close(struct watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->wells[i].is_perf)
			perf_ring_close(&watch->wells[i].perf);
		else
			run_ring_close(&watch->wells[i].ring);
	}
	if (watch->pipe.fd >= 0)
		(void)close(watch->pipe.fd);
	run_signals_close(&watch->signals);
	free(watch->wells);
	free(watch->polls);
	free(watch);
}
