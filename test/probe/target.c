/*
 * target.c - a program to be traced: functions, lines and USDT probes whose values are known.
 *
 * usage: target [COUNT]    call everything COUNT times (once)
 *        target wait       wait until standard input ends, then as above
 *
 * Lines marked with LINE are named by tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A USDT probe as <sys/sdt.h> makes it, without that header. */
/* clang-format off */
#define USDT_NOTE(provider, name, semaphore, args)                                      \
	"990: nop\n"                                                                    \
	".pushsection .note.stapsdt,\"\",\"note\"\n"                                    \
	".balign 4\n"                                                                   \
	".4byte 992f-991f, 994f-993f, 3\n"                                              \
	"991: .asciz \"stapsdt\"\n"                                                     \
	"992: .balign 4\n"                                                              \
	"993: .8byte 990b\n"                                                            \
	".8byte _.stapsdt.base\n"                                                       \
	".8byte " semaphore "\n"                                                        \
	".asciz \"" provider "\"\n"                                                     \
	".asciz \"" name "\"\n"                                                         \
	".asciz \"" args "\"\n"                                                         \
	"994: .balign 4\n"                                                              \
	".popsection\n"                                                                 \
	".ifndef _.stapsdt.base\n"                                                      \
	".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"         \
	".weak _.stapsdt.base\n"                                                        \
	".hidden _.stapsdt.base\n"                                                      \
	"_.stapsdt.base: .space 1\n"                                                    \
	".size _.stapsdt.base, 1\n"                                                     \
	".popsection\n"                                                                 \
	".endif\n"
/* clang-format on */

enum color {
	RED = 1,
	BLUE = 7,
};

struct point {
	int x;
	long y;
	struct point *next;
	unsigned int low  : 4;
	unsigned int high : 12;
	enum color color;
	char name[8];
	union {
		unsigned char bytes[4];
		unsigned int word;
	};
};

struct pair {
	long first;
	long second;
};

struct big {
	long words[5];
};

typedef unsigned int count_t;

#define NOT_INLINE __attribute__((noinline))

unsigned short tick_semaphore __attribute__((section(".probes"))); /* somebody listens */
static int shared = 4711;
static volatile long sink;

NOT_INLINE int add_numbers(int a, unsigned char b, long c)
{
	sink += a;
	return a + b + (int)c; /* LINE sum */
}

NOT_INLINE long look_at(const struct point *point, const char *text, count_t count)
{
	sink += count;
	return point->x + point->y + text[0];
}

NOT_INLINE long many_kinds(double ignored, struct pair pair, struct big big, int last)
{
	sink += (long)ignored;
	return pair.first + pair.second + big.words[4] + last;
}

NOT_INLINE long eight(long a, long b, long c, long d, long e, long f, long g, long h)
{
	sink += a;
	return a + b + c + d + e + f + g + h;
}

static NOT_INLINE void only_local(void)
{
	sink++;
}

/* clang-format off */
static NOT_INLINE void hit_probes(long i, const char *text)
{
	struct point point = { .x = 20, .y = 1 };
	int negative = -5;

	asm volatile(USDT_NOTE("waggle", "nothing", "0", ""));
#if defined(__x86_64__)
	asm volatile(USDT_NOTE("waggle", "values", "0", "-4@%k0 8@%1 8@$42 -4@%2 4@%3")
		     :: "r"(negative), "r"(text), "m"(point.x), "m"(shared));
	asm volatile(USDT_NOTE("waggle", "tick", "tick_semaphore", "8@%0") :: "r"(i));
	asm volatile(USDT_NOTE("other", "tick", "0", "8@%0 1@%b0") :: "r"(i + 1000));
#else
	asm volatile(USDT_NOTE("waggle", "values", "0", "-4@%w0 8@%1 8@42 -4@%2 4@%3")
		     :: "r"(negative), "r"(text), "m"(point.x), "m"(shared));
	asm volatile(USDT_NOTE("waggle", "tick", "tick_semaphore", "8@%0") :: "r"(i));
	asm volatile(USDT_NOTE("other", "tick", "0", "8@%0 1@%w0") :: "r"(i + 1000));
#endif
	sink += point.y;
}
/* clang-format on */

static void call_all(long i)
{
	struct point second = { .x = 3, .y = 4, .color = RED };
	struct point first = { .x = 1,
			       .y = 2,
			       .next = &second,
			       .low = 5,
			       .high = 1234,
			       .color = BLUE,
			       .name = "origin",
			       .word = 0x04030201 };
	/* on the stack, for what was never touched cannot be read by a probe */
	const char hello[] = "hello", text[] = "text";
	const struct pair pair = { 11, 12 };
	const struct big big = { { 1, 2, 3, 4, 5 } };

	sink += add_numbers(-7, 200, 30 + i);
	sink += look_at(&first, hello, 9);
	sink += many_kinds(1.5, pair, big, 99);
	sink += eight(1, 2, 3, 4, 5, 6, 7, 8);
	only_local();
	hit_probes(i, text);
}

int main(int argc, char **argv)
{
	const int is_waiting = argc > 1 && !strcmp(argv[1], "wait");
	const long count = argc > 1 && !is_waiting ? atol(argv[1]) : 1;
	char byte;

	while (is_waiting && read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (long i = 0; i < count; i++)
		call_all(i);
	(void)printf("%s\n", tick_semaphore ? "listened to" : "alone");
	return EXIT_SUCCESS;
}
