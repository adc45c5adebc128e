/*
 * verify.c - the one place where programs are judged, by kern/verifier, and made ready to run.
 *
 * A program that was accepted is watched all the same: it runs guarded, each of its memory accesses checked as
 * it happens, and within a limit of instructions.  Two fences must both have a hole before harm comes of one.
 */
#include "kern/syscall/verify.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "kern/syscall/log.h"
#include "kern/verifier/verifier.h"

/* What the verifier is told, in one place to give back. */
struct question {
	struct verifier_request request;
	struct verifier_map *maps;
	struct verifier_line_info *lines;
};

static void describe_map(const struct map_object *map, int index, struct verifier_map *ret_map)
{
	const struct map *m = map->map;
	const bool is_constant = m->is_frozen && m->values && m->flags & MAP_F_RDONLY_PROG;

	*ret_map = (struct verifier_map){
		.name = map->name,
		.fd = index, /* so the instructions call it */
		.type = m->type,
		.key_size = m->key_size,
		.value_size = m->value_size,
		.max_entries = m->max_entries,
		.flags = m->flags,
		.constant = is_constant ? m->values : NULL,
	};
}

static void describe_inner(const struct map *inner, struct verifier_map *ret_map)
{
	*ret_map = (struct verifier_map){
		.fd = VERIFIER_NOWHERE,
		.type = inner->type,
		.key_size = inner->key_size,
		.value_size = inner->value_size,
		.max_entries = inner->max_entries,
		.flags = inner->flags,
	};
}

/* The maps, and behind them what those of maps hold. */
static int describe_maps(const struct prog_object *prog, struct question *question)
{
	question->maps = calloc(2 * prog->map_count + 1, sizeof *question->maps);
	if (!question->maps)
		return -ENOMEM;
	for (size_t i = 0; i < prog->map_count; i++) {
		struct verifier_map *inner = &question->maps[prog->map_count + i];

		describe_map(prog->maps[i], (int)i, &question->maps[i]);
		if (!prog->maps[i]->map->inner)
			continue;
		describe_inner(prog->maps[i]->map->inner, inner);
		question->maps[i].inner = inner;
	}
	return 0;
}

static int describe_lines(const struct prog_object *prog, struct question *question)
{
	question->lines = calloc(prog->lines.count + 1u, sizeof *question->lines);
	if (!question->lines)
		return -ENOMEM;
	for (uint32_t i = 0; i < prog->lines.count; i++) {
		struct bpf_line_info info;

		memcpy(&info, prog->lines.data + i * sizeof info, sizeof info);
		question->lines[i] = (struct verifier_line_info){
			.insn = info.insn_off,
			.file = info.file_name_off,
			.text = info.line_off,
			.line = BPF_LINE_INFO_LINE_NUM(info.line_col),
			.column = BPF_LINE_INFO_LINE_COL(info.line_col),
		};
	}
	return 0;
}

static int question_init(struct call *call, const struct prog_object *prog,
			 struct question *question)
{
	int err = describe_maps(prog, question);

	if (!err)
		err = describe_lines(prog, question);
	if (err)
		return err;
	question->request = (struct verifier_request){
		.insns = prog->insns,
		.count = prog->insn_count,
		.type = prog->type,
		.attach = prog->attach_type,
		.maps = question->maps,
		.map_count = prog->map_count,
		.btf = prog->btf ? prog->btf->btf : NULL,
		.kernel_btf = prog->attach_btf_id ? embedded_linux_btf(call->kernel) : NULL,
		.attach_btf_id = prog->attach_btf_id,
		.funcs = (const struct verifier_func_info *)(const void *)prog->funcs.data,
		.func_count = prog->funcs.count,
		.lines = question->lines,
		.line_count = prog->lines.count,
		.is_gpl = prog->is_gpl,
		.is_sleepable = prog->flags & BPF_F_SLEEPABLE,
		.strict_alignment = prog->flags & BPF_F_STRICT_ALIGNMENT,
		.any_alignment = prog->flags & BPF_F_ANY_ALIGNMENT,
		.log_level = call->attr.prog_load.log_level & 3,
	};
	return 0;
}

static void question_release(struct question *question)
{
	free(question->maps);
	free(question->lines);
}

static int judge(struct call *call, struct prog_object *prog, struct strbuf *log)
{
	struct question question = { 0 };
	struct verifier_verdict verdict;
	int err = question_init(call, prog, &question);

	if (!err)
		err = verifier_run(&question.request, &verdict);
	if (!err) {
		prog->verified_insns = verdict.steps > UINT32_MAX ? UINT32_MAX :
								    (uint32_t)verdict.steps;
		strbuf_add(log, strbuf_text(&verdict.log), verdict.log.len);
		err = verdict.err;
		verifier_release(&verdict);
	}
	question_release(&question);
	return err;
}

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

int verify_prog(struct call *call, struct prog_object *prog)
{
	const struct log_given given = { call->attr.prog_load.log_buf,
					 call->attr.prog_load.log_size,
					 call->attr.prog_load.log_level };
	struct diag diag = { 0 };
	struct strbuf log = { 0 };
	int err = log_check(&given), log_err;

	if (err)
		return err;
	err = judge(call, prog, &log);
	if (!err) {
		err = make_program(prog, &diag);
		diag_render(&diag, &log);
	}
	log_err = log_write(call, &given, &log, &call->attr.prog_load.log_true_size);
	strbuf_release(&log);
	diag_release(&diag);
	return log_err ? log_err : err;
}
