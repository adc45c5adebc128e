/*
 * lines.c - lines of the source by libdw.
 *
 * Not every compiler says in which unit an address is (.debug_aranges), so the units are asked for
 * their ranges once.  Looking into a unit is slow, and stacks come with the same addresses again and
 * again, so answers are kept.
 */
#include "sym/lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_SLOTS = 1024 };

/* Addresses of one unit. */
struct range {
	uint64_t start;
	uint64_t end;
	Dwarf_Off unit; /* of its DIE */
};

struct answer {
	struct answer *next;
	uint64_t address;
	unsigned int count;
	struct line_frame frames[];
};

struct lines {
	int fd;
	Elf *elf;
	Dwarf *dwarf;
	struct range *ranges; /* by start */
	size_t count;
	size_t room;
	bool is_indexed;
	struct arena arena; /* answers */
	struct answer *answers[ANSWER_SLOTS];
};

struct lines *lines_open(int fd)
{
	struct lines *lines = calloc(1, sizeof *lines);

	if (!lines)
		return NULL;
	(void)elf_version(EV_CURRENT);
	lines->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	/* Mapped, as such files are huge and little of them is needed. */
	lines->elf = lines->fd < 0 ? NULL : elf_begin(lines->fd, ELF_C_READ, NULL);
	lines->dwarf = lines->elf ? dwarf_begin_elf(lines->elf, DWARF_C_READ, NULL) : NULL;
	if (lines->dwarf)
		return lines;
	lines_close(lines);
	return NULL;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	(void)dwarf_end(lines->dwarf);
	(void)elf_end(lines->elf);
	if (lines->fd >= 0)
		(void)close(lines->fd);
	free(lines->ranges);
	arena_release(&lines->arena);
	free(lines);
}

/* --- units ------------------------------------------------------------------------------------ */

static bool add_range(struct lines *lines, const struct range *range)
{
	if (lines->count == lines->room) {
		const size_t room = lines->room ? lines->room * 2 : 64;
		struct range *grown = reallocarray(lines->ranges, room, sizeof *grown);

		if (!grown)
			return false;
		lines->ranges = grown;
		lines->room = room;
	}
	lines->ranges[lines->count++] = *range;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct range *one = a, *other = b;

	return one->start < other->start ? -1 : one->start > other->start;
}

static void index_units(struct lines *lines)
{
	Dwarf_Off offset = 0, next;
	size_t header;

	lines->is_indexed = true;
	for (; dwarf_nextcu(lines->dwarf, offset, &next, &header, NULL, NULL, NULL) == 0;
	     offset = next) {
		struct range range = { .unit = offset + header };
		Dwarf_Addr base;
		ptrdiff_t at = 0;
		Dwarf_Die unit;

		if (!dwarf_offdie(lines->dwarf, range.unit, &unit))
			continue;
		while ((at = dwarf_ranges(&unit, at, &base, &range.start, &range.end)) > 0)
			if (range.start < range.end && !add_range(lines, &range))
				return;
	}
	if (lines->count)
		qsort(lines->ranges, lines->count, sizeof *lines->ranges, compare);
}

static bool find_unit(struct lines *lines, uint64_t address, Dwarf_Die *ret_unit)
{
	size_t low = 0, high;

	if (!lines->is_indexed)
		index_units(lines);
	high = lines->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines->ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < lines->ranges[low - 1].end &&
	       dwarf_offdie(lines->dwarf, lines->ranges[low - 1].unit, ret_unit);
}

/* --- functions -------------------------------------------------------------------------------- */

static const char *name_of(Dwarf_Die *function)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute) &&
	    !dwarf_attr_integrate(function, DW_AT_MIPS_linkage_name, &attribute) &&
	    !dwarf_attr_integrate(function, DW_AT_name, &attribute))
		return NULL;
	return dwarf_formstring(&attribute);
}

static uint32_t number_of(Dwarf_Die *function, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value = 0;

	if (dwarf_attr(function, name, &attribute))
		(void)dwarf_formudata(&attribute, &value);
	return value <= UINT32_MAX ? (uint32_t)value : 0;
}

/* Where the inlined @function was called: a place in the one behind it. */
static void set_call_site(Dwarf_Die *unit, Dwarf_Die *function, struct line_frame *ret_frame)
{
	const uint32_t number = number_of(function, DW_AT_call_file);
	Dwarf_Files *files;
	size_t count;

	ret_frame->line = number_of(function, DW_AT_call_line);
	if (dwarf_getsrcfiles(unit, &files, &count) == 0 && number < count)
		ret_frame->file = dwarf_filesrc(files, number, NULL, NULL);
}

/* The functions among the scopes around @address, innermost first. */
static unsigned int add_functions(Dwarf_Die *unit, Dwarf_Die *scopes, int scope_count,
				  struct line_frame *ret_frames, unsigned int most)
{
	unsigned int count = 0;

	for (int i = 0; i < scope_count && count < most; i++) {
		const int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		ret_frames[count++].name = name_of(&scopes[i]);
		if (tag == DW_TAG_subprogram)
			break;
		if (count < most)
			set_call_site(unit, &scopes[i], &ret_frames[count]);
	}
	return count;
}

static unsigned int look_up(struct lines *lines, uint64_t address, struct line_frame *ret_frames,
			    unsigned int most)
{
	Dwarf_Die unit, *innermost = NULL, *scopes = NULL;
	Dwarf_Line *line;
	unsigned int count = 0;
	int number;

	if (!find_unit(lines, address, &unit))
		return 0;
	line = dwarf_getsrc_die(&unit, address);
	if (line) {
		ret_frames[0].file = dwarf_linesrc(line, NULL, NULL);
		if (dwarf_lineno(line, &number) == 0 && number > 0)
			ret_frames[0].line = (uint32_t)number;
	}
	/* The first says where inlined functions were written; those around its entry, where they
	 * were called. */
	if (dwarf_getscopes(&unit, address, &innermost) > 0) {
		number = dwarf_getscopes_die(innermost, &scopes);
		count = add_functions(&unit, scopes, number, ret_frames, most);
	}
	free(scopes);
	free(innermost);
	return count ? count : line != NULL;
}

unsigned int lines_at(struct lines *lines, uint64_t address, struct line_frame *ret_frames,
		      unsigned int most)
{
	enum { MOST_INLINED = 64 };
	struct line_frame frames[MOST_INLINED] = { 0 };
	struct answer **slot = &lines->answers[address % ANSWER_SLOTS], *answer = *slot;

	while (answer && answer->address != address)
		answer = answer->next;
	if (!answer) {
		const unsigned int count = look_up(lines, address, frames, MOST_INLINED);

		answer = arena_alloc(&lines->arena,
				     sizeof *answer + count * sizeof answer->frames[0]);
		if (!answer)
			return 0;
		answer->address = address;
		answer->count = count;
		for (unsigned int i = 0; i < count; i++)
			answer->frames[i] = frames[i];
		answer->next = *slot;
		*slot = answer;
	}
	if (most > answer->count)
		most = answer->count;
	for (unsigned int i = 0; i < most; i++)
		ret_frames[i] = answer->frames[i];
	return most;
}
