/*
 * loop.c - while, for, unroll; break and continue.
 *
 * Loops whose rounds can be counted are rounds (rounds.c) within the program.  The elements of a
 * map are handed out by the kernel one by one to a function of ours (bpf_for_each_map_elem); and where there
 * are no iterators, bpf_loop calls one too.  Such a function has a stack and registers of its own, so
 * what its statements use of the program is handed on in a frame on the stack of the caller:
 *
 *	0   the program's context
 *	8   scratch, if there is some
 *	16  1 when a 'return' left the loop
 *	24  the variables: scalars themselves, which are taken back afterwards; of others, the address
 */
#include "lower/bytes.h"

#include <linux/bpf.h>

#include "probe/features.h"
#include "script/tree.h"

enum {
	HELPER_FOR_EACH = 164,
	HELPER_LOOP = 181,
	MOST_CAPTURED = 32,
	MOST_CALLS = 8 << 20, /* of bpf_loop */
	MOST_PLAIN = 4,       /* rounds of a loop of the script that are walked through */
	MOST_WALKED = 1000,   /* rounds that the verifier walks through at most */
	AT_CONTEXT = 0,
	AT_SCRATCH = 8,
	AT_LEFT = 16,
	AT_VARIABLES = 24,
};

/* --- what the statements of a loop use ------------------------------------------------------- */

struct captured {
	struct lowering *l;
	struct binding *list[MOST_CAPTURED];
	bool is_set[MOST_CAPTURED];
	uint32_t count;
	bool has_too_many;
};

static void capture(struct captured *c, struct binding *binding, bool is_set)
{
	uint32_t i = 0;

	while (i < c->count && c->list[i] != binding)
		i++;
	if (i == MOST_CAPTURED) {
		c->has_too_many = true;
		return;
	}
	if (i == c->count)
		c->list[c->count++] = binding;
	c->is_set[i] |= is_set;
}

/* Those that are bound already are meant; the others belong to the loop. */
static void capture_variable(struct captured *c, const struct variable *variable, bool is_set)
{
	for (struct binding *b = c->l->f->bindings; b; b = b->next)
		if (b->variable == variable) {
			capture(c, b, is_set);
			if (b->length)
				capture(c, b->length, is_set);
		}
}

static bool capture_expr(void *data, struct expr *e)
{
	struct captured *c = data;

	if (e->kind == EXPR_VAR)
		capture_variable(c, e->var, false);
	if (e->kind == EXPR_STEP && e->a->kind == EXPR_VAR)
		capture_variable(c, e->a->var, true);
	if (e->kind == EXPR_CALL && e->func && e->func->id == FUNC_FIND)
		capture_variable(c, e->args->next->next->var, true);
	return true;
}

static void capture_stmt(void *data, struct stmt *s)
{
	if ((s->kind == STMT_ASSIGN || s->kind == STMT_LET) && s->target->kind == EXPR_VAR)
		capture_variable(data, s->target->var, true);
}

static struct captured captured_by(struct lowering *l, const struct stmt *s)
{
	struct captured c = { .l = l };

	tree_visit_block(s->block, capture_expr, &c);
	tree_visit_stmts(s->block, capture_stmt, &c);
	if (s->kind == STMT_WHILE)
		tree_visit_expr(s->value, capture_expr, &c);
	for (struct binding *b = l->f->bindings; b; b = b->next)
		if (b == l->f->returning.result)
			capture(&c, b, true);
	if (c.has_too_many)
		lower_refuse(l, s->span, "a loop can use %d variables from around it",
			     MOST_CAPTURED);
	return c;
}

/* --- loops within the program ---------------------------------------------------------------- */

/* @body with break and continue leading to where the loop says. */
static void loop_body(struct lowering *l, struct block *body, struct looping *loop)
{
	struct cache cache;

	loop->outer = l->f->loop;
	l->f->loop = loop;
	cache = l->f->cache;
	(void)lower_block(l, body, NULL);
	l->f->cache = cache;
	l->f->loop = loop->outer;
}

static void carry(struct lowering *l, const struct captured *c, const struct rounds *r)
{
	for (uint32_t i = 0; i < c->count; i++)
		/* To what the verifier takes for a pointer nothing unknown may be added. */
		if (c->is_set[i] && !c->list[i]->in_memory &&
		    c->list[i]->type->kind != TYPE_POINTER)
			rounds_carry(l, r, c->list[i]->var);
}

static void set_number(struct lowering *l, const struct expr *target, struct ir_value *number)
{
	struct binding *binding = lower_binding(l, target->var);

	lower_set_variable(l, binding, value_reg(type_int(8, true), number));
}

static void unroll(struct lowering *l, const struct stmt *s)
{
	uint64_t count = s->value->is_constant ? s->value->value : 0;
	struct looping loop = { .after = ir_build_block(&l->b) };

	for (uint64_t i = 0; i < count; i++) {
		loop.next = ir_build_block(&l->b);
		loop_body(l, s->block, &loop);
		ir_build_jump(&l->b, loop.next);
		ir_build_at(&l->b, loop.next);
	}
	ir_build_jump(&l->b, loop.after);
	ir_build_at(&l->b, loop.after);
}

/* --- functions that the kernel calls --------------------------------------------------------- */

struct callback {
	struct captured captured;
	struct place frame; /* of the caller */
	struct ir_builder outer_b;
	struct lower_fn *outer_f;
	struct lower_fn f;
	uint32_t number;
	struct ir_value *frame_in; /* its address in the function */
	bool uses_scratch;
	struct binding inner[MOST_CAPTURED];
	struct ir_block *next, *after, *left;
};

static uint32_t at_variable(uint32_t i)
{
	return AT_VARIABLES + 8 * i;
}

static struct ir_value *widened(struct lowering *l, struct ir_value *x)
{
	return ir_type_bits(x->type) == 64 ? x : ir_build_op1(&l->b, IR_ZEXT, IR_I64, x);
}

static void put(struct lowering *l, struct place frame, uint32_t at, struct ir_value *x)
{
	ir_build_store(&l->b, frame.base, frame.offset + (int32_t)at, 8, x);
}

/* In the caller, when the function is made: everything into the frame. */
static void fill_frame(struct lowering *l, struct callback *c)
{
	struct captured *captured = &c->captured;

	c->frame = (struct place){ .base = ir_build_imm(&l->b, IR_SLOT, IR_PTR,
							at_variable(captured->count)),
				   .align = 8 }; /* the kernel wants it on the stack */
	put(l, c->frame, AT_CONTEXT, lower_context(l));
	if (c->uses_scratch)
		put(l, c->frame, AT_SCRATCH, lower_scratch(l));
	put(l, c->frame, AT_LEFT, lower_const(l, IR_I64, 0));
	for (uint32_t i = 0; i < captured->count; i++) {
		struct binding *b = captured->list[i];

		put(l, c->frame, at_variable(i),
		    b->in_memory ? lower_place_address(l, b->place) :
				   widened(l, ir_build_get(&l->b, b->var)));
	}
}

/* In the caller, afterwards: the variables may have other values. */
static void read_frame(struct lowering *l, const struct callback *c)
{
	for (uint32_t i = 0; i < c->captured.count; i++) {
		struct binding *b = c->captured.list[i];
		enum ir_type type = lower_ir_type(b->type);

		if (!b->in_memory && c->captured.is_set[i])
			ir_build_set(&l->b, b->var,
				     ir_build_load(&l->b, type, c->frame.base,
						   c->frame.offset + (int32_t)at_variable(i),
						   ir_type_bits(type) / 8));
	}
}

/* In the function: a binding of its own for each.  What is not known of scalars stays so. */
static void bind_captured(struct lowering *l, struct callback *c)
{
	struct binding *bindings = NULL;

	for (uint32_t i = 0; i < c->captured.count; i++) {
		const struct binding *outer = c->captured.list[i];
		struct binding *b = &c->inner[i];
		int64_t at = at_variable(i);
		enum ir_type type = lower_ir_type(outer->type);
		struct ir_value *x;

		*b = *outer;
		b->next = bindings;
		bindings = b;
		if (outer->in_memory) {
			b->place.base = ir_build_load(&l->b, IR_PTR, c->frame_in, at, 8);
			b->place.offset = 0;
			continue;
		}
		x = ir_build_load(&l->b, type, c->frame_in, at, ir_type_bits(type) / 8);
		b->var = ir_build_var(&l->b, type);
		ir_build_set(&l->b, b->var, c->captured.is_set[i] ? lower_forget(l, x) : x);
	}
	for (uint32_t i = 0; i < c->captured.count; i++)
		for (uint32_t j = 0; j < c->captured.count; j++)
			if (c->captured.list[i]->length == c->captured.list[j])
				c->inner[i].length = &c->inner[j];
	l->f->bindings = bindings;
}

/* Start the function; its parameter number @frame_param is the frame. */
static void begin_callback(struct lowering *l, struct callback *c, uint32_t frame_param)
{
	struct ir_fn *fn =
		lower_add_fn(l, arena_printf(l->arena, "each_%u", l->fn_count), &c->number);

	if (!fn)
		fn = l->f->fn;
	c->outer_b = l->b;
	c->outer_f = l->f;
	c->f.frame_bytes = l->f->frame_bytes; /* both stacks together are limited */
	lower_fn_begin(l, &c->f, fn);
	l->b.span = c->outer_b.span;
	c->frame_in = ir_build_imm(&l->b, IR_PARAM, IR_PTR, frame_param);
	c->f.scratch = c->outer_f->scratch;
	c->f.scratch.is_borrowed = true;
	c->f.scratch.pointer = ir_build_load(&l->b, IR_PTR, c->frame_in, AT_SCRATCH, 8);
	c->next = ir_build_block(&l->b);
	c->after = ir_build_block(&l->b);
	c->left = ir_build_block(&l->b);
	c->f.returning.block = c->left;
	bind_captured(l, c);
	for (uint32_t i = 0; i < c->captured.count; i++)
		if (c->captured.list[i] == c->outer_f->returning.result)
			c->f.returning.result = &c->inner[i];
}

/* Put the scalars back and return @stop. */
static void return_from(struct lowering *l, const struct callback *c, uint64_t stop)
{
	for (uint32_t i = 0; i < c->captured.count; i++) {
		const struct binding *b = &c->inner[i];

		if (!b->in_memory && c->captured.is_set[i])
			ir_build_store(&l->b, c->frame_in, at_variable(i), 8,
				       widened(l, ir_build_get(&l->b, b->var)));
	}
	ir_build_return(&l->b, lower_const(l, IR_I32, stop));
}

/* The context is in the frame: what reads it was written for a program. */
static void find_context(struct callback *c)
{
	struct ir_fn *fn = c->f.fn;
	struct ir_value *context = ir_value_new(fn, &(struct ir_value){ .op = IR_LOAD,
									.type = IR_PTR,
									.bytes = 8,
									.imm = AT_CONTEXT,
									.args = { c->frame_in },
									.span = SPAN_NONE });

	if (fn->failed)
		return;
	ir_insert(c->frame_in->block, c->frame_in->next, context);
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first, *next; v; v = next) {
			next = v->next;
			if (v == c->f.context) {
				ir_replace(v, context);
			} else if (v->op == IR_CONTEXT) {
				v->op = IR_LOAD;
				v->args[0] = context;
			}
		}
	ir_settle(fn);
	ir_count_uses(fn);
	c->uses_scratch = c->f.scratch.pointer->use_count > 0;
}

static void end_callback(struct lowering *l, struct callback *c)
{
	ir_build_jump(&l->b, c->next);
	ir_build_at(&l->b, c->next);
	return_from(l, c, 0);
	ir_build_at(&l->b, c->after);
	return_from(l, c, 1);
	ir_build_at(&l->b, c->left);
	ir_build_store(&l->b, c->frame_in, AT_LEFT, 8, lower_const(l, IR_I64, 1));
	return_from(l, c, 1);
	(void)lower_fn_end(l);
	c->outer_f->scratch.bytes = c->f.scratch.bytes;
	c->outer_f->frame_bytes = c->f.frame_bytes + at_variable(c->captured.count);
	find_context(c);
	l->b = c->outer_b;
	l->f = c->outer_f;
}

/* A 'return' within the loop goes on in the caller. */
static void leave_if_left(struct lowering *l, const struct callback *c)
{
	struct ir_block *left = ir_build_block(&l->b), *rest = ir_build_block(&l->b);
	struct ir_value *flag =
		ir_build_load(&l->b, IR_I64, c->frame.base, c->frame.offset + AT_LEFT, 8);

	ir_build_branch(&l->b, IR_EQ, flag, lower_const(l, IR_I64, 0), rest, left);
	ir_build_at(&l->b, left);
	lower_return(l, NULL);
	ir_build_jump(&l->b, rest);
	ir_build_at(&l->b, rest);
}

static struct ir_value *callback_address(struct lowering *l, const struct callback *c)
{
	return ir_build_imm(&l->b, IR_FUNCTION, IR_PTR, c->number);
}

/* --- for ($kv : @map) ------------------------------------------------------------------------ */

/* The element's key and value, as the variable of the loop. */
static void bind_element(struct lowering *l, const struct expr *target, struct table *t)
{
	const struct type *type = target->var->type;
	const struct shape *shape = lower_shape(l, type, NULL);
	struct binding *binding = lower_bind(l, target->var, type, true);
	struct place key = { .base = ir_build_imm(&l->b, IR_PARAM, IR_PTR, 1), .align = 8 };
	struct place value = { .base = ir_build_imm(&l->b, IR_PARAM, IR_PTR, 2), .align = 8 };

	lower_store(l, value_memory(t->map->key, key), type->fields[0].type,
		    place_at(binding->place, shape->fields[0].offset));
	lower_store(l,
		    type_class(t->map->value) == CLASS_AGGREGATE ?
			    lower_aggregate_read(l, t, key.base) :
			    value_memory(t->map->value, value),
		    type->fields[1].type, place_at(binding->place, shape->fields[1].offset));
}

static void for_map(struct lowering *l, const struct stmt *s)
{
	struct table *t = lower_table(l, s->value->map);
	struct callback *c = lower_alloc(l, 1, sizeof *c);
	struct looping loop;

	if (!c)
		return;
	if (!lower_has(l, FEATURE_FOR_EACH)) {
		lower_refuse(l, s->span,
			     "this kernel cannot go through a map from within a "
			     "program: that takes Linux 5.13");
		return;
	}
	if (t->has_buckets) {
		lower_refuse(l, s->value->span,
			     "'%s' has histograms, which 'for' cannot give one "
			     "by one",
			     t->map->name);
		return;
	}
	c->captured = captured_by(l, s);
	begin_callback(l, c, 3);
	bind_element(l, s->target, t);
	loop = (struct looping){ .after = c->after, .next = c->next };
	loop_body(l, s->block, &loop);
	end_callback(l, c);
	fill_frame(l, c);
	lower_call(l, IR_VOID, HELPER_FOR_EACH, ir_build_imm(&l->b, IR_MAP, IR_PTR, t->out.map),
		   callback_address(l, c), lower_place_address(l, c->frame),
		   lower_const(l, IR_I64, 0), NULL);
	read_frame(l, c);
	leave_if_left(l, c);
}

/* --- while, for ($i : a..b) ------------------------------------------------------------------ */

/* What both are: at most @count rounds (NULL: as long as s->value is true); the variable, if there is one,
 * begins with @first. */
struct counted {
	const struct stmt *s;
	struct ir_value *first;
	struct ir_value *count;
	uint32_t most;
};

static void one_round(struct lowering *l, const struct counted *k, struct ir_value *first,
		      struct ir_value *index, struct looping *loop)
{
	struct ir_block *go_on;
	struct cache cache;

	if (k->s->kind == STMT_FOR_RANGE) {
		set_number(l, k->s->target, ir_build_op2(&l->b, IR_ADD, first, index));
	} else {
		go_on = ir_build_block(&l->b);
		cache = l->f->cache;
		lower_condition(l, k->s->value, go_on, loop->after);
		l->f->cache = cache;
		ir_build_at(&l->b, go_on);
	}
	loop_body(l, k->s->block, loop);
}

static void by_rounds(struct lowering *l, const struct counted *k)
{
	struct captured c = captured_by(l, k->s);
	struct looping loop;
	struct rounds r;

	rounds_begin_if(l, &r, k->most, k->count, MOST_PLAIN);
	carry(l, &c, &r);
	loop = (struct looping){ .after = r.after, .next = r.next, .rounds = &r };
	one_round(l, k, k->first, r.index, &loop);
	rounds_end(l, &r);
}

static void by_calls(struct lowering *l, const struct counted *k)
{
	struct callback *c = lower_alloc(l, 1, sizeof *c);
	struct binding *first;
	struct looping loop;
	struct ir_value *count = k->count ? k->count : lower_const(l, IR_I64, MOST_CALLS);

	if (!c)
		return;
	c->captured = captured_by(l, k->s);
	first = lower_bind(l, NULL, type_int(8, true), false);
	ir_build_set(&l->b, first->var, k->first ? k->first : lower_const(l, IR_I64, 0));
	capture(&c->captured, first, false);
	begin_callback(l, c, 1);
	loop = (struct looping){ .after = c->after, .next = c->next };
	one_round(l, k, ir_build_get(&l->b, c->inner[c->captured.count - 1].var),
		  ir_build_imm(&l->b, IR_PARAM, IR_I64, 0), &loop);
	end_callback(l, c);
	fill_frame(l, c);
	lower_call(l, IR_VOID, HELPER_LOOP, ir_build_op1(&l->b, IR_TRUNC, IR_I32, count),
		   callback_address(l, c), lower_place_address(l, c->frame),
		   lower_const(l, IR_I64, 0), NULL);
	read_frame(l, c);
	leave_if_left(l, c);
}

static void counted(struct lowering *l, struct counted k)
{
	bool is_short = k.count && ir_is_const(k.count) && k.count->imm <= MOST_PLAIN;

	if (is_short || rounds_are_asked(l)) {
		by_rounds(l, &k);
	} else if (lower_has(l, FEATURE_LOOP)) {
		by_calls(l, &k);
	} else {
		k.most = k.most < MOST_WALKED ? k.most : MOST_WALKED;
		by_rounds(l, &k);
	}
}

static void for_range(struct lowering *l, const struct stmt *s)
{
	struct counted k = { .s = s, .most = MOST_CALLS };
	uint32_t var;
	struct ir_value *end;
	struct ir_block *some, *join;

	k.first = lower_expr_as(l, s->value, type_int(8, true));
	end = lower_expr_as(l, s->end, type_int(8, true));
	if (ir_is_const(k.first) && ir_is_const(end)) {
		int64_t count = end->imm > k.first->imm ? end->imm - k.first->imm : 0;

		k.most = count < MOST_CALLS ? (uint32_t)count : MOST_CALLS;
		k.count = lower_const(l, IR_I64, (uint64_t)count);
		if (!count)
			return;
		if (k.most <= MOST_PLAIN) {
			k.count = NULL;
			by_rounds(l, &k);
			return;
		}
	} else {
		var = ir_build_var(&l->b, IR_I64);
		some = ir_build_block(&l->b);
		join = ir_build_block(&l->b);
		ir_build_set(&l->b, var, lower_const(l, IR_I64, 0));
		ir_build_branch(&l->b, IR_SLT, lower_aside(l, k.first), lower_aside(l, end), some,
				join);
		ir_build_at(&l->b, some);
		ir_build_set(&l->b, var, ir_build_op2(&l->b, IR_SUB, end, k.first));
		ir_build_jump(&l->b, join);
		ir_build_at(&l->b, join);
		k.count = ir_build_get(&l->b, var);
	}
	counted(l, k);
}

/* --- statements ------------------------------------------------------------------------------ */

static void jump_out(struct lowering *l, const struct stmt *s)
{
	struct looping *loop = l->f->loop;

	if (loop)
		ir_build_jump(&l->b, s->kind == STMT_BREAK ? loop->after : loop->next);
	lower_unreachable(l);
}

void lower_loop(struct lowering *l, const struct stmt *s)
{
	switch (s->kind) {
	case STMT_WHILE: counted(l, (struct counted){ .s = s, .most = MOST_CALLS }); break;
	case STMT_FOR_RANGE: for_range(l, s); break;
	case STMT_FOR_MAP: for_map(l, s); break;
	case STMT_UNROLL: unroll(l, s); break;
	default: jump_out(l, s); break;
	}
}
