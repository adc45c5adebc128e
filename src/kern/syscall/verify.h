/*
 * verify.h - the place where a program is judged, and made ready to run.
 */
#ifndef WAGGLE_KERN_SYSCALL_VERIFY_H
#define WAGGLE_KERN_SYSCALL_VERIFY_H

#include "kern/syscall/prog_object.h"

/* Judge @prog, which has all but its 'program', write the log that the caller wants, and make that
 * program.  Returns 0, or a negative errno as BPF_PROG_LOAD has it. */
int verify_prog(struct call *call, struct prog_object *prog);

#endif
