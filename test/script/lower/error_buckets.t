# A histogram has one set of buckets.
-- script
begin { @a = lhist(1, 0, 10, 1); @a = lhist(1, 0, 20, 1); }
-- error
script:1:39: error: '@a' has other buckets elsewhere
    1 | begin { @a = lhist(1, 0, 10, 1); @a = lhist(1, 0, 20, 1); }
      |                                       ^~~~~~~~~~~~~~~~~~
      = use the same numbers everywhere, or another map
