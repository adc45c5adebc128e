/*
 * compare.c - ask everybody about the same packets.
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "kern/jit/jit.h"
#include "kern/vm/vm.h"
#include "steer.h"

#include "../ir/ir_random.h"

enum { MOST_REPORTS = 3 }; /* of one expression */

struct compiled {
	struct arena arena;
	struct ir_fn *plain;
	struct ir_fn *optimized;
	struct ir_cbpf classic;      /* of the optimised function */
	struct ir_cbpf free_classic; /* the same with loads dropped that nobody uses */
	struct vm_prog *ebpf;        /* of the optimised function, for memory */
	bool is_native;              /* it is machine code as well */
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
	struct source source = { .name = "<expression>", .text = e->text, .len = strlen(e->text) };
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
	if (!err)
		c->is_native = jit_compile(c->ebpf, &diag) == 0;
	c->run = vm_run_new();
	diag_render(&diag, messages);
	diag_release(&diag);
	return err;
}

/* Is @error, libpcap's, of what we take besides?  See doc/filter-differences.md. */
static bool is_beyond(const struct expression *e, const char *error)
{
	static const struct {
		int link; /* or -1: any */
		const char *error;
	} beyond[] = {
		{ -1, "'llc' not supported for" },       { -1, "no MPLS support for PPP" },
		{ DLT_PPI, "no VLAN support for" },      { DLT_LINUX_SLL2, "no VLAN support for" },
		{ DLT_PPI, "supported only on 802.11" },
	};

	for (size_t i = 0; i < ARRAY_LEN(beyond); i++)
		if ((beyond[i].link < 0 || beyond[i].link == e->link) &&
		    strstr(error, beyond[i].error))
			return true;
	return false;
}

static bool compile_all(const struct expression *e, struct compiled *c, struct comparison *t)
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
	if (e->is_random && refused && strstr(strbuf_text(&messages), "no packet matches"))
		good = true;
	if (e->is_random && !refused && !c->has_pcap && is_beyond(e, pcap.error(handle)))
		good = true;
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
	bool ours, optimized, classic, free_classic, ebpf, native, pcap_plain, pcap_optimized;
	bool trapped; /* one of them read beyond the end */
	bool machines_differ;
};

static bool run_classic(const struct ir_cbpf *program, const struct packet *p)
{
	const struct cbpf_packet packet = { .data = p->data, .len = p->len, .wire_len = p->len };

	return cbpf_run(program->insns, &packet) != 0;
}

typedef int vm_engine(const struct vm_prog *prog, struct vm_run *run, const uint64_t args[5],
		      uint64_t *ret_result);

static bool run_ebpf(const struct compiled *c, vm_engine *engine, struct packet *p)
{
	const uint64_t args[5] = { (uint64_t)(uintptr_t)p->data, p->len, p->len };
	const struct vm_region region = { .start = args[0], .bytes = p->len };
	uint64_t result = 0;

	vm_run_clear_regions(c->run);
	if (vm_run_add_region(c->run, &region) != 0 ||
	    engine(c->ebpf, c->run, args, &result) != 0) {
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

/* What libpcap's @program says, by its machine and by ours, where cells begin as 0.  libpcap's are whatever
 * the stack had. */
static bool run_pcap(const struct pcap_program *program, const struct packet *p,
		     struct verdicts *verdicts)
{
	struct steered s = steer_run(program->insns, program->count, p);

	verdicts->trapped |= s.trapped;
	if (!s.unset && s.result != pcap.run(program->insns, p->data, p->len, p->len))
		verdicts->machines_differ = true;
	return s.result != 0;
}

static struct verdicts judge(const struct compiled *c, struct packet *p)
{
	struct ir_outcome ours = ir_interpret(c->plain, p->data, p->len);
	struct ir_outcome optimized = ir_interpret(c->optimized, p->data, p->len);
	struct verdicts v = { .trapped = ours.trapped || optimized.trapped };

	v.ours = ours.result != 0;
	v.optimized = optimized.result != 0;
	v.classic = run_classic(&c->classic, p);
	v.free_classic = run_classic(&c->free_classic, p);
	v.ebpf = run_ebpf(c, vm_interpret, p);
	v.native = c->is_native ? run_ebpf(c, vm_native, p) : v.ebpf;
	v.pcap_plain = v.pcap_optimized = run_pcap(&c->pcap_plain, p, &v);
	if (c->has_pcap_optimized)
		v.pcap_optimized = run_pcap(&c->pcap_optimized, p, &v);
	return v;
}

/* Do all agree?  Ours always must, but for the one that may drop loads.  libpcap's two do not where one of them
 * reads beyond the end, so nor need we. */
static bool agree(const struct verdicts *v, struct comparison *t)
{
	if (v->optimized != v->ours || v->classic != v->ours || v->ebpf != v->ours ||
	    v->native != v->ours || v->machines_differ)
		return false;
	if (v->free_classic == v->ours && v->pcap_plain == v->ours)
		return true;
	t->short_differ += v->trapped;
	return v->trapped;
}

static void report(const struct expression *e, const struct verdicts *v, const struct packet *p)
{
	printf("%u: %s%s\n    we: %d, optimised: %d, classic: %d and %d, eBPF: %d, JIT: %d; "
	       "libpcap: %d, optimised: %d\n    ",
	       e->line, e->text, v->machines_differ ? " (libpcap's machine says otherwise)" : "",
	       v->ours, v->optimized, v->classic, v->free_classic, v->ebpf, v->native,
	       v->pcap_plain, v->pcap_optimized);
	packet_print(p, 120);
}

static bool compare(const struct expression *e, const struct compiled *c, unsigned int packets,
		    struct comparison *t)
{
	struct random_source r = { 88172645463325252u + e->line };
	unsigned int reports = 0;

	for (unsigned int i = 0; i < packets; i++) {
		struct packet p;
		struct verdicts v;

		corpus_packet(&r, e, &c->pcap_plain, i, &p);
		v = judge(c, &p);
		t->packets++;
		t->matched += v.ours;
		if (!agree(&v, t) && reports++ < MOST_REPORTS && !e->differs)
			report(e, &v, &p);
	}
	if (e->differs && reports == 0)
		printf("%u: %s\n    no difference, although the corpus says so\n", e->line,
		       e->text);
	return e->differs ? reports > 0 : reports == 0;
}

bool compare_expression(const struct expression *e, unsigned int packets, struct comparison *t)
{
	struct compiled c = { 0 };
	bool good;

	t->expressions++;
	good = compile_all(e, &c, t);
	if (good && c.has_pcap && c.optimized)
		good = compare(e, &c, packets, t);
	t->failed += !good;
	if (c.has_pcap)
		pcap.free(&c.pcap_plain);
	if (c.has_pcap_optimized)
		pcap.free(&c.pcap_optimized);
	vm_prog_free(c.ebpf);
	vm_run_free(c.run);
	arena_release(&c.arena);
	return good;
}
