/*
 * bpf.h - bpf(2) with types: its commands, one function each.
 *
 * Every function returns what the command does (a descriptor that the caller closes, or 0), or a negative
 * errno.  Numbers are those of <linux/bpf.h>; those that the header of an older system may lack are here.
 */
#ifndef WAGGLE_SYS_BPF_H
#define WAGGLE_SYS_BPF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "sys/sys.h"

struct bpf_prog_info;
struct bpf_map_info;
struct bpf_btf_info;
struct bpf_link_info;

/* enum bpf_attach_type since Linux 6.6 and 6.10 */
enum {
	SYS_TRACE_UPROBE_MULTI = 48,
	SYS_TRACE_KPROBE_SESSION = 56,
	SYS_TRACE_UPROBE_SESSION = 57,
};

enum { SYS_ENOTSUPP = 524 }; /* the kernel's own errno for what a type of map or program cannot */

/* --- maps ------------------------------------------------------------------------------------- */

struct sys_map {
	uint32_t type; /* BPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;   /* BPF_F_* */
	const char *name; /* its first 15 characters; or NULL */
	/* The rest may be left zero. */
	uint32_t numa_node; /* with BPF_F_NUMA_NODE */
	uint64_t extra;
	int inner_fd;      /* what the maps in it are like; 0: it holds none */
	int btf_fd;        /* describes it; 0: nothing does */
	uint32_t key_type; /* ids in that */
	uint32_t value_type;
};

int sys_map_new(const struct sys *sys, const struct sys_map *map);
/* The same; and before Linux 5.11, where maps count as locked memory, of which little is allowed, that limit is
 * lifted for this process if it is in the way. */
int sys_map_make(const struct sys *sys, const struct sys_map *map);
/* The size that a ring of @wanted bytes gets: whole pages, and a power of two. */
uint32_t sys_ring_bytes(uint64_t wanted);
/* Does each CPU have its own values in maps of this type? */
bool sys_map_is_percpu(uint32_t type);
int sys_map_update(const struct sys *sys, int map_fd, const void *key, const void *value,
		   uint64_t flags);
/* @ret_value has room for a value, or if the map is per CPU, for one of each possible CPU, each aligned
 * to 8 bytes. */
int sys_map_lookup(const struct sys *sys, int map_fd, const void *key, void *ret_value);
int sys_map_delete(const struct sys *sys, int map_fd, const void *key);
/* The key behind @key, or the first if that is NULL; -ENOENT behind the last. */
int sys_map_next_key(const struct sys *sys, int map_fd, const void *key, void *ret_next);
/* No more changes by user space, which makes loads of constants of what it holds. */
int sys_map_freeze(const struct sys *sys, int map_fd);

/* All @count elements at once: @keys and @values are arrays.  With a kernel before 5.6, one after the
 * other. */
int sys_map_fill(const struct sys *sys, int map_fd, const struct sys_map *map, const void *keys,
		 const void *values, uint32_t count);

/* Many elements of a hash or an array by one call (5.6).  Before each call 'count' is the room there is, in
 * elements; afterwards it is how many there are.  'has_begun' is false before the first.  0: there may be
 * more; -ENOENT: these were the last; -ENOSPC: a bucket of the hash does not fit, so try with more room. */
struct sys_batch {
	void *keys;
	void *values;
	uint32_t count;
	bool has_begun;
	uint32_t place; /* the kernel's: a bucket, or an index */
};
int sys_map_lookup_batch(const struct sys *sys, int map_fd, struct sys_batch *batch);
/* --- programs --------------------------------------------------------------------------------- */

struct sys_func_info {
	uint32_t insn;
	uint32_t type_id; /* of a BTF_FUNC */
};
struct sys_line_info {
	uint32_t insn;
	uint32_t file; /* offsets in the strings of the BTF */
	uint32_t line;
	uint32_t place; /* line number << 10 | column */
};

struct sys_prog {
	uint32_t type;     /* BPF_PROG_TYPE_* */
	const void *insns; /* struct bpf_insn [insn_count] */
	uint32_t insn_count;
	const char *license;
	const char *name; /* its first 15 characters; or NULL */
	/* The rest may be left zero. */
	uint32_t expected_attach_type;
	uint32_t attach_btf_id; /* what it will be attached to, in the kernel's BTF */
	int attach_btf_fd;      /* that of a module; 0: the kernel itself */
	uint32_t flags;         /* BPF_F_* */
	int btf_fd;             /* describes its functions; 0: none */
	const struct sys_func_info *funcs;
	uint32_t func_count;
	const struct sys_line_info *lines;
	uint32_t line_count;
	const int *fd_array; /* for map indexes and modules' functions; or NULL */
	const struct span
		*spans;     /* where in the diag's source each instruction comes from; or NULL */
	uint32_t log_bytes; /* room for the verifier's log when it refuses; 0: a megabyte */
};

/* The descriptor of a program, or a negative errno with the reason in @diag if that is not NULL (it costs a
 * second try): at the place of the instruction that the verifier refuses, with the end of its log. */
int sys_prog_load(const struct sys *sys, const struct sys_prog *prog, struct diag *diag);

struct sys_run {
	const void *data; /* a packet; or NULL */
	uint32_t data_bytes;
	void *context; /* also what comes out of a syscall program; or NULL */
	uint32_t context_bytes;
	uint32_t repeat; /* 0: once */
	uint32_t flags;  /* BPF_F_TEST_* */
	uint32_t cpu;    /* with BPF_F_TEST_RUN_ON_CPU */
	uint32_t ret_value;
	uint32_t ret_ns; /* mean time of a run */
};
int sys_prog_run(const struct sys *sys, int prog_fd, struct sys_run *run);

/* Count runs and their time in all programs, as long as the descriptor is open (5.8). */
int sys_enable_stats(const struct sys *sys);

/* --- attaching: the link lives as long as its descriptor --------------------------------------- */

/* To an open perf event (5.15). */
int sys_link_perf(const struct sys *sys, int prog_fd, int perf_fd, uint64_t cookie);

struct sys_kprobe_multi {
	uint32_t attach_type; /* BPF_TRACE_KPROBE_MULTI or SYS_TRACE_KPROBE_SESSION */
	uint32_t flags;       /* BPF_F_KPROBE_MULTI_RETURN */
	uint32_t count;
	const char *const *symbols; /* either these */
	const uint64_t *addresses;  /* or these */
	const uint64_t *cookies;    /* or NULL */
};
int sys_link_kprobe_multi(const struct sys *sys, int prog_fd, const struct sys_kprobe_multi *multi);

struct sys_uprobe_multi {
	uint32_t attach_type; /* SYS_TRACE_UPROBE_MULTI or SYS_TRACE_UPROBE_SESSION */
	uint32_t flags;       /* 1: at their return */
	uint32_t count;
	uint32_t pid; /* 0: all */
	const char *path;
	const uint64_t *offsets;    /* in the file */
	const uint64_t *semaphores; /* offsets of counters of users; or NULL */
	const uint64_t *cookies;    /* or NULL */
};
int sys_link_uprobe_multi(const struct sys *sys, int prog_fd, const struct sys_uprobe_multi *multi);

/* To what the program was loaded for: fentry, fexit, a typed raw tracepoint.  A cookie needs 6.0. */
int sys_link_tracing(const struct sys *sys, int prog_fd, uint32_t attach_type, uint64_t cookie);
/* @name NULL: as sys_link_tracing, for older kernels.  A cookie needs 6.10. */
int sys_raw_tracepoint(const struct sys *sys, int prog_fd, const char *name, uint64_t cookie);

/* To the interface, cgroup, or network namespace @target (an index, or a descriptor). */
int sys_link_target(const struct sys *sys, int prog_fd, uint32_t target, uint32_t attach_type,
		    uint32_t flags);

/* @info is a union bpf_iter_link_info of @info_bytes, or NULL. */
int sys_link_iter(const struct sys *sys, int prog_fd, const void *info, uint32_t info_bytes);
int sys_iter_new(const struct sys *sys, int link_fd);

/* --- objects ---------------------------------------------------------------------------------- */

int sys_btf_load(const struct sys *sys, const void *data, uint32_t bytes, struct diag *diag);
/* Objects of the kernel, whoever made them, by their numbers. */
enum sys_kind {
	SYS_PROG,
	SYS_MAP,
	SYS_BTF,
	SYS_LINK,
};
/* The id behind @id (0: the first); -ENOENT behind the last. */
int sys_next_id(const struct sys *sys, enum sys_kind kind, uint32_t id, uint32_t *ret_next);
/* A descriptor of the one with @id. */
int sys_open_id(const struct sys *sys, enum sys_kind kind, uint32_t id);
int sys_link_info(const struct sys *sys, int link_fd, struct bpf_link_info *info);

/* A descriptor of the types of the kernel's module @name; -ENOENT when it has none. */
int sys_btf_open_module(const struct sys *sys, const char *name);

/* Members that the caller sets (pointers and their sizes) say what more is wanted; the struct is filled as
 * far as the kernel knows it. */
int sys_prog_info(const struct sys *sys, int prog_fd, struct bpf_prog_info *info);
int sys_map_info(const struct sys *sys, int map_fd, struct bpf_map_info *info);
int sys_btf_info(const struct sys *sys, int btf_fd, struct bpf_btf_info *info);

int sys_pin(const struct sys *sys, int fd, const char *path);
/* What is pinned at @path. */
int sys_pin_open(const struct sys *sys, const char *path);

#endif
