# Words that are not of the language are answered with those that are.
-- cmd
waggle filter -y EN10MB 'tcp prot 80'
-- stderr
<filter>:1:5: error: unknown word 'prot' behind 'tcp'
    1 | tcp prot 80
      |     ^~~~
      = did you mean 'port'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'tpc'
-- stderr
<filter>:1:1: error: unknown word 'tpc'
    1 | tpc
      | ^~~
      = did you mean 'tcp'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'host'
-- stderr
<filter>:1:5: error: expected an address, a number or a name, the filter ends here
    1 | host
      |     ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'port htpp'
-- stderr
<filter>:1:6: error: unknown port 'htpp'
    1 | port htpp
      |      ^~~~
      = did you mean 'http'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'ether proto ldp'
-- stderr
<filter>:1:13: error: unknown protocol 'ldp'
    1 | ether proto ldp
      |             ^~~
      = did you mean 'lldp'?
-- exit 1
-- cmd
waggle filter -y EN10MB '1.2.3.4'
-- stderr
<filter>:1:1: error: '1.2.3.4' needs a word before it that says what it is
    1 | 1.2.3.4
      | ^~~~~~~
      = did you mean 'host 1.2.3.4'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp 80'
-- stderr
<filter>:1:5: error: '80' needs a word before it that says what it is
    1 | tcp 80
      |     ^~
      = did you mean 'tcp port 80'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp udp'
-- stderr
<filter>:1:5: error: expected 'and' or 'or', found 'udp'
    1 | tcp udp
      |     ^~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'llc foo'
-- stderr
<filter>:1:5: error: expected a kind of LLC frame, found 'foo'
    1 | llc foo
      |     ^~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'vpi 3'
-- stderr
<filter>:1:1: error: 'vpi' is not supported: ATM is left out
    1 | vpi 3
      | ^~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp &'
-- stderr
<filter>:1:5: error: expected 'and', 'or' or the end, found '&'
    1 | tcp &
      |     ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp and'
-- stderr
<filter>:1:8: error: expected a test such as 'tcp' or 'host 192.0.2.1', the filter ends here
    1 | tcp and
      |        ^
-- exit 1
-- cmd
waggle filter -y EN10MB '(tcp'
-- stderr
<filter>:1:1: error: this '(' is never closed
    1 | (tcp
      | ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp)'
-- stderr
<filter>:1:4: error: this ')' closes nothing
    1 | tcp)
      |    ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 10.0.0.1 and port'
-- stderr
<filter>:1:23: error: expected an address, a number or a name, the filter ends here
    1 | host 10.0.0.1 and port
      |                       ^
-- exit 1
