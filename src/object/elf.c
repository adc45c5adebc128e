/*
 * elf.c - taking an ELF file apart with libelf, and checking every number in it.
 */
#include "object/elf.h"

#include <errno.h>
#include <libelf.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum {
	MACHINE_BPF = 247,
	SYMBOL_BYTES = 24,
	RELOC_BYTES = 16,
	MOST_SECTIONS = 65279, /* numbers from 0xff00 on are reserved */
};

PRINTF_LIKE(2, 3)
static int refuse(struct elf *elf, const char *reason, ...)
{
	va_list args;

	va_start(args, reason);
	diag_verror(elf->diag, SPAN_NONE, reason, args);
	va_end(args);
	return -EINVAL;
}

static int refuse_damaged(struct elf *elf, const char *what)
{
	(void)refuse(elf, "the ELF file is damaged: %s", what);
	diag_hint(elf->diag, "is it complete?  make it again with: clang -O2 -g -target bpf -c");
	return -EINVAL;
}

static const char *machine_name(uint16_t machine)
{
	switch (machine) {
	case EM_386: return "i386";
	case EM_ARM: return "arm";
	case EM_X86_64: return "x86-64";
	case EM_AARCH64: return "arm64";
	case EM_RISCV: return "RISC-V";
	default: return "another machine";
	}
}

/* Of a file that is cut off, libelf says that it has no sections. */
static int check_section_table(struct elf *elf, const uint8_t *data, size_t len)
{
	const uint64_t at = load_le64(data + offsetof(Elf64_Ehdr, e_shoff));
	const uint64_t size = sizeof(Elf64_Shdr) * load_le16(data + offsetof(Elf64_Ehdr, e_shnum));

	if (at > len || size > len - at)
		return refuse_damaged(elf, "it ends before its table of sections");
	if (at % alignof(Elf64_Shdr)) /* libelf hands out pointers to it */
		return refuse_damaged(elf, "its table of sections is at an odd place");
	return 0;
}

/* The identification is read by hand, before libelf converts anything. */
static int check_header(struct elf *elf, const uint8_t *data, size_t len)
{
	uint16_t machine, type;

	if (len < sizeof(Elf64_Ehdr))
		return refuse_damaged(elf, "it is shorter than its header");
	if (data[EI_DATA] == ELFDATA2MSB) {
		(void)refuse(elf, "the object is big-endian, and this machine is not");
		diag_hint(elf->diag, "compile it with: clang -target bpfel");
		return -EINVAL;
	}
	machine = load_le16(data + 18);
	type = load_le16(data + 16);
	if (machine != MACHINE_BPF) {
		(void)refuse(elf, "the ELF file is for %s (%u), not for BPF (%d)",
			     machine_name(machine), machine, MACHINE_BPF);
		diag_hint(elf->diag, "compile it with: clang -O2 -g -target bpf -c");
		return -EINVAL;
	}
	if (data[EI_CLASS] != ELFCLASS64)
		return refuse_damaged(elf, "BPF objects are of the 64-bit class");
	if (type != ET_REL)
		return refuse(elf,
			      "the ELF file is linked (type %u); BPF programs are object files",
			      type);
	return check_section_table(elf, data, len);
}

static bool begins(const char *name, const char *with)
{
	size_t len = strlen(with);

	return !strncmp(name, with, len) && (!name[len] || name[len] == '.');
}

static enum elf_role role_of(const char *name, const Elf64_Shdr *header)
{
	if (header->sh_type == SHT_PROGBITS && header->sh_flags & SHF_EXECINSTR)
		return ELF_ROLE_CODE;
	if (header->sh_type != SHT_PROGBITS && header->sh_type != SHT_NOBITS)
		return ELF_ROLE_OTHER;
	if (!strcmp(name, ".maps"))
		return ELF_ROLE_MAPS;
	if (!strcmp(name, "maps") || !strncmp(name, "maps/", 5))
		return ELF_ROLE_LEGACY_MAPS;
	if (begins(name, ".data") || begins(name, ".rodata") || begins(name, ".bss"))
		return ELF_ROLE_DATA;
	return ELF_ROLE_OTHER;
}

/* What is at @offset and @size in the file, or NULL: it does not lie within. */
static const uint8_t *in_file(const uint8_t *data, size_t len, uint64_t offset, uint64_t size)
{
	return offset <= len && size <= len - offset ? data + offset : NULL;
}

static int read_section(struct elf *elf, Elf *lib, Elf_Scn *scn, const uint8_t *data, size_t len)
{
	const Elf64_Shdr *header = elf64_getshdr(scn);
	struct elf_section *section = &elf->sections[elf_ndxscn(scn)];
	size_t names;

	if (!header || elf_getshdrstrndx(lib, &names))
		return refuse_damaged(elf, "a section has no header");
	section->name = elf_strptr(lib, names, header->sh_name);
	if (!section->name)
		return refuse_damaged(elf, "a section has no name");
	section->role = role_of(section->name, header);
	section->size = header->sh_size;
	section->writable = header->sh_flags & SHF_WRITE;
	if (header->sh_type == SHT_NOBITS || header->sh_type == SHT_NULL)
		return 0;
	section->data = in_file(data, len, header->sh_offset, header->sh_size);
	if (!section->data)
		return refuse(elf, "the ELF file is damaged: section '%s' lies beyond its end",
			      section->name);
	if (section->role == ELF_ROLE_CODE && section->size % sizeof(struct insn))
		return refuse(elf,
			      "section '%s' has %llu bytes, which is no number of instructions",
			      section->name, (unsigned long long)section->size);
	return 0;
}

static int read_sections(struct elf *elf, Elf *lib, const uint8_t *data, size_t len)
{
	Elf_Scn *scn = NULL;
	int err;

	if (elf_getshdrnum(lib, &elf->section_count) || elf->section_count > MOST_SECTIONS)
		return refuse_damaged(elf, "its table of sections is not readable");
	elf->sections =
		arena_alloc_array(&elf->arena, elf->section_count + 1, sizeof *elf->sections);
	if (!elf->sections)
		return -ENOMEM;
	elf->sections[0].name = "";
	while ((scn = elf_nextscn(lib, scn))) {
		if (elf_ndxscn(scn) >= elf->section_count)
			return refuse_damaged(elf, "it has more sections than it says");
		err = read_section(elf, lib, scn, data, len);
		if (err)
			return err;
	}
	for (size_t i = 0; i < elf->section_count; i++)
		if (!elf->sections[i].name)
			return refuse_damaged(elf, "its table of sections has a gap");
	return 0;
}

static enum elf_symbol_type symbol_type(uint8_t info)
{
	switch (ELF64_ST_TYPE(info)) {
	case STT_OBJECT: return ELF_SYMBOL_OBJECT;
	case STT_FUNC: return ELF_SYMBOL_FUNC;
	case STT_SECTION: return ELF_SYMBOL_SECTION;
	default: return ELF_SYMBOL_OTHER;
	}
}

/* @p is an Elf64_Sym in the file, and may be unaligned. */
static int read_symbol(struct elf *elf, Elf *lib, size_t names, const uint8_t *p,
		       struct elf_symbol *symbol)
{
	const uint16_t section = load_le16(p + 6);

	symbol->name = elf_strptr(lib, names, load_le32(p));
	symbol->type = symbol_type(p[4]);
	symbol->global = ELF64_ST_BIND(p[4]) != STB_LOCAL;
	symbol->weak = ELF64_ST_BIND(p[4]) == STB_WEAK;
	symbol->hidden = ELF64_ST_VISIBILITY(p[5]) == STV_HIDDEN;
	symbol->value = load_le64(p + 8);
	symbol->size = load_le64(p + 16);
	if (section < SHN_LORESERVE)
		symbol->section = section;
	if (!symbol->name)
		return refuse_damaged(elf, "a symbol has no name");
	if (symbol->section >= elf->section_count)
		return refuse(elf, "the ELF file is damaged: symbol '%s' is in section %u of %zu",
			      symbol->name, section, elf->section_count);
	if (symbol->type == ELF_SYMBOL_SECTION)
		symbol->name = elf->sections[symbol->section].name;
	return 0;
}

static int read_symbols(struct elf *elf, Elf *lib)
{
	Elf_Scn *scn = NULL;
	const Elf64_Shdr *header = NULL;
	int err = 0;

	while ((scn = elf_nextscn(lib, scn))) {
		header = elf64_getshdr(scn);
		if (header && header->sh_type == SHT_SYMTAB)
			break;
	}
	if (!scn)
		return 0;
	elf->symbol_count = elf->sections[elf_ndxscn(scn)].size / SYMBOL_BYTES;
	elf->symbols = arena_alloc_array(&elf->arena, elf->symbol_count + 1, sizeof *elf->symbols);
	if (!elf->symbols)
		return -ENOMEM;
	for (size_t i = 0; i < elf->symbol_count && !err; i++)
		err = read_symbol(elf, lib, header->sh_link,
				  elf->sections[elf_ndxscn(scn)].data + i * SYMBOL_BYTES,
				  &elf->symbols[i]);
	return err;
}

static int by_offset(const void *a, const void *b)
{
	const struct elf_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The relocations in the section numbered @number, for section @target. */
static int read_relocs(struct elf *elf, size_t number, struct elf_section *target)
{
	const struct elf_section *from = &elf->sections[number];
	const size_t count = from->size / RELOC_BYTES;

	if (target->relocs)
		return refuse(elf, "section '%s' has two sections of relocations", target->name);
	target->relocs = arena_alloc_array(&elf->arena, count + 1, sizeof *target->relocs);
	if (!target->relocs)
		return -ENOMEM;
	target->reloc_count = count;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = from->data + i * RELOC_BYTES;

		target->relocs[i] = (struct elf_reloc){
			.offset = load_le64(p),
			.type = load_le32(p + 8),
			.symbol = load_le32(p + 12),
		};
		if (target->relocs[i].symbol >= elf->symbol_count)
			return refuse(elf, "the ELF file is damaged: '%s' names symbol %u of %zu",
				      from->name, target->relocs[i].symbol, elf->symbol_count);
	}
	qsort(target->relocs, count, sizeof *target->relocs, by_offset);
	return 0;
}

static int read_all_relocs(struct elf *elf, Elf *lib)
{
	Elf_Scn *scn = NULL;
	int err;

	while ((scn = elf_nextscn(lib, scn))) {
		const Elf64_Shdr *header = elf64_getshdr(scn);
		struct elf_section *target;

		if (!header || (header->sh_type != SHT_REL && header->sh_type != SHT_RELA))
			continue;
		if (header->sh_info >= elf->section_count)
			return refuse_damaged(elf, "relocations for a section that is not there");
		target = &elf->sections[header->sh_info];
		if (target->role == ELF_ROLE_OTHER)
			continue; /* debugging information */
		if (header->sh_type == SHT_RELA)
			return refuse(elf, "the relocations of '%s' have addends; BPF's have none",
				      target->name);
		err = read_relocs(elf, elf_ndxscn(scn), target);
		if (err)
			return err;
	}
	return 0;
}

/* Are there relocations against the kernel's types?  The header of .BTF.ext says how long its table
 * of them is, if it is recent enough to have one. */
static bool wants_core(const struct elf_section *section)
{
	return section->data && section->size >= 32 && load_le32(section->data + 4) >= 32 &&
	       load_le32(section->data + 28) > 4;
}

static void find_type_info(struct elf *elf)
{
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct elf_section *section = &elf->sections[i];

		if (!strcmp(section->name, ".BTF") && section->data) {
			elf->btf_data = section->data;
			elf->btf_len = section->size;
		} else if (!strcmp(section->name, ".BTF.ext")) {
			elf->object.wants_core = wants_core(section);
		}
	}
}

int elf_read(struct elf *elf, const void *data, size_t len)
{
	int err = check_header(elf, data, len);

	if (err)
		return err;
	if ((uintptr_t)data % alignof(Elf64_Ehdr)) {
		void *copy = arena_alloc(&elf->arena, len);

		if (!copy)
			return -ENOMEM;
		data = memcpy(copy, data, len);
	}
	(void)elf_version(EV_CURRENT);
	/* libelf only writes to the image of files opened for writing. */
	elf->lib = elf_memory((char *)(uintptr_t)data, len);
	if (!elf->lib || elf_kind(elf->lib) != ELF_K_ELF || !elf64_getehdr(elf->lib))
		return refuse_damaged(elf, "its header is not readable");
	err = read_sections(elf, elf->lib, data, len);
	if (!err)
		err = read_symbols(elf, elf->lib);
	if (!err)
		err = read_all_relocs(elf, elf->lib);
	if (!err)
		find_type_info(elf);
	return err;
}

void elf_release(struct elf *elf)
{
	(void)elf_end(elf->lib);
}
