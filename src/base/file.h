/*
 * file.h - reading whole files, and finding them.
 */
#ifndef WAGGLE_BASE_FILE_H
#define WAGGLE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/strbuf.h"

/* The most that file_read takes: programs and objects are far smaller, and a user who names
 * /dev/zero gets an answer. */
enum { FILE_MOST_BYTES = 256 << 20 };

/* Read all of @path ("-" is standard input) into memory that the caller frees.  The byte after
 * the last is a NUL.  Returns 0 or a negative errno with the reason in @diag. */
int file_read(const char *path, struct diag *diag, char **ret_data, size_t *ret_len);

/* The same from a descriptor, which stays open: what is left to read.  0 or a negative errno, -EFBIG
 * beyond FILE_MOST_BYTES. */
int file_read_fd(int fd, char **ret_data, size_t *ret_len);

/* Look for the file @name in @dirs, absolute folders separated by ':' (others are passed over), all below @root
 * ("": ours).  It must be a regular one, and allow @access: F_OK, X_OK.  Appends its path below @root; false: it is
 * in none of them. */
bool file_find(const char *root, const char *dirs, const char *name, int access,
	       struct strbuf *out);

/* The name to show for @path: "<stdin>" for "-". */
const char *file_name(const char *path);

#endif
