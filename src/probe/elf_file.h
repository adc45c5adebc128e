/*
 * elf_file.h - executables and libraries: their functions, segments, sections and notes.
 *
 *	struct elf_file *file;
 *	err = elf_file_open("/bin/bash", "/bin/bash", &diag, &file);
 *	...
 *	elf_file_free(file);
 *
 * Addresses are those of the file's own symbols; offsets count from its first byte, which is what the
 * kernel wants for uprobes and what mappings are made of.
 *
 * A file without symbols can have them elsewhere: a debug file of the same build id, or one that its
 * .gnu_debuglink names and whose checksum fits.  It is found and read when symbols are first asked for.
 */
#ifndef WAGGLE_PROBE_ELF_FILE_H
#define WAGGLE_PROBE_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct elf_file;

/* Open @path, which messages call @name.  0 and *ret_file (yours: elf_file_free); or -ENOENT,
 * -EACCES ..., -ENOEXEC when it is no ELF file, -EINVAL when it is damaged, -ENOTSUP when this program was built
 * without libelf: with the reason in @diag. */
int elf_file_open(const char *path, const char *name, struct diag *diag,
		  struct elf_file **ret_file);
void elf_file_free(struct elf_file *file); /* NULL is fine */

const char *elf_file_path(const struct elf_file *file);
uint16_t elf_file_machine(const struct elf_file *file); /* EM_* */
bool elf_file_is_64(const struct elf_file *file);

struct elf_build_id {
	uint8_t bytes[20];
	uint8_t len; /* 0: none */
};
struct elf_build_id elf_file_build_id(const struct elf_file *file);

/* Where debug files are looked for, separated by ':'.  NULL: the usual place.  @root is put before them. */
void elf_file_set_debug(struct elf_file *file, const char *dirs, const char *root);
/* The path of the separate debug file, or NULL. */
const char *elf_file_debug_path(struct elf_file *file);

struct elf_symbol {
	const char *name; /* without "@VERSION"; lives as long as the file */
	uint64_t address;
	uint64_t size; /* 0: not known */
	bool is_chosen; /* an indirect function: it chooses the one that is called, and runs only for that */
	bool is_local;
};

/* All functions that are defined in the file, in the order of their addresses (and of names at the same
 * one): symbol tables, the dynamic one, the debug file's.  0, or -ENOMEM.  None is no error. */
int elf_file_functions(struct elf_file *file, const struct elf_symbol **ret_functions,
		       size_t *ret_count);

/* Does it lack the names of functions that are not for other files, here and in a debug file? */
bool elf_file_is_stripped(struct elf_file *file);

/* Number @i of them in the order of names; NULL behind the last. */
const struct elf_symbol *elf_file_function_by_name(struct elf_file *file, size_t i);

/* The function called @name, or NULL.  Of several (local ones of many files) the first. */
const struct elf_symbol *elf_file_function(struct elf_file *file, const char *name);
/* The one that @address is in, or NULL. */
const struct elf_symbol *elf_file_function_at(struct elf_file *file, uint64_t address);

/* Where the variable called @name is, and how many bytes it has (0: not known). */
bool elf_file_variable(const struct elf_file *file, const char *name, uint64_t *ret_address,
		       uint64_t *ret_size);

/* From addresses to offsets and back, by the segments that are loaded.  False: it is in none. */
bool elf_file_offset(const struct elf_file *file, uint64_t address, uint64_t *ret_offset);
bool elf_file_address(const struct elf_file *file, uint64_t offset, uint64_t *ret_address);
/* Is what is at @address executed? */
bool elf_file_is_code(const struct elf_file *file, uint64_t address);

struct elf_section {
	uint64_t address;
	uint64_t offset;
	const void *data; /* NULL: it has none in the file */
	size_t size;
};
/* The section called @name; false: there is none. */
bool elf_file_section(const struct elf_file *file, const char *name,
		      struct elf_section *ret_section);
/* The bytes at @address up to the end of its segment in the file; NULL: there are none. */
const void *elf_file_bytes(const struct elf_file *file, uint64_t address, size_t *ret_len);

/* Notes one after the other: false behind the last. */
struct elf_note {
	const char *owner; /* NUL-terminated */
	uint32_t type;
	const void *data;
	uint32_t size;
};
bool elf_note_next(const struct elf_section *section, size_t *position, struct elf_note *ret_note);

#endif
