/*
 * bpf.c - bpf(2) with types.
 *
 * A union bpf_attr is zeroed as a whole each time: kernels refuse bytes that are set beyond what they
 * know.
 */
#include "sys/bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOG_BYTES = 1 << 20,
	LOG_LINES = 3, /* the reason stands at the end, above some numbers */
};

static uint64_t user_pointer(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static int call(const struct sys *sys, enum bpf_cmd command, union bpf_attr *attr)
{
	return sys->bpf(sys, (int)command, attr, sizeof(*attr));
}

static void set_name(char *field, const char *name)
{
	if (name)
		memcpy(field, name, strnlen(name, BPF_OBJ_NAME_LEN - 1));
}

int sys_map_new(const struct sys *sys, const struct sys_map *map)
{
	union bpf_attr attr = {
		.map_type = map->type,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->max_entries,
		.map_flags = map->flags,
	};

	set_name(attr.map_name, map->name);
	return call(sys, BPF_MAP_CREATE, &attr);
}

int sys_map_update(const struct sys *sys, int map_fd, const void *key, const void *value,
		   uint64_t flags)
{
	union bpf_attr attr = {
		.map_fd = (uint32_t)map_fd,
		.key = user_pointer(key),
		.value = user_pointer(value),
		.flags = flags,
	};

	return call(sys, BPF_MAP_UPDATE_ELEM, &attr);
}

int sys_map_fill(const struct sys *sys, int map_fd, const struct sys_map *map, const void *keys,
		 const void *values, uint32_t count)
{
	union bpf_attr attr = { .batch = { .keys = user_pointer(keys),
					   .values = user_pointer(values),
					   .count = count,
					   .map_fd = (uint32_t)map_fd } };
	const uint8_t *key = keys, *value = values;
	int err = count ? call(sys, BPF_MAP_UPDATE_BATCH, &attr) : 0;

	/* EINVAL: no such command; ENOTSUPP (524, the kernel's own): not for this type */
	if (err != -EINVAL && err != -524)
		return err;
	err = 0;
	for (uint32_t i = 0; i < count && !err; i++)
		err = sys_map_update(sys, map_fd, key + (size_t)i * map->key_size,
				     value + (size_t)i * map->value_size, BPF_ANY);
	return err;
}

static const char *log_end(const char *log)
{
	const char *p = log + strlen(log);

	for (int lines = 0; p > log && (p[-1] != '\n' || ++lines <= LOG_LINES); p--)
		;
	return p;
}

static void explain(const struct sys *sys, union bpf_attr *attr, int err, struct diag *diag)
{
	char *log = calloc(1, LOG_BYTES);

	if (log) {
		attr->log_buf = user_pointer(log);
		attr->log_size = LOG_BYTES;
		attr->log_level = 1;
		(void)call(sys, BPF_PROG_LOAD, attr);
	}
	diag_error(diag, SPAN_NONE, "%s refuses the program (%s)%s%s", sys->name, strerror(-err),
		   log && *log ? ": " : "", log ? log_end(log) : "");
	free(log);
}

int sys_prog_load(const struct sys *sys, const struct sys_prog *prog, struct diag *diag)
{
	union bpf_attr attr = {
		.prog_type = prog->type,
		.insns = user_pointer(prog->insns),
		.insn_cnt = prog->insn_count,
		.license = user_pointer(prog->license),
	};
	int fd;

	set_name(attr.prog_name, prog->name);
	fd = call(sys, BPF_PROG_LOAD, &attr);
	if (fd < 0 && diag)
		explain(sys, &attr, fd, diag);
	return fd;
}
