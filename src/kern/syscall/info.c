/*
 * info.c - BPF_OBJ_GET_INFO_BY_FD: what there is to know of an object.
 *
 * The caller's struct may be shorter or longer than ours, as union bpf_attr may.  Its members that are
 * addresses, with numbers of elements beside them, ask for arrays; the numbers come back as what there
 * would be, whatever fitted.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "kern/syscall/link_object.h"
#include "kern/syscall/prog_object.h"
#include "kern/syscall/user.h"

/* Read the caller's struct into @info of @bytes, zeroed, and set call->attr.info.info_len to what both know. */
static int read_info(struct call *call, void *info, size_t bytes)
{
	const uint64_t address = call->attr.info.info;
	const size_t given = call->attr.info.info_len;
	const size_t common = given < bytes ? given : bytes;
	int err;

	if (given > 4096)
		return -E2BIG;
	err = user_zero(call->caller, address + common, given - common);
	call->attr.info.info_len = (uint32_t)common;
	return err ? err : user_read(call->caller, info, address, common);
}

static int write_info(const struct call *call, const void *info)
{
	int err = user_write(call->caller, call->attr.info.info, info, call->attr.info.info_len);

	return err ? err : CALL_RETURN(call, info.info_len);
}

/* --- Programs --------------------------------------------------------------------------------- */

/* Copy @count elements of @bytes to the caller's @address, which has room for @room of them. */
static int write_array(const struct call *call, uint64_t address, uint32_t room, const void *array,
		       uint32_t count, size_t bytes)
{
	uint32_t fit = count < room ? count : room;

	return fit ? user_write(call->caller, address, array, fit * bytes) : 0;
}

static int write_map_ids(const struct call *call, const struct prog_object *prog,
			 struct bpf_prog_info *info)
{
	const uint32_t room = info->nr_map_ids;

	info->nr_map_ids = (uint32_t)prog->map_count;
	for (uint32_t i = 0; i < prog->map_count && i < room; i++) {
		int err = user_write(call->caller, info->map_ids + i * sizeof(uint32_t),
				     &prog->maps[i]->object.id, sizeof(uint32_t));

		if (err)
			return err;
	}
	return 0;
}

/* The instructions with maps named by their ids. */
static int write_insns(const struct call *call, const struct prog_object *prog,
		       struct bpf_prog_info *info)
{
	const uint32_t room = info->xlated_prog_len;
	const uint32_t bytes = prog->insn_count * (uint32_t)sizeof(struct insn);
	struct insn *insns;
	int err;

	info->xlated_prog_len = bytes;
	if (!room)
		return 0;
	insns = malloc(bytes);
	if (!insns)
		return -ENOMEM;
	memcpy(insns, prog->insns, bytes);
	for (uint32_t i = 0; i + 1 < prog->insn_count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src == BPF_PSEUDO_MAP_FD || insns[i].src == BPF_PSEUDO_MAP_VALUE)
			insns[i].imm = (int32_t)prog->maps[insns[i].imm]->object.id;
		i++;
	}
	err = write_array(call, info->xlated_prog_insns, room, insns, bytes, 1);
	free(insns);
	return err;
}

/* Where the size of a record is given, it must be ours. */
static bool is_record_size(uint32_t count, uint32_t given, size_t bytes)
{
	return (!count && !given) || given == bytes;
}

static int write_records(const struct call *call, const struct prog_object *prog,
			 struct bpf_prog_info *info)
{
	const uint32_t funcs = info->nr_func_info, lines = info->nr_line_info;
	int err;

	info->nr_func_info = prog->funcs.count;
	info->nr_line_info = prog->lines.count;
	err = write_array(call, info->func_info, funcs, prog->funcs.data, prog->funcs.count,
			  sizeof(struct bpf_func_info));
	return err ? err :
		     write_array(call, info->line_info, lines, prog->lines.data, prog->lines.count,
				 sizeof(struct bpf_line_info));
}

/* What tells of machine code: how long it is.  Its addresses are ours alone. */
static int write_native(const struct call *call, const struct prog_object *prog,
			struct bpf_prog_info *info)
{
	const uint32_t tags = info->nr_prog_tags;

	info->jited_prog_len = (uint32_t)program_native_bytes(prog->program);
	info->jited_prog_insns = 0; /* as where the kernel keeps addresses to itself */
	info->nr_jited_ksyms = 0;
	info->nr_jited_func_lens = 0;
	info->nr_jited_line_info = 0;
	info->nr_prog_tags = 1;
	return write_array(call, info->prog_tags, tags, prog->tag, 1, sizeof prog->tag);
}

static void describe_prog(const struct prog_object *prog, struct bpf_prog_info *info)
{
	info->type = prog->type;
	info->id = prog->object.id;
	memcpy(info->tag, prog->tag, sizeof info->tag);
	info->load_time = prog->load_ns;
	info->created_by_uid = prog->uid;
	memcpy(info->name, prog->name, sizeof info->name);
	info->gpl_compatible = prog->is_gpl;
	info->btf_id = prog->btf ? prog->btf->object.id : 0;
	info->func_info_rec_size = sizeof(struct bpf_func_info);
	info->line_info_rec_size = sizeof(struct bpf_line_info);
	info->jited_line_info_rec_size = sizeof(uint64_t);
	info->run_time_ns = prog->run_ns;
	info->run_cnt = prog->run_count;
	info->verified_insns = prog->verified_insns;
	info->attach_btf_id = prog->attach_btf_id;
	info->attach_btf_obj_id = prog->attach_btf ? prog->attach_btf->object.id : 0;
}

static int prog_info(struct call *call, const struct prog_object *prog)
{
	struct bpf_prog_info info = { 0 };
	int err = read_info(call, &info, sizeof info);

	if (err)
		return err;
	if (!is_record_size(info.nr_func_info, info.func_info_rec_size,
			    sizeof(struct bpf_func_info)) ||
	    !is_record_size(info.nr_line_info, info.line_info_rec_size,
			    sizeof(struct bpf_line_info)) ||
	    !is_record_size(info.nr_jited_line_info, info.jited_line_info_rec_size,
			    sizeof(uint64_t)))
		return -EINVAL;
	describe_prog(prog, &info);
	err = write_map_ids(call, prog, &info);
	if (!err)
		err = write_insns(call, prog, &info);
	if (!err)
		err = write_records(call, prog, &info);
	if (!err)
		err = write_native(call, prog, &info);
	return err ? err : write_info(call, &info);
}

/* --- Maps, BTF -------------------------------------------------------------------------------- */

static int map_info(struct call *call, const struct map_object *map)
{
	struct bpf_map_info info = { 0 };
	int err = read_info(call, &info, sizeof info);

	if (err)
		return err;
	info = (struct bpf_map_info){
		.type = map->map->type,
		.id = map->object.id,
		.key_size = map->map->key_size,
		.value_size = map->map->value_size,
		.max_entries = map->map->max_entries,
		.map_flags = map->map->flags,
		.map_extra = map->map->extra,
		.btf_id = map->btf ? map->btf->object.id : 0,
		.btf_key_type_id = map->key_type,
		.btf_value_type_id = map->value_type,
	};
	memcpy(info.name, map->name, sizeof info.name);
	return write_info(call, &info);
}

static int btf_info(struct call *call, const struct btf_object *btf)
{
	struct bpf_btf_info info = { 0 };
	int err = read_info(call, &info, sizeof info);

	if (err)
		return err;
	if (!info.name != !info.name_len)
		return -EINVAL;
	err = write_array(call, info.btf, info.btf_size, btf->data, btf->bytes, 1);
	if (!err && info.name_len)
		err = user_write(call->caller, info.name, "", 1); /* what is loaded has no name */
	info.btf_size = btf->bytes;
	info.id = btf->object.id;
	info.name_len = 0;
	info.kernel_btf = 0;
	return err ? err : write_info(call, &info);
}

/* --- Links ------------------------------------------------------------------------------------ */

static int link_info(struct call *call, const struct link_object *link)
{
	struct bpf_link_info info = { 0 };
	int err = read_info(call, &info, sizeof info);

	if (!err)
		err = link_describe(call, link, &info);
	return err ? err : write_info(call, &info);
}

int call_obj_info(struct call *call)
{
	struct object *object;
	int err = object_find_any(call, (int)call->attr.info.bpf_fd, &object, NULL);

	if (err)
		return err;
	switch (object->kind) {
	case OBJECT_MAP: return map_info(call, (const struct map_object *)object);
	case OBJECT_PROG: return prog_info(call, (const struct prog_object *)object);
	case OBJECT_BTF: return btf_info(call, (const struct btf_object *)object);
	case OBJECT_LINK: return link_info(call, (const struct link_object *)object);
	default: return -EINVAL;
	}
}
