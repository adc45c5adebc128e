/*
 * compiler.c - running a C compiler.
 *
 * BTF is what GCC (since 12) writes for any machine, and Clang for BPF alone.  The headers of this machine
 * do not compile for BPF, which has neither wide floating point nor folders for its own variant, so Clang
 * makes two steps: it reads C as for this machine, which settles the layout of all types, and writes
 * what it understood as if for BPF.
 */
#include "header/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/file.h"

enum { MOST_WORDS = 256, MOST_STEPS = 2, MOST_STEP_WORDS = 16 };

struct compiler {
	const char *name;
	const char *preprocess[MOST_STEP_WORDS];
	/* The input of each is the output of the one before; the flags belong to the first. */
	const char *compile[MOST_STEPS][MOST_STEP_WORDS];
	const char *build[MOST_STEP_WORDS]; /* programs of BPF; empty: it makes none */
};

/* GCC's assembler wants a path to write to.  It removes the file when it fails, which this one refuses. */
#define OWN_OUTPUT "/proc/self/fd/1"

static const struct compiler compilers[] = {
	{
		.name = "clang",
		.preprocess = { "-w", "-ferror-limit=0", "-E", "-dD", "-P", "-x", "c", "-o", "-",
				"-" },
		.compile = { { "-w", "-ferror-limit=0", "-O0", "-g", "-S", "-emit-llvm", "-x", "c",
			       "-o", "-", "-" },
			     { "-w", "-target", "bpf", "-O0", "-g", "-c", "-x", "ir", "-o", "-",
			       "-" } },
		.build = { "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-c", "-x", "c", "-o", "-",
			   "-" },
	},
	{
		.name = "gcc",
		.preprocess = { "-w", "-E", "-dD", "-P", "-x", "c", "-" },
		.compile = { { "-w", "-O0", "-gbtf", "-c", "-x", "c", "-o", OWN_OUTPUT, "-" } },
	},
};

static bool is_installed(const struct compiler *compiler)
{
	const char *dirs = getenv("PATH");
	struct strbuf path = { 0 };
	bool found = dirs && file_find("", dirs, compiler->name, X_OK, &path);

	strbuf_release(&path);
	return found;
}

const struct compiler *compiler_find(void)
{
	for (size_t i = 0; i < ARRAY_LEN(compilers); i++)
		if (is_installed(&compilers[i]))
			return &compilers[i];
	return NULL;
}

const struct compiler *compiler_find_for_bpf(void)
{
	for (size_t i = 0; i < ARRAY_LEN(compilers); i++)
		if (compilers[i].build[0] && is_installed(&compilers[i]))
			return &compilers[i];
	return NULL;
}

const char *compiler_name(const struct compiler *compiler)
{
	return compiler->name;
}

/* --- one step -------------------------------------------------------------------------------- */

/* Memory that looks like a file: what it is for shows in /proc. */
static int open_memory(const char *purpose)
{
	const int fd = memfd_create(purpose, MFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int fill(int fd, const char *data, size_t len)
{
	while (len > 0) {
		const ssize_t count = write(fd, data, len);

		if (count < 0 && errno != EINTR)
			return -errno;
		if (count > 0) {
			data += count;
			len -= (size_t)count;
		}
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int take(int fd, struct strbuf *out)
{
	char *data;
	size_t len;
	int err = lseek(fd, 0, SEEK_SET) < 0 ? -errno : file_read_fd(fd, &data, &len);

	if (err)
		return err;
	strbuf_add(out, data, len);
	free(data);
	return out->failed ? -ENOMEM : 0;
}

/* Ours, but that messages are in English, because they are read. */
static const char **make_environment(void)
{
	size_t count = 0, kept = 0;
	const char **env;

	while (environ[count])
		count++;
	env = calloc(count + 2, sizeof *env);
	if (!env)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "LC_", 3) != 0 && strncmp(environ[i], "LANG", 4) != 0)
			env[kept++] = environ[i];
	env[kept] = "LC_ALL=C";
	return env;
}

static int spawn(const char *const *argv, const int fds[3])
{
	posix_spawn_file_actions_t actions;
	const char **env = make_environment();
	int err = env ? posix_spawn_file_actions_init(&actions) : ENOMEM, status = 0;
	pid_t pid;

	if (err) {
		free(env);
		return -err;
	}
	for (int i = 0; i < 3 && !err; i++)
		err = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	if (!err) /* it writes to none of its arguments, though their type would allow it */
		err = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv,
				   (char *const *)(uintptr_t)env);
	(void)posix_spawn_file_actions_destroy(&actions);
	free(env);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EINVAL;
}

/* @in becomes @out: a step's words are those of the table and, if there are any, @flags. */
static int run_step(const char *name, compiler_flags flags, const char *const *words,
		    const struct strbuf *in, struct strbuf *out, struct strbuf *said)
{
	const char *argv[MOST_WORDS] = { name };
	size_t count = 1;
	int fds[3] = { open_memory("waggle: C"), open_memory("waggle: types"),
		       open_memory("waggle: messages") };
	int err = 0;

	for (size_t i = 0; flags && flags[i] && count < MOST_WORDS - MOST_STEP_WORDS; i++)
		argv[count++] = flags[i];
	for (size_t i = 0; i < MOST_STEP_WORDS && words[i]; i++)
		argv[count++] = words[i];
	for (int i = 0; i < 3; i++)
		if (fds[i] < 0)
			err = fds[i];
	if (!err)
		err = fill(fds[0], strbuf_text(in), in->len);
	if (!err)
		err = spawn(argv, fds);
	if (!err || err == -EINVAL)
		(void)take(fds[2], said);
	if (!err)
		err = take(fds[1], out);
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	return err;
}

/* --- what is asked of it --------------------------------------------------------------------- */

int compiler_preprocess(const struct compiler *compiler, compiler_flags flags, const char *text,
			struct strbuf *out, struct strbuf *said)
{
	struct strbuf in = { 0 };
	int err;

	strbuf_puts(&in, text);
	err = in.failed ? -ENOMEM :
			  run_step(compiler->name, flags, compiler->preprocess, &in, out, said);
	strbuf_release(&in);
	return err;
}

int compiler_compile(const struct compiler *compiler, compiler_flags flags, const char *text,
		     struct strbuf *out, struct strbuf *said)
{
	struct strbuf in = { 0 }, made = { 0 };
	int err;

	strbuf_puts(&in, text);
	err = in.failed ? -ENOMEM : 0;
	for (size_t i = 0; !err && i < MOST_STEPS && compiler->compile[i][0]; i++) {
		strbuf_reset(&made);
		err = run_step(compiler->name, i ? NULL : flags, compiler->compile[i], &in, &made,
			       said);
		strbuf_reset(&in);
		strbuf_add(&in, made.data, made.len);
	}
	strbuf_add(out, in.data, in.len);
	if (!err && (in.failed || made.failed || out->failed))
		err = -ENOMEM;
	strbuf_release(&in);
	strbuf_release(&made);
	return err;
}

int compiler_build(const struct compiler *compiler, compiler_flags flags, const char *text,
		   struct strbuf *out, struct strbuf *said)
{
	struct strbuf in = { 0 };
	int err;

	strbuf_puts(&in, text);
	err = in.failed ? -ENOMEM :
			  run_step(compiler->name, flags, compiler->build, &in, out, said);
	strbuf_release(&in);
	return err;
}
