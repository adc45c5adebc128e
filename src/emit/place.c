/*
 * place.c - the names of sections, which tell libbpf where a program attaches.
 *
 * They are those of libbpf's SEC(): see 'Program types and ELF Sections' of Documentation/bpf/libbpf in Linux.
 */
#include "emit/emitting.h"

#include <string.h>

#include "base/bits.h"

enum how {
	HOW_KIND,   /* "perf_event": its place is not said */
	HOW_EVENT,  /* "kprobe/vfs_read+0x10" */
	HOW_FILE,   /* "uprobe//bin/bash:readline+0x10" */
	HOW_TARGET, /* "iter/task" */
	HOW_BOTH,   /* "tracepoint/sched/sched_switch" */
};

static const struct {
	const char *prefix;
	enum how how;
} places[] = {
	/* clang-format off */
	[ATTACH_BEGIN]          = { "raw_tp",     HOW_KIND },
	[ATTACH_END]            = { "raw_tp",     HOW_KIND },
	[ATTACH_SIGNAL]         = { "raw_tp",     HOW_KIND },
	[ATTACH_TEST]           = { "raw_tp",     HOW_KIND },
	[ATTACH_BENCH]          = { "raw_tp",     HOW_KIND },
	[ATTACH_KPROBE]         = { "kprobe",     HOW_EVENT },
	[ATTACH_KRETPROBE]      = { "kretprobe",  HOW_EVENT },
	[ATTACH_FENTRY]         = { "fentry",     HOW_EVENT },
	[ATTACH_FEXIT]          = { "fexit",      HOW_EVENT },
	[ATTACH_TRACEPOINT]     = { "tracepoint", HOW_BOTH },
	[ATTACH_RAW_TRACEPOINT] = { "raw_tp",     HOW_EVENT },
	[ATTACH_UPROBE]         = { "uprobe",     HOW_FILE },
	[ATTACH_URETPROBE]      = { "uretprobe",  HOW_FILE },
	[ATTACH_USDT]           = { "uprobe",     HOW_KIND }, /* libbpf's "usdt" wants maps of its own */
	[ATTACH_PROFILE]        = { "perf_event", HOW_KIND },
	[ATTACH_INTERVAL]       = { "perf_event", HOW_KIND },
	[ATTACH_SOFTWARE]       = { "perf_event", HOW_KIND },
	[ATTACH_HARDWARE]       = { "perf_event", HOW_KIND },
	[ATTACH_WATCHPOINT]     = { "perf_event", HOW_KIND },
	[ATTACH_ITER]           = { "iter",       HOW_TARGET },
	/* clang-format on */
};

/* libbpf takes no other names of functions. */
static bool is_plain(const char *name)
{
	return name && name[0] &&
	       !name[strspn(name,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")];
}

static void add_event(struct strbuf *name, const struct bundle_attach *at, char separator)
{
	strbuf_printf(name, "%c%s", separator, at->event);
	if (at->offset)
		strbuf_printf(name, "+0x%llx", (unsigned long long)at->offset);
}

static void add_place(struct strbuf *name, const struct bundle_attach *at, enum how how)
{
	switch (how) {
	case HOW_KIND: return;
	case HOW_EVENT:
		if (is_plain(at->event))
			add_event(name, at, '/');
		return;
	case HOW_FILE:
		if (!is_plain(at->event) || !at->target || strchr(at->target, ':'))
			return;
		strbuf_printf(name, "/%s", at->target);
		add_event(name, at, ':');
		return;
	case HOW_TARGET: strbuf_printf(name, "/%s", at->target); return;
	case HOW_BOTH: strbuf_printf(name, "/%s/%s", at->target, at->event); return;
	}
}

const char *emit_place(struct emitting *e, const struct bundle_prog *prog)
{
	const struct bundle_attach *at = &prog->attaches[0];
	bool is_typed = at->kind == ATTACH_RAW_TRACEPOINT && prog->btf_id;
	struct strbuf name = { 0 };
	const char *result;

	strbuf_puts(&name, is_typed ? "tp_btf" : places[at->kind].prefix);
	if (prog->is_sleepable)
		strbuf_puts(&name, ".s");
	add_place(&name, at, places[at->kind].how);
	result = arena_strndup(&e->arena, strbuf_text(&name), name.len);
	e->failed |= name.failed || !result;
	strbuf_release(&name);
	return result;
}
