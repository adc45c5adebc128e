/*
 * string.c - strings: reading them, their lengths, what is in them.
 *
 * A string is its characters up to a NUL, or up to its size when it is full, which says that it was cut.
 * Whatever is indexed by something that is known only when the program runs is checked against the size right
 * before, in a form that our own passes cannot see through (HIDE): the check is for the verifier.
 */
#include "lower/bytes.h"

#include <string.h>

enum {
	HELPER_D_PATH = 147,
	MOST_STRAIGHT = 8,     /* words looked through without a loop */
	MOST_WALKED = 1 << 16, /* rounds of loops within each other, without iterators */
	BUFFER_HEAD = 4,       /* of BUFFER: its length */
};

#define ONES 0x0101010101010101u
#define TOPS 0x8080808080808080u

/* --- arithmetic ------------------------------------------------------------------------------ */

static struct ir_value *constant(struct lowering *l, uint64_t number)
{
	return lower_const(l, IR_I64, number);
}

static struct ir_value *op(struct lowering *l, enum ir_op op, struct ir_value *x,
			   struct ir_value *y)
{
	return ir_build_op2(&l->b, op, x, y);
}

struct ir_value *lower_zero_bytes(struct lowering *l, struct ir_value *word)
{
	struct ir_value *not_word = op(l, IR_XOR, word, constant(l, UINT64_MAX));
	struct ir_value *less = op(l, IR_SUB, word, constant(l, ONES));

	return op(l, IR_AND, op(l, IR_AND, less, not_word), constant(l, TOPS));
}

/* The lowest bit of each byte up to the one in question, added up in the top byte by multiplication. */
struct ir_value *lower_first_byte(struct lowering *l, struct ir_value *word)
{
	struct ir_value *below = op(l, IR_XOR, word, op(l, IR_SUB, word, constant(l, 1)));
	struct ir_value *sum =
		op(l, IR_MUL, op(l, IR_AND, below, constant(l, ONES)), constant(l, ONES));

	return op(l, IR_SUB, op(l, IR_SHR, sum, constant(l, 56)), constant(l, 1));
}

/* Go on if x op y, else to @otherwise. */
void lower_must(struct lowering *l, enum ir_cond cond, struct ir_value *x, struct ir_value *y,
		struct ir_block *otherwise)
{
	struct ir_block *next = ir_build_block(&l->b);

	ir_build_branch(&l->b, cond, x, y, next, otherwise);
	ir_build_at(&l->b, next);
}

/* @index, of which the verifier then knows that it is at most @most; else to @otherwise. */
struct ir_value *lower_bounded(struct lowering *l, struct ir_value *index, uint64_t most,
			       struct ir_block *otherwise)
{
	struct ir_value *hidden = ir_build_op1(&l->b, IR_HIDE, IR_I64, lower_aside(l, index));

	lower_must(l, IR_LE, hidden, constant(l, most), otherwise);
	return hidden;
}

/* @number, or @most if it is more (unsigned); the verifier knows it. */
static struct ir_value *at_most(struct lowering *l, struct ir_value *number, uint64_t most)
{
	uint32_t var = ir_build_var(&l->b, IR_I64);
	struct ir_block *more = ir_build_block(&l->b), *join = ir_build_block(&l->b);

	number = ir_build_op1(&l->b, IR_HIDE, IR_I64, lower_aside(l, number));
	ir_build_set(&l->b, var, number);
	ir_build_branch(&l->b, IR_GT, number, constant(l, most), more, join);
	ir_build_at(&l->b, more);
	ir_build_set(&l->b, var, constant(l, most));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return ir_build_get(&l->b, var);
}

/* Let @var be @value and go to @to. */
static void conclude(struct lowering *l, uint32_t var, struct ir_value *value, struct ir_block *to)
{
	ir_build_set(&l->b, var, value);
	ir_build_jump(&l->b, to);
}

/* --- bytes ----------------------------------------------------------------------------------- */

struct value lower_compared(struct lowering *l, const struct expr *e)
{
	struct place place;

	if (e->kind != EXPR_CALL || e->is_constant || !e->func || e->func->id != FUNC_STR)
		return lower_expr(l, e, NULL);
	place = lower_memory(l, lower_size(l, e->type) + 1, false);
	place.is_padded = false;
	place.has_room = true;
	return lower_expr(l, e, &place);
}

struct value lower_string_of(struct lowering *l, const struct expr *e)
{
	struct value value = lower_compared(l, e);

	return value.at == AT_TEXT ? value : lower_in_memory(l, value, value.type);
}

struct ir_value *lower_byte_at(struct lowering *l, struct value value, struct ir_value *index,
			       uint32_t at)
{
	return ir_build_load(&l->b, IR_I8, op(l, IR_PTR_ADD, value.ir, index),
			     value.offset + (int32_t)at, 1);
}

static struct ir_value *address_of(struct lowering *l, struct value value)
{
	return lower_address(l, value.ir, value.offset);
}

static struct place place_for(struct lowering *l, const struct type *type, const struct place *want)
{
	return want ? *want : lower_memory(l, lower_size(l, type), false);
}

/* --- str ------------------------------------------------------------------------------------- */

/* Where @value points to, and as what memory. */
struct source_bytes {
	struct ir_value *address;
	enum space space;
	uint32_t limit; /* that there are, with a NUL; 0: not known */
};

static struct source_bytes bytes_of(struct lowering *l, struct value value)
{
	struct source_bytes from = { .space = SPACE_KERNEL };

	if (value.at == AT_MEMORY && !lower_is_scalar(value.type)) {
		bool is_buffer = value.type->kind == TYPE_BUFFER;

		from.address =
			lower_address(l, value.ir, value.offset + (is_buffer ? BUFFER_HEAD : 0));
		from.limit = value.type->size + 1;
	} else if (value.at == AT_POINTED && !lower_is_scalar(value.type)) {
		from.address = address_of(l, value);
		from.space = value.space;
		from.limit = value.type->size + 1;
	} else {
		from.address = lower_scalar_as(l, value, type_int(8, false));
		from.space = value.type->kind == TYPE_POINTER ? value.type->space : SPACE_NONE;
	}
	if (from.space == SPACE_NONE)
		from.space = lower_default_space(l);
	return from;
}

static struct ir_value *read_string(struct lowering *l, const struct source_bytes *from,
				    struct ir_value *to, struct ir_value *size)
{
	return lower_call(l, IR_I64,
			  from->space == SPACE_USER ? HELPER_PROBE_READ_USER_STR :
						      HELPER_PROBE_READ_KERNEL_STR,
			  to, size, from->address, NULL, NULL);
}

/* A string that fills all of @size may go on: its last byte tells whether it was cut.  Where there is room for
 * one byte more, it is read with the others. */
static void mark_cut(struct lowering *l, const struct source_bytes *from, struct place to,
		     struct ir_value *len, uint32_t size)
{
	struct ir_block *full = ir_build_block(&l->b), *join = ir_build_block(&l->b);

	ir_build_branch(&l->b, IR_EQ, len, constant(l, size), full, join);
	ir_build_at(&l->b, full);
	lower_call(l, IR_I64,
		   from->space == SPACE_USER ? HELPER_PROBE_READ_USER : HELPER_PROBE_READ_KERNEL,
		   lower_address(l, to.base, to.offset + (int32_t)size - 1),
		   lower_const(l, IR_I32, 1), lower_address(l, from->address, size - 1), NULL,
		   NULL);
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
}

/* How many bytes 'str(p, n)' reads: n and a NUL. */
static struct ir_value *string_limit(struct lowering *l, const struct expr *n, uint32_t size)
{
	struct ir_value *number = lower_expr_as(l, n, type_int(8, false));

	return at_most(l, op(l, IR_ADD, number, constant(l, 1)), size);
}

/* Zeroes, if they are wanted behind the NUL. */
static struct place zeroed_place(struct lowering *l, const struct type *type,
				 const struct place *want)
{
	struct place to = place_for(l, type, want);

	if (to.is_padded)
		lower_zero(l, to, lower_size(l, type));
	return to;
}

static struct value str(struct lowering *l, const struct expr *e, const struct place *want)
{
	const struct expr *n = e->args->next;
	uint32_t size = lower_size(l, e->type), limit = size;
	bool is_own = !want || want->has_room; /* nothing else is there */
	bool is_first = is_own && e->args->type->kind != TYPE_STRING, is_open;
	struct source_bytes from;
	struct ir_value *len;
	struct place to = { 0 };
	struct value value;

	/* First the zeroes: the address then need not be kept over the call that writes them. */
	if (is_first)
		to = zeroed_place(l, e->type, want);
	value = lower_expr(l, e->args, NULL);
	if (value.type->kind == TYPE_STRING && (value.at == AT_TEXT || !n)) {
		if (value.at == AT_TEXT && n && value.text_len >= size)
			value.text_len = size - 1;
		return value;
	}
	from = bytes_of(l, value);
	if (from.limit && from.limit < limit)
		limit = from.limit;
	if (!is_first)
		to = zeroed_place(l, e->type, want);
	is_open = !n && limit == size;
	if (n && !n->is_constant)
		len = string_limit(l, n, limit);
	else
		len = lower_const(l, IR_I32, limit + (is_open && to.has_room));
	len = read_string(l, &from, lower_place_address(l, to), len);
	if (is_open && !to.has_room)
		mark_cut(l, &from, to, len, size);
	return value_memory(e->type, to);
}

/* --- buf ------------------------------------------------------------------------------------- */

static struct value buf(struct lowering *l, const struct expr *e, const struct place *want)
{
	const struct expr *n = e->args->next;
	struct value value = lower_expr(l, e->args, NULL);
	uint32_t most = e->type->size;
	struct place to = place_for(l, e->type, want), data = place_at(to, BUFFER_HEAD);
	struct source_bytes from;
	struct ir_value *len = constant(l, most);

	if (value.at == AT_TEXT) {
		lower_store(l, value, type_string(l->types, most), data);
	} else {
		if (n && !n->is_constant) {
			lower_zero(l, data, most);
			len = at_most(l, lower_expr_as(l, n, type_int(8, false)), most);
		}
		from = bytes_of(l, value);
		if (from.limit && most >= from.limit) /* no more than there is */
			len = constant(l, from.limit - 1);
		lower_call(l, IR_I64,
			   from.space == SPACE_USER ? HELPER_PROBE_READ_USER :
						      HELPER_PROBE_READ_KERNEL,
			   lower_place_address(l, data), len, from.address, NULL, NULL);
	}
	ir_build_store(&l->b, to.base, to.offset, 4, ir_build_op1(&l->b, IR_TRUNC, IR_I32, len));
	return value_memory(e->type, to);
}

/* --- path ------------------------------------------------------------------------------------ */

static struct value path(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct value value = lower_expr(l, e->args, NULL);
	uint32_t size = lower_size(l, e->type);
	struct ir_value *address;
	struct place to;

	if (!value.is_typed) {
		lower_refuse(l, e->span,
			     "'path' wants a 'struct path' that the kernel hands out: a "
			     "field of the arguments of fentry or an iterator");
		return lower_nothing(l, e->type);
	}
	address = value.at == AT_REG ? value.ir : address_of(l, value);
	to = place_for(l, e->type, want);
	if (to.is_padded)
		lower_zero(l, to, size);
	else
		ir_build_store(&l->b, to.base, to.offset, 1, lower_const(l, IR_I8, 0));
	lower_call(l, IR_I64, HELPER_D_PATH, address, lower_place_address(l, to),
		   lower_const(l, IR_I32, size), NULL, NULL);
	return value_memory(e->type, to);
}

/* --- lengths --------------------------------------------------------------------------------- */

static struct ir_value *word(struct lowering *l, struct value value, struct ir_value *index)
{
	struct ir_value *by = op(l, IR_SHL, index, constant(l, 3));

	return ir_build_load(&l->b, IR_I64, op(l, IR_PTR_ADD, value.ir, by), value.offset, 8);
}

/* The words of @value: to @found with *len where the NUL is, or on if there is none. */
static void find_nul(struct lowering *l, struct value value, uint32_t words, uint32_t len,
		     struct ir_block *found)
{
	uint32_t zeroes = ir_build_var(&l->b, IR_I64), at = ir_build_var(&l->b, IR_I64);
	struct ir_block *here = ir_build_block(&l->b), *more = ir_build_block(&l->b);
	struct ir_block *check;
	struct rounds r;

	ir_build_set(&l->b, zeroes, constant(l, 0));
	ir_build_set(&l->b, at, constant(l, 0));
	if (words <= MOST_STRAIGHT) {
		for (uint32_t i = 0; i < words; i++) {
			struct ir_value *w = ir_build_load(&l->b, IR_I64, value.ir,
							   value.offset + (int32_t)(8 * i), 8);

			ir_build_set(&l->b, zeroes, lower_zero_bytes(l, w));
			ir_build_set(&l->b, at, constant(l, 8 * i));
			lower_must(l, IR_EQ, ir_build_get(&l->b, zeroes), constant(l, 0), here);
		}
		ir_build_jump(&l->b, more);
	} else {
		check = ir_build_block(&l->b);
		rounds_begin(l, &r, words, NULL);
		ir_build_set(&l->b, at, op(l, IR_SHL, r.index, constant(l, 3)));
		ir_build_set(&l->b, zeroes, lower_zero_bytes(l, word(l, value, r.index)));
		ir_build_branch(&l->b, IR_EQ, ir_build_get(&l->b, zeroes), constant(l, 0), r.next,
				check);
		ir_build_at(&l->b, check);
		ir_build_jump(&l->b, r.after);
		rounds_end(l, &r);
		ir_build_branch(&l->b, IR_NE, ir_build_get(&l->b, zeroes), constant(l, 0), here,
				more);
	}
	ir_build_at(&l->b, here);
	conclude(l, len,
		 op(l, IR_ADD, ir_build_get(&l->b, at),
		    lower_first_byte(l, ir_build_get(&l->b, zeroes))),
		 found);
	ir_build_at(&l->b, more);
}

struct ir_value *lower_strlen(struct lowering *l, struct value value)
{
	uint32_t size = lower_size(l, value.type), len;
	struct ir_block *done;

	if (value.at == AT_TEXT)
		return constant(l, strnlen(value.text, value.text_len));
	value = lower_in_memory(l, value, value.type);
	len = ir_build_var(&l->b, IR_I64);
	done = ir_build_block(&l->b);
	if (size / 8)
		find_nul(l, value, size / 8, len, done);
	for (uint32_t at = size & ~7u; at < size; at++) {
		struct ir_value *byte =
			ir_build_load(&l->b, IR_I8, value.ir, value.offset + (int32_t)at, 1);

		ir_build_set(&l->b, len, constant(l, at));
		lower_must(l, IR_NE, byte, lower_const(l, IR_I8, 0), done);
	}
	conclude(l, len, constant(l, size), done);
	ir_build_at(&l->b, done);
	return lower_forget(l, ir_build_get(&l->b, len));
}

/* --- searching ------------------------------------------------------------------------------- */

/* Go on if the bytes of @text are at @index of @value, else to @no. */
static void match_text(struct lowering *l, struct value value, struct ir_value *index,
		       const char *text, uint32_t len, struct ir_block *no)
{
	for (uint32_t at = 0; at < len; at++)
		lower_must(l, IR_EQ, lower_byte_at(l, value, index, at),
			   lower_const(l, IR_I8, (uint8_t)text[at]), no);
}

/* Go on if the string @needle is at @index of @value, else to @no. */
static void match_string(struct lowering *l, struct value value, struct ir_value *index,
			 struct value needle, struct ir_block *no)
{
	uint32_t size = lower_size(l, value.type), differs = ir_build_var(&l->b, IR_I32);
	struct ir_block *bad = ir_build_block(&l->b);
	struct ir_value *byte, *at;
	struct rounds r;

	ir_build_set(&l->b, differs, lower_const(l, IR_I32, 0));
	rounds_begin_if(l, &r, lower_size(l, needle.type), NULL, 0);
	byte = lower_byte_at(l, needle, r.index, 0);
	lower_must(l, IR_NE, byte, lower_const(l, IR_I8, 0), r.after);
	at = lower_bounded(l, op(l, IR_ADD, index, r.index), size - 1, bad);
	ir_build_branch(&l->b, IR_EQ, byte, lower_byte_at(l, value, at, 0), r.next, bad);
	ir_build_at(&l->b, bad);
	conclude(l, differs, lower_const(l, IR_I32, 1), r.after);
	rounds_end(l, &r);
	lower_must(l, IR_EQ, ir_build_get(&l->b, differs), lower_const(l, IR_I32, 0), no);
}

/* Where @needle is in @value, or -1. */
static struct ir_value *find(struct lowering *l, const struct expr *e, struct value value,
			     struct value needle)
{
	uint32_t size = lower_size(l, value.type), place = ir_build_var(&l->b, IR_I64);
	uint32_t len = needle.at == AT_TEXT ? (uint32_t)needle.text_len : 1;
	struct rounds r;

	if (needle.at == AT_TEXT && value.at == AT_TEXT) {
		const char *at = memmem(value.text, value.text_len, needle.text, needle.text_len);

		return constant(l, at ? (uint64_t)(at - value.text) : UINT64_MAX);
	}
	if (value.at == AT_TEXT) {
		value = lower_in_memory(l, value, value.type);
		size = lower_size(l, value.type);
	}
	if (!len)
		return constant(l, 0);
	if (len > size)
		return constant(l, UINT64_MAX);
	if (needle.at != AT_TEXT && !rounds_are_asked(l) &&
	    (uint64_t)size * lower_size(l, needle.type) > MOST_WALKED)
		lower_refuse(l, e->span,
			     "searching strings of %u bytes for others needs Linux 6.4: "
			     "make them shorter, by 'str(pointer, length)'",
			     size);
	ir_build_set(&l->b, place, constant(l, UINT64_MAX));
	rounds_begin_if(l, &r, size - len + 1, NULL, needle.at == AT_TEXT ? ROUNDS_PLAIN : 0);
	if (needle.at == AT_TEXT) {
		lower_must(l, IR_NE, lower_byte_at(l, value, r.index, 0), lower_const(l, IR_I8, 0),
			   r.after);
		match_text(l, value, r.index, needle.text, len, r.next);
	} else {
		struct ir_block *no = ir_build_block(&l->b), *yes = ir_build_block(&l->b);

		match_string(l, value, r.index, needle, no);
		ir_build_jump(&l->b, yes);
		ir_build_at(&l->b, no);
		lower_must(l, IR_NE, lower_byte_at(l, value, r.index, 0), lower_const(l, IR_I8, 0),
			   r.after);
		ir_build_jump(&l->b, r.next);
		ir_build_at(&l->b, yes);
	}
	conclude(l, place, r.index, r.after);
	rounds_end(l, &r);
	return lower_forget(l, ir_build_get(&l->b, place));
}

static struct value search(struct lowering *l, const struct expr *e)
{
	struct value value = lower_string_of(l, e->args),
		     needle = lower_string_of(l, e->args->next);

	return value_reg(e->type, find(l, e, value, needle));
}

static struct value contains(struct lowering *l, const struct expr *e)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct value value = lower_string_of(l, e->args),
		     needle = lower_string_of(l, e->args->next);

	ir_build_branch(&l->b, IR_NE, find(l, e, value, needle), constant(l, UINT64_MAX), yes, no);
	return value_reg(e->type, lower_bool(l, yes, no));
}

/* --- joining --------------------------------------------------------------------------------- */

/* The second is read to where the first ends, so there is room for both. */
static struct value concat(struct lowering *l, const struct expr *e)
{
	uint32_t size = lower_size(l, e->type);
	struct place to = lower_memory(l, 2 * size, false);
	struct value a = lower_string_of(l, e->args), b = lower_string_of(l, e->args->next);
	const struct type *type = type_string(l->types, size);
	struct ir_block *bad = ir_build_block(&l->b), *join = ir_build_block(&l->b);
	uint32_t at = ir_build_var(&l->b, IR_I64);
	struct source_bytes from = { .space = SPACE_KERNEL };
	struct ir_value *index;

	lower_zero(l, to, size);
	a = lower_in_memory(l, a, a.type);
	b = lower_in_memory(l, b, b.at == AT_TEXT ? type : b.type);
	from.address = address_of(l, a);
	index = read_string(l, &from, lower_place_address(l, to),
			    lower_const(l, IR_I32,
					lower_size(l, a.type) < size ? lower_size(l, a.type) :
								       size));
	index = lower_bounded(l, op(l, IR_SUB, index, constant(l, 1)), size - 1, bad);
	conclude(l, at, index, join);
	ir_build_at(&l->b, bad);
	conclude(l, at, constant(l, 0), join);
	ir_build_at(&l->b, join);
	from.address = address_of(l, b);
	read_string(l, &from,
		    op(l, IR_PTR_ADD, lower_place_address(l, to), ir_build_get(&l->b, at)),
		    lower_const(l, IR_I32,
				lower_size(l, b.type) < size ? lower_size(l, b.type) : size));
	return value_memory(e->type, to);
}

/* --- comparing ------------------------------------------------------------------------------- */

/* 0 on @yes, 1 on @no. */
static struct value zero_if(struct lowering *l, const struct type *type, struct ir_block *yes,
			    struct ir_block *no)
{
	struct ir_value *differs = lower_bool(l, no, yes);

	return value_reg(type, lower_convert(l, differs, type_plain(TYPE_BOOL), type));
}

/* strncmp(a, b, n): the first n bytes as strings of their own. */
static struct value compare_strings(struct lowering *l, const struct expr *e)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct value x = lower_string_of(l, e->args), y = lower_string_of(l, e->args->next);
	uint64_t n = e->args->next->next->value;
	uint32_t x_size = lower_size(l, x.type), y_size = lower_size(l, y.type);
	uint32_t least = x_size < y_size ? x_size : y_size;

	if (x.at == AT_TEXT && x.text_len > n)
		x.text_len = n;
	if (y.at == AT_TEXT && y.text_len > n)
		y.text_len = n;
	if (!n)
		ir_build_jump(&l->b, yes);
	else if (n <= least && (x.at == AT_TEXT) != (y.at == AT_TEXT) &&
		 (x.at == AT_TEXT ? x : y).text_len >= n)
		lower_equal_bytes(l, x.at == AT_TEXT ? y : x, x.at == AT_TEXT ? x : y, (uint32_t)n,
				  false, yes, no);
	else if (n <= least && x.at != AT_TEXT && y.at != AT_TEXT)
		lower_equal_bytes(l, x, y, (uint32_t)n, true, yes, no);
	else
		lower_equal_values(l, x, y, yes, no);
	return zero_if(l, e->type, yes, no);
}

/* Bytes of any kind in memory: *ret_size of them. */
static struct value raw_bytes(struct lowering *l, const struct expr *e, uint32_t most,
			      uint32_t *ret_size)
{
	struct value value = lower_expr(l, e, NULL);
	struct source_bytes from;
	struct place to;

	if (!lower_is_scalar(value.type)) {
		value = lower_in_memory(l, value, value.type);
		*ret_size = value.type->kind == TYPE_STRING || value.type->kind == TYPE_BUFFER ?
				    value.type->size :
				    lower_size(l, value.type);
		if (value.type->kind == TYPE_BUFFER)
			value.offset += BUFFER_HEAD;
		return value;
	}
	from = bytes_of(l, value);
	to = lower_memory(l, most, false);
	lower_probe_read(l, from.space, to, most, from.address);
	*ret_size = most;
	return value_memory(type_array(l->types, type_int(1, false), most), to);
}

/* memcmp: the difference of the first bytes that differ. */
static struct value compare_memory(struct lowering *l, const struct expr *e)
{
	const struct expr *n = e->args->next->next;
	uint32_t most = n->is_constant && n->value < 1 << 16 ? (uint32_t)n->value :
							       l->config.max_strlen;
	uint32_t x_size, y_size, result = ir_build_var(&l->b, IR_I64);
	struct value x = raw_bytes(l, e->args, most ? most : 1, &x_size);
	struct value y = raw_bytes(l, e->args->next, most ? most : 1, &y_size);
	struct ir_block *differ = ir_build_block(&l->b);
	struct ir_value *a, *b, *count = NULL;
	struct rounds r;

	if (!n->is_constant)
		count = at_most(l, lower_expr_as(l, n, type_int(8, false)), INT32_MAX);
	most = most < x_size ? most : x_size;
	most = most < y_size ? most : y_size;
	ir_build_set(&l->b, result, constant(l, 0));
	rounds_begin(l, &r, most, count);
	a = lower_byte_at(l, x, r.index, 0);
	b = lower_byte_at(l, y, r.index, 0);
	ir_build_branch(&l->b, IR_EQ, a, b, r.next, differ);
	ir_build_at(&l->b, differ);
	a = ir_build_op1(&l->b, IR_ZEXT, IR_I64, a);
	b = ir_build_op1(&l->b, IR_ZEXT, IR_I64, b);
	conclude(l, result, op(l, IR_SUB, a, b), r.after);
	rounds_end(l, &r);
	return value_reg(e->type, ir_build_get(&l->b, result));
}

/* --- the rest -------------------------------------------------------------------------------- */

static struct value capacity(struct lowering *l, const struct expr *e)
{
	struct value value = lower_expr(l, e->args, NULL);

	return value_reg(e->type, constant(l, lower_size(l, value.type)));
}

bool lower_string_call(struct lowering *l, const struct expr *e, const struct place *want,
		       struct value *ret_value)
{
	switch (e->func->id) {
	case FUNC_STR: *ret_value = str(l, e, want); return true;
	case FUNC_BUF: *ret_value = buf(l, e, want); return true;
	case FUNC_PATH: *ret_value = path(l, e, want); return true;
	case FUNC_STRLEN:
		*ret_value = value_reg(e->type, lower_strlen(l, lower_string_of(l, e->args)));
		return true;
	case FUNC_STRCAP: *ret_value = capacity(l, e); return true;
	case FUNC_STRSTR: *ret_value = search(l, e); return true;
	case FUNC_STRCONTAINS: *ret_value = contains(l, e); return true;
	case FUNC_STR_CONCAT: *ret_value = concat(l, e); return true;
	case FUNC_STRNCMP: *ret_value = compare_strings(l, e); return true;
	case FUNC_MEMCMP: *ret_value = compare_memory(l, e); return true;
	case FUNC_GLOBMATCH: *ret_value = lower_globmatch(l, e); return true;
	default: return lower_name_call(l, e, want, ret_value);
	}
}
