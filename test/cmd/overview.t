# Alone, waggle shows what there is and fails, since nothing was asked; 'help' asked for it.
-- cmd
waggle
-- stderr
usage: waggle COMMAND [OPTION]... [OPERAND]...

commands:
{{...}}
  help {{ *}}show all commands, or everything about one
{{...}}

'waggle help COMMAND' tells all about one of them.
-- exit 2
-- cmd
waggle 2>a; waggle help >b; waggle --help >c; waggle -h >d
cmp a b; cmp a c; cmp a d
