/*
 * user_types.h - the types of programs, from their debug information (DWARF).
 *
 * Structs are looked into when somebody asks for their fields.  Two of one name are taken to be the same.
 */
#ifndef WAGGLE_SCRIPT_USER_TYPES_H
#define WAGGLE_SCRIPT_USER_TYPES_H

#include "script/ast.h"
#include "script/types.h"

struct catalog_signature;

/* What a function takes, as a struct's fields: each is where the argument of that number would be if all were
 * words, the first at 0.  What programs cannot read has the type none, and says why.  NULL when memory is short. */
const struct type *user_args(struct types *types, const struct catalog_signature *signature);

/* The same of what it returns; NULL: nothing, or memory is short. */
const struct field *user_result(struct types *types, const struct catalog_signature *signature);

/* Read the fields of @type, which has 'user'. */
void user_fill_fields(struct types *types, const struct type *type);

#endif
