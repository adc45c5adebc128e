/*
 * symtab.c - symbol tables of ELF files by libelf.
 *
 * Sections are read, not mapped: a file that is written meanwhile must not kill us (SIGBUS).  Only
 * the names of functions are kept.
 */
#include "sym/symtab.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "config.h"
#include "sym/debug_link.h"
#include "sym/root.h"
#include "sym/unwind.h"
#include "sym/xz.h"

/* A symbol while it is decided which to keep. */
struct candidate {
	uint64_t address;
	uint64_t size;
	const char *name;
	unsigned int rank; /* the least of one address is kept */
};

/* A file that names may still point into. */
struct opened {
	Elf *elf;
	int fd;     /* -1: none */
	char *data; /* of an image in memory; or NULL */
};

enum { MOST_OPENED = 3 }; /* the file, its debug file, the one inside */

struct reader {
	const struct symtab_source *source;
	struct symtab *table;
	struct arena *arena;
	struct opened opened[MOST_OPENED];
	size_t opened_count;
	struct candidate *candidates;
	size_t count;
	size_t room;
	bool has_debug_data;
	bool has_symtab;
};

/* --- sections --------------------------------------------------------------------------------- */

static const char *section_name(Elf *elf, const GElf_Shdr *header)
{
	size_t names;
	const char *name = elf_getshdrstrndx(elf, &names) ? NULL :
							    elf_strptr(elf, names, header->sh_name);

	return name ? name : "";
}

static Elf_Scn *find_section(Elf *elf, const char *name, GElf_Shdr *ret_header)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, ret_header) && ret_header->sh_type != SHT_NOBITS &&
		    !strcmp(section_name(elf, ret_header), name))
			return scn;
	return NULL;
}

static Elf_Data *section_data(Elf *elf, const char *name)
{
	GElf_Shdr header;
	Elf_Scn *scn = find_section(elf, name, &header);

	return scn ? elf_getdata(scn, NULL) : NULL;
}

static int read_segments(struct reader *reader, Elf *elf)
{
	struct symtab *table = reader->table;
	size_t count;

	if (elf_getphdrnum(elf, &count))
		return -EINVAL;
	table->segments = arena_alloc_array(reader->arena, count, sizeof *table->segments);
	if (!table->segments)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_LOAD)
			continue;
		table->segments[table->segment_count++] = (struct segment){
			.offset = header.p_offset,
			.size = header.p_filesz,
			.address = header.p_vaddr,
			.is_code = header.p_flags & PF_X,
		};
	}
	return 0;
}

/* The build id is a note, in whichever section of notes. */
static size_t read_build_id(Elf *elf, uint8_t ret_id[BUILD_ID_BYTES])
{
	Elf_Scn *scn = NULL;
	GElf_Shdr section;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;
		GElf_Nhdr note;
		size_t at = 0, name, desc;

		if (!gelf_getshdr(scn, &section) || section.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(scn, NULL);
		while (data && (at = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
			if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
			    memcmp((const char *)data->d_buf + name, "GNU", 4) != 0)
				continue;
			if (!note.n_descsz || note.n_descsz > BUILD_ID_BYTES)
				continue;
			memcpy(ret_id, (const char *)data->d_buf + desc, note.n_descsz);
			return note.n_descsz;
		}
	}
	return 0;
}

/* --- symbols ---------------------------------------------------------------------------------- */

/* Of "write", "__write" and "__libc_write" people mean the first; local names come last. */
static unsigned int rank(const GElf_Sym *symbol, const char *name)
{
	unsigned int underscores = 0;

	while (name[underscores] == '_' && underscores < 15)
		underscores++;
	return (symbol->st_size ? 0u : 1u << 8) |
	       (GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE ? 1u << 7 : 0u) |
	       (GELF_ST_BIND(symbol->st_info) == STB_LOCAL ? 1u << 6 : 0u) |
	       (underscores > 2 || (underscores && name[1] != 'Z') ? underscores << 1 : 0u) |
	       (GELF_ST_BIND(symbol->st_info) == STB_WEAK ? 1u : 0u);
}

static bool is_in_code(const struct symtab *table, uint64_t address)
{
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];

		if (segment->is_code && address - segment->address < segment->size)
			return true;
	}
	return false;
}

/* Functions; and names without a type in code, which assemblers make. */
static bool is_wanted(const struct symtab *table, const GElf_Sym *symbol, const char *name)
{
	const int type = GELF_ST_TYPE(symbol->st_info);

	if (symbol->st_shndx == SHN_UNDEF || !name || !*name || *name == '$')
		return false;
	if (type != STT_FUNC && type != STT_GNU_IFUNC && type != STT_NOTYPE)
		return false;
	return is_in_code(table, symbol->st_value);
}

static int add_candidate(struct reader *reader, const struct candidate *candidate)
{
	if (reader->count == reader->room) {
		const size_t room = reader->room ? reader->room * 2 : 256;
		struct candidate *grown = reallocarray(reader->candidates, room, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		reader->candidates = grown;
		reader->room = room;
	}
	reader->candidates[reader->count++] = *candidate;
	return 0;
}

static int add_symbols(struct reader *reader, Elf *elf, Elf_Scn *scn, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	const size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;

	for (size_t i = 1; i < count && i < INT32_MAX; i++) {
		GElf_Sym symbol;
		const char *name;
		int err;

		if (!gelf_getsym(data, (int)i, &symbol))
			break;
		name = elf_strptr(elf, header->sh_link, symbol.st_name);
		if (!is_wanted(reader->table, &symbol, name))
			continue;
		err = add_candidate(reader, &(struct candidate){
						    .address = symbol.st_value,
						    .size = symbol.st_size,
						    .name = name,
						    .rank = rank(&symbol, name),
					    });
		if (err)
			return err;
	}
	return 0;
}

/* Add the symbols of the section of @type; *ret_found says whether there is one. */
static int add_section(struct reader *reader, Elf *elf, uint32_t type, bool *ret_found)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	*ret_found = false;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &header) || header.sh_type != type)
			continue;
		*ret_found = true;
		return add_symbols(reader, elf, scn, &header);
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	if (one->rank != other->rank)
		return one->rank < other->rank ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* Sort, and keep the best name of each address. */
static void choose(struct reader *reader)
{
	size_t kept = 0;

	if (!reader->count)
		return;
	qsort(reader->candidates, reader->count, sizeof *reader->candidates, compare);
	for (size_t i = 1; i < reader->count; i++)
		if (reader->candidates[i].address != reader->candidates[kept].address)
			reader->candidates[++kept] = reader->candidates[i];
	reader->count = kept + 1;
}

static uint64_t segment_end(const struct symtab *table, uint64_t address)
{
	for (size_t i = 0; i < table->segment_count; i++) {
		const struct segment *segment = &table->segments[i];

		if (address - segment->address < segment->size)
			return segment->address + segment->size;
	}
	return address;
}

/* One without a size reaches to the next one. */
static uint32_t size_of(const struct reader *reader, size_t i)
{
	const struct candidate *candidate = &reader->candidates[i];
	uint64_t size = candidate->size;

	if (!size) {
		uint64_t end = segment_end(reader->table, candidate->address);

		if (i + 1 < reader->count && candidate[1].address < end)
			end = candidate[1].address;
		size = end - candidate->address;
	}
	return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static int keep(struct reader *reader)
{
	struct symtab *table = reader->table;
	size_t bytes = 0;
	char *names;

	choose(reader);
	for (size_t i = 0; i < reader->count; i++)
		bytes += strlen(reader->candidates[i].name) + 1;
	names = arena_alloc(reader->arena, bytes);
	table->symbols = arena_alloc_array(reader->arena, reader->count, sizeof *table->symbols);
	if (!names || !table->symbols)
		return -ENOMEM;
	for (size_t i = 0; i < reader->count; i++) {
		const size_t len = strlen(reader->candidates[i].name) + 1;

		memcpy(names, reader->candidates[i].name, len);
		table->symbols[i] = (struct symbol){
			.address = reader->candidates[i].address,
			.name = names,
			.size = size_of(reader, i),
		};
		names += len;
	}
	table->symbol_count = reader->count;
	return 0;
}

/* --- files ------------------------------------------------------------------------------------ */

/* Take over @fd or @data, also on failure. */
static Elf *open_elf(struct reader *reader, int fd, char *data, size_t len)
{
	Elf *elf = data ? elf_memory(data, len) : elf_begin(fd, ELF_C_READ, NULL);

	if (elf && elf_kind(elf) == ELF_K_ELF && reader->opened_count < MOST_OPENED) {
		reader->opened[reader->opened_count++] =
			(struct opened){ .elf = elf, .fd = fd, .data = data };
		return elf;
	}
	(void)elf_end(elf);
	if (fd >= 0)
		(void)close(fd);
	free(data);
	return NULL;
}

static void close_all(struct reader *reader)
{
	for (size_t i = 0; i < reader->opened_count; i++) {
		struct opened *opened = &reader->opened[i];

		(void)elf_end(opened->elf);
		if (opened->fd >= 0)
			(void)close(opened->fd);
		free(opened->data);
	}
	free(reader->candidates);
}

/* Open the debug file at @path if it is that of our file: it has the same build id, or, without
 * one, the checksum *@checksum.  NULL: it is not. */
static Elf *try_debug_file(struct reader *reader, const char *path, const uint32_t *checksum)
{
	const char *roots[] = { reader->source->root, "" };
	const struct symtab *table = reader->table;

	for (size_t i = 0; i < (*roots[0] ? 2 : 1); i++) {
		int fd = root_open(roots[i], path);
		uint8_t id[BUILD_ID_BYTES];
		size_t id_len;
		Elf *elf;

		if (fd < 0)
			continue;
		elf = open_elf(reader, fd, NULL, 0);
		if (!elf)
			continue;
		id_len = read_build_id(elf, id);
		if (table->build_id_len ?
			    id_len == table->build_id_len && !memcmp(id, table->build_id, id_len) :
			    checksum && debug_link_fits(fd, *checksum)) {
			reader->table->debug_path =
				arena_printf(reader->arena, "%s%s", roots[i], path);
			return elf;
		}
		(void)elf_end(elf);
		(void)close(fd);
		reader->opened_count--;
	}
	return NULL;
}

static Elf *debug_by_build_id(struct reader *reader, const char *dir, int dir_len)
{
	const struct symtab *table = reader->table;
	struct strbuf path = { 0 };
	Elf *elf = NULL;

	if (table->build_id_len < 2)
		return NULL;
	debug_link_by_build_id(dir, dir_len, table->build_id, table->build_id_len, &path);
	if (!path.failed)
		elf = try_debug_file(reader, strbuf_text(&path), NULL);
	strbuf_release(&path);
	return elf;
}

PRINTF_LIKE(3, 4)
static Elf *debug_at(struct reader *reader, uint32_t checksum, const char *format, ...)
{
	struct strbuf path = { 0 };
	Elf *elf = NULL;
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&path, format, args);
	va_end(args);
	if (!path.failed)
		elf = try_debug_file(reader, strbuf_text(&path), &checksum);
	strbuf_release(&path);
	return elf;
}

static bool read_link(Elf *elf, struct debug_link *ret_link)
{
	Elf_Data *data = section_data(elf, ".gnu_debuglink");

	return data && data->d_buf && debug_link_read(data->d_buf, data->d_size, ret_link);
}

/* Call for each directory of the list until one has the file. */
static Elf *find_debug_file(struct reader *reader, Elf *elf)
{
	const char *path = reader->source->path ? reader->source->path : "";
	const char *slash = strrchr(path, '/');
	const int len = slash ? (int)(slash - path) : 0;
	struct debug_link link = { 0 };
	const bool is_linked = slash && read_link(elf, &link);
	Elf *found = NULL;

	for (const char *dir = reader->source->debug_dirs; !found && *dir;) {
		const int dir_len = (int)strcspn(dir, ":");

		found = debug_by_build_id(reader, dir, dir_len);
		if (!found && is_linked)
			found = debug_at(reader, link.checksum, "%.*s%.*s/%s", dir_len, dir, len,
					 path, link.name);
		dir += dir_len + (dir[dir_len] == ':');
	}
	if (!found && is_linked)
		found = debug_at(reader, link.checksum, "%.*s/.debug/%s", len, path, link.name);
	if (!found && is_linked)
		found = debug_at(reader, link.checksum, "%.*s/%s", len, path, link.name);
	return found;
}

static int add_small_debug_data(struct reader *reader, Elf *elf)
{
	Elf_Data *packed = section_data(elf, ".gnu_debugdata");
	struct strbuf data = { 0 };
	bool found;

	if (!packed || !packed->d_buf || xz_unpack(packed->d_buf, packed->d_size, &data))
		return 0; /* it is an extra */
	elf = open_elf(reader, -1, data.data, data.len);
	return elf ? add_section(reader, elf, SHT_SYMTAB, &found) : 0;
}

static int read_file(struct reader *reader, Elf *elf)
{
	bool found;
	Elf *debug;
	int err = read_segments(reader, elf);

	if (err)
		return err;
	reader->table->build_id_len = (uint8_t)read_build_id(elf, reader->table->build_id);
	err = add_section(reader, elf, SHT_SYMTAB, &found);
	if (err || found)
		return err;
	err = add_section(reader, elf, SHT_DYNSYM, &found);
	debug = err || reader->source->fd < 0 ? NULL : find_debug_file(reader, elf);
	if (debug)
		return add_section(reader, debug, SHT_SYMTAB, &found);
	return err ? err : add_small_debug_data(reader, elf);
}

/* Open the file that @source tells of; a copy of what it has open already is used. */
static int open_source(struct reader *reader, Elf **ret_elf)
{
	const struct symtab_source *source = reader->source;
	char *copy = NULL;
	int fd = -1;

	(void)elf_version(EV_CURRENT);
	if (source->fd >= 0) {
		fd = fcntl(source->fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			return -errno;
	} else {
		copy = malloc(source->image_len);
		if (!copy)
			return -ENOMEM;
		memcpy(copy, source->image, source->image_len);
	}
	*ret_elf = open_elf(reader, fd, copy, source->image_len);
	return *ret_elf ? 0 : -EINVAL;
}

int symtab_read(struct symtab *table, const struct symtab_source *source, struct arena *arena)
{
	struct reader reader = { .source = source, .table = table, .arena = arena };
	Elf *elf;
	int err = open_source(&reader, &elf);

	if (!err)
		err = read_file(&reader, elf);
	if (!err)
		err = keep(&reader);
	close_all(&reader);
	return err;
}

static int copy_frames(Elf *elf, struct unwind_section *ret_section)
{
	GElf_Shdr header;
	GElf_Ehdr file;
	Elf_Scn *scn = find_section(elf, ".eh_frame", &header);
	Elf_Data *data = scn ? elf_rawdata(scn, NULL) : NULL;
	uint8_t *copy;

	if (!data || !data->d_size || !gelf_getehdr(elf, &file))
		return -ENOENT;
	copy = malloc(data->d_size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data->d_buf, data->d_size);
	*ret_section = (struct unwind_section){
		.data = copy,
		.len = data->d_size,
		.address = header.sh_addr,
		.machine = file.e_machine,
	};
	return 0;
}

int symtab_read_frames(const struct symtab_source *source, struct unwind_section *ret_section)
{
	struct reader reader = { .source = source };
	Elf *elf;
	int err = open_source(&reader, &elf);

	if (!err)
		err = copy_frames(elf, ret_section);
	close_all(&reader);
	return err;
}
