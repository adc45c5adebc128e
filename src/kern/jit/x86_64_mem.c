/*
 * x86_64_mem.c - loads, stores, atomic operations, and loads from packets.
 *
 * In a guarded program each access is compared with the window of the region hit last (prog.h);
 * what misses is asked for out of line.
 */
#include "kern/jit/live.h"
#include "kern/jit/x86_64.h"

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

/* The same for an atomic operation: in guarded programs, an aligned place.  Uses REG_TMP. */
static struct x86_mem access_atomic(struct trans *t, unsigned int bpf_base, bool write)
{
	const uint32_t bytes = isa_ops[t->prog->ops[t->pc]].access_bytes;
	const struct x86_mem mem = access_memory(t, bpf_base, write);
	struct slow *slow;

	if (!t->prog->options.guarded || bytes == 1)
		return mem;
	slow = x86_add_slow(t, SLOW_UNALIGNED);
	slow->packed = t->pc;
	slow->mem = mem;
	x86_rm(&t->e, X86_LEA, REG_TMP, mem);
	x86_alu_imm(&t->e, 0, X86_ALU_AND, REG_TMP, (int32_t)bytes - 1);
	x86_jcc(&t->e, &t->link, X86_NE, slow->label);
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
unsigned int x86_emit_load(struct trans *t, enum isa_op op)
{
	const unsigned int bytes = isa_ops[op].access_bytes;
	const struct x86_mem mem = isa_ops[op].form == ISA_FORM_LOAD_ACQ ?
					   access_atomic(t, t->insn->src, false) :
					   access_memory(t, t->insn->src, false);

	set_low32(t, t->insn->dst, bytes < 8);
	if (load_reversed(t, bytes, mem))
		return 2;
	load(t, bytes, dst_reg(t), mem);
	return 1;
}

unsigned int x86_emit_load_signed(struct trans *t, enum isa_op op)
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

unsigned int x86_emit_store(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = isa_ops[op].form == ISA_FORM_STORE_REL ?
					   access_atomic(t, t->insn->dst, true) :
					   access_memory(t, t->insn->dst, true);

	store(t, isa_ops[op].access_bytes, x86_operand_of(t, t->insn->src), mem);
	return 1;
}

unsigned int x86_emit_store_imm(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_memory(t, t->insn->dst, true);
	const unsigned int bytes = isa_ops[op].access_bytes;

	if (t->prog->options.blind)
		store(t, bytes, x86_blind_const(t, t->insn->imm), mem);
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

unsigned int x86_emit_atomic(struct trans *t, enum isa_op op)
{
	const struct x86_mem mem = access_atomic(t, t->insn->dst, true);
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

unsigned int x86_emit_ld_abs(struct trans *t, enum isa_op op)
{
	const unsigned int bytes = isa_ops[op].access_bytes;
	struct x86_enc *e = &t->e;
	const int32_t off = t->insn->imm;

	if (t->prog->options.blind) {
		(void)x86_blind_const(t, off);
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

unsigned int x86_emit_ld_ind(struct trans *t, enum isa_op op)
{
	struct x86_enc *e = &t->e;

	if (t->prog->options.blind) {
		(void)x86_blind_const(t, t->insn->imm);
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
