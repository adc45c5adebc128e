/*
 * exec.c - 'waggle exec': a program as it is, on the embedded kernel.
 */
#include "exec/exec.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/command.h"

enum {
	EXIT_NOT_STARTED = 126, /* as shells say it */
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128,
};

static const struct command_option options[] = {
	{ 0, "kernel", "KIND", "embedded|host",
	  "which kernel answers: the embedded one (the default), or Linux itself" },
	{ 0 },
};

/* End as the program did. */
static int end_as(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	(void)signal(WTERMSIG(status), SIG_DFL);
	(void)raise(WTERMSIG(status));
	return EXIT_SIGNAL + WTERMSIG(status);
}

static int failed(const struct diag *diag, int err)
{
	command_report(diag);
	return err == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_STARTED;
}

static int run_host(char *const argv[], struct diag *diag)
{
	int err;

	(void)execvp(argv[0], argv);
	err = -errno;
	diag_error(diag, SPAN_NONE, "'%s' cannot be started: %s", argv[0], strerror(-err));
	return err;
}

static int run(const struct command_args *args)
{
	const char *kernel = args_value(args, "kernel");
	const size_t count = args_operand_count(args);
	char **argv = calloc(count + 1, sizeof *argv);
	struct diag diag = { 0 };
	int status = 0, err = argv ? 0 : -ENOMEM;

	for (size_t i = 0; argv && i < count && !err; i++) {
		argv[i] = strdup(args_operand(args, i));
		err = argv[i] ? 0 : -ENOMEM;
	}
	if (!err && kernel && !strcmp(kernel, "host"))
		err = run_host(argv, &diag);
	else if (!err)
		err = exec_run(argv, &diag, &status);
	status = err ? failed(&diag, err) : end_as(status);
	for (size_t i = 0; argv && i < count; i++)
		free(argv[i]);
	free(argv);
	diag_release(&diag);
	return status;
}

const struct command command_exec = {
	.name = "exec",
	.operands = "-- COMMAND [ARG]...",
	.summary = "run a program whose bpf(2) is the embedded kernel's",
	.details =
		"The program, and whatever it starts, runs as it is, static or not; only its calls of "
		"bpf(2) and what belongs to it are answered by the embedded kernel.  It needs no "
		"rights to BPF, and Linux does not see its maps and programs.\n"
		"\n"
		"Maps and programs live until no process has them open and no path holds them; pinned "
		"paths are in the embedded kernel, below /sys/fs/bpf, and end with the command.  "
		"Put several programs that share objects into one shell:\n"
		"\n"
		"  waggle exec -- sh -c 'bpftool prog load x.o /sys/fs/bpf/x; bpftool prog list'\n"
		"\n"
		"The exit status is the program's; 127 if it is not found, 126 if it cannot be run.",
	.examples = "waggle exec -- bpftool map list",
	.options = options,
	.least_operands = 1,
	.most_operands = 4096,
	.run = run,
};
