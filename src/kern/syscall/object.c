/*
 * object.c - objects: their ids, files, references and descriptors.
 *
 * Nobody says when the last descriptor of an object is closed, for they may be in any process; but the
 * kernel can be asked: a lease for writing is given on a file only while nobody else has it open
 * or mapped (fcntl(2), F_SETLEASE).  For that, the object's own descriptor is one that was opened by
 * its path in /proc, since the first one of a memfd does not count as open.
 *
 * Files cannot change their size: who has a descriptor cannot take memory away under our feet.
 */
#include "kern/syscall/kernel.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 64 };

/* --- Ids -------------------------------------------------------------------------------------- */

/* Where in @list the first object with an id above @id is. */
static size_t list_above(const struct object_list *list, uint32_t id)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->objects[middle]->id > id)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Ids grow, and are not used again before all were: so the new one stands at the end. */
static int list_add(struct object_list *list, struct object *object)
{
	if (list->last_id == INT32_MAX)
		return -ENOSPC;
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		struct object **objects = realloc(list->objects, room * sizeof *objects);

		if (!objects)
			return -ENOMEM;
		list->objects = objects;
		list->room = room;
	}
	object->id = ++list->last_id;
	list->objects[list->count++] = object;
	return 0;
}

static void list_remove(struct object_list *list, const struct object *object)
{
	size_t i = list_above(list, object->id);

	if (!i || list->objects[i - 1] != object)
		return;
	memmove(list->objects + i - 1, list->objects + i,
		(list->count - i) * sizeof *list->objects);
	list->count--;
}

struct object *object_with_id(struct embedded *kernel, enum object_kind kind, uint32_t id)
{
	const struct object_list *list = &kernel->lists[kind];
	size_t i = list_above(list, id);

	return i && list->objects[i - 1]->id == id ? list->objects[i - 1] : NULL;
}

struct object *object_after_id(struct embedded *kernel, enum object_kind kind, uint32_t id)
{
	const struct object_list *list = &kernel->lists[kind];
	size_t i = list_above(list, id);

	return i < list->count ? list->objects[i] : NULL;
}

/* --- Files ------------------------------------------------------------------------------------ */

static struct object **bucket_of(struct embedded *kernel, ino_t inode)
{
	return &kernel->inodes[inode % KERNEL_BUCKETS];
}

static struct object *object_with_inode(struct embedded *kernel, ino_t inode)
{
	struct object *object = *bucket_of(kernel, inode);

	while (object && object->inode != inode)
		object = object->next;
	return object;
}

/* The file @fd once more, opened by its path. */
static int reopen(int fd, int mode)
{
	char path[PATH_ROOM];
	int again;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, mode | O_CLOEXEC);
	return again < 0 ? -errno : again;
}

static int make_file(struct embedded *kernel, struct object *object, const char *name, size_t bytes)
{
	int first = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat status;
	int err = 0;

	if (first < 0)
		return -errno;
	if (ftruncate(first, (off_t)bytes))
		err = -ENOMEM;
	else if (fcntl(first, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) || fstat(first, &status))
		err = -errno;
	else
		err = reopen(first, O_RDWR);
	(void)close(first);
	if (err < 0)
		return err;
	object->fd = err;
	object->inode = status.st_ino;
	kernel->device = status.st_dev;
	return 0;
}

/* Has nobody but the kernel the object's file open or mapped? */
static bool is_closed(const struct object *object)
{
	if (fcntl(object->fd, F_SETLEASE, F_WRLCK))
		return false;
	(void)fcntl(object->fd, F_SETLEASE, F_UNLCK);
	return true;
}

/* --- References ------------------------------------------------------------------------------- */

int object_init(struct embedded *kernel, struct object *object, enum object_kind kind,
		const char *name, size_t file_bytes)
{
	int err = make_file(kernel, object, name, file_bytes);
	struct object **bucket;

	if (err)
		return err;
	object->kind = kind;
	object->refs = 1;
	err = list_add(&kernel->lists[kind], object);
	if (err) {
		(void)close(object->fd);
		return err;
	}
	bucket = bucket_of(kernel, object->inode);
	object->next = *bucket;
	*bucket = object;
	return 0;
}

struct object *object_get(struct object *object)
{
	object->refs++;
	return object;
}

static void forget_inode(struct embedded *kernel, const struct object *object)
{
	struct object **link = bucket_of(kernel, object->inode);

	while (*link && *link != object)
		link = &(*link)->next;
	if (*link)
		*link = object->next;
}

void object_put(struct embedded *kernel, struct object *object)
{
	if (!object || --object->refs)
		return;
	list_remove(&kernel->lists[object->kind], object);
	forget_inode(kernel, object);
	(void)close(object->fd);
	object->free(kernel, object);
}

bool object_closed(struct embedded *kernel, ino_t inode)
{
	struct object *object = object_with_inode(kernel, inode);

	if (!object || !object->is_open)
		return false;
	if (!is_closed(object))
		return true;
	object->is_open = false;
	object_put(kernel, object);
	return false;
}

/* --- Descriptors ------------------------------------------------------------------------------ */

int object_open(const struct call *call, struct object *object, int mode)
{
	int fd = reopen(object->fd, mode);
	int result;

	if (fd < 0)
		return fd;
	result = call->caller->install(call->caller->data, fd);
	if (result >= 0 && !object->is_open) {
		object->is_open = true;
		object->refs++;
	}
	return result;
}

/* What @fd of this process is: its inode and how it is open. */
static int look_here(int fd, struct stat *ret_status, int *ret_mode)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fstat(fd, ret_status))
		return -EBADF;
	*ret_mode = flags & O_ACCMODE;
	return 0;
}

/* The same for another process.  The rights of the link in /proc say how the file is open. */
static int look_there(pid_t pid, int fd, struct stat *ret_status, int *ret_mode)
{
	char path[PATH_ROOM];
	struct stat link;

	(void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	if (lstat(path, &link) || stat(path, ret_status))
		return -EBADF;
	*ret_mode = !(link.st_mode & S_IWUSR) ? O_RDONLY :
		    !(link.st_mode & S_IRUSR) ? O_WRONLY :
						O_RDWR;
	return 0;
}

int object_find_any(const struct call *call, int fd, struct object **ret_object, int *ret_mode)
{
	struct object *object;
	struct stat status;
	int mode, err;

	if (fd < 0)
		return -EBADF;
	if (call->caller->pid == getpid())
		err = look_here(fd, &status, &mode);
	else
		err = look_there(call->caller->pid, fd, &status, &mode);
	if (err)
		return err;
	if (status.st_dev != call->kernel->device)
		return -EINVAL;
	object = object_with_inode(call->kernel, status.st_ino);
	if (!object)
		return -EINVAL;
	*ret_object = object;
	if (ret_mode)
		*ret_mode = mode;
	return 0;
}

int object_find(const struct call *call, int fd, enum object_kind kind, struct object **ret_object,
		int *ret_mode)
{
	struct object *object;
	int err = object_find_any(call, fd, &object, ret_mode);

	if (err)
		return err;
	if (object->kind != kind)
		return -EINVAL;
	*ret_object = object;
	return 0;
}

int object_name(const char name[ATTR_NAME_LEN], char ret_name[ATTR_NAME_LEN])
{
	size_t len = strnlen(name, ATTR_NAME_LEN);

	if (len == ATTR_NAME_LEN)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '.')
			return -EINVAL;
	memset(ret_name, 0, ATTR_NAME_LEN);
	memcpy(ret_name, name, len);
	return (int)len;
}
