/*
 * verify.c - 'waggle verify': would Linux take the programs of an object, and if not, why?
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/helper.h"
#include "abi/helper_proto.h"
#include "abi/prog_type.h"
#include "base/file.h"
#include "base/json.h"
#include "cmd/command.h"
#include "cmd/programs.h"
#include "cmd/verify_sys.h"
#include "load/load.h"
#include "object/object.h"
#include "probe/catalog.h"
#include "sym/sym.h"

static const struct command_option options[] = {
	/* clang-format off */
	{ 'p', "prog", "NAME", NULL, "only this program of the object; again for more" },
	{ 'l', "log", "LEVEL", "0|1|2", "also the log, as the kernel writes it: 1 instructions, 2 what is known after each" },
	{ 'k', "kernel-version", "X.Y", NULL, "say what that kernel has not that the programs use" },
	{ 'L', "kernel-limits", NULL, NULL, "count and limit as Linux does" },
	{ 'j', "json", NULL, NULL, "one JSON object for each program" },
	{ 0, NULL, NULL, NULL, NULL },
	/* clang-format on */
};

struct verifying {
	const struct command_args *args;
	struct diag *diag;
	const char *path;
	char *file;
	size_t len;
	struct object *object;
	struct catalog *catalog;
	struct sym *sym;
	struct judge *judge;
	struct loaded *loaded;
	const char *progs[PROGRAMS_MOST + 1];
	uint16_t since; /* major * 256 + minor of --kernel-version, or 0 */
	unsigned int log_level;
};

/* ------------------------------------------------------------ what was asked for */

static int read_version(struct verifying *j)
{
	const char *text = args_value(j->args, "kernel-version");
	unsigned int major, minor;
	char rest;

	if (!text)
		return 0;
	if (sscanf(text, "%u.%u%c", &major, &minor, &rest) != 2 || major > 255 || minor > 255) {
		diag_error(j->diag, SPAN_NONE, "'%s' is no version of a kernel", text);
		diag_hint(j->diag, "write it like 5.15");
		return -EINVAL;
	}
	j->since = (uint16_t)(major * 256 + minor);
	return 0;
}

static int read_object(struct verifying *j)
{
	int err = file_read(j->path, j->diag, &j->file, &j->len);

	if (err)
		return err;
	if (!object_is_elf(j->file, j->len)) {
		diag_error(j->diag, SPAN_NONE, "it is no ELF object");
		diag_hint(j->diag, "compile it with: clang -g -O2 -target bpf -c FILE.c");
		return -EINVAL;
	}
	return object_read(j->file, j->len, j->diag, &j->object);
}

static int put(struct verifying *j)
{
	const char *slash = strrchr(j->path, '/');
	struct load_options wanted = { .name = slash ? slash + 1 : j->path };
	struct judge_options judging = { .log_level = j->log_level,
					 .kernel_limits = args_flag(j->args, "kernel-limits") };

	j->catalog = catalog_new(&(struct catalog_options){ .sys = &sys_linux });
	j->sym = sym_new(&(struct sym_options){ .sys = &sys_linux });
	if (!j->catalog || !j->sym)
		return -ENOMEM;
	judging.kernel = catalog_btf(j->catalog);
	j->judge = judge_new(&judging);
	if (!j->judge)
		return -ENOMEM;
	wanted.sys = judge_sys(j->judge);
	wanted.kernel = judging.kernel;
	wanted.sym = j->sym;
	wanted.programs = j->progs[0] ? j->progs : NULL;
	wanted.has_cookie = true;
	return load_object(j->object, &wanted, j->diag, &j->loaded);
}

/* ------------------------------------------------------------ answers */

static const struct loaded_prog *prog_of(const struct verifying *j, const struct judged *judged)
{
	for (size_t i = 0; i < j->loaded->prog_count; i++)
		if (j->loaded->progs[i].fd == judged->fd)
			return &j->loaded->progs[i];
	return NULL;
}

static uint32_t stack_of(const struct verifier_verdict *verdict)
{
	uint32_t most = 0;

	for (size_t i = 0; i < verdict->func_count; i++)
		if (verdict->funcs[i].stack_bytes > most)
			most = verdict->funcs[i].stack_bytes;
	return most;
}

/* What a kernel of that version has not. */
static unsigned int list_missing(const struct verifying *j, const struct judged *judged,
				 struct strbuf *out)
{
	const struct verifier_request *request = &judged->request;
	const struct abi_prog_type *row = abi_prog_type(request->type, request->attach);
	unsigned int missing = 0;

	if (!j->since)
		return 0;
	if (row && row->since > j->since) {
		strbuf_printf(out, "  needs Linux %d.%d: programs of type %s\n", row->since >> 8,
			      row->since & 255, row->name);
		missing++;
	}
	for (size_t i = 0; i < request->count; i++) {
		const struct abi_helper_proto *proto;

		if (isa_decode(&request->insns[i], request->count - i) != ISA_CALL)
			continue;
		proto = abi_helper_proto((uint32_t)request->insns[i].imm);
		if (!proto || proto->since <= j->since)
			continue;
		strbuf_printf(out, "  needs Linux %d.%d: helper %s\n", proto->since >> 8,
			      proto->since & 255, abi_helper_name((uint32_t)request->insns[i].imm));
		missing++;
	}
	return missing;
}

static void show_text(const struct verifying *j, const struct judged *judged, const char *name,
		      const char *section, struct strbuf *out)
{
	const struct verifier_verdict *verdict = &judged->verdict;

	strbuf_printf(out, "%s (%s): %s\n", name, section, verdict->err ? "refused" : "accepted");
	strbuf_printf(out,
		      "  %zu instructions, %" PRIu64 " looked at, %" PRIu64 " states (%" PRIu64
		      " at a time), %" PRIu32 " bytes of stack, %.1f ms\n",
		      judged->request.count, verdict->steps, verdict->states_total,
		      verdict->states_peak, stack_of(verdict), (double)verdict->time_ns / 1e6);
	if (j->log_level)
		strbuf_puts(out, strbuf_text(&verdict->log));
	verifier_explain(&judged->request, verdict, out);
}

static void show_refusal(const struct judged *judged, struct json *json)
{
	const struct verifier_refusal *r = &judged->verdict.refusal;
	const struct verifier_line_info *line =
		r->insn >= 0 ? verifier_line(&judged->request, (uint32_t)r->insn) : NULL;

	json_object(json, "refusal");
	json_string(json, "rule", verifier_rules[r->rule].name);
	json_string(json, "message", r->message);
	json_signed(json, "insn", r->insn);
	if (line)
		json_unsigned(json, "line", line->line);
	if (r->reg >= 0) {
		json_signed(json, "reg", r->reg);
		json_string(json, "type", r->reg_type);
		json_format(json, "smin", "%" PRId64, r->value.smin);
		json_format(json, "smax", "%" PRId64, r->value.smax);
	}
	if (verifier_rules[r->rule].remedy[0])
		json_string(json, "remedy", verifier_rules[r->rule].remedy);
	json_end(json);
}

static void show_json(const struct judged *judged, const char *name, const char *section,
		      struct strbuf *out)
{
	const struct verifier_verdict *verdict = &judged->verdict;
	struct json json = { .out = out };

	json_object(&json, NULL);
	json_string(&json, "name", name);
	json_string(&json, "section", section);
	json_bool(&json, "accepted", !verdict->err);
	json_unsigned(&json, "instructions", judged->request.count);
	json_unsigned(&json, "steps", verdict->steps);
	json_unsigned(&json, "states", verdict->states_total);
	json_unsigned(&json, "states_peak", verdict->states_peak);
	json_unsigned(&json, "stack", stack_of(verdict));
	json_unsigned(&json, "time_ns", verdict->time_ns);
	if (verdict->err)
		show_refusal(judged, &json);
	json_end(&json);
}

/* Returns an exit status. */
static int show(const struct verifying *j, struct strbuf *out)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < judge_count(j->judge); i++) {
		const struct judged *judged = judge_at(j->judge, i);
		const struct loaded_prog *prog = prog_of(j, judged);
		const char *name = prog ? prog->name : "?",
			   *section = prog ? prog->section_name : "?";
		struct strbuf missing = { 0 };

		if (list_missing(j, judged, &missing) || judged->verdict.err)
			status = EXIT_FAILED;
		if (args_flag(j->args, "json"))
			show_json(judged, name, section, out);
		else
			show_text(j, judged, name, section, out);
		strbuf_puts(out, strbuf_text(&missing));
		strbuf_release(&missing);
	}
	return status;
}

static void release(struct verifying *j)
{
	loaded_free(j->loaded);
	judge_free(j->judge);
	sym_free(j->sym);
	catalog_free(j->catalog);
	object_free(j->object);
	free(j->file);
}

static int run(const struct command_args *args)
{
	struct diag diag = { .name = args_operand(args, 0) };
	struct verifying j = { .args = args, .diag = &diag, .path = diag.name };
	struct strbuf out = { 0 };
	const char *level = args_value(args, "log");
	int status = EXIT_USAGE;
	int err = read_version(&j);

	j.log_level = level ? (unsigned int)(*level - '0') : 0;
	err = err ? err : read_object(&j);
	err = err ? err : programs_read(args, "prog", &diag, j.progs);
	err = err ? err : programs_check(j.object, j.progs, NULL, &diag);
	err = err ? err : put(&j);
	if (err == -ENOMEM)
		diag_error(&diag, SPAN_NONE, "there is not enough memory");
	if (!err)
		status = show(&j, &out);
	(void)fputs(strbuf_text(&out), stdout);
	command_report(&diag);
	release(&j);
	strbuf_release(&out);
	diag_release(&diag);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.operands = "FILE.o",
	.summary = "tell whether Linux would load the programs of an object, and why not",
	.details =
		"Every program of the object is fitted to this system's types and verified by Waggle's own "
		"verifier, which judges as Linux 6.18 does and needs no privilege.\n\n"
		"Of a program that is refused it shows the line of C, the offending value and where it came "
		"from, the rule, and what to do.  What this verifier does not know it refuses, saying so.\n\n"
		"The exit status is 0 when all programs are accepted, 1 when one is refused, 2 when the "
		"question could not be put.",
	.examples = "waggle verify prog.bpf.o\nwaggle verify prog.bpf.o --prog handle_exec --log 2",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run,
};
