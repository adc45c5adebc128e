/*
 * random.c - random filters, ours against libpcap's.
 *
 * usage: random [--count N] [--seed S] [--packets P]
 *
 * Expression number S is the same whenever it is made: --seed S --count 1 makes it again.  What
 * grammar.h makes is compared as compare.h says, less what is known to differ (see
 * doc/filter-differences.md): we refuse what matches no packet, and take some tests for more link types; and a
 * few expressions that libpcap gets wrong are skipped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "compare.h"
#include "grammar.h"

enum { MOST_FAILURES = 20 };

struct options {
	unsigned long count, seed, packets;
};

static bool read_options(int argc, char *argv[], struct options *ret)
{
	*ret = (struct options){ .count = 2000, .seed = 1, .packets = 60 };
	for (int i = 1; i + 1 < argc; i += 2) {
		unsigned long value = strtoul(argv[i + 1], NULL, 10);

		if (!strcmp(argv[i], "--count"))
			ret->count = value;
		else if (!strcmp(argv[i], "--seed"))
			ret->seed = value;
		else if (!strcmp(argv[i], "--packets"))
			ret->packets = value;
		else
			return false;
	}
	return argc % 2 == 1;
}

static bool has_word(const struct expression *e, const char *word)
{
	return strstr(e->text, word) != NULL;
}

static bool has_variable_header(const struct expression *e)
{
	return e->link == DLT_IEEE802_11 || e->link == DLT_IEEE802_11_RADIO ||
	       e->link == DLT_IEEE802_11_RADIO_AVS || e->link == DLT_PRISM_HEADER ||
	       e->link == DLT_PPI;
}

/* It keeps the length of a variable link header in a cell, but forgets which once 'pppoes' or 'geneve' have moved
 * what follows; and arithmetic takes the same cell for itself. */
static bool loses_header(const struct expression *e)
{
	return has_variable_header(e) &&
	       (has_word(e, "pppoes") || has_word(e, "geneve") || has_word(e, "["));
}

/* Where there is no Geneve, it finds in the cells of its places what arithmetic left there. */
static bool mixes_cells(const struct expression *e)
{
	return has_word(e, "geneve") && has_word(e, "[");
}

/* Behind the Ethernet header in a tunnel it still thinks of the labels before. */
static bool keeps_labels(const struct expression *e)
{
	const char *mpls = strstr(e->text, "mpls");

	return mpls && strstr(mpls, "geneve");
}

/* Is this where libpcap is known to be wrong? */
static bool is_known_bug(const struct expression *e)
{
	return loses_header(e) || mixes_cells(e) || keeps_labels(e);
}

static void test_one(unsigned long seed, const struct options *options, struct comparison *t)
{
	struct random_source r = { seed * 0x9e3779b97f4a7c15u + 1 };
	struct strbuf text = { 0 };
	struct expression e = { .line = (unsigned int)seed, .is_random = true };

	for (int i = 0; i < 4; i++)
		(void)pick(&r, 2); /* let the seed spread */
	grammar_expression(&r, &text, &e.link);
	e.text = strbuf_text(&text);
	if (is_known_bug(&e))
		t->skipped++;
	else if (!compare_expression(&e, (unsigned int)options->packets, t))
		printf("    link type %s\n", dlt_name(e.link));
	strbuf_release(&text);
}

int main(int argc, char *argv[])
{
	struct comparison t = { 0 };
	struct options options;

	if (!read_options(argc, argv, &options)) {
		printf("usage: random [--count N] [--seed S] [--packets P]\n");
		return 1;
	}
	if (!pcap_load()) {
		printf("skipped: libpcap is not installed\n0 passed, 0 failed, 1 skipped\n");
		return 0;
	}
	for (unsigned long i = 0; i < options.count && t.failed < MOST_FAILURES; i++)
		test_one(options.seed + i, &options, &t);
	printf("%u random expressions, %u refused; %u more with bugs of libpcap; %u packets, %u of them match\n",
	       t.expressions, t.refused, t.skipped, t.packets, t.matched);
	printf("%u verdicts on packets cut short differ\n", t.short_differ);
	printf("%u passed, %u failed, 0 skipped\n", t.expressions - t.failed, t.failed);
	return t.failed != 0;
}
