/*
 * kallsyms.c - /proc/kallsyms as tables.
 *
 * A kernel has a hundred thousand symbols and more, so they are kept small: 16 bytes each and their
 * names.  The file begins with the kernel's own, in order; modules follow in any order, so sorting
 * is a matter of the tail and is left out where nothing is out of place.
 */
#include "sym/kallsyms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/chars.h"
#include "base/file.h"
#include "base/hash.h"

enum {
	READ_BYTES = 256 << 10,
	/* A symbol has no size here: an address further behind it than this is in none. */
	MOST_OFFSET = 16 << 20,
	FIRST_SYMBOLS = 1 << 14,
	FIRST_TEXT = 1 << 18,
};

/* --- reading ---------------------------------------------------------------------------------- */

static int grow_symbols(struct kallsyms *table)
{
	size_t room = table->room ? table->room * 2 : FIRST_SYMBOLS;
	struct kallsym *grown;

	if (table->count < table->room)
		return 0;
	grown = reallocarray(table->symbols, room, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	table->symbols = grown;
	table->room = room;
	return 0;
}

/* Append @name with its NUL; the first text of all is "", so that offset 0 means none. */
static int add_text(struct kallsyms *table, const char *name, size_t len, uint32_t *ret_offset)
{
	size_t room = table->text_room ? table->text_room : FIRST_TEXT;
	char *grown;

	if (!table->text_len)
		table->text_len = 1;
	while (room < table->text_len + len + 1)
		room *= 2;
	if (room > UINT32_MAX)
		return -E2BIG;
	if (room != table->text_room) {
		grown = realloc(table->text, room);
		if (!grown)
			return -ENOMEM;
		table->text = grown;
		table->text_room = room;
		table->text[0] = '\0';
	}
	memcpy(table->text + table->text_len, name, len);
	table->text[table->text_len + len] = '\0';
	*ret_offset = (uint32_t)table->text_len;
	table->text_len += len + 1;
	return 0;
}

static int set_module(struct kallsyms *table, const char *name, size_t len)
{
	const char *before = table->module ? table->text + table->module : "";

	if (!len) {
		table->module = 0;
		return 0;
	}
	if (strlen(before) == len && !memcmp(before, name, len))
		return 0;
	return add_text(table, name, len, &table->module);
}

static size_t read_hex(const char *p, size_t len, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t digits = 0;

	for (; digits < len && digits < 16 && char_hex_value(p[digits]) >= 0; digits++)
		value = value << 4 | (uint64_t)char_hex_value(p[digits]);
	*ret_value = value;
	return digits;
}

static int add_line(struct kallsyms *table, const char *line, size_t len)
{
	uint64_t address;
	size_t digits = read_hex(line, len, &address);
	const char *name = line + digits + 3, *module;
	size_t name_len;
	struct kallsym *symbol;
	int err;

	if (!digits || len <= digits + 3 || line[digits] != ' ' || line[digits + 2] != ' ')
		return 0;
	name_len = len - digits - 3;
	module = memchr(name, '\t', name_len);
	if (!address) {
		table->is_hidden |= !table->count;
		return 0;
	}
	if (*name == '$') /* marks where code and data begin on ARM: no symbol */
		return 0;
	table->is_hidden = false;
	err = grow_symbols(table);
	if (err)
		return err;
	if (module && name + name_len > module + 3 && module[1] == '[')
		err = set_module(table, module + 2, (size_t)(name + name_len - module) - 3);
	else
		err = set_module(table, "", 0);
	symbol = &table->symbols[table->count];
	if (!err)
		err = add_text(table, name, module ? (size_t)(module - name) : name_len,
			       &symbol->name);
	if (err)
		return err;
	symbol->address = address;
	symbol->module = table->module;
	if (table->count && address < symbol[-1].address)
		table->is_unsorted = true;
	table->count++;
	return 0;
}

int kallsyms_add(struct kallsyms *table, const char *lines, size_t len)
{
	const char *end = lines + len;

	while (lines < end) {
		const char *newline = memchr(lines, '\n', (size_t)(end - lines));
		const char *stop = newline ? newline : end;
		int err = add_line(table, lines, (size_t)(stop - lines));

		if (err)
			return err;
		lines = newline ? newline + 1 : end;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kallsym *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return one->name < other->name ? -1 : one->name > other->name;
}

void kallsyms_finish(struct kallsyms *table)
{
	struct kallsym *fitted;

	if (table->is_unsorted)
		qsort(table->symbols, table->count, sizeof *table->symbols, compare);
	table->is_unsorted = false;
	fitted = reallocarray(table->symbols, table->count ? table->count : 1, sizeof *fitted);
	if (fitted) {
		table->symbols = fitted;
		table->room = table->count ? table->count : 1;
	}
}

/* Add whole lines from @fd, keeping what follows the last newline for the next time. */
static int add_file(struct kallsyms *table, int fd, char *buffer)
{
	size_t kept = 0;

	for (;;) {
		ssize_t n = read(fd, buffer + kept, READ_BYTES - kept);
		char *last;
		size_t whole;
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return kallsyms_add(table, buffer, kept);
		kept += (size_t)n;
		last = memrchr(buffer, '\n', kept);
		if (!last && kept == READ_BYTES) /* no list of symbols */
			return -EINVAL;
		whole = last ? (size_t)(last - buffer) + 1 : 0;
		err = kallsyms_add(table, buffer, whole);
		if (err)
			return err;
		kept -= whole;
		memmove(buffer, buffer + whole, kept);
	}
}

int kallsyms_read(struct kallsyms *table, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *buffer;
	int err;

	if (fd < 0)
		return -errno;
	buffer = malloc(READ_BYTES);
	err = buffer ? add_file(table, fd, buffer) : -ENOMEM;
	free(buffer);
	(void)close(fd);
	kallsyms_finish(table);
	return err;
}

void kallsyms_release(struct kallsyms *table)
{
	free(table->symbols);
	free(table->text);
	free(table->by_name);
	*table = (struct kallsyms){ 0 };
}

/* --- asking ----------------------------------------------------------------------------------- */

const struct kallsym *kallsyms_at(const struct kallsyms *table, uint64_t address)
{
	const struct kallsym *symbols = table->symbols;
	size_t low = 0, high = table->count; /* the answer is before 'high' */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - symbols[low - 1].address > MOST_OFFSET)
		return NULL;
	/* Of several names of one place the kernel itself says the first. */
	for (low--; low && symbols[low - 1].address == symbols[low].address; low--)
		;
	return &symbols[low];
}

static uint32_t *slot_of(struct kallsyms *table, const char *name)
{
	size_t slot = hash_bytes(name, strlen(name)) & (table->name_slots - 1);

	while (table->by_name[slot] &&
	       strcmp(table->text + table->symbols[table->by_name[slot] - 1].name, name) != 0)
		slot = (slot + 1) & (table->name_slots - 1);
	return &table->by_name[slot];
}

static bool index_names(struct kallsyms *table)
{
	for (table->name_slots = 64; table->name_slots < table->count * 2;)
		table->name_slots *= 2;
	table->by_name = calloc(table->name_slots, sizeof *table->by_name);
	if (!table->by_name)
		return false;
	for (size_t i = 0; i < table->count; i++) {
		uint32_t *slot = slot_of(table, table->text + table->symbols[i].name);

		if (!*slot)
			*slot = (uint32_t)i + 1;
	}
	return true;
}

const struct kallsym *kallsyms_named(struct kallsyms *table, const char *name)
{
	uint32_t found;

	if (!table->by_name && !index_names(table))
		return NULL;
	found = *slot_of(table, name);
	return found ? &table->symbols[found - 1] : NULL;
}

/* The address in a line, if it is that of @name; else 0. */
static uint64_t address_of(const char *line, size_t len, const char *name, size_t name_len)
{
	enum {
		DIGITS = 16
	}; /* of an address: almost all lines are refused by a look at one letter */
	const char *space = len > DIGITS && line[DIGITS] == ' ' ? line + DIGITS :
								  memchr(line, ' ', len);
	const char *end = line + len;
	uint64_t address;

	if (!space || (size_t)(end - space) < 3 + name_len || space[3] != name[0] ||
	    memcmp(space + 3, name, name_len) != 0 ||
	    (space + 3 + name_len < end && space[3 + name_len] != '\t'))
		return 0;
	(void)read_hex(line, (size_t)(space - line), &address);
	return address;
}

uint64_t kallsyms_find(const char *path, const char *name)
{
	const size_t name_len = strlen(name);
	uint64_t lowest = 0;
	char *text;
	size_t len;

	if (file_read(path, NULL, &text, &len) != 0)
		return 0;
	for (const char *line = text, *end = text + len; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		const uint64_t address = address_of(line, (size_t)(stop - line), name, name_len);

		if (address && (!lowest || address < lowest))
			lowest = address;
		line = stop + 1;
	}
	free(text);
	return lowest;
}
