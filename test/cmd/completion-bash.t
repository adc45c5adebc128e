# The script for bash offers the words that the tables have at each place.
-- needs bash
-- file ask.bash
source <(waggle completion bash)
ask() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_waggle
	echo "$* -> ${COMPREPLY[*]}"
}
ask waggle ver
ask waggle completion ''
ask waggle completion z
ask waggle help --m
ask waggle help comp
ask waggle version ''
-- cmd
bash ask.bash
-- stdout
waggle ver -> verify version
waggle completion  -> bash zsh fish
waggle completion z -> zsh
waggle help --m -> --mdoc
waggle help comp -> completion
waggle version  -> 
