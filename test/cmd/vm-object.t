# ELF objects: maps of every kind, global variables, functions of other sections, callbacks, tail calls.
-- needs clang libelf
-- file bpf.h
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
typedef unsigned int u32;
typedef unsigned long long u64;
static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*printk)(const char *format, u32 size, ...) = (void *)6;
static long (*tail_call)(void *ctx, void *map, u32 index) = (void *)12;
static long (*each)(void *map, void *callback, void *ctx, u64 flags) = (void *)164;
static long (*loop)(u32 count, void *callback, void *ctx, u64 flags) = (void *)181;
-- file maps.c
#include "bpf.h"
struct { __uint(type, 1); __uint(max_entries, 64); __type(key, u32); __type(value, u64); } counts SEC(".maps");
struct { __uint(type, 2); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); } slots SEC(".maps");
struct old { u32 type, key_size, value_size, max_entries, flags; } old SEC("maps") = { 2, 4, 8, 10, 0 };
u64 total;
static volatile int base = 5;
static volatile const int limit = 10;
const char *names[] = { "alpha", "beta" };
static __attribute__((noinline)) int add(int a, int b) { return a + b + base; }
__attribute__((noinline)) int add_two(int a) { return add(a, 2); }
static int count(u32 i, void *ctx) { *(u64 *)ctx += i; return 0; }
static int visit(void *map, u32 *key, u64 *value, void *ctx) { *(u64 *)ctx += *key * 1000 + *value; return 0; }
SEC("xdp") int entry(void *ctx)
{
	u64 one = 1, sum = 0, *p;
	u32 key = 3;
	for (u32 i = 0; i < limit; i++)
		update(&counts, &i, &one, 0);
	loop(10, count, &sum, 0);
	each(&counts, visit, &sum, 0);
	update(&slots, &key, &sum, 0);
	p = lookup(&old, &key);
	if (p)
		*p = 1;
	p = lookup(&slots, &key);
	total += p ? *p : 0;
	printk("%d %s", 6, total, names[1]);
	return add_two(total);
}
SEC("tc") int other(void *ctx) { return 7; }
-- file tail.c
#include "bpf.h"
int first(void *), second(void *);
struct { __uint(type, 3); __uint(max_entries, 4); __uint(key_size, 4); __array(values, int(void *)); } jumps SEC(".maps")
	= { .values = { [1] = (void *)first, [3] = (void *)second } };
SEC("tc") int first(void *ctx) { tail_call(ctx, &jumps, 3); return 1; }
SEC("tc") int second(void *ctx) { return 100; }
SEC("xdp") int entry(void *ctx) { tail_call(ctx, &jumps, 1); return 5; }
-- file plain.c
static __attribute__((noinline)) long twice(long n) { return n * 2; }
long sum(unsigned char *p, unsigned long len) { long s = 0; while (len--) s += p[len]; return twice(s); }
-- cmd
for f in maps tail plain; do clang -O2 -g -target bpf -Wno-visibility -c $f.c || exit; done
-- cmd
for mode in --interpret '' --guarded '--guarded --interpret'; do waggle vm run $mode --entry xdp maps.o; done
-- stdout
0xb006
0xb006
0xb006
0xb006
-- stderr
45055 beta
45055 beta
45055 beta
45055 beta
-- cmd
waggle vm run --entry other maps.o; waggle vm run --entry xdp tail.o; waggle vm run --interpret --entry entry tail.o
waggle vm run --entry first tail.o; waggle vm run --mem 010203 plain.o
-- stdout
0x7
0x64
0x64
0x64
0xc
-- cmd
waggle vm run --json --entry tc maps.o
-- stdout
{{.*}}"form": "elf", "section": "tc", "function": "other",{{.*}}"maps": [{{.*}}{"name": "counts", "type": "hash", "key_size": 4, "value_size": 8, "max_entries": 64}{{.*}}
