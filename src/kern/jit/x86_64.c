/*
 * x86_64.c - the translation for x86-64: one function per form of instruction.
 *
 * Two passes: live_find, and one from the first slot to the last that writes code.  What the second
 * knows of registers (that upper halves are zero, that a value is a map) holds until the next place
 * that can be jumped to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/rseq.h>

#include "base/attr.h"
#include "base/bits.h"
#include "kern/jit/arch.h"
#include "kern/jit/live.h"
#include "kern/jit/x86_64.h"

enum {
	MOST_SLOT_BYTES = 192, /* code for one slot, its slow paths included */
	REST_BYTES = 512,      /* code that a program has once */
};

/* clang-format off */
const uint8_t x86_reg_of[ISA_REGS] = {
	X86_RAX, X86_RDI, X86_RSI, X86_RDX, X86_RCX, X86_R8,
	X86_RBX, X86_R13, X86_R14, X86_R15, X86_RBP,
};
/* clang-format on */

#define RUN(member) x86_at(REG_RUN, (int32_t)offsetof(struct vm_run, member))

static unsigned int dst_reg(const struct trans *t)
{
	return x86_reg_of[t->insn->dst];
}

static unsigned int src_reg(const struct trans *t)
{
	return x86_reg_of[t->insn->src];
}

static uint16_t bit(unsigned int reg)
{
	return (uint16_t)(1u << reg);
}

static void set_low32(struct trans *t, unsigned int bpf_reg, bool yes)
{
	t->low32 = (uint16_t)((t->low32 & ~bit(bpf_reg)) | (yes ? bit(bpf_reg) : 0));
}

static bool is_low32(const struct trans *t, unsigned int bpf_reg)
{
	return t->low32 >> bpf_reg & 1;
}

/* The instruction just written left the flags that comparing @reg with zero would. */
static void flags_tell(struct trans *t, unsigned int reg, bool wide)
{
	t->flags_at = t->e.p;
	t->flags_reg = (uint8_t)reg;
	t->flags_wide = wide;
}

static uint32_t slot_label(uint32_t slot)
{
	return slot;
}

static uint32_t func_label(const struct trans *t, const struct vm_func *func)
{
	return (uint32_t)(t->prog->insn_count + (size_t)(func - t->prog->funcs));
}

/* Is the instruction after this one, if control can only come to it from this one, @op? */
static bool next_is(const struct trans *t, enum isa_op op)
{
	const uint32_t next = t->pc + 1;

	return next < t->func->end && !(t->prog->facts[next] & VM_SLOT_LEADER) &&
	       t->prog->ops[next] == op;
}

/* REG_CONST = @imm, sign-extended, in a way that its author cannot foresee. */
static unsigned int blind_const(struct trans *t, int32_t imm)
{
	const int32_t key = (int32_t)jit_random();

	x86_rr(&t->e, 0xc7 | X86_W, 0, REG_CONST);
	x86_u32(&t->e, (uint32_t)(imm ^ key));
	x86_alu_imm(&t->e, X86_W, X86_ALU_XOR, REG_CONST, key);
	return REG_CONST;
}

/* Slow paths ------------------------------------------------------------------------------- */

struct slow *x86_add_slow(struct trans *t, enum slow_kind kind)
{
	struct slow *slow = &t->slows[t->slow_count++];

	slow->kind = kind;
	slow->label = x86_label_new(&t->link);
	slow->packed = t->pc;
	return slow;
}

void x86_end_slow(struct trans *t, struct slow *slow)
{
	slow->back = x86_label_new(&t->link);
	x86_label_here(&t->link, &t->e, slow->back);
}

/* Emit calls of C functions: near ones directly. */
static void call_address(struct trans *t, uint64_t address)
{
	const int64_t first = (int64_t)(address - t->buf->address);
	const int64_t last = first - (int64_t)t->buf->size;

	if (x86_is32(first) && x86_is32(last)) {
		x86_call_far(&t->e, &t->link, address);
		return;
	}
	x86_mov_imm(&t->e, X86_RAX, address);
	x86_rr(&t->e, X86_GROUP5, X86_CALL, X86_RAX);
}

#define CALL_C(t, function) call_address(t, (uint64_t)(uintptr_t)(function))

static void emit_slow(struct trans *t, const struct slow *slow)
{
	struct x86_enc *e = &t->e;

	x86_label_here(&t->link, e, slow->label);
	switch (slow->kind) {
	case SLOW_ACCESS:
		x86_rm(e, X86_LEA, REG_TMP2, slow->mem);
		x86_mov_imm(e, REG_TMP, slow->packed);
		x86_call(e, &t->link, t->access_thunk);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_BUDGET:
		x86_mov_imm(e, REG_TMP, slow->packed);
		x86_call(e, &t->link, t->budget_thunk);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_DIVIDE:
		x86_divide_slowly(t, &slow->division);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_FRAMES:
		x86_mov(e, X86_RDI, REG_RUN);
		x86_mov_imm(e, X86_RSI, slow->packed);
		x86_alu_imm(e, X86_W, X86_ALU_AND, X86_RSP, -16);
		CALL_C(t, vm_frames_spent);
		x86_jmp(e, &t->link, t->leave);
		break;
	}
}

/* The registers that C functions may change and programs may not notice. */
static const uint8_t thunk_saves[] = {
	X86_RAX, X86_RDI, X86_RSI, X86_RDX, X86_RCX, X86_R8, X86_RBX
};

/* The stack is aligned for C only in functions that call something: so here, always. */
static void begin_thunk(struct trans *t, uint32_t label)
{
	x86_label_here(&t->link, &t->e, label);
	for (size_t i = 0; i < ARRAY_LEN(thunk_saves); i++)
		x86_push(&t->e, thunk_saves[i]);
	x86_mov(&t->e, X86_RBX, X86_RSP);
	x86_alu_imm(&t->e, X86_W, X86_ALU_AND, X86_RSP, -16);
	x86_mov(&t->e, X86_RDI, REG_RUN);
}

/* Return if the C function said so, else leave. */
static void end_thunk(struct trans *t)
{
	x86_mov(&t->e, X86_RSP, X86_RBX);
	x86_rr(&t->e, X86_TEST & ~1u, X86_RAX, X86_RAX); /* al */
	for (size_t i = ARRAY_LEN(thunk_saves); i-- > 0;)
		x86_pop(&t->e, thunk_saves[i]);
	x86_jcc(&t->e, &t->link, X86_E, t->leave);
	x86_ret(&t->e);
}

/* What programs have once: ways out and into slow paths. */
static void emit_thunks(struct trans *t)
{
	struct x86_enc *e = &t->e;

	x86_label_here(&t->link, e, t->leave);
	x86_rr(e, X86_XOR, X86_RAX, X86_RAX);
	x86_rm(e, X86_LOAD | X86_W, X86_RSP, RUN(exit_sp));
	x86_ret(e);

	if (t->prog->options.guarded) {
		begin_thunk(t, t->access_thunk);
		x86_mov(e, X86_RSI, REG_TMP2);
		x86_rr(e, X86_LOAD, X86_RCX, REG_TMP);
		x86_alu_imm(e, 0, X86_ALU_AND, X86_RCX, 3);
		x86_mov_imm(e, X86_RDX, 1);
		x86_rr(e, X86_SHIFT_CL, X86_SHL, X86_RDX);
		x86_rr(e, X86_LOAD, X86_RCX, REG_TMP);
		x86_shift_imm(e, 0, X86_SHR, X86_RCX, 2);
		x86_alu_imm(e, 0, X86_ALU_AND, X86_RCX, 1);
		x86_rr(e, X86_LOAD, X86_R8, REG_TMP);
		x86_shift_imm(e, 0, X86_SHR, X86_R8, 3);
		CALL_C(t, vm_access_slow);
		end_thunk(t);
	}
	if (t->prog->options.limited) {
		begin_thunk(t, t->budget_thunk);
		x86_rr(e, X86_LOAD, X86_RSI, REG_TMP);
		CALL_C(t, vm_budget_spent);
		end_thunk(t);
	}
}

/* Memory ------------------------------------------------------------------------------------ */

/* The place that the instruction accesses, checked if need be.  Uses REG_TMP. */
static struct x86_mem access_memory(struct trans *t, unsigned int bpf_base, bool write)
{
	const uint32_t bytes = isa_ops[t->prog->ops[t->pc]].access_bytes;
	const unsigned int log = (unsigned int)__builtin_ctz(bytes);
	const struct x86_mem mem = x86_address(t, bpf_base, t->insn->off);
	const int32_t window = write ? offsetof(struct vm_run, write) :
				       offsetof(struct vm_run, read);
	const int32_t last = (int32_t)offsetof(struct vm_window, last) + 8 * (int32_t)log;
	struct slow *slow;

	if (!t->prog->options.guarded ||
	    (mem.base == REG_FP && mem.index == X86_NONE && vm_frame_access(mem.disp, bytes)))
		return mem;
	slow = x86_add_slow(t, SLOW_ACCESS);
	slow->packed = t->pc << 3 | (unsigned int)write << 2 | log;
	slow->mem = mem;
	if (mem.disp || mem.index != X86_NONE)
		x86_rm(&t->e, X86_LEA, REG_TMP, mem);
	else
		x86_mov(&t->e, REG_TMP, mem.base);
	x86_rm(&t->e, X86_SUB | X86_W, REG_TMP, x86_at(REG_RUN, window));
	x86_rm(&t->e, X86_CMP | X86_W, REG_TMP, x86_at(REG_RUN, window + last));
	x86_jcc(&t->e, &t->link, X86_A, slow->label);
	x86_end_slow(t, slow);
	return mem;
}

static void load(struct trans *t, unsigned int bytes, unsigned int reg, struct x86_mem mem)
{
	switch (bytes) {
	case 1: x86_rm(&t->e, X86_MOVZX8, reg, mem); break;
	case 2: x86_rm(&t->e, X86_MOVZX16, reg, mem); break;
	case 4: x86_rm(&t->e, X86_LOAD, reg, mem); break;
	default: x86_rm(&t->e, X86_LOAD | X86_W, reg, mem); break;
	}
}

/* Is the next instruction one that reverses the bytes of what this one loads? */
static bool reversed_next(const struct trans *t, enum isa_op be, enum isa_op bswap)
{
	return (next_is(t, be) || next_is(t, bswap)) && t->insn[1].dst == t->insn->dst;
}

/* A load and the reversal of its bytes in one. */
static bool load_reversed(struct trans *t, unsigned int bytes, struct x86_mem mem)
{
	if (bytes == 2 && reversed_next(t, ISA_BE16, ISA_BSWAP16)) {
		x86_rm(&t->e, X86_MOVZX16, dst_reg(t), mem);
		x86_shift_imm(&t->e, X86_16, X86_ROL, dst_reg(t), 8);
		return true;
	}
	if (!t->cpu->movbe)
		return false;
	if (bytes == 4 && reversed_next(t, ISA_BE32, ISA_BSWAP32)) {
		x86_rm(&t->e, X86_MOVBE, dst_reg(t), mem);
		return true;
	}
	if (bytes == 8 && reversed_next(t, ISA_BE64, ISA_BSWAP64)) {
		x86_rm(&t->e, X86_MOVBE | X86_W, dst_reg(t), mem);
		return true;
	}
	return false;
}

/* Each translator returns how many slots it has translated. */
static unsigned int emit_load(struct trans *t, enum isa_op op)
{
	const unsigned int bytes = isa_ops[op].access_bytes;
	const struct x86_mem mem = access_memory(t, t->insn->src, false);

	set_low32(t, t->insn->dst, bytes < 8);
	if (load_reversed(t, bytes, mem))
		return 2;
	load(t, bytes, dst_reg(t), mem);
	return 1;
}

static unsigned int emit_load_signed(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_memory(t, t->insn->src, false);

	set_low32(t, t->insn->dst, false);
	switch (op) {
	case ISA_LDXS_B: x86_rm(&t->e, X86_MOVSX8 | X86_W, dst_reg(t), mem); break;
	case ISA_LDXS_H: x86_rm(&t->e, X86_MOVSX16 | X86_W, dst_reg(t), mem); break;
	default: x86_rm(&t->e, X86_MOVSXD, dst_reg(t), mem); break;
	}
	return 1;
}

static void store(struct trans *t, unsigned int bytes, unsigned int reg, struct x86_mem mem)
{
	switch (bytes) {
	case 1: x86_rm(&t->e, X86_STORE8, reg, mem); break;
	case 2: x86_rm(&t->e, X86_STORE16, reg, mem); break;
	case 4: x86_rm(&t->e, X86_STORE, reg, mem); break;
	default: x86_rm(&t->e, X86_STORE | X86_W, reg, mem); break;
	}
}

static unsigned int emit_store(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_memory(t, t->insn->dst, true);

	store(t, isa_ops[op].access_bytes, x86_operand_of(t, t->insn->src), mem);
	return 1;
}

static unsigned int emit_store_imm(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_memory(t, t->insn->dst, true);
	const unsigned int bytes = isa_ops[op].access_bytes;

	if (t->prog->options.blind)
		store(t, bytes, blind_const(t, t->insn->imm), mem);
	else
		x86_store_imm(&t->e, bytes, mem, t->insn->imm);
	return 1;
}

/* Fetch-and-modify without an instruction of its own: @op until nobody interfered. */
static void fetch_loop(struct trans *t, unsigned int w, unsigned int op, struct x86_mem mem)
{
	const unsigned int operand = t->insn->src ? src_reg(t) : REG_TMP;
	const struct x86_mem at = x86_at(REG_TMP2, 0);
	struct x86_enc *e = &t->e;
	uint8_t *again;

	x86_rm(e, X86_LEA, REG_TMP2, mem);
	x86_mov(e, REG_TMP, X86_RAX);
	x86_rm(e, X86_LOAD | w, X86_RAX, at);
	again = e->p;
	x86_rr(e, X86_LOAD | w, X86_R9, X86_RAX);
	x86_rr(e, op | w, X86_R9, operand);
	x86_rm(e, X86_CMPXCHG | X86_LOCK | w, X86_R9, at);
	x86_u8(e, 0x70 | X86_NE);
	x86_u8(e, (unsigned int)(again - (e->p + 1)) & 0xff);
	if (t->insn->src == 0)
		return;
	x86_rr(e, X86_LOAD | w, src_reg(t), X86_RAX);
	x86_mov(e, X86_RAX, REG_TMP);
}

static unsigned int emit_atomic(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_memory(t, t->insn->dst, true);
	const unsigned int w = isa_ops[op].is64 ? X86_W : 0, s = src_reg(t);
	struct x86_enc *e = &t->e;

	t->low32 &= (uint16_t)~live_writes(op, t->insn);
	if (!w)
		t->low32 |= live_writes(op, t->insn);
	switch (op) {
	case ISA_ATOMIC32_ADD:
	case ISA_ATOMIC64_ADD: x86_rm(e, X86_ADD_TO | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_OR:
	case ISA_ATOMIC64_OR: x86_rm(e, X86_OR_TO | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_AND:
	case ISA_ATOMIC64_AND: x86_rm(e, X86_AND_TO | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_XOR:
	case ISA_ATOMIC64_XOR: x86_rm(e, X86_XOR_TO | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_FETCH_ADD:
	case ISA_ATOMIC64_FETCH_ADD: x86_rm(e, X86_XADD | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_FETCH_OR:
	case ISA_ATOMIC64_FETCH_OR: fetch_loop(t, w, X86_OR, mem); break;
	case ISA_ATOMIC32_FETCH_AND:
	case ISA_ATOMIC64_FETCH_AND: fetch_loop(t, w, X86_AND, mem); break;
	case ISA_ATOMIC32_FETCH_XOR:
	case ISA_ATOMIC64_FETCH_XOR: fetch_loop(t, w, X86_XOR, mem); break;
	case ISA_ATOMIC32_XCHG:
	case ISA_ATOMIC64_XCHG: x86_rm(e, X86_XCHG | w, s, mem); break;
	case ISA_ATOMIC64_CMPXCHG: x86_rm(e, X86_CMPXCHG | X86_LOCK | w, s, mem); break;
	case ISA_ATOMIC32_CMPXCHG:
		x86_rm(e, X86_CMPXCHG | X86_LOCK, s, mem);
		x86_rr(e, X86_LOAD, X86_RAX, X86_RAX); /* unchanged on success: upper half too */
		break;
	default: break;
	}
	return 1;
}

/* Packet loads: a 32-bit offset, below zero being beyond any packet. */
static void load_packet(struct trans *t, unsigned int bytes, struct x86_mem mem)
{
	set_low32(t, 0, true);
	if (bytes == 4 && t->cpu->movbe) {
		x86_rm(&t->e, X86_MOVBE, X86_RAX, mem);
		return;
	}
	load(t, bytes, X86_RAX, mem);
	if (bytes == 4)
		x86_bswap(&t->e, 0, X86_RAX);
	else if (bytes == 2)
		x86_shift_imm(&t->e, X86_16, X86_ROL, X86_RAX, 8);
}

/* Load from the offset in REG_CONST (32 bits). */
static void load_packet_at_reg(struct trans *t, unsigned int bytes)
{
	struct x86_enc *e = &t->e;
	struct x86_mem mem = { .base = REG_TMP2, .index = REG_CONST };

	x86_rm(e, X86_LEA, REG_TMP, x86_at(REG_CONST, (int32_t)bytes));
	x86_rm(e, X86_LOAD, REG_TMP2, RUN(packet_len));
	x86_rr(e, X86_CMP | X86_W, REG_TMP, REG_TMP2);
	x86_jcc(e, &t->link, X86_A, t->leave);
	x86_rm(e, X86_LOAD | X86_W, REG_TMP2, RUN(packet));
	load_packet(t, bytes, mem);
}

static unsigned int emit_ld_abs(struct trans *t, enum isa_op op)
{
	const unsigned int bytes = isa_ops[op].access_bytes;
	struct x86_enc *e = &t->e;
	const int32_t off = t->insn->imm;

	if (t->prog->options.blind) {
		(void)blind_const(t, off);
		x86_rr(e, X86_LOAD, REG_CONST, REG_CONST);
		load_packet_at_reg(t, bytes);
		return 1;
	}
	if (off < 0) {
		x86_jmp(e, &t->link, t->leave);
		return 1;
	}
	x86_alu_mem_imm(e, 0, X86_ALU_CMP, RUN(packet_len), (int32_t)((uint32_t)off + bytes));
	x86_jcc(e, &t->link, X86_B, t->leave);
	x86_rm(e, X86_LOAD | X86_W, REG_TMP2, RUN(packet));
	load_packet(t, bytes, x86_at(REG_TMP2, off));
	return 1;
}

static unsigned int emit_ld_ind(struct trans *t, enum isa_op op)
{
	struct x86_enc *e = &t->e;

	if (t->prog->options.blind) {
		(void)blind_const(t, t->insn->imm);
		x86_rr(e, X86_ADD, REG_CONST, src_reg(t));
	} else if (t->insn->imm) {
		x86_rm(e, X86_LEA & ~(unsigned int)X86_W, REG_CONST,
		       x86_at(src_reg(t), t->insn->imm));
	} else {
		x86_rr(e, X86_LOAD, REG_CONST, src_reg(t));
	}
	load_packet_at_reg(t, isa_ops[op].access_bytes);
	return 1;
}

/* Arithmetic -------------------------------------------------------------------------------- */

/* The codes of alu.def and jmp.def, as in the opcode byte. */
enum {
#define ALU_OP(name, code, off, ...) ALU_##name = (code),
#include "isa/alu.def"
#define JMP_OP(name, code, ...) JMP_##name = (code),
#include "isa/jmp.def"
	CODE_MASK = 0xf0,
};

static enum x86_ext shift_ext(unsigned int code)
{
	switch (code) {
	case ALU_LSH: return X86_SHL;
	case ALU_RSH: return X86_SHR;
	default: return X86_SAR;
	}
}

static enum x86_vex shift_vex(unsigned int code)
{
	switch (code) {
	case ALU_LSH: return X86_SHLX;
	case ALU_RSH: return X86_SHRX;
	default: return X86_SARX;
	}
}

/* Without BMI2 the count must be in CL. */
static void shift_by_cl(struct trans *t, unsigned int w, enum x86_ext ext, unsigned int d,
			unsigned int s)
{
	struct x86_enc *e = &t->e;

	if (s == X86_RCX && d != X86_RCX) {
		x86_rr(e, w | X86_SHIFT_CL, ext, d);
		return;
	}
	x86_mov(e, REG_TMP, X86_RCX);
	if (s != X86_RCX)
		x86_mov(e, X86_RCX, s);
	if (d != X86_RCX) {
		x86_rr(e, w | X86_SHIFT_CL, ext, d);
		x86_mov(e, X86_RCX, REG_TMP);
	} else {
		x86_rr(e, w | X86_SHIFT_CL, ext, REG_TMP);
		x86_mov(e, X86_RCX, REG_TMP);
	}
}

static void copy_to(struct trans *t, unsigned int d, unsigned int s)
{
	if (d != s)
		x86_mov(&t->e, d, s);
}

static struct division division_of(const struct isa_op_info *info, unsigned int d, unsigned int s)
{
	return (struct division){
		.d = (uint8_t)d,
		.s = (uint8_t)s,
		.is64 = info->is64,
		.is_signed = info->sel_value == 1,
		.is_mod = (info->code & CODE_MASK) == ALU_MOD,
	};
}

static void alu_reg(struct trans *t, const struct isa_op_info *info, unsigned int d, unsigned int s)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	const struct division division = division_of(info, d, s);
	struct x86_enc *e = &t->e;

	switch (code) {
	case ALU_ADD: x86_rr(e, w | X86_ADD, d, s); break;
	case ALU_SUB: x86_rr(e, w | X86_SUB, d, s); break;
	case ALU_OR: x86_rr(e, w | X86_OR, d, s); break;
	case ALU_AND: x86_rr(e, w | X86_AND, d, s); break;
	case ALU_XOR: x86_rr(e, w | X86_XOR, d, s); break;
	case ALU_MUL: x86_rr(e, w | X86_IMUL, d, s); return;
	case ALU_MOV: x86_rr(e, w | X86_LOAD, d, s); return;
	case ALU_DIV:
	case ALU_MOD: x86_divide(t, &division); return;
	case ALU_LSH:
	case ALU_RSH:
	case ALU_ARSH:
		if (t->cpu->bmi2)
			x86_vex(e, w, shift_vex(code), d, d, s);
		else
			shift_by_cl(t, w, shift_ext(code), d, s);
		return;
	default: return;
	}
	flags_tell(t, d, w);
}

static unsigned int emit_alu_reg(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int dst = t->insn->dst, src = t->insn->src;

	/* The same in 32 bits is faster. */
	if ((op == ISA_DIV64_REG || op == ISA_MOD64_REG) && is_low32(t, dst) && is_low32(t, src))
		info = &isa_ops[op == ISA_DIV64_REG ? ISA_DIV32_REG : ISA_MOD32_REG];
	if (op == ISA_MOV32_REG && dst == src && is_low32(t, src)) {
		x86_settle(t, bit(dst));
		return 1;
	}
	alu_reg(t, info, x86_reg_of[dst], x86_operand_of(t, src));
	set_low32(t, dst, !info->is64);
	return 1;
}

/* @d = @s & @imm, by the shortest instruction that does it. */
static void and_imm(struct trans *t, unsigned int w, unsigned int d, unsigned int s, int32_t imm)
{
	if (imm == 0xff) {
		x86_rr(&t->e, X86_MOVZX8, d, s);
	} else if (imm == 0xffff) {
		x86_rr(&t->e, X86_MOVZX16, d, s);
	} else {
		copy_to(t, d, s);
		x86_alu_imm(&t->e, imm < 0 ? w : 0, X86_ALU_AND, d, imm);
		flags_tell(t, d, imm < 0 && w);
	}
}

/* @d = @s shifted. */
static void shift_imm(struct trans *t, unsigned int w, unsigned int code, unsigned int d,
		      unsigned int s, int32_t imm)
{
	const unsigned int count = (unsigned int)imm & (w ? 63 : 31);

	if (count || s != d)
		copy_to(t, d, s);
	if (count)
		x86_shift_imm(&t->e, w, shift_ext(code), d, count);
	else if (!w)
		x86_rr(&t->e, X86_LOAD, d, d);
}

/* @d = @s * @imm.  A multiplication takes three cycles, and one of each of these one or none. */
static void mul_imm(struct trans *t, unsigned int w, unsigned int d, unsigned int s, int32_t imm)
{
	const uint32_t m = (uint32_t)imm;
	struct x86_enc *e = &t->e;

	if (imm <= 1) {
		x86_imul_imm(e, w, d, s, imm);
	} else if (imm == 3 || imm == 5 || imm == 9) {
		x86_rm(e, w | (X86_LEA & 0xff), d,
		       (struct x86_mem){ (uint8_t)s, (uint8_t)s, (uint8_t)__builtin_ctz(m - 1),
					 0 });
	} else if (!(m & (m - 1))) {
		copy_to(t, d, s);
		x86_shift_imm(e, w, X86_SHL, d, (unsigned int)__builtin_ctz(m));
	} else if (!((m - 1) & (m - 2))) {
		x86_mov(e, REG_TMP, s);
		x86_shift_imm(e, w, X86_SHL, REG_TMP, (unsigned int)__builtin_ctz(m - 1));
		copy_to(t, d, s);
		x86_rr(e, w | X86_ADD, d, REG_TMP);
	} else if (!((m + 1) & m)) {
		x86_mov(e, REG_TMP, s);
		copy_to(t, d, s);
		x86_shift_imm(e, w, X86_SHL, d, (unsigned int)__builtin_ctz(m + 1));
		x86_rr(e, w | X86_SUB, d, REG_TMP);
	} else {
		x86_imul_imm(e, w, d, s, imm);
	}
}

/* Addition, subtraction, and the like. */
static void simple_imm(struct trans *t, unsigned int w, unsigned int code, unsigned int d,
		       int32_t imm)
{
	struct x86_enc *e = &t->e;

	switch (code) {
	case ALU_ADD:
		if (imm == 128)
			x86_alu_imm(e, w, X86_ALU_SUB, d, -128);
		else
			x86_alu_imm(e, w, X86_ALU_ADD, d, imm);
		break;
	case ALU_SUB: x86_alu_imm(e, w, X86_ALU_SUB, d, imm); break;
	case ALU_OR: x86_alu_imm(e, w, X86_ALU_OR, d, imm); break;
	default: x86_alu_imm(e, w, X86_ALU_XOR, d, imm); break;
	}
	flags_tell(t, d, w);
}

/* @d = @s and @imm, operated on. */
static void alu_imm(struct trans *t, const struct isa_op_info *info, unsigned int d, unsigned int s,
		    int32_t imm)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	struct division division = division_of(info, d, X86_NONE);

	switch (code) {
	case ALU_AND: and_imm(t, w, d, s, imm); break;
	case ALU_MUL: mul_imm(t, w, d, s, imm); break;
	case ALU_MOV: x86_mov_imm(&t->e, d, w ? (uint64_t)(int64_t)imm : (uint32_t)imm); break;
	case ALU_DIV:
	case ALU_MOD:
		copy_to(t, d, s);
		x86_divide_imm(t, &division, imm);
		break;
	case ALU_LSH:
	case ALU_RSH:
	case ALU_ARSH: shift_imm(t, w, code, d, s, imm); break;
	default:
		copy_to(t, d, s);
		simple_imm(t, w, code, d, imm);
		break;
	}
}

static bool is_shift(unsigned int code)
{
	return code == ALU_LSH || code == ALU_RSH || code == ALU_ARSH;
}

/* Does the instruction leave the upper half of its result zero? */
static bool imm_result_is_low32(const struct isa_op_info *info, int32_t imm)
{
	if (!info->is64)
		return true;
	switch (info->code & CODE_MASK) {
	case ALU_AND:
	case ALU_MOV: return imm >= 0;
	case ALU_RSH: return (imm & 63) >= 32;
	default: return false;
	}
}

/* r <<= n; r >>= n, or s>>=: an extension of its low bits, and then perhaps a shift left. */
static bool emit_shift_pair(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->dst);
	const unsigned int left = (unsigned int)t->insn->imm & 63;
	const bool is_signed = next_is(t, ISA_ARSH64_IMM);
	struct x86_enc *e = &t->e;
	unsigned int right;

	if (op != ISA_LSH64_IMM || !(is_signed || next_is(t, ISA_RSH64_IMM)) ||
	    t->insn[1].dst != t->insn->dst)
		return false;
	right = (unsigned int)t->insn[1].imm & 63;
	if (right > left || (left != 32 && right != left))
		return false;
	if (left == 32)
		x86_rr(e, is_signed ? X86_MOVSXD : X86_LOAD, d, s);
	else if (left == 48)
		x86_rr(e, is_signed ? X86_MOVSX16 | X86_W : X86_MOVZX16, d, s);
	else if (left == 56)
		x86_rr(e, is_signed ? X86_MOVSX8 | X86_W : X86_MOVZX8, d, s);
	else
		return false;
	if (left > right)
		x86_shift_imm(e, X86_W, X86_SHL, d, left - right);
	set_low32(t, t->insn->dst, !is_signed && left == right);
	return true;
}

static unsigned int emit_alu_imm(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->dst);

	if (emit_shift_pair(t, op))
		return 2;
	if (t->prog->options.blind && !is_shift(info->code & CODE_MASK)) {
		if ((info->code & CODE_MASK) != ALU_MOV)
			copy_to(t, d, s);
		alu_reg(t, info, d, blind_const(t, t->insn->imm));
		set_low32(t, t->insn->dst, !info->is64);
		return 1;
	}
	alu_imm(t, info, d, s, t->insn->imm);
	set_low32(t, t->insn->dst, imm_result_is_low32(info, t->insn->imm));
	return 1;
}

static unsigned int emit_neg(struct trans *t, enum isa_op op)
{
	const unsigned int w = op == ISA_NEG64 ? X86_W : 0;

	x86_rr(&t->e, w | X86_GROUP3, X86_NEG, dst_reg(t));
	flags_tell(t, dst_reg(t), w);
	set_low32(t, t->insn->dst, !w);
	return 1;
}

static unsigned int emit_movsx(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->src);

	switch (op) {
	case ISA_MOVSX64_8: x86_rr(&t->e, X86_MOVSX8 | X86_W, d, s); break;
	case ISA_MOVSX64_16: x86_rr(&t->e, X86_MOVSX16 | X86_W, d, s); break;
	case ISA_MOVSX64_32: x86_rr(&t->e, X86_MOVSXD, d, s); break;
	case ISA_MOVSX32_8: x86_rr(&t->e, X86_MOVSX8, d, s); break;
	default: x86_rr(&t->e, X86_MOVSX16, d, s); break;
	}
	set_low32(t, t->insn->dst, !isa_ops[op].is64);
	return 1;
}

static unsigned int emit_endian(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t);

	switch (op) {
	case ISA_LE16: x86_rr(&t->e, X86_MOVZX16, d, d); break;
	case ISA_LE32: x86_rr(&t->e, X86_LOAD, d, d); break;
	case ISA_LE64: return 1;
	case ISA_BE16:
	case ISA_BSWAP16:
		x86_shift_imm(&t->e, X86_16, X86_ROL, d, 8);
		x86_rr(&t->e, X86_MOVZX16, d, d);
		break;
	case ISA_BE32:
	case ISA_BSWAP32: x86_bswap(&t->e, 0, d); break;
	default: x86_bswap(&t->e, X86_W, d); break;
	}
	set_low32(t, t->insn->dst, op != ISA_BE64 && op != ISA_BSWAP64);
	return 1;
}

/* The function that the instruction names by an offset in 'imm'. */
static const struct vm_func *named_func(const struct trans *t)
{
	return vm_prog_func_at(t->prog, (uint32_t)((int64_t)t->pc + 1 + t->insn->imm));
}

static unsigned int emit_lddw(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t);
	uint64_t v = isa_wide_imm(t->insn), key;

	if (op == ISA_LD_FUNC)
		v = (uint64_t)(uintptr_t)named_func(t);
	set_low32(t, t->insn->dst, v <= UINT32_MAX);
	if (op == ISA_LDDW && t->prog->options.blind) {
		key = jit_random();
		x86_mov_imm(&t->e, d, v ^ key);
		x86_mov_imm(&t->e, REG_CONST, key);
		x86_rr(&t->e, X86_XOR | X86_W, d, REG_CONST);
	} else {
		x86_mov_imm(&t->e, d, v);
	}
	return 2;
}

/* Jumps ------------------------------------------------------------------------------------- */

static enum x86_cond cond_of(unsigned int code)
{
	switch (code) {
	case JMP_JEQ: return X86_E;
	case JMP_JGT: return X86_A;
	case JMP_JGE: return X86_AE;
	case JMP_JSET:
	case JMP_JNE: return X86_NE;
	case JMP_JSGT: return X86_G;
	case JMP_JSGE: return X86_GE;
	case JMP_JLT: return X86_B;
	case JMP_JLE: return X86_BE;
	case JMP_JSLT: return X86_L;
	default: return X86_LE;
	}
}

static uint32_t jump_label(const struct trans *t, enum isa_op op)
{
	int64_t to = 0;

	(void)isa_jump_target(op, t->insn, t->pc, &to);
	return slot_label((uint32_t)to);
}

/* Do the flags tell already whether @d is zero? */
static bool zero_flag_known(const struct trans *t, unsigned int w, unsigned int d)
{
	if (t->flags_at != t->e.p || t->flags_reg != d)
		return false;
	return t->flags_wide == (w != 0) || (w && is_low32(t, t->insn->dst));
}

/* Compare with an immediate; returns the condition to jump on. */
static enum x86_cond compare_imm(struct trans *t, const struct isa_op_info *info, unsigned int d,
				 int32_t imm)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	struct x86_enc *e = &t->e;

	if (code == JMP_JSET) {
		x86_test_imm(e, imm < 0 ? w : 0, d, imm);
	} else if (imm) {
		x86_alu_imm(e, w, X86_ALU_CMP, d, imm);
	} else if (!(code == JMP_JEQ || code == JMP_JNE) || !zero_flag_known(t, w, d)) {
		x86_rr(e, w | X86_TEST, d, d);
	}
	return cond_of(code);
}

static enum x86_cond compare_reg(struct trans *t, const struct isa_op_info *info, unsigned int d,
				 unsigned int s)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;

	x86_rr(&t->e, w | (code == JMP_JSET ? X86_TEST : X86_CMP), d, s);
	return cond_of(code);
}

static unsigned int emit_jmp_imm(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int d = x86_operand_of(t, t->insn->dst);
	enum x86_cond cond;

	if (t->prog->options.blind)
		cond = compare_reg(t, info, d, blind_const(t, t->insn->imm));
	else
		cond = compare_imm(t, info, d, t->insn->imm);
	x86_jcc(&t->e, &t->link, cond, jump_label(t, op));
	return 1;
}

static unsigned int emit_jmp_reg(struct trans *t, enum isa_op op)
{
	const enum x86_cond cond = compare_reg(t, &isa_ops[op], x86_operand_of(t, t->insn->dst),
					       x86_operand_of(t, t->insn->src));

	x86_jcc(&t->e, &t->link, cond, jump_label(t, op));
	return 1;
}

static unsigned int emit_ja(struct trans *t, enum isa_op op)
{
	const uint32_t label = jump_label(t, op);

	if (label != slot_label(t->pc + 1))
		x86_jmp(&t->e, &t->link, label);
	return 1;
}

static unsigned int emit_may_goto(struct trans *t, enum isa_op op)
{
	x86_alu_mem_imm(&t->e, 0, X86_ALU_CMP, RUN(may_gotos), 0);
	x86_jcc(&t->e, &t->link, X86_E, jump_label(t, op));
	x86_rm(&t->e, X86_GROUP5, X86_DEC, RUN(may_gotos));
	return 1;
}

/* Functions and calls ----------------------------------------------------------------------- */

enum { KEPT = 0x3c0 /* r6 to r9 */ };

/* Functions that call keep the stack aligned to 16 bytes, of which a call takes 8. */
static bool needs_padding(const struct vm_func *func)
{
	return !func->leaf && !(__builtin_popcount(func->regs_written & KEPT) & 1);
}

static void emit_prologue(struct trans *t)
{
	for (unsigned int reg = 6; reg < ISA_REG_FP; reg++)
		if (t->func->regs_written & bit(reg))
			x86_push(&t->e, x86_reg_of[reg]);
	if (needs_padding(t->func))
		x86_alu_imm(&t->e, X86_W, X86_ALU_SUB, X86_RSP, 8);
}

/* Undo the prologue. */
static void restore_kept(struct trans *t)
{
	if (needs_padding(t->func))
		x86_alu_imm(&t->e, X86_W, X86_ALU_ADD, X86_RSP, 8);
	for (unsigned int reg = ISA_REG_FP; reg-- > 6;)
		if (t->func->regs_written & bit(reg))
			x86_pop(&t->e, x86_reg_of[reg]);
}

static unsigned int emit_exit(struct trans *t)
{
	restore_kept(t);
	x86_ret(&t->e);
	return 1;
}

/* run->prog = the program, after calls of functions that may have replaced it. */
static void set_prog(struct trans *t)
{
	x86_mov_imm(&t->e, REG_TMP, (uint64_t)(uintptr_t)t->prog);
	x86_rm(&t->e, X86_STORE | X86_W, REG_TMP, RUN(prog));
}

static unsigned int emit_call_local(struct trans *t)
{
	const struct vm_func *callee = named_func(t);
	/* Nobody would notice that r10 is still the caller's. */
	const bool same_frame = callee->leaf && !(callee->regs_read & bit(ISA_REG_FP));
	struct x86_enc *e = &t->e;

	if (t->check_frames) {
		struct slow *slow = x86_add_slow(t, SLOW_FRAMES);

		x86_rm(e, X86_LEA, REG_TMP,
		       x86_at(REG_RUN, (int32_t)(offsetof(struct vm_run, stack) +
						 sizeof((struct vm_run *)0)->stack)));
		x86_rr(e, X86_CMP | X86_W, REG_FP, REG_TMP);
		x86_jcc(e, &t->link, X86_AE, slow->label);
	}
	if (!same_frame)
		x86_alu_imm(e, X86_W, X86_ALU_ADD, REG_FP, ISA_STACK_BYTES);
	x86_call(e, &t->link, func_label(t, callee));
	if (!same_frame)
		x86_alu_imm(e, X86_W, X86_ALU_SUB, REG_FP, ISA_STACK_BYTES);
	if (t->has_tail_calls)
		set_prog(t);
	t->low32 &= (uint16_t)~live_writes(ISA_CALL_LOCAL, t->insn);
	return 1;
}

/* Note where a helper is called from, for its messages. */
static void note_pc(struct trans *t)
{
	x86_rm(&t->e, 0xc7, 0, RUN(fault.pc));
	x86_u32(&t->e, t->pc);
}

/* Leave if the helper found a fault. */
static void leave_if_stopped(struct trans *t)
{
	x86_alu_mem_imm(&t->e, 0, X86_ALU_CMP, RUN(stopped), 0);
	x86_jcc(&t->e, &t->link, X86_NE, t->leave);
}

static void emit_tail_call(struct trans *t)
{
	struct x86_enc *e = &t->e;
	uint8_t *failed;

	x86_push(e, X86_RDI);
	x86_push(e, X86_RDI);
	x86_mov(e, X86_RDI, REG_RUN);
	x86_mov(e, X86_RCX, REG_FP);
	CALL_C(t, jit_tail_target);
	x86_pop(e, X86_RDI);
	x86_pop(e, X86_RDI);
	x86_rr(e, X86_TEST | X86_W, X86_RAX, X86_RAX);
	failed = x86_skip(e, X86_E);
	restore_kept(t);
	x86_rr(e, X86_GROUP5, X86_JMP, X86_RAX);
	x86_land(e, failed);
	x86_mov_imm(e, X86_RAX, (uint64_t)-ENOENT);
}

static void call_helper(struct trans *t, const struct vm_helper *helper)
{
	const bool guarded = t->prog->options.guarded;
	const bool calls_back = helper->kind == VM_HELPER_CALLBACK;

	if (guarded || calls_back)
		note_pc(t);
	if (calls_back)
		x86_rm(&t->e, X86_STORE | X86_W, REG_FP, RUN(frame));
	x86_mov(&t->e, X86_R9, REG_RUN);
	CALL_C(t, helper->fn);
	if (guarded || calls_back)
		leave_if_stopped(t);
	if (helper->kind == VM_HELPER_UNWIND) {
		x86_rr(&t->e, X86_TEST | X86_W, X86_RAX, X86_RAX);
		x86_jcc(&t->e, &t->link, X86_E, t->leave);
	}
}

/* The value of key *(u32 *)r2 of an array: r0 = values + key * stride, or NULL. */
static void lookup_in_array(struct trans *t, const struct map *map)
{
	struct x86_enc *e = &t->e;
	uint8_t *beyond, *done;

	x86_rm(e, X86_LOAD, X86_RAX, x86_address(t, 2, 0));
	x86_alu_imm(e, 0, X86_ALU_CMP, X86_RAX, (int32_t)map->max_entries);
	beyond = x86_skip(e, X86_AE);
	if (map->stride & (map->stride - 1))
		x86_imul_imm(e, X86_W, X86_RAX, X86_RAX, (int32_t)map->stride);
	else
		x86_shift_imm(e, X86_W, X86_SHL, X86_RAX,
			      (unsigned int)__builtin_ctzll(map->stride));
	x86_mov_imm(e, REG_TMP, (uint64_t)(uintptr_t)map->values);
	x86_rr(e, X86_ADD | X86_W, X86_RAX, REG_TMP);
	done = x86_skip_always(e);
	x86_land(e, beyond);
	x86_rr(e, X86_XOR, X86_RAX, X86_RAX);
	x86_land(e, done);
}

/* The array in r1, if that is known and lookups in it can be inlined. */
static const struct map *inline_array(const struct trans *t)
{
	const struct map *map;

	if (t->prog->options.guarded || !(t->known & bit(1)))
		return NULL;
	map = (const struct map *)(uintptr_t)t->value[1];
	if (!map->values || map->key_size != 4 || !map->stride || map->stride > INT32_MAX)
		return NULL;
	return map;
}

/* The number of the processor that this thread runs on is in memory that the kernel keeps. */
static bool cpu_id_in_memory(void)
{
	return __rseq_size >= sizeof(uint32_t) * 2 && x86_is32((int64_t)__rseq_offset);
}

static unsigned int emit_call(struct trans *t)
{
	const struct vm_helper *helper = &t->prog->host->helpers[t->insn->imm];

	t->low32 &= (uint16_t)~live_writes(ISA_CALL, t->insn);
	switch (helper->kind) {
	case VM_HELPER_TAIL_CALL: emit_tail_call(t); return 1;
	case VM_HELPER_MAP_LOOKUP:
		if (inline_array(t)) {
			lookup_in_array(t, inline_array(t));
			return 1;
		}
		break;
	case VM_HELPER_CPU_ID:
		if (cpu_id_in_memory()) {
			x86_load_thread_u32(&t->e, X86_RAX,
					    (int32_t)__rseq_offset +
						    (int32_t)offsetof(struct rseq, cpu_id));
			set_low32(t, 0, true);
			return 1;
		}
		break;
	case VM_HELPER_CALL:
	case VM_HELPER_KTIME:
	case VM_HELPER_CALLBACK:
	case VM_HELPER_UNWIND: break;
	}
	call_helper(t, helper);
	return 1;
}

/* The program ------------------------------------------------------------------------------- */

static unsigned int emit_insn(struct trans *t, enum isa_op op)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM: return emit_alu_imm(t, op);
	case ISA_FORM_ALU_REG: return emit_alu_reg(t, op);
	case ISA_FORM_NEG: return emit_neg(t, op);
	case ISA_FORM_MOVSX: return emit_movsx(t, op);
	case ISA_FORM_ENDIAN: return emit_endian(t, op);
	case ISA_FORM_JMP_IMM: return emit_jmp_imm(t, op);
	case ISA_FORM_JMP_REG: return emit_jmp_reg(t, op);
	case ISA_FORM_JA:
	case ISA_FORM_JA32: return emit_ja(t, op);
	case ISA_FORM_MAY_GOTO: return emit_may_goto(t, op);
	case ISA_FORM_CALL: return op == ISA_CALL_LOCAL ? emit_call_local(t) : emit_call(t);
	case ISA_FORM_EXIT: return emit_exit(t);
	case ISA_FORM_LDDW: return emit_lddw(t, op);
	case ISA_FORM_LDX:
	case ISA_FORM_LOAD_ACQ: return emit_load(t, op);
	case ISA_FORM_LDXS: return emit_load_signed(t, op);
	case ISA_FORM_ST: return emit_store_imm(t, op);
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: return emit_store(t, op);
	case ISA_FORM_ATOMIC: return emit_atomic(t, op);
	case ISA_FORM_LD_ABS: return emit_ld_abs(t, op);
	case ISA_FORM_LD_IND: return emit_ld_ind(t, op);
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: break; /* not in programs: vm_prog_new */
	}
	return 1;
}

static int32_t block_slots(const struct trans *t)
{
	uint32_t end = t->pc + 1;

	while (end < t->prog->insn_count && !(t->prog->facts[end] & VM_SLOT_LEADER))
		end++;
	return (int32_t)(end - t->pc);
}

/* A basic block begins. */
static void begin_block(struct trans *t)
{
	struct slow *slow;

	const bool joins = t->prog->facts[t->pc] & VM_SLOT_TARGET || t->pc == t->func->start;

	if (joins) {
		x86_settle(t, t->live[t->pc]);
		t->lazy = 0;
	}
	x86_label_here(&t->link, &t->e, slot_label(t->pc));
	if (joins) {
		t->low32 = 0;
		t->known = 0;
		t->flags_at = NULL;
	}
	if (!t->prog->options.limited)
		return;
	slow = x86_add_slow(t, SLOW_BUDGET);
	x86_alu_mem_imm(&t->e, X86_W, X86_ALU_SUB, RUN(budget), block_slots(t));
	x86_jcc(&t->e, &t->link, X86_S, slow->label);
	x86_end_slow(t, slow);
}

/* Make room for what one instruction can need at most. */
static int reserve(struct trans *t)
{
	enum { MOST_SLOWS = 4 };
	const size_t room = 2 * t->slow_room + 4 * MOST_SLOWS;
	struct slow *slows;

	if (t->slow_room - t->slow_count < MOST_SLOWS) {
		slows = realloc(t->slows, room * sizeof *slows);
		if (!slows)
			return -ENOMEM;
		t->slows = slows;
		t->slow_room = room;
	}
	return x86_link_reserve(&t->link);
}

/* Registers whose values must be there where the jump @op leads to. */
static unsigned int wanted_at_target(const struct trans *t, enum isa_op op)
{
	int64_t to;

	return isa_jump_target(op, t->insn, t->pc, &to) ? t->live[to] : 0;
}

/* The registers that need not be settled for a call that is inlined. */
static unsigned int spared_by(const struct trans *t, enum isa_op op)
{
	if (op != ISA_CALL || t->prog->host->helpers[t->insn->imm].kind != VM_HELPER_MAP_LOOKUP ||
	    !inline_array(t))
		return 0;
	return 0x3e;
}

/* Translate the instruction at ->pc and go on to the next. */
static void emit_slot(struct trans *t, enum isa_op op)
{
	unsigned int slots, writes;

	t->insn = &t->prog->insns[t->pc];
	t->live_after = t->live[t->pc + isa_slots(op)];
	t->lazy &= t->live[t->pc];
	slots = x86_make_lazy(t, op);
	if (!slots) {
		if (t->lazy) {
			x86_settle_for(t, op, spared_by(t, op));
			x86_settle(t, wanted_at_target(t, op));
		}
		writes = live_writes(op, t->insn);
		slots = emit_insn(t, op);
		if (op == ISA_JA || op == ISA_JA32 || op == ISA_EXIT)
			t->lazy = 0;
		t->lazy &= (uint16_t)~writes;
		t->known &= (uint16_t)~writes;
	}
	t->pc += slots;
}

static int emit_func(struct trans *t, const struct vm_func *func)
{
	int err;

	t->func = func;
	x86_label_here(&t->link, &t->e, func_label(t, func));
	emit_prologue(t);
	for (t->pc = func->start; t->pc < func->end;) {
		const enum isa_op op = (enum isa_op)t->prog->ops[t->pc];

		err = reserve(t);
		if (err)
			return err;
		if (t->prog->facts[t->pc] & VM_SLOT_LEADER)
			begin_block(t);
		emit_slot(t, op);
	}
	return 0;
}

static int emit_slows(struct trans *t)
{
	int err = 0;

	for (size_t i = 0; i < t->slow_count && !err; i++) {
		err = x86_link_reserve(&t->link);
		if (!err)
			emit_slow(t, &t->slows[i]);
	}
	return err;
}

static int emit_prog(struct trans *t)
{
	int err = 0;

	for (size_t i = 0; i < t->prog->func_count && !err; i++)
		err = emit_func(t, &t->prog->funcs[i]);
	if (!err)
		err = emit_slows(t);
	if (!err)
		err = x86_link_reserve(&t->link);
	if (!err)
		emit_thunks(t);
	return err;
}

/* Facts about the whole program. */
static void survey(struct trans *t)
{
	const struct vm_prog *prog = t->prog;

	for (size_t i = 0; i < prog->func_count; i++)
		t->check_frames = t->check_frames || prog->funcs[i].frames > ISA_FRAMES;
	for (size_t pc = 0; pc < prog->insn_count; pc++)
		if (prog->ops[pc] == ISA_CALL &&
		    prog->host->helpers[prog->insns[pc].imm].kind == VM_HELPER_TAIL_CALL)
			t->has_tail_calls = true;
}

static int trans_init(struct trans *t, const struct vm_prog *prog, const struct jit_buf *buf)
{
	int err;

	*t = (struct trans){
		.e.p = buf->bytes,
		.prog = prog,
		.buf = buf,
		.cpu = x86_features(),
	};
	err = x86_link_init(&t->link, buf->bytes, prog->insn_count + prog->func_count);
	if (err)
		return err;
	t->leave = x86_label_new(&t->link);
	t->access_thunk = x86_label_new(&t->link);
	t->budget_thunk = x86_label_new(&t->link);
	t->live = malloc((prog->insn_count + 1) * sizeof *t->live);
	if (!t->live)
		return -ENOMEM;
	live_find(prog, t->live);
	t->live[prog->insn_count] = 0;
	survey(t);
	return 0;
}

static void trans_release(struct trans *t)
{
	free(t->slows);
	free(t->live);
	x86_link_release(&t->link);
}

size_t jit_arch_bound(const struct vm_prog *prog)
{
	return prog->insn_count * MOST_SLOT_BYTES + REST_BYTES;
}

int jit_arch_emit(const struct vm_prog *prog, struct jit_buf *buf, uint32_t *func_entry)
{
	struct trans t;
	int err = trans_init(&t, prog, buf);

	if (!err)
		err = emit_prog(&t);
	if (!err) {
		x86_link_finish(&t.link, &t.e, buf->address);
		buf->len = (size_t)(t.e.p - buf->bytes);
		for (size_t i = 0; i < prog->func_count; i++)
			func_entry[i] = x86_label_offset(&t.link, func_label(&t, &prog->funcs[i]));
	}
	trans_release(&t);
	return err;
}

/* What C functions keep for their callers. */
static const uint8_t callee_saved[] = { X86_RBP, X86_RBX, X86_R12, X86_R13, X86_R14, X86_R15 };

/* uint64_t enter(args, run, func, r10).  Registers without an argument begin as zero, lest a
 * program reads what the host had in them. */
int jit_arch_emit_enter(struct jit_buf *buf)
{
	struct x86_enc e = { buf->bytes };

	for (size_t i = 0; i < ARRAY_LEN(callee_saved); i++)
		x86_push(&e, callee_saved[i]);
	x86_alu_imm(&e, X86_W, X86_ALU_SUB, X86_RSP, 8);
	x86_mov(&e, REG_RUN, X86_RSI);
	x86_mov(&e, REG_FP, X86_RCX);
	x86_mov(&e, REG_TMP2, X86_RDX);
	/* The call below puts its return address there: leaving is to return to it. */
	x86_rm(&e, X86_LEA, X86_RAX, x86_at(X86_RSP, -8));
	x86_rm(&e, X86_STORE | X86_W, X86_RAX, RUN(exit_sp));
	for (unsigned int reg = 5; reg > 0; reg--)
		x86_rm(&e, X86_LOAD | X86_W, x86_reg_of[reg],
		       x86_at(X86_RDI, 8 * ((int32_t)reg - 1)));
	x86_rr(&e, X86_XOR, X86_RAX, X86_RAX);
	for (unsigned int reg = 6; reg < ISA_REG_FP; reg++)
		x86_rr(&e, X86_XOR, x86_reg_of[reg], x86_reg_of[reg]);
	x86_rr(&e, X86_GROUP5, X86_CALL, REG_TMP2);
	x86_alu_imm(&e, X86_W, X86_ALU_ADD, X86_RSP, 8);
	for (size_t i = ARRAY_LEN(callee_saved); i-- > 0;)
		x86_pop(&e, callee_saved[i]);
	x86_ret(&e);
	buf->len = (size_t)(e.p - buf->bytes);
	return 0;
}
