# Headers are read by a compiler: types, enumerators and constants of them are the script's.
-- needs bpf clang
-- file inc/deep.h
#define DEEP (LEVEL * 2)
struct deep { long values[4]; };
-- file shapes.h
#include <sys/stat.h>
#include <deep.h>
#define COUNT   42
#define LEAST   (-5)
#define MOST    0xffffffffffffffffull
#define TITLE   "shapes"
#define BYTES   sizeof(struct node)
#define HALF    0.5
#define CALL(x) x
enum color { RED = 7, GREEN };
enum { ALONE = 99 };
typedef struct { short a, b; } pair_t;
typedef int (*callback_t)(int);
struct node {
	char tag;
	long number;
	struct node *next;
	struct deep *deep;
	unsigned int low : 3, high : 5;
	char name[8];
	pair_t pair;
	struct stat st;
};
static inline int unused(void) { struct local { int x; }; return COUNT; }
-- file script.bt
#define LEVEL 21
#include "shapes.h"
struct own { int before; struct node node; };
begin {
	print((COUNT, LEAST, MOST, TITLE, DEEP, RED, GREEN, ALONE, S_IFDIR));
	print((BYTES, sizeof(pair_t), sizeof(struct deep), sizeof(struct own)));
	print((offsetof(struct node, name), offsetof(struct node, st), sizeof(callback_t)));
	exit();
}
-- cmd
waggle trace -q -I inc script.bt | sed '/^$/d'
-- stdout
(42, -5, 18446744073709551615, shapes, 42, 7, 8, 99, 16384)
(192, 4, 32, 200)
(33, 48, 8)
-- cmd
# a struct of a header in a program's memory: through pointers, bitfields, arrays
cat >prog.c <<END
#include "shapes.h"
struct deep deep = { { 1, 2, 3, 4 } };
struct node last = { .number = 5, .name = "last", .deep = &deep };
struct node node = { .tag = 1, .number = -9, .next = &last, .low = 5, .high = 9, .pair = { 3, 4 }, .st = { .st_size = 1234 } };
__attribute__((noinline)) int look(struct node *n) { __asm__ volatile("" : : "r"(n) : "memory"); return n->tag; }
int main(void) { return look(&node) - 1; }
END
clang -DLEVEL=2 -I inc -O1 -o prog prog.c
waggle trace -q -I inc -c ./prog -e '#include "shapes.h"
	uprobe:./prog:look {
	$n = (struct node *)arg0;
	print(($n->tag, $n->number, $n->low, $n->high, $n->pair.b, $n->st.st_size));
	print(($n->next->number, str($n->next->name), $n->next->deep->values[2])); }' | sed '/^$/d'
-- stdout
(1, -9, 5, 9, 4, 1234)
(5, last, 3)
-- cmd
waggle trace -q --include stdio.h --include sys/socket.h -e 'begin { print((EOF, SEEK_END, MSG_DONTWAIT)); exit(); }' | sed '/^$/d'
-- stdout
(-1, 2, 64)
-- cmd
# the kernel's BTF has no macros: its headers for programs do
waggle trace -q -e '#include <linux/fs.h>
begin { print((BLKROSET, FIGETBSZ)); exit(); }' | sed '/^$/d'
-- stdout
(4701, 2)
-- cmd
waggle trace --mode check -I inc -e '#include "shapes.h"
begin { print(((struct nod *)0)->number); print(((struct node *)0)->numbr); print((HALF, CALL)); }'
-- stderr
<program>:2:17: error: there is no type 'struct nod'
    2 | begin { print(((struct nod *)0)->number); print(((struct node *)0)->numbr); print((HALF, CALL)); }
      |                 ^~~~~~~~~~
      = did you mean 'struct node'?
{{...}}
-- exit 1
