/*
 * functions.c - the functions of the kernel that probes can be put on.
 *
 * The best list is the function tracer's, available_filter_functions; where it is missing or locked, there are the
 * symbols of kallsyms, some of which cannot be probed.  Either is read only when a pattern or an unknown
 * name needs it: a function that the kernel's types describe is there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "base/glob.h"
#include "probe/catalog_in.h"

static const char vmlinux[] = "vmlinux";

typedef int add_line_fn(struct catalog_names *names, char *line, char *end, const char **last);

void functions_release(struct functions *functions)
{
	free(functions->text);
	free(functions->names.list);
}

/* --- lists ----------------------------------------------------------------------------------- */

/* What stands at the end of a line, " [ext4]" or "\t[ext4]": the module's name, cut out; else the kernel itself.
 * Neighbours share one name. */
static const char *read_module(char *line, char *end, const char *last)
{
	char *open;

	if (end == line || end[-1] != ']')
		return vmlinux;
	open = memrchr(line, '[', (size_t)(end - line));
	if (!open)
		return vmlinux;
	end[-1] = '\0';
	return strcmp(open + 1, last) != 0 ? open + 1 : last;
}

/* A line "name [module]", up to @end, where a NUL takes the place of the newline. */
static int add_traceable(struct catalog_names *names, char *line, char *end, const char **last)
{
	const char *module;

	while (end > line && (unsigned char)end[-1] <= ' ')
		end--;
	module = read_module(line, end, *last);
	*end = '\0';
	if (module != vmlinux)
		line[strcspn(line, " \t")] = '\0';
	*last = module;
	return line[0] ? catalog_names_add(names, module, line) : 0;
}

/* What compilers made of a function for their own needs, and programs of BPF. */
static bool is_made(const char *name)
{
	static const char *const prefixes[] = { "__pfx_", "__cfi_", "bpf_prog_", "bpf_trampoline_",
						"__ftrace_invalid_address_" };

	if (name[0] != '_' && name[0] != 'b')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (name[0] == prefixes[i][0] && name[1] == prefixes[i][1] &&
		    name[2] == prefixes[i][2] && !strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static bool is_function(char type)
{
	return type == 't' || type == 'T' || type == 'w' || type == 'W';
}

/* A line "address type name[\tmodule]"; what is no function is left out. */
static int add_symbol(struct catalog_names *names, char *line, char *end, const char **last)
{
	enum { DIGITS = 16 }; /* of an address, on machines of today */
	const char *type;

	if (end - line > DIGITS && line[DIGITS] == ' ')
		type = line + DIGITS;
	else
		type = memchr(line, ' ', (size_t)(end - line));
	if (!type || end - type < 4 || !is_function(type[1]) || type[2] != ' ' || is_made(type + 3))
		return 0;
	return add_traceable(names, line + (type + 3 - line), end, last);
}

static int split_lines(struct functions *functions, add_line_fn *add)
{
	char *const end = functions->text + functions->text_len;
	const char *last = vmlinux;
	int err = 0;

	for (char *line = functions->text; line < end && !err;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		newline = newline ? newline : end;
		err = add(&functions->names, line, newline, &last);
		line = newline + 1;
	}
	return err;
}

static int read_file(struct functions *functions, const char *path, struct diag *diag)
{
	return file_read(path, diag, &functions->text, &functions->text_len);
}

static int read_functions(struct catalog *catalog, struct diag *diag)
{
	struct functions *functions = &catalog->functions;
	char path[512];

	if (catalog->options.functions) {
		const int err = read_file(functions, catalog->options.functions, diag);

		return err ? err : split_lines(functions, add_traceable);
	}
	if (tracefs_find(catalog, NULL) == 0) {
		(void)snprintf(path, sizeof path, "%s/available_filter_functions",
			       catalog->tracefs.path);
		functions->is_traceable = read_file(functions, path, NULL) == 0;
		if (functions->is_traceable)
			return split_lines(functions, add_traceable);
	}
	(void)snprintf(path, sizeof path, "%s/kallsyms",
		       catalog->options.proc ? catalog->options.proc : "/proc");
	if (read_file(functions, path, NULL) == 0)
		return split_lines(functions, add_symbol);
	diag_error(diag, SPAN_NONE, "the kernel's functions are listed nowhere");
	diag_hint(diag,
		  "'%s' cannot be read, and no tracefs is mounted: mount -t tracefs tracefs "
		  "/sys/kernel/tracing",
		  path);
	return -ENOENT;
}

static int functions_read(struct catalog *catalog, struct diag *diag)
{
	struct functions *functions = &catalog->functions;

	if (!functions->was_tried || (functions->err && diag)) {
		functions->was_tried = true;
		functions->err = read_functions(catalog, diag);
	}
	return functions->err;
}

/* --- searches -------------------------------------------------------------------------------- */

static bool add_found(void *data, const char *target, const char *space, const char *name)
{
	(void)space;
	return catalog_names_add(data, target, name) == 0;
}

/* Do the types of its own module describe the function? */
static bool is_typed_in_module(struct catalog *catalog, const struct catalog_name *name)
{
	const struct btf *btf = catalog_module_btf(catalog, name->target);

	return btf && btf_find(btf, BTF_FUNC, name->name) >= btf_first_id(btf);
}

/* Keep those of @names, sorted, that the types of the kernel, or of their module, describe as functions, too. */
static int keep_typed(struct catalog *catalog, const char *name, struct catalog_names *names)
{
	struct catalog_names typed = { 0 };
	size_t kept = 0;
	int err = catalog_typed_names(catalog, BTF_FUNC, name, &typed);

	for (size_t i = 0, j = 0; !err && i < names->count; i++) {
		if (names->list[i].target != vmlinux) {
			if (is_typed_in_module(catalog, &names->list[i]))
				names->list[kept++] = names->list[i];
			continue;
		}
		while (j < typed.count && strcmp(typed.list[j].name, names->list[i].name) < 0)
			j++;
		if (j < typed.count && !strcmp(typed.list[j].name, names->list[i].name))
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
	free(typed.list);
	return err;
}

/* All that look like @module and @name, in order. */
static int search(struct catalog *catalog, const char *module, const char *name, bool typed,
		  catalog_found_fn *found, void *data)
{
	struct catalog_names names = { 0 };
	const int count =
		catalog_names_search(&catalog->functions.names, module, name, add_found, &names);
	int err = (size_t)count == names.count ? 0 : -ENOMEM;

	catalog_names_sort(&names);
	if (!err && typed)
		err = keep_typed(catalog, name, &names);
	if (!err)
		err = catalog_names_search(&names, NULL, NULL, found, data);
	free(names.list);
	return err;
}

int catalog_functions(struct catalog *catalog, const char *module, const char *name, bool typed,
		      catalog_found_fn *found, void *data, struct diag *diag)
{
	const struct btf *btf = catalog_btf(catalog);
	int err;

	if (typed && !btf) {
		diag_error(diag, SPAN_NONE, "this kernel does not describe its functions");
		diag_hint(diag,
			  "it was built without CONFIG_DEBUG_INFO_BTF; kprobes do not need it");
		return -ENOENT;
	}
	if (!catalog->options.functions && name && glob_is_plain(name) &&
	    (!module || glob_matches(module, vmlinux))) {
		if (btf && btf_find(btf, BTF_FUNC, name)) {
			(void)found(data, vmlinux, NULL, name);
			return 1;
		}
	}
	err = functions_read(catalog, diag);
	return err ? err : search(catalog, module, name, typed, found, data);
}

void catalog_offer_functions(struct catalog *catalog, struct nearest *search)
{
	if (functions_read(catalog, NULL) != 0)
		return;
	for (size_t i = 0; i < catalog->functions.names.count; i++)
		nearest_offer(search, catalog->functions.names.list[i].name);
}

bool catalog_is_traceable(struct catalog *catalog, const char *name)
{
	if (functions_read(catalog, NULL) != 0 || !catalog->functions.is_traceable)
		return true;
	for (size_t i = 0; i < catalog->functions.names.count; i++)
		if (!strcmp(catalog->functions.names.list[i].name, name))
			return true;
	return false;
}

/* A line of kallsyms, "address type name": its address, and whether it is that of @name. */
static bool read_symbol(const char *line, const char *name, uint64_t *ret_address)
{
	const size_t len = strlen(name);
	char *end;

	*ret_address = strtoull(line, &end, 16);
	return end[0] == ' ' && end[1] && end[2] == ' ' && !strncmp(end + 3, name, len) &&
	       (end[3 + len] == '\n' || end[3 + len] == '\t');
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

uint64_t catalog_function_bytes(struct catalog *catalog, const char *name)
{
	uint64_t start = 0, end = UINT64_MAX, address;
	char path[512], *text;
	size_t len;

	(void)snprintf(path, sizeof path, "%s/kallsyms",
		       catalog->options.proc ? catalog->options.proc : "/proc");
	if (file_read(path, NULL, &text, &len) != 0)
		return 0;
	for (const char *line = text; *line && !start; line = next_line(line))
		if (read_symbol(line, name, &address))
			start = address;
	for (const char *line = text; *line && start; line = next_line(line))
		if (!read_symbol(line, name, &address) && address > start && address < end)
			end = address;
	free(text);
	return start && end != UINT64_MAX ? end - start : 0;
}
