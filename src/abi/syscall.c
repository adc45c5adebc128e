/*
 * syscall.c - the table of system calls.
 */
#include "abi/syscall.h"

#include <stddef.h>
#include <string.h>

#include "base/bits.h"

#ifdef __aarch64__
#define NUMBER(x86_64, arm64) arm64
#else
#define NUMBER(x86_64, arm64) x86_64
#endif

static const struct abi_syscall table[] = {
#define SYSCALL(name, event, x86_64, arm64) { #name, #event, NUMBER(x86_64, arm64) },
#include "abi/syscall.def"
};

const struct abi_syscall *abi_syscall_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number >= 0 && !strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct abi_syscall *abi_syscall_event(const char *event)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number >= 0 && !strcmp(table[i].event, event))
			return &table[i];
	return NULL;
}

const struct abi_syscall *abi_syscall_numbered(int number)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number == number)
			return number < 0 ? NULL : &table[i];
	return NULL;
}

int abi_syscall_count(void)
{
	int count = 0;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number >= count)
			count = table[i].number + 1;
	return count;
}
