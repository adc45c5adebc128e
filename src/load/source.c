/*
 * source.c - compiling C programs of BPF.
 */
#include "load/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"
#include "btf/c.h"
#include "header/compiler.h"

#if defined(__x86_64__)
#define TARGET  "-D__TARGET_ARCH_x86"
#define TRIPLET "/usr/include/x86_64-linux-gnu"
#elif defined(__aarch64__)
#define TARGET  "-D__TARGET_ARCH_arm64"
#define TRIPLET "/usr/include/aarch64-linux-gnu"
#else
#define TARGET  "-D__TARGET_ARCH_unknown"
#define TRIPLET "/usr/include"
#endif

struct compiling {
	const char *path;
	const char *folder; /* of the source */
	const struct btf *kernel;
	struct diag *diag;
	struct arena arena;
};

/* --- vmlinux.h -------------------------------------------------------------------------------- */

static bool includes_kernel_types(const char *text)
{
	return strstr(text, "\"vmlinux.h\"") || strstr(text, "<vmlinux.h>");
}

static bool is_beside(struct compiling *c)
{
	const char *own = arena_printf(&c->arena, "%s/vmlinux.h", c->folder);

	return own && access(own, R_OK) == 0;
}

/* The folder that the kernel's header is kept in: one for each kernel, whose version says when it was built. */
static const char *cache_folder(struct compiling *c)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct utsname host;
	uint32_t hash;

	if (uname(&host) != 0)
		return NULL;
	hash = hash_bytes(&host, sizeof host) ^ btf_last_id(c->kernel);
	if (cache && *cache == '/')
		return arena_printf(&c->arena, "%s/waggle/%s-%08x", cache, host.release, hash);
	if (home && *home == '/')
		return arena_printf(&c->arena, "%s/.cache/waggle/%s-%08x", home, host.release,
				    hash);
	return arena_printf(&c->arena, "/tmp/waggle-%u/%s-%08x", (unsigned int)geteuid(),
			    host.release, hash);
}

/* All folders on the way to @path, which is changed meanwhile, and it. */
static int make_folders(char *path)
{
	for (char *p = path + 1;; p++) {
		const char was = *p;

		if (was && was != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		*p = was;
		if (!was)
			return 0;
	}
}

/* Written beside, and put in place as a whole: others may be reading or writing it, too. */
static int write_whole(const char *path, const char *draft, const struct strbuf *text)
{
	FILE *file = fopen(draft, "wex");
	bool ok;

	if (!file)
		return -errno;
	ok = fwrite(text->data, 1, text->len, file) == text->len;
	ok = fclose(file) == 0 && ok && rename(draft, path) == 0;
	if (ok)
		return 0;
	(void)unlink(draft);
	return -EIO;
}

static int make_header(struct compiling *c, const char *folder, const char *path)
{
	const char *draft = arena_printf(&c->arena, "%s.%ld", path, (long)getpid());
	char *copy = arena_strndup(&c->arena, folder, strlen(folder));
	struct strbuf text = { 0 };
	int err = draft && copy ? make_folders(copy) : -ENOMEM;

	if (!err)
		err = btf_to_c(c->kernel, &text);
	if (!err)
		err = write_whole(path, draft, &text);
	strbuf_release(&text);
	if (err)
		diag_error(c->diag, SPAN_NONE, "cannot make '%s': %s", path, strerror(-err));
	return err;
}

/* Somebody else's file in a folder that all can write to is not to be trusted. */
static bool is_ours(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
	       !(info.st_mode & 022) && info.st_size;
}

static int provide_header(struct compiling *c, const char **ret_folder)
{
	const char *path;

	if (!c->kernel) {
		diag_error(c->diag, SPAN_NONE,
			   "it includes vmlinux.h, and this kernel does not show its types");
		diag_hint(c->diag, "put a vmlinux.h beside it: CO-RE fits it to the kernel");
		return -ENOENT;
	}
	*ret_folder = cache_folder(c);
	path = *ret_folder ? arena_printf(&c->arena, "%s/vmlinux.h", *ret_folder) : NULL;
	if (!path)
		return -ENOMEM;
	return is_ours(path) ? 0 : make_header(c, *ret_folder, path);
}

/* --- compiling -------------------------------------------------------------------------------- */

static int compile(struct compiling *c, const char *text, size_t len, struct strbuf *out,
		   struct strbuf *said)
{
	const struct compiler *compiler = compiler_find_for_bpf();
	const char *flags[] = { TARGET, "-I", c->folder, "-Wall", "-I", TRIPLET, NULL, NULL, NULL };
	const char *cache = NULL;
	struct strbuf whole = { 0 };
	int err = 0;

	if (!compiler) {
		diag_error(c->diag, SPAN_NONE, "compiling it needs clang, which is not installed");
		diag_hint(c->diag, "install the package 'clang', or compile it elsewhere: CO-RE "
				   "fits the object to this kernel");
		return -ENOENT;
	}
	if (includes_kernel_types(text) && !is_beside(c))
		err = provide_header(c, &cache);
	if (err)
		return err;
	if (cache) {
		flags[6] = "-I";
		flags[7] = cache;
	}
	strbuf_printf(&whole, "#line 1 \"%s\"\n", c->path);
	strbuf_add(&whole, text, len);
	err = whole.failed ? -ENOMEM :
			     compiler_build(compiler, flags, strbuf_text(&whole), out, said);
	strbuf_release(&whole);
	if (err == -EINVAL)
		diag_error(c->diag, SPAN_NONE, "%s does not compile it", compiler_name(compiler));
	return err;
}

int source_compile(const char *path, const char *text, size_t len, const struct btf *kernel,
		   struct diag *diag, struct strbuf *out, struct strbuf *said)
{
	const char *slash = strrchr(path, '/');
	struct compiling c = { .path = path, .kernel = kernel, .diag = diag };
	int err;

	c.folder =
		slash ? arena_strndup(&c.arena, path, slash == path ? 1 : (size_t)(slash - path)) :
			".";
	err = c.folder ? compile(&c, text, len, out, said) : -ENOMEM;
	arena_release(&c.arena);
	return err;
}
