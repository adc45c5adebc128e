/*
 * elf_probe.c - executables, caches of the dynamic linker and arguments of USDT probes, of any bytes.
 *
 * The first byte says which; an executable is asked for all that the catalog can say about it.
 */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <stdio.h>
#include <unistd.h>

#include "probe/catalog.h"
#include "probe/ld_cache.h"
#include "probe/usdt_arg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_FUNCTIONS = 16 };

struct asking {
	struct catalog *catalog;
	const char *path;
	int left;
};

static void ask_type(struct catalog *catalog, const struct catalog_type *type, int depth)
{
	const struct catalog_type_field *fields;
	struct catalog_type of;
	uint32_t count;

	if (depth < 3 && catalog_type_of(catalog, type, &of) == 0)
		ask_type(catalog, &of, depth + 1);
	if (depth < 3 && catalog_type_fields(catalog, type, &fields, &count) == 0)
		for (uint32_t i = 0; i < count; i++)
			ask_type(catalog, &fields[i].type, depth + 1);
}

static bool ask_function(void *data, const char *target, const char *space, const char *name)
{
	struct asking *asking = data;
	const struct catalog_signature *signature;
	struct catalog_place place;
	struct diag diag = { 0 };

	(void)target, (void)space;
	(void)catalog_user_place(asking->catalog, asking->path, name, 1, 0, &diag, &place);
	if (catalog_user_signature(asking->catalog, asking->path, name, 0, &diag, &signature) == 0)
		for (uint32_t i = 0; i < signature->param_count; i++)
			ask_type(asking->catalog, &signature->params[i].type, 0);
	diag_release(&diag);
	return --asking->left > 0;
}

static bool ask_usdt(void *data, const char *target, const char *space, const char *name)
{
	struct asking *asking = data;
	const struct catalog_usdt_site *sites;
	uint32_t count;

	(void)target;
	return catalog_usdt_sites(asking->catalog, asking->path, space, name, 0, &sites, &count,
				  NULL) == 0;
}

static void try_executable(const uint8_t *data, size_t size)
{
	const struct catalog_options options = { .sys = &sys_linux };
	const int fd = memfd_create("executable", MFD_CLOEXEC);
	struct asking asking = { catalog_new(&options), NULL, MOST_FUNCTIONS };
	struct catalog_line line = { .file = "main.c", .line = 3 };
	const struct catalog_place *places;
	struct diag diag = { 0 };
	uint32_t count;
	char path[64];

	if (fd < 0 || !asking.catalog || write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	line.path = asking.path = path;
	(void)catalog_user_functions(asking.catalog, path, "*", 0, ask_function, &asking, &diag);
	(void)catalog_user_functions(asking.catalog, path, "cpp:*a*", 0, ask_function, &asking,
				     NULL);
	(void)ask_function(&asking, path, NULL, "nosuch");
	(void)catalog_usdt(asking.catalog, path, NULL, "*", 0, ask_usdt, &asking, &diag);
	(void)catalog_source_line(asking.catalog, &line, &diag, &places, &count);
	catalog_free(asking.catalog);
	diag_release(&diag);
	(void)close(fd);
}

/* An exact copy, so that a byte too far is noticed. */
static void try_cache(const uint8_t *data, size_t size)
{
	void *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	(void)ld_cache_find(copy, size, "libc");
	(void)ld_cache_find(copy, size, "c.so.6");
	free(copy);
}

static bool any_symbol(void *data, const char *name, uint64_t *ret_address)
{
	(void)data;
	*ret_address = strlen(name);
	return name[0] != 'x';
}

static void try_args(const uint8_t *data, size_t size, uint16_t machine)
{
	const struct usdt_context context = { .machine = machine, .pc = 1, .symbol = any_symbol };
	const struct catalog_usdt_arg *args;
	struct arena arena = { 0 };
	char *text = strndup((const char *)data, size);
	uint32_t count;

	if (!text)
		abort();
	(void)usdt_parse_args(text, &context, &arena, &args, &count);
	free(text);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0]) {
	case 'c': try_cache(data + 1, size - 1); break;
	case 'x': try_args(data + 1, size - 1, EM_X86_64); break;
	case 'a': try_args(data + 1, size - 1, EM_AARCH64); break;
	default: try_executable(data, size);
	}
	return 0;
}
