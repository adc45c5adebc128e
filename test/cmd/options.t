# Options and operands that the tables do not know end in a message, before anything is done.
-- cmd
waggle help --mdco
-- stderr
waggle help: error: unknown option '--mdco'
      = did you mean '--mdoc'?  see: waggle help --help
-- exit 2
-- cmd
waggle help --mdoc=yes
-- stderr
waggle help: error: option '--mdoc' takes no value
      = usage: waggle help [OPTION]... [COMMAND]...
-- exit 2
-- cmd
waggle help -xh
-- stderr
waggle help: error: unknown option '-xh'
      = see: waggle help --help
-- exit 2
-- cmd
waggle completion
-- stderr
waggle completion: error: an operand is missing: bash|zsh|fish
      = usage: waggle completion bash|zsh|fish
-- exit 2
-- cmd
waggle completion bash zsh
-- stderr
waggle completion: error: unexpected operand 'zsh'
      = usage: waggle completion bash|zsh|fish
-- exit 2
-- cmd
waggle completion csh
-- stderr
waggle completion: error: no completion for the shell 'csh'
      = there is one for each of: bash, zsh, fish
-- exit 2
