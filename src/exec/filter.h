/*
 * filter.h - which system calls of a program are ours to answer.
 */
#ifndef WAGGLE_EXEC_FILTER_H
#define WAGGLE_EXEC_FILTER_H

#include <linux/seccomp.h>

struct answer;

/* A call of a program, and the function that answers it: rows of call.def. */
struct exec_call {
	const char *name;
	/* The call's result or a negative errno into *ret_result; true: Linux shall do it. */
	bool (*answer)(struct answer *answer, const struct seccomp_notif *request,
		       long long *ret_result);
};

/* The call with this number, or NULL. */
const struct exec_call *exec_call_find(int number);

/* Put this thread, and all that it will start, behind the filter: the descriptor of its
 * notifications, or a negative errno. */
int filter_install(void);

#endif
