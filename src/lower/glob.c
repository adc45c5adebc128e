/*
 * glob.c - does a string match a pattern with *, ? and [a-z]?
 *
 * The stars divide the pattern into pieces.  The first must stand at the start, the last at the end,
 * and those between them, one after the other, as far to the left as they can: no other choice finds more.
 * So there is one loop for each piece, none within another, and nothing is tried twice.
 */
#include "lower/bytes.h"

#include <string.h>

enum { MOST_ITEMS = 256, BYTES = 256 };

/* What one character must be. */
struct glob_item {
	bool allowed[BYTES];
	uint32_t count; /* of those */
	uint8_t one;    /* if it is one */
};

struct piece {
	struct glob_item *items;
	uint32_t count;
};

/* --- the pattern ----------------------------------------------------------------------------- */

static void allow(struct glob_item *item, uint32_t from, uint32_t to)
{
	for (uint32_t c = from; c <= to && c < BYTES; c++) {
		item->count += !item->allowed[c];
		item->allowed[c] = true;
		item->one = (uint8_t)c;
	}
}

/* '[a-z]', '[!a-z]': its end, or NULL when there is none. */
static const char *parse_set(const char *p, const char *end, struct glob_item *item)
{
	bool negated = p < end && (*p == '!' || *p == '^');
	struct glob_item inside = { .count = 0 };
	const char *first = p + negated;

	for (p = first; p < end && (*p != ']' || p == first); p++) {
		uint8_t from = (uint8_t)*p, to = from;

		if (p + 2 < end && p[1] == '-' && p[2] != ']') {
			to = (uint8_t)p[2];
			p += 2;
		}
		allow(&inside, from, to);
	}
	if (p >= end)
		return NULL;
	for (uint32_t c = 1; c < BYTES; c++)
		if (inside.allowed[c] != negated)
			allow(item, c, c);
	return p + 1;
}

/* One character of the pattern: where the next begins. */
static const char *parse_item(const char *p, const char *end, struct glob_item *item)
{
	const char *next;

	if (*p == '?') {
		allow(item, 1, BYTES - 1);
		return p + 1;
	}
	if (*p == '[') {
		next = parse_set(p + 1, end, item);
		if (next)
			return next;
	}
	if (*p == '\\' && p + 1 < end)
		p++;
	allow(item, (uint8_t)*p, (uint8_t)*p);
	return p + 1;
}

/* The piece at @*p, up to a star, or the end: then *p is NULL. */
static struct piece take_piece(struct lowering *l, const char **p, const char *end)
{
	struct piece piece = { .items = lower_alloc(l, (size_t)(end - *p), sizeof *piece.items) };
	const char *at = *p;

	while (piece.items && at < end && *at != '*')
		at = parse_item(at, end, &piece.items[piece.count++]);
	*p = at < end ? at + 1 : NULL;
	return piece;
}

/* --- the code -------------------------------------------------------------------------------- */

static struct ir_value *constant(struct lowering *l, uint64_t number)
{
	return lower_const(l, IR_I64, number);
}

/* Go on if @byte is in the set, else to @no: its runs, one after the other. */
static void match_set(struct lowering *l, const struct glob_item *item, struct ir_value *byte,
		      struct ir_block *no)
{
	struct ir_block *yes = ir_build_block(&l->b);

	for (uint32_t from = 0, to; from < BYTES; from = to + 1) {
		struct ir_block *more = ir_build_block(&l->b);
		struct ir_value *by;

		while (from < BYTES && !item->allowed[from])
			from++;
		for (to = from; to + 1 < BYTES && item->allowed[to + 1];)
			to++;
		if (from >= BYTES) {
			ir_build_jump(&l->b, more);
		} else {
			by = ir_build_op2(&l->b, IR_SUB, byte, lower_const(l, IR_I8, from));
			ir_build_branch(&l->b, IR_LE, by, lower_const(l, IR_I8, to - from), yes,
					more);
		}
		ir_build_at(&l->b, more);
	}
	ir_build_jump(&l->b, no);
	ir_build_at(&l->b, yes);
}

static void match_item(struct lowering *l, const struct glob_item *item, struct ir_value *byte,
		       struct ir_block *no)
{
	if (item->count == 1)
		lower_must(l, IR_EQ, byte, lower_const(l, IR_I8, item->one), no);
	else if (item->count == BYTES - 1 && !item->allowed[0])
		lower_must(l, IR_NE, byte, lower_const(l, IR_I8, 0), no);
	else
		match_set(l, item, byte, no);
}

/* Go on if the piece is at @index of @value, where there are enough bytes; else to @no. */
static void match_piece(struct lowering *l, const struct piece *piece, struct value value,
			struct ir_value *index, struct ir_block *no)
{
	for (uint32_t i = 0; i < piece->count; i++)
		match_item(l, &piece->items[i], lower_byte_at(l, value, index, i), no);
}

/* Find the piece at *@place or behind it, and let *@place be behind it; to @no if it is not there. */
static void find_piece(struct lowering *l, const struct piece *piece, struct value value,
		       uint32_t place, struct ir_block *no)
{
	uint32_t size = lower_size(l, value.type), found = ir_build_var(&l->b, IR_I32);
	struct ir_value *start = ir_build_get(&l->b, place), *at;
	struct ir_block *fails = ir_build_block(&l->b);
	struct rounds r;

	ir_build_set(&l->b, found, lower_const(l, IR_I32, 0));
	rounds_begin(l, &r, size - piece->count + 1, NULL);
	at = ir_build_op2(&l->b, IR_ADD, start, r.index);
	at = lower_bounded(l, at, size - piece->count, r.after);
	match_piece(l, piece, value, at, fails);
	ir_build_set(&l->b, place, ir_build_op2(&l->b, IR_ADD, at, constant(l, piece->count)));
	ir_build_set(&l->b, found, lower_const(l, IR_I32, 1));
	ir_build_jump(&l->b, r.after);
	ir_build_at(&l->b, fails);
	lower_must(l, IR_NE, lower_byte_at(l, value, at, 0), lower_const(l, IR_I8, 0), r.after);
	rounds_end(l, &r);
	lower_must(l, IR_NE, ir_build_get(&l->b, found), lower_const(l, IR_I32, 0), no);
	ir_build_set(&l->b, place, lower_forget(l, ir_build_get(&l->b, place)));
}

/* The last piece, behind a star: at the end, and not before *@place. */
static void match_end(struct lowering *l, const struct piece *piece, struct value value,
		      uint32_t place, struct ir_block *no)
{
	uint32_t size = lower_size(l, value.type);
	struct ir_value *at;

	if (!piece->count)
		return;
	at = ir_build_op2(&l->b, IR_SUB, lower_strlen(l, value), constant(l, piece->count));
	lower_must(l, IR_SGE, at, ir_build_get(&l->b, place), no);
	at = lower_bounded(l, at, size - piece->count, no);
	match_piece(l, piece, value, at, no);
}

/* Without a star behind it, the first piece is all of the string. */
static void match_whole(struct lowering *l, const struct piece *piece, struct value value,
			struct ir_block *no)
{
	if (piece->count < lower_size(l, value.type))
		lower_must(l, IR_EQ, lower_byte_at(l, value, constant(l, piece->count), 0),
			   lower_const(l, IR_I8, 0), no);
}

static void match(struct lowering *l, const char *p, const char *end, struct value value,
		  struct ir_block *no)
{
	uint32_t size = lower_size(l, value.type), place = ir_build_var(&l->b, IR_I64), sum = 0;

	for (bool first = true; p; first = false) {
		struct piece piece = take_piece(l, &p, end);

		sum += piece.count;
		if (sum > size) { /* the string cannot be so long */
			ir_build_jump(&l->b, no);
			lower_unreachable(l);
			return;
		}
		if (first) {
			match_piece(l, &piece, value, constant(l, 0), no);
			ir_build_set(&l->b, place, constant(l, piece.count));
			if (!p)
				match_whole(l, &piece, value, no);
		} else if (!p) {
			match_end(l, &piece, value, place, no);
		} else if (piece.count) {
			find_piece(l, &piece, value, place, no);
		}
	}
}

struct value lower_globmatch(struct lowering *l, const struct expr *e)
{
	const struct expr *pattern = e->args->next;
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct value value = lower_string_of(l, e->args);

	if (pattern->text_len > MOST_ITEMS) {
		lower_refuse(l, pattern->span, "a pattern has at most %d characters", MOST_ITEMS);
		return lower_nothing(l, e->type);
	}
	value = lower_in_memory(l, value, value.type);
	match(l, pattern->text, pattern->text + pattern->text_len, value, no);
	ir_build_jump(&l->b, yes);
	return value_reg(e->type, lower_bool(l, yes, no));
}
