# Imports: scripts, headers and folders of both; each once; errors say in which file they are.
-- file main.bt
import "lib";
import "macros.bt";
import "macros.bt";
begin { twice(add(1, 2)); print((MORE, sizeof(struct point))); }
-- file macros.bt
macro twice(x) { print(x); print(x); }
fn add($a : uint64, $b : uint64) : uint64 { return $a + $b; }
-- file lib/point.h
#define MORE 42
struct point { int x; int y; };
-- file wrong.bt
macro wrong(x) { print(y); }
-- file settings.bt
config = { max_strlen=64 }
-- file other.txt
-- cmd
chmod -R go-w . && waggle trace --mode check main.bt && echo right
-- stdout
right
-- cmd
waggle trace --fmt main.bt
-- stdout
import "lib";
import "macros.bt";
import "macros.bt";
begin {
  twice(add(1, 2));
  print((MORE, sizeof(struct point)));
}
-- cmd
waggle trace --mode check -e 'import "wrong.bt"; begin { wrong(1); }'
-- stderr
wrong.bt:1:24: error: unknown name 'y'
    1 | macro wrong(x) { print(y); }
      |                        ^
      = variables begin with '$', maps with '@', and text stands in quotes
-- exit 1
-- cmd
waggle trace --mode check -e 'import "settings.bt"; begin { }'
-- stderr
settings.bt:1:1: error: only the script itself has settings, not what it imports
    1 | config = { max_strlen=64 }
      | ^~~~~~
-- exit 1
-- cmd
waggle trace --mode check -e 'import "other.txt"; import "x.bpf.c"; import "missing.bt"; begin { }'
-- stderr
<program>:1:8: error: 'other.txt' is neither a script (.bt) nor a header (.h)
    1 | import "other.txt"; import "x.bpf.c"; import "missing.bt"; begin { }
      |        ^~~~~~~~~~~
<program>:1:28: error: programs in C cannot be imported
    1 | import "other.txt"; import "x.bpf.c"; import "missing.bt"; begin { }
      |                            ^~~~~~~~~
      = a function can be written here: fn name($x : uint64) : uint64 { ... }
<program>:1:46: error: 'missing.bt' cannot be imported: No such file or directory
    1 | import "other.txt"; import "x.bpf.c"; import "missing.bt"; begin { }
      |                                              ^~~~~~~~~~~~
-- exit 1
-- cmd
chmod o+w lib && waggle trace --mode check main.bt
-- stderr
main.bt:1:8: error: 'lib' can be written by everybody, and is not imported
    1 | import "lib";
      |        ^~~~~
      = chmod o-w lib
-- exit 1
