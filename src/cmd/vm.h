/*
 * vm.h - what the commands that run programs share.
 */
#ifndef WAGGLE_CMD_VM_H
#define WAGGLE_CMD_VM_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "cmd/command.h"
#include "kern/prog/program.h"

/* The rows of option tables that choose an engine, for vm_engine. */
#define VM_ENGINE_OPTIONS                                                                        \
	{ 0, "interpret", NULL, NULL, "interpret the program" },                                 \
	{                                                                                        \
		0, "jit", NULL, NULL, "run it as machine code, or fail where that cannot be had" \
	}

/* The engine that the options ask for: the better one unless one is named.  On a contradiction
 * prints what is wrong and sets *failed. */
enum program_engine vm_engine(const struct command_args *args, bool *failed);

/* The bytes that @text spells in hexadecimal, with blanks, commas and '0x' between bytes as one
 * likes.  Returns 0 and sets *ret_bytes (free it; never NULL) and *ret_len, or -EINVAL with the
 * reason in @diag, or -ENOMEM. */
int vm_parse_hex(const char *text, struct diag *diag, uint8_t **ret_bytes, size_t *ret_len);

/* "jit (x86_64)", "interpreter". */
const char *vm_engine_name(const struct program *program);

#endif
