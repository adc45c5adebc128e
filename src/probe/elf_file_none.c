/*
 * elf_file_none.c - what stands in for elf_file.c when Waggle is built without libelf.
 */
#include "probe/elf_file.h"

#include <errno.h>

int elf_file_open(const char *path, const char *name, struct diag *diag, struct elf_file **ret_file)
{
	(void)path, (void)ret_file;
	diag_error(diag, SPAN_NONE, "cannot look into '%s': this waggle was built without libelf",
		   name);
	diag_hint(diag, "build it where libelf's headers are: scripts/deps build installs them");
	return -ENOTSUP;
}

/* No file is ever open, so none of the others is called. */
void elf_file_free(struct elf_file *file)
{
	(void)file;
}

const char *elf_file_path(const struct elf_file *file)
{
	(void)file;
	return "";
}

uint16_t elf_file_machine(const struct elf_file *file)
{
	(void)file;
	return 0;
}

bool elf_file_is_64(const struct elf_file *file)
{
	(void)file;
	return false;
}

struct elf_build_id elf_file_build_id(const struct elf_file *file)
{
	(void)file;
	return (struct elf_build_id){ 0 };
}

void elf_file_set_debug(struct elf_file *file, const char *dirs, const char *root)
{
	(void)file, (void)dirs, (void)root;
}

const char *elf_file_debug_path(struct elf_file *file)
{
	(void)file;
	return NULL;
}

int elf_file_functions(struct elf_file *file, const struct elf_symbol **ret_functions,
		       size_t *ret_count)
{
	(void)file, (void)ret_functions, (void)ret_count;
	return -ENOTSUP;
}

bool elf_file_is_stripped(struct elf_file *file)
{
	(void)file;
	return false;
}

const struct elf_symbol *elf_file_function_by_name(struct elf_file *file, size_t i)
{
	(void)file, (void)i;
	return NULL;
}

const struct elf_symbol *elf_file_function(struct elf_file *file, const char *name)
{
	(void)file, (void)name;
	return NULL;
}

const struct elf_symbol *elf_file_function_at(struct elf_file *file, uint64_t address)
{
	(void)file, (void)address;
	return NULL;
}

bool elf_file_variable(const struct elf_file *file, const char *name, uint64_t *ret_address,
		       uint64_t *ret_size)
{
	(void)file, (void)name, (void)ret_address, (void)ret_size;
	return false;
}

bool elf_file_offset(const struct elf_file *file, uint64_t address, uint64_t *ret_offset)
{
	(void)file, (void)address, (void)ret_offset;
	return false;
}

bool elf_file_address(const struct elf_file *file, uint64_t offset, uint64_t *ret_address)
{
	(void)file, (void)offset, (void)ret_address;
	return false;
}

bool elf_file_is_code(const struct elf_file *file, uint64_t address)
{
	(void)file, (void)address;
	return false;
}

bool elf_file_section(const struct elf_file *file, const char *name,
		      struct elf_section *ret_section)
{
	(void)file, (void)name, (void)ret_section;
	return false;
}

const void *elf_file_bytes(const struct elf_file *file, uint64_t address, size_t *ret_len)
{
	(void)file, (void)address, (void)ret_len;
	return NULL;
}

bool elf_note_next(const struct elf_section *section, size_t *position, struct elf_note *ret_note)
{
	(void)section, (void)position, (void)ret_note;
	return false;
}
