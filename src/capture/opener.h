/*
 * opener.h - a small process that keeps the privileges to open files when we have given ours up.
 *
 * With -C, -G and -W a capture opens files all the time, often where only root may write.  So before privileges
 * are dropped a child is started that has kept them, does nothing but open files, and opens only
 *
 *  - to write: what can be one of the files of -w: the same folder, and a name that begins as its name does;
 *  - to read: the files that were named to be read.
 *
 * It never sees a packet, and it ends when we do.
 */
#ifndef WAGGLE_CAPTURE_OPENER_H
#define WAGGLE_CAPTURE_OPENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct opener_rules {
	const char *write_path;        /* of -w, as it was given: '%' begins what varies; or NULL */
	const char *const *read_paths; /* NULL-terminated, or NULL */
	bool gives_away;               /* files that are written belong to: */
	uid_t uid;
	gid_t gid;
};

struct opener;

/* The rules are copied by the fork; they must outlive the opener for the child's sake only.  Returns 0 or a
 * negative errno. */
int opener_new(const struct opener_rules *rules, struct opener **ret_opener);
void opener_free(struct opener *opener); /* NULL is fine */

/* Open @path to write, as rotate_open_file does: its signature, with the opener as @data.  A descriptor, or a
 * negative errno; -EACCES also if the rules do not allow it. */
int opener_write(void *opener, const char *path);
/* Open @path, one of the rules', to read. */
int opener_read(void *opener, const char *path);

#endif
