/*
 * include_path.c - folders of headers.
 *
 * Headers of the kernel cannot be mixed with those of the C library: both define the same types.
 * So its folders are used only for scripts that include nothing else.
 */
#include "header/include_path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/bits.h"

/* What the kernel calls this machine. */
#if defined(__x86_64__)
#define KERNEL_ARCH "x86"
#elif defined(__aarch64__)
#define KERNEL_ARCH "arm64"
#else
#define KERNEL_ARCH "generic"
#endif

/* In the order in which the kernel's own build has them. */
static const struct {
	bool is_built; /* below what the build made, not the sources */
	const char *dir;
} kernel_dirs[] = {
	{ false, "arch/" KERNEL_ARCH "/include" },
	{ true, "arch/" KERNEL_ARCH "/include/generated" },
	{ false, "include" },
	{ true, "include" },
	{ false, "arch/" KERNEL_ARCH "/include/uapi" },
	{ true, "arch/" KERNEL_ARCH "/include/generated/uapi" },
	{ false, "include/uapi" },
	{ true, "include/generated/uapi" },
};

bool include_path_add(struct include_path *path, const char *flag, const char *value)
{
	if (path->count + 2 > INCLUDE_MOST_FLAGS)
		return false;
	path->flags[path->count++] = flag;
	if (value)
		path->flags[path->count++] = value;
	return true;
}

bool include_is_kernels(const char *name)
{
	static const char *const dirs[] = { "linux/", "asm/",   "asm-generic/", "net/",
					    "uapi/",  "trace/", "crypto/",      "scsi/",
					    "rdma/",  "drm/",   "sound/",       "media/",
					    "kvm/",   "acpi/",  "xen/",         "generated/" };

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (!strncmp(name, dirs[i], strlen(dirs[i])))
			return true;
	return false;
}

/* --- the kernel's folders -------------------------------------------------------------------- */

struct tree {
	const char *source, *build;
	struct arena *arena;
	bool no_memory;
};

static const char *join(struct tree *tree, const char *dir, const char *name)
{
	const char *path = arena_printf(tree->arena, "%s/%s", dir, name);

	tree->no_memory |= !path;
	return path ? path : "";
}

static void find_tree(struct tree *tree)
{
	struct utsname system;
	const char *modules;

	tree->source = getenv("BPFTRACE_KERNEL_SOURCE");
	tree->build = getenv("BPFTRACE_KERNEL_BUILD");
	if (tree->source && !tree->build)
		tree->build = tree->source;
	if (tree->source || uname(&system) != 0)
		return;
	modules = join(tree, "/lib/modules", system.release);
	if (!tree->build)
		tree->build = join(tree, modules, "build");
	/* Debian and others keep what the build made apart from what it was made of */
	tree->source = join(tree, modules, "source");
	if (access(tree->source, F_OK) != 0)
		tree->source = tree->build;
}

static bool has_header(struct tree *tree, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kernel_dirs); i++) {
		const char *root = kernel_dirs[i].is_built ? tree->build : tree->source;

		if (access(join(tree, join(tree, root, kernel_dirs[i].dir), name), R_OK) == 0)
			return true;
	}
	return false;
}

bool include_path_add_kernel(struct include_path *path, const char *const *names, size_t name_count,
			     struct arena *arena)
{
	struct tree tree = { .arena = arena };
	const char *config;

	find_tree(&tree);
	for (size_t i = 0; tree.source && i < name_count; i++)
		if (!has_header(&tree, names[i]))
			return !tree.no_memory;
	if (!tree.source || name_count == 0)
		return !tree.no_memory;
	for (size_t i = 0; i < ARRAY_LEN(kernel_dirs); i++)
		(void)include_path_add(path, "-I",
				       join(&tree,
					    kernel_dirs[i].is_built ? tree.build : tree.source,
					    kernel_dirs[i].dir));
	config = join(&tree, tree.source, "include/linux/kconfig.h");
	if (access(config, R_OK) == 0)
		(void)include_path_add(path, "-include", config);
	(void)include_path_add(path, "-D__KERNEL__", NULL);
	(void)include_path_add(path, "-D__BPF_TRACING__", NULL);
	(void)include_path_add(path, "-DKBUILD_MODNAME=\"waggle\"", NULL);
	return !tree.no_memory;
}
