/*
 * compiler.h - the C compiler of this machine: C in, preprocessed text or type information out.
 *
 * Clang is taken if there is one, else GCC.  It is started without a shell, reads and writes memory of
 * ours, and so leaves no file behind.
 */
#ifndef WAGGLE_HEADER_COMPILER_H
#define WAGGLE_HEADER_COMPILER_H

#include <stddef.h>

#include "base/strbuf.h"

struct compiler; /* a row of a table: nothing to free */

/* The compiler that $PATH has, or NULL. */
const struct compiler *compiler_find(void);
const char *compiler_name(const struct compiler *compiler);

/* Options that the compiler gets in all steps, NULL behind the last. */
typedef const char *const *compiler_flags;

/* All these: 0; -EINVAL when the compiler refused, with what it said appended to @said; or another negative errno when
 * it could not be run.  @out has nothing of use then. */

/* Append @text as the preprocessor leaves it, with all definitions ('#define X Y') that it met. */
int compiler_preprocess(const struct compiler *compiler, compiler_flags flags, const char *text,
			struct strbuf *out, struct strbuf *said);

/* Append an ELF object of what @text defines, with its types in the section '.BTF'. */
int compiler_compile(const struct compiler *compiler, compiler_flags flags, const char *text,
		     struct strbuf *out, struct strbuf *said);

/* The compiler that $PATH has for programs of BPF, or NULL. */
const struct compiler *compiler_find_for_bpf(void);

/* Append an ELF object of BPF programs.  What the compiler warns of is appended to @said even so. */
int compiler_build(const struct compiler *compiler, compiler_flags flags, const char *text,
		   struct strbuf *out, struct strbuf *said);

#endif
