# Structs that are passed and returned by value, floating-point numbers, and results have the types that DWARF says.
-- needs bpf gcc libdw
-- file values.c
#include <stdio.h>
struct pair { long first; int second; };
struct odd { int a; int b; int c; };
struct big { long words[3]; double weight; float part; };
struct mixed { long number; double weight; };
struct point { double x, y; };
struct packed { char a; int b; } __attribute__((packed));
struct node { int value; float scale; struct node *next; };
#define F __attribute__((noinline))
volatile long sink;
F long by_value(struct pair pair, struct odd odd, struct big big, int last)
{
	sink += last;
	return pair.first + pair.second + odd.a + odd.c + big.words[2] + (long)big.weight;
}
F long no_room(long a, long b, long c, long d, long e, struct pair pair, long f)
{
	sink += a + b + c + d + e;
	return pair.first + f;
}
F long floats(struct mixed mixed, struct point point, double number, int last)
{
	sink += last;
	return (long)(mixed.weight + point.x + number) + mixed.number;
}
F long on_stack(struct packed packed, long double wide, int last)
{
	sink += last;
	return packed.b + (long)wide;
}
F int negative(int x) { sink++; return -x; }
F struct node *node(struct node *node) { sink++; return node->next; }
F const char *text(const char *text) { sink++; return text + 1; }
F struct pair pair(long x) { sink++; return (struct pair){ x, -2 }; }
F struct big big(long x) { sink++; return (struct big){ { x, 2, 3 }, 0.1, 2.5f }; }
F double number(double x) { sink++; return x; }
F struct point point(double x) { sink++; return (struct point){ x, x }; }
F void nothing(void) { sink++; }
int main(void)
{
	struct node second = { 2, 0.25f, 0 }, first = { 1, -1.5f, &second };
	char hello[] = "hello";

	sink += by_value((struct pair){ 1, -2 }, (struct odd){ 3, 4, 5 },
			 (struct big){ { 6, 7, 8 }, 0.1, 2.5f }, 9);
	sink += no_room(1, 2, 3, 4, 5, (struct pair){ 6, 7 }, 8);
	sink += floats((struct mixed){ 1, 2 }, (struct point){ 3, 4 }, 5, 6);
	sink += on_stack((struct packed){ 'a', 77 }, 1.25L, 5);
	sink += negative(7);
	sink += node(&first)->value;
	sink += text(hello)[0];
	sink += pair(1).second;
	sink += big(1).words[2];
	sink += (long)number(1.5);
	sink += (long)point(2).x;
	nothing();
	return 0;
}
-- cmd
gcc -g -O1 values.c -o values
waggle trace -q -e 'uprobe:./values:by_value {
	print((args.pair.first, args.pair.second, args.last)); print(args.odd); print(args.big);
	printf("%d %f %.1g %s\n", args.big.words[1], args.big.weight, args.big.part, args.big.weight);
	@[args.big.weight] = count();
}' -c ./values
-- stdout
(1, -2, 9)
{ .a = 3, .b = 4, .c = 5 }
{ .words = [6,7,8], .weight = 0.1, .part = 2.5 }
7 0.100000 2 0.1


@[0.1]: 1
-- cmd
# a struct that finds no room in registers is on the stack, and what follows has the register
waggle trace -q -e 'uprobe:./values:no_room { print((args.e, args.pair.first, args.pair.second, args.f)); }
	uprobe:./values:on_stack { print((args.packed.a, args.packed.b, args.wide, args.last)); }
	uprobe:./values:floats { print(args.last); }' -c ./values | grep .
-- stdout
(5, 6, 7, 8)
6
(97, 77, 1.25, 5)
-- cmd
waggle trace -q -e 'uretprobe:./values:negative { print(retval); @ = min(retval); }
	uretprobe:./values:node { print((retval->value, retval.scale)); }
	uretprobe:./values:text { print(str(retval)); }
	uretprobe:./values:pair { print((retval.first, retval.second)); }
	uretprobe:./values:big { print(retval.words); print(retval.weight); }' -c ./values | grep .
-- stdout
-7
(2, 0.25)
ello
(1, -2)
[1,2,3]
0.1
@: -7
-- cmd
# JSON
waggle trace -q -f json -e 'uprobe:./values:node { print((args.node->scale, args.node->next->scale)); }' -c ./values | grep value
-- stdout
{"type": "value", "data": [-1.5,0.25]}
-- cmd
# functions that return different things give a number
waggle trace -q -e 'uretprobe:./values:negative,uretprobe:./values:by_value { printf("%lx\n", retval); }' -c ./values | grep .
-- stdout
{{[0-9a-f]+}}
fffffff9
-- cmd
waggle trace -e 'uprobe:./values:floats { print(args.number); print(args.mixed.number); print(args.point); }'
-- stderr
<program>:1:32: error: 'number' is in a floating-point register, which programs of the kernel cannot read
    1 | uprobe:./values:floats { print(args.number); print(args.mixed.number); print(args.point); }
      |                                ^~~~~~~~~~~
      = floating-point numbers in memory can be read, such as those of a struct that a pointer leads to
<program>:1:52: error: 'mixed' is a struct that is passed in floating-point registers, which programs of the kernel cannot read
    1 | uprobe:./values:floats { print(args.number); print(args.mixed.number); print(args.point); }
      |                                                    ^~~~~~~~~~
      = structs in memory can be read: larger ones, and those that a pointer leads to
<program>:1:78: error: 'point' is a struct that is passed in floating-point registers, which programs of the kernel cannot read
    1 | uprobe:./values:floats { print(args.number); print(args.mixed.number); print(args.point); }
      |                                                                              ^~~~~~~~~~
      = structs in memory can be read: larger ones, and those that a pointer leads to
-- exit 1
-- cmd
waggle trace -e 'uretprobe:./values:number { print(retval); } uretprobe:./values:point { print(retval.x); }'
-- stderr
<program>:1:35: error: 'retval' is in a floating-point register, which programs of the kernel cannot read
    1 | uretprobe:./values:number { print(retval); } uretprobe:./values:point { print(retval.x); }
      |                                   ^~~~~~
      = floating-point numbers in memory can be read, such as those of a struct that a pointer leads to
<program>:1:79: error: 'retval' is a struct that is passed in floating-point registers, which programs of the kernel cannot read
    1 | uretprobe:./values:number { print(retval); } uretprobe:./values:point { print(retval.x); }
      |                                                                               ^~~~~~
      = structs in memory can be read: larger ones, and those that a pointer leads to
-- exit 1
-- cmd
waggle trace -e 'uprobe:./values:node { printf("%d\n", args.node->scale); }'
-- stderr
<program>:1:39: error: '%d' does not go with 'float'
    1 | uprobe:./values:node { printf("%d\n", args.node->scale); }
      |                                       ^~~~~~~~~~~~~~~~
      = a floating-point number is shown with '%f' or '%g'
-- exit 1
