# Headers that are missing, wrong, or cannot be read: which line of the script named them, and what to do.
-- needs clang native
-- file broken.h
struct broken { nonsense a; };
-- file outer.h
#include "broken.h"
-- file shapes.h
struct file { int mine; };
-- cmd
waggle trace --mode check -e 'struct own { int x; };
#include "outer.h"
begin { print(((struct nothing *)0)->x); }'
-- stderr
<program>:2:1: error: clang does not understand the header 'outer.h': ./broken.h:1:17: unknown type name 'nonsense'
    2 | #include "outer.h"
      | ^~~~~~~~~~~~~~~~~~
<program>:3:17: error: there is no type 'struct nothing'
    3 | begin { print(((struct nothing *)0)->x); }
      |                 ^~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -e '#include <no/such.h>
begin { print(NO_SUCH); }'
-- stderr
<program>:1:1: error: clang does not understand the header 'no/such.h': 'no/such.h' file not found
    1 | #include <no/such.h>
      | ^~~~~~~~~~~~~~~~~~~~
      = say where it is: -I DIR
<program>:2:15: error: unknown name 'NO_SUCH'
    2 | begin { print(NO_SUCH); }
      |               ^~~~~~~
-- exit 1
-- cmd
waggle trace --mode check --include linux/no_such.h -e 'begin { print(NO_SUCH); }'
-- stderr
<program>:1:15: error: unknown name 'NO_SUCH'
    1 | begin { print(NO_SUCH); }
      |               ^~~~~~~
<program>: error: clang does not understand the header 'linux/no_such.h': 'linux/no_such.h' file not found
      = the kernel's headers are those of its package (linux-headers-...), or where $BPFTRACE_KERNEL_SOURCE says
-- exit 1
-- cmd
PATH="$(dirname "$(command -v waggle)"):/nonexistent" waggle trace --mode check -e '#include "shapes.h"
begin { print(((struct nothing *)0)->x); }'
-- stderr
<program>:2:17: error: there is no type 'struct nothing'
    2 | begin { print(((struct nothing *)0)->x); }
      |                 ^~~~~~~~~~~~~~
<program>:1:1: error: the header 'shapes.h' cannot be read: there is no C compiler
    1 | #include "shapes.h"
      | ^~~~~~~~~~~~~~~~~~~
      = install the package 'clang', or 'gcc' (12 or newer); the kernel's types need none, if it has BTF
-- exit 1
-- cmd
# a program's struct is not the kernel's of the same name
waggle trace --mode check -e '#include "shapes.h"
begin { print(((struct file *)0)->mine); }' && waggle trace --mode check -e '#include "shapes.h"
begin { print(((struct file *)0)->f_flags); }'
-- stderr
<program>:2:35: error: 'struct file' has no field 'f_flags'
    2 | begin { print(((struct file *)0)->f_flags); }
      |                                   ^~~~~~~
-- exit 1
-- cmd
# a kernel's tree: its headers see __KERNEL__, and each other
mkdir -p tree/include/linux tree/arch/x86/include tree/arch/arm64/include
echo '#define CONFIG_IT 3' >tree/include/linux/kconfig.h
printf '#ifdef __KERNEL__\n#define IT_IS (CONFIG_IT + 4)\n#endif\n' >tree/include/linux/it.h
BPFTRACE_KERNEL_SOURCE=$PWD/tree waggle trace --mode check -e '#include <linux/it.h>
begin { print(IT_IS); }'
-- cmd
rm -rf tmp && mkdir tmp && TMPDIR=$PWD/tmp waggle trace --mode check -e '#include "shapes.h"
begin { print(((struct file *)0)->mine); }' && ls tmp
