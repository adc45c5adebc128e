# Types come from all uses in all probes; integers widen, and literals adapt.
-- cmd
waggle trace -d types -e 'begin { $x = 1; $x = 300; @a = $x; @b = (uint64)1; @b = 5; @c[pid, comm] = count(); @d["a"] = 1; @d["abc"] = -1; }'
-- stdout
probe
  at begin
  do
    assign =
      variable $x : int16
      int 1 : int8
    assign =
      variable $x : int16
      int 300 : int16
    assign =
      map @a : int16
      variable $x : int16
    assign =
      map @b : uint64
      cast = 1 : uint64
        type uint64
        int 1 : int8
    assign =
      map @b : uint64
      int 5 : int8
    assign =
      index : count_t
        map @c
        name pid : uint32
        name comm : string[16]
      call count : count_t
    assign =
      index : int8
        map @d
        string "a" : string[2]
      int 1 : int8
    assign =
      index : int8
        map @d
        string "abc" : string[4]
      unary - = -1 : int8
        int 1 : int8
@a : int16
@b : uint64
@c[(uint32,string[16])] : count_t
@d[string[4]] : int8
begin
-- cmd
waggle trace -d types -e 'begin { @s = @t; } end { @t = (1, "x"); @t = (1000, "xyz"); for ($kv : @k) { @v = $kv.1; } @k[cpu] = sum(5); }'
-- stdout
probe
  at begin
  do
    assign =
      map @s : (int16,string[4])
      map @t : (int16,string[4])
probe
  at end
  do
    assign =
      map @t : (int16,string[4])
      tuple : (int8,string[2])
        int 1 : int8
        string "x" : string[2]
    assign =
      map @t : (int16,string[4])
      tuple : (int16,string[4])
        int 1000 : int16
        string "xyz" : string[4]
    for map
      variable $kv : (uint32,int64)
      map @k
      assign =
        map @v : int64
        element 1 : int64
          variable $kv : (uint32,int64)
    assign =
      index : sum_t
        map @k
        name cpu : uint32
      call sum : sum_t
        int 5 : int8
@t : (int16,string[4])
@s : (int16,string[4])
@k[uint32] : sum_t
@v : int64
begin
end
-- cmd
waggle trace -d types -e 'begin { $i = 0; while ($i < 10) { $i++; } @i = $i; @r = (a=1, b="q"); @u = 1 + (uint8)2; @m = (uint64)2 - 1; }'
-- stdout
probe
  at begin
  do
    assign =
      variable $i : int64
      int 0 : int8
    while
      binary < : bool
        variable $i : int64
        int 10 : int8
      postfix ++ : int64
        variable $i : int64
    assign =
      map @i : int64
      variable $i : int64
    assign =
      map @r : (a=int8,b=string[2])
      record : (a=int8,b=string[2])
        a =
          int 1 : int8
        b =
          string "q" : string[2]
    assign =
      map @u : uint64
      binary + = 3 : uint64
        int 1 : int8
        cast = 2 : uint8
          type uint8
          int 2 : int8
    assign =
      map @m : int64
      binary - = 1 : int64
        cast = 2 : uint64
          type uint64
          int 2 : int8
        int 1 : int8
@i : int64
@r : (a=int8,b=string[2])
@u : uint64
@m : int64
begin
-- stderr
<program>:1:17: warning: bpftrace means to drop 'while'
    1 | begin { $i = 0; while ($i < 10) { $i++; } @i = $i; @r = (a=1, b="q"); @u = 1 + (uint8)2; @m = (uint64)2 - 1; }
      |                 ^~~~~~~~~~~~~~~~~~~~~~~~~
      = a range has an end: for ($i : 0..100) { ... }
