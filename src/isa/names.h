/*
 * names.h - what numbers in instructions are called: the words between disassembler and
 * assembler that are not the instruction set's own.
 *
 * A set of names is a row of functions, so that a caller may offer more or others than Linux's
 * (an embedder's own helpers, say).  Any of them may be NULL.
 */
#ifndef WAGGLE_ISA_NAMES_H
#define WAGGLE_ISA_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct isa_names {
	/* The name of helper @id, or NULL when it has none. */
	const char *(*helper_name)(uint32_t id);
	/* The id of the helper called by the @len bytes at @name, or a negative number. */
	int (*helper_id)(const char *name, size_t len);
	/* Ids below this are worth asking for a name: what 'did you mean' looks through. */
	uint32_t helper_end;
};

/* Linux's helpers, of abi/helper.def. */
extern const struct isa_names isa_linux_names;

#endif
