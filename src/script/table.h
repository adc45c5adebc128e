/*
 * table.h - what the language has: providers, builtins, functions, settings, kinds of maps.
 *
 * The facts are rows of the .def files; here is how to ask for them by name.
 */
#ifndef WAGGLE_SCRIPT_TABLE_H
#define WAGGLE_SCRIPT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "script/types.h"

/* --- providers ------------------------------------------------------------------------------- */

enum provider_id {
#define PROVIDER(id, name, aliases, shape, paths, gives, usage) PROVIDER_##id,
#include "script/probe.def"
	PROVIDER_COUNT,
};

/* What stands behind the provider. */
enum attach_form {
	FORM_NONE,       /* nothing */
	FORM_NAME,       /* :name */
	FORM_SIGNAL,     /* :signal:SIGUSR1 */
	FORM_FUNCTION,   /* [:module]:function[+offset], or :address; bpf[:id]:program */
	FORM_TRACEPOINT, /* :subsystem:event */
	FORM_RAW,        /* [:module]:event */
	FORM_USER,  /* :path:function[+offset], :path:address, :path:cpp:"name", :path@file:line */
	FORM_USDT,  /* :path:[namespace:]name */
	FORM_TIMER, /* :unit:number, or :duration */
	FORM_EVENT, /* :event:[count] */
	FORM_WATCH, /* :address:length:mode */
	FORM_ITER,  /* :kind[:pin] */
};

enum probe_gives {
	GIVES_NOTHING = 0,
	GIVES_ARGN = 1 << 0,     /* arg0, arg1 ... */
	GIVES_ARGS = 1 << 1,     /* args.name */
	GIVES_RETVAL = 1 << 2,   /* retval */
	GIVES_FUNC = 1 << 3,     /* func */
	GIVES_REGS = 1 << 4,     /* reg(), the registers */
	GIVES_CTX = 1 << 5,      /* ctx.field */
	GIVES_USER = 1 << 6,     /* pointers point into user space */
	GIVES_OVERRIDE = 1 << 7, /* override() */
	GIVES_VERDICT = 1 << 8,  /* what the probe returns matters */
};

struct provider {
	enum provider_id id;
	const char *name;
	const char *aliases;
	enum attach_form shape;
	unsigned int path_fields;
	unsigned int gives; /* enum probe_gives */
	const char *usage;
};

/* The provider called @name (@len bytes), or NULL. */
const struct provider *provider_find(const char *name, size_t len);
const struct provider *provider_at(size_t i); /* NULL beyond the last */
const char *provider_nearest(const char *name);

struct event {
	enum provider_id provider;
	const char *name;
	const char *alias; /* or NULL */
	uint64_t count;
};
const struct event *event_find(enum provider_id provider, const char *name);
const struct event *event_at(size_t i); /* NULL beyond the last */
const char *event_nearest(enum provider_id provider, const char *name);

/* --- builtins and functions ------------------------------------------------------------------ */

/* The types that rows can name. */
enum value_type {
	VALUE_VOID,
	VALUE_BOOL,
	VALUE_UINT8,
	VALUE_UINT32,
	VALUE_UINT64,
	VALUE_INT64,
	VALUE_STRING, /* of config max_strlen */
	VALUE_COMM,   /* string[16] */
	VALUE_TASK,   /* struct task_struct * */
	VALUE_INET,
	VALUE_MAC,
	VALUE_KSTACK,
	VALUE_USTACK,
	VALUE_KSYM,
	VALUE_USYM,
	VALUE_TIMESTAMP,
	VALUE_CGROUP_PATH,
	VALUE_USERNAME,
	VALUE_PROBE,
	VALUE_COUNT,
	VALUE_SUM,
	VALUE_MIN,
	VALUE_MAX,
	VALUE_AVG,
	VALUE_STATS,
	VALUE_HIST,
	VALUE_LHIST,
	VALUE_TSERIES,
	VALUE_SPECIAL,
};

enum builtin_id {
#define BUILTIN(id, name, type, needs, what) BUILTIN_##id,
#include "script/builtin.def"
	BUILTIN_ARGN, /* arg0 ...: no row, a family */
};

struct builtin {
	enum builtin_id id;
	const char *name;
	enum value_type type;
	unsigned int needs; /* enum probe_gives */
	const char *what;
};

/* The builtin called @name, or NULL.  'arg12' is BUILTIN_ARGN with *ret_number 12. */
const struct builtin *builtin_find(const char *name, uint64_t *ret_number);

enum func_id {
#define FUNC(id, name, result, params, flags, usage) FUNC_##id,
#include "script/func.def"
	FUNC_ID_COUNT,
};

enum func_flags {
	FUNC_IS_ASYNC = 1,
	FUNC_IS_COMPTIME = 2,
	FUNC_IS_UNSAFE = 4,
	FUNC_IS_VALUE = 8,
};

struct func {
	enum func_id id;
	const char *name;
	enum value_type result;
	const char *params;
	unsigned int flags; /* enum func_flags */
	const char *usage;
};

const struct func *func_find(const char *name);
/* Is @word a mode that @func takes? */
bool func_takes_word(enum func_id func, const char *word);
/* Append the modes of @func: "'perf', 'raw'". */
void func_list_words(enum func_id func, struct strbuf *out);

/* Offer all names that can stand for a value to a search; for 'did you mean'. */
struct nearest;
void table_offer_names(struct nearest *search, bool functions_only);

/* --- settings, maps, types ------------------------------------------------------------------- */

enum config_type {
	CONFIG_BOOL,
	CONFIG_NUMBER,
	CONFIG_TEXT,
	CONFIG_CHOICE,
};

enum config_id {
#define CONFIG(id, name, type, initially, choices, least) CONFIG_ID_##id,
#include "script/config.def"
	CONFIG_ID_COUNT,
};

struct config_key {
	enum config_id id;
	const char *name;
	enum config_type type;
	const char *initially;
	const char *choices;
	uint64_t least;
};

/* By any of its spellings: 'stack_mode', 'STACK_MODE', 'BPFTRACE_STACK_MODE', 'BPFTRACE_STRLEN'. */
const struct config_key *config_find(const char *name);
const struct config_key *config_at(size_t i); /* by id; NULL beyond the last */
/* What older releases called it, or NULL: "strlen". */
const char *config_old_name(enum config_id id);
const char *config_nearest(const char *name);

struct map_kind {
	const char *name;
	bool is_percpu;
	bool is_lru;
};
const struct map_kind *map_kind_find(const char *name);
const char *map_kind_nearest(const char *name);

/* The value of a constant of the kernel's headers; false when the table has it not. */
bool constant_find(const char *name, uint64_t *ret_value);

/* The type that a word stands for, or NULL.  Of strings, buffers and addresses it has no size yet. */
const struct type *type_word_find(const char *name);
void type_word_offer(struct nearest *search);

#endif
