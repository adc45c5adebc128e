# Strings are compared, searched and measured as C would, whatever stands behind their NUL.
-- script
tracepoint:syscalls:sys_enter_openat /comm == "bash"/ { @ = count() }
-- insns 40
-- script
BEGIN { @a = strlen("abc"); $s = str_concat("hello", " world"); @b = strlen($s); @c = $s == "hello world"; @d = $s == "hello"; @e = $s }
-- maps
@a 3
@b 11
@c 1
@d 0
@e hello world
-- script
BEGIN { $s = str_concat("hello", " world"); @a = strstr($s, "wor"); @b = strstr($s, "xyz"); @c = strstr($s, ""); @d = strcontains($s, "llo"); @e = strcontains($s, "world!") }
-- maps
@a 6
@b -1
@c 0
@d 1
@e 0
-- script
BEGIN { $s = str_concat("hel", "lo"); $t = str_concat("l", "o"); $u = str_concat("l", "p"); @a = strstr($s, $t); @b = strstr($s, $u); @c = $s == $t; @d = $s != $t; $v = str_concat("he", "llo"); @e = $s == $v }
-- maps
@a 3
@b -1
@c 0
@d 1
@e 1
-- script
BEGIN { $s = str_concat("hel", "lo"); @a = globmatch($s, "h*o"); @b = globmatch($s, "h*l"); @c = globmatch($s, "*l*"); @d = globmatch($s, "?e[k-m]*"); @e = globmatch($s, "hello"); @f = globmatch($s, "hell"); @g = globmatch($s, "*"); @h = globmatch($s, "*e*l*o"); @i = globmatch($s, "*e*l*l*o*l*") }
-- maps
@a 1
@b 0
@c 1
@d 1
@e 1
@f 0
@g 1
@h 1
@i 0
-- script
BEGIN { $s = str_concat("hel", "lo"); @a = strncmp($s, "help", 3); @b = strncmp($s, "help", 4); @c = memcmp($s, "hella", 5); @d = memcmp($s, "hello", 5); @e = strerror(2); @f = signal_name(9); @g = syscall_name(0); @h = strerror(-1) }
-- maps
@a 0
@b 1
@c 14
@d 0
@e No such file or directory
@f SIGKILL
@g read
@h Unknown error
