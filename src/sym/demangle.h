/*
 * demangle.h - names of C++ and Rust as people write them.
 *
 * C++ by the Itanium ABI (https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling), written as
 * __cxa_demangle does; Rust by RFC 2603 ("v0") and its older scheme, which is that of C++ with a hash at
 * the end.  What a compiler adds behind a dot for a part or copy of a function is shown as
 * "[clone .cold]"; hashes of Rust are left out.
 */
#ifndef WAGGLE_SYM_DEMANGLE_H
#define WAGGLE_SYM_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* Append what @name stands for to @out; false, with nothing appended, when it is no mangled name. */
bool demangle(const char *name, struct strbuf *out);

/* The schemes, for demangle(): the @len bytes are the name without what follows its first dot. */
bool demangle_cxx(const char *name, size_t len, struct strbuf *out);
bool demangle_rust(const char *name, size_t len, struct strbuf *out);        /* "_R..." */
bool demangle_rust_legacy(const char *name, size_t len, struct strbuf *out); /* "_ZN...17h...E" */

#endif
