/*
 * lines_none.c - a build without libdw: no file has lines.
 */
#include "sym/lines.h"

#include <stddef.h>

struct lines *lines_open(int fd)
{
	(void)fd;
	return NULL;
}

void lines_close(struct lines *lines)
{
	(void)lines;
}

unsigned int lines_at(struct lines *lines, uint64_t address, struct line_frame *ret_frames,
		      unsigned int most)
{
	(void)lines;
	(void)address;
	(void)ret_frames;
	(void)most;
	return 0;
}
