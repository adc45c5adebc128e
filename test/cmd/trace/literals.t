# What numbers, durations and strings stand for.
-- cmd
waggle trace -d ast -e 'begin { print((0x1f, 0755, 2e3, 1_000, 123ULL, 10ms, 1m)); }'
-- stdout
probe
  at begin
  do
    call print
      tuple
        int 31
        int 493
        int 2000
        int 1000
        int 123
        int 10000000
        int 60000000000
-- cmd
waggle trace -d ast -e 'begin { print("a\tb\x41\101\"\\"); }'
-- stdout
probe
  at begin
  do
    call print
      string "a\tbAA\"\\"
