/*
 * cgroup.c - paths of control groups by their ids.
 *
 * The id of a control group is the number that its directory has as a file handle, so the kernel
 * finds it at once (open_by_handle_at, which needs CAP_DAC_READ_SEARCH).
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bits.h"
#include "out/internal.h"

enum { FILEID_KERNFS = 0xfe };

/* The path of the directory with @id in the file system mounted at @mount. */
static bool path_by_handle(const char *mount, uint64_t id, char path[PATH_MAX])
{
	union {
		struct file_handle handle;
		uint8_t bytes[sizeof(struct file_handle) + sizeof id];
	} handle = { .handle = { .handle_bytes = sizeof id, .handle_type = FILEID_KERNFS } };
	int mount_fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	char link[40];
	ssize_t len = -1;

	if (mount_fd < 0)
		return false;
	store_u64(handle.bytes + offsetof(struct file_handle, f_handle), id);
	fd = open_by_handle_at(mount_fd, &handle.handle, O_PATH | O_CLOEXEC);
	if (fd >= 0) {
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		len = readlink(link, path, PATH_MAX - 1);
		(void)close(fd);
	}
	(void)close(mount_fd);
	if (len < 0)
		return false;
	path[len] = '\0';
	return true;
}

/* What bpftrace calls the hierarchy at @mount. */
static const char *hierarchy_name(const struct mntent *mount)
{
	const char *slash = strrchr(mount->mnt_dir, '/');

	if (strcmp(mount->mnt_type, "cgroup2") == 0)
		return "unified";
	return slash ? slash + 1 : mount->mnt_dir;
}

static void put_path(const struct mntent *mount, const char *path, bool is_first,
		     struct strbuf *ret_text)
{
	size_t len = strlen(mount->mnt_dir);

	if (strncmp(path, mount->mnt_dir, len) == 0)
		path += len;
	strbuf_printf(ret_text, "%s%s:%s", is_first ? "" : ",", hierarchy_name(mount),
		      *path ? path : "/");
}

/* What the hierarchies of @type know of @id: whether there is anything. */
static bool put_hierarchies(const char *type, uint64_t id, const char *pattern, bool is_first,
			    struct strbuf *ret_text)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	const struct mntent *mount;
	char path[PATH_MAX];

	while (mounts && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, type) != 0 ||
		    (pattern && fnmatch(pattern, hierarchy_name(mount), 0) != 0) ||
		    !path_by_handle(mount->mnt_dir, id, path))
			continue;
		put_path(mount, path, is_first, ret_text);
		is_first = false;
	}
	if (mounts)
		(void)endmntent(mounts);
	return !is_first;
}

/* The ids of scripts are those of the unified hierarchy; the numbers of others can be the same by chance, so
 * that they are asked when the former does not know it, or when somebody names them. */
void text_cgroup_path(uint64_t id, const char *pattern, struct strbuf *ret_text)
{
	bool is_known = put_hierarchies("cgroup2", id, pattern, true, ret_text);

	if (!is_known || pattern)
		(void)put_hierarchies("cgroup", id, pattern, !is_known, ret_text);
}
