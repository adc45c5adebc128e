# Nothing assembles to nothing.
-- cmd
waggle asm -
-- stdin
# nothing here
