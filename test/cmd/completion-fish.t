# The script for fish offers the words that the tables have at each place.
-- needs fish
-- file ask.fish
waggle completion fish | source
for line in 'waggle ver' 'waggle completion ' 'waggle help --m' 'waggle help comp' 'waggle version '
	echo $line '->' (complete -C $line | string replace -r '\t.*' '')
end
-- cmd
HOME=$PWD fish --no-config ask.fish
-- stdout
waggle ver -> verify version
waggle completion  -> bash fish zsh
waggle help --m -> --mdoc
waggle help comp -> completion
waggle version  ->
