/* log_test.c - what is read from the end of the verifier's log, and what the kernel says today. */
#include "sys/log.h"

#include "../cmocka_all.h"
#include "base/bits.h"
#include "hostbpf.h"
#include "sys/bpf.h"

struct row {
	const char *log;
	uint32_t insn;
	const char *text;
	const char *reason;
};

static const struct row rows[] = {
	{ "0: R1=ctx() R10=fp0\n"
	  "0: (b7) r0 = 0                        ; R0_w=0\n"
	  "1: (79) r1 = *(u64 *)(r2 +0)\n"
	  "R2 !read_ok\n"
	  "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0\n",
	  1, "r1 = *(u64 *)(r2 +0)", "R2 !read_ok" },
	{ "4: (85) call bpf_ringbuf_reserve#131  ; R0_w=ringbuf_mem_or_null(id=2)\n"
	  "5: (95) exit\n"
	  "Unreleased reference id=2 alloc_insn=4\n"
	  "BPF_EXIT instruction would lead to reference leak\n"
	  "processed 6 insns\n",
	  5, "exit",
	  "Unreleased reference id=2 alloc_insn=4; BPF_EXIT instruction would lead to reference leak" },
	{ "unreachable insn 7\nprocessed 0 insns\n", 7, "", "unreachable insn 7" },
	{ "3: (05) goto pc-2\n"
	  "infinite loop detected at insn 2\n"
	  "cur state: R0=0 R10=fp0\n"
	  "old state: R0=0 R10=fp0\n",
	  3, "goto pc-2", "infinite loop detected at insn 2" },
	{ "9: (bf) r1 = r6\nfrom 4 to 9: R0=0 R10=fp0\n", 9, "r1 = r6", "" },
	{ "", SYS_NO_INSN, "", "" },
	{ "\n\n", SYS_NO_INSN, "", "" },
	{ "just this", SYS_NO_INSN, "", "just this" },
};

static void logs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sys_refusal refusal;

		sys_refusal_read(rows[i].log, &refusal);
		assert_int_equal(refusal.insn, rows[i].insn);
		assert_string_equal(strbuf_text(&refusal.text), rows[i].text);
		assert_string_equal(strbuf_text(&refusal.reason), rows[i].reason);
		sys_refusal_release(&refusal);
	}
}

/* The script's line is shown, not only the kernel's words. */
static void place_of_refusal(void **state)
{
	static const struct source source = { .name = "x.bt",
					      .text = "first line\nsecond line\n",
					      .len = 23 };
	static const struct span spans[] = { { 0, 5 }, { 11, 6 }, { 0, 5 } };
	struct insn insns[] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_MOV64_REG),
				isa_encode(ISA_EXIT) };
	struct sys_prog prog = {
		.type = 17, /* BPF_PROG_TYPE_RAW_TRACEPOINT */
		.insns = insns,
		.insn_count = ARRAY_LEN(insns),
		.license = "GPL",
		.spans = spans,
	};
	struct diag diag = { .source = &source };
	struct strbuf text = { 0 };

	(void)state;
	if (hostbpf_missing())
		skip();
	insns[1].src = 5; /* never written */
	assert_true(sys_prog_load(&sys_linux, &prog, &diag) < 0);
	diag_render(&diag, &text);
	assert_non_null(strstr(strbuf_text(&text),
			       "x.bt:2:1: error: Linux refuses the program: R5 !read_ok"));
	assert_non_null(strstr(strbuf_text(&text), "at instruction 1: r0 = r5"));
	strbuf_release(&text);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs),
		cmocka_unit_test(place_of_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
