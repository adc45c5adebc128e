/*
 * records.c - func_info and line_info, read and checked.
 *
 * Records may be longer than those we know, as union bpf_attr may: what is beyond must be zero.
 */
#include "kern/syscall/records.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "kern/syscall/user.h"

enum {
	MOST_RECORD_BYTES = 252, /* the kernel's MAX_FUNCINFO_REC_SIZE, MAX_LINEINFO_REC_SIZE */
	MOST_RECORDS = INT32_MAX / MOST_RECORD_BYTES,
};

struct given {
	uint64_t address;
	uint32_t count;
	uint32_t bytes; /* of each record as it is given */
};

static int read_records(const struct call *call, struct given given, uint32_t bytes,
			struct prog_records *records)
{
	if (given.bytes < bytes || given.bytes > MOST_RECORD_BYTES || given.bytes % 4 ||
	    given.count > MOST_RECORDS)
		return -EINVAL;
	records->data = calloc(given.count, bytes);
	if (!records->data)
		return -ENOMEM;
	records->count = given.count;
	records->record_bytes = bytes;
	for (uint32_t i = 0; i < given.count; i++) {
		uint64_t address = given.address + (uint64_t)i * given.bytes;
		int err = user_zero(call->caller, address + bytes, given.bytes - bytes);

		if (!err)
			err = user_read(call->caller, records->data + (size_t)i * bytes, address,
					bytes);
		if (err)
			return err;
	}
	return 0;
}

/* Each begins with the number of an instruction, and these ascend. */
static int check_order(const struct prog_records *records, uint32_t insn_count)
{
	int64_t last = -1;

	for (uint32_t i = 0; i < records->count; i++) {
		uint32_t insn = load_u32(records->data + (size_t)i * records->record_bytes);

		if ((int64_t)insn <= last || insn >= insn_count || (!i && insn))
			return -EINVAL;
		last = insn;
	}
	return 0;
}

static int check_funcs(const struct prog_object *prog)
{
	const struct btf *btf = prog->btf->btf;

	for (uint32_t i = 0; i < prog->funcs.count; i++) {
		struct bpf_func_info info;
		struct btf_type func, proto;

		memcpy(&info, prog->funcs.data + i * sizeof info, sizeof info);
		if (!btf_type(btf, info.type_id, &func) || func.kind != BTF_FUNC ||
		    !btf_type(btf, func.type, &proto) || proto.kind != BTF_FUNC_PROTO)
			return -EINVAL;
	}
	return check_order(&prog->funcs, prog->insn_count);
}

int records_read(struct call *call, struct prog_object *prog)
{
	const struct given funcs = { call->attr.prog_load.func_info,
				     call->attr.prog_load.func_info_cnt,
				     call->attr.prog_load.func_info_rec_size };
	const struct given lines = { call->attr.prog_load.line_info,
				     call->attr.prog_load.line_info_cnt,
				     call->attr.prog_load.line_info_rec_size };
	int err;

	if (!funcs.count && !lines.count)
		return 0;
	err = btf_object_get(call, (int)call->attr.prog_load.prog_btf_fd, &prog->btf);
	if (!err && funcs.count)
		err = read_records(call, funcs, sizeof(struct bpf_func_info), &prog->funcs);
	if (!err)
		err = check_funcs(prog);
	if (!err && lines.count)
		err = read_records(call, lines, sizeof(struct bpf_line_info), &prog->lines);
	return err ? err : check_order(&prog->lines, prog->insn_count);
}
