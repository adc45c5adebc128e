# Definitions in C are laid out as a C compiler does it.
-- file a.bt
#include <linux/fs.h>
#define SIZE (2 * 4)
#ifdef NOTHING
struct nope {
#elif SIZE == 8 && defined(SIZE)
enum E { ONE = 1, TWO, FOUR = SIZE / 2 };
#else
#error not here
#endif
struct S {
	int a : 3, b : 7;
	struct { unsigned char x[SIZE]; union { long l; char *p; }; } in;
	int (*call)(int, char *);
	struct S *next;
	enum E e;
} __attribute__((packed));
typedef struct S s_t;
begin {
	$s = (s_t *)0;
	print((sizeof(struct S), offsetof(s_t, in.p), TWO, FOUR));
	print(($s.in.x[1], $s->next.next.b, $s.call, $s.e));
}
-- cmd
waggle trace -d types a.bt
-- stdout
include <linux/fs.h>
define SIZE (2 * 4)
enum E
  value ONE
    int 1 : int8
  value TWO
  value FOUR
    binary / = 4 : int64
      name SIZE = 8 : int64
      int 2 : int8
struct S packed
  field a
    type int
    int 3 : int8
  field b
    type int
    int 7 : int8
  field in
    struct
      field x
        array of
          type unsigned char
          name SIZE = 8 : int64
      field 
        union
          field l
            type long
          field p
            pointer to
              type char
  field call
    pointer to
      function
  field next
    pointer to
      type struct S
  field e
    type enum E
typedef s_t
  type struct S
probe
  at begin
  do
    assign =
      variable $s : struct S *
      cast : struct S *
        pointer to
          type s_t
        int 0 : int8
    call print : void
      tuple : (uint64,uint64,int8,int8)
        sizeof = 38 : uint64
          type struct S
        offsetof = 10 : uint64
          type s_t
          name in
          name p
        name TWO = 2 : int8
        name FOUR = 4 : int8
    call print : void
      tuple : (uint8,int32,function *,enum E)
        index : uint8
          field x : uint8[8]
            field in : struct <anonymous>
              variable $s : struct S *
          int 1 : int8
        field b : int32
          field next : struct S *
            field next : struct S *
              variable $s : struct S *
        field call : function *
          variable $s : struct S *
        field e : enum E
          variable $s : struct S *
begin
