# Functions of a script: what they take and return is checked.
-- cmd
waggle trace --mode check -d types -e 'fn add($a : uint64, $b : int32) : uint64 { return $a + $b; } begin { print(add(1, 2)); }'
-- stdout
fn add
  parameter $a
    type uint64
  parameter $b
    type int32
  returns
    type uint64
  do
    return
      binary + : int64
        variable $a : uint64
        variable $b : int32
probe
  at begin
  do
    call print : void
      call add : uint64
        int 1 : int8
        int 2 : int8
begin
-- cmd
waggle trace --mode check -d types -e 'fn f($a : uint64) : uint64 { return "x"; } begin { print(f(comm, 2)); print(f("a")); }'
-- stderr
<program>:1:37: error: 'f' returns 'uint64', and this is 'string[2]'
    1 | fn f($a : uint64) : uint64 { return "x"; } begin { print(f(comm, 2)); print(f("a")); }
      |                                     ^~~
<program>:1:60: error: '$a' of 'f' is 'uint64', and this is 'string[16]'
    1 | fn f($a : uint64) : uint64 { return "x"; } begin { print(f(comm, 2)); print(f("a")); }
      |                                                            ^~~~
<program>:1:58: error: 'f' takes 1 argument, and 2 are given
    1 | fn f($a : uint64) : uint64 { return "x"; } begin { print(f(comm, 2)); print(f("a")); }
      |                                                          ^~~~~~~~~~
<program>:1:79: error: '$a' of 'f' is 'uint64', and this is 'string[2]'
    1 | fn f($a : uint64) : uint64 { return "x"; } begin { print(f(comm, 2)); print(f("a")); }
      |                                                                               ^~~
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'fn f($a : uint64) : uint64 { return f($a); } begin { print(f(1)); }'
-- stderr
<program>:1:37: error: 'f' calls itself: programs of BPF cannot
    1 | fn f($a : uint64) : uint64 { return f($a); } begin { print(f(1)); }
      |                                     ^~~~~
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'fn f($a : uint64) : void { print(retval); } fexit:vfs_read { f(1); }'
-- stderr
<program>:1:34: error: a function does not know 'retval'
    1 | fn f($a : uint64) : void { print(retval); } fexit:vfs_read { f(1); }
      |                                  ^~~~~~
      = make it a parameter: fn f($x : uint64)
-- exit 1
