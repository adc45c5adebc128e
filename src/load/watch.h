/*
 * watch.h - what loaded programs say, while they run: rings, perf buffers, the trace pipe, iterators.
 */
#ifndef WAGGLE_LOAD_WATCH_H
#define WAGGLE_LOAD_WATCH_H

#include <stdint.h>

#include "base/diag.h"
#include "load/load.h"
#include "sys/sys.h"

/* Called for each record, and with text as it comes. */
struct watch_handler {
	void (*record)(void *data, const struct loaded_map *map, const void *bytes, size_t len);
	void (*lost)(void *data, const struct loaded_map *map, uint64_t count);
	void (*text)(void *data, const char *text, size_t len);
	void (*drained)(void *data); /* nothing is left to read for now */
	void (*tick)(void *data);    /* every interval_ms */
	void *data;
};

struct watch_options {
	const struct sys *sys;
	const struct loaded *loaded;
	const char *tracefs;  /* where its trace pipe is; NULL: it is not read */
	uint64_t duration_ms; /* 0: until a signal */
	uint64_t interval_ms; /* 0: no ticks */
	struct watch_handler handler;
};

struct watch;

/* Open everything there is to read: before programs are attached, so that nothing is missed. */
int watch_open(const struct watch_options *options, struct diag *diag, struct watch **ret_watch);
/* Read until it is over, and then what is left.  0 or a negative errno. */
int watch_run(struct watch *watch);
void watch_close(struct watch *watch); /* NULL is fine */

/* Read all that iterator @fd has to say. */
int watch_iterator(const struct watch_handler *handler, int fd);

#endif
