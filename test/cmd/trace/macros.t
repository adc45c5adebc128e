# Macros are expanded by signature, and do not touch the caller's variables.
-- cmd
waggle trace -d types -e 'macro inc($x, n) { let $y = n; $x += $y; $x } macro two() { 2 } begin { $y = 1; print(inc($y, two)); }'
-- stdout
macro inc($x, n)
  let
    variable $y
    name n
  assign +=
    variable $x
    variable $y
  value
    variable $x
macro two()
  value
    int 2
probe
  at begin
  do
    assign =
      variable $y : int64
      int 1 : int8
    call print : void
      block : int64
        let
          variable $y#2 : int8
          block : int8
            value
              int 2 : int8
        assign +=
          variable $y : int64
          variable $y#2 : int8
        value
          variable $y : int64
begin
-- cmd
waggle trace --mode check -e 'macro f(@m) { @m++ } macro f(x) { x } begin { @a = 1; f(@a); print(f(2)); f(1, 2); }'
-- stderr
<program>:1:75: error: macro 'f' does not take these arguments
    1 | macro f(@m) { @m++ } macro f(x) { x } begin { @a = 1; f(@a); print(f(2)); f(1, 2); }
      |                                                                           ^~~~~~~
      = it takes: f(@m)
      = it takes: f(x)
-- exit 1
-- cmd
waggle trace --mode check -e 'macro f() { @a++ } begin { f(); }'
-- stderr
<program>:1:13: error: a macro sees only the maps that it is given
    1 | macro f() { @a++ } begin { f(); }
      |             ^~
      = make it a parameter: macro f(@a)
-- exit 1
-- cmd
waggle trace --mode check -e 'macro f() { g() } macro g() { f() } begin { f(); }'
-- stderr
<program>:1:31: error: macro 'f' calls itself
    1 | macro f() { g() } macro g() { f() } begin { f(); }
      |                               ^~~
-- exit 1
