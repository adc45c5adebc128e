/*
 * arm64_mem.c - memory: loads, stores, atomic operations, packets.
 *
 * In guarded programs each access is first compared with the window (struct vm_window), and the slow
 * path asks vm_access_slow.  Accesses of the frame at a fixed place need no check.
 *
 * The processor's atomic operations trap where an address is not aligned, so guarded programs
 * check that too; what verified programs do, the verifier has seen.
 */
#include "kern/jit/arm64_mem.h"

#define RUN_OFFSET(member) ((int64_t)offsetof(struct vm_run, member))

static uint32_t size_of(enum isa_op op)
{
	return (uint32_t)__builtin_ctz(isa_ops[op].access_bytes);
}

/* The address base + off as a machine register and an offset, not yet checked. */
static struct place place_of(unsigned int base, int32_t off)
{
	if (base == ISA_REG_FP)
		off += ISA_STACK_BYTES;
	return (struct place){ .reg = arm64_reg_of[base], .off = off };
}

/* @place with its address in one register: its own, or REG_ADDRESS. */
static void gather(struct trans *t, struct place *place)
{
	if (!place->off)
		return;
	arm64_add(t, true, REG_ADDRESS, place->reg, place->off);
	*place = (struct place){ .reg = REG_ADDRESS };
}

static void check(struct trans *t, struct place *place, uint32_t size, bool write)
{
	const int64_t window = write ? RUN_OFFSET(write) : RUN_OFFSET(read);
	const int64_t last = window + (int64_t)offsetof(struct vm_window, last) + 8 * size;

	gather(t, place);
	emit(t, a64_mem(A64_LDR, 3, REG_TMP, REG_RUN, window));
	emit(t, a64_mem(A64_LDR, 3, REG_TMP2, REG_RUN, last));
	emit(t, a64_opr(A64_SUB, true, REG_TMP, place->reg, REG_TMP));
	emit(t, a64_opr(A64_SUBS, true, A64_ZR, REG_TMP, REG_TMP2));
	arm64_branch_slow(t, a64_b_cond(A64_HI),
			  (struct slow){ .kind = SLOW_ACCESS,
					 .address = place->reg,
					 .bytes = (uint8_t)(1 << size),
					 .write = write });
}

bool arm64_unchecked(const struct trans *t, unsigned int base, int32_t off, uint32_t size)
{
	return !t->prog->options.guarded ||
	       (base == ISA_REG_FP && vm_frame_access(off, 1u << size));
}

/* Where @insn, an access through r@base, goes, once it is allowed. */
static struct place allowed(struct trans *t, const struct insn *insn, unsigned int base,
			    uint32_t size, bool write)
{
	struct place place = place_of(base, insn->off);

	if (!arm64_unchecked(t, base, insn->off, size))
		check(t, &place, size, write);
	return place;
}

/* rt from or to @place. */
static void access(struct trans *t, enum a64_mem op, uint32_t size, uint32_t rt, struct place place)
{
	if (a64_offset_fits(size, place.off)) {
		emit(t, a64_mem(op, size, rt, place.reg, place.off));
		return;
	}
	arm64_mov_imm(t, true, REG_TMP2, (uint64_t)place.off);
	emit(t, a64_mem_index(op, size, rt, place.reg, REG_TMP2, A64_UXTX, false));
}

void arm64_load(struct trans *t, enum isa_op op, const struct insn *insn)
{
	const uint32_t size = size_of(op);
	const struct place place = allowed(t, insn, insn->src, size, false);

	access(t, isa_ops[op].form == ISA_FORM_LDXS ? A64_LDRS : A64_LDR, size,
	       arm64_reg_of[insn->dst], place);
}

/* Only the low bytes of a constant are stored; those above are chosen to be cheap. */
static uint64_t stored_value(uint32_t size, int32_t imm)
{
	if (size == 3)
		return (uint64_t)imm;
	return (uint32_t)imm & (size == 2 ? UINT32_MAX : (1u << (8 << size)) - 1);
}

uint32_t arm64_stored(struct trans *t, enum isa_op op, const struct insn *insn, uint32_t tmp)
{
	const uint32_t size = size_of(op);

	if (isa_ops[op].form != ISA_FORM_ST)
		return arm64_use(t, insn->src, tmp);
	if (!stored_value(size, insn->imm) && !t->prog->options.blind)
		return A64_ZR;
	arm64_mov_chosen(t, size == 3, tmp, stored_value(size, insn->imm));
	return tmp;
}

void arm64_store(struct trans *t, enum isa_op op, const struct insn *insn)
{
	const uint32_t size = size_of(op);
	const struct place place = allowed(t, insn, insn->dst, size, true);

	access(t, A64_STR, size, arm64_stored(t, op, insn, REG_CONST), place);
}

/* The same for operations that know no offsets; in guarded programs, aligned. */
static uint32_t ordered_place(struct trans *t, unsigned int base, uint32_t size, bool write)
{
	struct place place = allowed(t, t->insn, base, size, write);
	uint32_t bits;

	gather(t, &place);
	if (t->prog->options.guarded && size) {
		(void)a64_logical(true, (1u << size) - 1, &bits);
		emit(t, a64_opl(A64_ANDS_IMM, true, A64_ZR, place.reg, bits));
		arm64_branch_slow(t, a64_b_cond(A64_NE),
				  (struct slow){ .kind = SLOW_UNALIGNED,
						 .address = place.reg,
						 .bytes = (uint8_t)(1 << size) });
	}
	return place.reg;
}

void arm64_ordered(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	const uint32_t size = size_of(op);
	uint32_t rn;

	if (isa_ops[op].form == ISA_FORM_LOAD_ACQ) {
		rn = ordered_place(t, insn->src, size, false);
		emit(t, a64_exclusive(A64_LDAR, size, A64_ZR, arm64_reg_of[insn->dst], rn));
	} else {
		rn = ordered_place(t, insn->dst, size, true);
		emit(t,
		     a64_exclusive(A64_STLR, size, A64_ZR, arm64_use(t, insn->src, REG_TMP), rn));
	}
}

/* ---- Atomic operations ---- */

/* What the operation does to memory; those of atomic.def with and without result. */
enum rmw { RMW_ADD, RMW_OR, RMW_AND, RMW_XOR, RMW_XCHG, RMW_CMPXCHG };

struct atomic {
	enum rmw rmw;
	bool fetch; /* the result is wanted, and the operation orders all accesses */
	bool x;
	uint32_t size;
	uint32_t rn; /* address */
	uint32_t rs; /* operand, and result */
};

static enum rmw rmw_of(enum isa_op op)
{
	switch (op) {
	case ISA_ATOMIC32_ADD:
	case ISA_ATOMIC64_ADD:
	case ISA_ATOMIC32_FETCH_ADD:
	case ISA_ATOMIC64_FETCH_ADD: return RMW_ADD;
	case ISA_ATOMIC32_OR:
	case ISA_ATOMIC64_OR:
	case ISA_ATOMIC32_FETCH_OR:
	case ISA_ATOMIC64_FETCH_OR: return RMW_OR;
	case ISA_ATOMIC32_AND:
	case ISA_ATOMIC64_AND:
	case ISA_ATOMIC32_FETCH_AND:
	case ISA_ATOMIC64_FETCH_AND: return RMW_AND;
	case ISA_ATOMIC32_XOR:
	case ISA_ATOMIC64_XOR:
	case ISA_ATOMIC32_FETCH_XOR:
	case ISA_ATOMIC64_FETCH_XOR: return RMW_XOR;
	case ISA_ATOMIC32_XCHG:
	case ISA_ATOMIC64_XCHG: return RMW_XCHG;
	default: return RMW_CMPXCHG;
	}
}

/* One instruction of FEAT_LSE (two for 'and': there is only 'and not'). */
static void atomic_lse(struct trans *t, const struct atomic *a)
{
	static const uint32_t memop[] = {
		[RMW_ADD] = A64_LDADD, [RMW_OR] = A64_LDSET, [RMW_AND] = A64_LDCLR,
		[RMW_XOR] = A64_LDEOR, [RMW_XCHG] = A64_SWP,
	};
	uint32_t operand = a->rs;

	if (a->rmw == RMW_CMPXCHG) {
		emit(t, a64_atomic(A64_CASAL, a->size, REG_R0, a->rs, a->rn));
		return;
	}
	if (a->rmw == RMW_AND) {
		emit(t, a64_opr(A64_ORN, a->x, REG_TMP2, A64_ZR, a->rs));
		operand = REG_TMP2;
	}
	emit(t, a64_atomic(memop[a->rmw] | (a->fetch ? A64_MEMOP_AL : 0), a->size, operand,
			   a->fetch ? a->rs : A64_ZR, a->rn));
}

/* The new value of memory, made of the old one in REG_TMP2: its register. */
static uint32_t new_value(struct trans *t, const struct atomic *a)
{
	static const enum a64_ops ops[] = {
		[RMW_ADD] = A64_ADD,
		[RMW_OR] = A64_ORR,
		[RMW_AND] = A64_AND,
		[RMW_XOR] = A64_EOR,
	};

	if (a->rmw == RMW_XCHG)
		return a->rs;
	emit(t, a64_opr(ops[a->rmw], a->x, REG_TMP3, REG_TMP2, a->rs));
	return REG_TMP3;
}

/* Try until nobody else wrote between the load and the store.  The barrier keeps later accesses
 * from passing the load (the store releases, but the load alone does not acquire). */
static void atomic_loop(struct trans *t, const struct atomic *a)
{
	const uint32_t again = here(t);
	uint32_t differs = 0, value = a->rs;

	emit(t, a64_exclusive(A64_LDXR, a->size, A64_ZR, REG_TMP2, a->rn));
	if (a->rmw == RMW_CMPXCHG) {
		emit(t, a64_opr(A64_SUBS, a->x, A64_ZR, REG_TMP2, REG_R0));
		differs = here(t);
		emit(t, a64_b_cond(A64_NE));
	} else {
		value = new_value(t, a);
	}
	emit(t, a64_exclusive(a->fetch ? A64_STLXR : A64_STXR, a->size, REG_FAR, value, a->rn));
	arm64_branch_back(t, a64_cb(A64_CBNZ, false, REG_FAR), again);
	if (a->rmw == RMW_CMPXCHG)
		arm64_land(t, differs);
	if (!a->fetch)
		return;
	emit(t, A64_DMB_ISH);
	emit(t, a64_mov(a->x, a->rmw == RMW_CMPXCHG ? REG_R0 : a->rs, REG_TMP2));
}

void arm64_atomic(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	struct atomic a = {
		.rmw = rmw_of(op),
		.fetch = live_writes(op, insn) != 0,
		.x = isa_ops[op].is64,
		.size = size_of(op),
	};

	a.rn = ordered_place(t, insn->dst, a.size, true);
	a.rs = arm64_use(t, insn->src, REG_TMP);
	if (t->lse)
		atomic_lse(t, &a);
	else
		atomic_loop(t, &a);
}

/* ---- Packets ---- */

/* r0 was loaded as it lies in the packet: put it into the machine's order. */
static void swap_packet(struct trans *t, uint32_t size)
{
	if (size == 1)
		emit(t, a64_rev16(REG_R0, REG_R0));
	else if (size == 2)
		emit(t, a64_rev(false, REG_R0, REG_R0));
}

/* At REG_ADDRESS, a signed number of 32 bits.  If it is not negative, what is added cannot
 * overflow as an unsigned one. */
static void packet_at_register(struct trans *t, uint32_t size)
{
	arm64_branch_back(t, a64_tb(A64_TBNZ, REG_ADDRESS, 31), t->leave);
	emit(t, a64_opi(A64_ADD_IMM, false, REG_TMP, REG_ADDRESS, 1u << size));
	emit(t, a64_mem(A64_LDR, 2, REG_TMP2, REG_RUN, RUN_OFFSET(packet_len)));
	emit(t, a64_opr(A64_SUBS, false, A64_ZR, REG_TMP, REG_TMP2));
	arm64_branch_back(t, a64_b_cond(A64_HI), t->leave);
	emit(t, a64_mem(A64_LDR, 3, REG_TMP, REG_RUN, RUN_OFFSET(packet)));
	emit(t, a64_mem_index(A64_LDR, size, REG_R0, REG_TMP, REG_ADDRESS, A64_UXTW, false));
	swap_packet(t, size);
}

/* At a constant small enough to be part of the instructions. */
static void packet_at_constant(struct trans *t, uint32_t size, uint32_t offset)
{
	emit(t, a64_mem(A64_LDR, 2, REG_TMP2, REG_RUN, RUN_OFFSET(packet_len)));
	emit(t, a64_opi(A64_SUBS_IMM, false, A64_ZR, REG_TMP2, offset + (1u << size)));
	arm64_branch_back(t, a64_b_cond(A64_LO), t->leave);
	emit(t, a64_mem(A64_LDR, 3, REG_TMP, REG_RUN, RUN_OFFSET(packet)));
	access(t, A64_LDR, size, REG_R0, (struct place){ .reg = REG_TMP, .off = (int32_t)offset });
	swap_packet(t, size);
}

void arm64_packet(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	const uint32_t size = size_of(op);
	const bool blind = t->prog->options.blind;

	if (isa_ops[op].form == ISA_FORM_LD_ABS) {
		if (!blind && insn->imm >= 0 && insn->imm < 4096 - 8) {
			packet_at_constant(t, size, (uint32_t)insn->imm);
			return;
		}
		arm64_mov_chosen(t, false, REG_ADDRESS, (uint32_t)insn->imm);
	} else if (blind) {
		arm64_mov_chosen(t, false, REG_CONST, (uint32_t)insn->imm);
		emit(t, a64_opr(A64_ADD, false, REG_ADDRESS, arm64_use(t, insn->src, REG_TMP),
				REG_CONST));
	} else {
		arm64_add(t, false, REG_ADDRESS, arm64_use(t, insn->src, REG_TMP), insn->imm);
	}
	packet_at_register(t, size);
}
