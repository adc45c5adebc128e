/*
 * verify_sys.c - a kernel that only judges.
 *
 * Descriptors are numbers of its own, from FIRST_FD.  A program that is refused gets one, too: whoever loads an
 * object goes on with the next.
 */
#include "cmd/verify_sys.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_FD = 1 << 20, MOST_OBJECTS = 4096 };

enum kept_kind { KEPT_MAP, KEPT_BTF, KEPT_PROG };

struct object_kept {
	enum kept_kind kind;
	struct verifier_map map;
	uint8_t *value; /* of element 0 of an array of one */
	struct btf *btf;
	struct judged judged;
};

struct judge {
	struct sys sys; /* first, so that one leads to the other */
	struct judge_options options;
	struct arena arena;
	struct object_kept *kept[MOST_OBJECTS];
	size_t kept_count;
	const struct judged *judged[MOST_OBJECTS];
	size_t judged_count;
};

static struct judge *judge_of(const struct sys *sys)
{
	return (struct judge *)(uintptr_t)sys;
}

static void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

static struct object_kept *kept_at(const struct judge *judge, int fd)
{
	const int64_t i = (int64_t)fd - FIRST_FD;

	return i >= 0 && i < (int64_t)judge->kept_count ? judge->kept[i] : NULL;
}

static int keep(struct judge *judge, enum kept_kind kind, struct object_kept **ret_kept)
{
	struct object_kept *kept;

	if (judge->kept_count == MOST_OBJECTS)
		return -EMFILE;
	kept = arena_alloc(&judge->arena, sizeof *kept);
	if (!kept)
		return -ENOMEM;
	kept->kind = kind;
	judge->kept[judge->kept_count] = kept;
	*ret_kept = kept;
	return FIRST_FD + (int)judge->kept_count++;
}

/* ------------------------------------------------------------ what values hold */

static void add_special(struct verifier_map *map, enum verifier_special_kind kind, uint32_t offset,
			uint32_t size)
{
	if (map->special_count < sizeof map->special / sizeof map->special[0])
		map->special[map->special_count++] =
			(struct verifier_special){ .kind = kind, .offset = offset, .size = size };
}

/* A structure that only the kernel may touch, by its name. */
static bool special_kind(const char *name, enum verifier_special_kind *ret_kind)
{
	static const struct {
		const char *name;
		enum verifier_special_kind kind;
	} known[] = {
		{ "bpf_spin_lock", VERIFIER_SPIN_LOCK }, { "bpf_timer", VERIFIER_TIMER },
		{ "bpf_wq", VERIFIER_WORKQUEUE },        { "bpf_list_head", VERIFIER_OTHER },
		{ "bpf_list_node", VERIFIER_OTHER },     { "bpf_rb_root", VERIFIER_OTHER },
		{ "bpf_rb_node", VERIFIER_OTHER },       { "bpf_refcount", VERIFIER_OTHER },
		{ "bpf_res_spin_lock", VERIFIER_OTHER }, { "bpf_task_work", VERIFIER_OTHER },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (!strcmp(known[i].name, name)) {
			*ret_kind = known[i].kind;
			return true;
		}
	return false;
}

static void find_special(const struct btf *btf, uint32_t id, uint32_t offset,
			 struct verifier_map *map, unsigned int depth)
{
	enum verifier_special_kind kind;
	struct btf_member member;
	struct btf_placed placed;
	struct btf_type type, target;

	if (!depth || !btf_type(btf, btf_strip(btf, id), &type))
		return;
	if (type.kind == BTF_STRUCT && special_kind(type.name, &kind)) {
		add_special(map, kind, offset, type.size);
		return;
	}
	if (type.kind == BTF_VAR)
		find_special(btf, type.type, offset, map, depth - 1);
	if (type.kind == BTF_PTR && btf_type(btf, type.type, &target) &&
	    target.kind == BTF_TYPE_TAG && !strncmp(target.name, "kptr", 4))
		add_special(map, VERIFIER_OTHER, offset, 8);
	for (uint32_t i = 0; type.kind == BTF_STRUCT && i < type.count; i++)
		if (btf_member(btf, &type, i, &member))
			find_special(btf, member.type, offset + member.bit_offset / 8, map,
				     depth - 1);
	for (uint32_t i = 0; type.kind == BTF_DATASEC && i < type.count; i++)
		if (btf_placed(&type, i, &placed))
			find_special(btf, placed.type, offset + placed.offset, map, depth - 1);
}

/* ------------------------------------------------------------ commands */

static int make_map(struct judge *judge, const union bpf_attr *attr)
{
	const struct object_kept *inner = kept_at(judge, (int)attr->inner_map_fd);
	const struct object_kept *types = kept_at(judge, (int)attr->btf_fd);
	struct object_kept *kept;
	const int fd = keep(judge, KEPT_MAP, &kept);

	if (fd < 0)
		return fd;
	kept->map = (struct verifier_map){ .fd = fd,
					   .type = attr->map_type,
					   .key_size = attr->key_size,
					   .value_size = attr->value_size,
					   .max_entries = attr->max_entries,
					   .flags = attr->map_flags };
	kept->map.name = arena_strndup(&judge->arena, attr->map_name,
				       strnlen(attr->map_name, sizeof attr->map_name));
	if (inner && inner->kind == KEPT_MAP)
		kept->map.inner = &inner->map;
	if (types && types->kind == KEPT_BTF && attr->btf_value_type_id)
		find_special(types->btf, attr->btf_value_type_id, 0, &kept->map, 8);
	kept->map.has_special = kept->map.special_count != 0;
	return fd;
}

static int update_map(struct judge *judge, const union bpf_attr *attr)
{
	struct object_kept *kept = kept_at(judge, (int)attr->map_fd);

	if (!kept || kept->kind != KEPT_MAP)
		return -EBADF;
	if (kept->map.type != BPF_MAP_TYPE_ARRAY || kept->map.max_entries != 1)
		return 0;
	kept->value = arena_alloc(&judge->arena, kept->map.value_size);
	if (!kept->value)
		return -ENOMEM;
	memcpy(kept->value, pointer(attr->value), kept->map.value_size);
	return 0;
}

static int freeze_map(struct judge *judge, const union bpf_attr *attr)
{
	struct object_kept *kept = kept_at(judge, (int)attr->map_fd);

	if (!kept || kept->kind != KEPT_MAP)
		return -EBADF;
	kept->map.constant = kept->value;
	return 0;
}

static int load_btf(struct judge *judge, const union bpf_attr *attr)
{
	struct object_kept *kept;
	const int fd = keep(judge, KEPT_BTF, &kept);
	uint8_t *copy;
	int err;

	if (fd < 0)
		return fd;
	copy = arena_alloc(&judge->arena, attr->btf_size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, pointer(attr->btf), attr->btf_size);
	err = btf_parse(copy, attr->btf_size, NULL, &kept->btf);
	return err ? err : fd;
}

static bool is_gpl(const char *license)
{
	static const char *const compatible[] = {
		"GPL",          "GPL v2",       "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"
	};

	for (size_t i = 0; i < sizeof compatible / sizeof compatible[0]; i++)
		if (!strcmp(license, compatible[i]))
			return true;
	return false;
}

static int copy_insns(struct judge *judge, const union bpf_attr *attr,
		      struct verifier_request *request)
{
	struct insn *insns = arena_alloc_array(&judge->arena, attr->insn_cnt, sizeof *insns);

	if (!insns)
		return -ENOMEM;
	memcpy(insns, pointer(attr->insns), attr->insn_cnt * sizeof *insns);
	request->insns = insns;
	request->count = attr->insn_cnt;
	return 0;
}

static int copy_maps(struct judge *judge, struct verifier_request *request)
{
	struct verifier_map *maps =
		arena_alloc_array(&judge->arena, judge->kept_count + 1, sizeof *maps);

	if (!maps)
		return -ENOMEM;
	request->maps = maps;
	for (size_t i = 0; i < judge->kept_count; i++)
		if (judge->kept[i]->kind == KEPT_MAP)
			maps[request->map_count++] = judge->kept[i]->map;
	return 0;
}

static int copy_info(struct judge *judge, const union bpf_attr *attr,
		     struct verifier_request *request)
{
	const uint8_t *from_funcs = pointer(attr->func_info),
		      *from_lines = pointer(attr->line_info);
	struct verifier_func_info *funcs =
		arena_alloc_array(&judge->arena, attr->func_info_cnt + 1u, sizeof *funcs);
	struct verifier_line_info *lines =
		arena_alloc_array(&judge->arena, attr->line_info_cnt + 1u, sizeof *lines);

	if (!funcs || !lines)
		return -ENOMEM;
	for (uint32_t i = 0; i < attr->func_info_cnt; i++) {
		struct bpf_func_info info;

		memcpy(&info, from_funcs + (size_t)i * attr->func_info_rec_size, sizeof info);
		funcs[i] = (struct verifier_func_info){ info.insn_off, info.type_id };
	}
	for (uint32_t i = 0; i < attr->line_info_cnt; i++) {
		struct bpf_line_info info;

		memcpy(&info, from_lines + (size_t)i * attr->line_info_rec_size, sizeof info);
		lines[i] = (struct verifier_line_info){ info.insn_off, info.file_name_off,
							info.line_off, info.line_col >> 10,
							info.line_col & 1023 };
	}
	request->funcs = funcs;
	request->func_count = attr->func_info_cnt;
	request->lines = lines;
	request->line_count = attr->line_info_cnt;
	return 0;
}

static int load_prog(struct judge *judge, const union bpf_attr *attr)
{
	const struct object_kept *types = kept_at(judge, (int)attr->prog_btf_fd);
	struct verifier_request *request;
	struct object_kept *kept;
	const int fd = keep(judge, KEPT_PROG, &kept);
	int err;

	if (fd < 0)
		return fd;
	request = &kept->judged.request;
	*request = (struct verifier_request){
		.type = attr->prog_type,
		.attach = attr->expected_attach_type,
		.btf = types && types->kind == KEPT_BTF ? types->btf : NULL,
		.kernel_btf = judge->options.kernel,
		.attach_btf_id = attr->attach_btf_id,
		.is_gpl = is_gpl(pointer(attr->license)),
		.is_sleepable = attr->prog_flags & BPF_F_SLEEPABLE,
		.strict_alignment = attr->prog_flags & BPF_F_STRICT_ALIGNMENT,
		.any_alignment = attr->prog_flags & BPF_F_ANY_ALIGNMENT,
		.kernel_limits = judge->options.kernel_limits,
		.log_level = judge->options.log_level,
	};
	err = copy_insns(judge, attr, request);
	err = err ? err : copy_maps(judge, request);
	err = err ? err : copy_info(judge, attr, request);
	err = err ? err : verifier_run(request, &kept->judged.verdict);
	if (err)
		return err;
	kept->judged.fd = fd;
	judge->judged[judge->judged_count++] = &kept->judged;
	return fd;
}

static int command(const struct sys *sys, int command, void *attr, size_t bytes)
{
	struct judge *judge = judge_of(sys);
	union bpf_attr full = { 0 };

	memcpy(&full, attr, bytes < sizeof full ? bytes : sizeof full);
	switch (command) {
	case BPF_MAP_CREATE: return make_map(judge, &full);
	case BPF_MAP_UPDATE_ELEM: return update_map(judge, &full);
	case BPF_MAP_FREEZE: return freeze_map(judge, &full);
	case BPF_BTF_LOAD: return load_btf(judge, &full);
	case BPF_PROG_LOAD: return load_prog(judge, &full);
	default: return -ENOSYS;
	}
}

static int close_nothing(const struct sys *sys, int fd)
{
	(void)sys;
	(void)fd;
	return 0;
}

struct judge *judge_new(const struct judge_options *options)
{
	struct judge *judge = calloc(1, sizeof *judge);

	if (!judge)
		return NULL;
	judge->sys = (struct sys){ .name = "the verifier", .bpf = command, .close = close_nothing };
	judge->options = *options;
	return judge;
}

void judge_free(struct judge *judge)
{
	if (!judge)
		return;
	for (size_t i = 0; i < judge->kept_count; i++) {
		btf_free(judge->kept[i]->btf);
		verifier_release(&judge->kept[i]->judged.verdict);
	}
	arena_release(&judge->arena);
	free(judge);
}

const struct sys *judge_sys(struct judge *judge)
{
	return &judge->sys;
}

size_t judge_count(const struct judge *judge)
{
	return judge->judged_count;
}

const struct judged *judge_at(const struct judge *judge, size_t i)
{
	return judge->judged[i];
}
