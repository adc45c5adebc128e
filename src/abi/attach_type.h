/*
 * attach_type.h - what programs are attached to, by the kernel's numbers, whatever the system's headers
 * know.
 *
 * The table is attach_type.def.
 */
#ifndef WAGGLE_ABI_ATTACH_TYPE_H
#define WAGGLE_ABI_ATTACH_TYPE_H

#include <stdint.h>

enum abi_attach_type {
#define ATTACH_TYPE(number, NAME, ...) ABI_ATTACH_##NAME = (number),
#include "abi/attach_type.def"
};

/* "trace_fentry", or NULL: none that is known. */
const char *abi_attach_type_name(uint32_t type);

/* The first kernel that has it (version.h), or 0. */
uint16_t abi_attach_type_since(uint32_t type);

#endif
