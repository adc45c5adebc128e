/*
 * x86_64_link.c - which jumps can be short.
 *
 * The bytes between a jump and its target only change by the jumps among them.  So with S(i) the
 * bytes saved by all jumps before the i-th, the distance is what it was minus a difference of two S;
 * a target keeps the number of jumps before it for that.
 *
 * The first round knows S exactly for what is behind, and takes 0 for what is ahead; the second
 * takes the first one's result.  More would find little more.
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
};

struct x86_site {
	uint32_t offset; /* of the instruction, all jumps being long */
	uint32_t saved;  /* bytes, by the sites before */
	uint8_t kind;
	bool is_short;
	uint32_t label;
	uint64_t address; /* SITE_CALL_FAR */
};

enum { ROUNDS = 2, SHORT_BYTES = 2 };

static const uint8_t long_bytes[] = {
	[SITE_JMP] = 5,
	[SITE_JCC] = 6,
	[SITE_CALL] = 5,
	[SITE_CALL_FAR] = 5,
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

void x86_jmp(struct x86_enc *e, struct x86_link *link, uint32_t label)
{
	(void)add_site(link, e, SITE_JMP, label);
	x86_u8(e, 0xe9);
	e->p += 4;
}

void x86_jcc(struct x86_enc *e, struct x86_link *link, enum x86_cond cond, uint32_t label)
{
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

static void shorten(struct x86_link *link)
{
	uint32_t saved = 0;

	for (size_t i = 0; i < link->site_count; i++) {
		struct x86_site *site = &link->sites[i];

		site->saved = saved;
		if (site->kind > SITE_JCC)
			continue;
		site->is_short = site->is_short || reaches(link, i);
		if (site->is_short)
			saved += long_bytes[site->kind] - (uint32_t)SHORT_BYTES;
	}
	link->sites[link->site_count].saved = saved;
}

static void fill_in(const struct x86_link *link, const struct x86_site *site, uint8_t *at,
		    uint64_t address)
{
	int64_t target;

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
		to = at + (site->is_short ? SHORT_BYTES : bytes);
		from = site->offset + bytes;
	}
	memmove(to, link->start + from, end - from);
	e->p = to + (end - from);
}

void x86_link_finish(struct x86_link *link, struct x86_enc *e, uint64_t address)
{
	for (size_t i = 0; i <= link->site_count; i++)
		link->sites[i].saved = 0;
	for (int round = 0; round < ROUNDS; round++)
		shorten(link);
	close_up(link, e, address);
}

uint32_t x86_label_offset(const struct x86_link *link, uint32_t label)
{
	const struct x86_label *at = &link->labels[label];

	return at->offset - link->sites[at->sites].saved;
}
