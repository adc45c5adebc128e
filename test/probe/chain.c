/*
 * chain.c - a program whose stack is known: main calls outer, which calls middle, which calls leaf.
 *
 * Leaf makes no frame, so at its entry the walk along frame pointers finds outer next, whatever the
 * kernel knows of functions' first instructions.
 */
#include <unistd.h>

#define NOT_INLINE __attribute__((noinline))

static volatile int sink;

void leaf(void);
void middle(void);
void outer(void);

NOT_INLINE void leaf(void)
{
	sink++;
}

NOT_INLINE void middle(void)
{
	leaf();
	sink++;
}

NOT_INLINE void outer(void)
{
	middle();
	sink++;
}

int main(void)
{
	outer();
	(void)getpgid(0);
	return 0;
}
