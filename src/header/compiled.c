/*
 * compiled.c - two sections of an ELF object.
 *
 * The values have no relocations, being integers, and neither have types where they are asked for: so this
 * needs no more of ELF than the table of sections.
 */
#include "header/compiled.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct object {
	const unsigned char *data;
	size_t size;
	Elf64_Ehdr header;
};

static bool is_within(const struct object *object, uint64_t offset, uint64_t size)
{
	return offset <= object->size && size <= object->size - offset;
}

static bool section_at(const struct object *object, unsigned int i, Elf64_Shdr *ret_section)
{
	const uint64_t offset = object->header.e_shoff + (uint64_t)i * sizeof *ret_section;

	if (object->header.e_shoff > object->size ||
	    !is_within(object, offset, sizeof *ret_section))
		return false;
	memcpy(ret_section, object->data + offset, sizeof *ret_section);
	return ret_section->sh_type == SHT_NOBITS ||
	       is_within(object, ret_section->sh_offset, ret_section->sh_size);
}

static bool is_called(const struct object *object, const Elf64_Shdr *names,
		      const Elf64_Shdr *section, const char *name)
{
	const size_t size = strlen(name) + 1;

	return section->sh_name < names->sh_size && size <= names->sh_size - section->sh_name &&
	       !memcmp(object->data + names->sh_offset + section->sh_name, name, size);
}

/* A copy of a section, empty when there is none; *ret_data NULL: want of memory. */
static void copy_section(const struct object *object, const char *name, char **ret_data,
			 size_t *ret_size)
{
	Elf64_Shdr names, section;

	*ret_size = 0;
	for (unsigned int i = 0; section_at(object, object->header.e_shstrndx, &names) &&
				 names.sh_type == SHT_STRTAB && i < object->header.e_shnum;
	     i++) {
		if (!section_at(object, i, &section) || section.sh_type != SHT_PROGBITS ||
		    !is_called(object, &names, &section, name))
			continue;
		*ret_data = malloc(section.sh_size + 1);
		if (!*ret_data)
			return;
		memcpy(*ret_data, object->data + section.sh_offset, section.sh_size);
		*ret_size = section.sh_size;
		return;
	}
	*ret_data = calloc(1, 1);
}

int compiled_read(const void *data, size_t size, char **ret_btf, size_t *ret_btf_len,
		  struct compiled_value **ret_values, size_t *ret_count)
{
	struct object object = { .data = data, .size = size };
	char *btf, *values;
	size_t btf_len, values_len;

	if (size < sizeof object.header)
		return -EBADMSG;
	memcpy(&object.header, data, sizeof object.header);
	if (memcmp(object.header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    object.header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    object.header.e_shentsize != sizeof(Elf64_Shdr))
		return -EBADMSG;
	copy_section(&object, ".BTF", &btf, &btf_len);
	copy_section(&object, COMPILED_VALUES, &values, &values_len);
	if (!btf || !values || !btf_len) {
		int err = btf && values ? -EBADMSG : -ENOMEM;

		free(btf);
		free(values);
		return err;
	}
	*ret_btf = btf;
	*ret_btf_len = btf_len;
	*ret_values = (struct compiled_value *)(void *)values; /* malloc aligns it */
	*ret_count = values_len / sizeof **ret_values;
	return 0;
}
