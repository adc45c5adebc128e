/*
 * join.c - join(): the words of a 'char **', as they stand in memory of the process.
 *
 * They are read one behind the other into scratch, and go out as one record.
 */
#include "lower/lowering.h"

enum {
	JOIN_HEAD_BYTES = 8, /* action, count */
	MOST_WORDS = 16,
	MOST_WORD_BYTES = 1024,
};

/* What the loop carries from word to word. */
struct words {
	struct place place; /* of the record */
	enum space space;
	struct ir_value *list; /* address of the pointers */
	uint32_t count;        /* variables: words, and bytes of them */
	uint32_t bytes;
};

static struct ir_value *number(struct lowering *l, uint64_t value)
{
	return lower_const(l, IR_I64, value);
}

/* Word number 'count': to @done behind the last. */
static void read_word(struct lowering *l, const struct words *w, struct ir_block *done)
{
	struct ir_block *is_there = ir_build_block(&l->b), *good = ir_build_block(&l->b);
	struct ir_value *count = ir_build_get(&l->b, w->count), *bytes, *pointer, *to, *got;

	pointer = ir_build_op2(&l->b, IR_ADD, w->list,
			       ir_build_op2(&l->b, IR_SHL, count, number(l, 3)));
	pointer = lower_read(l, w->space, type_int(8, false), pointer);
	ir_build_branch(&l->b, IR_NE, pointer, number(l, 0), is_there, done);
	ir_build_at(&l->b, is_there);
	bytes = ir_build_get(&l->b, w->bytes);
	to = ir_build_op2(&l->b, IR_PTR_ADD,
			  lower_place_address(l, place_at(w->place, JOIN_HEAD_BYTES)), bytes);
	got = lower_call(l, IR_I64,
			 w->space == SPACE_USER ? HELPER_PROBE_READ_USER_STR :
						  HELPER_PROBE_READ_KERNEL_STR,
			 to, number(l, MOST_WORD_BYTES), pointer, NULL, NULL);
	ir_build_branch(&l->b, IR_SGT, got, number(l, 0), good, done);
	ir_build_at(&l->b, good);
	ir_build_set(&l->b, w->bytes, ir_build_op2(&l->b, IR_ADD, bytes, got));
	ir_build_set(&l->b, w->count, ir_build_op2(&l->b, IR_ADD, count, number(l, 1)));
}

void lower_join(struct lowering *l, const struct expr *e)
{
	struct ir_block *loop = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	const char *separator = e->args->next ? e->args->next->text : NULL;
	const struct type *pointer = e->args->type;
	struct words w = {
		.count = ir_build_var(&l->b, IR_I64),
		.bytes = ir_build_var(&l->b, IR_I64),
		.list = lower_expr_as(l, e->args, type_int(8, false)),
		.place = lower_memory(l, JOIN_HEAD_BYTES + (MOST_WORDS + 1) * MOST_WORD_BYTES,
				      false),
	};
	struct cache cache = l->f->cache;

	w.space = pointer->space == SPACE_KERNEL || pointer->space == SPACE_USER ?
			  pointer->space :
			  lower_default_space(l);
	ir_build_set(&l->b, w.count, number(l, 0));
	ir_build_set(&l->b, w.bytes, number(l, 0));
	ir_build_jump(&l->b, loop);
	ir_build_at(&l->b, loop);
	read_word(l, &w, done);
	ir_build_branch(&l->b, IR_LT, ir_build_get(&l->b, w.count), number(l, MOST_WORDS), loop,
			done);
	ir_build_at(&l->b, done);
	l->f->cache = cache;
	ir_build_store(&l->b, w.place.base, w.place.offset + 4, 4, ir_build_get(&l->b, w.count));
	(void)lower_send_bytes(l,
			       &(struct bundle_action){ .kind = ACTION_JOIN,
							.span = e->span,
							.text = separator,
							.size = JOIN_HEAD_BYTES,
							.time_offset = BUNDLE_NONE,
							.table = BUNDLE_NONE },
			       w.place,
			       ir_build_op2(&l->b, IR_ADD, ir_build_get(&l->b, w.bytes),
					    number(l, JOIN_HEAD_BYTES)));
}
