/*
 * lower_packet.c - packet loads as bounds checks and loads from memory.
 *
 * Needs: edges into phis may come from anywhere.  Breaks: layout, gvn's work.
 *
 * One check serves as many loads as can be.  Going backwards we find how many bytes
 * every way from here needs before it returns anything but 0 ('wanted'); a packet that is shorter is
 * rejected on all of them, so it may be rejected now.  Going forwards we know how many bytes were
 * checked on all ways here ('have').  A filter for a TCP port thus checks a whole header once, and
 * once more behind the options.
 *
 * Loads at a variable base are checked for each base, for all of a block's loads at once.
 *
 * The kernel's verifier understands exactly these forms: 'pointer + constant > end' for a packet
 * with an end, the pointer itself being used by the loads.  Our own machine gives a length, which is
 * compared with a constant.
 */
#include "ir/ebpf.h"

#include "ir/known.h"

enum {
	ALL = UINT32_MAX, /* every way returns 0 */
	MOST_DISPLACEMENT = 32000,
	MOST_BASE = 0xfff0, /* XDP: the verifier wants bases bounded, and packets are smaller */
};

/* Bytes at a base that were checked. */
struct checked {
	const struct ir_value *base;
	uint32_t bytes;
	struct ir_value *ptr; /* data + base */
	const struct checked *before;
};

struct lower {
	struct ir_fn *fn;
	enum ir_packet packet;
	struct ir_block *reject;
	struct arena arena;
	uint32_t *wanted;               /* by index: at its start */
	uint32_t *have;                 /* by index: at its end */
	const struct checked **checked; /* by index: at its end */
	struct ir_value *data;
	struct ir_value *end; /* or the length */

	/* the block at hand */
	uint32_t have_here;
	const struct checked *checked_here;
};

/*
 * What is wanted
 */

static bool is_constant_load(const struct ir_value *v)
{
	return v->op == IR_PACKET && !v->args[0];
}

static uint32_t extent(const struct ir_value *v)
{
	return (uint32_t)v->imm + v->bytes;
}

/* The most that constant loads from @v on need, up to a write; *ret_stops: there is one. */
static uint32_t wanted_from(const struct ir_value *v, bool *ret_stops)
{
	uint32_t most = 0;

	for (*ret_stops = false; v; v = v->next) {
		if (ir_effect(v) == IR_WRITES) {
			*ret_stops = true;
			break;
		}
		if (is_constant_load(v) && extent(v) > most)
			most = extent(v);
	}
	return most;
}

static uint32_t wanted_at_end(const struct lower *l, const struct ir_block *b)
{
	uint32_t least = ALL;

	if (b->end == IR_END_RETURN)
		return ir_is_const(b->operands[0]) && !b->operands[0]->imm ? ALL : 0;
	for (uint32_t i = 0; i < ir_succ_count(b); i++) {
		const struct ir_block *to = ir_succ(b, i);
		uint32_t wanted = to->index > b->index ? l->wanted[to->index] : 0;

		least = wanted < least ? wanted : least;
	}
	return least;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void find_wanted(struct lower *l)
{
	for (uint32_t i = l->fn->order_count; i-- > 0;) {
		const struct ir_block *b = l->fn->order[i];
		bool stops;
		uint32_t own = wanted_from(b->first, &stops);

		l->wanted[i] = stops ? own : max_u32(own, wanted_at_end(l, b));
	}
}

/*
 * Making values
 */

static struct ir_value *put(struct lower *l, struct ir_block *b, struct ir_value *place,
			    struct ir_value what)
{
	struct ir_value *v;

	what.span = place ? place->span : SPAN_NONE;
	v = ir_value_new(l->fn, &what);
	if (!l->fn->failed)
		ir_insert(b, place, v);
	return v;
}

static struct ir_value *put_add(struct lower *l, struct ir_value *place, struct ir_value *ptr,
				struct ir_value *by)
{
	return put(l, place->block, place,
		   (struct ir_value){ .op = IR_PTR_ADD, .type = IR_PTR, .args = { ptr, by } });
}

static struct ir_value *put_zext(struct lower *l, struct ir_value *place, struct ir_value *v)
{
	return put(l, place->block, place,
		   (struct ir_value){ .op = IR_ZEXT, .type = IR_I64, .args = { v } });
}

static struct ir_value *const64(struct lower *l, uint64_t value)
{
	return ir_const(l->fn, IR_I64, value);
}

/* Go on at @place only if a < b does not hold. */
static void reject_if_less(struct lower *l, struct ir_value *place, struct ir_value *a,
			   struct ir_value *b)
{
	struct ir_block *block = place->block, *rest = ir_block_split(l->fn, block, place);

	if (!rest)
		return;
	rest->index = block->index; /* still the same place for 'have' and 'wanted' */
	ir_end_branch(l->fn, block, IR_LT, a, b, l->reject, rest);
}

static bool has_length(const struct lower *l)
{
	return l->packet == IR_PACKET_MEMORY;
}

/*
 * Checks and loads
 */

static void check_constant(struct lower *l, struct ir_value *v)
{
	bool stops;
	uint32_t bytes = extent(v), wanted;

	if (bytes <= l->have_here)
		return;
	wanted = wanted_from(v, &stops);
	if (!stops && max_u32(wanted, wanted_at_end(l, v->block)) != ALL)
		wanted = max_u32(wanted, wanted_at_end(l, v->block));
	bytes = max_u32(bytes, wanted);
	if (has_length(l))
		reject_if_less(l, v, l->end, const64(l, bytes));
	else
		reject_if_less(l, v, l->end, put_add(l, v, l->data, const64(l, bytes)));
	l->have_here = bytes;
}

static const struct checked *find_checked(const struct lower *l, const struct ir_value *base)
{
	enum { MOST = 16 };
	const struct checked *c = l->checked_here;

	for (unsigned int i = 0; c && i < MOST; c = c->before, i++)
		if (c->base == base)
			return c;
	return NULL;
}

/* How many bytes at the base of @v its block needs from here on. */
static uint32_t wanted_at_base(const struct ir_value *v)
{
	const struct ir_value *base = v->args[0];
	uint32_t most = 0;

	for (; v && ir_effect(v) != IR_WRITES; v = v->next)
		if (v->op == IR_PACKET && v->args[0] == base && v->imm <= INT16_MAX)
			most = max_u32(most, extent(v));
	return most;
}

/* A pointer to @base bytes into the packet, of which @bytes more were checked. */
static struct ir_value *check_base(struct lower *l, struct ir_value *v, struct ir_value *base,
				   uint32_t bytes)
{
	struct ir_value *wide = put_zext(l, v, base), *ptr;
	struct checked *c;

	if (has_length(l)) {
		struct ir_value *last =
			put(l, v->block, v,
			    (struct ir_value){ .op = IR_ADD,
					       .type = IR_I64,
					       .args = { wide, const64(l, bytes) } });

		reject_if_less(l, v, l->end, last);
		ptr = put_add(l, v, l->data, wide);
	} else {
		if (ir_most(base) > MOST_BASE)
			reject_if_less(l, v, const64(l, MOST_BASE), wide);
		ptr = put_add(l, v, l->data, wide);
		reject_if_less(l, v, l->end, put_add(l, v, ptr, const64(l, bytes)));
	}
	c = arena_alloc(&l->arena, sizeof *c);
	if (c) {
		*c = (struct checked){ base, bytes, ptr, l->checked_here };
		l->checked_here = c;
	}
	return ptr;
}

/* The pointer for a load at a variable base; what is to be added is left in *imm. */
static struct ir_value *variable_pointer(struct lower *l, struct ir_value *v, int64_t *imm)
{
	struct ir_value *base = v->args[0];
	const struct checked *c;

	if (*imm > INT16_MAX || ir_most(base) + extent(v) > UINT32_MAX) {
		/* the sum is modulo 2^32 */
		base = put(l, v->block, v,
			   (struct ir_value){
				   .op = IR_ADD,
				   .type = IR_I32,
				   .args = { base, ir_const(l->fn, IR_I32, (uint64_t)*imm) } });
		*imm = 0;
		return check_base(l, v, base, v->bytes);
	}
	c = find_checked(l, base);
	if (c && extent(v) <= c->bytes)
		return c->ptr;
	return check_base(l, v, base, wanted_at_base(v));
}

/* @v becomes a load from memory. */
static void lower_load(struct lower *l, struct ir_value *v)
{
	int64_t imm = (uint32_t)v->imm;
	struct ir_value *ptr = l->data, *load;

	if (v->args[0]) {
		ptr = variable_pointer(l, v, &imm);
	} else {
		check_constant(l, v);
		if (imm > MOST_DISPLACEMENT) {
			ptr = put_add(l, v, ptr, const64(l, (uint64_t)imm));
			imm = 0;
		}
	}
	if (l->fn->failed)
		return;
	v->op = IR_LOAD;
	v->args[0] = ptr;
	v->imm = imm;
	if (v->bytes == 1)
		return;
	load = put(l, v->block, v, *v); /* with the bytes swapped, v stays what it was */
	load->type = v->bytes == 2 ? IR_I16 : IR_I32;
	v->op = load->type == v->type ? IR_BSWAP : IR_ZEXT;
	v->args[0] = load;
	if (v->op == IR_ZEXT)
		v->args[0] = put(
			l, v->block, v,
			(struct ir_value){ .op = IR_BSWAP, .type = load->type, .args = { load } });
	v->imm = 0;
	v->bytes = 0;
}

static void enter(struct lower *l, const struct ir_block *b)
{
	bool is_complete = b->pred_count > 0;
	uint32_t least = ALL;

	for (uint32_t i = 0; i < b->pred_count; i++) {
		const struct ir_block *from = b->preds[i].from;

		if (from->index >= b->index)
			is_complete = false;
		else if (l->have[from->index] < least)
			least = l->have[from->index];
	}
	l->have_here = is_complete ? least : 0;
	l->checked_here = NULL;
	if (!b->dominator)
		return;
	l->checked_here = l->checked[b->dominator->index];
	l->have_here = max_u32(l->have_here, l->have[b->dominator->index]);
}

/* The block's values as they were: checks split it as we go. */
static void lower_block(struct lower *l, struct ir_block *b)
{
	uint32_t index = b->index;

	enter(l, b);
	for (struct ir_value *v = b->first, *next; v && !l->fn->failed; v = next) {
		next = v->next;
		if (v->op == IR_PACKET)
			lower_load(l, v);
		else if (ir_is_call(v) && !has_length(l))
			l->checked_here = NULL; /* a helper may have moved the packet */
	}
	l->have[index] = l->have_here;
	l->checked[index] = l->checked_here;
}

static void find_packet(struct lower *l)
{
	struct ir_block *entry = l->fn->entry;
	struct ir_value *first = entry->first, *context;
	bool is_xdp = l->packet == IR_PACKET_XDP;

	context = put(l, entry, first, (struct ir_value){ .op = IR_PARAM, .type = IR_PTR });
	if (has_length(l)) {
		l->data = context;
		l->end = put(l, entry, first,
			     (struct ir_value){ .op = IR_PARAM, .type = IR_I64, .imm = 1 });
		return;
	}
	l->data = put(l, entry, first,
		      (struct ir_value){ .op = IR_LOAD,
					 .type = IR_PTR,
					 .args = { context },
					 .imm = is_xdp ? 0 : 76,
					 .bytes = 4 });
	l->end = put(l, entry, first,
		     (struct ir_value){ .op = IR_LOAD,
					.type = IR_PTR,
					.args = { context },
					.imm = is_xdp ? 4 : 80,
					.bytes = 4 });
}

static bool has_loads(const struct ir_fn *fn)
{
	for (const struct ir_block *b = fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			if (v->op == IR_PACKET)
				return true;
	return false;
}

void ebpf_lower_packet(struct ir_fn *fn, enum ir_packet packet)
{
	struct lower l = { .fn = fn, .packet = packet };
	uint32_t count;

	if (!has_loads(fn) || !ir_dominators(fn))
		return;
	count = fn->order_count;
	l.wanted = arena_alloc_array(&l.arena, count, sizeof *l.wanted);
	l.have = arena_alloc_array(&l.arena, count, sizeof *l.have);
	l.checked = arena_alloc_array(&l.arena, count, sizeof *l.checked);
	l.reject = ir_block_new(fn);
	if (!l.wanted || !l.have || !l.checked || !l.reject) {
		fn->failed = true;
	} else {
		ir_end_return(fn, l.reject, ir_const(fn, IR_I32, 0));
		find_wanted(&l);
		find_packet(&l);
		for (uint32_t i = 0; i < count && !fn->failed; i++)
			lower_block(&l, fn->order[i]);
	}
	arena_release(&l.arena);
}
