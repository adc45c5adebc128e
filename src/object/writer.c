/*
 * writer.c - making ELF objects of BPF.
 *
 * The file is: header, sections in the order of their numbers, their relocations, symbols, names, and the table of
 * sections.  ELF wants local symbols in front of global ones, so symbols get their places only at the end.
 */
#include "object/writer.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 8, EXTRA_PARTS = 2 /* .symtab, .strtab */ };

struct object_part {
	const char *name;
	enum object_content content;
	struct strbuf data;
	struct strbuf relocs; /* Elf64_Rel, with our numbers of symbols until they are written */
};

static void *grow(struct object_writer *w, void *array, uint32_t count, uint32_t *size, size_t each)
{
	uint32_t larger = *size ? 2 * *size : 16;
	void *memory;

	if (count < *size)
		return array;
	memory = realloc(array, larger * each);
	if (!memory) {
		w->failed = true;
		return NULL;
	}
	*size = larger;
	return memory;
}

void object_writer_init(struct object_writer *w)
{
	*w = (struct object_writer){ 0 };
	/* number 0 is nothing, of sections and of symbols */
	(void)object_add_section(w, "", OBJECT_INFO);
	(void)object_add_symbol(w, &(struct object_symbol){ .name = "" });
}

void object_writer_release(struct object_writer *w)
{
	for (uint32_t i = 0; i < w->part_count; i++) {
		strbuf_release(&w->parts[i].data);
		strbuf_release(&w->parts[i].relocs);
	}
	free(w->parts);
	free(w->symbols);
	*w = (struct object_writer){ 0 };
}

uint32_t object_add_section(struct object_writer *w, const char *name, enum object_content content)
{
	struct object_part *parts =
		grow(w, w->parts, w->part_count, &w->part_size, sizeof *w->parts);

	if (!parts)
		return 0;
	w->parts = parts;
	w->parts[w->part_count] = (struct object_part){ .name = name, .content = content };
	return w->part_count++;
}

struct strbuf *object_section(struct object_writer *w, uint32_t section)
{
	static struct strbuf nowhere = { .failed = true };

	return section < w->part_count ? &w->parts[section].data : &nowhere;
}

uint32_t object_add_symbol(struct object_writer *w, const struct object_symbol *symbol)
{
	struct object_symbol *symbols =
		grow(w, w->symbols, w->symbol_count, &w->symbol_size, sizeof *w->symbols);

	if (!symbols)
		return 0;
	w->symbols = symbols;
	w->symbols[w->symbol_count] = *symbol;
	return w->symbol_count++;
}

void object_add_reloc(struct object_writer *w, uint32_t section, uint64_t offset, uint32_t symbol,
		      enum elf_reloc_type type)
{
	const Elf64_Rel rel = { .r_offset = offset, .r_info = ELF64_R_INFO(symbol, type) };

	if (section < w->part_count)
		strbuf_add(&w->parts[section].relocs, &rel, sizeof rel);
}

/* --- symbols --------------------------------------------------------------------------------- */

static uint32_t add_name(struct strbuf *names, const char *name)
{
	uint32_t offset = (uint32_t)names->len;

	strbuf_add(names, name, strlen(name) + 1);
	return offset;
}

static unsigned char symbol_type(const struct object_symbol *symbol)
{
	switch (symbol->type) {
	case ELF_SYMBOL_OTHER: return STT_NOTYPE;
	case ELF_SYMBOL_OBJECT: return STT_OBJECT;
	case ELF_SYMBOL_FUNC: return STT_FUNC;
	case ELF_SYMBOL_SECTION: return STT_SECTION;
	}
	return STT_NOTYPE;
}

/* Append the symbols that are global, or not; @places says where each came to stand. */
static uint32_t put_symbols(const struct object_writer *w, bool global, uint32_t first,
			    uint32_t *places, struct strbuf *table, struct strbuf *names)
{
	for (uint32_t i = 0; i < w->symbol_count; i++) {
		const struct object_symbol *symbol = &w->symbols[i];
		Elf64_Sym out = {
			.st_info = (unsigned char)ELF64_ST_INFO(
				symbol->is_global ? STB_GLOBAL : STB_LOCAL, symbol_type(symbol)),
			.st_shndx = (Elf64_Section)symbol->section,
			.st_value = symbol->value,
			.st_size = symbol->size,
		};

		if (symbol->is_global != global)
			continue;
		out.st_name = symbol->name[0] ? add_name(names, symbol->name) : 0;
		strbuf_add(table, &out, sizeof out);
		places[i] = first++;
	}
	return first;
}

static void renumber(struct strbuf *relocs, const uint32_t *places)
{
	Elf64_Rel rel;

	for (size_t at = 0; at < relocs->len; at += sizeof rel) {
		memcpy(&rel, relocs->data + at, sizeof rel);
		rel.r_info =
			ELF64_R_INFO(places[ELF64_R_SYM(rel.r_info)], ELF64_R_TYPE(rel.r_info));
		memcpy(relocs->data + at, &rel, sizeof rel);
	}
}

/* --- the file -------------------------------------------------------------------------------- */

static uint64_t flags_of(enum object_content content)
{
	switch (content) {
	case OBJECT_CODE: return SHF_ALLOC | SHF_EXECINSTR;
	case OBJECT_DATA: return SHF_ALLOC | SHF_WRITE;
	case OBJECT_RODATA: return SHF_ALLOC;
	case OBJECT_INFO: return 0;
	}
	return 0;
}

/* Append @data, aligned: where it begins. */
static uint64_t put(struct strbuf *out, const struct strbuf *data)
{
	static const char zeroes[ALIGN] = { 0 };

	strbuf_add(out, zeroes, (ALIGN - out->len % ALIGN) % ALIGN);
	if (data->len)
		strbuf_add(out, data->data, data->len);
	return out->len - data->len;
}

struct table {
	Elf64_Shdr *rows;
	uint32_t count;
};

static void add_row(struct table *table, struct strbuf *out, const struct strbuf *data,
		    Elf64_Shdr row)
{
	row.sh_offset = put(out, data);
	row.sh_size = data->len;
	row.sh_addralign = ALIGN;
	table->rows[table->count++] = row;
}

static void put_parts(struct object_writer *w, struct table *table, const uint32_t *places,
		      struct strbuf *out, struct strbuf *names)
{
	uint32_t symbols = w->part_count; /* the number of .symtab */
	struct strbuf name = { 0 };

	for (uint32_t i = 1; i < w->part_count; i++)
		add_row(table, out, &w->parts[i].data,
			(Elf64_Shdr){ .sh_name = add_name(names, w->parts[i].name),
				      .sh_type = SHT_PROGBITS,
				      .sh_flags = flags_of(w->parts[i].content) });
	table->count += EXTRA_PARTS;
	for (uint32_t i = 1; i < w->part_count; i++) {
		if (!w->parts[i].relocs.len)
			continue;
		renumber(&w->parts[i].relocs, places);
		strbuf_reset(&name);
		strbuf_printf(&name, ".rel%s", w->parts[i].name);
		add_row(table, out, &w->parts[i].relocs,
			(Elf64_Shdr){ .sh_name = add_name(names, strbuf_text(&name)),
				      .sh_type = SHT_REL,
				      .sh_link = symbols,
				      .sh_info = i,
				      .sh_entsize = sizeof(Elf64_Rel) });
	}
	strbuf_release(&name);
}

static void put_header(const struct table *table, uint64_t sections_at, uint32_t names,
		       struct strbuf *out)
{
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
			     EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_shoff = sections_at,
		.e_ehsize = sizeof header,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (Elf64_Half)table->count,
		.e_shstrndx = (Elf64_Half)names,
	};

	memcpy(out->data, &header, sizeof header);
}

/* Everything but the memory for it. */
static void write_all(struct object_writer *w, struct table *table, uint32_t *places,
		      struct strbuf *out)
{
	static const char no_header[sizeof(Elf64_Ehdr)];
	struct strbuf file = { 0 }, symbols = { 0 }, names = { 0 }, rows = { 0 };
	uint32_t globals, at, end;

	strbuf_add(&file, no_header, sizeof no_header);
	strbuf_putc(&names, '\0');
	globals = put_symbols(w, false, 0, places, &symbols, &names);
	(void)put_symbols(w, true, globals, places, &symbols, &names);
	table->count = 1; /* the first says nothing */
	put_parts(w, table, places, &file, &names);
	end = table->count;
	table->count = at = w->part_count;
	{
		uint32_t symbols_name = add_name(&names, ".symtab");
		uint32_t names_name = add_name(&names, ".strtab");

		add_row(table, &file, &symbols,
			(Elf64_Shdr){ .sh_name = symbols_name,
				      .sh_type = SHT_SYMTAB,
				      .sh_link = at + 1,
				      .sh_info = globals,
				      .sh_entsize = sizeof(Elf64_Sym) });
		add_row(table, &file, &names,
			(Elf64_Shdr){ .sh_name = names_name, .sh_type = SHT_STRTAB });
	}
	table->count = end;
	strbuf_add(&rows, table->rows, end * sizeof *table->rows);
	{
		uint64_t rows_at = put(&file, &rows);

		if (!file.failed)
			put_header(table, rows_at, at + 1, &file);
	}
	w->failed |= file.failed || symbols.failed || names.failed || rows.failed;
	if (!w->failed)
		strbuf_add(out, file.data, file.len);
	strbuf_release(&file);
	strbuf_release(&symbols);
	strbuf_release(&names);
	strbuf_release(&rows);
}

int object_write(struct object_writer *w, struct strbuf *out)
{
	struct table table = { 0 };
	uint32_t *places = calloc(w->symbol_count + 1, sizeof *places);

	for (uint32_t i = 0; i < w->part_count; i++)
		w->failed |= w->parts[i].data.failed || w->parts[i].relocs.failed;
	table.rows = calloc(2 * w->part_count + EXTRA_PARTS + 1, sizeof *table.rows);
	if (!table.rows || !places)
		w->failed = true;
	if (!w->failed)
		write_all(w, &table, places, out);
	free(table.rows);
	free(places);
	return w->failed || out->failed ? -ENOMEM : 0;
}
