# Operators bind as the language says.
-- cmd
waggle trace -d ast -e 'begin { print(1 + 2 * 3 << 1 < 4 == 5 & 6 ^ 7 | 8 && 9 || 10 ? 11 : 12); }'
-- stdout
probe
  at begin
  do
    call print
      choice
        binary ||
          binary &&
            binary |
              binary ^
                binary &
                  binary ==
                    binary <
                      binary <<
                        binary +
                          int 1
                          binary *
                            int 2
                            int 3
                        int 1
                      int 4
                    int 5
                  int 6
                int 7
              int 8
            int 9
          int 10
        int 11
        int 12
-- cmd
waggle trace -d ast -e 'begin { print(-1 - -2 * !3); $x = (uint8)-1; print(*(uint32 *)($x + 1)); }'
-- stdout
probe
  at begin
  do
    call print
      binary -
        unary -
          int 1
        binary *
          unary -
            int 2
          unary !
            int 3
    assign =
      variable $x
      cast
        type uint8
        unary -
          int 1
    call print
      unary *
        cast
          pointer to
            type uint32
          binary +
            variable $x
            int 1
