/*
 * attach.h - attaching programs, and detaching them.
 *
 * Links are used wherever the kernel has them, so that a process that dies leaves nothing behind.
 */
#ifndef WAGGLE_PROBE_ATTACH_H
#define WAGGLE_PROBE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "bundle/bundle.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "sys/sys.h"

struct attachments;

struct attach_options {
	const struct sys *sys;
	struct catalog *catalog;
	struct features *features;
	uint32_t pid; /* this process only, where the kernel can filter; 0: all */
};

struct attachments *attachments_new(const struct attach_options *options);

/* Kprobes and kretprobes of a program with expected_attach_type BPF_TRACE_KPROBE_MULTI go in one call, at the starts
 * of functions only; with 0, each by itself, anywhere.
 *
 * Attach @prog, loaded as @prog_fd, to all its places, except those that the session runs itself (BEGIN,
 * END, SIGNAL, TEST, BENCH).  Many places of one kind go in one call where the kernel has one.  Returns
 * how many were attached, or a negative errno with what, where, why and what to do in @diag; those that
 * are missing and optional are warnings, or nothing. */
int attach_prog(struct attachments *attachments, const struct bundle_prog *prog, int prog_fd,
		struct diag *diag);

/* Keep the descriptor of a link that somebody else made: it is closed when everything is detached, or at once
 * when memory is short.  0 or -ENOMEM. */
int attach_keep_link(struct attachments *attachments, int fd);

/* Iterators are read, not attached: their descriptors, in order. */
int attach_iter_fd(struct attachments *attachments, uint32_t i); /* -1 beyond the last */

/* Let go of a watchpoint on @address.  NULL, or one that is not watched, is fine. */
void attach_unwatch(struct attachments *attachments, uint64_t address);

/* Detach everything; as fast as the kernel allows. */
void attachments_free(struct attachments *attachments);

#endif
