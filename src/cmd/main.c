/*
 * main.c - from argv to a command, and from its end to an exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "cmd/args.h"
#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/registry.h"

/* A parent may have closed some of 0, 1 and 2.  The next file opened would then get such a
 * number, and what is meant for the user would go into it.  Give them something that fails. */
static void open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Results that did not arrive are a failure: a full disk, or a reader that went away while
 * SIGPIPE is ignored.  (Where it is not, the signal has ended us, as it should.) */
static int close_output(int status)
{
	bool failed = ferror(stdout) != 0;
	int err = errno;

	if (fclose(stdout) != 0) {
		failed = true;
		err = errno;
	}
	if (!failed)
		return status;
	(void)fprintf(stderr, "waggle: error: cannot write to standard output: %s\n",
		      strerror(err));
	return status == EXIT_OK ? EXIT_FAILED : status;
}

static void print_help(const struct command *command, const char *family, FILE *file)
{
	struct strbuf out = { 0 };

	if (command)
		help_command(command, &out);
	else
		help_overview(family, &out);
	(void)fputs(strbuf_text(&out), file);
	strbuf_release(&out);
}

static int run_command(const struct command *command, const char *const words[])
{
	struct command_args args;
	struct diag diag = { 0 };
	int status;
	int err;

	diag.name = arena_printf(&diag.arena, "waggle %s", command->name);
	err = args_parse(command, words, &diag, &args);
	if (err) {
		if (err == -ENOMEM)
			diag_error(&diag, SPAN_NONE, "out of memory");
		command_report(&diag);
		status = EXIT_USAGE;
	} else if (args.help_wanted) {
		print_help(command, NULL, stdout);
		status = EXIT_OK;
	} else {
		status = command->run(&args);
	}
	args_release(&args);
	diag_release(&diag);
	return status;
}

static bool is_help(const char *word)
{
	return word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0);
}

static bool is_version(const char *word)
{
	return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0;
}

/* The words name no command: say what could be meant. */
static int run_unknown(const char *const words[])
{
	struct diag diag = { .name = "waggle" };

	if (words[0][0] == '-') {
		diag_error(&diag, SPAN_NONE, "unknown option '%s'", words[0]);
		diag_hint(&diag, "options follow the command; list all with: waggle help");
	} else {
		registry_report_unknown(words, &diag);
	}
	command_report(&diag);
	diag_release(&diag);
	return EXIT_USAGE;
}

static int dispatch(const char *const words[])
{
	static const char *const none[] = { NULL };
	const struct command *command;
	size_t name_words = 0;

	if (!words[0]) {
		print_help(NULL, NULL, stderr);
		return EXIT_USAGE;
	}
	if (is_help(words[0])) {
		print_help(NULL, NULL, stdout);
		return EXIT_OK;
	}
	if (is_version(words[0]))
		return run_command(&command_version, none);
	command = registry_find(words, &name_words);
	if (command)
		return run_command(command, words + name_words);
	if (registry_is_family(words[0]) && (!words[1] || is_help(words[1]))) {
		print_help(NULL, words[0], words[1] ? stdout : stderr);
		return words[1] ? EXIT_OK : EXIT_USAGE;
	}
	return run_unknown(words);
}

int main(int argc, char *argv[])
{
	static const char *const none[] = { NULL };

	open_standard_files();
	return close_output(dispatch(argc > 0 ? (const char *const *)argv + 1 : none));
}
