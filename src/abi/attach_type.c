/*
 * attach_type.c - names of attach types, and which kernels have them.
 */
#include "abi/attach_type.h"

#include <stddef.h>

#include "abi/version.h"
#include "base/bits.h"

#define V ABI_KERNEL

static const struct {
	const char *name;
	uint16_t since;
} rows[] = {
#define ATTACH_TYPE(number, NAME, name, since) [number] = { #name, since },
#include "abi/attach_type.def"
};

const char *abi_attach_type_name(uint32_t type)
{
	return type < ARRAY_LEN(rows) ? rows[type].name : NULL;
}

uint16_t abi_attach_type_since(uint32_t type)
{
	return type < ARRAY_LEN(rows) ? rows[type].since : 0;
}
