/*
 * syscall.h - the system calls of this machine: numbers, names, and how tracepoints call them.
 *
 * The table is syscall.def.
 */
#ifndef WAGGLE_ABI_SYSCALL_H
#define WAGGLE_ABI_SYSCALL_H

struct abi_syscall {
	const char *name;  /* as in <asm/unistd.h>: "fstat" */
	const char *event; /* the part of the tracepoint's name behind "sys_enter_": "newfstat" */
	int number;
};

/* By the name of either kind; NULL: there is none on this machine. */
const struct abi_syscall *abi_syscall_named(const char *name);
const struct abi_syscall *abi_syscall_event(const char *event);

/* By its number, or NULL; all numbers are below the count. */
const struct abi_syscall *abi_syscall_numbered(int number);
int abi_syscall_count(void);

#endif
