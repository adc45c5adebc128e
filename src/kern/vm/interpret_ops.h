/*
 * interpret_ops.h - what each operation does, as inline functions for interpret_body.h.
 *
 * A do_NAME carries out one op: @op is the op, @d and @s its registers, @regs all registers.  It
 * returns the op to go on with, or NULL when the program must be left: a fault is recorded, or
 * a packet load ended the program.  Registers are passed as pointers so that a sequence of ops
 * made into one handler can say which of them are the same; the compiler then keeps these in
 * machine registers from one op to the next.
 *
 * @guarded is a constant at each place of use.
 */
#ifndef WAGGLE_KERN_VM_INTERPRET_OPS_H
#define WAGGLE_KERN_VM_INTERPRET_OPS_H

#include "kern/vm/prog.h"

#include <pthread.h>
#include <string.h>

#include "base/attr.h"

/* One slot, ready to run.  Jump offsets and the meaning of 'imm' are the instruction's own, but
 * for calls of helpers: there 'imm' is the place in the host's table, in bytes. */
struct vm_op {
	union {
		const void *handler;
		uint64_t wide; /* the second slot of a wide load: its value */
	};
	uint8_t dst;
	uint8_t src;
	int16_t off;
	int32_t imm;
};
static_assert(sizeof(struct vm_op) == 16, "a slot's address is a shift away from its number");

/* A program in this form: one op per slot, in the order of the slots, with some behind them. */
struct vm_code {
	pthread_mutex_t lock; /* taken to make 'ops' */
	struct vm_op *ops;    /* NULL until the program is first interpreted */
};

static inline uint32_t slot_of(const struct vm_op *op, const struct vm_run *run)
{
	return (uint32_t)(op - run->prog->code->ops);
}

/* Without the undefined-behaviour sanitizer, which would make the compiler take a minute over
 * these: isa/fold.c has the same expressions, and that is compiled with it. */
#define DO(name)                                                                       \
	static ALWAYS_INLINE NO_UBSAN const struct vm_op *do_##name(                   \
		const struct vm_op *op UNUSED, uint64_t *d UNUSED, uint64_t *s UNUSED, \
		uint64_t *regs UNUSED, struct vm_run *run UNUSED, const bool guarded UNUSED)

/* Arithmetic. */

#define ALU_VALUE(name, width, value)                                                 \
	static ALWAYS_INLINE NO_UBSAN uint64_t alu_##name##width(uint64_t d64 UNUSED, \
								 uint64_t s64)        \
	{                                                                             \
		typedef uint##width##_t U;                                            \
		typedef int##width##_t S UNUSED;                                      \
		enum { MASK UNUSED = width - 1 };                                     \
		const U d UNUSED = (U)d64, s = (U)s64;                                \
		return (U)(value);                                                    \
	}
#define DO_ALU(name)                                             \
	DO(name##_IMM)                                           \
	{                                                        \
		*d = alu_##name(*d, (uint64_t)(int64_t)op->imm); \
		return op + 1;                                   \
	}                                                        \
	DO(name##_REG)                                           \
	{                                                        \
		*d = alu_##name(*d, *s);                         \
		return op + 1;                                   \
	}
#define ALU_OP(name, code, off, group, text, value) \
	ALU_VALUE(name, 64, value)                  \
	ALU_VALUE(name, 32, value)                  \
	DO_ALU(name##64)                            \
	DO_ALU(name##32)
#include "isa/alu.def"

#define FROM_DST(d, s) (*(d))
#define FROM_SRC(d, s) (*(s))
#define UNARY_OP(name, from, value)                                     \
	static ALWAYS_INLINE NO_UBSAN uint64_t unary_##name(uint64_t s) \
	{                                                               \
		return value;                                           \
	}                                                               \
	DO(name)                                                        \
	{                                                               \
		*d = unary_##name(FROM_##from(d, s));                   \
		return op + 1;                                          \
	}
#include "isa/unary.def"

/* Jumps.  The taken ones are called likely, since most run at the ends of loops: then the code
 * for them comes first, and costs one jump of the processor's instead of two. */

#define JMP_TEST(name, width, condition)                                                  \
	static ALWAYS_INLINE NO_UBSAN bool test_##name##width(uint64_t d64, uint64_t s64) \
	{                                                                                 \
		typedef uint##width##_t U;                                                \
		typedef int##width##_t S UNUSED;                                          \
		const U d = (U)d64, s = (U)s64;                                           \
		return condition;                                                         \
	}
#define DO_JMP(name)                                                     \
	DO(name##_IMM)                                                   \
	{                                                                \
		if (LIKELY(test_##name(*d, (uint64_t)(int64_t)op->imm))) \
			return op + 1 + op->off;                         \
		return op + 1;                                           \
	}                                                                \
	DO(name##_REG)                                                   \
	{                                                                \
		if (LIKELY(test_##name(*d, *s)))                         \
			return op + 1 + op->off;                         \
		return op + 1;                                           \
	}
#define JMP_OP(name, code, text, condition, negated) \
	JMP_TEST(name, 64, condition)                \
	JMP_TEST(name, 32, condition)                \
	DO_JMP(name##64)                             \
	DO_JMP(name##32)
#include "isa/jmp.def"

DO(JA)
{
	return op + 1 + op->off;
}

DO(JA32)
{
	return op + 1 + op->imm;
}

DO(MAY_GOTO)
{
	if (!run->may_gotos)
		return op + 1 + op->off;
	run->may_gotos--;
	return op + 1;
}

/* Wide loads. */

DO(LDDW)
{
	*d = op[1].wide;
	return op + 2;
}
#define do_LD_MAP_FD        do_LDDW
#define do_LD_MAP_VALUE     do_LDDW
#define do_LD_BTF_ID        do_LDDW
#define do_LD_FUNC          do_LDDW
#define do_LD_MAP_IDX       do_LDDW
#define do_LD_MAP_IDX_VALUE do_LDDW

/* Memory. */

#define POINTER(at) ((void *)(uintptr_t)(at))

/* Leave unless the op may access 'bytes' at 'at'; 'window' is read or write. */
#define CHECK(window, at, bytes)                                                                 \
	do {                                                                                     \
		if (guarded &&                                                                   \
		    UNLIKELY((at)-run->window.start > run->window.last[__builtin_ctz(bytes)]) && \
		    !vm_access_slow(run, at, bytes, &run->window == &run->write,                 \
				    slot_of(op, run)))                                           \
			return NULL;                                                             \
	} while (0)
/* The same for an atomic operation. */
#define CHECK_ATOMIC(window, at, bytes)                                 \
	do {                                                            \
		CHECK(window, at, bytes);                               \
		if (guarded && UNLIKELY((at) & ((bytes)-1))) {          \
			vm_unaligned(run, at, bytes, slot_of(op, run)); \
			return NULL;                                    \
		}                                                       \
	} while (0)
#define NO_CHECK(window, at, bytes) (void)0

#define DO_LOAD(name, type, check)                          \
	DO(name)                                            \
	{                                                   \
		const uint64_t at = *s + (uint64_t)op->off; \
		type v;                                     \
		check(read, at, sizeof v);                  \
		memcpy(&v, POINTER(at), sizeof v);          \
		*d = (uint64_t)v;                           \
		return op + 1;                              \
	}
#define DO_STORE(name, type, operand, check)                \
	DO(name)                                            \
	{                                                   \
		const uint64_t at = *d + (uint64_t)op->off; \
		const type v = (type)(operand);             \
		check(write, at, sizeof v);                 \
		memcpy(POINTER(at), &v, sizeof v);          \
		return op + 1;                              \
	}
#define MEM_SIZE(name, code, group, bytes, utype, stype, utext, stext)               \
	DO_LOAD(LDX_##name, utype, CHECK)                                            \
	DO_STORE(ST_##name, utype, op->imm, CHECK)                                   \
	DO_STORE(STX_##name, utype, *s, CHECK)                                       \
	DO_LOAD(FRAME_LDX_##name, utype, NO_CHECK)                                   \
	DO_STORE(FRAME_ST_##name, utype, op->imm, NO_CHECK)                          \
	DO_STORE(FRAME_STX_##name, utype, *s, NO_CHECK)                              \
	DO(LOAD_ACQ_##name)                                                          \
	{                                                                            \
		const uint64_t at = *s + (uint64_t)op->off;                          \
		CHECK_ATOMIC(read, at, bytes);                                       \
		*d = __atomic_load_n((utype *)POINTER(at), __ATOMIC_ACQUIRE);        \
		return op + 1;                                                       \
	}                                                                            \
	DO(STORE_REL_##name)                                                         \
	{                                                                            \
		const uint64_t at = *d + (uint64_t)op->off;                          \
		CHECK_ATOMIC(write, at, bytes);                                      \
		__atomic_store_n((utype *)POINTER(at), (utype)*s, __ATOMIC_RELEASE); \
		return op + 1;                                                       \
	}
#include "isa/mem.def"
DO_LOAD(LDXS_B, int8_t, CHECK)
DO_LOAD(LDXS_H, int16_t, CHECK)
DO_LOAD(LDXS_W, int32_t, CHECK)

/* Atomic operations: try until nobody else wrote between the load and the exchange.  The
 * processor's own instructions for some of these would save little beside the dispatch. */

#define FETCH_NONE (void)m
#define FETCH_SRC  *s = m
#define FETCH_R0   regs[0] = m
#define DO_ATOMIC(name, width, fetch, value_)                                                  \
	static ALWAYS_INLINE NO_UBSAN uint##width##_t atomic_##name##width(                    \
		uint##width##_t m UNUSED, uint##width##_t s, uint64_t r0 UNUSED)               \
	{                                                                                      \
		typedef uint##width##_t U UNUSED;                                              \
		return (value_);                                                               \
	}                                                                                      \
	DO(ATOMIC##width##_##name)                                                             \
	{                                                                                      \
		uint##width##_t *const p = POINTER(*d + (uint64_t)op->off);                    \
		uint##width##_t m;                                                             \
		CHECK_ATOMIC(write, (uint64_t)(uintptr_t)p, sizeof m);                         \
		m = __atomic_load_n(p, __ATOMIC_RELAXED);                                      \
		while (!__atomic_compare_exchange_n(                                           \
			p, &m, atomic_##name##width(m, (uint##width##_t) * s, regs[0]), false, \
			__ATOMIC_SEQ_CST, __ATOMIC_RELAXED))                                   \
			;                                                                      \
		FETCH_##fetch;                                                                 \
		return op + 1;                                                                 \
	}
#define ATOMIC_OP(name, imm, fetch, text, value) \
	DO_ATOMIC(name, 32, fetch, value)        \
	DO_ATOMIC(name, 64, fetch, value)
#include "isa/atomic.def"

/* The packet. */

#define DO_PACKET(name, bytes, offset)                                       \
	DO(name)                                                             \
	{                                                                    \
		if (vm_packet_load(run, (int32_t)(offset), bytes, &regs[0])) \
			return op + 1;                                       \
		run->unwound = true;                                         \
		return NULL;                                                 \
	}
DO_PACKET(LD_ABS_B, 1, op->imm)
DO_PACKET(LD_ABS_H, 2, op->imm)
DO_PACKET(LD_ABS_W, 4, op->imm)
DO_PACKET(LD_IND_B, 1, *s + (uint64_t)op->imm)
DO_PACKET(LD_IND_H, 2, *s + (uint64_t)op->imm)
DO_PACKET(LD_IND_W, 4, *s + (uint64_t)op->imm)

/* Helpers.  The slot is for the messages of faults that helpers find. */

DO(CALL)
{
	const char *helpers = (const char *)run->prog->host->helpers;
	const struct vm_helper *helper = (const void *)(helpers + op->imm);

	run->fault.pc = slot_of(op, run);
	regs[0] = helper->fn(regs[1], regs[2], regs[3], regs[4], regs[5], run);
	return run->stopped ? NULL : op + 1;
}

DO(CALL_CALLBACK)
{
	run->frame = regs[ISA_REG_FP];
	return do_CALL(op, d, s, regs, run, guarded);
}

DO(CALL_UNWIND)
{
	const struct vm_op *next = do_CALL(op, d, s, regs, run, guarded);

	if (!next || regs[0])
		return next;
	run->unwound = true;
	return NULL;
}

/* The end of a sequence of ops. */
DO(END)
{
	return op;
}

#undef POINTER
#undef CHECK
#undef CHECK_ATOMIC
#undef NO_CHECK
#undef DO
#endif
