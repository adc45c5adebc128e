/*
 * size.c - how long our filters are and how many instructions they execute, beside libpcap's.
 *
 * usage: size [-v] CORPUS [TEXT]
 *        size CORPUS --hold LIST
 *
 * For each expression of CORPUS that both take, the length of our classic program and of libpcap's
 * optimised one, and the instructions that both execute on the same packets (corpus.h).  -v lists
 * all, the longest by comparison last.
 *
 * With --hold, the numbers that were reached must not be lost: no program may be longer than libpcap's
 * unless LIST says so, and why, and by how much; nor may the means be above those of LIST, whose head
 * says how it is written.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "corpus.h"
#include "filter/filter.h"
#include "ir/ir_emit.h"
#include "ir/ir_pass.h"
#include "steer.h"

enum { PACKETS = 200 };

struct size {
	char *text;
	unsigned int line;
	int link;
	long excused; /* by how much it may be longer */
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
	struct source source = { .name = "<expression>", .text = e->text, .len = strlen(e->text) };
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
			.link = e->link,
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

static double mean_length(const struct sizes *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += log((double)s->list[i].ours / (double)s->list[i].theirs);
	return exp(sum / (double)s->count);
}

static double mean_steps(const struct sizes *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += log(s->list[i].our_steps / s->list[i].their_steps);
	return exp(sum / (double)s->count);
}

static void report(const struct sizes *s, bool verbose)
{
	size_t ours = 0, theirs = 0, smaller = 0, larger = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct size *size = &s->list[i];

		ours += size->ours;
		theirs += size->theirs;
		smaller += size->ours < size->theirs;
		larger += size->ours > size->theirs;
		if (verbose)
			printf("%4zu %4zu  %6.2f %6.2f  %u: %.120s\n", size->ours, size->theirs,
			       size->our_steps, size->their_steps, size->line, size->text);
	}
	printf("%zu expressions: %zu instructions, libpcap %zu; %zu programs are shorter, %zu longer\n",
	       s->count, ours, theirs, smaller, larger);
	printf("geometric means: length %.3f, executed %.3f of libpcap's\n", mean_length(s),
	       mean_steps(s));
}

/* --- holding what was reached ---------------------------------------------------------------- */

struct hold {
	struct sizes *sizes;
	unsigned int failed;
	double most_length, most_steps;
};

/* '+3 EXPRESSION': it may be longer by so much. */
static void read_excuse(struct hold *h, char *line)
{
	char *text;
	long more = strtol(line + 1, &text, 10);
	struct expression e;

	if (*text++ != ' ' || !corpus_read_line(text, &e)) {
		printf("not understood: %s\n", line);
		h->failed++;
		return;
	}
	for (size_t i = 0; i < h->sizes->count; i++) {
		struct size *size = &h->sizes->list[i];

		if (size->link == e.link && !strcmp(size->text, e.text)) {
			size->excused = more;
			return;
		}
	}
	printf("no such expression: %s\n", e.text);
	h->failed++;
}

static void read_hold(struct hold *h, char *text)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (*line == '+')
			read_excuse(h, line);
		else if (*line != '#' &&
			 sscanf(line, "means %lf %lf", &h->most_length, &h->most_steps) != 2) {
			printf("not understood: %s\n", line);
			h->failed++;
		}
	}
}

static void check_size(struct hold *h, const struct size *size)
{
	long more = (long)size->ours - (long)size->theirs;

	if (more <= 0 && size->excused == 0)
		return;
	if (more > size->excused)
		printf("%u: %s\n    %zu instructions, libpcap %zu\n", size->line, size->text,
		       size->ours, size->theirs);
	else if (more < size->excused)
		printf("%u: %s\n    longer by %ld only: the list can say so\n", size->line,
		       size->text, more);
	h->failed += more != size->excused;
}

/* How much has got worse, or better without the list knowing. */
static unsigned int check_hold(struct sizes *s, const char *path)
{
	struct hold h = { .sizes = s };
	size_t len;
	char *text;

	if (file_read(path, NULL, &text, &len) != 0) {
		printf("%s: cannot be read\n", path);
		return 1;
	}
	read_hold(&h, text);
	for (size_t i = 0; i < s->count; i++)
		check_size(&h, &s->list[i]);
	if (mean_length(s) > h.most_length || mean_steps(s) > h.most_steps) {
		printf("the means were %.3f and %.3f\n", h.most_length, h.most_steps);
		h.failed++;
	}
	free(text);
	return h.failed;
}

int main(int argc, char *argv[])
{
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");
	struct sizes sizes = { 0 };
	unsigned int failed = 0;
	bool hold;

	argv += verbose;
	argc -= verbose;
	hold = argc > 3 && !strcmp(argv[2], "--hold");
	if (!pcap_load()) {
		printf("skipped: libpcap is not installed\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	if (hold && !strstr(pcap.version(), "version 1.10")) {
		printf("skipped: the numbers are of libpcap 1.10\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	sizes.text = argc > 2 && !hold ? argv[2] : NULL;
	if (argc < 2 || corpus_read(argv[1], measure, &sizes) != 0) {
		printf("usage: size [-v] CORPUS [TEXT]\n       size CORPUS --hold LIST\n");
		return 1;
	}
	qsort(sizes.list, sizes.count, sizeof *sizes.list, compare);
	report(&sizes, verbose);
	if (hold)
		failed = check_hold(&sizes, argv[3]);
	printf("%zu passed, %u failed, 0 skipped\n", sizes.count, failed);
	for (size_t i = 0; i < sizes.count; i++)
		free(sizes.list[i].text);
	free(sizes.list);
	return failed != 0;
}
