/*
 * kernel.h - the types of the kernel, from its BTF.
 *
 * The file is mapped when somebody first asks for a type, and types are made of it one by one.
 */
#ifndef WAGGLE_SCRIPT_KERNEL_H
#define WAGGLE_SCRIPT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/nearest.h"
#include "btf/btf.h"
#include "header/header.h"
#include "probe/catalog.h"
#include "script/ast.h"
#include "script/types.h"

/* The kernel whose BTF is in the file @path; NULL: the running one, whose BTF @catalog has.  Both must outlive
 * it.  NULL when memory is short.  Nothing is read yet. */
struct kernel *kernel_new(const char *path, struct catalog *catalog);
void kernel_free(struct kernel *kernel); /* NULL is fine */

/* Its BTF, or NULL when that cannot be read. */
const struct btf *kernel_btf(struct kernel *kernel);
/* Can its BTF be read? */
bool kernel_has_types(struct kernel *kernel);

/* Let types of that module be found too.  Nothing happens when it has none. */
void kernel_use_module(struct kernel *kernel, const char *module);

/* The struct, union, enum or typedef called @name, or NULL. */
const struct type *kernel_find(struct types *types, enum c_tag tag, const char *name);

/* The value of the enumerator @name of any enum; *ret_type is the enum.  False when there is none. */
bool kernel_find_enumerator(struct types *types, const char *name, uint64_t *ret_value,
			    const struct type **ret_type);

/* Arguments of the function @name of @module (NULL: the kernel itself) but for the first @skipped, as a struct's fields, and what it
 * returns.  False when the kernel has none of that name. */
bool kernel_find_function(struct types *types, const char *module, const char *name,
			  uint32_t skipped, const struct type **ret_args,
			  const struct type **ret_result);

/* The same of the headers that the script includes, which are read for it. */
const struct type *kernel_find_in_headers(struct types *types, enum c_tag tag, const char *name);

/* Read the fields of @type, which is of the kernel or of others. */
void kernel_fill_fields(struct types *types, const struct type *type);

/* The values of the enum @type, which is of the kernel or of others: their number, and *ret_values of the arena. */
uint32_t kernel_enumerators(struct types *types, const struct type *type,
			    struct btf_enumerator **ret_values);

/* The id of the type of @kind called @name, or 0. */
uint32_t kernel_find_id(struct kernel *kernel, enum btf_kind kind, const char *name);

/* The id of the function @name of @module (NULL: the kernel itself), or 0. */
uint32_t kernel_find_function_id(struct kernel *kernel, const char *module, const char *name);

/* Offer the names of all types of @tag; for 'did you mean'. */
void kernel_offer(struct kernel *kernel, enum c_tag tag, struct nearest *search);

#endif
