/*
 * usdt.c - probes that programs were built with (USDT): the notes in .note.stapsdt.
 *
 * Each note is of one place:
 *
 *	pc, base, semaphore   addresses, as wide as the file's class
 *	provider, name, args  NUL-terminated
 *
 * The addresses are those at the time when the file was linked.  Prelinking moved them: by as much as section
 * .stapsdt.base is elsewhere than 'base'.  A semaphore is a u16 that the program looks at to see whether anybody
 * listens; the kernel counts it up for us, and wants its place in the file.
 *
 * Facts: systemtap's <sys/sdt.h> and its wiki, "UserSpaceProbeImplementation".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/glob.h"
#include "probe/usdt_arg.h"
#include "probe/user.h"

enum { NOTE_STAPSDT = 3 };

struct usdt_probe {
	const char *space;
	const char *name;
	uint64_t pc;
	struct catalog_usdt_site site;
};

struct usdt_table {
	struct usdt_probe *list; /* by space, name, pc */
	size_t count;
	size_t size;
};

/* --- reading ---------------------------------------------------------------------------------- */

struct usdt_reader {
	struct user_file *file;
	struct arena *arena;
	uint64_t base; /* address of .stapsdt.base, or 0: there is none */
	struct usdt_probe *list;
	size_t count;
	size_t size;
};

/* The next NUL-terminated text; NULL: the note is damaged. */
static const char *next_text(const char **at, const char *end)
{
	const char *text = *at;
	const char *nul = memchr(text, '\0', (size_t)(end - text));

	if (!nul)
		return NULL;
	*at = nul + 1;
	return text;
}

static uint64_t address_at(const struct elf_file *elf, const void *data, size_t i)
{
	return elf_file_is_64(elf) ? load_u64((const char *)data + i * 8) :
				     load_u32((const char *)data + i * 4);
}

static bool find_symbol(void *data, const char *name, uint64_t *ret_address)
{
	const struct usdt_reader *in = data;
	uint64_t size;

	return elf_file_variable(in->file->elf, name, ret_address, &size);
}

static int read_args(struct usdt_reader *in, const char *text, struct usdt_probe *probe)
{
	const struct usdt_context context = {
		.machine = elf_file_machine(in->file->elf),
		.pc = probe->pc,
		.symbol = find_symbol,
		.data = in,
	};
	const int err = usdt_parse_args(text, &context, in->arena, &probe->site.args,
					&probe->site.arg_count);

	return err == -E2BIG ? 0 : err; /* without its arguments it still is a probe */
}

static struct usdt_probe *add_probe(struct usdt_reader *in)
{
	if (in->count == in->size) {
		const size_t size = in->size ? in->size * 2 : 64;
		struct usdt_probe *list = realloc(in->list, size * sizeof *list);

		if (!list)
			return NULL;
		in->list = list;
		in->size = size;
	}
	memset(&in->list[in->count], 0, sizeof *in->list);
	return &in->list[in->count];
}

/* 0 also for a note that is damaged: others are not. */
static int read_note(struct usdt_reader *in, const struct elf_note *note)
{
	const struct elf_file *elf = in->file->elf;
	const size_t addresses = 3 * (elf_file_is_64(elf) ? 8u : 4u);
	const char *at = note->data, *end = at + note->size, *args;
	struct usdt_probe *probe;
	uint64_t semaphore, moved;
	int err;

	if (note->type != NOTE_STAPSDT || strcmp(note->owner, "stapsdt") != 0 ||
	    note->size < addresses)
		return 0;
	at += addresses;
	probe = add_probe(in);
	if (!probe)
		return -ENOMEM;
	probe->space = next_text(&at, end);
	probe->name = probe->space ? next_text(&at, end) : NULL;
	args = probe->name ? next_text(&at, end) : NULL;
	if (!args)
		return 0;
	moved = in->base ? in->base - address_at(elf, note->data, 1) : 0;
	semaphore = address_at(elf, note->data, 2);
	probe->pc = address_at(elf, note->data, 0) + moved;
	probe->site.space = probe->space;
	if (!elf_file_offset(elf, probe->pc, &probe->site.offset))
		return 0;
	if (semaphore && !elf_file_offset(elf, semaphore + moved, &probe->site.semaphore))
		return 0;
	err = read_args(in, args, probe);
	in->count += !err;
	return err;
}

static int compare_probes(const void *a, const void *b)
{
	const struct usdt_probe *x = a, *y = b;
	int order = strcmp(x->space, y->space);

	if (!order)
		order = strcmp(x->name, y->name);
	if (!order)
		order = x->pc < y->pc ? -1 : x->pc > y->pc;
	return order;
}

static int read_notes(struct usdt_reader *in)
{
	struct elf_section section;
	struct elf_note note;
	size_t position = 0;
	int err = 0;

	if (elf_file_section(in->file->elf, ".stapsdt.base", &section))
		in->base = section.address;
	if (!elf_file_section(in->file->elf, ".note.stapsdt", &section) || !section.data)
		return 0;
	while (!err && elf_note_next(&section, &position, &note))
		err = read_note(in, &note);
	if (in->count)
		qsort(in->list, in->count, sizeof *in->list, compare_probes);
	return err;
}

/* The probes of @file, read once. */
static int probes_of(struct catalog *catalog, struct user_file *file,
		     const struct usdt_table **ret_table)
{
	struct user_catalog *user = user_catalog_of(catalog);
	struct usdt_reader in = { .file = file, .arena = &user->arena };
	int err;

	if (!file->usdt) {
		file->usdt = arena_alloc(&user->arena, sizeof *file->usdt);
		if (!file->usdt)
			return -ENOMEM;
		err = read_notes(&in);
		if (err) {
			free(in.list);
			file->usdt = NULL;
			return err;
		}
		*file->usdt = (struct usdt_table){ in.list, in.count, in.size };
	}
	*ret_table = file->usdt;
	return 0;
}

void user_usdt_release(struct user_file *file)
{
	if (file->usdt)
		free(file->usdt->list);
}

/* --- searching -------------------------------------------------------------------------------- */

struct usdt_search {
	struct catalog *catalog;
	const char *path;
	const char *space; /* NULL: any */
	const char *name;
	catalog_found_fn *found;
	void *data;
	bool is_over;
	int count;
};

static bool is_same(const struct usdt_probe *a, const struct usdt_probe *b)
{
	return !strcmp(a->space, b->space) && !strcmp(a->name, b->name);
}

static int search_file(void *data, struct user_file *file)
{
	struct usdt_search *search = data;
	const struct usdt_table *table;
	const int err = search->is_over ? 0 : probes_of(search->catalog, file, &table);

	if (err || search->is_over)
		return err;
	for (size_t i = 0; i < table->count && !search->is_over; i++) {
		const struct usdt_probe *probe = &table->list[i];

		if ((i && is_same(probe, &table->list[i - 1])) ||
		    (search->space && !glob_matches(search->space, probe->space)) ||
		    !glob_matches(search->name, probe->name))
			continue;
		search->count++;
		search->is_over = !search->found(search->data, user_file_target(file, search->path),
						 probe->space, probe->name);
	}
	return 0;
}

int catalog_usdt(struct catalog *catalog, const char *path, const char *space, const char *name,
		 uint32_t pid, catalog_found_fn *found, void *data, struct diag *diag)
{
	struct usdt_search search = {
		.catalog = catalog,
		.path = path,
		.space = space,
		.name = name,
		.found = found,
		.data = data,
	};
	const int err = user_file_each(catalog, path, pid, search_file, &search, diag);

	return err ? err : search.count;
}

/* --- one probe -------------------------------------------------------------------------------- */

/* The provider of a probe called @name: @wanted, if that has one. */
static const char *space_of(const struct usdt_table *table, const char *name, const char *wanted)
{
	const char *space = "";

	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->list[i].name, name) != 0)
			continue;
		space = table->list[i].space;
		if (wanted && !strcmp(space, wanted))
			break;
	}
	return space;
}

static int refuse_probe(const struct user_file *file, const struct usdt_table *table,
			const char *space, const char *name, struct diag *diag)
{
	struct nearest search = nearest_begin(name);

	if (!table->count) {
		diag_error(diag, SPAN_NONE, "'%s' has no USDT probes", file->name);
		diag_hint(diag,
			  "programs must be built with them, and interpreters often keep them in a "
			  "library: see 'ldd %s'",
			  file->name);
		return -ENOENT;
	}
	for (size_t i = 0; i < table->count; i++)
		nearest_offer(&search, table->list[i].name);
	diag_error(diag, SPAN_NONE, "'%s' has no USDT probe '%s%s%s'", file->name,
		   space ? space : "", space ? ":" : "", name);
	if (search.best)
		diag_hint(diag, "did you mean '%s:%s'?  list them with: -l 'usdt:%s:*'",
			  space_of(table, search.best, space), search.best, file->name);
	else
		diag_hint(diag, "list them with: -l 'usdt:%s:*'", file->name);
	return -ENOENT;
}

static bool is_meant(const struct usdt_probe *probe, const char *space, const char *name)
{
	return !strcmp(probe->name, name) && (!space || !*space || !strcmp(probe->space, space));
}

int catalog_usdt_sites(struct catalog *catalog, const char *path, const char *space,
		       const char *name, uint32_t pid, const struct catalog_usdt_site **ret_sites,
		       uint32_t *ret_count, struct diag *diag)
{
	const struct usdt_table *table;
	struct catalog_usdt_site *sites;
	struct user_file *file;
	uint32_t count = 0;
	int err = user_file_find(catalog, path, pid, diag, &file);

	if (!err)
		err = probes_of(catalog, file, &table);
	if (err)
		return err;
	for (size_t i = 0; i < table->count; i++)
		count += is_meant(&table->list[i], space, name);
	if (!count)
		return refuse_probe(file, table, space, name, diag);
	sites = arena_alloc_array(&catalog->user->arena, count, sizeof *sites);
	if (!sites)
		return -ENOMEM;
	count = 0;
	for (size_t i = 0; i < table->count; i++)
		if (is_meant(&table->list[i], space, name))
			sites[count++] = table->list[i].site;
	*ret_sites = sites;
	*ret_count = count;
	return 0;
}
