# fish takes the script that is made for it without a complaint.
-- needs fish
-- cmd
waggle completion fish | fish --no-execute
