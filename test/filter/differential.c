/*
 * differential.c - our filters against libpcap's: same text, same packets, same verdicts.
 *
 * usage: differential CORPUS [TEXT]
 *
 * Each line of CORPUS is compiled by us and by libpcap, which may use its optimiser or not, and all
 * are asked about packets made for it: of headers that belong together, and with their fields
 * changed so that libpcap's program takes another branch.  (Random packets would fall out at the first
 * comparison.)  Of the verdicts on complete packets all must agree.  On packets cut short
 * they may differ if one of the programs read beyond the end, which rejects: libpcap's own two
 * differ there.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "corpus.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "kern/vm/vm.h"

#include "../ir/ir_random.h"
#include "steer.h"

enum {
	PACKETS = 400,    /* eight times that where a difference is to be found */
	MOST_REPORTS = 3, /* of one expression */
};

/* --- one expression -------------------------------------------------------------------------- */

struct totals {
	unsigned int expressions, refused, failed, packets, matched, short_differ;
	double seconds, pcap_seconds;
};

struct compiled {
	struct arena arena;
	struct ir_fn *plain;
	struct ir_fn *optimized;
	struct ir_cbpf classic;      /* of the optimised function */
	struct ir_cbpf free_classic; /* the same with loads dropped that nobody uses */
	struct vm_prog *ebpf;        /* of the optimised function, for memory */
	struct vm_run *run;
	struct pcap_program pcap_plain, pcap_optimized;
	bool has_pcap, has_pcap_optimized;
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compile_ours(const struct expression *e, struct arena *arena, struct strbuf *messages,
			struct ir_fn **ret)
{
	const struct filter_options options = { .link = e->link,
						.snaplen = CORPUS_SNAPLEN,
						.has_netmask = true,
						.netmask = CORPUS_NETMASK };
	struct source source = { "<expression>", e->text, strlen(e->text) };
	struct diag diag = { .source = &source };
	int err = filter_compile(&source, &options, arena, &diag, ret);

	diag_render(&diag, messages);
	if (err && !diag.error_count)
		strbuf_printf(messages, "failed without a message: %s\n", strerror(-err));
	diag_release(&diag);
	return err;
}

static int emit(struct ir_fn *fn, const struct ir_options *passes, struct ir_cbpf *ret,
		struct strbuf *messages)
{
	struct diag diag = { 0 };
	int err = ir_optimize(fn, passes);

	if (!err)
		err = ir_emit_cbpf(fn, passes->drop_traps, &diag, ret);
	if (!err)
		err = cbpf_check(&(struct cbpf_prog){ ret->insns, ret->count, NULL }, &diag);
	diag_render(&diag, messages);
	diag_release(&diag);
	return err;
}

/* As eBPF for our own machine. */
static int make_ebpf(struct ir_fn *fn, struct compiled *c, struct strbuf *messages)
{
	const struct ir_ebpf_options options = { .packet = IR_PACKET_MEMORY };
	const struct ir_options passes = { .target = IR_TARGET_EBPF };
	static const struct vm_host host;
	const struct vm_options vm = { .guarded = true };
	struct diag diag = { 0 };
	struct ir_ebpf program;
	int err = ir_optimize(fn, &passes);

	if (!err)
		err = ir_emit_ebpf(fn, &options, &diag, &program);
	if (!err)
		err = vm_prog_new(program.insns, program.count, &host, &vm, &diag, &c->ebpf);
	c->run = vm_run_new();
	diag_render(&diag, messages);
	diag_release(&diag);
	return err;
}

static bool compile_all(const struct expression *e, struct compiled *c, struct totals *t)
{
	struct strbuf messages = { 0 }, unused = { 0 };
	const struct ir_options passes = { .target = IR_TARGET_CBPF };
	const struct ir_options free_passes = { .target = IR_TARGET_CBPF, .drop_traps = true };
	struct ir_fn *fn;
	void *handle = pcap.open_dead(e->link, CORPUS_SNAPLEN);
	double start = now();
	int err = compile_ours(e, &c->arena, &messages, &c->plain);
	bool refused = err != 0, good;

	if (!err)
		err = compile_ours(e, &c->arena, &unused, &c->optimized);
	if (!err)
		err = emit(c->optimized, &passes, &c->classic, &unused);
	t->seconds += now() - start;
	if (!err)
		err = compile_ours(e, &c->arena, &unused, &fn);
	if (!err)
		err = emit(fn, &free_passes, &c->free_classic, &unused);
	if (!err)
		err = compile_ours(e, &c->arena, &unused, &fn);
	if (!err)
		err = make_ebpf(fn, c, &unused);
	c->has_pcap = pcap.compile(handle, &c->pcap_plain, e->text, 0, CORPUS_NETMASK) == 0;
	good = e->ours_only ? !refused && !c->has_pcap :
	       e->pcap_only ? refused && c->has_pcap :
			      refused == !c->has_pcap;
	if (!good)
		printf("%u: %s\n    libpcap: %s\n    we: %s\n", e->line, e->text,
		       c->has_pcap ? "takes it" : pcap.error(handle),
		       refused ? strbuf_text(&messages) : "take it");
	start = now();
	c->has_pcap_optimized = c->has_pcap && pcap.compile(handle, &c->pcap_optimized, e->text, 1,
							    CORPUS_NETMASK) == 0;
	t->pcap_seconds += now() - start;
	t->refused += refused;
	pcap.close(handle);
	if (!refused && err) {
		printf("%u: %s: %s\n    %s\n", e->line, e->text, strerror(-err),
		       strbuf_text(&unused));
		good = false;
	}
	strbuf_release(&messages);
	strbuf_release(&unused);
	return good;
}

struct verdicts {
	bool ours, optimized, classic, free_classic, ebpf, pcap_plain, pcap_optimized;
	bool trapped; /* one of them read beyond the end */
};

static bool run_classic(const struct ir_cbpf *program, const struct packet *p)
{
	const struct cbpf_packet packet = { .data = p->data, .len = p->len, .wire_len = p->len };

	return cbpf_run(program->insns, &packet) != 0;
}

static bool run_ebpf(const struct compiled *c, struct packet *p)
{
	const uint64_t args[5] = { (uint64_t)(uintptr_t)p->data, p->len, p->len };
	const struct vm_region region = { .start = args[0], .bytes = p->len };
	uint64_t result = 0;

	vm_run_clear_regions(c->run);
	if (vm_run_add_region(c->run, &region) != 0 ||
	    vm_interpret(c->ebpf, c->run, args, &result) != 0) {
		struct diag diag = { 0 };
		struct strbuf text = { 0 };

		vm_run_explain(c->run, &diag);
		diag_render(&diag, &text);
		printf("eBPF: %s\n", strbuf_text(&text));
		strbuf_release(&text);
		diag_release(&diag);
		return !result;
	}
	return result != 0;
}

static struct verdicts judge(const struct compiled *c, struct packet *p)
{
	struct ir_outcome ours = ir_interpret(c->plain, p->data, p->len);
	struct ir_outcome optimized = ir_interpret(c->optimized, p->data, p->len);
	struct verdicts v = { 0 };
	bool trapped[2] = { 0 };

	v.ours = ours.result != 0;
	v.optimized = optimized.result != 0;
	v.classic = run_classic(&c->classic, p);
	v.free_classic = run_classic(&c->free_classic, p);
	v.ebpf = run_ebpf(c, p);
	v.pcap_plain = pcap.run(c->pcap_plain.insns, p->data, p->len, p->len) != 0;
	trapped[0] = steer_run(c->pcap_plain.insns, c->pcap_plain.count, p).trapped;
	v.pcap_optimized = v.pcap_plain;
	if (c->has_pcap_optimized) {
		v.pcap_optimized = pcap.run(c->pcap_optimized.insns, p->data, p->len, p->len) != 0;
		trapped[1] = steer_run(c->pcap_optimized.insns, c->pcap_optimized.count, p).trapped;
	}
	v.trapped = ours.trapped || optimized.trapped || trapped[0] || trapped[1];
	return v;
}

static bool compare(const struct expression *e, const struct compiled *c, struct totals *t)
{
	struct random_source r = { 88172645463325252u + e->line };
	unsigned int reports = 0;

	for (unsigned int i = 0; i < (e->differs ? 8 : 1) * PACKETS; i++) {
		struct packet p;
		struct verdicts v;

		corpus_packet(&r, e, &c->pcap_plain, i, &p);
		v = judge(c, &p);
		t->packets++;
		t->matched += v.ours;
		if (v.ours == v.pcap_plain && v.optimized == v.pcap_plain &&
		    v.classic == v.pcap_plain && v.free_classic == v.pcap_plain &&
		    v.ebpf == v.pcap_plain)
			continue;
		if (v.trapped) {
			t->short_differ++;
			continue;
		}
		if (reports++ < MOST_REPORTS && !e->differs) {
			printf("%u: %s\n    we: %d, optimised: %d, classic: %d and %d, eBPF: %d; libpcap: %d, "
			       "optimised: %d\n    ",
			       e->line, e->text, v.ours, v.optimized, v.classic, v.free_classic,
			       v.ebpf, v.pcap_plain, v.pcap_optimized);
			packet_print(&p, 120);
		}
	}
	if (e->differs && reports == 0)
		printf("%u: %s\n    no difference, although the corpus says so\n", e->line,
		       e->text);
	return e->differs ? reports > 0 : reports == 0;
}

static void test_expression(const struct expression *e, struct totals *t)
{
	struct compiled c = { 0 };
	bool good;

	t->expressions++;
	good = compile_all(e, &c, t);
	if (good && c.has_pcap && c.optimized)
		good = compare(e, &c, t);
	t->failed += !good;
	if (c.has_pcap)
		pcap.free(&c.pcap_plain);
	if (c.has_pcap_optimized)
		pcap.free(&c.pcap_optimized);
	vm_prog_free(c.ebpf);
	vm_run_free(c.run);
	arena_release(&c.arena);
}

struct search {
	const char *text; /* only expressions with this in them; or NULL */
	struct totals totals;
};

static void visit(void *data, const struct expression *e)
{
	struct search *search = data;

	if (!search->text || strstr(e->text, search->text))
		test_expression(e, &search->totals);
}

int main(int argc, char *argv[])
{
	struct search search = { .text = argc > 2 ? argv[2] : NULL };
	const struct totals *t = &search.totals;

	if (!pcap_load()) {
		printf("skipped: libpcap is not installed\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	if (argc < 2 || corpus_read(argv[1], visit, &search) != 0) {
		printf("usage: %s CORPUS [TEXT]\n", argv[0]);
		return 1;
	}
	printf("%u expressions, %u refused by both; %u packets, %u of them match\n", t->expressions,
	       t->refused, t->packets, t->matched);
	printf("%u verdicts on packets cut short differ\n", t->short_differ);
	printf("compiled in %.0f ms, libpcap in %.0f ms\n", t->seconds * 1e3,
	       t->pcap_seconds * 1e3);
	printf("%u passed, %u failed, 0 skipped\n", t->expressions - t->failed, t->failed);
	return t->failed ? 1 : 0;
}
