/*
 * prog.c - making a program of bytecode: the checks of form, and what engines want to know.
 *
 * Four passes over the slots, each refusing what would make the next one unsafe:
 *
 *  1. decode: every slot is an operation this machine runs, or the second half of a wide load;
 *  2. find functions: where calls and function loads lead;
 *  3. check flow: jumps stay in their function and do not hit a second half, functions do not run
 *     off their ends, nothing writes r10;
 *  4. nesting: how deep calls go.
 *
 * The order matters to users too: a jump out of range is reported as such and not as the calls
 * it would skip.  After these, any input at all can be run in guarded mode.
 */
#include "kern/vm/prog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "isa/disasm.h"

struct checker {
	struct vm_prog *prog;
	struct diag *diag;
	struct strbuf text; /* of the message being made */
};

void vm_prog_disasm(const struct vm_prog *prog, size_t pc, struct strbuf *out)
{
	const struct insn *insn = &prog->insns[pc];
	const struct vm_host *host = prog->host;

	if (isa_decode(insn, prog->insn_count - pc) == ISA_CALL && insn->imm >= 0 &&
	    (uint32_t)insn->imm < host->helper_count && host->helpers[insn->imm].name)
		strbuf_printf(out, "call %s#%d", host->helpers[insn->imm].name, insn->imm);
	else
		isa_disasm_insn(prog->insns, prog->insn_count, pc, &isa_linux_names, out);
}

/* Report what is wrong with the instruction at @pc; @reason is a whole clause. */
PRINTF_LIKE(3, 4)
static int refuse(struct checker *c, size_t pc, const char *reason, ...)
{
	va_list args;

	strbuf_reset(&c->text);
	strbuf_printf(&c->text, "instruction %zu (", pc);
	vm_prog_disasm(c->prog, pc, &c->text);
	strbuf_puts(&c->text, "): ");
	va_start(args, reason);
	strbuf_vprintf(&c->text, reason, args);
	va_end(args);
	diag_error(c->diag, SPAN_NONE, "%s", strbuf_text(&c->text));
	return -EINVAL;
}

/* What is no instruction has no text but its fields. */
static int refuse_undecodable(struct checker *c, size_t pc, int error)
{
	const struct insn *insn = &c->prog->insns[pc];

	strbuf_reset(&c->text);
	strbuf_printf(&c->text, "instruction %zu (.insn 0x%02x %u %u %d %d): ", pc, insn->code,
		      insn->dst, insn->src, insn->off, insn->imm);
	isa_decode_explain(insn, error, &c->text);
	diag_error(c->diag, SPAN_NONE, "%s", strbuf_text(&c->text));
	return -EINVAL;
}

static bool helper_exists(const struct vm_host *host, int32_t id)
{
	return id >= 0 && (uint32_t)id < host->helper_count &&
	       (host->helpers[id].fn || host->helpers[id].kind == VM_HELPER_TAIL_CALL);
}

/* What the machine does not run although it is a valid operation. */
static int check_supported(struct checker *c, size_t pc, enum isa_op op)
{
	const struct insn *insn = &c->prog->insns[pc];

	switch (op) {
	case ISA_CALL:
		if (helper_exists(c->prog->host, insn->imm))
			return 0;
		return refuse(c, pc, "there is no helper %d here", insn->imm);
	case ISA_CALL_KFUNC:
		(void)refuse(c, pc, "kernel functions cannot be called outside the kernel");
		return -ENOTSUP;
	case ISA_JAX:
	case ISA_CALLX:
		(void)refuse(c, pc, "indirect jumps and calls are not run by this machine");
		diag_hint(c->diag, "compile with -O2, so that clang makes direct ones of them");
		return -ENOTSUP;
	case ISA_ADDR_CAST:
		(void)refuse(c, pc,
			     "casts between address spaces need an arena map, and there is none");
		return -ENOTSUP;
	default: return 0;
	}
}

static int resolve_load(struct checker *c, size_t pc, enum isa_op op)
{
	const struct vm_host *host = c->prog->host;
	struct insn *insn = &c->prog->insns[pc];
	uint64_t address;
	int err;

	if (op == ISA_LDDW || op == ISA_LD_FUNC)
		return 0;
	if (!host->resolve) {
		(void)refuse(c, pc,
			     "it loads the address of a map or variable, and there are none");
		diag_hint(c->diag, "run the ELF object that it comes from: that has the maps");
		return -EINVAL;
	}
	err = host->resolve(host->resolve_data, op, insn, c->diag, &address);
	if (err)
		return err;
	insn[0].imm = (int32_t)address;
	insn[1].imm = (int32_t)(address >> 32);
	return 0;
}

static int decode(struct checker *c)
{
	struct vm_prog *prog = c->prog;
	int op, err;

	for (size_t pc = 0; pc < prog->insn_count; pc++) {
		op = isa_decode(&prog->insns[pc], prog->insn_count - pc);
		if (op < 0)
			return refuse_undecodable(c, pc, op);
		prog->ops[pc] = (uint8_t)op;
		if (isa_writes((enum isa_op)op, &prog->insns[pc]) & 1u << ISA_REG_FP)
			return refuse(c, pc, "r10 is the frame pointer and cannot be written");
		err = check_supported(c, pc, (enum isa_op)op);
		if (err)
			return err;
		if (isa_slots((enum isa_op)op) == 1)
			continue;
		err = resolve_load(c, pc, (enum isa_op)op);
		if (err)
			return err;
		prog->ops[++pc] = VM_SECOND_SLOT;
	}
	return 0;
}

/* Does the instruction at @pc name a function of this program?  Sets *ret_start to its slot, which
 * may be out of range. */
static bool names_func(const struct vm_prog *prog, size_t pc, int64_t *ret_start)
{
	if (prog->ops[pc] != ISA_CALL_LOCAL && prog->ops[pc] != ISA_LD_FUNC)
		return false;
	*ret_start = (int64_t)pc + 1 + prog->insns[pc].imm;
	return true;
}

static bool is_instruction(const struct vm_prog *prog, int64_t pc)
{
	return pc >= 0 && (uint64_t)pc < prog->insn_count && prog->ops[pc] != VM_SECOND_SLOT;
}

/* Mark function starts in prog->facts (as leaders), count them, list them. */
static int find_funcs(struct checker *c)
{
	struct vm_prog *prog = c->prog;
	size_t count = 1, n = 0;
	int64_t start;

	prog->facts[0] = VM_SLOT_LEADER;
	for (size_t pc = 0; pc < prog->insn_count; pc++) {
		if (!names_func(prog, pc, &start))
			continue;
		if (!is_instruction(prog, start))
			return refuse(c, pc, "there is no instruction %lld to call",
				      (long long)start);
		count += !prog->facts[start];
		prog->facts[start] = VM_SLOT_LEADER;
	}
	prog->funcs = calloc(count, sizeof *prog->funcs);
	if (!prog->funcs)
		return -ENOMEM;
	for (size_t pc = 0; pc < prog->insn_count; pc++)
		if (prog->facts[pc])
			prog->funcs[n++].start = (uint32_t)pc;
	prog->func_count = count;
	for (size_t i = 0; i < count; i++)
		prog->funcs[i].end = i + 1 < count ? prog->funcs[i + 1].start :
						     (uint32_t)prog->insn_count;
	return 0;
}

/* May control reach the slot after the one at @pc? */
static bool falls_through(const struct vm_prog *prog, size_t pc)
{
	switch (prog->ops[pc]) {
	case ISA_EXIT:
	case ISA_JA:
	case ISA_JA32: return false;
	default: return true;
	}
}

/* Does a basic block end with the instruction at @pc? */
static bool ends_block(const struct vm_prog *prog, size_t pc)
{
	int64_t to;

	return !falls_through(prog, pc) ||
	       isa_jump_target((enum isa_op)prog->ops[pc], &prog->insns[pc], pc, &to);
}

static int check_jump(struct checker *c, const struct vm_func *func, size_t pc)
{
	struct vm_prog *prog = c->prog;
	int64_t to;

	if (!isa_jump_target((enum isa_op)prog->ops[pc], &prog->insns[pc], pc, &to))
		return 0;
	if (to < 0 || (uint64_t)to >= prog->insn_count)
		return refuse(c, pc, "it jumps to %lld, outside the program (0 to %zu)",
			      (long long)to, prog->insn_count - 1);
	if (prog->ops[to] == VM_SECOND_SLOT)
		return refuse(c, pc, "it jumps to %lld, into the middle of a wide load",
			      (long long)to);
	if (to < func->start || to >= func->end)
		return refuse(c, pc, "it jumps to %lld, out of its function (%u to %u)",
			      (long long)to, func->start, func->end - 1);
	prog->facts[to] |= VM_SLOT_TARGET | VM_SLOT_LEADER;
	return 0;
}

static bool is_call(const struct vm_prog *prog, size_t pc)
{
	return isa_ops[prog->ops[pc]].form == ISA_FORM_CALL;
}

static int check_func_flow(struct checker *c, struct vm_func *func)
{
	struct vm_prog *prog = c->prog;
	size_t last = func->start;
	int err;

	func->leaf = true;
	for (size_t pc = func->start; pc < func->end; pc++) {
		enum isa_op op = (enum isa_op)prog->ops[pc];

		if (prog->ops[pc] == VM_SECOND_SLOT)
			continue;
		last = pc;
		func->regs_read |= isa_reads(op, &prog->insns[pc]);
		func->regs_written |= isa_writes(op, &prog->insns[pc]);
		func->leaf = func->leaf && !is_call(prog, pc);
		prog->has_callbacks = prog->has_callbacks || op == ISA_LD_FUNC;
		err = check_jump(c, func, pc);
		if (err)
			return err;
		if (ends_block(prog, pc) && pc + 1 < func->end)
			prog->facts[pc + 1] |= VM_SLOT_LEADER;
	}
	if (falls_through(prog, last)) {
		(void)refuse(c, last, "the %s can run off its end here",
			     prog->func_count > 1 ? "function" : "program");
		diag_hint(c->diag, "end it with 'exit', or with a jump back");
		return -EINVAL;
	}
	return 0;
}

static int check_flow(struct checker *c)
{
	int err = 0;

	for (size_t i = 0; i < c->prog->func_count && !err; i++)
		err = check_func_flow(c, &c->prog->funcs[i]);
	return err;
}

/* The function that the local call at @pc calls. */
static struct vm_func *callee(const struct vm_prog *prog, size_t pc)
{
	int64_t start = (int64_t)pc + 1 + prog->insns[pc].imm;

	return &prog->funcs[vm_prog_func_at(prog, (uint32_t)start) - prog->funcs];
}

/* Depths beyond ISA_FRAMES are one: "too deep". */
static uint8_t one_deeper(uint8_t frames)
{
	return frames <= ISA_FRAMES ? (uint8_t)(frames + 1) : frames;
}

/* One round of: a function is one frame deeper than the deepest it calls. */
static bool deepen(const struct vm_prog *prog)
{
	bool changed = false;

	for (size_t i = 0; i < prog->func_count; i++) {
		struct vm_func *func = &prog->funcs[i];

		for (size_t pc = func->start; pc < func->end && func->frames <= ISA_FRAMES; pc++) {
			if (prog->ops[pc] != ISA_CALL_LOCAL)
				continue;
			if (callee(prog, pc)->frames < func->frames)
				continue;
			func->frames = one_deeper(callee(prog, pc)->frames);
			changed = true;
		}
	}
	return changed;
}

/* Depths beyond ISA_FRAMES are not told apart, nor from recursion, so that this settles within
 * ISA_FRAMES + 1 rounds whatever the program. */
static int check_nesting(struct checker *c)
{
	struct vm_prog *prog = c->prog;

	for (size_t i = 0; i < prog->func_count; i++)
		prog->funcs[i].frames = 1;
	while (deepen(prog))
		;
	/* Those that only helpers call back need not be reached from the main function. */
	for (size_t i = 1; i < prog->func_count; i++)
		if (prog->funcs[i].frames > ISA_FRAMES)
			prog->funcs[0].frames = ISA_FRAMES + 1;
	if (prog->funcs[0].frames <= ISA_FRAMES || prog->options.guarded)
		return 0;
	diag_error(c->diag, SPAN_NONE, "calls nest deeper than %d frames, or without end",
		   ISA_FRAMES);
	diag_hint(c->diag, "a guarded run checks calls as they happen: --guarded");
	return -EINVAL;
}

const struct vm_func *vm_prog_func_of(const struct vm_prog *prog, uint32_t pc)
{
	size_t low = 0, high = prog->func_count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (prog->funcs[middle].start <= pc)
			low = middle;
		else
			high = middle;
	}
	return &prog->funcs[low];
}

const struct vm_func *vm_prog_func_at(const struct vm_prog *prog, uint32_t start)
{
	const struct vm_func *func = vm_prog_func_of(prog, start);

	return func->start == start ? func : NULL;
}

size_t vm_prog_insn_count(const struct vm_prog *prog)
{
	return prog->insn_count;
}

static int check_size(size_t insn_count, struct diag *diag)
{
	if (insn_count > 0 && insn_count <= ISA_MOST_INSNS)
		return 0;
	diag_error(diag, SPAN_NONE, "a program has 1 to %d instructions, and this has %zu",
		   ISA_MOST_INSNS, insn_count);
	return -EINVAL;
}

static struct vm_prog *prog_alloc(const struct insn *insns, size_t insn_count)
{
	struct vm_prog *prog = calloc(1, sizeof *prog);

	if (!prog)
		return NULL;
	prog->insn_count = insn_count;
	prog->insns = malloc(insn_count * sizeof *insns);
	prog->ops = calloc(insn_count, 1);
	prog->facts = calloc(insn_count, 1);
	prog->code = vm_code_new();
	if (prog->insns && prog->ops && prog->facts && prog->code) {
		memcpy(prog->insns, insns, insn_count * sizeof *insns);
		return prog;
	}
	vm_prog_free(prog);
	return NULL;
}

int vm_prog_new(const struct insn *insns, size_t insn_count, const struct vm_host *host,
		const struct vm_options *options, struct diag *diag, struct vm_prog **ret_prog)
{
	struct checker c = { .diag = diag };
	int err = check_size(insn_count, diag);

	if (err)
		return err;
	c.prog = prog_alloc(insns, insn_count);
	if (!c.prog)
		return -ENOMEM;
	c.prog->host = host;
	c.prog->options = *options;
	err = decode(&c);
	if (!err)
		err = find_funcs(&c);
	if (!err)
		err = check_flow(&c);
	if (!err)
		err = check_nesting(&c);
	strbuf_release(&c.text);
	if (err) {
		vm_prog_free(c.prog);
		return err;
	}
	*ret_prog = c.prog;
	return 0;
}

void vm_prog_free(struct vm_prog *prog)
{
	if (!prog)
		return;
	if (prog->native_free)
		prog->native_free(prog);
	vm_code_free(prog->code);
	free(prog->funcs);
	free(prog->facts);
	free(prog->ops);
	free(prog->insns);
	free(prog);
}
