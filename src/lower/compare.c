/*
 * compare.c - are two values that are bytes equal?
 *
 * Eight bytes at a time, out at the first that differ.  Two strings are equal when they are up to the
 * NUL, which may be anywhere in the eight bytes at hand: what is behind it is masked.
 */
#include "lower/bytes.h"

#include <string.h>

#include "base/bits.h"

enum { MOST_STRAIGHT = 8 }; /* words that are compared without a loop */

static enum ir_type type_of(uint32_t bytes)
{
	return bytes == 8 ? IR_I64 : bytes == 4 ? IR_I32 : bytes == 2 ? IR_I16 : IR_I8;
}

static struct ir_value *load(struct lowering *l, struct value value, uint32_t at, uint32_t bytes)
{
	return ir_build_load(&l->b, type_of(bytes), value.ir, value.offset + (int32_t)at, bytes);
}

/* The @bytes of @text at @at, and zeroes behind its end. */
static struct ir_value *text_part(struct lowering *l, struct value text, uint32_t at,
				  uint32_t bytes)
{
	uint8_t data[8] = { 0 };

	for (uint32_t i = 0; i < bytes && at + i < text.text_len; i++)
		data[i] = (uint8_t)text.text[at + i];
	return lower_const(l, type_of(bytes), load_u64(data));
}

static struct ir_value *part(struct lowering *l, struct value value, uint32_t at, uint32_t bytes)
{
	return value.at == AT_TEXT ? text_part(l, value, at, bytes) : load(l, value, at, bytes);
}

/* What @value is aligned to: of the stack, the verifier wants loads to be. */
static uint32_t alignment(struct value value)
{
	uint32_t align = 8;

	while (value.at != AT_TEXT && value.offset % (int32_t)align)
		align /= 2;
	return align;
}

/* How many bytes to compare at once when @at of @bytes are done. */
static uint32_t next_chunk(uint32_t at, uint32_t bytes, uint32_t align)
{
	uint32_t chunk = align;

	while (chunk > bytes - at)
		chunk /= 2;
	return chunk;
}

/* --- bytes as they are ----------------------------------------------------------------------- */

static void equal_straight(struct lowering *l, struct value x, struct value y, uint32_t bytes,
			   struct ir_block *no)
{
	uint32_t align = alignment(x) < alignment(y) ? alignment(x) : alignment(y), chunk;

	for (uint32_t at = 0; at < bytes; at += chunk) {
		chunk = next_chunk(at, bytes, align);
		lower_must(l, IR_EQ, part(l, x, at, chunk), part(l, y, at, chunk), no);
	}
}

static struct ir_value *word_at(struct lowering *l, struct value value, struct ir_value *index)
{
	struct ir_value *by = ir_build_op2(&l->b, IR_SHL, index, lower_const(l, IR_I64, 3));

	return ir_build_load(&l->b, IR_I64, ir_build_op2(&l->b, IR_PTR_ADD, value.ir, by),
			     value.offset, 8);
}

static void equal_long(struct lowering *l, struct value x, struct value y, uint32_t bytes,
		       struct ir_block *no)
{
	uint32_t differ = ir_build_var(&l->b, IR_I32);
	struct ir_block *different = ir_build_block(&l->b);
	struct rounds r;

	ir_build_set(&l->b, differ, lower_const(l, IR_I32, 0));
	rounds_begin(l, &r, bytes / 8, NULL);
	ir_build_branch(&l->b, IR_EQ, word_at(l, x, r.index), word_at(l, y, r.index), r.next,
			different);
	ir_build_at(&l->b, different);
	ir_build_set(&l->b, differ, lower_const(l, IR_I32, 1));
	ir_build_jump(&l->b, r.after);
	rounds_end(l, &r);
	lower_must(l, IR_EQ, ir_build_get(&l->b, differ), lower_const(l, IR_I32, 0), no);
	x.offset += (int32_t)(bytes & ~7u);
	y.offset += (int32_t)(bytes & ~7u);
	equal_straight(l, x, y, bytes & 7, no);
}

/* --- strings --------------------------------------------------------------------------------- */

/* All bits up to the NUL in @word, and in it; all if there is none. */
static struct ir_value *mask_to_nul(struct lowering *l, struct ir_value *zeroes)
{
	struct ir_value *less = ir_build_op2(&l->b, IR_SUB, zeroes, lower_const(l, IR_I64, 1));

	return ir_build_op2(&l->b, IR_XOR, zeroes, less);
}

/* Two words of strings: to @more if all eight are equal and none is NUL. */
static void equal_words(struct lowering *l, struct ir_value *x, struct ir_value *y,
			struct ir_block *more, struct ir_block *yes, struct ir_block *no)
{
	struct ir_block *same = ir_build_block(&l->b), *differ = ir_build_block(&l->b);
	struct ir_value *zeroes = lower_zero_bytes(l, x), *before;

	ir_build_branch(&l->b, IR_EQ, x, y, same, differ);
	ir_build_at(&l->b, same);
	ir_build_branch(&l->b, IR_EQ, zeroes, lower_const(l, IR_I64, 0), more, yes);
	ir_build_at(&l->b, differ);
	before = ir_build_op2(&l->b, IR_AND, ir_build_op2(&l->b, IR_XOR, x, y),
			      mask_to_nul(l, zeroes));
	ir_build_branch(&l->b, IR_EQ, before, lower_const(l, IR_I64, 0), yes, no);
}

/* Words of both: goes on when all are equal and there was no NUL. */
static void equal_string_words(struct lowering *l, struct value x, struct value y, uint32_t words,
			       struct ir_block *yes, struct ir_block *no)
{
	enum { MORE, YES, NO };
	struct ir_block *is_yes = ir_build_block(&l->b), *is_no = ir_build_block(&l->b), *next;
	uint32_t found = ir_build_var(&l->b, IR_I32);
	struct rounds r;

	if (words <= MOST_STRAIGHT) {
		for (uint32_t i = 0; i < words; i++) {
			next = ir_build_block(&l->b);
			equal_words(l, load(l, x, 8 * i, 8), load(l, y, 8 * i, 8), next, yes, no);
			ir_build_at(&l->b, next);
		}
		return;
	}
	ir_build_set(&l->b, found, lower_const(l, IR_I32, MORE));
	rounds_begin(l, &r, words, NULL);
	equal_words(l, word_at(l, x, r.index), word_at(l, y, r.index), r.next, is_yes, is_no);
	ir_build_at(&l->b, is_yes);
	ir_build_set(&l->b, found, lower_const(l, IR_I32, YES));
	ir_build_jump(&l->b, r.after);
	ir_build_at(&l->b, is_no);
	ir_build_set(&l->b, found, lower_const(l, IR_I32, NO));
	ir_build_jump(&l->b, r.after);
	rounds_end(l, &r);
	lower_must(l, IR_NE, ir_build_get(&l->b, found), lower_const(l, IR_I32, YES), yes);
	lower_must(l, IR_NE, ir_build_get(&l->b, found), lower_const(l, IR_I32, NO), no);
}

/* The first @bytes of strings that have at least so many. */
static void equal_strings(struct lowering *l, struct value x, struct value y, uint32_t bytes,
			  struct ir_block *yes, struct ir_block *no)
{
	if (bytes / 8)
		equal_string_words(l, x, y, bytes / 8, yes, no);
	for (uint32_t at = bytes & ~7u; at < bytes; at++) {
		struct ir_value *a = load(l, x, at, 1);

		lower_must(l, IR_EQ, a, load(l, y, at, 1), no);
		lower_must(l, IR_NE, a, lower_const(l, IR_I8, 0), yes);
	}
}

/* Both in memory, and @bytes not more than the shorter has. */
void lower_equal_bytes(struct lowering *l, struct value x, struct value y, uint32_t bytes,
		       bool as_strings, struct ir_block *yes, struct ir_block *no)
{
	x = lower_in_memory(l, x, x.type);
	y = lower_in_memory(l, y, y.type);
	if (as_strings)
		equal_strings(l, x, y, bytes, yes, no);
	else if (bytes <= 8 * MOST_STRAIGHT)
		equal_straight(l, x, y, bytes, no);
	else
		equal_long(l, x, y, bytes, no);
	ir_build_jump(&l->b, yes);
}

static void equal_to_text(struct lowering *l, struct value x, struct value text,
			  struct ir_block *yes, struct ir_block *no)
{
	uint32_t size = lower_size(l, x.type);

	if (text.text_len > size) {
		ir_build_jump(&l->b, no);
		return;
	}
	x = lower_in_memory(l, x, x.type);
	equal_straight(l, x, text, text.text_len < size ? (uint32_t)text.text_len + 1 : size, no);
	ir_build_jump(&l->b, yes);
}

static void equal_any_strings(struct lowering *l, struct value x, struct value y,
			      struct ir_block *yes, struct ir_block *no)
{
	uint32_t x_size, y_size, bytes;
	struct value longer;

	if (x.at == AT_TEXT && y.at == AT_TEXT) {
		bool same = x.text_len == y.text_len && !memcmp(x.text, y.text, x.text_len);

		ir_build_jump(&l->b, same ? yes : no);
		return;
	}
	if (x.at == AT_TEXT || y.at == AT_TEXT) {
		equal_to_text(l, x.at == AT_TEXT ? y : x, x.at == AT_TEXT ? x : y, yes, no);
		return;
	}
	x_size = lower_size(l, x.type);
	y_size = lower_size(l, y.type);
	bytes = x_size < y_size ? x_size : y_size;
	x = lower_in_memory(l, x, x.type);
	y = lower_in_memory(l, y, y.type);
	equal_strings(l, x, y, bytes, yes, no);
	longer = x_size > y_size ? x : y;
	if (x_size != y_size) /* the shorter is full: does the longer end there? */
		lower_must(l, IR_EQ, load(l, longer, bytes, 1), lower_const(l, IR_I8, 0), no);
	ir_build_jump(&l->b, yes);
}

/* --- values with parts ----------------------------------------------------------------------- */

static struct value part_value(struct lowering *l, struct value value, uint32_t i)
{
	const struct shape *shape = lower_shape(l, value.type, NULL);

	value.offset += (int32_t)shape->fields[i].offset;
	value.type = value.type->fields[i].type;
	return value;
}

static void equal_parts(struct lowering *l, struct value x, struct value y, struct ir_block *yes,
			struct ir_block *no)
{
	uint32_t count = x.type->field_count;

	if (count != y.type->field_count) {
		ir_build_jump(&l->b, no);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct value a = part_value(l, x, i), b = part_value(l, y, i);
		const struct type *wide = type_int(8, a.type->is_signed && b.type->is_signed);
		struct ir_block *next = ir_build_block(&l->b);

		if (lower_is_scalar(a.type) && lower_is_scalar(b.type))
			ir_build_branch(&l->b, IR_EQ, lower_scalar_as(l, a, wide),
					lower_scalar_as(l, b, wide), next, no);
		else
			lower_equal_values(l, a, b, next, no);
		ir_build_at(&l->b, next);
	}
	ir_build_jump(&l->b, yes);
}

void lower_equal_values(struct lowering *l, struct value x, struct value y, struct ir_block *yes,
			struct ir_block *no)
{
	uint32_t x_size = lower_size(l, x.type), y_size = lower_size(l, y.type);

	if (x.type->kind == TYPE_STRING && y.type->kind == TYPE_STRING) {
		equal_any_strings(l, x, y, yes, no);
	} else if ((x.type->kind == TYPE_TUPLE || x.type->kind == TYPE_RECORD) &&
		   x.type->kind == y.type->kind) {
		x = lower_in_memory(l, x, x.type);
		y = lower_in_memory(l, y, y.type);
		equal_parts(l, x, y, yes, no);
	} else if (x.type->kind == TYPE_BUFFER && y.type->kind == TYPE_BUFFER) {
		/* lengths first; what is behind them is zero */
		lower_equal_bytes(l, x, y, x_size < y_size ? x_size : y_size, false, yes, no);
	} else if (x_size == y_size) {
		lower_equal_bytes(l, x, y, x_size, false, yes, no);
	} else {
		ir_build_jump(&l->b, no);
	}
}
