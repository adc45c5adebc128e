/*
 * helper.h - the helpers, as one table, and what they need to know of the run they are called in.
 *
 * Adding one is a row of helper.def and its function.  A function that is given a pointer asks
 * vm_check_access before it uses it, and one that is given a map takes it through helper_map:
 * in a guarded run, both may be anything.
 */
#ifndef WAGGLE_KERN_HELPER_HELPER_H
#define WAGGLE_KERN_HELPER_HELPER_H

#include <stddef.h>
#include <stdint.h>

#include "kern/obj/map.h"
#include "kern/vm/vm.h"

enum { HELPER_MOST_KEY = 512 }; /* bytes: longest key that a guarded for_each passes on */

/* The run's data (vm_run_set_data) must be one of these, or NULL when it is not guarded and has no
 * use for 'trace'. */
struct helper_env {
	struct map *const *maps; /* those that the program may use */
	size_t map_count;

	/* Takes a line of bpf_trace_printk; NULL: it is dropped. */
	void (*trace)(void *data, const char *text, size_t len);
	void *trace_data;

	/* A guarded run must have this as a region: copies of the keys that callbacks of
	 * for_each_map_elem are given, one for each nesting. */
	uint8_t keys[ISA_FRAMES][HELPER_MOST_KEY];
	unsigned int keys_used;

	void *user; /* the host's own */
};

/* The table for struct vm_host. */
extern const struct vm_helper helper_table[];
extern const uint32_t helper_table_count;

/* May the program use @value as a map?  True in a verified run. */
bool helper_is_map(const struct vm_run *run, uint64_t value);

/* The map that a program calls @value; NULL (and a fault is recorded) when it is none that a guarded
 * program may use. */
struct map *helper_map(struct vm_run *run, uint64_t value);

/* Text made by the rules of bpf_trace_printk from @format (of @size bytes, its NUL included) and
 * up to three arguments, into @out of @room bytes.  Returns its length, or -EINVAL for a format
 * that the kernel refuses, or -EFAULT when an argument of '%s' may not be read (recorded). */
int helper_format(struct vm_run *run, const char *format, uint64_t size, const uint64_t args[3],
		  char *out, size_t room);

/* The rows of helper.def. */
#define VM_HELPER(name, kind) vm_helper_fn helper_##name;
#include "kern/helper/helper.def"

#endif
