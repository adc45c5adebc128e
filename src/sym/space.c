/*
 * space.c - sorted mappings, and reading them from /proc/PID/maps.
 *
 * A line there is
 *	start-end perms offset major:minor inode      path
 * all in hexadecimal but the inode.  A newline in a path is written "\012"; " (deleted)" follows a
 * path that leads to the file no more.
 */
#include "sym/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/chars.h"
#include "base/file.h"

enum {
	FIRST_MAPPINGS = 8,
	MOST_MAPPINGS = 1 << 17, /* twice what vm.max_map_count usually is */
};

struct space *space_new(void)
{
	struct space *space = calloc(1, sizeof *space);

	if (space)
		space->users = 1;
	return space;
}

struct space *space_get(struct space *space)
{
	space->users++;
	return space;
}

void space_put(struct space *space)
{
	if (!space || --space->users)
		return;
	free(space->mappings);
	free(space);
}

struct space *space_copy(const struct space *space)
{
	struct space *copy = space_new();

	if (!copy || !space->count)
		return copy;
	copy->mappings = calloc(space->count, sizeof *copy->mappings);
	if (!copy->mappings) {
		free(copy);
		return NULL;
	}
	memcpy(copy->mappings, space->mappings, space->count * sizeof *copy->mappings);
	copy->count = copy->room = space->count;
	return copy;
}

/* The number of mappings that end at or below @address. */
static size_t ended_at(const struct space *space, uint64_t address)
{
	size_t low = 0, high = space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (space->mappings[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct mapping *space_at(const struct space *space, uint64_t address)
{
	size_t i = ended_at(space, address);

	return i < space->count && space->mappings[i].start <= address ? &space->mappings[i] : NULL;
}

static int reserve(struct space *space, size_t count)
{
	size_t room = space->room ? space->room : FIRST_MAPPINGS;
	struct mapping *grown;

	if (count > MOST_MAPPINGS)
		return -E2BIG;
	if (count <= space->room)
		return 0;
	while (room < count)
		room *= 2;
	grown = reallocarray(space->mappings, room, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	space->mappings = grown;
	space->room = room;
	return 0;
}

/* Replace @gone mappings from number @at on by @count others. */
static void replace_mappings(struct space *space, size_t at, size_t gone,
			     const struct mapping *others, size_t count)
{
	struct mapping *place = space->mappings + at;

	memmove(place + count, place + gone, (space->count - at - gone) * sizeof *place);
	memcpy(place, others, count * sizeof *place);
	space->count += count - gone;
}

int space_map(struct space *space, const struct mapping *mapping)
{
	const size_t first = ended_at(space, mapping->start);
	struct mapping pieces[3];
	size_t last = first, count = 0;
	int err = reserve(space, space->count + 2);

	if (err)
		return err;
	while (last < space->count && space->mappings[last].start < mapping->end)
		last++;
	if (last > first && space->mappings[first].start < mapping->start) {
		pieces[count] = space->mappings[first];
		pieces[count++].end = mapping->start;
	}
	pieces[count++] = *mapping;
	if (last > first && space->mappings[last - 1].end > mapping->end) {
		pieces[count] = space->mappings[last - 1];
		pieces[count].offset += mapping->end - pieces[count].start;
		pieces[count++].start = mapping->end;
	}
	replace_mappings(space, first, last - first, pieces, count);
	return 0;
}

/* --- /proc/PID/maps --------------------------------------------------------------------------- */

/* @path with "\012" as the newline that it stands for; how long it is then. */
static size_t unescape(char *path, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++, out++) {
		if (len - i >= 4 && !memcmp(path + i, "\\012", 4)) {
			path[out] = '\n';
			i += 3;
		} else {
			path[out] = path[i];
		}
	}
	return out;
}

int mapping_set_name(struct mapping *mapping, struct intern *names, const char *name, size_t len)
{
	static const char deleted[] = " (deleted)";
	const size_t deleted_len = sizeof deleted - 1;

	mapping->path = NULL;
	if (!len || !strncmp(name, "//", 2) ||
	    !strncmp(name, "[anon", 5)) /* "//anon": perf's word */
		return 0;
	mapping->is_deleted = len > deleted_len &&
			      !memcmp(name + len - deleted_len, deleted, deleted_len);
	if (mapping->is_deleted)
		len -= deleted_len;
	mapping->path = intern(names, name, len);
	return mapping->path ? 0 : -ENOMEM;
}

struct cursor {
	const char *p;
	const char *end;
	bool failed;
};

static uint64_t take_number(struct cursor *in, unsigned int base, char then)
{
	const char *start = in->p;
	uint64_t value = 0;

	for (; in->p < in->end; in->p++) {
		const int digit = char_hex_value(*in->p);

		if (digit < 0 || (unsigned int)digit >= base)
			break;
		value = value * base + (unsigned int)digit;
	}
	if (in->p == start || in->p >= in->end || *in->p != then)
		in->failed = true;
	else
		in->p++;
	return value;
}

/* Read one line, a copy that may be changed and ends with a newline. */
static int add_line(struct space *space, struct intern *names, char *line, size_t len)
{
	struct cursor in = { .p = line, .end = line + len };
	struct mapping m = { 0 };
	uint64_t major;
	char *name;
	bool is_code;
	int err;

	m.start = take_number(&in, 16, '-');
	m.end = take_number(&in, 16, ' ');
	is_code = !in.failed && in.end - in.p > 5 && in.p[2] == 'x';
	if (!is_code || m.start >= m.end)
		return 0;
	in.p += 5;
	m.offset = take_number(&in, 16, ' ');
	major = take_number(&in, 16, ':');
	m.key.device = makedev((unsigned int)major, (unsigned int)take_number(&in, 16, ' '));
	m.key.inode = take_number(&in, 10, ' ');
	if (in.failed)
		return 0;
	while (in.p < in.end && *in.p == ' ')
		in.p++;
	name = line + (in.p - line);
	err = mapping_set_name(&m, names, name, unescape(name, (size_t)(in.end - in.p) - 1));
	return err ? err : space_map(space, &m);
}

int space_add_maps(struct space *space, struct intern *names, const char *text, size_t len)
{
	const char *end = text + len;
	char *line = malloc(len + 1);
	int err = line ? 0 : -ENOMEM;

	while (!err && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const size_t line_len = newline ? (size_t)(newline - text) : (size_t)(end - text);

		memcpy(line, text, line_len);
		line[line_len] = '\n';
		err = add_line(space, names, line, line_len + 1);
		text += line_len + (newline != NULL);
	}
	free(line);
	return err;
}

int space_read(struct space *space, struct intern *names, uint32_t pid)
{
	char path[32], *text;
	size_t len;
	int fd, err;

	(void)snprintf(path, sizeof path, "/proc/%u/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	err = file_read_fd(fd, &text, &len);
	(void)close(fd);
	if (err)
		return err;
	err = space_add_maps(space, names, text, len);
	free(text);
	return err;
}
