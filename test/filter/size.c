/*
 * size.c - how long our filters are and how many instructions they execute, beside libpcap's.
 *
 * usage: size [-v] CORPUS [TEXT]
 *
 * For each expression of CORPUS that both take, the length of our classic program and of libpcap's
 * optimised one, and the instructions that both execute on the same packets (corpus.h).  -v lists
 * all, the longest by comparison last.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "steer.h"

enum { PACKETS = 200 };

struct size {
	char *text;
	unsigned int line;
	size_t ours, theirs;
	double our_steps, their_steps; /* per packet */
};

struct sizes {
	const char *text; /* only expressions with this in them; or NULL */
	struct size *list;
	size_t count;
};

static bool compile(const struct expression *e, struct arena *arena, struct ir_cbpf *ret)
{
	const struct filter_options options = { .link = e->link,
						.snaplen = CORPUS_SNAPLEN,
						.has_netmask = true,
						.netmask = CORPUS_NETMASK };
	const struct ir_options passes = { .target = IR_TARGET_CBPF, .drop_traps = true };
	struct source source = { "<expression>", e->text, strlen(e->text) };
	struct diag diag = { .source = &source };
	struct ir_fn *fn;
	int err = filter_compile(&source, &options, arena, &diag, &fn);

	if (!err)
		err = ir_optimize(fn, &passes);
	if (!err)
		err = ir_emit_cbpf(fn, true, &diag, ret);
	diag_release(&diag);
	return !err;
}

static void count_steps(const struct expression *e, const struct ir_cbpf *ours,
			const struct pcap_program *theirs, struct size *ret)
{
	struct random_source r = { 88172645463325252u + e->line };

	for (unsigned int i = 0; i < PACKETS; i++) {
		struct packet p;

		corpus_packet(&r, e, theirs, i, &p);
		ret->our_steps += steer_run(ours->insns, ours->count, &p).steps;
		ret->their_steps += steer_run(theirs->insns, theirs->count, &p).steps;
	}
	ret->our_steps /= PACKETS;
	ret->their_steps /= PACKETS;
}

static void measure(void *data, const struct expression *e)
{
	struct sizes *s = data;
	struct arena arena = { 0 };
	struct ir_cbpf ours;
	struct pcap_program theirs;
	void *handle;
	struct size *size;

	if (s->text && !strstr(e->text, s->text))
		return;
	handle = pcap.open_dead(e->link, CORPUS_SNAPLEN);
	if (compile(e, &arena, &ours) &&
	    pcap.compile(handle, &theirs, e->text, 1, CORPUS_NETMASK) == 0) {
		s->list = realloc(s->list, (s->count + 1) * sizeof *s->list);
		if (!s->list)
			abort();
		size = &s->list[s->count++];
		*size = (struct size){
			.text = strdup(e->text),
			.line = e->line,
			.ours = ours.count,
			.theirs = theirs.count,
		};
		count_steps(e, &ours, &theirs, size);
		pcap.free(&theirs);
	}
	pcap.close(handle);
	arena_release(&arena);
}

static int compare(const void *pa, const void *pb)
{
	const struct size *a = pa, *b = pb;
	ptrdiff_t x = (ptrdiff_t)(a->ours - a->theirs), y = (ptrdiff_t)(b->ours - b->theirs);

	return x != y ? (x < y ? -1 : 1) : a->line < b->line ? -1 : a->line > b->line;
}

static void report(struct sizes *s, bool verbose)
{
	double length = 0, steps = 0;
	size_t ours = 0, theirs = 0, smaller = 0, larger = 0;

	qsort(s->list, s->count, sizeof *s->list, compare);
	for (size_t i = 0; i < s->count; i++) {
		const struct size *size = &s->list[i];

		ours += size->ours;
		theirs += size->theirs;
		smaller += size->ours < size->theirs;
		larger += size->ours > size->theirs;
		length += log((double)size->ours / (double)size->theirs);
		steps += log(size->our_steps / size->their_steps);
		if (verbose)
			printf("%4zu %4zu  %6.2f %6.2f  %u: %.120s\n", size->ours, size->theirs,
			       size->our_steps, size->their_steps, size->line, size->text);
	}
	printf("%zu expressions: %zu instructions, libpcap %zu; %zu programs are shorter, %zu longer\n",
	       s->count, ours, theirs, smaller, larger);
	printf("geometric means: length %.3f, executed %.3f of libpcap's\n",
	       exp(length / (double)s->count), exp(steps / (double)s->count));
}

int main(int argc, char *argv[])
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	struct sizes sizes = { 0 };

	argv += verbose;
	argc -= verbose;
	if (!pcap_load()) {
		printf("skipped: libpcap is not installed\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	sizes.text = argc > 2 ? argv[2] : NULL;
	if (argc < 2 || corpus_read(argv[1], measure, &sizes) != 0) {
		printf("usage: size [-v] CORPUS [TEXT]\n");
		return 1;
	}
	report(&sizes, verbose);
	for (size_t i = 0; i < sizes.count; i++)
		free(sizes.list[i].text);
	free(sizes.list);
	printf("1 passed, 0 failed, 0 skipped\n");
	return 0;
}
