/*
 * child.h - processes that a session starts, and those that it waits for.
 */
#ifndef WAGGLE_RUN_CHILD_H
#define WAGGLE_RUN_CHILD_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/strbuf.h"

/* The process of -c: it exists, with its number, from the start, but becomes the command only when it is told to. */
struct run_child {
	pid_t pid;  /* 0: none */
	int socket; /* to tell it, and to hear why it failed */
	int pid_fd; /* readable when it has ended */
	const char *command;
};

/* @command is split into words as a shell does, without running anything.  @mask is the signal mask that
 * it gets.  0 or a negative errno with the reason in @diag. */
int run_child_start(struct run_child *child, const char *command, const sigset_t *mask,
		    struct diag *diag);
/* Become the command. */
int run_child_go(struct run_child *child, struct diag *diag);
/* End it if it still lives. */
void run_child_release(struct run_child *child);

/* A descriptor that is readable when process @pid has ended. */
int run_pid_open(uint32_t pid, struct diag *diag);

/* Run @command by the shell and append what it writes to @ret_text.  0 or a negative errno. */
int run_command(const char *command, const sigset_t *mask, struct strbuf *ret_text);

#endif
