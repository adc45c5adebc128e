# What the kernel's BTF has needs no header and no compiler, whether headers are named or not.
-- needs native
-- cmd
PATH="$(dirname "$(command -v waggle)"):/nonexistent" waggle trace --mode check -e '#include <linux/fs.h>
#include <net/sock.h>
begin { print(((struct file *)0)->f_flags); print((uint8)TCP_LISTEN); }'
-- cmd
PATH="$(dirname "$(command -v waggle)"):/nonexistent" waggle trace --mode check -I /usr/include --include linux/fs.h -e 'begin { print(((struct file *)0)->f_flags); }'
-- cmd
PATH="$(dirname "$(command -v waggle)"):/nonexistent" waggle trace --mode check -e '#include <linux/fs.h>
begin { print(FS_NO_SUCH); }'
-- stderr
<program>:2:15: error: unknown name 'FS_NO_SUCH'
    2 | begin { print(FS_NO_SUCH); }
      |               ^~~~~~~~~~
<program>:1:1: error: the header 'linux/fs.h' cannot be read: there is no C compiler
    1 | #include <linux/fs.h>
      | ^~~~~~~~~~~~~~~~~~~~~
      = install the package 'clang', or 'gcc' (12 or newer); the kernel's types need none, if it has BTF
-- exit 1
