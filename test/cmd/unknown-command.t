# A mistyped command is answered with the nearest one, and never guessed.
-- cmd
waggle hepl
-- stderr
waggle: error: unknown command 'hepl'
      = did you mean 'help'?  list all with: waggle help
-- exit 2
-- cmd
waggle help complition
-- stderr
waggle help: error: unknown command 'complition'
      = did you mean 'completion'?  list all with: waggle help
-- exit 2
-- cmd
waggle frobnicate
-- stderr
waggle: error: unknown command 'frobnicate'
      = list all with: waggle help
-- exit 2
-- cmd
waggle ''
-- stderr
waggle: error: unknown command ''
      = list all with: waggle help
-- exit 2
-- cmd
waggle --frob help
-- stderr
waggle: error: unknown option '--frob'
      = options follow the command; list all with: waggle help
-- exit 2
