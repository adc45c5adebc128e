/*
 * bpf.c - bpf(2) with types.
 *
 * A union bpf_attr is zeroed as a whole each time: kernels refuse bytes that are set beyond what they
 * know.
 */
#include "sys/bpf.h"

#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sys/log.h"

enum { LOG_BYTES = 1 << 20 };

/* Commands whose members grew after the header that this may be compiled with. */
struct uprobe_multi_attr {
	uint32_t prog_fd, target_fd, attach_type, link_flags;
	uint64_t path, offsets, semaphores, cookies;
	uint32_t count, flags, pid, zero;
};
struct raw_tracepoint_attr {
	uint64_t name;
	uint32_t prog_fd, zero;
	uint64_t cookie;
};
static_assert(sizeof(struct sys_func_info) == sizeof(struct bpf_func_info), "the ABI fixes it");
static_assert(sizeof(struct sys_line_info) == sizeof(struct bpf_line_info), "the ABI fixes it");

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

/* --- maps ------------------------------------------------------------------------------------- */

int sys_map_new(const struct sys *sys, const struct sys_map *map)
{
	union bpf_attr attr = {
		.map_type = map->type,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->max_entries,
		.map_flags = map->flags,
		.numa_node = map->numa_node,
		.map_extra = map->extra,
		.inner_map_fd = (uint32_t)map->inner_fd,
		.btf_fd = (uint32_t)map->btf_fd,
		.btf_key_type_id = map->key_type,
		.btf_value_type_id = map->value_type,
	};

	set_name(attr.map_name, map->name);
	return call(sys, BPF_MAP_CREATE, &attr);
}

int sys_map_make(const struct sys *sys, const struct sys_map *map)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int fd = sys_map_new(sys, map);

	if (fd != -EPERM || setrlimit(RLIMIT_MEMLOCK, &all) != 0)
		return fd;
	return sys_map_new(sys, map);
}

uint32_t sys_ring_bytes(uint64_t wanted)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PAGESIZE);

	while (bytes < wanted && bytes < 1ull << 31)
		bytes *= 2;
	return (uint32_t)bytes;
}

bool sys_map_is_percpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

/* The commands that take a map, a key and a value. */
static int on_element(const struct sys *sys, enum bpf_cmd command, union bpf_attr attr)
{
	return call(sys, command, &attr);
}

int sys_map_update(const struct sys *sys, int map_fd, const void *key, const void *value,
		   uint64_t flags)
{
	return on_element(sys, BPF_MAP_UPDATE_ELEM,
			  (union bpf_attr){ .map_fd = (uint32_t)map_fd,
					    .key = user_pointer(key),
					    .value = user_pointer(value),
					    .flags = flags });
}

int sys_map_lookup(const struct sys *sys, int map_fd, const void *key, void *ret_value)
{
	return on_element(sys, BPF_MAP_LOOKUP_ELEM,
			  (union bpf_attr){ .map_fd = (uint32_t)map_fd,
					    .key = user_pointer(key),
					    .value = user_pointer(ret_value) });
}

int sys_map_delete(const struct sys *sys, int map_fd, const void *key)
{
	return on_element(sys, BPF_MAP_DELETE_ELEM,
			  (union bpf_attr){ .map_fd = (uint32_t)map_fd, .key = user_pointer(key) });
}

int sys_map_next_key(const struct sys *sys, int map_fd, const void *key, void *ret_next)
{
	return on_element(sys, BPF_MAP_GET_NEXT_KEY,
			  (union bpf_attr){ .map_fd = (uint32_t)map_fd,
					    .key = user_pointer(key),
					    .next_key = user_pointer(ret_next) });
}

int sys_map_freeze(const struct sys *sys, int map_fd)
{
	return on_element(sys, BPF_MAP_FREEZE, (union bpf_attr){ .map_fd = (uint32_t)map_fd });
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

	if (err != -EINVAL && err != -SYS_ENOTSUPP) /* no such command; not for this type */
		return err;
	err = 0;
	for (uint32_t i = 0; i < count && !err; i++)
		err = sys_map_update(sys, map_fd, key + (size_t)i * map->key_size,
				     value + (size_t)i * map->value_size, BPF_ANY);
	return err;
}

int sys_map_lookup_batch(const struct sys *sys, int map_fd, struct sys_batch *batch)
{
	union bpf_attr attr = {
		.batch = { .in_batch = batch->has_begun ? user_pointer(&batch->place) : 0,
			   .out_batch = user_pointer(&batch->place),
			   .keys = user_pointer(batch->keys),
			   .values = user_pointer(batch->values),
			   .count = batch->count,
			   .map_fd = (uint32_t)map_fd }
	};
	int err = call(sys, BPF_MAP_LOOKUP_BATCH, &attr);

	if (err && err != -ENOENT)
		return err;
	batch->has_begun = true;
	batch->count = attr.batch.count;
	return err;
}

/* --- programs --------------------------------------------------------------------------------- */

static void report(const struct sys *sys, const struct sys_prog *prog, const char *log, int err,
		   struct diag *diag)
{
	struct sys_refusal refusal;
	struct span span = SPAN_NONE;

	sys_refusal_read(log, &refusal);
	if (prog->spans && refusal.insn < prog->insn_count)
		span = prog->spans[refusal.insn];
	diag_error(diag, span, "%s refuses the program: %s", sys->name,
		   refusal.reason.len ? strbuf_text(&refusal.reason) : strerror(-err));
	if (refusal.text.len)
		diag_hint(diag, "at instruction %u: %s", refusal.insn, strbuf_text(&refusal.text));
	sys_refusal_release(&refusal);
}

static void explain(const struct sys *sys, const struct sys_prog *prog, union bpf_attr *attr,
		    int err, struct diag *diag)
{
	char *log;

	attr->log_size = prog->log_bytes ? prog->log_bytes : LOG_BYTES;
	log = calloc(1, attr->log_size);
	if (log) {
		attr->log_buf = user_pointer(log);
		attr->log_level = 1;
		(void)call(sys, BPF_PROG_LOAD, attr);
		log[attr->log_size - 1] = '\0';
	}
	report(sys, prog, log ? log : "", err, diag);
	free(log);
}

int sys_prog_load(const struct sys *sys, const struct sys_prog *prog, struct diag *diag)
{
	union bpf_attr attr = {
		.prog_type = prog->type,
		.insns = user_pointer(prog->insns),
		.insn_cnt = prog->insn_count,
		.license = user_pointer(prog->license),
		.prog_flags = prog->flags,
		.expected_attach_type = prog->expected_attach_type,
		.prog_btf_fd = (uint32_t)prog->btf_fd,
		.func_info_rec_size = prog->func_count ? sizeof(struct sys_func_info) : 0,
		.func_info = user_pointer(prog->funcs),
		.func_info_cnt = prog->func_count,
		.line_info_rec_size = prog->line_count ? sizeof(struct sys_line_info) : 0,
		.line_info = user_pointer(prog->lines),
		.line_info_cnt = prog->line_count,
		.attach_btf_id = prog->attach_btf_id,
		.attach_btf_obj_fd = (uint32_t)prog->attach_btf_fd,
		.fd_array = user_pointer(prog->fd_array),
	};
	int fd;

	set_name(attr.prog_name, prog->name);
	fd = call(sys, BPF_PROG_LOAD, &attr);
	if (fd < 0 && diag)
		explain(sys, prog, &attr, fd, diag);
	return fd;
}

int sys_prog_run(const struct sys *sys, int prog_fd, struct sys_run *run)
{
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)prog_fd,
					  .data_in = user_pointer(run->data),
					  .data_size_in = run->data_bytes,
					  .ctx_in = user_pointer(run->context),
					  .ctx_size_in = run->context_bytes,
					  .repeat = run->repeat,
					  .flags = run->flags,
					  .cpu = run->cpu } };
	int err = call(sys, BPF_PROG_TEST_RUN, &attr);

	if (err < 0)
		return err;
	run->ret_value = attr.test.retval;
	run->ret_ns = attr.test.duration;
	return 0;
}

int sys_enable_stats(const struct sys *sys)
{
	union bpf_attr attr = { .enable_stats.type = BPF_STATS_RUN_TIME };

	return call(sys, BPF_ENABLE_STATS, &attr);
}

/* --- attaching -------------------------------------------------------------------------------- */

int sys_link_perf(const struct sys *sys, int prog_fd, int perf_fd, uint64_t cookie)
{
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)prog_fd,
						 .target_fd = (uint32_t)perf_fd,
						 .attach_type = BPF_PERF_EVENT,
						 .perf_event.bpf_cookie = cookie } };

	return call(sys, BPF_LINK_CREATE, &attr);
}

int sys_link_kprobe_multi(const struct sys *sys, int prog_fd, const struct sys_kprobe_multi *multi)
{
	union bpf_attr attr = {
		.link_create = { .prog_fd = (uint32_t)prog_fd,
				 .attach_type = multi->attach_type,
				 .kprobe_multi = { .flags = multi->flags,
						   .cnt = multi->count,
						   .syms = user_pointer(multi->symbols),
						   .addrs = user_pointer(multi->addresses),
						   .cookies = user_pointer(multi->cookies) } }
	};

	return call(sys, BPF_LINK_CREATE, &attr);
}

int sys_link_uprobe_multi(const struct sys *sys, int prog_fd, const struct sys_uprobe_multi *multi)
{
	struct uprobe_multi_attr attr = {
		.prog_fd = (uint32_t)prog_fd,
		.attach_type = multi->attach_type,
		.path = user_pointer(multi->path),
		.offsets = user_pointer(multi->offsets),
		.semaphores = user_pointer(multi->semaphores),
		.cookies = user_pointer(multi->cookies),
		.count = multi->count,
		.flags = multi->flags,
		.pid = multi->pid,
	};

	return sys->bpf(sys, BPF_LINK_CREATE, &attr, sizeof attr);
}

int sys_link_tracing(const struct sys *sys, int prog_fd, uint32_t attach_type, uint64_t cookie)
{
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)prog_fd,
						 .attach_type = attach_type,
						 .tracing.cookie = cookie } };

	return call(sys, BPF_LINK_CREATE, &attr);
}

int sys_raw_tracepoint(const struct sys *sys, int prog_fd, const char *name, uint64_t cookie)
{
	struct raw_tracepoint_attr attr = {
		.name = user_pointer(name),
		.prog_fd = (uint32_t)prog_fd,
		.cookie = cookie,
	};

	return sys->bpf(sys, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof attr);
}

int sys_link_target(const struct sys *sys, int prog_fd, uint32_t target, uint32_t attach_type,
		    uint32_t flags)
{
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)prog_fd,
						 .target_fd = target,
						 .attach_type = attach_type,
						 .flags = flags } };

	return call(sys, BPF_LINK_CREATE, &attr);
}

int sys_link_iter(const struct sys *sys, int prog_fd, const void *info, uint32_t info_bytes)
{
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)prog_fd,
						 .attach_type = BPF_TRACE_ITER,
						 .iter_info = user_pointer(info),
						 .iter_info_len = info_bytes } };

	return call(sys, BPF_LINK_CREATE, &attr);
}

int sys_iter_new(const struct sys *sys, int link_fd)
{
	union bpf_attr attr = { .iter_create.link_fd = (uint32_t)link_fd };

	return call(sys, BPF_ITER_CREATE, &attr);
}

/* --- objects ---------------------------------------------------------------------------------- */

int sys_btf_load(const struct sys *sys, const void *data, uint32_t bytes, struct diag *diag)
{
	union bpf_attr attr = { .btf = user_pointer(data), .btf_size = bytes };
	int fd = call(sys, BPF_BTF_LOAD, &attr);
	char *log;

	if (fd >= 0 || !diag)
		return fd;
	log = calloc(1, LOG_BYTES);
	if (log) {
		attr.btf_log_buf = user_pointer(log);
		attr.btf_log_size = LOG_BYTES;
		attr.btf_log_level = 1;
		(void)call(sys, BPF_BTF_LOAD, &attr);
	}
	diag_error(diag, SPAN_NONE, "%s refuses the types of the program (%s)%s%s", sys->name,
		   strerror(-fd), log && *log ? ": " : "", log ? log : "");
	free(log);
	return fd;
}

static const struct {
	enum bpf_cmd next, open;
} kinds[] = {
	[SYS_PROG] = { BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID },
	[SYS_MAP] = { BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID },
	[SYS_BTF] = { BPF_BTF_GET_NEXT_ID, BPF_BTF_GET_FD_BY_ID },
	[SYS_LINK] = { BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID },
};

int sys_next_id(const struct sys *sys, enum sys_kind kind, uint32_t id, uint32_t *ret_next)
{
	union bpf_attr attr = { .start_id = id };
	int err = call(sys, kinds[kind].next, &attr);

	if (!err)
		*ret_next = attr.next_id;
	return err;
}

int sys_open_id(const struct sys *sys, enum sys_kind kind, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id }; /* the same place for all kinds */

	return call(sys, kinds[kind].open, &attr);
}

static int get_info(const struct sys *sys, int fd, void *info, uint32_t bytes)
{
	union bpf_attr attr = {
		.info = { .bpf_fd = (uint32_t)fd, .info_len = bytes, .info = user_pointer(info) }
	};

	return call(sys, BPF_OBJ_GET_INFO_BY_FD, &attr);
}

int sys_prog_info(const struct sys *sys, int prog_fd, struct bpf_prog_info *info)
{
	return get_info(sys, prog_fd, info, sizeof *info);
}

int sys_map_info(const struct sys *sys, int map_fd, struct bpf_map_info *info)
{
	return get_info(sys, map_fd, info, sizeof *info);
}

int sys_btf_info(const struct sys *sys, int btf_fd, struct bpf_btf_info *info)
{
	return get_info(sys, btf_fd, info, sizeof *info);
}

int sys_link_info(const struct sys *sys, int link_fd, struct bpf_link_info *info)
{
	return get_info(sys, link_fd, info, sizeof *info);
}

static bool is_module(const struct sys *sys, int btf_fd, const char *name)
{
	char buffer[64] = "";
	struct bpf_btf_info info = { .name = user_pointer(buffer), .name_len = sizeof buffer };

	return sys_btf_info(sys, btf_fd, &info) == 0 && info.kernel_btf && !strcmp(buffer, name);
}

int sys_btf_open_module(const struct sys *sys, const char *name)
{
	uint32_t id = 0;
	int err, fd;

	while ((err = sys_next_id(sys, SYS_BTF, id, &id)) == 0) {
		fd = sys_open_id(sys, SYS_BTF, id);
		if (fd == -ENOENT) /* it went away in between */
			continue;
		if (fd < 0)
			return fd;
		if (is_module(sys, fd, name))
			return fd;
		(void)sys->close(sys, fd);
	}
	return err;
}

int sys_pin(const struct sys *sys, int fd, const char *path)
{
	union bpf_attr attr = { .pathname = user_pointer(path), .bpf_fd = (uint32_t)fd };

	return call(sys, BPF_OBJ_PIN, &attr);
}

int sys_pin_open(const struct sys *sys, const char *path)
{
	union bpf_attr attr = { .pathname = user_pointer(path) };

	return call(sys, BPF_OBJ_GET, &attr);
}
