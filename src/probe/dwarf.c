/*
 * dwarf.c - functions and source lines by DWARF.
 *
 * A function is found by its address, which the symbol table has: so it does not matter what DWARF calls it.
 * Parameters are where the machine's calling convention puts them, unless DWARF says that one is in a
 * register at the first instruction: compilers make copies of functions with fewer parameters.
 */
#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/dwarf_in.h"

struct dwarf_info {
	int fd;
	Dwarf *dwarf;
};

/* --- opening ----------------------------------------------------------------------------------- */

static bool has_units(Dwarf *dwarf)
{
	Dwarf_Off next;
	size_t header;

	return dwarf_nextcu(dwarf, 0, &next, &header, NULL, NULL, NULL) == 0;
}

static bool open_dwarf(struct dwarf_info *info, const char *path)
{
	info->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	info->dwarf = info->fd < 0 ? NULL : dwarf_begin(info->fd, DWARF_C_READ);
	if (info->dwarf && has_units(info->dwarf))
		return true;
	if (info->dwarf)
		(void)dwarf_end(info->dwarf);
	if (info->fd >= 0)
		(void)close(info->fd);
	return false;
}

Dwarf *user_dwarf(struct user_file *file)
{
	const char *debug;
	struct dwarf_info info;

	if (file->dwarf_was_tried)
		return file->dwarf ? file->dwarf->dwarf : NULL;
	file->dwarf_was_tried = true;
	if (!open_dwarf(&info, file->path)) {
		debug = elf_file_debug_path(file->elf);
		if (!debug || !open_dwarf(&info, debug))
			return NULL;
	}
	file->dwarf = malloc(sizeof *file->dwarf);
	if (file->dwarf) {
		*file->dwarf = info;
		return info.dwarf;
	}
	(void)dwarf_end(info.dwarf);
	(void)close(info.fd);
	return NULL;
}

void user_dwarf_release(struct user_file *file)
{
	if (!file->dwarf)
		return;
	(void)dwarf_end(file->dwarf->dwarf);
	(void)close(file->dwarf->fd);
	free(file->dwarf);
}

static int refuse_dwarf(const struct user_file *file, struct diag *diag)
{
	diag_error(diag, SPAN_NONE, "'%s' has no debug information", file->name);
	diag_hint(
		diag,
		"compile it with -g, or install its debug symbols: a package such as NAME-dbgsym or "
		"NAME-debuginfo");
	return -ENODATA;
}

/* --- functions --------------------------------------------------------------------------------- */

/* The unit that @address is in.  Not every compiler writes the table that dwarf_addrdie looks into. */
static bool unit_at(Dwarf *dwarf, uint64_t address, Dwarf_Die *ret_unit)
{
	Dwarf_Off offset = 0, next;
	size_t header;

	if (dwarf_addrdie(dwarf, address, ret_unit))
		return true;
	while (dwarf_nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
		if (dwarf_offdie(dwarf, offset + header, ret_unit) &&
		    dwarf_haspc(ret_unit, address) > 0)
			return true;
		offset = next;
	}
	return false;
}

/* The function itself at @address, not one that was inlined there. */
static bool function_at(Dwarf *dwarf, uint64_t address, Dwarf_Die *ret_function)
{
	Dwarf_Die unit, *scopes = NULL;
	bool is_found = false;
	int count;

	if (!unit_at(dwarf, address, &unit))
		return false;
	count = dwarf_getscopes(&unit, address, &scopes);
	for (int i = 0; i < count && !is_found; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram) {
			*ret_function = scopes[i];
			is_found = true;
		}
	free(scopes);
	return is_found;
}

static uint32_t count_params(Dwarf_Die *function)
{
	Dwarf_Die child;
	uint32_t count = 0;

	if (dwarf_child(function, &child) == 0)
		do
			count += dwarf_tag(&child) == DW_TAG_formal_parameter;
		while (dwarf_siblingof(&child, &child) == 0);
	return count;
}

/* The register that a parameter is in at @address, or UINT32_MAX: it is in none, or that is not known. */
static uint32_t register_at(Dwarf_Die *param, uint16_t machine, uint64_t address)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *op;
	size_t len;

	if (!dwarf_attr(param, DW_AT_location, &attribute) ||
	    dwarf_getlocation_addr(&attribute, address, &op, &len, 1) != 1 || len != 1)
		return UINT32_MAX;
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		return dwarf_arg_of_reg(machine, op->atom - DW_OP_reg0);
	return op->atom == DW_OP_regx ? dwarf_arg_of_reg(machine, op->number) : UINT32_MAX;
}

/* Does @name say that the compiler changed what the function takes? */
static bool is_changed(const char *name)
{
	return strstr(name, ".isra.") || strstr(name, ".constprop.");
}

static void correct_places(Dwarf_Die *function, const struct user_file *file,
			   const struct elf_symbol *symbol, struct catalog_param *params)
{
	Dwarf_Die child;
	uint32_t i = 0;

	if (dwarf_child(function, &child) != 0)
		return;
	do {
		uint32_t arg;

		if (dwarf_tag(&child) != DW_TAG_formal_parameter)
			continue;
		arg = register_at(&child, elf_file_machine(file->elf), symbol->address);
		if (arg != UINT32_MAX)
			params[i].stack = UINT32_MAX;
		else if (is_changed(symbol->name))
			params[i].stack = UINT32_MAX;
		else
			arg = params[i].arg;
		params[i++].arg = arg;
	} while (dwarf_siblingof(&child, &child) == 0);
}

static int read_params(struct user_catalog *user, struct user_file *file, Dwarf_Die *function,
		       struct catalog_param *params)
{
	Dwarf_Die child;
	uint32_t i = 0;
	int err = 0;

	if (dwarf_child(function, &child) != 0)
		return 0;
	do {
		const char *name;

		if (dwarf_tag(&child) != DW_TAG_formal_parameter)
			continue;
		name = dwarf_diename(&child);
		params[i].name = name ? name : "";
		err = dwarf_describe_type_of(user, file, &child, &params[i++].type);
	} while (!err && dwarf_siblingof(&child, &child) == 0);
	return err;
}

static int read_signature(struct catalog *catalog, struct user_file *file,
			  const struct elf_symbol *symbol, Dwarf_Die *function,
			  const struct catalog_signature **ret_signature)
{
	struct user_catalog *user = catalog->user;
	const uint32_t count = count_params(function);
	struct catalog_signature *signature = arena_alloc(&user->arena, sizeof *signature);
	struct catalog_param *params =
		arena_alloc_array(&user->arena, count ? count : 1, sizeof *params);
	int err;

	if (!signature || !params)
		return -ENOMEM;
	err = dwarf_describe_type_of(user, file, function, &signature->result.type);
	if (!err)
		err = read_params(user, file, function, params);
	if (!err)
		err = dwarf_place_signature(catalog, file, &signature->result, params, count);
	if (err)
		return err;
	correct_places(function, file, symbol, params);
	signature->params = params;
	signature->param_count = count;
	*ret_signature = signature;
	return 0;
}

int catalog_user_signature(struct catalog *catalog, const char *path, const char *name,
			   uint32_t pid, struct diag *diag,
			   const struct catalog_signature **ret_signature)
{
	const struct elf_symbol *symbol;
	struct catalog_place place;
	struct user_file *file;
	Dwarf_Die function;
	int err = catalog_user_place(catalog, path, name, 0, pid, diag, &place);

	if (!err)
		err = user_file_find(catalog, path, pid, diag, &file);
	if (err)
		return err;
	if (!user_dwarf(file))
		return refuse_dwarf(file, diag);
	symbol = elf_file_function(file->elf, name);
	if (!symbol || !function_at(user_dwarf(file), symbol->address, &function)) {
		diag_error(diag, SPAN_NONE, "the debug information of '%s' does not have '%s'",
			   file->name, name);
		diag_hint(
			diag,
			"that part was compiled without -g, or in assembler; arg0, arg1 ... have the "
			"values");
		return -ENODATA;
	}
	return read_signature(catalog, file, symbol, &function, ret_signature);
}

/* --- lines ------------------------------------------------------------------------------------- */

/* The lowest address of the line in one function. */
struct line_hit {
	uint64_t address;
	Dwarf_Off function; /* or inlined function */
};

struct line_search {
	const struct catalog_line *line;
	struct user_file *file;
	struct line_hit *hits;
	uint32_t count;
	uint32_t size;
	bool knows_file;
	uint32_t next_line; /* the first behind it that has code; 0: none */
	uint32_t last_line; /* that has code */
};

/* Is @path @name, or does it end with it? */
static bool is_file(const char *path, const char *name)
{
	const size_t len = strlen(path), name_len = strlen(name);

	return len >= name_len && !strcmp(path + len - name_len, name) &&
	       (len == name_len || path[len - name_len - 1] == '/' || name[0] == '/');
}

/* The innermost function at @address, also an inlined one. */
static Dwarf_Off function_of(Dwarf_Die *unit, uint64_t address)
{
	Dwarf_Die *scopes = NULL;
	Dwarf_Off offset = 0;
	const int count = dwarf_getscopes(unit, address, &scopes);

	for (int i = 0; i < count && !offset; i++) {
		const int tag = dwarf_tag(&scopes[i]);

		if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
			offset = dwarf_dieoffset(&scopes[i]);
	}
	free(scopes);
	return offset;
}

static int add_hit(struct line_search *search, Dwarf_Die *unit, uint64_t address)
{
	const Dwarf_Off function = function_of(unit, address);

	for (uint32_t i = 0; i < search->count; i++)
		if (search->hits[i].function == function) {
			if (address < search->hits[i].address)
				search->hits[i].address = address;
			return 0;
		}
	if (search->count == search->size) {
		const uint32_t size = search->size ? search->size * 2 : 8;
		struct line_hit *hits = realloc(search->hits, size * sizeof *hits);

		if (!hits)
			return -ENOMEM;
		search->hits = hits;
		search->size = size;
	}
	search->hits[search->count++] = (struct line_hit){ address, function };
	return 0;
}

static int look_at_line(struct line_search *search, Dwarf_Die *unit, Dwarf_Line *line)
{
	const uint32_t wanted = search->line->line;
	const char *path = dwarf_linesrc(line, NULL, NULL);
	bool is_statement, is_end;
	int number, column = 0;
	Dwarf_Addr address;

	if (!path || !is_file(path, search->line->file))
		return 0;
	search->knows_file = true;
	if (dwarf_linebeginstatement(line, &is_statement) || !is_statement ||
	    dwarf_lineendsequence(line, &is_end) || is_end || dwarf_lineno(line, &number) ||
	    dwarf_lineaddr(line, &address))
		return 0;
	if ((uint32_t)number > search->last_line)
		search->last_line = (uint32_t)number;
	if ((uint32_t)number > wanted &&
	    (!search->next_line || (uint32_t)number < search->next_line))
		search->next_line = (uint32_t)number;
	(void)dwarf_linecol(line, &column);
	if ((uint32_t)number != wanted ||
	    (search->line->column && (uint32_t)column != search->line->column))
		return 0;
	return add_hit(search, unit, address);
}

static int search_lines(struct line_search *search, Dwarf *dwarf)
{
	Dwarf_Off offset = 0, next;
	size_t header;
	int err = 0;

	while (!err && dwarf_nextcu(dwarf, offset, &next, &header, NULL, NULL, NULL) == 0) {
		Dwarf_Lines *lines;
		Dwarf_Die unit;
		size_t count;

		if (dwarf_offdie(dwarf, offset + header, &unit) &&
		    dwarf_getsrclines(&unit, &lines, &count) == 0)
			for (size_t i = 0; i < count && !err; i++)
				err = look_at_line(search, &unit, dwarf_onesrcline(lines, i));
		offset = next;
	}
	return err;
}

static int refuse_line(const struct line_search *search, struct diag *diag)
{
	const struct catalog_line *line = search->line;

	if (!search->knows_file) {
		diag_error(diag, SPAN_NONE, "no part of '%s' was compiled from '%s'",
			   search->file->name, line->file);
		diag_hint(
			diag,
			"the end of the path is enough, but all of the file's name: main.c, src/main.c");
		return -ENOENT;
	}
	diag_error(diag, SPAN_NONE, "there is no code of %s:%u%s in '%s'", line->file, line->line,
		   line->column ? " at that column" : "", search->file->name);
	if (search->next_line)
		diag_hint(diag, "the next line that has some is %u", search->next_line);
	else
		diag_hint(diag, "the last line that has some is %u", search->last_line);
	return -ENOENT;
}

static int compare_hits(const void *a, const void *b)
{
	const struct line_hit *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static int make_places(struct user_catalog *user, struct line_search *search,
		       const struct catalog_place **ret_places)
{
	struct catalog_place *places =
		arena_alloc_array(&user->arena, search->count, sizeof *places);

	if (!places)
		return -ENOMEM;
	qsort(search->hits, search->count, sizeof *search->hits, compare_hits);
	for (uint32_t i = 0; i < search->count; i++) {
		places[i].path = search->file->path;
		if (!elf_file_offset(search->file->elf, search->hits[i].address, &places[i].offset))
			return -EINVAL;
	}
	*ret_places = places;
	return 0;
}

int catalog_source_line(struct catalog *catalog, const struct catalog_line *line, struct diag *diag,
			const struct catalog_place **ret_places, uint32_t *ret_count)
{
	struct line_search search = { .line = line };
	Dwarf *dwarf;
	int err = user_file_find(catalog, line->path, line->pid, diag, &search.file);

	if (err)
		return err;
	dwarf = user_dwarf(search.file);
	if (!dwarf)
		return refuse_dwarf(search.file, diag);
	err = search_lines(&search, dwarf);
	if (!err)
		err = search.count ? make_places(catalog->user, &search, ret_places) :
				     refuse_line(&search, diag);
	if (!err)
		*ret_count = search.count;
	free(search.hits);
	return err;
}
