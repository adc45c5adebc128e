/*
 * arm64_enc_test.c - our arm64 instructions are those that the GNU assembler makes.
 *
 * Every encoding function is called with operands at their edges, and what the instruction should be is
 * written as text beside it.  All texts are then assembled in one go and the words compared.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/bits.h"
#include "kern/jit/arm64_enc.h"

enum { MOST_ROWS = 20000, MOST_TEXT = 64, MOST_REPORTS = 20 };

struct row {
	uint32_t word;
	char text[MOST_TEXT];
};

static struct row rows[MOST_ROWS];
static size_t row_count;
static unsigned int passed, failed, skipped;

PRINTF_LIKE(2, 3)
static void row(uint32_t word, const char *format, ...)
{
	struct row *r = &rows[row_count++];
	va_list args;

	if (row_count >= MOST_ROWS)
		abort();
	r->word = word;
	va_start(args, format);
	(void)vsnprintf(r->text, sizeof r->text, format, args);
	va_end(args);
}

static void check(const char *what, bool holds)
{
	if (holds) {
		passed++;
		return;
	}
	if (failed++ < MOST_REPORTS)
		printf("FAILED: %s\n", what);
}

#define W(x) ((x) ? 'x' : 'w')

static void registers(bool x)
{
	static const struct {
		enum a64_ops op;
		const char *name;
	} ops[] = {
		{ A64_AND, "and" },   { A64_BIC, "bic" }, { A64_ORR, "orr" },
		{ A64_ORN, "orn" },   { A64_EOR, "eor" }, { A64_ADD, "add" },
		{ A64_ADDS, "adds" }, { A64_SUB, "sub" }, { A64_SUBS, "subs" },
		{ A64_ANDS, "ands" },
	};
	static const char *const shifts[] = { "lsl", "lsr", "asr" };
	const char w = W(x);

	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		row(a64_opr(ops[i].op, x, 1, 2, 30), "%s %c1, %c2, %c30", ops[i].name, w, w, w);
		row(a64_opr(ops[i].op, x, 30, 21, A64_ZR), "%s %c30, %c21, %czr", ops[i].name, w, w,
		    w);
		for (int s = 0; s < 3; s++)
			row(a64_ops(ops[i].op, x, 17, 9, 4, (enum a64_shift)s, x ? 63 : 31),
			    "%s %c17, %c9, %c4, %s #%d", ops[i].name, w, w, w, shifts[s],
			    x ? 63 : 31);
	}
	row(a64_op3(A64_UDIV, x, 1, 2, 3), "udiv %c1, %c2, %c3", w, w, w);
	row(a64_op3(A64_SDIV, x, 30, 29, 28), "sdiv %c30, %c29, %c28", w, w, w);
	row(a64_op3(A64_LSLV, x, 1, 2, 3), "lsl %c1, %c2, %c3", w, w, w);
	row(a64_op3(A64_LSRV, x, 1, 2, 3), "lsr %c1, %c2, %c3", w, w, w);
	row(a64_op3(A64_ASRV, x, 1, 2, 3), "asr %c1, %c2, %c3", w, w, w);
	row(a64_op4(A64_MADD, x, 1, 2, 3, 4), "madd %c1, %c2, %c3, %c4", w, w, w, w);
	row(a64_op4(A64_MADD, x, 1, 2, 3, A64_ZR), "mul %c1, %c2, %c3", w, w, w);
	row(a64_op4(A64_MSUB, x, 1, 2, 3, 4), "msub %c1, %c2, %c3, %c4", w, w, w, w);
	row(a64_mov(x, 5, 6), "mov %c5, %c6", w, w);
	row(a64_rev(x, 5, 6), "rev %c5, %c6", w, w);
	row(a64_csel(x, 5, 6, A64_ZR, A64_LO), "csel %c5, %c6, %czr, lo", w, w, w);
	row(a64_csel(x, 5, 6, 7, A64_LE), "csel %c5, %c6, %c7, le", w, w, w);
}

static void immediates(bool x)
{
	static const uint32_t imms[] = { 0, 1, 4095, 4096, 0xabc000, 0xfff000 };
	const char w = W(x);

	for (size_t i = 0; i < ARRAY_LEN(imms); i++) {
		row(a64_opi(A64_ADD_IMM, x, 1, 2, imms[i]), "add %c1, %c2, #%u", w, w, imms[i]);
		row(a64_opi(A64_SUB_IMM, x, 1, 2, imms[i]), "sub %c1, %c2, #%u", w, w, imms[i]);
		row(a64_opi(A64_ADDS_IMM, x, A64_ZR, 2, imms[i]), "cmn %c2, #%u", w, imms[i]);
		row(a64_opi(A64_SUBS_IMM, x, A64_ZR, 2, imms[i]), "cmp %c2, #%u", w, imms[i]);
	}
	for (uint32_t place = 0; place < (x ? 4u : 2u); place++) {
		row(a64_opm(A64_MOVZ, x, 9, 0xabcd, place), "movz %c9, #0xabcd, lsl #%u", w,
		    16 * place);
		row(a64_opm(A64_MOVN, x, 9, 0xffff, place), "movn %c9, #0xffff, lsl #%u", w,
		    16 * place);
		row(a64_opm(A64_MOVK, x, 9, 1, place), "movk %c9, #1, lsl #%u", w, 16 * place);
	}
	for (uint32_t by = 0; by < (x ? 64u : 32u); by++) {
		row(a64_lsl(x, 1, 2, by), "lsl %c1, %c2, #%u", w, w, by);
		row(a64_lsr(x, 1, 2, by), "lsr %c1, %c2, #%u", w, w, by);
		row(a64_ror(x, 1, 2, by), "ror %c1, %c2, #%u", w, w, by);
		row(a64_opb(A64_SBFM, x, 1, 2, by, 13), "sbfm %c1, %c2, #%u, #13", w, w, by);
		row(a64_opb(A64_UBFM, x, 1, 2, 13, by), "ubfm %c1, %c2, #13, #%u", w, w, by);
	}
	row(a64_sext(x, 1, 2, 8), "sxtb %c1, w2", w);
	row(a64_sext(x, 1, 2, 16), "sxth %c1, w2", w);
}

/* All logical immediates there are, and that nothing else is taken for one. */
static void logical(bool x)
{
	static const char *const names[] = { "and", "orr", "eor", "ands" };
	static const enum a64_opl ops[] = { A64_AND_IMM, A64_ORR_IMM, A64_EOR_IMM, A64_ANDS_IMM };
	uint32_t bits, count = 0;

	for (uint32_t period = 2; period <= (x ? 64u : 32u); period *= 2) {
		for (uint32_t ones = 1; ones < period; ones++) {
			for (uint32_t turn = 0; turn < period; turn++) {
				uint64_t value = 0;

				for (uint32_t i = 0; i < (x ? 64u : 32u); i++)
					if ((i + turn) % period < ones)
						value |= 1ull << i;
				count++;
				if (!a64_logical(x, value, &bits)) {
					check("a logical immediate is known", false);
					continue;
				}
				row(a64_opl(ops[count % 4], x, 3, 7, bits), "%s %c3, %c7, #0x%llx",
				    names[count % 4], W(x), W(x), (unsigned long long)value);
			}
		}
	}
	check("there are so many logical immediates", count == (x ? 5334 : 1302));
	check("zero is none", !a64_logical(x, 0, &bits));
	check("all ones is none", !a64_logical(x, x ? ~0ull : 0xffffffff, &bits));
	check("5 is none", !a64_logical(x, 5, &bits));
	check("two runs are none", !a64_logical(x, 0x00ff0f00, &bits));
	check("unlike halves are none", !a64_logical(true, 0x0000000f0000001f, &bits));
}

static void memory(void)
{
	static const char *const loads[] = { "ldrb w", "ldrh w", "ldr w", "ldr x" };
	static const char *const signed_loads[] = { "ldrsb x", "ldrsh x", "ldrsw x" };
	static const char *const stores[] = { "strb w", "strh w", "str w", "str x" };
	static const char *const unscaled[] = { "ldurb w", "ldurh w", "ldur w", "ldur x" };

	for (uint32_t size = 0; size < 4; size++) {
		const uint32_t bytes = 1u << size;

		row(a64_mem(A64_LDR, size, 1, 2, 0), "%s1, [x2]", loads[size]);
		row(a64_mem(A64_LDR, size, 1, A64_SP, 4095 * bytes), "%s1, [sp, #%u]", loads[size],
		    4095 * bytes);
		row(a64_mem(A64_STR, size, A64_ZR, 30, bytes), "%szr, [x30, #%u]", stores[size],
		    bytes);
		row(a64_mem(A64_LDR, size, 1, 2, -256), "%s1, [x2, #-256]", unscaled[size]);
		if (size)
			row(a64_mem(A64_LDR, size, 1, 2, 255), "%s1, [x2, #255]", unscaled[size]);
		row(a64_mem_index(A64_LDR, size, 1, 2, 3, A64_UXTX, false), "%s1, [x2, x3]",
		    loads[size]);
		row(a64_mem_index(A64_STR, size, 1, 2, 3, A64_UXTX, true), "%s1, [x2, x3, lsl #%u]",
		    stores[size], size);
		row(a64_mem_index(A64_LDR, size, 1, 2, 3, A64_UXTW, true),
		    "%s1, [x2, w3, uxtw #%u]", loads[size], size);
		row(a64_mem_index(A64_LDR, size, 1, 2, 3, A64_SXTW, false), "%s1, [x2, w3, sxtw]",
		    loads[size]);
		if (size == 3)
			continue;
		row(a64_mem(A64_LDRS, size, 1, 2, bytes), "%s1, [x2, #%u]", signed_loads[size],
		    bytes);
		row(a64_mem_index(A64_LDRS, size, 1, 2, 3, A64_UXTX, false), "%s1, [x2, x3]",
		    signed_loads[size]);
	}
	row(a64_pair(A64_STP, true, 1, 2, 3, 504), "stp x1, x2, [x3, #504]");
	row(a64_pair(A64_LDP, true, 1, A64_ZR, 3, -512), "ldp x1, xzr, [x3, #-512]");
	row(a64_pair(A64_STP, false, 1, 2, 3, 252), "stp w1, w2, [x3, #252]");
	row(a64_pair(A64_LDP, false, 1, 2, 3, -256), "ldp w1, w2, [x3, #-256]");
	row(a64_pair(A64_STP_PRE, true, 29, 30, A64_SP, -96), "stp x29, x30, [sp, #-96]!");
	row(a64_pair(A64_LDP_POST, true, 29, 30, A64_SP, 96), "ldp x29, x30, [sp], #96");
	row(a64_add_index(1, 2, 3, A64_UXTX, 17), "add x1, x2, x3, lsl #17");
	row(a64_add_index(1, 2, 3, A64_UXTW, 4), "add x1, x2, w3, uxtw #4");
	row(a64_add_index(1, 2, 3, A64_SXTW, 0), "add x1, x2, w3, sxtw");
	check("offsets beyond an access", !a64_offset_fits(3, 257) && !a64_offset_fits(3, 32768) &&
						  !a64_offset_fits(0, 4096) &&
						  !a64_offset_fits(0, -257));
	check("offsets beyond a pair",
	      !a64_pair_fits(true, 512) && !a64_pair_fits(true, -520) && !a64_pair_fits(false, 2));
}

static void atomics(void)
{
	static const char sizes[][2] = { "b", "h", "", "" };

	for (uint32_t size = 0; size < 4; size++) {
		const char w = W(size == 3), *const s = sizes[size];

		row(a64_exclusive(A64_LDAR, size, A64_ZR, 1, 2), "ldar%s %c1, [x2]", s, w);
		row(a64_exclusive(A64_STLR, size, A64_ZR, 1, 2), "stlr%s %c1, [x2]", s, w);
		row(a64_exclusive(A64_LDXR, size, A64_ZR, 1, 2), "ldxr%s %c1, [x2]", s, w);
		row(a64_exclusive(A64_STXR, size, 3, 1, 2), "stxr%s w3, %c1, [x2]", s, w);
		row(a64_exclusive(A64_STLXR, size, 3, 1, 2), "stlxr%s w3, %c1, [x2]", s, w);
		row(a64_atomic(A64_LDADD, size, 1, A64_ZR, 2), "stadd%s %c1, [x2]", s, w);
		row(a64_atomic(A64_LDADD | A64_MEMOP_AL, size, 1, 3, 2), "ldaddal%s %c1, %c3, [x2]",
		    s, w, w);
		row(a64_atomic(A64_LDCLR | A64_MEMOP_AL, size, 1, 3, 2), "ldclral%s %c1, %c3, [x2]",
		    s, w, w);
		row(a64_atomic(A64_LDEOR | A64_MEMOP_AL, size, 1, 3, 2), "ldeoral%s %c1, %c3, [x2]",
		    s, w, w);
		row(a64_atomic(A64_LDSET | A64_MEMOP_AL, size, 1, 3, 2), "ldsetal%s %c1, %c3, [x2]",
		    s, w, w);
		row(a64_atomic(A64_SWP | A64_MEMOP_AL, size, 1, 3, 2), "swpal%s %c1, %c3, [x2]", s,
		    w, w);
		row(a64_atomic(A64_CASAL, size, 1, 3, 2), "casal%s %c1, %c3, [x2]", s, w, w);
	}
	row(A64_DMB_ISH, "dmb ish");
	row(A64_NOP, "nop");
	row(A64_RET, "ret");
	row(a64_rev16(1, 2), "rev16 w1, w2");
	row(a64_zext(1, 2, 8), "uxtb w1, w2");
	row(a64_zext(1, 2, 16), "uxth w1, w2");
	row(a64_sext(true, 1, 2, 32), "sxtw x1, w2");
}

static void branches(void)
{
	static const char conds[][3] = { "eq", "ne", "hs", "lo", "mi", "pl", "vs",
					 "vc", "hi", "ls", "ge", "lt", "gt", "le" };

	for (unsigned int cond = 0; cond < ARRAY_LEN(conds); cond++) {
		row(a64_lead(a64_b_cond((enum a64_cond)cond), -(1 << 20)), "b.%s . - 0x100000",
		    conds[cond]);
		row(a64_lead(a64_b_cond((enum a64_cond)cond), 8), "b.%s . + 8", conds[cond]);
	}
	row(a64_lead(A64_B, (1 << 27) - 4), "b . + 0x7fffffc");
	row(a64_lead(A64_B, -(1 << 27)), "b . - 0x8000000");
	row(a64_lead(A64_BL, -4), "bl . - 4");
	row(a64_lead(a64_cb(A64_CBZ, true, 3), (1 << 20) - 4), "cbz x3, . + 0xffffc");
	row(a64_lead(a64_cb(A64_CBNZ, false, 3), -(1 << 20)), "cbnz w3, . - 0x100000");
	row(a64_lead(a64_tb(A64_TBZ, 3, 63), (1 << 15) - 4), "tbz x3, #63, . + 0x7ffc");
	row(a64_lead(a64_tb(A64_TBNZ, 3, 31), -(1 << 15)), "tbnz w3, #31, . - 0x8000");
	row(a64_lead(A64_ADR | 13, -(1 << 20)), "adr x13, . - 0x100000");
	row(a64_lead(A64_ADR | 13, (1 << 20) - 1), "adr x13, . + 0xfffff");
	row(a64_br(A64_BR, 16), "br x16");
	row(a64_br(A64_BLR, 16), "blr x16");
	check("a branch led elsewhere forgets where it led before",
	      a64_lead(a64_lead(A64_B, -8), 4) == a64_lead(A64_B, 4));
}

/* How many instructions a constant takes. */
static void constants(void)
{
	static const struct {
		uint64_t value;
		unsigned int x32, x64;
	} wanted[] = {
		/* clang-format off */
		{ 0,                  1, 1 },
		{ 0xffff,             1, 1 },
		{ 0xffff0000,         1, 1 },
		{ 0x12345678,         2, 2 },
		{ 0xffffffff,         1, 1 },
		{ 0xfffffffe,         1, 1 },
		{ 0x00ff00ff,         1, 1 },
		{ UINT64_MAX,         1, 1 },
		{ 0xffffffff80000000, 1, 1 },
		{ 0xffffffff12345678, 2, 2 },
		{ 0x5555555555555555, 1, 1 },
		{ 0x0000ffff0000,     1, 1 },
		{ 0x123456789abcdef0, 2, 4 },
		{ 0x0000567800001234, 1, 2 },
		{ 0xffff5678ffff1234, 1, 2 },
		/* clang-format on */
	};
	uint32_t words[4];

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		check("a constant of 32 bits takes the fewest instructions",
		      a64_mov_imm(false, 1, wanted[i].value, words) == wanted[i].x32);
		check("a constant of 64 bits takes the fewest instructions",
		      a64_mov_imm(true, 1, wanted[i].value, words) == wanted[i].x64);
	}
}

/* Assemble all rows; their words in order at @ret_words.  False: there is no assembler. */
static bool assemble(uint32_t *ret_words)
{
	char dir[] = "/tmp/arm64-enc-XXXXXX", path[64], command[256];
	FILE *file;
	size_t n;

	if (system("aarch64-linux-gnu-as --version >/dev/null 2>&1") != 0 || !mkdtemp(dir))
		return false;
	(void)snprintf(path, sizeof path, "%s/a.s", dir);
	file = fopen(path, "w");
	if (!file)
		return false;
	for (size_t i = 0; i < row_count; i++)
		(void)fprintf(file, "%s\n", rows[i].text);
	(void)fclose(file);
	(void)snprintf(command, sizeof command,
		       "cd %s && aarch64-linux-gnu-as -march=armv8.1-a a.s -o a.o && "
		       "aarch64-linux-gnu-objcopy -O binary a.o a.bin",
		       dir);
	if (system(command) != 0)
		failed++;
	(void)snprintf(path, sizeof path, "%s/a.bin", dir);
	file = fopen(path, "rb");
	n = file ? fread(ret_words, sizeof *ret_words, row_count, file) : 0;
	if (file)
		(void)fclose(file);
	check("the assembler makes a word of each row", n == row_count);
	(void)snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command) == 0;
}

int main(void)
{
	static uint32_t words[MOST_ROWS];

	for (int x = 0; x < 2; x++) {
		registers(x);
		immediates(x);
		logical(x);
	}
	memory();
	atomics();
	branches();
	constants();
	if (assemble(words)) {
		for (size_t i = 0; i < row_count; i++) {
			if (words[i] == rows[i].word) {
				passed++;
			} else if (failed++ < MOST_REPORTS) {
				printf("FAILED: %s: %08x, not %08x\n", rows[i].text, words[i],
				       rows[i].word);
			}
		}
	} else {
		skipped++;
		printf("skipped: no assembler for arm64 (aarch64-linux-gnu-as)\n");
	}
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0;
}
