/*
 * answer.c - the calls of a program, done by the embedded kernel.
 *
 * A call that gives a descriptor is answered by putting one into the program, which is one step with the
 * answer: nobody can see the one without the other.
 */
#include "exec/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/bits.h"
#include "exec/filter.h"
#include "kern/syscall/user.h"

/* The embedded kernel's bpffs seems to be mounted here, where that of Linux is on most systems. */
static const char bpffs[] = "/sys/fs/bpf";

/* --- Descriptors ------------------------------------------------------------------------------ */

static int add_watch(struct answer *answer, int fd)
{
	char path[64];
	struct stat status;
	int number;

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	number = inotify_add_watch(answer->inotify, path, IN_CLOSE);
	if (number < 0 || fstat(fd, &status))
		return -errno;
	for (size_t i = 0; i < answer->watch_count; i++)
		if (answer->watches[i].number == number)
			return 0;
	if (answer->watch_count == answer->watch_room) {
		size_t room = answer->watch_room ? 2 * answer->watch_room : 64;
		struct watch *watches = realloc(answer->watches, room * sizeof *watches);

		if (!watches)
			return -ENOMEM;
		answer->watches = watches;
		answer->watch_room = room;
	}
	answer->watches[answer->watch_count++] = (struct watch){ number, status.st_ino };
	return 0;
}

/* A call that gives a descriptor, under way. */
struct giving {
	struct answer *answer;
	__u64 id;
	bool is_answered;
};

static int give_fd(void *data, int fd)
{
	struct giving *giving = data;
	struct seccomp_notif_addfd add = {
		.id = giving->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.srcfd = (__u32)fd,
		.newfd_flags = O_CLOEXEC,
	};
	int result = add_watch(giving->answer, fd);

	if (!result) {
		result = ioctl(giving->answer->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
		if (result < 0)
			result = -errno;
		else
			giving->is_answered = true;
	}
	(void)close(fd);
	return result;
}

static bool is_gone(void *data)
{
	struct giving *giving = data;

	return ioctl(giving->answer->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &giving->id) != 0;
}

void answer_closed(struct answer *answer)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t bytes = read(answer->inotify, buffer, sizeof buffer);

	for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= bytes;) {
		struct inotify_event event;

		memcpy(&event, buffer + at, sizeof event);
		at += (ssize_t)(sizeof event + event.len);
		for (size_t i = 0; i < answer->watch_count; i++) {
			struct watch *watch = &answer->watches[i];

			if (watch->number != event.wd)
				continue;
			if (event.mask & IN_IGNORED) /* the file is gone */
				*watch = answer->watches[--answer->watch_count];
			else
				(void)embedded_closed(answer->kernel, watch->inode);
			break;
		}
	}
}

/* --- Calls ------------------------------------------------------------------------------------ */

bool exec_bpf(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	struct giving giving = { .answer = answer, .id = request->id };
	const struct caller caller = {
		.pid = (pid_t)request->pid, .install = give_fd, .is_gone = is_gone, .data = &giving
	};
	const __u64 *args = request->data.args;

	*ret_result =
		embedded_bpf(answer->kernel, &caller, (int)args[0], args[1], (uint32_t)args[2]);
	return false;
}

bool exec_perf_event_open(struct answer *answer, const struct seccomp_notif *request,
			  long long *ret_result)
{
	(void)answer, (void)request;
	*ret_result = -ENOENT; /* what Linux says of events that there are not */
	return false;
}

/* Is the text at @address in the program a path in our bpffs?  Then it is in @path. */
static bool is_ours(const struct seccomp_notif *request, __u64 address, char path[PATH_MAX])
{
	const struct caller caller = { .pid = (pid_t)request->pid };
	const size_t len = sizeof bpffs - 1;

	return user_read_text(&caller, path, address, PATH_MAX) >= 0 &&
	       !strncmp(path, bpffs, len) && (!path[len] || path[len] == '/');
}

bool exec_statfs(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	const struct caller caller = { .pid = (pid_t)request->pid };
	const struct statfs system = {
		.f_type = BPF_FS_MAGIC, .f_bsize = 4096, .f_namelen = 255, .f_frsize = 4096
	};
	char path[PATH_MAX];

	(void)answer;
	if (!is_ours(request, request->data.args[0], path))
		return true;
	*ret_result = user_write(&caller, request->data.args[1], &system, sizeof system);
	return false;
}

static bool remove_path(struct answer *answer, const struct seccomp_notif *request, __u64 address,
			long long *ret_result)
{
	char path[PATH_MAX];

	if (!is_ours(request, address, path))
		return true;
	*ret_result = embedded_unpin(answer->kernel, path);
	return false;
}

bool exec_unlink(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	return remove_path(answer, request, request->data.args[0], ret_result);
}

bool exec_unlinkat(struct answer *answer, const struct seccomp_notif *request,
		   long long *ret_result)
{
	return remove_path(answer, request, request->data.args[1], ret_result);
}

/* Directories are what paths say: none needs to be made. */
static bool on_directory(const struct seccomp_notif *request, __u64 address, long long *ret_result)
{
	char path[PATH_MAX];

	if (!is_ours(request, address, path))
		return true;
	*ret_result = 0;
	return false;
}

bool exec_mkdir(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	(void)answer;
	return on_directory(request, request->data.args[0], ret_result);
}

bool exec_mkdirat(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	(void)answer;
	return on_directory(request, request->data.args[1], ret_result);
}

bool exec_rmdir(struct answer *answer, const struct seccomp_notif *request, long long *ret_result)
{
	(void)answer;
	return on_directory(request, request->data.args[0], ret_result);
}

/* --- Notifications ---------------------------------------------------------------------------- */

int answer_init(struct answer *answer, int listener)
{
	int err;

	*answer = (struct answer){ .listener = listener };
	answer->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (answer->inotify < 0)
		return -errno;
	err = embedded_new(&answer->kernel);
	if (err)
		(void)close(answer->inotify);
	return err;
}

void answer_release(struct answer *answer)
{
	embedded_free(answer->kernel);
	(void)close(answer->inotify);
	free(answer->watches);
}

static void answer_with(const struct answer *answer, const struct seccomp_notif *request,
			bool is_linux, long long result)
{
	struct seccomp_notif_resp response = { .id = request->id };

	if (is_linux)
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (result < 0)
		response.error = (__s32)result;
	else
		response.val = result;
	/* -ENOENT: the program is gone, or its descriptor was the answer. */
	(void)ioctl(answer->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

int answer_next(struct answer *answer)
{
	struct seccomp_notif request = { 0 };
	const struct exec_call *call;
	long long result = -ENOSYS;
	bool is_linux = false;

	if (ioctl(answer->listener, SECCOMP_IOCTL_NOTIF_RECV, &request))
		return errno == EINTR || errno == ENOENT ? 0 :
							   -errno; /* ENOENT: killed meanwhile */
	call = exec_call_find(request.data.nr);
	if (call)
		is_linux = call->answer(answer, &request, &result);
	answer_with(answer, &request, is_linux, result);
	return 0;
}
