/*
 * features.h - what the kernel at hand can do.
 *
 * Each answer is found out when it is first asked for, by asking the kernel itself (a map or program is
 * made and thrown away), not by its version.
 */
#ifndef WAGGLE_PROBE_FEATURES_H
#define WAGGLE_PROBE_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "probe/catalog.h"
#include "sys/sys.h"

enum feature {
	FEATURE_RING,         /* BPF_MAP_TYPE_RINGBUF (5.8) */
	FEATURE_PERF_LINK,    /* BPF_LINK_CREATE for perf events, with cookies (5.15) */
	FEATURE_KPROBE,       /* kprobes at all */
	FEATURE_KPROBE_MULTI, /* (5.18) */
	FEATURE_KPROBE_SESSION,
	FEATURE_UPROBE_MULTI, /* (6.6) */
	FEATURE_FENTRY,
	FEATURE_RAW_COOKIE,  /* cookies of raw tracepoints (6.10) */
	FEATURE_RDONLY_CAST, /* kfunc bpf_rdonly_cast (6.2) */
	FEATURE_LOOP,        /* bpf_loop (5.17) */
	FEATURE_FOR_EACH,    /* bpf_for_each_map_elem (5.13) */
	FEATURE_SIGNED_DIV,  /* division of signed numbers (6.6) */
	FEATURE_COUNT,
};

struct features;
/* Types are asked for at @catalog, which must outlive it; NULL: none are known.  NULL when memory is short. */
struct features *features_new(const struct sys *sys, struct catalog *catalog);
void features_free(struct features *features);
bool feature_has(struct features *features, enum feature feature);
/* "kprobe_multi" ...: as --no-feature takes them.  Turn one off; false when there is none of that name. */
bool feature_disable(struct features *features, const char *name);

#endif
