/*
 * table.c - the table of helpers.
 */
#include "kern/helper/helper.h"

#include "abi/helper.h"
#include "base/bits.h"

const struct vm_helper helper_table[] = {
#define VM_HELPER(name, kind) \
	[ABI_HELPER_##name] = { "bpf_" #name, helper_##name, VM_HELPER_##kind },
#include "kern/helper/helper.def"
};

const uint32_t helper_table_count = ARRAY_LEN(helper_table);
