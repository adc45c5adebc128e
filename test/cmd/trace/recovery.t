# The first independent errors are reported together.
-- file a.bt
begin { print(1; }
begin { $x = ; $y = 2; @z = ); }
kprobe:f { } }
-- cmd
waggle trace --mode check a.bt
-- stderr
a.bt:1:16: error: expected ',' or ')', found ';'
    1 | begin { print(1; }
      |                ^
a.bt:2:14: error: expected an expression, found ';'
    2 | begin { $x = ; $y = 2; @z = ); }
      |              ^
a.bt:2:29: error: expected an expression, found ')'
    2 | begin { $x = ; $y = 2; @z = ); }
      |                             ^
a.bt:3:14: error: this '}' closes nothing
    3 | kprobe:f { } }
      |              ^
-- exit 1
