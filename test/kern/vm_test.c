/*
 * vm_test.c - what programs are refused and how, and how runs end, on every engine.
 *
 * Programs are text.  A fault must be the same on all engines: kind, instruction, address.
 */
#include "kern/vm/prog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "isa/asm.h"
#include "kern/jit/jit.h"

static unsigned int passed, failed;
static bool jit_is_missing;

PRINTF_LIKE(2, 3)
static void check(bool holds, const char *format, ...)
{
	va_list args;

	if (holds) {
		passed++;
		return;
	}
	failed++;
	printf("FAILED: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* The host -------------------------------------------------------------------------------- */

enum helper_id {
	HELPER_DIGITS,
	HELPER_CALL_BACK,
	HELPER_TAIL_CALL,
	HELPER_UNWIND,
	HELPER_FAULT,
	HELPER_READ,
	HELPER_WRITE,
	HELPER_NONE, /* a gap in the table */
	HELPER_LAST,
	HELPERS,
};

enum { MOST_TARGETS = 4 };
static const struct vm_prog *targets[MOST_TARGETS];
static unsigned int calls_back; /* made so far */

static uint64_t digits(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct vm_run *run)
{
	(void)run;
	return r1 * 10000 + r2 * 1000 + r3 * 100 + r4 * 10 + r5;
}

/* Calls function r1 with r2, r3. */
static uint64_t call_back(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			  struct vm_run *run)
{
	const uint64_t args[5] = { r2, r3 };
	uint64_t r0 = 0;

	(void)r4, (void)r5;
	calls_back++;
	return vm_call_back(run, r1, args, &r0) ? r0 : 0;
}

static uint64_t same(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		     struct vm_run *run)
{
	(void)r2, (void)r3, (void)r4, (void)r5, (void)run;
	return r1;
}

static uint64_t fault(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		      struct vm_run *run)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5;
	vm_helper_fault(run, "it does not like this");
	vm_helper_fault(run, "nor this, but the first cause counts");
	return 5;
}

/* Whether r2 bytes at r1 may be read. */
static uint64_t may_read(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			 struct vm_run *run)
{
	(void)r3, (void)r4, (void)r5;
	return vm_check_access(run, r1, r2, false);
}

static uint64_t may_write(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			  struct vm_run *run)
{
	(void)r3, (void)r4, (void)r5;
	return vm_check_access(run, r1, r2, true);
}

static const struct vm_helper helpers[HELPERS] = {
	/* clang-format off */
	[HELPER_DIGITS]    = { "digits",    digits,    VM_HELPER_CALL },
	[HELPER_CALL_BACK] = { "call_back", call_back, VM_HELPER_CALLBACK },
	[HELPER_TAIL_CALL] = { "tail_call", NULL,      VM_HELPER_TAIL_CALL },
	[HELPER_UNWIND]    = { "unwind",    same,      VM_HELPER_UNWIND },
	[HELPER_FAULT]     = { "fault",     fault,     VM_HELPER_CALL },
	[HELPER_READ]      = { "may_read",  may_read,  VM_HELPER_CALL },
	[HELPER_WRITE]     = { "may_write", may_write, VM_HELPER_CALL },
	[HELPER_LAST]      = { "last",      same,      VM_HELPER_CALL },
	/* clang-format on */
};

static const struct vm_prog *tail_target(struct vm_run *run, uint64_t map, uint32_t index)
{
	(void)map;
	if (index == 99)
		vm_helper_fault(run, "no such map");
	return index < MOST_TARGETS ? targets[index] : NULL;
}

static const struct vm_host host = {
	.helpers = helpers,
	.helper_count = HELPERS,
	.tail_target = tail_target,
};

/* Programs ---------------------------------------------------------------------------------- */

static struct vm_options options_of(const char *letters)
{
	return (struct vm_options){ .guarded = strchr(letters, 'g'),
				    .limited = strchr(letters, 'l'),
				    .blind = strchr(letters, 'b') };
}

static int make(const char *text, const struct vm_options *options, struct diag *diag,
		struct vm_prog **ret_prog)
{
	struct arena arena = { 0 };
	struct strbuf why = { 0 };
	struct insn *insns;
	size_t count;
	int err = isa_asm(text, strlen(text), NULL, &arena, diag, &insns, &count);

	if (err) {
		diag_render(diag, &why);
		printf("%s%s", text, strbuf_text(&why));
		exit(1);
	}
	err = vm_prog_new(insns, count, &host, options, diag, ret_prog);
	arena_release(&arena);
	return err;
}

/* An engine in a mode: letters as for options_of. */
struct engine {
	const char *name;
	bool native;
	const char *letters;
};

static const struct engine engines[] = {
	{ "interpreter", false, "" },
	{ "guarded interpreter", false, "g" },
	{ "limited interpreter", false, "l" },
	{ "guarded, limited interpreter", false, "gl" },
	{ "JIT", true, "" },
	{ "guarded JIT", true, "g" },
	{ "limited JIT", true, "l" },
	{ "guarded, limited, blinding JIT", true, "glb" },
};

static bool has(const struct engine *engine, char letter)
{
	return strchr(engine->letters, letter);
}

/* A program for @engine, or NULL where there is none. */
static struct vm_prog *make_for(const struct engine *engine, const char *text)
{
	const struct vm_options options = options_of(engine->letters);
	struct strbuf why = { 0 };
	struct diag diag = { 0 };
	struct vm_prog *prog;

	if (make(text, &options, &diag, &prog)) {
		diag_render(&diag, &why);
		printf("%s: %s%s", engine->name, text, strbuf_text(&why));
		exit(1);
	}
	if (engine->native && jit_compile(prog, &diag)) {
		jit_is_missing = true;
		vm_prog_free(prog);
		prog = NULL;
	}
	diag_release(&diag);
	return prog;
}

static int execute(const struct engine *engine, const struct vm_prog *prog, struct vm_run *run,
		   const uint64_t args[5], uint64_t *ret_r0)
{
	return engine->native ? vm_native(prog, run, args, ret_r0) :
				vm_interpret(prog, run, args, ret_r0);
}

/* Refusals ---------------------------------------------------------------------------------- */

#define OK NULL

static const struct refusal {
	const char *text;
	const char *letters;
	int err;
	const char *message; /* a part of it, OK when the program is taken */
} refusals[] = {
	/* clang-format off */
	{ "r0 = 1\nexit", "", 0, OK },
	{ "", "", -EINVAL, "a program has 1 to 1000000 instructions, and this has 0" },

	{ "r0 = 0\n.insn 0xff 0 0 0 5\nexit", "g", -EINVAL,
	  "instruction 1 (.insn 0xff 0 0 0 5): unknown opcode 0xff" },
	{ ".insn 0xbf 1 2 7 0\nexit", "", -EINVAL,
	  "instruction 0 (.insn 0xbf 1 2 7 0): opcode 0xbf has no operation with off = 7" },
	{ ".insn 0x07 1 2 0 5\nexit", "", -EINVAL, "reserved field 'src' is not zero" },
	{ ".insn 0xbf 11 2 0 0\nexit", "", -EINVAL, "there is no register r11" },
	{ "r0 = 0\n.insn 0x18 1 0 0 5", "", -EINVAL,
	  "instruction 1 (.insn 0x18 1 0 0 5): the second half of the wide load is missing" },

	{ "r10 = 0\nexit", "g", -EINVAL,
	  "instruction 0 (r10 = 0): r10 is the frame pointer and cannot be written" },
	{ "r10 += -8\nexit", "", -EINVAL, "r10 is the frame pointer" },
	{ "r10 = *(u64 *)(r1 + 0)\nexit", "", -EINVAL, "r10 is the frame pointer" },
	{ "r10 = 5 ll\nexit", "", -EINVAL, "r10 is the frame pointer" },
	{ "r10 = atomic64_xchg((u64 *)(r1 + 0), r10)\nexit", "", -EINVAL,
	  "r10 is the frame pointer" },
	{ "r10 = be16 r10\nexit", "", -EINVAL, "r10 is the frame pointer" },
	{ "*(u64 *)(r10 - 8) = r10\nlock *(u64 *)(r10 - 8) += r10\nr0 = 0\nexit", "", 0, OK },

	{ "call 8\nexit", "", 0, OK },
	{ "call 7\nexit", "g", -EINVAL, "there is no helper 7 here" },
	{ "call 9\nexit", "", -EINVAL, "instruction 0 (call bpf_skb_store_bytes#9): there is no helper 9 here" },
	{ ".insn 0x85 0 0 0 -1\nexit", "", -EINVAL, "there is no helper -1 here" },
	{ ".insn 0x85 0 2 0 77\nexit", "", -ENOTSUP,
	  "kernel functions cannot be called outside the kernel" },
	{ "callx r1\nexit", "", -ENOTSUP, "indirect jumps and calls are not run by this machine" },
	{ "gotox r1\nexit", "", -ENOTSUP, "indirect jumps and calls are not run by this machine" },
	{ "r1 = addr_space_cast(r2, 0, 1)\nexit", "", -ENOTSUP, "casts between address spaces" },
	{ "r1 = map[fd:3]\nexit", "", -EINVAL,
	  "instruction 0 (r1 = map[fd:3]): it loads the address of a map or variable, and there "
	  "are none" },

	{ "goto +1\nexit", "g", -EINVAL,
	  "instruction 0 (goto pc+1): it jumps to 2, outside the program (0 to 1)" },
	{ "r0 = 0\ngoto -3\nexit", "", -EINVAL, "it jumps to -1, outside the program" },
	{ "gotol +100000\nexit", "", -EINVAL, "it jumps to 100001, outside the program" },
	{ "may_goto +9\nexit", "", -EINVAL, "it jumps to 10, outside the program" },
	{ "r0 = 0\nif r0 == 0 goto +1\nr1 = 5 ll\nexit", "", -EINVAL,
	  "instruction 1 (if r0 == 0x0 goto pc+1): it jumps to 3, into the middle of a wide load" },
	{ "call f\ngoto +1\nexit\nf:\nr0 = 0\nexit", "", -EINVAL,
	  "it jumps to 3, out of its function (0 to 2)" },
	{ "call f\nexit\nf:\nr0 = 0\nif r0 != 0 goto -4\nexit", "", -EINVAL,
	  "it jumps to 0, out of its function (2 to 4)" },
	{ "call +4\nexit", "", -EINVAL, "there is no instruction 5 to call" },
	{ "call -2\nexit", "", -EINVAL, "there is no instruction -1 to call" },
	{ "call +2\nexit\nr0 = 5 ll\nexit", "", -EINVAL, "there is no instruction 3 to call" },
	{ "r1 = subprog[pc+9]\nexit", "", -EINVAL, "there is no instruction 10 to call" },

	{ "r0 = 0", "", -EINVAL,
	  "instruction 0 (r0 = 0): the program can run off its end here" },
	{ "exit\nif r1 == 0 goto -2", "g", -EINVAL, "the program can run off its end here" },
	{ "exit\nr0 = 5 ll", "", -EINVAL, "instruction 1 (r0 = 0x5 ll): the program can run off" },
	{ "goto +1\nexit\ngoto -2", "", 0, OK },
	{ "call f\nr0 = 0\nf:\nr0 = 0\nexit", "", -EINVAL,
	  "instruction 1 (r0 = 0): the function can run off its end here" },
	{ "exit\nunused:\ncall unused", "", -EINVAL, "run off its end" },

	{ "call f\nexit\nf:\ncall f\nexit", "", -EINVAL,
	  "calls nest deeper than 8 frames, or without end" },
	{ "call f\nexit\nf:\ncall f\nexit", "g", 0, OK },
	{ "r1 = subprog[f]\nexit\nf:\ncall f\nexit", "", -EINVAL, "calls nest deeper" },
	{ "r1 = subprog[f]\nexit\nf:\ncall f\nexit", "g", 0, OK },
	/* clang-format on */
};

static void test_refusal(const struct refusal *r)
{
	const struct vm_options options = options_of(r->letters);
	struct strbuf text = { 0 };
	struct diag diag = { 0 };
	struct vm_prog *prog = NULL;
	const int err = make(r->text, &options, &diag, &prog);

	diag_render(&diag, &text);
	check(err == r->err, "%s\n  gave %d, not %d: %s", r->text, err, r->err, strbuf_text(&text));
	check(!r->message || strstr(strbuf_text(&text), r->message), "%s\n  '%s' is not in: %s",
	      r->text, r->message ? r->message : "", strbuf_text(&text));
	check(!err == !diag.error_count, "%s\n  message and result differ", r->text);
	vm_prog_free(prog);
	diag_release(&diag);
	strbuf_release(&text);
}

/* A chain of functions, each of which calls the one before it. */
static void test_long_chain(unsigned int funcs, bool taken)
{
	const struct vm_options options = { .guarded = false };
	struct strbuf text = { 0 };
	struct diag diag = { 0 };
	struct vm_prog *prog = NULL;
	int err;

	strbuf_printf(&text, "call f%u\nexit\nf1:\nr0 = 1\nexit\n", funcs);
	for (unsigned int i = 2; i <= funcs; i++)
		strbuf_printf(&text, "f%u:\ncall f%u\nexit\n", i, i - 1);
	err = make(strbuf_text(&text), &options, &diag, &prog);
	check(!err == taken, "a chain of %u functions gave %d", funcs, err);
	vm_prog_free(prog);
	diag_release(&diag);
	strbuf_release(&text);
}

static void test_sizes(void)
{
	const struct vm_options options = { .guarded = true };
	const size_t most = ISA_MOST_INSNS;
	struct insn *insns = calloc(most + 1, sizeof *insns);
	struct vm_prog *prog = NULL;

	for (size_t i = 0; insns && i <= most; i++)
		insns[i] = isa_encode(i + 1 < most ? ISA_MOV64_IMM : ISA_EXIT);
	check(vm_prog_new(insns, most + 1, &host, &options, NULL, &prog) == -EINVAL,
	      "one instruction too many");
	check(vm_prog_new(insns, most, &host, &options, NULL, &prog) == 0,
	      "as many instructions as there may be");
	check(prog && vm_prog_insn_count(prog) == most, "they are counted");
	vm_prog_free(prog);
	free(insns);
}

/* Faults ------------------------------------------------------------------------------------ */

static uint8_t memory[32] = "a place for programs to be in";
static const uint8_t constant[16] = "read, not write";

/* A run with the regions that programs below know: r1 = memory, r2 = constant. */
static struct vm_run *new_run(uint64_t args[5])
{
	struct vm_run *run = vm_run_new();

	if (!run)
		exit(1);
	args[0] = (uint64_t)(uintptr_t)memory;
	args[1] = (uint64_t)(uintptr_t)constant;
	args[2] = args[3] = args[4] = 0;
	(void)vm_run_add_region(run, &(struct vm_region){ args[0], sizeof memory, true });
	(void)vm_run_add_region(run, &(struct vm_region){ args[1], sizeof constant, false });
	return run;
}

static const struct fault_case {
	const char *text;
	const char *letters; /* only modes that have these */
	int err;
	enum vm_fault_kind kind;
	uint32_t pc;
	const char *message;
} fault_cases[] = {
	/* clang-format off */
	{ "r0 = *(u64 *)(r1 + 24)\nr0 = *(u64 *)(r2 + 8)\nr0 = 7\nexit", "", 0, VM_FAULT_NONE, 0, "" },
	{ "r0 = 0\nr0 = *(u64 *)(r1 + 25)\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 1,
	  "instruction 1 (r0 = *(u64 *)(r1 +25)): read of 8 bytes at 0x" },
	{ "r0 = *(u8 *)(r1 + 32)\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 0,
	  "that would be byte 32 of a region of 32 bytes" },
	{ "r0 = *(u32 *)(r1 + 30)\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 0,
	  "it begins at byte 30 of a region of 32 bytes" },
	{ "r3 = r10\nr3 += 4096\nr0 = *(u32 *)(r3 - 512)\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 2,
	  "that would be byte 4096 of the stack of 4096 bytes" },
	{ "*(u8 *)(r2 + 15) = 1\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 0,
	  "write of 1 byte at 0x" },
	{ "r0 = *(u8 *)(r2 + 15)\n*(u8 *)(r2 + 15) = r0\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 1,
	  "is to memory that is only for reading" },
	{ "r3 = 1\nr3 = atomic64_fetch_add((u64 *)(r2 + 0), r3)\nr0 = 0\nexit", "g", -EFAULT,
	  VM_FAULT_ACCESS, 1, "only for reading" },
	{ "r1 = 0\nr0 = r1\nr0 += r1\nr0 = *(u16 *)(r0 + 2)\nexit", "g", -EFAULT, VM_FAULT_ACCESS,
	  3, "instruction 3 (r0 = *(u16 *)(r0 +2)): read of 2 bytes at 0x2 is outside" },

	{ "r0 = 0\ncall f\nexit\nf:\ncall f\nexit", "g", -ELOOP, VM_FAULT_FRAMES, 3,
	  "instruction 3 (call pc-1): calls nest deeper than 8 frames" },

	{ "call 4\nexit", "", -EFAULT, VM_FAULT_HELPER, VM_PC_UNKNOWN, "it does not like this" },
	{ "r0 = 0\ncall 4\nr0 = 1\nexit", "g", -EFAULT, VM_FAULT_HELPER, 1,
	  "instruction 1 (call fault#4): it does not like this" },
	{ "r2 = 32\ncall 6\nexit", "", 0, VM_FAULT_NONE, 0, "" },
	{ "r2 = 0\nr1 = 0\ncall 6\nr0 = 5\nexit", "", 0, VM_FAULT_NONE, 0, "" },
	{ "r2 = 33\ncall 6\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 1,
	  "write of 33 bytes at 0x" },
	{ "r2 = 33\ncall 5\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 1, "a helper was asked to use it" },
	{ "r1 = r2\nr2 = 8\ncall 6\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 2, "only for reading" },
	{ "r2 = -1\ncall 5\nexit", "g", -EFAULT, VM_FAULT_ACCESS, 1, "read of 4294967295 bytes" },

	{ "r1 = subprog[f]\nr2 = 3\nr3 = 4\ncall 1\nexit\nf:\nr0 = r1\nr0 += r2\nexit", "", 0,
	  VM_FAULT_NONE, 0, "" },
	{ "r1 = 5\ncall 1\nexit\nf:\nr0 = 0\nexit", "g", -EFAULT, VM_FAULT_HELPER, 1,
	  "the callback is no function of the program" },
	{ "r1 = subprog[f]\ncall 1\nexit\nf:\nr1 = subprog[f]\ncall 1\nexit", "", -ELOOP,
	  VM_FAULT_FRAMES, VM_PC_UNKNOWN, "calls nest deeper than 8 frames" },
	{ "r1 = subprog[f]\ncall 1\nr0 = 0\nexit\nf:\nr0 = *(u64 *)(r2 + 0)\nexit", "g", -EFAULT,
	  VM_FAULT_ACCESS, 5, "read of 8 bytes at 0x0" },

	{ "r3 = 99\ncall 2\nr0 = 5\nexit", "", -EFAULT, VM_FAULT_HELPER, VM_PC_UNKNOWN, "no such map" },
	/* clang-format on */
};

static bool mode_matches(const struct engine *engine, const char *letters)
{
	for (; *letters; letters++)
		if (!has(engine, *letters))
			return false;
	return true;
}

static void test_fault(const struct engine *engine, const struct fault_case *f)
{
	struct vm_prog *prog = make_for(engine, f->text);
	struct strbuf text = { 0 };
	struct diag diag = { 0 };
	uint64_t args[5], r0 = 0;
	struct vm_run *run;
	int err;

	if (!prog)
		return;
	run = new_run(args);
	err = execute(engine, prog, run, args, &r0);
	vm_run_explain(run, &diag);
	diag_render(&diag, &text);
	check(err == f->err, "%s: %s\n  gave %d, not %d: %s", engine->name, f->text, err, f->err,
	      strbuf_text(&text));
	check(vm_run_fault(run)->kind == f->kind, "%s: %s\n  kind of fault %d, not %d",
	      engine->name, f->text, vm_run_fault(run)->kind, f->kind);
	check(!f->kind || f->pc == VM_PC_UNKNOWN || vm_run_fault(run)->pc == f->pc,
	      "%s: %s\n  at %u, not %u", engine->name, f->text, vm_run_fault(run)->pc, f->pc);
	check(strstr(strbuf_text(&text), f->message), "%s: %s\n  '%s' is not in: %s", engine->name,
	      f->text, f->message, strbuf_text(&text));
	check(!f->kind || vm_run_fault(run)->prog == prog, "%s: %s\n  another program",
	      engine->name, f->text);
	strbuf_release(&text);
	diag_release(&diag);
	vm_run_free(run);
	vm_prog_free(prog);
}

/* Runs to the end --------------------------------------------------------------------------- */

static const struct run_case {
	const char *text;
	uint64_t r0;
} run_cases[] = {
	/* clang-format off */
	{ "r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\ncall 0\nexit", 12345 },
	/* a callback returns r0, keeps r6 and has a frame of its own */
	{ "r6 = 50\nr1 = 7\n*(u64 *)(r10 - 8) = r1\nr1 = subprog[f]\nr2 = 3\nr3 = 4\ncall 1\n"
	  "r0 *= 100\nr0 += r6\nr1 = *(u64 *)(r10 - 8)\nr0 += r1\nexit\n"
	  "f:\nr6 = 9\n*(u64 *)(r10 - 8) = r6\nr0 = r1\nr0 += r2\nexit", 757 },
	/* callbacks in callbacks, and local calls in them, as deep as eight frames go */
	{ "r1 = subprog[f]\nr2 = 6\ncall 1\nexit\n"
	  "f:\nr6 = r1\nr0 = 1\nif r1 == 0 goto +6\nr1 = subprog[f]\nr2 = r6\nr2 += -1\ncall 1\n"
	  "r0 += r6\nexit", 22 },
	/* the end of a program by UNWIND */
	{ "r1 = 5\ncall 3\nr0 += 1\nexit", 6 },
	{ "r1 = 0\ncall 3\nr0 += 1\nexit", 0 },
	{ "call f\nr0 += 1\nexit\nf:\nr1 = 0\ncall 3\nr0 = 9\nexit", 0 },
	/* ... ends a callback, and the caller goes on */
	{ "r1 = subprog[f]\ncall 1\nr0 += 1\nexit\nf:\nr1 = 0\ncall 3\nr0 = 9\nexit", 1 },
	{ "r0 = *(u8 *)skb[0]\nr0 = 4\nexit", 0 },
	{ "call f\nr0 = 3\nexit\nf:\nr0 = *(u8 *)skb[0]\nr0 = 4\nexit", 0 },
	/* may_goto: 8 Mi of them in a run */
	{ "r0 = 0\nloop:\nr0 += 1\nmay_goto +1\ngoto loop\nexit", VM_MOST_MAY_GOTOS + 1 },
	/* a failed tail call goes on */
	{ "r3 = 3\ncall 2\nr0 = 8\nexit", 8 },
	/* clang-format on */
};

static void test_run(const struct engine *engine, const struct run_case *r)
{
	struct vm_prog *prog = make_for(engine, r->text);
	uint64_t args[5], r0 = 0;
	struct vm_run *run;
	int err;

	if (!prog)
		return;
	run = new_run(args);
	err = execute(engine, prog, run, args, &r0);
	check(!err && r0 == r->r0, "%s: %s\n  %d, r0 = %llu, not %llu", engine->name, r->text, err,
	      (unsigned long long)r0, (unsigned long long)r->r0);
	vm_run_free(run);
	vm_prog_free(prog);
}

/* Limits ------------------------------------------------------------------------------------ */

static void test_limit(const struct engine *engine, struct vm_prog *prog, uint64_t insns)
{
	uint64_t args[5], r0 = 0;
	struct vm_run *run = new_run(args);
	int err;

	for (int i = 0; i < 2; i++) { /* the second run has it all again */
		vm_run_set_limits(run, insns, 0);
		err = execute(engine, prog, run, args, &r0);
		check(!err && r0 == 0, "%s: %llu instructions are enough: %d", engine->name,
		      (unsigned long long)insns, err);
	}
	vm_run_set_limits(run, insns, 3600 * 1000000000ull);
	err = execute(engine, prog, run, args, &r0);
	check(!err, "%s: with a time limit too", engine->name);
	vm_run_set_limits(run, insns, UINT64_MAX);
	err = execute(engine, prog, run, args, &r0);
	check(!err, "%s: with an unreachable time limit", engine->name);
	vm_run_set_limits(run, insns - 1, 0);
	err = execute(engine, prog, run, args, &r0);
	check(err == -ELOOP && vm_run_fault(run)->kind == VM_FAULT_INSNS,
	      "%s: one instruction less than %llu is not enough", engine->name,
	      (unsigned long long)insns);
	vm_run_free(run);
}

static void test_limits(const struct engine *engine)
{
	static const struct {
		const char *text;
		uint64_t insns;
	} cases[] = {
		/* clang-format off */
		{ "r0 = 0\nexit", 2 },
		{ "r0 = 10\nloop:\nr0 -= 1\nif r0 != 0 goto loop\nexit", 22 },
		{ "r0 = 100000\nloop:\nr0 -= 1\nif r0 != 0 goto loop\nexit", 200002 },
		{ "r0 = 5 ll\nr0 = 0\nexit", 4 },
		{ "call f\ncall f\nr0 = 0\nexit\nf:\nr0 = 1\nexit", 8 },
		/* clang-format on */
	};
	struct vm_prog *prog;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		prog = make_for(engine, cases[i].text);
		if (prog)
			test_limit(engine, prog, cases[i].insns);
		vm_prog_free(prog);
	}
}

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void test_time(const struct engine *engine)
{
	struct vm_prog *prog = make_for(engine, "r0 = 0\nloop:\nr0 += 1\ngoto loop");
	const uint64_t start = now_ms();
	uint64_t args[5], r0;
	struct vm_run *run;
	int err;

	if (!prog)
		return;
	run = new_run(args);
	vm_run_set_limits(run, 0, 20000000);
	err = execute(engine, prog, run, args, &r0);
	check(err == -ETIME && vm_run_fault(run)->kind == VM_FAULT_TIME,
	      "%s: a time limit ends a loop: %d", engine->name, err);
	check(now_ms() - start >= 20, "%s: not before its time", engine->name);
	check(now_ms() - start < 2000, "%s: nor much later", engine->name);
	vm_run_free(run);
	vm_prog_free(prog);
}

/* Tail calls -------------------------------------------------------------------------------- */

/* A program that tail-calls itself r1 times, or as often as it may, counting in r0 of the last. */
static void test_tail_calls(const struct engine *engine)
{
	struct vm_prog *self = make_for(engine,
					"r6 = *(u64 *)(r1 + 0)\nr6 += 1\n*(u64 *)(r1 + 0) = r6\n"
					"r3 = 0\ncall 2\nr0 = *(u64 *)(r1 + 0)\nexit");
	struct vm_prog *from_callee = make_for(
		engine,
		"r7 = 100\nr3 = 1\ncall f\nr0 += r7\nexit\nf:\nr7 = 5\ncall 2\nr0 = 1\nexit");
	struct vm_prog *target = make_for(engine, "r7 = 9\nr0 = 20\nexit");
	struct vm_prog *deep = make_for(engine, "call a\nexit\na:\ncall b\nexit\nb:\nr0 = 7\nexit");
	struct vm_prog *to_deep = make_for(
		engine,
		"r3 = 2\ncall f\nexit\nf:\ncall g\nexit\ng:\ncall h\nexit\nh:\ncall i\nexit\n"
		"i:\ncall 2\nr0 = 1\nexit");
	struct vm_prog *too_deep = make_for(
		engine,
		"r3 = 2\ncall f\nexit\nf:\ncall g\nexit\ng:\ncall h\nexit\nh:\ncall i\nexit\n"
		"i:\ncall j\nexit\nj:\ncall k\nexit\nk:\ncall 2\nr0 = 1\nexit");
	uint64_t args[5], r0 = 0;
	struct vm_run *run = new_run(args);
	uint64_t count = 0;

	if (!self)
		goto free_all;
	targets[0] = self;
	targets[1] = target;
	targets[2] = deep;
	args[0] = (uint64_t)(uintptr_t)&count;
	(void)vm_run_add_region(run, &(struct vm_region){ args[0], sizeof count, true });
	for (int i = 1; i <= 2; i++) {
		check(!execute(engine, self, run, args, &r0) && r0 == 34 * (uint64_t)i,
		      "%s: 33 tail calls are made, not %llu", engine->name,
		      (unsigned long long)r0 - 1);
	}
	check(!execute(engine, from_callee, run, args, &r0) && r0 == 120,
	      "%s: the target returns to the caller of the function: %llu", engine->name,
	      (unsigned long long)r0);
	check(!execute(engine, to_deep, run, args, &r0) && r0 == 7,
	      "%s: three frames of a target are left: %llu", engine->name, (unsigned long long)r0);
	check(!execute(engine, too_deep, run, args, &r0) && r0 == 1,
	      "%s: a target that needs more frames than are left is not called: %llu", engine->name,
	      (unsigned long long)r0);
	memset(targets, 0, sizeof targets);
free_all:
	vm_run_free(run);
	vm_prog_free(self);
	vm_prog_free(from_callee);
	vm_prog_free(target);
	vm_prog_free(deep);
	vm_prog_free(to_deep);
	vm_prog_free(too_deep);
}

/* The fault of a tail-called program is its own. */
static void test_tail_call_fault(const struct engine *engine)
{
	struct vm_prog *caller = make_for(engine, "r3 = 0\ncall 2\nr0 = 1\nexit");
	struct vm_prog *target = make_for(engine, "r0 = 0\nr2 = 0\ncall 4\nr0 = 5\nexit");
	uint64_t args[5], r0 = 0;
	struct vm_run *run = new_run(args);

	if (caller) {
		targets[0] = target;
		check(execute(engine, caller, run, args, &r0) == -EFAULT &&
			      vm_run_fault(run)->prog == target,
		      "%s: a fault names the program it is in", engine->name);
		targets[0] = NULL;
	}
	vm_run_free(run);
	vm_prog_free(caller);
	vm_prog_free(target);
}

/* Tail calls between programs of different modes (interpreter: its handlers differ). */
static void test_mixed_modes(void)
{
	const struct engine *verified = &engines[0];
	struct vm_prog *loop = make_for(&engines[2], "goto -1");
	struct vm_prog *bad = make_for(&engines[1], "r1 = 0\nr0 = *(u8 *)(r1 + 0)\nexit");
	struct vm_prog *good = make_for(&engines[3], "r0 = 6\nexit");
	struct vm_prog *first = make_for(verified, "r3 = *(u64 *)(r1 + 0)\ncall 2\nr0 = 1\nexit");
	uint64_t args[5], r0 = 0, index = 0;
	struct vm_run *run = new_run(args);

	targets[0] = loop;
	targets[1] = bad;
	targets[2] = good;
	args[0] = (uint64_t)(uintptr_t)&index;
	vm_run_set_limits(run, 1000, 0);
	check(vm_interpret(first, run, args, &r0) == -ELOOP && vm_run_fault(run)->prog == loop,
	      "a limited program, tail-called from an unlimited one, is limited");
	index = 1;
	check(vm_interpret(first, run, args, &r0) == -EFAULT && vm_run_fault(run)->prog == bad,
	      "a guarded program, tail-called from a verified one, is guarded");
	index = 2;
	check(!vm_interpret(first, run, args, &r0) && r0 == 6, "a result comes through");
	memset(targets, 0, sizeof targets);
	vm_run_free(run);
	vm_prog_free(loop);
	vm_prog_free(bad);
	vm_prog_free(good);
	vm_prog_free(first);
}

/* Regions ----------------------------------------------------------------------------------- */

/* Every access of every size to and around regions of every small size. */
static void test_regions(const struct engine *engine)
{
	static const char *const loads[] = { "u8", "u16", "u32", "u64" };
	static uint8_t field[64];
	char text[64];

	for (unsigned int size = 0; size < 4; size++) {
		struct vm_prog *prog;
		uint64_t args[5] = { 0 }, r0;

		snprintf(text, sizeof text, "r0 = *(%s *)(r1 + 0)\nr0 = 0\nexit", loads[size]);
		prog = make_for(engine, text);
		for (unsigned int bytes = 0; prog && bytes <= 20; bytes++) {
			struct vm_run *run = vm_run_new();
			const uint64_t start = (uint64_t)(uintptr_t)field + 20;

			(void)vm_run_add_region(run, &(struct vm_region){ start, bytes, false });
			for (int at = -10; at < 30; at++) {
				const bool inside = at >= 0 && at + (int)(1u << size) <= (int)bytes;

				args[0] = start + (uint64_t)(int64_t)at;
				check(!execute(engine, prog, run, args, &r0) == inside,
				      "%s: %s at %d of %u bytes", engine->name, loads[size], at,
				      bytes);
			}
			vm_run_free(run);
		}
		vm_prog_free(prog);
	}
}

static void test_region_count(void)
{
	struct vm_run *run = vm_run_new();
	static uint8_t bytes[VM_MOST_REGIONS];
	int err = 0;

	for (size_t i = 0; i + 1 < VM_MOST_REGIONS && !err; i++)
		err = vm_run_add_region(run, &(struct vm_region){ (uint64_t)(uintptr_t)&bytes[i], 1,
								  true });
	check(!err, "regions fit");
	check(vm_run_add_region(run, &(struct vm_region){ 1, 1, true }) == -ENOSPC,
	      "one more does not");
	vm_run_clear_regions(run);
	check(!vm_run_add_region(run, &(struct vm_region){ 1, 1, true }),
	      "after clearing there is room");
	vm_run_free(run);
}

/* Guarded programs see a stack of zeros, in every run anew. */
static void test_stack_zeroed(const struct engine *engine)
{
	struct vm_prog *prog = make_for(engine, "r0 = *(u64 *)(r10 - 256)\nr1 = 5\n"
						"*(u64 *)(r10 - 256) = r1\nexit");
	uint64_t args[5], r0 = 0;
	struct vm_run *run = new_run(args);

	for (int i = 0; prog && i < 2; i++) {
		memset(run->stack, 0xee, i ? 0 : sizeof run->stack);
		check(!execute(engine, prog, run, args, &r0) && r0 == 0,
		      "%s: the stack is zero at first", engine->name);
	}
	vm_run_free(run);
	vm_prog_free(prog);
}

static void test_engine(const struct engine *engine)
{
	for (size_t i = 0; i < ARRAY_LEN(fault_cases); i++)
		if (mode_matches(engine, fault_cases[i].letters))
			test_fault(engine, &fault_cases[i]);
	for (size_t i = 0; i < ARRAY_LEN(run_cases); i++)
		test_run(engine, &run_cases[i]);
	test_tail_calls(engine);
	test_tail_call_fault(engine);
	if (has(engine, 'l')) {
		test_limits(engine);
		test_time(engine);
	}
	if (has(engine, 'g')) {
		test_regions(engine);
		test_stack_zeroed(engine);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
		test_refusal(&refusals[i]);
	test_long_chain(7, true);
	test_long_chain(8, false);
	test_long_chain(300, false);
	test_sizes();
	test_region_count();
	for (size_t i = 0; i < ARRAY_LEN(engines); i++)
		test_engine(&engines[i]);
	test_mixed_modes();
	if (jit_is_missing)
		printf("skipped: there is no JIT for this processor\n");
	printf("%u passed, %u failed, %u skipped\n", passed, failed, jit_is_missing ? 1 : 0);
	return failed ? 1 : 0;
}
