/*
 * names.c - the names that Linux gives.
 */
#include "isa/names.h"

#include "abi/helper.h"

const struct isa_names isa_linux_names = {
	.helper_name = abi_helper_name,
	.helper_id = abi_helper_id,
	.helper_end = ABI_HELPER_END,
};
