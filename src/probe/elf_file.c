/*
 * elf_file.c - executables taken apart with libelf.
 *
 * The file is mapped, and names of symbols point into the mapping.  Files for machines of another order of
 * bytes are refused: nothing in them can run here.
 */
#include "probe/elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bits.h"
#include "probe/debug_file.h"

enum {
	INTERPRETER_BYTES = 256, /* what the kernel reads of a script's first line */
	MOST_WALKS = 16, /* through all functions for one name; who asks for more gets an index */
};

struct segment {
	uint64_t address;
	uint64_t offset;
	uint64_t size; /* in the file */
	bool is_code;
};

struct elf_file {
	int fd;
	Elf *elf;
	uint64_t len; /* of the file, when it was opened */
	struct arena arena;
	const char *path;
	const char *name;
	uint16_t machine;
	bool is_64;
	struct segment *segments; /* those that are loaded */
	size_t segment_count;
	const char *debug_dirs;
	const char *debug_root;
	bool debug_was_tried;
	struct elf_file *debug; /* NULL: none, or not looked for yet */
	bool functions_are_read;
	bool functions_are_tidy; /* by address, each once */
	bool is_stripped;
	unsigned int walks; /* through them for one name */
	struct elf_symbol *functions;
	size_t function_count;
	size_t function_size;
	uint32_t *by_name; /* numbers of functions */
};

/* --- opening ---------------------------------------------------------------------------------- */

/* The file is a script: say what runs it. */
static void explain_script(const char *line, struct diag *diag)
{
	size_t len;

	line += strspn(line, " \t");
	len = strcspn(line, " \t\r\n");
	if (len)
		diag_hint(
			diag,
			"it is a script that '%.*s' runs: probe that, and filter by pid or by comm",
			(int)len, line);
}

/* Code can be anywhere, but only ELF files say where its functions are. */
static void explain_offsets(const char *head, const char *name, struct diag *diag)
{
	if (!strncmp(head, "PK\3\4", 4))
		diag_hint(
			diag,
			"it is an archive (zip, apk): a library that lies in it uncompressed runs from "
			"there; add where it begins (zipinfo -v) to the offset of the function in it");
	diag_hint(diag,
		  "code in it can be probed at an offset from its first byte, with --unsafe: "
		  "uprobe:%s:0x1234",
		  name);
}

static int refuse_kind(int fd, const char *name, struct diag *diag)
{
	char head[INTERPRETER_BYTES + 1] = { 0 };
	const ssize_t len = pread(fd, head, INTERPRETER_BYTES, 0);

	diag_error(diag, SPAN_NONE, "'%s' is not an ELF file: %s", name,
		   len <= 0 ? "it is empty" : "neither an executable nor a library");
	if (len > 2 && head[0] == '#' && head[1] == '!')
		explain_script(head + 2, diag);
	else if (len > 0)
		explain_offsets(head, name, diag);
	return -ENOEXEC;
}

static int refuse_damaged(const char *name, const char *what, struct diag *diag)
{
	diag_error(diag, SPAN_NONE, "'%s' is damaged: %s", name, what);
	diag_hint(diag, "what is wrong with it may be shown by: readelf -lS %s", name);
	return -EINVAL;
}

static int open_file(const char *path, const char *name, struct diag *diag)
{
	const int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not make us wait */
	struct stat stat;
	int err;

	if (fd < 0) {
		err = -errno;
		diag_error(diag, SPAN_NONE, "cannot read '%s': %s", name, strerror(-err));
		return err;
	}
	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode)) {
		diag_error(diag, SPAN_NONE, "'%s' is %s, not an executable or a library", name,
			   S_ISDIR(stat.st_mode) ? "a directory" : "no regular file");
		(void)close(fd);
		return -ENOEXEC;
	}
	return fd;
}

static int read_segments(struct elf_file *file, struct diag *diag)
{
	size_t count;

	if (elf_getphdrnum(file->elf, &count))
		return refuse_damaged(file->name, "its table of segments does not lie within it",
				      diag);
	file->segments = arena_alloc_array(&file->arena, count ? count : 1, sizeof *file->segments);
	if (!file->segments)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(file->elf, (int)i, &header))
			return refuse_damaged(file->name,
					      "its table of segments does not lie within it", diag);
		if (header.p_type != PT_LOAD)
			continue;
		file->segments[file->segment_count++] = (struct segment){
			.address = header.p_vaddr,
			.offset = header.p_offset,
			.size = header.p_filesz,
			.is_code = header.p_flags & PF_X,
		};
	}
	return 0;
}

static int read_header(struct elf_file *file, struct diag *diag)
{
	const int native = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
	GElf_Ehdr header;

	if (!gelf_getehdr(file->elf, &header))
		return refuse_damaged(file->name, "it is shorter than its header", diag);
	if (header.e_ident[EI_DATA] != native) {
		diag_error(diag, SPAN_NONE, "'%s' is for a machine of another order of bytes",
			   file->name);
		return -ENOEXEC;
	}
	if (header.e_shoff >= file->len)
		return refuse_damaged(
			file->name, "it ends before its table of sections: was it cut off?", diag);
	file->machine = header.e_machine;
	file->is_64 = header.e_ident[EI_CLASS] == ELFCLASS64;
	return read_segments(file, diag);
}

static int file_init(struct elf_file *file, const char *path, const char *name, struct diag *diag)
{
	struct stat stat;

	file->path = arena_strndup(&file->arena, path, strlen(path));
	file->name = arena_strndup(&file->arena, name, strlen(name));
	if (!file->path || !file->name)
		return -ENOMEM;
	file->fd = open_file(path, name, diag);
	if (file->fd < 0)
		return file->fd;
	(void)elf_version(EV_CURRENT);
	file->elf = elf_begin(file->fd, ELF_C_READ, NULL);
	if (!file->elf || elf_kind(file->elf) != ELF_K_ELF)
		return refuse_kind(file->fd, name, diag);
	if (fstat(file->fd, &stat))
		return -errno;
	file->len = (uint64_t)stat.st_size;
	return read_header(file, diag);
}

int elf_file_open(const char *path, const char *name, struct diag *diag, struct elf_file **ret_file)
{
	struct elf_file *file = calloc(1, sizeof *file);
	int err;

	if (!file)
		return -ENOMEM;
	file->fd = -1;
	err = file_init(file, path, name, diag);
	if (err) {
		elf_file_free(file);
		return err;
	}
	*ret_file = file;
	return 0;
}

void elf_file_free(struct elf_file *file)
{
	if (!file)
		return;
	elf_file_free(file->debug);
	free(file->functions);
	free(file->by_name);
	(void)elf_end(file->elf);
	if (file->fd >= 0)
		(void)close(file->fd);
	arena_release(&file->arena);
	free(file);
}

const char *elf_file_path(const struct elf_file *file)
{
	return file->path;
}

uint16_t elf_file_machine(const struct elf_file *file)
{
	return file->machine;
}

bool elf_file_is_64(const struct elf_file *file)
{
	return file->is_64;
}

/* --- segments, sections, notes ---------------------------------------------------------------- */

static const struct segment *segment_at(const struct elf_file *file, uint64_t address)
{
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct segment *segment = &file->segments[i];

		if (address >= segment->address && address - segment->address < segment->size)
			return segment;
	}
	return NULL;
}

bool elf_file_offset(const struct elf_file *file, uint64_t address, uint64_t *ret_offset)
{
	const struct segment *segment = segment_at(file, address);

	if (segment)
		*ret_offset = address - segment->address + segment->offset;
	return segment;
}

bool elf_file_address(const struct elf_file *file, uint64_t offset, uint64_t *ret_address)
{
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct segment *segment = &file->segments[i];

		if (offset >= segment->offset && offset - segment->offset < segment->size) {
			*ret_address = offset - segment->offset + segment->address;
			return true;
		}
	}
	return false;
}

bool elf_file_is_code(const struct elf_file *file, uint64_t address)
{
	const struct segment *segment = segment_at(file, address);

	return segment && segment->is_code;
}

const void *elf_file_bytes(const struct elf_file *file, uint64_t address, size_t *ret_len)
{
	const struct segment *segment = segment_at(file, address);
	const char *bytes;
	uint64_t offset, left;
	size_t len;

	if (!segment)
		return NULL;
	bytes = elf_rawfile(file->elf, &len); /* a copy, kept by libelf */
	offset = address - segment->address + segment->offset;
	left = segment->size - (address - segment->address);
	if (!bytes || offset >= len)
		return NULL;
	*ret_len = left < len - offset ? left : len - offset;
	return bytes + offset;
}

/* The section called @name (NULL: any) of @type (SHT_NULL: any), or NULL. */
static Elf_Scn *find_section(const struct elf_file *file, const char *name, uint32_t type,
			     GElf_Shdr *ret_header)
{
	Elf_Scn *section = NULL;
	size_t strings;

	if (elf_getshdrstrndx(file->elf, &strings))
		return NULL;
	while ((section = elf_nextscn(file->elf, section))) {
		const char *its_name;

		if (!gelf_getshdr(section, ret_header) || (type && ret_header->sh_type != type))
			continue;
		its_name = elf_strptr(file->elf, strings, ret_header->sh_name);
		if (!name || (its_name && !strcmp(its_name, name)))
			return section;
	}
	return NULL;
}

bool elf_file_section(const struct elf_file *file, const char *name,
		      struct elf_section *ret_section)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(file, name, SHT_NULL, &header);
	const Elf_Data *data;

	if (!section)
		return false;
	data = header.sh_type == SHT_NOBITS ? NULL : elf_rawdata(section, NULL);
	*ret_section = (struct elf_section){
		.address = header.sh_addr,
		.offset = header.sh_offset,
		.data = data ? data->d_buf : NULL,
		.size = data && data->d_buf ? data->d_size : 0,
	};
	return true;
}

bool elf_note_next(const struct elf_section *section, size_t *position, struct elf_note *ret_note)
{
	enum { HEADER_BYTES = 12 };
	const size_t left = section->size - *position;
	const char *at = (const char *)section->data + *position;
	uint32_t owner_size, size;
	uint64_t data_at, end;

	if (*position >= section->size || left < HEADER_BYTES)
		return false;
	owner_size = load_u32(at);
	size = load_u32(at + 4);
	data_at = HEADER_BYTES + align_up(owner_size, 4);
	end = data_at + align_up(size, 4);
	if (data_at + size > left || !owner_size || at[HEADER_BYTES + owner_size - 1])
		return false;
	*ret_note = (struct elf_note){ at + HEADER_BYTES, load_u32(at + 8), at + data_at, size };
	*position += end < left ? end : left;
	return true;
}

struct elf_build_id elf_file_build_id(const struct elf_file *file)
{
	struct elf_build_id id = { 0 };
	struct elf_section section;
	struct elf_note note;
	size_t position = 0;

	if (!elf_file_section(file, ".note.gnu.build-id", &section) || !section.data)
		return id;
	while (elf_note_next(&section, &position, &note)) {
		if (note.type != NT_GNU_BUILD_ID || strcmp(note.owner, "GNU") != 0 ||
		    note.size > sizeof id.bytes)
			continue;
		memcpy(id.bytes, note.data, note.size);
		id.len = (uint8_t)note.size;
		return id;
	}
	return id;
}

/* --- functions -------------------------------------------------------------------------------- */

static struct elf_symbol *add_function(struct elf_file *file)
{
	if (file->function_count == file->function_size) {
		const size_t size = file->function_size ? file->function_size * 2 : 256;
		struct elf_symbol *functions = realloc(file->functions, size * sizeof *functions);

		if (!functions)
			return NULL;
		file->functions = functions;
		file->function_size = size;
	}
	return &file->functions[file->function_count++];
}

/* @name without its version: "read@@GLIBC_2.2.5". */
static const char *plain_name(struct elf_file *file, const char *name)
{
	const char *at = strchr(name, '@');

	return at && at != name ? arena_strndup(&file->arena, name, (size_t)(at - name)) : name;
}

static int add_symbol(struct elf_file *file, const GElf_Sym *symbol, const char *name)
{
	const unsigned int type = GELF_ST_TYPE(symbol->st_info);
	struct elf_symbol *function;

	if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx == SHN_UNDEF || !name ||
	    !name[0])
		return 0;
	name = plain_name(file, name);
	function = name ? add_function(file) : NULL;
	if (!function)
		return -ENOMEM;
	*function = (struct elf_symbol){
		.name = name,
		.address = symbol->st_value,
		.size = symbol->st_size,
		.is_chosen = type == STT_GNU_IFUNC,
		.is_local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL,
	};
	return 0;
}

/* Those of the table of @type in @from.  Whether there are any: 1, 0, or -ENOMEM. */
static int read_symbols(struct elf_file *file, const struct elf_file *from, uint32_t type)
{
	const size_t before = file->function_count;
	GElf_Shdr header;
	Elf_Scn *section = find_section(from, NULL, type, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	GElf_Sym symbol;
	int err;

	if (!data)
		return 0;
	for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
		err = add_symbol(file, &symbol,
				 elf_strptr(from->elf, header.sh_link, symbol.st_name));
		if (err)
			return err;
	}
	return file->function_count > before;
}

static int compare_functions(const void *a, const void *b)
{
	const struct elf_symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Sort them, and drop what several tables say. */
static void tidy_functions(struct elf_file *file)
{
	size_t kept = 0;

	if (!file->function_count)
		return;
	qsort(file->functions, file->function_count, sizeof *file->functions, compare_functions);
	for (size_t i = 1; i < file->function_count; i++)
		if (compare_functions(&file->functions[kept], &file->functions[i]) != 0)
			file->functions[++kept] = file->functions[i];
	file->function_count = kept + 1;
}

static struct elf_file *debug_file(struct elf_file *file)
{
	if (!file->debug_was_tried) {
		file->debug_was_tried = true;
		file->debug = debug_file_open(file, file->debug_dirs, file->debug_root);
	}
	return file->debug;
}

static int read_functions(struct elf_file *file)
{
	int found = read_symbols(file, file, SHT_SYMTAB);

	if (found == 0) {
		found = read_symbols(file, file, SHT_DYNSYM);
		if (found < 0)
			return found;
		found = debug_file(file) ? read_symbols(file, file->debug, SHT_SYMTAB) : 0;
		file->is_stripped = !found;
	}
	if (found < 0)
		return found;
	file->functions_are_read = true;
	return 0;
}

bool elf_file_is_stripped(struct elf_file *file)
{
	return (file->functions_are_read || !read_functions(file)) && file->is_stripped;
}

int elf_file_functions(struct elf_file *file, const struct elf_symbol **ret_functions,
		       size_t *ret_count)
{
	const int err = file->functions_are_read ? 0 : read_functions(file);

	if (err)
		return err;
	if (!file->functions_are_tidy)
		tidy_functions(file);
	file->functions_are_tidy = true;
	*ret_functions = file->functions;
	*ret_count = file->function_count;
	return 0;
}

/* Of equal names global ones come first, then lower addresses. */
static int compare_namesakes(const struct elf_symbol *x, const struct elf_symbol *y)
{
	if (x->is_local != y->is_local)
		return x->is_local ? 1 : -1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static int compare_names(const void *a, const void *b, void *data)
{
	const struct elf_file *file = data;
	const struct elf_symbol *x = &file->functions[*(const uint32_t *)a];
	const struct elf_symbol *y = &file->functions[*(const uint32_t *)b];
	const int order = strcmp(x->name, y->name);

	return order ? order : compare_namesakes(x, y);
}

static bool index_names(struct elf_file *file)
{
	if (file->by_name)
		return true;
	file->by_name = malloc((file->function_count + 1) * sizeof *file->by_name);
	if (!file->by_name)
		return false;
	for (uint32_t i = 0; i < file->function_count; i++)
		file->by_name[i] = i;
	qsort_r(file->by_name, file->function_count, sizeof *file->by_name, compare_names, file);
	return true;
}

const struct elf_symbol *elf_file_function_by_name(struct elf_file *file, size_t i)
{
	const struct elf_symbol *functions;
	size_t count;

	if (elf_file_functions(file, &functions, &count) || !index_names(file) || i >= count)
		return NULL;
	return &functions[file->by_name[i]];
}

/* Look at all, in whatever order they are: to sort them for a few names takes longer.  They may move when they are sorted
 * later, so the answer is a copy. */
static const struct elf_symbol *walk_to(struct elf_file *file, const char *name)
{
	const struct elf_symbol *best = NULL;
	struct elf_symbol *copy;

	file->walks++;
	for (size_t i = 0; i < file->function_count; i++) {
		const struct elf_symbol *at = &file->functions[i];

		if (at->name[0] == name[0] && !strcmp(at->name, name) &&
		    (!best || compare_namesakes(at, best) < 0))
			best = at;
	}
	copy = best ? arena_alloc(&file->arena, sizeof *copy) : NULL;
	if (copy)
		*copy = *best;
	return copy;
}

const struct elf_symbol *elf_file_function(struct elf_file *file, const char *name)
{
	const struct elf_symbol *functions;
	size_t count, low = 0, high;

	if (!file->functions_are_read && read_functions(file))
		return NULL;
	if (!file->by_name && file->walks < MOST_WALKS)
		return walk_to(file, name);
	if (elf_file_functions(file, &functions, &count) || !index_names(file))
		return NULL;
	high = count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(functions[file->by_name[middle]].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || strcmp(functions[file->by_name[low]].name, name) != 0)
		return NULL;
	return &functions[file->by_name[low]];
}

/* Which of those that begin at one address gives it its name: one that is called from elsewhere, and whose
 * name is not the library's own. */
static const struct elf_symbol *best_name(const struct elf_file *file,
					  const struct elf_symbol *last)
{
	const struct elf_symbol *best = last;

	for (; last > file->functions && last[-1].address == last->address; last--) {
		const struct elf_symbol *other = &last[-1];

		if (other->is_local < best->is_local ||
		    (other->is_local == best->is_local &&
		     (other->name[0] == '_') <= (best->name[0] == '_')))
			best = other;
	}
	return best;
}

const struct elf_symbol *elf_file_function_at(struct elf_file *file, uint64_t address)
{
	const struct elf_symbol *functions;
	size_t count, low = 0, high;

	if (elf_file_functions(file, &functions, &count))
		return NULL;
	high = count;
	while (low < high) { /* the first beyond it */
		const size_t middle = low + (high - low) / 2;

		if (functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	functions = best_name(file, &functions[low - 1]);
	if (functions->size && address - functions->address >= functions->size)
		return NULL;
	return functions;
}

/* Variables are asked for rarely, so the tables are gone through each time. */
static bool find_variable(const struct elf_file *file, uint32_t type, const char *name,
			  uint64_t *ret_address, uint64_t *ret_size)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(file, NULL, type, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	GElf_Sym symbol;

	if (!data)
		return false;
	for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
		const char *its_name = elf_strptr(file->elf, header.sh_link, symbol.st_name);

		if (symbol.st_shndx == SHN_UNDEF || GELF_ST_TYPE(symbol.st_info) > STT_OBJECT ||
		    !its_name || strcmp(its_name, name) != 0)
			continue;
		*ret_address = symbol.st_value;
		*ret_size = symbol.st_size;
		return true;
	}
	return false;
}

bool elf_file_variable(const struct elf_file *file, const char *name, uint64_t *ret_address,
		       uint64_t *ret_size)
{
	return find_variable(file, SHT_SYMTAB, name, ret_address, ret_size) ||
	       find_variable(file, SHT_DYNSYM, name, ret_address, ret_size);
}

/* --- the debug file --------------------------------------------------------------------------- */

void elf_file_set_debug(struct elf_file *file, const char *dirs, const char *root)
{
	file->debug_dirs = dirs;
	file->debug_root = root;
}

const char *elf_file_debug_path(struct elf_file *file)
{
	return debug_file(file) ? file->debug->path : NULL;
}
