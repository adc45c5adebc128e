/*
 * differential.c - our filters against libpcap's: same text, same packets, same verdicts.
 *
 * usage: differential CORPUS [TEXT]
 *
 * Each line of CORPUS (corpus.h) is compared as compare.h says; with TEXT only those that contain it.
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>

enum { PACKETS = 400 }; /* eight times that where a difference is to be found */

struct search {
	const char *text; /* only expressions with this in them; or NULL */
	struct comparison totals;
};

static void visit(void *data, const struct expression *e)
{
	struct search *search = data;

	if (!search->text || strstr(e->text, search->text))
		(void)compare_expression(e, (e->differs ? 8 : 1) * PACKETS, &search->totals);
}

int main(int argc, char *argv[])
{
	struct search search = { .text = argc > 2 ? argv[2] : NULL };
	const struct comparison *t = &search.totals;

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
