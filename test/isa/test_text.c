/*
 * test_text.c - the assembler against the disassembler, and both against others.
 *
 * Every row of op.def with telling field values, and random instructions, must come back from
 * text byte for byte.  Since both directions read the same tables, that alone would not see a
 * wrong row: clang's disassembler and assembler are asked as well, where they are installed.
 * What the commands do with such text is tested in test/cmd.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bits.h"
#include "isa/asm.h"
#include "isa/disasm.h"

static unsigned int passed, failed, skipped;

static void check(bool ok, const char *format, ...) PRINTF_LIKE(2, 3);
static void check(bool ok, const char *format, ...)
{
	va_list args;

	if (ok) {
		passed++;
		return;
	}
	failed++;
	printf("FAIL: ");
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void skip(const char *what, const char *why)
{
	skipped++;
	printf("skipped: %s: %s\n", what, why);
}

/* --- there and back ------------------------------------------------------------------------ */

/* Assemble @text and compare with @want; the first differing slot, or -1 when equal, or -2
 * with the messages in @messages when it does not assemble. */
static long compare_assembled(const char *text, size_t len, const struct insn *want, size_t count,
			      struct strbuf *messages)
{
	struct source source = { .name = "<text>", .text = text, .len = len };
	struct diag diag = { .source = &source };
	struct arena arena = { 0 };
	struct insn *insns;
	size_t got;
	long result = -2;

	if (isa_asm(text, len, &isa_linux_names, &arena, &diag, &insns, &got) == 0) {
		size_t same = 0;

		while (same < got && same < count && memcmp(&insns[same], &want[same], 8) == 0)
			same++;
		result = same == count && got == count ? -1 : (long)same;
	}
	diag_render(&diag, messages);
	diag_release(&diag);
	arena_release(&arena);
	return result;
}

/* What is printed in one of PRINT_WAYS ways must assemble to what was printed. */
enum { PRINT_WAYS = 16 };

static bool round_trips(const struct insn *insns, size_t count, size_t way, struct strbuf *why)
{
	const struct isa_disasm_options options = {
		.names = way & 1 ? &isa_linux_names : NULL,
		.numbers = way & 2,
		.bytes = way & 4,
		.labels = way & 8,
	};
	struct strbuf text = { 0 };
	long at = -3;

	if (isa_disasm(insns, count, &options, &text) == 0)
		at = compare_assembled(strbuf_text(&text), text.len, insns, count, why);
	if (at != -1)
		strbuf_printf(why, "(slot %ld of '%.300s')", at, strbuf_text(&text));
	strbuf_release(&text);
	return at == -1;
}

static const int32_t telling_imms[] = { 0,         1,          -1,        7,     63,      64,
					255,       256,        0x7fff,    32768, -32768,  65535,
					INT32_MAX, INT32_MIN,  0x1234567, 100,   -100000, 211,
					212,       1000000000, 10,        999 };
static const int16_t telling_offs[] = { 0, 1, -1, 2, 127, -128, INT16_MAX, INT16_MIN, 8, -512 };

/* Fill in the fields that @op uses, the @n-th way. */
static void fill(enum isa_op op, struct insn insns[2], size_t n)
{
	const struct isa_op_info *info = &isa_ops[op];

	insns[0] = isa_encode(op);
	insns[1] = (struct insn){ 0 };
	if (info->uses & ISA_FIELD_DST)
		insns[0].dst = (uint8_t)(n % ISA_REGS & 0xf);
	if (info->uses & ISA_FIELD_SRC)
		insns[0].src = (uint8_t)((n * 7 + 3) % ISA_REGS & 0xf);
	if (info->uses & ISA_FIELD_OFF)
		insns[0].off = telling_offs[n % ARRAY_LEN(telling_offs)];
	if (info->uses & ISA_FIELD_IMM)
		insns[0].imm = telling_imms[n % ARRAY_LEN(telling_imms)];
	if (info->form == ISA_FORM_LDDW)
		insns[1].imm = telling_imms[(n / 2 + 5) % ARRAY_LEN(telling_imms)] * (int)(n & 1);
}

static void test_every_row(void)
{
	for (int op = 0; op < ISA_OP_COUNT; op++) {
		bool ok = true;

		for (size_t n = 0; n < 220 && ok; n++) {
			struct insn insns[2];
			struct strbuf why = { 0 };
			size_t slots = isa_slots((enum isa_op)op);

			fill((enum isa_op)op, insns, n);
			ok = isa_decode(insns, slots) == op &&
			     round_trips(insns, slots, n % PRINT_WAYS, &why);
			if (!ok)
				check(false, "row %s: %s", isa_ops[op].name, strbuf_text(&why));
			strbuf_release(&why);
		}
		if (ok)
			check(true, "row");
	}
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static uint64_t random_u64(void) /* xorshift64* */
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1du;
}

/* Uniform bits, or with small values as often: labels need targets that exist. */
static uint64_t random_field(void)
{
	uint64_t bits = random_u64();

	return bits & 1 ? bits >> 1 : (uint64_t)((int64_t)(bits >> 8 & 31) - 16);
}

static size_t random_op(struct insn insns[2])
{
	enum isa_op op = (enum isa_op)(random_u64() % ISA_OP_COUNT);
	const struct isa_op_info *info = &isa_ops[op];

	insns[0] = isa_encode(op);
	insns[1] = (struct insn){ 0 };
	if (info->uses & ISA_FIELD_DST)
		insns[0].dst = (uint8_t)(random_u64() % ISA_REGS & 0xf);
	if (info->uses & ISA_FIELD_SRC)
		insns[0].src = (uint8_t)(random_u64() % ISA_REGS & 0xf);
	if (info->uses & ISA_FIELD_OFF)
		insns[0].off = (int16_t)random_field();
	if (info->uses & ISA_FIELD_IMM)
		insns[0].imm = (int32_t)random_field();
	if (info->form == ISA_FORM_LDDW && random_u64() & 1)
		insns[1].imm = (int32_t)random_field();
	return isa_slots(op);
}

enum {
	RANDOM_INSNS = 200000, /* in programs of this size */
	RANDOM_PROG_INSNS = 100,
};

static void test_random_programs(bool garbage)
{
	struct insn insns[RANDOM_PROG_INSNS + 1];

	for (size_t done = 0; done < RANDOM_INSNS; done += RANDOM_PROG_INSNS) {
		struct strbuf why = { 0 };
		size_t count = 0;

		while (count < RANDOM_PROG_INSNS) {
			if (!garbage || random_u64() & 1) {
				count += random_op(insns + count);
			} else {
				uint64_t bits = random_u64();

				memcpy(&insns[count++], &bits, sizeof bits);
			}
		}
		if (round_trips(insns, count, done / RANDOM_PROG_INSNS % PRINT_WAYS, &why))
			passed += 1;
		else
			check(false, "random program %zu: %s", done / RANDOM_PROG_INSNS,
			      strbuf_text(&why));
		strbuf_release(&why);
	}
}

/* --- what the text looks like -------------------------------------------------------------- */

/* What people know from the kernel's log, and the code, dst, src, off and imm it stands for. */
static const struct {
	const char *text;
	struct insn insns[2];
} golden[] = {
	/* clang-format off */
	{ "r0 = *(u32 *)(r1 +4)",                        { { 0x61, 0, 1, 4, 0 } } },
	{ "w1 += w2",                                    { { 0x0c, 1, 2, 0, 0 } } },
	{ "r0 s/= 3",                                    { { 0x37, 0, 0, 1, 3 } } },
	{ "r1 = (s8)r2",                                 { { 0xbf, 1, 2, 8, 0 } } },
	{ "w3 = -w3",                                    { { 0x84, 3, 0, 0, 0 } } },
	{ "r0 = be16 r0",                                { { 0xdc, 0, 0, 0, 16 } } },
	{ "r0 = bswap64 r0",                             { { 0xd7, 0, 0, 0, 64 } } },
	{ "if r1 s> 0x3 goto pc+2",                      { { 0x65, 1, 0, 2, 3 } } },
	{ "if r1 s> -0x1 goto pc+2",                     { { 0x65, 1, 0, 2, -1 } } },
	{ "if w1 & 0x80000000 goto pc-1",                { { 0x46, 1, 0, -1, INT32_MIN } } },
	{ "if w1 == w2 goto pc-4",                       { { 0x1e, 1, 2, -4, 0 } } },
	{ "goto pc+5",                                   { { 0x05, 0, 0, 5, 0 } } },
	{ "gotol pc+70000",                              { { 0x06, 0, 0, 0, 70000 } } },
	{ "gotox r1",                                    { { 0x0d, 1, 0, 0, 0 } } },
	{ "may_goto pc+2",                               { { 0xe5, 0, 0, 2, 0 } } },
	{ "call bpf_ktime_get_ns#5",                     { { 0x85, 0, 0, 0, 5 } } },
	{ "call unknown#999",                            { { 0x85, 0, 0, 0, 999 } } },
	{ "call pc+4",                                   { { 0x85, 0, 1, 0, 4 } } },
	{ "call kernel-function#77",                     { { 0x85, 0, 2, 0, 77 } } },
	{ "call kernel-function#77 module[2]",           { { 0x85, 0, 2, 2, 77 } } },
	{ "callx r1",                                    { { 0x8d, 1, 0, 0, 0 } } },
	{ "exit",                                        { { 0x95, 0, 0, 0, 0 } } },
	{ "lock *(u64 *)(r1 +0) += r2",                  { { 0xdb, 1, 2, 0, 0 } } },
	{ "r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)", { { 0xdb, 1, 2, 0, 1 } } },
	{ "r2 = atomic_xchg((u32 *)(r1 -8), r2)",        { { 0xc3, 1, 2, -8, 0xe1 } } },
	{ "r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r2)", { { 0xdb, 1, 2, 0, 0xf1 } } },
	{ "r1 = load_acquire((u64 *)(r2 +0))",           { { 0xdb, 1, 2, 0, 0x100 } } },
	{ "store_release((u8 *)(r1 +0), r2)",            { { 0xd3, 1, 2, 0, 0x110 } } },
	{ "r0 = *(u16 *)skb[12]",                        { { 0x28, 0, 0, 0, 12 } } },
	{ "r0 = *(u16 *)skb[r7 + 12]",                   { { 0x48, 0, 7, 0, 12 } } },
	{ "r1 = addr_space_cast(r2, 0, 1)",              { { 0xbf, 1, 2, 1, 1 } } },
	{ "*(u8 *)(r10 -1) = 7",                         { { 0x72, 10, 0, -1, 7 } } },
	{ "r1 = *(s32 *)(r2 +4)",                        { { 0x81, 1, 2, 4, 0 } } },
	{ "r1 = 5",                                      { { 0xb7, 1, 0, 0, 5 } } },
	{ "r1 = 0x5 ll",                                 { { 0x18, 1, 0, 0, 5 } } },
	{ "r1 = 0x1122334455667788 ll",        { { 0x18, 1, 0, 0, 0x55667788 }, { .imm = 0x11223344 } } },
	{ "r1 = map[fd:3]",                              { { 0x18, 1, 1, 0, 3 } } },
	{ "r1 = map[fd:3] hi=7",                         { { 0x18, 1, 1, 0, 3 }, { .imm = 7 } } },
	{ "r1 = map[fd:3][0]+8",                         { { 0x18, 1, 2, 0, 3 }, { .imm = 8 } } },
	{ "r1 = btf_id[9]",                              { { 0x18, 1, 3, 0, 9 } } },
	{ "r1 = btf_id[9, fd:4]",                        { { 0x18, 1, 3, 0, 9 }, { .imm = 4 } } },
	{ "r1 = subprog[pc+3]",                          { { 0x18, 1, 4, 0, 3 } } },
	{ "r1 = map[idx:3]",                             { { 0x18, 1, 5, 0, 3 } } },
	{ "r1 = map[idx:3][0]+8",                        { { 0x18, 1, 6, 0, 3 }, { .imm = 8 } } },
	{ ".insn 0xff 0 0 0 5 ; invalid: unknown opcode 0xff", { { 0xff, 0, 0, 0, 5 } } },
	/* clang-format on */
};

static void test_golden(void)
{
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct strbuf text = { 0 };

		(void)isa_disasm_insn(golden[i].insns, 2, 0, &isa_linux_names, &text);
		check(strcmp(strbuf_text(&text), golden[i].text) == 0, "expected '%s', got '%s'",
		      golden[i].text, strbuf_text(&text));
		strbuf_release(&text);
	}
}

/* --- what people and other tools write ----------------------------------------------------- */

/* Each line of the first text must assemble to what the second does. */
static const struct {
	const char *given;
	const char *same_as;
} dialects[] = {
	/* clang-format off */
	/* blanks, numbers, comments */
	{ "  r1=*( u32* ) ( r2+4 )", "r1 = *(u32 *)(r2 +4)" },
	{ "r1 = 'a'", "r1 = 97" },
	{ "r1 = '\\n'", "r1 = 10" },
	{ "r1 = '\\x7f'", "r1 = 0x7f" },
	{ "r1 -= -0x10 # x", "r1 -= -16 // x" },
	{ "r1 = 1 /* a\n b */\nexit", "r1 = 1\nexit" },
	{ "w1 = 0xffffffff", "w1 = -1" },
	{ "r1 = 0xffffffffffffffff", "r1 = -1" },
	{ "r1 = -1 ll", "r1 = 0xffffffffffffffff ll" },
	{ ".equ K, 5\nr1 = K\nr2 = -K", "r1 = 5\nr2 = -5" },
	{ ".equ K -4\nr1 = *(u8 *)(r10 + K)", "r1 = *(u8 *)(r10 -4)" },
	{ "", "" },
	{ "\n\n# nothing\n", "" },
	/* labels */
	{ "loop: r1 += 1\nif r1 < 5 goto loop\nexit", "r1 += 1\nif r1 < 5 goto -2\nexit" },
	{ "goto end\nr0 = 1\nend:\nexit", "goto +1\nr0 = 1\nexit" },
	{ "call f\nexit\nf: r0 = 0\nexit", "call pc+1\nexit\nr0 = 0\nexit" },
	{ "r2 = subprog[f]\nexit\nf: exit", "r2 = subprog[+2]\nexit\nexit" },
	{ "gotol a\na: exit", "gotol pc+0\nexit" },
	{ "goto end\nend:", "goto +0" },
	{ "ktime_get_ns: exit\ncall ktime_get_ns", "exit\ncall pc-2" },
	/* calls */
	{ "call bpf_ktime_get_ns", "call 5" },
	{ "call ktime_get_ns", "call 5" },
	{ "call bpf_ktime_get_ns#5", "call 5" },
	{ "call unknown#999", "call 999" },
	{ "call unknown#-7", ".insn 0x85 0 0 0 -7" },
	{ "(85) call bpf_ktime_get_ns#172832", "call 5" },
	{ "(85) call pc+2#bpf_prog_6deef7357e7b4530_f", "call pc+2" },
	/* the kernel's log and bpftool's dump */
	{ "   0: (b7) r0 = 0\n   1: (95) exit\n", "r0 = 0\nexit" },
	{ "(18) r1 = 0x5", "r1 = 5 ll" },
	{ "(55) if r1 != 0xffffffff goto pc+1", "if r1 != -1 goto +1" },
	{ "func#0 @0\n0: R1=ctx() R10=fp0\n; return 0; @ x.c:5\n0: (b7) r0 = 0   ; R0_w=0\n"
	  "1: (95) exit\nprocessed 2 insns (limit 1000000) max_states_per_insn 0\n", "r0 = 0\nexit" },
	{ "int prog(struct xdp_md * ctx):\n; return XDP_PASS;\n   0: (b4) w0 = 2\n   1: (95) exit\n",
	  "w0 = 2\nexit" },
	{ "Live regs before insn:\n      0: 0......... (05) goto pc+0\n     1: 0......... (95) exit\n"
	  "0: R1=ctx() R10=fp0\n1: (95) exit\n", "goto +0\nexit" },
	/* llvm-objdump */
	{ "       0:\tb7 00 00 00 05 00 00 00\tr0 = 0x5\n", "r0 = 5" },
	{ "if r1 == 0x0 goto +0x2 <LBB0_2>", "if r1 == 0 goto pc+2" },
	{ "w0 = *(u32 *)(r1 + 0x4)", "r0 = *(u32 *)(r1 +4)" },
	{ "*(u32 *)(r10 - 0x4) = w1", "*(u32 *)(r10 -4) = r1" },
	{ "r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)",
	  "r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)" },
	{ "w2 = atomic_fetch_or((u32 *)(r1 + 0), w2)", "r2 = atomic_fetch_or((u32 *)(r1 +0), r2)" },
	{ "r2 = xchg_64(r1 + 8, r2)", "r2 = atomic64_xchg((u64 *)(r1 +8), r2)" },
	{ "w0 = cmpxchg32_32(r1 + 0, w0, w2)", "r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)" },
	{ "lock *(u32 *)(r1 + 0) ^= w2", "lock *(u32 *)(r1 +0) ^= r2" },
	{ "r0 = *(u8 *)skb[r7]", "r0 = *(u8 *)skb[r7 + 0]" },
	{ "w1 = load_acquire((u8 *)(r2 + 0))", "r1 = load_acquire((u8 *)(r2 +0))" },
	/* clang-format on */
};

static bool assemble(const char *text, struct arena *arena, struct diag *diag,
		     struct insn **ret_insns, size_t *ret_count)
{
	return isa_asm(text, strlen(text), &isa_linux_names, arena, diag, ret_insns, ret_count) ==
	       0;
}

static void test_dialects(void)
{
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		struct arena arena = { 0 };
		struct strbuf why = { 0 };
		struct insn *want;
		size_t count;

		if (!assemble(dialects[i].same_as, &arena, NULL, &want, &count))
			check(false, "'%s' does not assemble", dialects[i].same_as);
		else
			check(compare_assembled(dialects[i].given, strlen(dialects[i].given), want,
						count, &why) == -1,
			      "'%s' is not '%s'\n%s", dialects[i].given, dialects[i].same_as,
			      strbuf_text(&why));
		strbuf_release(&why);
		arena_release(&arena);
	}
}

/* --- what people get wrong ----------------------------------------------------------------- */

/* The first message must be at this place and contain this fragment; so must all messages @also. */
static const struct {
	const char *text;
	unsigned int line, column;
	const char *fragment;
	const char *also;
} mistakes[] = {
	/* clang-format off */
	{ "r0 += rx", 1, 7, "expected a register or a number after '+=', found 'rx'", "" },
	{ "r0 = 0\nr1 + 2\nexit", 2, 4, "expected an operator such as '=' or '+=' after 'r1', found '+'", "" },
	{ "r0 = ", 1, 6, "expected a register, a number or a load after '=', found the end of the text", "" },
	{ "r0\n", 1, 3, "found the end of the line", "" },
	{ "exti", 1, 1, "expected an instruction, found 'exti'", "did you mean 'exit'?" },
	{ "mov r1, r2", 1, 1, "expected an instruction", "instructions look like" },
	{ "r11 = 0", 1, 1, "expected an instruction, found 'r11'", "registers are r0 to r10" },
	{ "r1 = *(u33 *)(r1 +0)", 1, 8, "expected a type after '(', found 'u33'", "types are u8" },
	{ "r1 = *(u32 *)(x +0)", 1, 15, "expected a register after '(', found 'x'", "registers are" },
	{ "r1 = *(u32 *)(w2 +0)", 1, 15, "an address needs a whole register: r2, not w2", "" },
	{ "r1 = *(u32 *)(r2 +40000)", 1, 18, "the offset '+40000' does not fit in 16 bits", "add it to a register" },
	{ "r1 = *(u32 *)(r2 -32769)", 1, 18, "does not fit in 16 bits", "" },
	{ "r1 = *(s64 *)(r2 +0)", 1, 8, "there is no load of type 's64'", "" },
	{ "*(s8 *)(r2 +0) = 1", 1, 3, "unsigned types", "" },
	{ "*(u64 *)(r2 +0) = w1", 1, 19, "needs a whole register: r1, not w1", "" },
	{ "w1 = *(u64 *)(r2 +0)", 1, 1, "whole register", "" },
	{ "r1 = 0x100000000", 1, 6, "'0x100000000' does not fit in the 32 bits", "= 0x100000000 ll" },
	{ "r1 = 0xffffffff", 1, 6, "extended with their sign", "ll" },
	{ "r1 = 4294967296", 1, 6, "'4294967296' does not fit", "ll" },
	{ "r1 &= -2147483649", 1, 7, "'-2147483649' does not fit", "" },
	{ "w1 = 0x100000000", 1, 6, "does not fit in 32 bits", "" },
	{ "w1 = 5 ll", 1, 1, "whole register", "" },
	{ "if r1 > 0xffffffff goto +1", 1, 9, "does not fit in the 32 bits", "wide load" },
	{ "*(u64 *)(r1 +0) = 0xffffffff", 1, 19, "does not fit", "" },
	{ "r1 = 18446744073709551616 ll", 1, 6, "does not fit in 64 bits", "" },
	{ "r1 = -9223372036854775809 ll", 1, 6, "does not fit in 64 bits", "" },
	{ "r1 += w2", 1, 7, "'r1' and 'w2' are not equally wide", "write 'r2'" },
	{ "if w1 == r2 goto +1", 1, 10, "not equally wide", "" },
	{ "r1 = -r2", 1, 7, "negation works in place", "move first: 'r1 = r2'" },
	{ "r1 = be16 r2", 1, 11, "works in place", "" },
	{ "w1 = be16 w1", 1, 1, "whole register", "" },
	{ "w1 = (s32)w2", 1, 7, "expected 's8' or 's16'", "" },
	{ "goto 5", 1, 6, "expected a label or a distance after 'goto', found '5'", "a distance has a sign: +5" },
	{ "goto lop\nloop: exit", 1, 6, "there is no label 'lop'", "did you mean 'loop'?" },
	{ "goto pc", 1, 8, "expected a distance", "" },
	{ "goto +40000", 1, 6, "the distance '+40000' does not fit in 16 bits", "gotol" },
	{ "a: exit\na: exit", 2, 1, "'a' is defined already", "in line 1" },
	{ "r1: exit", 1, 1, "'r1' cannot be a label", "" },
	{ "if r1 = 3 goto +1", 1, 7, "expected a comparison such as '==' or 's>' after 'r1', found '='", "" },
	{ "if r1 > 3 exit", 1, 11, "expected 'goto' after '3', found 'exit'", "" },
	{ "exit 0", 1, 6, "expected the end of the line after 'exit', found '0'", "" },
	{ "call bpf_ktime_gt_ns", 1, 6, "there is no label and no helper 'bpf_ktime_gt_ns'", "did you mean 'bpf_ktime_get_ns'?" },
	{ "call ktime_gt_ns", 1, 6, "no helper", "did you mean 'bpf_ktime_get_ns'?" },
	{ "call fun\nfunc: exit", 1, 6, "no label", "did you mean 'func'?" },
	{ "call r1", 1, 6, "expected a function's name or number", "callx" },
	{ "call bpf_ktime_get_ns#6", 1, 23, "'bpf_ktime_get_ns' is number 5, and 6 is 'bpf_trace_printk'", "" },
	{ "call bpf_no_such#6", 1, 6, "no helper 'bpf_no_such'", "" },
	{ "r1 = map[id:3]", 1, 6, "by descriptor or index, not by id", "map[fd:N]" },
	{ "r1 = map[3]", 1, 10, "expected 'fd' or 'idx'", "" },
	{ "r1 = map[fd:3][1]+0", 1, 16, "expected '0'", "" },
	{ "r1 = lod_acquire((u8 *)(r1 +0))", 1, 6, "expected a register, a number or a load", "did you mean 'load_acquire'?" },
	{ "r1 = atomic_fetch_add((u32 *)(r2 +0), r3)", 1, 1, "leaves the old value in r3, not in r1", "" },
	{ "r1 = atomic64_fetch_add((u32 *)(r2 +0), r1)", 1, 26, "this atomic is of type 'u64'", "" },
	{ "r0 = atomic_cmpxchg((u32 *)(r2 +0), r1, r3)", 1, 37, "the comparison is with r0", "" },
	{ "lock *(u8 *)(r2 +0) += r1", 1, 8, "'u32' or 'u64'", "" },
	{ "lock *(u32 *)(r2 +0) -= r1", 1, 22, "expected '+=', '|=', '&=' or '^='", "" },
	{ "r1 = *(u8 *)skb[0]", 1, 1, "packet loads go to r0, not r1", "" },
	{ "r0 = *(u64 *)skb[0]", 1, 8, "'u8', 'u16' or 'u32'", "" },
	{ "r1 = addr_space_cast(r2, 0, 65536)", 1, 29, "from 0 to 65535", "" },
	{ ".insn 256 0 0 0 0", 1, 7, "opcode is from 0 to 255", "" },
	{ ".insn 1 16 0 0 0", 1, 9, "dst is from 0 to 15", "" },
	{ ".insn 1 0", 1, 10, "expected a number after '0', found the end of the text", "opcode dst src off imm" },
	{ ".ins 1", 1, 1, "expected an instruction, found '.ins'", "did you mean '.insn'?" },
	{ ".equ r1 5", 1, 6, "no word of the language", "" },
	{ ".equ A 5\n.equ A 6", 2, 6, "'A' is defined already", "" },
	{ ".equ KEY 5\nr1 = KEX", 2, 6, "expected a register, a number or a load", "did you mean 'KEY'?" },
	{ "r1 = 08", 1, 6, "leading zero", "" },
	{ "r1 = 5x", 1, 6, "'5x' is not a number", "" },
	{ "r1 = 0x", 1, 6, "'0x' is not a number", "" },
	{ "r1 = 'ab'", 1, 6, "no character constant", "" },
	{ "r1 = @", 1, 6, "'@' is no character of this language", "" },
	{ "r1 = 1 /* never\nclosed", 1, 8, "never closed", "" },
	{ "r1 = \x80", 1, 6, "'?' is no character", "" },
	{ "r1 = x1\nr2 = x2\nr3 = 0\nr4 = x3", 1, 6, "found 'x1'", "found 'x3'" },
	{ "a\nb\nc\nd\ne\nf\ng", 1, 1, "found 'a'", "and 2 more errors" },
	/* clang-format on */
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		const char *text = mistakes[i].text;
		struct source source = { .name = "t", .text = text, .len = strlen(text) };
		struct diag diag = { .source = &source };
		struct arena arena = { 0 };
		struct strbuf got = { 0 }, want = { 0 };
		struct insn *insns;
		size_t count, first_len;
		bool ok = !assemble(text, &arena, &diag, &insns, &count);

		diag_render(&diag, &got);
		strbuf_printf(&want, "t:%u:%u: error: ", mistakes[i].line, mistakes[i].column);
		first_len = strcspn(strbuf_text(&got), "\n");
		ok = ok && strncmp(strbuf_text(&got), strbuf_text(&want), want.len) == 0 &&
		     memmem(strbuf_text(&got), first_len, mistakes[i].fragment,
			    strlen(mistakes[i].fragment)) &&
		     strstr(strbuf_text(&got), mistakes[i].also);
		check(ok, "'%s': expected %s%s (and '%s'), got\n%s", text, strbuf_text(&want),
		      mistakes[i].fragment, mistakes[i].also, strbuf_text(&got));
		strbuf_release(&got);
		strbuf_release(&want);
		diag_release(&diag);
		arena_release(&arena);
	}
}

static const struct {
	const char *text;
	unsigned int line, column;
	const char *fragment;
} doubts[] = {
	/* clang-format off */
	{ "r1 <<= 64",                    1, 8,  "a shift by 64 of 64 bits"             },
	{ "w1 s>>= 32",                   1, 9,  "a shift by 32 of 32 bits"             },
	{ "r1 /= 0",                      1, 7,  "division by zero"                     },
	{ "exit\n7: exit",                2, 1,  "numbered 7 and becomes instruction 1" },
	{ "(07) r1 -= 5",                 1, 6,  "opcode 0x17 and not 0x07"             },
	{ "call bpf_ktime_get_ns#172832", 1, 23, "172832 is not used"                   },
	/* clang-format on */
};

static void test_doubts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(doubts); i++) {
		const char *text = doubts[i].text;
		struct source source = { .name = "t", .text = text, .len = strlen(text) };
		struct diag diag = { .source = &source };
		struct arena arena = { 0 };
		struct strbuf got = { 0 }, want = { 0 };
		struct insn *insns;
		size_t count;
		bool ok = assemble(text, &arena, &diag, &insns, &count);

		diag_render(&diag, &got);
		strbuf_printf(&want, "t:%u:%u: warning: ", doubts[i].line, doubts[i].column);
		check(ok && strncmp(strbuf_text(&got), strbuf_text(&want), want.len) == 0 &&
			      strstr(strbuf_text(&got), doubts[i].fragment),
		      "'%s': expected %s%s, got\n%s", text, strbuf_text(&want), doubts[i].fragment,
		      strbuf_text(&got));
		strbuf_release(&got);
		strbuf_release(&want);
		diag_release(&diag);
		arena_release(&arena);
	}
}

/* --- limits -------------------------------------------------------------------------------- */

static bool assembles(const struct strbuf *text, struct strbuf *messages)
{
	struct diag diag = { .name = "t" };
	struct arena arena = { 0 };
	struct insn *insns;
	size_t count;
	bool ok = isa_asm(text->data, text->len, NULL, &arena, &diag, &insns, &count) == 0;

	diag_render(&diag, messages);
	diag_release(&diag);
	arena_release(&arena);
	return ok;
}

static void test_limits(void)
{
	struct strbuf text = { 0 }, messages = { 0 };

	strbuf_puts(&text, "goto far\n");
	for (int i = 0; i < 32768; i++)
		strbuf_puts(&text, "exit\n");
	strbuf_puts(&text, "far: exit\n");
	check(!assembles(&text, &messages) &&
		      strstr(strbuf_text(&messages), "32768 instructions away") &&
		      strstr(strbuf_text(&messages), "gotol far"),
	      "a goto too far: %s", strbuf_text(&messages));
	memcpy(text.data, "gotol far", 9);
	text.data[9] = ' '; /* joins the next line's 'exit' */
	strbuf_reset(&messages);
	check(!assembles(&text, &messages), "'gotol far exit' is no instruction");

	strbuf_reset(&text);
	strbuf_reset(&messages);
	for (int i = 0; i < ISA_MOST_INSNS; i++)
		strbuf_puts(&text, "exit\n");
	check(assembles(&text, &messages), "the largest program: %s", strbuf_text(&messages));
	strbuf_puts(&text, "exit\nexit\n");
	check(!assembles(&text, &messages) &&
		      strstr(strbuf_text(&messages), "more than 1000000 instructions") &&
		      !strstr(strbuf_text(&messages), "more error"),
	      "too many instructions: %s", strbuf_text(&messages));
	strbuf_release(&text);
	strbuf_release(&messages);
}

/* --- others -------------------------------------------------------------------------------- */

/* Read "0xb7,0x00]" into @bytes; their number. */
static size_t read_bytes(const char *text, uint8_t *bytes, size_t most)
{
	size_t len = 0;
	char *end;

	while (len < most && *text && *text != ']') {
		bytes[len++] = (uint8_t)strtoul(text, &end, 16);
		text = *end == ',' ? end + 1 : end;
	}
	return len;
}

/* One line for each row of op.def and some values, for clang to read. */
static bool write_for_clang(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	for (int op = 0; op < ISA_OP_COUNT; op++) {
		for (size_t n = 0; n < 40; n++) {
			struct insn insns[2];
			const uint8_t *bytes = (const uint8_t *)insns;

			fill((enum isa_op)op, insns, n);
			for (size_t i = 0; i < isa_slots((enum isa_op)op) * 8; i++)
				(void)fprintf(file, "0x%02x ", bytes[i]);
			(void)putc('\n', file);
		}
	}
	return fclose(file) == 0;
}

/* Clang prints these for instructions of which the text does not show all, or for several. */
static bool clang_hides(const char *line)
{
	return strstr(line, "ld_pseudo") || strstr(line, "lea\t") || strstr(line, "call -");
}

/* Clang's disassembler prints what it takes our bytes for, with the bytes that it would
 * assemble that text to; we must agree with it about the text. */
static void test_clang(void)
{
	static const char mark[] = "# encoding: [";
	char path[] = "/tmp/waggle-test-text-XXXXXX", line[512], command[256];
	unsigned int compared = 0;
	FILE *file;
	int fd;

	if (access("/usr/bin/llvm-mc-14", X_OK) != 0) {
		skip("clang's disassembler", "no llvm-mc-14");
		return;
	}
	fd = mkstemp(path);
	if (fd < 0 || close(fd) != 0 || !write_for_clang(path)) {
		skip("clang's disassembler", "cannot write in /tmp");
		return;
	}
	(void)snprintf(command, sizeof command,
		       "timeout 60 llvm-mc-14 -disassemble -triple=bpfel -mcpu=v3 -mattr=+alu32 "
		       "--show-encoding %s 2>/dev/null",
		       path);
	file = popen(command, "r");
	while (file && fgets(line, sizeof line, file)) {
		const char *at = strstr(line, mark);
		struct insn insns[2];
		struct strbuf why = { 0 };
		size_t len;

		if (!at || clang_hides(line))
			continue;
		len = read_bytes(at + strlen(mark), (uint8_t *)insns, sizeof insns);
		compared++;
		check(compare_assembled(line, strlen(line), insns, len / 8, &why) == -1,
		      "clang prints %.60s: %s", line, strbuf_text(&why));
		strbuf_release(&why);
	}
	if (file)
		(void)pclose(file);
	(void)unlink(path);
	check(compared > 1000, "clang understood only %u instructions", compared);
}

/* A program that Linux goes through once, in order. */
static const char straight[] = "r6 = r1\n"
			       "r7 = 5\n"
			       "w8 = 0x7fffffff\n"
			       "r9 = 0x1122334455667788 ll\n"
			       "r7 += 3\n"
			       "r7 *= r7\n"
			       "w7 -= w8\n"
			       "r7 s/= 3\n"
			       "r7 s%= 7\n"
			       "r7 s>>= 1\n"
			       "r7 |= -2\n"
			       "r7 = -r7\n"
			       "w7 = -w7\n"
			       "r2 = (s8)r9\n"
			       "w2 = (s16)w9\n"
			       "r2 = be16 r2\n"
			       "r2 = bswap64 r2\n"
			       "r3 = 4\n"
			       "if r3 s> 5 goto +1\n"
			       "if w3 == 0xffffffff goto +1\n"
			       "if r3 != r3 goto +1\n"
			       "*(u64 *)(r10 -8) = 7\n"
			       "*(u64 *)(r10 -16) = r9\n"
			       "*(u8 *)(r10 -1) = 255\n"
			       "r4 = *(u16 *)(r10 -8)\n"
			       "r4 = *(s32 *)(r10 -8)\n"
			       "lock *(u64 *)(r10 -8) += r3\n"
			       "lock *(u32 *)(r10 -8) ^= r3\n"
			       "r3 = atomic64_fetch_add((u64 *)(r10 -8), r3)\n"
			       "r3 = atomic_fetch_and((u32 *)(r10 -8), r3)\n"
			       "r3 = atomic64_xchg((u64 *)(r10 -8), r3)\n"
			       "r0 = 0\n"
			       "r0 = atomic64_cmpxchg((u64 *)(r10 -8), r0, r9)\n"
			       "r3 = load_acquire((u64 *)(r10 -8))\n"
			       "store_release((u64 *)(r10 -8), r9)\n"
			       "r0 = *(u16 *)skb[12]\n"
			       "r7 = 3\n"
			       "r0 = *(u8 *)skb[r7 + 12]\n"
			       "gotol +0\n"
			       "goto +0\n"
			       "call bpf_ktime_get_ns\n"
			       "r0 = 0\n"
			       "exit\n";

enum { LOG_BYTES = 1 << 20 };

/* Ask Linux to load the program; true when it does.  The log is there in either case. */
static bool linux_log(const struct insn *insns, size_t count, char log[LOG_BYTES])
{
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	long fd;

	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)count;
	attr.license = (uintptr_t) "GPL";
	attr.log_buf = (uintptr_t)log;
	attr.log_size = LOG_BYTES;
	attr.log_level = 2;
	log[0] = '\0';
	fd = syscall(__NR_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
	if (fd >= 0)
		(void)close((int)fd);
	return fd >= 0;
}

/* Linux's verifier prints what it reads in our bytes; its log must assemble to them, with and
 * without the listing before it. */
static void test_linux_log(char log[LOG_BYTES])
{
	struct arena arena = { 0 };
	struct strbuf why = { 0 };
	struct insn *insns;
	size_t count;
	const char *steps;

	if (!assemble(straight, &arena, NULL, &insns, &count)) {
		check(false, "the program for Linux does not assemble");
	} else if (!linux_log(insns, count, log)) {
		skip("Linux's log", "it does not load the program");
	} else {
		check(compare_assembled(log, strlen(log), insns, count, &why) == -1,
		      "Linux's log does not assemble to its program: %s\n%s", strbuf_text(&why),
		      log);
		steps = strstr(log, "\n0: R1=ctx()");
		if (steps)
			check(compare_assembled(steps, strlen(steps), insns, count, &why) == -1,
			      "Linux's steps do not assemble to its program: %s\n%s",
			      strbuf_text(&why), steps);
	}
	strbuf_release(&why);
	arena_release(&arena);
}

/* May @insn stand in a program that Linux lists?  It refuses some before. */
static bool linux_lists(enum isa_op op, struct insn *insn)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_JMP_IMM:
		if (insn->imm < 0 && isa_ops[op].is64)
			return false; /* here our text differs: see disasm.h */
		insn->off = 0;
		return true;
	case ISA_FORM_JMP_REG:
	case ISA_FORM_JA:
	case ISA_FORM_MAY_GOTO: insn->off = 0; return true;
	case ISA_FORM_JA32: insn->imm = 0; return true;
	case ISA_FORM_CALL: return op == ISA_CALL && insn->imm != 0; /* 'bpf_unspec' */
	case ISA_FORM_LDDW: return op == ISA_LDDW;
	case ISA_FORM_EXIT:
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: return false;
	default: return true;
	}
}

/* Every row that Linux lists with some values, and every helper. */
static size_t program_for_listing(struct insn *insns, size_t most)
{
	size_t count = 0;

	for (int op = 0; op < ISA_OP_COUNT; op++) {
		for (size_t n = 0; n < 12 && count + 3 < most; n++) {
			fill((enum isa_op)op, insns + count, n);
			if (linux_lists((enum isa_op)op, insns + count))
				count += isa_slots((enum isa_op)op);
		}
	}
	for (uint32_t id = 1; id < isa_linux_names.helper_end && count + 1 < most; id++) {
		insns[count] = isa_encode(ISA_CALL);
		insns[count++].imm = (int32_t)id;
	}
	insns[count++] = isa_encode(ISA_EXIT);
	return count;
}

/* Our text of a program must be the one of Linux's listing, but for the 'll' of wide loads. */
static void test_linux_listing(char log[LOG_BYTES])
{
	enum { MOST = 8192 };
	struct insn *insns = calloc(MOST, sizeof *insns);
	size_t count = insns ? program_for_listing(insns, MOST) : 0;
	char *line = NULL, *newline, *listed;
	unsigned int compared = 0;

	if (count) {
		(void)linux_log(insns, count, log); /* it refuses what it has listed */
		line = strstr(log, "Live regs before insn:\n");
	}
	if (!line) {
		skip("Linux's listing", "its verifier prints none");
		free(insns);
		return;
	}
	line = strchr(line, '\n') + 1;
	for (size_t at = 0; at < count && (newline = strchr(line, '\n')); line = newline + 1) {
		struct strbuf text = { 0 };

		*newline = '\0';
		strbuf_printf(&text, "(%02x) ", insns[at].code);
		at += isa_disasm_insn(insns, count, at, &isa_linux_names, &text);
		if (insns[at - 1].code == 0 && text.len > 3) /* the second slot of a wide load */
			text.data[text.len - 3] = '\0';
		listed = strchr(line, '(');
		check(listed && strcmp(strbuf_text(&text), listed) == 0,
		      "Linux prints '%s', we '%s'", line, strbuf_text(&text));
		strbuf_release(&text);
		compared++;
	}
	check(compared > 2000, "Linux lists only %u instructions", compared);
	free(insns);
}

static void test_linux(void)
{
	char *log = calloc(1, LOG_BYTES);

	if (!log)
		return;
	test_linux_log(log);
	test_linux_listing(log);
	free(log);
}

int main(void)
{
	test_golden();
	test_dialects();
	test_mistakes();
	test_doubts();
	test_limits();
	test_every_row();
	test_random_programs(false);
	test_random_programs(true);
	test_clang();
	test_linux();
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? 1 : 0;
}
