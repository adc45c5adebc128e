# '%f' shows quotients: what is to be divided is sent, and divided where there are floating point numbers.
-- cmd
waggle trace --mode check -d types -e 'begin { printf("%.2f\n", pid / (tid / uid)); }'
-- stdout
probe
  at begin
  do
    call printf : void
      string "%.2f\n" : string[6]
      ratio : (uint32,(uint32,uint32))
        name pid : uint32
        ratio : (uint32,uint32)
          name tid : uint32
          name uid : uint32
begin
-- cmd
waggle trace --mode check -d types -e 'begin { printf("%f\n", comm); }'
-- stderr
<program>:1:24: error: '%f' does not go with 'string[16]'
    1 | begin { printf("%f\n", comm); }
      |                        ^~~~
      = a string is shown with '%s'
-- exit 1
