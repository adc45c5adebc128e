# The formatter keeps comments and one empty line, and has one layout for the rest.
-- file a.bt
#!/usr/bin/env bpftrace
#include <linux/fs.h>
#define MAXN (10*2)
#ifndef BPFTRACE_HAVE_BTF
struct nope { int a }
#endif
struct S { int a:3; unsigned long b[4][2]; struct { char *x; int (*fn)(int, char *); } u; enum E e; } __attribute__((packed));
typedef struct S s_t;
config = { max_strlen=64; license="GPL" }
let @m = lruhash(100);
macro add(x,$y) { $y+=x; $y }
fn foo($a:int32):int32{ return $a+1; }
BEGIN,END{ // hi
printf("x %d\n",  MAXN); @=1;;
  if ($1>0){ $x=(uint64)-1 } else if comptime (1==1) {exit()} else { $y = -  -1; }
  for($i:0..10){ @a[$i,comm]=count() } for ($kv : @a) { print($kv.0.1) }

  // c

  $t=(1,"a",); $r=(a=1,b=@x[1]); $p = ((struct S*)arg0)->u.x; $q = *(uint8 *)($p+1); unroll(3) { $x++; --$y }
  let $z : string[16] = comm; _ = delete(@a,(1,2)); $w = $x ? 1 : $y ?: 2; print(if $x {1} else {2}); $v = { let $b=1; $b };
  printf("%s",
     str(args.filename));
}
uprobe:/bin/bash:readline,kprobe:vfs_* /pid / 2 == 1 && $1/ { return }
interval:1s { sizeof(struct S); offsetof(struct S, u.x); typeinfo($1).full_type; }
-- cmd
waggle trace --fmt a.bt 5 >b.bt && cat b.bt && waggle trace --fmt b.bt 5 | diff b.bt -
-- stdout
#!/usr/bin/env bpftrace
#include <linux/fs.h>
#define MAXN (10*2)
#ifndef BPFTRACE_HAVE_BTF
struct nope { int a }
#endif
struct S {
  int a : 3;
  unsigned long b[4][2];
  struct {
    char *x;
    int (*fn)(int, char *);
  } u;
  enum E e;
} __attribute__((packed));
typedef struct S s_t;
config = {
  max_strlen = 64;
  license = "GPL"
}

let @m = lruhash(100);
macro add(x, $y) {
  $y += x;
  $y
}

fn foo($a : int32) : int32 {
  return $a + 1;
}

BEGIN,
END { // hi
  printf("x %d\n", MAXN);
  @ = 1;;
  if ($1 > 0) {
    $x = (uint64)-1
  } else if comptime (1 == 1) {
    exit()
  } else {
    $y = - -1;
  }
  for ($i : 0..10) {
    @a[$i, comm] = count()
  }
  for ($kv : @a) {
    print($kv.0.1)
  }

  // c

  $t = (1, "a",);
  $r = (a=1, b=@x[1]);
  $p = ((struct S *)arg0)->u.x;
  $q = *(uint8 *)($p + 1);
  unroll (3) {
    $x++;
    --$y
  }
  let $z : string[16] = comm;
  _ = delete(@a, (1, 2));
  $w = $x ? 1 : $y ?: 2;
  print(if $x {
    1
  } else {
    2
  });
  $v = {
    let $b = 1;
    $b
  };
  printf("%s",
    str(args.filename));
}

uprobe:/bin/bash:readline,
kprobe:vfs_*
/pid / 2 == 1 && $1/
{
  return
}

interval:1s {
  sizeof(struct S);
  offsetof(struct S, u.x);
  typeinfo($1).full_type;
}
