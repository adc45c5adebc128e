/*
 * object.c - ELF objects of any bytes, loaded into a kernel that takes everything.
 *
 * The kernel is none: it hands out numbers.  The object's own types stand in for the kernel's, so that what depends on them is
 * found, or not, as the bytes have it; and they are written as C.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "btf/c.h"
#include "load/load.h"
#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_all(const struct sys *sys, int command, void *attr, size_t bytes)
{
	static int next = 1000;

	(void)sys;
	(void)attr;
	(void)bytes;
	if (command == BPF_OBJ_GET)
		return -2; /* nothing is pinned */
	if (command == BPF_MAP_CREATE || command == BPF_PROG_LOAD || command == BPF_BTF_LOAD)
		return next++;
	return 0;
}

static int close_none(const struct sys *sys, int fd)
{
	(void)sys;
	(void)fd;
	return 0;
}

static const struct sys nothing = { .name = "nothing", .bpf = take_all, .close = close_none };

static bool is_small(const struct object *object)
{
	for (size_t i = 0; i < object->map_count; i++)
		if (object->maps[i].value_size > 1 << 20)
			return false;
	return true;
}

static void load(struct object *object, const struct btf *types)
{
	const struct load_options options = { .sys = &nothing, .name = "fuzz.o", .kernel = types };
	struct diag diag = { 0 };
	struct loaded *loaded = NULL;

	if (!load_object(object, &options, &diag, &loaded))
		loaded_free(loaded);
	diag_release(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object *object = NULL;
	struct strbuf text = { 0 };
	struct diag diag = { 0 };
	struct btf *types = NULL;
	const uint8_t *bytes;
	size_t len;

	if (!object_read(data, size, &diag, &object) && is_small(object)) {
		bytes = object_bytes(object, ".BTF", &len);
		if (bytes && !btf_parse(bytes, len, NULL, &types))
			(void)btf_to_c(types, &text);
		load(object, types);
	}
	btf_free(types);
	object_free(object);
	strbuf_release(&text);
	diag_release(&diag);
	return 0;
}
