/*
 * records.h - func_info and line_info: which function and which line each instruction is of.
 */
#ifndef WAGGLE_KERN_SYSCALL_RECORDS_H
#define WAGGLE_KERN_SYSCALL_RECORDS_H

#include "kern/syscall/prog_object.h"

/* Read what BPF_PROG_LOAD is given of them into @prog, with the BTF that they refer to; as the kernel's
 * check_btf_info. */
int records_read(struct call *call, struct prog_object *prog);

#endif
