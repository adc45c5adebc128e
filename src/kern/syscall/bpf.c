/*
 * bpf.c - bpf(2): which command it is, and what is checked before every one.
 *
 * A caller's union bpf_attr may be shorter than ours (the rest is zero) or longer (the rest must be): so
 * programs of any age get along with kernels of any age.
 */
#include "kern/syscall/kernel.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bits.h"
#include "btf/btf.h"
#include "kern/syscall/pin.h"
#include "kern/syscall/user.h"

enum { MOST_ATTR_BYTES = 4096 }; /* a page */

struct command {
	int (*function)(struct call *call);
	size_t bytes; /* of union attr that it has */
};

#define END_OF(last) offsetof(union attr, last) + sizeof((union attr *)0)->last

static const struct command commands[] = {
#define BPF_COMMAND(number, name, last) [number] = { call_##name, END_OF(last) },
#include "kern/syscall/command.def"
};

int call_return(const struct call *call, size_t offset, size_t bytes)
{
	return user_write(call->caller, call->address + offset, (const char *)&call->attr + offset,
			  bytes);
}

static bool is_zero(const uint8_t *bytes, size_t from, size_t end)
{
	for (; from < end; from++)
		if (bytes[from])
			return false;
	return true;
}

static int read_attr(struct call *call)
{
	size_t known = call->bytes < sizeof call->attr ? call->bytes : sizeof call->attr;
	int err;

	if (call->bytes > MOST_ATTR_BYTES)
		return -E2BIG;
	err = user_zero(call->caller, call->address + known, call->bytes - known);
	return err ? err : user_read(call->caller, &call->attr, call->address, known);
}

int embedded_bpf(struct embedded *kernel, const struct caller *caller, int command,
		 uint64_t attr_address, uint32_t attr_bytes)
{
	struct call call = {
		.kernel = kernel, .caller = caller, .address = attr_address, .bytes = attr_bytes
	};
	int result = read_attr(&call);

	if (result)
		return result;
	if (command < 0 || (size_t)command >= ARRAY_LEN(commands) || !commands[command].function)
		return -EINVAL;
	if (!is_zero((const uint8_t *)&call.attr, commands[command].bytes, sizeof call.attr))
		return -EINVAL;
	(void)pthread_mutex_lock(&kernel->lock);
	result = commands[command].function(&call);
	(void)pthread_mutex_unlock(&kernel->lock);
	return result;
}

bool embedded_closed(struct embedded *kernel, ino_t inode)
{
	bool is_open;

	(void)pthread_mutex_lock(&kernel->lock);
	is_open = object_closed(kernel, inode);
	(void)pthread_mutex_unlock(&kernel->lock);
	return is_open;
}

/* --- Kernels ---------------------------------------------------------------------------------- */

int embedded_new(struct embedded **ret_kernel)
{
	struct embedded *kernel = calloc(1, sizeof *kernel);

	if (!kernel)
		return -ENOMEM;
	(void)pthread_mutex_init(&kernel->lock, NULL);
	*ret_kernel = kernel;
	return 0;
}

/* What descriptors still hold.  Each is the last reference from outside; objects that hold others come
 * down with them. */
static void close_all(struct embedded *kernel)
{
	for (size_t i = 0; i < KERNEL_BUCKETS; i++)
		for (struct object *object = kernel->inodes[i]; object;) {
			if (!object->is_open) {
				object = object->next;
				continue;
			}
			object->is_open = false;
			object_put(kernel, object);
			object = kernel->inodes[i]; /* whatever went with it */
		}
}

void embedded_free(struct embedded *kernel)
{
	if (!kernel)
		return;
	pin_free_all(kernel);
	close_all(kernel);
	for (size_t i = 0; i < OBJECT_KINDS; i++)
		free(kernel->lists[i].objects);
	btf_free(kernel->btf);
	(void)pthread_mutex_destroy(&kernel->lock);
	free(kernel);
}
