/*
 * map_type_test.c - map types: what their creation takes, and which helpers take them.
 *
 * Each type is made with each flag, and each helper that has a map as an argument is given one of each type.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "abi/helper.h"
#include "abi/helper_proto.h"
#include "abi/map_type.h"
#include "ask.h"
#include "base/bits.h"
#include "sys/bpf.h"

enum { KEPT_CTX = 6, BYTES_AT = -64 };

/* --- creation --------------------------------------------------------------------------------- */

/* A small map of @type with @flags: a descriptor, or a negative errno. */
static int make(uint32_t type, uint32_t flags)
{
	static int inner_fd;
	/* storages of objects are described by types, which are asked about after flags */
	struct sys_map map = {
		.type = type, .key_size = 4, .value_size = 8, .max_entries = 4, .flags = flags
	};

	switch (type) {
	case ABI_MAP_RINGBUF:
	case ABI_MAP_USER_RINGBUF:
		map.key_size = map.value_size = 0;
		map.max_entries = 4096;
		break;
	case ABI_MAP_LPM_TRIE: map.key_size = 8; break;
	case ABI_MAP_ARENA: map.key_size = map.value_size = 0; break;
	case ABI_MAP_QUEUE:
	case ABI_MAP_STACK:
	case ABI_MAP_BLOOM_FILTER: map.key_size = 0; break;
	case ABI_MAP_ARRAY_OF_MAPS:
	case ABI_MAP_HASH_OF_MAPS:
		if (!inner_fd)
			inner_fd = make(ABI_MAP_ARRAY, 0);
		map.inner_fd = inner_fd;
		map.value_size = 4;
		break;
	case ABI_MAP_STACK_TRACE: map.value_size = flags & BPF_F_STACK_BUILD_ID ? 32 : 8; break;
	case ABI_MAP_PROG_ARRAY:
	case ABI_MAP_PERF_EVENT_ARRAY:
	case ABI_MAP_CGROUP_ARRAY:
	case ABI_MAP_XSKMAP:
	case ABI_MAP_DEVMAP:
	case ABI_MAP_DEVMAP_HASH:
	case ABI_MAP_CPUMAP:
	case ABI_MAP_SOCKMAP:
	case ABI_MAP_SOCKHASH: map.value_size = 4; break;
	case ABI_MAP_CGROUP_STORAGE:
	case ABI_MAP_PERCPU_CGROUP_STORAGE:
		map.key_size = 16;
		map.max_entries = 0;
		break;
	default: break;
	}
	return sys_map_new(&sys_linux, &map);
}

/* Maps of these types want a description by BTF, so that none can be made here. */
static bool wants_btf(uint32_t type)
{
	return type == ABI_MAP_STRUCT_OPS || type == ABI_MAP_SK_STORAGE ||
	       type == ABI_MAP_INODE_STORAGE || type == ABI_MAP_TASK_STORAGE ||
	       type == ABI_MAP_CGRP_STORAGE;
}

static bool can_make(uint32_t type, uint32_t flags)
{
	const int fd = make(type, flags);

	if (fd >= 0)
		(void)sys_linux.close(&sys_linux, fd);
	return fd >= 0;
}

static void check_flags(const struct abi_map_type *row)
{
	enum { FLAGS = 32 };

	for (int bit = 0; bit < FLAGS; bit++) {
		const uint32_t flag = UINT32_C(1) << bit;
		const bool table = row->flags & flag;

		if (flag == BPF_F_NUMA_NODE || !(flag & row->needed_flags))
			ask_check(can_make(row->type, row->needed_flags | flag) == table,
				  "%s: the table says that flag 0x%x is %s", row->name, flag,
				  table ? "allowed" : "not");
		else
			ask_check(!can_make(row->type, row->needed_flags & ~flag),
				  "%s: the table says that flag 0x%x is needed", row->name, flag);
	}
}

/* --- helpers ---------------------------------------------------------------------------------- */

/* The map's own argument is right whatever else is, as long as what stands before it is. */
static void put(struct ask *ask, const struct abi_helper_proto *proto, int i, int map_fd)
{
	switch ((enum abi_arg)proto->args[i]) {
	case ABI_ARG_CONST_MAP: ask_map(ask, i + 1, map_fd); break;
	case ABI_ARG_CTX: ask_op(ask, ISA_MOV64_REG, i + 1, KEPT_CTX, 0, 0); break;
	case ABI_ARG_MAP_KEY:
	case ABI_ARG_MAP_VALUE:
	case ABI_ARG_MEM:
	case ABI_ARG_DYNPTR:
		ask_op(ask, ISA_MOV64_REG, i + 1, ISA_REG_FP, 0, 0);
		ask_op(ask, ISA_ADD64_IMM, i + 1, 0, 0,
		       proto->args[i] == ABI_ARG_DYNPTR ? BYTES_AT - 16 : BYTES_AT);
		break;
	case ABI_ARG_CONST_SIZE: /* perf_event_read_value's is that of a struct */
		ask_number(ask, i + 1, (int32_t)sizeof(struct bpf_perf_event_value));
		break;
	default: ask_number(ask, i + 1, 0); break;
	}
}

static bool can_be_called(const struct abi_helper_proto *proto)
{
	bool has_map = false;

	for (int i = 0; i < 5; i++) {
		has_map |= proto->args[i] == ABI_ARG_CONST_MAP;
		if (proto->args[i] == ABI_ARG_FUNC || proto->args[i] == ABI_ARG_TIMER)
			return false;
	}
	return has_map;
}

static void check_taken(const struct ask *begun, uint32_t id, uint32_t type)
{
	const struct abi_helper_proto *proto = abi_prog_type_helper_proto(begun->row, id);
	const bool table = abi_map_type_takes_from(begun->row, type, id);
	const int map_fd = make(type, abi_map_type(type)->needed_flags);
	struct ask ask = *begun;
	char refusal[64];
	int err;

	ask_op(&ask, ISA_MOV64_REG, KEPT_CTX, 1, 0, 0);
	for (int at = BYTES_AT; at < 0; at += 8)
		ask_op(&ask, ISA_ST_DW, ISA_REG_FP, 0, at, 0);
	for (int i = 0; i < 5; i++)
		put(&ask, proto, i, map_fd);
	ask_op(&ask, ISA_CALL, 0, 0, 0, (int32_t)id);
	ask_end(&ask);
	err = ask_load(&ask);
	(void)snprintf(refusal, sizeof refusal, "cannot pass map_type %u into func", type);
	if (table)
		ask_check(!ask_log_has(refusal), "%s: %s of %s: the kernel: %s", begun->row->name,
			  abi_helper_name(id), abi_map_type(type)->name, ask_log());
	else /* or something before that is wrong with such a map */
		ask_check(err < 0, "%s: %s of %s: the table says that it is refused",
			  begun->row->name, abi_helper_name(id), abi_map_type(type)->name);
	(void)sys_linux.close(&sys_linux, map_fd);
}

static void check_helpers(const struct ask *begun)
{
	for (uint32_t id = 1; id < ABI_HELPER_END; id++) {
		if (!abi_prog_type_has_helper(begun->row, id) ||
		    !can_be_called(abi_prog_type_helper_proto(begun->row, id)))
			continue;
		for (uint32_t type = 1; type < ABI_MAP_END; type++)
			if (!wants_btf(type) && can_make(type, abi_map_type(type)->needed_flags))
				check_taken(begun, id, type);
	}
}

int main(void)
{
	const char *why = ask_missing();

	if (!why && !ask_is_same_kernel())
		why = "another kernel than that of the tables";
	if (why) {
		ask_skip("%s", why);
		return ask_summary();
	}
	for (uint32_t type = 1; type < ABI_MAP_END; type++) {
		const struct abi_map_type *row = abi_map_type(type);

		ask_check(abi_map_type_find(row->name) == type, "%s: another type has its name",
			  row->name);
		if (wants_btf(type))
			ask_skip("%s: it is described by types", row->name);
		else if (!can_make(type, row->needed_flags))
			ask_skip("%s: this kernel has none", row->name);
		else
			check_flags(row);
	}
	for (size_t i = 0; i < abi_prog_type_count(); i++) {
		struct ask ask;

		if (ask_begin(abi_prog_type_row(i), &ask, &why))
			check_helpers(&ask);
	}
	return ask_summary();
}
