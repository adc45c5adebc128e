/*
 * elf.h - the inside of an object: its sections, symbols and relocations, checked.
 *
 * elf.c is the only file that knows libelf.  What it hands out has been checked against the
 * bounds of the file: section numbers of symbols and relocations are valid, and names end.
 */
#ifndef WAGGLE_OBJECT_ELF_H
#define WAGGLE_OBJECT_ELF_H

#include "base/arena.h"
#include "object/object.h"

enum elf_role {
	ELF_ROLE_OTHER,
	ELF_ROLE_CODE,
	ELF_ROLE_DATA,        /* global variables */
	ELF_ROLE_MAPS,        /* .maps: defined by BTF */
	ELF_ROLE_LEGACY_MAPS, /* maps: an array of struct bpf_map_def */
};

/* Relocation types of BPF. */
enum elf_reloc_type {
	ELF_RELOC_64_64 = 1,    /* a wide load of an address */
	ELF_RELOC_ABS64 = 2,    /* a pointer in data */
	ELF_RELOC_ABS32 = 3,    /* debugging information */
	ELF_RELOC_NODYLD32 = 4, /* BTF: nothing to do */
	ELF_RELOC_64_32 = 10,   /* a call */
};

struct elf_reloc {
	uint64_t offset; /* in its section */
	uint32_t symbol; /* a valid index into symbols */
	uint32_t type;
};

struct elf_section {
	const char *name;
	enum elf_role role;
	const uint8_t *data; /* NULL: zeroes (.bss) */
	uint64_t size;       /* bytes; all readable at data unless that is NULL */
	bool writable;
	struct elf_reloc *relocs; /* by offset */
	size_t reloc_count;
	uint32_t map; /* of a data section that is not empty: the number of its map */
};

enum elf_symbol_type { ELF_SYMBOL_OTHER, ELF_SYMBOL_OBJECT, ELF_SYMBOL_FUNC, ELF_SYMBOL_SECTION };

struct elf_symbol {
	const char *name;
	uint64_t value; /* offset in its section */
	uint64_t size;
	uint32_t section; /* 0: not defined in this file */
	enum elf_symbol_type type;
	bool global;
	bool weak;
	bool hidden; /* not for other objects */
};

/* A function: slots [start, start + count) of a section of code. */
struct object_func {
	const char *name;
	uint32_t section;
	size_t start;
	size_t count;
	bool global;
};

struct elf {
	struct object object; /* what others see of it */
	struct arena arena;
	struct diag *diag;            /* while a function of object.h runs */
	void *lib;                    /* libelf's own, which the names may belong to; or NULL */
	struct elf_section *sections; /* by number; 0 is none */
	size_t section_count;
	struct elf_symbol *symbols;
	size_t symbol_count;
	struct object_func *funcs; /* by section, then start */
	size_t func_count;
	uint32_t *entry_funcs;   /* function of each entry */
	struct place *places;    /* where each map was defined: maps.c */
	const uint8_t *btf_data; /* .BTF, or NULL */
	size_t btf_len;
};

/* elf.c or elf_none.c: fill in sections, symbols and relocations.  elf_release undoes elf_read,
 * also one that failed. */
int elf_read(struct elf *elf, const void *data, size_t len);
void elf_release(struct elf *elf);

/* maps.c: make maps of the sections that define some, and find pointers in data. */
int elf_find_maps(struct elf *elf);
int elf_find_pointers(struct elf *elf);

/* The map defined at @offset of section @section, or -1. */
int64_t elf_map_at(const struct elf *elf, uint32_t section, uint64_t offset);

/* The function that begins at slot @start of @section, or -1. */
int64_t elf_func_at(const struct elf *elf, uint32_t section, uint64_t start);

/* The entry of function @func, or -1. */
int64_t elf_entry_of(const struct elf *elf, uint32_t func);

#endif
