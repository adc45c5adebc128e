# 'waggle help NAME' and 'NAME --help' say the same, and everything the tables know.
-- cmd
waggle help completion
-- stdout
usage: waggle completion bash|zsh|fish

print a script that lets a shell complete waggle's command lines

{{...}}
options:
  -h, --help  show this help

examples:
  source <(waggle completion bash)
  waggle completion fish > ~/.config/fish/completions/waggle.fish
-- cmd
waggle help completion >a; waggle completion --help >b; waggle completion x y -h >c
cmp a b; cmp a c
