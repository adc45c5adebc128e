/*
 * debug_link.c - how an ELF file says which separate file has its debug information.
 */
#include "sym/debug_link.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"

/* The name is ended by a NUL and filled up to 4 bytes; the checksum follows. */
bool debug_link_read(const void *section, size_t len, struct debug_link *ret_link)
{
	const char *name = section;
	const size_t name_len = strnlen(name, len), at = align_up(name_len + 1, 4);

	if (!name_len || at + 4 > len || memchr(name, '/', name_len))
		return false;
	*ret_link = (struct debug_link){ name, load_u32(name + at) };
	return true;
}

/* CRC-32 as of zlib and Ethernet: reflected, polynomial 0x04c11db7. */
static void fill_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
	}
}

bool debug_link_fits(int fd, uint32_t checksum)
{
	uint32_t table[256], crc = UINT32_MAX;
	uint8_t buffer[16 << 10];
	struct stat stat;
	off_t at = 0;
	ssize_t n;

	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode))
		return false;
	fill_table(table);
	while ((n = pread(fd, buffer, sizeof buffer, at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			crc = crc >> 8 ^ table[(crc ^ buffer[i]) & 0xff];
		at += n;
	}
	return n == 0 && ~crc == checksum;
}

void debug_link_by_build_id(const char *dir, int dir_len, const uint8_t *id, size_t id_len,
			    struct strbuf *out)
{
	strbuf_printf(out, "%.*s/.build-id/%02x/", dir_len, dir, id[0]);
	for (size_t i = 1; i < id_len; i++)
		strbuf_printf(out, "%02x", id[i]);
	strbuf_puts(out, ".debug");
}
