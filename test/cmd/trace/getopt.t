# Named parameters have the type of what they are otherwise; what nobody asks for is an error.
-- cmd
waggle trace --mode check -d types -e 'begin { print((getopt("n", 5, "how many"), getopt("on"), getopt("s", "abc"), getopt("off", true))); }' -- --n=-7 --on --off=false
-- stdout
probe
  at begin
  do
    call print : void
      tuple : (int64,bool,string[4],bool)
        call getopt = -7 : int64
          string "n" : string[2]
          int 5 : int8
          string "how many" : string[9]
        call getopt = 1 : bool
          string "on" : string[3]
        call getopt = "abc" : string[4]
          string "s" : string[2]
          string "abc" : string[4]
        call getopt = 0 : bool
          string "off" : string[4]
          bool true : bool
begin
-- cmd
waggle trace --mode check -d types -e 'begin { print(getopt("count", 5)); }' -- --cuont=7
-- stderr
<program>: error: the script has no parameter '--cuont'
      = did you mean '--count'?
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'begin { print(getopt("count", 5)); }' -- --count=many
-- stderr
<program>:1:15: error: '--count' is a number, and 'many' was given
    1 | begin { print(getopt("count", 5)); }
      |               ^~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'begin { print(getopt("count", pid)); }'
-- stderr
<program>:1:31: error: 'getopt' takes a number, a string or a bool that is known beforehand
    1 | begin { print(getopt("count", pid)); }
      |                               ^~~
-- exit 1
-- cmd
waggle trace --mode check -d types -e 'begin { print((str($1), str($1 + 2), str($1, 3), $1, str($2))); }' 12345
-- stdout
probe
  at begin
  do
    call print : void
      tuple : (string[6],string[4],string[4],int64,string[1])
        call str = "12345" : string[6]
          parameter $1
        call str = "345" : string[4]
          binary +
            parameter $1
            int 2
        call str = "123" : string[4]
          parameter $1
          int 3 : int8
        parameter $1 = 12345 : int64
        call str = "" : string[1]
          parameter $2
begin
