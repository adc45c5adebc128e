/*
 * unwound.c - dw_ustack: stacks of programs that keep no frame pointers.
 *
 * The program cannot follow them, but user space can, by the tables that compilers leave for exceptions.
 * So it takes what those need: the registers and the upper part of the stack.  All of this, hashed, is the
 * stack's number; the first time that a number comes up the copy goes into the data ring, in
 * front of whatever record or key has the number.
 *
 * One chain of calls has many numbers, as it never leaves quite the same bytes on the stack.
 * Who reads a table makes one row of keys whose chains are equal (run/stacks.h).
 */
#include "lower/bytes.h"

#include <errno.h>
#include <linux/bpf.h>

enum {
	HEAD_BYTES = 48, /* action, process, number, four registers */
	NUMBER_OFFSET = 8,
	FIRST_REG_OFFSET = 16,
	COPY_BYTES = 16384,
	PART_BYTES = 512, /* read at once: up to so much at the stack's other end is not seen */
	HASH_BYTES = 64,  /* in one round */
	MOST_SEEN = 16384,
};

#define MIX_FACTOR UINT64_C(0x9e3779b97f4a7c15) /* odd, without a pattern: 2^64 / golden ratio */

static struct ir_value *number(struct lowering *l, uint64_t value)
{
	return lower_const(l, IR_I64, value);
}

/* The registers that unwinding begins with, into the record; returns the stack pointer. */
static struct ir_value *put_registers(struct lowering *l, struct place record)
{
	static const char *const names[] = {
		"ip",
		"sp",
#if defined(__x86_64__)
		"bp",
		NULL,
#else
		"r29",
		"r30",
#endif
	};
	struct value task = lower_current_task(l, type_int(8, false));
	struct ir_value *regs =
		lower_call(l, IR_PTR, HELPER_TASK_PT_REGS, task.ir, NULL, NULL, NULL, NULL);
	struct ir_value *values[4];

	for (unsigned int i = 0; i < 4; i++)
		values[i] = names[i] ? ir_build_load(&l->b, IR_I64, regs,
						     lower_reg_offset(names[i]), 8) :
				       number(l, 0);
	for (unsigned int i = 0; i < 4; i++)
		ir_build_store(&l->b, record.base,
			       record.offset + FIRST_REG_OFFSET + 8 * (int32_t)i, 8, values[i]);
	return values[1];
}

/* Copy the stack from @sp up; how many bytes there were, a multiple of PART_BYTES up to COPY_BYTES. */
static struct ir_value *copy_stack(struct lowering *l, struct place record, struct ir_value *sp)
{
	struct ir_value *memory = lower_place_address(l, place_at(record, HEAD_BYTES));
	uint32_t copied = ir_build_var(&l->b, IR_I64);
	struct ir_block *good, *small, *join;
	struct ir_value *offset, *result, *bytes;
	struct rounds r;

	ir_build_set(&l->b, copied, number(l, 0));
	rounds_begin(l, &r, COPY_BYTES / PART_BYTES, NULL);
	offset = ir_build_op2(&l->b, IR_MUL, r.index, number(l, PART_BYTES));
	result = lower_call(l, IR_I64, HELPER_PROBE_READ_USER,
			    ir_build_op2(&l->b, IR_PTR_ADD, memory, offset), number(l, PART_BYTES),
			    ir_build_op2(&l->b, IR_ADD, sp, offset), NULL, NULL);
	good = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_EQ, result, number(l, 0), good, r.after);
	ir_build_at(&l->b, good);
	ir_build_set(&l->b, copied, ir_build_op2(&l->b, IR_ADD, offset, number(l, PART_BYTES)));
	rounds_end(l, &r);

	small = ir_build_block(&l->b);
	join = ir_build_block(&l->b);
	bytes = lower_forget(l, ir_build_get(&l->b, copied));
	ir_build_set(&l->b, copied, number(l, COPY_BYTES));
	ir_build_branch(&l->b, IR_LT, bytes, number(l, COPY_BYTES), small, join);
	ir_build_at(&l->b, small);
	ir_build_set(&l->b, copied, bytes);
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return ir_build_get(&l->b, copied);
}

static struct ir_value *mix(struct lowering *l, struct ir_value *hash, struct ir_value *word)
{
	hash = ir_build_op2(&l->b, IR_MUL, ir_build_op2(&l->b, IR_XOR, hash, word),
			    number(l, MIX_FACTOR));
	return ir_build_op2(&l->b, IR_XOR, hash, ir_build_op2(&l->b, IR_SHR, hash, number(l, 32)));
}

/* The number of the snapshot, which is not negative: that would be an error. */
static struct ir_value *snapshot_number(struct lowering *l, struct place record,
					struct ir_value *process, uint32_t depth,
					struct ir_value *bytes)
{
	struct ir_value *memory = lower_place_address(l, place_at(record, HEAD_BYTES));
	struct ir_value *hash = mix(l, process, number(l, depth)), *part;
	uint32_t var = ir_build_var(&l->b, IR_I64);
	struct rounds r;

	for (int32_t at = FIRST_REG_OFFSET; at < HEAD_BYTES; at += 8)
		hash = mix(l, hash,
			   ir_build_load(&l->b, IR_I64, record.base, record.offset + at, 8));
	ir_build_set(&l->b, var, hash);
	rounds_begin(l, &r, COPY_BYTES / HASH_BYTES,
		     ir_build_op2(&l->b, IR_SHR, bytes, number(l, 6)));
	rounds_carry(l, &r, var);
	part = ir_build_op2(&l->b, IR_PTR_ADD, memory,
			    ir_build_op2(&l->b, IR_MUL, r.index, number(l, HASH_BYTES)));
	hash = ir_build_get(&l->b, var);
	for (int32_t at = 0; at < HASH_BYTES; at += 8)
		hash = mix(l, hash, ir_build_load(&l->b, IR_I64, part, at, 8));
	ir_build_set(&l->b, var, hash);
	rounds_end(l, &r);
	return ir_build_op2(&l->b, IR_SHR, ir_build_get(&l->b, var), number(l, 1));
}

/* Which numbers user space knows: that it forgets some only means that they are told again. */
static uint32_t seen_map(struct lowering *l)
{
	for (uint32_t i = 0; i < l->map_count; i++)
		if (l->maps[i].type == BPF_MAP_TYPE_LRU_HASH)
			return i;
	return lower_add_map(l, (struct bundle_map){ .name = "snapshots",
						     .type = BPF_MAP_TYPE_LRU_HASH,
						     .key_size = 8,
						     .value_size = 8,
						     .max_entries = MOST_SEEN });
}

static struct bundle_action snapshot_action(struct lowering *l, const struct expr *e,
					    uint32_t depth)
{
	const struct type *word = type_int(8, false);
	const struct type *types[] = { type_int(4, false), word, word, word, word, word };

	return (struct bundle_action){
		.kind = ACTION_SNAPSHOT,
		.span = e->span,
		.payload = lower_tuple_shape(l, sizeof types / sizeof types[0], 4, types, NULL),
		.size = HEAD_BYTES,
		.time_offset = BUNDLE_NONE,
		.table = BUNDLE_NONE,
		.top = depth,
	};
}

/* Tell user space what the number stands for, unless it was told. */
static void send_snapshot(struct lowering *l, const struct bundle_action *action,
			  struct place record, struct ir_value *bytes)
{
	struct ir_value *key = lower_place_address(l, place_at(record, NUMBER_OFFSET));
	struct ir_value *map = ir_build_imm(&l->b, IR_MAP, IR_PTR, seen_map(l)), *found, *result;
	struct ir_block *fresh = ir_build_block(&l->b), *sent = ir_build_block(&l->b);
	struct ir_block *done = ir_build_block(&l->b);
	struct cache cache = l->f->cache;

	found = lower_call(l, IR_PTR, HELPER_MAP_LOOKUP, map, key, NULL, NULL, NULL);
	ir_build_branch(&l->b, IR_EQ, found, lower_const(l, IR_PTR, 0), fresh, done);
	ir_build_at(&l->b, fresh);
	result = lower_send_bytes(l, action, record,
				  ir_build_op2(&l->b, IR_ADD, bytes, number(l, HEAD_BYTES)));
	ir_build_branch(&l->b, IR_EQ, result, number(l, 0), sent, done);
	ir_build_at(&l->b, sent);
	(void)lower_call(l, IR_I64, HELPER_MAP_UPDATE, map, key, key, number(l, BPF_ANY), NULL);
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	l->f->cache = cache;
}

void lower_unwound(struct lowering *l, const struct expr *e, uint32_t depth, struct place to)
{
	const struct bundle_action action = snapshot_action(l, e, depth);
	struct ir_block *good = ir_build_block(&l->b), *join = ir_build_block(&l->b);
	uint32_t mark = lower_mark(l);
	struct place record = lower_memory(l, HEAD_BYTES + COPY_BYTES, false);
	uint32_t var = ir_build_var(&l->b, IR_I64);
	struct ir_value *process, *bytes, *id;

	process = ir_build_op2(&l->b, IR_SHR,
			       lower_call(l, IR_I64, HELPER_PID_TGID, NULL, NULL, NULL, NULL, NULL),
			       number(l, 32));
	ir_build_store(&l->b, to.base, to.offset + 8, 8, process);
	ir_build_store(&l->b, record.base, record.offset, 8,
		       ir_build_op2(&l->b, IR_SHL, process, number(l, 32)));
	bytes = copy_stack(l, record, put_registers(l, record));
	ir_build_set(&l->b, var, number(l, (uint64_t)-EFAULT));
	ir_build_branch(&l->b, IR_NE, bytes, number(l, 0), good, join);
	ir_build_at(&l->b, good);
	id = snapshot_number(l, record, process, depth, bytes);
	ir_build_store(&l->b, record.base, record.offset + NUMBER_OFFSET, 8, id);
	send_snapshot(l, &action, record, bytes);
	ir_build_set(&l->b, var, id);
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	ir_build_store(&l->b, to.base, to.offset, 8, ir_build_get(&l->b, var));
	lower_release(l, mark);
}
