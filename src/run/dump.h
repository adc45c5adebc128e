/*
 * dump.h - programs as the kernel keeps them.
 */
#ifndef WAGGLE_RUN_DUMP_H
#define WAGGLE_RUN_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sys/sys.h"

/* Append the instructions of the program as the verifier left them, each with its number. */
int run_dump_xlated(const struct sys *sys, int prog_fd, const char *name, struct strbuf *out);

/* Append its machine code, in hexadecimal digits; -ENOENT when the kernel has made or shows none. */
int run_dump_jited(const struct sys *sys, int prog_fd, const char *name, struct strbuf *out);

#endif
