/*
 * fold.c - values that are known before the script runs.
 */
#include <string.h>

#include "script/check.h"

static bool is_text(const struct type *type)
{
	return type->kind == TYPE_STRING || type->kind == TYPE_PROBE;
}

bool constant_value(const struct expr *e, uint64_t *ret)
{
	if (e->kind != EXPR_INT && e->kind != EXPR_BOOL && !e->is_constant)
		return false;
	if (e->type && is_text(e->type))
		return false;
	*ret = e->is_constant ? e->value : e->number;
	return true;
}

static bool constant_text(const struct expr *e, const char **ret_text, size_t *ret_len)
{
	if (e->kind != EXPR_STRING && !(e->is_constant && e->type && is_text(e->type)))
		return false;
	*ret_text = e->text;
	*ret_len = e->text_len;
	return true;
}

static void set(struct expr *e, uint64_t number)
{
	e->is_constant = true;
	e->value = number;
}

static bool fold_numbers(enum op op, bool is_signed, uint64_t a, uint64_t b, uint64_t *ret)
{
	int64_t sa = (int64_t)a, sb = (int64_t)b;

	switch (op) {
	case OP_ADD: *ret = a + b; return true;
	case OP_SUB: *ret = a - b; return true;
	case OP_MUL: *ret = a * b; return true;
	case OP_DIV: /* by zero, BPF gives no value that everybody would expect: left for then */
		if (b == 0 || (sa == INT64_MIN && sb == -1))
			return false;
		*ret = is_signed ? (uint64_t)(sa / sb) : a / b;
		return true;
	case OP_MOD:
		if (b == 0 || (sa == INT64_MIN && sb == -1))
			return false;
		*ret = is_signed ? (uint64_t)(sa % sb) : a % b;
		return true;
	case OP_SHL: *ret = a << (b & 63); return true;
	case OP_SHR: *ret = is_signed ? (uint64_t)(sa >> (b & 63)) : a >> (b & 63); return true;
	case OP_LESS: *ret = is_signed ? sa < sb : a < b; return true;
	case OP_LE: *ret = is_signed ? sa <= sb : a <= b; return true;
	case OP_GREATER: *ret = is_signed ? sa > sb : a > b; return true;
	case OP_GE: *ret = is_signed ? sa >= sb : a >= b; return true;
	case OP_EQ: *ret = a == b; return true;
	case OP_NE: *ret = a != b; return true;
	case OP_AND: *ret = a & b; return true;
	case OP_XOR: *ret = a ^ b; return true;
	case OP_OR: *ret = a | b; return true;
	case OP_LOGICAL_AND: *ret = a && b; return true;
	case OP_LOGICAL_OR: *ret = a || b; return true;
	default: return false;
	}
}

static void fold_binary(struct expr *e)
{
	const char *a_text, *b_text;
	size_t a_len, b_len;
	uint64_t a, b, value;
	bool is_signed =
		!(e->a->type && e->b->type && !e->a->type->is_signed && !e->b->type->is_signed);

	if (constant_value(e->a, &a) && constant_value(e->b, &b)) {
		if (fold_numbers(e->op, is_signed, a, b, &value))
			set(e, value);
		return;
	}
	if ((e->op == OP_EQ || e->op == OP_NE) && constant_text(e->a, &a_text, &a_len) &&
	    constant_text(e->b, &b_text, &b_len))
		set(e, (a_len == b_len && !memcmp(a_text, b_text, a_len)) == (e->op == OP_EQ));
}

static void fold_unary(struct expr *e)
{
	uint64_t a;

	if (!constant_value(e->a, &a))
		return;
	switch (e->op) {
	case OP_NEGATE: set(e, -a); break;
	case OP_PLUS: set(e, a); break;
	case OP_COMPLEMENT: set(e, ~a); break;
	case OP_NOT: set(e, !a); break;
	default: break;
	}
}

/* A cast to an integer keeps as many bits as that has. */
static void fold_cast(struct expr *e)
{
	unsigned int bits = e->type ? 8 * e->type->size : 0;
	uint64_t a;

	if (!e->type || e->type->kind != TYPE_INT || bits > 64 || !constant_value(e->a, &a))
		return;
	if (bits < 64 && e->type->is_signed)
		a = (uint64_t)((int64_t)(a << (64 - bits)) >> (64 - bits));
	else if (bits < 64)
		a &= (UINT64_C(1) << bits) - 1;
	set(e, a);
}

void fold(struct expr *e)
{
	uint64_t value;

	switch (e->kind) {
	case EXPR_BINARY: fold_binary(e); break;
	case EXPR_UNARY: fold_unary(e); break;
	case EXPR_CAST: fold_cast(e); break;
	case EXPR_COMPTIME:
		if (constant_value(e->a, &value)) {
			set(e, value);
		} else if (constant_text(e->a, &e->text, &e->text_len)) {
			e->is_constant = true;
		}
		break;
	default: break;
	}
}
