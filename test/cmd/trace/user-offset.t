# Code in a file that is no ELF file, such as a library in an archive, is probed by its offset.
-- needs bpf gcc
-- file run.c
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__x86_64__)
static const unsigned char code[] = { 0x8d, 0x47, 0x01, 0xc3 }; /* lea eax, [rdi + 1]; ret */
#else
static const unsigned char code[] = { 0x00, 0x04, 0x00, 0x11, 0xc0, 0x03, 0x5f, 0xd6 }; /* add w0, w0, 1; ret */
#endif
int main(int argc, char **argv)
{
	char page[4096] = "not an executable";
	int (*function)(int), fd = open("archive", argc > 1 ? O_RDWR | O_CREAT : O_RDONLY, 0600);
	char *map;

	(void)argv;
	memcpy(page + 0x40, code, sizeof code);
	if (argc > 1)
		return write(fd, page, sizeof page) != sizeof page;
	map = mmap(NULL, sizeof page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return 1;
	map += 0x40;
	memcpy(&function, &map, sizeof function);
	return function(41) != 42;
}
-- cmd
gcc -O1 run.c -o run && ./run write
waggle trace --unsafe -q -e 'uprobe:./archive:0x40 { print(arg0); }' -c ./run | grep .
-- stdout
41
