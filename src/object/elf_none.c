/*
 * elf_none.c - what stands in for elf.c when Waggle is built without libelf.
 */
#include "object/elf.h"

#include <errno.h>

int elf_read(struct elf *elf, const void *data, size_t len)
{
	(void)data, (void)len;
	diag_error(elf->diag, SPAN_NONE,
		   "this waggle was built without libelf and reads no ELF files");
	diag_hint(elf->diag, "raw bytecode can be had with: llvm-objcopy -O binary -j SECTION");
	return -ENOTSUP;
}

void elf_release(struct elf *elf)
{
	(void)elf;
}
