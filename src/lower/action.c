/*
 * action.c - printf and what else is done outside of the kernel: records, and the rings they go into.
 *
 * A small record is made on the stack and copied into the ring by bpf_ringbuf_output.  A large one
 * is made in the ring itself, so that its strings are read to where they will be read from; when
 * there is no room for it, nothing of it is computed.
 *
 * What the ring has no room for is counted.  'print' and its kin must stay in the order of the
 * printfs around them, so they go into the data ring; when that is full they go into the control ring, as
 * better late than never.
 */
#include "lower/lowering.h"

#include <string.h>

enum {
	ACTION_BYTES = 4,       /* the number in front of each record */
	TIME_OFFSET = 8,        /* of the time, if there is one */
	MOST_SMALL_RECORD = 96, /* bytes on the stack */
	MOST_ARGS = 128,
	RING_PRODUCER = 3, /* BPF_RB_PROD_POS: how much was ever put into the ring */
};

/* A record to be: its action, and the values that it carries. */
struct record {
	struct bundle_action action;
	const struct expr *args[MOST_ARGS];
	const struct type *types[MOST_ARGS];
	uint32_t count;
	bool falls_back;         /* to the control ring */
	bool ends_with_position; /* of the data ring: its last value is no expression */
};

/* --- sending --------------------------------------------------------------------------------- */

static struct ir_value *output(struct lowering *l, uint32_t ring, struct place place, uint32_t size)
{
	return lower_call(l, IR_I64, HELPER_RINGBUF_OUTPUT,
			  ir_build_imm(&l->b, IR_MAP, IR_PTR, ring), lower_place_address(l, place),
			  lower_const(l, IR_I64, size), lower_const(l, IR_I64, 0), NULL);
}

static void send_small(struct lowering *l, const struct record *r, struct place place)
{
	struct ir_block *full = ir_build_block(&l->b), *lost, *done = ir_build_block(&l->b);
	struct ir_value *zero = lower_const(l, IR_I64, 0), *result;
	uint32_t lost_offset = lower_lost_counter(l);

	result = output(l, r->action.is_control ? lower_control_ring(l) : lower_data_ring(l), place,
			r->action.size);
	ir_build_branch(&l->b, IR_NE, result, zero, full, done);
	ir_build_at(&l->b, full);
	if (r->falls_back) {
		lost = ir_build_block(&l->b);
		result = output(l, lower_control_ring(l), place, r->action.size);
		ir_build_branch(&l->b, IR_NE, result, zero, lost, done);
		ir_build_at(&l->b, lost);
	}
	lower_count(l, lost_offset);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

/* --- making ---------------------------------------------------------------------------------- */

/* The number of the action, which also fills what is between it and the first value. */
static void put_number(struct lowering *l, const struct record *r, uint32_t number,
		       struct place place)
{
	const struct shape *payload = r->action.payload;
	uint32_t first = payload && payload->count ? payload->fields[0].offset : ACTION_BYTES;

	if (r->action.time_offset != BUNDLE_NONE)
		first = TIME_OFFSET;
	ir_build_store(&l->b, place.base, place.offset, first >= 8 ? 8 : 4,
		       lower_const(l, first >= 8 ? IR_I64 : IR_I32, number));
	if (r->action.time_offset != BUNDLE_NONE)
		ir_build_store(&l->b, place.base, place.offset + TIME_OFFSET, 8,
			       lower_call(l, IR_I64, HELPER_KTIME_GET_BOOT_NS, NULL, NULL, NULL,
					  NULL, NULL));
}

/* 'pid' behind the number is the high half of what the kernel gives: both halves are stored at once, and then
 * the number over the lower one. */
static bool begins_with_pid(const struct record *r)
{
	const struct expr *first = r->count ? r->args[0] : NULL;

	return first && first->builtin && first->builtin->id == BUILTIN_PID && !first->args &&
	       r->types[0]->size == 4 && r->action.time_offset == BUNDLE_NONE;
}

/* Bytes between the values: the kernel does not let what was never written out. */
static void fill_gaps(struct lowering *l, const struct shape *payload, struct place place)
{
	for (uint32_t i = 1; i < payload->count; i++) {
		const struct shape_field *f = &payload->fields[i - 1];
		uint32_t end = f->offset + f->shape->size;

		lower_zero(l, place_at(place, end), payload->fields[i].offset - end);
	}
}

static void put_value(struct lowering *l, const struct record *r, uint32_t i, struct place place)
{
	struct place to = place_at(place, r->action.payload->fields[i].offset);
	struct value value = value_reg(r->types[i], lower_const(l, IR_I64, 0));

	if (r->args[i]) {
		lower_expr_into(l, r->args[i], r->types[i], to);
		return;
	}
	if (r->ends_with_position && i + 1 == r->count)
		value.ir = lower_call(l, IR_I64, HELPER_RINGBUF_QUERY,
				      ir_build_imm(&l->b, IR_MAP, IR_PTR, lower_data_ring(l)),
				      lower_const(l, IR_I64, RING_PRODUCER), NULL, NULL, NULL);
	lower_store(l, value, r->types[i], to);
}

static void put_values(struct lowering *l, const struct record *r, uint32_t first,
		       struct place place)
{
	for (uint32_t i = first; i < r->count; i++)
		put_value(l, r, i, place);
}

/* The number and the values.  The first, if it is 'pid', comes last: what needs no call then finds the context
 * where it is at the start. */
static void fill(struct lowering *l, const struct record *r, uint32_t number, struct place place)
{
	bool has_pid = begins_with_pid(r);

	if (r->count) {
		fill_gaps(l, r->action.payload, place);
		put_values(l, r, has_pid, place);
	}
	if (has_pid && !lower_put_ids(l, place))
		put_value(l, r, 0, place);
	put_number(l, r, number, place);
}

/* In the ring itself. */
static void send_large(struct lowering *l, const struct record *r, uint32_t number)
{
	struct ir_block *make = ir_build_block(&l->b), *full = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	uint32_t lost_offset = lower_lost_counter(l);
	struct place place = { .align = 8 };
	struct ir_value *memory;
	struct cache cache;

	memory = lower_call(l, IR_PTR, HELPER_RINGBUF_RESERVE,
			    ir_build_imm(&l->b, IR_MAP, IR_PTR, lower_data_ring(l)),
			    lower_const(l, IR_I64, r->action.size), lower_const(l, IR_I64, 0), NULL,
			    NULL);
	ir_build_branch(&l->b, IR_EQ, memory, lower_const(l, IR_PTR, 0), full, make);
	ir_build_at(&l->b, full);
	lower_count(l, lost_offset);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, make);
	place.base = memory;
	cache = l->f->cache;
	put_number(l, r, number, place);
	put_values(l, r, 0, place);
	l->f->cache = cache;
	(void)lower_call(l, IR_VOID, HELPER_RINGBUF_SUBMIT, memory, lower_const(l, IR_I64, 0), NULL,
			 NULL, NULL);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
}

/* May control leave the program within @e?  Not while there is room reserved in the ring. */
static bool has_block(const struct expr *e)
{
	if (!e)
		return false;
	if (e->kind == EXPR_BLOCK || e->kind == EXPR_IF ||
	    (e->kind == EXPR_CALL && !e->func && !e->builtin))
		return true;
	for (const struct expr *arg = e->args; arg; arg = arg->next)
		if (has_block(arg))
			return true;
	return has_block(e->a) || has_block(e->b) || has_block(e->c);
}

static uint32_t add_action(struct lowering *l, const struct bundle_action *action)
{
	struct bundle_action *actions =
		lower_grow(l, l->actions, l->action_count, &l->action_size, sizeof *l->actions);

	if (!actions)
		return 0;
	l->actions = actions;
	l->actions[l->action_count] = *action;
	return l->action_count++;
}

/* Lay @r out, and send it. */
static void send(struct lowering *l, struct record *r)
{
	uint32_t at = l->options->timestamps ? TIME_OFFSET + 8 : ACTION_BYTES, number;
	bool is_large, has_blocks = false;
	struct place place;

	r->action.time_offset = l->options->timestamps ? TIME_OFFSET : BUNDLE_NONE;
	r->action.size = at;
	if (r->count) {
		const struct shape *payload = lower_tuple_shape(l, r->count, at, r->types, r->args);
		const struct shape_field *last;

		if (!payload)
			return;
		last = &payload->fields[r->count - 1];
		r->action.payload = payload;
		r->action.size = last->offset + last->shape->size;
	}
	number = add_action(l, &r->action);
	for (uint32_t i = 0; i < r->count; i++)
		has_blocks |= has_block(r->args[i]);
	is_large = r->action.size > MOST_SMALL_RECORD;
	if (is_large && !has_blocks && !r->falls_back && !r->action.is_control) {
		send_large(l, r, number);
		return;
	}
	place = lower_memory(l, r->action.size, false);
	fill(l, r, number, place);
	send_small(l, r, place);
}

static struct record record_of(enum action_kind kind, const struct expr *e)
{
	return (struct record){ .action = { .kind = kind,
					    .span = e->span,
					    .table = BUNDLE_NONE,
					    .time_offset = BUNDLE_NONE } };
}

/* What a value is sent as. */
static const struct type *sent_type(const struct type *type)
{
	return type_is_castable_aggregate(type) ?
		       type_int(8, type->kind == TYPE_COUNT || type->is_signed) :
		       type;
}

static void add_arg(struct record *r, const struct expr *arg)
{
	if (r->count == MOST_ARGS)
		return;
	r->args[r->count] = arg;
	r->types[r->count++] = sent_type(arg->type);
}

struct ir_value *lower_send_bytes(struct lowering *l, const struct bundle_action *action,
				  struct place place, struct ir_value *size)
{
	struct ir_block *full = ir_build_block(&l->b), *done = ir_build_block(&l->b);
	struct ir_value *zero = lower_const(l, IR_I64, 0), *result;

	ir_build_store(&l->b, place.base, place.offset, 4,
		       lower_const(l, IR_I32, add_action(l, action)));
	result = lower_call(l, IR_I64, HELPER_RINGBUF_OUTPUT,
			    ir_build_imm(&l->b, IR_MAP, IR_PTR, lower_data_ring(l)),
			    lower_place_address(l, place), size, zero, NULL);
	ir_build_branch(&l->b, IR_NE, result, zero, full, done);
	ir_build_at(&l->b, full);
	lower_count(l, lower_lost_counter(l));
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	return result;
}

void lower_send_packet(struct lowering *l, const struct expr *e, const char *path,
		       struct place place, struct ir_value *bytes)
{
	struct bundle_action action = { .kind = ACTION_SKB,
					.span = e->span,
					.text = path,
					.size = SKB_HEAD_BYTES,
					.time_offset = BUNDLE_NONE,
					.table = BUNDLE_NONE };
	const struct type *types[] = { type_int(8, false), type_int(4, false) };

	action.payload = lower_tuple_shape(l, 2, ACTION_BYTES, types, NULL);
	ir_build_store(&l->b, place.base, place.offset + 8, 8,
		       lower_call(l, IR_I64, HELPER_KTIME_GET_BOOT_NS, NULL, NULL, NULL, NULL,
				  NULL));
	ir_build_store(&l->b, place.base, place.offset + 16, 4, bytes);
	(void)lower_send_bytes(l, &action, place,
			       ir_build_op2(&l->b, IR_ADD, bytes,
					    lower_const(l, IR_I64, SKB_HEAD_BYTES)));
}

/* --- each action ----------------------------------------------------------------------------- */

static void format_action(struct lowering *l, const struct expr *e, enum action_kind kind)
{
	struct record r = record_of(kind, e);

	r.action.format = e->args->text;
	for (const struct expr *arg = e->args->next; arg; arg = arg->next)
		add_arg(&r, arg);
	send(l, &r);
}

static uint64_t number_of(const struct expr *e)
{
	return e && e->is_constant ? e->value : 0;
}

static struct table *whole_table(struct lowering *l, const struct expr *e)
{
	return e->kind == EXPR_MAP ? lower_table(l, e->map) : NULL;
}

static uint32_t table_number(const struct lowering *l, const struct table *t)
{
	return (uint32_t)(t - l->tables);
}

/* 'print(@a[k])': who prints it looks the entry up; plain values are sent as they are now. */
static bool is_entry(struct lowering *l, const struct expr *e)
{
	return e->kind == EXPR_INDEX && e->a->kind == EXPR_MAP &&
	       type_class(lower_table(l, e->a->map)->map->value) == CLASS_AGGREGATE;
}

static void print_entry(struct lowering *l, const struct expr *e)
{
	struct table *t = lower_table(l, e->args->a->map);
	struct record r = record_of(ACTION_PRINT_ENTRY, e);
	struct expr *tuple;

	r.action.table = table_number(l, t);
	r.falls_back = true;
	if (e->args->arg_count == 1) {
		r.args[r.count] = e->args->args;
	} else {
		tuple = lower_alloc(l, 1, sizeof *tuple);
		if (!tuple)
			return;
		*tuple = (struct expr){ .kind = EXPR_TUPLE,
					.span = e->args->span,
					.type = t->map->key,
					.args = e->args->args,
					.arg_count = e->args->arg_count };
		r.args[r.count] = tuple;
	}
	r.types[r.count++] = t->map->key;
	send(l, &r);
}

static void print(struct lowering *l, const struct expr *e)
{
	struct table *t = whole_table(l, e->args);
	struct record r;

	if (!t && is_entry(l, e->args)) {
		print_entry(l, e);
		return;
	}
	r = record_of(t ? ACTION_PRINT_TABLE : ACTION_PRINT_VALUE, e);
	if (!t) {
		add_arg(&r, e->args);
		send(l, &r);
		return;
	}
	r.action.table = table_number(l, t);
	r.falls_back = true;
	if (e->args->next) {
		r.action.top = number_of(e->args->next);
		r.action.divisor = number_of(e->args->next->next);
		if (e->args->next->next && e->args->next->next->next)
			r.action.sort = e->args->next->next->next->text;
	}
	send(l, &r);
}

static void table_action(struct lowering *l, const struct expr *e, enum action_kind kind)
{
	struct record r = record_of(kind, e);

	r.action.table = table_number(l, whole_table(l, e->args));
	r.falls_back = true;
	send(l, &r);
}

void lower_clear(struct lowering *l, const struct expr *e)
{
	table_action(l, e, ACTION_CLEAR);
}

/* The rest of the probe does not run. */
static void exit_action(struct lowering *l, const struct expr *e)
{
	struct record r = record_of(ACTION_EXIT, e);

	r.action.is_control = true;
	if (l->has_data || e->args) {
		r.args[r.count] = e->args;
		r.types[r.count++] = type_int(8, true);
	}
	if (l->has_data) {
		r.args[r.count] = NULL;
		r.types[r.count++] = type_int(8, false);
		r.ends_with_position = true;
	}
	send(l, &r);
	ir_build_return(&l->b, lower_const(l, IR_I32, 0));
	lower_unreachable(l);
}

static void assert_action(struct lowering *l, const struct expr *e)
{
	struct ir_block *good = ir_build_block(&l->b), *bad = ir_build_block(&l->b);
	const struct expr *message = e->args->next;
	struct record r = record_of(ACTION_ASSERT, e);
	struct cache cache;

	r.action.is_control = true;
	r.action.text = message->is_constant ? message->text : NULL;
	if (!message->is_constant)
		lower_refuse(l, message->span, "the message must be known beforehand");
	lower_condition(l, e->args, good, bad);
	ir_build_at(&l->b, bad);
	cache = l->f->cache;
	send(l, &r);
	l->f->cache = cache;
	ir_build_return(&l->b, lower_const(l, IR_I32, 0));
	ir_build_at(&l->b, good);
}

static void text_action(struct lowering *l, const struct expr *e, enum action_kind kind,
			const char *otherwise)
{
	struct record r = record_of(kind, e);

	r.action.text = e->args && e->args->text ? e->args->text : otherwise;
	send(l, &r);
}

static void unwatch(struct lowering *l, const struct expr *e)
{
	struct record r = record_of(ACTION_UNWATCH, e);

	r.action.is_control = true;
	r.args[0] = e->args;
	r.types[0] = type_int(8, false);
	r.count = 1;
	send(l, &r);
}

bool lower_action(struct lowering *l, const struct expr *e)
{
	struct span span = l->b.span;

	if (!e->func)
		return false;
	l->b.span = e->span;
	switch (e->func->id) {
	case FUNC_PRINTF: format_action(l, e, ACTION_PRINTF); break;
	case FUNC_ERRORF: format_action(l, e, ACTION_ERRORF); break;
	case FUNC_WARNF: format_action(l, e, ACTION_WARNF); break;
	case FUNC_CAT: format_action(l, e, ACTION_CAT); break;
	case FUNC_SYSTEM: format_action(l, e, ACTION_SYSTEM); break;
	case FUNC_PRINT: print(l, e); break;
	case FUNC_CLEAR: table_action(l, e, ACTION_CLEAR); break;
	case FUNC_ZERO: table_action(l, e, ACTION_ZERO); break;
	case FUNC_EXIT: exit_action(l, e); break;
	case FUNC_ASSERT: assert_action(l, e); break;
	case FUNC_TIME: text_action(l, e, ACTION_TIME, "%H:%M:%S\n"); break;
	case FUNC_UNWATCH: unwatch(l, e); break;
	case FUNC_JOIN: lower_join(l, e); break;
	default: l->b.span = span; return false;
	}
	l->b.span = span;
	return true;
}
