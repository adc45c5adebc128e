/*
 * user.c - executables in the catalog: finding them, and functions in them.
 */
#include "probe/user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/glob.h"
#include "probe/user_path.h"
#include "sym/demangle.h"

static const char cpp_prefix[] = "cpp:";

struct user_catalog *user_catalog_of(struct catalog *catalog)
{
	if (!catalog->user)
		catalog->user = calloc(1, sizeof *catalog->user);
	return catalog->user;
}

void user_catalog_free(struct user_catalog *user)
{
	if (!user)
		return;
	for (struct user_file *file = user->files; file; file = file->next) {
		user_usdt_release(file);
		user_dwarf_release(file);
		elf_file_free(file->elf);
	}
	arena_release(&user->arena);
	free(user);
}

static const char *proc_of(const struct catalog *catalog)
{
	return catalog->options.proc ? catalog->options.proc : "/proc";
}

/* --- files ------------------------------------------------------------------------------------ */

static struct user_file *file_new(struct user_catalog *user, const char *root, const char *path)
{
	struct user_file *file = arena_alloc(&user->arena, sizeof *file);

	if (!file)
		return NULL;
	file->path = arena_printf(&user->arena, "%s%s", root, path);
	if (!file->path)
		return NULL;
	file->name = file->path + strlen(root);
	file->root = arena_strndup(&user->arena, root, strlen(root));
	return file->root ? file : NULL;
}

static int open_file(struct user_catalog *user, const char *root, const char *path,
		     struct diag *diag, struct user_file **ret_file)
{
	const size_t root_len = strlen(root);
	struct user_file *file;
	int err;

	for (file = user->files; file; file = file->next)
		if (!strncmp(file->path, root, root_len) && !strcmp(file->path + root_len, path)) {
			*ret_file = file;
			return 0;
		}
	file = file_new(user, root, path);
	if (!file)
		return -ENOMEM;
	err = elf_file_open(file->path, file->name, diag, &file->elf);
	if (err)
		return err;
	elf_file_set_debug(file->elf, NULL, file->root);
	file->next = user->files;
	user->files = file;
	*ret_file = file;
	return 0;
}

/* The file that @path means: @root of the process is put before it. */
static int find_path(struct catalog *catalog, const char *path, uint32_t pid, struct diag *diag,
		     struct strbuf *root, struct strbuf *full)
{
	int err;

	user_root(proc_of(catalog), pid, root);
	if (path[0] != '/' && strchr(path, '/')) /* from where we are */
		strbuf_reset(root);
	err = user_path_find(strbuf_text(root), path, diag, full);
	return err ? err : root->failed || full->failed ? -ENOMEM : 0;
}

int user_file_find(struct catalog *catalog, const char *path, uint32_t pid, struct diag *diag,
		   struct user_file **ret_file)
{
	struct user_catalog *user = user_catalog_of(catalog);
	struct strbuf root = { 0 }, full = { 0 };
	int err;

	if (!user)
		return -ENOMEM;
	err = find_path(catalog, path, pid, diag, &root, &full);
	if (!err)
		err = open_file(user, strbuf_text(&root), strbuf_text(&full), diag, ret_file);
	strbuf_release(&root);
	strbuf_release(&full);
	return err;
}

struct file_search {
	struct user_catalog *user;
	bool is_of_all; /* of all processes: names must say where else they are */
	user_file_fn *each;
	void *data;
};

static int each_path(void *data, const char *root, const char *path)
{
	struct file_search *search = data;
	struct user_file *file;
	int err = open_file(search->user, root, path, NULL, &file);

	if (err)
		return err == -ENOMEM ? err : 0;
	if (search->is_of_all)
		file->name = file->path;
	return search->each(search->data, file);
}

int user_file_each(struct catalog *catalog, const char *pattern, uint32_t pid, user_file_fn *each,
		   void *data, struct diag *diag)
{
	struct file_search search = { user_catalog_of(catalog), !pid, each, data };
	struct strbuf root = { 0 };
	struct user_file *file;
	int err;

	if (!search.user)
		return -ENOMEM;
	if (glob_is_plain(pattern)) {
		err = user_file_find(catalog, pattern, pid, diag, &file);
		return err ? err : each(data, file);
	}
	if (!strcmp(pattern, "*"))
		return user_path_mapped(proc_of(catalog), pid, each_path, &search, diag);
	search.is_of_all = false;
	user_root(proc_of(catalog), pid, &root);
	err = user_path_glob(strbuf_text(&root), pattern, each_path, &search);
	strbuf_release(&root);
	return err;
}

const char *user_file_target(const struct user_file *file, const char *path)
{
	return strchr(path, '/') && glob_is_plain(path) ? path : file->name;
}

/* --- functions -------------------------------------------------------------------------------- */

bool user_name_is_plain(const char *pattern)
{
	return strncmp(pattern, cpp_prefix, sizeof cpp_prefix - 1) != 0 && glob_is_plain(pattern);
}

/* How many bytes of a name as people write it are before its parameters: "A::f(int) const". */
static size_t without_params(const char *name)
{
	const char *end = strrchr(name, ')');
	int depth = 0;

	for (const char *p = end; p && p >= name; p--) {
		depth += *p == ')';
		depth -= *p == '(';
		if (!depth)
			return (size_t)(p - name);
	}
	return strlen(name);
}

/* The name itself, behind the type of the result, which those of templates have: "int A::twice<int>". */
static const char *without_result(const char *name)
{
	const char *start = name;
	int depth = 0;

	if (strstr(name, "operator "))
		return name;
	for (const char *p = name; *p; p++) {
		depth += *p == '<' || *p == '(';
		depth -= *p == '>' || *p == ')';
		if (*p == ' ' && !depth)
			start = p + 1;
	}
	return start;
}

/* Parts that a compiler has put elsewhere ("[clone .cold]") are no functions that are called. */
static bool cpp_matches(const char *pattern, const char *name)
{
	struct strbuf text = { 0 };
	bool matches = false;

	if (demangle(name, &text) && !strstr(strbuf_text(&text), "[clone .cold")) {
		matches = glob_matches(pattern, strbuf_text(&text));
		if (!matches && text.data) {
			text.data[without_params(text.data)] = '\0';
			matches = glob_matches(pattern, text.data) ||
				  glob_matches(pattern, without_result(text.data));
		}
	}
	strbuf_release(&text);
	return matches;
}

bool user_name_matches(const char *pattern, const char *name)
{
	const size_t len = sizeof cpp_prefix - 1;

	return strncmp(pattern, cpp_prefix, len) != 0 ? glob_matches(pattern, name) :
							cpp_matches(pattern + len, name);
}

struct function_search {
	const char *path;
	const char *name;
	bool is_plain;
	catalog_found_fn *found;
	void *data;
	bool is_over;
	int count;
};

static bool hit(struct function_search *search, const struct user_file *file, const char *name)
{
	search->count++;
	search->is_over =
		!search->found(search->data, user_file_target(file, search->path), NULL, name);
	return !search->is_over;
}

static int search_functions(void *data, struct user_file *file)
{
	struct function_search *search = data;
	const struct elf_symbol *function;
	const char *last = "";

	if (search->is_over)
		return 0;
	if (search->is_plain) {
		function = elf_file_function(file->elf, search->name);
		if (function)
			(void)hit(search, file, function->name);
		return 0;
	}
	for (size_t i = 0; (function = elf_file_function_by_name(file->elf, i)); i++) {
		if (!strcmp(function->name, last))
			continue;
		last = function->name;
		if (user_name_matches(search->name, function->name) && !hit(search, file, last))
			break;
	}
	return 0;
}

int catalog_user_functions(struct catalog *catalog, const char *path, const char *name,
			   uint32_t pid, catalog_found_fn *found, void *data, struct diag *diag)
{
	struct function_search search = {
		.path = path,
		.name = name,
		.is_plain = user_name_is_plain(name),
		.found = found,
		.data = data,
	};
	int err;

	if (!strcmp(path, "*") && !pid) {
		diag_error(diag, SPAN_NONE, "'*' for a file means those of one process");
		diag_hint(diag, "say which, with -p PID, or write a path such as '/usr/bin/*'");
		return -EINVAL;
	}
	err = user_file_each(catalog, path, pid, search_functions, &search, diag);
	return err ? err : search.count;
}

void catalog_offer_user_functions(struct catalog *catalog, const char *path, struct nearest *search)
{
	const struct elf_symbol *functions;
	struct user_file *file;
	size_t count;

	if (user_file_find(catalog, path, 0, NULL, &file) ||
	    elf_file_functions(file->elf, &functions, &count))
		return;
	for (size_t i = 0; i < count; i++)
		nearest_offer(search, functions[i].name);
}

/* --- places ----------------------------------------------------------------------------------- */

/* A function that is not there: nearest names, or that the file has none at all. */
static int refuse_function(const struct user_file *file, const char *name, struct diag *diag)
{
	struct nearest search = nearest_begin(name);
	const struct elf_symbol *functions;
	size_t count;
	const int err = diag ? elf_file_functions(file->elf, &functions, &count) : -ENOENT;

	if (err)
		return err;
	if (!count) {
		diag_error(diag, SPAN_NONE,
			   "'%s' has no symbols (it is stripped), so '%s' cannot be found",
			   file->name, name);
		diag_hint(
			diag,
			"install its debug symbols, a package such as NAME-dbgsym or NAME-debuginfo, or "
			"give the address: uprobe:%s:0x1234",
			file->name);
		return -ENOENT;
	}
	diag_error(diag, SPAN_NONE, "'%s' has no function '%s'", file->name, name);
	for (size_t i = 0; i < count; i++)
		nearest_offer(&search, functions[i].name);
	if (search.best)
		diag_hint(diag, "did you mean '%s'?  list them with: -l 'uprobe:%s:*'", search.best,
			  file->name);
	else
		diag_hint(
			diag,
			"list them with: -l 'uprobe:%s:*'; static functions may have been inlined",
			file->name);
	if (elf_file_is_stripped(file->elf))
		diag_hint(diag,
			  "it is stripped of all others: install its debug symbols, or give an "
			  "address: uprobe:%s:0x1234",
			  file->name);
	return -ENOENT;
}

static int place_address(const struct user_file *file, uint64_t address, struct diag *diag,
			 struct catalog_place *ret_place)
{
	if (!elf_file_is_code(file->elf, address) ||
	    !elf_file_offset(file->elf, address, &ret_place->offset)) {
		diag_error(diag, SPAN_NONE, "address 0x%llx of '%s' is not code",
			   (unsigned long long)address, file->name);
		diag_hint(
			diag,
			"addresses are those of symbol tables (nm, objdump -d), not those in a process");
		return -ENOENT;
	}
	ret_place->path = file->path;
	return 0;
}

/* An indirect function runs only to choose another, which is called from then on. */
static void warn_of_choice(const struct user_file *file, const struct elf_symbol *function,
			   struct diag *diag)
{
	diag_warning(
		diag, SPAN_NONE,
		"'%s' of '%s' runs only once in a process: to choose the one that fits this processor",
		function->name, file->name);
	diag_hint(diag, "probe those that it chooses from: -l 'uprobe:%s:*%s*'", file->name,
		  function->name);
}

static int place_function(struct user_file *file, const char *name, uint64_t offset,
			  struct diag *diag, struct catalog_place *ret_place)
{
	const struct elf_symbol *function = elf_file_function(file->elf, name);

	if (!function)
		return refuse_function(file, name, diag);
	if (offset && function->size && offset >= function->size) {
		diag_error(diag, SPAN_NONE, "'%s' of '%s' is only %llu bytes long", name,
			   file->name, (unsigned long long)function->size);
		return -EINVAL;
	}
	if (function->is_chosen && !offset)
		warn_of_choice(file, function, diag);
	return place_address(file, function->address + offset, diag, ret_place);
}

int catalog_user_place(struct catalog *catalog, const char *path, const char *name, uint64_t offset,
		       uint32_t pid, struct diag *diag, struct catalog_place *ret_place)
{
	struct user_file *file;
	int err = user_file_find(catalog, path, pid, diag, &file);

	if (err)
		return err;
	if (!name)
		return place_address(file, offset, diag, ret_place);
	return place_function(file, name, offset, diag, ret_place);
}

/* 0 if @path is a file that has a byte at @offset. */
static int check_offset(const char *path, const char *name, uint64_t offset, struct diag *diag)
{
	struct stat status;

	if (stat(path, &status)) {
		const int err = errno;

		diag_error(diag, SPAN_NONE, "cannot read '%s': %s", name, strerror(err));
		return -err;
	}
	if (S_ISREG(status.st_mode) && offset < (uint64_t)status.st_size)
		return 0;
	diag_error(diag, SPAN_NONE, "'%s' is %s", name,
		   S_ISREG(status.st_mode) ? "shorter than that" : "no regular file");
	return -EINVAL;
}

int catalog_user_offset(struct catalog *catalog, const char *path, uint64_t offset, uint32_t pid,
			struct diag *diag, struct catalog_place *ret_place)
{
	struct user_catalog *user = user_catalog_of(catalog);
	struct strbuf root = { 0 }, full = { 0 };
	const char *whole = NULL;
	int err;

	if (!user)
		return -ENOMEM;
	err = find_path(catalog, path, pid, diag, &root, &full);
	if (!err) {
		whole = arena_printf(&user->arena, "%s%s", strbuf_text(&root), strbuf_text(&full));
		err = whole ? check_offset(whole, strbuf_text(&full), offset, diag) : -ENOMEM;
	}
	if (!err)
		*ret_place = (struct catalog_place){ .path = whole, .offset = offset };
	strbuf_release(&root);
	strbuf_release(&full);
	return err;
}

int catalog_user_symbol(struct catalog *catalog, const char *path, const char *name, uint32_t pid,
			struct diag *diag, struct catalog_symbol *ret_symbol)
{
	const struct elf_symbol *function;
	struct user_file *file;
	int err = user_file_find(catalog, path, pid, diag, &file);

	if (err)
		return err;
	function = elf_file_function(file->elf, name);
	if (function) {
		*ret_symbol = (struct catalog_symbol){ function->address, function->size };
		return 0;
	}
	if (elf_file_variable(file->elf, name, &ret_symbol->address, &ret_symbol->size))
		return 0;
	diag_error(diag, SPAN_NONE, "'%s' has no function or variable '%s'", file->name, name);
	if (elf_file_is_stripped(file->elf))
		diag_hint(diag, "it is stripped: install its debug symbols");
	return -ENOENT;
}
