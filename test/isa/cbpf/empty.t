# An empty text is no program.
-- asm
-- errors
