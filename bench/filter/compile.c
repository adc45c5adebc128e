/*
 * compile.c - how long it takes to compile a packet filter, beside libpcap.
 *
 * From the text to optimised classic BPF, with memory allocated and freed: what a program that sets a
 * filter waits for.  Of many runs the median, in microseconds of processor time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../test/filter/libpcap.h"
#include "base/bits.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"

enum { RUNS = 301, SNAPLEN = 262144 };

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static size_t compile_ours(const char *text)
{
	const struct filter_options options = { .link = DLT_EN10MB, .snaplen = SNAPLEN };
	const struct ir_options passes = { .target = IR_TARGET_CBPF, .drop_traps = true };
	struct source source = { .name = "<expression>", .text = text, .len = strlen(text) };
	struct diag diag = { .source = &source };
	struct arena arena = { 0 };
	struct ir_cbpf program = { 0 };
	struct ir_fn *fn;
	int err = filter_compile(&source, &options, &arena, &diag, &fn);

	if (!err)
		err = ir_optimize(fn, &passes);
	if (!err)
		err = ir_emit_cbpf(fn, true, &diag, &program);
	if (err)
		abort();
	diag_release(&diag);
	arena_release(&arena);
	return program.count;
}

static size_t compile_pcap(const char *text)
{
	struct pcap_program program = { 0 };
	void *handle = pcap.open_dead(DLT_EN10MB, SNAPLEN);
	size_t count = 0;

	if (pcap.compile(handle, &program, text, 1, 0) == 0) {
		count = program.count;
		pcap.free(&program);
	}
	pcap.close(handle);
	return count;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double measure(size_t (*compile)(const char *text), const char *text, size_t *ret_count)
{
	double times[RUNS];

	for (size_t i = 0; i < RUNS; i++) {
		double start = now();

		*ret_count = compile(text);
		times[i] = now() - start;
	}
	qsort(times, RUNS, sizeof *times, compare);
	return times[RUNS / 2];
}

static void report(const char *name, const char *text, bool has_pcap)
{
	size_t count = 0;
	double us = measure(compile_ours, text, &count);

	printf("%-45.45s %9.1f us %5zu", name, us, count);
	if (has_pcap) {
		us = measure(compile_pcap, text, &count);
		printf("   libpcap %9.1f us %5zu", us, count);
	}
	printf("\n");
}

int main(void)
{
	static const char *const texts[] = {
		"ip",
		"tcp port 80",
		"host 198.51.100.20 and tcp port 443",
		"ip6 host 2001:db8:5::19",
		"tcp[tcpflags] & (tcp-syn|tcp-rst) != 0",
		"vlan 300 or vlan 4094",
		"geneve and udp",
	};
	bool has_pcap = pcap_load();
	struct strbuf hosts = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		report(texts[i], texts[i], has_pcap);
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t address = i * 2654435761u;

		strbuf_printf(&hosts, "%s%u.%u.%u.%u", i ? " or " : "host ", address >> 24,
			      address >> 16 & 255, address >> 8 & 255, address & 255);
	}
	report("a hundred hosts", strbuf_text(&hosts), has_pcap);
	strbuf_release(&hosts);
	return 0;
}
