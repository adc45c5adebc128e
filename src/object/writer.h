/*
 * writer.h - making ELF objects of BPF: sections, symbols and relocations, as 'clang -target bpf -c' leaves them.
 *
 *	struct object_writer w;
 *	object_writer_init(&w);
 *	text = object_add_section(&w, "xdp", OBJECT_CODE);
 *	strbuf_add(object_section(&w, text), insns, bytes);
 *	symbol = object_add_symbol(&w, &(struct object_symbol){ .name = "main", .section = text, ... });
 *	err = object_write(&w, &out);
 *	object_writer_release(&w);
 *
 * Sections and symbols are known by the numbers that adding them gave.  Want of memory is remembered and reported
 * at the end.  The machine's byte order is the object's.
 */
#ifndef WAGGLE_OBJECT_WRITER_H
#define WAGGLE_OBJECT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "object/elf.h"

enum object_content {
	OBJECT_CODE,
	OBJECT_DATA,   /* loaded, and programs may write there */
	OBJECT_RODATA, /* loaded, read-only */
	OBJECT_INFO,   /* for loaders: BTF, .waggle */
};

struct object_symbol {
	const char *name;
	uint32_t section; /* 0: it is defined elsewhere */
	uint64_t value;   /* offset in the section */
	uint64_t size;
	enum elf_symbol_type type;
	bool is_global;
};

struct object_part; /* a section; opaque */
struct object_writer {
	struct object_part *parts;
	uint32_t part_count, part_size;
	struct object_symbol *symbols;
	uint32_t symbol_count, symbol_size;
	bool failed;
};

void object_writer_init(struct object_writer *w);
void object_writer_release(struct object_writer *w);

/* A section called @name, which must outlive @w: its number; 0 without memory. */
uint32_t object_add_section(struct object_writer *w, const char *name, enum object_content content);
/* What is in it so far, to be added to; good until the next section is added. */
struct strbuf *object_section(struct object_writer *w, uint32_t section);
/* Returns its number. */
uint32_t object_add_symbol(struct object_writer *w, const struct object_symbol *symbol);
/* At @offset of @section stands what the loader makes of @symbol. */
void object_add_reloc(struct object_writer *w, uint32_t section, uint64_t offset, uint32_t symbol,
		      enum elf_reloc_type type);

/* The file, appended to @out: 0 or -ENOMEM. */
int object_write(struct object_writer *w, struct strbuf *out);

#endif
