/*
 * answer.h - what a program is answered that called us.
 */
#ifndef WAGGLE_EXEC_ANSWER_H
#define WAGGLE_EXEC_ANSWER_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kern/syscall/embedded.h"

/* A file of an object that programs have open, and the number by which inotify(7) tells of it. */
struct watch {
	int number;
	ino_t inode;
};

struct answer {
	struct embedded *kernel;
	int listener; /* of the filter's notifications */
	int inotify;  /* tells when descriptors are closed */
	struct watch *watches;
	size_t watch_count, watch_room;
};

/* 0 or a negative errno.  @listener stays yours. */
int answer_init(struct answer *answer, int listener);
void answer_release(struct answer *answer);

/* Take one notification and answer it: 0, or a negative errno when there can be no more. */
int answer_next(struct answer *answer);

/* inotify has something to tell. */
void answer_closed(struct answer *answer);

/* The rows of call.def. */
#define EXEC_CALL(name)                                                              \
	bool exec_##name(struct answer *answer, const struct seccomp_notif *request, \
			 long long *ret_result);
#include "exec/call.def"

#endif
