/*
 * misc.c - the small commands: BPF_ENABLE_STATS, BPF_PROG_BIND_MAP, BPF_TOKEN_CREATE.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "kern/syscall/prog_object.h"

static void stats_free(struct embedded *kernel, struct object *object)
{
	kernel->stats_users--;
	free(object);
}

int call_enable_stats(struct call *call)
{
	struct object *object;
	int err;

	if (call->attr.enable_stats.type != BPF_STATS_RUN_TIME)
		return -EINVAL;
	object = calloc(1, sizeof *object);
	if (!object)
		return -ENOMEM;
	object->free = stats_free;
	err = object_init(call->kernel, object, OBJECT_STATS, "bpf-stats", 0);
	if (err) {
		free(object);
		return err;
	}
	call->kernel->stats_users++;
	err = object_open(call, object, O_RDONLY);
	object_put(call->kernel, object);
	return err;
}

int call_prog_bind_map(struct call *call)
{
	struct prog_object *prog;
	struct map_object *map;
	int err;

	if (call->attr.prog_bind_map.flags)
		return -EINVAL;
	err = prog_object_find(call, (int)call->attr.prog_bind_map.prog_fd, &prog);
	if (!err)
		err = map_object_find(call, (int)call->attr.prog_bind_map.map_fd, &map, NULL);
	if (!err)
		err = prog_object_add_map(prog, map);
	return err < 0 ? err : 0;
}

/* Rights that a mounted bpffs hands on: here everybody has them all. */
int call_token_create(struct call *call)
{
	return call->attr.token_create.flags ? -EINVAL : -EOPNOTSUPP;
}
