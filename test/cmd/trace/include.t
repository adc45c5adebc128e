# Headers are not read: what BTF has serves, and what it has not is said to be missing for that reason.
-- cmd
waggle trace --mode check -e '#include <linux/fs.h>
#include <net/sock.h>
begin { print(((struct file *)0)->f_flags); print(FS_NO_SUCH); print(((struct no_such_thing *)0)->x); }'
-- stderr
<program>:3:51: error: unknown name 'FS_NO_SUCH'
    3 | begin { print(((struct file *)0)->f_flags); print(FS_NO_SUCH); print(((struct no_such_thing *)0)->x); }
      |                                                   ^~~~~~~~~~
      = headers (#include <linux/fs.h>, <net/sock.h>) are not read yet: types and constants are those of the kernel's BTF; define others in the script
<program>:3:72: error: there is no type 'struct no_such_thing'
    3 | begin { print(((struct file *)0)->f_flags); print(FS_NO_SUCH); print(((struct no_such_thing *)0)->x); }
      |                                                                        ^~~~~~~~~~~~~~~~~~~~
      = headers (#include <linux/fs.h>, <net/sock.h>) are not read yet: types and constants are those of the kernel's BTF; define others in the script
-- exit 1
-- cmd
waggle trace --mode check -e '#include <linux/fs.h>
begin { print(((struct file *)0)->f_flags); }'
-- cmd
waggle trace --mode check -I /usr/include --include linux/fs.h -e 'begin { print(1); }'
-- stderr
<program>: warning: -I /usr/include changes nothing: headers are not read yet
      = types and constants are those of the kernel's BTF; define others in the script
<program>: warning: --include linux/fs.h changes nothing: headers are not read yet
      = types and constants are those of the kernel's BTF; define others in the script
