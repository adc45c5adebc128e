/*
 * ir_test.c - run the texts of test/ir.
 *
 *	# why this test exists
 *	-- ir
 *	a function
 *	-- pass fold
 *	-- pass gvn drop_traps
 *	-- ir
 *	what it becomes
 *
 * Instead of the second '-- ir': '-- error' and the messages, or '-- cbpf' (or '-- cbpf drop_traps') and the
 * listing in tcpdump's form, or '-- ebpf KIND' and the assembly, KIND being skb, tc, xdp, memory or none.  '-- optimize cbpf' and '-- optimize ebpf' run ir_optimize.  After a
 * result, a pass goes on with the function, and '-- ir' begins another.
 *
 * usage: ir_test FILE...
 */
#include "ir/ir.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "isa/disasm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"

struct section {
	const char *head; /* behind '-- ', up to the line's end */
	size_t head_len;
	const char *text;
	size_t len;
};

struct test {
	const char *path;
	struct arena arena;
	struct ir_fn *fn;
	struct diag diag;
	struct source source;
	bool has_result; /* a function, or messages, that the next section is about */
	unsigned int failed;
	unsigned int checked;
};

static bool head_is(const struct section *s, const char *word)
{
	size_t len = strlen(word);

	return s->head_len >= len && !memcmp(s->head, word, len) &&
	       (s->head_len == len || s->head[len] == ' ');
}

static bool head_has(const struct section *s, const char *word)
{
	return memmem(s->head, s->head_len, word, strlen(word)) != NULL;
}

/* The section at *text, which begins with '-- '. */
static struct section take_section(const char **text)
{
	const char *end = strchrnul(*text, '\n');
	struct section s = { .head = *text + 3, .head_len = (size_t)(end - *text) - 3 };
	const char *next;

	s.text = *end ? end + 1 : end;
	next = !strncmp(s.text, "-- ", 3) ? s.text : strstr(s.text, "\n-- ");
	if (next && next != s.text)
		next++;
	s.len = next ? (size_t)(next - s.text) : strlen(s.text);
	*text = s.text + s.len;
	return s;
}

static void compare(struct test *t, const struct section *s, const struct strbuf *got)
{
	t->checked++;
	if (got->len == s->len && !memcmp(strbuf_text(got), s->text, s->len))
		return;
	t->failed++;
	printf("%s: -- %.*s\nexpected:\n%.*sgot:\n%s", t->path, (int)s->head_len, s->head,
	       (int)s->len, s->text, strbuf_text(got));
}

static void begin(struct test *t, const struct section *s)
{
	diag_release(&t->diag);
	arena_release(&t->arena);
	t->source = (struct source){ .name = "ir", .text = s->text, .len = s->len };
	t->diag = (struct diag){ .source = &t->source };
	t->fn = NULL;
	t->has_result = true;
	(void)ir_parse(&t->source, &t->arena, &t->diag, &t->fn);
}

static void print_messages(struct test *t, const struct section *s)
{
	struct strbuf got = { 0 };

	diag_render(&t->diag, &got);
	compare(t, s, &got);
	strbuf_release(&got);
}

static struct ir_options options_of(const struct section *s)
{
	return (struct ir_options){
		.target = head_has(s, "ebpf") ? IR_TARGET_EBPF : IR_TARGET_CBPF,
		.drop_traps = head_has(s, "drop_traps"),
		.tables = head_has(s, "tables"),
	};
}

static void run_pass(struct test *t, const struct section *s)
{
	struct ir_options options = options_of(s);

	if (head_is(s, "optimize")) {
		(void)ir_optimize(t->fn, &options);
		return;
	}
	for (const struct ir_pass *pass = ir_passes; pass->name; pass++) {
		size_t len = strlen(pass->name);

		if (s->head_len >= 5 + len && !memcmp(s->head + 5, pass->name, len) &&
		    (s->head_len == 5 + len || s->head[5 + len] == ' ')) {
			pass->run(t->fn, &options);
			return;
		}
	}
	printf("%s: unknown: -- %.*s\n", t->path, (int)s->head_len, s->head);
	t->failed++;
}

static void compare_ir(struct test *t, const struct section *s)
{
	struct strbuf got = { 0 };

	if (ir_check(t->fn, &t->diag) == 0)
		ir_print(t->fn, &got);
	else
		diag_render(&t->diag, &got);
	compare(t, s, &got);
	strbuf_release(&got);
}

static void compare_cbpf(struct test *t, const struct section *s)
{
	struct strbuf got = { 0 };
	struct ir_cbpf code;

	if (ir_emit_cbpf(t->fn, head_has(s, "drop_traps"), &t->diag, &code) == 0)
		cbpf_disasm(&(struct cbpf_prog){ code.insns, code.count, NULL }, CBPF_TEXT_PCAP,
			    &got);
	else
		diag_render(&t->diag, &got);
	compare(t, s, &got);
	strbuf_release(&got);
}

static void compare_ebpf(struct test *t, const struct section *s)
{
	struct ir_ebpf_options options = {
		.packet = head_has(s, "skb")    ? IR_PACKET_SKB :
			  head_has(s, "tc")     ? IR_PACKET_SKB_DIRECT :
			  head_has(s, "xdp")    ? IR_PACKET_XDP :
			  head_has(s, "memory") ? IR_PACKET_MEMORY :
						  IR_PACKET_NONE,
		.map_op = ISA_LD_MAP_FD,
	};
	struct isa_disasm_options text = { .labels = true };
	struct strbuf got = { 0 };
	struct ir_ebpf code;

	if (ir_emit_ebpf(t->fn, &options, &t->diag, &code) ||
	    isa_disasm(code.insns, code.count, &text, &got))
		diag_render(&t->diag, &got);
	compare(t, s, &got);
	strbuf_release(&got);
}

static void complain_of_none(struct test *t, const struct section *s)
{
	struct strbuf text = { 0 };

	diag_render(&t->diag, &text);
	printf("%s: -- %.*s: no function:\n%s", t->path, (int)s->head_len, s->head,
	       strbuf_text(&text));
	strbuf_release(&text);
	t->failed++;
}

static void run_section(struct test *t, const struct section *s)
{
	if (head_is(s, "ir") && !t->has_result) {
		begin(t, s);
		return;
	}
	if (head_is(s, "error")) {
		print_messages(t, s);
		t->has_result = false;
	} else if (!t->fn) {
		complain_of_none(t, s);
	} else if (head_is(s, "ir")) {
		compare_ir(t, s);
		t->has_result = false;
	} else if (head_is(s, "cbpf")) {
		compare_cbpf(t, s);
		t->has_result = false;
	} else if (head_is(s, "ebpf")) {
		compare_ebpf(t, s);
		t->has_result = false;
	} else {
		run_pass(t, s);
		t->has_result = true;
	}
}

static int run_file(const char *path)
{
	struct test t = { .path = path };

	const char *at;
	size_t len;
	char *text;

	if (file_read(path, NULL, &text, &len)) {
		printf("%s: cannot be read\n", path);
		return 1;
	}
	at = strstr(text, "\n-- ");
	if (*text != '#' || !at) {
		printf("%s: a test begins with '# why' and has sections\n", path);
		free(text);
		return 1;
	}
	for (at++; *at;) {
		struct section s = take_section(&at);

		run_section(&t, &s);
	}
	diag_release(&t.diag);
	arena_release(&t.arena);
	free(text);
	return t.failed || !t.checked;
}

int main(int argc, char **argv)
{
	unsigned int failed = 0;

	for (int i = 1; i < argc; i++)
		failed += (unsigned int)run_file(argv[i]);
	printf("%u passed, %u failed, 0 skipped\n", (unsigned int)argc - 1 - failed, failed);
	return failed != 0;
}
