/*
 * jit_test.c - machine code does what the interpreter does, and what isa/fold.c says.
 *
 * Programs are made here: one per operation and pair of registers with all edge values in it, and
 * random ones.  Each is run by the interpreter and, compiled in every mode, as machine code; then
 * results, faults, the stack and a buffer must be equal.
 *
 * usage: jit_test [quick | seed [count]]    (of random programs)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/bits.h"
#include "kern/jit/jit.h"
#include "kern/vm/prog.h"
#if defined(__x86_64__)
#include "kern/jit/x86_64_enc.h"
#elif defined(__aarch64__)
#include "kern/jit/arm64_enc.h"
#endif

enum {
	MOST_SLOTS = 33000, /* a little more than jumps reach */
	OUT_WORDS = 1024,
	MOST_REPORTS = 10, /* failures shown in full */
};

struct program {
	struct insn insns[MOST_SLOTS];
	size_t count;
	bool inside[MOST_SLOTS]; /* random programs do not jump to there */
};

static unsigned int passed, failed, skipped;
static bool quick; /* fewer registers and programs: for emulated processors */
static struct vm_run *run;
static uint64_t out[OUT_WORDS]; /* where programs leave results */
static struct vm_host host;

/* Making programs --------------------------------------------------------------------------- */

static uint64_t random_state = 1;

static uint64_t random_u64(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t random_below(uint32_t n)
{
	return (uint32_t)(random_u64() >> 32) % n;
}

static struct insn *emit(struct program *p, enum isa_op op, unsigned int dst, unsigned int src,
			 int off, int32_t imm)
{
	struct insn *insn = &p->insns[p->count++], fresh = isa_encode(op);
	const uint8_t uses = isa_ops[op].uses;

	*insn = fresh;
	p->inside[p->count - 1] = false;
	if (uses & ISA_FIELD_DST)
		insn->dst = dst & 15;
	if (uses & ISA_FIELD_SRC)
		insn->src = src & 15;
	if (uses & ISA_FIELD_OFF)
		insn->off = (int16_t)off;
	if (uses & ISA_FIELD_IMM)
		insn->imm = imm;
	return insn;
}

static void emit_lddw(struct program *p, unsigned int dst, uint64_t v)
{
	emit(p, ISA_LDDW, dst, 0, 0, (int32_t)v);
	p->insns[p->count++] = (struct insn){ .imm = (int32_t)(v >> 32) };
}

static void emit_exit(struct program *p)
{
	emit(p, ISA_EXIT, 0, 0, 0, 0);
}

static const uint64_t edges[] = {
	0,
	1,
	2,
	7,
	31,
	32,
	63,
	64,
	0x7f,
	0x80,
	0xff,
	0x8000,
	0x12345678,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0x123456789abcdef0,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xffffffff80000000,
	0xfffffffffffffffe,
	0xffffffffffffffff,
};

static const int32_t imm_edges[] = {
	0,          1,         2,
	3,          5,         6,
	7,          8,         9,
	10,         16,        31,
	32,         33,        63,
	64,         100,       127,
	128,        255,       256,
	641,        1000,      4096,
	65535,      65536,     1000000007,
	0x12345678, INT32_MAX, -1,
	-2,         -3,        -7,
	-8,         -128,      -129,
	-65536,     INT32_MIN, INT32_MIN + 1,
};

static uint64_t random_value(void)
{
	switch (random_below(4)) {
	case 0: return edges[random_below(ARRAY_LEN(edges))];
	case 1: return (uint32_t)random_u64();
	case 2: return random_u64() >> random_below(64);
	default: return random_u64();
	}
}

static int32_t random_imm(void)
{
	if (random_below(2))
		return imm_edges[random_below(ARRAY_LEN(imm_edges))];
	return (int32_t)(random_u64() >> (32 + random_below(32)));
}

/* Running them ------------------------------------------------------------------------------ */

struct outcome {
	int err;
	uint64_t r0;
	struct vm_fault fault;
	uint8_t stack[sizeof run->stack];
	uint64_t out[OUT_WORDS];
};

struct mode {
	const char *name;
	struct vm_options options;
	bool plain_cpu; /* without what newer processors have */
};

static const struct mode modes[] = {
	/* clang-format off */
	{ "verified",                { .guarded = false }, false },
	{ "verified, old processor", { .guarded = false }, true  },
	{ "blind",                   { .blind = true },    false },
	{ "guarded",                 { .guarded = true },  false },
	{ "limited",                 { .limited = true },  false },
	{ "guarded, limited, blind", { true, true, true }, true  },
	/* clang-format on */
};

static uint8_t packet[64];

static void restrict_cpu(bool plain)
{
#if defined(__x86_64__)
	x86_features_restrict(plain ? &(struct x86_features){ .bmi2 = false } :
				      &(struct x86_features){ .bmi2 = true, .movbe = true });
#elif defined(__aarch64__)
	a64_forget_lse(plain);
#else
	(void)plain;
#endif
}

static void execute(struct vm_prog *prog, bool native, struct outcome *to)
{
	static const uint64_t args[5] = { 0x1111111111111111, 0x22222222, 0x3333333333333333,
					  (uint64_t)-4, 5 };

	memset(run->stack, 0, sizeof run->stack); /* as guarded runs begin */
	memset(out, 0xa5, sizeof out);
	to->r0 = 0;
	to->err = native ? vm_native(prog, run, args, &to->r0) :
			   vm_interpret(prog, run, args, &to->r0);
	to->fault = *vm_run_fault(run);
	memcpy(to->stack, run->stack, sizeof to->stack);
	memcpy(to->out, out, sizeof to->out);
}

/* Where a helper was called from is noted by machine code only if it is guarded. */
static bool same_fault(const struct vm_fault *a, const struct vm_fault *b)
{
	if (a->kind != b->kind || a->kind == VM_FAULT_NONE)
		return a->kind == b->kind;
	if (a->kind == VM_FAULT_HELPER && !run->guarded)
		return true;
	return a->pc == b->pc &&
	       ((a->kind != VM_FAULT_ACCESS && a->kind != VM_FAULT_ALIGN) ||
		(a->address == b->address && a->size == b->size && a->write == b->write));
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->err == b->err && a->r0 == b->r0 && same_fault(&a->fault, &b->fault) &&
	       !memcmp(a->stack, b->stack, sizeof a->stack) &&
	       !memcmp(a->out, b->out, sizeof a->out);
}

static void show_insn(size_t pc, const struct insn *insn)
{
	int op = isa_decode(insn, 2);

	printf("    %4zu: %-16s dst r%u src r%u off %d imm %d (0x%x)\n", pc,
	       op < 0 ? "?" : isa_ops[op].name, insn->dst, insn->src, insn->off, insn->imm,
	       (unsigned int)insn->imm);
}

static void report(const char *what, const char *mode, const struct program *p,
		   const struct outcome *a, const struct outcome *b)
{
	if (failed++ >= MOST_REPORTS)
		return;
	printf("FAILED: %s, %s\n", what, mode);
	printf("  interpreter: err %d r0 %#llx fault %d pc %u address %#llx\n", a->err,
	       (unsigned long long)a->r0, a->fault.kind, a->fault.pc,
	       (unsigned long long)a->fault.address);
	printf("  native:      err %d r0 %#llx fault %d pc %u address %#llx\n", b->err,
	       (unsigned long long)b->r0, b->fault.kind, b->fault.pc,
	       (unsigned long long)b->fault.address);
	for (size_t i = 0; i < sizeof a->stack; i += 8)
		if (load_u64(a->stack + i) != load_u64(b->stack + i))
			printf("  stack +%zu: %#llx, natively %#llx\n", i,
			       (unsigned long long)load_u64(a->stack + i),
			       (unsigned long long)load_u64(b->stack + i));
	for (size_t i = 0; i < OUT_WORDS; i++)
		if (a->out[i] != b->out[i])
			printf("  out[%zu]: %#llx, natively %#llx\n", i,
			       (unsigned long long)a->out[i], (unsigned long long)b->out[i]);
	for (size_t i = 0; i < p->count && i < 200; i++)
		show_insn(i, &p->insns[i]);
}

static struct vm_prog *make(const char *what, const struct program *p,
			    const struct vm_options *options)
{
	struct diag diag = { .name = what };
	struct strbuf text = { 0 };
	struct vm_prog *prog;
	int err = vm_prog_new(p->insns, p->count, &host, options, &diag, &prog);

	if (!err)
		err = jit_compile(prog, &diag);
	if (err) {
		diag_render(&diag, &text);
		printf("%s: not made: %d\n%s", what, err, strbuf_text(&text));
		for (size_t i = 0; i < p->count && i < 200; i++)
			show_insn(i, &p->insns[i]);
		exit(1);
	}
	diag_release(&diag);
	return prog;
}

/* Run @p in @mode on both engines; they must agree.  Returns whether it ended by itself. */
static bool compare(const char *what, const struct program *p, const struct mode *mode,
		    struct outcome *ret_outcome)
{
	static struct outcome native;
	struct vm_prog *prog;

	restrict_cpu(mode->plain_cpu);
	prog = make(what, p, &mode->options);
	execute(prog, false, ret_outcome);
	execute(prog, true, &native);
	if (same(ret_outcome, &native))
		passed++;
	else
		report(what, mode->name, p, ret_outcome, &native);
	vm_prog_free(prog);
	return ret_outcome->fault.kind == VM_FAULT_NONE;
}

static void compare_all(const char *what, const struct program *p)
{
	static struct outcome outcome;

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		(void)compare(what, p, &modes[i], &outcome);
}

/* Every operation --------------------------------------------------------------------------- */

/* The n-th register that is none of these two. */
static unsigned int other_reg(unsigned int a, unsigned int b)
{
	unsigned int reg = 0;

	while (reg == a || reg == b)
		reg++;
	return reg;
}

static void expect(const char *what, size_t n, uint64_t wanted, uint64_t got)
{
	if (wanted == got)
		return;
	if (failed++ < MOST_REPORTS)
		printf("FAILED: %s: result %zu is %#llx, not %#llx\n", what, n,
		       (unsigned long long)got, (unsigned long long)wanted);
}

/* One program: @op on registers @dst and @src with all pairs of edge values; a jump's outcome is
 * whether it jumped. */
static void test_op_reg(enum isa_op op, unsigned int dst, unsigned int src)
{
	static struct program p;
	static struct outcome outcome;
	const bool jump = isa_ops[op].form == ISA_FORM_JMP_REG;
	const unsigned int pointer = other_reg(dst, src);
	uint64_t wanted[OUT_WORDS];
	size_t n = 0;

	p.count = 0;
	emit_lddw(&p, pointer, (uint64_t)(uintptr_t)out);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		for (size_t j = 0; j < ARRAY_LEN(edges); j++) {
			const uint64_t d = dst == src ? edges[j] : edges[i], s = edges[j];

			emit_lddw(&p, dst, d);
			emit_lddw(&p, src, s);
			emit(&p, op, dst, src, jump ? 1 : 0, 0);
			if (jump)
				emit(&p, ISA_XOR64_IMM, dst, 0, 0, 1);
			emit(&p, ISA_STX_DW, pointer, dst, (int)(8 * n), 0);
			if (jump)
				wanted[n++] = d ^ !isa_fold_jmp(op, d, s);
			else
				wanted[n++] = isa_fold_alu(op, d, s);
		}
	}
	emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
	emit_exit(&p);
	for (size_t m = 0; m < 3; m++)
		(void)compare(isa_ops[op].name, &p, &modes[m], &outcome);
	for (size_t i = 0; i < n; i++)
		expect(isa_ops[op].name, i, wanted[i], outcome.out[i]);
}

static void test_op_imm(enum isa_op op, unsigned int dst)
{
	static struct program p;
	static struct outcome outcome;
	const bool jump = isa_ops[op].form == ISA_FORM_JMP_IMM;
	const unsigned int pointer = other_reg(dst, dst);
	uint64_t wanted[OUT_WORDS];
	size_t n = 0;

	p.count = 0;
	emit_lddw(&p, pointer, (uint64_t)(uintptr_t)out);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		for (size_t j = 0; j < ARRAY_LEN(imm_edges); j++) {
			const uint64_t s = (uint64_t)(int64_t)imm_edges[j];

			emit_lddw(&p, dst, edges[i]);
			emit(&p, op, dst, 0, jump ? 1 : 0, imm_edges[j]);
			if (jump)
				emit(&p, ISA_XOR64_IMM, dst, 0, 0, 1);
			emit(&p, ISA_STX_DW, pointer, dst, (int)(8 * n), 0);
			if (jump)
				wanted[n++] = edges[i] ^ !isa_fold_jmp(op, edges[i], s);
			else
				wanted[n++] = isa_fold_alu(op, edges[i], s);
		}
	}
	emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
	emit_exit(&p);
	for (size_t m = 0; m < 3; m++)
		(void)compare(isa_ops[op].name, &p, &modes[m], &outcome);
	for (size_t i = 0; i < n; i++)
		expect(isa_ops[op].name, i, wanted[i], outcome.out[i]);
}

static void test_op_unary(enum isa_op op, unsigned int dst, unsigned int src)
{
	static struct program p;
	static struct outcome outcome;
	const unsigned int pointer = other_reg(dst, src);
	const unsigned int from = isa_ops[op].form == ISA_FORM_MOVSX ? src : dst;

	p.count = 0;
	emit_lddw(&p, pointer, (uint64_t)(uintptr_t)out);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		emit_lddw(&p, from, edges[i]);
		emit(&p, op, dst, src, 0, 0);
		emit(&p, ISA_STX_DW, pointer, dst, (int)(8 * i), 0);
	}
	emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
	emit_exit(&p);
	for (size_t m = 0; m < 3; m++)
		(void)compare(isa_ops[op].name, &p, &modes[m], &outcome);
	for (size_t i = 0; i < ARRAY_LEN(edges); i++)
		expect(isa_ops[op].name, i, isa_fold_unary(op, edges[i]), outcome.out[i]);
}

/* Memory operations: at [base + off], once hitting what r0 holds (for compare-and-exchange) and
 * once not, all registers written out afterwards. */
static void test_op_memory(enum isa_op op, unsigned int dst, unsigned int src)
{
	static struct program p;
	static const int offs[] = { 0, 8, 128, 1000 };
	const enum isa_form form = isa_ops[op].form;
	const bool loads = form == ISA_FORM_LDX || form == ISA_FORM_LDXS ||
			   form == ISA_FORM_LOAD_ACQ;
	const unsigned int base = loads ? src : dst;

	p.count = 0;
	for (size_t i = 0; i < ARRAY_LEN(offs); i++) {
		for (unsigned int reg = 0; reg < 10; reg++)
			emit_lddw(&p, reg, reg ? random_u64() : i & 1 ? 0xa5a5a5a5a5a5a5a5 : i);
		emit_lddw(&p, base, (uint64_t)(uintptr_t)out);
		emit(&p, op, dst, src, offs[i], random_imm());
		for (unsigned int reg = 0; reg < 10; reg++)
			emit(&p, ISA_STX_DW, 10, reg, -8 - 8 * (int)reg - 128 * (int)i, 0);
	}
	emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
	emit_exit(&p);
	compare_all(isa_ops[op].name, &p);
}

static void test_op(enum isa_op op)
{
	const unsigned int step = quick ? 3 : 1;

	for (unsigned int dst = 0; dst < 10; dst += step) {
		if (isa_ops[op].form == ISA_FORM_ALU_IMM || isa_ops[op].form == ISA_FORM_JMP_IMM)
			test_op_imm(op, dst);
		if (isa_ops[op].form == ISA_FORM_NEG || isa_ops[op].form == ISA_FORM_ENDIAN)
			test_op_unary(op, dst, dst);
		if (isa_ops[op].form == ISA_FORM_ST)
			test_op_memory(op, dst, dst);
		for (unsigned int src = 0; src < 10; src += step) {
			switch (isa_ops[op].form) {
			case ISA_FORM_ALU_REG:
			case ISA_FORM_JMP_REG: test_op_reg(op, dst, src); break;
			case ISA_FORM_MOVSX: test_op_unary(op, dst, src); break;
			case ISA_FORM_LDX:
			case ISA_FORM_LDXS:
			case ISA_FORM_STX:
			case ISA_FORM_LOAD_ACQ:
			case ISA_FORM_STORE_REL:
			case ISA_FORM_ATOMIC: test_op_memory(op, dst, src); break;
			default: break;
			}
		}
	}
}

/* Division by constants: many of them, each of many numbers. */
static void test_reciprocals(void)
{
	static const enum isa_op ops[] = { ISA_DIV64_IMM,  ISA_MOD64_IMM,  ISA_DIV32_IMM,
					   ISA_MOD32_IMM,  ISA_SDIV64_IMM, ISA_SMOD64_IMM,
					   ISA_SDIV32_IMM, ISA_SMOD32_IMM };
	static struct program p;

	for (size_t i = 0; i < (quick ? 150 : 1500); i++) {
		const int32_t imm = i < 300 ? (int32_t)i : random_imm();

		p.count = 0;
		emit_lddw(&p, 9, (uint64_t)(uintptr_t)out);
		for (size_t n = 0; n < ARRAY_LEN(ops) * 16; n++) {
			const unsigned int reg = random_below(9);
			const uint64_t k = random_u64() >> random_below(64);

			/* Multiples of the divisor and their neighbours are the hard cases. */
			emit_lddw(&p, reg, n & 1 ? k : k * (uint64_t)imm - (n >> 1 & 1));
			emit(&p, ops[n % ARRAY_LEN(ops)], reg, 0, 0, imm);
			emit(&p, ISA_STX_DW, 9, reg, (int)(8 * n), 0);
		}
		emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
		emit_exit(&p);
		compare_all("division by a constant", &p);
	}
}

static void test_packet_loads(void)
{
	static const int32_t offs[] = {
		0, 1, 12, 60, 61, 62, 63, 64, 100, -1, INT32_MAX, INT32_MIN
	};
	static struct program p;

	for (enum isa_op op = ISA_LD_ABS_B; op <= ISA_LD_IND_W; op++) {
		for (size_t i = 0; i < ARRAY_LEN(offs) * 20; i++) {
			const uint64_t index = (uint64_t)(i / ARRAY_LEN(offs)) - 5 +
					       (i % 3 == 1 ? 0x700000000 : 0);

			p.count = 0;
			emit_lddw(&p, 7, index);
			emit(&p, op, 0, 7, 0, offs[i % ARRAY_LEN(offs)]);
			emit(&p, ISA_ADD64_IMM, 0, 0, 0, 1);
			emit_exit(&p);
			compare_all(isa_ops[op].name, &p);
		}
	}
}

/* Random programs --------------------------------------------------------------------------- */

enum {
	FUNCS = 4,
	MOST_BODY = 60,
	SCRATCH = 256, /* of each frame: below are the dumped registers */
};

/* The operations that a random program may take by themselves: all but control flow. */
static enum isa_op random_op(void)
{
	for (;;) {
		const enum isa_op op = (enum isa_op)random_below(ISA_OP_COUNT);

		switch (isa_ops[op].form) {
		case ISA_FORM_ALU_IMM:
		case ISA_FORM_ALU_REG:
		case ISA_FORM_NEG:
		case ISA_FORM_MOVSX:
		case ISA_FORM_ENDIAN: return op;
		default: break;
		}
	}
}

static enum isa_op random_memory_op(void)
{
	for (;;) {
		const enum isa_op op = (enum isa_op)random_below(ISA_OP_COUNT);

		switch (isa_ops[op].form) {
		case ISA_FORM_LDX:
		case ISA_FORM_LDXS:
		case ISA_FORM_ST:
		case ISA_FORM_STX:
		case ISA_FORM_LOAD_ACQ:
		case ISA_FORM_STORE_REL:
		case ISA_FORM_ATOMIC: return op;
		default: break;
		}
	}
}

static bool base_is_src(enum isa_op op)
{
	return isa_ops[op].form == ISA_FORM_LDX || isa_ops[op].form == ISA_FORM_LDXS ||
	       isa_ops[op].form == ISA_FORM_LOAD_ACQ;
}

static unsigned int random_reg(void)
{
	return random_below(10);
}

/* An access through a pointer into the frame, made in one of the ways compilers do.  The pointer's
 * register stays alive or not, as it happens. */
static void random_access(struct program *p)
{
	const enum isa_op op = random_memory_op();
	const unsigned int base = random_below(4) ? random_reg() : 10, other = random_reg();
	unsigned int index = random_reg();
	int off = -(int)(8 * (1 + random_below(SCRATCH / 8)));

	if (base != 10) {
		switch (random_below(5)) {
		case 0: emit(p, ISA_MOV64_REG, base, 10, 0, 0); break;
		case 1:
			emit(p, ISA_MOV64_REG, base, 10, 0, 0);
			emit(p, ISA_ADD64_IMM, base, 0, 0, off / 2 & -8);
			off -= off / 2 & -8;
			break;
		case 2:
		case 3:
			while (index == base)
				index = random_reg();
			emit(p, ISA_MOV64_IMM, index, 0, 0, (int32_t)(8 * random_below(2)));
			emit(p, ISA_MOV64_REG, base, index, 0, 0);
			if (random_below(2))
				emit(p, ISA_LSH64_IMM, base, 0, 0, (int32_t)random_below(4));
			if (random_below(4) == 0)
				emit(p, ISA_MOV64_REG, index, 10, 0, 0);
			emit(p, ISA_ADD64_REG, base, 10, 0, 0);
			off = off > -128 ? -136 : off;
			break;
		default:
			emit(p, ISA_MOV64_REG, base, 10, 0, 0);
			emit(p, ISA_ADD64_IMM, base, 0, 0, -8);
			emit(p, ISA_MOV64_REG, other, base, 0, 0);
			if (other == base || off == -8 * (SCRATCH / 8))
				off += 8;
			if (random_below(2)) {
				emit(p, op, base_is_src(op) ? index : other,
				     base_is_src(op) ? other : index, off, random_imm());
				return;
			}
			break;
		}
	}
	if (base_is_src(op))
		emit(p, op, random_reg(), base, off, 0);
	else
		emit(p, op, base, random_reg(), off, random_imm());
}

/* Pairs that the translator treats as one. */
static void random_idiom(struct program *p)
{
	static const int32_t counts[] = { 32, 48, 56, 31, 33, 16, 63 };
	const int32_t count = counts[random_below(ARRAY_LEN(counts))];
	const unsigned int a = random_reg(), b = random_reg();

	switch (random_below(6)) {
	case 0:
		emit(p, ISA_LSH64_IMM, a, 0, 0, count);
		emit(p, random_below(2) ? ISA_RSH64_IMM : ISA_ARSH64_IMM, a, 0, 0,
		     random_below(3) ? count : count - (int32_t)random_below(16));
		break;
	case 1:
		emit(p, ISA_MOV64_REG, a, b, 0, 0);
		emit(p, ISA_ADD64_IMM, a, 0, 0, random_imm());
		break;
	case 2:
		emit(p, ISA_MOV64_REG, a, b, 0, 0);
		emit(p, ISA_ADD64_REG, a, random_reg(), 0, 0);
		break;
	case 3:
		emit(p, ISA_MOV64_REG, a, b, 0, 0);
		emit(p, ISA_AND64_IMM, a, 0, 0, random_imm());
		break;
	case 4:
		emit(p, ISA_MOV64_REG, a, b, 0, 0);
		emit(p, ISA_LSH64_IMM, a, 0, 0, (int32_t)random_below(5));
		emit(p, ISA_ADD64_REG, a, random_reg(), 0, 0);
		break;
	default: emit(p, ISA_MOV32_REG, a, random_below(2) ? a : b, 0, 0); break;
	}
}

/* An address computed from an index, used at once, and the registers perhaps not used again. */
static void random_index(struct program *p)
{
	static const enum isa_op moves[] = { ISA_MOV64_REG, ISA_MOV32_REG, ISA_MOVSX64_32 };
	const enum isa_op op = random_memory_op();
	const unsigned int i = random_below(3), t = 3 + random_below(3), base = 6 + random_below(3);
	const unsigned int value = random_reg();
	const size_t first = p->count;

	emit(p, ISA_MOV64_REG, base, 10, 0, 0);
	emit(p, ISA_ADD64_IMM, base, 0, 0, -SCRATCH);
	emit(p, ISA_AND64_IMM, i, 0, 0, random_below(2) ? 8 : 0);
	if (random_below(2)) {
		emit(p, moves[random_below(3)], t, i, 0, 0);
		if (random_below(2))
			emit(p, ISA_LSH64_IMM, t, 0, 0, (int32_t)random_below(4));
		emit(p, ISA_ADD64_REG, base, t, 0, 0);
		emit(p, op, base_is_src(op) ? value : base, base_is_src(op) ? base : value, 0, 5);
	} else {
		emit(p, ISA_MOV64_REG, t, base, 0, 0);
		emit(p, ISA_ADD64_REG, t, i, 0, 0);
		emit(p, op, base_is_src(op) ? value : t, base_is_src(op) ? t : value, 0, 5);
	}
	if (random_below(2))
		emit(p, ISA_MOV64_IMM, base, 0, 0, 1);
	if (random_below(2))
		emit(p, ISA_MOV64_IMM, t, 0, 0, 2);
	for (size_t pc = first + 1; pc < p->count; pc++)
		p->inside[pc] = true;
}

/* Two operations of which the first may only make an operand of the second. */
static void random_operand(struct program *p)
{
	static const enum isa_op first[] = { ISA_LSH64_IMM, ISA_RSH64_IMM, ISA_ARSH64_IMM,
					     ISA_LSH32_IMM, ISA_RSH32_IMM, ISA_ARSH32_IMM,
					     ISA_MUL64_REG, ISA_MUL32_REG };
	static const enum isa_op second[] = { ISA_ADD64_REG, ISA_SUB64_REG, ISA_OR64_REG,
					      ISA_AND64_REG, ISA_XOR64_REG, ISA_ADD32_REG,
					      ISA_SUB32_REG, ISA_OR32_REG,  ISA_AND32_REG,
					      ISA_XOR32_REG };
	const unsigned int a = random_reg(), b = random_reg();

	if (random_below(2))
		emit(p, random_below(2) ? ISA_MOV64_REG : ISA_MOV32_REG, a, random_reg(), 0, 0);
	emit(p, first[random_below(ARRAY_LEN(first))], a, random_reg(), 0,
	     (int32_t)random_below(32));
	emit(p, second[random_below(ARRAY_LEN(second))], b, a, 0, 0);
	if (random_below(2))
		emit(p, ISA_MOV64_IMM, a, 0, 0, 3);
}

/* A rotation, or nearly one. */
static void random_rotation(struct program *p)
{
	const bool wide = random_below(2), right = random_below(2);
	const enum isa_op up = wide ? ISA_LSH64_IMM : ISA_LSH32_IMM;
	const enum isa_op down = wide ? ISA_RSH64_IMM : ISA_RSH32_IMM;
	const enum isa_op move = random_below(4) ? ISA_MOV64_REG : ISA_MOV32_REG;
	const int32_t by = (int32_t)random_below(wide ? 64 : 32);
	const int32_t rest = (wide ? 64 : 32) - by - (random_below(8) == 0);
	const unsigned int from = random_reg(), part = random_reg();
	unsigned int to = from;

	emit(p, move, part, from, 0, 0);
	emit(p, right ? down : up, part, 0, 0, by);
	if (random_below(2)) {
		to = random_reg();
		emit(p, move, to, from, 0, 0);
	}
	emit(p, right ? up : down, to, 0, 0, rest);
	emit(p, wide ? ISA_OR64_REG : ISA_OR32_REG, to, part, 0, 0);
	if (random_below(2))
		emit(p, ISA_MOV64_IMM, part, 0, 0, 5);
}

/* Bits taken out of a register, perhaps only to be tested. */
static void random_bits(struct program *p)
{
	static const enum isa_op tests[] = { ISA_JEQ64_IMM, ISA_JNE64_IMM, ISA_JEQ32_IMM,
					     ISA_JNE32_IMM };
	const unsigned int a = random_reg();

	if (random_below(2))
		emit(p, random_below(2) ? ISA_MOV64_REG : ISA_MOV32_REG, a, random_reg(), 0, 0);
	if (random_below(2))
		emit(p, random_below(2) ? ISA_RSH64_IMM : ISA_RSH32_IMM, a, 0, 0,
		     (int32_t)random_below(64));
	emit(p, random_below(2) ? ISA_AND64_IMM : ISA_AND32_IMM, a, 0, 0,
	     random_below(2) ? (int32_t)(UINT32_MAX >> random_below(32)) : random_imm());
	if (random_below(2)) {
		emit(p, tests[random_below(4)], a, 0, (int)random_below(MOST_BODY), 0);
		if (random_below(2))
			emit(p, ISA_MOV64_IMM, a, 0, 0, 4);
	}
}

/* Neighbours in memory; a half word in the order of networks. */
static void random_neighbours(struct program *p)
{
	static const enum isa_op ops[][3] = { { ISA_LDX_DW, ISA_STX_DW, ISA_ST_DW },
					      { ISA_LDX_W, ISA_STX_W, ISA_ST_W } };
	const unsigned int size = random_below(2), kind = random_below(3);
	const int bytes = size ? 4 : 8, off = -SCRATCH + 8 * (int)random_below(4);
	const int by = random_below(2) ? bytes : -bytes;
	const unsigned int reg = random_reg();

	if (random_below(4) == 0) {
		emit(p, ISA_LDX_H, reg, 10, off, 0);
		emit(p, random_below(2) ? ISA_BE16 : ISA_BSWAP16, reg, 0, 0, 0);
		return;
	}
	for (int i = 1; i <= 2; i++) {
		const enum isa_op op = ops[size][kind && i == 2 ? 1 + random_below(2) : kind];
		const unsigned int other = random_reg();

		emit(p, op, kind ? 10 : other, kind ? other : 10, off + 32 + i * by, random_imm());
	}
}

static enum isa_op random_jump_op(void)
{
	for (;;) {
		const enum isa_op op = (enum isa_op)random_below(ISA_OP_COUNT);

		if (isa_ops[op].form == ISA_FORM_JMP_IMM || isa_ops[op].form == ISA_FORM_JMP_REG ||
		    op == ISA_MAY_GOTO || op == ISA_JA)
			return op;
	}
}

/* A call; r1 to r5 are defined again afterwards. */
static void random_call(struct program *p, unsigned int func)
{
	if (func + 1 < FUNCS && random_below(2)) {
		/* imm: the function's number for now */
		emit(p, ISA_CALL_LOCAL, 0, 0, 0,
		     (int32_t)(func + 1 + random_below(FUNCS - func - 1)));
	} else {
		emit(p, ISA_CALL, 0, 0, 0, 0);
	}
	for (unsigned int reg = 1; reg <= 5; reg++)
		emit(p, ISA_MOV64_IMM, reg, 0, 0, random_imm());
}

static void random_body(struct program *p, unsigned int func, bool wild)
{
	const size_t start = p->count, length = 5 + random_below(MOST_BODY);
	size_t first;

	while (p->count < start + length) {
		switch (random_below(16)) {
		case 0:
		case 1:
			first = p->count;
			random_access(p);
			for (size_t pc = first + 1; pc < p->count; pc++)
				p->inside[pc] = true;
			break;
		case 2: random_idiom(p); break;
		case 3:
			switch (random_below(5)) {
			case 0: random_index(p); break;
			case 3: random_rotation(p); break;
			case 1: random_operand(p); break;
			case 2: random_bits(p); break;
			default: random_neighbours(p); break;
			}
			break;
		case 4: emit_lddw(p, random_reg(), random_value()); break;
		case 5:
			if (random_below(3) == 0)
				random_call(p, func);
			break;
		case 6:
		case 7:
			/* off: slots of this function, for now */
			emit(p, random_jump_op(), random_reg(), random_reg(),
			     (int)random_below((uint32_t)length), random_imm());
			break;
		case 8:
			if (wild && random_below(4) == 0)
				emit(p, random_memory_op(), random_reg(), random_reg(),
				     (int)random_below(100) - 50, random_imm());
			break;
		default: emit(p, random_op(), random_reg(), random_reg(), 0, random_imm()); break;
		}
	}
}

/* Where in [start, end) an instruction begins, at or after @at. */
static size_t next_start(const struct program *p, size_t start, size_t end, size_t at)
{
	size_t pc = start;

	while ((pc < at || p->inside[pc]) && pc < end)
		pc += p->insns[pc].code == isa_ops[ISA_LDDW].code ? 2 : 1;
	return pc < end ? pc : end - 1;
}

/* Give jumps and calls their real offsets. */
static void fix_up(struct program *p, const size_t *starts)
{
	for (unsigned int func = 0; func < FUNCS; func++) {
		for (size_t pc = starts[func]; pc < starts[func + 1]; pc++) {
			struct insn *insn = &p->insns[pc];
			const int op = isa_decode(insn, 2);
			int64_t to;
			size_t target;

			if (op == ISA_CALL_LOCAL)
				insn->imm = (int32_t)starts[insn->imm] - (int32_t)pc - 1;
			if (op < 0 || !isa_jump_target((enum isa_op)op, insn, pc, &to))
				continue;
			target = next_start(p, starts[func], starts[func + 1],
					    starts[func] + (size_t)insn->off);
			/* Backwards only sometimes: most programs should end. */
			if (target <= pc && random_below(4))
				target = next_start(p, starts[func], starts[func + 1],
						    pc + 1 + random_below(8));
			insn->off = (int16_t)((int64_t)target - (int64_t)pc - 1);
		}
	}
}

/* At the start of a function only its arguments have values that programs may rely on. */
static void define_kept(struct program *p)
{
	emit(p, ISA_MOV64_IMM, 0, 0, 0, random_imm());
	for (unsigned int reg = 6; reg < 10; reg++)
		emit(p, ISA_MOV64_IMM, reg, 0, 0, random_imm());
	for (int off = -8; off >= -SCRATCH; off -= 8)
		emit(p, ISA_ST_DW, 10, 0, off, off);
}

static void random_program(struct program *p, bool wild)
{
	size_t starts[FUNCS + 1];

	p->count = 0;
	for (unsigned int func = 0; func < FUNCS; func++) {
		starts[func] = p->count;
		if (func == 0)
			for (unsigned int reg = 0; reg < 10; reg++)
				emit_lddw(p, reg, random_value());
		else
			define_kept(p);
		random_body(p, func, wild);
		for (unsigned int reg = 0; reg < 10; reg++)
			emit(p, ISA_STX_DW, 10, reg, -SCRATCH - 8 - 8 * (int)reg, 0);
		emit_exit(p);
	}
	starts[FUNCS] = p->count;
	fix_up(p, starts);
}

static void test_random(unsigned int count)
{
	static struct program p;
	static struct outcome outcome;
	const struct mode limited = { "limited (first)", { .limited = true }, false };
	const struct mode wild = { "guarded, limited, wild", { true, true, false }, false };

	vm_run_set_limits(run, 3000, 0);
	for (unsigned int i = 0; i < count; i++) {
		random_program(&p, i % 4 == 3);
		if (i % 4 == 3) {
			(void)compare("random program", &p, &wild, &outcome);
			continue;
		}
		if (!compare("random program", &p, &limited, &outcome))
			continue; /* without a limit it might not end */
		compare_all("random program", &p);
	}
	vm_run_set_limits(run, 0, 0);
}

/* Single things ----------------------------------------------------------------------------- */

static void check(const char *what, bool holds)
{
	if (holds) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: %s\n", what);
}

static void test_code_memory(void)
{
	char line[512];
	FILE *maps;
	struct program p = { .count = 0 };
	const struct vm_options options = { .guarded = false };
	struct vm_prog *prog;
	unsigned long long code, start, end;
	char bits[8];
	size_t bytes;
	bool found = false, writable = false;

	emit(&p, ISA_MOV64_IMM, 0, 0, 0, 1);
	emit_exit(&p);
	prog = make("code memory", &p, &options);
	code = (unsigned long long)(uintptr_t)jit_code(prog, &bytes);
	maps = fopen("/proc/self/maps", "r");
	while (maps && fgets(line, sizeof line, maps)) {
		if (sscanf(line, "%llx-%llx %7s", &start, &end, bits) != 3)
			continue;
		found = found || (start <= code && code < end && bits[2] == 'x');
		writable = writable || (bits[1] == 'w' && bits[2] == 'x');
	}
	if (maps)
		(void)fclose(maps);
	check("machine code lies in executable memory", found);
	check("no memory is writable and executable", !writable);
	vm_prog_free(prog);
}

/* On arm64, constants are in two halves: 16 bits each, in the middle of two instructions. */
static bool code_contains(const struct vm_prog *prog, uint32_t value)
{
	size_t bytes;
	const uint8_t *code = jit_code(prog, &bytes);

	for (size_t i = 0; i + 8 <= bytes; i++)
		if (load_u32(code + i) == value ||
		    ((load_u32(code + i) >> 5 & 0xffff) == (value & 0xffff) &&
		     (load_u32(code + i + 4) >> 5 & 0xffff) == value >> 16))
			return true;
	return false;
}

static void test_blinding(void)
{
	static struct program p;
	const uint32_t chosen = 0x12345678;

	for (int blind = 0; blind < 2; blind++) {
		const struct vm_options options = { .blind = blind };

		for (int op = 0; op < ISA_OP_COUNT; op++) {
			const enum isa_form form = isa_ops[op].form;
			struct vm_prog *prog;

			if (form != ISA_FORM_ALU_IMM && form != ISA_FORM_ST &&
			    form != ISA_FORM_JMP_IMM && form != ISA_FORM_LD_ABS &&
			    form != ISA_FORM_LD_IND && op != ISA_LDDW)
				continue;
			p.count = 0;
			emit(&p, ISA_MOV64_IMM, 0, 0, 0, 1);
			emit(&p, (enum isa_op)op, 1, 1, 0, (int32_t)chosen);
			if (op == ISA_LDDW)
				p.insns[p.count++] = (struct insn){ .imm = (int32_t)chosen };
			emit_exit(&p);
			prog = make("blinding", &p, &options);
			if (blind)
				check(isa_ops[op].name, !code_contains(prog, chosen));
			else if (op == ISA_MOV64_IMM)
				check("without blinding constants are visible",
				      code_contains(prog, chosen));
			vm_prog_free(prog);
		}
	}
}

/* Helpers ----------------------------------------------------------------------------------- */

enum helper_id {
	HELPER_MIX,
	HELPER_CALLBACK,
	HELPER_TAIL_CALL,
	HELPER_UNWIND,
	HELPER_FAULT,
	HELPER_LOOKUP,
	HELPER_CPU,
	HELPERS,
};

static uint64_t mix(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		    struct vm_run *from)
{
	double aligned = (double)(r1 & 0xff) * 1.5; /* makes compilers use aligned stack */

	return r1 + 3 * r2 + 5 * r3 + 7 * r4 + 11 * r5 + (from == run) + (uint64_t)aligned;
}

/* Calls r1 (a function) r2 times with the count and r3. */
static uint64_t call_times(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			   struct vm_run *from)
{
	uint64_t sum = 0, one;

	for (uint64_t i = 0; i < r2; i++) {
		const uint64_t args[5] = { i, r3, r4, r5, 0 };

		if (!vm_call_back(from, r1, args, &one))
			return 0;
		sum += one;
	}
	return sum;
}

static uint64_t is_even(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			struct vm_run *from)
{
	(void)r2, (void)r3, (void)r4, (void)r5, (void)from;
	return !(r1 & 1);
}

static uint64_t make_fault(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			   struct vm_run *from)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5;
	vm_helper_fault(from, "as asked");
	return 0;
}

static struct map array = {
	.type = MAP_TYPE_ARRAY,
	.key_size = 4,
	.value_size = 24,
	.max_entries = 10,
	.values = (uint8_t *)out,
	.stride = 24,
};

static uint64_t lookup(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct vm_run *from)
{
	const struct map *map = (const struct map *)(uintptr_t)r1;
	const uint32_t key = load_u32((const void *)(uintptr_t)r2);

	(void)r3, (void)r4, (void)r5, (void)from;
	return key < map->max_entries ? (uint64_t)(uintptr_t)(map->values + key * map->stride) : 0;
}

static uint64_t zero(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		     struct vm_run *from)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5, (void)from;
	return 0;
}

static const struct vm_helper helpers[HELPERS] = {
	/* clang-format off */
	[HELPER_MIX] =       { "mix",        mix,        VM_HELPER_CALL       },
	[HELPER_CALLBACK] =  { "call_times", call_times, VM_HELPER_CALLBACK   },
	[HELPER_TAIL_CALL] = { "tail_call",  NULL,       VM_HELPER_TAIL_CALL  },
	[HELPER_UNWIND] =    { "is_even",    is_even,    VM_HELPER_UNWIND     },
	[HELPER_FAULT] =     { "make_fault", make_fault, VM_HELPER_CALL       },
	[HELPER_LOOKUP] =    { "lookup",     lookup,     VM_HELPER_MAP_LOOKUP },
	[HELPER_CPU] =       { "cpu",        zero,       VM_HELPER_CPU_ID     },
	/* clang-format on */
};

static const struct vm_prog *tail_targets[2];

static const struct vm_prog *tail_target(struct vm_run *from, uint64_t map, uint32_t index)
{
	(void)from;
	(void)map;
	return index < ARRAY_LEN(tail_targets) ? tail_targets[index] : NULL;
}

static int resolve(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		   uint64_t *ret_address)
{
	(void)data, (void)op, (void)insn, (void)diag;
	*ret_address = (uint64_t)(uintptr_t)&array;
	return 0;
}

static struct vm_host host = {
	.helpers = helpers,
	.helper_count = HELPERS,
	.resolve = resolve,
	.tail_target = tail_target,
};

static void emit_ld_func(struct program *p, unsigned int dst, size_t start)
{
	struct insn *insn = emit(p, ISA_LD_FUNC, dst, 0, 0, 0);

	insn->imm = (int32_t)start - (int32_t)p->count;
	p->insns[p->count++] = (struct insn){ .code = 0 };
}

static void test_callbacks(void)
{
	static struct program p;

	for (int what = 0; what < 4; what++) {
		p.count = 0;
		emit(&p, ISA_MOV64_IMM, 6, 0, 0, 1000);
		emit(&p, ISA_ST_DW, 10, 0, -8, 77);
		emit_ld_func(&p, 1, 12);
		emit(&p, ISA_MOV64_IMM, 2, 0, 0, 5);
		emit(&p, ISA_MOV64_REG, 3, 10, 0, 0);
		emit(&p, ISA_MOV64_IMM, 4, 0, 0, 0);
		emit(&p, ISA_MOV64_IMM, 5, 0, 0, 0);
		emit(&p, ISA_CALL, 0, 0, 0, HELPER_CALLBACK);
		emit(&p, ISA_ADD64_REG, 0, 6, 0, 0);
		emit(&p, ISA_LDX_DW, 1, 10, -8, 0);
		emit_exit(&p);
		/* 12: r0 = r1 * 2 + *(r2 - 8), by way of r6 and its own frame */
		emit(&p, ISA_MOV64_REG, 6, 1, 0, 0);
		emit(&p, ISA_STX_DW, 10, 6, -8, 0);
		emit(&p, ISA_LDX_DW, 0, 2, -8, 0);
		emit(&p, ISA_ADD64_REG, 0, 6, 0, 0);
		emit(&p, ISA_LDX_DW, 6, 10, -8, 0);
		emit(&p, ISA_ADD64_REG, 0, 6, 0, 0);
		if (what == 1) { /* unwind: ends this callback */
			emit(&p, ISA_MOV64_REG, 1, 6, 0, 0);
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_UNWIND);
		} else if (what == 2) {
			emit(&p, ISA_LD_ABS_B, 0, 0, 0, 1000);
		} else if (what == 3) {
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_FAULT);
		}
		emit_exit(&p);
		compare_all("callback", &p);
	}
	p.count = 0;
	emit(&p, ISA_MOV64_IMM, 1, 0, 0, 1); /* no function */
	emit(&p, ISA_MOV64_IMM, 2, 0, 0, 1);
	emit(&p, ISA_CALL, 0, 0, 0, HELPER_CALLBACK);
	emit_exit(&p);
	compare_all("callback of no function", &p);
}

static void test_unwind(void)
{
	static struct program p;

	for (int even = 0; even < 2; even++) {
		p.count = 0;
		emit(&p, ISA_CALL_LOCAL, 0, 0, 0, 1);
		emit_exit(&p);
		emit(&p, ISA_MOV64_IMM, 7, 0, 0, 2);
		emit(&p, ISA_MOV64_IMM, 1, 0, 0, even);
		emit(&p, ISA_CALL, 0, 0, 0, HELPER_UNWIND);
		emit(&p, ISA_MOV64_IMM, 0, 0, 0, 99);
		emit_exit(&p);
		compare_all("unwind", &p);
	}
}

static void test_recursion(void)
{
	static struct program p;
	static struct outcome outcome;
	const struct mode guarded = { "guarded", { .guarded = true }, false };

	for (int depth = 1; depth <= 10; depth++) {
		p.count = 0;
		emit(&p, ISA_MOV64_IMM, 1, 0, 0, depth);
		emit(&p, ISA_CALL_LOCAL, 0, 0, 0, 1);
		emit_exit(&p);
		/* 3: calls itself r1 times */
		emit(&p, ISA_MOV64_REG, 6, 1, 0, 0);
		emit(&p, ISA_STX_DW, 10, 6, -8, 0);
		emit(&p, ISA_MOV64_IMM, 0, 0, 0, 0);
		emit(&p, ISA_ADD64_IMM, 1, 0, 0, -1);
		emit(&p, ISA_JEQ64_IMM, 1, 0, 1, 0);
		emit(&p, ISA_CALL_LOCAL, 0, 0, 0, -6);
		emit(&p, ISA_ADD64_REG, 0, 6, 0, 0);
		emit_exit(&p);
		(void)compare("recursion", &p, &guarded, &outcome);
	}
}

/* A tail call to itself until it fails, from the main function and from one below. */
static void test_tail_calls(void)
{
	static struct program p;
	static struct outcome a, b;

	for (size_t m = 0; m < ARRAY_LEN(modes); m++) {
		for (int below = 0; below < 2; below++) {
			struct vm_prog *prog, *other;

			p.count = 0;
			emit(&p, ISA_MOV64_IMM, 0, 0, 0, 5);
			emit_exit(&p);
			other = make("tail call", &p, &modes[m].options);
			p.count = 0;
			emit_lddw(&p, 6, (uint64_t)(uintptr_t)out);
			emit(&p, ISA_LDX_DW, 7, 6, 0, 0);
			emit(&p, ISA_ADD64_IMM, 7, 0, 0, 1);
			emit(&p, ISA_STX_DW, 6, 7, 0, 0);
			if (below) {
				emit(&p, ISA_CALL_LOCAL, 0, 0, 0, 2);
				emit(&p, ISA_ADD64_REG, 0, 7, 0, 0);
				emit_exit(&p);
			}
			emit(&p, ISA_MOV64_IMM, 6, 0, 0, 3);
			emit(&p, ISA_MOV64_IMM, 3, 0, 0, 0);
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_TAIL_CALL);
			emit(&p, ISA_MOV64_IMM, 3, 0, 0, 1);
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_TAIL_CALL);
			emit(&p, ISA_MOV64_IMM, 3, 0, 0, 7);
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_TAIL_CALL);
			emit(&p, ISA_MOV64_IMM, 0, 0, 0, 1);
			emit_exit(&p);
			prog = make("tail call", &p, &modes[m].options);
			tail_targets[0] = prog;
			tail_targets[1] = m & 1 ? other : NULL;
			vm_run_add_region(run, &(struct vm_region){ (uint64_t)(uintptr_t)out,
								    sizeof out, true });
			execute(prog, false, &a);
			execute(prog, true, &b);
			vm_run_clear_regions(run);
			if (same(&a, &b))
				passed++;
			else
				report("tail calls", modes[m].name, &p, &a, &b);
			vm_prog_free(prog);
			vm_prog_free(other);
			tail_targets[0] = tail_targets[1] = NULL;
		}
	}
}

static void test_array_lookup(void)
{
	static struct program p;

	for (uint32_t stride = 8; stride <= 24; stride += 8) {
		for (int32_t key = -1; key < 12; key++) {
			array.stride = stride;
			p.count = 0;
			emit(&p, ISA_ST_W, 10, 0, -4, key);
			emit(&p, ISA_MOV64_REG, 7, 10, 0, 0);
			emit(&p, ISA_ADD64_IMM, 7, 0, 0, -4);
			emit(&p, ISA_MOV64_REG, 6, 7, 0, 0);
			emit(&p, ISA_MOV64_REG, 2, 10, 0, 0);
			emit(&p, ISA_ADD64_IMM, 2, 0, 0, -4);
			emit(&p, ISA_LD_MAP_FD, 1, 0, 0, 3);
			p.insns[p.count++] = (struct insn){ .code = 0 };
			emit(&p, ISA_CALL, 0, 0, 0, HELPER_LOOKUP);
			for (int jump = 0; jump < 2; jump++) {
				emit(&p, jump ? ISA_JEQ64_IMM : ISA_JNE64_IMM, 0, 0, 2, 0);
				emit(&p, ISA_MOV64_IMM, 0, 0, 0, 7);
				emit(&p, ISA_JA, 0, 0, 1, 0);
				emit(&p, ISA_ADD64_REG, 0, 6, 0, 0);
				if (jump || key % 3)
					break;
				emit(&p, ISA_MOV64_REG, 2, 7, 0, 0);
				emit(&p, ISA_LD_MAP_FD, 1, 0, 0, 3);
				p.insns[p.count++] = (struct insn){ .code = 0 };
				emit(&p, ISA_CALL, 0, 0, 0, HELPER_LOOKUP);
			}
			emit_exit(&p);
			compare_all("lookup in an array", &p);
		}
	}
}

static void test_cpu_id(void)
{
	static struct program p;
	static struct outcome outcome;
	const struct vm_options options = { .guarded = false };
	struct vm_prog *prog;

	p.count = 0;
	emit(&p, ISA_CALL, 0, 0, 0, HELPER_CPU);
	emit_exit(&p);
	prog = make("processor's number", &p, &options);
	execute(prog, true, &outcome);
	check("a processor's number is small", !outcome.err && outcome.r0 < 8192);
	vm_prog_free(prog);
}

/* The largest program there may be, also where there are no memory files to put it in. */
static void test_large(bool without_files)
{
	struct rlimit usual;
	static struct insn insns[ISA_MOST_INSNS];
	const struct vm_options options = { .guarded = true, .limited = true };
	static const uint64_t args[5] = { 0 };
	struct diag diag = { .name = "large" };
	struct vm_prog *prog;
	uint64_t r0 = 0;

	for (size_t i = 0; i < ISA_MOST_INSNS; i++) {
		switch (i % 4) {
		case 0: insns[i] = isa_encode(ISA_ADD64_IMM); break;
		case 1: insns[i] = isa_encode(ISA_JNE64_IMM); break;
		case 2: insns[i] = isa_encode(ISA_STX_DW); break;
		default: insns[i] = isa_encode(ISA_ADD32_REG); break;
		}
		if (i % 4 == 0)
			insns[i].imm = 1;
		if (i % 4 == 1)
			insns[i].off = i + 100 < ISA_MOST_INSNS ? 10 : 1;
		if (i % 4 == 2)
			insns[i].dst = 10, insns[i].off = -8;
	}
	insns[0] = isa_encode(ISA_MOV64_IMM);
	insns[ISA_MOST_INSNS - 3] = isa_encode(ISA_JA);
	insns[ISA_MOST_INSNS - 3].off = 1;
	insns[ISA_MOST_INSNS - 1] = isa_encode(ISA_EXIT);
	if (vm_prog_new(insns, ISA_MOST_INSNS, &host, &options, &diag, &prog)) {
		check("the largest program is accepted", false);
		return;
	}
	(void)getrlimit(RLIMIT_NOFILE, &usual);
	if (without_files)
		(void)setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, usual.rlim_max });
	check("the largest program is compiled", !jit_compile(prog, &diag));
	(void)setrlimit(RLIMIT_NOFILE, &usual);
	check("the largest program runs", !vm_native(prog, run, args, &r0) && r0);
	vm_prog_free(prog);
}

/* Jumps as far as they go, over as much code as there can be: in guarded programs more than a
 * megabyte, beyond what arm64's conditional branches reach. */
static void test_far_jumps(void)
{
	static struct program p;
	size_t top, jumps, end;

	p.count = 0;
	emit_lddw(&p, 1, (uint64_t)(uintptr_t)out);
	emit(&p, ISA_MOV64_IMM, 2, 0, 0, 0);
	emit(&p, ISA_MOV64_IMM, 6, 0, 0, 3);
	top = p.count;
	emit(&p, ISA_ADD64_IMM, 6, 0, 0, -1);
	emit(&p, ISA_ADD64_REG, 2, 6, 0, 0);
	jumps = p.count;
	emit(&p, ISA_JSLT64_IMM, 6, 0, 0, 0);
	emit(&p, ISA_JSET64_IMM, 6, 0, 0, 0x100);
	emit(&p, ISA_JEQ32_IMM, 2, 0, 0, 0);
	emit(&p, ISA_JGT64_REG, 6, 1, 0, 0);
	while (p.count < 32700)
		emit(&p, ISA_STX_DW, 1, 2, 8 * (int)(p.count % 100), 0);
	emit(&p, ISA_JSET32_IMM, 6, 0, (int)top - (int)p.count - 1, 2);
	emit(&p, ISA_JNE64_IMM, 6, 0, (int)top - (int)p.count - 1, 0);
	emit(&p, ISA_JSGE64_REG, 6, 2, (int)top - (int)p.count - 1, 0);
	end = p.count;
	emit(&p, ISA_MOV64_REG, 0, 2, 0, 0);
	emit_exit(&p);
	for (size_t pc = jumps; pc < jumps + 4; pc++)
		p.insns[pc].off = (int16_t)(end - pc - 1);
	compare_all("far jumps", &p);
}

/* Unaligned atomic operations of programs that nobody verified are faults: in the frame, where
 * nothing else is checked, and elsewhere. */
static void test_unaligned_atomics(void)
{
	static struct program p;
	static struct outcome outcome;
	const struct mode guarded[] = { { "guarded", { .guarded = true }, false },
					{ "guarded, old processor", { .guarded = true }, true } };

	for (int op = 0; op < ISA_OP_COUNT; op++) {
		const enum isa_form form = isa_ops[op].form;

		if (form != ISA_FORM_ATOMIC && form != ISA_FORM_LOAD_ACQ &&
		    form != ISA_FORM_STORE_REL)
			continue;
		for (int i = 0; i < 4; i++) {
			const unsigned int base = i & 1 ? 10 : 2;

			p.count = 0;
			emit(&p, ISA_MOV64_IMM, 1, 0, 0, 1);
			emit_lddw(&p, 2, (uint64_t)(uintptr_t)out + 16);
			emit(&p, (enum isa_op)op, form == ISA_FORM_LOAD_ACQ ? 1 : base,
			     form == ISA_FORM_LOAD_ACQ ? base : 1, -9, 0);
			emit_exit(&p);
			(void)compare("unaligned atomic operation", &p, &guarded[i / 2], &outcome);
			check("unaligned atomic operations are faults",
			      isa_ops[op].access_bytes == 1 ?
				      !outcome.err :
				      outcome.err == -EFAULT &&
					      outcome.fault.kind == VM_FAULT_ALIGN);
		}
	}
}

static bool jit_is_there(void)
{
	struct program *p = calloc(1, sizeof *p);
	const struct vm_options options = { .guarded = false };
	struct vm_prog *prog;
	bool there;

	emit(p, ISA_MOV64_IMM, 0, 0, 0, 0);
	emit_exit(p);
	if (vm_prog_new(p->insns, p->count, &host, &options, NULL, &prog))
		exit(1);
	there = jit_compile(prog, NULL) == 0;
	vm_prog_free(prog);
	free(p);
	return there;
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 10000;
	const struct vm_region region = { (uint64_t)(uintptr_t)out, sizeof out, true };

	if (argc == 2 && !strcmp(argv[1], "quick")) {
		quick = true;
		count = 2000;
		argc = 1;
	}
	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0);
	run = vm_run_new();
	if (!run || !jit_is_there()) {
		skipped++;
		printf("skipped: no JIT for this processor\n");
	} else {
		for (size_t i = 0; i < sizeof packet; i++)
			packet[i] = (uint8_t)(17 * i + 3);
		vm_run_set_packet(run, packet, sizeof packet);
		test_callbacks();
		test_unwind();
		test_recursion();
		test_tail_calls();
		test_code_memory();
		test_blinding();
		test_cpu_id();
		if (vm_run_add_region(run, &region))
			return 1;
		test_array_lookup();
		test_large(false);
		test_large(true);
		test_code_memory();
		test_far_jumps();
		test_unaligned_atomics();
		for (int op = 0; op < ISA_OP_COUNT && argc < 2; op++)
			test_op((enum isa_op)op);
		if (argc < 2) {
			test_reciprocals();
			test_packet_loads();
		}
		test_random(count);
	}
	vm_run_free(run);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0;
}
