/*
 * exec.h - running a program, as it is, on the embedded kernel.
 *
 * The program and all that it starts run on Linux but for the calls that concern BPF.  Those stop in a seccomp
 * filter whose notifications come to us (seccomp_unotify(2)); we do the call in the program's place.  No
 * library is loaded into it: static programs, other languages' runtimes and shells work alike.
 *
 *	program:  bpf(2) ... -> filter -> notification -> answer.c -> kern/syscall
 *	                                                       `----> a descriptor put into the program
 *
 * A program that has such a filter already, or that leaves its namespaces of processes, is not supported.
 */
#ifndef WAGGLE_EXEC_EXEC_H
#define WAGGLE_EXEC_EXEC_H

#include "base/diag.h"

/* Run @argv, ended by NULL, until it and all processes it started are gone.  Returns 0 and sets *ret_status to
 * the program's as wait(2) has it, or a negative errno with the reason in @diag; -ENOENT, -EACCES, ... of
 * execve(2) when it cannot be started. */
int exec_run(char *const argv[], struct diag *diag, int *ret_status);

#endif
