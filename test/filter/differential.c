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
 *
 * A line may begin with '@' and a link type.  '#' begins a comment.  Lines that libpcap refuses must be
 * refused by us, unless they begin with '+ '; '- ' marks what only libpcap takes, and '~ ' what has another
 * meaning for us: see doc/filter-differences.md.
 */
#include "packets.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/file.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "isa/cbpf.h"
#include "kern/vm/vm.h"

#include "../ir/ir_random.h"

enum {
	PACKETS = 400, /* eight times that where a difference is to be found */
	SNAPLEN = 262144,
	MOST_REPORTS = 3, /* of one expression */
};

/* --- libpcap, loaded when it is there -------------------------------------------------------- */

struct pcap_program {
	unsigned int count;
	struct cbpf_insn *insns;
};

static struct {
	void *(*open_dead)(int link, int snaplen);
	void (*close)(void *pcap);
	int (*compile)(void *pcap, struct pcap_program *program, const char *text, int optimize,
		       uint32_t netmask);
	void (*free)(struct pcap_program *program);
	unsigned int (*run)(const struct cbpf_insn *insns, const uint8_t *packet,
			    unsigned int wire_len, unsigned int len);
	const char *(*error)(void *pcap);
} pcap;

static bool load_pcap(void)
{
	static const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "pcap_open_dead", &pcap.open_dead }, { "pcap_close", &pcap.close },
		{ "pcap_compile", &pcap.compile },     { "pcap_freecode", &pcap.free },
		{ "bpf_filter", &pcap.run },           { "pcap_geterr", &pcap.error },
	};
	void *library = dlopen("libpcap.so.0.8", RTLD_NOW);

	if (!library)
		library = dlopen("libpcap.so.1", RTLD_NOW);
	for (size_t i = 0; library && i < ARRAY_LEN(symbols); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol)
			return false;
		memcpy(symbols[i].to, &symbol, sizeof symbol);
	}
	return library != NULL;
}

/* --- steering ------------------------------------------------------------------------------- */

/* Where the accumulator came from. */
struct origin {
	bool known;
	uint32_t at;
	uint32_t bytes;
	uint32_t mask;
};

static void write_field(struct packet *p, const struct origin *o, uint32_t value, uint32_t bits)
{
	for (uint32_t i = 0; i < o->bytes; i++) {
		uint32_t shift = (o->bytes - 1 - i) * 8;
		uint8_t *byte = &p->data[o->at + i];

		*byte = (uint8_t)((*byte & ~(bits >> shift)) | (value >> shift & bits >> shift));
	}
}

static bool load_field(const struct packet *p, uint32_t at, uint32_t bytes, uint32_t *ret)
{
	if (at > p->len || p->len - at < bytes)
		return false;
	*ret = 0;
	for (uint32_t i = 0; i < bytes; i++)
		*ret = *ret << 8 | p->data[at + i];
	return true;
}

/* Run @program, and now and then change the field that a jump looks at so that it goes the other
 * way.  *ret_trapped: a load was beyond the end. */
static void steer(struct random_source *r, const struct pcap_program *program, struct packet *p,
		  bool change, bool *ret_trapped)
{
	uint32_t a = 0, x = 0, cells[16] = { 0 }, value;
	struct origin o = { 0 };
	unsigned int steps = 0;

	*ret_trapped = false;
	for (size_t pc = 0; pc < program->count && steps++ < 20000; pc++) {
		const struct cbpf_insn *in = &program->insns[pc];
		uint32_t bytes = (in->code & 0x18) == 0x10 ? 1 : (in->code & 0x18) == 0x08 ? 2 : 4;
		uint32_t operand = in->code & 8 ? x : in->k;

		switch (in->code & 7) {
		case 0: /* ld */
			o.known = false;
			switch (in->code & 0xe0) {
			case 0x00: a = in->k; break;
			case 0x60: a = cells[in->k & 15]; break;
			case 0x80: a = p->len; break;
			default:
				o = (struct origin){ true, in->k, bytes, UINT32_MAX };
				if ((in->code & 0xe0) == 0x40)
					o.at += x;
				if (!load_field(p, o.at, bytes, &a)) {
					*ret_trapped = true;
					return;
				}
				break;
			}
			break;
		case 1: /* ldx */
			switch (in->code & 0xe0) {
			case 0x00: x = in->k; break;
			case 0x60: x = cells[in->k & 15]; break;
			case 0x80: x = p->len; break;
			default:
				if (!load_field(p, in->k, 1, &value)) {
					*ret_trapped = true;
					return;
				}
				x = (value & 0xf) << 2;
				break;
			}
			break;
		case 2: cells[in->k & 15] = a; break;
		case 3: cells[in->k & 15] = x; break;
		case 4:
			if ((in->code & 0xf0) == 0x50)
				o.mask &= operand;
			else
				o.known = false;
			switch (in->code & 0xf0) {
			case 0x00: a += operand; break;
			case 0x10: a -= operand; break;
			case 0x20: a *= operand; break;
			case 0x30:
				if (!operand)
					return;
				a /= operand;
				break;
			case 0x40: a |= operand; break;
			case 0x50: a &= operand; break;
			case 0x60: a = operand < 32 ? a << operand : 0; break;
			case 0x70: a = operand < 32 ? a >> operand : 0; break;
			case 0x80: a = -a; break;
			case 0x90:
				if (!operand)
					return;
				a %= operand;
				break;
			default: a ^= operand; break;
			}
			break;
		case 5: {
			bool yes = true;
			uint32_t bits = o.mask;

			if ((in->code & 0xf0) == 0) {
				pc += (size_t)(int32_t)in->k; /* back, for protochain */
				break;
			}
			if (change && o.known && one_in(r, 2)) {
				uint32_t want = in->k;

				if (one_in(r, 6)) /* almost */
					want = one_in(r, 2) ? want + pick(r, 3) - 1 :
							      want ^ 1u << pick(r, 8);
				if ((in->code & 0xf0) == 0x40)
					bits = want = in->k;
				write_field(p, &o, want, bits);
				(void)load_field(p, o.at, o.bytes, &a);
				a &= o.mask;
			}
			switch (in->code & 0xf0) {
			case 0x10: yes = a == operand; break;
			case 0x20: yes = a > operand; break;
			case 0x30: yes = a >= operand; break;
			case 0x40: yes = (a & operand) != 0; break;
			default: break;
			}
			pc += yes ? in->jt : in->jf;
			break;
		}
		case 6: return;
		default:
			if ((in->code & 0xf8) == 0)
				x = a;
			else
				a = x;
			o.known = false;
			break;
		}
	}
}

/* --- one expression -------------------------------------------------------------------------- */

struct totals {
	unsigned int expressions, refused, failed, packets, matched, short_differ;
	unsigned int instructions, pcap_instructions, smaller, larger;
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

struct expression {
	unsigned int line;
	const char *text;
	int link;
	bool ours_only, pcap_only, differs;
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
	const struct filter_options options = {
		.link = e->link, .snaplen = SNAPLEN, .has_netmask = true, .netmask = 0xffffff00
	};
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
	void *handle = pcap.open_dead(e->link, SNAPLEN);
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
	c->has_pcap = pcap.compile(handle, &c->pcap_plain, e->text, 0, 0xffffff00) == 0;
	good = e->ours_only ? !refused && !c->has_pcap :
	       e->pcap_only ? refused && c->has_pcap :
			      refused == !c->has_pcap;
	if (!good)
		printf("%u: %s\n    libpcap: %s\n    we: %s\n", e->line, e->text,
		       c->has_pcap ? "takes it" : pcap.error(handle),
		       refused ? strbuf_text(&messages) : "take it");
	start = now();
	c->has_pcap_optimized = c->has_pcap && pcap.compile(handle, &c->pcap_optimized, e->text, 1,
							    0xffffff00) == 0;
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
	steer(NULL, &c->pcap_plain, p, false, &trapped[0]);
	v.pcap_optimized = v.pcap_plain;
	if (c->has_pcap_optimized) {
		v.pcap_optimized = pcap.run(c->pcap_optimized.insns, p->data, p->len, p->len) != 0;
		steer(NULL, &c->pcap_optimized, p, false, &trapped[1]);
	}
	v.trapped = ours.trapped || optimized.trapped || trapped[0] || trapped[1];
	return v;
}

static void make_packet(struct random_source *r, const struct expression *e,
			const struct compiled *c, unsigned int i, struct packet *p)
{
	bool trapped;

	packet_make(r, e->link, p);
	if (p->len < 256) /* complete: no filter reads further */
		memset(p->data + p->len, 0, 256 - p->len);
	p->len = p->len < 256 ? 256 : p->len;
	if (i % 2)
		steer(r, &c->pcap_plain, p, true, &trapped);
	if (i % 5 == 4)
		p->len = pick(r, 120);
}

static bool compare(const struct expression *e, const struct compiled *c, struct totals *t)
{
	struct random_source r = { 88172645463325252u + e->line };
	unsigned int reports = 0;

	for (unsigned int i = 0; i < (e->differs ? 8 : 1) * PACKETS; i++) {
		struct packet p;
		struct verdicts v;

		make_packet(&r, e, c, i, &p);
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

static void count_instructions(const struct compiled *c, struct totals *t)
{
	size_t ours = c->free_classic.count, theirs = c->pcap_optimized.count;

	t->instructions += (unsigned int)ours;
	t->pcap_instructions += (unsigned int)theirs;
	t->smaller += ours < theirs;
	t->larger += ours > theirs;
}

static void test_expression(const struct expression *e, struct totals *t)
{
	struct compiled c = { 0 };
	bool good;

	t->expressions++;
	good = compile_all(e, &c, t);
	if (good && c.has_pcap_optimized && c.optimized)
		count_instructions(&c, t);
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

/* --- the corpus ------------------------------------------------------------------------------ */

static bool read_line(char *line, struct expression *e)
{
	char *space;

	while (*line == ' ')
		line++;
	if (*line == '#' || *line == '\0')
		return false;
	e->ours_only = e->pcap_only = e->differs = false;
	if (strchr("+-~", *line) && line[1] == ' ') {
		e->ours_only = *line == '+';
		e->pcap_only = *line == '-';
		e->differs = *line == '~';
		line += 2;
	}
	e->link = DLT_EN10MB;
	if (*line == '@') {
		space = strchr(line, ' ');
		if (space)
			*space = '\0';
		e->link = dlt_find(line + 1);
		line = space ? space + 1 : line + strlen(line);
	}
	e->text = line;
	return true;
}

int main(int argc, char *argv[])
{
	struct totals t = { 0 };
	struct expression e = { 0 };
	char *text, *line, *end;
	size_t len;

	if (argc < 2 || file_read(argv[1], NULL, &text, &len) != 0) {
		printf("usage: %s CORPUS [TEXT]\n", argv[0]);
		return 1;
	}
	if (!load_pcap()) {
		printf("skipped: libpcap is not installed\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	for (line = text; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		e.line++;
		if (read_line(line, &e) && (argc < 3 || strstr(e.text, argv[2])))
			test_expression(&e, &t);
	}
	free(text);
	printf("%u expressions, %u refused by both; %u packets, %u of them match\n", t.expressions,
	       t.refused, t.packets, t.matched);
	printf("%u verdicts on packets cut short differ\n", t.short_differ);
	printf("%u instructions, libpcap %u; %u programs are smaller, %u larger\n", t.instructions,
	       t.pcap_instructions, t.smaller, t.larger);
	printf("compiled in %.0f ms, libpcap in %.0f ms\n", t.seconds * 1e3, t.pcap_seconds * 1e3);
	printf("%u passed, %u failed, 0 skipped\n", t.expressions - t.failed, t.failed);
	return t.failed ? 1 : 0;
}
