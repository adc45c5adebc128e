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
#include "base/strbuf.h"
#include "sys/sys.h"

struct btf;
struct catalog;

struct catalog_options {
	const struct sys *sys;
	const char *tracefs;   /* NULL: where it is mounted */
	const char *functions; /* a file instead of available_filter_functions; or NULL */
	const char *proc;      /* NULL: /proc */
};

struct catalog *catalog_new(const struct catalog_options *options); /* NULL when memory is short */
void catalog_free(struct catalog *catalog);

/* The types of the kernel, opened once for all who ask; as long as the catalog lives.  NULL: there are none. */
const struct btf *catalog_btf(struct catalog *catalog);

/* Those of the module @name, which go on where the kernel's end; NULL or "vmlinux": the kernel's.  NULL: there are none. */
const struct btf *catalog_module_btf(struct catalog *catalog, const char *name);

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
/* Does the function tracer know the function, or is there no way to tell? */
bool catalog_is_traceable(struct catalog *catalog, const char *name);
/* How long a function of the kernel is, up to the next symbol; 0: not known. */
uint64_t catalog_function_bytes(struct catalog *catalog, const char *name);
int catalog_iterators(struct catalog *catalog, const char *name, catalog_found_fn *found,
		      void *data, struct diag *diag);

/* The folder of tracefs, or NULL with the reason in @diag. */
const char *catalog_tracefs(struct catalog *catalog, struct diag *diag);

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
	USDT_UNKNOWN, /* spelled in a way that is not understood, or in a register that programs do not see */
};
struct catalog_usdt_arg {
	enum catalog_usdt_place place;
	int64_t value;
	uint16_t reg;   /* offset of the register in struct pt_regs */
	uint16_t index; /* the same, or UINT16_MAX: none */
	uint8_t scale;
	uint8_t bytes;
	bool is_signed;
	const char *text; /* as the note says it */
};
struct catalog_usdt_site {
	const char *space;  /* its provider */
	uint64_t offset;    /* in the file */
	uint64_t semaphore; /* offset in the file, or 0 */
	const struct catalog_usdt_arg *args;
	uint32_t arg_count;
};
/* All places of one probe, by offset; @space NULL: of any provider.  -ENOENT with nearest names in @diag.  The sites live
 * as long as the catalog. */
int catalog_usdt_sites(struct catalog *catalog, const char *path, const char *space,
		       const char *name, uint32_t pid, const struct catalog_usdt_site **ret_sites,
		       uint32_t *ret_count, struct diag *diag);

/* Where in a file a probe can be. */
struct catalog_place {
	uint64_t offset;
	const char *path; /* the file itself, found */
};

/* The byte at @offset of @path, whatever kind of file that is: nobody knows whether an instruction begins there. */
int catalog_user_offset(struct catalog *catalog, const char *path, uint64_t offset, uint32_t pid,
			struct diag *diag, struct catalog_place *ret_place);

/* Function @name of @path; @offset lies within.  @name NULL: @offset is an address as symbol tables have it.
 * -ENOENT with nearest names in @diag; *ret_place lives as long as the catalog. */
int catalog_user_place(struct catalog *catalog, const char *path, const char *name, uint64_t offset,
		       uint32_t pid, struct diag *diag, struct catalog_place *ret_place);

/* A function or variable of a program. */
struct catalog_symbol {
	uint64_t address; /* as symbol tables have it */
	uint64_t size;    /* 0: not known */
};

/* The function or variable @name of @path; -ENOENT with the reason in @diag. */
int catalog_user_symbol(struct catalog *catalog, const char *path, const char *name, uint32_t pid,
			struct diag *diag, struct catalog_symbol *ret_symbol);

/* A line of a source, by DWARF. */
struct catalog_line {
	const char *path; /* of the program */
	const char *file; /* as it was compiled, or the end of its path: "main.c", "src/main.c" */
	uint32_t line;
	uint32_t column; /* 0: any */
	uint32_t pid;
};

/* The places of a line: where it begins in each function, those that it was inlined into included.  -ENOENT: there is
 * no such file or line, with what there is in @diag; -ENODATA: the program has no such information. */
int catalog_source_line(struct catalog *catalog, const struct catalog_line *line, struct diag *diag,
			const struct catalog_place **ret_places, uint32_t *ret_count);

/* --- types of programs, by DWARF --------------------------------------------------------------- */

enum catalog_type_kind {
	CATALOG_VOID, /* also functions, and what programs cannot read */
	CATALOG_INT,
	CATALOG_BOOL,
	CATALOG_FLOAT,
	CATALOG_ENUM,
	CATALOG_POINTER,
	CATALOG_ARRAY,
	CATALOG_STRUCT, /* classes too */
	CATALOG_UNION,
};

struct catalog_type {
	enum catalog_type_kind kind;
	bool is_signed;
	uint32_t size;
	uint32_t count; /* ARRAY: elements */
	const char *
		name; /* "int", "struct point", "enum color"; NULL: it has none; of a pointer or array, NULL */
	bool is_real; /* FLOAT: float, double or long double; not complex, nor any of the rarer ones */
	const struct dwarf_type *more; /* for catalog_type_of and catalog_type_fields */
};

struct catalog_type_field {
	const char *name; /* "" when it is anonymous */
	struct catalog_type type;
	uint32_t offset;     /* bytes */
	uint32_t bit_offset; /* from the start of the struct; bitfields alone */
	uint32_t bit_count;  /* 0: no bitfield */
};

/* What a POINTER points at, an ARRAY consists of.  Whatever types say lives as long as the catalog. */
int catalog_type_of(struct catalog *catalog, const struct catalog_type *type,
		    struct catalog_type *ret_of);
/* Fields of a STRUCT or UNION. */
int catalog_type_fields(struct catalog *catalog, const struct catalog_type *type,
			const struct catalog_type_field **ret_fields, uint32_t *ret_count);
/* Append the type in C: "struct point *". */
void catalog_type_print(struct catalog *catalog, const struct catalog_type *type,
			struct strbuf *out);

/* The struct, union or enum "struct point" of a program. */
int catalog_user_type(struct catalog *catalog, const char *path, const char *name, uint32_t pid,
		      struct catalog_type *ret_type);

struct catalog_param {
	const char *name; /* "" when it has none */
	struct catalog_type type;
	uint32_t arg; /* number of its first register: arg0 ...; UINT32_MAX: it is in none of those */
	uint32_t stack; /* bytes from the stack pointer on entry, if not in a register; UINT32_MAX: neither */
	bool is_address; /* not the value is there, but its address */
	bool is_float; /* it is in registers of floating-point numbers, at least in part: 'arg', 'stack' say nothing */
};
struct catalog_signature {
	const struct catalog_param *params;
	uint32_t param_count;
	struct catalog_param
		result; /* 'arg' is 0 when it is in the registers of results; else it is not known where */
};

/* What function @name takes, and where that is on entry.  0; -ENOENT: there is no such function; -ENODATA: the program
 * has no DWARF, or not of this function; with the reason and what to do in @diag. */
int catalog_user_signature(struct catalog *catalog, const char *path, const char *name,
			   uint32_t pid, struct diag *diag,
			   const struct catalog_signature **ret_signature);

#endif
