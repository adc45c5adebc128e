/*
 * corpus.c - read lists of expressions.
 */
#include "corpus.h"

#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "base/file.h"
#include "steer.h"

enum { COMPLETE_BYTES = 256 }; /* no filter reads further */

bool corpus_read_line(char *line, struct expression *ret)
{
	char *space;

	while (*line == ' ')
		line++;
	if (*line == '#' || *line == '\0')
		return false;
	ret->ours_only = ret->pcap_only = ret->differs = false;
	if (strchr("+-~", *line) && line[1] == ' ') {
		ret->ours_only = *line == '+';
		ret->pcap_only = *line == '-';
		ret->differs = *line == '~';
		line += 2;
	}
	ret->link = DLT_EN10MB;
	if (*line == '@') {
		space = strchr(line, ' ');
		if (space)
			*space = '\0';
		ret->link = dlt_find(line + 1);
		line = space ? space + 1 : line + strlen(line);
	}
	ret->text = line;
	return true;
}

int corpus_read(const char *path, void (*visit)(void *data, const struct expression *e), void *data)
{
	struct expression e = { 0 };
	char *text, *end;
	size_t len;
	int err = file_read(path, NULL, &text, &len);

	if (err)
		return err;
	for (char *line = text; line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		e.line++;
		if (corpus_read_line(line, &e))
			visit(data, &e);
	}
	free(text);
	return 0;
}

void corpus_packet(struct random_source *r, const struct expression *e,
		   const struct pcap_program *program, unsigned int i, struct packet *ret)
{
	packet_make(r, e->link, ret);
	if (ret->len < COMPLETE_BYTES) {
		memset(ret->data + ret->len, 0, COMPLETE_BYTES - ret->len);
		ret->len = COMPLETE_BYTES;
	}
	if (i % 2)
		(void)steer_change(program->insns, program->count, ret, r);
	if (i % 5 == 4)
		ret->len = pick(r, 120);
}
