/*
 * debug_file.c - finding the file that has the symbols and the DWARF of a stripped one.
 */
#include "probe/debug_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/strbuf.h"

static const char *const usual_dirs = "/usr/lib/debug";

/* CRC-32 as of zlib, Ethernet and .gnu_debuglink: reflected, polynomial 0x04c11db7. */
static uint32_t crc32_of(const unsigned char *data, size_t len)
{
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
	for (size_t i = 0; i < len; i++)
		crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
	return ~crc;
}

static bool has_checksum(const char *path, uint32_t checksum)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	void *data;
	bool fits = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode) || !stat.st_size)
		goto close_fd;
	data = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		goto close_fd;
	fits = crc32_of(data, (size_t)stat.st_size) == checksum;
	(void)munmap(data, (size_t)stat.st_size);
close_fd:
	(void)close(fd);
	return fits;
}

struct debug_search {
	const struct elf_file *file;
	struct elf_build_id id;
	const char *link; /* NULL: it names none */
	uint32_t checksum;
	const char *folder; /* of the file */
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
	if (!has_checksum(strbuf_text(&search->path), search->checksum) ||
	    elf_file_open(search->path.data, search->path.data, NULL, &search->found))
		search->found = NULL;
}

static void search_build_id(struct debug_search *search, const char *dir, int dir_len)
{
	if (search->id.len < 2)
		return;
	strbuf_reset(&search->path);
	strbuf_printf(&search->path, "%s%.*s/.build-id/%02x/", search->root, dir_len, dir,
		      search->id.bytes[0]);
	for (size_t i = 1; i < search->id.len; i++)
		strbuf_printf(&search->path, "%02x", search->id.bytes[i]);
	strbuf_puts(&search->path, ".debug");
	try_build_id(search);
}

/* In @dir, and there in @sub. */
static void search_link(struct debug_search *search, const char *dir, int dir_len, const char *sub)
{
	if (!search->link || search->found)
		return;
	strbuf_reset(&search->path);
	strbuf_printf(&search->path, "%.*s%s%s", dir_len, dir, sub, search->link);
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

/* .gnu_debuglink is a name, zeroes up to a multiple of 4, and the checksum. */
static void read_link(struct debug_search *search)
{
	struct elf_section section;
	size_t len, at;

	if (!elf_file_section(search->file, ".gnu_debuglink", &section) || !section.data)
		return;
	len = strnlen(section.data, section.size);
	at = align_up(len + 1, 4);
	if (!len || at + 4 > section.size || memchr(section.data, '/', len))
		return;
	search->link = section.data;
	search->checksum = load_u32((const char *)section.data + at);
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
