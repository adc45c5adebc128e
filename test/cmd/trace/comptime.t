# What is known beforehand is decided beforehand: what is left out need not even be right.
-- cmd
waggle trace --mode check -d types -e 'struct s { int a; } begin { $s = (struct s *)0; if (has_field($s, b)) { print($s.b); } else { print($s.a); } }'
-- stdout
struct s
  field a
    type int
probe
  at begin
  do
    assign =
      variable $s : struct s *
      cast : struct s *
        pointer to
          type struct s
        int 0 : int8
    if comptime : void
      call has_field = 0 : bool
        variable $s : struct s *
        name b
      call print
        field b
          variable $s
    else
      call print : void
        field a : int32
          variable $s : struct s *
begin
-- cmd
waggle trace --mode check -d types -e 'begin { if comptime (sizeof(uint64) == 8) { print(1); } else { fail("too narrow"); } }'
-- stdout
probe
  at begin
  do
    if comptime : void
      binary == = 1 : bool
        sizeof = 8 : uint64
          type uint64
        int 8 : int8
      call print : void
        int 1 : int8
    else
      call fail
        string "too narrow"
begin
-- cmd
waggle trace --mode check -d types -e 'begin { fail("never"); static_assert(1 == 2, "that is not so"); }'
-- stderr
<program>:1:9: error: never
    1 | begin { fail("never"); static_assert(1 == 2, "that is not so"); }
      |         ^~~~~~~~~~~~~
<program>:1:24: error: that is not so
    1 | begin { fail("never"); static_assert(1 == 2, "that is not so"); }
      |                        ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'config = { unstable_typeinfo=enable } begin { print((typeinfo(pid).full_type, typeinfo(string[5]).base_type)); }'
-- stdout
config
  unstable_typeinfo =
    name enable
probe
  at begin
  do
    call print : void
      tuple : (string[7],string[7])
        field full_type = "uint32" : string[7]
          typeinfo : (btf_id=uint64,base_type=string[16],full_type=string[7])
            name pid : uint32
        field base_type = "string" : string[7]
          typeinfo : (btf_id=uint64,base_type=string[16],full_type=string[10])
            array of
              type string
              int 5 : int8
begin
-- cmd
waggle trace --mode check -d types -e 'begin { print(typeinfo(pid)); }'
-- stderr
<program>:1:15: error: 'typeinfo' may still change from release to release
    1 | begin { print(typeinfo(pid)); }
      |               ^~~~~~~~~~~~~
      = config = { unstable_typeinfo=enable } allows it
-- exit 1
