/*
 * lower_ebpf.c - what eBPF does not have, in terms of what it has.
 *
 * In this order: switches; extensions and lengths as loads from the context; selects and divisions
 * that may end the program as branches; packet loads (lower_packet.c); narrow signed arithmetic as
 * 32-bit; then edges are split for the phis, blocks laid out, and constants that no instruction can
 * hold are given to COPY, which puts them into registers.
 */
#include "ir/ebpf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "ir/ir_pass.h"
#include "ir/known.h"
#include "isa/cbpf.h"

struct lower {
	struct ir_fn *fn;
	const struct ir_ebpf_options *options;
	struct diag *diag;
	struct ir_value *context; /* PARAM 0, made when it is wanted */
	struct ir_block *reject;  /* made when it is wanted */
	int err;
};

/* A property of the packet as a field of struct __sk_buff (include/uapi/linux/bpf.h). */
struct field {
	enum cbpf_ext ext;
	uint8_t offset;
	bool is_network_order; /* of 16 bits */
};

/* clang-format off */
static const struct field fields[] = {
	{ CBPF_EXT_PROTOCOL,     16, true },
	{ CBPF_EXT_PKTTYPE,      4,  false },
	{ CBPF_EXT_IFINDEX,      40, false },
	{ CBPF_EXT_MARK,         8,  false },
	{ CBPF_EXT_QUEUE,        12, false },
	{ CBPF_EXT_RXHASH,       68, false },
	{ CBPF_EXT_VLAN_TCI,     24, false },
	{ CBPF_EXT_VLAN_PRESENT, 20, false },
	{ CBPF_EXT_VLAN_TPID,    28, true },
};
/* clang-format on */

enum {
	FUNC_RANDOM = 7, /* bpf_get_prandom_u32 */
	FUNC_CPU = 8,    /* bpf_get_smp_processor_id */
	SKB_LEN = 0,
	MOST_DISPLACEMENT = INT16_MAX,
};

PRINTF_LIKE(3, 4)
static void refuse(struct lower *l, struct span span, const char *format, ...)
{
	struct strbuf why = { 0 };
	va_list args;

	if (l->err)
		return;
	l->err = -ENOTSUP;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	diag_error(l->diag, span, "%s", strbuf_text(&why));
	strbuf_release(&why);
}

static struct ir_value *put(struct lower *l, struct ir_block *b, struct ir_value *place,
			    struct ir_value what)
{
	struct ir_value *v = ir_value_new(l->fn, &what);

	if (!l->fn->failed)
		ir_insert(b, place, v);
	return v;
}

static struct ir_value *before(struct lower *l, struct ir_value *place, struct ir_value what)
{
	what.span = place->span;
	return put(l, place->block, place, what);
}

static struct ir_value *context_of(struct lower *l)
{
	if (!l->context)
		l->context =
			put(l, l->fn->entry, l->fn->entry->first,
			    (struct ir_value){ .op = IR_PARAM, .type = IR_PTR, .span = SPAN_NONE });
	return l->context;
}

static struct ir_block *reject_of(struct lower *l)
{
	if (!l->reject) {
		l->reject = ir_block_new(l->fn);
		if (l->reject)
			ir_end_return(l->fn, l->reject, ir_const(l->fn, IR_I32, 0));
	}
	return l->reject;
}

static bool has_skb(const struct lower *l)
{
	return l->options->packet == IR_PACKET_SKB || l->options->packet == IR_PACKET_SKB_DIRECT;
}

/*
 * The packet's properties
 */

static void become_load(struct ir_value *v, struct ir_value *ptr, int64_t imm, uint8_t bytes)
{
	v->op = IR_LOAD;
	v->args[0] = ptr;
	v->imm = imm;
	v->bytes = bytes;
}

static void become_call(struct lower *l, struct ir_value *v, int64_t func)
{
	v->op = IR_CALL;
	v->imm = func;
	v->list = arena_alloc_array(l->fn->arena, 1, sizeof *v->list);
	v->list_count = 0;
	if (!v->list)
		l->fn->failed = true;
}

static void lower_extension(struct lower *l, struct ir_value *v)
{
	const struct cbpf_ext_info *info = cbpf_find_ext(CBPF_EXT_OFFSET + (uint32_t)v->imm);
	const struct field *field = NULL;

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (fields[i].ext == v->imm)
			field = &fields[i];
	if (v->imm == CBPF_EXT_RANDOM) {
		become_call(l, v, FUNC_RANDOM);
	} else if (v->imm == CBPF_EXT_CPU) {
		become_call(l, v, FUNC_CPU);
	} else if (!has_skb(l) || !field) {
		refuse(l, v->span, "%s cannot be known here", info ? info->meaning : "this");
	} else if (!field->is_network_order) {
		become_load(v, context_of(l), field->offset, 4);
	} else {
		struct ir_value *load, *narrow, *swapped;

		load = before(l, v,
			      (struct ir_value){ .op = IR_LOAD,
						 .type = IR_I32,
						 .args = { context_of(l) },
						 .imm = field->offset,
						 .bytes = 4 });
		narrow = before(
			l, v,
			(struct ir_value){ .op = IR_TRUNC, .type = IR_I16, .args = { load } });
		swapped = before(
			l, v,
			(struct ir_value){ .op = IR_BSWAP, .type = IR_I16, .args = { narrow } });
		v->op = IR_ZEXT;
		v->args[0] = swapped;
		v->imm = 0;
	}
}

static void lower_length(struct lower *l, struct ir_value *v)
{
	struct ir_value *length, *data;

	if (has_skb(l)) {
		become_load(v, context_of(l), SKB_LEN, 4);
		return;
	}
	if (l->options->packet == IR_PACKET_MEMORY) {
		length = put(l, l->fn->entry, l->fn->entry->first,
			     (struct ir_value){
				     .op = IR_PARAM, .type = IR_I64, .imm = 2, .span = SPAN_NONE });
	} else if (l->options->packet == IR_PACKET_XDP) {
		struct ir_value load = { .op = IR_LOAD, .type = IR_I64, .bytes = 4 };

		load.args[0] = context_of(l);
		data = before(l, v, load);
		load.imm = 4;
		length = before(l, v, load);
		length = before(l, v,
				(struct ir_value){
					.op = IR_SUB, .type = IR_I64, .args = { length, data } });
	} else {
		refuse(l, v->span, "there is no packet here that has a length");
		return;
	}
	v->op = IR_TRUNC;
	v->args[0] = length;
}

/*
 * Choices
 */

/* v = a ? b : c */
static void lower_select(struct lower *l, struct ir_value *v)
{
	struct ir_block *block = v->block, *rest = ir_block_split(l->fn, block, v);
	struct ir_block *no = ir_block_new(l->fn);
	struct ir_value *a = v->args[0], *b = v->args[1], *c = v->args[2];

	if (!rest || !no)
		return;
	ir_end_jump(l->fn, no, rest);
	ir_end_branch(l->fn, block, IR_NE, a, ir_const(l->fn, a->type, 0), rest, no);
	v->op = IR_PHI;
	v->args[0] = v->args[1] = v->args[2] = NULL;
	v->list = arena_alloc_array(l->fn->arena, 2, sizeof *v->list);
	if (!v->list) {
		l->fn->failed = true;
		return;
	}
	v->list_count = v->list_size = 2;
	for (unsigned int i = 0; i < 2; i++)
		v->list[i] = rest->preds[i].from == block ? b : c;
}

static void lower_division(struct lower *l, struct ir_value *v)
{
	struct ir_value *divisor = v->args[1];
	struct ir_block *block = v->block, *rest;

	v->op = v->op == IR_DIV_OR_END ? IR_DIV : IR_MOD;
	if (ir_is_const(divisor) && divisor->imm)
		return;
	rest = ir_block_split(l->fn, block, v);
	if (rest && reject_of(l))
		ir_end_branch(l->fn, block, IR_EQ, divisor, ir_const(l->fn, divisor->type, 0),
			      l->reject, rest);
}

/* A load at such an address always ends the program. */
static bool is_beyond(const struct ir_value *v)
{
	return v->op == IR_PACKET && !v->args[0] &&
	       (uint32_t)v->imm > (uint32_t)INT32_MAX - v->bytes;
}

static void lower_beyond(struct lower *l, struct ir_value *v)
{
	struct ir_block *block = v->block;

	if (ir_block_split(l->fn, block, v))
		ir_end_return(l->fn, block, ir_const(l->fn, IR_I32, 0));
}

/* What is stored is cut anyway. */
static void lower_store(struct ir_value *v)
{
	for (;;) {
		struct ir_value *x = v->args[1];
		bool is_cut = x->op == IR_TRUNC || x->op == IR_ZEXT || x->op == IR_SEXT;

		if (!is_cut || v->bytes * 8u > ir_type_bits(x->type) ||
		    v->bytes * 8u > ir_type_bits(x->args[0]->type) ||
		    (x->op == IR_TRUNC && ir_most(x->args[0]) <= ir_type_mask(x->type)))
			return; /* the last of these costs nothing */
		v->args[1] = x->args[0];
	}
}

static void lower_value(struct lower *l, struct ir_value *v)
{
	switch (v->op) {
	case IR_STORE: lower_store(v); break;
	case IR_EXTENSION: lower_extension(l, v); break;
	case IR_PACKET_LEN: lower_length(l, v); break;
	case IR_CONTEXT: become_load(v, context_of(l), v->imm, v->bytes); break;
	case IR_SELECT: lower_select(l, v); break;
	case IR_DIV_OR_END:
	case IR_MOD_OR_END: lower_division(l, v); break;
	case IR_ATOMIC_XCHG:
		if (v->type == IR_VOID)
			v->op = IR_STORE; /* stores are as atomic */
		break;
	case IR_PACKET:
		if (l->options->packet == IR_PACKET_NONE)
			refuse(l, v->span, "there is no packet here to read");
		else if (is_beyond(v))
			lower_beyond(l, v);
		break;
	default: break;
	}
}

static void lower_values(struct lower *l)
{
	for (struct ir_block *b = l->fn->entry; b && !l->fn->failed && !l->err; b = b->next)
		for (struct ir_value *v = b->first, *next; v && !l->fn->failed; v = next) {
			next = v->next; /* in a new block, which is visited later, after a split */
			lower_value(l, v);
			if (v->block != b)
				break;
		}
}

/*
 * Narrow signed operations
 */

static struct ir_value *widen(struct lower *l, struct ir_block *b, struct ir_value *place,
			      struct ir_value *v)
{
	if (ir_is_const(v))
		return ir_const(l->fn, IR_I32,
				ir_fold_cast(IR_SEXT, IR_I32, v->type, (uint64_t)v->imm));
	return put(
		l, b, place,
		(struct ir_value){ .op = IR_SEXT, .type = IR_I32, .args = { v }, .span = v->span });
}

static bool is_narrow(enum ir_type type)
{
	return type == IR_I8 || type == IR_I16;
}

static void widen_value(struct lower *l, struct ir_value *v)
{
	struct ir_value *wide;

	if (!is_narrow(v->type) || (v->op != IR_SDIV && v->op != IR_SMOD && v->op != IR_SAR))
		return;
	wide = before(l, v, (struct ir_value){ .op = v->op, .type = IR_I32 });
	wide->args[0] = widen(l, v->block, wide, v->args[0]);
	wide->args[1] = widen(l, v->block, wide, v->args[1]);
	if (v->op == IR_SAR) /* the count is modulo the narrow width */
		wide->args[1] = before(
			l, wide,
			(struct ir_value){
				.op = IR_AND,
				.type = IR_I32,
				.args = { wide->args[1],
					  ir_const(l->fn, IR_I32, ir_type_bits(v->type) - 1) } });
	v->op = IR_TRUNC;
	v->args[0] = wide;
	v->args[1] = NULL;
}

/* Shifts of narrow types by a count that is not known to be small. */
static void mask_count(struct lower *l, struct ir_value *v)
{
	uint64_t mask = ir_type_bits(v->type) - 1;
	struct ir_value *count = v->args[1];

	if (v->op != IR_SHL && v->op != IR_SHR && v->op != IR_SAR)
		return;
	if (ir_is_const(count))
		v->args[1] = ir_const(l->fn, v->type, (uint64_t)count->imm & mask);
	else if (is_narrow(v->type))
		v->args[1] = before(
			l, v,
			(struct ir_value){ .op = IR_AND,
					   .type = v->type,
					   .args = { count, ir_const(l->fn, v->type, mask) } });
}

static void widen_block(struct lower *l, struct ir_block *b)
{
	for (struct ir_value *v = b->first, *next; v && !l->fn->failed; v = next) {
		next = v->next;
		widen_value(l, v);
		mask_count(l, v);
	}
	if (b->end != IR_END_BRANCH || b->cond < IR_SLT || b->cond > IR_SGE ||
	    !is_narrow(b->operands[0]->type))
		return;
	b->operands[0] = widen(l, b, NULL, b->operands[0]);
	b->operands[1] = widen(l, b, NULL, b->operands[1]);
}

/*
 * Signed loads
 */

/* sext(load) is one instruction where there is such. */
static void join_signed(struct ir_value *v)
{
	struct ir_value *load = v->args[0];

	if (v->op != IR_SEXT || load->op != IR_LOAD || load->use_count != 1 ||
	    load->bytes * 8u != ir_type_bits(load->type) || v->type != IR_I64 ||
	    load->args[0]->op == IR_PARAM)
		return;
	load->op = IR_LOAD_SIGNED;
	load->type = v->type;
	ir_replace(v, load);
}

static void join_all_signed(struct ir_fn *fn)
{
	ir_count_uses(fn);
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first, *next; v; v = next) {
			next = v->next;
			join_signed(v);
		}
	ir_settle(fn);
}

/*
 * Constants
 */

static bool is_wide(enum ir_type type)
{
	return ir_type_bits(type) == 64;
}

/* Can @v be an immediate? */
static bool fits(const struct ir_value *v)
{
	return !is_wide(v->type) || ebpf_fits_imm(v->imm);
}

static void exchange(struct ir_value **args)
{
	struct ir_value *a = args[0];

	args[0] = args[1];
	args[1] = a;
}

/* Constants, and addresses of slots, which are constants from r10. */
static bool has_no_register(const struct ir_value *v)
{
	return v && (ir_is_const(v) || ebpf_is_slot(v));
}

/* A register for @v, before @place in @b, if it has none. */
static struct ir_value *in_register(struct lower *l, struct ir_block *b, struct ir_value *place,
				    struct ir_value *v)
{
	if (!has_no_register(v))
		return v;
	return put(l, b, place,
		   (struct ir_value){
			   .op = IR_COPY, .type = v->type, .args = { v }, .span = SPAN_NONE });
}

static void place_constants(struct lower *l, struct ir_value *v)
{
	const struct ir_op_info *info = &ir_ops[v->op];
	bool has_imm = info->args == 2 && info->shape == IR_SHAPE_NONE;

	if (info->args == IR_ARGS_LIST || v->op == IR_COPY)
		return; /* moves take any constant */
	if (v->op == IR_STORE)
		has_imm = true;
	if ((info->commutes || v->op == IR_PTR_ADD) && ir_is_const(v->args[0]) &&
	    !ir_is_const(v->args[1]))
		exchange(v->args);
	for (unsigned int i = 0; i < info->args; i++)
		if (has_no_register(v->args[i]) &&
		    !(i == 1 && has_imm && ir_is_const(v->args[i]) && fits(v->args[i])) &&
		    !(i == 0 && info->shape == IR_SHAPE_MEM && ebpf_is_slot(v->args[i])) &&
		    !ebpf_is_in_slot(v))
			v->args[i] = in_register(l, v->block, v, v->args[i]);
}

static void place_displacement(struct lower *l, struct ir_value *v)
{
	if (ir_ops[v->op].shape != IR_SHAPE_MEM || v->op == IR_PACKET || v->op == IR_CONTEXT ||
	    (v->imm >= INT16_MIN && v->imm <= MOST_DISPLACEMENT))
		return;
	v->args[0] =
		before(l, v,
		       (struct ir_value){
			       .op = IR_PTR_ADD,
			       .type = IR_PTR,
			       .args = { v->args[0], ir_const(l->fn, IR_I64, (uint64_t)v->imm) } });
	v->imm = 0;
}

static void place_in_block(struct lower *l, struct ir_block *b)
{
	for (struct ir_value *v = b->first, *next; v && !l->fn->failed; v = next) {
		next = v->next;
		place_displacement(l, v);
		if (v->prev && v->prev->op == IR_PTR_ADD)
			place_constants(l, v->prev);
		place_constants(l, v);
	}
	if (b->end != IR_END_BRANCH)
		return;
	if (ir_is_const(b->operands[0]) && !ir_is_const(b->operands[1])) {
		exchange(b->operands);
		b->cond = ir_conds[b->cond].swapped;
	}
	b->operands[0] = in_register(l, b, NULL, b->operands[0]);
	if (!ir_is_const(b->operands[1]) || !fits(b->operands[1]))
		b->operands[1] = in_register(l, b, NULL, b->operands[1]);
}

/*
 * Addresses
 */

enum { LEAST_SHARED = 3 }; /* uses from which on a register saves an instruction */

/* The next call behind @v, or the first if that is NULL, in the order of blocks. */
static struct ir_value *next_call(const struct ir_fn *fn, struct ir_value *v)
{
	struct ir_block *b = v ? v->block : fn->entry;

	v = v ? v->next : b->first;
	for (;;) {
		for (; v; v = v->next)
			if (ir_is_call(v))
				return v;
		b = b->next;
		if (!b)
			return NULL;
		v = b->first;
	}
}

static uint32_t count_passed(const struct ir_value *call, const struct ir_value *what)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < call->list_count; i++)
		count += call->list[i] == what;
	return count;
}

/* The address of @slot is two instructions wherever a call wants it: kept in a register it is one, if the
 * first of these calls comes before all others. */
static void share_address(struct lower *l, struct ir_value *slot)
{
	struct ir_value *first = NULL, *copy;
	uint32_t count = 0;

	for (struct ir_value *c = next_call(l->fn, NULL); c; c = next_call(l->fn, c)) {
		uint32_t passed = count_passed(c, slot);

		if (passed && !first)
			first = c;
		if (passed && !ir_dominates(first->block, c->block))
			return;
		count += passed;
	}
	if (count < LEAST_SHARED)
		return;
	copy = before(l, first,
		      (struct ir_value){ .op = IR_COPY, .type = IR_PTR, .args = { slot } });
	for (struct ir_value *c = first; c && !l->fn->failed; c = next_call(l->fn, c))
		for (uint32_t i = 0; i < c->list_count; i++)
			if (c->list[i] == slot)
				c->list[i] = copy;
}

static void share_addresses(struct lower *l)
{
	if (!ir_dominators(l->fn))
		return;
	for (struct ir_block *b = l->fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first; v && !l->fn->failed; v = v->next)
			if (v->op == IR_SLOT)
				share_address(l, v);
}

/*
 * Blocks
 */

/* Jumps reach 32,767 instructions, so that in large programs each stretch gets returns of its own. */
static void copy_returns(struct ir_fn *fn)
{
	enum { STRETCH = 6000 }; /* blocks; seldom more than four instructions each */
	struct ir_block *copies[2] = { NULL, NULL };
	uint32_t count = 0;

	if (fn->order_count < 2 * STRETCH)
		return;
	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b->next, count++) {
		if (count % STRETCH == 0)
			copies[0] = copies[1] = NULL;
		for (uint32_t out = 0; out < ir_succ_count(b); out++) {
			const struct ir_block *to = ir_succ(b, out);
			struct ir_block **copy;

			if (to->end != IR_END_RETURN || to->first || !ir_is_const(to->operands[0]))
				continue;
			copy = &copies[to->operands[0]->imm != 0];
			if (*copy && (*copy)->operands[0] != to->operands[0])
				continue;
			if (!*copy) {
				*copy = ir_block_new(fn);
				if (!*copy)
					return;
				ir_end_return(fn, *copy, to->operands[0]);
				ir_block_move_after(fn, *copy, b);
			}
			ir_redirect(fn, b, out, *copy);
		}
	}
}

int ebpf_lower(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag)
{
	struct lower l = { .fn = fn, .options = options, .diag = diag };
	struct ir_options passes = { .target = IR_TARGET_EBPF };

	ir_lower_switch(fn, &passes);
	lower_values(&l);
	if (l.err)
		return l.err;
	if (!fn->failed && options->packet != IR_PACKET_SKB)
		ebpf_lower_packet(fn, options->packet);
	if (!fn->failed) {
		ir_gvn(fn, &passes); /* checks and pointers repeat themselves */
		ir_dead(fn, &passes);
		ir_clean(fn, &passes);
	}
	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b->next)
		widen_block(&l, b);
	if (!fn->failed && options->has_signed)
		join_all_signed(fn);
	if (!fn->failed)
		ir_split_edges(fn);
	if (!fn->failed)
		ir_layout(fn, &passes);
	if (!fn->failed)
		copy_returns(fn);
	if (!fn->failed)
		share_addresses(&l);
	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b->next)
		place_in_block(&l, b);
	return fn->failed || !ir_order(fn) ? -ENOMEM : 0;
}
