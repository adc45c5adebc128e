/*
 * dwarf_in.h - what the files share that know libdw.
 */
#ifndef WAGGLE_PROBE_DWARF_IN_H
#define WAGGLE_PROBE_DWARF_IN_H

#include <elfutils/libdw.h>

#include "probe/user.h"

struct dwarf_type {
	struct user_file *file; /* where definitions of types that are only declared may be */
	Dwarf_Die die;
};

/* The DWARF of @file, or of its debug file, opened once; NULL: there is none. */
Dwarf *user_dwarf(struct user_file *file);

/* What @die, a type or NULL for void, is. */
int dwarf_describe(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
		   struct catalog_type *ret_type);
/* The same of what attribute DW_AT_type of @die refers to. */
int dwarf_describe_type_of(struct user_catalog *user, struct user_file *file, Dwarf_Die *die,
			   struct catalog_type *ret_type);

/* Fill in where each of @params is when the function is called, and @result when it has returned, by the rules of the
 * machine of @file. */
int dwarf_place_signature(struct catalog *catalog, const struct user_file *file,
			  struct catalog_param *result, struct catalog_param *params,
			  uint32_t count);

/* The number of the argument register that DWARF calls @reg, or UINT32_MAX. */
uint32_t dwarf_arg_of_reg(uint16_t machine, uint64_t reg);

#endif
