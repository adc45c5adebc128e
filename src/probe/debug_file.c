/*
 * debug_file.c - finding the file that has the symbols and the DWARF of a stripped one.
 */
#include "probe/debug_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "sym/debug_link.h"

static const char *const usual_dirs = "/usr/lib/debug";

static bool has_checksum(const char *path, uint32_t checksum)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const bool fits = fd >= 0 && debug_link_fits(fd, checksum);

	if (fd >= 0)
		(void)close(fd);
	return fits;
}

struct debug_search {
	const struct elf_file *file;
	struct elf_build_id id;
	struct debug_link link; /* no name: it names none */
	const char *folder;     /* of the file */
	int folder_len;
	const char *root;
	struct strbuf path;
	struct elf_file *found;
};

static void try_build_id(struct debug_search *search)
{
	struct elf_build_id its;

	if (access(strbuf_text(&search->path), R_OK) ||
	    elf_file_open(search->path.data, search->path.data, NULL, &search->found))
		return;
	its = elf_file_build_id(search->found);
	if (its.len == search->id.len && !memcmp(its.bytes, search->id.bytes, its.len))
		return;
	elf_file_free(search->found);
	search->found = NULL;
}

static void try_link(struct debug_search *search)
{
	if (!has_checksum(strbuf_text(&search->path), search->link.checksum) ||
	    elf_file_open(search->path.data, search->path.data, NULL, &search->found))
		search->found = NULL;
}

static void search_build_id(struct debug_search *search, const char *dir, int dir_len)
{
	if (search->id.len < 2)
		return;
	strbuf_reset(&search->path);
	strbuf_puts(&search->path, search->root);
	debug_link_by_build_id(dir, dir_len, search->id.bytes, search->id.len, &search->path);
	try_build_id(search);
}

/* In @dir, and there in @sub. */
static void search_link(struct debug_search *search, const char *dir, int dir_len, const char *sub)
{
	if (!search->link.name || search->found)
		return;
	strbuf_reset(&search->path);
	strbuf_printf(&search->path, "%.*s%s%s", dir_len, dir, sub, search->link.name);
	if (strcmp(strbuf_text(&search->path), elf_file_path(search->file)) != 0)
		try_link(search);
}

static void search_dirs(struct debug_search *search, const char *dirs)
{
	char *folder;

	while (*dirs && !search->found) {
		const int len = (int)strcspn(dirs, ":");

		search_build_id(search, dirs, len);
		if (asprintf(&folder, "%s%.*s%.*s", search->root, len, dirs, search->folder_len,
			     search->folder) >= 0) {
			search_link(search, folder, (int)strlen(folder), "");
			free(folder);
		}
		dirs += len;
		dirs += *dirs == ':';
	}
}

static void read_link(struct debug_search *search)
{
	struct elf_section section;

	if (elf_file_section(search->file, ".gnu_debuglink", &section) && section.data)
		(void)debug_link_read(section.data, section.size, &search->link);
}

struct elf_file *debug_file_open(const struct elf_file *file, const char *dirs, const char *root)
{
	const char *path = elf_file_path(file);
	const char *slash = strrchr(path, '/');
	struct debug_search search = {
		.file = file,
		.id = elf_file_build_id(file),
		.folder = slash ? path : "./",
		.folder_len = slash ? (int)(slash + 1 - path) : 2,
		.root = root ? root : "",
	};

	read_link(&search);
	if (root &&
	    !strncmp(path, root, strlen(root))) { /* DIR has the tree as the process sees it */
		search.folder += strlen(root);
		search.folder_len -= (int)strlen(root);
	}
	search_dirs(&search, dirs ? dirs : usual_dirs);
	if (slash) {
		search_link(&search, path, (int)(slash - path), "/");
		search_link(&search, path, (int)(slash - path), "/.debug/");
	}
	strbuf_release(&search.path);
	return search.found;
}
