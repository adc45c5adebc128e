# '&' gives the address of a variable or of a map without key: what is there now can be read by it.
-- needs bpf
-- cmd
waggle trace -q -e 'begin {
	$x = (int64)5; $p = &$x;
	@y = (int64)7; $q = &@y;
	printf("%d %d ", *$p, *$q);
	$x = 6; @y += 2;
	printf("%d %d\n", *$p, *$q);
	for ($i : 0..3) { $x += 1; }
	printf("%d %d\n", *$p, $x);
	clear(@y);
}'
-- stdout
5 7 6 9
9 9


-- cmd
waggle trace -q -e 'begin { @k[1] = 5; $p = &@k[1]; print($p); }'
-- stderr
<program>:1:25: error: only variables and plain maps without key have an address
    1 | begin { @k[1] = 5; $p = &@k[1]; print($p); }
      |                         ^~~~~~
-- exit 1
