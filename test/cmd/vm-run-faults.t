# A guarded program is told what it did wrong, and limits end those that do not end by themselves.
-- file wild.s
r0 = *(u32 *)(r1 + 2)
exit
-- file loop.s
goto pc-1
exit
-- cmd
waggle vm run --guarded --mem 01020304 wild.s
-- stderr
wild.s: error: instruction 0{{.*}}: read of 4 bytes at 0x{{[0-9a-f]+}} is outside the program's memory
{{...}}
-- exit 1
-- cmd
waggle vm run --guarded --interpret --mem 01020304 wild.s 2>&1 | head -n 1
-- stdout
wild.s: error: instruction 0{{.*}}: read of 4 bytes at 0x{{[0-9a-f]+}} is outside the program's memory
-- cmd
waggle vm run --max-insns 1000 loop.s
-- stderr
loop.s: error: instruction 0 (goto pc-1): stopped after 1000 instructions
{{...}}
-- exit 1
-- cmd
waggle vm run --timeout 5 --interpret loop.s
-- stderr
loop.s: error: instruction 0 (goto pc-1): stopped after 5 ms
{{...}}
-- exit 1
