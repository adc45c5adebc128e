/*
 * user_path.h - what people write for an executable, and which files they mean.
 */
#ifndef WAGGLE_PROBE_USER_PATH_H
#define WAGGLE_PROBE_USER_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/strbuf.h"

/* Append the root of process @pid, "" when it is ours: "/proc/17/root".  @proc is where proc is mounted. */
void user_root(const char *proc, uint32_t pid, struct strbuf *out);

/* Find what @name, a path or the name of a program or library, means below @root.  Appends its path there, with
 * '/' at its begin, to @out.  0, or -ENOENT with the reason in @diag. */
int user_path_find(const char *root, const char *name, struct diag *diag, struct strbuf *out);

/* Call @found for each path, below @root, that looks like @pattern: of a path, or of programs in PATH.
 * Stops when it returns less than 0, and returns that. */
typedef int user_path_fn(void *data, const char *root, const char *path);
int user_path_glob(const char *root, const char *pattern, user_path_fn *found, void *data);

/* The same for the files that process @pid has mapped as code; 0: all processes. */
int user_path_mapped(const char *proc, uint32_t pid, user_path_fn *found, void *data,
		     struct diag *diag);

#endif
