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
	const uint8_t *data; /* of element 0, or NULL: zeroes */
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

/* An element of a prog array: entry @entry at @index in map @map. */
struct object_slot {
	uint32_t map, index, entry;
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

/* Knows the number of the helper called @name, or says -1. */
typedef int32_t object_helper_fn(void *data, const char *name);

/* Entry @entry and all functions that it needs as one program.  Functions that the object does
 * not define are asked of @helper (may be NULL) and become calls of helpers.  Returns 0 and sets
 * *ret_insns (freed with the object) and *ret_count, or -EINVAL, -ENOMEM. */
int object_link(struct object *object, size_t entry, object_helper_fn *helper, void *helper_data,
		struct diag *diag, const struct insn **ret_insns, size_t *ret_count);

#endif
