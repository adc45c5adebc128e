/*
 * files.h - the ELF files that processes have mapped, each read once.
 *
 * A file is what its device and inode number say, wherever it is seen.  Since numbers of removed files
 * are given to new ones, the time of its last change counts as well.  It is opened through the
 * process that mapped it (/proc/PID/map_files, then its root), because only there its path is sure to
 * lead to it; files of processes that may end soon can be held open until they are needed.
 */
#ifndef WAGGLE_SYM_FILES_H
#define WAGGLE_SYM_FILES_H

#include "base/arena.h"
#include "sym/space.h"
#include "sym/symtab.h"
#include "sym/unwind.h"

struct lines;

struct symfile {
	struct symfile *next; /* in its slot of the table */
	struct file_key key;
	int64_t changed_ns; /* time of the last change of the data; -1: not known */
	const char *path;
	int fd; /* -1: not held open */
	bool is_loaded;
	struct symtab table;
	struct lines *lines; /* NULL: it has none, or nobody wants them */
	struct unwind_table frames;
	uint16_t machine;
	bool has_frames; /* they were read; there may be none */
};

struct files {
	struct arena *arena;
	struct intern *names;
	const char *debug_dirs;
	struct symfile **slots;
	size_t size; /* power of two */
	size_t count;
	size_t held;
	bool wants_frames; /* when symbols are read, read those too */
	bool wants_lines;
};

/* 0 or -ENOMEM. */
int files_init(struct files *files, struct arena *arena, struct intern *names,
	       const char *debug_dirs);
void files_release(struct files *files);

/* The file behind @mapping of process @pid, remembered in the mapping; NULL: it is none, or cannot be
 * opened.  @hold: keep it open, if not too many are. */
struct symfile *files_of(struct files *files, struct mapping *mapping, uint32_t pid, bool hold);

/* Read its symbols, if that was not done yet: its table, which is empty when it has none. */
struct symtab *files_symbols(struct files *files, struct symfile *file, uint32_t pid);

/* How to unwind stacks in the file behind @mapping: its table, which is empty when it says nothing. */
const struct unwind_table *files_frames(struct files *files, struct symfile *file,
					const struct mapping *mapping, uint32_t pid);

/* Where files of process @pid are to be opened from, for root_open. */
struct process_root {
	char path[32];
};
struct process_root process_root(uint32_t pid);

/* Open the file @path as process @pid sees it; as we do if that has ended, or ends at this moment.  A descriptor, or a
 * negative errno. */
int process_open(uint32_t pid, const char *path);

#endif
