# Slips are answered with the place, the reason and what to write instead.
-- cmd
waggle trace --mode check -e 'begin { @x = 1 @y = 2 }'
-- stderr
<program>:1:15: error: expected ';' before '@y'
    1 | begin { @x = 1 @y = 2 }
      |               ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(1; }'
-- stderr
<program>:1:16: error: expected ',' or ')', found ';'
    1 | begin { print(1; }
      |                ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = 1.5; }'
-- stderr
<program>:1:14: error: BPF has no floating point numbers
    1 | begin { $x = 1.5; }
      |              ^~~
      = count in a smaller unit: 1500us for 1.5ms
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = 08; }'
-- stderr
<program>:1:14: error: '08' is not a number
    1 | begin { $x = 08; }
      |              ^~
      = a number that begins with 0 is octal: without the 0 it is decimal
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $x = 99999999999999999999; }'
-- stderr
<program>:1:14: error: '99999999999999999999' is too large: numbers have 64 bits
    1 | begin { $x = 99999999999999999999; }
      |              ^~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print("a); }'
-- stderr
<program>:1:15: error: this string has no end: '"' is missing
    1 | begin { print("a); }
      |               ^~~~~~
<program>:1:21: error: expected ',' or ')', found the end
    1 | begin { print("a); }
      |                     ^
<program>:1:7: error: this '{' is never closed
    1 | begin { print("a); }
      |       ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { int x = 1; }'
-- stderr
<program>:1:12: error: expected ';' before 'x'
    1 | begin { int x = 1; }
      |            ^
      = variables begin with '$', and their types come behind: let $x : int
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { if (1) { } elif (2) { } }'
-- stderr
<program>:1:29: error: expected ';' or '}', found '{'
    1 | begin { if (1) { } elif (2) { } }
      |                             ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { if (1 and 2) { } }'
-- stderr
<program>:1:15: error: 'and' is not an operator
    1 | begin { if (1 and 2) { } }
      |               ^~~
      = did you mean '&&'?
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { 1 = 2; }'
-- stderr
<program>:1:9: error: this cannot be assigned to
    1 | begin { 1 = 2; }
      |         ^
      = what can be is a variable '$x', a map '@x' or '@x[key]'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { printf "x"; }'
-- stderr
<program>:1:16: error: expected ';' or '}', found a string
    1 | begin { printf "x"; }
      |                ^~~
      = arguments stand in parentheses: printf(...)
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { for ($i = 0) { } }'
-- stderr
<program>:1:17: error: expected ':', found '='
    1 | begin { for ($i = 0) { } }
      |                 ^
      = loops are over maps and ranges: for ($i : 0..10) { ... }
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { let @x = 1; }'
-- stderr
<program>:1:13: error: maps are declared outside of probes
    1 | begin { let @x = 1; }
      |             ^~
      = put before the first probe: let @x = hash(1000);
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { '
-- stderr
<program>:1:7: error: this '{' is never closed
    1 | begin { 
      |       ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin /1/ print(1)'
-- stderr
<program>:1:19: error: expected '/' behind the predicate, found the end
    1 | begin /1/ print(1)
      |                   ^
      = the predicate begins at line 1, column 7, and ends with '/' before '{'
-- exit 1
-- cmd
waggle trace --mode check -e '{ print(1) }'
-- stderr
<program>:1:1: error: expected a probe, found '{'
    1 | { print(1) }
      | ^
      = a program is a probe and what to do there: begin { ... }
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(1) } }'
-- stderr
<program>:1:20: error: this '}' closes nothing
    1 | begin { print(1) } }
      |                    ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { $ = 1; @a = # }'
-- stderr
<program>:1:9: error: expected a name or a number behind '$'
    1 | begin { $ = 1; @a = # }
      |         ^
      = as in $x; parameters of the command line are $1, $2 ..., their number is $#
<program>:1:21: error: this character has no meaning in a script
    1 | begin { $ = 1; @a = # }
      |                     ^
<program>:1:23: error: expected an expression, found '}'
    1 | begin { $ = 1; @a = # }
      |                       ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { /* '
-- stderr
<program>:1:9: error: this comment has no end: '*/' is missing
    1 | begin { /* 
      |         ^~
<program>:1:7: error: this '{' is never closed
    1 | begin { /* 
      |       ^
-- exit 1
