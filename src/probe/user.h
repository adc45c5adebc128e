/*
 * user.h - what the files of the catalog that look into executables share.
 *
 * A file is opened once, by the path that leads to it from here: for a process in another root that is below
 * /proc/PID/root.  Files stay open as long as the catalog.
 */
#ifndef WAGGLE_PROBE_USER_H
#define WAGGLE_PROBE_USER_H

#include "base/arena.h"
#include "probe/catalog_in.h"
#include "probe/elf_file.h"

struct usdt_table;
struct dwarf_info;

struct user_file {
	struct user_file *next;
	const char *path; /* for open(2), and for the kernel */
	const char *name; /* for messages, and as target of what is found: as the process sees it */
	const char *root; /* of that process, without a slash at its end; "" is ours */
	struct elf_file *elf;
	struct usdt_table *usdt; /* usdt.c; NULL: not read yet */
	bool dwarf_was_tried;    /* dwarf.c */
	struct dwarf_info *dwarf;
};

struct user_catalog {
	struct arena arena;
	struct user_file *files;
};

void user_catalog_free(struct user_catalog *user); /* NULL is fine */

/* The part of the catalog that is about executables, or NULL when memory is short. */
struct user_catalog *user_catalog_of(struct catalog *catalog);

/* The file that @path means to process @pid (0: to us): a path, a program in PATH, a library.  0, or a negative
 * errno with the reason in @diag. */
int user_file_find(struct catalog *catalog, const char *path, uint32_t pid, struct diag *diag,
		   struct user_file **ret_file);

/* Call @each for every file that @pattern means, until it returns less than 0, and return that.  With '*' files
 * that are none of ELF are passed over; "*" are those that @pid has mapped, or if that is 0 those of all
 * processes.  Else as user_file_find. */
typedef int user_file_fn(void *data, struct user_file *file);
int user_file_each(struct catalog *catalog, const char *pattern, uint32_t pid, user_file_fn *each,
		   void *data, struct diag *diag);

/* What a hit in @file is said to be of, when it was looked for as @path: a path as it was written, the one that was
 * found for anything else. */
const char *user_file_target(const struct user_file *file, const char *path);

/* How people write the names of C++: "cpp:A::f" means every function whose name is, without or with its
 * parameters, A::f. */
bool user_name_matches(const char *pattern, const char *name);
bool user_name_is_plain(const char *pattern);

void user_usdt_release(struct user_file *file);
void user_dwarf_release(struct user_file *file);

#endif
