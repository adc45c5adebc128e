/*
 * interpret_body.h - the handlers, as one function; included once per mode by interpret.c.
 *
 * RUN_NAME names the function; GUARDED and LIMITED say which mode it is for.
 *
 * A handler finds its own op at 'pc' and the registers at 'regs', and ends with NEXT, JUMP or a
 * return.  The three stay in machine registers all the time, so handlers must not take their
 * addresses.
 */

/* clang-format off */
#define H(name)   h_##name:
#define NEXT      do { pc++; goto *pc->handler; } while (0)
#define JUMP(by)  do { pc += 1 + (int64_t)(by); goto *pc->handler; } while (0)
/* clang-format on */
#define RD         regs[pc->dst]
#define RS         regs[pc->src]
#define SLOT        ((uint32_t)(pc - run->prog->code))
#define POINTER(at) ((void *)(uintptr_t)(at))

/* Leave unless 'bytes' at 'address' may be accessed; 'window' is read or write. */
#if GUARDED
#define CHECK(window, address, bytes)                                                           \
	do {                                                                                    \
		if (UNLIKELY((address)-run->window.start > run->window.last[__builtin_ctz(bytes)]) &&      \
		    !vm_access_slow(run, address, bytes, &run->window == &run->write, SLOT))    \
			return 0;                                                               \
	} while (0)
#else
#define CHECK(window, address, bytes) (void)0
#endif

static uint64_t RUN_NAME(const struct vm_op *pc, uint64_t *regs, struct vm_run *run,
			 const void *const **ret_handlers)
{
	static const void *const handlers[OP_COUNT] = {
#define OP(name, ...) [ISA_##name] = &&h_##name,
#include "isa/op.def"
#define MEM_SIZE(name, ...)                             \
	[OP_FRAME_LDX_##name] = &&h_FRAME_LDX_##name,   \
	[OP_FRAME_ST_##name] = &&h_FRAME_ST_##name,     \
	[OP_FRAME_STX_##name] = &&h_FRAME_STX_##name,
#include "isa/mem.def"
		[OP_CALL_CALLBACK] = &&h_CALL_CALLBACK,
		[OP_CALL_TAIL] = &&h_CALL_TAIL,
		[OP_CALL_UNWIND] = &&h_CALL_UNWIND,
		[OP_ENTER_BLOCK] = &&h_ENTER_BLOCK,
	};
	struct call calls[ISA_FRAMES], *call = calls;

	if (ret_handlers) {
		*ret_handlers = handlers;
		return 0;
	}
	goto *pc->handler;

	/* Arithmetic. */

#define ALU_HANDLER(name, width, suffix, operand, value)  \
	H(name##width##_##suffix)                         \
	{                                                 \
		typedef uint##width##_t U;                \
		typedef int##width##_t S UNUSED;          \
		enum { MASK UNUSED = width - 1 };         \
		const U d UNUSED = (U)RD;                \
		const U s = (U)(operand);                 \
		RD = (U)(value);                         \
		NEXT;                                     \
	}
#define ALU_OP(name, code, off, group, text, value)        \
	ALU_HANDLER(name, 64, IMM, (int64_t)pc->imm, value) \
	ALU_HANDLER(name, 64, REG, RS, value)             \
	ALU_HANDLER(name, 32, IMM, pc->imm, value)         \
	ALU_HANDLER(name, 32, REG, RS, value)
#include "isa/alu.def"

#define UNARY_HANDLER(name, operand)                       \
	H(name)                                            \
	{                                                  \
		RD = isa_fold_unary(ISA_##name, operand); \
		NEXT;                                      \
	}
	UNARY_HANDLER(NEG64, RD)
	UNARY_HANDLER(NEG32, RD)
	UNARY_HANDLER(MOVSX64_8, RS)
	UNARY_HANDLER(MOVSX64_16, RS)
	UNARY_HANDLER(MOVSX64_32, RS)
	UNARY_HANDLER(MOVSX32_8, RS)
	UNARY_HANDLER(MOVSX32_16, RS)
	UNARY_HANDLER(LE16, RD)
	UNARY_HANDLER(LE32, RD)
	UNARY_HANDLER(LE64, RD)
	UNARY_HANDLER(BE16, RD)
	UNARY_HANDLER(BE32, RD)
	UNARY_HANDLER(BE64, RD)
	UNARY_HANDLER(BSWAP16, RD)
	UNARY_HANDLER(BSWAP32, RD)
	UNARY_HANDLER(BSWAP64, RD)

	/* Jumps. */

#define JMP_HANDLER(name, width, suffix, operand, condition)    \
	H(name##width##_##suffix)                               \
	{                                                       \
		typedef uint##width##_t U;                      \
		typedef int##width##_t S UNUSED;                \
		const U d = (U)RD;                             \
		const U s = (U)(operand);                       \
		if (condition)                                  \
			JUMP(pc->off);                          \
		NEXT;                                           \
	}
#define JMP_OP(name, code, text, condition, negated)            \
	JMP_HANDLER(name, 64, IMM, (int64_t)pc->imm, condition) \
	JMP_HANDLER(name, 64, REG, RS, condition)              \
	JMP_HANDLER(name, 32, IMM, pc->imm, condition)          \
	JMP_HANDLER(name, 32, REG, RS, condition)
#include "isa/jmp.def"

	H(JA)
	JUMP(pc->off);
	H(JA32)
	JUMP(pc->imm);
	H(MAY_GOTO)
	{
		if (!run->may_gotos)
			JUMP(pc->off);
		run->may_gotos--;
		NEXT;
	}

	/* Wide loads. */

	H(LDDW)
	H(LD_MAP_FD)
	H(LD_MAP_VALUE)
	H(LD_BTF_ID)
	H(LD_FUNC)
	H(LD_MAP_IDX)
	H(LD_MAP_IDX_VALUE)
	{
		RD = pc[1].wide;
		pc++;
		NEXT;
	}

	/* Memory. */

#define LOAD_HANDLER(name, type, check)                     \
	H(name)                                             \
	{                                                   \
		const uint64_t at = RS + (uint64_t)pc->off; \
		type v;                                     \
		check(read, at, sizeof v);                  \
		memcpy(&v, POINTER(at), sizeof v);          \
		RD = (uint64_t)v;                          \
		NEXT;                                       \
	}
#define STORE_HANDLER(name, type, operand, check)           \
	H(name)                                             \
	{                                                   \
		const uint64_t at = RD + (uint64_t)pc->off; \
		const type v = (type)(operand);             \
		check(write, at, sizeof v);                 \
		memcpy(POINTER(at), &v, sizeof v);          \
		NEXT;                                       \
	}
#define NO_CHECK(window, address, bytes) (void)0
#define MEM_SIZE(name, code, group, bytes, utype, stype, utext, stext)        \
	LOAD_HANDLER(LDX_##name, utype, CHECK)                                \
	STORE_HANDLER(ST_##name, utype, pc->imm, CHECK)                       \
	STORE_HANDLER(STX_##name, utype, RS, CHECK)                          \
	LOAD_HANDLER(FRAME_LDX_##name, utype, NO_CHECK)                       \
	STORE_HANDLER(FRAME_ST_##name, utype, pc->imm, NO_CHECK)              \
	STORE_HANDLER(FRAME_STX_##name, utype, RS, NO_CHECK)                 \
	H(LOAD_ACQ_##name)                                                    \
	{                                                                     \
		const uint64_t at = RS + (uint64_t)pc->off;                  \
		CHECK(read, at, bytes);                                       \
		RD = __atomic_load_n((utype *)POINTER(at), __ATOMIC_ACQUIRE); \
		NEXT;                                                         \
	}                                                                     \
	H(STORE_REL_##name)                                                   \
	{                                                                     \
		const uint64_t at = RD + (uint64_t)pc->off;                  \
		CHECK(write, at, bytes);                                      \
		__atomic_store_n((utype *)POINTER(at), (utype)RS, __ATOMIC_RELEASE); \
		NEXT;                                                         \
	}
#include "isa/mem.def"
	LOAD_HANDLER(LDXS_B, int8_t, CHECK)
	LOAD_HANDLER(LDXS_H, int16_t, CHECK)
	LOAD_HANDLER(LDXS_W, int32_t, CHECK)

	/* Atomic operations: try until nobody else wrote between the load and the exchange.  A
	 * processor's own instructions for some of these would save little beside the dispatch. */

#define FETCH_NONE (void)m
#define FETCH_SRC  RS = m
#define FETCH_R0   regs[0] = m
#define ATOMIC_HANDLER(name, width, fetch, value)                                         \
	H(ATOMIC##width##_##name)                                                         \
	{                                                                                 \
		typedef uint##width##_t U;                                                \
		const uint64_t at = RD + (uint64_t)pc->off;                              \
		const U s = (U)RS;                                                       \
		const uint64_t r0 UNUSED = regs[0];                                       \
		U m;                                                                      \
		CHECK(write, at, sizeof m);                                               \
		m = __atomic_load_n((U *)POINTER(at), __ATOMIC_RELAXED);                  \
		while (!__atomic_compare_exchange_n((U *)POINTER(at), &m, value, false,   \
						    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))  \
			;                                                                 \
		FETCH_##fetch;                                                            \
		NEXT;                                                                     \
	}
#define ATOMIC_OP(name, imm, fetch, text, value)    \
	ATOMIC_HANDLER(name, 32, fetch, (U)(value)) \
	ATOMIC_HANDLER(name, 64, fetch, (U)(value))
#include "isa/atomic.def"

#define PACKET_HANDLER(name, bytes, offset)                            \
	H(name)                                                        \
	{                                                              \
		if (!vm_packet_load(run, (int32_t)(offset), bytes, regs)) { \
			run->unwound = true;                           \
			return 0;                                      \
		}                                                      \
		NEXT;                                                  \
	}
	PACKET_HANDLER(LD_ABS_B, 1, pc->imm)
	PACKET_HANDLER(LD_ABS_H, 2, pc->imm)
	PACKET_HANDLER(LD_ABS_W, 4, pc->imm)
	PACKET_HANDLER(LD_IND_B, 1, RS + (uint64_t)pc->imm)
	PACKET_HANDLER(LD_IND_H, 2, RS + (uint64_t)pc->imm)
	PACKET_HANDLER(LD_IND_W, 4, RS + (uint64_t)pc->imm)

	/* Calls. */

#define HELPER                                                                           \
	((const struct vm_helper *)(const void *)((const char *)run->prog->host->helpers + \
						  pc->imm))
#define CALL_HELPER                                                                        \
	do {                                                                               \
		run->fault.pc = SLOT;                                                      \
		regs[0] = HELPER->fn(regs[1], regs[2], regs[3], regs[4], regs[5], run);    \
		if (run->stopped)                                                          \
			return 0;                                                          \
	} while (0)

	H(CALL)
	{
		CALL_HELPER;
		NEXT;
	}
	H(CALL_CALLBACK)
	{
		run->frame = regs[ISA_REG_FP];
		CALL_HELPER;
		NEXT;
	}
	H(CALL_UNWIND)
	{
		CALL_HELPER;
		if (!regs[0]) {
			run->unwound = true;
			return 0;
		}
		NEXT;
	}
	H(CALL_TAIL)
	{
		run->fault.pc = SLOT;
		if (!tail_call(run, regs))
			NEXT;
		if (run->stopped || run->unwound)
			return 0;
		goto h_EXIT;
	}
	H(CALL_LOCAL)
	{
		if (GUARDED && regs[ISA_REG_FP] >= vm_last_frame(run)) {
			vm_frames_spent(run, SLOT);
			return 0;
		}
		call->back = pc;
		memcpy(call->saved, &regs[6], sizeof call->saved);
		call++;
		regs[ISA_REG_FP] += ISA_STACK_BYTES;
		JUMP(pc->imm);
	}
	H(EXIT)
	{
		if (call == calls)
			return regs[0];
		call--;
		regs[ISA_REG_FP] -= ISA_STACK_BYTES;
		memcpy(&regs[6], call->saved, sizeof call->saved);
		pc = call->back;
		NEXT;
	}

	H(ENTER_BLOCK)
	{
		const struct vm_op *leader = pc + run->prog->insn_count;

		run->budget -= leader->imm;
		if (UNLIKELY(run->budget < 0) && !vm_budget_spent(run, SLOT))
			return 0;
		goto *leader->handler;
	}

	/* vm_prog_new lets none of these through. */
	H(CALL_KFUNC)
	H(CALLX)
	H(JAX)
	H(ADDR_CAST)
	__builtin_unreachable();
}

#undef H
#undef NEXT
#undef JUMP
#undef RD
#undef RS
#undef SLOT
#undef POINTER
#undef CHECK
#undef NO_CHECK
#undef ALU_HANDLER
#undef UNARY_HANDLER
#undef JMP_HANDLER
#undef LOAD_HANDLER
#undef STORE_HANDLER
#undef FETCH_NONE
#undef FETCH_SRC
#undef FETCH_R0
#undef ATOMIC_HANDLER
#undef PACKET_HANDLER
#undef HELPER
#undef CALL_HELPER
#undef RUN_NAME
#undef GUARDED
#undef LIMITED
