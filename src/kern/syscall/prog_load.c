/*
 * prog_load.c - BPF_PROG_LOAD: from instructions that name maps by descriptors to a program.
 *
 * The order of the checks is that of bpf_prog_load in kernel/bpf/syscall.c of Linux 6.18, then that of
 * bpf_check in verifier.c.
 */
#include "kern/syscall/prog_object.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/sha256.h"
#include "kern/syscall/attach.h"
#include "kern/syscall/records.h"
#include "kern/syscall/user.h"
#include "kern/syscall/verify.h"

enum {
	MOST_MAPS = 64, /* of one program: the kernel's MAX_USED_MAPS */
	LICENSE_ROOM = 128,
	FLAGS = 0x7f | 1 << 7 |
		1 << 16, /* BPF_F_STRICT_ALIGNMENT to BPF_F_TEST_REG_INVARIANTS, _TOKEN_FD */
	TOKEN_FD = 1 << 16,
	STRICT = 1 << 0,
	ANY_ALIGNMENT = 1 << 1,
};

/* --- Maps ------------------------------------------------------------------------------------- */

int prog_object_add_map(struct prog_object *prog, struct map_object *map)
{
	struct map_object **maps;

	for (size_t i = 0; i < prog->map_count; i++)
		if (prog->maps[i] == map)
			return (int)i;
	if (prog->map_count == MOST_MAPS)
		return -E2BIG;
	maps = realloc(prog->maps, (prog->map_count + 1) * sizeof *maps);
	if (!maps)
		return -ENOMEM;
	prog->maps = maps;
	object_get(&map->object);
	maps[prog->map_count] = map;
	return (int)prog->map_count++;
}

/* The descriptor at @index of the caller's fd_array. */
static int fd_at(const struct call *call, uint32_t index, int *ret_fd)
{
	const uint64_t array = call->attr.prog_load.fd_array;
	int32_t fd;

	if (!array)
		return -EPROTO;
	if (user_read(call->caller, &fd, array + (uint64_t)index * sizeof fd, sizeof fd))
		return -EFAULT;
	*ret_fd = fd;
	return 0;
}

/* Name the map that the wide load at @insn stands for by its index. */
static int resolve_load(const struct call *call, struct prog_object *prog, struct insn *insn,
			bool by_index, bool is_value)
{
	struct map_object *map;
	int fd = insn->imm, err = 0;

	if (by_index)
		err = fd_at(call, (uint32_t)insn->imm, &fd);
	if (!err)
		err = map_object_find(call, fd, &map, NULL);
	if (!err)
		err = prog_object_add_map(prog, map);
	if (err < 0)
		return err;
	insn->imm = err;
	insn->src = is_value ? BPF_PSEUDO_MAP_VALUE : BPF_PSEUDO_MAP_FD;
	return 0;
}

static int resolve_maps(const struct call *call, struct prog_object *prog)
{
	for (size_t i = 0; i < prog->insn_count; i++) {
		struct insn *insn = &prog->insns[i];
		int op = isa_decode(insn, prog->insn_count - i), err = 0;

		if (op < 0)
			continue; /* the verifier says what is wrong with it */
		if (op == ISA_LD_MAP_FD || op == ISA_LD_MAP_VALUE)
			err = resolve_load(call, prog, insn, false, op == ISA_LD_MAP_VALUE);
		else if (op == ISA_LD_MAP_IDX || op == ISA_LD_MAP_IDX_VALUE)
			err = resolve_load(call, prog, insn, true, op == ISA_LD_MAP_IDX_VALUE);
		if (err)
			return err;
		i += isa_slots((enum isa_op)op) - 1;
	}
	return 0;
}

/* With a count, all of fd_array belongs to the program: maps, and modules' BTF, which need not be used. */
static int bind_fd_array(const struct call *call, struct prog_object *prog)
{
	for (uint32_t i = 0; i < call->attr.prog_load.fd_array_cnt; i++) {
		struct object *object;
		int fd, err = fd_at(call, i, &fd);

		if (!err)
			err = object_find_any(call, fd, &object, NULL);
		if (err)
			return err;
		if (object->kind == OBJECT_MAP)
			err = prog_object_add_map(prog, (struct map_object *)object);
		else if (object->kind != OBJECT_BTF)
			err = -EINVAL;
		if (err < 0)
			return err;
	}
	return 0;
}

/* --- The tag ---------------------------------------------------------------------------------- */

/* A hash of the instructions without what differs from load to load: descriptors of maps. */
static int set_tag(struct prog_object *prog)
{
	size_t bytes = prog->insn_count * sizeof(struct insn);
	struct insn *copy = malloc(bytes);
	uint8_t hash[SHA256_BYTES];

	if (!copy)
		return -ENOMEM;
	memcpy(copy, prog->insns, bytes);
	for (size_t i = 0; i + 1 < prog->insn_count; i++) {
		struct insn *insn = &copy[i];

		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insn->src == BPF_PSEUDO_MAP_FD || insn->src == BPF_PSEUDO_MAP_VALUE) {
			insn[0].imm = 0;
			insn[1].imm = 0;
		}
		i++;
	}
	sha256(copy, bytes, hash);
	free(copy);
	memcpy(prog->tag, hash, sizeof prog->tag);
	return 0;
}

/* --- Reading what the caller gives ------------------------------------------------------------- */

static bool is_gpl_compatible(const char *license)
{
	static const char *const licenses[] = {
		"GPL",          "GPL v2",       "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};

	for (size_t i = 0; i < ARRAY_LEN(licenses); i++)
		if (!strcmp(license, licenses[i]))
			return true;
	return false;
}

static int read_license(const struct call *call, struct prog_object *prog)
{
	char license[LICENSE_ROOM] = { 0 };
	int err = user_read_text(call->caller, license, call->attr.prog_load.license,
				 sizeof license - 1);

	if (err < 0 && err != -E2BIG) /* a longer one is cut off */
		return err;
	prog->is_gpl = is_gpl_compatible(license);
	return 0;
}

/* What it is attached to, when that is named by BTF: another program's or the kernel's. */
static int set_attach_target(const struct call *call, struct prog_object *prog)
{
	const int fd = (int)call->attr.prog_load.attach_fd;
	int err;

	prog->attach_btf_id = call->attr.prog_load.attach_btf_id;
	if (!fd)
		return 0;
	if (!prog_object_find(call, fd, &prog->attach_prog)) {
		object_get(&prog->attach_prog->object);
		return 0;
	}
	err = btf_object_get(call, fd, &prog->attach_btf);
	return err ? -EINVAL : 0;
}

static int read_prog(const struct call *call, struct prog_object *prog)
{
	const uint32_t count = call->attr.prog_load.insn_cnt;
	void *insns;
	int err = set_attach_target(call, prog);

	prog->type = call->attr.prog_load.prog_type;
	prog->attach_type =
		attach_type_fixed(prog->type, call->attr.prog_load.expected_attach_type);
	prog->flags = call->attr.prog_load.prog_flags;
	if (!err)
		err = attach_check_load(prog);
	if (!err)
		err = user_copy(call->caller, call->attr.prog_load.insns,
				(size_t)count * sizeof(struct insn), SIZE_MAX, &insns);
	if (err)
		return err;
	prog->insns = insns;
	prog->insn_count = count;
	err = read_license(call, prog);
	if (err)
		return err;
	if (!attach_knows_type(prog->type))
		return -EINVAL;
	err = object_name(call->attr.prog_load.prog_name, prog->name);
	return err < 0 ? err : 0;
}

static uint64_t boot_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* --- Making ----------------------------------------------------------------------------------- */

static void prog_object_free(struct embedded *kernel, struct object *object)
{
	struct prog_object *prog = (struct prog_object *)object;

	program_free(prog->program);
	for (size_t i = 0; i < prog->map_count; i++)
		object_put(kernel, &prog->maps[i]->object);
	free(prog->maps);
	free(prog->insns);
	free(prog->funcs.data);
	free(prog->lines.data);
	if (prog->btf)
		object_put(kernel, &prog->btf->object);
	if (prog->attach_btf)
		object_put(kernel, &prog->attach_btf->object);
	if (prog->attach_prog)
		object_put(kernel, &prog->attach_prog->object);
	free(prog);
}

static int check_load(const struct call *call)
{
	const uint32_t flags = call->attr.prog_load.prog_flags;

	if (flags & ~(uint32_t)FLAGS)
		return -EINVAL;
	if (flags & TOKEN_FD)
		return -EBADF; /* there are no tokens */
	if (!call->attr.prog_load.insn_cnt || call->attr.prog_load.insn_cnt > ISA_MOST_INSNS)
		return -E2BIG;
	return 0;
}

static int make_prog(struct call *call, struct prog_object *prog)
{
	int err = read_prog(call, prog);

	if (!err)
		err = set_tag(prog);
	if (!err)
		err = bind_fd_array(call, prog);
	if (!err)
		err = resolve_maps(call, prog);
	if (!err)
		err = records_read(call, prog);
	if (!err)
		err = attach_check_sleep(prog);
	if (!err)
		err = verify_prog(call, prog);
	prog->uid = getuid();
	prog->load_ns = boot_ns();
	return err;
}

int call_prog_load(struct call *call)
{
	struct prog_object *prog;
	int err = check_load(call);

	if (err)
		return err;
	prog = calloc(1, sizeof *prog);
	if (!prog)
		return -ENOMEM;
	prog->object.free = prog_object_free;
	err = make_prog(call, prog);
	if (!err)
		err = object_init(call->kernel, &prog->object, OBJECT_PROG, "bpf-prog", 0);
	if (err) {
		prog_object_free(call->kernel, &prog->object);
		return err;
	}
	err = object_open(call, &prog->object, O_RDWR);
	object_put(call->kernel, &prog->object);
	return err;
}

int prog_object_find(const struct call *call, int fd, struct prog_object **ret_prog)
{
	struct object *object;
	int err = object_find(call, fd, OBJECT_PROG, &object, NULL);

	if (!err)
		*ret_prog = (struct prog_object *)object;
	return err;
}

const struct vm_prog *prog_object_code(const struct prog_object *prog)
{
	return program_code_of(prog->program);
}
