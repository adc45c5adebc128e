/*
 * attach_type.c - names of attach types, lower case as bpftool writes them.
 */
#include "abi/attach_type.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { MOST_NAME = 40 };

static const struct {
	const char *name;
} rows[] = {
#define ATTACH_TYPE(number, name) [number] = { #name },
#include "abi/attach_type.def"
};

const char *abi_attach_type_name(uint32_t type)
{
	static _Thread_local char text[MOST_NAME];
	size_t len;

	if (type >= sizeof rows / sizeof *rows || !rows[type].name)
		return NULL;
	len = strlen(rows[type].name);
	for (size_t i = 0; i <= len; i++)
		text[i] = (char)tolower((unsigned char)rows[type].name[i]);
	return text;
}
