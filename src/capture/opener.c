/*
 * opener.c - opening files for a process that may not.
 */
#include "capture/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"

struct opener {
	int fd; /* a connected pair of sockets that keep the borders of messages */
	pid_t pid;
};

struct request {
	bool is_write;
	char path[PATH_MAX];
};

struct reply {
	int err; /* 0: a descriptor comes along */
};

/* --- the rules ------------------------------------------------------------------------------ */

static bool has_parent_step(const char *path)
{
	for (const char *p = path; *p; p += strcspn(p, "/")) {
		p += strspn(p, "/");
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || !p[2]))
			return true;
	}
	return false;
}

/* Up to what varies, @path is the pattern.  If that is in the name of the file alone, the folder is its. */
static bool may_write(const char *pattern, const char *path)
{
	size_t fixed = pattern ? strcspn(pattern, "%") : 0;

	if (!pattern || strncmp(path, pattern, fixed) != 0)
		return false;
	if (strchr(pattern + fixed, '/'))
		return !has_parent_step(path + fixed);
	return !strchr(path + fixed, '/');
}

static bool may_read(const char *const *paths, const char *path)
{
	for (; paths && *paths; paths++)
		if (strcmp(*paths, path) == 0)
			return true;
	return false;
}

/* --- the child ------------------------------------------------------------------------------ */

static int open_file(const struct opener_rules *rules, const struct request *request)
{
	struct stat st;
	int fd;

	if (!request->is_write && may_read(rules->read_paths, request->path)) {
		fd = open(request->path, O_RDONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	if (!request->is_write || !may_write(rules->write_path, request->path))
		return -EACCES;
	fd = open(request->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	/* A pipe or a device stays whose it is. */
	if (rules->gives_away && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		(void)!fchown(fd, rules->uid, rules->gid);
	return fd;
}

/* Room for one descriptor beside a message. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_reply(int socket_fd, int fd)
{
	struct reply reply = { .err = fd < 0 ? fd : 0 };
	struct iovec part = { &reply, sizeof reply };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	}
	return sendmsg(socket_fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Of root's powers, only those over files. */
static void keep_file_powers(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	const uint32_t powers = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH |
				1u << CAP_CHOWN | 1u << CAP_FOWNER;

	if (syscall(SYS_capget, &header, data) < 0)
		return;
	data[0].effective = data[0].permitted = data[0].permitted & powers;
	data[1].effective = data[1].permitted = 0;
	data[0].inheritable = data[1].inheritable = 0;
	(void)syscall(SYS_capset, &header, data);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static NORETURN void serve(int socket_fd, const struct opener_rules *rules)
{
	static struct request request;
	ssize_t n;

	/* What interrupts the capture also comes to us, and then files are still to be opened. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)dup2(socket_fd, STDERR_FILENO + 1);
	(void)syscall(SYS_close_range, STDERR_FILENO + 2, ~0u, 0);
	socket_fd = STDERR_FILENO + 1;
	keep_file_powers();
	/* Zero bytes: the other end is closed. */
	while ((n = recv(socket_fd, &request, sizeof request, 0)) > 0) {
		int fd = -EINVAL;

		if (n == sizeof request && memchr(request.path, 0, sizeof request.path))
			fd = open_file(rules, &request);
		if (send_reply(socket_fd, fd))
			break;
		if (fd >= 0)
			(void)close(fd);
	}
	_exit(0);
}

/* --- the parent ----------------------------------------------------------------------------- */

int opener_new(const struct opener_rules *rules, struct opener **ret_opener)
{
	struct opener *opener = malloc(sizeof *opener);
	int pair[2];

	if (!opener)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		free(opener);
		return -errno;
	}
	opener->fd = pair[0];
	opener->pid = fork();
	if (opener->pid == 0) {
		(void)close(pair[0]);
		serve(pair[1], rules);
	}
	(void)close(pair[1]);
	if (opener->pid < 0) {
		int err = -errno;

		(void)close(pair[0]);
		free(opener);
		return err;
	}
	*ret_opener = opener;
	return 0;
}

void opener_free(struct opener *opener)
{
	if (!opener)
		return;
	(void)close(opener->fd);
	while (waitpid(opener->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(opener);
}

/* Signals may interrupt the waiting, and must not lose the answer. */
static int receive_reply(int socket_fd)
{
	struct reply reply;
	struct iovec part = { &reply, sizeof reply };
	union control control = { 0 };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t n;
	int fd;

	do {
		n = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n != sizeof reply)
		return -EPIPE; /* it is gone */
	if (reply.err)
		return reply.err;
	if (message.msg_controllen < sizeof control.header ||
	    control.header.cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	return fd;
}

static int ask(const struct opener *opener, bool is_write, const char *path)
{
	struct request request = { .is_write = is_write };
	size_t len = strlen(path);

	if (len >= sizeof request.path)
		return -ENAMETOOLONG;
	memcpy(request.path, path, len);
	if (send(opener->fd, &request, sizeof request, MSG_NOSIGNAL) < 0)
		return -errno;
	return receive_reply(opener->fd);
}

int opener_write(void *opener, const char *path)
{
	if (strcmp(path, "-") == 0) {
		int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);

		return fd < 0 ? -errno : fd;
	}
	return ask(opener, true, path);
}

int opener_read(void *opener, const char *path)
{
	if (strcmp(path, "-") == 0) {
		int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

		return fd < 0 ? -errno : fd;
	}
	return ask(opener, false, path);
}
