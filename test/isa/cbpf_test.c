/*
 * cbpf_test.c - counting, and random programs.
 */
#include "cbpf_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int passed, failed, skipped;

void test_pass(void)
{
	passed++;
}

PRINTF_LIKE(2, 0)
static void say(const char *what, const char *format, va_list args)
{
	printf("%s: ", what);
	vprintf(format, args);
	putchar('\n');
}

void test_fail(const char *format, ...)
{
	va_list args;

	failed++;
	va_start(args, format);
	say("failed", format, args);
	va_end(args);
}

void test_skip(const char *format, ...)
{
	va_list args;

	skipped++;
	va_start(args, format);
	say("skipped", format, args);
	va_end(args);
}

void test_check(bool good, const char *format, ...)
{
	va_list args;

	if (good) {
		passed++;
		return;
	}
	failed++;
	va_start(args, format);
	say("failed", format, args);
	va_end(args);
}

int test_finish(void)
{
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

uint32_t random_u32(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	/* xorshift64*, by Marsaglia and Vigna */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)(state * 0x2545f4914f6cdd1d >> 32);
}

uint32_t random_below(uint32_t limit)
{
	return random_u32() % limit;
}

bool random_one_in(uint32_t n)
{
	return !random_below(n);
}

/* Constants that sit on somebody's boundary. */
static uint32_t random_constant(void)
{
	static const uint32_t edges[] = {
		0,          1,          4,          31,         32,         255,
		0x7fff,     0x8000,     0xffff,     0x7fffffff, 0x80000000, 0xffffffff,
		0xfffffffe, 0x7ffffffc, 0x7ffffffe, 0xfffff000,
	};

	switch (random_below(4)) {
	case 0: return edges[random_below(sizeof edges / sizeof edges[0])];
	case 1: return random_u32();
	default: return random_below(64);
	}
}

static uint32_t random_address(struct random_kind kind)
{
	switch (random_below(32)) {
	case 0: return random_constant() & INT32_MAX;
	case 1:
	case 2:
		if (kind.exts) {
			uint32_t i = random_below(CBPF_EXT_COUNT);

			if (!(kind.no_exts & 1u << i))
				return CBPF_EXT_OFFSET + cbpf_exts[i].ext;
		}
		break;
	case 3:
		if (kind.headers)
			return CBPF_LINK_OFFSET + random_below(80);
		break;
	case 4:
		if (kind.headers)
			return CBPF_NET_OFFSET + random_below(80);
		break;
	default: break;
	}
	return random_below(72);
}

/* A way forward that stays inside and is mostly short. */
static uint32_t random_skip(size_t left)
{
	uint32_t most = left > 1 ? (uint32_t)left - 1 : 1;

	return random_below(random_one_in(4) || most < 4 ? most : 4);
}

static struct cbpf_insn random_insn(size_t left, struct random_kind kind)
{
	enum cbpf_op op = (enum cbpf_op)random_below(CBPF_OP_COUNT);
	struct cbpf_insn insn = { .code = cbpf_ops[op].code };

	if ((op == CBPF_RET_A || op == CBPF_RET_K) && !random_one_in(4))
		insn.code = cbpf_ops[op = CBPF_LD_ABS_H].code;
	switch (cbpf_ops[op].form) {
	case CBPF_FORM_IMM:
		insn.k = random_constant();
		if (op == CBPF_LSH_K || op == CBPF_RSH_K)
			insn.k %= 32;
		if (op == CBPF_DIV_K || op == CBPF_MOD_K)
			insn.k |= 1;
		break;
	case CBPF_FORM_IND: insn.k = random_one_in(8) ? random_constant() : random_below(72); break;
	case CBPF_FORM_ABS: insn.k = random_address(kind); break;
	case CBPF_FORM_MSH:
		kind.exts = false;
		insn.k = random_address(kind);
		break;
	case CBPF_FORM_MEM: insn.k = random_below(random_one_in(16) ? CBPF_CELLS : 4); break;
	case CBPF_FORM_JUMP: insn.k = random_skip(left); break;
	case CBPF_FORM_JUMP_IMM:
		insn.k = random_constant();
		/* fall through */
	case CBPF_FORM_JUMP_X:
		insn.jt = (uint8_t)random_skip(left);
		insn.jf = (uint8_t)random_skip(left);
		break;
	case CBPF_FORM_NONE:
	case CBPF_FORM_A:
	case CBPF_FORM_X:
	case CBPF_FORM_LEN: break;
	}
	return insn;
}

size_t random_program(struct cbpf_insn *insns, size_t most, struct random_kind kind)
{
	size_t count = 1 + random_below((uint32_t)most), i = 0;

	for (; i < 4 && i + 1 < count; i++) /* most programs may use M[0] to M[3] */
		insns[i] = (struct cbpf_insn){ .code = cbpf_ops[CBPF_ST].code, .k = (uint32_t)i };
	for (; i + 1 < count; i++)
		insns[i] = random_insn(count - i - 1, kind);
	insns[i].code = cbpf_ops[random_one_in(4) ? CBPF_RET_K : CBPF_RET_A].code;
	insns[i].jt = insns[i].jf = 0;
	insns[i].k = random_constant();
	return count;
}

size_t random_mutation(struct cbpf_insn *insns, size_t count)
{
	uint32_t changes = 1 + random_below(2);

	while (changes--) {
		struct cbpf_insn *insn = &insns[random_below((uint32_t)count)];

		switch (random_below(8)) {
		case 0: insn->code = (uint16_t)random_below(256); break;
		case 1: insn->code = (uint16_t)random_u32(); break;
		case 2: insn->code = cbpf_ops[random_below(CBPF_OP_COUNT)].code; break;
		case 3: insn->jt = (uint8_t)random_below(random_one_in(2) ? 256 : 20); break;
		case 4: insn->jf = (uint8_t)random_below(random_one_in(2) ? 256 : 20); break;
		case 5: insn->k = random_constant(); break;
		case 6: insn->k = CBPF_EXT_OFFSET + random_below(80) - 4; break;
		default: count = 1 + random_below((uint32_t)count); break;
		}
	}
	return count;
}

void print_program(const struct cbpf_insn *insns, size_t count)
{
	struct cbpf_prog prog = { insns, count, NULL };
	struct strbuf out = { 0 };

	cbpf_disasm(&prog, CBPF_TEXT_ASM, &out);
	fputs(strbuf_text(&out), stdout);
	strbuf_release(&out);
}
