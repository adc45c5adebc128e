/*
 * pin.c - BPF_OBJ_PIN, BPF_OBJ_GET.
 */
#include "kern/syscall/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kern/syscall/map_object.h"
#include "kern/syscall/user.h"

enum {
	PATH_FD = 1 << 14, /* BPF_F_PATH_FD */
	FILE_FLAGS = FILE_F_RDONLY | FILE_F_WRONLY,
};

static struct pin **find(struct embedded *kernel, const char *path)
{
	struct pin **link = &kernel->pins;

	while (*link && strcmp((*link)->path, path))
		link = &(*link)->next;
	return link;
}

void pin_free_all(struct embedded *kernel)
{
	while (kernel->pins) {
		struct pin *pin = kernel->pins;

		kernel->pins = pin->next;
		object_put(kernel, pin->object);
		free(pin);
	}
}

int embedded_unpin(struct embedded *kernel, const char *path)
{
	struct pin **link, *pin;

	(void)pthread_mutex_lock(&kernel->lock);
	link = find(kernel, path);
	pin = *link;
	if (pin) {
		*link = pin->next;
		object_put(kernel, pin->object);
		free(pin);
	}
	(void)pthread_mutex_unlock(&kernel->lock);
	return pin ? 0 : -ENOENT;
}

static int read_path(const struct call *call, char path[PATH_MAX])
{
	int len = user_read_text(call->caller, path, call->attr.obj.pathname, PATH_MAX);

	if (len == -E2BIG)
		return -ENAMETOOLONG;
	return len < 0 ? len : len ? 0 : -ENOENT;
}

int call_obj_pin(struct call *call)
{
	char path[PATH_MAX];
	struct object *object;
	struct pin **link, *pin;
	int err;

	if (call->attr.obj.file_flags)
		return -EINVAL;
	if (call->attr.obj.path_fd)
		return -EINVAL;
	err = object_find_any(call, (int)call->attr.obj.bpf_fd, &object, NULL);
	if (!err)
		err = read_path(call, path);
	if (err)
		return err;
	link = find(call->kernel, path);
	if (*link)
		return -EEXIST;
	pin = malloc(sizeof *pin + strlen(path) + 1);
	if (!pin)
		return -ENOMEM;
	*pin = (struct pin){ .object = object_get(object) };
	memcpy(pin->path, path, strlen(path) + 1);
	*link = pin;
	return 0;
}

/* How descriptors of @object are open, with these flags. */
static int file_mode(const struct object *object, uint32_t flags)
{
	int mode = map_file_mode(flags);

	if (mode < 0 || object->kind == OBJECT_MAP)
		return mode;
	if (mode != O_RDWR)
		return -EINVAL;
	return object->kind == OBJECT_PROG ? O_RDWR : O_RDONLY;
}

int call_obj_get(struct call *call)
{
	char path[PATH_MAX];
	struct pin *pin;
	int mode, err;

	if (call->attr.obj.bpf_fd || call->attr.obj.file_flags & ~(uint32_t)FILE_FLAGS)
		return -EINVAL;
	if (call->attr.obj.path_fd)
		return -EINVAL;
	if (map_file_mode(call->attr.obj.file_flags) < 0)
		return -EINVAL;
	err = read_path(call, path);
	if (err)
		return err;
	pin = *find(call->kernel, path);
	if (!pin)
		return -ENOENT;
	mode = file_mode(pin->object, call->attr.obj.file_flags);
	return mode < 0 ? mode : object_open(call, pin->object, mode);
}
