/*
 * perfmap.c - reading /tmp/perf-PID.map, where PID is what the process itself sees.
 */
#include "sym/perfmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/chars.h"
#include "base/file.h"
#include "sym/files.h"

enum {
	MOST_SYMBOLS = 1 << 22,
	MOST_OVERLAPS = 8, /* how far to look back for one that reaches to an address */
};

/* --- lines ------------------------------------------------------------------------------------ */

static int grow(struct perfmap *map)
{
	const size_t room = map->room ? map->room * 2 : 256;
	struct perf_symbol *grown;

	if (map->count < map->room)
		return 0;
	if (map->count >= MOST_SYMBOLS)
		return -E2BIG;
	grown = reallocarray(map->symbols, room, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	map->symbols = grown;
	map->room = room;
	return 0;
}

/* A number in hexadecimal, with or without "0x"; false: there is none before a blank. */
static bool take_hex(const char **p, const char *end, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *start;

	if (end - *p > 2 && (*p)[0] == '0' && (*p)[1] == 'x')
		*p += 2;
	for (start = *p; *p < end && char_hex_value(**p) >= 0; (*p)++)
		value = value << 4 | (uint64_t)char_hex_value(**p);
	if (*p == start || *p == end || **p != ' ')
		return false;
	(*p)++;
	*ret_value = value;
	return true;
}

static int add_line(struct perfmap *map, const char *line, const char *end, struct arena *names)
{
	struct perf_symbol symbol = { .number = (uint32_t)map->count };
	int err;

	if (!take_hex(&line, end, &symbol.address) || !take_hex(&line, end, &symbol.size))
		return 0;
	if (end > line && end[-1] == '\r')
		end--;
	if (line == end || !symbol.size)
		return 0;
	err = grow(map);
	if (err)
		return err;
	symbol.name = arena_strndup(names, line, (size_t)(end - line));
	if (!symbol.name)
		return -ENOMEM;
	map->symbols[map->count++] = symbol;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct perf_symbol *one = a, *other = b;

	if (one->address != other->address)
		return one->address < other->address ? -1 : 1;
	return one->number < other->number ? 1 : -1;
}

int perfmap_add(struct perfmap *map, const char *text, size_t len, struct arena *names)
{
	const char *end = text + len;
	int err = 0;

	while (!err && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		err = add_line(map, text, newline ? newline : end, names);
		text = newline ? newline + 1 : end;
	}
	if (map->count)
		qsort(map->symbols, map->count, sizeof *map->symbols, compare);
	return err;
}

const struct perf_symbol *perfmap_at(const struct perfmap *map, uint64_t address)
{
	size_t low = 0, high = map->count, i;
	const struct perf_symbol *best = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (i = 0; i < MOST_OVERLAPS && i < low; i++) {
		const struct perf_symbol *symbol = &map->symbols[low - 1 - i];

		if (address - symbol->address < symbol->size &&
		    (!best || symbol->number > best->number))
			best = symbol;
	}
	return best;
}

void perfmap_release(struct perfmap *map)
{
	free(map->symbols);
	*map = (struct perfmap){ 0 };
}

/* --- the file --------------------------------------------------------------------------------- */

/* The last number in the line that begins with @word of /proc/PID/status, or @otherwise. */
static uint32_t status_number(const char *status, const char *word, uint32_t otherwise)
{
	const char *line = strstr(status, word);
	const char *p = line ? line + strlen(word) : NULL;

	while (p && *p && *p != '\n') {
		char *after;
		unsigned long value = strtoul(p, &after, 10);

		if (after == p)
			break;
		otherwise = (uint32_t)value;
		p = after + strspn(after, "\t ");
	}
	return otherwise;
}

struct identity {
	uint32_t pid;  /* in its own namespace */
	uint32_t user; /* the last of its ids: that of the file system */
};

static struct identity identify(uint32_t pid)
{
	struct identity identity = { .pid = pid };
	char path[32], *status;
	size_t len;

	(void)snprintf(path, sizeof path, "/proc/%u/status", pid);
	if (file_read(path, NULL, &status, &len))
		return identity;
	identity.pid = status_number(status, "\nNSpid:", pid);
	identity.user = status_number(status, "\nUid:", 0);
	free(status);
	return identity;
}

static int open_map(uint32_t pid, struct stat *ret_stat)
{
	const struct identity identity = identify(pid);
	char path[40];
	int fd;

	(void)snprintf(path, sizeof path, "/tmp/perf-%u.map", identity.pid);
	fd = process_open(pid, path);
	if (fd < 0)
		return fd;
	if (fstat(fd, ret_stat) || (ret_stat->st_uid && ret_stat->st_uid != identity.user)) {
		(void)close(fd);
		return -EACCES;
	}
	return fd;
}

int perfmap_read(struct perfmap *map, uint32_t pid, struct arena *names)
{
	struct stat stat;
	int fd = open_map(pid, &stat), err = 0;
	char *text;
	size_t len, whole;

	if (fd < 0)
		return fd;
	if (stat.st_size < map->size) { /* begun anew */
		map->count = 0;
		map->size = 0;
	}
	if (stat.st_size > map->size && lseek(fd, map->size, SEEK_SET) >= 0) {
		err = file_read_fd(fd, &text, &len);
		if (!err) {
			const char *last = memrchr(text, '\n', len);

			whole = last ? (size_t)(last - text) + 1 : 0;
			err = perfmap_add(map, text, whole, names);
			map->size += (int64_t)whole;
			free(text);
		}
	}
	(void)close(fd);
	return err;
}
