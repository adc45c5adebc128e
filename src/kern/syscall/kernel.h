/*
 * kernel.h - the inside of the embedded kernel, for the files of this folder: objects, calls.
 *
 * Everything here is done under the kernel's lock, which embedded_bpf takes.
 */
#ifndef WAGGLE_KERN_SYSCALL_KERNEL_H
#define WAGGLE_KERN_SYSCALL_KERNEL_H

#include <pthread.h>

#include "kern/syscall/attr.h"
#include "kern/syscall/embedded.h"

enum { KERNEL_ENOTSUPP = 524 }; /* the kernel's own errno, which <errno.h> does not have */

enum object_kind {
	OBJECT_MAP,
	OBJECT_PROG,
	OBJECT_BTF,
	OBJECT_LINK,
	OBJECT_STATS, /* what BPF_ENABLE_STATS gives */
	OBJECT_KINDS,
};

/* What every object begins with.  Counted: each reference is held by another object, a path that it
 * is pinned to, a call under way, or, all together, by its descriptors. */
struct object {
	enum object_kind kind;
	uint32_t id; /* within its kind, from 1 */
	unsigned int refs;
	bool is_open; /* it has descriptors, as far as is known */
	int fd;       /* of its file; never given away */
	ino_t inode;
	struct object *next; /* in its bucket of kernel->inodes */
	void (*free)(struct embedded *kernel, struct object *object); /* its own part, and itself */
};

/* The objects of a kind, in the order of their ids. */
struct object_list {
	struct object **objects;
	size_t count, room;
	uint32_t last_id;
};

enum { KERNEL_BUCKETS = 1024 };

struct btf;
struct pin;

struct embedded {
	pthread_mutex_t lock;
	dev_t device; /* of all files of objects */
	struct object_list lists[OBJECT_KINDS];
	struct object *inodes[KERNEL_BUCKETS];
	struct pin *pins;
	struct btf *btf; /* Linux's, once a program needed it */
	bool has_no_btf;
	unsigned int stats_users; /* descriptors of BPF_ENABLE_STATS */
};

/* A call of bpf(2). */
struct call {
	struct embedded *kernel;
	const struct caller *caller;
	uint64_t address; /* of what the caller gave */
	uint32_t bytes;   /* its size */
	union attr attr;  /* a copy of it; zero beyond */
};

/* Tell the caller the new value of a member of its union bpf_attr; 0 or -EFAULT. */
#define CALL_RETURN(call, member)                                                               \
	call_return(call,                                                                       \
		    (size_t)((const char *)&(call)->attr.member - (const char *)&(call)->attr), \
		    sizeof(call)->attr.member)
int call_return(const struct call *call, size_t offset, size_t bytes);

/* Begin an object in storage that starts with @object, zeroed otherwise: it gets an id and a file
 * of @file_bytes bytes called @name, and one reference, the caller's.  @free is called when there are no more. */
int object_init(struct embedded *kernel, struct object *object, enum object_kind kind,
		const char *name, size_t file_bytes);
struct object *object_get(struct object *object);
void object_put(struct embedded *kernel, struct object *object); /* NULL is fine */

/* As embedded_closed. */
bool object_closed(struct embedded *kernel, ino_t inode);

/* Give the caller a new descriptor of @object: its number, or a negative errno.  @mode is O_RDONLY,
 * O_WRONLY or O_RDWR.  The last thing that a call does. */
int object_open(const struct call *call, struct object *object, int mode);

/* The object that the caller's @fd is a descriptor of, without a reference of its own: -EBADF (no
 * such descriptor) or -EINVAL (of something else).  *ret_mode (if not NULL) is how it is open. */
int object_find(const struct call *call, int fd, enum object_kind kind, struct object **ret_object,
		int *ret_mode);
/* The same for any kind. */
int object_find_any(const struct call *call, int fd, struct object **ret_object, int *ret_mode);

/* By its id, or NULL. */
struct object *object_with_id(struct embedded *kernel, enum object_kind kind, uint32_t id);
/* The one with the next greater id, or NULL. */
struct object *object_after_id(struct embedded *kernel, enum object_kind kind, uint32_t id);

/* Copy a name into @ret_name, zero-filled: letters, digits, '_' and '.', ended by a NUL within
 * ATTR_NAME_LEN; its length, or -EINVAL. */
int object_name(const char name[ATTR_NAME_LEN], char ret_name[ATTR_NAME_LEN]);

/* The commands: rows of command.def. */
#define BPF_COMMAND(number, name, last) int call_##name(struct call *call);
#include "kern/syscall/command.def"

#endif
