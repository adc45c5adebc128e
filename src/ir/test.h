/*
 * test.h - a branch on a constant, seen as a set of values.
 */
#ifndef WAGGLE_IR_TEST_H
#define WAGGLE_IR_TEST_H

#include "ir/ir.h"

enum { TEST_PIECES = 2 };

struct test_piece {
	uint64_t low, high;
};

/* The branch goes to to[0] exactly when 'value' is in one of the pieces.  'value' is as far
 * inside the branch's operand as can be: that of (v & 0xff00) == 0x1200, for 16 bits, is v. */
struct test {
	struct ir_value *value;
	unsigned int count;
	struct test_piece pieces[TEST_PIECES];
};

/* Read the branch of @b, canonical as fold leaves it.  False if it is no such test. */
bool test_of_branch(const struct ir_block *b, struct test *ret_test);

#endif
