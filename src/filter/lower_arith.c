/*
 * lower_arith.c - comparisons of numbers: 'tcp[13] & 2 != 0'.
 *
 * A load from a protocol's header asks first whether the packet is of that protocol.  All such
 * questions come before all loads, and the comparison with them is one test: negated, it holds
 * for packets of other protocols as well.
 */
#include "filter/lower.h"

#include "base/bits.h"

/* The protocols asked for so far in a relation. */
struct asked {
	bool is[PROTOCOL_COUNT];
};

static void need_protocol(struct lower *c, enum protocol protocol, struct asked *asked,
			  struct ir_block *no)
{
	struct ways w;

	if (asked->is[protocol])
		return;
	asked->is[protocol] = true;
	w = need(c, no);
	lower_protocol(c, protocol, w);
	begin(c, w.yes);
}

/* The header behind IPv4's is there only in the first fragment. */
static void need_first_fragment(struct lower *c, struct ir_block *no)
{
	struct ways w = need(c, no);

	lower_any_bit(c, AT_NETWORK, 6, 2, 0x1fff, negate(w));
	/* negate: to 'no' if a bit is set */
	begin(c, w.yes);
}

static void need_protocols(struct lower *c, const struct arith *a, struct asked *asked,
			   struct ir_block *no)
{
	if (a->a)
		need_protocols(c, a->a, asked, no);
	if (a->b)
		need_protocols(c, a->b, asked, no);
	if (a->kind != ARITH_LOAD || asked->is[a->protocol])
		return;
	switch (protocols[a->protocol].access) {
	case ACCESS_NONE:
	case ACCESS_HEADER:
	case ACCESS_RADIO: break;
	case ACCESS_NETWORK: need_protocol(c, a->protocol, asked, no); break;
	case ACCESS_TRANSPORT:
		need_protocol(c, PROTOCOL_IP, asked, no);
		need_protocol(c, a->protocol, asked, no);
		need_first_fragment(c, no);
		break;
	case ACCESS_ICMP6: {
		struct ways next;

		asked->is[a->protocol] = true;
		need_protocol(c, PROTOCOL_IP6, asked, no);
		next = need(c, no);
		lower_equal(c, AT_NETWORK, 6, 1, protocols[a->protocol].number, next);
		begin(c, next.yes);
		break;
	}
	}
}

static bool has_radio(const struct lower *c)
{
	switch (c->layout.link->dlt) {
	case DLT_IEEE802_11_RADIO:
	case DLT_IEEE802_11_RADIO_AVS:
	case DLT_PRISM_HEADER: return true;
	default: return false;
	}
}

static struct ir_value *lower_arith(struct lower *c, const struct arith *a);

static struct ir_value *lower_arith_load(struct lower *c, const struct arith *a)
{
	struct ir_value *index = lower_arith(c, a->a);
	enum at at = AT_PACKET;

	switch (protocols[a->protocol].access) {
	case ACCESS_NONE: break;
	case ACCESS_HEADER: at = AT_HEADER; break;
	case ACCESS_RADIO:
		if (!has_radio(c)) {
			diag_error(c->diag, a->span, "packets of %s have no radio header",
				   c->layout.link->words);
			c->failed = true;
		}
		break;
	case ACCESS_NETWORK: at = AT_NETWORK; break;
	case ACCESS_TRANSPORT: at = AT_TRANSPORT4; break;
	case ACCESS_ICMP6: at = AT_TRANSPORT6; break;
	}
	return lower_load_index(c, at, index, a->bytes);
}

static struct ir_value *lower_binary(struct lower *c, const struct arith *a)
{
	struct ir_value *x = lower_arith(c, a->a), *y = lower_arith(c, a->b);
	enum ir_op op;

	switch (a->op) {
	case TOKEN_ADD: op = IR_ADD; break;
	case TOKEN_SUB: op = IR_SUB; break;
	case TOKEN_MUL: op = IR_MUL; break;
	case TOKEN_DIV: op = IR_DIV_OR_END; break;
	case TOKEN_MOD: op = IR_MOD_OR_END; break;
	case TOKEN_BIT_AND: op = IR_AND; break;
	case TOKEN_BIT_OR: op = IR_OR; break;
	case TOKEN_BIT_XOR: op = IR_XOR; break;
	case TOKEN_SHL: op = IR_SHL; break;
	default: op = IR_SHR; break;
	}
	return ir_build_op2(&c->b, op, x, y);
}

static struct ir_value *lower_arith(struct lower *c, const struct arith *a)
{
	switch (a->kind) {
	case ARITH_NUMBER: return lower_number(c, a->number);
	case ARITH_LEN: return lower_length(c);
	case ARITH_LOAD: return lower_arith_load(c, a);
	case ARITH_NEG: return ir_build_op1(&c->b, IR_NEG, IR_I32, lower_arith(c, a->a));
	case ARITH_BINARY: break;
	}
	return lower_binary(c, a);
}

void lower_relation(struct lower *c, const struct node *node, struct ways w)
{
	struct asked asked = { 0 };
	struct ir_value *a, *b;
	enum ir_cond cond;

	switch (node->compare) {
	case TOKEN_EQ: cond = IR_EQ; break;
	case TOKEN_NE: cond = IR_NE; break;
	case TOKEN_LT: cond = IR_LT; break;
	case TOKEN_LE: cond = IR_LE; break;
	case TOKEN_GT: cond = IR_GT; break;
	default: cond = IR_GE; break;
	}
	need_protocols(c, node->a, &asked, w.no);
	need_protocols(c, node->b, &asked, w.no);
	a = lower_arith(c, node->a);
	b = lower_arith(c, node->b);
	ir_build_branch(&c->b, cond, a, b, w.yes, w.no);
}
