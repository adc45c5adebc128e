/*
 * object.h - BPF objects: the ELF files that 'clang -target bpf -c' makes.
 *
 * An object holds programs, the functions they call, and the maps that both use.  Reading one
 * checks its tables; linking a program copies it and the functions it needs into one array of
 * instructions that vm_prog_new takes, in which maps are loaded by their number in the object.
 *
 * What a section is for follows libbpf: ".maps" and "maps" define maps; ".data", ".rodata", ".bss" (and
 * ".data.x" and so on) are maps of one element each; all other sections with code hold programs, but
 * ".text" only functions, unless it is the only one.
 *
 * Files may be damaged or hostile: nothing is believed that was not checked.
 */
#ifndef WAGGLE_OBJECT_OBJECT_H
#define WAGGLE_OBJECT_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "isa/insn.h"

enum {
	OBJECT_MOST_MAPS = 1024,
	OBJECT_MAP_RDONLY = 1 << 7,    /* BPF_F_RDONLY_PROG, as .rodata has it */
	OBJECT_MAP_MMAPABLE = 1 << 10, /* BPF_F_MMAPABLE, as global variables have it */
};

struct object_map {
	const char *name;
	uint32_t type; /* the members of the kernel's bpf_attr for BPF_MAP_CREATE */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	uint32_t numa_node; /* with BPF_F_NUMA_NODE */
	uint64_t extra;
	bool is_pinned;                 /* by its name: LIBBPF_PIN_BY_NAME */
	uint32_t key_type;              /* ids in the object's types; 0: not described */
	uint32_t value_type;            /* of variables: of their section */
	const struct object_map *inner; /* what the maps in it are like; NULL: it holds none */
	const uint8_t *data;            /* of element 0, or NULL: zeroes */
	size_t data_len;
};

/* Where programs begin. */
struct object_entry {
	const char *name;    /* of the function, or of its section when it has no symbol */
	const char *section; /* "xdp", "tracepoint/syscalls/sys_enter_openat" */
};

/* A pointer in a map's data: at @offset in map @map, to @target_offset in map @target. */
struct object_pointer {
	uint32_t map, target;
	uint64_t offset, target_offset;
};

/* An initial element of map @map: at @index stands entry @target of the object (prog arrays), or
 * its map @target (maps of maps). */
struct object_slot {
	uint32_t map, index, target;
};

/* Everything in it lives as long as the object and the file's bytes. */
struct object {
	struct object_map *maps;
	size_t map_count;
	struct object_entry *entries;
	size_t entry_count;
	struct object_pointer *pointers;
	size_t pointer_count;
	struct object_slot *slots;
	size_t slot_count;
	bool wants_core; /* .BTF.ext has relocations against the kernel's types */
};

/* Does @data begin as ELF files do? */
bool object_is_elf(const void *data, size_t len);

/* Read the @len bytes at @data; they must outlive the object.  Returns 0 and sets *ret_object
 * (yours: object_free); -EINVAL with the reason in @diag, -ENOMEM, or -ENOTSUP when Waggle was
 * built without libelf. */
int object_read(const void *data, size_t len, struct diag *diag, struct object **ret_object);
void object_free(struct object *object); /* NULL is fine */

/* The entry that @name means: a function's name or a section's.  NULL means the only entry
 * there is.  Returns its number, or -ENOENT with a list of those there are in @diag. */
int object_find_entry(const struct object *object, const char *name, struct diag *diag);

/* What an object uses and does not define. */
struct object_extern {
	const char *name;
	bool is_weak; /* it may be missing */
};

/* Knows what the object does not define.  Each fills in source register and immediate (of a load, of
 * both slots) of the instruction @insn, which refers to @symbol, and returns 0; or -ENOENT: it is not known,
 * or -EINVAL: the reason is in the diag.  A member may be NULL. */
struct object_resolver {
	int (*call)(void *data, const struct object_extern *symbol, struct insn *insn);
	int (*load)(void *data, const struct object_extern *symbol, struct insn *insn);
	void *data;
};

/* Where in a linked program a function of the object stands. */
struct object_piece {
	const char *section; /* slots [start, start + count) of it ... */
	size_t start;
	size_t count;
	size_t at; /* ... are at this slot of the program */
};

struct object_linked {
	struct insn *insns; /* freed with the object, as the pieces are */
	size_t insn_count;
	const struct object_piece *pieces; /* the entry is the first */
	size_t piece_count;
};

/* Entry @entry and all functions that it needs as one program.  What the object does not define is
 * asked of @resolver (may be NULL).  Returns 0 and sets *ret_linked, or -EINVAL, -ENOMEM. */
int object_link(struct object *object, size_t entry, const struct object_resolver *resolver,
		struct diag *diag, struct object_linked *ret_linked);

/* The bytes of the section called @name, or NULL: there is none, or it has none. */
const uint8_t *object_bytes(const struct object *object, const char *name, size_t *ret_size);

/* Is the function @name for this object alone (hidden), though global? */
bool object_is_hidden(const struct object *object, const char *name);

/* May @name, which the object uses, be missing? */
bool object_is_weak(const struct object *object, const char *name);

/* Does section @section define a variable or function @name?  Where and how long it is. */
bool object_symbol(const struct object *object, const char *section, const char *name,
		   uint64_t *ret_offset, uint64_t *ret_size);

/* How long section @name is (.bss has bytes, but none in the file), or 0. */
uint64_t object_section_size(const struct object *object, const char *name);

#endif
