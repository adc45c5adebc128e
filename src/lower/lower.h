/*
 * lower.h - from a checked script to a bundle.
 *
 * Every probe becomes a function of the intermediate form (ir/ir.h), is optimised, and emitted as eBPF.
 */
#ifndef WAGGLE_LOWER_LOWER_H
#define WAGGLE_LOWER_LOWER_H

#include "bundle/bundle.h"
#include "script/script.h"

struct features;
struct ir_fn;

struct lower_options {
	struct features *features;
	uint32_t cpus;     /* possible ones */
	bool timestamps;   /* records say when they were made (-f jsonl) */
	bool count_errors; /* -k: failed reads are counted by place */
	uint32_t pid; /* -p: what the kernel cannot filter by itself is filtered by the program */
	uint64_t cgroup;       /* id; 0: all */
	uint32_t cgroup_level; /* how many are around it: 0 is the root */
	/* The bundle is for an object that other machines load: each place has a program of its own, offsets in
	 * structs of the kernel are left to the loader (bundle_prog.fits), and nothing is used that
	 * only this kernel may have. */
	bool for_object;
	/* Called with each function before ("start") and after the passes ("end"); or NULL. */
	void (*trace)(void *data, const char *stage, const struct ir_fn *fn);
	void *trace_data;
};

/* Returns 0 with *ret_bundle, in @arena; -EINVAL or -ENOTSUP with the errors in @diag, at their
 * places in the script; -ENOMEM. */
int script_lower(struct script *script, const struct script_options *script_options,
		 const struct lower_options *options, struct arena *arena, struct diag *diag,
		 struct bundle **ret_bundle);

#endif
