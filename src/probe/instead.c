/*
 * instead.c - what serves today instead of a function of the kernel that is not there.
 *
 * Functions are renamed (renamed.def), get a suffix when the compiler makes a variant of them
 * ("name.isra.0"), or serve system calls, whose functions were once called sys_open, later SyS_open, and
 * today __x64_sys_open on x86 and __arm64_sys_open on ARM.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/syscall.h"
#include "base/bits.h"
#include "probe/catalog_in.h"

#ifdef __aarch64__
#define SYSCALL_PREFIX "__arm64_sys_"
#else
#define SYSCALL_PREFIX "__x64_sys_"
#endif

/* A search for one function's successors. */
struct search {
	struct catalog *catalog;
	struct catalog_instead *instead;
};

static bool see(void *data, const char *target, const char *space, const char *name)
{
	(void)data;
	(void)target;
	(void)space;
	(void)name;
	return false;
}

static bool add_hit(void *data, const char *module, const char *space, const char *name)
{
	struct catalog_instead *instead = ((struct search *)data)->instead;

	(void)module;
	(void)space;
	for (uint32_t i = 0; i < instead->function_count; i++)
		if (!strcmp(instead->functions[i], name))
			return true;
	instead->functions[instead->function_count++] = name;
	return instead->function_count < CATALOG_MOST_INSTEAD;
}

/* Add the functions that look like @pattern. */
static void try_functions(struct search *search, const char *pattern)
{
	/* What is found lives as long as the catalog, but a plain name is the caller's. */
	const char *kept = arena_strndup(&search->catalog->arena, pattern, strlen(pattern));

	if (kept && search->instead->function_count < CATALOG_MOST_INSTEAD)
		(void)catalog_functions(search->catalog, NULL, kept, false, add_hit, search, NULL);
}

static void try_tracepoint(struct search *search, const char *whole)
{
	const char *colon = strchr(whole, ':');
	char *subsystem;

	if (!colon || search->instead->tracepoint)
		return;
	subsystem = arena_strndup(&search->catalog->arena, whole, (size_t)(colon - whole));
	if (subsystem &&
	    catalog_tracepoints(search->catalog, subsystem, colon + 1, see, NULL, NULL) > 0)
		search->instead->tracepoint = whole;
}

/* --- system calls ----------------------------------------------------------------------------- */

/* "sys_open": what stands behind a prefix of functions of system calls, or NULL. */
static const char *syscall_of(const char *name)
{
	static const char *const prefixes[] = {
		"sys_",  "SyS_",       "__se_sys_",    "__do_sys_",
		"ksys_", "__x64_sys_", "__arm64_sys_", "__ia32_sys_"
	};

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return name + strlen(prefixes[i]);
	return NULL;
}

/* What the C library calls today where it called @call once: the same work by another call. */
static const char *newer_call(const char *call)
{
	static const struct {
		const char *old, *new;
	} pairs[] = {
		{ "open", "openat" },
		{ "creat", "openat" },
		{ "access", "faccessat2" },
		{ "stat", "newfstatat" },
		{ "lstat", "newfstatat" },
		{ "newstat", "newfstatat" },
		{ "newlstat", "newfstatat" },
		{ "mkdir", "mkdirat" },
		{ "unlink", "unlinkat" },
		{ "rmdir", "unlinkat" },
		{ "rename", "renameat2" },
		{ "link", "linkat" },
		{ "symlink", "symlinkat" },
		{ "readlink", "readlinkat" },
		{ "chmod", "fchmodat" },
		{ "chown", "fchownat" },
		{ "fork", "clone" },
		{ "vfork", "clone" },
		{ "poll", "ppoll" },
		{ "select", "pselect6" },
		{ "epoll_wait", "epoll_pwait" },
		{ "pipe", "pipe2" },
		{ "dup2", "dup3" },
		{ "getdents", "getdents64" },
		{ "nanosleep", "clock_nanosleep" },
		{ "send", "sendto" },
		{ "recv", "recvfrom" },
		{ "time", "clock_gettime" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (!strcmp(pairs[i].old, call))
			return pairs[i].new;
	return NULL;
}

static void try_call(struct search *search, const char *call)
{
	const struct abi_syscall *found = abi_syscall_named(call);
	char name[128];

	if (!found)
		found = abi_syscall_event(call);
	if (!found)
		return;
	(void)snprintf(name, sizeof name, SYSCALL_PREFIX "%s", found->event);
	try_functions(search, name);
}

static void try_call_tracepoint(struct search *search, const char *call)
{
	const struct abi_syscall *found = abi_syscall_named(call);
	const char *whole;

	if (!found)
		found = abi_syscall_event(call);
	if (!found)
		return;
	whole = arena_printf(&search->catalog->arena, "syscalls:sys_enter_%s", found->event);
	if (whole)
		try_tracepoint(search, whole);
}

static void try_syscall(struct search *search, const char *call)
{
	const char *newer = newer_call(call);

	try_call(search, call);
	if (newer) {
		try_call(search, newer);
		try_call_tracepoint(search, newer);
	}
	try_call_tracepoint(search, call);
}

/* --- others ----------------------------------------------------------------------------------- */

/* Try each of the words. */
static void try_words(struct search *search, const char *words,
		      void (*try)(struct search *search, const char *word))
{
	for (size_t len; *words; words += len + (words[len] == ' ')) {
		const char *word;

		len = strcspn(words, " ");
		word = arena_strndup(&search->catalog->arena, words, len);
		if (word)
			try(search, word);
	}
}

static void try_renamed(struct search *search, const char *name)
{
	static const struct {
		const char *old, *new, *tracepoints;
	} table[] = {
#define RENAMED(old, new, tracepoints) { old, new, tracepoints },
#include "probe/renamed.def"
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (strcmp(table[i].old, name) != 0)
			continue;
		try_words(search, table[i].new, try_functions);
		try_words(search, table[i].tracepoints, try_tracepoint);
	}
}

bool catalog_function_instead(struct catalog *catalog, const char *name,
			      struct catalog_instead *ret_instead)
{
	struct catalog_instead instead = { 0 };
	struct search search = { catalog, &instead };
	const char *call = syscall_of(name);
	char variants[160];

	if (call)
		try_syscall(&search, call);
	try_renamed(&search, name);
	if (!instead.function_count &&
	    (size_t)snprintf(variants, sizeof variants, "%s.*", name) < sizeof variants)
		try_functions(&search, variants);
	if (!instead.function_count && !instead.tracepoint)
		return false;
	*ret_instead = instead;
	return true;
}
