# What is said when a function of a program cannot be probed.
-- needs bpf libelf
-- cmd
ln -s "$(dirname "$(command -v waggle)")"/test/probe/target target
waggle trace -e 'uprobe:./target:add_nombers { }'
-- stderr
<program>:1:1: error: '{{.*}}/target' has no function 'add_nombers'
    1 | uprobe:./target:add_nombers { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~~~~
      = did you mean 'add_numbers'?  list them with: -l 'uprobe:{{.*}}/target:*'
-- exit 1
-- cmd
waggle trace -e 'uprobe:./none:f { }'
-- stderr
<program>:1:1: error: there is no file './none': No such file or directory
    1 | uprobe:./none:f { }
      | ^~~~~~~~~~~~~~~
-- exit 1
-- cmd
printf '#!/usr/bin/env sh\n' >script; waggle trace -e 'uprobe:./script:f { }'
-- stderr
<program>:1:1: error: '{{.*}}/script' is not an ELF file: neither an executable nor a library
    1 | uprobe:./script:f { }
      | ^~~~~~~~~~~~~~~~~
      = it is a script that '/usr/bin/env' runs: probe that, and filter by pid or by comm
-- exit 1
-- cmd
printf 'text' >text; waggle trace -e 'uprobe:./text:f { }'
-- stderr
<program>:1:1: error: '{{.*}}/text' is not an ELF file: neither an executable nor a library
    1 | uprobe:./text:f { }
      | ^~~~~~~~~~~~~~~
      = code in it can be probed at an offset from its first byte, with --unsafe: uprobe:{{.*}}/text:0x1234
-- exit 1
-- cmd
printf 'PK\003\004' >app.apk; waggle trace -e 'uprobe:./app.apk:0x1234 { }'
-- stderr
<program>:1:1: error: '{{.*}}/app.apk' is not an ELF file: neither an executable nor a library
    1 | uprobe:./app.apk:0x1234 { }
      | ^~~~~~~~~~~~~~~~~~~~~~~
      = it is an archive (zip, apk): a library that lies in it uncompressed runs from there; add where it begins (zipinfo -v) to the offset of the function in it
      = code in it can be probed at an offset from its first byte, with --unsafe: uprobe:{{.*}}/app.apk:0x1234
-- exit 1
-- cmd
waggle trace --unsafe -e 'uprobe:./app.apk:0x1234 { }'
-- stderr
<program>:1:1: error: '{{.*}}/app.apk' is shorter than that
    1 | uprobe:./app.apk:0x1234 { }
      | ^~~~~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
head -c 3000 "$(dirname "$(command -v waggle)")"/test/probe/target >cut; waggle trace -e 'uprobe:./cut:main { }'
-- stderr
<program>:1:1: error: '{{.*}}/cut' is damaged: it ends before its table of sections: was it cut off?
    1 | uprobe:./cut:main { }
      | ^~~~~~~~~~~~~~~~~
      = what is wrong with it may be shown by: readelf -lS {{.*}}/cut
-- exit 1
-- cmd
waggle trace -e 'uprobe:nosuchprogram:f { }'
-- stderr
<program>:1:1: error: there is no program 'nosuchprogram' in PATH, and no library of that name
    1 | uprobe:nosuchprogram:f { }
      | ^~~~~~~~~~~~~~~~~~~~~~
      = libraries are known by: ldconfig -p; else write the path of the file
-- exit 1
-- cmd
waggle trace -e 'usdt:./target:waggle:tock { }'
-- stderr
{{...}}
-- exit 1
-- cmd
waggle trace -e 'uprobe:./target:0x10 { }'
-- stderr
<program>:1:1: error: address 0x10 of '{{.*}}/target' is not code
    1 | uprobe:./target:0x10 { }
      | ^~~~~~~~~~~~~~~~~~~~
      = addresses are those of symbol tables (nm, objdump -d), not those in a process
-- exit 1
-- cmd
waggle trace -e 'uprobe:*:f { }'
-- stderr
<program>:1:1: error: '*' for a file means those of one process
    1 | uprobe:*:f { }
      | ^~~~~~~~~~
      = say which, with -p PID, or write a path such as '/usr/bin/*'
-- exit 1
