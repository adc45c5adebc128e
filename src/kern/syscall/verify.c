/*
 * verify.c - the one place where programs are judged.
 *
 * What is not proven here is watched: programs run guarded, each of their memory accesses checked as it
 * happens, and within a limit of instructions.
 */
#include "kern/syscall/verify.h"

#include <errno.h>
#include <stdlib.h>

#include "kern/syscall/log.h"

static int make_program(struct prog_object *prog, struct diag *diag)
{
	const struct program_options options = { .vm = { .guarded = true, .limited = true } };
	struct program_map *maps = calloc(prog->map_count + 1, sizeof *maps);
	const struct program_spec spec = {
		.code = { prog->insns, prog->insn_count },
		.maps = maps,
		.map_count = prog->map_count,
	};
	int err;

	if (!maps)
		return -ENOMEM;
	for (size_t i = 0; i < prog->map_count; i++)
		maps[i].map = prog->maps[i]->map;
	err = program_new(&spec, &options, diag, &prog->program);
	free(maps);
	return err == -ENOTSUP ? -EINVAL : err;
}

/* Each instruction is looked at once, whichever way a run goes. */
static uint32_t steps_of(const struct prog_object *prog)
{
	uint32_t steps = 0;

	for (size_t i = 0; i < prog->insn_count; steps++) {
		int op = isa_decode(&prog->insns[i], prog->insn_count - i);

		i += op < 0 ? 1 : isa_slots((enum isa_op)op);
	}
	return steps;
}

int verify_prog(struct call *call, struct prog_object *prog)
{
	const struct log_given given = { call->attr.prog_load.log_buf,
					 call->attr.prog_load.log_size,
					 call->attr.prog_load.log_level };
	struct diag diag = { 0 };
	int err = log_check(&given), log_err;

	if (err)
		return err;
	err = make_program(prog, &diag);
	prog->verified_insns = steps_of(prog);
	log_err = log_write(call, &given, &diag, &call->attr.prog_load.log_true_size);
	diag_release(&diag);
	return log_err ? log_err : err;
}
