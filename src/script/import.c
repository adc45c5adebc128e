/*
 * import.c - what a script imports: put behind its own text, so that every place in it is one number.
 *
 * A file is taken once, whoever imports it, and a folder stands for the files of this language and the headers in
 * it.  What others may write is refused: a script runs as root.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "script/parse.h"

enum { MOST_FILES = 256 };

struct importing {
	struct arena *arena;
	struct diag *diag;
	struct source *source;         /* so far */
	struct source_part *parts;     /* room for MOST_FILES */
	const char *paths[MOST_FILES]; /* of each part, without links; [0] may be NULL */
	struct strbuf text;
	bool no_memory;
};

static bool has_suffix(const char *name, const char *suffix)
{
	const size_t len = strlen(name), suffix_len = strlen(suffix);

	return len > suffix_len && !strcmp(name + len - suffix_len, suffix);
}

/* The text so far is what messages may point into. */
static void publish(struct importing *im)
{
	im->source->text = strbuf_text(&im->text);
	im->source->len = im->text.len;
	im->no_memory |= im->text.failed;
}

static bool is_known(const struct importing *im, const char *path)
{
	for (size_t i = 0; i < im->source->part_count; i++)
		if (im->paths[i] && !strcmp(im->paths[i], path))
			return true;
	return false;
}

/* May only we write there? */
static bool is_ours(struct importing *im, const char *path, struct span span)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		diag_error(im->diag, span, "'%s' cannot be imported: %s", path, strerror(errno));
		return false;
	}
	if (!(st.st_mode & S_IWOTH))
		return true;
	diag_error(im->diag, span, "'%s' can be written by everybody, and is not imported", path);
	diag_hint(im->diag, "chmod o-w %s", path);
	return false;
}

/* Put the file @path behind the text. */
static void add_file(struct importing *im, const char *path, struct span span)
{
	struct source_part *part = &im->parts[im->source->part_count];
	char real[PATH_MAX], *data;
	size_t len;

	if (!is_ours(im, path, span))
		return;
	if (!realpath(path, real) || is_known(im, real))
		return;
	if (im->source->part_count == MOST_FILES) {
		diag_error(im->diag, span, "more than %d files are imported", MOST_FILES);
		return;
	}
	if (file_read(real, NULL, &data, &len) != 0) {
		diag_error(im->diag, span, "'%s' cannot be read", path);
		return;
	}
	strbuf_putc(&im->text, '\n');
	im->paths[im->source->part_count] = arena_strndup(im->arena, real, strlen(real));
	*part = (struct source_part){ .name = arena_strndup(im->arena, path, strlen(path)),
				      .start = im->text.len,
				      .imported_at = span.offset };
	strbuf_add(&im->text, data, len);
	free(data);
	part->end = im->text.len;
	im->source->part_count++;
	im->no_memory |= !im->paths[im->source->part_count - 1] || !part->name;
	publish(im);
}

static int wanted_entry(const struct dirent *entry)
{
	return has_suffix(entry->d_name, ".bt") || has_suffix(entry->d_name, ".h");
}

static void add_folder(struct importing *im, const char *path, struct span span)
{
	struct dirent **entries;
	int count;

	if (!is_ours(im, path, span))
		return;
	count = scandir(path, &entries, wanted_entry, alphasort);
	if (count < 0) {
		diag_error(im->diag, span, "'%s' cannot be read: %s", path, strerror(errno));
		return;
	}
	if (count == 0)
		diag_error(im->diag, span, "there is nothing to import in '%s'", path);
	for (int i = 0; i < count; i++) {
		const char *name = arena_printf(im->arena, "%s/%s", path, entries[i]->d_name);

		if (name)
			add_file(im, name, span);
		im->no_memory |= !name;
		free(entries[i]);
	}
	free(entries);
}

/* The import at @span of @name, in the part @from. */
static void add(struct importing *im, const struct source_part *from, const char *name,
		struct span span)
{
	const char *slash = strrchr(from->name, '/'), *path = name;
	char folder[PATH_MAX];
	struct stat st;

	if (name[0] != '/' && slash)
		path = arena_printf(im->arena, "%.*s%s", (int)(slash + 1 - from->name), from->name,
				    name);
	if (!path) {
		im->no_memory = true;
		return;
	}
	if (has_suffix(name, ".bpf.c")) {
		diag_error(im->diag, span, "programs in C cannot be imported");
		diag_hint(im->diag, "a function can be written here: fn name($x : uint64) : uint64 "
				    "{ ... }");
		return;
	}
	if (stat(path, &st) != 0) {
		diag_error(im->diag, span, "'%s' cannot be imported: %s", path, strerror(errno));
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		add_folder(im, path, span);
		return;
	}
	if (!has_suffix(name, ".bt") && !has_suffix(name, ".h")) {
		diag_error(im->diag, span, "'%s' is neither a script (.bt) nor a header (.h)",
			   name);
		return;
	}
	/* whoever may write the folder could put another file there */
	if (snprintf(folder, sizeof folder, "%.*s",
		     strrchr(path, '/') ? (int)(strrchr(path, '/') - path) : 1,
		     strrchr(path, '/') ? path : ".") < (int)sizeof folder &&
	    is_ours(im, folder[0] ? folder : "/", span))
		add_file(im, path, span);
}

/* Find the imports of part @i: those outside of braces. */
static void scan(struct importing *im, size_t i)
{
	struct source view = { .text = im->source->text, .len = im->parts[i].end };
	struct lexer lexer = { .source = &view, .arena = im->arena, .at = im->parts[i].start };
	bool was_import = false;
	int depth = 0;

	for (;;) {
		const struct token t = lex_next(&lexer);

		if (t.kind == TOKEN_END)
			break;
		if (was_import && t.kind == TOKEN_STRING && depth == 0) {
			const struct source_part from = im->parts[i];

			add(im, &from, t.text, t.span);
			view.text = im->source->text; /* it may have moved */
		}
		was_import = t.kind == TOKEN_NAME && !strcmp(t.text, "import");
		depth += (t.kind == TOKEN_LEFT_BRACE) - (t.kind == TOKEN_RIGHT_BRACE);
	}
	im->no_memory |= lexer.no_memory;
}

int script_import(struct source *source, struct arena *arena, struct diag *diag)
{
	const unsigned int errors = diag->error_count;
	struct importing im = { .arena = arena, .diag = diag, .source = source };
	char real[PATH_MAX];

	if (source->part_count || !memmem(source->text, source->len, "import", 6))
		return 0;
	im.parts = arena_alloc_array(arena, MOST_FILES, sizeof *im.parts);
	if (!im.parts)
		return -ENOMEM;
	strbuf_add(&im.text, source->text, source->len);
	im.parts[0] = (struct source_part){ .name = source->name, .end = source->len };
	if (realpath(source->name, real))
		im.paths[0] = arena_strndup(arena, real, strlen(real));
	source->parts = im.parts;
	source->part_count = 1;
	publish(&im);
	for (size_t i = 0; i < source->part_count && !im.no_memory; i++)
		scan(&im, i);
	/* the text is to live as long as the arena */
	source->text = im.no_memory ? "" : arena_strndup(arena, source->text, source->len);
	strbuf_release(&im.text);
	if (im.no_memory || !source->text)
		return -ENOMEM;
	return diag->error_count > errors ? -EINVAL : 0;
}
