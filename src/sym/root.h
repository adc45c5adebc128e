/*
 * root.h - opening files as a process sees them: below its root, symbolic links included.
 *
 * What others put there is not trusted: only regular files are opened, so that nobody waits for a
 * FIFO, and no link leads out of the root (openat2(2), Linux 5.6; before, links are taken from our own).
 */
#ifndef WAGGLE_SYM_ROOT_H
#define WAGGLE_SYM_ROOT_H

/* Open @path, which begins with '/', for reading; @root is a directory like "/proc/1/root", or ""
 * for our own.  A descriptor, or a negative errno: -EINVAL when it is no regular file. */
int root_open(const char *root, const char *path);

#endif
