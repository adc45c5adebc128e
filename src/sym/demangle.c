/*
 * demangle.c - which scheme a name is of.
 */
#include "sym/demangle.h"

enum {
	MOST_MANGLED = 16 << 10,
	MOST_DEMANGLED = 64 << 10, /* substitutions can make much of little */
};

static bool demangle_base(const char *name, size_t len, struct strbuf *out)
{
	if (len > 2 && name[0] == '_' && name[1] == 'R')
		return demangle_rust(name, len, out);
	if (len > 2 && name[0] == '_' && name[1] == 'Z')
		return demangle_rust_legacy(name, len, out) || demangle_cxx(name, len, out);
	return false;
}

/* Where the name ends: legacy names of Rust have dots inside. */
static size_t base_length(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] == '.' && (i == 0 || name[i - 1] != '.') && name[i + 1] != '.')
			return i;
	return len;
}

bool demangle(const char *name, struct strbuf *out)
{
	const size_t len = strnlen(name, MOST_MANGLED + 1), before = out->len;
	size_t base;

	if (len > MOST_MANGLED || name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
		return false;
	base = base_length(name, len);
	if (!demangle_base(name, base, out) || out->failed || out->len - before > MOST_DEMANGLED) {
		if (out->data && !out->failed) {
			out->len = before;
			out->data[before] = '\0';
		}
		return false;
	}
	/* The number of a module of LLVM says nothing. */
	if (base < len && strncmp(name + base, ".llvm.", 6) != 0)
		strbuf_printf(out, " [clone %s]", name + base);
	return true;
}
