# Functions of C++ by the names that people write: without parameters or with them, templates, wildcards.
-- needs bpf libelf g++
-- file main.cpp
#define NOT_INLINE __attribute__((noinline))
namespace A {
struct B {
	int v;
	NOT_INLINE int f(int x) const { asm volatile(""); return v + x; }
	NOT_INLINE int f(long x) { asm volatile(""); return v + (int)x; }
};
template<class T> NOT_INLINE T twice(T x) { asm volatile(""); return x * 2; }
}
int main()
{
	A::B b{3};
	const A::B &c = b;
	return c.f(1) + b.f(2L) + A::twice<int>(4) ? 0 : 1;
}
-- cmd
g++ -O1 main.cpp -o main && waggle trace -q -e 'uprobe:./main:cpp:"A::B::f" { printf("%s %d\n", func, arg1); }' -c ./main | grep .
-- stdout
A::B::f(int) const 1
A::B::f(long) 2
-- cmd
waggle trace -q -e 'uprobe:./main:cpp:"A::B::f(long)" { printf("%d\n", arg1); }' -c ./main | grep .
-- stdout
2
-- cmd
waggle trace -q -e 'uretprobe:./main:cpp:"A::twice<int>" { printf("%d\n", retval); }' -c ./main | grep .
-- stdout
8
-- cmd
waggle trace -q -e 'uprobe:./main:cpp:"A::*" { @ = count(); }' -c ./main | grep .
-- stdout
@: 3
