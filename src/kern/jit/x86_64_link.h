/*
 * x86_64_link.h - jumps and calls between places in the code, and making them short.
 *
 * While code is written every jump has its long form, since how far ahead its target will be is not
 * known.  x86_link_finish then finds which targets are within 127 bytes, closes the gaps that
 * short jumps leave, and fills in the distances.  Shortening only brings places closer, so that
 * what was found short once stays so.
 *
 * A place is a label, known by its number.
 */
#ifndef WAGGLE_KERN_JIT_X86_64_LINK_H
#define WAGGLE_KERN_JIT_X86_64_LINK_H

#include <stddef.h>

#include "base/attr.h"
#include "kern/jit/x86_64_enc.h"

/* A place: offset in code whose jumps are all long, and how many of those jumps lie before it. */
struct x86_label {
	uint32_t offset;
	uint32_t sites;
};

struct x86_site; /* a jump or call */

struct x86_link {
	uint8_t *start; /* of the code */
	struct x86_label *labels;
	size_t label_count, label_room;
	struct x86_site *sites;
	size_t site_count, site_room;
	uint32_t last_loop; /* site of the last x86_loop_here, + 1 */
};

/* Begin with @label_count labels, numbers 0 and up, whose places are to come. */
int x86_link_init(struct x86_link *link, uint8_t *start, size_t label_count);
void x86_link_release(struct x86_link *link);

/* Make room for X86_LINK_MOST more sites and labels. */
enum { X86_LINK_MOST = 16 };
int x86_link_reserve_slowly(struct x86_link *link);
static inline int x86_link_reserve(struct x86_link *link)
{
	if (LIKELY(link->label_room - link->label_count >= X86_LINK_MOST &&
		   link->site_room - link->site_count >= X86_LINK_MOST))
		return 0;
	return x86_link_reserve_slowly(link);
}

/* A new label. */
static inline uint32_t x86_label_new(struct x86_link *link)
{
	return (uint32_t)link->label_count++;
}

/* Label @label is here. */
static inline void x86_label_here(struct x86_link *link, const struct x86_enc *e, uint32_t label)
{
	link->labels[label] = (struct x86_label){
		.offset = (uint32_t)(e->p - link->start),
		.sites = (uint32_t)link->site_count,
	};
}

/* Label @label will be here, and jumps back to it follow: let the loop lie in as few lines of the cache as
 * it can, at the cost of a few bytes before it. */
void x86_loop_here(struct x86_enc *e, struct x86_link *link, uint32_t label);

void x86_jmp(struct x86_enc *e, struct x86_link *link, uint32_t label);
void x86_jcc(struct x86_enc *e, struct x86_link *link, enum x86_cond cond, uint32_t label);
void x86_call(struct x86_enc *e, struct x86_link *link, uint32_t label);
/* Call what is not part of this code, at most 2 GB away from it. */
void x86_call_far(struct x86_enc *e, struct x86_link *link, uint64_t address);

/* Jumps over a few instructions of one translation, in which there are no jumps to labels: the
 * result is to be given to x86_land where they end. */
static inline uint8_t *x86_skip(struct x86_enc *e, enum x86_cond cond)
{
	x86_u8(e, 0x70u | cond);
	x86_u8(e, 0);
	return e->p;
}
static inline uint8_t *x86_skip_always(struct x86_enc *e)
{
	x86_u8(e, 0xeb);
	x86_u8(e, 0);
	return e->p;
}
static inline void x86_land(struct x86_enc *e, uint8_t *skip)
{
	skip[-1] = (uint8_t)(e->p - skip);
}

/* Shorten, close up, and fill in, in place.  The code ends at @e->p, before and after, and will
 * run at @address. */
void x86_link_finish(struct x86_link *link, struct x86_enc *e, uint64_t address);

/* Where a label is, once finished. */
uint32_t x86_label_offset(const struct x86_link *link, uint32_t label);

#endif
