# What each CPU keeps for itself cannot be deleted from within a program.
-- script
begin { @a = sum(1); delete(@a); }
-- error
script:1:22: error: '@a' is kept on each CPU and cannot be deleted there
    1 | begin { @a = sum(1); delete(@a); }
      |                      ^~~~~~~~~~
      = clear(@a) does it, from outside
