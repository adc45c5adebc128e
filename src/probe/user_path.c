/*
 * user_path.c - what people write for an executable, and which files they mean.
 *
 * A name with '/' is a path.  Any other is looked for in PATH, and then among libraries: in the dynamic linker's
 * cache, or where there is none (musl) in the usual folders.  All that happens below the root of the process
 * that is meant.
 */
#include "probe/user_path.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "probe/ld_cache.h"

static const char *const usual_path =
	"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
static const char *const library_dirs = "/lib:/usr/lib:/usr/local/lib:/lib64:/usr/lib64";

void user_root(const char *proc, uint32_t pid, struct strbuf *out)
{
	const size_t before = out->len;
	struct stat ours, theirs;

	if (!pid)
		return;
	strbuf_printf(out, "%s/%u/root", proc, pid);
	/* A process that is gone, or not ours to look at, shows no root: then paths are taken as ours. */
	if (!stat("/", &ours) && !stat(strbuf_text(out) + before, &theirs) &&
	    (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino))
		return;
	if (out->data) {
		out->len = before;
		out->data[before] = '\0';
	}
}

static const char *search_path(void)
{
	const char *path = getenv("PATH");

	return path && *path ? path : usual_path;
}

static bool find_in_cache(const char *root, const char *name, struct strbuf *out)
{
	const char *found = NULL;
	char *path, *data;
	size_t len;

	if (asprintf(&path, "%s/etc/ld.so.cache", root) < 0)
		return false;
	if (!file_read(path, NULL, &data, &len)) {
		found = ld_cache_find(data, len, name);
		if (found)
			strbuf_puts(out, found);
		free(data);
	}
	free(path);
	return found;
}

static bool find_library(const char *root, const char *name, struct strbuf *out)
{
	char *file;
	bool is_found;

	if (find_in_cache(root, name, out))
		return true;
	if (asprintf(&file, "%s%s%s", strncmp(name, "lib", 3) ? "lib" : "", name,
		     strstr(name, ".so") ? "" : ".so") < 0)
		return false;
	is_found = file_find(root, library_dirs, file, F_OK, out);
	free(file);
	return is_found;
}

static int refuse_name(const char *name, struct diag *diag)
{
	diag_error(diag, SPAN_NONE, "there is no program '%s' in PATH, and no library of that name",
		   name);
	if (!access(name, F_OK))
		diag_hint(diag, "for the file in this folder write: ./%s", name);
	else
		diag_hint(diag,
			  "libraries are known by: ldconfig -p; else write the path of the file");
	return -ENOENT;
}

/* Paths that do not begin with '/' are from where we are, whoever is traced. */
static int find_path(const char *root, const char *name, struct diag *diag, struct strbuf *out)
{
	char *full, *path;
	int err = 0;

	if (name[0] != '/') {
		full = realpath(name, NULL);
		if (full)
			strbuf_puts(out, full);
		else
			err = -errno;
		free(full);
	} else {
		if (asprintf(&path, "%s%s", root, name) < 0)
			return -ENOMEM;
		if (access(path, F_OK))
			err = -errno;
		else
			strbuf_puts(out, name);
		free(path);
	}
	if (!err)
		return 0;
	diag_error(diag, SPAN_NONE, "there is no file '%s'%s: %s", name,
		   *root ? " where the process sees it" : "", strerror(-err));
	return err;
}

int user_path_find(const char *root, const char *name, struct diag *diag, struct strbuf *out)
{
	if (strchr(name, '/'))
		return find_path(root, name, diag, out);
	if (file_find(root, search_path(), name, F_OK, out) || find_library(root, name, out))
		return 0;
	return refuse_name(name, diag);
}

/* --- patterns --------------------------------------------------------------------------------- */

static int glob_one(const char *root, const char *dir, int dir_len, const char *pattern,
		    user_path_fn *found, void *data)
{
	char *path;
	glob_t hits;
	int err = 0;

	if (asprintf(&path, "%s%.*s%s%s", root, dir_len, dir, dir_len ? "/" : "", pattern) < 0)
		return -ENOMEM;
	if (!glob(path, 0, NULL, &hits)) {
		for (size_t i = 0; i < hits.gl_pathc && err >= 0; i++)
			err = found(data, root, hits.gl_pathv[i] + strlen(root));
		globfree(&hits);
	}
	free(path);
	return err < 0 ? err : 0;
}

int user_path_glob(const char *root, const char *pattern, user_path_fn *found, void *data)
{
	const char *dirs = search_path();
	int err = 0;

	if (strchr(pattern, '/'))
		return glob_one(pattern[0] == '/' ? root : "", "", 0, pattern, found, data);
	while (*dirs && !err) {
		const int len = (int)strcspn(dirs, ":");

		if (dirs[0] == '/')
			err = glob_one(root, dirs, len, pattern, found, data);
		dirs += len;
		dirs += *dirs == ':';
	}
	return err;
}

/* --- files that are mapped -------------------------------------------------------------------- */

/* The path of a line of /proc/PID/maps if it is code of a file, or NULL:
 * "7f00-7f10 r-xp 00001000 08:01 1234    /usr/lib/libx.so" */
static const char *mapped_code(char *line)
{
	static const char deleted[] = " (deleted)";
	char *path = strchr(line, '/'), *end;
	const char *mode = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (!path || !mode || strlen(mode) < 5 || mode[3] != 'x')
		return NULL;
	end = path + strlen(path);
	if ((size_t)(end - path) >= sizeof deleted - 1 &&
	    !strcmp(end - (sizeof deleted - 1), deleted))
		return NULL;
	return path;
}

static int map_process(const char *proc, uint32_t pid, user_path_fn *found, void *data)
{
	struct strbuf root = { 0 }, last = { 0 };
	char *name, *line = NULL;
	size_t size = 0;
	FILE *maps;
	int err = 0;

	if (asprintf(&name, "%s/%u/maps", proc, pid) < 0)
		return -ENOMEM;
	maps = fopen(name, "re");
	err = maps ? 0 : -errno;
	free(name);
	if (err)
		return err;
	user_root(proc, pid, &root);
	while (err >= 0 && getline(&line, &size, maps) > 0) {
		const char *path = mapped_code(line);

		if (!path || !strcmp(path, strbuf_text(&last)))
			continue;
		strbuf_reset(&last);
		strbuf_puts(&last, path);
		err = found(data, strbuf_text(&root), path);
	}
	free(line);
	(void)fclose(maps);
	strbuf_release(&root);
	strbuf_release(&last);
	return err < 0 ? err : 0;
}

int user_path_mapped(const char *proc, uint32_t pid, user_path_fn *found, void *data,
		     struct diag *diag)
{
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	if (pid) {
		err = map_process(proc, pid, found, data);
		if (err == -ENOENT || err == -ESRCH)
			diag_error(diag, SPAN_NONE, "there is no process %u", pid);
		else if (err == -EACCES || err == -EPERM)
			diag_error(diag, SPAN_NONE, "the files of process %u are not ours to see",
				   pid);
		return err;
	}
	dir = opendir(proc);
	if (!dir) {
		err = -errno;
		diag_error(diag, SPAN_NONE, "cannot list processes in '%s': %s", proc,
			   strerror(-err));
		return err;
	}
	while (err >= 0 && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0])) {
			err = map_process(proc, (uint32_t)strtoul(entry->d_name, NULL, 10), found,
					  data);
			/* It may have ended meanwhile, or not be ours. */
			if (err == -ENOENT || err == -ESRCH || err == -EACCES || err == -EPERM)
				err = 0;
		}
	(void)closedir(dir);
	return err < 0 ? err : 0;
}
