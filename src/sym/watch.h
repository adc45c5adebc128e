/*
 * watch.h - noting which code processes map, as it happens.
 *
 * The kernel reports every mapping of code, execve, fork and exit of all processes as side-band
 * records of a perf event without samples, one event and ring for each CPU.
 */
#ifndef WAGGLE_SYM_WATCH_H
#define WAGGLE_SYM_WATCH_H

#include <stdint.h>

#include "base/diag.h"
#include "sym/files.h"
#include "sym/process.h"
#include "sys/sys.h"

struct watch;

/* Watch all CPUs.  0, or a negative errno with the reason in @diag. */
int watch_new(const struct sys *sys, struct processes *processes, struct files *files,
	      struct diag *diag, struct watch **ret_watch);
void watch_free(struct watch *watch); /* NULL is fine */

/* Take in what was reported. */
void watch_poll(struct watch *watch);
/* Readable when rings fill. */
int watch_fd(const struct watch *watch);

/* One record of @len bytes, whole and as the kernel writes it: for watch_poll and tests.  What is
 * damaged is ignored. */
void watch_record(struct processes *processes, struct files *files, const uint8_t *record,
		  size_t len);

/* When a record was made: the last 8 bytes of each; 0 when there is none. */
uint64_t watch_time(const uint8_t *record, size_t len);

#endif
