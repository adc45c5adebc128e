/*
 * helper.c - looking up helpers by number and by name.
 *
 * A name is looked up once per call in a source text, so a scan of two hundred rows will do.
 */
#include "abi/helper.h"

#include <errno.h>
#include <string.h>

#define PREFIX "bpf_"

static const char *const helper_names[ABI_HELPER_END] = {
#define HELPER(id, name, ...) [id] = PREFIX #name,
#include "abi/helper.def"
};

const char *abi_helper_name(uint32_t id)
{
	return id < ABI_HELPER_END ? helper_names[id] : NULL;
}

int abi_helper_id(const char *name, size_t len)
{
	const size_t prefix_len = strlen(PREFIX);

	if (len > prefix_len && memcmp(name, PREFIX, prefix_len) == 0) {
		name += prefix_len;
		len -= prefix_len;
	}
	for (int id = 0; id < ABI_HELPER_END; id++) {
		const char *candidate = helper_names[id];

		if (candidate && strlen(candidate + prefix_len) == len &&
		    memcmp(candidate + prefix_len, name, len) == 0)
			return id;
	}
	return -ENOENT;
}
