/*
 * random_test.c - random functions mean the same before and after each pass and each emitter.
 *
 * usage: random_test [COUNT [FIRST]]
 */
#include "cbpf_lift.h"
#include "ir_random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "kern/vm/vm.h"

enum { PACKETS = 24, MOST_BYTES = 24 };

struct packet {
	uint8_t data[MOST_BYTES];
	uint32_t len;
	struct ir_outcome expected;
};

struct sample {
	uint64_t seed;
	bool is_program; /* not a filter */
	struct arena arena;
	struct ir_fn *fn;
	struct packet packets[PACKETS];
};

static void begin(struct sample *s, uint64_t seed)
{
	struct random r = { seed * 2862933555777941757u + 3037000493u };

	s->seed = seed;
	s->fn = s->is_program ? random_program(&r, &s->arena) : random_filter(&r, &s->arena);
	for (unsigned int i = 0; i < PACKETS; i++) {
		struct packet *p = &s->packets[i];

		p->len = i < PACKETS / 2 ? MOST_BYTES : random_below(&r, MOST_BYTES + 1);
		for (unsigned int k = 0; k < MOST_BYTES; k++)
			p->data[k] = (uint8_t)(random_below(&r, 3) ? random_below(&r, 8) :
								     random_below(&r, 256));
		p->expected = ir_interpret(s->fn, p->data, p->len);
	}
}

/* Is @got the right answer for @p of a function optimised with @drop_traps? */
static bool is_right(const struct packet *p, uint64_t got, bool drop_traps)
{
	return got == p->expected.result || (p->expected.trapped && drop_traps);
}

static void complain(const struct sample *s, const struct ir_fn *fn, const char *what,
		     const struct packet *p, uint64_t got)
{
	struct strbuf text = { 0 };
	struct sample again = { .is_program = s->is_program };

	begin(&again, s->seed);
	ir_print(again.fn, &text);
	strbuf_puts(&text, "became\n");
	ir_print(fn, &text);
	arena_release(&again.arena);
	printf("random function %llu, %s: on a packet of %u bytes %llu instead of %llu\n%s",
	       (unsigned long long)s->seed, what, p->len, (unsigned long long)got,
	       (unsigned long long)p->expected.result, strbuf_text(&text));
	strbuf_release(&text);
}

struct watch {
	const struct sample *sample;
	bool drop_traps;
	bool failed;
};

static bool agree(const struct sample *s, const struct ir_fn *fn, const char *what, bool drop_traps)
{
	for (unsigned int i = 0; i < PACKETS; i++) {
		const struct packet *p = &s->packets[i];
		uint64_t got = ir_interpret(fn, p->data, p->len).result;

		if (!is_right(p, got, drop_traps)) {
			complain(s, fn, what, p, got);
			return false;
		}
	}
	return true;
}

static void watch(void *data, const char *pass, const struct ir_fn *fn)
{
	struct watch *w = data;

	if (!w->failed)
		w->failed = !agree(w->sample, fn, pass, w->drop_traps);
}

static bool check_passes(uint64_t seed, bool is_program, enum ir_target target, bool drop_traps)
{
	struct sample s = { .is_program = is_program };
	struct watch w = { &s, drop_traps, false };
	struct ir_options options = {
		.target = target, .drop_traps = drop_traps, .trace = watch, .trace_data = &w
	};

	begin(&s, seed);
	if (ir_optimize(s.fn, &options))
		w.failed = true;
	arena_release(&s.arena);
	return !w.failed;
}

/*
 * Emitters
 */

static void complain_cbpf(const struct sample *s, const struct ir_fn *fn, const char *what,
			  const struct packet *p, uint64_t got, const struct ir_cbpf *code)
{
	struct strbuf text = { 0 };

	complain(s, fn, what, p, got);
	cbpf_disasm(&(struct cbpf_prog){ code->insns, code->count, NULL }, CBPF_TEXT_PCAP, &text);
	printf("%s", strbuf_text(&text));
	for (unsigned int i = 0; i < p->len; i++)
		printf("%02x ", p->data[i]);
	printf("\n");
	strbuf_release(&text);
}

static bool run_cbpf(const struct sample *s, const struct ir_cbpf *code, const char *what,
		     bool drop_traps)
{
	struct cbpf_prog prog = { code->insns, code->count, NULL };
	struct diag diag = { 0 };
	bool ok = true;

	if (cbpf_check(&prog, &diag)) {
		struct strbuf text = { 0 };

		diag_render(&diag, &text);
		printf("%s", strbuf_text(&text));
		strbuf_release(&text);
		complain_cbpf(s, s->fn, "check", &s->packets[0], 0, code);
		ok = false;
	}
	for (unsigned int i = 0; i < PACKETS && ok; i++) {
		const struct packet *p = &s->packets[i];
		struct cbpf_packet packet = { p->data, p->len, p->len, NULL };
		uint64_t got = cbpf_run(code->insns, &packet);

		ok = is_right(p, got, drop_traps);
		if (!ok)
			complain_cbpf(s, s->fn, what, p, got, code);
	}
	diag_release(&diag);
	return ok;
}

/* The program as a function again, and that as a program: nothing is lost on the way. */
static bool check_again(struct sample *s, struct ir_cbpf code, bool drop_traps)
{
	struct ir_options options = { .target = IR_TARGET_CBPF, .drop_traps = drop_traps };

	s->fn = cbpf_lift(code.insns, code.count, &s->arena);
	if (!s->fn || ir_optimize(s->fn, &options) ||
	    ir_emit_cbpf(s->fn, drop_traps, NULL, &code)) {
		printf("random function %llu: its classic program is not compiled\n",
		       (unsigned long long)s->seed);
		return false;
	}
	return run_cbpf(s, &code, "cbpf of cbpf", drop_traps);
}

static bool check_cbpf(uint64_t seed, bool optimize, bool drop_traps)
{
	struct ir_options options = { .target = IR_TARGET_CBPF, .drop_traps = drop_traps };
	struct sample s = { 0 };
	struct diag diag = { 0 };
	struct ir_cbpf code;
	bool ok = true;
	int err;

	begin(&s, seed);
	if (optimize)
		ok = ir_optimize(s.fn, &options) == 0;
	err = ir_emit_cbpf(s.fn, drop_traps, &diag, &code);
	if (err) {
		struct strbuf text = { 0 };

		diag_render(&diag, &text);
		printf("random function %llu: %s", (unsigned long long)seed, strbuf_text(&text));
		strbuf_release(&text);
		ok = false;
	}
	if (ok)
		ok = run_cbpf(&s, &code, optimize ? "optimised cbpf" : "cbpf", drop_traps) &&
		     check_again(&s, code, drop_traps);
	diag_release(&diag);
	arena_release(&s.arena);
	return ok;
}

static void complain_ebpf(const struct sample *s, const struct ir_fn *fn, const char *what,
			  const struct packet *p, uint64_t got, const struct ir_ebpf *code)
{
	complain(s, fn, what, p, got);
	printf("%zu slots\n", code->count);
	for (size_t i = 0; i < code->count; i++)
		printf("%zu: %02x r%u r%u off %d imm %d\n", i, code->insns[i].code,
		       code->insns[i].dst, code->insns[i].src, code->insns[i].off,
		       code->insns[i].imm);
}

static bool run_ebpf(const struct sample *s, const struct ir_ebpf *code, enum ir_packet packet,
		     bool drop_traps)
{
	static const struct vm_host host;
	struct vm_options options = { .guarded = packet == IR_PACKET_MEMORY };
	struct vm_run *run = vm_run_new();
	struct diag diag = { 0 };
	struct vm_prog *prog;
	bool ok = true;

	if (vm_prog_new(code->insns, code->count, &host, &options, &diag, &prog)) {
		struct strbuf text = { 0 };

		diag_render(&diag, &text);
		printf("%s", strbuf_text(&text));
		strbuf_release(&text);
		diag_release(&diag);
		complain_ebpf(s, s->fn, "ebpf form", &s->packets[0], 0, code);
		return false;
	}
	for (unsigned int i = 0; i < PACKETS && ok; i++) {
		const struct packet *p = &s->packets[i];
		uint32_t skb[48] = { p->len };
		uint64_t args[5] = { (uint64_t)(uintptr_t)skb }, got = 0;
		struct vm_region region = { (uint64_t)(uintptr_t)p->data, p->len, false };

		if (packet == IR_PACKET_MEMORY) {
			args[0] = region.start;
			args[1] = args[2] = p->len;
			vm_run_clear_regions(run);
			(void)vm_run_add_region(run, &region);
		} else {
			vm_run_set_packet(run, p->data, p->len);
		}
		ok = vm_interpret(prog, run, args, &got) == 0 && is_right(p, got, drop_traps);
		if (!ok)
			complain_ebpf(s, s->fn, packet == IR_PACKET_MEMORY ? "ebpf" : "ebpf skb", p,
				      got, code);
	}
	vm_prog_free(prog);
	vm_run_free(run);
	return ok;
}

static bool check_ebpf(uint64_t seed, bool is_program, enum ir_packet packet, bool optimize,
		       bool drop_traps)
{
	struct ir_options options = { .target = IR_TARGET_EBPF, .drop_traps = drop_traps };
	struct ir_ebpf_options emit = { .packet = packet,
					.map_op = ISA_LD_MAP_FD,
					.has_signed = seed & 1 };
	struct sample s = { .is_program = is_program };
	struct diag diag = { 0 };
	struct ir_ebpf code;
	bool ok = true;
	int err;

	begin(&s, seed);
	if (optimize)
		ok = ir_optimize(s.fn, &options) == 0;
	err = ir_emit_ebpf(s.fn, &emit, &diag, &code);
	if (err == -ENOTSUP && is_program) { /* too many values for the stack */
		diag_release(&diag);
		arena_release(&s.arena);
		return true;
	}
	if (err) {
		struct strbuf text = { 0 };

		diag_render(&diag, &text);
		printf("random function %llu: %s", (unsigned long long)seed, strbuf_text(&text));
		strbuf_release(&text);
		ok = false;
	}
	if (ok)
		ok = run_ebpf(&s, &code, packet, drop_traps);
	diag_release(&diag);
	arena_release(&s.arena);
	return ok;
}

int main(int argc, char **argv)
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 2000;
	unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 0) : 1, failed = 0;

	for (unsigned long i = first; i < first + count; i++) {
		bool ok = true;

		for (unsigned int k = 0; k < 4 && ok; k++)
			ok = check_passes(i, false, k & 1 ? IR_TARGET_CBPF : IR_TARGET_EBPF, k & 2);
		for (unsigned int k = 0; k < 2 && ok; k++)
			ok = check_passes(i, true, IR_TARGET_EBPF, k);
		for (unsigned int k = 0; k < 4 && ok; k++)
			ok = check_cbpf(i, k & 1, k & 2);
		for (unsigned int k = 0; k < 8 && ok; k++)
			ok = check_ebpf(i, false, k & 4 ? IR_PACKET_SKB : IR_PACKET_MEMORY, k & 1,
					k & 2);
		for (unsigned int k = 0; k < 8 && ok; k++)
			ok = check_ebpf(i, true, k & 4 ? IR_PACKET_SKB : IR_PACKET_MEMORY, k & 1,
					k & 2);
		failed += !ok;
		if (failed > 3)
			break;
	}
	printf("%lu passed, %lu failed, 0 skipped\n", count - failed, failed);
	return failed != 0;
}
