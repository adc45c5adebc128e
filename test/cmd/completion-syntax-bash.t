# bash takes the script that is made for it without a complaint.
-- needs bash
-- cmd
waggle completion bash | bash -n
