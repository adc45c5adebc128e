/*
 * files.c - finding and opening mapped files.
 */
#include "sym/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/hash.h"
#include "sym/lines.h"
#include "sym/root.h"

enum {
	FIRST_SLOTS = 64,
	MOST_HELD = 256, /* descriptors */
};

int files_init(struct files *files, struct arena *arena, struct intern *names,
	       const char *debug_dirs)
{
	*files = (struct files){
		.arena = arena,
		.names = names,
		.debug_dirs = debug_dirs ? debug_dirs : "/usr/lib/debug",
		.slots = calloc(FIRST_SLOTS, sizeof *files->slots),
		.size = FIRST_SLOTS,
	};
	return files->slots ? 0 : -ENOMEM;
}

static void let_go(struct files *files, struct symfile *file)
{
	if (file->fd < 0)
		return;
	(void)close(file->fd);
	file->fd = -1;
	files->held--;
}

void files_release(struct files *files)
{
	for (size_t i = 0; i < files->size && files->slots; i++) {
		for (struct symfile *file = files->slots[i]; file; file = file->next) {
			let_go(files, file);
			unwind_release(&file->frames);
			lines_close(file->lines);
		}
	}
	free(files->slots);
	*files = (struct files){ 0 };
}

struct process_root process_root(uint32_t pid)
{
	struct process_root root;

	(void)snprintf(root.path, sizeof root.path, "/proc/%u/root", pid);
	if (access(root.path, F_OK)) /* it ended, or is not ours to see: our own */
		root.path[0] = '\0';
	return root;
}

int process_open(uint32_t pid, const char *path)
{
	const struct process_root root = process_root(pid);
	int fd = root_open(root.path, path);

	/* It may have ended just now. */
	if (fd < 0 && root.path[0] && !process_root(pid).path[0])
		fd = root_open("", path);
	return fd;
}

/* --- the table of files ----------------------------------------------------------------------- */

static size_t slot_of(const struct files *files, const struct file_key *key)
{
	const uint64_t numbers[2] = { key->device, key->inode };

	return hash_bytes(numbers, sizeof numbers) & (files->size - 1);
}

/* More slots when there are as many files; without memory it stays as it is. */
static void grow(struct files *files)
{
	struct files larger = { .size = files->size * 2 };

	if (files->count < files->size)
		return;
	larger.slots = calloc(larger.size, sizeof *larger.slots);
	if (!larger.slots)
		return;
	for (size_t i = 0; i < files->size; i++) {
		for (struct symfile *file = files->slots[i], *next; file; file = next) {
			struct symfile **slot = &larger.slots[slot_of(&larger, &file->key)];

			next = file->next;
			file->next = *slot;
			*slot = file;
		}
	}
	free(files->slots);
	files->slots = larger.slots;
	files->size = larger.size;
}

static struct symfile *find(struct files *files, const struct file_key *key, int64_t changed_ns)
{
	for (struct symfile *file = files->slots[slot_of(files, key)]; file; file = file->next) {
		if (file->key.device != key->device || file->key.inode != key->inode)
			continue;
		if (file->key.generation && key->generation &&
		    file->key.generation != key->generation)
			continue;
		if (changed_ns < 0 || file->changed_ns < 0 || file->changed_ns == changed_ns)
			return file;
	}
	return NULL;
}

static struct symfile *add(struct files *files, const struct mapping *mapping, int64_t changed_ns)
{
	struct symfile *file = arena_alloc(files->arena, sizeof *file);
	struct symfile **slot;

	if (!file)
		return NULL;
	grow(files);
	*file = (struct symfile){
		.key = mapping->key,
		.changed_ns = changed_ns,
		.path = mapping->path,
		.fd = -1,
	};
	slot = &files->slots[slot_of(files, &mapping->key)];
	file->next = *slot;
	*slot = file;
	files->count++;
	return file;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* What the kernel itself knows to be mapped there, removed or not; it takes CAP_CHECKPOINT_RESTORE. */
static int open_mapped(const struct mapping *mapping, uint32_t pid)
{
	char path[80];
	struct stat stat;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%u/map_files/%llx-%llx", pid,
		       (unsigned long long)mapping->start, (unsigned long long)mapping->end);
	/* A mapped device must not notice. */
	if (lstat(path, &stat) || fstatat(AT_FDCWD, path, &stat, 0) || !S_ISREG(stat.st_mode))
		return -ENOENT;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Is the file of descriptor @fd that of @mapping?  The devices that the kernel shows in the two
 * places differ on file systems that have several of them (btrfs, overlayfs). */
static bool is_same(int fd, const struct mapping *mapping)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && stat.st_ino == mapping->key.inode;
}

static int open_by_path(const struct mapping *mapping, uint32_t pid)
{
	int fd = process_open(pid, mapping->path);

	if (fd >= 0 && !is_same(fd, mapping)) {
		(void)close(fd);
		return -ENOENT;
	}
	return fd;
}

static int open_file(const struct mapping *mapping, uint32_t pid)
{
	int fd = open_mapped(mapping, pid);

	return fd < 0 && !mapping->is_deleted ? open_by_path(mapping, pid) : fd;
}

static int64_t change_time(int fd)
{
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat))
		return -1;
	return stat.st_mtim.tv_sec * INT64_C(1000000000) + stat.st_mtim.tv_nsec;
}

/* Keep @fd with @file, or close it. */
static void give_fd(struct files *files, struct symfile *file, int fd)
{
	if (fd < 0)
		return;
	if (!file || file->fd >= 0 || file->is_loaded) {
		(void)close(fd);
		return;
	}
	file->fd = fd;
	files->held++;
}

static struct symfile *look_up(struct files *files, const struct mapping *mapping, uint32_t pid,
			       bool hold)
{
	struct symfile *file;
	int64_t changed_ns;
	int fd;

	if (!mapping->path)
		return NULL;
	if (*mapping->path != '/') {
		const bool is_vdso = !strcmp(mapping->path, "[vdso]");

		file = is_vdso ? find(files, &mapping->key, -1) : NULL;
		return is_vdso && !file ? add(files, mapping, -1) : file;
	}
	if (mapping->key.generation) {
		file = find(files, &mapping->key, -1);
		if (file)
			return file;
	}
	fd = open_file(mapping, pid);
	changed_ns = change_time(fd);
	file = find(files, &mapping->key, changed_ns);
	if (!file && fd >= 0)
		file = add(files, mapping, changed_ns);
	if (hold && files->held >= MOST_HELD) {
		(void)close(fd);
		return file;
	}
	give_fd(files, file, fd);
	return file;
}

struct symfile *files_of(struct files *files, struct mapping *mapping, uint32_t pid, bool hold)
{
	if (!mapping->is_looked_up) {
		mapping->file = look_up(files, mapping, pid, hold);
		mapping->is_looked_up = true;
	}
	return mapping->file;
}

/* --- symbols ---------------------------------------------------------------------------------- */

/* The kernel gives each process the same one, so ours will do; of how many bytes is in its header:
 * the table of sections is its end. */
static bool vdso_image(const void **ret_image, size_t *ret_len)
{
	const uint8_t *vdso = (const uint8_t *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
	enum { SECTIONS_AT = 0x28, SECTION_SIZE_AT = 0x3a, SECTION_COUNT_AT = 0x3c };

	if (!vdso || sizeof(void *) != 8)
		return false;
	*ret_image = vdso;
	*ret_len = load_u64(vdso + SECTIONS_AT) + (size_t)load_u16(vdso + SECTION_SIZE_AT) *
							  (size_t)load_u16(vdso + SECTION_COUNT_AT);
	return true;
}

static void read_frames(struct symfile *file, const struct symtab_source *source)
{
	struct unwind_section section;

	if (file->has_frames)
		return;
	file->has_frames = true;
	if (symtab_read_frames(source, &section))
		return;
	file->machine = section.machine;
	(void)unwind_build(&section, &file->frames);
	free((void *)(uintptr_t)section.data);
}

/* Debug information is where symbols were, or in the file itself. */
static void open_lines(struct symfile *file, int fd)
{
	const int debug_fd = file->table.debug_path ? root_open("", file->table.debug_path) : -1;

	file->lines = lines_open(debug_fd >= 0 ? debug_fd : fd);
	if (debug_fd >= 0)
		(void)close(debug_fd);
}

/* @fd is the file's, or -1: open it by its path. */
static void load(struct files *files, struct symfile *file, int fd, uint32_t pid)
{
	const struct process_root root = process_root(pid);
	struct symtab_source source = {
		.fd = fd,
		.path = file->path,
		.root = root.path,
		.debug_dirs = files->debug_dirs,
	};

	if (fd < 0 && *file->path == '/')
		source.fd = process_open(pid, file->path);
	if (source.fd >= 0 ||
	    (*file->path == '[' && vdso_image(&source.image, &source.image_len))) {
		if (!file->is_loaded && !symtab_read(&file->table, &source, files->arena) &&
		    files->wants_lines && source.fd >= 0)
			open_lines(file, source.fd);
		if (files->wants_frames)
			read_frames(file, &source);
	}
	if (source.fd >= 0 && source.fd != fd)
		(void)close(source.fd);
	file->is_loaded = true;
	file->has_frames |= files->wants_frames;
}

struct symtab *files_symbols(struct files *files, struct symfile *file, uint32_t pid)
{
	if (!file->is_loaded) {
		load(files, file, file->fd, pid);
		let_go(files, file);
	}
	return &file->table;
}

const struct unwind_table *files_frames(struct files *files, struct symfile *file,
					const struct mapping *mapping, uint32_t pid)
{
	int fd;

	files->wants_frames = true;
	if (!file->has_frames) {
		fd = file->fd < 0 && *file->path == '/' ? open_file(mapping, pid) : file->fd;
		load(files, file, fd, pid);
		if (fd >= 0 && fd != file->fd)
			(void)close(fd);
		let_go(files, file);
	}
	return &file->frames;
}
