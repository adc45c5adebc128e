/*
 * exec.c - the program and what it starts, from the first to the last: starting, signals, the end.
 *
 * The program gets its filter between fork(2) and execve(2) and passes the descriptor of its notifications
 * up.  What it starts is behind the same filter, so that it is known when all are gone: the descriptor hangs up.
 */
#include "exec/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/answer.h"
#include "exec/filter.h"

/* Signals that the program gets when we do.  A terminal sends its own to both. */
static const int passed_on[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH };

struct exec {
	pid_t pid;
	bool has_ended;
	int status; /* as wait(2) has it, once it has */
	int signals;
	struct answer answer;
};

/* --- The program's side: between fork and execve ------------------------------------------------ */

/* What it tells: the errno of its failure, or 0 with a descriptor. */
static void tell(int socket, int err, int fd)
{
	char control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec data = { &err, sizeof err };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *header = (struct cmsghdr *)control;

		message.msg_control = control;
		message.msg_controllen = sizeof control;
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(header), &fd, sizeof fd);
	}
	(void)sendmsg(socket, &message, 0);
}

static _Noreturn void become(char *const argv[], int socket, const sigset_t *mask)
{
	int fd = filter_install();

	tell(socket, fd < 0 ? -fd : 0, fd);
	if (fd < 0)
		_exit(127);
	(void)close(fd);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	(void)execvp(argv[0], argv);
	tell(socket, errno, -1);
	_exit(127);
}

/* --- Our side ----------------------------------------------------------------------------------- */

/* A message of the program: the errno in it, with a descriptor into *ret_fd if there is one; or
 * -EPIPE when there will be none. */
static int hear(int socket, int *ret_fd)
{
	char control[CMSG_SPACE(sizeof *ret_fd)] = { 0 };
	int err = 0;
	struct iovec data = { &err, sizeof err };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	const struct cmsghdr *header;

	*ret_fd = -1;
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof err)
		return -EPIPE;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(header), sizeof *ret_fd);
	return err;
}

static void set_signals(sigset_t *ret_set)
{
	(void)sigemptyset(ret_set);
	(void)sigaddset(ret_set, SIGCHLD);
	for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
		(void)sigaddset(ret_set, passed_on[i]);
}

/* Every object has a file of ours. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Children of children come to us when their parents end, so this waits for all. */
static void reap(struct exec *exec)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != exec->pid)
			continue;
		exec->status = status;
		exec->has_ended = true;
	}
}

static void on_signal(struct exec *exec)
{
	struct signalfd_siginfo info;

	while (read(exec->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			reap(exec);
		else if (info.ssi_code <= 0 &&
			 !exec->has_ended) /* by a process, not the terminal */
			(void)kill(exec->pid, (int)info.ssi_signo);
	}
}

/* Answer until all processes behind the filter are gone. */
static int supervise(struct exec *exec)
{
	struct pollfd fds[] = {
		{ .fd = exec->answer.listener, .events = POLLIN },
		{ .fd = exec->signals, .events = POLLIN },
		{ .fd = exec->answer.inotify, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents)
			answer_closed(&exec->answer);
		if (fds[1].revents)
			on_signal(exec);
		if (fds[0].revents & POLLIN) {
			int err = answer_next(&exec->answer);

			if (err)
				return err;
		} else if (fds[0].revents & (POLLHUP | POLLERR)) {
			break;
		}
	}
	while (!exec->has_ended) {
		int status;

		if (waitpid(exec->pid, &status, 0) != exec->pid)
			return -errno;
		exec->status = status;
		exec->has_ended = true;
	}
	return 0;
}

/* Hear whether the program could be started while its first calls may come already. */
static int serve(struct exec *exec, int socket, int listener, struct diag *diag, const char *name)
{
	int none, err = answer_init(&exec->answer, listener);

	if (err) {
		diag_error(diag, SPAN_NONE, "the embedded kernel cannot be started: %s",
			   strerror(-err));
		return err;
	}
	err = hear(socket, &none);
	if (err > 0) {
		diag_error(diag, SPAN_NONE, "'%s' cannot be started: %s", name, strerror(err));
		if (err == ENOENT)
			diag_hint(diag, "a name without '/' is looked for in $PATH");
		err = -err;
	} else {
		err = supervise(exec);
	}
	answer_release(&exec->answer);
	return err;
}

/* Our end of the socket by which the program tells how it goes, or a negative errno. */
static int start(struct exec *exec, char *const argv[], const sigset_t *mask)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -errno;
	exec->pid = fork();
	if (!exec->pid) {
		(void)close(sockets[0]);
		become(argv, sockets[1], mask);
	}
	(void)close(sockets[1]);
	if (exec->pid < 0) {
		(void)close(sockets[0]);
		return -errno;
	}
	return sockets[0];
}

static int run(struct exec *exec, char *const argv[], const sigset_t *mask, struct diag *diag)
{
	int socket = start(exec, argv, mask), listener, err;

	if (socket < 0)
		return socket;
	err = hear(socket, &listener);
	if (err) {
		diag_error(diag, SPAN_NONE,
			   "system calls of '%s' cannot be taken over (seccomp): %s", argv[0],
			   strerror(err < 0 ? -err : err));
		diag_hint(diag,
			  "containers and sandboxes may forbid seccomp(2) filters that notify");
		err = err < 0 ? err : -err;
	} else {
		err = serve(exec, socket, listener, diag, argv[0]);
	}
	if (listener >= 0)
		(void)close(listener);
	(void)close(socket);
	return err;
}

int exec_run(char *const argv[], struct diag *diag, int *ret_status)
{
	struct exec exec = { 0 };
	sigset_t set, mask;
	int err;

	set_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, &mask);
	exec.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (exec.signals < 0)
		return -errno;
	raise_file_limit();
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	err = run(&exec, argv, &mask, diag);
	(void)close(exec.signals);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	if (!err)
		*ret_status = exec.status;
	return err;
}
