/*
 * usdt_arg_test.c - every spelling of an argument of a USDT probe.
 */
#include "probe/usdt_arg.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "test/cmocka_all.h"

enum { PC = 0x1000 };

static bool symbol(void *data, const char *name, uint64_t *ret_address)
{
	(void)data;
	*ret_address = 0x3000;
	return !strcmp(name, "shared");
}

/* As text: "s4=5" is a constant, "u8@80" register 80, "u8[32-20]" memory, "u8[32+80*8+0]" with an index. */
static void show(const struct catalog_usdt_arg *arg, struct strbuf *out)
{
	if (arg->place == USDT_UNKNOWN) {
		strbuf_puts(out, "? ");
		return;
	}
	strbuf_printf(out, "%c%u", arg->is_signed ? 's' : 'u', arg->bytes);
	if (arg->place == USDT_CONSTANT)
		strbuf_printf(out, "=%lld ", (long long)arg->value);
	else if (arg->place == USDT_REGISTER)
		strbuf_printf(out, "@%u ", arg->reg);
	else if (arg->index == UINT16_MAX)
		strbuf_printf(out, "[%u%+lld] ", arg->reg, (long long)arg->value);
	else
		strbuf_printf(out, "[%u+%u*%u%+lld] ", arg->reg, arg->index, arg->scale,
			      (long long)arg->value);
}

static void expect(uint16_t machine, const char *text, const char *expected)
{
	const struct usdt_context context = { .machine = machine, .pc = PC, .symbol = symbol };
	const struct catalog_usdt_arg *args;
	struct strbuf out = { 0 };
	struct arena arena = { 0 };
	uint32_t count;

	assert_int_equal(usdt_parse_args(text, &context, &arena, &args, &count), 0);
	for (uint32_t i = 0; i < count; i++)
		show(&args[i], &out);
	assert_string_equal(strbuf_text(&out), expected);
	strbuf_release(&out);
	arena_release(&arena);
}

static void test_x86(void **state)
{
	(void)state;
	expect(EM_X86_64, "", "");
	expect(EM_X86_64, "-4@$5 8@$-1 1@$0x10", "s4=5 u8=-1 u1=16 ");
	expect(EM_X86_64, "8@%rax -4@%eax 2@%ax 1@%al", "u8@80 s4@80 u2@80 u1@80 ");
	expect(EM_X86_64, "8@%r15 4@%r15d 2@%r15w 1@%r15b 1@%dil 8@%rsp",
	       "u8@0 u4@0 u2@0 u1@0 u1@112 u8@152 ");
	expect(EM_X86_64, "-4@-20(%rbp) 8@(%rax) 8@8(%rsp)", "s4[32-20] u8[80+0] u8[152+8] ");
	expect(EM_X86_64, "8@(%rax,%rbx,8) -1@16(%rbp,%rcx)", "u8[80+40*8+0] s1[32+88*1+16] ");
	expect(EM_X86_64, "4@shared(%rip) 4@shared+4(%rip) 4@4+shared(%rip) 4@shared",
	       "u4[128+8192] u4[128+8196] u4[128+8196] u4[128+8192] ");
	expect(EM_X86_64, "%rax", "u8@80 ");
	expect(EM_X86_64,
	       "8@other(%rip) 8f@%xmm0 8@%ah 8@(%rax,%rbx,3) 8@ @ 3@%rax 16@%rax 8@%rax)",
	       "? ? ? ? ? ? ? ? ? ");
}

static void test_arm64(void **state)
{
	(void)state;
	expect(EM_AARCH64, "8@x0 -4@w19 8@sp 8@x30 4@5 -4@-7",
	       "u8@0 s4@152 u8@248 u8@240 u4=5 s4=-7 ");
	expect(EM_AARCH64, "8@[sp] 8@[sp, 16] -4@[x29, -20] 8@[x1,#8]",
	       "u8[248+0] u8[248+16] s4[232-20] u8[8+8] ");
	expect(EM_AARCH64, "8@[x0, x1] 8@[x0, x1, lsl 3]", "u8[0+8*1+0] u8[0+8*8+0] ");
	expect(EM_AARCH64, "8@x31 8@[x0, w1, sxtw 2] 4@[x3, #:lo12:.LANCHOR1] 8@[x0", "? ? ? ? ");
}

static void test_limits(void **state)
{
	const struct usdt_context context = { .machine = EM_X86_64 };
	const struct catalog_usdt_arg *args;
	struct arena arena = { 0 };
	struct strbuf text = { 0 };
	uint32_t count;

	(void)state;
	for (int i = 0; i < USDT_MOST_ARGS; i++)
		strbuf_puts(&text, "8@%rax ");
	assert_int_equal(usdt_parse_args(text.data, &context, &arena, &args, &count), 0);
	assert_int_equal(count, USDT_MOST_ARGS);
	strbuf_puts(&text, "8@%rax");
	assert_int_equal(usdt_parse_args(text.data, &context, &arena, &args, &count), -E2BIG);
	strbuf_release(&text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
