/*
 * both_progs.c - scenes with programs, BTF and links.
 */
#include "both.h"

#include <linux/bpf.h>
#include <stddef.h>

#include "base/bits.h"

/* r0 = 1; exit */
static const struct bpf_insn two[] = {
	{ .code = 0xb7, .imm = 1 },
	{ .code = 0x95 },
};

static union attr load(uint32_t type, const struct bpf_insn *insns, size_t count)
{
	union attr attr = { .prog_load = { .prog_type = type,
					   .insn_cnt = (uint32_t)count,
					   .insns = both_address(insns),
					   .license = both_address("GPL") } };

	return attr;
}

static int make(struct both *both, uint32_t type, const struct bpf_insn *insns, size_t count)
{
	union attr attr = load(type, insns, count);

	return both_call(both, "load", BPF_PROG_LOAD, &attr);
}

void scene_prog_load(struct both *both)
{
	static const uint32_t types[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 17, 31, 33, 999 };
	union attr attr;
	char log[64];

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		both_say(both, "type %u", types[i]);
		both_close(both, make(both, types[i], two, 2));
	}
	both_call(both, "no instructions", BPF_PROG_LOAD,
		  &(union attr){ .prog_load = { .prog_type = 1 } });
	attr = load(1, NULL, 2);
	both_call(both, "bad address", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	attr.prog_load.license = 0;
	both_call(both, "no license", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	attr.prog_load.prog_flags = 1u << 31;
	both_call(both, "flags", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	attr.prog_load.log_level = 1;
	both_close(both, both_call(both, "log level alone", BPF_PROG_LOAD, &attr));
	attr.prog_load.log_level = 0;
	attr.prog_load.log_buf = both_address(log);
	both_close(both, both_call(both, "log buffer alone", BPF_PROG_LOAD, &attr));
	attr.prog_load.log_size = sizeof log;
	both_close(both, both_call(both, "log buffer without level", BPF_PROG_LOAD, &attr));
	attr.prog_load.log_level = 16;
	both_close(both, both_call(both, "log level 16", BPF_PROG_LOAD, &attr));
	attr = load(8, two, 2);
	attr.prog_load.expected_attach_type = 9;
	both_call(both, "attach type", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	attr.prog_load.attach_btf_id = 5;
	both_call(both, "attach by BTF", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	memcpy(attr.prog_load.prog_name, "bad name", 8);
	both_call(both, "a bad name", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 1);
	both_call(both, "no exit", BPF_PROG_LOAD, &attr);
	attr = load(1, two, 2);
	attr.prog_load.func_info_cnt = 1;
	attr.prog_load.func_info_rec_size = 8;
	both_call(both, "func_info without BTF", BPF_PROG_LOAD, &attr);
}

void scene_prog_info(struct both *both)
{
	const struct bpf_insn with_map[] = {
		{ .code = 0x18, .dst_reg = 1, .src_reg = 1, .imm = 0 },
		{ .imm = 0 },
		{ .code = 0xb7, .imm = 0 },
		{ .code = 0x95 },
	};
	struct bpf_insn insns[4], seen[8];
	union attr attr = {
		.map_create = { .map_type = 2, .key_size = 4, .value_size = 4, .max_entries = 1 }
	};
	int map = both_call(both, "map", BPF_MAP_CREATE, &attr), fd;
	struct bpf_map_info map_info = { 0 };
	struct bpf_prog_info info = { .nr_map_ids = 1, .xlated_prog_len = sizeof seen };
	uint32_t id = 0;

	memcpy(insns, with_map, sizeof insns);
	insns[0].imm = map;
	attr = load(1, insns, 4);
	memcpy(attr.prog_load.prog_name, "with_map", 8);
	fd = both_call(both, "load", BPF_PROG_LOAD, &attr);
	attr = (union attr){ .info = { (uint32_t)map, sizeof map_info, both_address(&map_info) } };
	both_call(both, "map info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_close(both, map);
	info.map_ids = both_address(&id);
	info.xlated_prog_insns = both_address(seen);
	attr = (union attr){ .info = { (uint32_t)fd, sizeof info, both_address(&info) } };
	both_call(both, "info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_say(both, "type %u name %s maps %u gpl %u xlated %u verified %u", info.type, info.name,
		 info.nr_map_ids, info.gpl_compatible, info.xlated_prog_len, info.verified_insns);
	both_say(both, "the map's id is %s", id == map_info.id ? "there" : "another");
	both_say_bytes(both, "tag", info.tag, sizeof info.tag);
	both_say(both, "load of %s", (uint32_t)seen[0].imm == map_info.id ? "the map" : "another");
	seen[0].imm = 0;
	both_say_bytes(both, "instructions", seen, info.xlated_prog_len);
	info = (struct bpf_prog_info){ .nr_func_info = 1, .func_info_rec_size = 4 };
	attr.info.info_len = sizeof info;
	both_call(both, "a record of 4 bytes", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_close(both, fd);
}

/* --- Test runs -------------------------------------------------------------------------------- */

static uint8_t packet[6000];

static void fill_packet(void)
{
	for (size_t i = 0; i < sizeof packet; i++)
		packet[i] = (uint8_t)(i * 7 + 1);
	store_be16(packet + 12, 0x0800);
	packet[14] = 0x45;
}

static union attr run(int fd, uint32_t bytes, void *out, uint32_t room)
{
	union attr attr = { .test = { .prog_fd = (uint32_t)fd,
				      .data_in = both_address(packet),
				      .data_size_in = bytes,
				      .data_out = both_address(out),
				      .data_size_out = room } };

	return attr;
}

static void run_and_say(struct both *both, const char *what, union attr *attr)
{
	both_call(both, what, BPF_PROG_TEST_RUN, attr);
	both_say(both, "result %u, %u bytes out, %u context out", attr->test.retval,
		 attr->test.data_size_out, attr->test.ctx_size_out);
}

/* r0 = *(u32 *)(r1 + OFFSET); exit */
static int load_member(struct both *both, uint32_t type, int16_t offset)
{
	const struct bpf_insn insns[] = {
		{ .code = 0x61, .dst_reg = 0, .src_reg = 1, .off = offset },
		{ .code = 0x95 },
	};

	return make(both, type, insns, 2);
}

void scene_run_skb(struct both *both)
{
	static const uint32_t sizes[] = { 0, 13, 14, 15, 60, 1514, 3712, 3713 };
	static const uint32_t types[] = { BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_SCHED_CLS,
					  BPF_PROG_TYPE_SCHED_ACT, BPF_PROG_TYPE_CGROUP_SKB };
	static const int16_t members[] = {
		offsetof(struct __sk_buff, len),      offsetof(struct __sk_buff, pkt_type),
		offsetof(struct __sk_buff, mark),     offsetof(struct __sk_buff, queue_mapping),
		offsetof(struct __sk_buff, protocol), offsetof(struct __sk_buff, vlan_present),
		offsetof(struct __sk_buff, vlan_tci), offsetof(struct __sk_buff, vlan_proto),
		offsetof(struct __sk_buff, priority), offsetof(struct __sk_buff, ingress_ifindex),
		offsetof(struct __sk_buff, ifindex),  offsetof(struct __sk_buff, tc_index),
		offsetof(struct __sk_buff, cb),       offsetof(struct __sk_buff, hash),
		offsetof(struct __sk_buff, napi_id),  offsetof(struct __sk_buff, gso_segs),
		offsetof(struct __sk_buff, gso_size),
	};
	uint8_t out[6000];

	fill_packet();
	for (size_t t = 0; t < ARRAY_LEN(types); t++) {
		int fd = make(both, types[t], two, 2);
		union attr attr;

		both_say(both, "type %u", types[t]);
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			attr = run(fd, sizes[i], out, sizeof out);
			run_and_say(both, "run", &attr);
			if (sizes[i] >= 60)
				both_say_bytes(both, "out", out, 60);
		}
		attr = run(fd, 60, out, 20);
		run_and_say(both, "less room", &attr);
		attr = run(fd, 60, NULL, 0);
		run_and_say(both, "no room", &attr);
		attr = run(fd, 60, NULL, 20);
		run_and_say(both, "no address", &attr);
		attr.test.data_in = 0;
		run_and_say(both, "no packet", &attr);
		attr = run(fd, 60, out, 60);
		attr.test.repeat = 10;
		run_and_say(both, "ten times", &attr);
		attr.test.flags = 1;
		run_and_say(both, "on a processor", &attr);
		attr.test.flags = 0;
		attr.test.cpu = 1;
		run_and_say(both, "processor", &attr);
		attr.test.cpu = 0;
		attr.test.batch_size = 1;
		run_and_say(both, "batch", &attr);
		both_close(both, fd);
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		int fd = load_member(both, BPF_PROG_TYPE_SOCKET_FILTER, members[i]);
		union attr attr = run(fd, 100, out, sizeof out);

		both_say(both, "member at %d", members[i]);
		if (fd >= 0)
			run_and_say(both, "run", &attr);
		both_close(both, fd);
	}
}

void scene_run_skb_context(struct both *both)
{
	/* r0 = length of the packet by its addresses; mark = 7; cb[1] = 8 */
	static const struct bpf_insn insns[] = {
		{ .code = 0x61, .dst_reg = 2, .src_reg = 1, .off = 76 },
		{ .code = 0x61, .dst_reg = 3, .src_reg = 1, .off = 80 },
		{ .code = 0xbf, .dst_reg = 4, .src_reg = 2 },
		{ .code = 0x07, .dst_reg = 4, .imm = 20 },
		{ .code = 0xb7, .dst_reg = 0, .imm = 0 },
		{ .code = 0x2d, .dst_reg = 4, .src_reg = 3, .off = 5 },
		{ .code = 0x72, .dst_reg = 2, .off = 3, .imm = 0x5a },
		{ .code = 0x69, .dst_reg = 0, .src_reg = 2, .off = 12 },
		{ .code = 0x62, .dst_reg = 1, .off = 8, .imm = 7 },
		{ .code = 0x62, .dst_reg = 1, .off = 52, .imm = 8 },
		{ .code = 0x61, .dst_reg = 0, .src_reg = 1, .off = 8 },
		{ .code = 0x95 },
	};
	struct __sk_buff in = { .mark = 1, .priority = 2, .cb = { 3, 4 }, .wire_len = 1000 };
	struct __sk_buff seen = { 0 };
	uint8_t out[200];
	int fd;
	union attr attr;

	fill_packet();
	fd = make(both, BPF_PROG_TYPE_SCHED_CLS, insns, ARRAY_LEN(insns));
	attr = run(fd, 100, out, sizeof out);
	attr.test.ctx_in = both_address(&in);
	attr.test.ctx_size_in = sizeof in;
	attr.test.ctx_out = both_address(&seen);
	attr.test.ctx_size_out = sizeof seen;
	run_and_say(both, "run", &attr);
	both_say_bytes(both, "packet", out, 100);
	both_say_bytes(both, "context", &seen, sizeof seen);
	attr.test.ctx_size_out = 16;
	run_and_say(both, "less room", &attr);
	in.len = 1;
	run_and_say(both, "length set", &attr);
	in.len = 0;
	in.ifindex = 9999;
	run_and_say(both, "no such interface", &attr);
	in.ifindex = 1;
	run_and_say(both, "the loopback interface", &attr);
	in.wire_len = 10;
	run_and_say(both, "shorter on the wire", &attr);
	in.wire_len = 0;
	in.gso_segs = 70000;
	run_and_say(both, "too many segments", &attr);
	in.gso_segs = 0;
	attr.test.ctx_size_in = 8;
	run_and_say(both, "short context", &attr);
	attr.test.ctx_size_in = 0;
	run_and_say(both, "context without size", &attr);
	both_close(both, fd);
}

void scene_run_xdp(struct both *both)
{
	/* if the packet has 20 bytes: its byte 3 = 0x5a, r0 = its byte 13 */
	static const struct bpf_insn insns[] = {
		{ .code = 0x61, .dst_reg = 2, .src_reg = 1, .off = 0 },
		{ .code = 0x61, .dst_reg = 3, .src_reg = 1, .off = 4 },
		{ .code = 0xbf, .dst_reg = 4, .src_reg = 2 },
		{ .code = 0x07, .dst_reg = 4, .imm = 20 },
		{ .code = 0xb7, .dst_reg = 0, .imm = 1 },
		{ .code = 0x2d, .dst_reg = 4, .src_reg = 3, .off = 2 },
		{ .code = 0x72, .dst_reg = 2, .off = 3, .imm = 0x5a },
		{ .code = 0x71, .dst_reg = 0, .src_reg = 2, .off = 13 },
		{ .code = 0x95 },
	};
	static const uint32_t sizes[] = { 0, 13, 14, 15, 60, 1514, 3520, 3521, 5000 };
	static const uint32_t contexts[][5] = {
		{ 0, 60, 0, 0, 0 }, { 4, 60, 0, 0, 0 }, { 8, 50, 0, 0, 0 },
		{ 2, 60, 0, 0, 0 }, { 4, 61, 0, 0, 0 }, { 252, 60, 0, 0, 0 },
		{ 0, 60, 4, 0, 0 }, { 0, 60, 0, 1, 0 }, { 0, 60, 0, 9999, 0 },
		{ 0, 60, 0, 0, 1 }, { 0, 0, 0, 0, 0 },  { 61, 60, 0, 0, 0 },
	};
	uint8_t out[6000];
	union attr attr;
	int fd;

	fill_packet();
	fd = make(both, BPF_PROG_TYPE_XDP, insns, ARRAY_LEN(insns));
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		attr = run(fd, sizes[i], out, sizeof out);
		run_and_say(both, "run", &attr);
		if (sizes[i] >= 60)
			both_say_bytes(both, "out", out, 60);
	}
	for (size_t i = 0; i < ARRAY_LEN(contexts); i++) {
		const uint32_t *c = contexts[i];
		struct xdp_md in = { c[0], c[1], c[2], c[3], c[4], 0 }, seen = { 0 };

		attr = run(fd, 60, out, sizeof out);
		attr.test.ctx_in = both_address(&in);
		attr.test.ctx_size_in = sizeof in;
		attr.test.ctx_out = both_address(&seen);
		attr.test.ctx_size_out = sizeof seen;
		both_say(both, "context %zu", i);
		run_and_say(both, "run", &attr);
		both_say(both, "data %u data_end %u meta %u in %u queue %u", seen.data,
			 seen.data_end, seen.data_meta, seen.ingress_ifindex, seen.rx_queue_index);
	}
	attr = run(fd, 60, out, sizeof out);
	attr.test.batch_size = 1;
	run_and_say(both, "batch", &attr);
	attr.test.batch_size = 0;
	attr.test.flags = 1;
	run_and_say(both, "flag 1", &attr);
	both_close(both, fd);
	for (int16_t offset = 12; offset <= 16; offset = (int16_t)(offset + 4)) {
		fd = load_member(both, BPF_PROG_TYPE_XDP, offset);
		attr = run(fd, 60, out, sizeof out);
		run_and_say(both, "member", &attr);
		both_close(both, fd);
	}
}

void scene_run_others(struct both *both)
{
	/* r0 = *(u32 *)(r1 + 8) */
	static const struct bpf_insn second[] = {
		{ .code = 0x79, .dst_reg = 0, .src_reg = 1, .off = 8 },
		{ .code = 0x95 },
	};
	/* *(u64 *)(r1 + 0) = 9; r0 = 3 */
	static const struct bpf_insn writes[] = {
		{ .code = 0x7a, .dst_reg = 1, .imm = 9 },
		{ .code = 0xb7, .imm = 3 },
		{ .code = 0x95 },
	};
	uint64_t args[20] = { 5, 6, 7 };
	int fd = make(both, BPF_PROG_TYPE_RAW_TRACEPOINT, second, 2);
	union attr attr = {
		.test = { .prog_fd = (uint32_t)fd, .ctx_in = both_address(args), .ctx_size_in = 24 }
	};

	run_and_say(both, "raw tracepoint", &attr);
	attr.test.ctx_size_in = 104;
	run_and_say(both, "too many arguments", &attr);
	attr.test.ctx_size_in = 96;
	attr.test.repeat = 2;
	run_and_say(both, "repeat", &attr);
	attr.test.repeat = 0;
	attr.test.cpu = 1;
	run_and_say(both, "processor", &attr);
	attr.test.flags = 1;
	attr.test.cpu = 9999;
	run_and_say(both, "no such processor", &attr);
	both_close(both, fd);
	attr = load(BPF_PROG_TYPE_SYSCALL, writes, 3);
	attr.prog_load.prog_flags = BPF_F_SLEEPABLE;
	fd = both_call(both, "load", BPF_PROG_LOAD, &attr);
	attr = (union attr){
		.test = { .prog_fd = (uint32_t)fd, .ctx_in = both_address(args), .ctx_size_in = 16 }
	};
	run_and_say(both, "syscall", &attr);
	both_say(both, "argument %llu", (unsigned long long)args[0]);
	attr.test.repeat = 1;
	run_and_say(both, "repeat", &attr);
	both_close(both, fd);
	fd = make(both, BPF_PROG_TYPE_TRACEPOINT, two, 2);
	attr = (union attr){ .test = { .prog_fd = (uint32_t)fd } };
	run_and_say(both, "tracepoint", &attr);
	both_close(both, fd);
}

/* --- BTF, links -------------------------------------------------------------------------------- */

struct small_btf {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_bytes, type_offset, type_bytes, string_offset, string_bytes;
	uint32_t types[4];
	char strings[8];
};

static const struct small_btf with_int = {
	.magic = 0xeb9f,
	.version = 1,
	.header_bytes = 24,
	.type_bytes = 16,
	.string_offset = 16,
	.string_bytes = 5,
	.types = { 1, 1u << 24, 4, 1u << 24 | 32 },
	.strings = "\0int",
};

void scene_btf(struct both *both)
{
	struct small_btf btf = with_int, seen = { 0 };
	const uint32_t bytes = offsetof(struct small_btf, strings) + 5;
	union attr attr = { .btf_load = { .btf = both_address(&btf), .btf_size = bytes } };
	struct bpf_btf_info info = { .btf = both_address(&seen), .btf_size = sizeof seen };
	int fd = both_call(both, "load", BPF_BTF_LOAD, &attr), map;

	attr = (union attr){ .info = { (uint32_t)fd, sizeof info, both_address(&info) } };
	both_call(both, "info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_say(both, "%u bytes, name of %u, kernel %u", info.btf_size, info.name_len,
		 info.kernel_btf);
	both_say_bytes(both, "data", &seen, info.btf_size);
	attr = (union attr){ .map_create = { .map_type = BPF_MAP_TYPE_ARRAY,
					     .key_size = 4,
					     .value_size = 4,
					     .max_entries = 1,
					     .btf_fd = (uint32_t)fd,
					     .btf_key_type_id = 1,
					     .btf_value_type_id = 1 } };
	map = both_call(both, "map with types", BPF_MAP_CREATE, &attr);
	both_close(both, map);
	attr.map_create.value_size = 8;
	both_call(both, "map of another size", BPF_MAP_CREATE, &attr);
	attr.map_create.value_size = 4;
	attr.map_create.btf_key_type_id = 0;
	both_call(both, "map without a type of keys", BPF_MAP_CREATE, &attr);
	attr.map_create.btf_value_type_id = 2;
	attr.map_create.btf_key_type_id = 1;
	both_call(both, "map with a type that is not", BPF_MAP_CREATE, &attr);
	both_close(both, fd);
	btf.magic = 1;
	attr = (union attr){ .btf_load = { .btf = both_address(&btf), .btf_size = bytes } };
	both_call(both, "bad magic", BPF_BTF_LOAD, &attr);
	btf = with_int;
	attr.btf_load.btf_size = bytes - 1;
	both_call(both, "cut off", BPF_BTF_LOAD, &attr);
	attr.btf_load.btf_size = 1 << 25;
	both_call(both, "too long", BPF_BTF_LOAD, &attr);
	attr.btf_load.btf_size = 0;
	both_call(both, "nothing", BPF_BTF_LOAD, &attr);
	attr.btf_load.btf_size = bytes;
	attr.btf_load.btf = 0;
	both_call(both, "bad address", BPF_BTF_LOAD, &attr);
}

void scene_links(struct both *both)
{
	int fd = make(both, BPF_PROG_TYPE_RAW_TRACEPOINT, two, 2);
	int filter = make(both, BPF_PROG_TYPE_SOCKET_FILTER, two, 2);
	union attr attr = { .raw_tracepoint = { .name = both_address("sched_switch"),
						.prog_fd = (uint32_t)fd } };
	char name[32] = { 0 };
	struct bpf_link_info info = { 0 };
	int link = both_call(both, "raw tracepoint", BPF_RAW_TRACEPOINT_OPEN, &attr);

	info.raw_tracepoint.tp_name = both_address(name);
	info.raw_tracepoint.tp_name_len = sizeof name;
	attr = (union attr){ .info = { (uint32_t)link, sizeof info, both_address(&info) } };
	both_call(both, "info", BPF_OBJ_GET_INFO_BY_FD, &attr);
	both_say(both, "type %u name %s of %u", info.type, name, info.raw_tracepoint.tp_name_len);
	info.raw_tracepoint.tp_name_len = 4;
	attr.info.info_len = sizeof info;
	both_call(both, "less room", BPF_OBJ_GET_INFO_BY_FD, &attr);
	attr = (union attr){ .link_detach = { (uint32_t)link } };
	both_call(both, "detach", BPF_LINK_DETACH, &attr);
	attr = (union attr){ .link_update = { .link_fd = (uint32_t)link, .new_fd = (uint32_t)fd } };
	both_call(both, "update", BPF_LINK_UPDATE, &attr);
	both_close(both, link);
	attr = (union attr){ .raw_tracepoint = { .name = both_address("sched_switch"),
						 .prog_fd = (uint32_t)filter } };
	both_call(both, "another program", BPF_RAW_TRACEPOINT_OPEN, &attr);
	attr = (union attr){ .link_create = { .prog_fd = (uint32_t)filter, .attach_type = 37 } };
	both_call(both, "link of another type", BPF_LINK_CREATE, &attr);
	attr.link_create.prog_fd = 999;
	both_call(both, "no program", BPF_LINK_CREATE, &attr);
	both_close(both, filter);
	both_close(both, fd);
	fd = make(both, BPF_PROG_TYPE_XDP, two, 2);
	attr = (union attr){ .link_create = {
				     .prog_fd = (uint32_t)fd, .attach_type = 37, .target = 9999 } };
	both_call(both, "no interface", BPF_LINK_CREATE, &attr);
	both_close(both, fd);
}
