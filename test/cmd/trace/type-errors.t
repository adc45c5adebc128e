# What does not fit is refused, with the place that says otherwise.
-- cmd
waggle trace --mode check -e 'begin { @a = 1; @a = "x"; }'
-- stderr
<program>:1:22: error: map '@a' cannot have the value 'string[2]' too
    1 | begin { @a = 1; @a = "x"; }
      |                      ^~~
      = line 1, column 14 gives @a the value 'int8'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @a[1] = 1; @a = 2; }'
-- stderr
<program>:1:20: error: map '@a' needs a key
    1 | begin { @a[1] = 1; @a = 2; }
      |                    ^~
      = line 1, column 12 gives @a the key 'int8'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @a[1] = 1; @a["x"] = 2; }'
-- stderr
<program>:1:23: error: the key of map '@a' cannot be 'string[2]'
    1 | begin { @a[1] = 1; @a["x"] = 2; }
      |                       ^~~
      = line 1, column 12 gives @a the key 'int8'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @ = count(); @ = 5; }'
-- stderr
<program>:1:26: error: map '@' cannot have the value 'int8' too
    1 | begin { @ = count(); @ = 5; }
      |                          ^
      = line 1, column 13 gives @ the value 'count_t'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = 1; $x = "a"; }'
-- stderr
<program>:1:22: error: variable '$x' is 'int8' and cannot become 'string[2]'
    1 | begin { $x = 1; $x = "a"; }
      |                      ^~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = count(); }'
-- stderr
<program>:1:14: error: the result of 'count' belongs into a map
    1 | begin { $x = count(); }
      |              ^~~~~~~
      = as in: @map = count()
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { count(); }'
-- stderr
<program>:1:9: error: the result of 'count' belongs into a map
    1 | begin { count(); }
      |         ^~~~~~~
      = as in: @map = count()
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = "a" + 1; }'
-- stderr
<program>:1:14: error: '+' does not go with 'string[2]' and 'int8'
    1 | begin { $x = "a" + 1; }
      |              ^~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(1.x); }'
-- stderr
<program>:1:17: error: 'int8' has no fields
    1 | begin { print(1.x); }
      |                 ^
      = an address needs a type first: ((struct name *)x).x
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $t = (1, 2); print($t.2); }'
-- stderr
<program>:1:31: error: the tuple has 2 elements, counted from 0
    1 | begin { $t = (1, 2); print($t.2); }
      |                               ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { let $x : uint8 = "a"; }'
-- stderr
<program>:1:26: error: variable '$x' is 'uint8' and cannot become 'string[2]'
    1 | begin { let $x : uint8 = "a"; }
      |                          ^~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = 1; let $x = 2; }'
-- stderr
<program>:1:21: error: there is a variable '$x' already
    1 | begin { $x = 1; let $x = 2; }
      |                     ^~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { if (1) { $x = 1; } print($x); }'
-- cmd
waggle trace --mode check -e 'begin { $y = $foo; }'
-- stderr
<program>:1:14: error: variable '$foo' was not set before this
    1 | begin { $y = $foo; }
      |              ^~~~
      = a variable set in a block is gone behind it: put 'let $foo;' before the block
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { break; }'
-- stderr
<program>:1:9: error: there is no loop around this
    1 | begin { break; }
      |         ^~~~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { unroll (101) { } }'
-- stderr
<program>:1:16: error: 'unroll' takes a number from 1 to 100
    1 | begin { unroll (101) { } }
      |                ^~~~~
-- exit 1
