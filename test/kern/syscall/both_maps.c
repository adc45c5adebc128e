/*
 * both_maps.c - scenes with maps.
 */
#include "both.h"

#include <linux/bpf.h>
#include <stddef.h>
#include <sys/mman.h>

#include "base/bits.h"

static union attr create(uint32_t type, uint32_t key, uint32_t value, uint32_t entries,
			 uint32_t flags)
{
	union attr attr = { .map_create = { .map_type = type,
					    .key_size = key,
					    .value_size = value,
					    .max_entries = entries,
					    .map_flags = flags } };

	return attr;
}

static int make(struct both *both, uint32_t type, uint32_t key, uint32_t value, uint32_t entries,
		uint32_t flags)
{
	union attr attr = create(type, key, value, entries, flags);

	return both_call(both, "create", BPF_MAP_CREATE, &attr);
}

static int element(struct both *both, const char *what, int command, int fd, const void *key,
		   const void *value, uint64_t flags)
{
	union attr attr = { .elem = { .map_fd = (uint32_t)fd,
				      .key = both_address(key),
				      .value = both_address(value),
				      .flags = flags } };

	return both_call(both, what, command, &attr);
}

void scene_attr_sizes(struct both *both)
{
	struct {
		union attr attr;
		uint8_t more[8192];
	} big = { 0 };

	both_call_sized(both, "no such command", 99, &big, sizeof big.attr);
	both_call_sized(both, "negative command", -1, &big, sizeof big.attr);
	both_call_sized(both, "more than a page", BPF_MAP_CREATE, &big, 4097);
	big.attr = create(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0);
	both_close(both, both_call_sized(both, "a page", BPF_MAP_CREATE, &big, 4096));
	both_close(both, both_call_sized(both, "16 bytes", BPF_MAP_CREATE, &big, 16));
	both_close(both, both_call_sized(both, "12 bytes", BPF_MAP_CREATE, &big, 12));
	both_call_sized(both, "none", BPF_MAP_CREATE, &big, 0);
	big.more[100] = 1;
	both_call_sized(both, "a tail that is set", BPF_MAP_CREATE, &big, 4096);
	big.more[100] = 0;
	((uint8_t *)&big.attr)[sizeof big.attr - 1] = 1;
	both_call_sized(both, "beyond the command", BPF_MAP_CREATE, &big, sizeof big.attr);
	both_call_sized(both, "bad address", BPF_MAP_CREATE, NULL, sizeof big.attr);
	both_call_sized(both, "bad address, beyond", 99, NULL, sizeof big.attr);
}

void scene_map_create(struct both *both)
{
	static const uint32_t tries[][5] = {
		{ 1, 8, 1 << 23, 1, 0 }, { 6, 4, 40000, 3, 0 },       { 1, 4, 4, 1, 0x180 },
		{ 2, 4, 4, 1, 0x180 },   { 9, 4, 4, 8, 0 },           { 11, 8, 4, 8, 1 },
		{ 11, 8, 4, 8, 0 },      { 22, 0, 4, 8, 0 },          { 23, 4, 4, 8, 0 },
		{ 30, 0, 4, 8, 0 },      { 12, 4, 4, 8, 0 },          { 13, 4, 4, 8, 0 },
		{ 0, 4, 4, 1, 0 },       { 999, 4, 4, 1, 0 },         { 1, 0, 4, 1, 0 },
		{ 1, 4, 0, 1, 0 },       { 1, 4, 4, 0, 0 },           { 1, 4, 4, 1, 1 },
		{ 1, 4, 4, 1, 0x18 },    { 1, 4, 4, 1, 0x8 },         { 1, 4, 4, 1, 0x10 },
		{ 1, 513, 4, 1, 0 },     { 2, 4, 4, 1, 0 },           { 2, 8, 4, 1, 0 },
		{ 2, 4, 0, 1, 0 },       { 2, 4, 4, 0, 0 },           { 2, 4, 4, 1, 1 },
		{ 2, 4, 4, 1, 0x400 },   { 2, 4, 4, 1, 0x80000000u }, { 3, 4, 4, 1, 0 },
		{ 3, 4, 8, 1, 0 },       { 5, 4, 8, 3, 0 },           { 6, 4, 8, 3, 0 },
		{ 2, 4, 4, 1, 0x18 },
	};
	union attr attr;

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		const uint32_t *t = tries[i];

		both_say(both, "type %u key %u value %u entries %u flags %x", t[0], t[1], t[2],
			 t[3], t[4]);
		both_close(both, make(both, t[0], t[1], t[2], t[3], t[4]));
	}
	attr = create(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0);
	memcpy(attr.map_create.map_name, "with-dash", 9);
	both_call(both, "a bad name", BPF_MAP_CREATE, &attr);
	memcpy(attr.map_create.map_name, "sixteen_letters_", 16);
	both_call(both, "a name without its end", BPF_MAP_CREATE, &attr);
	memset(attr.map_create.map_name, 0, 16);
	memcpy(attr.map_create.map_name, "a_1.b", 5);
	both_close(both, both_call(both, "a good name", BPF_MAP_CREATE, &attr));
	attr.map_create.btf_key_type_id = 1;
	both_call(both, "a key's type alone", BPF_MAP_CREATE, &attr);
	attr.map_create.btf_value_type_id = 1;
	attr.map_create.btf_fd = 999;
	both_call(both, "no BTF", BPF_MAP_CREATE, &attr);
	attr = create(BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0);
	attr.map_create.map_extra = 1;
	both_call(both, "map_extra", BPF_MAP_CREATE, &attr);
}

static void one_map(struct both *both, uint32_t type, uint32_t entries)
{
	int fd = make(both, type, 4, 8, entries, 0);
	uint32_t key = 1, next = 0;
	uint64_t value = 0x1122334455667788, got = 0;

	both_say(both, "type %u", type);
	element(both, "lookup", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 0);
	both_say(both, "value %llx", (unsigned long long)got);
	element(both, "update, BPF_EXIST", BPF_MAP_UPDATE_ELEM, fd, &key, &value, BPF_EXIST);
	element(both, "update, BPF_NOEXIST", BPF_MAP_UPDATE_ELEM, fd, &key, &value, BPF_NOEXIST);
	element(both, "update, BPF_NOEXIST", BPF_MAP_UPDATE_ELEM, fd, &key, &value, BPF_NOEXIST);
	element(both, "update, flag 3", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 3);
	element(both, "update, flag 99", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 99);
	element(both, "update, BPF_F_LOCK", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 4);
	element(both, "update", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 0);
	element(both, "lookup, flag 1", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 1);
	element(both, "lookup, BPF_F_LOCK", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 4);
	element(both, "lookup", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 0);
	both_say(both, "value %llx", (unsigned long long)got);
	element(both, "lookup, no value", BPF_MAP_LOOKUP_ELEM, fd, &key, NULL, 0);
	element(both, "lookup, no key", BPF_MAP_LOOKUP_ELEM, fd, NULL, &got, 0);
	element(both, "update, no value", BPF_MAP_UPDATE_ELEM, fd, &key, NULL, 0);
	element(both, "update, no key", BPF_MAP_UPDATE_ELEM, fd, NULL, &value, 0);
	element(both, "next of none", BPF_MAP_GET_NEXT_KEY, fd, NULL, &next, 0);
	both_say(both, "key %u", next);
	element(both, "next, no room", BPF_MAP_GET_NEXT_KEY, fd, NULL, NULL, 0);
	element(both, "next of 1", BPF_MAP_GET_NEXT_KEY, fd, &key, &next, 0);
	both_say(both, "key %u", next);
	key = 77;
	element(both, "lookup of 77", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 0);
	element(both, "update of 77", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 0);
	element(both, "delete of 77", BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
	element(both, "delete of 77", BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
	element(both, "next of 77", BPF_MAP_GET_NEXT_KEY, fd, &key, &next, 0);
	both_say(both, "key %u", next);
	key = 1;
	element(both, "delete, value set", BPF_MAP_DELETE_ELEM, fd, &key, &value, 0);
	element(both, "take", BPF_MAP_LOOKUP_AND_DELETE_ELEM, fd, &key, &got, 0);
	element(both, "take", BPF_MAP_LOOKUP_AND_DELETE_ELEM, fd, &key, &got, 0);
	element(both, "take, flag 1", BPF_MAP_LOOKUP_AND_DELETE_ELEM, fd, &key, &got, 1);
	both_close(both, fd);
	element(both, "closed", BPF_MAP_LOOKUP_ELEM, fd, &key, &got, 0);
	element(both, "no map", BPF_MAP_LOOKUP_ELEM, 0, &key, &got, 0);
}

void scene_map_elements(struct both *both)
{
	one_map(both, BPF_MAP_TYPE_ARRAY, 3);
	one_map(both, BPF_MAP_TYPE_HASH, 2);
}

void scene_map_access(struct both *both)
{
	static const uint32_t flags[] = { 0, BPF_F_RDONLY, BPF_F_WRONLY };
	uint32_t key = 0, value = 1;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		int fd = make(both, BPF_MAP_TYPE_ARRAY, 4, 4, 1, flags[i]);
		union attr attr = { .elem = { .map_fd = (uint32_t)fd } };

		element(both, "lookup", BPF_MAP_LOOKUP_ELEM, fd, &key, &value, 0);
		element(both, "update", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 0);
		element(both, "next", BPF_MAP_GET_NEXT_KEY, fd, &key, &value, 0);
		element(both, "delete", BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
		both_call(both, "freeze", BPF_MAP_FREEZE, &attr);
		both_call(both, "freeze", BPF_MAP_FREEZE, &attr);
		element(both, "lookup", BPF_MAP_LOOKUP_ELEM, fd, &key, &value, 0);
		element(both, "update", BPF_MAP_UPDATE_ELEM, fd, &key, &value, 0);
		element(both, "delete", BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
		both_close(both, fd);
	}
}

void scene_map_info(struct both *both)
{
	union attr attr = create(BPF_MAP_TYPE_HASH, 4, 16, 5, BPF_F_NO_PREALLOC);
	struct bpf_map_info info = { 0 };
	uint8_t long_info[200] = { 0 };
	int fd, again;

	memcpy(attr.map_create.map_name, "counts", 6);
	fd = both_call(both, "create", BPF_MAP_CREATE, &attr);
	attr = (union attr){ .info = { (uint32_t)fd, sizeof info, both_address(&info) } };
	both_call(both, "info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_say(both, "len %u type %u key %u value %u entries %u flags %x name %s",
		 attr.info.info_len, info.type, info.key_size, info.value_size, info.max_entries,
		 info.map_flags, info.name);
	attr.info.info_len = 8;
	both_call(both, "short info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_say(both, "len %u", attr.info.info_len);
	attr = (union attr){ .info = { (uint32_t)fd, sizeof long_info, both_address(long_info) } };
	both_call(both, "long info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	long_info[180] = 1;
	attr.info.info_len = sizeof long_info;
	both_call(both, "long info with a tail", BPF_OBJ_GET_INFO_BY_FD, &attr);
	attr = (union attr){ .by_id = { .id = info.id } };
	again = both_call(both, "by id", BPF_MAP_GET_FD_BY_ID, &attr);
	both_close(both, fd);
	both_close(both, both_call(both, "by id", BPF_MAP_GET_FD_BY_ID, &attr));
	both_close(both, again);
	both_say(both, "%s",
		 both->sys->bpf(both->sys, BPF_MAP_GET_FD_BY_ID, &attr, sizeof attr) < 0 ?
			 "gone" :
			 "still there");
	attr.by_id.open_flags = 0x18;
	both_call(both, "by id, both flags", BPF_MAP_GET_FD_BY_ID, &attr);
	attr = (union attr){ .by_id = { .id = UINT32_MAX } };
	both_call(both, "after the last id", BPF_MAP_GET_NEXT_ID, &attr);
	attr = (union attr){ .by_id = { .id = INT32_MAX - 1 } };
	both_call(both, "after a great id", BPF_MAP_GET_NEXT_ID, &attr);
}

/* What is mapped is what programs and calls see. */
void scene_map_memory(struct both *both)
{
	const int flags[] = { 0, BPF_F_MMAPABLE, BPF_F_MMAPABLE | BPF_F_RDONLY };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		int fd = make(both, BPF_MAP_TYPE_ARRAY, 4, 12, 3, (uint32_t)flags[i]);
		union attr attr = { .elem = { .map_fd = (uint32_t)fd } };
		uint8_t value[12] = "value of 1";
		uint8_t *memory;
		uint32_t key = 1;
		int err = both->sys->mmap(both->sys, fd, 4096, PROT_READ | PROT_WRITE, 0,
					  (void **)&memory);

		both_say(both, "flags %x: %s", flags[i], err ? "not mapped" : "mapped");
		if (!err) {
			element(both, "update", BPF_MAP_UPDATE_ELEM, fd, &key, value, 0);
			both_say_bytes(both, "memory", memory, 48);
			memory[32] = 7;
			key = 2;
			element(both, "lookup", BPF_MAP_LOOKUP_ELEM, fd, &key, value, 0);
			both_say_bytes(both, "value", value, sizeof value);
			(void)both->sys->munmap(both->sys, memory, 4096);
			both_call(both, "freeze", BPF_MAP_FREEZE, &attr);
			err = both->sys->mmap(both->sys, fd, 4096, PROT_READ | PROT_WRITE, 0,
					      (void **)&memory);
			both_say(both, "to write: %s", err ? "not mapped" : "mapped");
			err = both->sys->mmap(both->sys, fd, 4096, PROT_READ, 0, (void **)&memory);
			both_say(both, "to read: %s", err ? "not mapped" : "mapped");
			if (!err)
				(void)both->sys->munmap(both->sys, memory, 4096);
		}
		both_close(both, fd);
	}
}

/* Elements in bunches. */
void scene_map_batch(struct both *both)
{
	static const uint32_t types[] = { BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_HASH,
					  BPF_MAP_TYPE_PROG_ARRAY };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		int fd = make(both, types[i], 4, 4, 8, 0);
		uint32_t keys[8] = { 0, 1, 2, 3 }, values[8] = { 10, 11, 12, 13 };
		uint32_t place = 0, sum = 0;
		union attr attr = { .batch = { .map_fd = (uint32_t)fd,
					       .keys = both_address(keys),
					       .values = both_address(values),
					       .out_batch = both_address(&place),
					       .count = 4 } };

		both_call(both, "update", BPF_MAP_UPDATE_BATCH, &attr);
		both_say(both, "%u", attr.batch.count);
		attr.batch.elem_flags = 1u << 31;
		both_call(both, "update, flags", BPF_MAP_UPDATE_BATCH, &attr);
		attr.batch.elem_flags = 0;
		attr.batch.count = 8;
		both_call(both, "lookup", BPF_MAP_LOOKUP_BATCH, &attr);
		for (uint32_t k = 0; k < attr.batch.count; k++)
			sum += values[k] * (keys[k] + 1);
		both_say(both, "%u elements, sum %u", attr.batch.count, sum);
		attr.batch.count = 0;
		both_call(both, "lookup of none", BPF_MAP_LOOKUP_BATCH, &attr);
		attr.batch.count = 8;
		attr.batch.keys = 0;
		both_call(both, "lookup, no keys", BPF_MAP_LOOKUP_BATCH, &attr);
		attr.batch.keys = both_address(keys);
		attr.batch.count = 2;
		keys[0] = 2;
		keys[1] = 99;
		both_call(both, "delete", BPF_MAP_DELETE_BATCH, &attr);
		both_say(both, "%u", attr.batch.count);
		attr.batch.count = 8;
		both_call(both, "take", BPF_MAP_LOOKUP_AND_DELETE_BATCH, &attr);
		both_say(both, "%u", attr.batch.count);
		both_close(both, fd);
	}
}
