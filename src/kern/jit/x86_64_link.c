/*
 * x86_64_link.c - which jumps can be short.
 *
 * The bytes between a jump and its target only change by the jumps among them.  So with S(i) the
 * bytes saved by all jumps before the i-th, the distance is what it was minus a difference of two S;
 * a target keeps the number of jumps before it for that.
 *
 * The first round knows S exactly for what is behind, and takes 0 for what is ahead; the second
 * takes the first one's result.  More would find little more.
 *
 * Loops that are small but lie across the border of two cache lines take longer to fetch, up to twice as
 * long.  What goes before such a loop is a site too, whose long form has LOOP_PAD bytes and whose final
 * form has as few as are needed: where it will be is known when the last round comes to it.
 */
#include "kern/jit/x86_64_link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum site_kind {
	SITE_JMP,
	SITE_JCC,
	SITE_CALL,
	SITE_CALL_FAR,
	SITE_LOOP,
};

struct x86_site {
	uint32_t offset; /* of the instruction, all jumps being long */
	uint32_t saved;  /* bytes, by the sites before */
	uint8_t kind;
	bool is_short;
	uint8_t pad; /* SITE_LOOP: bytes */
	uint32_t label;
	union {
		uint64_t address; /* SITE_CALL_FAR */
		uint32_t end;     /* SITE_LOOP: the site that jumps back, or 0 */
	};
};

enum {
	ROUNDS = 2,
	SHORT_BYTES = 2,
	LOOP_PAD = 32,
	LINE_BYTES = 64,
	LOOP_MOST_BYTES = 4 * LINE_BYTES, /* longer loops have better things to wait for */
};

static const uint8_t long_bytes[] = {
	[SITE_JMP] = 5,      [SITE_JCC] = 6,         [SITE_CALL] = 5,
	[SITE_CALL_FAR] = 5, [SITE_LOOP] = LOOP_PAD,
};

int x86_link_init(struct x86_link *link, uint8_t *start, size_t label_count)
{
	*link = (struct x86_link){
		.start = start,
		.label_count = label_count,
		.label_room = label_count + 4 * X86_LINK_MOST,
		.site_room = label_count / 4 + 4 * X86_LINK_MOST,
	};
	link->labels = malloc(link->label_room * sizeof *link->labels);
	link->sites = malloc((link->site_room + 1) * sizeof *link->sites);
	return link->labels && link->sites ? 0 : -ENOMEM;
}

void x86_link_release(struct x86_link *link)
{
	free(link->labels);
	free(link->sites);
}

int x86_link_reserve_slowly(struct x86_link *link)
{
	const size_t label_room = 2 * link->label_count + X86_LINK_MOST;
	const size_t site_room = 2 * link->site_count + X86_LINK_MOST;
	struct x86_label *labels;
	struct x86_site *sites;

	labels = realloc(link->labels, label_room * sizeof *labels);
	if (!labels)
		return -ENOMEM;
	link->labels = labels;
	link->label_room = label_room;
	/* One more: what lies behind the last site is measured with it. */
	sites = realloc(link->sites, (site_room + 1) * sizeof *sites);
	if (!sites)
		return -ENOMEM;
	link->sites = sites;
	link->site_room = site_room;
	return 0;
}

static struct x86_site *add_site(struct x86_link *link, const struct x86_enc *e,
				 enum site_kind kind, uint32_t label)
{
	struct x86_site *site = &link->sites[link->site_count++];

	*site = (struct x86_site){
		.offset = (uint32_t)(e->p - link->start),
		.kind = (uint8_t)kind,
		.label = label,
	};
	return site;
}

void x86_loop_here(struct x86_enc *e, struct x86_link *link, uint32_t label)
{
	add_site(link, e, SITE_LOOP, label)->end = 0;
	link->last_loop = (uint32_t)link->site_count;
	e->p += LOOP_PAD;
}

/* The jump about to be added ends the loop begun last if it leads back to it: innermost loops are known
 * by that. */
static void note_loop(struct x86_link *link, uint32_t label)
{
	struct x86_site *loop;

	if (!link->last_loop)
		return;
	loop = &link->sites[link->last_loop - 1];
	if (loop->label == label)
		loop->end = (uint32_t)link->site_count;
}

void x86_jmp(struct x86_enc *e, struct x86_link *link, uint32_t label)
{
	note_loop(link, label);
	(void)add_site(link, e, SITE_JMP, label);
	x86_u8(e, 0xe9);
	e->p += 4;
}

void x86_jcc(struct x86_enc *e, struct x86_link *link, enum x86_cond cond, uint32_t label)
{
	note_loop(link, label);
	(void)add_site(link, e, SITE_JCC, label);
	x86_u8(e, 0x0f);
	x86_u8(e, 0x80u | cond);
	e->p += 4;
}

void x86_call(struct x86_enc *e, struct x86_link *link, uint32_t label)
{
	(void)add_site(link, e, SITE_CALL, label);
	x86_u8(e, 0xe8);
	e->p += 4;
}

void x86_call_far(struct x86_enc *e, struct x86_link *link, uint64_t address)
{
	add_site(link, e, SITE_CALL_FAR, 0)->address = address;
	x86_u8(e, 0xe8);
	e->p += 4;
}

/* Would site number @i reach its target with one byte? */
static bool reaches(const struct x86_link *link, size_t i)
{
	const struct x86_site *sites = link->sites, *site = &sites[i];
	const struct x86_label *label = &link->labels[site->label];
	int64_t distance;

	if (label->sites > i) /* ahead: from the end of the site */
		distance = (int64_t)label->offset - site->offset - long_bytes[site->kind] -
			   ((int64_t)sites[label->sites].saved - sites[i + 1].saved);
	else
		distance = (int64_t)label->offset - site->offset - SHORT_BYTES +
			   ((int64_t)site->saved - sites[label->sites].saved);
	return x86_is8(distance);
}

/* The bytes to leave free before the loop that begins after site number @i. */
static uint8_t loop_pad(const struct x86_link *link, size_t i)
{
	const struct x86_site *loop = &link->sites[i], *end = &link->sites[loop->end];
	const uint32_t start = loop->offset - loop->saved, in_line = start % LINE_BYTES;
	uint32_t bytes, lines, least;

	if (!loop->end)
		return 0;
	bytes = end->offset - end->saved + SHORT_BYTES -
		(loop->offset + LOOP_PAD - link->sites[i + 1].saved);
	lines = (in_line + bytes - 1) / LINE_BYTES;
	least = (bytes - 1) / LINE_BYTES;
	if (bytes > LOOP_MOST_BYTES || lines == least || LINE_BYTES - in_line > LOOP_PAD)
		return 0;
	return (uint8_t)(LINE_BYTES - in_line);
}

/* One round; the last one also decides on loops. */
static void shorten(struct x86_link *link, bool last)
{
	uint32_t saved = 0;

	for (size_t i = 0; i < link->site_count; i++) {
		struct x86_site *site = &link->sites[i];

		site->saved = saved;
		if (site->kind == SITE_LOOP && last) {
			site->pad = loop_pad(link, i);
			saved += LOOP_PAD - (uint32_t)site->pad;
		}
		if (site->kind > SITE_JCC)
			continue;
		site->is_short = site->is_short || reaches(link, i);
		if (site->is_short)
			saved += long_bytes[site->kind] - (uint32_t)SHORT_BYTES;
	}
	link->sites[link->site_count].saved = saved;
}

/* Nothing, in @bytes bytes and as few instructions as can be. */
static void fill_with_nops(uint8_t *p, size_t bytes)
{
	/* clang-format off */
	static const uint8_t nops[][9] = {
		{ 0x90 },
		{ 0x66, 0x90 },
		{ 0x0f, 0x1f, 0x00 },
		{ 0x0f, 0x1f, 0x40, 0x00 },
		{ 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
	};
	/* clang-format on */

	while (bytes) {
		const size_t n = bytes < ARRAY_LEN(nops) ? bytes : ARRAY_LEN(nops);

		memcpy(p, nops[n - 1], n);
		p += n;
		bytes -= n;
	}
}

static void fill_in(const struct x86_link *link, const struct x86_site *site, uint8_t *at,
		    uint64_t address)
{
	int64_t target;

	if (site->kind == SITE_LOOP) {
		fill_with_nops(at, site->pad);
		return;
	}
	if (site->is_short) {
		at[0] = site->kind == SITE_JMP ? 0xeb : (uint8_t)(at[1] - 0x10);
		at[1] = (uint8_t)(x86_label_offset(link, site->label) -
				  (uint32_t)(at + SHORT_BYTES - link->start));
		return;
	}
	if (site->kind == SITE_CALL_FAR)
		target = (int64_t)(site->address - address);
	else
		target = x86_label_offset(link, site->label);
	store_u32(at + long_bytes[site->kind] - 4,
		  (uint32_t)(target - (at + long_bytes[site->kind] - link->start)));
}

static size_t final_bytes(const struct x86_site *site)
{
	if (site->kind == SITE_LOOP)
		return site->pad;
	return site->is_short ? SHORT_BYTES : long_bytes[site->kind];
}

/* Move the code between the sites to where it goes, sites included. */
static void close_up(struct x86_link *link, struct x86_enc *e, uint64_t address)
{
	const size_t end = (size_t)(e->p - link->start);
	uint8_t *to = link->start;
	size_t from = 0;

	for (size_t i = 0; i < link->site_count; i++) {
		const struct x86_site *site = &link->sites[i];
		const size_t bytes = long_bytes[site->kind];
		uint8_t *at = to + (site->offset - from);

		if (to != link->start + from)
			memmove(to, link->start + from, site->offset + bytes - from);
		fill_in(link, site, at, address);
		to = at + final_bytes(site);
		from = site->offset + bytes;
	}
	memmove(to, link->start + from, end - from);
	e->p = to + (end - from);
}

void x86_link_finish(struct x86_link *link, struct x86_enc *e, uint64_t address)
{
	for (size_t i = 0; i <= link->site_count; i++)
		link->sites[i].saved = 0;
	for (int round = 1; round <= ROUNDS; round++)
		shorten(link, round == ROUNDS);
	close_up(link, e, address);
}

uint32_t x86_label_offset(const struct x86_link *link, uint32_t label)
{
	const struct x86_label *at = &link->labels[label];

	return at->offset - link->sites[at->sites].saved;
}
