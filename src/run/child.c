/*
 * child.c - processes that a session starts, and those that it waits for.
 *
 * The child of -c waits at one end of a socket pair.  A byte means go; the end of file that we are gone, and so
 * is it then.  Both ends close when a program is executed, so what we read after the byte is either an errno
 * or the end of file: it runs.
 */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/strbuf.h"

enum {
	EXIT_NOT_RUN = 127, /* as shells say it */
	PATIENCE_MS = 1000, /* with a command that is asked to end */
};

static int pid_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

int run_pid_open(uint32_t pid, struct diag *diag)
{
	int fd = pid_open((pid_t)pid);

	if (fd == -ESRCH || fd == -EINVAL)
		diag_error(diag, SPAN_NONE, "there is no process %u", pid);
	else if (fd < 0)
		diag_error(diag, SPAN_NONE, "cannot watch process %u: %s", pid, strerror(-fd));
	if (fd == -EINVAL)
		diag_hint(
			diag,
			"it may be a thread; the process it belongs to is 'Tgid' in /proc/%u/status",
			pid);
	return fd;
}

/* --- the command of -c ------------------------------------------------------------------------ */

/* As execvp, but only what is there is tried: probes on execve see one call, not one for each folder. */
static void exec_found(char **words)
{
	const char *dirs = getenv("PATH");
	struct strbuf path = { 0 };

	if (!strchr(words[0], '/') && dirs && file_find("", dirs, words[0], X_OK, &path))
		(void)execv(strbuf_text(&path), words);
	strbuf_release(&path);
	(void)execvp(words[0], words);
}

static NORETURN void be_child(int socket, char **words, const sigset_t *mask)
{
	char go;
	int err;

	if (read(socket, &go, 1) != 1)
		_exit(EXIT_NOT_RUN);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	exec_found(words);
	err = errno;
	(void)!write(socket, &err, sizeof err);
	_exit(EXIT_NOT_RUN);
}

static int split_words(const char *command, struct diag *diag, wordexp_t *ret_words)
{
	int err = wordexp(command, ret_words, WRDE_NOCMD | WRDE_UNDEF);

	if (err == 0 && ret_words->we_wordc > 0)
		return 0;
	if (err == WRDE_NOSPACE)
		return -ENOMEM;
	diag_error(diag, SPAN_NONE, "-c cannot run '%s': %s", command,
		   err == 0            ? "it is empty" :
		   err == WRDE_CMDSUB  ? "commands within it are not run" :
		   err == WRDE_BADVAL  ? "it has a variable that is not set" :
		   err == WRDE_BADCHAR ? "it has one of | & ; < > ( ) { }" :
					 "its quotes or parentheses do not match");
	if (err == WRDE_BADCHAR)
		diag_hint(diag, "let a shell do it: -c \"sh -c '...'\"");
	if (err == 0)
		wordfree(ret_words);
	return -EINVAL;
}

int run_child_start(struct run_child *child, const char *command, const sigset_t *mask,
		    struct diag *diag)
{
	int sockets[2];
	wordexp_t words;
	int err = split_words(command, diag, &words);

	if (err)
		return err;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0) {
		err = -errno;
		goto free_words;
	}
	child->pid = fork();
	if (child->pid == 0) {
		(void)close(sockets[0]);
		be_child(sockets[1], words.we_wordv, mask);
	}
	err = child->pid < 0 ? -errno : 0;
	(void)close(sockets[1]);
	child->socket = sockets[0];
	child->command = command;
	child->pid_fd = err ? -1 : pid_open(child->pid);
	if (!err && child->pid_fd < 0)
		err = child->pid_fd;
free_words:
	wordfree(&words);
	if (err)
		diag_error(diag, SPAN_NONE, "-c cannot start a process: %s", strerror(-err));
	return err;
}

int run_child_go(struct run_child *child, struct diag *diag)
{
	int err = 0;

	if (write(child->socket, "", 1) != 1)
		err = errno;
	else if (read(child->socket, &err, sizeof err) != sizeof err)
		err = 0;
	if (err)
		diag_error(diag, SPAN_NONE, "-c cannot run '%s': %s", child->command,
			   strerror(err));
	return -err;
}

void run_child_release(struct run_child *child)
{
	struct pollfd end = { .fd = child->pid_fd, .events = POLLIN };

	if (child->pid <= 0)
		return;
	(void)close(child->socket); /* if it still waits, that ends it */
	(void)kill(child->pid, SIGTERM);
	if (child->pid_fd < 0 || poll(&end, 1, PATIENCE_MS) == 0)
		(void)kill(child->pid, SIGKILL);
	(void)waitpid(child->pid, NULL, 0);
	if (child->pid_fd >= 0)
		(void)close(child->pid_fd);
	child->pid = 0;
}

/* --- system() --------------------------------------------------------------------------------- */

static int spawn_shell(const char *command, int out_fd, const sigset_t *mask, pid_t *ret_pid)
{
	char *words[] = { (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
			  (char *)(uintptr_t)command, NULL }; /* it does not change them */
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int err;

	if (posix_spawn_file_actions_init(&files))
		return -ENOMEM;
	err = posix_spawnattr_init(&attr);
	if (!err) {
		(void)posix_spawnattr_setsigmask(&attr, mask);
		(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
		err = posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
		if (!err)
			err = posix_spawn(ret_pid, "/bin/sh", &files, &attr, words, environ);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&files);
	return -err;
}

int run_command(const char *command, const sigset_t *mask, struct strbuf *ret_text)
{
	int fds[2], err;
	pid_t pid;
	ssize_t got;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	err = spawn_shell(command, fds[1], mask, &pid);
	(void)close(fds[1]);
	while (!err) {
		char *room = strbuf_room(ret_text, 4096);

		got = room ? read(fds[0], room, 4096) : -1;
		if (got <= 0)
			break;
		ret_text->len += (size_t)got;
		ret_text->data[ret_text->len] = '\0';
	}
	(void)close(fds[0]);
	if (!err)
		(void)waitpid(pid, NULL, 0);
	return err ? err : ret_text->failed ? -ENOMEM : 0;
}
