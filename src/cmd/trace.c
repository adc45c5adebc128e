/*
 * trace.c - 'waggle trace': scripts in bpftrace's language, from their text to a session.
 */
#include "cmd/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "emit/emit.h"

static bool has_mode(const struct tracing *t, const char *name)
{
	const char *mode = args_value(t->args, "mode");

	return mode && !strcmp(mode, name);
}

static bool formats(const struct tracing *t)
{
	return args_flag(t->args, "fmt") || has_mode(t, "format");
}

/* 'waggle trace FILE -- --help': the script's own parameters, unless 'help' is one of them. */
static bool wants_parameters(const struct tracing *t)
{
	for (size_t i = 0; i < t->script.named_count; i++)
		if (!strcmp(t->script.named[i].name, "help") && !t->script.named[i].value)
			return true;
	return false;
}

static void show_parameters(struct tracing *t, struct script *script)
{
	strbuf_printf(&t->shown, "parameters of %s, behind '--':\n", t->source.name);
	if (!script_describe_named(script, &t->shown))
		strbuf_puts(&t->shown, "  none with a name\n");
}

int trace_check(struct tracing *t, struct script **ret_script)
{
	struct script *script = NULL;
	int err = formats(t) ? 0 : script_import(&t->source, &t->arena, t->diag);

	if (!err)
		err = script_parse(&t->source, &t->script, &t->arena, t->diag, &script);

	/* Errors of both kinds at once: who corrects the first need not come back for the others. */
	if (err == -EINVAL && script && !formats(t))
		(void)script_check(script, &t->script, &t->arena, t->diag);
	if (err)
		return err;
	if (wants_parameters(t)) {
		show_parameters(t, script);
		return 0;
	}
	if (t->stages & STAGE_TOKENS)
		script_print_tokens(script, &t->shown);
	if (formats(t))
		script_format(script, &t->shown);
	if (t->stages & STAGE_AST)
		script_print(script, &t->shown);
	if (formats(t) || (t->stages && t->stages < STAGE_TYPES))
		return 0;
	err = script_check(script, &t->script, &t->arena, t->diag);
	if (err)
		return err;
	if (t->stages & STAGE_TYPES) {
		script_print(script, &t->shown);
		script_print_types(script, &t->shown);
	}
	*ret_script = script;
	return 0;
}

int trace_compile(struct tracing *t, struct bundle **ret_bundle)
{
	struct script *script = NULL;
	int err = trace_check(t, &script);

	if (err || !script || has_mode(t, "check") || (t->stages && t->stages < STAGE_IR))
		return err;
	err = script_lower(script, &t->script, &t->lower, &t->arena, t->diag, ret_bundle);
	if (!err && t->stages & STAGE_BPF)
		bundle_print(*ret_bundle, true, &t->shown);
	return err;
}

static void forget(struct diag *diag)
{
	const struct diag empty = { .name = diag->name, .source = diag->source };

	diag_release(diag);
	*diag = empty;
}

/* Say now what is known now: a session may last for days. */
static void report_early(struct diag *diag)
{
	command_report(diag);
	forget(diag);
}

/* --emit-elf: the script becomes a file instead of being run. */
static int emit(struct tracing *t, const struct bundle *bundle, const char *path)
{
	struct strbuf object = { 0 };
	int err = emit_object(bundle, kernel_btf(t->kernel), t->diag, &object);
	FILE *file = err ? NULL : fopen(path, "we");

	if (!err && (!file || fwrite(object.data, 1, object.len, file) != object.len))
		err = -EIO;
	if (file && fclose(file) != 0)
		err = -EIO;
	if (err == -EIO)
		diag_error(t->diag, SPAN_NONE, "cannot write '%s': %s", path, strerror(errno));
	strbuf_release(&object);
	return err;
}

/* Returns the exit status of the script, or a negative errno. */
static int trace(struct tracing *t)
{
	struct bundle *bundle = NULL;
	int err = trace_compile(t, &bundle);

	if (t->shown.failed)
		return -ENOMEM;
	if (!err)
		(void)fwrite(strbuf_text(&t->shown), 1, t->shown.len, t->file);
	if (err || !bundle || has_mode(t, "codegen") ||
	    (t->stages && !(t->stages & STAGES_OF_KERNEL)))
		return err;
	if (args_value(t->args, "emit-elf"))
		return emit(t, bundle, args_value(t->args, "emit-elf"));
	if (t->session.show_warnings) {
		report_early(t->diag); /* what the compiler warns of, before anything runs */
		t->session.report = report_early;
	} else {
		forget(t->diag);
	}
	return session_run(bundle, &t->session, t->diag);
}

static void release(struct tracing *t)
{
	strbuf_release(&t->shown);
	catalog_free(t->catalog);
	features_free(t->features);
	kernel_free(t->kernel);
	headers_free(t->headers);
	arena_release(&t->arena);
	free(t->data);
}

/* What was written to the file of -o must have arrived. */
static int close_output(struct tracing *t)
{
	if (!t->file || t->file == stdout || fclose(t->file) == 0)
		return 0;
	diag_error(t->diag, SPAN_NONE, "cannot write '%s': %s", args_value(t->args, "o"),
		   strerror(errno));
	return -EIO;
}

static int run_trace(const struct command_args *args)
{
	struct diag diag = { .name = "waggle trace" };
	struct tracing t = { .args = args, .diag = &diag };
	int status = EXIT_USAGE, err, end;

	if (args_flag(args, "V")) {
		printf("waggle %s\n", WAGGLE_VERSION);
		return EXIT_OK;
	}
	err = trace_read_options(&t);
	if (!err && args_flag(args, "l")) {
		err = trace_list(&t);
		status = err < 0 ? EXIT_FAILED : EXIT_OK;
	} else if (!err) {
		err = trace_read_source(&t);
		diag.source = err ? NULL : &t.source;
		if (!err) {
			err = trace(&t);
			status = err < 0 ? EXIT_FAILED : err;
		}
	}
	end = close_output(&t);
	if (end && status == EXIT_OK)
		status = EXIT_FAILED;
	if (err == -ENOMEM)
		diag_error(&diag, SPAN_NONE, "out of memory");
	if (err < 0 || end || t.session.show_warnings)
		command_report(&diag);
	diag_release(&diag);
	release(&t);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'e', NULL,         "PROGRAM",  NULL, "the script itself, instead of a file" },
	{ 'l', NULL,         NULL,       NULL, "list what probes can attach to, or those of a script; with -v, what they give" },
	{ 'p', NULL,         "PID",      NULL, "trace this process only, and end with it" },
	{ 'c', NULL,         "COMMAND",  NULL, "run this command, once all is attached, and end with it" },
	{ 0,   "cgroup",     "PATH",     NULL, "trace processes of this control group only" },
	{ 'o', NULL,         "FILE",     NULL, "write to this file instead of standard output" },
	{ 'f', NULL,         "FORMAT",   "text|json|jsonl|csv", "how results are written; jsonl is json with times" },
	{ 'B', NULL,         "MODE",     "line|full|none", "when output is written: as soon as there is nothing else to do, when much has gathered, at once" },
	{ 0,   "csv",        NULL,       NULL, "the same as -f csv: a row of names, and one for each row of a map" },
	{ 0,   "top",        "N",        NULL, "show only the N last rows of each map" },
	{ 0,   "refresh",    "DURATION", NULL, "show all maps as often as that, in place" },
	{ 0,   "folded",     NULL,       NULL, "write maps of stacks as lines that flame graphs are made of" },
	{ 0,   "flamegraph", "FILE",     NULL, "draw maps of stacks as a flame graph (SVG)" },
	{ 0,   "heatmap",    "FILE",     NULL, "draw histograms over time as a heat map (SVG)" },
	{ 'q', NULL,         NULL,       NULL, "keep quiet: only what the script prints" },
	{ 'v', NULL,         NULL,       NULL, "say more about what is done" },
	{ 'k', NULL,         NULL,       NULL, "count and report what the kernel could not do for the script, by place" },
	{ 0,   "no-warnings", NULL,      NULL, "no warnings" },
	{ 0,   "unsafe",     NULL,       NULL, "allow functions that change the system" },
	{ 'I', NULL,         "DIR",      NULL, "look here for headers before looking elsewhere; may be given several times" },
	{ 0,   "include",    "FILE",     NULL, "read this header as if the script began with #include; may be given several times" },
	{ 0,   "no-feature", "NAMES",    NULL, "do without these abilities of the kernel, with commas between" },
	{ 0,   "dry-run",    NULL,       NULL, "attach everything, and end" },
	{ 'd', NULL,         "STAGES",   NULL, "print what was understood and made, and do not run: tokens, ast, types, ir, bpf, xlated, jited; several with commas between" },
	{ 0,   "emit-elf",   "FILE",     NULL, "compile to an ELF object that libbpf loads on any machine, and do not run" },
	{ 0,   "fmt",        NULL,       NULL, "print the script in the usual layout" },
	{ 0,   "test",       NULL,       NULL, "run the script's test probes" },
	{ 0,   "bench",      NULL,       NULL, "run the script's bench probes" },
	{ 0,   "mode",       "MODE",     "run|test|bench|format|check|codegen", "the same by one word; check: understand the script, whether or not its probes exist here; codegen: compile it, and do no more" },
	{ 'V', NULL,         NULL,       NULL, "show the version" },
	{ 0 },
};
/* clang-format on */

const struct command command_trace = {
	.name = "trace",
	.operands = "[FILE] [PARAMETER]...",
	.summary = "trace the kernel and programs with scripts",
	.details =
		"The language is bpftrace's. A script is compiled to BPF, given to the kernel, attached "
		"to the places that it names, and what it prints and counts is shown until it exits, "
		"is interrupted, or what it traces has ended.\n"
		"\n"
		"Parameters behind the script are its $1, $2 ...; behind '--' they may have names: "
		"--name=value is what getopt(\"name\", ...) asks for.\n"
		"\n"
		"A script can be a program of its own: its first line is then "
		"'#!/usr/bin/env -S waggle trace'.\n"
		"\n"
		"The exit status is what the script gives to exit(), or 0; 1 when it could not be run; "
		"2 when the command line is wrong.",
	.examples =
		"waggle trace -e 'tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }'\n"
		"waggle trace -l 'tracepoint:sched:*'\n"
		"waggle trace -c 'ls -l' -e 'tracepoint:syscalls:sys_enter_openat { print(str(args.filename)); }'\n"
		"waggle trace --fmt script.bt",
	.options = options,
	.least_operands = 0,
	.most_operands = 1000,
	.run = run_trace,
};
