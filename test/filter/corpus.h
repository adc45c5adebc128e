/*
 * corpus.h - lists of filter expressions, and packets for them.
 *
 * A line may begin with '@' and a link type.  '#' begins a comment.  Expressions that libpcap refuses
 * must be refused by us, unless they begin with '+ '; '- ' marks what only libpcap takes, and '~ ' what has
 * another meaning for us: see doc/filter-differences.md.
 */
#ifndef WAGGLE_TEST_FILTER_CORPUS_H
#define WAGGLE_TEST_FILTER_CORPUS_H

#include "libpcap.h"
#include "packets.h"

enum { CORPUS_SNAPLEN = 262144 };
#define CORPUS_NETMASK 0xffffff00u

struct expression {
	unsigned int line;
	const char *text;
	int link;
	bool ours_only, pcap_only, differs;
	bool is_random; /* we may refuse what matches no packet, and take more than libpcap */
};

/* Read the expression on @line, which it keeps pieces of and may write to.  False if there is none. */
bool corpus_read_line(char *line, struct expression *ret);

/* Call @visit for each expression of the file at @path.  0 or a negative errno. */
int corpus_read(const char *path, void (*visit)(void *data, const struct expression *e),
		void *data);

/* Packet number @i for @e: every second one led through @program, libpcap's, and every fifth cut
 * short. */
void corpus_packet(struct random_source *r, const struct expression *e,
		   const struct pcap_program *program, unsigned int i, struct packet *ret);

#endif
