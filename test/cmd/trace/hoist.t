# A variable that is set in blocks can be used behind them, as before bpftrace 0.22.
-- cmd
waggle trace --mode check -d types -e 'begin { if (pid == 1) { $x = "a"; } else { $x = "bcd"; } print($x); }'
-- stdout
probe
  at begin
  do
    let
      variable $x : string[4]
    if : void
      binary == : bool
        name pid : uint32
        int 1 : int8
      assign =
        variable $x : string[4]
        string "a" : string[2]
    else
      assign =
        variable $x : string[4]
        string "bcd" : string[4]
    call print : void
      variable $x : string[4]
begin
-- cmd
waggle trace --mode check -d types -e 'begin { for ($i : 0..3) { } print($i); }'
-- stderr
<program>:1:35: error: variable '$i' was not set before this
    1 | begin { for ($i : 0..3) { } print($i); }
      |                                   ^~
      = a variable set in a block is gone behind it: put 'let $i;' before the block
-- exit 1
