/*
 * debug_link.h - how an ELF file says which separate file has its debug information.
 *
 * Two ways, as GDB's manual ("Debugging Information in Separate Files") has them: by build id,
 * DIR/.build-id/ab/cdef.debug; or by the section .gnu_debuglink, a name and the checksum of the file.
 */
#ifndef WAGGLE_SYM_DEBUG_LINK_H
#define WAGGLE_SYM_DEBUG_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct debug_link {
	const char *name; /* without folders; points into the section */
	uint32_t checksum;
};

/* Read the section, @len bytes at @section.  False when it is damaged. */
bool debug_link_read(const void *section, size_t len, struct debug_link *ret_link);

/* Has the regular file @fd the checksum?  It is read, not mapped: it may shrink meanwhile. */
bool debug_link_fits(int fd, uint32_t checksum);

/* Append the path in the folder @dir (@dir_len bytes) of what has the build id @id, of 2 or more bytes. */
void debug_link_by_build_id(const char *dir, int dir_len, const uint8_t *id, size_t id_len,
			    struct strbuf *out);

#endif
