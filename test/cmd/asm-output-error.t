# An output file that cannot be written is named.
-- cmd
waggle asm -o /no/such/folder/x -
-- stdin
exit
-- stderr
waggle asm: error: cannot write '/no/such/folder/x': No such file or directory
-- exit 1
