/*
 * embedded.h - the embedded kernel as processes see it: bpf(2) and what belongs to it.
 *
 * One struct embedded is one kernel, with its maps, programs, links, BTF, ids and pinned paths.  Calls may
 * come from any thread.  A caller is a process: its memory is read and written by the kernel's own
 * calls for that, so that a bad address is -EFAULT and nothing worse, and its descriptors are real
 * ones.  This process itself is one such caller (sys_embedded_new).
 *
 * A descriptor of an object is one of an anonymous file of memory (memfd_create(2)) that is the
 * object's alone.  So descriptors can be duplicated, passed on and closed without anybody asking
 * this kernel, values of maps can be mapped, and the file's name tells what it is, as "bpf-map" does in Linux.
 * Which object a descriptor means is found by the file's inode.
 */
#ifndef WAGGLE_KERN_SYSCALL_EMBEDDED_H
#define WAGGLE_KERN_SYSCALL_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sys/sys.h"

struct embedded; /* opaque */

/* -ENOMEM, or what memfd_create(2) says. */
int embedded_new(struct embedded **ret_kernel);
void embedded_free(
	struct embedded *kernel); /* NULL is fine; descriptors stay what they are: memory */

struct caller {
	pid_t pid; /* a thread of the process */
	/* Make @fd, a descriptor of this process that is yours, one of the caller's.  Returns its number
	 * there, or a negative errno. */
	int (*install)(void *data, int fd);
	/* Is nobody there any more who waits for the call?  Asked now and then while a program is run
	 * many times, which then ends with -EINTR.  NULL: there is. */
	bool (*is_gone)(void *data);
	void *data;
};

/* One call of bpf(2): @command, and the address in the caller's memory and the size of its
 * union bpf_attr.  Returns what the call does, or a negative errno. */
int embedded_bpf(struct embedded *kernel, const struct caller *caller, int command,
		 uint64_t attr_address, uint32_t attr_bytes);

/* The descriptors of what has inode @inode may all be closed: let go of the object if they are.  True
 * if there is such an object and it still has some. */
bool embedded_closed(struct embedded *kernel, ino_t inode);

/* Remove what is pinned at @path: 0 or -ENOENT. */
int embedded_unpin(struct embedded *kernel, const char *path);

/* The calls of a new embedded kernel for this process.  Returns 0 and sets *ret_sys (yours:
 * sys_embedded_free). */
int sys_embedded_new(struct sys **ret_sys);
void sys_embedded_free(struct sys *sys); /* NULL is fine */

#endif
