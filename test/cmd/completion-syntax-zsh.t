# zsh takes the script that is made for it without a complaint.
-- needs zsh
-- cmd
waggle completion zsh | zsh -n
