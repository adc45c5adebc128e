/*
 * bundle.h - what a compiler hands to a session: programs, maps, where to attach, what to do.
 *
 * A bundle says everything that a session (run/session.h) needs to know about a script, and nothing
 * of how it was compiled.  The compiler makes it in an arena, and it does not change afterwards:
 * descriptors, for example, are the session's.
 *
 * Maps are the kernel's.  Tables are what the user calls maps: several can share one kernel map.
 *
 * Records.  A program that wants something done outside of the kernel puts a record into the ring of
 * its maps: a u32, the number of an action, and the values that the action needs at the offsets of
 * its 'payload', which count from the start of the record.
 *
 * Numbers of maps in instructions: a wide load of op ISA_LD_MAP_FD or ISA_LD_MAP_VALUE has
 * the map's number in this bundle as its immediate; the session puts the descriptor there.
 */
#ifndef WAGGLE_BUNDLE_BUNDLE_H
#define WAGGLE_BUNDLE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "bundle/shape.h"
#include "isa/insn.h"

enum { BUNDLE_NONE = UINT32_MAX }; /* no map, no action, no probe */

struct bundle_map {
	const char *name; /* for the kernel: letters, digits, '_' */
	uint32_t type;    /* BPF_MAP_TYPE_*, and the other members of bpf_attr */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries; /* 0: of a ring, the session chooses; bytes */
	uint32_t flags;
	const void *data; /* of element 0; NULL: zeroes */
	uint32_t data_len;
	bool is_frozen; /* read-only for user space once it is filled */
};

/* A map as the script knows it.  Three ways to keep it:
 *	keyed                 'map' is a hash; its key is 'key', then for HIST, LHIST and TSERIES
 *	                      (aligned to 8) the u64 number of the bucket
 *	without key, plain    the value is at 'offset' of element 0 of 'map' (an array, or per CPU), and
 *	                      a u64 at 'set_offset' says whether it was ever set.  set_offset
 *	                      BUNDLE_NONE: it is set when its own count or 'is set' says so
 *	without key, buckets  'map' is a per-CPU array of 'value->buckets' elements
 */
struct bundle_table {
	const char *name;          /* "@x" */
	const struct shape *key;   /* NULL: it has none */
	const struct shape *value; /* never NULL */
	uint32_t map;
	uint32_t offset;
	uint32_t set_offset;
	uint32_t full_offset; /* in bundle->counters: u64, updates that were lost because it is full; or
			       * BUNDLE_NONE */
	bool is_percpu;
};

enum attach_kind {
	ATTACH_BEGIN, /* run once before the others are attached */
	ATTACH_END,   /* run once after they are detached */
	ATTACH_SIGNAL,
	ATTACH_TEST,
	ATTACH_BENCH,
	ATTACH_KPROBE,
	ATTACH_KRETPROBE,
	ATTACH_FENTRY,
	ATTACH_FEXIT,
	ATTACH_TRACEPOINT,     /* by perf event: the context is the record of tracefs */
	ATTACH_RAW_TRACEPOINT, /* the context is u64 args[], untyped or (prog->btf_id) typed */
	ATTACH_UPROBE,
	ATTACH_URETPROBE,
	ATTACH_USDT,
	ATTACH_PROFILE,  /* on every CPU */
	ATTACH_INTERVAL, /* on one */
	ATTACH_SOFTWARE,
	ATTACH_HARDWARE,
	ATTACH_WATCHPOINT,
	ATTACH_ITER,
};

/* One place to attach to.  Wildcards are gone: it is one function, event or address. */
struct bundle_attach {
	enum attach_kind kind;
	const char *name;    /* as users know it: "kprobe:vfs_read" */
	struct span span;    /* where the script names it */
	const char *target;  /* module; path of the file; subsystem; kind of iterator; or NULL */
	const char *space;   /* USDT: its provider; or NULL */
	const char *event;   /* function, tracepoint, USDT probe, hardware event; or NULL */
	uint64_t address;    /* UPROBE: offset in the file, if !event; WATCHPOINT, KPROBE: where */
	uint64_t offset;     /* from the start of the function */
	uint64_t cookie;     /* bpf_get_attach_cookie: what tells several of one program apart */
	uint64_t period;     /* timers: nanoseconds; events: how many make one */
	uint64_t frequency;  /* timers: a second, instead of 'period' */
	uint64_t length;     /* WATCHPOINT: bytes */
	const char *mode;    /* WATCHPOINT: letters of "rwx" */
	const char *pin;     /* ITER: path, or NULL */
	uint32_t stands_for; /* how many of the user's probes it serves; 0 is 1 */
	bool is_optional;    /* that it is missing is a warning, or nothing (is_quiet) */
	bool is_quiet;
};

/* A subprogram: the callbacks of helpers, which the kernel wants to be named by BTF. */
struct bundle_sub {
	const char *name;
	uint32_t insn;      /* where it starts */
	uint32_t arg_count; /* all are taken to be u64 in BTF; the result is an int */
};

/* The immediate of instruction @insn depends on the types of the kernel: whoever loads the program there
 * fits it.  The value in the bundle is that of the kernel it was compiled for. */
struct bundle_fit {
	uint32_t insn;
	uint32_t kind;    /* BPF_CORE_*: what is asked of the type (enum bpf_core_relo_kind) */
	uint32_t type_id; /* a struct or union of the BTF it was compiled for */
	const char *path; /* numbers of members and elements from there, "0:3:1" */
};

struct bundle_prog {
	const char *name; /* for the kernel */
	uint32_t type;    /* BPF_PROG_TYPE_* */
	uint32_t expected_attach_type;
	uint32_t btf_id; /* the function, typed tracepoint or iterator of the kernel's BTF; or 0 */
	const char *btf_module; /* of that module's BTF instead; or NULL */
	bool is_sleepable;
	const struct insn *insns;
	uint32_t insn_count;
	const struct span *spans;      /* of each: where in the script it comes from */
	const struct bundle_sub *subs; /* in order; the first is the program itself */
	uint32_t sub_count;
	const struct bundle_fit *fits; /* in the order of instructions; of bundles for objects only */
	uint32_t fit_count;
	const struct bundle_attach *attaches;
	uint32_t attach_count;
};

enum action_kind {
	ACTION_PRINTF, /* format, payload */
	ACTION_ERRORF, /* the same, with the place in the script */
	ACTION_WARNF,
	ACTION_PRINT_VALUE, /* payload: one value */
	ACTION_PRINT_TABLE, /* table, top, divisor */
	ACTION_PRINT_ENTRY, /* table; payload: the key */
	ACTION_CLEAR,       /* table */
	ACTION_ZERO,
	/* payload: i64 status, u64 where the data ring stood (bpf_ringbuf_query of BPF_RB_PROD_POS): what was
	 * put there before is still shown, what comes later is not.  Or the status alone, or nothing. */
	ACTION_EXIT,
	ACTION_ASSERT, /* text: prints it with its place and exits with status 1 */
	ACTION_TIME,   /* text: format */
	ACTION_JOIN,   /* text: separator; payload: u32 count, then NUL-terminated words */
	ACTION_CAT,    /* format, payload: the path */
	ACTION_SYSTEM, /* format, payload: the command */
	ACTION_SKB,    /* text: path of the savefile; payload: u64 time, u32 length, then bytes */
	/* payload: u32 process, u64 number, u64 ip, sp, fp, lr; then the stack from sp up.  'top': how many
	 * frames are wanted */
	ACTION_SNAPSHOT,
	ACTION_UNWATCH,      /* payload: u64 address */
	ACTION_HELPER_ERROR, /* text: name of the helper; payload: i32 what it returned */
};

struct bundle_action {
	enum action_kind kind;
	struct span span;
	const char *format; /* of printf, as written with escapes resolved */
	const char *text;
	const struct shape *payload; /* TUPLE: what the record holds; NULL: nothing */
	uint32_t size;               /* bytes of the record; JOIN and SKB: at least */
	uint32_t time_offset; /* of a u64 in the record, nanoseconds of CLOCK_BOOT; or BUNDLE_NONE */
	uint32_t table;
	uint64_t top;     /* 0: all */
	uint64_t divisor; /* 0: none */
	const char *sort; /* "key", "value", "-key", "-value"; NULL: as usual */
	bool is_control;  /* goes to the control ring, which data cannot fill */
};

/* Read errors and the like, counted where they happen. */
struct bundle_check {
	struct span span;
	const char *helper;
	uint32_t offset; /* of a u64 in bundle->counters */
};

struct bundle_config {
	bool print_maps_on_exit;
	bool cpp_demangle;
	bool show_debug_info;
	const char *str_trunc_trailer;
	const char *license;
	uint64_t log_size;
	uint64_t max_cat_bytes;
	uint64_t ring_bytes; /* 0: by what memory there is */
	uint64_t max_probes;
	uint64_t max_progs;
	const char *cache_user_symbols; /* "PER_PID", "PER_PROGRAM", "NONE" */
};

struct bundle {
	const struct source *source; /* of all spans */
	const struct bundle_map *maps;
	uint32_t map_count;
	const struct bundle_table *tables; /* in the order of their first use */
	uint32_t table_count;
	const struct bundle_prog *progs; /* in the order of the script */
	uint32_t prog_count;
	const struct bundle_action *actions;
	uint32_t action_count;
	const struct bundle_check *checks;
	uint32_t check_count;
	const char *const *names; /* of PROBE values */
	uint32_t name_count;

	uint32_t data_ring; /* map numbers, or BUNDLE_NONE */
	uint32_t control_ring;
	uint32_t counters;    /* array of one element: what follows, tables' and checks' */
	uint32_t lost_offset; /* u64: records that did not fit; or BUNDLE_NONE */
	/* What only the session knows goes into this frozen array before programs are loaded, each a u64
	 * at an offset, or BUNDLE_NONE: */
	uint32_t parameters;
	uint32_t cpid_offset;  /* process of -c */
	uint32_t start_offset; /* nanoseconds of CLOCK_BOOT: 'elapsed' counts from there */
	struct bundle_config config;
};

/* Append the bundle as text: maps, tables, actions, programs with their attach points; with
 * instructions if @with_insns.  For -d and tests. */
void bundle_print(const struct bundle *bundle, bool with_insns, struct strbuf *out);

#endif
