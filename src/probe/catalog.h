/*
 * catalog.h - what there is to attach to on this machine, and what it gives.
 *
 * Patterns have '*' (any characters), '?' and '[a-z]'.  Every search calls @found once for each hit, in
 * the order of names unless said otherwise, and stops when it returns false.  Sources are read when they are first
 * needed and kept: tracefs, available_filter_functions or kallsyms, the kernel's BTF, ELF files.
 */
#ifndef WAGGLE_PROBE_CATALOG_H
#define WAGGLE_PROBE_CATALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/nearest.h"
#include "sys/sys.h"

struct catalog;

struct catalog_options {
	const struct sys *sys;
	const char *tracefs;   /* NULL: where it is mounted */
	const char *functions; /* a file instead of available_filter_functions; or NULL */
	const char *proc;      /* NULL: /proc */
};

struct catalog *catalog_new(const struct catalog_options *options); /* NULL when memory is short */
void catalog_free(struct catalog *catalog);

/* A hit: @target is the subsystem, module or path; @space the provider of a USDT probe or NULL. */
typedef bool catalog_found_fn(void *data, const char *target, const char *space, const char *name);

/* Each returns how many were found, or a negative errno with the reason (permission, no tracefs) and
 * what to do in @diag. */
int catalog_tracepoints(struct catalog *catalog, const char *subsystem, const char *event,
			catalog_found_fn *found, void *data, struct diag *diag);
int catalog_raw_tracepoints(struct catalog *catalog, const char *module, const char *event,
			    catalog_found_fn *found, void *data, struct diag *diag);
/* Functions that kprobes (and, if @typed, fentry) can attach to; @module NULL: any, "vmlinux": the kernel's own. */
int catalog_functions(struct catalog *catalog, const char *module, const char *name, bool typed,
		      catalog_found_fn *found, void *data, struct diag *diag);
/* Functions of ELF files; @path may be a pattern, the name of a library, or a name to be found in PATH.
 * @pid not 0: as that process sees the file system, and '*' are its files. */
int catalog_user_functions(struct catalog *catalog, const char *path, const char *name,
			   uint32_t pid, catalog_found_fn *found, void *data, struct diag *diag);
int catalog_usdt(struct catalog *catalog, const char *path, const char *space, const char *name,
		 uint32_t pid, catalog_found_fn *found, void *data, struct diag *diag);
int catalog_iterators(struct catalog *catalog, const char *name, catalog_found_fn *found,
		      void *data, struct diag *diag);

/* For 'did you mean': offer the names of a subsystem's events, of functions, of a file's functions. */
void catalog_offer_tracepoints(struct catalog *catalog, struct nearest *search);
void catalog_offer_functions(struct catalog *catalog, struct nearest *search);
void catalog_offer_user_functions(struct catalog *catalog, const char *path,
				  struct nearest *search);

/* What serves today instead of the kernel's function @name, which is not there by this name, or cannot be probed:
 * those of other names that do its work, best first, and the tracepoint ("block:block_io_start") that tells
 * the same, or NULL.  Only what this kernel has.  False: nothing is known. */
enum { CATALOG_MOST_INSTEAD = 4 };
struct catalog_instead {
	const char *functions[CATALOG_MOST_INSTEAD];
	uint32_t function_count;
	const char *tracepoint;
};
bool catalog_function_instead(struct catalog *catalog, const char *name,
			      struct catalog_instead *ret_instead);

/* --- what they give -------------------------------------------------------------------------- */

/* A field of a tracepoint's record, as its 'format' file says it. */
struct catalog_field {
	const char *type; /* "const char *", "__data_loc char[]", "u64" */
	const char *name;
	uint32_t offset;
	uint32_t size;
	uint32_t count; /* of an array; else 0 */
	bool is_signed;
	bool is_dynamic;  /* __data_loc: u32 of offset (low half) and length; */
	bool is_relative; /* __rel_loc: the offset counts from behind the field */
};

struct catalog_format {
	uint32_t id;                        /* for perf_event_attr.config */
	const struct catalog_field *fields; /* without the common ones */
	uint32_t field_count;
	int32_t syscall; /* number of the system call whose entry or exit it is; else -1 */
	bool is_exit;
};

/* 0, -ENOENT, or what else went wrong.  *ret_format lives as long as the catalog. */
int catalog_format(struct catalog *catalog, const char *subsystem, const char *event,
		   const struct catalog_format **ret_format);

/* Where an argument of a USDT probe is, as the note says: "-4@-20(%rbp)". */
enum catalog_usdt_place {
	USDT_CONSTANT, /* value */
	USDT_REGISTER, /* reg */
	USDT_MEMORY,   /* reg + value (+ index * scale) */
};
struct catalog_usdt_arg {
	enum catalog_usdt_place place;
	int64_t value;
	uint16_t reg;   /* offset of the register in struct pt_regs */
	uint16_t index; /* the same, or UINT16_MAX: none */
	uint8_t scale;
	uint8_t bytes;
	bool is_signed;
};
struct catalog_usdt_site {
	uint64_t offset;    /* in the file */
	uint64_t semaphore; /* offset in the file, or 0 */
	const struct catalog_usdt_arg *args;
	uint32_t arg_count;
};
/* All places of one probe. */
int catalog_usdt_sites(struct catalog *catalog, const char *path, const char *space,
		       const char *name, uint32_t pid, const struct catalog_usdt_site **ret_sites,
		       uint32_t *ret_count, struct diag *diag);

/* Offsets in the file of function @name of @path; of 'name+offset' when it lies within.  Also of a source
 * line: @name NULL, @file and @line.  -ENOENT with nearest names in @diag. */
struct catalog_place {
	uint64_t offset;
	const char *path; /* the file itself, found */
};
int catalog_user_place(struct catalog *catalog, const char *path, const char *name, uint64_t offset,
		       uint32_t pid, struct diag *diag, struct catalog_place *ret_place);
int catalog_source_line(struct catalog *catalog, const char *path, const char *file, uint32_t line,
			uint32_t column, struct diag *diag, struct catalog_place *ret_places,
			uint32_t most, uint32_t *ret_count);

/* A parameter of a user function by DWARF: its type in C, where it is on entry. */
struct catalog_param {
	const char *name;
	const char *type; /* "int", "struct point *" */
	uint32_t size;
	bool is_signed;
	bool is_pointer;
	uint32_t arg; /* number of the argument register: arg0 ... */
};
int catalog_user_params(struct catalog *catalog, const char *path, const char *name,
			const struct catalog_param **ret_params, uint32_t *ret_count);

#endif
